//! The folders that hold marked files, as a graph.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use rayon::slice::ParallelSliceMut;

use super::trees::{Named, New, Taken, Visited};
use crate::source::git::store::ObjectError;

/// Stands for the id of a tree. Keyed, so that nobody can make two ids that look alike.
pub(super) type TreeKey = u64;

/// No number of a folder.
const NONE: u32 = u32::MAX;

/// Takes the key of a tree for its hash, which it is.
#[derive(Default)]
struct Keyed(u64);

impl Hasher for Keyed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Lists by a number, one behind the other.
#[derive(Debug)]
struct Lists<T> {
    /// Where that of each number begins; one more than there are.
    first: Vec<u32>,
    all: Vec<T>,
}

impl<T: Copy + Default> Lists<T> {
    /// Puts what comes in any order into lists: `list` says into which of so many, `kept` what of it is kept there.
    fn new<'a, U: 'a>(
        lists: usize,
        all: impl Iterator<Item = &'a U> + Clone,
        list: impl Fn(&U) -> usize,
        kept: impl Fn(&U) -> T,
    ) -> Self {
        let mut first = vec![0u32; lists + 1];
        all.clone().for_each(|one| first[list(one) + 1] += 1);
        let mut sum = 0;
        for first in &mut first {
            sum += *first;
            *first = sum;
        }
        let mut sorted = vec![T::default(); sum as usize];
        let mut next = first.clone();
        for one in all {
            let slot = &mut next[list(one)];
            sorted[*slot as usize] = kept(one);
            *slot += 1;
        }
        Lists { first, all: sorted }
    }

    fn of(&self, number: usize) -> &[T] {
        &self.all[self.first[number] as usize..self.first[number + 1] as usize]
    }
}

/// A subfolder that some tree has, and where.
#[derive(Clone, Copy, Default)]
struct Above {
    child: TreeKey,
    tree: u32,
    at: u32,
    name: u32,
}

/// The subfolders that trees have and their bases have not, by the first bits of their keys.
struct Upwards {
    above: Lists<Above>,
    bits: u32,
}

impl Upwards {
    fn new(folders: &[Vec<New<TreeKey>>]) -> Self {
        let count: usize = folders.iter().map(Vec::len).sum();
        // Some four to a list. Keys are spread evenly.
        let bits = (count / 4 + 2).ilog2().min(26);
        let above = Lists::new(
            1 << bits,
            folders.iter().flatten(),
            |new| begins(new.what, bits),
            |new| Above { child: new.what, tree: new.tree, at: new.at, name: new.name },
        );
        Upwards { above, bits }
    }

    fn of(&self, child: TreeKey) -> impl Iterator<Item = &Above> {
        self.above.of(begins(child, self.bits)).iter().filter(move |above| above.child == child)
    }
}

/// The number that a key begins with.
fn begins(key: TreeKey, bits: u32) -> usize {
    (key >> (u64::BITS - bits)) as usize
}

/// A stretch of entries that a version of a folder has of another one.
#[derive(Clone, Copy, Default)]
struct Derived {
    tree: u32,
    from: u32,
    to: u32,
    len: u32,
}

/// An entry of a marked folder: the number of that, of the entry's name, and of what it is.
type Entry = (u32, u32, u32);

/// Passes marks upwards.
struct Spread {
    /// The keys of trees, by number.
    keys: Vec<TreeKey>,
    /// By the number of the base.
    derived: Lists<Derived>,
    /// The marked folder that a tree is, by the number of the tree.
    folder_of: Vec<u32>,
    folders: HashMap<TreeKey, u32, BuildHasherDefault<Keyed>>,
    /// Marked folders whose folders have not been looked up.
    waiting: Vec<(TreeKey, u32)>,
    /// Where an entry still has to be looked for: trees, and its place there.
    stack: Vec<(u32, u32)>,
}

