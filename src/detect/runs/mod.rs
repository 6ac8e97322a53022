//! Runs: the unbroken stretches of key characters in which keys can stand.
//!
//! A *run* is a maximal stretch of at least 16 key characters (letters, digits,
//! `_ - + / = .`). Everything else of the detector looks only at runs, so this pass sees every byte and has to be
//! cheap: it turns 64 bytes at a time into a bit mask of key characters and looks for 16 set bits in a row.
//!
//! The masks are made by AVX-512 or AVX2 where the processor has it (asked at run time), and otherwise by portable code
//! that a compiler can vectorise; the walk over the masks is the same for all. Tests hold the variants together.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

use std::ops::Range;

use super::rule::anchor::MIN_RUN;
use super::rule::probes::{GROUPS, LEN, Probe};

/// Bytes per mask.
const BLOCK: usize = 64;

/// A run, and what is known about it beside its place.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where it stands.
    pub range: Range<usize>,
    /// What its bytes are; only known of a run that reaches over two blocks at most.
    marks: Option<Marks>,
}

/// What the bytes of a run are.
#[derive(Clone, Copy, Debug)]
struct Marks {
    /// One bit for each byte, the first one lowest: set for those that are neither letters nor digits.
    separators: [u64; 2],
    /// How many are digits.
    digits: usize,
}

impl Run {
    /// Calls `found` with the places of all bytes that are neither letters nor digits, in order, and returns the number
    /// of digits. Behind each of the places a key can begin. `text` is what the run was found in.
    #[inline(always)]
    pub(crate) fn separators(&self, text: &[u8], mut found: impl FnMut(usize)) -> usize {
        let Some(marks) = self.marks else { return separators(text, self.range.clone(), found) };
        let mut first = self.range.start;
        for mut separators in marks.separators {
            while separators != 0 {
                found(first + separators.trailing_zeros() as usize);
                separators &= separators - 1;
            }
            first += BLOCK;
        }
        marks.digits
    }

    /// As [`separators`](Self::separators), but calls `found` with the places behind separators that `may` lets pass. It
    /// is asked of several places before what it lets pass is told: no branch to foretell.
    #[inline(always)]
    pub(crate) fn behind_separators(
        &self,
        text: &[u8],
        may: impl Fn(usize) -> bool,
        mut found: impl FnMut(usize),
    ) -> usize {
        let Some(marks) = self.marks else {
            return separators(text, self.range.clone(), |at| {
                if may(at + 1) {
                    found(at + 1);
                }
            });
        };
        let mut first = self.range.start + 1;
        for mut separators in marks.separators {
            let mut passed = 0u64;
            while separators != 0 {
                let bit = separators.trailing_zeros();
                passed |= u64::from(may(first + bit as usize)) << bit;
                separators &= separators - 1;
            }
            while passed != 0 {
                found(first + passed.trailing_zeros() as usize);
                passed &= passed - 1;
            }
            first += BLOCK;
        }
        marks.digits
    }
}

/// Calls `found` with every run of `text`, in order.
#[inline]
pub fn for_each(text: &[u8], found: impl FnMut(Run)) {
    #[cfg(target_arch = "x86_64")]
    match vectors() {
        // SAFETY: what the function needs was just found to be there.
        Vectors::Avx512 => return unsafe { avx512::for_each(text, found) },
        // SAFETY: likewise.
        Vectors::Avx2 => return unsafe { avx2::for_each(text, found) },
        Vectors::None => {}
    }
    portable::for_each(text, found);
}

/// As [`Run::separators`], for a part of a run. `run` is a part of `text`.
#[inline]
pub(crate) fn separators(text: &[u8], run: Range<usize>, found: impl FnMut(usize)) -> usize {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        // SAFETY: what the function needs was just found to be there.
        return unsafe { avx2::separators(text, run, found) };
    }
    portable::separators(text, run, found)
}

