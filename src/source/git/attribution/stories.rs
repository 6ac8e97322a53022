//! The stories of marks: every commit is compared with its parents.

use std::collections::{BTreeMap, HashSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use super::Marks;
use super::folders::Folders;
use crate::source::git::commits::Graph;

/// Commits that tell their parts of stories one after the other, before others' parts are joined to theirs.
const TOLD_AT_ONCE: usize = 4096;

/// The story of a mark at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The mark.
    pub mark: u32,
    /// The path, from the root of the repository.
    pub path: Vec<u8>,
    /// Numbers of the commits that introduced it, the oldest first; not empty.
    pub introduced: Vec<u32>,
    /// The last commit that held it: none that held it comes after.
    pub last: u32,
    /// Blobs that hold it at this path, each with the first commit that has it, in the order of these.
    pub versions: Vec<(u32, u32)>,
    /// The blob at HEAD, when that holds the mark at this path.
    pub at_head: Option<u32>,
}

/// The stories of marks, and which blobs have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Those that wanted commits tell.
    pub told: Vec<Trace>,
    /// For each blob, whether any commit holds it, wanted or not.
    pub held: Vec<bool>,
}

/// What is being found out about a mark at a path.
#[derive(Default)]
struct Story {
    introduced: Vec<u32>,
    last: Option<u32>,
    versions: Vec<(u32, u32)>,
    at_head: Option<u32>,
}

impl Folders {
    /// Compares every commit with its parents, on all threads of the pool that it is called in. `marks` are those of each blob, `head` is the commit at HEAD, and
    /// stories are told of the commits that are `wanted` only.
    #[must_use]
    pub fn traces(&self, graph: &Graph, marks: &[Marks], head: Option<u32>, wanted: &[bool]) -> Traces {
        // The folder of each commit, if that is marked.
        let roots: Vec<Option<u32>> = graph.nodes().par_iter().map(|node| self.number(&node.tree)).collect();
        let fresh = || Stories {
            folders: self,
            marks,
            graph,
            wanted,
            roots: &roots,
            held: vec![false; marks.len()],
            stories: BTreeMap::new(),
            path: Vec::new(),
        };
        if self.is_empty() {
            return Traces { told: Vec::new(), held: vec![false; marks.len()] };
        }
        // Each commit tells its own part of the stories, whatever the others tell.
        let numbers: Vec<u32> = (0..graph.nodes().len() as u32).collect();
        let told_by = |numbers: &[u32]| {
            let mut stories = fresh();
            numbers.iter().for_each(|&number| stories.commit(number));
            stories
        };
        let mut stories = numbers.par_chunks(TOLD_AT_ONCE).map(told_by).reduce(fresh, Stories::with);
        for tip in graph.tips(wanted) {
            if let Some(root) = roots[tip as usize] {
                stories.gone(root, None, tip);
            }
        }
        if let Some(root) = head.and_then(|head| roots[head as usize]) {
            stories.at_head(root);
        }
        let Stories { stories, held, .. } = stories;
        let told = stories
            .into_iter()
            .filter_map(|((path, mark), mut story)| {
                story.introduced.sort_by_key(|&commit| graph.rank(commit));
                story.introduced.dedup();
                story.versions.sort_by_key(|&(_, commit)| graph.rank(commit));
                let mut known = HashSet::new();
                story.versions.retain(|(blob, _)| known.insert(*blob));
                let last = story.last.or(story.introduced.last().copied())?;
                let Story { introduced, versions, at_head, .. } = story;
                (!introduced.is_empty()).then_some(Trace { mark, path, introduced, last, versions, at_head })
            })
            .collect();
        Traces { told, held }
    }
}

struct Stories<'a> {
    folders: &'a Folders,
    marks: &'a [Marks],
    graph: &'a Graph,
    /// Commits that stories are told of.
    wanted: &'a [bool],
    /// The folder of each commit, if that is marked.
    roots: &'a [Option<u32>],
    held: Vec<bool>,
    stories: BTreeMap<(Vec<u8>, u32), Story>,
    /// Of the folder that is looked at, with a slash at its end.
    path: Vec<u8>,
}

impl<'a> Stories<'a> {
    fn story(&mut self, name: u32, mark: u32) -> &mut Story {
        let mut path = self.path.clone();
        path.extend_from_slice(self.folders.name(name));
        self.stories.entry((path, mark)).or_default()
    }

