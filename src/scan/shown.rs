//! What reports may show of a text, a name or a message: everything but the keys in it.

use std::ops::Range;
use std::sync::Arc;

use super::known::Known;
use super::{Engine, place};
use crate::detect::{Detector, Match};
use crate::finding::Artifact;
use crate::report::Notice;
use crate::secret::redact;

/// Bytes on either side of a snippet that may belong to a key which it shows a part of, or decide about one.
const BESIDE: usize = 4 << 10;

/// Bytes behind a value that may belong to it, at most.
const MORE: usize = 64;

/// Whether a byte ends no value in any language or form of settings.
fn is_of_value(b: u8) -> bool {
    b.is_ascii_graphic() && !b"\"'`<>;,)]}|\\&".contains(&b)
}

impl Engine {
    /// The detector for all rules, where some are switched off.
    fn complete(&self) -> Option<&Detector> {
        let rules = self.detector.ruleset();
        self.complete.get_or_init(|| rules.complete().map(|rules| Detector::new(Arc::new(rules)))).as_ref()
    }

    /// What nobody looks for and is a key nevertheless: other keys stay secret beside the one that is looked for.
    /// Where rules are switched off, only what reports show of a text beside `found` is looked at, or all of it where
    /// nothing is given.
    pub(super) fn others(&self, text: &[u8], binary: bool, found: Option<&[Match]>) -> Vec<Match> {
        let Some(complete) = self.complete() else {
            return if self.wanted.is_some() { self.detector.detect(text, binary) } else { Vec::new() };
        };
        let Some(found) = found.filter(|_| self.wanted.is_none()) else { return complete.detect(text, binary) };
        let reach = place::SNIPPET_SIDE + BESIDE;
        let around = |found: &Match| found.span.start.saturating_sub(reach)..(found.span.end + reach).min(text.len());
        let mut others = Vec::new();
        for piece in place::joined(found.iter().map(around).collect()) {
            for mut other in complete.detect(&text[piece.clone()], binary) {
                other.span = other.span.start + piece.start..other.span.end + piece.start;
                other.whole = other.whole.start + piece.start..other.whole.end + piece.start;
                others.push(other);
            }
        }
        others
    }

    /// What of a text no report may show; `found` is what was found in it, and `others` what is a key besides.
    pub(super) fn hidden<'t>(&self, text: &'t [u8], found: &'t [Match], others: &'t [Match]) -> Hidden<'t> {
        let rules = self.detector.ruleset();
        let secret = |found: &&Match| rules.rule(found.rule).secret;
        let asked = |found: &&Match| self.wanted.is_some() || secret(found);
        let all = || others.iter().filter(secret).chain(found.iter().filter(asked));
        // What a form holds besides the key says something about it.
        let is_form = |found: &Match| rules.rule(found.rule).verify.is_none_or(|family| family.opened.is_none());
        let hidden = |found: &Match| match &found.decoded {
            Some(_) if is_form(found) => found.whole.start.min(found.span.start)..found.whole.end.max(found.span.end),
            // What goes on behind a value that only a name told may be more of it.
            _ if rules.rule(found.rule).detector.is_some() => {
                let more = text[found.span.end..].iter().take(MORE).take_while(|&&b| is_of_value(b)).count();
                found.span.start..found.span.end + more
            }
            _ => found.span.clone(),
        };
        let decoded = all().filter_map(|found| found.decoded.as_ref().map(|decoded| decoded.value.expose()));
        let known = Known::new(all().map(|found| &text[found.span.clone()]).chain(decoded));
        Hidden { spans: place::joined(all().map(hidden).collect()), known }
    }

    /// How reports call something: its names with every key in them redacted.
    ///
    /// Files named after the key in them are common enough (`AuthKey_….p8`, notes, backups by script), and a report
    /// must not show by its paths what it hides in its lines. Only kinds with a literal of their own are looked for;
    /// whether a random word in a path is a secret cannot be told.
    #[must_use]
    pub fn named(&self, artifact: &Artifact) -> Artifact {
        Artifact {
            path: self.without_keys(&artifact.path),
            members: artifact.members.iter().map(|member| self.without_keys(member)).collect(),
        }
    }

    /// A notice whose names and message show no key; see [`named`](Self::named).
    #[must_use]
    pub fn noticed(&self, notice: Notice) -> Notice {
        Notice {
            artifact: notice.artifact.as_ref().map(|artifact| self.named(artifact)),
            message: self.without_keys(&notice.message),
            ..notice
        }
    }

    /// A text that reports show beside findings, such as the subject of a commit, with every key in it redacted.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.without(text, false)
    }

    /// The reason of a comment with every key in it redacted. Its terms are read later, and the fingerprint that one
    /// may have in it has the form of a key and is none.
    pub(super) fn reason(&self, mut reason: &str) -> String {
        const TERM: &str = "fingerprint=";
        let mut shown = String::new();
        while let Some(at) = reason.find(TERM).map(|at| at + TERM.len()) {
            let is_part = |c: char| c.is_ascii_hexdigit() || c == ':';
            let length = reason[at..].find(|c| !is_part(c)).unwrap_or(reason.len() - at);
            let (before, behind) = reason.split_at(at);
            let (print, behind) = behind.split_at(length);
            shown.push_str(&self.redacted(before));
            shown.push_str(print);
            reason = behind;
        }
        shown + &self.redacted(reason)
    }

    pub(super) fn without_keys(&self, name: &str) -> String {
        self.without(name, true)
    }

    fn without(&self, name: &str, literals_only: bool) -> String {
        let found = self.find(name.as_bytes(), literals_only);
        let others = self.others(name.as_bytes(), literals_only, None);
        if found.is_empty() && others.is_empty() {
            return name.to_owned();
        }
        let keys = self.hidden(name.as_bytes(), &found, &others).spans;
        let mut shown = String::with_capacity(name.len());
        let mut at = 0;
        for span in keys {
            shown.push_str(&String::from_utf8_lossy(&name.as_bytes()[at..span.start]));
            shown.push_str(&redact(&name.as_bytes()[span.clone()]));
            at = span.end;
        }
        shown.push_str(&String::from_utf8_lossy(&name.as_bytes()[at..]));
        shown
    }
}

/// What of a text no report may show.
pub(super) struct Hidden<'t> {
    /// Where keys stand, in order and without overlaps.
    pub(super) spans: Vec<Range<usize>>,
    /// Their values, wherever else they stand.
    pub(super) known: Known<'t>,
}
