//! Keeps keys out of the texts around findings, which nobody scanned as the place where they were found.
//!
//! The subject of a commit may name the very password that the commit adds. Alone, without the setting that it is
//! assigned to, it looks like any other word; but once the scan knows the value, no text of the report may show it.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Place;
use crate::finding::{Commit, Location};
use crate::secret::{REDACTION, Secret, redact};

/// Values shorter than this, in bytes, are words like others: hiding them would only tell where they stand.
const SHORT: usize = 4;

/// Redacts known secrets in texts.
pub struct Hide {
    /// All of them; `None` if they are too many to be looked for, and so nothing may be shown.
    secrets: Option<AhoCorasick>,
}

impl Hide {
    /// Hides the secrets of these places, and of the credentials that they are parts of.
    #[must_use]
    pub fn new<'p>(places: impl Iterator<Item = &'p Place>) -> Self {
        let mut secrets: Vec<&[u8]> = Vec::new();
        for place in places {
            secrets.push(place.secret.expose());
            let parts = place.parts.iter().filter(|part| part.is_secret).filter_map(|part| part.value.secret());
            secrets.extend(parts.map(Secret::expose));
        }
        secrets.retain(|secret| secret.len() >= SHORT);
        secrets.sort_unstable();
        secrets.dedup();
        let secrets = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&secrets).ok();
        Hide { secrets }
    }

    /// A text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let Some(secrets) = &self.secrets else { return REDACTION.to_owned() };
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for found in secrets.find_iter(text) {
            shown.push_str(&String::from_utf8_lossy(&text.as_bytes()[at..found.start()]));
            shown.push_str(&redact(&text.as_bytes()[found.range()]));
            at = found.end();
        }
        shown.push_str(&String::from_utf8_lossy(&text.as_bytes()[at..]));
        shown
    }

    /// Redacts what the history of a place, and of the parts beside it, shows of commits.
    pub fn place(&self, place: &mut Place) {
        self.location(&mut place.location);
        for part in &mut place.parts {
            self.location(&mut part.location);
        }
    }

    fn location(&self, location: &mut Location) {
        let Some(history) = &mut location.history else { return };
        for commit in [&mut history.introduced, &mut history.last].into_iter().flatten() {
            self.commit(commit);
        }
    }

    fn commit(&self, commit: &mut Commit) {
        commit.subject = self.text(&commit.subject);
        commit.author = self.text(&commit.author);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_redacted_wherever_they_stand() {
        let text = "from swordfish-1 to swordfish-12, ünïcode";
        let hide = |secrets: &[&str]| Hide {
            secrets: AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(secrets).ok(),
        };
        assert_eq!(hide(&["swordfish-1", "swordfish-12"]).text(text), "from s\u{2026} to s\u{2026}, ünïcode");
        assert_eq!(hide(&[]).text(text), text);
        assert_eq!(Hide::new(std::iter::empty()).text(text), text);
    }
}
