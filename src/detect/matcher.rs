//! The engine: finds candidates in a text and decides which of them are keys.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::afar;
use super::coded;
use super::context::{self, Before, NameSays};
use super::detector::{Candidate, assignment, authorization, password, uri};
use super::digest::is_digest;
use super::literals::{Head, Literals};
use super::rule::anchor::{ByteSet, MIN_RUN, is_key_byte};
use super::rule::layout::{
    ADDRESS_MARK, COMMENT_MARK, ESCAPED_ADDRESS_MARK, Entry, PASSWORD_MARKS, SECRET_MARKS, pair,
};
use super::rule::pattern;
use super::rule::{PartRole, Rule, Ruleset};
use super::runs::{self, Run};
use super::starts::Starts;
use super::trace::{Observer, Remark, Silent, Trace};
use super::verify::{self, Verdict};
use super::words::{Seen, Words};
use super::{entropy, placeholder};
use crate::finding::{Confidence, Fact, Verification};
use crate::secret::Secret;

/// Longest match, in bytes: an armoured PGP key of 4096 bits with subkeys has some 14 KiB.
pub const MAX_MATCH: usize = 32 * 1024;

/// A match that stands for a part of a credential ends at most so many bytes behind the start of its run.
const PART_RUN: usize = 4096;

/// Shortest name of a provider that is looked for in other names, in bytes.
const WORD: usize = 5;

/// Longest value of letters alone that is judged, in bytes.
const LETTERS: usize = 64;

/// A key in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index of the rule in the ruleset.
    pub rule: u16,
    /// The secret itself.
    pub span: Range<usize>,
    /// Everything that the pattern matched; wider than `span` where the rule has a `secret` group.
    pub whole: Range<usize>,
    /// How sure this is.
    pub confidence: Confidence,
    /// What an offline check said.
    pub verification: Option<Verification>,
    /// Remarks for the reader.
    pub notes: Vec<Cow<'static, str>>,
    /// The secret, where it is another than the bytes at `span`; these are then a form of it.
    pub decoded: Option<Box<Decoded>>,
}

/// A secret that stands in a text in another form than its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The secret.
    pub value: Secret,
    /// The form that it stands in, as reports name it: `in base64`. Absent where nobody would call it another one.
    pub form: Option<Cow<'static, str>>,
}

impl Match {
    /// The bytes of the secret; `text` is what it was found in.
    #[must_use]
    pub fn value<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        match &self.decoded {
            Some(decoded) => decoded.value.expose(),
            None => &text[self.span.clone()],
        }
    }
}

/// Finds keys. Made once per run and shared by all threads.
pub struct Detector {
    ruleset: Arc<Ruleset>,
    /// Literals that are found in one pass over a text; built when first needed.
    anchors: OnceLock<Anchors>,
    context: OnceLock<ContextWords>,
    /// What anchors at boundaries begin with.
    starts: Starts,
    /// For each anchor at a boundary, its literal from the boundary on.
    heads: Vec<Head>,
    /// For each length, the shapes that have it.
    shapes_by_len: Vec<OfLen>,
    assignment: Option<u16>,
    bearer: Option<u16>,
    basic: Option<u16>,
    password: Option<u16>,
    uri: Option<u16>,
}

/// The shapes of one length, by their indices: those that stand for themselves, and those whose rules ask for words.
#[derive(Clone, Default)]
struct OfLen {
    alone: Vec<u16>,
    named: Vec<u16>,
    /// Whether one of the latter has a verifier, which then tells random values from others.
    verified: bool,
}

/// Literals of anchors inside and outside of runs, and which anchors have each.
struct Anchors {
    literals: Literals,
    /// For each literal, the anchors inside runs by their indices.
    inside: Vec<Vec<u16>>,
    /// For each literal, the anchors anywhere by their indices.
    anywhere: Vec<Vec<u16>>,
    /// For each literal, the detector in the code whose mark it is.
    marks: Vec<Option<Mark>>,
}

/// What literals outside runs call: detectors, and what asks for comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Address,
    Password,
    Secret,
    Comment,
}

impl Anchors {
    /// Those of a set of rules.
    fn new(rules: &Ruleset) -> Self {
        let literals = Literals::new(rules.plan());
        let by_literal = |entries: &[Entry<&'static [u8]>]| {
            let mut of_literal = vec![Vec::new(); literals.len()];
            for (index, entry) in (0u16..).zip(entries) {
                if let Some(literal) = literals.index_of(entry.literal) {
                    of_literal[usize::from(literal)].push(index);
                }
            }
            of_literal
        };
        let (inside, anywhere) = (by_literal(rules.inside()), by_literal(rules.anywhere()));
        let mut marks = vec![None; literals.len()];
        let all = PASSWORD_MARKS.iter().map(|literal| (*literal, Mark::Password));
        let secrets = SECRET_MARKS.iter().map(|literal| (*literal, Mark::Secret));
        let addresses = [(ADDRESS_MARK, Mark::Address), (ESCAPED_ADDRESS_MARK, Mark::Address)];
        let comment = (COMMENT_MARK.as_bytes(), Mark::Comment);
        for (literal, mark) in all.chain(secrets).chain(addresses).chain([comment]) {
            if let Some(literal) = literals.index_of(literal) {
                marks[usize::from(literal)] = Some(mark);
            }
        }
        Anchors { literals, inside, anywhere, marks }
    }
}

/// Context words of all rules, and which rules ask for each word.
struct ContextWords {
    words: Words,
    /// For each word, the rules.
    asked_by: Vec<Vec<u16>>,
    /// For each rule that asks for words, what the names of its provider's functions and classes have in them.
    providers: Vec<Vec<String>>,
    /// The same the other way round, without [`EVERYDAY`] words, which name nobody from afar.
    from_afar: HashMap<String, Vec<u16>>,
    /// The length of the longest of these.
    longest: usize,
}

