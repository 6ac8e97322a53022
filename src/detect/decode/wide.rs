//! UTF-16 inside of binary data: the strings of Windows programs, whose other bytes are no text.

use std::ops::Range;

use super::View;
use super::offsets::Builder;

/// Units that stand together at least; no key is shorter.
const MIN_UNITS: usize = 16;

/// The stretches of ASCII in UTF-16 that binary data holds, each as a line. Most data has none, which is found out by
/// looking at every sixteenth byte and its neighbours.
#[must_use]
pub fn wide(bytes: &[u8]) -> Option<View> {
    // Both sides of the map have to fit 32 bits; callers window what is larger.
    if bytes.len() > 1 << 30 {
        return None;
    }
    let mut text = Vec::new();
    let mut map = Builder::default();
    let mut from = 0;
    while let Some(stretch) = next(bytes, from) {
        let units = stretch.len() / 2;
        map.push(stretch.start, units, 1, 2);
        text.extend(bytes[stretch.clone()].iter().step_by(2));
        map.push(stretch.end, 1, 1, 0);
        text.push(b'\n');
        from = stretch.end;
    }
    (!text.is_empty()).then(|| View { bytes: text, offsets: map.finish(), part: None })
}

/// Whether there is one.
#[must_use]
pub fn has_wide(bytes: &[u8]) -> bool {
    next(bytes, 0).is_some()
}

/// The first stretch from `from` on. It begins with the character; the byte order makes no difference but to what is in
/// front of it or behind.
fn next(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    const STEP: usize = 16;
    let mut at = from;
    loop {
        // A stretch has 32 bytes, and so one of these groups of eight lies in it.
        at += bytes.get(at..)?.chunks(STEP).position(may_be_inside)? * STEP;
        for phase in [0, 1] {
            let stretch = around(bytes, at + phase, from);
            if stretch.len() >= 2 * MIN_UNITS {
                return Some(stretch);
            }
        }
        at += STEP;
    }
}

/// Whether the first eight bytes are characters of ASCII with NUL bytes in between.
#[inline]
fn may_be_inside(chunk: &[u8]) -> bool {
    const HIGH: u64 = 0xff00_ff00_ff00_ff00;
    let Some(group) = chunk.first_chunk().map(|group| u64::from_le_bytes(*group)) else { return false };
    let characters = match (group & HIGH, group & !HIGH) {
        (0, low) => low,
        (high, 0) => high >> 8,
        _ => return false,
    };
    // No byte of NUL among the four, and none above 0x7f.
    characters.wrapping_sub(0x0001_0001_0001_0001) & 0xff80_ff80_ff80_ff80 == 0
}

/// The stretch of units that one at `at` belongs to; empty where there is none.
fn around(bytes: &[u8], at: usize, from: usize) -> Range<usize> {
    let is_text = |c: u8| c.is_ascii_graphic() || matches!(c, b' ' | b'\t' | b'\r' | b'\n');
    let is_unit = |at: usize| matches!(bytes.get(at..at + 2), Some(&[c, 0]) if is_text(c));
    let (mut start, mut end) = (at, at);
    while start >= from + 2 && is_unit(start - 2) {
        start -= 2;
    }
    while is_unit(end) {
        end += 2;
    }
    start..end
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_are_found_at_their_places(
            parts in prop::collection::vec(("[!-~]{16,40}", prop::collection::vec(128u8.., 1..40)), 0..5),
        ) {
            let mut bytes = Vec::new();
            let mut places = Vec::new();
            for (string, between) in &parts {
                bytes.extend(between);
                places.push(bytes.len());
                bytes.extend(string.bytes().flat_map(|b| [b, 0]));
            }
            let text: String = parts.iter().map(|(string, _)| format!("{string}\n")).collect();
            prop_assert_eq!(has_wide(&bytes), !parts.is_empty());
            let Some(view) = wide(&bytes) else { return Ok(()) };
            prop_assert_eq!(String::from_utf8(view.bytes).unwrap(), text);
            let mut at = 0;
            for ((string, _), place) in parts.iter().zip(places) {
                let original = view.offsets.range_to_original(at + 1..at + string.len());
                prop_assert_eq!(original, place + 2..place + 2 * string.len());
                at += string.len() + 1;
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(prop_oneof![Just(0), Just(b'a'), any::<u8>()], 0..200)) {
            let view = wide(&bytes);
            prop_assert_eq!(view.is_some(), has_wide(&bytes));
        }
    }

    #[test]
    fn what_is_short_or_no_text_is_none() {
        assert!(!has_wide(&[0; 200]) && !has_wide(&[b'a'; 200]) && !has_wide(b""));
        assert!(!has_wide(&b"a\0".repeat(MIN_UNITS - 1)) && has_wide(&b"a\0".repeat(MIN_UNITS)));
        assert!(!has_wide(&b"\x01\0".repeat(200)));
    }
}
