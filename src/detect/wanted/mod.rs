//! Keys that someone asks for: the search of `keytrail locate`.
//!
//! A key is asked for in one of three ways. Of one that is given itself, every *form* is searched for, as it is and
//! encoded (`forms`); so it is in the texts that a scan decodes and joins (`opened`), which finds forms that cannot be
//! listed beforehand: over several lines, compressed, one within the other, with only some characters escaped. One that is given by its SHA-256, or by a [`Mask`], is compared with every value that may be a
//! key (`candidates`).

mod candidates;
mod forms;
mod mask;
mod opened;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use mask::{Mask, MaskError};

use super::decode::{self, TextKind};
use super::rule::anchor::ByteSet;
use super::rule::{Rule, Ruleset};
use super::{Decoded, Detector, Match, entropy};
use crate::finding::{Confidence, Finding, Severity, Verification};
use crate::secret::Secret;
use candidates::Kind;

/// Least length of a key in bytes. Shorter ones stand by chance in every large history, and no report could show
/// anything of them.
pub const MIN_KEY: usize = 8;

/// Greatest length of a key in bytes: that of a private key of 8192 bits.
pub const MAX_KEY: usize = 8 << 10;

/// Greatest number of keys that can be looked for at once. Each takes some 10 KiB.
pub const MAX_KEYS: usize = 4096;

/// The rule of keys that no other rule describes.
pub(crate) const RULE: Rule = Rule {
    id: "located-key",
    provider: "",
    title: "Key that was searched for",
    description: "A value that was given to `keytrail locate`. Whoever can read the place can use it.",
    severity: Severity::High,
    confidence: Confidence::Confirmed,
    pattern: None,
    // It may be a password as well, whose fingerprint has to be slow.
    detector: Some("locate"),
    verify: None,
    context: &[],
    part: None,
    secret: true,
    alone: true,
    inventory: None,
    revoke: None,
    references: &[],
    covers: &[],
    cwe: 798,
    min_len: 0,
    tail: ByteSet::EMPTY,
    far: false,
};

/// The SHA-256 of a key.
pub(crate) type KeyDigest = [u8; 32];

/// What is asked for. Keys are distinct.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    keys: Vec<Secret>,
    digests: Vec<KeyDigest>,
    masks: Vec<Mask>,
}

/// What cannot be asked for. Says nothing of the text, which is a key or may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskedError {
    /// Standard input is empty.
    #[error("standard input holds no key; pipe one into it, as in `pbpaste | keytrail locate`")]
    Nothing,
    /// A key is too short.
    #[error(
        "the key in line {line} of standard input has fewer than {MIN_KEY} characters: so few stand in many places by \
         chance"
    )]
    Short {
        /// From 1.
        line: usize,
    },
    /// A key is too long.
    #[error("the key in line {line} of standard input has more than {MAX_KEY} bytes")]
    Long {
        /// From 1.
        line: usize,
    },
    /// Too many at once.
    #[error("at most {MAX_KEYS} keys can be located at once")]
    Many,
    /// It is neither form of a digest.
    #[error("it is no SHA-256, which has 64 hexadecimal digits, or 43 characters in base64 and perhaps a `=`")]
    Digest,
}

