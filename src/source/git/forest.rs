//! The entries of a pack, laid out for a visit.
//!
//! Objects that are made of each other form trees. They are listed so that every object comes in front of those that are
//! made of it, and these, with what is made of them, right behind it: a visit that goes down every tree takes the list
//! from front to back, and what comes next is known beforehand.

use std::collections::HashMap;

use gix_hash::ObjectId;
use gix_object::Kind;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::store::{Base, ObjectError, Pack, base};

/// An object of a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Where its entry begins in the pack.
    pub offset: u64,
    /// Its place in the pack's index.
    pub place: u32,
    /// Number of objects in the tree below and including it.
    pub weight: u32,
    /// Bytes that it takes in the pack, as far as this tells them.
    pub stored: u32,
    /// Kind of the whole object; `None` for those that hang on an object outside the pack, or on nothing.
    pub kind: Option<Kind>,
}

/// The objects of a pack.
pub(super) struct Forest {
    /// In the order of a visit. Of those made of one object, the one with the fewest descendants comes first.
    pub nodes: Vec<Node>,
    /// Objects that are made of no other one in the pack, in the order of the pack.
    pub roots: Vec<u32>,
    /// Roots that are made of objects outside the pack.
    pub outside: HashMap<u32, ObjectId>,
    /// Nodes that cannot be read, and why.
    pub broken: Vec<(u32, ObjectError)>,
}

/// No number of an object.
const NONE: u32 = u32::MAX;

impl Forest {
    /// Reads the headers of all entries.
    pub fn new(pack: &Pack) -> Self {
        let mut entries: Vec<(u64, u32)> = (0..pack.index.num_objects())
            .into_par_iter()
            .map(|place| (pack.index.pack_offset_at_index(place), place))
            .collect();
        entries.par_sort_unstable();
        let offsets = Offsets::new(&entries, pack.len);
        let bases: Vec<(Result<Base, ObjectError>, u32)> = entries
            .par_iter()
            .map(|&(offset, _)| {
                let base = pack.entry(offset).and_then(|entry| base(pack, &entry, offset));
                let Ok(Base::At(at)) = base else { return (base, NONE) };
                match offsets.number(at) {
                    Some(parent) => (base, parent),
                    None => (Err(ObjectError::Header), NONE),
                }
            })
            .collect();
        let mut kinds = vec![None; entries.len()];
        let mut parents = vec![NONE; entries.len()];
        let mut roots = Vec::new();
        let mut outside = HashMap::new();
        let mut broken = Vec::new();
        for (number, (base, parent)) in (0u32..).zip(bases) {
            match base {
                Ok(Base::None(kind)) => kinds[number as usize] = Some(kind),
                Ok(Base::At(_)) => {
                    parents[number as usize] = parent;
                    continue;
                }
                Ok(Base::Outside(id)) => {
                    outside.insert(number, id);
                }
                Err(error) => broken.push((number, error)),
            }
            roots.push(number);
        }
        let order = Order::new(&parents, &roots, &mut kinds);
        let place = |number: u32| order.places[number as usize];
        let mut numbers = vec![0; entries.len()];
        (0u32..).zip(&order.places).for_each(|(number, &place)| numbers[place as usize] = number);
        let ends = |number: usize| entries.get(number + 1).map_or(pack.end(), |(offset, _)| *offset);
        let node = |&number: &u32| {
            let number = number as usize;
            let (offset, place) = entries[number];
            let stored = u32::try_from(ends(number).saturating_sub(offset)).unwrap_or(u32::MAX);
            Node { offset, place, weight: order.weights[number], stored, kind: kinds[number] }
        };
        let cycles = order.unreached.iter().map(|&number| (place(number), ObjectError::Cycle));
        Forest {
            nodes: numbers.par_iter().map(node).collect(),
            roots: roots.iter().map(|&root| place(root)).collect(),
            outside: outside.into_iter().map(|(number, id)| (place(number), id)).collect(),
            broken: broken.into_iter().map(|(number, error)| (place(number), error)).chain(cycles).collect(),
        }
    }

    /// An object.
    pub fn node(&self, number: u32) -> &Node {
        &self.nodes[number as usize]
    }

    /// The number behind those of an object and of all that is made of it.
    pub fn end(&self, number: u32) -> u32 {
        number + self.node(number).weight
    }

    /// An object and all that is made of it.
    pub fn tree(&self, number: u32) -> &[Node] {
        &self.nodes[number as usize..self.end(number) as usize]
    }
}

/// Which entry begins where. Answers by one look at memory in most cases, where a search in all of them takes many.
struct Offsets<'a> {
    entries: &'a [(u64, u32)],
    /// For each stretch of the pack, the first entry that begins in it or behind it.
    first: Vec<u32>,
    /// Length of these stretches in bytes, as a power of two.
    bits: u32,
}

impl<'a> Offsets<'a> {
    /// `entries` are in the order of their offsets, in a pack of so many bytes.
    fn new(entries: &'a [(u64, u32)], len: u64) -> Self {
        // As many stretches as entries, or fewer.
        let bits = (len / (entries.len() as u64 + 1)).max(1).ilog2() + 1;
        let mut first = Vec::with_capacity((len >> bits) as usize + 2);
        for (number, (offset, _)) in (0u32..).zip(entries) {
            while first.len() as u64 <= offset >> bits {
                first.push(number);
            }
        }
        Offsets { entries, first, bits }
    }