/// Calls `found` with the classes of each 64 bytes of `value`, in order; a last block is filled up with marks.
#[inline]
pub(super) fn for_each_block(value: &[u8], mut found: impl FnMut(Classes)) {
    let (blocks, rest) = value.as_chunks::<BLOCK>();
    blocks.iter().for_each(|block| found(classes(block)));
    if !rest.is_empty() {
        let mut last = [0u8; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        found(classes(&last));
    }
}

/// What each of 64 bytes is, one bit per byte, lowest bit first. A byte in no class is a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    /// `a` to `z`.
    pub lower: u64,
    /// `A` to `Z`.
    pub upper: u64,
    /// `0` to `9`.
    pub digits: u64,
    /// Letters `g` to `z` of either case.
    pub beyond_hex: u64,
}

#[inline]
fn classes(block: &[u8; BLOCK]) -> Classes {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        // SAFETY: what the function needs was just found to be there.
        return unsafe { avx2::classes(block) };
    }
    portable::classes(block)
}

/// A set of probes, as [`for_each_probe`] wants it.
#[derive(Clone, Debug)]
pub(super) struct ProbeSet {
    /// One for each eight groups.
    tables: [ProbeTables; TABLES],
}

/// Tables of a set of probes.
const TABLES: usize = GROUPS / 8;

/// Tables of eight groups of probes: which of them may have a byte, one bit each.
#[derive(Clone, Debug)]
struct ProbeTables {
    /// For each byte of a probe, by its lower six bits. Two of ASCII that share them are seldom as common as each other.
    folded: [[u8; FOLDED]; LEN],
    /// For each byte of a probe, by its low and by its high nibble.
    halves: [[[u8; 16]; 2]; LEN],
}

/// Bytes that the lower six bits tell apart.
const FOLDED: usize = 64;

/// The place of a byte among [`FOLDED`] ones.
#[inline(always)]
fn fold(b: u8) -> usize {
    usize::from(b) % FOLDED
}

impl ProbeSet {
    /// The set of these probes, each with its group. It holds all bytes which all occur in one group, or whose halves
    /// do, besides those that were asked for.
    pub(super) fn new(probes: impl Iterator<Item = (Probe, u8)>) -> Self {
        let none = || ProbeTables { folded: [[0; FOLDED]; LEN], halves: [[[0; 16]; 2]; LEN] };
        let mut set = ProbeSet { tables: std::array::from_fn(|_| none()) };
        for (probe, group) in probes {
            let group = usize::from(group) % GROUPS;
            let (tables, bit) = (&mut set.tables[group / 8], 1 << (group % 8));
            for ((folded, [low, high]), byte) in tables.folded.iter_mut().zip(&mut tables.halves).zip(probe) {
                match byte {
                    Some(b) => {
                        folded[fold(b)] |= bit;
                        low[usize::from(b & 15)] |= bit;
                        high[usize::from(b >> 4)] |= bit;
                    }
                    None => folded.iter_mut().chain(low).chain(high).for_each(|bits| *bits |= bit),
                }
            }
        }
        set
    }

    #[inline(always)]
    fn contains(&self, bytes: [u8; LEN]) -> bool {
        self.tables.iter().any(|tables| {
            let bits = |(table, b): (&[u8; FOLDED], u8)| table[fold(b)];
            tables.folded.iter().zip(bytes).map(bits).fold(u8::MAX, |all, bits| all & bits) != 0
        })
    }
}

/// Calls `found` with the places in `text` where a probe of the set stands, in order, and with some others: how many
/// depends on the processor. Behind the end of the text there are zeros; no probe begins there.
#[inline]
pub(super) fn for_each_probe(text: &[u8], set: &ProbeSet, found: impl FnMut(usize)) {
    #[cfg(target_arch = "x86_64")]
    match vectors() {
        // SAFETY: what the function needs was just found to be there.
        Vectors::Avx512 => return unsafe { avx512::for_each_probe(text, set, found) },
        // SAFETY: likewise.
        Vectors::Avx2 => return unsafe { avx2::for_each_probe(text, set, found) },
        Vectors::None => {}
    }
    portable::for_each_probe(text, set, found);
}

