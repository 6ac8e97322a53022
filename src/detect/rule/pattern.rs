//! A rule's pattern, ready to be tried at one place.
//!
//! Four patterns of five are a prefix and a number of characters of an alphabet: `ghp_[0-9A-Za-z]{36}`. These are a few
//! steps, which cost next to nothing to make and little to try, where a compiled expression costs half a millisecond
//! and the cache of its automaton in each thread. The others are compiled when they are first asked for.

use std::ops::Range;

use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::{Hir, HirKind};

use super::anchor::{self, ByteSet};
use super::steps::{Step, walk};

/// A pattern that can be tried.
#[derive(Clone)]
pub struct Pattern(Program);

#[derive(Clone)]
enum Program {
    Steps(Vec<Step>),
    Regex { regex: Box<Regex>, secret: Option<usize>, id: Option<usize> },
}

/// Where a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// All of it.
    pub whole: Range<usize>,
    /// Its `secret` group; all of it where it has none.
    pub secret: Range<usize>,
    /// Its `id` group.
    pub id: Option<Range<usize>>,
}

impl Pattern {
    /// Reads a pattern, which was checked when its rule was; nothing for one that is none.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let hir = anchor::parse(pattern).ok()?;
        if let Some(steps) = steps(&hir) {
            return Some(Pattern(Program::Steps(steps)));
        }
        let regex = compiled(pattern)?;
        let group = |name: &str| regex.group_info().to_index(PatternID::ZERO, name);
        let (secret, id) = (group("secret"), group("id"));
        Some(Pattern(Program::Regex { regex: Box::new(regex), secret, id }))
    }

    /// The match that begins at the start of a span of a text. What lies behind the span is not looked at.
    #[must_use]
    pub fn at(&self, text: &[u8], span: Range<usize>) -> Option<Hit> {
        let whole = match &self.0 {
            Program::Steps(steps) => span.start..span.start + walk(steps, &text[span])?,
            Program::Regex { regex, secret, id } => {
                let input = Input::new(text).span(span).anchored(Anchored::Yes);
                match secret {
                    None => regex.search(&input)?.range(),
                    Some(secret) => {
                        // Most places do not match, and room for the groups costs more than to find that out.
                        regex.search_half(&input)?;
                        let mut captures = regex.create_captures();
                        regex.search_captures(&input, &mut captures);
                        let group = |group: usize| captures.get_group(group).map(|span| span.range());
                        return Some(Hit { whole: group(0)?, secret: group(*secret)?, id: id.and_then(group) });
                    }
                }
            }
        };
        Some(Hit { secret: whole.clone(), whole, id: None })
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    // The size was bounded when the rule was read.
    Regex::builder()
        .syntax(regex_automata::util::syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).auto_prefilter(false).nfa_size_limit(Some(16 << 20)))
        .build(pattern)
        .ok()
}

/// The steps of a pattern, where taking as many bytes as there are at each of them is the same as trying all numbers:
/// behind each step of varying length stand others only of other bytes, as far as one of them cannot be left out.
fn steps(hir: &Hir) -> Option<Vec<Step>> {
    let mut all = Vec::new();
    add(hir, &mut all)?;
    let decided = |(index, step): (usize, &Step)| {
        let rest = &all[index + 1..];
        let next = rest.iter().position(|next| next.min > 0).map_or(rest.len(), |certain| certain + 1);
        step.min == step.max || !step.set.iter().any(|b| rest[..next].iter().any(|next| next.set.contains(b)))
    };
    (!all.is_empty() && all.iter().enumerate().all(decided)).then_some(all)
}

