//! The commits of a repository as a graph: which of them can be reached from where.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use gix_hash::ObjectId;
use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use crate::finding::Reach;

/// What the graph needs to know of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitNode {
    /// Its id.
    pub id: ObjectId,
    /// The tree of its files.
    pub tree: ObjectId,
    /// Its parents, the first one first.
    pub parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
}

/// All commits of a repository, in the order of their ids.
pub struct Graph {
    nodes: Vec<CommitNode>,
    numbers: HashMap<ObjectId, u32>,
    /// Numbers of the parents that are there.
    parents: Vec<Vec<u32>>,
    /// The place of each commit in time: parents before children, and the one of the earlier date first where neither
    /// precedes the other.
    ranks: Vec<u32>,
    /// The places of every commit and of one of its parents, in that order: parents stand close to their children there.
    steps: Vec<(u32, u32)>,
}

/// Which of some tips can reach which of some commits, by their places among these.
pub struct Reached {
    /// For 64 commits each, their bits for every tip.
    words: Vec<Vec<u64>>,
}

impl Reached {
    /// Whether a tip can reach a commit.
    #[must_use]
    pub fn reaches(&self, tip: usize, commit: usize) -> bool {
        self.words[commit / 64][tip] >> (commit % 64) & 1 == 1
    }
}

