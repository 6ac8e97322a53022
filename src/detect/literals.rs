//! Literals that stand anywhere in a text: all of them found in one quick pass.
//!
//! Each literal is represented by the pair of neighbouring bytes in it that is rarest in source code. A vectorised pass
//! finds the pairs; only where one stands is its literal compared.

use super::runs::{self, PairSet};

/// Literals to search for.
pub(super) struct Literals {
    pairs: PairSet,
    literals: Vec<Literal>,
}

struct Literal {
    pair: [u8; 2],
    /// How far into the literal the pair stands.
    offset: usize,
    bytes: &'static [u8],
}

impl Literals {
    /// Literals of two bytes or more; a shorter one is never found.
    pub(super) fn new(all: impl Iterator<Item = &'static [u8]>) -> Self {
        let mut all: Vec<&'static [u8]> = all.collect();
        all.sort_unstable();
        all.dedup();
        let literals: Vec<Literal> = all
            .into_iter()
            .filter_map(|bytes| {
                let (pairs, _) = bytes.split_at(bytes.len().saturating_sub(1));
                let pair = |i: usize| [bytes[i], bytes[i + 1]];
                let offset = (0..pairs.len()).min_by_key(|&i| pair(i).map(commonness).iter().sum::<u32>())?;
                Some(Literal { pair: pair(offset), offset, bytes })
            })
            .collect();
        Literals { pairs: PairSet::new(literals.iter().map(|literal| literal.pair)), literals }
    }

    /// Length of the longest one in bytes.
    pub(super) fn longest(&self) -> usize {
        self.literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0)
    }

    /// Where the literals start that stand in the text, in order, each place once.
    pub(super) fn places(&self, text: &[u8]) -> Vec<usize> {
        let mut places = Vec::new();
        runs::for_each_pair(text, &self.pairs, |at| {
            let Some(pair) = text[at..].first_chunk::<2>() else { return };
            for literal in self.literals.iter().filter(|literal| literal.pair == *pair) {
                if let Some(start) = at.checked_sub(literal.offset)
                    && text[start..].starts_with(literal.bytes)
                {
                    places.push(start);
                }
            }
        });
        // Pairs come in order, their literals nearly so.
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// How common a byte is in source code, roughly: only the order counts, and only for speed.
fn commonness(b: u8) -> u32 {
    match b {
        b'j' | b'q' | b'x' | b'z' => 1,
        b'b' | b'g' | b'h' | b'k' | b'v' | b'w' | b'y' => 3,
        b' ' | b'a'..=b'z' => 4,
        b'-' | b'.' | b'/' | b'"' | b'(' | b')' | b',' | b'\n' => 3,
        b'_' | b':' | b'=' | b'0'..=b'9' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&[u8]; 8] =
        [b"://", b"-----BEGIN A", b"-----BEGIN B", b"BEGIN", b"&sig=", b"8Q~", b"\"private_key_id", b"xox\xff"];

    fn by_definition(text: &[u8]) -> Vec<usize> {
        (0..text.len()).filter(|&i| LITERALS.iter().any(|literal| text[i..].starts_with(literal))).collect()
    }

    proptest! {
        #[test]
        fn every_literal_is_found(
            pieces in proptest::collection::vec((0..LITERALS.len(), 0..20usize, "[a-zBE:/~\0-]{0,90}"), 0..6)
        ) {
            let mut text = Vec::new();
            for (literal, cut, filler) in pieces {
                text.extend(&LITERALS[literal][..LITERALS[literal].len().saturating_sub(cut.saturating_sub(10))]);
                text.extend(filler.as_bytes());
            }
            let literals = Literals::new(LITERALS.into_iter());
            prop_assert_eq!(literals.places(&text), by_definition(&text));
        }
    }

    #[test]
    fn literals_at_every_block_boundary() {
        let literals = Literals::new(LITERALS.into_iter());
        for literal in LITERALS {
            for at in 0..150 {
                let mut text = vec![b' '; at];
                text.extend(literal);
                assert_eq!(literals.places(&text), by_definition(&text), "{at}");
                text.resize(200, b' ');
                assert_eq!(literals.places(&text), by_definition(&text), "{at}");
            }
        }
    }

    #[test]
    fn one_byte_is_no_literal() {
        let literals = Literals::new([&b"x"[..], b""].into_iter());
        assert_eq!(literals.places(b"xxx"), Vec::<usize>::new());
    }
}
