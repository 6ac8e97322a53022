//! Every built-in rule, tested by what its own generator makes: valid keys are found wherever keys stand, nearly valid
//! ones are not. No rule has an example written by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;

use super::generate::{Generator, NearMiss};
use super::rule::{Rule, Ruleset, anchor};
use super::{Detector, Match, entropy};

/// Ways in which keys stand in files; `{}` is the key, `{name}` a name of the provider's own words.
const CONTEXTS: &[(&str, &str)] = &[
    ("alone", "{}"),
    ("line", "{}\n"),
    ("middle", "first line\n{}\nlast line\n"),
    ("dotenv", "{name}={}\n"),
    ("export", "export {name}='{}'\n"),
    ("json", "{\n  \"{name}\": \"{}\"\n}\n"),
    ("json in a string", "\"{\\\"{name}\\\": \\\"{}\\\"}\""),
    ("yaml", "config:\n  {name}: {}\n"),
    ("yaml, quoted", "config:\n  {name}: \"{}\" # comment\n"),
    ("toml", "{name} = \"{}\"\n"),
    ("ini", "[section]\n{name} = {}\n"),
    ("python", "{name} = \"{}\"\nprint({name})\n"),
    ("javascript", "const {name} = '{}';\n"),
    ("go", "\t{name} := \"{}\"\n"),
    ("java", "private static final String {name} = \"{}\";\n"),
    ("php", "define('{name}', '{}');\n"),
    ("xml", "<{name}>{}</{name}>\n"),
    ("url", "https://service.keytrail-demo.net/v1?{name}={}&page=2\n"),
    ("shell", "curl -H \"X-{name}: {}\" https://service.keytrail-demo.net/\n"),
    ("option", "run --{name} {}\n"),
    ("escaped line end", "\"first\\n{name}: {}\\nlast\"\n"),
    ("markdown", "Use `{}` as {name}.\n"),
];

/// How many keys of each rule are tried in each context.
const KEYS: usize = 3;

fn rng(rule: &Rule) -> StdRng {
    StdRng::seed_from_u64(rule.id.bytes().fold(7, |seed: u64, b| seed.wrapping_mul(31).wrapping_add(u64::from(b))))
}

fn detector() -> Detector {
    Detector::new(Arc::new(Ruleset::builtin()))
}

/// A name for the key that holds a context word of the rule, or a neutral one, and a line above it for words that no
/// name can hold.
fn name_for(rule: &Rule) -> (String, String) {
    let plain = |word: &&&str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match (rule.context.iter().find(plain), rule.context.first()) {
        (Some(word), _) => (format!("{word}_setting"), String::new()),
        (None, Some(word)) => ("setting".to_owned(), format!("# {word}\n")),
        (None, None) => ("setting".to_owned(), String::new()),
    }
}

fn place(template: &str, (name, above): &(String, String), key: &[u8]) -> (Vec<u8>, usize) {
    let named = format!("{above}{}", template.replace("{name}", name));
    let at = named.find("{}").unwrap();
    let (before, after) = (&named[..at], &named[at + 2..]);
    ([before.as_bytes(), key, after.as_bytes()].concat(), at)
}

/// The match that covers the key, if the rule (or one that covers the same kind) found it.
fn covering(matches: &[Match], at: usize, len: usize) -> Option<&Match> {
    matches.iter().find(|m| m.whole.start <= at && m.whole.end >= at + len)
}

/// Rules whose keys stand in a line of their own form, or over several lines.
fn fits(rule: &Rule, context: &str, key: &[u8]) -> bool {
    let many_lines = key.contains(&b'\n');
    let alone = matches!(context, "alone" | "line" | "middle");
    let needs_name = !rule.context.is_empty();
    if needs_name && (alone || context == "markdown") {
        return context == "markdown";
    }
    // Quotes inside the key would end the string it stands in; line ends the line.
    let free = !many_lines && key.iter().all(|b| !matches!(b, b'"' | b'\'' | b'`' | b' ' | b'\\' | b'<' | b'{'));
    // `&` is a mark of passwords too, and then goes on with the key.
    let goes_on = context == "url" && rule.tail.contains(b'&');
    alone || free && !goes_on
}

/// Whether a rule takes this key: by context alone, only what looks random is taken, and that is measured elsewhere.
fn taken(rule: &Rule, key: &[u8]) -> bool {
    let by_context_alone = !rule.is_told_by_form()
        && !rule.context.is_empty()
        && rule
            .pattern
            .and_then(|pattern| anchor::derive(pattern).ok())
            .is_some_and(|derived| derived.needs_evidence());
    !by_context_alone || entropy::looks_random(key) && key.iter().any(u8::is_ascii_digit)
}