impl ContextWords {
    /// Whether a function or class of this name is one of the rule's provider, whose name then begins a word of it:
    /// `containsEntry` has nothing to do with Sentry.
    fn is_provider(&self, rule: u16, name: &[u8]) -> bool {
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
    fn named(&self, text: &[u8], value: Range<usize>, seen: &mut Seen, named: &mut Vec<u64>) {
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
    /// A detector for these rules.
    #[must_use]
    pub fn new(ruleset: Arc<Ruleset>) -> Self {
        let mut shapes_by_len: Vec<OfLen> = Vec::new();
        for (index, shape) in (0u16..).zip(ruleset.shapes()).filter(|(_, shape)| ruleset.is_enabled(shape.rule)) {
            let max = shape.max as usize;
            if shapes_by_len.len() <= max {
                shapes_by_len.resize_with(max + 1, OfLen::default);
            }
            let rule = ruleset.rule(shape.rule);
            for shapes in &mut shapes_by_len[shape.min as usize..=max] {
                if rule.context.is_empty() {
                    shapes.alone.push(index);
                } else {
                    shapes.named.push(index);
                    shapes.verified |= rule.is_told_by_form();
                }
            }
        }
        let enabled = ruleset.boundaries().iter().filter(|entry| ruleset.is_enabled(entry.rule));
        let starts = Starts::new(enabled.map(|entry| &entry.literal[entry.lead as usize..]));
        let heads = ruleset.boundaries().iter().map(|entry| Head::of(&entry.literal[entry.lead as usize..])).collect();
        Detector {
            starts,
            heads,
            anchors: OnceLock::new(),
            context: OnceLock::new(),
            shapes_by_len,
            assignment: ruleset.with_detector("assignment"),
            bearer: ruleset.with_detector("authorization"),
            basic: ruleset.with_detector("authorization-basic"),
            password: ruleset.with_detector("password"),
            uri: ruleset.with_detector("uri"),
            ruleset,
        }
    }

    /// The rules.
    #[must_use]
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// Finds the keys of a text, in the order of their place; no two of them overlap.
    ///
    /// With `literals_only`, which is for binary data, only rules that a literal reveals are tried.
    #[must_use]
    pub fn detect(&self, text: &[u8], literals_only: bool) -> Vec<Match> {
        self.detect_with_comments(text, literals_only).0
    }

    /// [`detect`](Self::detect), and whether [`COMMENT_MARK`] stands anywhere in the text.
    #[must_use]
    pub(crate) fn detect_with_comments(&self, text: &[u8], literals_only: bool) -> (Vec<Match>, bool) {
        let mut silent = Silent;
        let mut search = Search::new(self, text, literals_only, &mut silent);
        search.all();
        let commented = search.commented;
        (self.settle(&search.done), commented)
    }

    /// Judges every candidate of a text. [`settle`](Self::settle) makes the matches of it, and
    /// [`examine_changes`](Self::examine_changes) the candidates of a text that has much in common with this one.
    #[must_use]
    pub(crate) fn examine(&self, text: &[u8], literals_only: bool) -> Examined {
        let mut silent = Silent;
        let mut search = Search::new(self, text, literals_only, &mut silent);
        search.all();
        search.done
    }

    /// What [`detect`](Self::detect) finds, and every decision that led to it, in the order of their place.
    #[must_use]
    pub(crate) fn explain(&self, text: &[u8], literals_only: bool) -> (Vec<Match>, Vec<Remark>) {
        let mut trace = Trace::default();
        let mut search = Search::new(self, text, literals_only, &mut trace);
        search.all();
        let done = search.done;
        let found = self.settle_before(&done, &mut trace);
        let mut remarks = trace.0;
        remarks.sort_by_key(|remark| (remark.span.start, remark.span.end));
        (found, remarks)
    }

    /// Keeps the best of the candidates that overlap, in the order of their place.
    #[must_use]
    pub(crate) fn settle(&self, examined: &Examined) -> Vec<Match> {
        self.settle_before(examined, &mut Silent)
    }

    /// [`settle`](Self::settle), for an observer.
    pub(super) fn settle_before(&self, examined: &Examined, observer: &mut impl Observer) -> Vec<Match> {
        let all = examined.in_runs.iter().chain(&examined.anywhere).chain(&examined.chains);
        without_overlaps(all.map(|candidate| candidate.found.clone()).collect(), &self.ruleset, observer)
    }

    /// The shapes of values of this length whose rules ask for words.
    pub(super) fn named_shapes_of(&self, len: usize) -> impl Iterator<Item = u16> + '_ {
        self.shapes_by_len.get(len).into_iter().flat_map(|shapes| shapes.named.iter().copied())
    }

    /// The rules that ask for a word which stands in a text of one line, or whose provider a word of it names; one of them
    /// may come twice.
    pub(super) fn rules_named_in(&self, text: &[u8]) -> Vec<u16> {
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

    fn anchors(&self) -> &Anchors {
        self.anchors.get_or_init(|| Anchors::new(&self.ruleset))
    }

    fn context(&self) -> &ContextWords {
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

/// What was found out about the candidates of a text: those that are keys, before overlaps are settled, and those that
/// bytes far behind them could still make one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Examined {
    /// Found in runs, in the order of these.
    pub(super) in_runs: Vec<Judged>,
    /// Found by literals outside runs, in the order of these.
    pub(super) anywhere: Vec<Judged>,
    /// Found in text that consists of escapes, in the order of these.
    pub(super) chains: Vec<Judged>,
    /// Places at which a pattern of far reach was tried, whether it matched or not.
    pub(super) far: Vec<FarAnchor>,
}

/// A candidate that was judged to be a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// What it is.
    pub found: Match,
    /// Start of the run that it was found in, or place of the literal outside runs.
    pub at: usize,
    /// Whether only another part of the same credential before it made it one.
    pub by_part: bool,
}

/// A place at which a pattern was tried that may read up to [`MAX_MATCH`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FarAnchor {
    /// Start of the run, or place of the literal outside runs.
    pub at: usize,
    /// First byte that the pattern looked at.
    pub start: usize,
}

/// One pass over one text.
pub(super) struct Search<'a, O> {
    pub(super) detector: &'a Detector,
    pub(super) rules: &'a Ruleset,
    pub(super) text: &'a [u8],
    pub(super) literals_only: bool,
    pub(super) done: Examined,
    /// Start of the run that is looked at, or place of the literal outside runs.
    pub(super) at: usize,
    /// How many forms this text was decoded from, one within the other.
    pub(super) depth: u8,
    /// Bytes that may still be inflated.
    pub(super) budget: usize,
    /// What of the run may be a value, where it was looked at as one.
    pub(super) value: Range<usize>,
    /// Is told what is decided.
    pub(super) observer: &'a mut O,
    /// Whether literals outside runs are looked at.
    outside: bool,
    /// Whether a comment that may allow keys was seen.
    commented: bool,
    /// Where literals begin that were looked up, and which: those of anchors inside runs.
    inside: Vec<(usize, u16)>,
    /// How many of these lie before the run that is looked at.
    passed: usize,
    /// The same of anchors anywhere and of marks.
    anywhere: Vec<(usize, u16)>,
    /// Context words of the neighbourhood.
    seen: Seen,
    /// Kept from value to value: see [`ContextWords::named`].
    named: Vec<u64>,
}

impl<'a, O: Observer> Search<'a, O> {
    pub(super) fn new(detector: &'a Detector, text: &'a [u8], literals_only: bool, observer: &'a mut O) -> Self {
        Search {
            detector,
            rules: &detector.ruleset,
            text,
            literals_only,
            done: Examined::default(),
            at: 0,
            depth: 0,
            budget: 0,
            value: 0..0,
            observer,
            outside: false,
            commented: false,
            inside: Vec::new(),
            passed: 0,
            anywhere: Vec::new(),
            seen: Seen::default(),
            named: Vec::new(),
        }
    }

    /// Looks at all of the text.
    pub(super) fn all(&mut self) {
        let all = 0..self.text.len();
        self.look_up(all.clone());
        self.runs_of(all.clone());
        self.anywhere_in(all.clone());
        self.chains_in(all);
    }

    /// Looks up the literals that begin in a window, which lies behind those before.
    pub(super) fn look_up(&mut self, window: Range<usize>) {
        let anchors = self.detector.anchors();
        let end = (window.end + anchors.literals.longest()).min(self.text.len());
        for (at, literal) in anchors.literals.places(&self.text[window.start..end]) {
            let at = window.start + at;
            if at >= window.end {
                break;
            }
            if !anchors.inside[usize::from(literal)].is_empty() {
                self.inside.push((at, literal));
            }
            if anchors.marks[usize::from(literal)].is_some() || !anchors.anywhere[usize::from(literal)].is_empty() {
                self.anywhere.push((at, literal));
            }
        }
    }

    /// Looks at the runs of a window, whose literals were looked up and at whose ends no run goes on.
    pub(super) fn runs_of(&mut self, window: Range<usize>) {
        let text = &self.text[window.clone()];
        runs::for_each(text, |run| self.run(&run, window.start));
    }

