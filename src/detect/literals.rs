//! Literals that stand anywhere in a text: all of them found in one quick pass.
//!
//! Each literal is represented by three neighbouring bytes in it, its probe, that are rare in source code, and that
//! others have, too, where possible. A vectorised pass finds the probes; only where one stands are its literals compared.

use std::collections::HashMap;

use super::runs::{self, Probe, ProbeSet};

/// Literals to search for.
pub(super) struct Literals {
    set: ProbeSet,
    /// One bit for each place that a probe has: what the vectorised pass finds may be something else.
    exact: Vec<u64>,
    /// For each place of a probe, where its literals begin.
    first: Vec<u16>,
    /// Ordered by the places of their probes.
    literals: Vec<Literal>,
    /// Whether there are literals of two bytes, whose probes have any third one.
    short: bool,
}

/// Places of probes.
const PLACES: usize = 1 << 16;

/// The place of three bytes.
#[inline(always)]
fn place(bytes: [u8; 3]) -> usize {
    let [a, b, c] = bytes;
    // Knuth's multiplier, as in `starts`.
    (u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b9) >> (u32::BITS - PLACES.trailing_zeros())) as usize
}

struct Literal {
    probe: Probe,
    place: usize,
    /// How far into the literal the probe stands.
    offset: usize,
    bytes: &'static [u8],
    head: Head,
    /// Its place in the order of all.
    index: u16,
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
    fn new(probe: Probe, bytes: &'static [u8], index: usize) -> Self {
        let offset = probes(bytes).position(|other| other == probe).unwrap_or_default();
        let place = place(probe.map(Option::unwrap_or_default));
        Literal { probe, place, offset, bytes, head: Head::of(bytes), index: u16::try_from(index).unwrap_or(u16::MAX) }
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
        // A probe that many literals have in common costs as much as one that only one has. So of all probes the one is
        // taken that is rarest for each literal it represents, until all are represented.
        let mut holders: HashMap<Probe, Vec<usize>> = HashMap::new();
        for (i, bytes) in all.iter().enumerate() {
            for probe in probes(bytes) {
                let holders = holders.entry(probe).or_default();
                if holders.last() != Some(&i) {
                    holders.push(i);
                }
            }
        }
        let mut open = vec![true; all.len()];
        while open.contains(&true) {
            let count = |holders: &[usize]| holders.iter().filter(|&&i| open[i]).count();
            let cost = |(probe, holders): &(&Probe, &Vec<usize>)| {
                // Finding a probe costs about as much as comparing three literals with it.
                let held = count(holders).max(1) as f32;
                let common: u32 = probe.iter().map(|byte| byte.map_or(EVERYTHING, commonness)).product();
                common as f32 * (3.0 + held) / held
            };
            let best = holders
                .iter()
                .filter(|(_, holders)| count(holders) > 0)
                .min_by(|a, b| cost(a).total_cmp(&cost(b)).then_with(|| a.0.cmp(b.0)));
            let Some((&probe, holders)) = best else { break };
            for &i in holders {
                if std::mem::take(&mut open[i]) {
                    literals.push(Literal::new(probe, all[i], i));
                }
            }
        }
        literals.sort_by_key(|literal| (literal.place, literal.bytes));
        let mut exact = vec![0; PLACES / 64];
        let mut first = vec![0; PLACES];
        for (number, literal) in literals.iter().enumerate().rev() {
            first[literal.place] = u16::try_from(number).unwrap_or(u16::MAX);
            exact[literal.place / 64] |= 1 << (literal.place % 64);
        }
        let set = ProbeSet::new(&grouped(&literals));
        let short = literals.iter().any(|literal| literal.probe[2].is_none());
        Literals { set, exact, first, literals, short }
    }

    /// The place of a literal among all of them in order, if it is one.
    pub(super) fn index_of(&self, bytes: &[u8]) -> Option<u16> {
        self.literals.iter().find(|literal| literal.bytes == bytes).map(|literal| literal.index)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.literals.len()
    }

    /// Length of the longest one in bytes.
    pub(super) fn longest(&self) -> usize {
        self.literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0)
    }

    /// Where the literals start that stand in the text, and which: their places among all literals in order, each once.
    pub(super) fn places(&self, text: &[u8]) -> Vec<(usize, u16)> {
        let mut places = Vec::new();
        runs::for_each_probe(text, &self.set, |at| {
            let byte = |i: usize| text.get(at + i).copied().unwrap_or(0);
            self.at(text, at, place([byte(0), byte(1), byte(2)]), &mut places);
            if self.short {
                self.at(text, at, place([byte(0), byte(1), 0]), &mut places);
            }
        });
        // Probes come in order, their literals nearly so.
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Finds the literals whose probe has this place and stands at `at`.
    #[inline(always)]
    fn at(&self, text: &[u8], at: usize, place: usize, places: &mut Vec<(usize, u16)>) {
        if self.exact[place / 64] >> (place % 64) & 1 == 0 {
            return;
        }
        let same = self.literals[usize::from(self.first[place])..].iter().take_while(|literal| literal.place == place);
        for literal in same {
            if let Some(start) = at.checked_sub(literal.offset)
                && literal.stands_at(text, start)
            {
                places.push((start, literal.index));
            }
        }
    }
}

