//! The commits of a repository as a graph: which of them can be reached from where.

use std::collections::HashMap;

use gix_hash::ObjectId;

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
    /// Parents before children.
    order: Vec<u32>,
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
        let mut order: Vec<u32> = (0u32..).zip(&waiting).filter(|(_, n)| **n == 0).map(|(number, _)| number).collect();
        let mut at = 0;
        while let Some(&number) = order.get(at) {
            at += 1;
            for &child in &children[number as usize] {
                waiting[child as usize] -= 1;
                if waiting[child as usize] == 0 {
                    order.push(child);
                }
            }
        }
        Graph { nodes, numbers, parents, order }
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

    /// Commits that no other one has as a parent.
    #[must_use]
    pub fn tips(&self) -> Vec<u32> {
        let mut has_child = vec![false; self.nodes.len()];
        self.parents.iter().flatten().for_each(|&parent| has_child[parent as usize] = true);
        (0u32..).zip(has_child).filter(|(_, has)| !has).map(|(number, _)| number).collect()
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

    /// For each of the `tips`, whether it can reach each of the `commits`: one bit a commit.
    #[must_use]
    pub fn reached_by(&self, tips: &[u32], commits: &[u32]) -> Vec<Vec<bool>> {
        let mut reached = vec![vec![false; commits.len()]; tips.len()];
        // So many commits at a time that their bits are one word of each commit.
        for (chunk, some) in commits.chunks(64).enumerate() {
            let mut bits = vec![0u64; self.nodes.len()];
            for (bit, &commit) in some.iter().enumerate() {
                bits[commit as usize] |= 1 << bit;
            }
            for &number in &self.order {
                bits[number as usize] |=
                    self.parents(number).iter().fold(0, |all, &parent| all | bits[parent as usize]);
            }
            for (tip, reached) in tips.iter().zip(&mut reached) {
                for bit in 0..some.len() {
                    reached[chunk * 64 + bit] = bits[*tip as usize] >> bit & 1 == 1;
                }
            }
        }
        reached
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
        assert_eq!(graph.tips(), [number(4), number(5), number(6)]);
    }

    #[test]
    fn tips_reach_their_ancestors() {
        let graph = graph();
        let number = |n| graph.number(&id(n)).unwrap();
        let reached = graph.reached_by(&[number(4), number(5)], &[number(3), number(1), number(5)]);
        assert_eq!(reached, [[true, true, false], [false, true, true]]);
    }
}