/// Which of the modules beside this one the processor can run.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vectors {
    /// None but [`portable`].
    None = 1,
    /// [`avx2`].
    Avx2,
    /// [`avx512`], and [`avx2`] as well.
    Avx512,
}

/// What the processor can run. Asked for every run, hence kept in a single byte.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn vectors() -> Vectors {
    use std::sync::atomic::{AtomicU8, Ordering};
    static KNOWN: AtomicU8 = AtomicU8::new(0);
    #[cold]
    fn find_out() -> Vectors {
        let avx2 = std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("lzcnt")
            && std::is_x86_feature_detected!("popcnt");
        let avx512 = std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512vbmi");
        let found = match (avx2, avx512) {
            (true, true) => Vectors::Avx512,
            (true, false) => Vectors::Avx2,
            (false, _) => Vectors::None,
        };
        KNOWN.store(found as u8, Ordering::Relaxed);
        found
    }
    match KNOWN.load(Ordering::Relaxed) {
        0 => find_out(),
        1 => Vectors::None,
        2 => Vectors::Avx2,
        _ => Vectors::Avx512,
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_avx2() -> bool {
    vectors() != Vectors::None
}

/// So many blocks are looked at before what was found in them: between two calls of other code the tables leave the
/// registers.
const BATCH: usize = 16;
const _: () = assert!(BATCH * BLOCK < u16::MAX as usize);

/// Most blocks have no more probes than this.
const AT_ONCE: usize = 2;

/// The search for probes. `fill` turns the blocks of a text, as far as as many bytes as a probe reaches over stand
/// behind them, into one bit per byte that begins one; it returns how many it turned.
#[inline(always)]
fn probes_by(text: &[u8], mut found: impl FnMut(usize), fill: impl Fn(&[u8], &mut [u64]) -> usize) {
    let mut masks = [0u64; BATCH];
    let mut places = [0u16; BATCH * BLOCK + AT_ONCE];
    let mut base = 0;
    while base < text.len() {
        let rest = &text[base..];
        let mut count = fill(rest, &mut masks);
        // What is left is padded: a block at most, and bytes that a probe reaches over.
        while count < BATCH && count * BLOCK < rest.len() {
            let rest = &rest[count * BLOCK..];
            let (mut last, len) = ([0u8; BLOCK + LEN - 1], rest.len().min(BLOCK + LEN - 1));
            last[..len].copy_from_slice(&rest[..len]);
            let within = if len < BLOCK { (1 << len) - 1 } else { u64::MAX };
            fill(&last, &mut masks[count..=count]);
            masks[count] &= within;
            count += 1;
        }
        let mut known = 0;
        for (block, &mask) in (0..).zip(&masks[..count]) {
            let (mut bits, here) = (mask, mask.count_ones() as usize);
            let mut written = 0;
            loop {
                // So many are written whether they are there or not: hardly a branch is foretold wrongly.
                for place in &mut places[known + written..][..AT_ONCE] {
                    *place = block * BLOCK as u16 + bits.trailing_zeros() as u16;
                    bits &= bits.wrapping_sub(1);
                }
                written += AT_ONCE;
                if written >= here {
                    break;
                }
            }
            known += here;
        }
        for &place in &places[..known] {
            found(base + usize::from(place));
        }
        base += count * BLOCK;
    }
}

/// Fills masks, each by `probes` from a block and the bytes behind it that a probe reaches over; how many.
#[inline(always)]
fn fill_by(text: &[u8], masks: &mut [u64], probes: impl Fn(&[u8; BLOCK + LEN - 1]) -> u64) -> usize {
    let count = masks.len().min((text.len() + 1).saturating_sub(LEN) / BLOCK);
    for (block, mask) in masks[..count].iter_mut().enumerate() {
        if let Some(bytes) = text[block * BLOCK..].first_chunk() {
            *mask = probes(bytes);
        }
    }
    count
}

/// The search for separators. `marks` turns a block into one bit per letter or digit, and one per digit.
#[inline(always)]
fn separators_by(
    text: &[u8],
    run: Range<usize>,
    mut found: impl FnMut(usize),
    marks: impl Fn(&[u8; BLOCK]) -> (u64, u64),
) -> usize {
    let mut digits = 0;
    let mut at = run.start;
    while at < run.end {
        let (words, numbers) = match text[at..].first_chunk::<BLOCK>() {
            Some(block) => marks(block),
            None => {
                let mut last = [0u8; BLOCK];
                let rest = &text[at..];
                last[..rest.len()].copy_from_slice(rest);
                marks(&last)
            }
        };
        let within = if run.end - at < BLOCK { (1 << (run.end - at)) - 1 } else { u64::MAX };
        digits += (numbers & within).count_ones() as usize;
        let mut others = !words & within;
        while others != 0 {
            found(at + others.trailing_zeros() as usize);
            others &= others - 1;
        }
        at += BLOCK;
    }
    digits
}

/// Name of the variant that [`for_each`] uses on this processor: `avx512`, `avx2` or `portable`.
#[must_use]
pub fn variant() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    match vectors() {
        Vectors::Avx512 => return "avx512",
        Vectors::Avx2 => return "avx2",
        Vectors::None => {}
    }
    "portable"
}

