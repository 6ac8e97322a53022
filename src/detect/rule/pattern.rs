//! A rule's pattern, ready to be tried at one place.
//!
//! Four patterns of five are a prefix and a number of characters of an alphabet: `ghp_[0-9A-Za-z]{36}`. These are a few
//! steps, which cost next to nothing to make and little to try, where a compiled expression costs half a millisecond
//! and the cache of its automaton in each thread. The others are compiled when they are first asked for.

use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::{Hir, HirKind};

use super::anchor::{self, ByteSet};
use super::steps::{Step, walk};
use super::telling::Telling;
use crate::finding::Fact;

/// The names of the groups that mark the secret in a match: one for each branch of a pattern that has two.
pub const SECRET_GROUPS: [&str; 2] = ["secret", "secret2"];
/// The same for what the key is called in listings.
const ID_GROUPS: [&str; 2] = ["id", "id2"];

/// A pattern that can be tried.
#[derive(Clone)]
pub struct Pattern(Program, Option<Telling>);

#[derive(Clone)]
enum Program {
    Steps(Vec<Step>),
    Compiled(Arc<Compiled>),
}

/// An expression that is tried at one place and nowhere else.
///
/// A regex of `regex_automata::meta` would do as well, but finds out where matches begin, too, and has engines for all
/// occasions: three times the work to make it, for patterns of which most are tried a few times.
struct Compiled {
    /// Says where a match ends.
    dfa: DFA,
    /// Says where its groups are, and everything where the other one gives up.
    engine: PikeVM,
    /// The numbers of the groups that mark the secret, and of those that mark its id: of two branches, each its own.
    secret: Vec<usize>,
    id: Vec<usize>,
    caches: Pool<Caches, NewCaches>,
}

/// What a search needs besides the expression.
struct Caches {
    dfa: dfa::Cache,
    /// Made when first needed.
    engine: Option<pikevm::Cache>,
}

type NewCaches = Box<dyn Fn() -> Caches + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// Where a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// All of it.
    pub whole: Range<usize>,
    /// Its [secret group](SECRET_GROUPS); all of it where it has none.
    pub secret: Range<usize>,
    /// Its `id` group.
    pub id: Option<Range<usize>>,
}

impl Pattern {
    /// Reads a pattern, which was checked when its rule was; nothing for one that is none.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let hir = anchor::parse(pattern).ok()?;
        let program = match steps(&hir) {
            Some(steps) => Program::Steps(steps),
            None => Program::Compiled(Arc::new(Compiled::new(&hir)?)),
        };
        Some(Pattern(program, Telling::new(pattern)))
    }

    /// What a match of the pattern tells about the key, where it has groups for that.
    #[must_use]
    pub fn facts(&self, text: &[u8], whole: Range<usize>) -> Vec<Fact> {
        self.1.as_ref().map_or_else(Vec::new, |telling| telling.facts(text, whole))
    }

    /// The match that begins at the start of a span of a text. What lies behind the span is not looked at.
    #[must_use]
    pub fn at(&self, text: &[u8], span: Range<usize>) -> Option<Hit> {
        match &self.0 {
            Program::Steps(steps) => {
                let whole = span.start..span.start + walk(steps, &text[span])?;
                Some(Hit { secret: whole.clone(), whole, id: None })
            }
            Program::Compiled(compiled) => compiled.at(&Input::new(text).span(span).anchored(Anchored::Yes)),
        }
    }
}

/// Greatest size of what an expression is compiled to, in bytes; patterns are checked for less when rules are read.
const MAX_SIZE: usize = 16 << 20;

