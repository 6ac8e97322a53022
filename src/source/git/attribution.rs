//! Which paths and commits hold which blobs.
//!
//! Blobs of interest carry *marks* (numbers that stand for the secrets in them). All trees of the repository are visited
//! once, in the order of the packs: that gives, for every folder, its marked files and its subfolders. Marks are then
//! passed upwards, so that a small graph of marked folders is left. With it, every commit is compared with its parents,
//! going down only where marked folders differ: what a commit has that none of its parents has, it introduced; what a
//! parent has and the commit has not, the parent was the last to hold.
//!
//! The same visit finds out which objects are missing: every id is looked up where it is first named.
//!
//! **Memory.** 16 bytes for every subfolder of every version of every folder, while the visit goes on and only when there
//! are marks.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};
use std::sync::{Mutex, PoisonError, RwLock};

use gix_hash::ObjectId;
use gix_object::Kind;
use rayon::iter::ParallelIterator;
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::commits::Graph;
use super::store::{ObjectError, Store};
use super::walk::{Object, Origin, Visitor};
use crate::detect::Copied;

/// The marks of a blob: numbers in rising order.
pub type Marks = Vec<u32>;

/// Commits that tell their parts of stories one after the other, before others' parts are joined to theirs.
const TOLD_AT_ONCE: usize = 4096;

/// Stands for the id of a tree. Keyed, so that nobody can make two ids that look alike.
type TreeKey = u64;

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

/// Something for each tree.
type OfTrees<T> = HashMap<TreeKey, T, BuildHasherDefault<Keyed>>;

/// An entry of a tree: where it stands in it, what it is (a key of a tree, a number of a blob), and its name's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    at: u32,
    name: u32,
    what: u64,
}

/// What is kept of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Where its entries begin, in order.
    starts: Vec<u32>,
    /// Where the last one ends.
    end: u32,
    folders: Vec<Entry>,
    /// Marked ones only.
    blobs: Vec<Entry>,
}

impl Listed {
    /// Takes over the entries that a stretch of a tree has of its base, from the one at `at` on, which is a place in the
    /// stretch; returns where they end. Nothing where no entry of the base begins there, or none ends in the stretch.
    fn take(&mut self, base: &Listed, copied: Copied, at: usize) -> Option<usize> {
        let from = u32::try_from(at - copied.to + copied.from).ok()?;
        let first = base.starts.binary_search(&from).ok()?;
        let limit = u32::try_from(copied.from + copied.len).unwrap_or(u32::MAX);
        // The last border between entries that the stretch reaches.
        let (end, last) = if base.end <= limit {
            (base.end, base.starts.len())
        } else {
            let last = base.starts.partition_point(|&start| start <= limit) - 1;
            (base.starts[last], last)
        };
        if end <= from {
            return None;
        }
        let moved = |offset: u32| offset.wrapping_sub(from).wrapping_add(at as u32);
        self.starts.extend(base.starts[first..last].iter().map(|&start| moved(start)));
        for (theirs, ours) in [(&base.folders, &mut self.folders), (&base.blobs, &mut self.blobs)] {
            let first = theirs.partition_point(|entry| entry.at < from);
            let last = theirs.partition_point(|entry| entry.at < end);
            ours.extend(theirs[first..last].iter().map(|entry| Entry { at: moved(entry.at), ..*entry }));
        }
        Some(moved(end) as usize)
    }
}

/// A subfolder in a folder.
#[derive(Clone, Copy)]
struct Edge {
    child: TreeKey,
    /// Number in the list of [`Edges`].
    parent: u32,
    name: u32,
}

/// All subfolders of all folders.
#[derive(Default)]
struct Edges {
    parents: Vec<TreeKey>,
    edges: Vec<Edge>,
}

/// The edges by the folders that they lead to.
struct Upwards {
    parents: Vec<TreeKey>,
    /// In the order of their children.
    edges: Vec<Edge>,
    /// For each number that keys begin with, where the edges begin whose children have it; one more than there are.
    first: Vec<u32>,
    /// Bits of these numbers.
    bits: u32,
}

impl Upwards {
    fn new(edges: Edges) -> Self {
        let Edges { parents, mut edges } = edges;
        edges.par_sort_unstable_by_key(|edge| edge.child);
        // Some eight edges for each number. Keys are spread evenly.
        let bits = (edges.len() / 8 + 2).ilog2().min(24);
        let mut first = vec![0; (1 << bits) + 1];
        for edge in &edges {
            first[Self::begins(edge.child, bits) + 1] += 1;
        }
        let mut sum = 0;
        for first in &mut first {
            sum += *first;
            *first = sum;
        }
        Upwards { parents, edges, first, bits }
    }