    /// Looks at a run of the text from `base` on.
    fn run(&mut self, found: &Run, base: usize) {
        let run = base + found.range.start..base + found.range.end;
        self.at = run.start;
        let before = self.done.in_runs.len();
        let digits = self.boundaries(found, base);
        self.insides(&run);
        let covered = self.done.in_runs[before..].iter().any(|judged| judged.found.span.len() * 2 > run.len());
        if self.literals_only {
            return;
        }
        self.value = 0..0;
        if O::TEXTS_ONLY {
            let value = value_of(&self.text[run.clone()]);
            self.value = run.start + value.start..run.start + value.end;
        } else if !covered {
            self.unprefixed(run.clone(), digits);
        }
        if self.depth < coded::DEPTH {
            self.coded(run, digits, covered);
        }
    }

    /// Literals at the start of the run and behind every byte that is no letter or digit; returns how many digits it has.
    fn boundaries(&mut self, found: &Run, base: usize) -> usize {
        let (start, end) = (base + found.range.start, base + found.range.end);
        self.boundary(start, end);
        let escaped = escape_len(self.text, start);
        if escaped > 0 {
            self.boundary(start + escaped, end);
        }
        let (text, starts) = (&self.text[base..], &self.detector.starts);
        let last = found.range.end;
        found.behind_separators(
            text,
            #[inline(always)]
            |at| (at + 1 < last) & starts.may_stand(text, at),
            |at| self.begins(base + at),
        )
    }

    /// Tries the anchors that begin with the two bytes at `at`.
    #[inline(always)]
    fn boundary(&mut self, at: usize, end: usize) {
        if at + 1 < end && self.detector.starts.may_stand(self.text, at) {
            self.begins(at);
        }
    }

    #[inline(never)]
    fn begins(&mut self, at: usize) {
        let bucket = self.rules.boundary(pair(self.text[at], self.text[at + 1]));
        let next = self.text[at..].first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
        for index in bucket {
            if next.is_none_or(|next| self.detector.heads[index].fits(next)) {
                self.anchor(&self.rules.boundaries()[index], at);
            }
        }
    }

    /// Literals inside a run, which comes behind those before.
    #[inline]
    fn insides(&mut self, run: &Range<usize>) {
        while let Some(&(at, literal)) = self.inside.get(self.passed).filter(|(at, _)| *at < run.end) {
            self.passed += 1;
            if at >= run.start {
                for &index in &self.detector.anchors().inside[usize::from(literal)] {
                    self.anchor(&self.rules.inside()[usize::from(index)], at);
                }
            }
        }
    }

    /// Literals that are no part of a run and begin in a window, where they were looked up. All runs have been looked at
    /// before.
    pub(super) fn anywhere_in(&mut self, window: Range<usize>) {
        self.outside = true;
        let anchors = self.detector.anchors();
        let first = self.anywhere.partition_point(|(at, _)| *at < window.start);
        let found = std::mem::take(&mut self.anywhere);
        for &(at, literal) in found[first..].iter().take_while(|(at, _)| *at < window.end) {
            self.at = at;
            if let Some(mark) = anchors.marks[usize::from(literal)].filter(|_| !self.literals_only) {
                self.mark(mark, at);
            }
            for &index in &anchors.anywhere[usize::from(literal)] {
                self.anchor(&self.rules.anywhere()[usize::from(index)], at);
            }
        }
        self.anywhere = found;
        self.outside = false;
    }

    /// Asks the detector whose mark stands at `at`.
    fn mark(&mut self, mark: Mark, at: usize) {
        if let (Mark::Password, Some(rule)) = (mark, self.detector.password) {
            for candidate in password::column(self.text, at) {
                self.keep(rule, candidate, "the heading of its column says that it is a password");
            }
            for candidate in password::cells_below(self.text, at) {
                self.keep(rule, candidate, "the heading of its column says that it is a password");
            }
            for candidate in password::inserted(self.text, at) {
                self.keep(rule, candidate, "the name of its column says that it is a password");
            }
            for candidate in password::for_users(self.text, at) {
                self.keep(rule, candidate, "the command that reads it sets passwords");
            }
        }
        let (rule, judged, reason) = match mark {
            Mark::Comment => {
                self.commented = true;
                return;
            }
            Mark::Address => (self.detector.uri, uri::at(self.text, at), "an address with a password"),
            Mark::Password => {
                (self.detector.password, password::at(self.text, at), "the name in front says that it is a password")
            }
            Mark::Secret => {
                let judged = password::secret_at(self.text, at);
                (self.detector.assignment, judged, "it looks random, and the name in front says what it is")
            }
        };
        match (rule, judged) {
            (Some(rule), Ok(candidate)) => self.keep(rule, candidate, reason),
            (Some(rule), Err(reason)) => self.reject(at..at + 3, Some(rule), reason),
            (None, _) => {}
        }
    }

    /// Tries the rule of an anchor, whose literal (or its part inside a run) may stand at `at`.
    fn anchor(&mut self, entry: &Entry<&'static [u8]>, at: usize) {
        let Some(literal_at) = at.checked_sub(entry.lead as usize) else { return };
        if !self.text[literal_at..].starts_with(entry.literal) || !self.rules.is_enabled(entry.rule) {
            return;
        }
        if !self.rules.may_follow(entry, &self.text[literal_at + entry.literal.len()..]) {
            self.no_pattern(entry.rule, literal_at, entry.literal.len(), NO_MATCH);
            return;
        }
        // Where the distance varies (an id of eight to ten digits), the longest that fits is meant.
        for offset in (entry.offset_min..=entry.offset_max).rev() {
            if let Some(start) = literal_at.checked_sub(offset as usize)
                && self.pattern(
                    entry.rule,
                    start,
                    None,
                    literal_at + entry.literal.len() - start,
                    starts_with_mark(entry),
                )
            {
                return;
            }
        }
    }

    /// Tries a rule's pattern at one place; whether it matched there, key or not. `fixed` bytes of a match are known
    /// beforehand. What is `apart` may begin behind a word.
    fn pattern(&mut self, index: u16, start: usize, end: Option<usize>, fixed: usize, apart: bool) -> bool {
        let rule = self.rules.rule(index);
        if !apart && !begins_here(self.text, start) {
            self.no_pattern(index, start, fixed, "its prefix stands in the middle of a word");
            return false;
        }
        if rule.far && self.done.far.last() != Some(&FarAnchor { at: self.at, start }) {
            self.done.far.push(FarAnchor { at: self.at, start });
        }
        if self.text.len() - start < rule.min_len {
            self.no_pattern(index, start, fixed, "its prefix stands here, but the text ends before a key could");
            return false;
        }
        let Some(pattern) = self.rules.pattern(index) else { return false };
        let Some(hit) = pattern.at(self.text, start..(start + MAX_MATCH).min(self.text.len())) else {
            self.no_pattern(index, start, fixed, NO_MATCH);
            return false;
        };
        let pattern::Hit { whole, secret: span, id } = hit;
        // Another one, which ends in front of the literal that this was tried for.
        if whole.end < start + fixed {
            return false;
        }
        let open = span.end == whole.end;
        if end.is_some_and(|end| end != whole.end) || !ends_here(self.text, whole.end, rule, open) {
            self.no_pattern(index, start, fixed, "the pattern matches, but what follows continues the value");
            return false;
        }
        if rule.verify.is_none() && open && is_piece_of_base64(self.text, &whole) {
            self.no_pattern(index, start, fixed, "the pattern matches a piece of something in base64");
            return false;
        }
        self.judge(index, whole, span, id, fixed);
        true
    }

