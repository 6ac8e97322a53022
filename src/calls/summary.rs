//! What is kept of the calls with one key: a fixed amount, whatever the size of the log.
//!
//! Every part is a function of the set of calls alone. Their order, and how they are spread over files, change nothing,
//! and summaries of parts can be merged. Where a bound is reached the summary says so, and what it still says is exact:
//! - of texts (sources, actions) those with the smallest hashes are kept, each with all of its calls, since a text that
//!   is kept in the end was among the smallest all the time;
//! - the times of failed attempts are counted by the second, and by twice as long as often as there are too many
//!   different ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::call::{Call, Outcome, origin};
use crate::inventory::key::Text;

/// How many different sources, actions, scopes and principals of one key are kept.
pub const MAX_TEXTS: usize = 200;
/// How many different times of failed attempts of one key are kept.
pub const MAX_TIMES: usize = 1024;
/// Longer texts are cut, in characters. The longest address, IPv6 with a zone, has 60 or so.
pub const MAX_TEXT: usize = 160;

/// A text of a log as it is kept: without control characters, cut at [`MAX_TEXT`].
#[must_use]
pub fn shortened(text: &str) -> String {
    let line = crate::report::visible::line(text.trim());
    match line.char_indices().nth(MAX_TEXT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line.into_owned(),
    }
}

/// Calls, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// When the first one was.
    pub first: Timestamp,
    /// When the last one was.
    pub last: Timestamp,
    /// How many there are.
    pub calls: u64,
    /// How many of them the log calls done.
    pub successes: u64,
    /// How many of them were refused.
    pub denied: u64,
}

impl Tally {
    fn of(time: Timestamp, outcome: Outcome) -> Self {
        Tally {
            first: time,
            last: time,
            calls: 1,
            successes: u64::from(outcome == Outcome::Success),
            denied: u64::from(outcome == Outcome::Denied),
        }
    }

    fn merge(&mut self, other: Tally) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.calls += other.calls;
        self.successes += other.successes;
        self.denied += other.denied;
    }

    /// How many were not refused: done, failed for another reason, or nobody says.
    #[must_use]
    pub fn not_denied(&self) -> u64 {
        self.calls - self.denied
    }
}

fn add(tally: &mut Option<Tally>, other: Tally) {
    match tally {
        Some(tally) => tally.merge(other),
        None => *tally = Some(other),
    }
}

/// Different texts with their calls; at most [`MAX_TEXTS`] of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    seen: HashMap<Text, Tally>,
    /// The same texts by their hash, which is the order in which they have to go.
    order: BTreeSet<(u64, Text)>,
    more: bool,
}

impl Texts {
    fn record(&mut self, text: &str, tally: Tally) {
        if let Some(seen) = self.seen.get_mut(text) {
            return seen.merge(tally);
        }
        let hash = hash(text);
        if self.seen.len() >= MAX_TEXTS {
            self.more = true;
            match self.order.last() {
                Some((largest, last)) if (hash, text) < (*largest, last.as_str()) => {}
                _ => return,
            }
            if let Some((_, last)) = self.order.pop_last() {
                self.seen.remove(&last);
            }
        }
        let text = Text::from(text);
        self.order.insert((hash, text.clone()));
        self.seen.insert(text, tally);
    }

    #[cfg(test)]
    fn merge(&mut self, other: Texts) {
        self.more |= other.more;
        for (text, tally) in other.seen {
            self.record(&text, tally);
        }
    }

    /// The texts with their calls, in alphabetical order.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&Text, &Tally)> {
        let mut sorted: Vec<_> = self.seen.iter().collect();
        sorted.sort_by_key(|(text, _)| *text);
        sorted
    }

    /// How many are kept.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether there were more than are kept.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.more
    }
}

/// The same on every machine and in every version, unlike the hashes of the standard library.
pub(super) fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// When attempts failed: how many in each stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Length of a stretch in seconds, a power of two.
    width: i64,
    /// By number of the stretch, counted from 1970.
    counts: BTreeMap<i64, u64>,
}

impl Default for Times {
    fn default() -> Self {
        Times { width: 1, counts: BTreeMap::new() }
    }
}

/// The most failed attempts within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// When it begins.
    pub first: Timestamp,
    /// When it ends.
    pub last: Timestamp,
    /// How many there were; at least so many where [`Times::is_exact`] says no.
    pub calls: u64,
}

impl Times {
    fn record(&mut self, time: Timestamp) {
        *self.counts.entry(time.as_second().div_euclid(self.width)).or_default() += 1;
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.counts.len() > MAX_TIMES {
            self.double();
        }
    }

