//! From offsets in decoded text back to offsets in the bytes it was decoded from.

use std::ops::Range;

/// A run of characters that all take `decoded_len` bytes in the text and `original_len` bytes in the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    decoded: u32,
    original: u32,
    decoded_len: u8,
    original_len: u8,
}

/// Leads from every offset in a decoded text to the original bytes.
///
/// It holds the places where the ratio between the two changes, so ASCII in UTF-16 or a notebook line without escapes
/// takes one entry of 12 bytes. **Memory**: at most 12 bytes for each character, and 12 more; each character has at
/// least 2 original bytes in UTF-16, so a window of 8 MiB needs at most 48 MiB, and that only if every character has
/// another length in UTF-8 than the one before. In JSON every change needs an escape of at least 2 bytes or the end of
/// a string, and makes at most two entries: at most 12 bytes for each original byte.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OffsetMap {
    /// In the order of both offsets; the last one stands for the end.
    segments: Vec<Segment>,
}

impl OffsetMap {
    /// Offset in the original of the character that the decoded byte at `offset` belongs to. An offset at or behind
    /// the end leads to just behind the last original byte that was decoded.
    #[must_use]
    pub fn to_original(&self, offset: usize) -> usize {
        self.character(offset).start
    }

    /// The original bytes of a decoded range: from the start of the character that its first byte belongs to, to the
    /// end of the one that its last byte belongs to. An empty range leads to an empty one.
    #[must_use]
    pub fn range_to_original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.to_original(range.start);
        let end = if range.end > range.start { self.character(range.end - 1).end } else { start };
        start..end.max(start)
    }

    /// The original bytes of one decoded character, by any of its bytes.
    fn character(&self, offset: usize) -> Range<usize> {
        let behind = self.segments.partition_point(|segment| segment.decoded as usize <= offset);
        let Some(segment) = behind.checked_sub(1).and_then(|at| self.segments.get(at)) else { return 0..0 };
        let index = (offset - segment.decoded as usize) / usize::from(segment.decoded_len);
        let start = segment.original as usize + index * usize::from(segment.original_len);
        start..start + usize::from(segment.original_len)
    }

    /// Number of places where the ratio changes, the end included: what the memory bound counts.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.segments.len()
    }
}

/// Makes an [`OffsetMap`] while text is decoded. Offsets must fit 32 bits, which its users see to.
#[derive(Debug, Default)]
pub(in crate::detect) struct Builder {
    segments: Vec<Segment>,
    decoded: u32,
    /// Just behind the last original byte decoded.
    original: u32,
}

impl Builder {
    /// What is decoded starts at this original offset; only an empty text needs to be told.
    pub(super) fn starting_at(original: usize) -> Self {
        Builder { original: u32::try_from(original).unwrap_or(u32::MAX), ..Builder::default() }
    }

    /// `count` characters follow, each of `decoded_len` bytes (at least one), the first one from the original bytes at
    /// `original`, the others behind it.
    pub(in crate::detect) fn push(&mut self, original: usize, count: usize, decoded_len: u8, original_len: u8) {
        debug_assert!(decoded_len > 0);
        let original = u32::try_from(original).unwrap_or(u32::MAX);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count == 0 {
            return;
        }
        let goes_on = self.original == original
            && self
                .segments
                .last()
                .is_some_and(|last| last.decoded_len == decoded_len && last.original_len == original_len);
        if !goes_on {
            self.segments.push(Segment { decoded: self.decoded, original, decoded_len, original_len });
        }
        self.decoded = self.decoded.saturating_add(count.saturating_mul(decoded_len.into()));
        self.original = original.saturating_add(count.saturating_mul(original_len.into()));
    }

    /// Just behind the last original byte decoded so far.
    pub(super) fn original_end(&self) -> usize {
        self.original as usize
    }

    pub(in crate::detect) fn finish(mut self) -> OffsetMap {
        self.segments.push(Segment { decoded: self.decoded, original: self.original, decoded_len: 1, original_len: 0 });
        self.segments.shrink_to_fit();
        OffsetMap { segments: self.segments }
    }
}

#[cfg(test)]
mod tests {
    use super::{Builder, OffsetMap};

    #[test]
    fn maps_runs_gaps_and_the_end() {
        let mut builder = Builder::default();
        builder.push(10, 3, 1, 2); // three ASCII characters in UTF-16
        builder.push(16, 1, 3, 2); // joined
        builder.push(40, 2, 1, 1); // behind a gap
        let map = builder.finish();
        let originals: Vec<usize> = (0..10).map(|offset| map.to_original(offset)).collect();
        assert_eq!(originals, [10, 12, 14, 16, 16, 16, 40, 41, 42, 42]);
        assert_eq!(map.range_to_original(0..3), 10..16);
        // Up to the last character's own end, not to where the next one starts.
        assert_eq!(map.range_to_original(1..6), 12..18);
        assert_eq!(map.range_to_original(5..7), 16..41);
        assert_eq!(map.range_to_original(2..2), 14..14);
        assert_eq!(map.range_to_original(6..99), 40..42);
    }

    #[test]
    fn a_uniform_text_is_one_entry() {
        let mut builder = Builder::default();
        for at in 0..1000 {
            builder.push(at * 2, 1, 1, 2);
        }
        assert_eq!(builder.finish().len(), 2);
    }

    #[test]
    fn an_empty_map_leads_to_the_start() {
        assert_eq!(OffsetMap::default().range_to_original(0..5), 0..0);
        assert!(Builder::default().finish().len() <= 1);
    }
}