    /// Tells why a pattern that was tried behind `fixed` known bytes does not match.
    fn no_pattern(&mut self, index: u16, start: usize, fixed: usize, reason: &'static str) {
        // Where only length and alphabet spoke for a rule, nobody expects it.
        if fixed > 0 {
            self.reject(start..start + fixed, Some(index), reason);
        }
    }

    /// Tells why something is no match.
    #[inline]
    fn reject(&mut self, span: Range<usize>, rule: Option<u16>, reason: &'static str) {
        let text = self.text;
        self.observer.tell(|| Remark::no(text, span, rule, reason));
    }

    /// Decides about a match of a pattern, which may have told the id of the key beside it.
    fn judge(&mut self, index: u16, whole: Range<usize>, span: Range<usize>, id: Option<Range<usize>>, fixed: usize) {
        let rule = self.rules.rule(index);
        let value = &self.text[span.clone()];
        let by_part =
            !rule.context.is_empty() && !self.has_context(index, whole.clone()) && !self.is_called(index, whole.start);
        if by_part && !self.follows_its_part(rule, whole.start) {
            let text = self.text;
            self.observer.tell(|| {
                let reason = format!("none of its context words stands near: {}", rule.context.join(", "));
                Remark::no(text, span, Some(index), reason)
            });
            return;
        }
        let verdict = rule.verify.map(|family| (family.check)(value));
        let (confidence, mut verification) = match verdict {
            Some(Verdict::Rejected(reason)) => {
                let text = self.text;
                let told = || Remark::no(text, span, Some(index), format!("the pattern matches, but {reason}"));
                self.observer.tell(told);
                return;
            }
            Some(Verdict::Confirmed(verification)) => (Confidence::Confirmed, Some(verification)),
            Some(Verdict::Plausible(verification)) => (rule.confidence, Some(verification)),
            Some(Verdict::Doubtful(verification)) => (Confidence::Low, Some(verification)),
            None => (rule.confidence, None),
        };
        if let (Some(id), Some(verification)) = (id, verification.as_mut()) {
            let value = String::from_utf8_lossy(&self.text[id]).into_owned();
            verification.facts.push(Fact { name: "key id".to_owned(), value });
        }
        if let (Some(beside), Some(verification)) = (rule.verify.and_then(|family| family.beside), &mut verification) {
            verification.facts.append(&mut beside(self.text, &whole));
        }
        // A prefix that every key of the kind has says nothing about this one.
        let chosen = &self.text[span.start.max((whole.start + fixed).min(span.end))..span.end];
        let chosen = if chosen.len() < 8 { value } else { chosen };
        // What a checksum confirms is a key, and so is what was decoded at length; else it may be a placeholder.
        let decoded = verification.is_some() && value.len() > 256;
        let judged = rule.verify.is_some_and(|family| family.judges == verify::Judges::Words);
        if confidence < Confidence::Confirmed
            && !decoded
            && !judged
            && let Some(reason) = placeholder::reason(chosen)
        {
            let text = self.text;
            let told =
                || Remark::no(text, span, Some(index), format!("the pattern matches, but {reason}: a placeholder"));
            self.observer.tell(told);
            return;
        }
        if placeholder::is_documented(value) {
            self.reject(span, Some(index), placeholder::DOCUMENTED_SAMPLE);
            return;
        }
        let opened = rule.verify.and_then(|family| family.opened).and_then(|opened| opened(value));
        let decoded = opened.map(decoded_as);
        let text = self.text;
        self.observer
            .tell(|| Remark::yes(text, span.clone(), index, why(rule, by_part, verification.as_ref(), confidence)));
        self.push(Match { rule: index, span, whole, confidence, verification, notes: Vec::new(), decoded }, by_part);
    }

    fn push(&mut self, found: Match, by_part: bool) {
        let list = if self.outside { &mut self.done.anywhere } else { &mut self.done.in_runs };
        list.push(Judged { found, at: self.at, by_part });
    }

    fn has_context(&mut self, index: u16, whole: Range<usize>) -> bool {
        self.detector.context().named(self.text, whole, &mut self.seen, &mut self.named);
        is_in(&self.named, index)
    }

    /// Values without a known prefix: by their shape, or by the name they are assigned to.
    fn unprefixed(&mut self, run: Range<usize>, digits: usize) {
        let bytes = &self.text[run.clone()];
        // The base64 of a user and a password is no random value; only what stands in front of it tells.
        let before = &self.text[..run.start];
        let basic =
            before.last() == Some(&b' ') && before[before.len().saturating_sub(6)..].eq_ignore_ascii_case(b"basic ");
        if !basic && (digits == 0 && !is_letters_in_quotes(self.text, &run) || digits == bytes.len()) {
            self.reject(run, None, if digits == 0 { "it has no digit" } else { "it has nothing but digits" });
            return;
        }
        let value = value_of(bytes);
        let value = run.start + value.start..run.start + value.end;
        self.value = value.clone();
        if value.len() < MIN_RUN {
            self.reject(value, None, "it is shorter than 16 characters, and no known prefix stands in it");
            return;
        }
        // `"ghp_16C7…"`, as manuals shorten what they show: no more than the beginning of a key.
        if self.text[value.end..].starts_with(b"...") {
            self.reject(value, None, "an ellipsis follows: the rest of it is left out");
            return;
        }
        if is_head_of_token(&self.text[value.clone()]) {
            self.reject(value, None, "it is the header of a JSON Web Token, and nothing of what is signed follows");
            return;
        }
        if is_digest(self.text, &value) {
            self.reject(value, None, "the name of a hash function stands in front of it: a digest");
            return;
        }
        if context::is_encrypted(self.text, &value) {
            self.reject(value, None, "it is encrypted");
            return;
        }
        let before = self.done.in_runs.len();
        let mut random = None;
        self.shapes(value.clone(), &mut random);
        // Words of letters and digits inside it, such as 32 hexadecimal digits in a path.
        if value.len() > MIN_RUN {
            let (text, mut from) = (self.text, value.start);
            // Between the marks of long base64 stand pieces of every length.
            let joined = value.len() > LONG && memchr::memchr(b'+', &text[value.clone()]).is_some();
            let mut word = |end: usize| {
                if end - from >= MIN_RUN && end - from < value.len() && !joined {
                    self.shapes(from..end, &mut None);
                }
                from = end + 1;
            };
            runs::separators(text, value.clone(), &mut word);
            word(value.end);
        }
        // What says nothing without its other half does not settle what this is.
        if self.done.in_runs[before..].iter().any(|judged| self.rules.rule(judged.found.rule).alone) {
            return;
        }
        let text = self.text;
        let looks_random = || random.unwrap_or_else(|| entropy::looks_random(&text[value.clone()]));
        if !basic && !looks_random() && !entropy::has_random_tail(&text[value.clone()]) {
            self.not_random(value);
            return;
        }
        let before = context::before(text, value.start);
        let (rule, judged) = match before.scheme {
            Some(context::Scheme::Basic) => (self.detector.basic, authorization::basic(text, &before, value.clone())),
            Some(context::Scheme::Token) => (self.detector.bearer, authorization::token(text, &before, value.clone())),
            None => (self.detector.assignment, assignment::judge(text, &before, value.clone())),
        };
        match (rule, judged) {
            (Some(rule), Ok(candidate)) => {
                self.keep(rule, candidate, "it looks random, and the name in front says what it is")
            }
            (rule, Err(reason)) => self.reject(value, rule, reason),
            (None, Ok(_)) => {}
        }
    }

