//! Masks without vector instructions of any particular processor.

use std::ops::Range;

use super::{BLOCK, Classes, Masks, ProbeSet, Run};

/// 1 for key characters. Comparisons instead of a table, so that the compiler can classify many bytes at once.
#[inline(always)]
fn flag(b: u8) -> u8 {
    let letter = (b | 0x20).wrapping_sub(b'a') < 26;
    // `-`, `.`, `/` and the digits stand in a row.
    let digit_or_mark = b.wrapping_sub(b'-') < 13;
    u8::from(letter | digit_or_mark | (b == b'_') | (b == b'+') | (b == b'='))
}

/// One bit for each of 64 bytes that are 0 or 1, lowest bit first.
#[inline(always)]
fn gather(flags: [u8; BLOCK]) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        // The product moves the lowest bit of each byte to the top byte, first byte lowest.
        mask << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

pub(super) fn for_each(text: &[u8], found: impl FnMut(Run)) {
    super::walk(text, found, |blocks, masks| {
        for (block, masks) in blocks.iter().zip(masks) {
            *masks = Masks { keys: gather(block.map(flag)), words: words(block), digits: digits(block) };
        }
    });
}

/// One bit per byte: set for letters and digits.
pub(super) fn words(block: &[u8; BLOCK]) -> u64 {
    gather(block.map(|b| u8::from((b | 0x20).wrapping_sub(b'a') < 26 || b.wrapping_sub(b'0') < 10)))
}

/// One bit per digit.
fn digits(block: &[u8; BLOCK]) -> u64 {
    gather(block.map(|b| u8::from(b.wrapping_sub(b'0') < 10)))
}

/// What each byte is.
pub(super) fn classes(block: &[u8; BLOCK]) -> Classes {
    let among = |first: u8, count: u8| gather(block.map(|b| u8::from(b.wrapping_sub(first) < count)));
    Classes {
        lower: among(b'a', 26),
        upper: among(b'A', 26),
        digits: digits(block),
        beyond_hex: among(b'g', 20) | among(b'G', 20),
    }
}

pub(super) fn separators(text: &[u8], run: Range<usize>, found: impl FnMut(usize)) -> usize {
    super::separators_by(text, run, found, |block| (words(block), digits(block)))
}

pub(super) fn for_each_probe(text: &[u8], set: &ProbeSet, mut found: impl FnMut(usize)) {
    for at in 0..text.len() {
        let byte = |i: usize| text.get(at + i).copied().unwrap_or(0);
        if set.contains([byte(0), byte(1), byte(2), byte(3)]) {
            found(at);
        }
    }
}
