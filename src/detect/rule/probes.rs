//! Which bytes of a literal reveal it: the plan after which all literals of a set of rules are searched at once.
//!
//! Each literal is represented by four neighbouring bytes in it, its probe, that are rare in source code, and that
//! others have, too, where possible. Shared with the build script, which prints a plan as constants; depends on nothing
//! else of keytrail.

use std::collections::HashMap;

/// Bytes of a probe.
pub const LEN: usize = 4;

/// Neighbouring bytes. Of a shorter literal the last ones may be any.
pub type Probe = [Option<u8>; LEN];

/// So many groups of probes are told apart by a search: a bit each in the four bytes that its tables have.
pub const GROUPS: usize = 32;

/// A literal, and how it is found; `L` is how its bytes are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned<L> {
    /// The bytes, three or more.
    pub literal: L,
    /// How far into the literal its probe stands.
    pub offset: u16,
    /// The group of the probe, below [`GROUPS`].
    pub group: u8,
}

/// The probe that begins `offset` bytes into a literal.
#[must_use]
pub fn probe(literal: &[u8], offset: usize) -> Probe {
    [0, 1, 2, 3].map(|i| literal.get(offset + i).copied())
}

/// Plans the search for literals, in their order, each once. One of fewer than three bytes is left out: no anchor has one.
pub fn plan<L: AsRef<[u8]> + Clone + Ord>(literals: impl Iterator<Item = L>) -> Vec<Planned<L>> {
    let mut all: Vec<L> = literals.filter(|literal| literal.as_ref().len() > 2).collect();
    all.sort_unstable();
    all.dedup();
    let chosen = chosen(&all);
    let mut probes: Vec<Probe> = chosen.clone();
    probes.sort_unstable();
    probes.dedup();
    let groups = grouped(probes);
    let group_of = |probe: &Probe| groups.iter().position(|group| group.contains(probe)).unwrap_or_default();
    let planned = all.into_iter().zip(chosen).map(|(literal, chosen)| {
        let offset = (0..literal.as_ref().len()).find(|&at| probe(literal.as_ref(), at) == chosen).unwrap_or_default();
        Planned { offset: offset.min(u16::MAX as usize) as u16, group: group_of(&chosen) as u8, literal }
    });
    planned.collect()
}

/// Adds literals to a plan. Nothing that is planned changes: to plan all of them anew takes a tenth of a second.
pub fn plan_more<L: AsRef<[u8]> + Clone + Ord>(
    known: &[Planned<L>],
    literals: impl Iterator<Item = L>,
) -> Vec<Planned<L>> {
    let commonness = Commonness::new();
    let shares = commonness.shares();
    let mut groups: Vec<Group> = (0..GROUPS).map(|_| Group::default()).collect();
    let mut group_of: HashMap<Probe, u8> = HashMap::new();
    for planned in known {
        let probe = probe(planned.literal.as_ref(), usize::from(planned.offset));
        if group_of.insert(probe, planned.group).is_none() {
            let group = &mut groups[usize::from(planned.group)];
            *group = group.with(&Group::new(probe, &shares));
        }
    }
    groups.iter_mut().for_each(|group| group.cost = group.cost(&shares));
    let mut all = known.to_vec();
    for literal in literals.filter(|literal| literal.as_ref().len() > 2) {
        if all.iter().any(|planned| planned.literal == literal) {
            continue;
        }
        let offsets = 0..(literal.as_ref().len() + 1).saturating_sub(LEN).max(1);
        // One that is searched for in any case costs least.
        let cost = |probe: Probe| if group_of.contains_key(&probe) { 0.0 } else { commonness.of(probe) };
        let probes = offsets.map(|at| (at, probe(literal.as_ref(), at)));
        let Some((offset, probe)) = probes.min_by(|a, b| cost(a.1).total_cmp(&cost(b.1))) else { continue };
        let group = *group_of.entry(probe).or_insert_with(|| {
            let alone = Group::new(probe, &shares);
            let joined = (0u8..).zip(&groups).map(|(index, group)| {
                let mut both = group.with(&alone);
                both.cost = both.cost(&shares);
                (both.cost - group.cost, index, both)
            });
            let Some((_, index, both)) = joined.min_by(|a, b| a.0.total_cmp(&b.0)) else { return 0 };
            groups[usize::from(index)] = both;
            index
        });
        all.push(Planned { offset: offset.min(u16::MAX as usize) as u16, group, literal });
    }
    all.sort_by(|a, b| a.literal.cmp(&b.literal));
    all
}

