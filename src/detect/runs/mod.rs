//! Runs: the unbroken stretches of key characters in which keys can stand.
//!
//! A *run* is a maximal stretch of at least [`MIN_RUN`] key characters (letters, digits,
//! `_ - + / = .`). Everything else of the detector looks only at runs, so this pass sees every byte and has to be
//! cheap: it turns 64 bytes at a time into a bit mask of key characters and looks for 16 set bits in a row.
//!
//! The masks are made by AVX2 where the processor has it (asked at run time), and otherwise by portable code that a
//! compiler can vectorise; the walk over the masks is the same for both. Tests hold the variants together.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use std::ops::Range;

use super::rule::anchor::MIN_RUN;

/// Bytes per mask.
const BLOCK: usize = 64;

/// Calls `found` with every run of `text`, in order.
#[inline]
pub fn for_each(text: &[u8], found: impl FnMut(Range<usize>)) {
    #[cfg(target_arch = "x86_64")]
    if has_vectors() {
        // SAFETY: what the function needs was just found to be there.
        return unsafe { avx2::for_each(text, found) };
    }
    portable::for_each(text, found);
}

/// Calls `found` with the places of all bytes of a run that are neither letters nor digits, in order, and returns the
/// number of its digits. Behind each of the places a key can begin. `run` is a part of `text`.
#[inline]
pub fn separators(text: &[u8], run: Range<usize>, found: impl FnMut(usize)) -> usize {
    #[cfg(target_arch = "x86_64")]
    if has_vectors() {
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
    if has_vectors() {
        // SAFETY: what the function needs was just found to be there.
        return unsafe { avx2::classes(block) };
    }
    portable::classes(block)
}

/// Three neighbouring bytes, of which the last one may be any.
pub(super) type Probe = [Option<u8>; 3];

/// A set of probes, as [`for_each_probe`] wants it: each has one of eight bits, and a table for each byte's low and high
/// nibble says which bits may have it.
#[derive(Clone, Debug, Default)]
pub(super) struct ProbeSet {
    tables: [[[u8; 16]; 2]; 3],
}

impl ProbeSet {
    /// So many groups of probes are told apart.
    pub(super) const GROUPS: usize = 8;

    /// The set of these probes, in at most [`GROUPS`](Self::GROUPS) groups. It holds all bytes whose halves all occur in
    /// one group, besides those that were asked for.
    pub(super) fn new(groups: &[Vec<Probe>]) -> Self {
        let mut set = ProbeSet::default();
        for (i, group) in groups.iter().enumerate() {
            let bit = 1 << (i % Self::GROUPS);
            for probe in group {
                for ([low, high], byte) in set.tables.iter_mut().zip(probe) {
                    match byte {
                        Some(b) => {
                            low[usize::from(b & 15)] |= bit;
                            high[usize::from(b >> 4)] |= bit;
                        }
                        None => low.iter_mut().chain(high).for_each(|bits| *bits |= bit),
                    }
                }
            }
        }
        set
    }

    fn contains(&self, bytes: [u8; 3]) -> bool {
        let bits = |([low, high], b): (&[[u8; 16]; 2], u8)| low[usize::from(b & 15)] & high[usize::from(b >> 4)];
        self.tables.iter().zip(bytes).map(bits).fold(u8::MAX, |all, bits| all & bits) != 0
    }
}

/// Calls `found` with the places in `text` where a probe of the set stands, in order. Behind the end of the text there
/// are zeros; no probe begins there.
#[inline]
pub(super) fn for_each_probe(text: &[u8], set: &ProbeSet, found: impl FnMut(usize)) {
    #[cfg(target_arch = "x86_64")]
    if has_vectors() {
        // SAFETY: what the function needs was just found to be there.
        return unsafe { avx2::for_each_probe(text, set, found) };
    }
    portable::for_each_probe(text, set, found);
}

/// Whether the processor has what the functions of [`avx2`] are compiled for. Asked for every run, hence kept in a
/// single byte.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_vectors() -> bool {
    use std::sync::atomic::{AtomicU8, Ordering};
    static KNOWN: AtomicU8 = AtomicU8::new(0);
    #[cold]
    fn find_out() -> bool {
        let has = std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("lzcnt")
            && std::is_x86_feature_detected!("popcnt");
        KNOWN.store(1 + u8::from(has), Ordering::Relaxed);
        has
    }
    match KNOWN.load(Ordering::Relaxed) {
        0 => find_out(),
        known => known == 2,
    }
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

/// Name of the variant that [`for_each`] uses on this processor, for benchmarks and `--version`.
#[must_use]
pub fn variant() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if has_vectors() {
        return "avx2";
    }
    "portable"
}

