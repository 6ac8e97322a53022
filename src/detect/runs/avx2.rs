//! Masks by AVX2: 32 bytes are classified by two table look-ups of their nibbles.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};
use std::ops::Range;

use super::super::rule::anchor::is_key_byte;
use super::BLOCK;

/// The first of the two tables for a class of ASCII bytes: for each low nibble, bit h is set when the byte with that low
/// nibble and high nibble h (below 8) is in the class. Together with [`HIGH`], which turns a high nibble into its bit,
/// one `and` decides.
const fn by_low_nibble(class: [bool; 128]) -> [u8; 16] {
    let mut table = [0u8; 16];
    let mut b = 0;
    while b < 128 {
        if class[b] {
            table[b & 15] |= 1 << (b >> 4);
        }
        b += 1;
    }
    table
}

/// The table of key characters.
static KEY: [u8; 16] = {
    let mut class = [false; 128];
    let mut b = 0;
    while b < 128 {
        class[b] = is_key_byte(b as u8);
        b += 1;
    }
    by_low_nibble(class)
};

/// The table of letters and digits.
static WORD: [u8; 16] = {
    let mut class = [false; 128];
    let mut b = 0;
    while b < 128 {
        class[b] = (b as u8).is_ascii_alphanumeric();
        b += 1;
    }
    by_low_nibble(class)
};

/// The bit of a high nibble; bytes from 0x80 have none and are never key characters.
static HIGH: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

/// A table in both halves of a vector, as the shuffle wants it.
#[inline]
#[target_feature(enable = "avx2")]
fn table(table: &[u8; 16]) -> __m256i {
    // SAFETY: the reference is to 16 bytes, and this load has no alignment to keep.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}

/// One bit per byte of the half block.
#[inline]
#[target_feature(enable = "avx2")]
fn half(bytes: &[u8; 32], low: __m256i, high: __m256i) -> u32 {
    // SAFETY: the reference is to 32 bytes, and this load has no alignment to keep.
    let v = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let nibble = _mm256_set1_epi8(0x0f);
    // The shuffle yields 0 for indices with the top bit set, so the low nibble is masked first.
    let by_low = _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble));
    let by_high = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16::<4>(v), nibble));
    let neither = _mm256_cmpeq_epi8(_mm256_and_si256(by_low, by_high), _mm256_setzero_si256());
    !_mm256_movemask_epi8(neither).cast_unsigned()
}

/// One bit per byte of the block.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(block: &[u8; BLOCK], low: __m256i, high: __m256i) -> u64 {
    let (halves, _) = block.as_chunks::<32>();
    u64::from(half(&halves[1], low, high)) << 32 | u64::from(half(&halves[0], low, high))
}

/// The walk with AVX2 masks.
#[target_feature(enable = "avx2")]
pub(super) fn for_each(text: &[u8], found: impl FnMut(Range<usize>)) {
    let (low, high) = (table(&KEY), table(&HIGH));
    super::walk(text, |block: &[u8; BLOCK]| mask(block, low, high), found);
}

/// One bit per byte: set for letters and digits.
#[target_feature(enable = "avx2")]
pub(super) fn words(block: &[u8; BLOCK]) -> u64 {
    mask(block, table(&WORD), table(&HIGH))
}
