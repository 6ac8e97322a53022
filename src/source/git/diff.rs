//! What of a file is new against an earlier version of it.
//!
//! The bytes themselves are compared, line by line, with the algorithm that git uses by default; no attribute and no
//! configuration has a say. Line ends do not count: a line that got another one, or one at the end of the file, holds
//! nothing that it did not hold before.

use std::collections::HashMap;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Above so many bytes in both versions together, only lines that the earlier one does not have at all are new. That
/// takes time in proportion to the bytes, whatever they are, and a fraction of the memory.
const EXACT: usize = 64 << 20;

/// Byte ranges of `new` whose lines `old` does not have at that place, in order, without their line ends; neighbouring
/// lines are one range.
#[must_use]
pub fn added(old: &[u8], new: &[u8]) -> Vec<Range<usize>> {
    if old == new {
        return Vec::new();
    }
    if old.len() + new.len() > EXACT {
        let known: std::collections::HashSet<&[u8]> = Lines::of(old).map(|line| &old[line]).collect();
        return joined(Lines::of(new).filter(|line| !known.contains(&new[line.clone()])));
    }
    let mut input: InternedInput<&[u8]> = InternedInput::default();
    input.update_before(Lines::of(old).map(|line| &old[line]));
    input.update_after(Lines::of(new).map(|line| &new[line]));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let lines = Lines::of(new).zip(0u32..);
    joined(lines.filter(|&(_, number)| diff.is_added(number)).map(|(line, _)| line))
}

/// Whether most of `new` stands in `old`: what git calls a rename when one is gone and the other is new. At least half
/// of the bytes of the larger one have to be in lines that both have, as with `git diff --find-renames`.
#[must_use]
pub fn is_similar(old: &[u8], new: &[u8]) -> bool {
    let larger = old.len().max(new.len());
    if old.len().min(new.len()) < larger / 2 {
        return false;
    }
    let mut counts: HashMap<&[u8], usize> = HashMap::new();
    for line in Lines::of(old) {
        *counts.entry(&old[line]).or_default() += 1;
    }
    let mut shared = 0;
    for line in Lines::of(new) {
        if let Some(count) = counts.get_mut(&new[line.clone()])
            && *count > 0
        {
            *count -= 1;
            shared += line.len() + 1;
        }
    }
    shared * 2 >= larger
}

fn joined(lines: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            // A line feed, perhaps with a carriage return, lies between neighbours.
            Some(last) if line.start <= last.end + 2 && line.start > last.end => last.end = line.end,
            _ => ranges.push(line),
        }
    }
    ranges
}

/// The lines of a file without their ends, `\n` or `\r\n`; what stands behind the last line end counts unless it is
/// empty.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Lines<'t> {
    /// Those of `text`.
    #[must_use]
    pub fn of(text: &'t [u8]) -> Self {
        Lines { text, at: 0 }
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let end = memchr::memchr(b'\n', &self.text[start..]).map_or(self.text.len(), |i| start + i);
        self.at = end + 1;
        let bare = if self.text[start..end].ends_with(b"\r") { end - 1 } else { end };
        Some(start..bare)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn added_text(old: &str, new: &str) -> Vec<String> {
        added(old.as_bytes(), new.as_bytes()).into_iter().map(|range| new[range].to_owned()).collect()
    }

    #[test]
    fn added_and_changed_lines_are_new() {
        assert_eq!(added_text("a\nb\nc\n", "a\nx\ny\nc\nz\n"), ["x\ny", "z"]);
        assert_eq!(added_text("", "a\nb"), ["a\nb"]);
        assert_eq!(added_text("a\nb\n", "a\n"), [""; 0]);
        assert_eq!(added_text("a\na\n", "a\na\na\n").concat(), "a");
    }

    #[test]
    fn line_ends_do_not_count() {
        assert_eq!(added_text("a\nb", "a\nb\n"), [""; 0]);
        assert_eq!(added_text("a\nb", "a\nb\nc"), ["c"]);
        assert_eq!(added_text("a\nb\n", "a\r\nb\r\n"), [""; 0]);
        assert_eq!(added_text("a\r\nb\r\n", "a\r\nx\r\ny\r\nb"), ["x\r\ny"]);
    }

    #[test]
    fn half_of_the_larger_one_makes_a_rename() {
        let text = |lines: Range<u32>| lines.map(|n| format!("line {n:05}\n")).collect::<String>();
        let similar = |a: &str, b: &str| is_similar(a.as_bytes(), b.as_bytes());
        assert!(similar(&text(0..10), &text(0..10)) && similar(&text(0..10), &text(5..15)));
        assert!(!similar(&text(0..10), &text(6..16)) && !similar(&text(0..10), &text(0..21)));
        // A line that stands there once speaks once.
        assert!(!similar(&(text(0..1) + &text(20..29)), &text(0..1).repeat(10)));
    }

    /// Two texts that share nothing in order make the simple algorithm quadratic.
    #[test]
    fn hostile_texts_take_no_long_time() {
        let line = |n: u32| format!("{}\n", n % 1000);
        let old: String = (0..200_000).map(line).collect();
        let new: String = (0..200_000).rev().map(|n| line(n * 7)).collect();
        let started = Instant::now();
        let _ = added(old.as_bytes(), new.as_bytes());
        let _ = added("\n".repeat(4 << 20).as_bytes(), "x\n".repeat(2 << 20).as_bytes());
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn what_is_not_added_stood_there_in_order(old in "[abc\r\n]{0,40}", new in "[abc\r\n]{0,40}") {
            let ranges = added(old.as_bytes(), new.as_bytes());
            let is_added = |line: &Range<usize>| ranges.iter().any(|r| r.start <= line.start && line.end <= r.end);
            let mut earlier = Lines::of(old.as_bytes()).map(|line| &old[line]);
            for line in Lines::of(new.as_bytes()).filter(|line| !is_added(line)) {
                prop_assert!(earlier.any(|known| known == &new[line.clone()]), "{:?}", &new[line]);
            }
        }
    }
}