/// The portable variant, whatever the processor: what the others are tested and measured against.
pub fn for_each_portable(text: &[u8], found: impl FnMut(Range<usize>)) {
    portable::for_each(text, found);
}

/// The walk over the masks. `mask` turns a block into one bit per byte, lowest bit first.
#[inline(always)]
fn walk(text: &[u8], mask: impl Fn(&[u8; BLOCK]) -> u64, mut found: impl FnMut(Range<usize>)) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    // Key characters in a row at the end of the blocks so far.
    let mut open = 0;
    let mut base = 0;
    for block in blocks {
        open = step(base, mask(block), open, &mut found);
        base += BLOCK;
    }
    // A last block filled with bytes that are no key characters closes whatever is open.
    let mut last = [0u8; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    step(base, mask(&last), open, &mut found);
}

/// Goes over the block at `base`, whose key characters are `bits`, behind `open` key characters in a row. Returns how
/// many there are in a row at its end.
#[inline(always)]
fn step(base: usize, bits: u64, open: usize, found: &mut impl FnMut(Range<usize>)) -> usize {
    const { assert!(MIN_RUN == 16, "the shifts below look for 16 bits in a row") };
    if bits == u64::MAX {
        return open + BLOCK;
    }
    let head = bits.trailing_ones() as usize;
    let tail = bits.leading_ones();
    // Without the bits that belong to neighbours. Bit i of `long` is set when 16 set bits start there.
    let inner = bits & bits.wrapping_add(1) & u64::MAX >> tail;
    let mut long = inner & inner >> 1;
    long &= long >> 2;
    long &= long >> 4;
    long &= long >> 8;
    if open + head >= MIN_RUN {
        found(base - open..base + head);
    }
    while long != 0 {
        let start = long.trailing_zeros();
        let end = start + (inner >> start).trailing_ones();
        found(base + start as usize..base + end as usize);
        long &= u64::MAX << end;
    }
    tail as usize
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

    fn check(text: &[u8]) {
        let expected = by_definition(text);
        let (mut portable, mut usual) = (Vec::new(), Vec::new());
        for_each_portable(text, |run| portable.push(run));
        for_each(text, |run| usual.push(run));
        assert_eq!(portable, expected, "portable");
        assert_eq!(usual, expected, "{}", variant());
    }

    #[test]
    fn every_length_at_every_block_boundary() {
        for start in 0..140 {
            for len in 0..140 {
                let mut text = vec![b' '; 300];
                text[start..start + len].fill(b'k');
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
        fn variants_agree_on_probes(
            text in proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'q'), any::<u8>()], 0..300),
            probes in proptest::collection::vec(
                prop_oneof![
                    Just([Some(b'a'), Some(b'q'), Some(b'a')]),
                    any::<[u8; 3]>().prop_map(|bytes| bytes.map(Some)),
                    any::<[u8; 2]>().prop_map(|[a, b]| [Some(a), Some(b), None]),
                ],
                0..12,
            ),
        ) {
            let groups: Vec<Vec<Probe>> = probes.chunks(2).map(<[_]>::to_vec).collect();
            let set = ProbeSet::new(&groups);
            let (mut portable, mut usual) = (Vec::new(), Vec::new());
            portable::for_each_probe(&text, &set, |at| portable.push(at));
            for_each_probe(&text, &set, |at| usual.push(at));
            prop_assert_eq!(&usual, &portable);
            for at in 0..text.len() {
                let stands = |probe: &Probe| (0..3).all(|i| {
                    probe[i].is_none_or(|b| text.get(at + i) == Some(&b))
                });
                prop_assert!(!probes.iter().any(stands) || usual.contains(&at));
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
