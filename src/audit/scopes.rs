//! The catalogue of scopes that give much away, and what would be narrower.
//!
//! `scopes.toml` beside this file is the catalogue; it is parsed when an audit first asks, so that other commands pay
//! nothing for it.

use std::collections::HashMap;
use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::finding::Severity;

/// How much a scope gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Reads everything. Worth a word only beside something else that is wrong.
    ReadAll,
    /// Writes everything of one kind.
    WriteAll,
    /// Acts as somebody else.
    Impersonation,
    /// Not restricted to anything.
    Unrestricted,
    /// A star.
    Wildcard,
    /// Manages accounts, people or rights.
    Admin,
}

impl Level {
    /// The severity of a key that has it.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Level::ReadAll => Severity::Low,
            Level::WriteAll => Severity::Medium,
            Level::Impersonation | Level::Unrestricted | Level::Wildcard | Level::Admin => Severity::High,
        }
    }
}

/// What the catalogue says about a scope.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The provider, or `generic` for all that have no entry of their own.
    pub provider: String,
    /// The scope, or a pattern of scopes.
    pub scope: String,
    #[serde(default, rename = "match")]
    kind: Kind,
    /// How much it gives away.
    pub level: Level,
    /// What its holder can do.
    pub why: String,
    /// What to use instead.
    pub narrower: String,
    /// Where the provider lists its scopes; may be empty.
    pub docs: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Exact,
    Glob,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[allow(dead_code)]
    format: u32,
    scope: Vec<Entry>,
}

/// Entries of one provider.
#[derive(Default)]
struct Provider {
    exact: HashMap<String, usize>,
    globs: Vec<(GlobMatcher, usize)>,
}

/// The catalogue.
pub struct Catalogue {
    entries: Vec<Entry>,
    providers: HashMap<String, Provider>,
}

/// The provider of entries for all.
const GENERIC: &str = "generic";

impl Catalogue {
    /// The catalogue of this version.
    #[must_use]
    pub fn get() -> &'static Catalogue {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        // A catalogue that does not parse does not pass the tests.
        CATALOGUE.get_or_init(|| {
            Self::parse(include_str!("scopes.toml"))
                .unwrap_or_else(|_| Catalogue { entries: Vec::new(), providers: HashMap::new() })
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let entries = toml::from_str::<File>(text).map_err(|error| error.to_string())?.scope;
        let mut providers: HashMap<String, Provider> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let provider = providers.entry(entry.provider.clone()).or_default();
            match entry.kind {
                Kind::Exact => {
                    provider.exact.entry(entry.scope.to_lowercase()).or_insert(index);
                }
                Kind::Glob => {
                    let glob = GlobBuilder::new(&entry.scope).case_insensitive(true).build();
                    provider.globs.push((glob.map_err(|error| error.to_string())?.compile_matcher(), index));
                }
            }
        }
        Ok(Catalogue { entries, providers })
    }

    /// What it says about a scope of a provider: the provider's own entries come before those for all, and exact ones
    /// before patterns.
    #[must_use]
    pub fn find(&self, provider: &str, scope: &str) -> Option<&Entry> {
        let folded = scope.to_lowercase();
        let of = |name: &str| {
            let provider = self.providers.get(name)?;
            let exact = provider.exact.get(&folded).copied();
            exact.or_else(|| provider.globs.iter().find(|(glob, _)| glob.is_match(scope)).map(|(_, index)| *index))
        };
        // Google's scopes have the same names whatever kind of credential has them.
        let google = || of("google-oauth").filter(|_| folded.starts_with("https://www.googleapis.com/auth/"));
        of(provider).or_else(google).or_else(|| of(GENERIC)).and_then(|index| self.entries.get(index))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_can_be_read_and_finds_every_exact_entry() {
        let catalogue = Catalogue::parse(include_str!("scopes.toml")).unwrap();
        assert!(catalogue.entries.len() > 600);
        for entry in &catalogue.entries {
            assert!(!entry.why.is_empty() && !entry.narrower.is_empty(), "{}", entry.scope);
            if entry.kind == Kind::Exact {
                assert_eq!(catalogue.find(&entry.provider, &entry.scope.to_uppercase()).unwrap().level, entry.level);
            }
        }
    }

    #[test]
    fn own_entries_come_before_those_for_all() {
        let catalogue = Catalogue::get();
        assert_eq!(catalogue.find("github", "repo").unwrap().level, Level::WriteAll);
        assert_eq!(catalogue.find("github", "contents:read"), None);
        let platform = catalogue.find("gcp", "https://www.googleapis.com/auth/cloud-platform").unwrap();
        assert_eq!((platform.level, platform.provider.as_str()), (Level::Admin, "google-oauth"));
        assert_eq!(catalogue.find("gcp", "roles/owner").unwrap().provider, "gcp");
        let star = catalogue.find("somebody-else", "*").unwrap();
        assert_eq!(star.provider, GENERIC);
    }
}
