//! Words that stand near the keys of a rule, and the names of its provider.

use std::collections::HashMap;
use std::ops::Range;

use super::Detector;
use crate::detect::context::{self, Before, NameSays};
use crate::detect::rule::Rule;
use crate::detect::words::{Seen, Words};

/// Shortest name of a provider that is looked for in other names, in bytes.
const WORD: usize = 5;

/// Context words of all rules, and which rules ask for each word.
pub(super) struct ContextWords {
    words: Words,
    /// For each word, the rules.
    asked_by: Vec<Vec<u16>>,
    /// For each rule that asks for words, what the names of its provider's functions and classes have in them.
    pub(super) providers: Vec<Vec<String>>,
    /// The same the other way round, without [`EVERYDAY`] words, which name nobody from afar.
    from_afar: HashMap<String, Vec<u16>>,
    /// The length of the longest of these.
    longest: usize,
}

impl ContextWords {
    /// Whether a function or class of this name is one of the rule's provider, whose name then begins a word of it:
    /// `containsEntry` has nothing to do with Sentry.
    pub(super) fn is_provider(&self, rule: u16, name: &[u8]) -> bool {
        // `Exa("…")`: a short name has to be all of it.
        let is_it = |word: &[u8]| {
            name.split(|&b| b == b' ').any(|name| name.eq_ignore_ascii_case(word) && name[0].is_ascii_uppercase())
        };
        self.providers[usize::from(rule)]
            .iter()
            .any(|word| if word.len() < WORD { is_it(word.as_bytes()) } else { begins_word_of(name, word.as_bytes()) })
    }

    /// Replaces `named` by one bit for each rule: whether a word that it asks for stands near `value`. Nothing is in it
    /// where there is no such word at all.
    pub(super) fn named(&self, text: &[u8], value: Range<usize>, seen: &mut Seen, named: &mut Vec<u64>) {
        named.clear();
        let mut add = |word: u16| {
            named.resize(self.providers.len().div_ceil(64), 0);
            for &rule in &self.asked_by[usize::from(word)] {
                named[usize::from(rule) / 64] |= 1 << (rule % 64);
            }
        };
        self.words.near(text, value.clone(), seen).for_each(&mut add);
        // What it stands in may be opened farther above: `stripe:⏎  live:⏎    keys:⏎      secret: VALUE`.
        if is_assigned_by_a_sign(text, value.start) && names_a_key(&context::before(text, value.start)) {
            for parent in context::parents(text, value.start) {
                self.words.near(parent, parent.len()..parent.len(), &mut Seen::default()).for_each(&mut add);
            }
        }
    }
}

impl Detector {
    /// The rules that ask for a word which stands in a text of one line, or whose provider a word of it names; one of them
    /// may come twice.
    pub(in crate::detect) fn rules_named_in(&self, text: &[u8]) -> Vec<u16> {
        let context = self.context();
        let mut seen = Seen::default();
        let asked = context
            .words
            .near(text, text.len()..text.len(), &mut seen)
            .flat_map(|word| context.asked_by[usize::from(word)].iter().copied());
        let mut all: Vec<u16> = asked.collect();
        let text = String::from_utf8_lossy(text).to_ascii_lowercase();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let named = words.flat_map(|word| {
            (1..=word.len().min(context.longest)).filter_map(|len| context.from_afar.get(&word[..len])).flatten()
        });
        all.extend(named);
        all
    }

