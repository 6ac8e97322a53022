//! What a file says about its keys from afar: by its path, its imports, and the hosts that it names.
//!
//! A value whose name says that it is a secret is found wherever it stands, but a name such as `secret` does not say
//! whose it is. Where the path of the file names a provider (`config/stripe.yml`), and the value has the form of that
//! provider's keys, it is one of them. Imports and hosts are weaker: a file has many of them, and its secrets need not be
//! theirs, so that they make a remark and no more.
//!
//! Only values that were found without this are looked at. What is found thus never depends on bytes far away, which the
//! scan of differences between versions rests on.

use std::cell::OnceCell;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::matcher::{Detector, GENERIC, Match};
use super::rule::Rule;
use super::rule::anchor::ByteSet;
use super::rule::layout::{Entry, pair};
use super::verify::Verdict;

/// What named the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Afar {
    /// The name of the file or of its folder.
    Path,
    /// An import, or a host in an address.
    Text,
}

/// What a file's path and text name, found out once for all of its matches: the rules, in order.
#[derive(Debug, Default)]
pub(crate) struct Named {
    path: OnceCell<Vec<u16>>,
    text: OnceCell<Vec<u16>>,
}

/// Bytes of a file in which imports and hosts are looked for.
const LOOKED_AT: usize = 256 << 10;

/// With what lines begin that take in a library, in the usual languages.
const IMPORTS: &[&[u8]] =
    &[b"import ", b"from ", b"use ", b"using ", b"require", b"#include", b"@import", b"library(", b"open "];

impl Detector {
    /// The rule of the provider whose key a value is, as far as the path of its file, its imports or the hosts in it
    /// tell; nothing where they name none, or several that have such keys. `found` is a match in `text` by what stands
    /// in front of it alone.
    #[must_use]
    pub(crate) fn named_afar(&self, found: &Match, text: &[u8], path: &str, known: &Named) -> Option<(u16, Afar)> {
        let by_name = matches!(self.ruleset().rule(found.rule).detector, Some("assignment" | "authorization"));
        let value = found.value(text);
        let rules = if by_name { self.rules_of_form(value) } else { Vec::new() };
        if rules.is_empty() {
            return None;
        }
        let by_path = known.path.get_or_init(|| self.named_by(telling(path).map(str::as_bytes)));
        if let Some(rule) = self.only(&rules, by_path) {
            return Some((rule, Afar::Path));
        }
        let by_text = known.text.get_or_init(|| {
            let text = &text[..text.len().min(LOOKED_AT)];
            self.named_by(imports(text).chain(hosts(text)))
        });
        self.only(&rules, by_text).map(|rule| (rule, Afar::Text))
    }

