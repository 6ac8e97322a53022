//! One pass over a text: its runs, the literals in them and those outside.

use std::ops::Range;

use super::anchors::Mark;
use super::ends::{escape_len, value_of};
use super::judge::NO_MATCH;
use super::{Detector, Examined, Judged, Match};
use crate::detect::coded;
use crate::detect::detector::{password, uri};
use crate::detect::rule::Ruleset;
use crate::detect::rule::layout::{Entry, pair};
use crate::detect::runs::{self, Run};
use crate::detect::trace::Observer;
use crate::detect::words::Seen;

/// One pass over one text.
pub(in crate::detect) struct Search<'a, O> {
    pub(in crate::detect) detector: &'a Detector,
    pub(in crate::detect) rules: &'a Ruleset,
    pub(in crate::detect) text: &'a [u8],
    pub(in crate::detect) literals_only: bool,
    pub(in crate::detect) done: Examined,
    /// Start of the run that is looked at, or place of the literal outside runs.
    pub(in crate::detect) at: usize,
    /// How many forms this text was decoded from, one within the other.
    pub(in crate::detect) depth: u8,
    /// Bytes that may still be inflated.
    pub(in crate::detect) budget: usize,
    /// What of the run may be a value, where it was looked at as one.
    pub(in crate::detect) value: Range<usize>,
    /// Is told what is decided.
    pub(in crate::detect) observer: &'a mut O,
    /// Whether literals outside runs are looked at.
    outside: bool,
    /// Whether a pattern is tried at many places, of which most mean nothing.
    pub(super) quiet: bool,
    /// Whether a comment that may allow keys was seen.
    pub(super) commented: bool,
    /// Where literals begin that were looked up, and which: those of anchors inside runs.
    inside: Vec<(usize, u16)>,
    /// How many of these lie before the run that is looked at.
    passed: usize,
    /// The same of anchors anywhere and of marks.
    anywhere: Vec<(usize, u16)>,
    /// Context words of the neighbourhood.
    pub(super) seen: Seen,
    /// Kept from value to value: see [`ContextWords::named`].
    pub(super) named: Vec<u64>,
}

impl<'a, O: Observer> Search<'a, O> {
    pub(in crate::detect) fn new(
        detector: &'a Detector,
        text: &'a [u8],
        literals_only: bool,
        observer: &'a mut O,
    ) -> Self {
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
            quiet: false,
            commented: false,
            inside: Vec::new(),
            passed: 0,
            anywhere: Vec::new(),
            seen: Seen::default(),
            named: Vec::new(),
        }
    }

    /// Looks at all of the text.
    pub(in crate::detect) fn all(&mut self) {
        let all = 0..self.text.len();
        self.look_up(all.clone());
        self.runs_of(all.clone());
        self.anywhere_in(all.clone());
        self.chains_in(all);
    }

    /// Looks up the literals that begin in a window, which lies behind those before.
    pub(in crate::detect) fn look_up(&mut self, window: Range<usize>) {
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
    pub(in crate::detect) fn runs_of(&mut self, window: Range<usize>) {
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
    pub(in crate::detect) fn anywhere_in(&mut self, window: Range<usize>) {
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
            const HEADING: &str = "the heading of its column says that it is a password";
            let tables: [(password::Table, &str); 4] = [
                (password::column, HEADING),
                (password::cells_below, HEADING),
                (password::inserted, "the name of its column says that it is a password"),
                (password::for_users, "the command that reads it sets passwords"),
            ];
            for (table, reason) in tables {
                let rows = table(self.text, at);
                if rows.far {
                    self.reaches_far(at);
                }
                for candidate in rows.found {
                    self.keep(rule, candidate, reason);
                }
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
        self.quiet = entry.offset_min < entry.offset_max;
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
                self.quiet = false;
                return;
            }
        }
        if std::mem::take(&mut self.quiet) {
            self.no_pattern(entry.rule, literal_at, entry.literal.len(), NO_MATCH);
        }
    }

    pub(super) fn push(&mut self, found: Match, by_part: bool) {
        let list = if self.outside { &mut self.done.anywhere } else { &mut self.done.in_runs };
        list.push(Judged { found, at: self.at, by_part });
    }
}

/// Whether all that the rule of an anchor finds begins with a mark that no word has: `.secret_key = `, `/trigger/`.
fn starts_with_mark(entry: &Entry<&'static [u8]>) -> bool {
    entry.offset_max == 0
        && entry.literal.first().is_some_and(|&b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-'))
}
