//! Masks by AVX-512: 64 bytes at a time, classified by one look-up of the whole byte (VBMI).

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_or_si512, _mm512_permutex2var_epi8,
    _mm512_set1_epi8, _mm512_test_epi8_mask,
};

use super::super::rule::anchor::is_key_byte;
use super::super::rule::probes::LEN;
use super::{BLOCK, Masks, ProbeSet, Run};

/// Bits of [`CLASSES`].
const KEY: u8 = 1;
const WORD: u8 = 2;
const DIGIT: u8 = 4;

/// The classes of each ASCII byte.
static CLASSES: [u8; 128] = {
    let mut table = [0; 128];
    let mut b = 0;
    while b < 128 {
        let byte = b as u8;
        if is_key_byte(byte) {
            table[b] |= KEY;
        }
        if byte.is_ascii_alphanumeric() {
            table[b] |= WORD;
        }
        if byte.is_ascii_digit() {
            table[b] |= DIGIT;
        }
        b += 1;
    }
    table
};

/// A table of 128 bytes in two registers.
type Table = [__m512i; 2];

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn table(table: &[u8; 128]) -> Table {
    let (halves, _) = table.as_chunks::<BLOCK>();
    [load(&halves[0]), load(&halves[1])]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn load(bytes: &[u8; BLOCK]) -> __m512i {
    // SAFETY: the reference is to 64 bytes, and this load has no alignment to keep.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// What a table has for each byte, of which the lower seven bits count.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn look_up(bytes: __m512i, [low, high]: Table) -> __m512i {
    _mm512_permutex2var_epi8(low, bytes, high)
}

/// The walk with AVX-512 masks.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn for_each(text: &[u8], found: impl FnMut(Run)) {
    let classes = table(&CLASSES);
    let masks = |block: &[u8; BLOCK]| {
        let bytes = load(block);
        let classes = look_up(bytes, classes);
        let ascii = !_mm512_movepi8_mask(bytes);
        let among = |class: u8| _mm512_test_epi8_mask(classes, _mm512_set1_epi8(class.cast_signed())) & ascii;
        Masks { keys: among(KEY), words: among(WORD), digits: among(DIGIT) }
    };
    super::walk(text, masks, found);
}

/// The search for probes: two look-ups for each of their bytes, which are neighbours in memory.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn for_each_probe(text: &[u8], set: &ProbeSet, found: impl FnMut(usize)) {
    super::probes_by(text, found, |text, masks| fill(text, set, masks));
}

/// Fills the masks of as many blocks as it can; how many. Nothing else is called meanwhile, so that the tables stay in
/// registers.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn fill(text: &[u8], set: &ProbeSet, masks: &mut [u64]) -> usize {
    // One by one: arrays of tables would be copied through memory for each block.
    let [one, other] = &set.tables;
    let [a, b, c, d] = &one.whole;
    let (a1, b1, c1, d1) = (table(a), table(b), table(c), table(d));
    let [a, b, c, d] = &other.whole;
    let (a2, b2, c2, d2) = (table(a), table(b), table(c), table(d));
    super::fill_by(text, masks, |bytes| {
        let Some([a, b, c, d]) = neighbours(bytes) else { return 0 };
        let (a, b, c, d) = (load(a), load(b), load(c), load(d));
        let one = all(look_up(a, a1), look_up(b, b1), look_up(c, c1), look_up(d, d1));
        let other = all(look_up(a, a2), look_up(b, b2), look_up(c, c2), look_up(d, d2));
        let either = _mm512_or_si512(one, other);
        _mm512_test_epi8_mask(either, either)
    })
}

/// A block, and those that begin one, two and three bytes behind it.
#[inline(always)]
fn neighbours(bytes: &[u8; BLOCK + LEN - 1]) -> Option<[&[u8; BLOCK]; LEN]> {
    let from = |by: usize| bytes[by..].first_chunk();
    Some([from(0)?, from(1)?, from(2)?, from(3)?])
}

/// The bits that all have.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn all(a: __m512i, b: __m512i, c: __m512i, d: __m512i) -> __m512i {
    _mm512_and_si512(_mm512_and_si512(a, b), _mm512_and_si512(c, d))
}