    /// Rules of other providers, which ask for words, for whose keys a value that was found by its prefix might as well be
    /// taken: two providers may have chosen the same one.
    #[must_use]
    pub fn same_form(&self, found: &Match, text: &[u8]) -> Vec<u16> {
        let (rules, value) = (self.ruleset(), found.value(text));
        let own = rules.rule(found.rule);
        let &[first, second, ..] = value else { return Vec::new() };
        // Where a word stands near, it has told whose key this is.
        if own.pattern.is_none() || !own.context.is_empty() || found.span != found.whole {
            return Vec::new();
        }
        let begins = |entry: &&Entry<&'static [u8]>| {
            entry.lead == 0 && entry.offset_max == 0 && value.starts_with(entry.literal) && rules.is_enabled(entry.rule)
        };
        let is_other = |index: &u16| {
            let rule = rules.rule(*index);
            let fits = || {
                let hit = rules.pattern(*index).and_then(|pattern| pattern.at(value, 0..value.len()));
                hit.is_some_and(|hit| hit.whole.end == value.len())
            };
            rule.provider != own.provider && rule.provider != GENERIC && !rule.context.is_empty() && fits()
        };
        let bucket = rules.boundary(pair(first, second));
        let mut all: Vec<u16> = bucket
            .map(|index| &rules.boundaries()[index])
            .filter(begins)
            .map(|entry| entry.rule)
            .filter(is_other)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The rules that ask for words and otherwise match all of a value.
    fn rules_of_form(&self, value: &[u8]) -> Vec<u16> {
        let alphabet: ByteSet = value.iter().copied().collect();
        let rules = self.ruleset();
        let mut all: Vec<u16> = self
            .named_shapes_of(value.len())
            .map(|index| &rules.shapes()[usize::from(index)])
            .filter(|shape| alphabet.is_subset(&shape.alphabet))
            .map(|shape| shape.rule)
            .filter(|&index| {
                let rule = rules.rule(index);
                let accepts = |rule: &Rule| {
                    rule.verify.is_none_or(|family| !matches!((family.check)(value), Verdict::Rejected(_)))
                };
                rule.secret
                    && rule.alone
                    && rules
                        .pattern(index)
                        .and_then(|pattern| pattern.at(value, 0..value.len()))
                        .is_some_and(|hit| hit.whole.end == value.len())
                    && accepts(rule)
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The rules whose providers the texts name, in order.
    fn named_by<'t>(&self, texts: impl Iterator<Item = &'t [u8]>) -> Vec<u16> {
        let mut named: Vec<u16> = texts.flat_map(|text| self.rules_named_in(text)).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The rule among these that is named; nothing where several providers are.
    fn only(&self, rules: &[u16], named: &[u16]) -> Option<u16> {
        let mut named = rules.iter().copied().filter(|rule| named.binary_search(rule).is_ok());
        let first = named.next()?;
        let provider = |rule: u16| self.ruleset().rule(rule).provider;
        named.all(|rule| provider(rule) == provider(first)).then_some(first)
    }
}

/// The name of a file and that of its folder. Those that begin with a point say who reads the file (`.github`), but for
/// the endings of `.env`.
fn telling(path: &str) -> impl Iterator<Item = &str> {
    let names = path.rsplit(['/', '\\']).take(2);
    names.filter(|name| !name.starts_with('.') || name.starts_with(".env"))
}

/// Lines that take in a library.
pub(super) fn imports(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    static REQUIRED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("require("));
    text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| {
        let required = || REQUIRED.find(line).is_some();
        line.len() <= 160 && (IMPORTS.iter().any(|import| line.starts_with(import)) || required())
    })
}

/// Hosts of addresses.
fn hosts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memmem::find_iter(text, b"://").map(|at| {
        let rest = &text[at + 3..];
        let end = rest.iter().take(120).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
        &rest[..end]
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use rand::SeedableRng as _;

    use super::super::generate::Generator;
    use super::super::rule::Ruleset;
    use super::*;

    /// The rule that a text and its path give to the first key in it.
    fn named(text: &str, path: &str) -> Option<(String, Afar)> {
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let found = detector.detect(text.as_bytes(), false);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(detector.ruleset().rule(found[0].rule).detector, Some("assignment"), "{text}");
        let (rule, how) = detector.named_afar(&found[0], text.as_bytes(), path, &Named::default())?;
        Some((detector.ruleset().rule(rule).provider.to_owned(), how))
    }

    fn key(rule: &str) -> String {
        let rules = Ruleset::builtin();
        let mut rng = rand::rngs::StdRng::seed_from_u64(5);
        String::from_utf8(Generator::new(rules.find(rule).unwrap()).key(&mut rng)).unwrap()
    }

    #[test]
    fn paths_name_providers() {
        let text = format!("production:\n  secret: \"{}\"\n", key("algolia-admin-api-key"));
        let algolia = Some(("Algolia".to_owned(), Afar::Path));
        assert_eq!(named(&text, "config/algolia.yml"), algolia);
        assert_eq!(named(&text, "algolia/settings.yml"), algolia);
        assert_eq!(named(&text, ".env.algolia"), algolia);
        assert_eq!(named(&text, "algolia/app/settings.yml"), None, "too far up");
        assert_eq!(named(&text, ".algolia/settings.yml"), None);
        assert_eq!(named(&text, "config/settings.yml"), None);
        // `help` is where this provider's name begins, and that of much else.
        let text = format!("token = \"{}\"\n", key("help-scout-app-secret"));
        assert_eq!(named(&text, "testhelpers/test_helper.go"), None);
        assert_eq!(named(&text, "helpscout/settings.yml"), Some(("Help Scout".to_owned(), Afar::Path)));
    }

    #[test]
    fn imports_and_hosts_are_remarks() {
        let far = "\n".repeat(9) + &"# a comment\n".repeat(60);
        let text = |first: &str| format!("{first}{far}SECRET = \"{}\"\n", key("algolia-admin-api-key"));
        let algolia = Some(("Algolia".to_owned(), Afar::Text));
        assert_eq!(named(&text("from algoliasearch import client"), "app.py"), algolia);
        assert_eq!(named(&text("const search = require('algoliasearch')"), "app.js"), algolia);
        assert_eq!(named(&text("see https://www.algolia.com/doc"), "app.rb"), algolia);
        assert_eq!(named(&text("we like algolia"), "app.rb"), None);
    }

    #[test]
    fn a_prefix_of_two_providers_is_told() {
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let others = |rule: &str| {
            let text = key(rule);
            let found = detector.detect(text.as_bytes(), false);
            let all = detector.same_form(&found[0], text.as_bytes());
            all.into_iter().map(|rule| detector.ruleset().rule(rule).provider).collect::<Vec<_>>()
        };
        assert_eq!(others("paymongo-secret-key"), ["PayMongo"], "found as a key of Stripe");
        assert!(others("github-personal-access-token").is_empty());
    }

    #[test]
    fn several_providers_name_none() {
        let text = format!("secret: \"{}\"\n", key("algolia-admin-api-key"));
        assert_eq!(named(&text, "algolia/datadog.yml"), None);
    }
}
