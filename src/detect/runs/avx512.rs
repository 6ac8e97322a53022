//! Masks by AVX-512: 64 bytes at a time, classified by one look-up of the whole byte (VBMI).

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_maskz_mov_epi8, _mm512_movepi8_mask, _mm512_or_si512,
    _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_test_epi8_mask,
};

use super::super::rule::anchor::is_key_byte;
use super::super::rule::probes::LEN;
use super::{BLOCK, Masks, ProbeSet, ProbeTables, Run};

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
    super::walk(text, found, |blocks, masks| masks_of(blocks, masks));
}

/// The masks of blocks.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn masks_of(blocks: &[[u8; BLOCK]], masks: &mut [Masks]) {
    let classes = table(&CLASSES);
    let [key, word, digit] = [KEY, WORD, DIGIT].map(u8::cast_signed);
    let (key, word, digit) = (_mm512_set1_epi8(key), _mm512_set1_epi8(word), _mm512_set1_epi8(digit));
    for (block, masks) in blocks.iter().zip(masks) {
        let bytes = load(block);
        // Bytes that are not ASCII are in no class.
        let classes = _mm512_maskz_mov_epi8(!_mm512_movepi8_mask(bytes), look_up(bytes, classes));
        *masks = Masks {
            keys: _mm512_test_epi8_mask(classes, key),
            words: _mm512_test_epi8_mask(classes, word),
            digits: _mm512_test_epi8_mask(classes, digit),
        };
    }
}

/// The search for probes: four look-ups for each of their bytes, which are neighbours in memory.
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
    let [one, two, three, four] = &set.tables;
    let (one, two, three, four) = (tables(one), tables(two), tables(three), tables(four));
    super::fill_by(text, masks, |bytes| {
        let Some([a, b, c, d]) = neighbours(bytes) else { return 0 };
        let bytes = (load(a), load(b), load(c), load(d));
        let (first, last) =
            (_mm512_or_si512(all(bytes, one), all(bytes, two)), _mm512_or_si512(all(bytes, three), all(bytes, four)));
        let any = _mm512_or_si512(first, last);
        _mm512_test_epi8_mask(any, any)
    })
}

/// One for each byte of a probe.
type Four = (__m512i, __m512i, __m512i, __m512i);

/// The tables of eight groups.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn tables(tables: &ProbeTables) -> Four {
    let [a, b, c, d] = &tables.folded;
    (load(a), load(b), load(c), load(d))
}

/// For each place, which of eight groups have a probe there.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi1,bmi2,lzcnt,popcnt")]
fn all(bytes: Four, tables: Four) -> __m512i {
    // The lower six bits of each byte are what the look-up takes.
    let ab = _mm512_and_si512(_mm512_permutexvar_epi8(bytes.0, tables.0), _mm512_permutexvar_epi8(bytes.1, tables.1));
    let cd = _mm512_and_si512(_mm512_permutexvar_epi8(bytes.2, tables.2), _mm512_permutexvar_epi8(bytes.3, tables.3));
    _mm512_and_si512(ab, cd)
}

/// A block, and those that begin one, two and three bytes behind it.
#[inline(always)]
fn neighbours(bytes: &[u8; BLOCK + LEN - 1]) -> Option<[&[u8; BLOCK]; LEN]> {
    let from = |by: usize| bytes[by..].first_chunk();
    Some([from(0)?, from(1)?, from(2)?, from(3)?])
}
