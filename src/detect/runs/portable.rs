//! Masks without vector instructions of any particular processor.

use std::ops::Range;

use super::BLOCK;

/// 1 for key characters. Comparisons instead of a table, so that the compiler can classify many bytes at once.
#[inline(always)]
fn flag(b: u8) -> u8 {
    let letter = (b | 0x20).wrapping_sub(b'a') < 26;
    // `-`, `.`, `/` and the digits stand in a row.
    let digit_or_mark = b.wrapping_sub(b'-') < 13;
    u8::from(letter | digit_or_mark | (b == b'_') | (b == b'+') | (b == b'='))
}

pub(super) fn for_each(text: &[u8], found: impl FnMut(Range<usize>)) {
    super::walk(
        text,
        |block: &[u8; BLOCK]| {
            let flags = block.map(flag);
            let (eights, _) = flags.as_chunks::<8>();
            eights.iter().rev().fold(0, |mask, eight| {
                // The product moves the lowest bit of each byte to the top byte, first byte lowest.
                mask << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
            })
        },
        found,
    );
}