    /// The number of the entry at an offset.
    fn number(&self, offset: u64) -> Option<u32> {
        let first = *self.first.get(usize::try_from(offset >> self.bits).ok()?)?;
        let behind = self.entries[first as usize..].iter().take_while(|entry| entry.0 <= offset);
        (0..).zip(behind).find(|(_, entry)| entry.0 == offset).map(|(i, _): (u32, _)| first + i)
    }
}

/// The order of a visit, by the numbers that objects have in the order of the pack.
struct Order {
    /// The place of each in the new order.
    places: Vec<u32>,
    /// Number of objects in the tree below and including each.
    weights: Vec<u32>,
    /// Those that no root leads to: they are made of themselves. They come last.
    unreached: Vec<u32>,
}

impl Order {
    /// Lays objects out; `kinds`, which are those of the roots, become those of all that they lead to.
    fn new(parents: &[u32], roots: &[u32], kinds: &mut [Option<Kind>]) -> Self {
        let mut first = vec![0u32; parents.len() + 1];
        parents.iter().filter(|&&parent| parent != NONE).for_each(|&parent| first[parent as usize + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut next = first.clone();
        let mut children = vec![0u32; first.last().map_or(0, |&count| count as usize)];
        for (number, &parent) in (0u32..).zip(parents) {
            if parent != NONE {
                let slot = &mut next[parent as usize];
                children[*slot as usize] = number;
                *slot += 1;
            }
        }
        let range = |number: u32| first[number as usize] as usize..first[number as usize + 1] as usize;
        // Bases before what is made of them.
        let mut order = roots.to_vec();
        let mut at = 0;
        while let Some(&number) = order.get(at) {
            at += 1;
            for &child in &children[range(number)] {
                kinds[child as usize] = kinds[number as usize];
                order.push(child);
            }
        }
        let mut weights = vec![1u32; parents.len()];
        for &number in order.iter().rev() {
            let parent = parents[number as usize];
            if parent != NONE {
                weights[parent as usize] += weights[number as usize];
            }
        }
        let mut lists: Vec<&mut [u32]> = Vec::new();
        let mut rest = children.as_mut_slice();
        for pair in first.windows(2) {
            let (list, tail) = rest.split_at_mut((pair[1] - pair[0]) as usize);
            rest = tail;
            if list.len() > 1 {
                lists.push(list);
            }
        }
        lists.par_iter_mut().for_each(|list| list.sort_by_key(|&child| weights[child as usize]));
        let mut places = vec![NONE; parents.len()];
        let mut end = 0;
        for &root in roots {
            places[root as usize] = end;
            end += weights[root as usize];
        }
        for &number in &order {
            let mut next = places[number as usize] + 1;
            for &child in &children[range(number)] {
                places[child as usize] = next;
                next += weights[child as usize];
            }
        }
        let unreached: Vec<u32> =
            (0u32..).zip(&places).filter(|(_, place)| **place == NONE).map(|(number, _)| number).collect();
        for &number in &unreached {
            places[number as usize] = end;
            end += 1;
        }
        Order { places, weights, unreached }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Each object comes in front of what is made of it, and all of that right behind it.
        #[test]
        fn what_is_made_of_an_object_follows_it(made_of in prop::collection::vec(prop::option::of(0..40u32), 1..40)) {
            let count = made_of.len() as u32;
            let parents: Vec<u32> = made_of.iter().map(|of| of.filter(|&of| of < count).unwrap_or(NONE)).collect();
            let roots: Vec<u32> = (0..count).filter(|&number| parents[number as usize] == NONE).collect();
            let mut kinds = vec![None; parents.len()];
            roots.iter().for_each(|&root| kinds[root as usize] = Some(Kind::Blob));
            let order = Order::new(&parents, &roots, &mut kinds);
            let mut places = order.places.clone();
            places.sort_unstable();
            prop_assert!(places.into_iter().eq(0..count), "every place is taken once");
            for number in 0..count {
                let reached = !order.unreached.contains(&number);
                // Going up from it leads to a root, unless it is made of itself.
                let mut above = number;
                for _ in 0..count {
                    above = if parents[above as usize] == NONE { above } else { parents[above as usize] };
                }
                prop_assert_eq!(reached, parents[above as usize] == NONE);
                prop_assert_eq!(kinds[number as usize].is_some(), reached);
                let parent = parents[number as usize];
                if reached && parent != NONE {
                    let range = |number: u32| {
                        let first = order.places[number as usize];
                        first..first + order.weights[number as usize]
                    };
                    prop_assert!(range(parent).start < range(number).start && range(number).end <= range(parent).end);
                }
            }
            let reached = parents.len() - order.unreached.len();
            prop_assert_eq!(roots.iter().map(|&root| order.weights[root as usize] as usize).sum::<usize>(), reached);
        }

        #[test]
        fn entries_are_found_where_they_begin(
            gaps in prop::collection::vec(prop_oneof![1..20u64, 1..100_000u64], 0..60), at in 0..100_000u64,
        ) {
            let offsets = gaps.iter().scan(12, |end, gap| Some(std::mem::replace(end, *end + gap)));
            let entries: Vec<(u64, u32)> = offsets.zip(0..).collect();
            let lookup = Offsets::new(&entries, 12 + gaps.iter().sum::<u64>() + 20);
            for at in entries.iter().flat_map(|(offset, _)| [*offset, offset + 1]).chain([at]) {
                let found = entries.binary_search_by_key(&at, |entry| entry.0).ok();
                prop_assert_eq!(lookup.number(at).map(|number| number as usize), found);
            }
        }
    }
}
