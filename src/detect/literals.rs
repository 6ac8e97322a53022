//! Literals that stand anywhere in a text: all of them found in one quick pass.
//!
//! A vectorised pass finds the probes of the literals, which a [plan](super::rule::probes) has chosen; only where one
//! stands are its literals compared.

use super::rule::probes::{Planned, probe};
use super::runs::{self, ProbeSet};

/// Literals to search for.
pub(super) struct Literals {
    set: ProbeSet,
    /// One bit for each place that a probe has: what the vectorised pass finds may be something else.
    exact: Box<[u64; PLACES / 64]>,
    /// For each place of a probe, where its literals begin.
    first: Vec<u16>,
    /// Ordered by the places of their probes.
    literals: Vec<Literal>,
    /// Length of the longest one in bytes.
    longest: usize,
}

/// Places of probes.
const PLACES: usize = 1 << 14;

/// The bits of the bytes of a probe, of which there are three or four.
const LENS: [u32; 2] = [0xff_ffff, 0xffff_ffff];

/// The place of the bytes of a probe, the first one lowest; where there are fewer than four, zeros stand for the others.
#[inline(always)]
fn place(bytes: u32) -> usize {
    // Knuth's multiplier, as in `starts`.
    (bytes.wrapping_mul(0x9e37_79b9) >> (u32::BITS - PLACES.trailing_zeros())) as usize
}

struct Literal {
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
    fn new(planned: &Planned<&'static [u8]>, index: usize) -> Self {
        let bytes = planned.literal;
        let offset = usize::from(planned.offset);
        let probe = probe(bytes, offset);
        let place = place(u32::from_le_bytes(probe.map(Option::unwrap_or_default)));
        Literal { place, offset, bytes, head: Head::of(bytes), index: u16::try_from(index).unwrap_or(u16::MAX) }
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
    /// The literals of a plan, in its order.
    pub(super) fn new(plan: &[Planned<&'static [u8]>]) -> Self {
        let mut literals: Vec<Literal> =
            plan.iter().enumerate().map(|(index, planned)| Literal::new(planned, index)).collect();
        let set = ProbeSet::new(
            plan.iter().map(|planned| (probe(planned.literal, usize::from(planned.offset)), planned.group)),
        );
        literals.sort_by_key(|literal| (literal.place, literal.bytes));
        let mut exact = Box::new([0; PLACES / 64]);
        let mut first = vec![0; PLACES];
        for (number, literal) in literals.iter().enumerate().rev() {
            first[literal.place] = u16::try_from(number).unwrap_or(u16::MAX);
            exact[literal.place / 64] |= 1 << (literal.place % 64);
        }
        let longest = literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0);
        Literals { set, exact, first, literals, longest }
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
        self.longest
    }

    /// Where the literals start that stand in the text, and which: their places among all literals in order, each once.
    pub(super) fn places(&self, text: &[u8]) -> Vec<(usize, u16)> {
        let mut places = Vec::new();
        // What may be a probe, and mostly is none, is kept without asking whether it is one: no branch to foretell.
        let mut kept = [0; 64];
        let mut count = 0;
        runs::for_each_probe(
            text,
            &self.set,
            #[inline(always)]
            |at| {
                kept[count] = at;
                count += usize::from(self.is_probe(four(text, at)));
                if count == kept.len() {
                    kept.iter().for_each(|&at| self.at(text, at, &mut places));
                    count = 0;
                }
            },
        );
        kept[..count].iter().for_each(|&at| self.at(text, at, &mut places));
        // Probes come in order, their literals nearly so.
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Whether a probe may consist of these bytes.
    #[inline(always)]
    fn is_probe(&self, bytes: u32) -> bool {
        self.has(place(bytes & LENS[0])) | self.has(place(bytes & LENS[1]))
    }

    /// Whether a probe has this place.
    #[inline(always)]
    fn has(&self, place: usize) -> bool {
        self.exact[place / 64] >> (place % 64) & 1 == 1
    }

    /// Finds the literals whose probe stands at `at`.
    #[inline]
    fn at(&self, text: &[u8], at: usize, places: &mut Vec<(usize, u16)>) {
        let bytes = four(text, at);
        for len in LENS {
            let place = place(bytes & len);
            if !self.has(place) {
                continue;
            }
            let mut number = usize::from(self.first[place]);
            while let Some(literal) = self.literals.get(number).filter(|literal| literal.place == place) {
                if let Some(start) = at.checked_sub(literal.offset)
                    && literal.stands_at(text, start)
                {
                    places.push((start, literal.index));
                }
                number += 1;
            }
        }
    }
}

/// The four bytes at a place, the first one lowest; behind the end of the text there are zeros.
#[inline(always)]
fn four(text: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(match text[at..].first_chunk() {
        Some(bytes) => *bytes,
        None => [0, 1, 2, 3].map(|i| text.get(at + i).copied().unwrap_or(0)),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::rule::probes::{GROUPS, plan, plan_more};
    use super::*;

    const LITERALS: [&[u8]; 8] =
        [b"://", b"-----BEGIN A", b"-----BEGIN B", b"BEGIN", b"&sig=", b"8Q~", b"\"private_key_id", b"xox\xff"];

    fn literals() -> Literals {
        Literals::new(&plan(LITERALS.into_iter()))
    }

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
            let literals = literals();
            prop_assert_eq!(literals.places(&text), by_definition(&literals, &text));
        }
    }

    #[test]
    fn literals_that_are_added_to_a_plan_are_found_as_well() {
        let (known, more) = LITERALS.split_at(3);
        let plan = plan_more(&plan(known.iter().copied()), more.iter().copied().chain(known.iter().copied()));
        assert!(plan.is_sorted_by(|a, b| a.literal < b.literal));
        assert!(plan.iter().all(|planned| usize::from(planned.group) < GROUPS));
        let literals = Literals::new(&plan);
        assert_eq!(literals.len(), LITERALS.len());
        let text = LITERALS.concat();
        assert_eq!(literals.places(&text), by_definition(&literals, &text));
    }

    #[test]
    fn literals_at_every_block_boundary() {
        let literals = literals();
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
    fn two_bytes_are_no_literal() {
        let literals = Literals::new(&plan([&b"xx"[..], b"x", b""].into_iter()));
        assert_eq!(literals.places(b"xxx"), Vec::new());
    }
}
