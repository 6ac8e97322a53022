//! Literals that stand anywhere in a text: all of them found in one quick pass.
//!
//! Each literal is represented by a pair of neighbouring bytes in it that is rare in source code, and that others have,
//! too, where possible. A vectorised pass finds the pairs; only where one stands are its literals compared.

use std::collections::HashMap;

use super::runs::{self, PairSet};

/// Literals to search for.
pub(super) struct Literals {
    set: PairSet,
    /// One bit for each pair of bytes that represents a literal: what the vectorised pass finds may be another one.
    exact: Vec<u64>,
    /// For each pair, where its literals begin.
    first: Vec<u16>,
    /// Ordered by their pairs.
    literals: Vec<Literal>,
}

struct Literal {
    pair: [u8; 2],
    /// How far into the literal the pair stands.
    offset: usize,
    bytes: &'static [u8],
    head: Head,
}

/// The first eight bytes of a literal, or as many as it has, and ones for their bits: compared at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    bytes: u64,
    mask: u64,
}

impl Head {
    /// That of a literal.
    pub(super) fn of(literal: &[u8]) -> Self {
        let (mut bytes, mut mask) = ([0; 8], [0; 8]);
        for ((byte, mask), b) in bytes.iter_mut().zip(&mut mask).zip(literal) {
            (*byte, *mask) = (*b, 0xff);
        }
        Head { bytes: u64::from_le_bytes(bytes), mask: u64::from_le_bytes(mask) }
    }

    /// Whether a text can begin with the literal whose next eight bytes are these, the first one lowest.
    #[inline]
    pub(super) fn fits(self, text: u64) -> bool {
        text & self.mask == self.bytes
    }
}

impl Literal {
    fn new(pair: [u8; 2], bytes: &'static [u8]) -> Self {
        let offset = bytes.windows(2).position(|window| window == pair).unwrap_or_default();
        Literal { pair, offset, bytes, head: Head::of(bytes) }
    }

    #[inline]
    fn stands_at(&self, text: &[u8], start: usize) -> bool {
        let rest = &text[start..];
        match rest.first_chunk::<8>() {
            Some(head) if !self.head.fits(u64::from_le_bytes(*head)) => false,
            Some(_) if self.bytes.len() <= 8 => true,
            _ => rest.starts_with(self.bytes),
        }
    }
}

impl Literals {
    /// Literals of two bytes or more; a shorter one is never found.
    pub(super) fn new(all: impl Iterator<Item = &'static [u8]>) -> Self {
        let mut all: Vec<&'static [u8]> = all.filter(|bytes| bytes.len() > 1).collect();
        all.sort_unstable();
        all.dedup();
        let mut literals: Vec<Literal> = Vec::with_capacity(all.len());
        // A pair that many literals have in common costs as much as one that only one has. So of all pairs the one is
        // taken that is rarest for each literal it represents, until all are represented.
        let mut holders: HashMap<[u8; 2], Vec<usize>> = HashMap::new();
        for (i, bytes) in all.iter().enumerate() {
            for pair in bytes.windows(2) {
                let holders = holders.entry([pair[0], pair[1]]).or_default();
                if holders.last() != Some(&i) {
                    holders.push(i);
                }
            }
        }
        let mut open = vec![true; all.len()];
        while open.contains(&true) {
            let count = |holders: &[usize]| holders.iter().filter(|&&i| open[i]).count();
            let cost = |(pair, holders): &(&[u8; 2], &Vec<usize>)| {
                // Finding a pair costs about as much as comparing three literals with it.
                let held = count(holders).max(1) as f32;
                (commonness(pair[0]) * commonness(pair[1])) as f32 * (3.0 + held) / held
            };
            let best = holders
                .iter()
                .filter(|(_, holders)| count(holders) > 0)
                .min_by(|a, b| cost(a).total_cmp(&cost(b)).then_with(|| a.0.cmp(b.0)));
            let Some((&pair, holders)) = best else { break };
            for &i in holders {
                if std::mem::take(&mut open[i]) {
                    literals.push(Literal::new(pair, all[i]));
                }
            }
        }
        literals.sort_by_key(|literal| (literal.pair, literal.bytes));
        let mut exact = vec![0; 1 << 10];
        let mut first = vec![0; 1 << 16];
        for (number, literal) in literals.iter().enumerate().rev() {
            let bit = usize::from(u16::from_be_bytes(literal.pair));
            exact[bit / 64] |= 1 << (bit % 64);
            first[bit] = u16::try_from(number).unwrap_or(u16::MAX);
        }
        Literals { set: PairSet::new(&grouped(&literals)), exact, first, literals }
    }