    /// The number that a key begins with.
    fn begins(key: TreeKey, bits: u32) -> usize {
        (key >> (u64::BITS - bits)) as usize
    }

    /// The names that a folder has, each with the folder that it has it in.
    fn of(&self, child: TreeKey) -> impl Iterator<Item = (u32, TreeKey)> {
        let begins = Self::begins(child, self.bits);
        let edges = &self.edges[self.first[begins] as usize..self.first[begins + 1] as usize];
        let first = edges.partition_point(|edge| edge.child < child);
        let own = edges[first..].iter().take_while(move |edge| edge.child == child);
        own.map(|edge| (edge.name, self.parents[edge.parent as usize]))
    }
}

#[derive(Default)]
struct Names {
    numbers: HashMap<Box<[u8]>, u32>,
    names: Vec<Box<[u8]>>,
}

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }
}

/// The visitor of trees.
pub struct TreeVisitor<'a> {
    store: &'a Store,
    blobs: HashMap<ObjectId, u32>,
    /// Whether some marked blob begins with these 16 bits: most are ruled out by that.
    begins: Vec<u64>,
    keys: RandomState,
    names: Mutex<Names>,
    edges: Mutex<Edges>,
    /// Folders with marked files: folder, name, blob.
    files: Mutex<Vec<(TreeKey, u32, u32)>>,
    /// What entries are asked for by their names.
    asked: Option<Asked<'a>>,
    /// Whether the names that were looked at are asked for.
    looked_at: RwLock<HashMap<Box<[u8]>, bool>>,
    named: Mutex<BTreeSet<Named>>,
    missing: Mutex<BTreeMap<ObjectId, Kind>>,
    problems: Mutex<Vec<(ObjectId, ObjectError)>>,
    advance: &'a (dyn Fn(u64) + Sync),
}

/// Which names of files and folders are of interest. Each is asked about once.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Shorter ones are none.
    pub least: usize,
    /// Whether one is.
    pub by_name: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