    fn within(&mut self, name: u32, look: impl FnOnce(&mut Self)) {
        let len = self.path.len();
        // A path of folders that hold themselves cannot be made; the limit is for what nobody should make.
        if len < 1 << 16 {
            self.path.extend_from_slice(self.folders.name(name));
            self.path.push(b'/');
            look(self);
            self.path.truncate(len);
        }
    }

    /// The same stories with what others tell of them.
    fn with(mut self, mut other: Self) -> Self {
        // The shorter list goes into the longer one: what is joined has no order yet.
        if self.stories.len() < other.stories.len() {
            std::mem::swap(&mut self, &mut other);
        }
        for (key, told) in other.stories {
            let story = self.stories.entry(key).or_default();
            story.introduced.extend(told.introduced);
            story.versions.extend(told.versions);
            story.last = later(self.graph, story.last, told.last);
            story.at_head = story.at_head.or(told.at_head);
        }
        self.held.iter_mut().zip(&other.held).for_each(|(held, more)| *held |= more);
        self
    }

    /// What a commit brought, and what of its parents it has no more.
    fn commit(&mut self, number: u32) {
        let now = self.roots[number as usize];
        let parents = self.graph.parents(number);
        if let Some(now) = now {
            let before: Vec<u32> = parents.iter().filter_map(|&parent| self.roots[parent as usize]).collect();
            if !before.contains(&now) {
                self.came(now, &before, number);
            }
        }
        if !self.wanted[number as usize] {
            return;
        }
        for &parent in parents {
            let before = self.roots[parent as usize].filter(|_| self.wanted[parent as usize]);
            if let Some(before) = before.filter(|before| Some(*before) != now) {
                self.gone(before, now, parent);
            }
        }
    }

    /// What `commit` has in a folder that none of `before`, the same folder of its parents, has.
    fn came(&mut self, now: u32, before: &[u32], commit: u32) {
        let (folders, marks) = (self.folders, self.marks);
        for &(name, blob) in folders.files(now) {
            let same = || before.iter().flat_map(|&folder| of_name(folders.files(folder), name));
            if same().any(|other| other == blob) {
                continue;
            }
            self.held[blob as usize] = true;
            if !self.wanted[commit as usize] {
                continue;
            }
            for &mark in &marks[blob as usize] {
                let known = same().any(|blob| marks[blob as usize].binary_search(&mark).is_ok());
                let story = self.story(name, mark);
                story.versions.push((blob, commit));
                if !known {
                    story.introduced.push(commit);
                }
            }
        }
        for &(name, child) in folders.folders(now) {
            let same = || before.iter().flat_map(|&folder| of_name(folders.folders(folder), name));
            if !same().any(|other| other == child) {
                let same: Vec<u32> = same().collect();
                self.within(name, |this| this.came(child, &same, commit));
            }
        }
    }

    /// What `commit` has in a folder that the same folder of its child `after` has not.
    fn gone(&mut self, now: u32, after: Option<u32>, commit: u32) {
        let (folders, graph, marks) = (self.folders, self.graph, self.marks);
        let theirs = after.map_or(&[][..], |folder| folders.files(folder));
        for &(name, blob) in folders.files(now) {
            let same = || of_name(theirs, name);
            if same().any(|other| other == blob) {
                continue;
            }
            for &mark in &marks[blob as usize] {
                if !same().any(|blob| marks[blob as usize].binary_search(&mark).is_ok()) {
                    let story = self.story(name, mark);
                    story.last = later(graph, story.last, Some(commit));
                }
            }
        }
        let theirs = after.map_or(&[][..], |folder| folders.folders(folder));
        for &(name, child) in folders.folders(now) {
            let same = || of_name(theirs, name);
            if !same().any(|other| other == child) {
                let first = same().next();
                self.within(name, |this| this.gone(child, first, commit));
            }
        }
    }

    fn at_head(&mut self, now: u32) {
        let (folders, marks) = (self.folders, self.marks);
        for &(name, blob) in folders.files(now) {
            for &mark in &marks[blob as usize] {
                self.story(name, mark).at_head = Some(blob);
            }
        }
        for &(name, child) in folders.folders(now) {
            self.within(name, |this| this.at_head(child));
        }
    }
}

/// The commit that comes after the other.
fn later(graph: &Graph, one: Option<u32>, other: Option<u32>) -> Option<u32> {
    one.into_iter().chain(other).max_by_key(|&commit| graph.rank(commit))
}

/// What goes by a name in a sorted list.
fn of_name(list: &[(u32, u32)], name: u32) -> impl Iterator<Item = u32> {
    let first = list.partition_point(|(other, _)| *other < name);
    list[first..].iter().take_while(move |(other, _)| *other == name).map(|(_, what)| *what)
}
