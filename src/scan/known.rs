//! Values that were found in a text, looked for wherever a report shows something of it.
//!
//! A value counts as found where something speaks for it: `password = "…"`. The line may hold it once more, where
//! nothing does: `mysqldump --password=…`, `# was: …`. What a report hides in one place it must not show in another.

use std::collections::HashSet;
use std::ops::Range;

use crate::secret::redact;

/// Values shorter than this, in bytes, are words like others: hiding them would only tell where they stand.
pub const SHORT: usize = 4;

/// Looks for the values of one text. A text can hold a hundred thousand keys, of which each is shown in a line of its
/// own; so this is made in little more than the time that sorting takes, and most bytes of a line are passed over by
/// what values begin with.
#[derive(Debug, Default)]
pub struct Known<'t> {
    /// In order, each once.
    values: Vec<&'t [u8]>,
    /// For each value, the longest other one that it begins with.
    shorter: Vec<Option<usize>>,
    heads: HashSet<[u8; SHORT]>,
    longest: usize,
}

impl<'t> Known<'t> {
    /// Looks for these.
    pub fn new(values: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut values: Vec<&[u8]> = values.filter(|value| value.len() >= SHORT).collect();
        values.sort_unstable();
        values.dedup();
        let mut shorter: Vec<Option<usize>> = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            // What a value begins with stands before it, and so does all that begins with that.
            let mut before = index.checked_sub(1);
            while let Some(other) = before.filter(|&other| !value.starts_with(values[other])) {
                before = shorter[other];
            }
            shorter.push(before);
        }
        let heads = values.iter().filter_map(|value| value.first_chunk().copied()).collect();
        let longest = values.iter().map(|value| value.len()).max().unwrap_or(0);
        Known { values, shorter, heads, longest }
    }

    /// Length of the longest, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Where they stand in a piece of a text, in order and without overlaps.
    pub fn spans(&self, text: &[u8], piece: Range<usize>) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        let mut at = piece.start;
        while !self.values.is_empty() && at + SHORT <= piece.end {
            match self.length_at(&text[at..piece.end]) {
                Some(length) => {
                    spans.push(at..at + length);
                    at += length;
                }
                None => at += 1,
            }
        }
        spans
    }

    /// Length of the longest value that a text begins with.
    fn length_at(&self, text: &[u8]) -> Option<usize> {
        if !text.first_chunk().is_some_and(|head| self.heads.contains(head)) {
            return None;
        }
        // All that stands between a value and a text which begins with it begins with it, too.
        let mut last = self.values.partition_point(|value| *value <= text).checked_sub(1);
        while let Some(index) = last.filter(|&index| !text.starts_with(self.values[index])) {
            last = self.shorter[index];
        }
        last.map(|index| self.values[index].len())
    }

    /// A text without them.
    pub fn hidden_in(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for span in self.spans(bytes, 0..bytes.len()) {
            shown.push_str(&String::from_utf8_lossy(&bytes[at..span.start]));
            shown.push_str(&redact(&bytes[span.clone()]));
            at = span.end;
        }
        shown.push_str(&String::from_utf8_lossy(&bytes[at..]));
        shown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_longest_value_is_found_wherever_one_stands(
            values in prop::collection::vec("[ab]{4,9}", 0..12),
            text in "[abc]{0,60}",
        ) {
            let known = Known::new(values.iter().map(String::as_bytes));
            let mut spans = Vec::new();
            let mut at = 0;
            while at < text.len() {
                let here = values.iter().filter(|value| text[at..].starts_with(value.as_str())).map(String::len).max();
                spans.extend(here.map(|length| at..at + length));
                at += here.unwrap_or(1);
            }
            prop_assert_eq!(known.spans(text.as_bytes(), 0..text.len()), spans);
        }
    }

    #[test]
    fn words_are_no_values() {
        let known = Known::new([&b"abc"[..], b"swordfish-1", b"swordfish-12"].into_iter());
        assert_eq!(known.hidden_in("abc swordfish-12 swordfish-1"), "abc s\u{2026} s\u{2026}");
        assert_eq!(Known::default().hidden_in("ünïcode"), "ünïcode");
    }
}