/// The portable variant, whatever the processor: what the others are tested and measured against.
pub fn for_each_portable(text: &[u8], found: impl FnMut(Run)) {
    portable::for_each(text, found);
}

/// What the bytes of a block are: one bit per byte, lowest bit first.
#[derive(Clone, Copy, Default)]
struct Masks {
    /// Key characters.
    keys: u64,
    /// Letters and digits.
    words: u64,
    /// Digits.
    digits: u64,
}

/// The walk over the masks of the blocks, which `fill` makes of as many blocks as there are masks.
#[inline(always)]
fn walk(text: &[u8], mut found: impl FnMut(Run), fill: impl Fn(&[[u8; BLOCK]], &mut [Masks])) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut masks = [Masks::default(); BATCH];
    let mut walk = Walk::default();
    for blocks in blocks.chunks(BATCH) {
        let masks = &mut masks[..blocks.len()];
        fill(blocks, masks);
        masks.iter().for_each(|masks| walk.step(*masks, &mut found));
    }
    // A last block filled with bytes that are no key characters closes whatever is open.
    let mut last = [[0u8; BLOCK]];
    last[0][..rest.len()].copy_from_slice(rest);
    fill(&last, &mut masks[..1]);
    walk.step(masks[0], &mut found);
}

#[derive(Default)]
struct Walk {
    /// Where the block begins.
    base: usize,
    /// Key characters in a row in front of it.
    open: usize,
    /// The letters and digits, and the digits, of the block before.
    words: u64,
    digits: u64,
}

impl Walk {
    /// Goes over a block.
    #[inline(always)]
    fn step(&mut self, masks: Masks, found: &mut impl FnMut(Run)) {
        const { assert!(MIN_RUN == 16, "the shifts below look for 16 bits in a row") };
        let (bits, base) = (masks.keys, self.base);
        if bits == u64::MAX {
            self.open += BLOCK;
        } else {
            let head = bits.trailing_ones() as usize;
            let tail = bits.leading_ones();
            // Without the bits that belong to neighbours. Bit i of `long` is set when 16 set bits start there.
            let inner = bits & bits.wrapping_add(1) & u64::MAX >> tail;
            let mut long = inner & inner >> 1;
            long &= long >> 2;
            long &= long >> 4;
            long &= long >> 8;
            if self.open + head >= MIN_RUN {
                found(Run { range: base - self.open..base + head, marks: self.marks(masks, head) });
            }
            while long != 0 {
                let start = long.trailing_zeros();
                let len = (inner >> start).trailing_ones();
                let all = u64::MAX >> (u64::BITS - len);
                let marks = Marks {
                    separators: [!(masks.words >> start) & all, 0],
                    digits: (masks.digits >> start & all).count_ones() as usize,
                };
                found(Run { range: base + start as usize..base + (start + len) as usize, marks: Some(marks) });
                long &= u64::MAX << (start + len);
            }
            self.open = tail as usize;
        }
        (self.words, self.digits) = (masks.words, masks.digits);
        self.base += BLOCK;
    }

