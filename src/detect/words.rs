//! Words near a value: the provider's name on the line of the value or on those around it.
//!
//! Thousands of words are looked for together. Each begins where a word of an identifier begins; at such a place its
//! first letters are asked of small sets, as [`super::starts`] does for keys, and only what these let pass is
//! compared. What was found is kept from one value to the next, since values that stand close together have their
//! surroundings in common.

use std::ops::Range;

use super::context::{REACH_AFTER, REACH_BEFORE};
use super::entropy;
use super::literals::Head;
use super::rule::anchor::MIN_RUN;
use super::runs;

/// Bytes around a word that decide whether it is one. They are part of the reach.
const EDGE: usize = 64;
const _: () = assert!(REACH_BEFORE > 4 * EDGE && REACH_AFTER > 2 * EDGE);

/// Letters of a word so short that it also turns up by chance: within other words, and in random data.
const SHORT: usize = 4;

/// Bits of a set of first letters: 4 KiB.
const BITS: usize = 1 << 15;

/// A set of context words, found together in one pass. Letters count alike in either case.
pub(super) struct Words {
    /// Words of two or three bytes, by these.
    short: Table,
    /// The others, by their first four: three are often those of another word.
    long: Table,
    /// Whether a word begins with something else than a letter or digit.
    marks: bool,
}

/// Words by their first bytes.
struct Table {
    /// One bit for each place that the first bytes of a word have.
    places: Box<[u64; BITS / 64]>,
    /// How many of the bits stand before each 64 of them.
    before: Box<[u16; BITS / 64]>,
    /// For each bit of `places`, where its words begin in `words`; one more than there are bits.
    first: Vec<u16>,
    words: Vec<Word>,
}

struct Word {
    head: Head,
    /// In lower case.
    bytes: Box<[u8]>,
    index: u16,
}

/// The words that stand in a stretch of a text.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Words that begin here are known.
    covered: Range<usize>,
    /// In the order of their starts.
    hits: Vec<Hit>,
}

#[derive(Clone, Copy, Debug)]
struct Hit {
    start: usize,
    end: usize,
    word: u16,
}

impl Table {
    /// The table of words, each with the place of its first bytes.
    fn new(mut all: Vec<(usize, Word)>) -> Self {
        all.sort_by(|(a, x), (b, y)| (a, &x.bytes).cmp(&(b, &y.bytes)));
        all.dedup_by(|(a, x), (b, y)| a == b && x.bytes == y.bytes);
        let mut places = Box::new([0u64; BITS / 64]);
        for (place, _) in &all {
            places[place / 64] |= 1 << (place % 64);
        }
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let mut before = Box::new([0; BITS / 64]);
        let mut count = 0;
        for (before, bits) in before.iter_mut().zip(places.iter()) {
            *before = small(count);
            count += bits.count_ones() as usize;
        }
        let mut first: Vec<u16> = Vec::with_capacity(count + 1);
        let mut start = 0;
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            first.push(small(start));
            start += same.len();
        }
        first.push(small(start));
        Table { places, before, first, words: all.into_iter().map(|(_, word)| word).collect() }
    }

    /// The words whose first bytes have this place.
    #[inline]
    fn at(&self, place: usize) -> &[Word] {
        let (group, bit) = (place / 64, place % 64);
        if self.places[group] >> bit & 1 == 0 {
            return &[];
        }
        let rank = usize::from(self.before[group]) + (self.places[group] & ((1 << bit) - 1)).count_ones() as usize;
        &self.words[usize::from(self.first[rank])..usize::from(self.first[rank + 1])]
    }
}

impl Words {
    /// Words in the order of their indices; one of a single byte is never found.
    pub(super) fn new(words: &[&str]) -> Self {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        for (index, word) in (0..u16::MAX).zip(words) {
            let bytes = word.to_ascii_lowercase().into_bytes();
            let folded: Vec<u8> = bytes.iter().map(|b| b | FOLD).collect();
            let word = || Word { head: Head::of(&folded), bytes: bytes.clone().into(), index };
            match *folded {
                [a, b, c, d, ..] => long.push((place(u32::from_le_bytes([a, b, c, d])), word())),
                [a, b, c] => short.push((place(u32::from_le_bytes([a, b, c, 0])), word())),
                // It stands wherever any third byte follows.
                [a, b] => {
                    short.extend((0..=u8::MAX).map(|c| (place(u32::from_le_bytes([a, b, c | FOLD, 0])), word())));
                }
                _ => {}
            }
        }
        let marks = short.iter().chain(&long).any(|(_, word)| !word.bytes[0].is_ascii_alphanumeric());
        Words { short: Table::new(short), long: Table::new(long), marks }
    }