impl Spread {
    /// Adds an entry to the folder that a tree is, and to those of the trees that have it from that one.
    fn entry(&mut self, tree: u32, at: u32, name: u32, what: u32, entries: &mut Vec<Entry>) {
        self.stack.push((tree, at));
        while let Some((tree, at)) = self.stack.pop() {
            let number = &mut self.folder_of[tree as usize];
            if *number == NONE {
                let (key, next) = (self.keys[tree as usize], self.folders.len() as u32);
                *number = *self.folders.entry(key).or_insert_with(|| {
                    self.waiting.push((key, next));
                    next
                });
            }
            entries.push((*number, name, what));
            for derived in self.derived.of(tree as usize) {
                if (derived.from..derived.from + derived.len).contains(&at) {
                    self.stack.push((derived.tree, at - derived.from + derived.to));
                }
            }
        }
    }
}

/// The folders that hold marked files, by their numbers.
pub struct Folders {
    numbers: HashMap<TreeKey, u32, BuildHasherDefault<Keyed>>,
    /// The marked files in each: names and blobs.
    files: Lists<(u32, u32)>,
    /// The marked folders in each: names and numbers.
    folders: Lists<(u32, u32)>,
    names: Vec<Box<[u8]>>,
    hasher: RandomState,
    /// Entries whose names are of interest, in order.
    pub named: Vec<Named>,
    /// Objects that trees name and that are not there.
    pub missing: BTreeMap<ObjectId, Kind>,
    /// Trees that could not be read.
    pub problems: Vec<(ObjectId, ObjectError)>,
}

impl Folders {
    pub(super) fn new(
        visited: Visited,
        hasher: RandomState,
        named: Vec<Named>,
        missing: BTreeMap<ObjectId, Kind>,
        problems: Vec<(ObjectId, ObjectError)>,
    ) -> Self {
        let Visited { keys, taken, folders: subfolders, files: marked, names } = visited;
        let trees = keys.len();
        let by_base = || {
            let derived = |taken: &Taken| Derived { tree: taken.tree, from: taken.from, to: taken.to, len: taken.len };
            Lists::new(trees, taken.iter().flatten(), |taken| taken.base as usize, derived)
        };
        let (derived, upwards) = rayon::join(by_base, || Upwards::new(&subfolders));
        drop((taken, subfolders));
        let mut spread = Spread {
            keys,
            derived,
            folder_of: vec![NONE; trees],
            folders: HashMap::default(),
            waiting: Vec::new(),
            stack: Vec::new(),
        };
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for new in marked.iter().flatten() {
            spread.entry(new.tree, new.at, new.name, new.what, &mut files);
        }
        while let Some((key, child)) = spread.waiting.pop() {
            for above in upwards.of(key) {
                spread.entry(above.tree, above.at, above.name, child, &mut folders);
            }
        }
        let numbers = spread.folders;
        let count = numbers.len();
        let (files, folders) = rayon::join(|| in_order(count, files), || in_order(count, folders));
        Folders { numbers, files, folders, names, hasher, named, missing, problems }
    }

    /// Whether no folder holds a marked file.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number of the folder that has this id, if it holds marked files.
    pub(super) fn number(&self, id: &oid) -> Option<u32> {
        self.numbers.get(&self.hasher.hash_one(id.as_bytes())).copied()
    }

    /// The marked files in a folder: numbers of their names, in order, and of their blobs.
    pub(super) fn files(&self, folder: u32) -> &[(u32, u32)] {
        self.files.of(folder as usize)
    }

    /// The marked folders in a folder: numbers of their names, in order, and their own.
    pub(super) fn folders(&self, folder: u32) -> &[(u32, u32)] {
        self.folders.of(folder as usize)
    }

    /// A name.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        &self.names[number as usize]
    }
}

/// The entries of so many folders, those of each in order and without those that are there twice.
fn in_order(folders: usize, mut entries: Vec<Entry>) -> Lists<(u32, u32)> {
    entries.par_sort_unstable();
    entries.dedup();
    Lists::new(folders, entries.iter(), |entry| entry.0 as usize, |entry| (entry.1, entry.2))
}
