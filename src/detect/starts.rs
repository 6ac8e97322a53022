//! Which bytes keys can begin with: the first question at every place where a key may begin.
//!
//! The table of anchors by their first two bytes is exact, but too large for the nearest cache, and two bytes are often
//! those of a word. These sets are small and rarely wrong; what they let pass is looked up there. Four bytes tell most
//! literals from words; the few shorter ones are asked for by themselves.

/// Sets of the first bytes of literals: parts of a first-level cache. The last two may hold others that share a place.
pub(super) struct Starts {
    /// Of literals of two bytes, each at its own place.
    twos: Box<Set<TWOS>>,
    /// Of those of three, of which there are a hundred.
    threes: Box<Set<THREES>>,
    /// Of the others, of which there are a thousand: by the first four.
    fours: Box<Set<FOURS>>,
}

/// Groups of 64 bits in each set.
const TWOS: usize = 1 << 10;
const THREES: usize = 1 << 7;
const FOURS: usize = 1 << 10;

/// Bits, in groups of 64.
struct Set<const GROUPS: usize>([u64; GROUPS]);

impl<const GROUPS: usize> Set<GROUPS> {
    fn new() -> Box<Self> {
        Box::new(Set([0; GROUPS]))
    }

    fn insert(&mut self, place: usize) {
        self.0[place / 64 % GROUPS] |= 1 << (place % 64);
    }

    #[inline(always)]
    fn contains(&self, place: usize) -> bool {
        self.0[place / 64 % GROUPS] >> (place % 64) & 1 == 1
    }

    /// The place of some bytes among as many as there are bits.
    #[inline(always)]
    fn place(bytes: u32) -> usize {
        const { assert!(GROUPS.is_power_of_two()) };
        // Multiplication by 2³² divided by the golden ratio spreads neighbouring numbers (Knuth, TAOCP 3, 6.4).
        (bytes.wrapping_mul(0x9e37_79b9) >> (u32::BITS - (64 * GROUPS).trailing_zeros())) as usize
    }
}

impl Starts {
    /// The sets for these literals of two bytes or more.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut starts = Starts { twos: Set::new(), threes: Set::new(), fours: Set::new() };
        for literal in literals {
            match *literal {
                [a, b, c, d, ..] => starts.fours.insert(Set::<FOURS>::place(u32::from_le_bytes([a, b, c, d]))),
                [a, b, c] => starts.threes.insert(Set::<THREES>::place(u32::from_le_bytes([a, b, c, 0]))),
                [a, b] => starts.twos.insert(usize::from(u16::from_le_bytes([a, b]))),
                _ => {}
            }
        }
        starts
    }

    /// Whether one of the literals may stand at `at`, which is inside the text.
    #[inline(always)]
    pub(super) fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let four = u32::from_le_bytes(match text[at..].first_chunk::<4>() {
            Some(four) => *four,
            None => [0, 1, 2, 3].map(|i| text.get(at + i).copied().unwrap_or(0)),
        });
        self.fours.contains(Set::<FOURS>::place(four))
            | self.threes.contains(Set::<THREES>::place(four & 0x00ff_ffff))
            | self.twos.contains((four & 0xffff) as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_literal_is_missed(
            literals in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 2..6), 0..20),
            before in proptest::collection::vec(any::<u8>(), 0..4),
            after in proptest::collection::vec(b' '..=b'~', 1..4),
        ) {
            let set = Starts::new(literals.iter().map(Vec::as_slice));
            for literal in &literals {
                let text = [&before[..], literal, &after].concat();
                prop_assert!(set.may_stand(&text, before.len()));
            }
        }
    }

    #[test]
    fn most_other_words_are_told_apart() {
        let words: Vec<String> = (0..400u32).map(|i| format!("{}{}_", char::from(b'a' + (i % 26) as u8), i)).collect();
        let set = Starts::new(words.iter().map(String::as_bytes));
        let others = (b'A'..=b'Z').flat_map(|a| (b'a'..=b'z').map(move |b| [a, b, b'e']));
        let wrong = others.filter(|other| set.may_stand(other, 0)).count();
        assert!(wrong < 26 * 26 / 20, "{wrong}");
    }
}