    /// The words that stand near `value`: on its line, on the two lines above or the one below, within the reach.
    /// Words inside the value itself do not count. `seen` is kept from one value of a text to the next. The words are
    /// told by their indices; one that stands there twice is told twice.
    pub(super) fn near<'s>(
        &self,
        text: &[u8],
        value: Range<usize>,
        seen: &'s mut Seen,
    ) -> impl Iterator<Item = u16> + 's {
        let floor = value.start.saturating_sub(REACH_BEFORE - EDGE);
        let mut from = value.start;
        for _ in 0..3 {
            from = memchr::memrchr(b'\n', &text[floor..from.saturating_sub(1).max(floor)])
                .map_or(floor, |i| floor + i + 1);
        }
        let ceiling = (value.end + REACH_AFTER - EDGE).min(text.len());
        let mut to = value.end;
        for _ in 0..2 {
            to = memchr::memchr(b'\n', &text[(to + 1).min(ceiling)..ceiling])
                .map_or(ceiling, |i| (to + 1).min(ceiling) + i);
        }
        self.cover(text, from..to, seen);
        let first = seen.hits.partition_point(|hit| hit.start < from);
        let near = seen.hits[first..].iter().take_while(move |hit| hit.start < to);
        near.filter(move |hit| hit.end <= value.start || hit.start >= value.end && hit.end <= to).map(|hit| hit.word)
    }

    /// Finds the words that begin in a range and are not known yet.
    fn cover(&self, text: &[u8], range: Range<usize>, seen: &mut Seen) {
        let mut start = range.start;
        if seen.covered.start <= range.start && range.start <= seen.covered.end {
            start = seen.covered.end;
        } else {
            seen.hits.clear();
            seen.covered = range.start..range.start;
        }
        if start >= range.end {
            return;
        }
        seen.covered.end = range.end;
        // What stands in front of the first byte decides about it, too.
        let look = start.saturating_sub(1);
        let mut carry = (0, 0);
        let mut block = look;
        runs::for_each_block(&text[look..range.end], |classes| {
            let letters = classes.lower | classes.upper;
            let (letter_before, lower_before) = (letters << 1 | carry.0, classes.lower << 1 | carry.1);
            carry = (letters >> 63, classes.lower >> 63);
            let mut begins = !letter_before | lower_before & classes.upper;
            if !self.marks {
                begins &= letters | classes.digits;
            }
            while begins != 0 {
                let at = block + begins.trailing_zeros() as usize;
                begins &= begins - 1;
                if (start..range.end).contains(&at) {
                    self.at(text, at, &mut seen.hits);
                }
            }
            block += 64;
        });
        // Behind `\n`, `\r` and `\t` words begin as well.
        let known = seen.hits.len();
        let escapes = start.saturating_sub(2)..range.end.saturating_sub(2);
        for escape in memchr::memchr_iter(b'\\', text.get(escapes.clone()).unwrap_or_default()) {
            let at = escapes.start + escape + 2;
            if at >= start && matches!(text[at - 1], b'n' | b'r' | b't') {
                self.at(text, at, &mut seen.hits);
            }
        }
        if seen.hits.len() > known {
            seen.hits.sort_by_key(|hit| (hit.start, hit.end, hit.word));
            seen.hits.dedup_by_key(|hit| (hit.start, hit.end, hit.word));
        }
    }

    /// Finds the words that begin at a place where one can.
    #[inline]
    fn at(&self, text: &[u8], at: usize, hits: &mut Vec<Hit>) {
        let next = match text[at..].first_chunk::<8>() {
            Some(next) => *next,
            None => {
                let mut next = [0; 8];
                let rest = &text[at..];
                next[..rest.len()].copy_from_slice(rest);
                next
            }
        };
        let next = u64::from_le_bytes(next) | FOLDS;
        let first = next as u32;
        for word in self.short.at(place(first & 0x00ff_ffff)).iter().chain(self.long.at(place(first))) {
            let end = at + word.bytes.len();
            if word.head.fits(next)
                && text.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(&word.bytes))
                && ends_here(text, at, end)
                && !within_random(text, at, end)
            {
                hits.push(Hit { start: at, end, word: word.index });
            }
        }
    }
}

/// The bit in which the two cases of a letter differ. Other bytes are compared once more without it.
const FOLD: u8 = 0x20;
const FOLDS: u64 = u64::from_le_bytes([FOLD; 8]);

/// The place of the first folded bytes in a set.
#[inline(always)]
fn place(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9e37_79b9) >> (u32::BITS - BITS.trailing_zeros())) as usize
}

/// Whether a short word ends where a word of an identifier does; a longer one may have endings.
fn ends_here(text: &[u8], start: usize, end: usize) -> bool {
    end - start > SHORT
        || match text.get(end) {
            // `awsKey` and `AWSKey`, but neither `awsome` nor `AWSOME`.
            Some(next) if next.is_ascii_uppercase() => {
                text[end - 1].is_ascii_lowercase() || text.get(end + 1).is_some_and(u8::is_ascii_lowercase)
            }
            Some(next) => !next.is_ascii_lowercase(),
            None => true,
        }
}

