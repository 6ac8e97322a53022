//! Judging a text that was made of another one: only what changed is looked at, the rest is carried over.
//!
//! Versions of a file have most of their bytes in common, and git stores them so: as stretches copied from another
//! version, and new bytes in between. What was found in copied bytes still holds wherever everything that decided about
//! it was copied along, in one stretch. So around every place where the two texts differ a *window* is opened, wide
//! enough for all candidates that the difference could reach; candidates in windows are judged anew, the others are
//! carried over to their new place. The outcome is that of looking at the whole text, candidate for candidate.
//!
//! How far a difference reaches:
//! - A candidate in a run depends on the whole run. Windows never end inside one.
//! - Its surroundings count for [`REACH_BEFORE`] bytes in front of it and [`REACH_AFTER`] behind it.
//! - A pattern reads at most [`NEAR`] bytes outside its run; those that may read farther leave a
//!   [`FarAnchor`], which is judged anew when anything changes within [`MAX_MATCH`] behind it.
//! - What is decoded (`coded`) begins less than [`REACH_BEFORE`] in front of the run or the escapes that made it worth
//!   a look; where it reaches farther behind than a pattern does, it leaves a [`FarAnchor`], too.
//! - A part of a credential may rest on another part before it, but that one on nothing else. When the outcome for one
//!   that others may rest on has changed, the window is widened by its reach.

use std::ops::Range;

use super::context::{REACH_AFTER, REACH_BEFORE};
use super::matcher::{Examined, FarAnchor, Judged, Search};
use super::rule::anchor::{NEAR, is_key_byte};
use super::trace::Silent;
use super::{Detector, MAX_MATCH};

/// Bytes in front of a difference that it may reach: a value and what its pattern reads end there, and the surroundings
/// behind it reach the difference.
const WINDOW_BEFORE: usize = NEAR + REACH_AFTER;
/// Bytes behind a difference that it may reach.
const WINDOW_AFTER: usize = NEAR + REACH_BEFORE;

/// A stretch of a text that is the same as a stretch of its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Offset in the text.
    pub to: usize,
    /// Offset in the base.
    pub from: usize,
    /// Length in bytes; not 0.
    pub len: usize,
}

impl Copied {
    /// Whether `next` goes on where this one ends, in both texts.
    #[must_use]
    pub(crate) fn continues_in(&self, next: &Copied) -> bool {
        self.to + self.len == next.to && self.from + self.len == next.from
    }
}

impl Detector {
    /// What [`examine`](Self::examine) makes of `text`, at the price of what is new in it.
    ///
    /// `base` is the outcome for a text of `base_len` bytes, with the same `literals_only`. `copied` says what `text`
    /// has of it: in the order of `to`, without overlaps in `text`; stretches that continue each other are one.
    #[must_use]
    pub(crate) fn examine_changes(
        &self,
        text: &[u8],
        literals_only: bool,
        base: &Examined,
        base_len: usize,
        copied: &[Copied],
    ) -> Examined {
        let dirty = differences(text.len(), base_len, copied);
        let mut windows = Windows::default();
        for range in around(&dirty) {
            windows.open(text, range);
        }
        windows.merge();
        // Finding out what to carry over would cost more than it saves.
        if windows.total() > text.len() / 4 * 3 {
            return self.examine(text, literals_only);
        }
        let far = self.far_anchors(text, base, copied, &dirty, &mut windows);
        loop {
            let mut silent = Silent;
            let mut search = Search::new(self, text, literals_only, &mut silent);
            let mut carried = carry(&base.in_runs, copied).filter(|judged| !windows.hold(judged.at)).peekable();
            for window in &windows.0 {
                while let Some(judged) = carried.next_if(|judged| judged.at < window.start) {
                    search.done.in_runs.push(judged);
                }
                search.look_up(window.clone());
                search.runs_of(window.clone());
            }
            search.done.in_runs.extend(carried);
            if self.widen(text, base, copied, &search.done, &mut windows) {
                continue;
            }
            let mut carried = carry(&base.anywhere, copied).filter(|judged| !windows.hold(judged.at)).peekable();
            for window in &windows.0 {
                while let Some(judged) = carried.next_if(|judged| judged.at < window.start) {
                    search.done.anywhere.push(judged);
                }
                search.anywhere_in(window.clone());
            }
            search.done.anywhere.extend(carried);
            let mut carried = carry(&base.chains, copied).filter(|judged| !windows.hold(judged.at)).peekable();
            for window in &windows.0 {
                while let Some(judged) = carried.next_if(|judged| judged.at < window.start) {
                    search.done.chains.push(judged);
                }
                search.chains_in(window.clone());
            }
            search.done.chains.extend(carried);
            search.done.far.extend(far.iter().filter(|anchor| !windows.hold(anchor.at)));
            return search.done;
        }
    }