    pub(super) fn context(&self) -> &ContextWords {
        self.context.get_or_init(|| {
            let mut all: Vec<&str> = self.ruleset.iter().flat_map(|rule| rule.context.iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            let mut asked_by = vec![Vec::new(); all.len()];
            for index in 0..u16::try_from(self.ruleset.len()).unwrap_or(u16::MAX) {
                for word in self.ruleset.rule(index).context {
                    if let Ok(word) = all.binary_search(word) {
                        asked_by[word].push(index);
                    }
                }
            }
            // Of rules that are switched off as well: indices count them.
            let rules = (0u16..).take(self.ruleset.len());
            let providers: Vec<Vec<String>> = rules.map(|index| provider_words(self.ruleset.rule(index))).collect();
            let mut from_afar: HashMap<String, Vec<u16>> = HashMap::new();
            for (index, names) in (0u16..).zip(&providers) {
                for name in names.iter().filter(|name| !EVERYDAY.contains(&name.as_str())) {
                    from_afar.entry(name.clone()).or_default().push(index);
                }
            }
            let longest = from_afar.keys().map(String::len).max().unwrap_or_default();
            ContextWords { words: Words::new(&all), asked_by, providers, from_afar, longest }
        })
    }
}

/// First words of providers' names, and of the words that rules ask for, that names of files have for other reasons:
/// counted in the names of files of 90 public projects, of which at least three had them.
const EVERYDAY: &[&str] = &[
    "abstract",
    "active",
    "alpha",
    "anti",
    "api",
    "authentication",
    "better",
    "box",
    "bright",
    "canvas",
    "checkout",
    "circle",
    "code",
    "column",
    "config",
    "configuration",
    "cursor",
    "customer",
    "data",
    "database",
    "documents",
    "encryption",
    "exa",
    "exchange",
    "expo",
    "fal",
    "file",
    "fixer",
    "front",
    "gate",
    "gateway",
    "happy",
    "heap",
    "help",
    "here",
    "hex",
    "home",
    "hop",
    "incident",
    "iterable",
    "last",
    "launch",
    "line",
    "linear",
    "mail",
    "metal",
    "modal",
    "new",
    "open",
    "parsers",
    "password",
    "people",
    "privacy",
    "privatekey",
    "protocols",
    "really",
    "red",
    "registry",
    "remove",
    "reply",
    "request",
    "rev",
    "scale",
    "segment",
    "semaphore",
    "session",
    "shortcut",
    "sms",
    "technical",
    "the",
    "together",
    "tru",
    "upload",
    "user",
    "verifier",
    "visual",
    "walk",
    "weather",
    "web",
    "wit",
    "world",
];

/// What the names of functions and classes have in them that a rule's provider gives its users: the provider's name, and
/// the first word of those that the rule asks for. Short ones stand in other names as well.
fn provider_words(rule: &Rule) -> Vec<String> {
    let Some(first) = rule.context.first() else { return Vec::new() };
    let first = first.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let provider: String = rule.provider.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    let provider = provider.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let mut words = vec![first.to_owned(), provider.to_owned()];
    words.retain(|word| {
        (word.len() >= WORD || word.len() >= 3 && *word == provider)
            && !["token", "access", "secret", "client", "private", "google"].contains(&word.as_str())
    });
    words.dedup();
    words
}

/// Whether a word, in lower case, stands in a name of either case where one of the name's words begins.
fn begins_word_of(name: &[u8], word: &[u8]) -> bool {
    name.windows(word.len()).enumerate().any(|(at, here)| {
        let begins = at.checked_sub(1).map(|i| name[i]).is_none_or(|previous| {
            !previous.is_ascii_alphabetic()
                || here[0].is_ascii_uppercase()
                    && (previous.is_ascii_lowercase() || here.get(1).is_some_and(u8::is_ascii_lowercase))
        });
        begins && here.eq_ignore_ascii_case(word)
    })
}

/// Whether a colon or an equals sign stands in front of a value, with blanks and a quotation mark between them at most: the
/// first question, which most values answer.
fn is_assigned_by_a_sign(text: &[u8], start: usize) -> bool {
    let front = &text[start.saturating_sub(8)..start];
    let front = front.strip_suffix(b"\"").or_else(|| front.strip_suffix(b"'")).unwrap_or(front).trim_ascii_end();
    matches!(front.last(), Some(b':' | b'='))
}

/// Whether a value is assigned to the name of a secret, or of a key of something: `secret: VALUE`, `"key": "VALUE"`.
pub(super) fn names_a_key(before: &Before<'_>) -> bool {
    let says = |name: &[u8]| context::name_says(name) == NameSays::Secret;
    before.assigned && (says(before.name) || says(before.outer) || before.name.eq_ignore_ascii_case(b"key"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::GENERIC;
    use super::*;
    use crate::detect::rule::Ruleset;
    use std::sync::Arc;

    #[test]
    fn a_provider_begins_a_word_of_a_name() {
        for name in ["sentry", "newSentryClient", "Sentry.init", "io.sentry.Hub", "NEWSentry", "my_sentry"] {
            assert!(begins_word_of(name.as_bytes(), b"sentry"), "{name}");
        }
        for name in ["containsEntry", "bisentry", "sent"] {
            assert!(!begins_word_of(name.as_bytes(), b"sentry"), "{name}");
        }
        assert!(begins_word_of(b"new GitHubClient", b"github"));
    }

    #[test]
    fn a_key_deep_in_settings_is_its_providers() {
        use rand::SeedableRng as _;
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let rule = detector.ruleset().find("datadog-api-key").unwrap();
        let key = crate::detect::generate::Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(5));
        let key = String::from_utf8_lossy(&key);
        let named = |text: &str| {
            let text = text.replace("VALUE", &key);
            let found = detector.detect(text.as_bytes(), false);
            found.first().map(|found| detector.ruleset().rule(found.rule).provider)
        };
        for text in [
            "datadog:\n  live:\n    eu:\n      keys:\n        secret: VALUE\n",
            "{\n  \"datadog\": {\n    \"live\": {\n      \"a\": 1,\n      \"keys\": {\n        \"secret\": \"VALUE\"\n",
            "[datadog.live]\nregion = 1\nzone = 2\nshards = 3\nsecret = \"VALUE\"\n",
        ] {
            assert_eq!(named(text), Some("Datadog"), "{text}");
        }
        for text in [
            "datadog:\n  live: 1\nother:\n  eu:\n    keys:\n      secret: VALUE\n",
            "[datadog]\na = 1\n[other]\nregion = 1\nzone = 2\nshards = 3\nsecret = \"VALUE\"\n",
        ] {
            assert_eq!(named(text), Some(GENERIC), "{text}");
        }
    }
}
