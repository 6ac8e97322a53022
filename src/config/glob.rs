//! Patterns of names in `keytrail.toml`, and which keys they choose.

use globset::{Glob, GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Wrong;
use crate::inventory::key::{Field, Key, Text};

/// A pattern that was prepared. Case does not count; `*` stands for anything, `/` included, as scopes and resources
/// have one.
#[derive(Clone, Debug)]
pub struct Pattern(GlobMatcher);

impl Pattern {
    /// Prepares a pattern.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence without a full stop.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = |text: &str| GlobBuilder::new(text).case_insensitive(true).literal_separator(false).build();
        glob(text)
            .map(|glob: Glob| Pattern(glob.compile_matcher()))
            .map_err(|error| format!("`{text}` is no valid pattern: {}; `*` stands for anything", error.kind()))
    }

    /// Whether a name fits.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

/// Which keys a table concerns: all that fit every pattern given. A property that the inventory does not say fits no
/// pattern but `*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Choice {
    /// Who issued it, as `keytrail inventory show` names it: `aws`, `{github,gitlab}`.
    #[schemars(with = "Option<String>")]
    pub provider: Option<Spanned<String>>,
    /// What kind of credential it is: `access-key`, `deploy-*`.
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
    /// Organisation, project or tenant.
    #[schemars(with = "Option<String>")]
    pub account: Option<Spanned<String>>,
    /// Where it is used: `prod*`.
    #[schemars(with = "Option<String>")]
    pub environment: Option<Spanned<String>>,
    /// What uses it; one that fits is enough.
    #[schemars(with = "Option<String>")]
    pub integration: Option<Spanned<String>>,
    /// Its label.
    #[schemars(with = "Option<String>")]
    pub name: Option<Spanned<String>>,
}

impl Choice {
    fn patterns(&self) -> [&Option<Spanned<String>>; 6] {
        [&self.provider, &self.kind, &self.account, &self.environment, &self.integration, &self.name]
    }

    /// Says which patterns are none.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        self.patterns().into_iter().flatten().for_each(|pattern| check(pattern, wrong));
    }

    /// Prepares the patterns. Those that [`check`](Self::check) complains about fit nothing.
    #[must_use]
    pub fn chooser(&self) -> Chooser {
        let wish = |text: &Option<Spanned<String>>| match text.as_ref().map(|text| text.get_ref().as_str()) {
            None | Some("*") => Wish::Anything,
            Some(text) => Pattern::new(text).map_or(Wish::Nothing, |pattern| Wish::Fitting(Box::new(pattern))),
        };
        Chooser { wishes: self.patterns().map(wish) }
    }
}

/// Says whether a pattern is none.
pub fn check(pattern: &Spanned<String>, wrong: &mut Vec<Wrong>) {
    if let Err(message) = Pattern::new(pattern.get_ref()) {
        wrong.push(Wrong { span: pattern.span(), message });
    }
}

/// A [`Choice`] that was prepared.
#[derive(Clone, Debug)]
pub struct Chooser {
    /// In the order of the fields of [`Choice`].
    wishes: [Wish; 6],
}

/// What a property of a key has to be.
#[derive(Clone, Debug)]
enum Wish {
    Anything,
    Fitting(Box<Pattern>),
    Nothing,
}

impl Chooser {
    /// Whether a key is meant.
    #[must_use]
    pub fn fits(&self, key: &Key) -> bool {
        let integrations = key.integrations.known().map(|list| list.as_slice()).unwrap_or_default();
        let values: [Vec<&str>; 6] = [
            vec![key.provider.as_str()],
            vec![key.kind.as_str()],
            one(&key.account),
            one(&key.environment),
            integrations.iter().map(|text| text.as_str()).collect(),
            one(&key.name),
        ];
        self.wishes.iter().zip(values).all(|(wish, values)| match wish {
            Wish::Anything => true,
            Wish::Fitting(pattern) => values.into_iter().any(|value| pattern.fits(value)),
            Wish::Nothing => false,
        })
    }
}

fn one(field: &Field<Text>) -> Vec<&str> {
    field.known().map(|text| text.as_str()).into_iter().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chooser(text: &str) -> Chooser {
        toml::from_str::<Choice>(text).unwrap().chooser()
    }

    #[test]
    fn all_patterns_have_to_fit() {
        let mut key = Key::new("aws".into(), "access-key".into());
        key.environment = Field::Known("Production".into());
        Key::add_to(&mut key.integrations, "billing");
        Key::add_to(&mut key.integrations, "orders/api");
        for text in
            ["", "provider = \"a*\"", "environment = \"prod*\"\nprovider = \"AWS\"", "integration = \"orders*\""]
        {
            assert!(chooser(text).fits(&key), "{text}");
        }
        for text in
            ["provider = \"gcp\"", "environment = \"prod\"", "integration = \"order\"", "provider=\"aws\"\nkind=\"x\""]
        {
            assert!(!chooser(text).fits(&key), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_fits_nothing_but_a_star() {
        let key = Key::new("aws".into(), "access-key".into());
        assert!(!chooser("environment = \"p*\"").fits(&key));
        assert!(!chooser("environment = \"**\"").fits(&key));
        assert!(chooser("environment = \"*\"").fits(&key));
    }
}