    /// What the bytes of the run are that is open and ends behind `head` bytes of this block.
    #[inline(always)]
    fn marks(&self, masks: Masks, head: usize) -> Option<Marks> {
        if self.open > BLOCK {
            return None;
        }
        let both = |before: u64, here: u64| (u128::from(here) << BLOCK | u128::from(before)) >> (BLOCK - self.open);
        let all = (1u128 << (self.open + head)) - 1;
        let halves = |bits: u128| [bits as u64, (bits >> BLOCK) as u64];
        Some(Marks {
            separators: halves(!both(self.words, masks.words) & all),
            digits: (both(self.digits, masks.digits) & all).count_ones() as usize,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::rule::anchor::is_key_byte;
    use super::*;

    /// The definition, written as plainly as can be.
    fn by_definition(text: &[u8]) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        let mut start = 0;
        for i in 0..=text.len() {
            if i == text.len() || !is_key_byte(text[i]) {
                if i - start >= MIN_RUN {
                    runs.push(start..i);
                }
                start = i + 1;
            }
        }
        runs
    }

    /// The place of a run whose separators and digits are those that it has.
    fn checked(text: &[u8], run: &Run) -> Range<usize> {
        let mut separators = Vec::new();
        let digits = run.separators(text, |at| separators.push(at));
        let expected: Vec<usize> = run.range.clone().filter(|&i| !text[i].is_ascii_alphanumeric()).collect();
        assert_eq!(separators, expected);
        assert_eq!(digits, text[run.range.clone()].iter().filter(|b| b.is_ascii_digit()).count());
        let mut behind = Vec::new();
        assert_eq!(run.behind_separators(text, |at| at % 3 > 0, |at| behind.push(at)), digits);
        assert_eq!(behind, expected.into_iter().map(|at| at + 1).filter(|at| at % 3 > 0).collect::<Vec<_>>());
        run.range.clone()
    }

    fn check(text: &[u8]) {
        let expected = by_definition(text);
        let (mut portable, mut usual) = (Vec::new(), Vec::new());
        for_each_portable(text, |run| portable.push(checked(text, &run)));
        for_each(text, |run| usual.push(checked(text, &run)));
        #[cfg(target_arch = "x86_64")]
        if has_avx2() {
            let mut avx2 = Vec::new();
            // SAFETY: what the function needs was just found to be there.
            unsafe { avx2::for_each(text, |run| avx2.push(checked(text, &run))) };
            assert_eq!(avx2, expected, "avx2");
        }
        assert_eq!(portable, expected, "portable");
        assert_eq!(usual, expected, "{}", variant());
    }

    #[test]
    fn every_length_at_every_block_boundary() {
        for start in 0..140 {
            for len in 0..140 {
                let mut text = vec![b' '; 300];
                text[start..start + len].iter_mut().zip(b"k-7k_k4".iter().cycle()).for_each(|(b, key)| *b = *key);
                check(&text);
                check(&text[..start + len]);
            }
        }
    }

    #[test]
    fn every_byte_is_classified_alike() {
        for b in 0..=255u8 {
            for at in [0, 15, 16, 31, 32, 63, 64, 127] {
                let mut text = [b'a'; 160];
                text[at] = b;
                check(&text);
            }
        }
    }

    #[test]
    fn letters_and_digits_are_told_from_marks() {
        for b in 0..=255u8 {
            let block = [b; BLOCK];
            let expected = if b.is_ascii_alphanumeric() { u64::MAX } else { 0 };
            assert_eq!(portable::words(&block), expected, "{b}");
            let all = |class: bool| if class { u64::MAX } else { 0 };
            let letter = b.is_ascii_alphabetic();
            let expected = Classes {
                lower: all(b.is_ascii_lowercase()),
                upper: all(b.is_ascii_uppercase()),
                digits: all(b.is_ascii_digit()),
                beyond_hex: all(letter && !b.is_ascii_hexdigit()),
            };
            assert_eq!(portable::classes(&block), expected, "{b}");
            assert_eq!(classes(&block), expected, "{b}");
        }
    }

    proptest! {
        #[test]
        fn separators_are_all_marks_of_a_run(text in "[a-z0-9_./ -]{0,200}", from in 0..200usize, len in 0..200usize) {
            let text = text.as_bytes();
            let from = from.min(text.len());
            let run = from..(from + len).min(text.len());
            let expected: Vec<usize> = run.clone().filter(|&i| !text[i].is_ascii_alphanumeric()).collect();
            let digits = text[run.clone()].iter().filter(|b| b.is_ascii_digit()).count();
            let (mut usual, mut portable) = (Vec::new(), Vec::new());
            prop_assert_eq!(separators(text, run.clone(), |at| usual.push(at)), digits);
            prop_assert_eq!(portable::separators(text, run, |at| portable.push(at)), digits);
            prop_assert_eq!(&usual, &expected);
            prop_assert_eq!(&portable, &expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn variants_agree_on_arbitrary_bytes(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            check(&text);
        }

        #[test]
        fn all_variants_find_all_probes(
            text in proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'q'), any::<u8>()], 0..300),
            probes in proptest::collection::vec(
                prop_oneof![
                    Just([Some(b'a'), Some(b'q'), Some(b'a'), Some(b'q')]),
                    any::<[u8; 4]>().prop_map(|bytes| bytes.map(Some)),
                    any::<[u8; 2]>().prop_map(|[a, b]| [Some(a), Some(b), None, None]),
                ],
                0..12,
            ),
        ) {
            let set = ProbeSet::new((0..).map(|i| i / 2).zip(&probes).map(|(group, probe)| (*probe, group)));
            type Find<'a> = &'a dyn Fn(&mut dyn FnMut(usize));
            let places = |find: Find<'_>| {
                let mut places = Vec::new();
                find(&mut |at| places.push(at));
                places
            };
            let mut variants = vec![
                places(&|found| for_each_probe(&text, &set, found)),
                places(&|found| portable::for_each_probe(&text, &set, found)),
            ];
            #[cfg(target_arch = "x86_64")]
            if has_avx2() {
                // SAFETY: what the function needs was just found to be there.
                variants.push(places(&|found| unsafe { avx2::for_each_probe(&text, &set, found) }));
            }
            for found in variants {
                prop_assert!(found.is_sorted());
                for at in 0..text.len() {
                    let stands = |probe: &Probe| (0..LEN).all(|i| {
                        probe[i].is_none_or(|b| text.get(at + i).copied().unwrap_or(0) == b)
                    });
                    prop_assert!(!probes.iter().any(stands) || found.contains(&at), "{at}");
                }
            }
        }

        #[test]
        fn classes_are_those_of_each_byte(value in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut blocks = Vec::new();
            for_each_block(&value, |classes| blocks.push(classes));
            prop_assert_eq!(blocks.len(), value.len().div_ceil(BLOCK));
            for (i, &b) in value.iter().enumerate() {
                let has = |bits: u64| bits >> (i % BLOCK) & 1 == 1;
                let block = blocks[i / BLOCK];
                prop_assert_eq!(has(block.lower), b.is_ascii_lowercase());
                prop_assert_eq!(has(block.upper), b.is_ascii_uppercase());
                prop_assert_eq!(has(block.digits), b.is_ascii_digit());
                prop_assert_eq!(has(block.beyond_hex), b.is_ascii_alphabetic() && !b.is_ascii_hexdigit());
            }
        }

        #[test]
        fn variants_agree_on_text_with_runs(
            pieces in proptest::collection::vec((0..200usize, 1..4usize), 0..12), cut in 0..64usize
        ) {
            let mut text = Vec::new();
            for (run, gap) in pieces {
                text.extend(std::iter::repeat_n(b"aZ09_-+/=."[run % 10], run));
                text.extend(std::iter::repeat_n(b" \n\"\x80"[run % 4], gap));
            }
            check(&text);
            check(&text[cut.min(text.len())..]);
        }
    }
}