    fn double(&mut self) {
        self.width *= 2;
        let mut counts = BTreeMap::new();
        for (number, count) in std::mem::take(&mut self.counts) {
            *counts.entry(number.div_euclid(2)).or_default() += count;
        }
        self.counts = counts;
    }

    #[cfg(test)]
    fn merge(&mut self, mut other: Times) {
        while self.width < other.width {
            self.double();
        }
        while other.width < self.width {
            other.double();
        }
        for (number, count) in other.counts {
            *self.counts.entry(number).or_default() += count;
        }
        self.shrink();
    }

    /// Whether times are known to the second.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.width == 1
    }

    /// The most failed attempts within `window`, the earliest of equals. Exact where [`Times::is_exact`], else a number
    /// that was reached for certain.
    #[must_use]
    pub fn worst(&self, window: SignedDuration) -> Option<Burst> {
        let window = window.as_secs().max(1);
        let stretch = |from: i64, to: i64, calls: u64| {
            let first = Timestamp::from_second(from.saturating_mul(self.width)).ok()?;
            let last = Timestamp::from_second((to + 1).saturating_mul(self.width) - 1).ok()?;
            Some(Burst { first, last, calls })
        };
        if self.width > window {
            // Of the windows that a stretch is made of, one holds its share at least.
            let windows = self.width.div_euclid(window) + i64::from(self.width.rem_euclid(window) > 0);
            let (&number, &count) =
                self.counts.iter().max_by_key(|(number, count)| (**count, std::cmp::Reverse(**number)))?;
            return stretch(number, number, count.div_ceil(windows.unsigned_abs()));
        }
        let wide = window / self.width;
        let numbers: Vec<(i64, u64)> = self.counts.iter().map(|(number, count)| (*number, *count)).collect();
        let (mut start, mut sum) = (0, 0);
        let mut best: Option<(u64, usize, usize)> = None;
        for (at, &(number, count)) in numbers.iter().enumerate() {
            sum += count;
            while numbers[start].0 <= number - wide {
                sum -= numbers[start].1;
                start += 1;
            }
            if best.is_none_or(|(calls, ..)| sum > calls) {
                best = Some((sum, start, at));
            }
        }
        let (calls, from, to) = best?;
        stretch(numbers[from].0, numbers[to].0, calls)
    }

    /// Failed attempts after a time: how many, at least, and when the first of them was, to the length of a stretch.
    #[must_use]
    pub fn after(&self, time: Timestamp) -> (u64, Option<Timestamp>) {
        let from = time.as_second().div_euclid(self.width) + 1;
        let mut later = self.counts.range(from..).peekable();
        let first = later.peek().and_then(|(number, _)| Timestamp::from_second(**number * self.width).ok());
        (later.map(|(_, count)| count).sum(), first)
    }
}

/// Dates of a key of the inventory after which its calls are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// When it stops working.
    pub expires: Option<Timestamp>,
    /// Since when it is known to have its status: when that changed, else when the export was made that says it.
    pub stated: Option<Timestamp>,
    /// When its secret last changed.
    pub rotated: Option<Timestamp>,
    /// When the key came into being that replaces it.
    pub replaced: Option<Timestamp>,
}

/// What a log says about one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSummary {
    /// All its calls.
    pub calls: Tally,
    /// How many failed for another reason than that they were refused.
    pub errors: u64,
    /// How many the log leaves open.
    pub unclear: u64,
    /// When the last one was that the log calls done.
    pub last_success: Option<Timestamp>,
    /// When attempts were refused.
    pub failures: Times,
    /// From where.
    pub sources: Texts,
    /// What was asked.
    pub actions: Texts,
    /// The rights that were needed.
    pub scopes: Texts,
    /// For how many calls the log says which rights were needed.
    pub with_scopes: u64,
    /// Who the key acted for.
    pub principals: Texts,
    /// The providers of the logs that tell of it; `generic` where a log names none.
    pub logs: BTreeSet<Text>,
    /// Those after it expired.
    pub after_expiry: Option<Tally>,
    /// Those after it is known to have had its status: see [`Marks::stated`].
    pub after_stated: Option<Tally>,
    /// Those with another secret than the one in the inventory, after the secret last changed.
    pub after_rotation: Option<Tally>,
    /// Those after its successor came into being.
    pub after_successor: Option<Tally>,
}

