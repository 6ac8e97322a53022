//! What belongs to a private key that was found: its certificate or its public key, in the same text, or in a file of
//! the same folder. It says where the key is in use, and until when.
//!
//! What stands beside a key and is of another one says nothing: keys and certificates of different things often do. Nor
//! does it make a key surer: one that parses is confirmed, and one that was damaged does not open what it belongs to.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::place::joined;
use super::{OVERLAP, Place};
use crate::detect::{MAX_MATCH, Match, verify};
use crate::finding::{Fact, Verification};
use crate::public_key::PublicKey;
use crate::public_key::published::{Published, in_file, in_text};
use crate::source::neighbours;

/// How far from a key its counterpart may stand in the same text, in bytes.
const REACH: usize = 32 << 10;
// The same in every window that has the key, also where it is written in two bytes for each character.
const _: () = assert!(2 * (REACH + MAX_MATCH) <= OVERLAP / 2);

/// Facts that tell of a counterpart.
const CERTIFICATE: &str = "certificate";
const KEY: &str = "public key";

/// What belongs to the private keys of a text.
pub(super) struct InText {
    /// The public halves of matches, by their index.
    halves: BTreeMap<usize, PublicKey>,
    /// What stands near them, in order.
    published: Vec<(Range<usize>, Published)>,
}

impl InText {
    /// Reads a text around the private keys that were found in it.
    pub(super) fn read(text: &[u8], found: &[Match]) -> Self {
        let checked = found.iter().enumerate().filter(|(_, found)| found.verification.is_some());
        let half = |(index, found): (usize, &Match)| Some((index, verify::public_key(found.value(text))?));
        let halves: BTreeMap<usize, PublicKey> = checked.filter_map(half).collect();
        let mut published = Vec::new();
        for piece in joined(halves.keys().map(|&index| reach(&found[index].span, text.len())).collect()) {
            let in_piece = in_text(&text[piece.clone()]).into_iter();
            published.extend(in_piece.map(|(span, one)| (span.start + piece.start..span.end + piece.start, one)));
        }
        published.sort_by_key(|(span, _)| span.start);
        InText { halves, published }
    }

    /// Says of the match with that index and span what belongs to it.
    pub(super) fn tell(&self, index: usize, span: &Range<usize>, len: usize, subject: Subject<'_>) {
        let Some(half) = self.halves.get(&index) else { return };
        let near = reach(span, len);
        let first = self.published.partition_point(|(span, _)| span.start < near.start);
        let near = self.published[first..].iter().take_while(|(span, _)| span.end <= near.end);
        subject.of(half, near.map(|(_, published)| (None, published)));
    }
}

/// The part of a text that is looked at for a key.
fn reach(span: &Range<usize>, len: usize) -> Range<usize> {
    span.start.saturating_sub(REACH)..(span.end + REACH).min(len)
}

/// What is known of a key.
pub(super) struct Subject<'a> {
    /// What was checked.
    pub verification: &'a mut Option<Verification>,
    /// How reports write a name.
    pub shown: &'a dyn Fn(&str) -> String,
}

impl Subject<'_> {
    /// Adds what of the published belongs to the key: the certificate that is valid longest, else the public key.
    fn of<'p>(self, half: &PublicKey, published: impl Iterator<Item = (Option<&'p str>, &'p Published)>) {
        let Some(verification) = self.verification else { return };
        let knows = |name: &str| verification.facts.iter().any(|fact| fact.name == name);
        let (has_certificate, has_key) = (knows(CERTIFICATE), knows(KEY));
        let mut key = None;
        let mut certificate = None;
        for (file, one) in published.filter(|(_, one)| one.key() == half) {
            match one {
                Published::Key(_) => key = key.or(Some(file)),
                Published::Certificate(one) => {
                    // None is for ever.
                    let until = one.until.unwrap_or(i64::MAX);
                    if certificate.as_ref().is_none_or(|(known, _, _)| *known < until) {
                        certificate = Some((until, file, one));
                    }
                }
            }
        }
        let place = |file: Option<&str>| file.map_or_else(|| "beside it".to_owned(), |file| format!("in {file}"));
        if let Some((_, file, certificate)) = certificate.filter(|_| !has_certificate) {
            verification.what.push_str(&format!(", and its certificate {}", place(file)));
            verification.facts.extend(certificate.facts(file, self.shown));
        } else if let Some(file) = key.filter(|_| !has_certificate && !has_key) {
            verification.what.push_str(&format!(", and its public key {}", place(file)));
            verification.facts.push(Fact { name: KEY.to_owned(), value: place(file) });
        }
    }
}

/// What files are published in the folder that was looked at last: those of one folder come one after the other.
#[derive(Default)]
pub(super) struct Folders {
    last: Mutex<Option<(PathBuf, Files)>>,
}

/// What is published, with the name of the file that has it.
type Files = Arc<Vec<(String, Published)>>;

impl Folders {
    /// Says of the private keys of a file what belongs to them in its folder. `shown` is how reports write a name.
    pub(super) fn tell(&self, path: &Path, places: &mut [Place], shown: &dyn Fn(&str) -> String) {
        let own = || path.file_name().map(|name| shown(&name.to_string_lossy())).unwrap_or_default();
        let mut known = None;
        for place in places {
            let is_own =
                place.location.artifact.members.iter().all(|part| part.starts_with(crate::source::document::KEY));
            let is_known = |told: &Verification| told.facts.iter().any(|fact| fact.name == CERTIFICATE);
            if !is_own || place.verification.as_ref().is_none_or(is_known) {
                continue;
            }
            let Some(half) = verify::public_key(place.secret.expose()) else { continue };
            let (own, published) = known.get_or_insert_with(|| (own(), self.beside(path, shown)));
            let subject = Subject { verification: &mut place.verification, shown };
            let others = published.iter().filter(|(name, _)| name != own);
            subject.of(&half, others.map(|(name, one)| (Some(name.as_str()), one)));
        }
    }

    /// What is published in the files of the folder that a file lies in.
    fn beside(&self, path: &Path, shown: &dyn Fn(&str) -> String) -> Files {
        let folder = path.parent().unwrap_or(Path::new(""));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, published)) = last.as_ref().filter(|(known, _)| known == folder) {
            return published.clone();
        }
        let mut names = neighbours::names(folder);
        let few = names.len() <= neighbours::MAX_FILES;
        if !few {
            // Those that are named as the key is.
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            names.retain(|name| name.starts_with(&stem));
            names.truncate(neighbours::MAX_FILES);
        }
        let mut published = Vec::new();
        for name in names {
            let bytes = neighbours::content(&folder.join(&name)).unwrap_or_default();
            published.extend(in_file(&bytes).into_iter().map(|one| (shown(&name), one)));
        }
        let published = Arc::new(published);
        if few {
            *last = Some((folder.to_owned(), published.clone()));
        }
        published
    }
}
