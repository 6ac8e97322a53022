//! Which bytes keys can begin with: the first question at every place where a key may begin.
//!
//! The table of anchors by their first two bytes is exact, but too large for the nearest cache, and two bytes are often
//! those of a word. These sets are small and rarely wrong; what they let pass is looked up there. Four bytes tell most
//! literals from words; the few shorter ones are asked for by themselves.

/// Bits of each set: 8 KiB, a part of a first-level cache. Literals of two bytes take a hundred each.
const BITS: usize = 1 << 16;

/// Sets of the first bytes of literals. They may hold others that share their place.
pub(super) struct Starts {
    /// Of literals of two or three bytes: by the first three.
    short: Box<[u64; BITS / 64]>,
    /// Of the others: by the first four.
    long: Box<[u64; BITS / 64]>,
}

impl Starts {
    /// The sets for these literals of two bytes or more. Of one of two, every continuation by a character that can be
    /// typed is in the set: keys consist of nothing else.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let mut set = Starts { short: Box::new([0; BITS / 64]), long: Box::new([0; BITS / 64]) };
        for literal in literals {
            match *literal {
                [a, b, c, d, ..] => insert(&mut set.long, u32::from_le_bytes([a, b, c, d])),
                [a, b, c] => insert(&mut set.short, u32::from_le_bytes([a, b, c, 0])),
                [a, b] => {
                    let typed = |third: &u8| third.is_ascii_graphic() || third.is_ascii_whitespace();
                    let thirds = (0..=0x7f).filter(typed);
                    thirds.for_each(|c| insert(&mut set.short, u32::from_le_bytes([a, b, c, 0])));
                }
                _ => {}
            }
        }
        set
    }

    /// Whether one of the literals may stand at `at`, which is inside the text.
    #[inline(always)]
    pub(super) fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let four = u32::from_le_bytes(match text[at..].first_chunk::<4>() {
            Some(four) => *four,
            None => [0, 1, 2, 3].map(|i| text.get(at + i).copied().unwrap_or(0)),
        });
        contains(&self.long, four) | contains(&self.short, four & 0x00ff_ffff)
    }
}

fn insert(set: &mut [u64; BITS / 64], bytes: u32) {
    let place = place(bytes);
    set[place / 64] |= 1 << (place % 64);
}

#[inline(always)]
fn contains(set: &[u64; BITS / 64], bytes: u32) -> bool {
    let place = place(bytes);
    set[place / 64] >> (place % 64) & 1 == 1
}

/// The place of the first bytes in a set.
#[inline(always)]
fn place(bytes: u32) -> usize {
    // Multiplication by 2³² divided by the golden ratio spreads neighbouring numbers (Knuth, TAOCP 3, 6.4).
    (bytes.wrapping_mul(0x9e37_79b9) >> (u32::BITS - BITS.trailing_zeros())) as usize
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