impl CallSummary {
    /// The summary of one call. `other_secret` says that the log shows a digest that is not that of the key's secret.
    #[must_use]
    pub fn of(call: &Call, log: &Text, marks: Marks, other_secret: bool) -> Self {
        let tally = Tally::of(call.time, call.outcome);
        let mut summary = CallSummary {
            calls: tally,
            errors: 0,
            unclear: 0,
            last_success: None,
            failures: Times::default(),
            sources: Texts::default(),
            actions: Texts::default(),
            scopes: Texts::default(),
            with_scopes: 0,
            principals: Texts::default(),
            logs: BTreeSet::from([log.clone()]),
            after_expiry: None,
            after_stated: None,
            after_rotation: None,
            after_successor: None,
        };
        summary.add_details(call, tally, marks, other_secret);
        summary
    }

    /// Adds a call.
    pub fn record(&mut self, call: &Call, log: &Text, marks: Marks, other_secret: bool) {
        let tally = Tally::of(call.time, call.outcome);
        self.calls.merge(tally);
        if !self.logs.contains(log) {
            self.logs.insert(log.clone());
        }
        self.add_details(call, tally, marks, other_secret);
    }

    fn add_details(&mut self, call: &Call, tally: Tally, marks: Marks, other_secret: bool) {
        match call.outcome {
            Outcome::Success => self.last_success = self.last_success.max(Some(call.time)),
            Outcome::Denied => self.failures.record(call.time),
            Outcome::Error => self.errors += 1,
            Outcome::Unknown => self.unclear += 1,
        }
        let note = |texts: &mut Texts, text: &str| {
            let text = shortened(text);
            if !text.is_empty() {
                texts.record(&text, tally);
            }
        };
        if let Some(source) = &call.source {
            note(&mut self.sources, &origin(source));
        }
        if let Some(action) = &call.action {
            note(&mut self.actions, action);
        }
        if let Some(principal) = &call.principal {
            note(&mut self.principals, principal);
        }
        if let Some(scopes) = &call.scopes {
            self.with_scopes += 1;
            let different: BTreeSet<&String> = scopes.iter().collect();
            different.into_iter().for_each(|scope| note(&mut self.scopes, scope));
        }
        let later = |mark: Option<Timestamp>| mark.is_some_and(|mark| call.time > mark);
        if later(marks.expires) {
            add(&mut self.after_expiry, tally);
        }
        if later(marks.stated) {
            add(&mut self.after_stated, tally);
        }
        if other_secret && later(marks.rotated) {
            add(&mut self.after_rotation, tally);
        }
        if later(marks.replaced) {
            add(&mut self.after_successor, tally);
        }
    }