impl Graph {
    /// A graph of these commits.
    #[must_use]
    pub fn new(nodes: Vec<CommitNode>) -> Self {
        let numbers: HashMap<ObjectId, u32> = (0u32..).zip(&nodes).map(|(number, node)| (node.id, number)).collect();
        let parents: Vec<Vec<u32>> = nodes
            .iter()
            .map(|node| node.parents.iter().filter_map(|parent| numbers.get(parent).copied()).collect())
            .collect();
        // A commit comes when all its parents have come.
        let mut waiting: Vec<u32> = parents.iter().map(|parents| parents.len() as u32).collect();
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); nodes.len()];
        for (number, parents) in (0u32..).zip(&parents) {
            parents.iter().for_each(|&parent| children[parent as usize].push(number));
        }
        let dated = |number: u32| Reverse((nodes[number as usize].time, number));
        let mut ready: BinaryHeap<Reverse<(i64, u32)>> =
            (0u32..).zip(&waiting).filter(|(_, n)| **n == 0).map(|(number, _)| dated(number)).collect();
        let mut order: Vec<u32> = Vec::with_capacity(nodes.len());
        let mut ranks = vec![u32::MAX; nodes.len()];
        while let Some(Reverse((_, number))) = ready.pop() {
            ranks[number as usize] = order.len() as u32;
            order.push(number);
            for &child in &children[number as usize] {
                waiting[child as usize] -= 1;
                if waiting[child as usize] == 0 {
                    ready.push(dated(child));
                }
            }
        }
        // Only a damaged index can make commits follow themselves. They come last.
        for (number, rank) in (0u32..).zip(&mut ranks) {
            if *rank == u32::MAX {
                *rank = order.len() as u32;
                order.push(number);
            }
        }
        let mut steps = Vec::with_capacity(nodes.len());
        for (place, &number) in (0u32..).zip(&order) {
            steps.extend(parents[number as usize].iter().map(|&parent| (place, ranks[parent as usize])));
        }
        Graph { nodes, numbers, parents, ranks, steps }
    }

    /// The place of a commit in time: after all that precede it, whatever the dates say, which are the same for the
    /// commits of a rebase and wrong where a clock was. Of commits of which neither precedes the other, the one of the
    /// earlier date comes first.
    #[must_use]
    pub fn rank(&self, number: u32) -> (u32, u32) {
        (self.ranks[number as usize], number)
    }

    /// The commits, by number.
    #[must_use]
    pub fn nodes(&self) -> &[CommitNode] {
        &self.nodes
    }

    /// The commit of that number.
    #[must_use]
    pub fn node(&self, number: u32) -> &CommitNode {
        &self.nodes[number as usize]
    }

    /// The number of a commit.
    #[must_use]
    pub fn number(&self, id: &ObjectId) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// Numbers of the parents of a commit that are there.
    #[must_use]
    pub fn parents(&self, number: u32) -> &[u32] {
        &self.parents[number as usize]
    }

    /// Of some commits, those that no other one of them has as a parent.
    #[must_use]
    pub fn tips(&self, of: &[bool]) -> Vec<u32> {
        let mut has_child = vec![false; self.nodes.len()];
        let children = self.parents.iter().zip(of).filter(|(_, of)| **of);
        children.flat_map(|(parents, _)| parents).for_each(|&parent| has_child[parent as usize] = true);
        (0u32..).zip(has_child.iter().zip(of)).filter(|(_, (has, of))| !**has && **of).map(|(n, _)| n).collect()
    }

    /// From where each commit can be reached.
    #[must_use]
    pub fn reach(&self, references: &[u32], reflogs: &[u32]) -> Vec<Reach> {
        let mut reach = vec![Reach::Unreachable; self.nodes.len()];
        for (from, as_what) in [(references, Reach::Reference), (reflogs, Reach::Reflog)] {
            let mut stack: Vec<u32> = from.to_vec();
            while let Some(number) = stack.pop() {
                if reach[number as usize] == Reach::Unreachable {
                    reach[number as usize] = as_what;
                    stack.extend(self.parents(number));
                }
            }
        }
        reach
    }

    /// Which of the `tips` can reach which of the `commits`.
    #[must_use]
    pub fn reached_by(&self, tips: &[u32], commits: &[u32]) -> Reached {
        let place = |number: u32| self.ranks[number as usize];
        // So many commits at a time that their bits are one word of each commit.
        let words: Vec<Vec<u64>> = commits
            .par_chunks(64)
            .map(|some| {
                let mut bits = vec![0u64; self.nodes.len()];
                for (bit, &commit) in some.iter().enumerate() {
                    bits[place(commit) as usize] |= 1 << bit;
                }
                for &(place, parent) in &self.steps {
                    bits[place as usize] |= bits[parent as usize];
                }
                tips.iter().map(|&tip| bits[place(tip) as usize]).collect()
            })
            .collect();
        Reached { words }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn id(n: u8) -> ObjectId {
        ObjectId::Sha1([n; 20])
    }

    /// 1 ← 2 ← 4, 1 ← 3 ← 4 (a merge), 1 ← 5; 6 has a parent that is not there.
    fn graph() -> Graph {
        let node = |n: u8, parents: &[u8]| CommitNode {
            id: id(n),
            tree: id(100 + n),
            parents: parents.iter().map(|&p| id(p)).collect(),
            time: i64::from(n),
        };
        Graph::new(vec![node(1, &[]), node(2, &[1]), node(3, &[1]), node(4, &[2, 3]), node(5, &[1]), node(6, &[9])])
    }

    #[test]
    fn reach_is_that_of_the_best_way() {
        let graph = graph();
        let number = |n| graph.number(&id(n)).unwrap();
        let reach = graph.reach(&[number(4)], &[number(5)]);
        let of = |n| reach[number(n) as usize];
        assert_eq!([1, 2, 3, 4].map(of), [Reach::Reference; 4]);
        assert_eq!([of(5), of(6)], [Reach::Reflog, Reach::Unreachable]);
        assert_eq!(graph.tips(&[true; 6]), [number(4), number(5), number(6)]);
        let without_the_merge: Vec<bool> = graph.nodes().iter().map(|node| node.id != id(4)).collect();
        assert_eq!(graph.tips(&without_the_merge), [2, 3, 5, 6].map(number));
    }

    #[test]
    fn ancestors_come_first_and_dates_count_between_the_others() {
        // 1 ← 2 ← 3 are of one second, or ever earlier; 4 is of another branch.
        for (times, expected) in
            [([5, 5, 5, 5], [1, 2, 3, 4]), ([9, 8, 7, 8], [4, 1, 2, 3]), ([1, 9, 2, 5], [1, 4, 2, 3])]
        {
            for ids in [[11, 12, 13, 14], [13, 12, 11, 14]] {
                let parents = [vec![], vec![ids[0]], vec![ids[1]], vec![]];
                let mut nodes: Vec<CommitNode> = (0..4)
                    .map(|i| CommitNode {
                        id: id(ids[i]),
                        tree: id(100),
                        parents: parents[i].iter().map(|&p| id(p)).collect(),
                        time: times[i],
                    })
                    .collect();
                nodes.sort_by_key(|node| node.id);
                let graph = Graph::new(nodes);
                let mut order: Vec<usize> = (1..=4).collect();
                order.sort_by_key(|&i| graph.rank(graph.number(&id(ids[i - 1])).unwrap()));
                if times == [5; 4] {
                    // Which of the branches comes first is all the same.
                    order.retain(|&i| i != 4);
                    assert_eq!(order, expected[..3]);
                } else {
                    assert_eq!(order, expected, "{times:?}");
                }
            }
        }
    }

    #[test]
    fn tips_reach_their_ancestors() {
        let graph = graph();
        let number = |n| graph.number(&id(n)).unwrap();
        let reached = graph.reached_by(&[number(4), number(5)], &[number(3), number(1), number(5)]);
        let all = [0, 1].map(|tip| [0, 1, 2].map(|commit| reached.reaches(tip, commit)));
        assert_eq!(all, [[true, true, false], [false, true, true]]);
    }
}