    /// Tells why a value does not look random.
    fn not_random(&mut self, value: Range<usize>) {
        let text = self.text;
        self.observer.tell(|| {
            let reason = entropy::randomness(&text[value.clone()]).err().map(|reason| reason.to_string());
            Remark::no(text, value, None, format!("it does not look random: {}", reason.unwrap_or_default()))
        });
    }

    fn keep(&mut self, rule: u16, candidate: Candidate, reason: &'static str) {
        let Candidate { span, mut confidence, notes, plain } = candidate;
        let text = self.text;
        // In the manifest of a Kubernetes Secret, what base64 stands for is the value.
        let family = &verify::KUBERNETES_SECRET;
        let opened = || family.opened.and_then(|opened| opened(&text[span.clone()]));
        let mut decoded = if coded::is_kubernetes_secret(text, &span) { opened().map(decoded_as) } else { None };
        if decoded.is_some() {
            match (family.check)(&text[span.clone()]) {
                Verdict::Rejected(reason) => return self.reject(span, Some(rule), reason),
                // A run is decoded by itself.
                _ if span.len() >= MIN_RUN => {
                    return self.reject(
                        span,
                        Some(rule),
                        "it is base64 of a Kubernetes Secret: what that stands for counts",
                    );
                }
                Verdict::Doubtful(_) => confidence = confidence.min(Confidence::Low),
                _ => {}
            }
        }
        if placeholder::is_documented(plain.as_deref().unwrap_or(&text[span.clone()])) {
            self.reject(span, Some(rule), placeholder::DOCUMENTED_SAMPLE);
            return;
        }
        if let Some(plain) = plain {
            decoded = Some(decoded_as((plain, coded::escape::Kind::Entity.form())));
        }
        self.observer.tell(|| {
            let reasons = vec![reason.to_owned(), format!("its confidence is {}", confidence.as_str())];
            Remark::yes(text, span.clone(), rule, reasons)
        });
        self.push(Match { rule, whole: span.clone(), span, confidence, verification: None, notes, decoded }, false);
    }

    /// Whether another part of the same credential, an id, was found closely before: in a run, and by itself. So what is
    /// found here never rests on more than two places.
    fn follows_its_part(&self, rule: &Rule, start: usize) -> bool {
        let Some(own) = rule.part else { return false };
        let in_runs = &self.done.in_runs;
        let before = &in_runs[..in_runs.partition_point(|judged| judged.at <= start)];
        before
            .iter()
            .rev()
            .take_while(|judged| start - judged.at <= context::REACH_BEFORE + PART_RUN)
            .filter(|judged| !judged.by_part && judged.found.span.end <= start)
            .filter(|judged| start - judged.found.span.end <= context::REACH_BEFORE)
            .filter_map(|judged| self.rules.rule(judged.found.rule).part)
            .any(|part| part.group == own.group && part.role != own.role)
    }

    /// Tries the rules whose keys have this length and alphabet. `random` says whether the value looks random, once that
    /// is known.
    fn shapes(&mut self, value: Range<usize>, random: &mut Option<bool>) {
        let detector = self.detector;
        let Some(shapes) = detector.shapes_by_len.get(value.len()) else { return };
        let bytes = &self.text[value.clone()];
        if !shapes.alone.is_empty() {
            let alphabet: ByteSet = bytes.iter().copied().collect();
            for &index in &shapes.alone {
                let shape = &self.rules.shapes()[index as usize];
                if alphabet.is_subset(&shape.alphabet) {
                    self.pattern(shape.rule, value.start, Some(value.end), 0, false);
                }
            }
        }
        if !shapes.named.is_empty() {
            self.named_shapes(shapes, value, random);
        }
    }

    /// Tries the rules that ask for words near a value. There are many, so that everything which decides about all of
    /// them comes first.
    fn named_shapes(&mut self, shapes: &OfLen, value: Range<usize>, random: &mut Option<bool>) {
        let detector = self.detector;
        let bytes = &self.text[value.clone()];
        // Context alone would also speak for the names of things.
        let random = *random.get_or_insert_with(|| entropy::looks_random(bytes)) || entropy::has_random_tail(bytes);
        if !random && !shapes.verified {
            self.not_random(value);
            return;
        }
        // `uses: owner/action@…`, `/commit/…`, `….tgz#…`: the id of a commit or of an object, or a digest.
        let reference = value.start > 0 && matches!(self.text[value.start - 1], b'@' | b'/' | b'#');
        // Behind the version of an interface stands a key: `/v6/KEY/latest`.
        let reference = reference && !is_behind_version(&self.text[..value.start]);
        // `strip_prefix = "name-…"`: what an archive of a commit has as its folder.
        let folder = value.len() == 40 && self.text[..value.start].ends_with(b"-");
        if (reference || folder) && bytes.iter().all(u8::is_ascii_hexdigit) {
            let reason = "`@`, `/` or `-` in front of hexadecimal digits: the id of a commit or an object";
            self.reject(value, None, reason);
            return;
        }
        if names_an_entry(self.text, &value) {
            self.reject(value, None, "hexadecimal digits that an entry of a table is found by: a digest");
            return;
        }
        let mut named = std::mem::take(&mut self.named);
        detector.context().named(self.text, value.clone(), &mut self.seen, &mut named);
        if random {
            self.called(shapes, value.clone(), &mut named);
        }
        if !named.is_empty() || !self.done.in_runs.is_empty() {
            // Asked here, where a word speaks for a key at last: it takes a look at the lines around.
            if let Some(reason) = why_no_key(self.text, &value) {
                self.reject(value, None, reason);
            } else {
                self.tried_by_name(&shapes.named, value, random, &named);
            }
        } else {
            let text = self.text;
            self.observer.tell(|| {
                let rules = shapes.named.len();
                let reason = format!("{rules} rules have keys of this length, and none of their context words is near");
                Remark::no(text, value, None, reason)
            });
        }
        self.named = named;
    }

    /// Adds to `named` the rules whose provider's function or class has the value as an argument.
    fn called(&self, shapes: &OfLen, value: Range<usize>, named: &mut Vec<u64>) {
        let Some(call) = self.call_around(value.start) else { return };
        let context = self.detector.context();
        for &index in &shapes.named {
            let rule = self.rules.shapes()[index as usize].rule;
            if self.rules.rule(rule).secret && context.is_provider(rule, &call) {
                named.resize(context.providers.len().div_ceil(64), 0);
                named[usize::from(rule) / 64] |= 1 << (rule % 64);
            }
        }
    }

    /// What names the provider in the call that a value is an argument of: the function or class, and for a client that
    /// is called no more than that, the libraries taken in closely above.
    fn call_around(&self, start: usize) -> Option<Vec<u8>> {
        let mut call = context::signing_call(self.text, start)?.to_vec();
        let lower = call.to_ascii_lowercase();
        if [&b"client"[..], b"rest", b"api", b"sdk"].iter().any(|word| memchr::memmem::find(&lower, word).is_some()) {
            for import in afar::imports(&self.text[start.saturating_sub(context::REACH_BEFORE)..start]) {
                call.push(b' ');
                call.extend_from_slice(import);
            }
        }
        Some(call)
    }

    /// Whether a value is an argument of a function or class of the rule's provider.
    fn is_called(&self, rule: u16, start: usize) -> bool {
        self.rules.rule(rule).secret
            && self.call_around(start).is_some_and(|call| self.detector.context().is_provider(rule, &call))
    }