/// An entry of a tree whose name is of interest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The name.
    pub name: Box<[u8]>,
    /// What goes by it.
    pub id: ObjectId,
    /// Whether that is a folder.
    pub is_folder: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unlocked<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> TreeVisitor<'a> {
    /// A visitor that looks for these blobs. `advance` is told about progress, in bytes of the object database.
    #[must_use]
    pub fn new(store: &'a Store, blobs: &[ObjectId], advance: &'a (dyn Fn(u64) + Sync)) -> Self {
        let mut begins = vec![0u64; 1 << 10];
        for id in blobs {
            let first = first_bits(id.as_slice());
            begins[first / 64] |= 1 << (first % 64);
        }
        TreeVisitor {
            store,
            blobs: (0u32..).zip(blobs).map(|(number, id)| (*id, number)).collect(),
            begins,
            keys: RandomState::new(),
            names: Mutex::default(),
            edges: Mutex::default(),
            files: Mutex::default(),
            asked: None,
            looked_at: RwLock::default(),
            named: Mutex::default(),
            missing: Mutex::default(),
            problems: Mutex::default(),
            advance,
        }
    }

    /// The same visitor, which also collects the entries whose names are of interest.
    #[must_use]
    pub fn asking(self, asked: Asked<'a>) -> Self {
        TreeVisitor { asked: Some(asked), ..self }
    }

    /// Takes note of an entry whose name is of interest.
    #[inline(never)]
    fn look_at(&self, asked: Asked<'_>, name: &[u8], id: ObjectId, is_folder: bool) {
        let known = self.looked_at.read().unwrap_or_else(PoisonError::into_inner).get(name).copied();
        let wanted = known.unwrap_or_else(|| {
            let wanted = (asked.by_name)(name);
            self.looked_at.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), wanted);
            wanted
        });
        if wanted {
            locked(&self.named).insert(Named { name: name.into(), id, is_folder });
        }
    }

    fn key(&self, id: &[u8]) -> TreeKey {
        self.keys.hash_one(id)
    }

    fn tree(&self, object: &Object<'_>, origin: Option<Origin<'_, Listed>>) -> Listed {
        let marked = !self.blobs.is_empty();
        let hash_len = object.id.as_slice().len();
        let mut listed = Listed::default();
        let (base, copied) = origin.map_or((None, &[][..]), |origin| (Some(origin.state), origin.copied));
        let mut stretch = 0;
        let mut at = 0;
        let bytes = object.bytes;
        while at < bytes.len() {
            while copied.get(stretch).is_some_and(|copied| copied.to + copied.len <= at) {
                stretch += 1;
            }
            // What the base says of its entries holds here.
            if let (Some(base), Some(copied)) = (base, copied.get(stretch).filter(|copied| copied.to <= at))
                && let Some(end) = listed.take(base, *copied, at)
            {
                at = end;
                listed.end = at as u32;
                continue;
            }
            // "100644 name", a zero byte, and the id.
            let Some(zero) = memchr::memchr(0, &bytes[at..]).map(|i| at + i) else { return self.torn(object, listed) };
            let Some(id) = bytes.get(zero + 1..zero + 1 + hash_len) else { return self.torn(object, listed) };
            let Some(space) = bytes[at..zero].iter().position(|&b| b == b' ').map(|i| at + i) else {
                return self.torn(object, listed);
            };
            // 40000 (040000 in old ones) is a folder, 160000 the commit of a submodule, the others are blobs.
            let is_folder = matches!(bytes[at], b'4' | b'0');
            let is_commit = bytes[at] == b'1' && bytes.get(at + 1) == Some(&b'6');
            listed.starts.push(at as u32);
            if !is_commit {
                self.entry(object, at, &bytes[space + 1..zero], id, is_folder, &mut listed);
            }
            at = zero + 1 + hash_len;
            listed.end = at as u32;
        }
        listed.end = at as u32;
        if marked && !object.again {
            let parent = self.key(object.id.as_slice());
            if !listed.folders.is_empty() {
                let mut all = locked(&self.edges);
                let number = u32::try_from(all.parents.len()).unwrap_or(u32::MAX);
                all.parents.push(parent);
                let edges = listed.folders.iter();
                all.edges.extend(edges.map(|entry| Edge { child: entry.what, parent: number, name: entry.name }));
            }
            if !listed.blobs.is_empty() {
                let files = listed.blobs.iter().map(|entry| (parent, entry.name, entry.what as u32));
                locked(&self.files).extend(files);
            }
        }
        listed
    }

    /// An entry that no base has.
    fn entry(&self, object: &Object<'_>, at: usize, name: &[u8], id: &[u8], is_folder: bool, listed: &mut Listed) {
        let Ok(id) = ObjectId::try_from(id) else { return };
        if !object.again && !self.store.contains(&id) && !id.is_empty_tree() {
            locked(&self.missing).insert(id, if is_folder { Kind::Tree } else { Kind::Blob });
        }
        if let Some(asked) = self.asked.filter(|asked| name.len() >= asked.least && !object.again) {
            self.look_at(asked, name, id, is_folder);
        }
        if self.blobs.is_empty() {
            return;
        }
        if is_folder {
            let name = locked(&self.names).number(name);
            listed.folders.push(Entry { at: at as u32, name, what: self.key(id.as_slice()) });
        } else if let Some(&blob) = self.may_be_marked(id.as_slice()).then(|| self.blobs.get(&id)).flatten() {
            let name = locked(&self.names).number(name);
            listed.blobs.push(Entry { at: at as u32, name, what: u64::from(blob) });
        }
    }

    fn may_be_marked(&self, id: &[u8]) -> bool {
        let first = first_bits(id);
        self.begins[first / 64] >> (first % 64) & 1 == 1
    }

    fn torn(&self, object: &Object<'_>, listed: Listed) -> Listed {
        if !object.again {
            locked(&self.problems).push((object.id, ObjectError::Header));
        }
        listed
    }

    /// What the trees say.
    #[must_use]
    pub fn finish(self) -> Folders {
        let edges = Upwards::new(unlocked(self.edges));
        let mut folders: OfTrees<Folder> = OfTrees::default();
        let mut waiting = Vec::new();
        for (folder, name, blob) in unlocked(self.files) {
            let marked = folders.entry(folder).or_insert_with(|| {
                waiting.push(folder);
                Folder::default()
            });
            marked.blobs.push((name, blob));
        }
        // From marked folders up to all that hold them.
        while let Some(child) = waiting.pop() {
            for (name, parent) in edges.of(child) {
                let marked = folders.entry(parent).or_insert_with(|| {
                    waiting.push(parent);
                    Folder::default()
                });
                marked.folders.push((name, child));
            }
        }
        let names = unlocked(self.names).names;
        for folder in folders.values_mut() {
            folder.blobs.sort_unstable();
            folder.blobs.dedup();
            folder.folders.sort_unstable();
            folder.folders.dedup();
        }
        let mut problems = unlocked(self.problems);
        problems.sort_by_key(|(id, _)| *id);
        problems.dedup_by_key(|(id, _)| *id);
        let named = unlocked(self.named).into_iter().collect();
        Folders { folders, names, keys: self.keys, named, missing: unlocked(self.missing), problems }
    }
}

