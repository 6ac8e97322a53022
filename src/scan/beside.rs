//! Keys that stand beside the content of a file: in its name, or in a comment on it.

use std::borrow::Cow;

use super::matches::joined;
use super::place::{self, Lines};
use super::{Engine, Ground, Place};
use crate::detect::Match;
use crate::finding::{Artifact, Location, Position, Region};
use crate::secret::Secret;

impl Engine {
    /// Whether a name of a file or folder holds a key that is looked for.
    pub(crate) fn has_key_in_name(&self, name: &[u8]) -> bool {
        !self.find(name, true).is_empty()
    }

    /// The keys in the name of a file or member, which reports call `shown`: a key is no less leaked by a name. Their
    /// places are no bytes of the content, and are given as empty ones at its start.
    pub(crate) fn in_name(&self, artifact: &Artifact, shown: &Artifact) -> Vec<Place> {
        if artifact == shown {
            return Vec::new();
        }
        self.beside(shown, artifact.innermost().as_bytes(), true, "file name")
    }

    /// The keys in a text that stands beside the content of a file or member: its name, or a comment on it.
    pub(super) fn beside(&self, shown: &Artifact, name: &[u8], literals_only: bool, what: &str) -> Vec<Place> {
        let rules = self.detector.ruleset();
        let mut keys = self.find(name, literals_only);
        keys.retain(|key| self.wanted.is_some() || rules.rule(key.rule).secret);
        if keys.is_empty() {
            return Vec::new();
        }
        let others = self.others(name, literals_only, None);
        let places = keys.clone();
        let hidden = self.hidden(name, &keys, &others);
        let start = Position { line: 1, column: 1 };
        let place = |key: Match| {
            let snippet = place::snippet(name, &key.span, &hidden.spans, &hidden.known, 1, &mut Lines::default());
            let form = key.decoded.as_ref().and_then(|decoded| decoded.form.as_deref());
            let part = joined(Some(what.to_owned()), form);
            Place {
                rule: key.rule,
                detected: key.rule,
                secret: Secret::new(key.value(name).to_vec()),
                confidence: key.confidence,
                ground: Ground::Itself,
                verification: key.verification,
                notes: key.notes.into_iter().map(Cow::into_owned).collect(),
                parts: Vec::new(),
                location: Location {
                    artifact: shown.clone(),
                    region: Region { start, end: start, byte_offset: 0, byte_length: 0 },
                    line_hash: self.key.digest("line", snippet.text.trim().as_bytes()).to_string(),
                    snippet,
                    part,
                    history: None,
                    allowed: None,
                },
            }
        };
        let alone = |key: &Match| self.wanted.is_some() || rules.rule(key.rule).alone;
        places.into_iter().filter(alone).map(place).collect()
    }
}
