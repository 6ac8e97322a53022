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
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 was just found to be there.
        return unsafe { avx2::for_each(text, found) };
    }
    portable::for_each(text, found);
}

/// Replaces `places` by the places of all bytes of a run that are neither letters nor digits, in order. Behind each of
/// them a key can begin. `run` is a part of `text`.
#[inline]
pub fn separators(text: &[u8], run: Range<usize>, places: &mut Vec<usize>) {
    places.clear();
    let mut at = run.start;
    while at < run.end {
        let words = match text[at..].first_chunk::<BLOCK>() {
            Some(block) => words(block),
            None => {
                let mut last = [0u8; BLOCK];
                let rest = &text[at..];
                last[..rest.len()].copy_from_slice(rest);
                words(&last)
            }
        };
        let mut others = !words;
        if run.end - at < BLOCK {
            others &= (1 << (run.end - at)) - 1;
        }
        while others != 0 {
            places.push(at + others.trailing_zeros() as usize);
            others &= others - 1;
        }
        at += BLOCK;
    }
}

/// One bit per byte: set for letters and digits.
#[inline]
fn words(block: &[u8; BLOCK]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: AVX2 was just found to be there.
        return unsafe { avx2::words(block) };
    }
    portable::words(block)
}

/// Name of the variant that [`for_each`] uses on this processor, for benchmarks and `--version`.
#[must_use]
pub fn variant() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
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
    const { assert!(MIN_RUN == 16, "the shifts below look for 16 bits in a row") };
    // Start of a run that reached the end of the last block; it is known to be long enough.
    let mut open: Option<usize> = None;
    // Key characters at the end of the last block that are too few to be a run yet.
    let mut pending = 0u64;
    let mut step = |base: usize, mut bits: u64| {
        if let Some(start) = open {
            if bits == u64::MAX {
                return;
            }
            let end = bits.trailing_ones();
            found(start..base + end as usize);
            open = None;
            bits &= u64::MAX << end;
            pending = 0;
        }
        // The last block below, this one above: bit i of `long` is set when 16 set bits start there.
        let mut window = u128::from(bits) << 64 | u128::from(pending);
        loop {
            let mut long = window & window >> 1;
            long &= long >> 2;
            long &= long >> 4;
            long &= long >> 8;
            if long == 0 {
                pending = bits;
                return;
            }
            let start = long.trailing_zeros();
            let end = start + (window >> start).trailing_ones();
            // Bits of `pending` belong to the block before.
            let from = base + start as usize - BLOCK;
            if end == 128 {
                open = Some(from);
                return;
            }
            found(from..base + end as usize - BLOCK);
            window &= u128::MAX << end;
            bits &= if end > 64 { u64::MAX << (end - 64) } else { u64::MAX };
        }
    };
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for (i, block) in blocks.iter().enumerate() {
        step(i * BLOCK, mask(block));
    }
    // A last block filled with bytes that are no key characters closes whatever is open.
    let mut last = [0u8; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    step(blocks.len() * BLOCK, mask(&last));
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
            assert_eq!(words(&block), expected, "{b}");
        }
    }

    proptest! {
        #[test]
        fn separators_are_all_marks_of_a_run(text in "[a-z0-9_./ -]{0,200}", from in 0..200usize, len in 0..200usize) {
            let text = text.as_bytes();
            let from = from.min(text.len());
            let run = from..(from + len).min(text.len());
            let expected: Vec<usize> = run.clone().filter(|&i| !text[i].is_ascii_alphanumeric()).collect();
            let mut places = vec![7];
            separators(text, run, &mut places);
            prop_assert_eq!(places, expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn variants_agree_on_arbitrary_bytes(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            check(&text);
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