/// The first 16 bits of an id.
fn first_bits(id: &[u8]) -> usize {
    usize::from(id[0]) << 8 | usize::from(id[1])
}

impl Visitor for TreeVisitor<'_> {
    type State = Listed;

    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Tree
    }

    fn visit(&self, object: &Object<'_>, origin: Option<Origin<'_, Listed>>) -> Listed {
        self.tree(object, origin)
    }

    fn wants_size(&self, _: ObjectId, _: Kind, _: u64) -> bool {
        true
    }

    fn problem(&self, id: ObjectId, error: ObjectError) {
        locked(&self.problems).push((id, error));
    }

    fn failed(&self, id: ObjectId) {
        locked(&self.problems).push((id, ObjectError::Header));
    }

    fn advance(&self, bytes: u64) {
        (self.advance)(bytes);
    }
}

/// A folder that holds marked files, itself or in folders below it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Folder {
    /// Name and number of marked blobs.
    blobs: Vec<(u32, u32)>,
    /// Name and key of marked folders.
    folders: Vec<(u32, TreeKey)>,
}

/// The folders that hold marked files.
pub struct Folders {
    folders: OfTrees<Folder>,
    names: Vec<Box<[u8]>>,
    keys: RandomState,
    /// Entries whose names are of interest, in order.
    pub named: Vec<Named>,
    /// Objects that trees name and that are not there.
    pub missing: BTreeMap<ObjectId, Kind>,
    /// Trees that could not be read.
    pub problems: Vec<(ObjectId, ObjectError)>,
}

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
        let fresh = || Stories {
            folders: self,
            marks,
            graph,
            wanted,
            held: vec![false; marks.len()],
            stories: BTreeMap::new(),
            path: Vec::new(),
        };
        if self.folders.is_empty() {
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
            if let Some(root) = self.root(graph, tip) {
                stories.gone(root, None, tip);
            }
        }
        if let Some(root) = head.and_then(|head| self.root(graph, head)) {
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

    /// The key of a commit's root folder, if that is marked.
    fn root(&self, graph: &Graph, commit: u32) -> Option<TreeKey> {
        let key = self.keys.hash_one(graph.node(commit).tree.as_slice());
        self.folders.contains_key(&key).then_some(key)
    }
}

struct Stories<'a> {
    folders: &'a Folders,
    marks: &'a [Marks],
    graph: &'a Graph,
    /// Commits that stories are told of.
    wanted: &'a [bool],
    held: Vec<bool>,
    stories: BTreeMap<(Vec<u8>, u32), Story>,
    /// Of the folder that is looked at, with a slash at its end.
    path: Vec<u8>,
}