/// The probe of each literal. One that many have in common costs as much as one that only one has. So of all probes the
/// one is taken that is rarest for each literal it represents, until all are represented.
fn chosen<L: AsRef<[u8]>>(all: &[L]) -> Vec<Probe> {
    let mut holders: HashMap<Probe, Vec<usize>> = HashMap::new();
    for (i, literal) in all.iter().enumerate() {
        let literal = literal.as_ref();
        for at in 0..(literal.len() + 1).saturating_sub(LEN).max(1) {
            let holders = holders.entry(probe(literal, at)).or_default();
            if holders.last() != Some(&i) {
                holders.push(i);
            }
        }
    }
    let commonness = Commonness::new();
    let mut candidates: Vec<(Probe, f32, Vec<usize>)> =
        holders.into_iter().map(|(probe, holders)| (probe, commonness.of(probe), holders)).collect();
    candidates.sort_by_key(|(probe, ..)| *probe);
    let mut chosen: Vec<Option<Probe>> = vec![None; all.len()];
    while chosen.contains(&None) {
        // Finding a probe costs about as much as comparing three literals with it. None is free, however rare: the more
        // there are, the more else a search takes for one.
        let cost = |common: f32, held: usize| (common + 3e-5) * (3.0 + held as f32) / held as f32;
        let best = candidates
            .iter()
            .map(|(probe, common, holders)| (probe, common, holders.iter().filter(|&&i| chosen[i].is_none()).count()))
            .filter(|(.., held)| *held > 0)
            .min_by(|a, b| cost(*a.1, a.2).total_cmp(&cost(*b.1, b.2)));
        let Some((&probe, ..)) = best else { break };
        for (_, _, holders) in candidates.iter().filter(|(other, ..)| *other == probe) {
            for &i in holders {
                chosen[i].get_or_insert(probe);
            }
        }
        candidates.retain(|(_, _, holders)| holders.iter().any(|&i| chosen[i].is_none()));
    }
    chosen.into_iter().map(Option::unwrap_or_default).collect()
}

/// The symbol of `pairs.txt` that a byte is: printable ASCII in order, tab, line feed, and all else together.
#[must_use]
pub const fn symbol(b: u8) -> usize {
    match b {
        b' '..=b'~' => (b - b' ') as usize,
        b'\t' => 95,
        b'\n' => 96,
        _ => 97,
    }
}

/// How common bytes are in source code, as shares of all places.
struct Commonness {
    /// Of each symbol.
    alone: Vec<f32>,
    /// Of each symbol behind each other one.
    behind: Vec<Vec<f32>>,
    /// Of the most common probes.
    probes: HashMap<[u8; LEN], f32>,
    /// No other probe is more common.
    least: f32,
}

/// A share of all places, told by the surprise that it is.
fn share(level: u8) -> f32 {
    (-0.25 * f32::from(level.saturating_sub(b'!'))).exp2()
}

impl Commonness {
    /// As counted by `scripts/count-pairs` and `scripts/count-fours`, which say what their tables mean.
    fn new() -> Self {
        let mut lines = include_str!("pairs.txt").lines().map(|line| line.bytes().map(share).collect());
        let (alone, behind) = (lines.next().unwrap_or_default(), lines.collect());
        let (mut probes, mut least) = (HashMap::new(), 1.0);
        for line in include_str!("fours.txt").lines().map(str::as_bytes) {
            let Some((&level, fours)) = line.split_first() else { continue };
            least = share(level);
            probes.extend(fours.as_chunks().0.iter().map(|&four| (four, least)));
        }
        Commonness { alone, behind, probes, least }
    }

    /// Of each byte, by its high and by its low half.
    fn shares(&self) -> [[f32; 16]; 16] {
        let share = |b: usize| match u8::try_from(b) {
            Ok(b) if symbol(b) != 97 => self.byte(b),
            _ => 0.0,
        };
        std::array::from_fn(|high| std::array::from_fn(|low| share(high << 4 | low)))
    }

    fn byte(&self, b: u8) -> f32 {
        self.alone.get(symbol(b)).copied().unwrap_or(1.0)
    }

    /// Of a probe. Where it is none of the most common ones, each byte follows on the one before, whatever stands in
    /// front of that.
    fn of(&self, probe: Probe) -> f32 {
        if let [Some(a), Some(b), Some(c), Some(d)] = probe {
            return self.probes.get(&[a, b, c, d]).copied().unwrap_or_else(|| self.least.min(self.in_pairs(probe)));
        }
        self.in_pairs(probe)
    }

    fn in_pairs(&self, probe: Probe) -> f32 {
        let behind = |a: u8, b: u8| {
            let shares = self.behind.get(symbol(a));
            shares.and_then(|shares| shares.get(symbol(b))).copied().unwrap_or(1.0)
        };
        let mut bytes = probe.into_iter().flatten();
        let Some(mut before) = bytes.next() else { return 1.0 };
        bytes.fold(self.byte(before), |share, b| share * behind(std::mem::replace(&mut before, b), b))
    }
}

