//! Masks by AVX2: 32 bytes are classified by two table look-ups of their nibbles.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_testz_si256,
};
use std::ops::Range;

use super::super::rule::anchor::is_key_byte;
use super::super::rule::probes::LEN;
use super::{BLOCK, Classes, Masks, ProbeSet, Run, TABLES};

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
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn table(table: &[u8; 16]) -> __m256i {
    // SAFETY: the reference is to 16 bytes, and this load has no alignment to keep.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the reference is to 32 bytes, and this load has no alignment to keep.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// The bytes of a half block whose bit of the class is set: not zero for bytes in the class, which are ASCII, and then
/// the bit of their high nibble.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn ascii_hits(bytes: &[u8; 32], low: __m256i, high: __m256i) -> __m256i {
    let v = load(bytes);
    _mm256_and_si256(by_low(v, low), by_high(v, high))
}

/// What a table has for the low nibbles of ASCII bytes. The shuffle looks at the low nibble and the top bit alone, and
/// yields 0 where that is set, so that nothing has to be masked for it.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn by_low(v: __m256i, table: __m256i) -> __m256i {
    _mm256_shuffle_epi8(table, v)
}

/// What a table has for the high nibbles.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn by_high(v: __m256i, table: __m256i) -> __m256i {
    _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16::<4>(v), _mm256_set1_epi8(0x0f)))
}

/// One bit per byte, set where it is zero.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn zero(v: __m256i) -> u32 {
    top(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()))
}

/// The top bit of each byte.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn top(v: __m256i) -> u32 {
    _mm256_movemask_epi8(v).cast_unsigned()
}

/// Two halves of a mask.
#[inline(always)]
fn join(first: u32, second: u32) -> u64 {
    u64::from(second) << 32 | u64::from(first)
}

/// What the bytes of half a block are: the masks of key characters, of letters and digits, and of digits.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn half_masks(bytes: &[u8; 32], keys: __m256i, words: __m256i, high: __m256i) -> [u32; 3] {
    let v = load(bytes);
    let high = by_high(v, high);
    let words = _mm256_and_si256(by_low(v, words), high);
    // The high nibble of digits is 3, and they are alone with it among letters and digits.
    let digits = top(_mm256_cmpeq_epi8(words, _mm256_set1_epi8(1 << 3)));
    [!zero(_mm256_and_si256(by_low(v, keys), high)), !zero(words), digits]
}

/// The walk with AVX2 masks.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn for_each(text: &[u8], found: impl FnMut(Run)) {
    super::walk(text, found, |blocks, masks| masks_of(blocks, masks));
}

/// The masks of blocks.
#[inline(never)]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn masks_of(blocks: &[[u8; BLOCK]], masks: &mut [Masks]) {
    let (keys, words, high) = (table(&KEY), table(&WORD), table(&HIGH));
    for (block, masks) in blocks.iter().zip(masks) {
        let [a, b] = halves(block);
        let (a, b) = (half_masks(a, keys, words, high), half_masks(b, keys, words, high));
        *masks = Masks { keys: join(a[0], b[0]), words: join(a[1], b[1]), digits: join(a[2], b[2]) };
    }
}

/// The search for separators with AVX2 masks.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn separators(text: &[u8], run: Range<usize>, found: impl FnMut(usize)) -> usize {
    let (low, high) = (table(&WORD), table(&HIGH));
    // The high nibble of digits is 3, and they are alone with it among letters and digits.
    let digit = _mm256_set1_epi8(1 << 3);
    super::separators_by(text, run, found, |block| {
        let [first, second] = halves(block).map(|half| ascii_hits(half, low, high));
        let digits = join(top(_mm256_cmpeq_epi8(first, digit)), top(_mm256_cmpeq_epi8(second, digit)));
        (!join(zero(first), zero(second)), digits)
    })
}

/// What each byte is.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn classes(block: &[u8; BLOCK]) -> Classes {
    let (low, high) = (table(&WORD), table(&HIGH));
    let halves = halves(block);
    let [first, second] = halves.map(|half| ascii_hits(half, low, high));
    let lower = join(lower(first), lower(second));
    let upper = join(upper(first), upper(second));
    let digits = join(top(_mm256_slli_epi16::<4>(first)), top(_mm256_slli_epi16::<4>(second)));
    let beyond = join(behind_f(load(halves[0])), behind_f(load(halves[1])));
    Classes { lower, upper, digits, beyond_hex: beyond & (lower | upper) }
}

/// High nibbles 6 and 7, whose bits are the top two. What a shift takes over from the neighbour stays below.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn lower(hits: __m256i) -> u32 {
    top(_mm256_or_si256(hits, _mm256_slli_epi16::<1>(hits)))
}

/// High nibbles 4 and 5.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn upper(hits: __m256i) -> u32 {
    top(_mm256_or_si256(_mm256_slli_epi16::<2>(hits), _mm256_slli_epi16::<3>(hits)))
}

/// Bytes above `f` when made lower case; bytes that are not ASCII are negative here.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn behind_f(v: __m256i) -> u32 {
    let folded = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
    top(_mm256_cmpgt_epi8(folded, _mm256_set1_epi8(b'f'.cast_signed())))
}

/// The search for probes: eight look-ups for each of their bytes, which are neighbours in memory.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn for_each_probe(text: &[u8], set: &ProbeSet, found: impl FnMut(usize)) {
    super::probes_by(text, found, |text, masks| fill(text, set, masks));
}

/// Fills the masks of as many blocks as it can; how many.
#[inline(never)]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn fill(text: &[u8], set: &ProbeSet, masks: &mut [u64]) -> usize {
    super::fill_by(text, masks, |bytes| {
        let (a, b) = (probes(bytes, 0, set), probes(bytes, 32, set));
        let either = _mm256_or_si256(a, b);
        if _mm256_testz_si256(either, either) == 1 { 0 } else { !join(zero(a), zero(b)) }
    })
}

/// Which groups have a probe that begins with each of 32 bytes, in any of the tables.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn probes(bytes: &[u8; BLOCK + LEN - 1], from: usize, set: &ProbeSet) -> __m256i {
    let mut among = [_mm256_set1_epi8(-1); TABLES];
    for i in 0..LEN {
        let Some(bytes) = bytes[from + i..].first_chunk::<32>() else { continue };
        let nibble = _mm256_set1_epi8(0x0f);
        let v = load(bytes);
        // The shuffle yields 0 for indices with the top bit set, so the low nibble is masked first.
        let (low, high) = (_mm256_and_si256(v, nibble), _mm256_and_si256(_mm256_srli_epi16::<4>(v), nibble));
        for (among, tables) in among.iter_mut().zip(&set.tables) {
            let [by_low, by_high] = &tables.halves[i];
            let hits =
                _mm256_and_si256(_mm256_shuffle_epi8(table(by_low), low), _mm256_shuffle_epi8(table(by_high), high));
            *among = _mm256_and_si256(*among, hits);
        }
    }
    let mut any = _mm256_setzero_si256();
    for among in among {
        any = _mm256_or_si256(any, among);
    }
    any
}

/// The two halves of a block.
#[inline(always)]
fn halves(block: &[u8; BLOCK]) -> [&[u8; 32]; 2] {
    let (halves, _) = block.as_chunks::<32>();
    [&halves[0], &halves[1]]
}