impl<'a> Stories<'a> {
    fn folder(&self, key: TreeKey) -> Option<&'a Folder> {
        self.folders.folders.get(&key)
    }

    fn story(&mut self, name: u32, mark: u32) -> &mut Story {
        let mut path = self.path.clone();
        path.extend_from_slice(&self.folders.names[name as usize]);
        self.stories.entry((path, mark)).or_default()
    }

    fn within(&mut self, name: u32, look: impl FnOnce(&mut Self)) {
        let len = self.path.len();
        // A path of folders that hold themselves cannot be made; the limit is for what nobody should make.
        if len < 1 << 16 {
            self.path.extend_from_slice(&self.folders.names[name as usize]);
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
        let now = self.folders.root(self.graph, number);
        let parents = self.graph.parents(number);
        let before: Vec<Option<TreeKey>> =
            parents.iter().map(|&parent| self.folders.root(self.graph, parent)).collect();
        let known: Vec<TreeKey> = before.iter().copied().flatten().collect();
        if let Some(now) = now.filter(|now| !known.contains(now)) {
            self.came(now, &known, number);
        }
        if !self.wanted[number as usize] {
            return;
        }
        for (&parent, before) in parents.iter().zip(&before) {
            if let Some(before) = before.filter(|before| Some(*before) != now && self.wanted[parent as usize]) {
                self.gone(before, now, parent);
            }
        }
    }

    /// What `commit` has in a folder that none of `before`, the same folder of its parents, has.
    fn came(&mut self, now: TreeKey, before: &[TreeKey], commit: u32) {
        let Some(folder) = self.folder(now) else { return };
        let theirs: Vec<&Folder> = before.iter().filter_map(|&key| self.folder(key)).collect();
        for &(name, blob) in &folder.blobs {
            let same = || theirs.iter().flat_map(|folder| of_name(&folder.blobs, name));
            if same().any(|other| other == blob) {
                continue;
            }
            self.held[blob as usize] = true;
            if !self.wanted[commit as usize] {
                continue;
            }
            for &mark in &self.marks[blob as usize] {
                let marks = self.marks;
                let known = same().any(|blob| marks[blob as usize].binary_search(&mark).is_ok());
                let story = self.story(name, mark);
                story.versions.push((blob, commit));
                if !known {
                    story.introduced.push(commit);
                }
            }
        }
        for &(name, child) in &folder.folders {
            let same = || theirs.iter().flat_map(|folder| of_name(&folder.folders, name));
            if !same().any(|other| other == child) {
                let same: Vec<TreeKey> = same().collect();
                self.within(name, |this| this.came(child, &same, commit));
            }
        }
    }

    /// What `commit` has in a folder that the same folder of its child `after` has not.
    fn gone(&mut self, now: TreeKey, after: Option<TreeKey>, commit: u32) {
        let Some(folder) = self.folder(now) else { return };
        let theirs = after.and_then(|key| self.folder(key));
        let (graph, marks) = (self.graph, self.marks);
        for &(name, blob) in &folder.blobs {
            let same = || theirs.iter().flat_map(|folder| of_name(&folder.blobs, name));
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
        for &(name, child) in &folder.folders {
            let same = || theirs.iter().flat_map(|folder| of_name(&folder.folders, name));
            if !same().any(|other| other == child) {
                let first = same().next();
                self.within(name, |this| this.gone(child, first, commit));
            }
        }
    }

    fn at_head(&mut self, now: TreeKey) {
        let Some(folder) = self.folder(now) else { return };
        for &(name, blob) in &folder.blobs {
            for &mark in &self.marks[blob as usize] {
                self.story(name, mark).at_head = Some(blob);
            }
        }
        for &(name, child) in &folder.folders {
            self.within(name, |this| this.at_head(child));
        }
    }
}

/// The commit that comes after the other.
fn later(graph: &Graph, one: Option<u32>, other: Option<u32>) -> Option<u32> {
    one.into_iter().chain(other).max_by_key(|&commit| graph.rank(commit))
}

/// What goes by a name in a sorted list.
fn of_name<T: Copy>(list: &[(u32, T)], name: u32) -> impl Iterator<Item = T> {
    let first = list.partition_point(|(other, _)| *other < name);
    list[first..].iter().take_while(move |(other, _)| *other == name).map(|(_, what)| *what)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(seed: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[seed; 20])
    }

    /// The bytes of a tree: mode, name and id of each entry.
    fn tree(entries: &[(u8, String, u8)]) -> Vec<u8> {
        let modes = ["100644", "40000", "160000", "120000"];
        entries
            .iter()
            .flat_map(|(mode, name, seed)| {
                let head = format!("{} {name}\0", modes[usize::from(*mode) % modes.len()]);
                [head.as_bytes(), id(*seed).as_slice()].concat()
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Whatever a tree was made of, and wherever the cuts lie, it has the entries that it has by itself.
        #[test]
        fn what_is_taken_over_is_what_is_read(
            entries in prop::collection::vec((0..4u8, "[a-c]{1,4}", 0..6u8), 0..9),
            inserted in prop::collection::vec((0..4u8, "[a-c]{1,4}", 0..6u8), 0..3),
            cuts in (0..260usize, 0..260usize),
            aligned in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path(), gix_hash::Kind::Sha1);
            let visitor = TreeVisitor::new(&store, &[id(1), id(3)], &|_| {});
            let base = tree(&entries);
            let place = |cut: usize| match aligned {
                true => tree(&entries[..cut % (entries.len() + 1)]).len(),
                false => cut % (base.len() + 1),
            };
            let (cut, on) = (place(cuts.0).min(place(cuts.1)), place(cuts.0).max(place(cuts.1)));
            let new = tree(&inserted);
            let text = [&base[..cut], &new, &base[on..]].concat();
            let copied: Vec<Copied> = [
                Copied { to: 0, from: 0, len: cut },
                Copied { to: cut + new.len(), from: on, len: base.len() - on },
            ]
            .into_iter()
            .filter(|copied| copied.len > 0)
            .collect();
            let object = |bytes| Object { id: id(9), kind: Kind::Tree, bytes, again: false };
            let state = visitor.tree(&object(&base), None);
            let origin = Origin { state: &state, len: base.len(), copied: &copied };
            prop_assert_eq!(visitor.tree(&object(&text), Some(origin)), visitor.tree(&object(&text), None));
        }
    }
}