/// In which contexts keys of a rule are not found and how many of them, and how many attempts there were.
fn missed_by_context(detector: &Detector, rule: &Rule) -> (BTreeMap<&'static str, usize>, usize) {
    let (mut missed, mut tried) = (BTreeMap::new(), 0);
    let generator = Generator::new(rule);
    let mut rng = rng(rule);
    let made = std::iter::repeat_with(|| generator.key(&mut rng)).take(KEYS * 10);
    let keys: Vec<_> = made.filter(|key| taken(rule, key)).take(KEYS).collect();
    assert_eq!(keys.len(), KEYS, "{}: its keys do not look random", rule.id);
    for key in keys {
        for (context, template) in CONTEXTS.iter().filter(|(context, _)| fits(rule, context, &key)) {
            tried += 1;
            let (text, at) = place(template, &name_for(rule), &key);
            let matches = detector.detect(&text, false);
            let found = covering(&matches, at, key.len());
            let same = found.is_some_and(|m| {
                let other = detector.ruleset().rule(m.rule);
                // Kinds that share a form are told apart by what stands around them, which is little here.
                // What is not reported without another part gives way to what its name says of it.
                let by_name = !rule.alone && other.detector.is_some();
                other.id == rule.id || other.provider == rule.provider || other.pattern == rule.pattern || by_name
            });
            // A pattern may take more around its secret than the context leaves it.
            let partly = rule.pattern.is_some_and(|p| p.contains("(?P<secret>"))
                && matches.iter().any(|m| detector.ruleset().rule(m.rule).id == rule.id);
            if !(same || partly) {
                *missed.entry(*context).or_default() += 1;
            }
        }
    }
    (missed, tried)
}

#[test]
fn generated_keys_are_found_in_every_context() {
    let detector = detector();
    let rules: Vec<_> = detector.ruleset().iter().filter(|rule| rule.detector.is_none()).collect();
    let found: Vec<_> = rules.par_iter().map(|rule| (rule.id, missed_by_context(&detector, rule))).collect();
    let tried: usize = found.iter().map(|(_, (_, tried))| tried).sum();
    let failures: BTreeMap<_, _> =
        found.into_iter().map(|(id, (missed, _))| (id, missed)).filter(|(_, missed)| !missed.is_empty()).collect();
    assert!(tried > 1000, "only {tried} tried");
    let missed: usize = failures.values().flat_map(BTreeMap::values).sum();
    // A random value may by chance look like a placeholder or a word. One key of a rule is allowed to be such a value,
    // and one attempt in a thousand altogether.
    let by_chance = failures.values().flat_map(BTreeMap::values).all(|&n| n == 1) && missed * 1000 <= tried;
    assert!(by_chance, "{missed} of {tried} not found: {failures:?}");
}

#[test]
fn nearly_valid_keys_are_not_found() {
    let detector = detector();
    let mut failures = Vec::new();
    let mut tried = 0;
    for rule in detector.ruleset().iter().filter(|rule| rule.detector.is_none()) {
        let generator = Generator::new(rule);
        let mut rng = rng(rule);
        for how in [NearMiss::Checksum, NearMiss::Short, NearMiss::Long, NearMiss::Alphabet] {
            for _ in 0..KEYS {
                let Some(key) = generator.near_miss(how, &mut rng) else { continue };
                tried += 1;
                let (text, at) = place("{name} = \"{}\"\n", &name_for(rule), &key);
                let wrong = detector.detect(&text, false).into_iter().any(|m| {
                    // A longer key of a rule without a greatest length is a key.
                    let same = detector.ruleset().rule(m.rule).id == rule.id;
                    let unbounded = how == NearMiss::Long && m.whole.len() == key.len();
                    same && m.whole.start <= at && m.whole.end + 4 >= at + key.len() && !unbounded
                });
                if wrong {
                    failures.push(format!("{} {how:?}", rule.id));
                }
            }
        }
    }
    failures.dedup();
    assert!(tried > 100, "only {tried} tried");
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn detectors_find_their_examples() {
    let detector = detector();
    for rule in detector.ruleset().iter().filter(|rule| rule.detector.is_some()) {
        let mut rng = rng(rule);
        for _ in 0..KEYS {
            let text = Generator::new(rule).key(&mut rng);
            let found = detector.detect(&text, false);
            let ids: Vec<&str> = found.iter().map(|m| detector.ruleset().rule(m.rule).id).collect();
            assert_eq!(ids, [rule.id], "{}", text.len());
        }
    }
}

#[test]
fn binary_data_is_searched_for_literals_only() {
    let detector = detector();
    let rule = detector.ruleset().find("github-personal-access-token").unwrap();
    let key = Generator::new(rule).key(&mut rng(rule));
    let data = [b"\0\x01\x02\xff", &key[..], b"\0api_key = \"", &key[4..], b"\"\0"].concat();
    let found = detector.detect(&data, true);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].span, 4..4 + key.len());
}

#[test]
fn an_id_closely_before_is_context_enough() {
    let detector = detector();
    let made = |id: &str| {
        let rule = detector.ruleset().find(id).unwrap();
        String::from_utf8(Generator::new(rule).key(&mut rng(rule))).unwrap()
    };
    let text = format!("first: {}\nsecond: {}\n", made("aws-access-key-id"), made("aws-secret-access-key"));
    let found = detector.detect(text.as_bytes(), false);
    let ids: Vec<&str> = found.iter().map(|m| detector.ruleset().rule(m.rule).id).collect();
    assert_eq!(ids, ["aws-access-key-id", "aws-secret-access-key"]);
}

/// Pieces between the marks of a picture in base64 have every length, and some row of letters in it is a word.
#[test]
fn parts_of_long_base64_are_no_keys() {
    let detector = detector();
    let rule = detector.ruleset().find("eia-api-key").unwrap();
    let key = Generator::new(rule).key(&mut rng(rule));
    let found = |pieces: usize| {
        let filler = "Rk9vQmFy".repeat(pieces);
        let text = [filler.as_bytes(), b"/eiApy", filler.as_bytes(), b"+", &key, b"+", filler.as_bytes()].concat();
        detector.detect(&text, false).iter().any(|found| text[found.span.clone()] == key)
    };
    assert!(found(8), "the name of the provider is none of its context words");
    assert!(!found(24));
}