impl Asked {
    /// Takes keys, one a line; white space around them is none of theirs. What begins as a PEM block is one key of
    /// several lines.
    ///
    /// # Errors
    /// When there is none, or one that is too short or too long.
    pub fn add_keys(&mut self, input: &[u8]) -> Result<(), AskedError> {
        // As some programs of Windows write files and pipes.
        let kind = Some(decode::classify(input)).filter(|kind| matches!(kind, TextKind::Utf16Le | TextKind::Utf16Be));
        let wide = kind.and_then(|kind| decode::transcode(kind, input)).map(|view| Zeroizing::new(view.bytes));
        let input = wide.as_ref().map_or(input, |wide| wide.as_slice());
        // Some shells send a byte order mark.
        let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input).trim_ascii();
        let mut lines: Vec<(usize, Cow<'_, [u8]>)> = if input.starts_with(b"-----BEGIN ") {
            let unix: Vec<u8> = input.iter().copied().filter(|&b| b != b'\r').collect();
            vec![(1, unix.into())]
        } else {
            let lines = input.split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
            (1..).zip(lines.map(Cow::Borrowed)).collect()
        };
        lines.retain(|(_, key)| !key.is_empty());
        if lines.is_empty() {
            return Err(AskedError::Nothing);
        }
        for (line, key) in lines {
            match key.len() {
                0..MIN_KEY => return Err(AskedError::Short { line }),
                len if len > MAX_KEY => return Err(AskedError::Long { line }),
                _ => {}
            }
            let key = Secret::new(key.into_owned());
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
            if self.keys.len() > MAX_KEYS {
                return Err(AskedError::Many);
            }
        }
        Ok(())
    }

    /// Asks for the key with this SHA-256, in hexadecimal digits or base64 of either alphabet.
    ///
    /// # Errors
    /// When it is neither.
    pub fn add_digest(&mut self, text: &str) -> Result<(), AskedError> {
        const ANY: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let text = text.trim();
        // As container images write it, and as `ssh-keygen` does, which leaves the padding out.
        let named = text.split_at_checked(7).filter(|(name, _)| name.eq_ignore_ascii_case("sha256:"));
        let text = named.map_or(text, |(_, digest)| digest);
        let mut digest = KeyDigest::default();
        if hex::decode_to_slice(text, &mut digest).is_err() {
            let standard = text.replace('-', "+").replace('_', "/");
            let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, ANY);
            let bytes = engine.decode(standard).ok().and_then(|bytes| KeyDigest::try_from(bytes).ok());
            digest = bytes.ok_or(AskedError::Digest)?;
        }
        if !self.digests.contains(&digest) {
            self.digests.push(digest);
        }
        Ok(())
    }

    /// Asks for the keys that a mask fits.
    pub fn add_mask(&mut self, mask: Mask) {
        if !self.masks.contains(&mask) {
            self.masks.push(mask);
        }
    }

    /// How many keys are asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len() + self.digests.len() + self.masks.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which of the keys are not among the findings, in words that do not show them: `key 2`, `SHA-256 1`, `mask 1`.
    #[must_use]
    pub fn not_among(&self, findings: &[Finding]) -> Vec<String> {
        let found: HashSet<&[u8]> =
            findings.iter().filter_map(|finding| finding.secret.secret()).map(Secret::expose).collect();
        let digests: HashSet<KeyDigest> =
            if self.digests.is_empty() { HashSet::new() } else { found.iter().map(|value| digest(value)).collect() };
        let keys = self.keys.iter().map(|key| found.contains(key.expose()));
        let by_digest = self.digests.iter().map(|digest| digests.contains(digest));
        let by_mask = self.masks.iter().map(|mask| found.iter().any(|value| mask.fits(value)));
        let named =
            |name: &'static str| move |(number, there): (usize, bool)| (!there).then(|| format!("{name} {number}"));
        (1..)
            .zip(keys)
            .filter_map(named("key"))
            .chain((1..).zip(by_digest).filter_map(named("SHA-256")))
            .chain((1..).zip(by_mask).filter_map(named("mask")))
            .collect()
    }
}

fn digest(value: &[u8]) -> KeyDigest {
    Sha256::digest(value).into()
}

/// A search that was prepared for keys. Made once and shared by all threads.
pub(crate) struct Wanted {
    keys: Vec<Known>,
    forms: Option<forms::Search>,
    /// Decodes texts, and knows no rules.
    decoder: Detector,
    digests: HashSet<KeyDigest>,
    masks: Vec<Mask>,
    /// Index of [`RULE`].
    rule: u16,
}

/// A key, and what rules say about it.
struct Known {
    value: Secret,
    rule: u16,
    verification: Option<Verification>,
}

/// Why a search cannot be prepared.
#[derive(Debug, thiserror::Error)]
#[error("so many keys cannot be searched for at once")]
pub struct WantedError;

/// Adds the rule of keys that were asked for and that no other rule describes, without which there is nothing to report
/// them under. A scanner that [locates](crate::ScannerBuilder::locate) adds it by itself, unless its rules are shared.
///
/// # Errors
/// When there is no room for one more.
pub fn add_rule(rules: &mut Ruleset) -> Result<(), WantedError> {
    rules.add(RULE).map(|_| ()).ok_or(WantedError)
}

impl Wanted {
    /// Prepares a search. The rules of `detector` name the keys that they describe; [`RULE`], which is
    /// [one of them](add_rule), names the others.
    ///
    /// # Errors
    /// When that rule is missing, or there are too many keys.
    pub fn new(asked: &Asked, detector: &Detector) -> Result<Self, WantedError> {
        let rule = detector.ruleset().with_detector("locate").ok_or(WantedError)?;
        let mut all = Vec::new();
        let mut keys = Vec::new();
        for (number, key) in asked.keys.iter().enumerate() {
            forms::add(number, key.expose(), &mut all);
            let (rule, verification) = described(detector, key.expose()).unwrap_or((rule, None));
            keys.push(Known { value: key.clone(), rule, verification });
        }
        let forms = if all.is_empty() { None } else { Some(forms::Search::new(all).map_err(|_| WantedError)?) };
        let digests = asked.digests.iter().copied().collect();
        let decoder = Detector::new(Arc::new(Ruleset::none()));
        Ok(Wanted { keys, forms, decoder, digests, masks: asked.masks.clone(), rule })
    }