    /// Opens windows for patterns of far reach that a difference may concern; returns all of them that were copied.
    fn far_anchors(
        &self,
        text: &[u8],
        base: &Examined,
        copied: &[Copied],
        dirty: &[Range<usize>],
        windows: &mut Windows,
    ) -> Vec<FarAnchor> {
        let mut far = Vec::new();
        for stretch in copied {
            for anchor in &base.far {
                if (stretch.from..stretch.from + stretch.len).contains(&anchor.at) {
                    let at = anchor.at - stretch.from + stretch.to;
                    // A pattern that began before the stretch began in other bytes.
                    let Some(start) = (anchor.start + stretch.to).checked_sub(stretch.from) else { continue };
                    far.push(FarAnchor { at, start });
                }
            }
        }
        for anchor in &far {
            let from = anchor.at.min(anchor.start).saturating_sub(REACH_BEFORE + NEAR);
            let to = anchor.at.max(anchor.start) + MAX_MATCH + REACH_AFTER + NEAR;
            let first = dirty.partition_point(|range| range.end < from);
            if dirty.get(first).is_some_and(|range| range.start <= to) {
                windows.open(text, anchor.at..anchor.at + 1);
            }
        }
        windows.merge();
        far
    }

    /// Widens the windows where a part of a credential came or went on which later ones may rest; whether it did.
    fn widen(&self, text: &[u8], base: &Examined, copied: &[Copied], done: &Examined, windows: &mut Windows) -> bool {
        let bears = |judged: &Judged| !judged.by_part && self.ruleset().rule(judged.found.rule).part.is_some();
        let before: Vec<Judged> =
            carry(&base.in_runs, copied).filter(|judged| bears(judged) && windows.hold(judged.at)).collect();
        let after: Vec<&Judged> =
            done.in_runs.iter().filter(|judged| bears(judged) && windows.hold(judged.at)).collect();
        let gone = before.iter().filter(|judged| !after.contains(judged));
        let new = after.iter().copied().filter(|judged| !before.contains(judged));
        let reached: Vec<Range<usize>> = gone
            .chain(new)
            .map(|judged| judged.found.span.end..judged.found.span.end + REACH_BEFORE + NEAR + 1)
            .map(|range| range.start.min(text.len())..range.end.min(text.len()))
            .filter(|range| !windows.cover(range))
            .collect();
        for range in &reached {
            windows.open(text, range.clone());
        }
        windows.merge();
        !reached.is_empty()
    }
}

/// Where a text differs from its base: ranges between stretches, empty ones where only something is gone, in order.
fn differences(len: usize, base_len: usize, copied: &[Copied]) -> Vec<Range<usize>> {
    let mut dirty = Vec::new();
    let (mut to, mut from) = (0, 0);
    for stretch in copied {
        if (stretch.to, stretch.from) != (to, from) {
            dirty.push(to..stretch.to);
        }
        (to, from) = (stretch.to + stretch.len, stretch.from + stretch.len);
    }
    if (to, from) != (len, base_len) {
        dirty.push(to..len);
    }
    dirty
}