    /// Tries those rules of which a word stands near, and those whose other part was found before. The name that the
    /// value is assigned to decides first: what stands beside it may be about its neighbours.
    fn tried_by_name(&mut self, shapes: &[u16], value: Range<usize>, random: bool, named: &[u64]) {
        let bytes = &self.text[value.clone()];
        // What stands in front of the whole counts for its parts, too.
        let whole = if self.value.contains(&value.start) { self.value.start } else { value.start };
        let before = context::before(self.text, whole);
        let other = names_other(&before);
        // A part of base64 that two of its own characters delimit is none.
        let joint = value.start.checked_sub(1).map(|i| self.text[i]).filter(|b| matches!(b, b'/' | b'+'));
        let alphabet: ByteSet = bytes.iter().copied().collect();
        // With each the longest of its rule's words that stands in the name of the value.
        let mut tried: Vec<(usize, u16)> = Vec::new();
        for &index in shapes {
            let shape = &self.rules.shapes()[index as usize];
            let may = is_in(named, shape.rule) || !self.done.in_runs.is_empty();
            if may && alphabet.is_subset(&shape.alphabet) {
                tried.push((0, index));
            }
        }
        let own = std::cell::LazyCell::new(|| match before.name.is_empty() {
            true => Vec::new(),
            false => self.text[before.start.min(whole)..whole].to_ascii_lowercase(),
        });
        let stands = |word: &&&str| memchr::memmem::find(&own, word.as_bytes()).is_some();
        if tried.len() > 1 {
            for (told, index) in &mut tried {
                let rule = self.rules.shapes()[*index as usize].rule;
                let words = if is_in(named, rule) { self.rules.rule(rule).context } else { &[] };
                *told = words.iter().filter(stands).map(|word| word.len()).max().unwrap_or_default();
            }
            tried.sort_by_key(|(told, _)| std::cmp::Reverse(*told));
        }
        let mut matched = 0;
        for (told, index) in tried {
            if told < matched {
                break;
            }
            let shape = &self.rules.shapes()[index as usize];
            let is_named = is_in(named, shape.rule);
            if joint.is_some_and(|joint| shape.alphabet.contains(joint)) {
                continue;
            }
            let rule = self.rules.rule(shape.rule);
            let named_other = other
                .as_ref()
                .is_some_and(|name| name.ends_with("ids") || !rule.context.iter().any(|word| name.contains(word)));
            if named_other || !rule.is_told_by_form() && !random {
                let reason = if named_other {
                    "the name in front says that it is a digest or an id"
                } else {
                    "it does not look random"
                };
                self.reject(value.clone(), Some(shape.rule), reason);
                continue;
            }
            if !is_named && !self.follows_its_part(rule, value.start) {
                continue;
            }
            let of_another = names_no_secret(&before)
                && !rule.context.iter().any(|word| stands(&word))
                && has_named_twin(self.text, &value, rule.context);
            if of_another {
                let reason = "what stands near is the name of another value of the same form, and its own is none";
                self.reject(value.clone(), Some(shape.rule), reason);
            } else {
                let before = self.done.in_runs.len();
                self.pattern(shape.rule, value.start, Some(value.end), 0, false);
                let kept = &self.done.in_runs[before..];
                if kept.iter().any(|judged| judged.found.confidence >= Confidence::Medium) {
                    matched = told;
                }
            }
        }
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

/// The provider of rules that do not say whose a key is.
pub(super) const GENERIC: &str = "Generic";

/// Where a prefix stands.
const NO_MATCH: &str = "its prefix stands here, but what follows is no key of this kind";

/// What speaks for a match of a pattern.
fn why(rule: &Rule, by_part: bool, verification: Option<&Verification>, confidence: Confidence) -> Vec<String> {
    let mut reasons = vec!["the pattern matches".to_owned()];
    if by_part {
        reasons.push("another part of the same credential stands in front of it".to_owned());
    } else if !rule.context.is_empty() {
        reasons.push("one of its context words stands near".to_owned());
    }
    if let Some(verification) = verification {
        let how = if confidence == Confidence::Confirmed { "verified" } else { "checked" };
        reasons.push(format!("{how} offline: {}", verification.what));
    }
    reasons.push(format!("its confidence is {}", confidence.as_str()));
    reasons
}

/// Whether a bit is set; none of an empty set is.
fn is_in(bits: &[u64], index: u16) -> bool {
    bits.get(usize::from(index) / 64).is_some_and(|group| group >> (index % 64) & 1 == 1)
}

/// Longer values with a `+` in them are base64 as a whole, of which no part is anything by itself.
const LONG: usize = 400;

/// Whether a run is of letters of both cases alone, drawn by chance, and stands between quotation marks: one in thirty of
/// the keys of twenty letters and digits has no digit.
fn is_letters_in_quotes(text: &[u8], run: &Range<usize>) -> bool {
    let Some(&before) = run.start.checked_sub(1).and_then(|i| text.get(i)) else { return false };
    let bytes = &text[run.clone()];
    matches!(before, b'"' | b'\'' | b'`')
        && text.get(run.end) == Some(&before)
        && bytes.len() <= LETTERS
        && entropy::are_random_letters(bytes)
}

/// Whether a value is the base64 of a JSON object that names an algorithm, by itself: every token of a kind has the same.
fn is_head_of_token(value: &[u8]) -> bool {
    let has = |head: &[u8], name: &[u8]| memchr::memmem::find(head, name).is_some();
    // The base64 of `{"`. What names the type of a key is a JSON Web Key.
    value.starts_with(b"eyJ")
        && value.len() <= 160
        && !value.contains(&b'.')
        && URL_SAFE_NO_PAD
            .decode(value)
            .is_ok_and(|head| head.ends_with(b"}") && has(&head, b"\"alg\":") && !has(&head, b"\"kty\":"))
}

/// Whether a value of hexadecimal digits is what an entry of a table is found by, and not what it holds:
/// `'VALUE' => $folder . '/functions.php'`.
fn names_an_entry(text: &[u8], value: &Range<usize>) -> bool {
    let [b'"' | b'\'', rest @ ..] = &text[value.end..] else { return false };
    let blanks = rest.iter().take(8).take_while(|b| matches!(b, b' ' | b'\t')).count();
    rest[blanks..].starts_with(b"=>") && text[value.clone()].iter().all(u8::is_ascii_hexdigit)
}

/// Why `value` is no key whatever the words around it say, if it is one of the things that stand in lists of their kind.
fn why_no_key(text: &[u8], value: &Range<usize>) -> Option<&'static str> {
    if is_in_list_of_checksums(text, value) {
        Some("the checksum of the file that its line names")
    } else if is_in_record_of_dns(text, value.start) {
        Some("it is a digest or a signature in a record of DNS")
    } else if is_piece_of_base64(text, value) {
        Some("it is a piece of something in base64")
    } else {
        None
    }
}

/// Whether a value stands between the marks of base64, with what looks random in front of it or behind it: fonts and
/// pictures are long enough to have any prefix and any word somewhere.
fn is_piece_of_base64(text: &[u8], value: &Range<usize>) -> bool {
    /// Bytes that have to be beside the value.
    const BESIDE: usize = 32;
    let is_mark = |b: Option<&u8>| matches!(b, Some(b'+' | b'/'));
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    // Fonts repeat themselves, and have many zeros.
    let zeros = |beside: &[u8]| beside.iter().filter(|b| **b == b'A').count() >= 6;
    let random = |beside: &[u8]| {
        beside.len() == BESIDE && beside.iter().all(is_base64) && (entropy::looks_random(beside) || zeros(beside))
    };
    is_mark(value.start.checked_sub(1).map(|before| &text[before]))
        && random(&text[(value.start - 1).saturating_sub(BESIDE)..value.start - 1])
        || is_mark(text.get(value.end)) && text.get(value.end + 1..value.end + 1 + BESIDE).is_some_and(random)
}

/// Whether a value stands in a line that programs such as `md5sum` write: `…  name`, `… *name`, `MD5 (name) = …`.
fn is_in_list_of_checksums(text: &[u8], value: &Range<usize>) -> bool {
    /// Bytes that the line has in front of the value at most.
    const FRONT: usize = 300;
    if !matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) || !text[value.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let front = &text[value.start.saturating_sub(FRONT)..value.start];
    let line = &front[memchr::memrchr(b'\n', front).map_or(0, |end| end + 1)..];
    let named = match text.get(value.end..value.end + 3) {
        Some([b' ', b' ' | b'*', first]) => first.is_ascii_graphic(),
        _ => false,
    };
    let of_bsd = || {
        let kinds: [&[u8]; 6] = [b"MD5 (", b"SHA1 (", b"SHA256 (", b"SHA512 (", b"SHA2-256(", b"BLAKE2b ("];
        line.ends_with(b") = ") && kinds.iter().any(|kind| line.starts_with(kind))
    };
    (line.is_empty() || line == b"\\") && named || of_bsd()
}

/// Whether a value stands in a line of a zone of DNS that has digests, signatures and public keys: `name 86400 IN DS …`.
fn is_in_record_of_dns(text: &[u8], start: usize) -> bool {
    /// Bytes that the line has in front of the value at most.
    const FRONT: usize = 400;
    const TYPES: [&[u8]; 9] = [b"DS", b"RRSIG", b"DNSKEY", b"CDS", b"CDNSKEY", b"TLSA", b"SSHFP", b"NSEC3", b"ZONEMD"];
    let front = &text[start.saturating_sub(FRONT)..start];
    let line = &front[memchr::memrchr(b'\n', front).map_or(0, |end| end + 1)..];
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    fields.any(|field| field == b"IN") && fields.next().is_some_and(|field| TYPES.contains(&field))
}

/// Whether a text ends with the version of an interface in a path: `/v6/`.
fn is_behind_version(text: &[u8]) -> bool {
    let Some(path) = text.strip_suffix(b"/") else { return false };
    let digits = path.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    matches!(digits, 1..=2) && path[..path.len() - digits].ends_with(b"/v")
}

/// The name in front, in lower case, when it says that the value is something else: a digest, an id. It does not when
/// the name is one that the rule asks for (`api_hash`).
fn names_other(before: &Before<'_>) -> Option<String> {
    const OTHER: &[&str] = &[
        "sha",
        "md5",
        "digest",
        "checksum",
        "hash",
        "integrity",
        "commit",
        "revision",
        "etag",
        "rev",
        "blob",
        "tree",
        "fingerprint",
        "publickey",
        "public_key",
        "public-key",
    ];
    let name = String::from_utf8_lossy(before.name).to_ascii_lowercase();
    (OTHER.iter().any(|word| name.contains(word)) || context::names_an_id(before.name)).then_some(name)
}

/// Whether a colon or an equals sign stands in front of a value, with blanks and a quotation mark between them at most: the
/// first question, which most values answer.
fn is_assigned_by_a_sign(text: &[u8], start: usize) -> bool {
    let front = &text[start.saturating_sub(8)..start];
    let front = front.strip_suffix(b"\"").or_else(|| front.strip_suffix(b"'")).unwrap_or(front).trim_ascii_end();
    matches!(front.last(), Some(b':' | b'='))
}

/// Whether a value is assigned to a name that tells no secret: `SENTRY_RELEASE=VALUE`, `build: VALUE`.
fn names_no_secret(before: &Before<'_>) -> bool {
    before.assigned && before.scheme.is_none() && !before.name.is_empty() && !names_a_key(before)
}

/// Whether a value is assigned to the name of a secret, or of a key of something: `secret: VALUE`, `"key": "VALUE"`.
fn names_a_key(before: &Before<'_>) -> bool {
    let says = |name: &[u8]| context::name_says(name) == NameSays::Secret;
    before.assigned && (says(before.name) || says(before.outer) || before.name.eq_ignore_ascii_case(b"key"))
}

/// What bytes stand for, with what reports call their form.
fn decoded_as((value, form): (Vec<u8>, &'static str)) -> Box<Decoded> {
    Box::new(Decoded { value: Secret::new(value), form: Some(Cow::Borrowed(form)) })
}

/// Whether another line near a value has one of the same length, to whose name one of the words belongs that a rule asks
/// for.
fn has_named_twin(text: &[u8], value: &Range<usize>, words: &[&str]) -> bool {
    let from = value.start.saturating_sub(context::REACH_BEFORE);
    let to = (value.end + context::REACH_AFTER).min(text.len());
    let (front, behind) = (&text[from..value.start], &text[value.end..to]);
    let front = &front[..memchr::memrchr(b'\n', front).unwrap_or(0)];
    let behind = &behind[memchr::memchr(b'\n', behind).unwrap_or(behind.len())..];
    let lines = front.split(|&b| b == b'\n').chain(behind.split(|&b| b == b'\n'));
    lines.into_iter().any(|line| {
        let line = line.trim_ascii();
        let twin = line.split(|&b| !is_key_byte(b) || b == b'=').rfind(|run| run.len() >= MIN_RUN);
        let Some(twin) = twin.filter(|twin| twin.len() == value.len()) else { return false };
        let name = String::from_utf8_lossy(&line[..line.len() - twin.len()]).to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    })
}

/// The part of a run that may be a value: behind the last `=` that is no padding, without a final full stop.
pub(super) fn value_of(run: &[u8]) -> Range<usize> {
    let padded = run.len() - run.iter().rev().take_while(|&&b| b == b'=').count();
    let start = memchr::memrchr(b'=', &run[..padded]).map_or(0, |i| i + 1);
    let padding = run.len() - padded;
    let end = if padding <= 2 { run.len() } else { padded };
    let dots = run[start..end].iter().rev().take_while(|&&b| b == b'.').count();
    start..end - dots
}

/// Length of what is left of an escape at the start of a run: `n` of `\n`, `3D` of `%3D`, `u003d` of `\u003d`.
/// A key may follow it directly. Zero when there is none.
pub(super) fn escape_len(text: &[u8], start: usize) -> usize {
    let run = &text[start..];
    let hex = |from: usize, len: usize| run.get(from..from + len).is_some_and(|b| b.iter().all(u8::is_ascii_hexdigit));
    match start.checked_sub(1).map(|i| text[i]) {
        Some(b'\\') => match run.first() {
            Some(b'n' | b'r' | b't' | b'f' | b'b' | b'v' | b'0') => 1,
            Some(b'x') if hex(1, 2) => 3,
            Some(b'u') if hex(1, 4) => 5,
            _ => 0,
        },
        Some(b'%') if hex(0, 2) => 2,
        Some(b'[' | b';') => colour_len(text, start),
        _ => 0,
    }
}

/// Length of what is left of a sequence that sets the colours of a terminal (ECMA-48: `ESC [`, numbers, and a letter) at
/// the start of a run: `31m`. The escape is the byte itself, or as strings write it.
fn colour_len(text: &[u8], start: usize) -> usize {
    /// Numbers with what separates them.
    const NUMBERS: usize = 16;
    const ESCAPES: [&[u8]; 8] = [b"\x1b", b"\\e", b"\\E", b"\\033", b"\\x1b", b"\\x1B", b"\\u001b", b"\\u001B"];
    let before = &text[start.saturating_sub(NUMBERS)..start];
    let numbers = before.iter().rev().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    let Some(front) = text[..start - numbers].strip_suffix(b"[") else { return 0 };
    let digits = text[start..].iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let ends = text.get(start + digits).is_some_and(|b| matches!(b, b'm' | b'K' | b'J' | b'H' | b'G'));
    if ends && ESCAPES.iter().any(|escape| front.ends_with(escape)) { digits + 1 } else { 0 }
}

/// Whether all that the rule of an anchor finds begins with a mark that no word has: `.secret_key = `, `/trigger/`.
fn starts_with_mark(entry: &Entry<&'static [u8]>) -> bool {
    entry.offset_max == 0
        && entry.literal.first().is_some_and(|&b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-'))
}

/// Whether a key can begin at `start`: not in the middle of a word.
fn begins_here(text: &[u8], start: usize) -> bool {
    let Some(previous) = start.checked_sub(1).map(|i| text[i]) else { return true };
    // `%s-----BEGIN …`: no word begins with a hyphen.
    if text.get(start) == Some(&b'-') && previous != b'-' {
        return true;
    }
    // Telegram's addresses have `bot` in front of the token, and nothing in between.
    if !previous.is_ascii_alphanumeric() || previous == b't' && text[..start].ends_with(b"/bot") {
        return true;
    }
    [1, 2, 3, 4, 5].into_iter().any(|len| start > len && escape_len(text, start - len) == len)
}

/// Whether a key can end before `end`: what follows does not continue it. One that is not `open` ends earlier, since the
/// pattern asks for something behind it, and only the word that this ends with may not go on.
fn ends_here(text: &[u8], end: usize, rule: &Rule, open: bool) -> bool {
    let Some(&next) = text.get(end).filter(|_| !rule.tail.is_empty()) else { return true };
    let in_word = end > 0 && text[end - 1].is_ascii_alphanumeric() && next.is_ascii_alphanumeric();
    !(in_word || open && rule.tail.contains(next))
}

/// The rules and places of secrets that say nothing without another part of their credential, which does not stand near.
/// They give way to what is reported alone.
fn lone_halves(found: &[Match], rules: &Ruleset) -> HashSet<(u16, usize)> {
    let part = |m: &Match| rules.rule(m.rule).part.map(|part| (m.span.start, part));
    let mut parts: Vec<(usize, PartRole)> = found.iter().filter_map(part).collect();
    parts.sort_by_key(|(at, _)| *at);
    let has_other = |(at, own): (usize, PartRole)| {
        let first = parts.partition_point(|(other, _)| *other + PART_RUN < at);
        let near = parts[first..].iter().take_while(|(other, _)| *other <= at + PART_RUN);
        near.into_iter().any(|(_, part)| part.group == own.group && part.role != own.role)
    };
    let lone = |m: &&Match| !rules.rule(m.rule).alone && part(m).is_some_and(|own| !has_other(own));
    found.iter().filter(lone).map(|m| (m.rule, m.span.start)).collect()
}

/// Keeps the best of matches that overlap: secrets before identifiers, patterns before guesses, those of a provider before
/// general ones, long before short.
fn without_overlaps(mut found: Vec<Match>, rules: &Ruleset, observer: &mut impl Observer) -> Vec<Match> {
    if found.len() > 1 {
        let lone = lone_halves(&found, rules);
        let rank = |m: &Match| {
            let rule = rules.rule(m.rule);
            let told = rule.secret && !(lone.contains(&(m.rule, m.span.start)));
            let confirmed = m.confidence == Confidence::Confirmed;
            // Of two kinds of one shape, the one whose name stands near is meant.
            let named = !rule.context.is_empty();
            // What says only that there is something in a form gives way to what is found in it.
            let opened = rule.verify.is_some_and(|family| family.opened.is_some());
            let specific = rule.detector.is_none() && !opened;
            let form = match (m.decoded.is_some(), m.confidence > Confidence::Low) {
                (true, true) if !opened => 3,
                (true, true) => 2,
                (true, false) if !opened => 1,
                _ => 0,
            };
            // What was decoded says more than that something is encoded.
            (
                told,
                rule.secret,
                specific,
                specific && rule.provider != GENERIC,
                confirmed,
                form,
                m.whole.len(),
                m.confidence,
                named,
            )
        };
        found.sort_by(|a, b| rank(b).cmp(&rank(a)).then(a.span.start.cmp(&b.span.start)).then(a.rule.cmp(&b.rule)));
        let mut kept: Vec<Match> = Vec::new();
        // Spans that are taken, by start; they never overlap, so the neighbours decide.
        let mut taken = std::collections::BTreeMap::<usize, (usize, Option<Range<usize>>)>::new();
        for m in found {
            // Keys that one form holds are apart from each other, though they may share its characters.
            let form = m.decoded.is_some().then(|| m.whole.clone());
            let free = taken
                .range(..m.span.end)
                .next_back()
                .is_none_or(|(_, (end, other))| *end <= m.span.start || form.is_some() && *other == form);
            if free {
                let end = taken.get(&m.span.start).map_or(m.span.end, |(end, _)| m.span.end.max(*end));
                taken.insert(m.span.start, (end, form));
                kept.push(m);
            } else {
                observer.revoke(m.rule, &m.span, || {
                    let better = kept.iter().find(|kept| kept.span.start < m.span.end && m.span.start < kept.span.end);
                    match better {
                        Some(better) if better.rule == m.rule => "it was found twice".to_owned(),
                        Some(better) => format!("{} fits the same place better", rules.rule(better.rule).id),
                        None => "something else fits the same place better".to_owned(),
                    }
                });
            }
        }
        found = kept;
    }
    found.sort_by_key(|m| m.span.start);
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
    fn entries_of_tables_are_found_by_digests() {
        let digits = "9be769a4bba6e1d9".repeat(2);
        for (text, names) in [
            ("'VALUE' => $vendorDir . '/acme/functions.php',", true),
            ("\"VALUE\"=>1", true),
            ("'secret' => 'VALUE',", false),
            ("key = \"VALUE\"", false),
        ] {
            let start = text.find("VALUE").unwrap_or(0);
            let text = text.replace("VALUE", &digits);
            assert_eq!(names_an_entry(text.as_bytes(), &(start..start + digits.len())), names, "{text}");
        }
    }

    #[test]
    fn headers_of_tokens_are_told_from_tokens() {
        let head = URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        assert!(is_head_of_token(head.as_bytes()));
        assert!(!is_head_of_token(format!("{head}.{head}.c2lnbmVk").as_bytes()));
        for other in [r#"{"user":"ann","key":"1"}"#, r#"{"kty":"oct","k":"AyM1SysPpb","alg":"HS256"}"#] {
            assert!(!is_head_of_token(URL_SAFE_NO_PAD.encode(other).as_bytes()), "{other}");
        }
    }

    #[test]
    fn what_an_ellipsis_shortens_is_no_key() {
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let value = ["9be769a4bba6e1d96f65", "3e6c51af7c0b42d81e93"].concat();
        assert_eq!(detector.detect(format!("token: \"{value}\"").as_bytes(), false).len(), 1);
        assert!(detector.detect(format!("token: \"{value}...\"").as_bytes(), false).is_empty());
    }

    #[test]
    fn a_key_deep_in_settings_is_its_providers() {
        use rand::SeedableRng as _;
        let detector = Detector::new(Arc::new(Ruleset::builtin()));
        let rule = detector.ruleset().find("datadog-api-key").unwrap();
        let key = super::super::generate::Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(5));
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