/// The probes in as many groups as the search tells apart. It takes all bytes for probes that occur in a group, or on
/// some processors all bytes whose halves do; so probes are put together that add little to what others have.
fn grouped(probes: Vec<Probe>) -> Vec<Vec<Probe>> {
    let shares = Commonness::new().shares();
    let mut groups: Vec<Group> = probes.into_iter().map(|probe| Group::new(probe, &shares)).collect();
    let more = |a: &Group, b: &Group| a.with(b).cost(&shares) - a.cost - b.cost;
    // What it adds to put two groups together; only what concerns a new group is worked out anew.
    let mut added: Vec<Vec<f32>> =
        groups.iter().enumerate().map(|(i, a)| groups[..i].iter().map(|b| more(a, b)).collect()).collect();
    while groups.len() > GROUPS {
        let all =
            added.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().map(move |(j, cost)| (cost, i, j)));
        let Some((_, i, j)) = all.min_by(|a, b| a.0.total_cmp(b.0)) else { break };
        let other = groups.remove(i);
        added.remove(i);
        added[i..].iter_mut().for_each(|row| {
            row.remove(i);
        });
        let mut both = groups[j].with(&other);
        both.cost = both.cost(&shares);
        both.probes = groups[j].probes.iter().chain(&other.probes).copied().collect();
        groups[j] = both;
        for k in 0..groups.len() {
            if k != j {
                added[k.max(j)][k.min(j)] = more(&groups[k], &groups[j]);
            }
        }
    }
    refine(&mut groups, &shares);
    groups.into_iter().map(|group| group.probes).collect()
}

/// Moves probes to groups where they cost less, until none does: groups that were put together early are not always
/// those that the later ones would have chosen.
fn refine(groups: &mut [Group], shares: &[[f32; 16]; 16]) {
    /// What is won by more passes is hardly anything.
    const PASSES: usize = 12;
    for _ in 0..PASSES {
        let mut moved = false;
        for from in 0..groups.len() {
            let mut at = 0;
            while groups[from].probes.len() > 1 && at < groups[from].probes.len() {
                let probe = groups[from].probes[at];
                let mut rest = Group::default();
                for &other in groups[from].probes.iter().filter(|other| **other != probe) {
                    rest = rest.with(&Group::of(other));
                }
                rest.cost = rest.cost(shares);
                let alone = Group::of(probe);
                let others = groups.iter().enumerate().filter(|(to, _)| *to != from);
                let best = others
                    .map(|(to, group)| (group.with(&alone).cost(shares) - group.cost, to))
                    .min_by(|a, b| a.0.total_cmp(&b.0));
                match best {
                    // Rounding must not move one to and fro.
                    Some((more, to)) if more < (groups[from].cost - rest.cost) * 0.999 => {
                        let mut both = groups[to].with(&alone);
                        both.cost = both.cost(shares);
                        both.probes = std::mem::take(&mut groups[to].probes);
                        both.probes.push(probe);
                        groups[to] = both;
                        rest.probes = std::mem::take(&mut groups[from].probes);
                        rest.probes.remove(at);
                        groups[from] = rest;
                        moved = true;
                    }
                    _ => at += 1,
                }
            }
        }
        if !moved {
            break;
        }
    }
}

/// Probes that a search does not tell apart.
#[derive(Default)]
struct Group {
    probes: Vec<Probe>,
    /// For each byte: for each high half, the low halves that occur with it.
    bytes: [[u16; 16]; LEN],
    cost: f32,
}

impl Group {
    fn new(probe: Probe, shares: &[[f32; 16]; 16]) -> Self {
        let mut group = Group::of(probe);
        group.cost = group.cost(shares);
        group
    }

    /// One whose cost nobody has asked for.
    fn of(probe: Probe) -> Self {
        let bytes = probe.map(|byte| match byte {
            None => [u16::MAX; 16],
            Some(b) => {
                let mut bytes = [0; 16];
                bytes[usize::from(b >> 4)] = 1 << (b & 15);
                bytes
            }
        });
        Group { probes: vec![probe], bytes, cost: 0.0 }
    }

    fn with(&self, other: &Group) -> Group {
        let mut both = Group { bytes: self.bytes, ..Group::default() };
        for (a, b) in both.bytes.as_flattened_mut().iter_mut().zip(other.bytes.as_flattened()) {
            *a |= b;
        }
        both
    }

    /// How common the bytes are that a search takes for probes of the group: all that share their lower six bits with
    /// one of it, or on some processors all whose halves are those of some.
    fn cost(&self, shares: &[[f32; 16]; 16]) -> f32 {
        let share = |high: usize, lows: u16| -> f32 {
            let row = shares[high].iter().enumerate();
            row.filter(|(low, _)| lows >> low & 1 == 1).map(|(_, share)| share).sum()
        };
        let mut cost = [1.0; 2];
        for bytes in &self.bytes {
            let lows = bytes.iter().fold(0, |all, lows| all | lows);
            let folded = |high: usize| bytes.iter().skip(high % 4).step_by(4).fold(0, |all, lows| all | lows);
            cost[0] *= (0..16).map(|high| share(high, folded(high))).sum::<f32>();
            let rows = bytes.iter().enumerate().filter(|(_, lows)| **lows != 0);
            cost[1] *= rows.map(|(high, _)| share(high, lows)).sum::<f32>();
        }
        // Those that look at halves find so much more that they would decide alone.
        cost[0] + 0.2 * cost[1]
    }
}
