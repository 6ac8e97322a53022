//! Keeps keys out of the texts around findings, which nobody scanned as the place where they were found.
//!
//! The subject of a commit may name the very password that the commit adds. Alone, without the setting that it is
//! assigned to, it looks like any other word; but once the scan knows the value, no text of the report may show it.

use super::Place;
use super::known::Known;
use crate::finding::{Commit, Location};
use crate::secret::Secret;

/// The secrets of places, and of the credentials that they are parts of.
pub fn secrets_of<'p>(places: impl Iterator<Item = &'p Place>) -> Vec<Secret> {
    let mut secrets: Vec<Secret> = Vec::new();
    for place in places {
        secrets.push(place.secret.clone());
        let parts = place.parts.iter().filter(|part| part.is_secret).filter_map(|part| part.value.secret());
        secrets.extend(parts.cloned());
    }
    secrets.sort_unstable();
    secrets.dedup();
    secrets
}

/// Redacts known secrets in what reports show of commits.
pub struct Hide<'s>(Known<'s>);

impl<'s> Hide<'s> {
    /// Hides these.
    pub fn new(secrets: &'s [Secret]) -> Self {
        Hide(Known::new(secrets.iter().map(Secret::expose)))
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
        commit.subject = self.0.hidden_in(&commit.subject);
        commit.author = self.0.hidden_in(&commit.author);
    }
}
