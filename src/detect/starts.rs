//! Which three bytes keys can begin with: the first question at every place where a key may begin.
//!
//! The table of anchors by their first two bytes is exact, but too large for the nearest cache, and two bytes are often
//! those of a word. This set is small and rarely wrong; what it lets pass is looked up there.

/// Bits of the set: 8 KiB, a part of a first-level cache. Literals of two bytes take a hundred each.
const BITS: usize = 1 << 16;

/// A set of the first three bytes of literals. It may hold others that share their place in it.
pub(super) struct Starts {
    bits: Box<[u64; BITS / 64]>,
}

impl Starts {
    /// The set for these literals of two bytes or more. Of one of two, every continuation by a character that can be
    /// typed is in the set: keys consist of nothing else.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut set = Starts { bits: Box::new([0; BITS / 64]) };
        for literal in literals {
            let &[a, b, ref rest @ ..] = literal else { continue };
            let typed = |third: &u8| third.is_ascii_graphic() || third.is_ascii_whitespace();
            for third in rest.first().map_or(0..=0x7f, |&third| third..=third) {
                if !rest.is_empty() || typed(&third) {
                    let place = place([a, b, third, 0]);
                    set.bits[place / 64] |= 1 << (place % 64);
                }
            }
        }
        set
    }

    /// Whether one of the literals may stand at `at`, which is inside the text.
    #[inline(always)]
    pub(super) fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let place = match text[at..].first_chunk::<4>() {
            Some(four) => place(*four),
            None => {
                let byte = |i: usize| text.get(at + i).copied().unwrap_or(0);
                place([byte(0), byte(1), byte(2), 0])
            }
        };
        self.bits[place / 64] >> (place % 64) & 1 == 1
    }
}

/// The place of three bytes in the set; the fourth one is there to be loaded with them.
#[inline(always)]
fn place(bytes: [u8; 4]) -> usize {
    // Multiplication by 2³² divided by the golden ratio spreads neighbouring numbers (Knuth, TAOCP 3, 6.4).
    let hash = (u32::from_le_bytes(bytes) & 0x00ff_ffff).wrapping_mul(0x9e37_79b9);
    (hash >> (u32::BITS - BITS.trailing_zeros())) as usize
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
