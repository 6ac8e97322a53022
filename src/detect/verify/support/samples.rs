//! For tests of families: keys of the built-in rules, and the same with one character changed.

#![allow(clippy::unwrap_used, clippy::panic)]

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::detect::rule::{Ruleset, tests};

/// Sealed keys of a rule, at most fifty.
pub(in crate::detect::verify) fn sealed(id: &str, count: usize) -> Vec<Vec<u8>> {
    tests::secrets(id).take(count).collect()
}

/// The key with one character changed, at every place where the rule's pattern allows another.
pub(in crate::detect::verify) fn changed(id: &str, key: &[u8]) -> Vec<Vec<u8>> {
    let rules = Ruleset::builtin();
    let pattern = rules.find(id).and_then(|rule| rule.pattern).unwrap_or_else(|| panic!("no pattern {id}"));
    let regex = Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false))
        .build(&format!("^(?:{pattern})$"))
        .unwrap();
    // The last character of base64 before padding has bits that carry nothing.
    let last = key.iter().rposition(|&b| b != b'=').unwrap_or(0);
    (0..last)
        .filter_map(|at| {
            (b'0'..=b'z').find_map(|other| {
                let mut changed = key.to_vec();
                changed[at] = other;
                (key[at] != other && regex.is_match(&changed)).then_some(changed)
            })
        })
        .collect()
}