    /// Adds the summary of other calls with the same key.
    #[cfg(test)]
    pub fn merge(&mut self, other: CallSummary) {
        self.calls.merge(other.calls);
        self.errors += other.errors;
        self.unclear += other.unclear;
        self.last_success = self.last_success.max(other.last_success);
        self.failures.merge(other.failures);
        self.sources.merge(other.sources);
        self.actions.merge(other.actions);
        self.scopes.merge(other.scopes);
        self.with_scopes += other.with_scopes;
        self.principals.merge(other.principals);
        self.logs.extend(other.logs);
        for (mine, other) in [
            (&mut self.after_expiry, other.after_expiry),
            (&mut self.after_stated, other.after_stated),
            (&mut self.after_rotation, other.after_rotation),
            (&mut self.after_successor, other.after_successor),
        ] {
            if let Some(other) = other {
                add(mine, other);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::call::Named;
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn times(seconds: &[i64]) -> Times {
        let mut times = Times::default();
        seconds.iter().for_each(|second| times.record(at(*second)));
        times
    }

    #[test]
    fn the_worst_window_is_found_wherever_it_begins() {
        let window = SignedDuration::from_secs(300);
        assert_eq!(Times::default().worst(window), None);
        let burst = times(&[0, 10_000, 10_100, 10_299, 10_300, 90_000]).worst(window).unwrap();
        assert_eq!((burst.first, burst.last, burst.calls), (at(10_000), at(10_299), 3));
        let burst = times(&[5, 5, 5]).worst(window).unwrap();
        assert_eq!((burst.first, burst.last, burst.calls), (at(5), at(5), 3));
    }

    #[test]
    fn too_many_times_are_counted_by_longer_stretches() {
        // A failure each quarter of an hour for a year, and a burst among them.
        let mut seconds: Vec<i64> = (0..35_000).map(|number| number * 900).collect();
        seconds.extend((0..5_000).map(|number| 9_000_000 + number % 60));
        let times = times(&seconds);
        assert!(times.counts.len() <= MAX_TIMES && !times.is_exact());
        let burst = times.worst(SignedDuration::from_secs(300)).unwrap();
        assert!((10..=5_001).contains(&burst.calls), "{burst:?}");
        assert!(burst.first <= at(9_000_000) && burst.last >= at(9_000_000), "{burst:?}");
        let quiet: Vec<i64> = (0..35_000).map(|number| number * 900).collect();
        assert!(self::times(&quiet).worst(SignedDuration::from_secs(300)).unwrap().calls <= 1);
    }

    #[test]
    fn failures_after_a_time_are_counted() {
        let times = times(&[1, 2, 3, 3, 9]);
        assert_eq!(times.after(at(2)), (3, Some(at(3))));
        assert_eq!(times.after(at(9)), (0, None));
    }

    #[test]
    fn a_key_takes_a_bounded_amount_of_memory() {
        let mut texts = Texts::default();
        let tally = Tally::of(at(0), Outcome::Success);
        for number in 0..5_000 {
            texts.record(&format!("10.0.{}.{}", number / 256, number % 256), tally);
        }
        assert_eq!((texts.len(), texts.order.len(), texts.has_more()), (MAX_TEXTS, MAX_TEXTS, true));
        assert_eq!(shortened(&"é".repeat(1000)).chars().count(), MAX_TEXT + 1);
        assert_eq!(shortened(" a\u{1b}b "), "a\\u{1b}b");
    }

    prop_compose! {
        fn call()(
            second in 0i64..4_000, source in proptest::option::of(0u32..400), action in "[a-c]",
            outcome in proptest::sample::select(
                &[Outcome::Success, Outcome::Denied, Outcome::Error, Outcome::Unknown][..],
            ),
            scopes in proptest::option::of(proptest::collection::vec("[rw]", 0..3)),
        ) -> Call {
            Call {
                named: Named::default(),
                time: at(second),
                source: source.map(|number| format!("10.0.0.{number}")),
                action: Some(action),
                principal: None,
                outcome,
                scopes,
            }
        }
    }

    fn summed(calls: &[Call]) -> Option<CallSummary> {
        let log = Text::from("aws");
        let marks = Marks { expires: Some(at(2_000)), stated: Some(at(100)), rotated: None, replaced: Some(at(3)) };
        let mut calls = calls.iter();
        let mut summary = CallSummary::of(calls.next()?, &log, marks, false);
        calls.for_each(|call| summary.record(call, &log, marks, false));
        Some(summary)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Over both bounds too: there are up to 2,000 calls with 400 sources and 4,000 times.
        #[test]
        fn order_and_pieces_do_not_matter(
            mut calls in proptest::collection::vec(call(), 2..2_000), cut: prop::sample::Index, seed: u64,
        ) {
            let whole = summed(&calls).unwrap();
            let cut = 1 + cut.index(calls.len() - 1);
            let (mut left, right) = (summed(&calls[..cut]).unwrap(), summed(&calls[cut..]).unwrap());
            left.merge(right);
            prop_assert_eq!(&left, &whole);
            // Any order will do.
            let mixed = |call: &Call| call.time.as_second().unsigned_abs().wrapping_mul(seed | 1);
            calls.sort_by_key(|call| (mixed(call), call.source.clone()));
            prop_assert_eq!(summed(&calls).unwrap(), whole);
        }

        /// The window that slides is the same as looking from every failure.
        #[test]
        fn bursts_are_those_of_a_plain_search(
            mut seconds in proptest::collection::vec(0i64..2_000, 1..60), window in 1i64..400,
        ) {
            let burst = times(&seconds).worst(SignedDuration::from_secs(window)).unwrap();
            seconds.sort_unstable();
            let within = |from: &i64| seconds.iter().filter(|s| (*from..from + window).contains(*s)).count();
            let plain = seconds.iter().map(within);
            prop_assert_eq!(burst.calls, plain.max().unwrap() as u64);
            prop_assert!(burst.last.as_second() - burst.first.as_second() < window);
        }

        /// What is kept of too many times claims no more than there was.
        #[test]
        fn coarse_times_never_claim_too_much(
            seconds in proptest::collection::vec(0i64..200_000, 1_500..2_500), window in 1i64..900,
        ) {
            let coarse = times(&seconds).worst(SignedDuration::from_secs(window)).unwrap();
            let mut sorted = seconds;
            sorted.sort_unstable();
            let within = |at: usize| sorted[at..].partition_point(|s| *s < sorted[at] + window);
            let most = (0..sorted.len()).map(within).max().unwrap();
            prop_assert!(coarse.calls as usize <= most, "{} of {most}", coarse.calls);
        }
    }
}