    /// Length of the longest one in bytes.
    pub(super) fn longest(&self) -> usize {
        self.literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0)
    }

    /// Where the literals start that stand in the text, in order, each place once.
    pub(super) fn places(&self, text: &[u8]) -> Vec<usize> {
        let mut places = Vec::new();
        runs::for_each_pair(text, &self.set, |at| {
            let Some(&pair) = text[at..].first_chunk::<2>() else { return };
            let bit = usize::from(u16::from_be_bytes(pair));
            if self.exact[bit / 64] >> (bit % 64) & 1 == 0 {
                return;
            }
            for literal in
                self.literals[usize::from(self.first[bit])..].iter().take_while(|literal| literal.pair == pair)
            {
                if let Some(start) = at.checked_sub(literal.offset)
                    && literal.stands_at(text, start)
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

/// The pairs of the literals in as many groups as the vectorised pass tells apart. It takes all bytes whose two halves
/// occur in a group, so pairs are put together that add little to what others have.
fn grouped(literals: &[Literal]) -> Vec<Vec<[u8; 2]>> {
    let mut pairs: Vec<[u8; 2]> = literals.iter().map(|literal| literal.pair).collect();
    pairs.dedup();
    let mut groups: Vec<Group> = pairs.into_iter().map(Group::new).collect();
    let more = |a: &Group, b: &Group| a.with(b).cost() - a.cost - b.cost;
    // What it adds to put two groups together; only what concerns a new group is worked out anew.
    let mut added: Vec<Vec<f32>> =
        groups.iter().enumerate().map(|(i, a)| groups[..i].iter().map(|b| more(a, b)).collect()).collect();
    while groups.len() > PairSet::GROUPS {
        let all =
            added.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, cost)| (cost, i, j)));
        let Some((_, i, j)) = all.min_by(|a, b| a.0.total_cmp(b.0)) else { break };
        let other = groups.remove(i);
        added.remove(i);
        added[i..].iter_mut().for_each(|row| {
            row.remove(i);
        });
        let mut both = groups[j].with(&other);
        both.cost = both.cost();
        both.pairs = groups[j].pairs.iter().chain(&other.pairs).copied().collect();
        groups[j] = both;
        for k in 0..groups.len() {
            if k != j {
                added[k.max(j)][k.min(j)] = more(&groups[k], &groups[j]);
            }
        }
    }
    groups.into_iter().map(|group| group.pairs).collect()
}

/// Pairs that the vectorised pass does not tell apart.
#[derive(Default)]
struct Group {
    pairs: Vec<[u8; 2]>,
    /// For the first and the second byte: which low and which high halves occur.
    halves: [[u16; 2]; 2],
    cost: f32,
}

impl Group {
    fn new(pair: [u8; 2]) -> Self {
        let halves = pair.map(|b| [1 << (b & 15), 1 << (b >> 4)]);
        let mut group = Group { pairs: vec![pair], halves, cost: 0.0 };
        group.cost = group.cost();
        group
    }

    fn with(&self, other: &Group) -> Group {
        let mut both = Group::default();
        for ((both, a), b) in
            both.halves.as_flattened_mut().iter_mut().zip(self.halves.as_flattened()).zip(other.halves.as_flattened())
        {
            *both = a | b;
        }
        both
    }

    /// How common the pairs are that the pass takes for those of the group.
    fn cost(&self) -> f32 {
        let share = |[low, high]: [u16; 2]| -> f32 {
            let mut sum = 0;
            for (_, row) in COMMONNESS.iter().enumerate().filter(|(h, _)| high >> h & 1 == 1) {
                sum += (0..16).filter(|l| low >> l & 1 == 1).map(|l| row[l]).sum::<u32>();
            }
            sum as f32
        };
        share(self.halves[0]) * share(self.halves[1])
    }
}

/// How common a byte is in source code, roughly, in a thousandth: only for speed.
const fn commonness(b: u8) -> u32 {
    match b {
        b' ' => 120,
        b'e' | b't' => 60,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 45,
        b'c' | b'd' | b'l' => 28,
        b'm' | b'p' | b'u' | b'\n' => 22,
        b'f' | b'g' | b'h' | b'b' => 14,
        b'_' | b'.' | b',' | b'"' | b'(' | b')' | b'-' | b'/' | b'\t' | b'0' => 11,
        b':' | b'=' | b'y' | b'v' | b'w' | b'x' | b'1'..=b'9' | b';' => 7,
        b'k' | b'\'' | b'<' | b'>' | b'*' | b'{' | b'}' | b'[' | b']' | b'#' => 5,
        b'A'..=b'Z' => 3,
        b'j' | b'q' | b'z' | b'$' | b'@' | b'&' | b'|' | b'+' | b'!' | b'\\' => 2,
        _ => 1,
    }
}

/// [`commonness`] by high and low half of a byte.
static COMMONNESS: [[u32; 16]; 16] = {
    let mut table = [[0; 16]; 16];
    let mut b = 0;
    while b < 256 {
        table[b >> 4][b & 15] = commonness(b as u8);
        b += 1;
    }
    table
};

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