impl Compiled {
    fn new(hir: &Hir) -> Option<Self> {
        let groups =
            if hir.properties().explicit_captures_len() > 0 { WhichCaptures::All } else { WhichCaptures::Implicit };
        let config = NFA::config().utf8(false).which_captures(groups).nfa_size_limit(Some(MAX_SIZE));
        let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).ok()?;
        let groups = |names: [&str; 2]| {
            names.into_iter().filter_map(|name| nfa.group_info().to_index(PatternID::ZERO, name)).collect()
        };
        let (secret, id): (Vec<usize>, Vec<usize>) = (groups(SECRET_GROUPS), groups(ID_GROUPS));
        let engine = PikeVM::new_from_nfa(nfa.clone()).ok()?;
        // As often as this, it begins anew; then something else is quicker.
        let config = DFA::config().skip_cache_capacity_check(true).minimum_cache_clear_count(Some(3));
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let new: NewCaches = {
            let dfa = dfa.clone();
            Box::new(move || Caches { dfa: dfa.create_cache(), engine: None })
        };
        Some(Compiled { dfa, engine, secret, id, caches: Pool::new(new) })
    }

    fn at(&self, input: &Input<'_>) -> Option<Hit> {
        let mut caches = self.caches.get();
        let Caches { dfa, engine } = &mut *caches;
        let end = match self.dfa.try_search_fwd(dfa, input) {
            Ok(found) => Some(found?.offset()),
            Err(_) => None,
        };
        if let Some(end) = end.filter(|_| self.secret.is_empty()) {
            let whole = input.start()..end;
            return Some(Hit { secret: whole.clone(), whole, id: None });
        }
        let engine = engine.get_or_insert_with(|| self.engine.create_cache());
        let mut groups = self.engine.create_captures();
        let input = input.clone().span(input.start()..end.unwrap_or(input.end()));
        self.engine.captures(engine, input, &mut groups);
        let whole = groups.get_match()?.range();
        let first = |all: &[usize]| all.iter().find_map(|&group| groups.get_group(group)).map(|span| span.range());
        let secret = if self.secret.is_empty() { whole.clone() } else { first(&self.secret)? };
        Some(Hit { whole, secret, id: first(&self.id) })
    }
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
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;

    use super::super::Ruleset;
    use super::*;

    /// What decides: the expression as everybody compiles it.
    fn by_definition(pattern: &str) -> Regex {
        Regex::builder().syntax(syntax::Config::new().unicode(false).utf8(false)).build(pattern).unwrap()
    }

    fn is_steps(pattern: &str) -> bool {
        matches!(Pattern::new(pattern), Some(Pattern(Program::Steps(_), _)))
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

    /// Keys as a rule makes them, and what is nearly so, each behind one byte and with some behind it.
    fn texts(pattern: &str, rng: &mut rand::rngs::StdRng) -> Vec<Vec<u8>> {
        let generator = rand_regex::Regex::with_hir(anchor::parse(pattern).unwrap(), 24).unwrap();
        let mut texts = Vec::new();
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
                texts.push(text);
            }
        }
        texts
    }

    /// Patterns of all rules say what their expressions say, be they steps or compiled.
    #[test]
    fn patterns_agree_with_the_expressions() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(11);
        let (mut of_steps, mut with_groups) = (0, 0);
        for rule in Ruleset::builtin().iter() {
            let Some(pattern) = rule.pattern else { continue };
            let made = Pattern::new(pattern).unwrap();
            let regex = by_definition(pattern);
            let number = |name: &str| regex.group_info().to_index(PatternID::ZERO, name);
            let secrets = SECRET_GROUPS.map(number);
            let ids = ID_GROUPS.map(number);
            of_steps += usize::from(matches!(made.0, Program::Steps(_)));
            with_groups += usize::from(secrets[0].is_some());
            for text in texts(pattern, &mut rng) {
                let input = Input::new(&text).span(1..text.len()).anchored(Anchored::Yes);
                let mut groups = regex.create_captures();
                regex.search_captures(&input, &mut groups);
                let group = |group: usize| groups.get_group(group).map(|span| span.range());
                let first = |all: [Option<usize>; 2]| all.into_iter().flatten().find_map(group);
                let expected = group(0).map(|whole| Hit {
                    secret: secrets[0].map_or(whole.clone(), |_| first(secrets).unwrap()),
                    whole,
                    id: first(ids),
                });
                assert_eq!(made.at(&text, 1..text.len()), expected, "{}", rule.id);
            }
        }
        assert!(of_steps > 1000 && with_groups > 50, "{of_steps}, {with_groups}");
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
            if let Some(Pattern(Program::Steps(steps), _)) = Pattern::new(&pattern) {
                let input = Input::new(&text).anchored(Anchored::Yes);
                let expected = by_definition(&pattern).search(&input).map(|found| found.end());
                prop_assert_eq!(walk(&steps, text.as_bytes()), expected, "{}", pattern);
            }
        }
    }
}