/// The differences with what around them may decide about a candidate in them; those that touch are one, as a change of
/// many small pieces would otherwise have its key characters looked for at each.
fn around(dirty: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> {
    let wide = |range: &Range<usize>| range.start.saturating_sub(WINDOW_BEFORE)..range.end + WINDOW_AFTER;
    dirty
        .chunk_by(move |range, next| wide(next).start <= wide(range).end)
        .filter_map(move |row| Some(wide(row.first()?).start..wide(row.last()?).end))
}

/// The candidates of the base that lie in copied stretches, at their new places, in the order of these.
fn carry<'a>(base: &'a [Judged], copied: &'a [Copied]) -> impl Iterator<Item = Judged> + 'a {
    copied.iter().flat_map(|&Copied { to, from, len }| {
        let first = base.partition_point(|judged| judged.at < from);
        base[first..].iter().take_while(move |judged| judged.at < from + len).filter_map(move |judged| {
            let moved = |offset: usize| (offset + to).checked_sub(from);
            let range = |range: &Range<usize>| Some(moved(range.start)?..moved(range.end)?);
            let mut judged = judged.clone();
            judged.at = moved(judged.at)?;
            judged.found.span = range(&judged.found.span)?;
            judged.found.whole = range(&judged.found.whole)?;
            Some(judged)
        })
    })
}

/// So many bytes are looked at together: all of them are key characters in the middle of encoded data.
const TOGETHER: usize = 32;

/// Whether all are key characters.
fn all_keys(bytes: &[u8; TOGETHER]) -> bool {
    bytes.iter().fold(true, |all, &b| all & is_key_byte(b))
}

/// Where the key characters begin that stand in a row in front of `at`.
fn start_of_keys(text: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = text[..at].last_chunk()
        && all_keys(bytes)
    {
        at -= TOGETHER;
    }
    at - text[..at].iter().rev().take_while(|&&b| is_key_byte(b)).count()
}

/// Where the key characters end that stand in a row from `at` on.
fn end_of_keys(text: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = text[at..].first_chunk()
        && all_keys(bytes)
    {
        at += TOGETHER;
    }
    at + text[at..].iter().take_while(|&&b| is_key_byte(b)).count()
}

/// Ranges of a text that are looked at anew; in order and apart from each other once merged.
#[derive(Default)]
struct Windows(Vec<Range<usize>>);

impl Windows {
    /// Adds a range, widened so that it neither begins nor ends between two key characters.
    fn open(&mut self, text: &[u8], range: Range<usize>) {
        let (mut start, mut end) = (range.start.min(text.len()), range.end.min(text.len()));
        // Most come in order: where the last one reaches this far, there is nothing to look for.
        if let Some(last) = self.0.last_mut().filter(|last| last.contains(&start)) {
            if end <= last.end {
                return;
            }
            start = last.start;
        }
        if text.get(start).is_some_and(|&b| is_key_byte(b)) {
            start = start_of_keys(text, start);
        }
        if end > 0 && is_key_byte(text[end - 1]) {
            end = end_of_keys(text, end);
        }
        match self.0.last_mut() {
            Some(last) if last.start == start => last.end = end.max(last.end),
            _ => self.0.push(start..end),
        }
    }

    fn merge(&mut self) {
        self.0.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(self.0.len());
        for range in self.0.drain(..) {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        self.0 = merged;
    }

    fn total(&self) -> usize {
        self.0.iter().map(Range::len).sum()
    }

    /// Whether a window holds this place.
    fn hold(&self, at: usize) -> bool {
        let after = self.0.partition_point(|range| range.start <= at);
        after.checked_sub(1).is_some_and(|i| at < self.0[i].end)
    }

    /// Whether one window holds all of this range.
    fn cover(&self, range: &Range<usize>) -> bool {
        let after = self.0.partition_point(|window| window.start <= range.start);
        range.is_empty() || after.checked_sub(1).is_some_and(|i| range.end <= self.0[i].end)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use rand::SeedableRng as _;

    use super::super::generate::Generator;
    use super::super::rule::Ruleset;
    use super::*;

    fn detector() -> &'static Detector {
        static DETECTOR: std::sync::OnceLock<Detector> = std::sync::OnceLock::new();
        DETECTOR.get_or_init(|| Detector::new(Arc::new(Ruleset::builtin())))
    }

    /// Pieces of which texts are made: keys of all rules, and what decides about candidates near them.
    fn piece(number: u32) -> Vec<u8> {
        let rules = detector().ruleset();
        let fixed: &[&str] = &[
            "\n",
            "\n\n",
            " ",
            "\"",
            "'",
            ": ",
            " = ",
            "=",
            "aws_secret_access_key",
            "api_key = \"",
            "password: ",
            "AWS",
            "Authorization: Bearer ",
            "-----BEGIN RSA PRIVATE KEY-----\n",
            "-----END RSA PRIVATE KEY-----\n",
            "https://user:",
            "@host.corp.net/",
            "stripe",
            "twilio",
            "datadog",
            "# some words of no meaning here\n",
            "\\n",
            "//",
            "abcdefghijklmnop",
            "0123456789abcdef0123456789abcdef",
            ".",
            "/",
            "token",
            "EXAMPLE",
        ];
        match number % 4 {
            0 => fixed[number as usize / 4 % fixed.len()].as_bytes().to_vec(),
            1 => b"the quick brown fox jumps over it\n".repeat(number as usize / 4 % 40),
            2 => {
                let mut seed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                (0..number / 4 % 90)
                    .map(|_| {
                        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        alphabet[(seed >> 58) as usize]
                    })
                    .collect()
            }
            3 if number & 0x70 == 0 && number > 127 => {
                let key = piece(number >> 7 << 2 | 3);
                coded(&key, number >> 12)
            }
            _ => {
                let all: Vec<_> = rules.iter().collect();
                // Parts of one credential are what depends on each other, so they come often.
                let parts: Vec<_> = all.iter().filter(|rule| rule.part.is_some()).collect();
                let pick = number as usize / 8;
                let rule = if number & 4 == 0 { all[pick % all.len()] } else { parts[pick % parts.len()] };
                Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(u64::from(number)))
            }
        }
    }

    /// Another form of a key.
    fn coded(key: &[u8], which: u32) -> Vec<u8> {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let each = |escape: &dyn Fn(u8) -> String| key.iter().map(|&b| escape(b)).collect::<String>();
        let lines = |text: String, width: usize, end: &str| {
            let lines: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            lines.join(end)
        };
        let text = match which % 12 {
            0 => STANDARD.encode(key),
            1 => URL_SAFE_NO_PAD.encode(key),
            2 => STANDARD.encode(STANDARD.encode(key)),
            3 => lines(STANDARD.encode(key), 64, "\n"),
            4 => lines(STANDARD.encode([b"a first line of text\n".repeat(20), key.to_vec()].concat()), 76, "\n  "),
            5 => hex::encode(key),
            6 => each(&|b| format!("%{b:02X}")),
            7 => each(&|b| format!("\\u{b:04x}")),
            8 => each(&|b| format!("&#{b};")),
            9 => each(&|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02X}") }),
            10 => lines(String::from_utf8_lossy(key).into_owned(), 20, "\" + \""),
            _ => lines(String::from_utf8_lossy(key).into_owned(), 75, "=\n"),
        };
        text.into_bytes()
    }

    fn text(pieces: &[u32]) -> Vec<u8> {
        pieces.iter().flat_map(|&number| piece(number)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn looking_at_changes_is_looking_at_all(
            base in proptest::collection::vec(any::<u32>(), 0..60),
            edits in proptest::collection::vec((0..10_000usize, 0..3000usize, any::<bool>(), any::<u32>()), 0..6),
            literals_only in proptest::bool::weighted(0.1),
        ) {
            let base = text(&base);
            let (mut new, mut copied): (Vec<u8>, Vec<Copied>) = (Vec::new(), Vec::new());
            // Stretches of the base, in order or not, some of them twice, with something in between or nothing.
            let mut at = 0;
            for (from, len, jump, insert) in edits {
                let from = if jump { from.min(base.len()) } else { at };
                let len = len.min(base.len() - from);
                let stretch = Copied { to: new.len(), from, len };
                if len > 0 {
                    match copied.last_mut() {
                        Some(last) if last.continues_in(&stretch) => last.len += len,
                        _ => copied.push(stretch),
                    }
                }
                new.extend_from_slice(&base[from..from + len]);
                if insert % 3 > 0 {
                    new.extend(piece(insert / 3));
                }
                at = from + len;
            }
            let rest = Copied { to: new.len(), from: at, len: base.len() - at };
            if rest.len > 0 {
                match copied.last_mut() {
                    Some(last) if last.continues_in(&rest) => last.len += rest.len,
                    _ => copied.push(rest),
                }
                new.extend_from_slice(&base[at..]);
            }
            let detector = detector();
            let examined = detector.examine(&base, literals_only);
            let by_changes = detector.examine_changes(&new, literals_only, &examined, base.len(), &copied);
            let whole = detector.examine(&new, literals_only);
            prop_assert_eq!(&by_changes.in_runs, &whole.in_runs);
            prop_assert_eq!(&by_changes.anywhere, &whole.anywhere);
            prop_assert_eq!(&by_changes.chains, &whole.chains);
            let sorted = |examined: &Examined| {
                let mut far: Vec<_> = examined.far.iter().map(|far| (far.at, far.start)).collect();
                far.sort_unstable();
                far.dedup();
                far
            };
            prop_assert_eq!(sorted(&by_changes), sorted(&whole));
        }
    }
}