/// Adds the steps of a part of a pattern; nothing where it is more than steps.
fn add(hir: &Hir, all: &mut Vec<Step>) -> Option<()> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            all.extend(literal.0.iter().map(|&b| Step { set: ByteSet::from_iter([b]), min: 1, max: 1 }));
        }
        HirKind::Class(class) => all.push(Step { set: anchor::bytes_of(class), min: 1, max: 1 }),
        HirKind::Concat(subs) => subs.iter().try_for_each(|sub| add(sub, all))?,
        HirKind::Repetition(repetition) => {
            let mut sub = Vec::new();
            add(&repetition.sub, &mut sub)?;
            let [step] = sub.as_slice() else { return None };
            let (min, max) = (repetition.min as usize, repetition.max.map_or(usize::MAX, |max| max as usize));
            if (step.min, step.max) != (1, 1) || !repetition.greedy && min != max {
                return None;
            }
            all.push(Step { set: step.set, min, max });
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Capture(_) | HirKind::Alternation(_) => return None,
    }
    Some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};

    use super::super::Ruleset;
    use super::*;

    fn is_steps(pattern: &str) -> bool {
        matches!(Pattern::new(pattern), Some(Pattern(Program::Steps(_))))
    }

    #[test]
    fn what_is_steps() {
        for pattern in ["key_[0-9a-f]{32}", "[0-9]{8,10}:[A-Z]{35}", "abc[0-9]{4,}", "[0-9a-z]{20,40}={0,2}"] {
            assert!(is_steps(pattern), "{pattern}");
        }
        for pattern in ["key_(?:a|bc)[0-9]{9}", "k[a-z]{3,9}ey", "(?P<secret>[a-z]{20})", "key[0-9]{8,}?x", "k(?:a1)?b"]
        {
            assert!(!is_steps(pattern), "{pattern}");
        }
        // The second step may be left out, and then the third one decides about the first.
        assert!(!is_steps("[0-9]{8,10}-?[0-9]{4}") && is_steps("[0-9]{8,10}-?[a-z]{4}"));
    }

    /// What steps say is what the compiled expression says: on keys as their rules make them, and on what is nearly so.
    #[test]
    fn steps_agree_with_the_expressions() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(11);
        let mut compared = 0;
        for rule in Ruleset::builtin().iter() {
            let Some((Pattern(Program::Steps(steps)), pattern)) =
                rule.pattern.and_then(|pattern| Some((Pattern::new(pattern)?, pattern)))
            else {
                continue;
            };
            compared += 1;
            let regex = compiled(pattern).unwrap();
            let generator = rand_regex::Regex::with_hir(anchor::parse(pattern).unwrap(), 24).unwrap();
            for _ in 0..6 {
                let key: Vec<u8> = rng.sample(&generator);
                for change in 0..4 {
                    let mut text = [b"x".as_slice(), &key, b"=ab12 "].concat();
                    let at = rng.random_range(1..text.len());
                    match change {
                        1 => text[at] = rng.random(),
                        2 => drop(text.remove(at)),
                        3 => text.insert(at, text[at]),
                        _ => {}
                    }
                    let input = Input::new(&text).span(1..text.len()).anchored(Anchored::Yes);
                    let expected = regex.search(&input).map(|found| found.end());
                    assert_eq!(walk(&steps, &text[1..]).map(|end| 1 + end), expected, "{}", rule.id);
                }
            }
        }
        assert!(compared > 1000, "{compared}");
    }

    const PIECES: &[&str] = &[
        "key_", "a", "[ab]", "[a-f]", "[0-9]", "-", "{3}", "{1,2}", "{0,2}", "{2,}", "?", "*", "+", "+?", "(?:", ")",
        "|",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn steps_agree_with_any_expression(
            pieces in proptest::collection::vec(prop::sample::select(PIECES), 1..9),
            text in "(key_)?[ab0-1-]{0,12}",
        ) {
            let pattern = pieces.concat();
            if let Some(Pattern(Program::Steps(steps))) = Pattern::new(&pattern) {
                let input = Input::new(&text).anchored(Anchored::Yes);
                let expected = compiled(&pattern).unwrap().search(&input).map(|found| found.end());
                prop_assert_eq!(walk(&steps, text.as_bytes()), expected, "{}", pattern);
            }
        }
    }
}
