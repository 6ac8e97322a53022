//! Every built-in rule against keys that are made of its own pattern, and the parts of a rule that people read.
//!
//! [`secrets`] is also where the tests of the verifier families take their keys from.

use std::collections::BTreeSet;
use std::ops::Range;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::pattern::SECRET_GROUPS;
use super::{Rule, Ruleset, anchor};
use crate::detect::verify::Verdict;

const SAMPLES: usize = 50;
/// Unbounded repetitions of a sample end here.
const MAX_REPEAT: u32 = 40;

/// A text that a rule's pattern matches wholly, and the secret in it.
struct Sample {
    text: Vec<u8>,
    secret: Range<usize>,
}

fn regex(pattern: &str) -> Regex {
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let config = Regex::config().utf8_empty(false);
    Regex::builder().syntax(syntax).configure(config).build(pattern).unwrap()
}

/// The secret in a text that the pattern matches wholly: the group of that name, or all of it.
fn secret(regex: &Regex, text: &[u8]) -> Option<Range<usize>> {
    let mut captures = regex.create_captures();
    regex.search_captures(&Input::new(text).anchored(Anchored::Yes), &mut captures);
    let whole = captures.get_match().filter(|found| found.range() == (0..text.len()))?;
    let secret = SECRET_GROUPS.into_iter().find_map(|name| captures.get_group_by_name(name));
    Some(secret.map_or(whole.range(), |span| span.range()))
}

/// Seeded samples of a rule's pattern, their secrets sealed by its family.
fn samples(rule: &Rule, pattern: &str) -> Vec<Sample> {
    let regex = regex(pattern);
    let generator = rand_regex::Regex::with_hir(anchor::parse(pattern).unwrap(), MAX_REPEAT).unwrap();
    let mut rng = StdRng::seed_from_u64(rule.id.bytes().fold(0, |seed, b| seed * 31 % 0xffff_fffb + u64::from(b)));
    (0..SAMPLES)
        .map(|_| {
            let mut text: Vec<u8> = rng.sample(&generator);
            let place = secret(&regex, &text).unwrap_or_else(|| panic!("{}: a sample does not match", rule.id));
            if let Some(family) = rule.verify {
                let mut sealed = text[place.clone()].to_vec();
                (family.seal)(&mut sealed);
                text.splice(place, sealed);
            }
            let secret = secret(&regex, &text).unwrap_or_else(|| panic!("{}: a sealed sample does not match", rule.id));
            Sample { text, secret }
        })
        .collect()
}

/// Sealed secrets of the built-in rule of that id.
pub(crate) fn secrets(id: &str) -> impl Iterator<Item = Vec<u8>> + use<> {
    let rules = Ruleset::builtin();
    let rule = rules.find(id).unwrap_or_else(|| panic!("no rule {id}"));
    samples(rule, rule.pattern.unwrap()).into_iter().map(|sample| sample.text[sample.secret].to_vec())
}

#[test]
fn samples_of_every_rule_match_and_pass_its_check() {
    for rule in Ruleset::builtin().iter() {
        let Some(pattern) = rule.pattern else { continue };
        for sample in samples(rule, pattern) {
            assert!(sample.text.len() >= rule.min_len, "{}: a match is shorter than its least length", rule.id);
            let key = &sample.text[sample.secret];
            if let Some(Verdict::Rejected(reason)) = rule.verify.map(|family| (family.check)(key)) {
                panic!("{}: {reason}", rule.id);
            }
        }
    }
}

#[test]
fn anchors_find_every_sample() {
    for rule in Ruleset::builtin().iter() {
        let Some(pattern) = rule.pattern else { continue };
        let derived = anchor::derive(pattern).unwrap();
        for Sample { text, .. } in samples(rule, pattern) {
            assert!(leads_to(&derived, &text), "{}: nothing leads to a sample", rule.id);
        }
    }
}

/// Whether an anchor, with what follows on it, or a shape leads to a match.
fn leads_to(derived: &anchor::Derived, text: &[u8]) -> bool {
    let anchored = derived.anchors.iter().any(|anchor| {
        (anchor.offset_min..=anchor.offset_max.min(text.len())).any(|offset| {
            let behind = text.get(offset..).and_then(|rest| rest.strip_prefix(anchor.literal.as_slice()));
            behind.is_some_and(|rest| anchor.behind.is_empty() || anchor.behind.iter().any(|form| form.may_begin(rest)))
        })
    });
    let shaped = derived
        .shapes
        .iter()
        .any(|shape| (shape.min..=shape.max).contains(&text.len()) && text.iter().all(|&b| shape.alphabet.contains(b)));
    anchored || shaped
}

/// Pieces of patterns, of which what follows on a literal has every form that the steps tell apart.
const PIECES: &[&str] = &[
    "acme", "_k", "id", " = ", "=", "\"", "[a-z]", "[0-9]", "[\"']", "[=:]", "\\s", ".", "(?:", ")", "|", "?", "*",
    "+", "{3}", "{0,2}", "{2,40}", "{16}", "{300}", "+?",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6000))]
    #[test]
    fn anchors_lead_to_what_any_pattern_matches(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..14),
        seed: u64,
    ) {
        let pattern = pieces.concat();
        if let Ok(derived) = anchor::derive(&pattern)
            && let Ok(generator) = rand_regex::Regex::with_hir(anchor::parse(&pattern).unwrap(), MAX_REPEAT)
            // Repetitions of repetitions make texts of gigabytes.
            && generator.capacity() < 1 << 16
        {
            let mut rng = StdRng::seed_from_u64(seed);
            for _ in 0..8 {
                let text: Vec<u8> = rng.sample(&generator);
                proptest::prop_assert!(leads_to(&derived, &text), "{pattern}: {:?}", String::from_utf8_lossy(&text));
            }
        }
    }
}

/// What follows on their literals tells nearly all other places where anchors stand.
#[test]
fn what_follows_on_an_anchor_is_known_of_nearly_every_rule() {
    let patterns = || Ruleset::builtin().iter().filter_map(|rule| rule.pattern).map(str::to_owned).collect::<Vec<_>>();
    let known =
        |pattern: &String| anchor::derive(pattern).unwrap().anchors.iter().all(|anchor| !anchor.behind.is_empty());
    let (all, known) = (patterns().len(), patterns().iter().filter(|pattern| known(pattern)).count());
    assert!(known * 20 > all * 19, "{known} of {all}");
}

#[test]
fn ids_are_unique() {
    let mut seen = BTreeSet::new();
    for rule in Ruleset::builtin().iter() {
        assert!(seen.insert(rule.id), "{} stands twice", rule.id);
    }
    assert!(!seen.is_empty());
}

#[test]
fn every_rule_is_fit_to_be_read() {
    for rule in Ruleset::builtin().iter() {
        assert!(rule.description.ends_with('.'), "{}: the description is no sentence", rule.id);
        assert!(!rule.title.is_empty() && !rule.title.ends_with('.'), "{}: a title has no full stop", rule.id);
        for reference in rule.references {
            assert!(reference.starts_with("https://"), "{}: {reference}", rule.id);
        }
        for word in rule.context {
            assert_eq!(*word, word.to_lowercase(), "{}: context words are in lower case", rule.id);
        }
        if let Some(matched_by) = rule.inventory {
            assert!(["full-id", "sha256-base64", "sha256-hex", "mask"].contains(&matched_by), "{}", rule.id);
        }
        assert!(rule.secret || rule.part.is_some(), "{}: an identifier alone is no finding", rule.id);
        assert!(rule.alone || rule.part.is_some(), "{}: there is no other part to stand near", rule.id);
    }
}