/// The probes of a literal; of one of two bytes, the only one has any third byte.
fn probes(bytes: &[u8]) -> impl Iterator<Item = Probe> + '_ {
    let short = match bytes {
        &[a, b] => Some([Some(a), Some(b), None]),
        _ => None,
    };
    bytes.windows(3).map(|window| [Some(window[0]), Some(window[1]), Some(window[2])]).chain(short)
}

/// The probes of the literals in as many groups as the vectorised pass tells apart. It takes all bytes whose halves
/// occur in a group, so probes are put together that add little to what others have.
fn grouped(literals: &[Literal]) -> Vec<Vec<Probe>> {
    let mut probes: Vec<Probe> = literals.iter().map(|literal| literal.probe).collect();
    probes.sort_unstable();
    probes.dedup();
    let mut groups: Vec<Group> = probes.into_iter().map(Group::new).collect();
    let more = |a: &Group, b: &Group| a.with(b).cost() - a.cost - b.cost;
    // What it adds to put two groups together; only what concerns a new group is worked out anew.
    let mut added: Vec<Vec<f32>> =
        groups.iter().enumerate().map(|(i, a)| groups[..i].iter().map(|b| more(a, b)).collect()).collect();
    while groups.len() > ProbeSet::GROUPS {
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
        both.probes = groups[j].probes.iter().chain(&other.probes).copied().collect();
        groups[j] = both;
        for k in 0..groups.len() {
            if k != j {
                added[k.max(j)][k.min(j)] = more(&groups[k], &groups[j]);
            }
        }
    }
    groups.into_iter().map(|group| group.probes).collect()
}

/// Probes that the vectorised pass does not tell apart.
#[derive(Default)]
struct Group {
    probes: Vec<Probe>,
    /// For each byte: which low and which high halves occur.
    halves: [[u16; 2]; 3],
    cost: f32,
}

impl Group {
    fn new(probe: Probe) -> Self {
        let halves = probe.map(|byte| byte.map_or([u16::MAX; 2], |b| [1 << (b & 15), 1 << (b >> 4)]));
        let mut group = Group { probes: vec![probe], halves, cost: 0.0 };
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

    /// How common the bytes are that the pass takes for probes of the group.
    fn cost(&self) -> f32 {
        let share = |[low, high]: [u16; 2]| -> f32 {
            let mut sum = 0;
            for (_, row) in COMMONNESS.iter().enumerate().filter(|(h, _)| high >> h & 1 == 1) {
                sum += (0..16).filter(|l| low >> l & 1 == 1).map(|l| row[l]).sum::<u32>();
            }
            sum as f32
        };
        self.halves.into_iter().map(share).product()
    }
}

/// How common all bytes are together.
const EVERYTHING: u32 = 1200;

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
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&[u8]; 8] =
        [b"://", b"-----BEGIN A", b"-----BEGIN B", b"BEGIN", b"&sig=", b"8Q~", b"\"private_key_id", b"xox\xff"];

    fn by_definition(literals: &Literals, text: &[u8]) -> Vec<(usize, u16)> {
        let mut all: Vec<(usize, u16)> = (0..text.len())
            .flat_map(|i| LITERALS.iter().filter(move |literal| text[i..].starts_with(literal)).map(move |l| (i, l)))
            .map(|(i, literal)| (i, literals.index_of(literal).unwrap()))
            .collect();
        all.sort_unstable();
        all
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
            prop_assert_eq!(literals.places(&text), by_definition(&literals, &text));
        }
    }

    #[test]
    fn literals_at_every_block_boundary() {
        let literals = Literals::new(LITERALS.into_iter());
        for literal in LITERALS {
            for at in 0..150 {
                let mut text = vec![b' '; at];
                text.extend(literal);
                assert_eq!(literals.places(&text), by_definition(&literals, &text), "{at}");
                text.resize(200, b' ');
                assert_eq!(literals.places(&text), by_definition(&literals, &text), "{at}");
            }
        }
    }

    #[test]
    fn one_byte_is_no_literal() {
        let literals = Literals::new([&b"x"[..], b""].into_iter());
        assert_eq!(literals.places(b"xxx"), Vec::new());
    }
}