/// Whether a short word is a piece of something that looks random, such as base64: there it stands by chance.
fn within_random(text: &[u8], start: usize, end: usize) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    if end - start > SHORT {
        return false;
    }
    let before = text[..start].iter().rev().take(EDGE - 2).take_while(is_part).count();
    let behind = text[end..].iter().take(EDGE - 2).take_while(is_part).count();
    let all = &text[start - before..end + behind];
    all.len() >= MIN_RUN && entropy::looks_random(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(words: &Words, text: &[u8], value: Range<usize>) -> u64 {
        in_bits(words.near(text, value, &mut Seen::default()))
    }

    fn in_bits(words: impl Iterator<Item = u16>) -> u64 {
        words.fold(0, |bits, word| bits | 1 << word)
    }

    #[test]
    fn words_stand_near_within_lines() {
        let words = Words::new(&["stripe", "aws", "b2", "<user>"]);
        let has = |text: &str| {
            let at = text.find("VALUE").unwrap_or(0);
            near(&words, text.as_bytes(), at..at + 5)
        };
        assert_eq!(has("stripe:\n  secret: VALUE"), 1);
        assert_eq!(has("a\nb\nc\nd: VALUE # stripe"), 1);
        assert_eq!(has("stripe\n1\n2\n3\nkey = VALUE"), 0);
        assert_eq!(has("lawsuit = VALUE"), 0);
        assert_eq!(has("myAwsKey = VALUE"), 2);
        assert_eq!(has("AWS_KEY=VALUE"), 2);
        assert_eq!(has("AWSKey=VALUE"), 2);
        assert_eq!(has("AWSOME=VALUE"), 0);
        assert_eq!(has("awsome=VALUE"), 0);
        assert_eq!(has("\"\\nAWS_KEY=VALUE"), 2);
        assert_eq!(has("https://aws.example.com/console/VALUE"), 2);
        assert_eq!(has("B2_KEY = VALUE"), 4);
        assert_eq!(has("VALUE b2"), 4);
        assert_eq!(has("<User>VALUE"), 8);
    }

    #[test]
    fn short_words_in_random_data_are_none() {
        use rand::{RngExt, SeedableRng};
        let words = Words::new(&["stripe", "aws"]);
        let mut rng = rand::rngs::StdRng::seed_from_u64(3);
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut counted = 0;
        for _ in 0..500 {
            let mut data: Vec<u8> = (0..120).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect();
            data[60..65].copy_from_slice(b"7aws+");
            let start = data.len() + 1;
            data.extend(b" VALUE");
            counted += near(&words, &data, start..start + 5);
        }
        assert!(counted < 2 * 25, "{counted}");
    }

    /// Where words begin, written as plainly as can be.
    fn begins(text: &[u8], start: usize) -> bool {
        match start.checked_sub(1).map(|i| text[i]) {
            Some(previous) if previous.is_ascii_alphabetic() => {
                let escape = matches!(previous, b'n' | b'r' | b't') && start >= 2 && text[start - 2] == b'\\';
                escape || previous.is_ascii_lowercase() && text[start].is_ascii_uppercase()
            }
            _ => true,
        }
    }

    proptest! {
        #[test]
        fn nothing_is_missed_and_nothing_is_found_twice_or_too_much(
            pieces in proptest::collection::vec(
                prop_oneof!["aws", "AWS", "Aws", "b2", "stripe", "Stripe_Key", "\\\\n", "\n", " ", "[a-zA-Z0-9_<{]", "[a-z0-9+/]{70}"],
                0..120,
            ),
            values in proptest::collection::vec((0usize..2000, 0usize..40), 1..6),
        ) {
            let names = ["aws", "stripe", "b2", "stripe_key", "<aws"];
            let words = Words::new(&names);
            let text = pieces.concat().into_bytes();
            let mut seen = Seen::default();
            for (start, len) in values {
                let start = start.min(text.len());
                let value = start..(start + len).min(text.len());
                let alone = near(&words, &text, value.clone());
                prop_assert_eq!(in_bits(words.near(&text, value, &mut seen)), alone);
            }
            let mut seen = Seen::default();
            words.cover(&text, 0..text.len(), &mut seen);
            let found: Vec<_> = seen.hits.iter().map(|hit| (hit.start, hit.end, hit.word)).collect();
            let mut expected = Vec::new();
            for start in 0..text.len() {
                for (index, name) in (0u16..).zip(names) {
                    let end = start + name.len();
                    if text.get(start..end).is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes()))
                        && begins(&text, start) && ends_here(&text, start, end) && !within_random(&text, start, end)
                    {
                        expected.push((start, end, index));
                    }
                }
            }
            let sorted = |mut hits: Vec<(usize, usize, u16)>| { hits.sort_unstable(); hits };
            prop_assert_eq!(sorted(found), sorted(expected));
        }
    }
}
