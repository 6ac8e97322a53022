//! For tests of families: tokens of the built-in rules, made at run time.

#![allow(clippy::unwrap_used)]

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use regex_automata::meta::Regex;

use crate::detect::rule::{Rule, Ruleset, anchor};
use crate::detect::verify::Verdict;

fn rule(id: &str) -> &'static Rule {
    let rules = Ruleset::builtin();
    Box::leak(Box::new(*rules.find(id).unwrap_or_else(|| panic!("no rule {id}"))))
}

/// The part of a match that is the secret.
fn secret(rule: &Rule, regex: &Regex, text: &[u8]) -> Vec<u8> {
    let mut captures = regex.create_captures();
    regex.captures(text, &mut captures);
    assert_eq!(captures.get_match().map(|m| m.range()), Some(0..text.len()), "{}: no whole match", rule.id);
    let span = captures.get_group_by_name("secret").unwrap_or_else(|| captures.get_match().unwrap().span());
    text[span.range()].to_vec()
}

fn regex(rule: &Rule) -> Regex {
    let whole = format!("^(?:{})$", rule.pattern.unwrap());
    Regex::builder()
        .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false))
        .build(&whole)
        .unwrap()
}

/// Random tokens of a rule, sealed by its family. Asserts what `seal` promises: the token still matches the pattern
/// where the secret is all of it, and the family does not reject it.
pub(in crate::detect::verify) fn sealed(id: &str, count: usize) -> Vec<Vec<u8>> {
    let (rule, mut random) = (rule(id), StdRng::seed_from_u64(id.bytes().map(u64::from).sum()));
    let (family, regex) = (rule.verify.unwrap(), regex(rule));
    let hir = anchor::parse(rule.pattern.unwrap()).unwrap();
    let texts = rand_regex::Regex::with_hir(hir, 40).unwrap();
    (0..count)
        .map(|_| {
            let text: Vec<u8> = random.sample(&texts);
            let mut token = secret(rule, &regex, &text);
            let whole = token == text;
            (family.seal)(&mut token);
            if whole {
                assert!(regex.is_match(&token), "{id}: sealing broke {}", token.escape_ascii());
            }
            let verdict = (family.check)(&token);
            assert!(!matches!(verdict, Verdict::Rejected(_)), "{id}: {verdict:?} {}", token.escape_ascii());
            token
        })
        .collect()
}

/// The token with one character changed, at every place where the pattern allows another.
pub(in crate::detect::verify) fn changed(id: &str, token: &[u8]) -> Vec<Vec<u8>> {
    let regex = regex(rule(id));
    // The last character of base64 before padding has bits that carry nothing.
    let last = token.iter().rposition(|&b| b != b'=').unwrap_or(0);
    (0..last)
        .filter_map(|at| {
            (b'0'..=b'z').find_map(|other| {
                let mut changed = token.to_vec();
                changed[at] = other;
                (token[at] != other && regex.is_match(&changed)).then_some(changed)
            })
        })
        .collect()
}
