//! The engine: finds candidates in a text and decides which of them are keys.

mod anchors;
mod context_words;
mod ends;
mod judge;
mod no_key;
mod overlaps;
mod search;
mod unprefixed;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use self::anchors::Anchors;
use self::context_words::ContextWords;
pub(super) use self::ends::{escape_len, value_of};
use self::overlaps::without_overlaps;
pub(super) use self::search::Search;
use super::literals::Head;
use super::rule::Ruleset;
use super::starts::Starts;
use super::trace::{Observer, Remark, Silent, Trace};
use crate::finding::{Confidence, Verification};
use crate::secret::Secret;

/// Longest match, in bytes: an armoured PGP key of 4096 bits with subkeys has some 14 KiB.
pub const MAX_MATCH: usize = 32 * 1024;

/// A match that stands for a part of a credential ends at most so many bytes behind the start of its run.
const PART_RUN: usize = 4096;

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

    fn anchors(&self) -> &Anchors {
        self.anchors.get_or_init(|| Anchors::new(&self.ruleset))
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

/// The provider of rules that do not say whose a key is.
pub(super) const GENERIC: &str = "Generic";