    /// Finds what is asked for, in the order of its place. Places of one key do not overlap; those of different keys
    /// do where one is a part of the other. `binary` says that it is no text.
    #[must_use]
    pub fn find(&self, detector: &Detector, text: &[u8], binary: bool) -> Vec<Match> {
        let mut found = self.known(text);
        if !binary {
            self.opened(text, &mut found);
        }
        if !self.digests.is_empty() || !self.masks.is_empty() {
            found.extend(self.unknown(detector, text, binary));
        }
        found.sort_by_key(|found| (found.span.start, found.span.end));
        found
    }

    /// Keys that were given themselves, in the order of their place.
    #[must_use]
    pub fn known(&self, text: &[u8]) -> Vec<Match> {
        let Some(forms) = &self.forms else { return Vec::new() };
        let mut found = Vec::new();
        // Where each key was found last.
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        forms.each(text, |form, span| {
            let end = ends.entry(form.key).or_default();
            if span.start < *end {
                return;
            }
            *end = span.end;
            found.push(self.place(form.key, span, form.name.map(Cow::Borrowed)));
        });
        found
    }

    /// Adds the places of keys that were given themselves in what the text holds encoded, or in pieces, where the key
    /// does not stand in a form that is known by itself.
    fn opened(&self, text: &[u8], found: &mut Vec<Match>) {
        let Some(forms) = &self.forms else { return };
        let places = opened::places(forms, &self.decoder, text);
        if places.is_empty() {
            return;
        }
        let mut taken: Vec<(usize, Range<usize>)> = Vec::new();
        forms.each(text, |form, span| taken.push((form.key, span)));
        for place in places {
            let is_taken = |(key, span): &(usize, Range<usize>)| {
                *key == place.key && span.start < place.span.end && place.span.start < span.end
            };
            if !taken.iter().any(is_taken) {
                taken.push((place.key, place.span.clone()));
                found.push(self.place(place.key, place.span, Some(Cow::Owned(place.form))));
            }
        }
    }

    /// A key that was given itself, where it stands.
    fn place(&self, number: usize, span: Range<usize>, form: Option<Cow<'static, str>>) -> Match {
        let key = &self.keys[number];
        Match {
            rule: key.rule,
            whole: span.clone(),
            span,
            confidence: Confidence::Confirmed,
            verification: key.verification.clone(),
            notes: form.iter().map(|name| format!("It stands {name}.").into()).collect(),
            decoded: Some(Box::new(Decoded { value: key.value.clone(), form })),
        }
    }

    /// Keys that were given by a digest or a mask.
    fn unknown(&self, detector: &Detector, text: &[u8], binary: bool) -> Vec<Match> {
        let mut fitting: Vec<(bool, Kind, Range<usize>)> = Vec::new();
        // Most texts are done with here, unless every value in them has to be hashed.
        let masks: Vec<&Mask> = self.masks.iter().filter(|mask| mask.may_stand_in(text)).collect();
        if masks.is_empty() && self.digests.is_empty() {
            return Vec::new();
        }
        candidates::each(text, binary, &detector.detect(text, binary), |span, kind| {
            let value = &text[span.clone()];
            let by_mask = masks.iter().any(|mask| mask.fits(value) && bounded(mask, value, kind));
            let by_digest = !self.digests.is_empty() && self.digests.contains(&digest(value));
            if by_mask || by_digest {
                // A digest leaves no doubt.
                fitting.push((!by_digest, kind, span));
            }
        });
        // The surest first, and of equally sure ones the shortest, which is least likely to be two values.
        fitting.sort_by_key(|(by_mask, kind, span)| (*by_mask, *kind, span.len(), span.start));
        let mut found: Vec<Match> = Vec::new();
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        for (by_mask, _, span) in fitting {
            if taken.range(..span.end).next_back().is_some_and(|(_, &end)| end > span.start) {
                continue;
            }
            taken.insert(span.start, span.end);
            let (rule, verification) = described(detector, &text[span.clone()]).unwrap_or((self.rule, None));
            let (confidence, note) = if by_mask {
                (Confidence::Medium, "It fits the mask; whether it is the key that is meant, only its owner can tell.")
            } else {
                (Confidence::Confirmed, "It has the SHA-256 that was given.")
            };
            let notes = vec![note.into()];
            found.push(Match { rule, whole: span.clone(), span, confidence, verification, notes, decoded: None });
        }
        found
    }
}

/// Whether what a mask fits can be a whole key: where only one end is known, pieces of something else fit easily.
fn bounded(mask: &Mask, value: &[u8], kind: Kind) -> bool {
    match kind {
        Kind::Rule => true,
        Kind::Value | Kind::Piece if mask.has_both() => true,
        Kind::Value => entropy::looks_random(value),
        Kind::Piece => false,
    }
}

/// The rule that describes a value by itself, and what its check says.
fn described(detector: &Detector, value: &[u8]) -> Option<(u16, Option<Verification>)> {
    let found = detector.detect(value, false).into_iter().find(|found| found.span == (0..value.len()))?;
    // What only decodes as it should is no proof, and the finding is certain for another reason.
    Some((found.rule, found.verification.filter(|_| found.confidence == Confidence::Confirmed)))
}
