//! The visit of all trees: what each of them has that its base has not.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU32, Ordering};

use gix_hash::ObjectId;
use gix_object::Kind;

use super::folders::{Folders, TreeKey};
use crate::detect::Copied;
use crate::source::git::per_thread::PerThread;
use crate::source::git::store::{ObjectError, Store};
use crate::source::git::walk::{Object, Origin, Visitor};

/// Ids that are looked up at once: see [`Store::absent`].
const LOOKED_UP: usize = 256;

/// What is kept of a tree as long as others are made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its number among all that were visited.
    number: u32,
    /// Where its entries begin, in order.
    starts: Vec<u32>,
    /// Where the last one ends.
    end: u32,
}

impl Listed {
    /// Takes over the entries that a stretch of a tree has of its base, from the one at `at` on, which is a place in the
    /// stretch; returns where they begin in the base and where they end in the tree. Nothing where no entry of the base
    /// begins there, or none ends in the stretch.
    fn take(&mut self, base: &Listed, copied: Copied, at: usize) -> Option<(u32, usize)> {
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
        Some((from, moved(end) as usize))
    }
}

/// Entries that a tree has of its base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub base: u32,
    pub tree: u32,
    /// Where they begin in the base, and where in the tree.
    pub from: u32,
    pub to: u32,
    /// Their length in bytes.
    pub len: u32,
}

/// An entry that a tree has and its base has not.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<T> {
    /// The key of a folder, the number of a blob.
    pub what: T,
    pub tree: u32,
    /// Where it stands in the tree.
    pub at: u32,
    /// The number of its name, which is one of its part's while the visit goes on.
    pub name: u32,
}

/// The names of entries, by their numbers.
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

/// What one thread found, or one of several.
#[derive(Default)]
struct Part {
    /// The keys of trees by their numbers.
    keys: Vec<(u32, TreeKey)>,
    taken: Vec<Taken>,
    folders: Vec<New<TreeKey>>,
    /// Marked ones only.
    files: Vec<New<u32>>,
    names: Names,
    /// Ids that are still to be looked up.
    waiting: Vec<(ObjectId, Kind)>,
    missing: BTreeMap<ObjectId, Kind>,
    /// Whether the names that were looked at are asked for.
    looked_at: HashMap<Box<[u8]>, bool>,
    named: BTreeSet<Named>,
    problems: Vec<(ObjectId, ObjectError)>,
}

impl Part {
    /// Takes note of an entry whose name is of interest.
    #[inline(never)]
    fn look_at(&mut self, asked: Asked<'_>, name: &[u8], id: ObjectId, is_folder: bool) {
        let known = self.looked_at.get(name).copied();
        let wanted = known.unwrap_or_else(|| {
            let wanted = (asked.by_name)(name);
            self.looked_at.insert(name.into(), wanted);
            wanted
        });
        if wanted {
            self.named.insert(Named { name: name.into(), id, is_folder });
        }
    }

    /// Takes note of a tree that ends in the middle of an entry; what stands before that counts.
    fn torn(&mut self, object: &Object<'_>, listed: Listed) -> Listed {
        if !object.again {
            self.problems.push((object.id, ObjectError::Header));
        }
        listed
    }

    /// Looks up what waits for it.
    #[inline(never)]
    fn look_up(&mut self, store: &Store) {
        for place in store.absent(&self.waiting) {
            let (id, kind) = self.waiting[place];
            if !id.is_empty_tree() {
                self.missing.insert(id, kind);
            }
        }
        self.waiting.clear();
    }
}

/// What all trees together say of themselves, as the visit leaves it.
#[derive(Default)]
pub(super) struct Visited {
    /// The keys of trees by their numbers.
    pub keys: Vec<TreeKey>,
    pub taken: Vec<Vec<Taken>>,
    pub folders: Vec<Vec<New<TreeKey>>>,
    pub files: Vec<Vec<New<u32>>>,
    /// By their numbers.
    pub names: Vec<Box<[u8]>>,
}

/// The visitor of trees.
pub struct TreeVisitor<'a> {
    store: &'a Store,
    blobs: HashMap<ObjectId, u32>,
    /// Whether some marked blob begins with these 16 bits: most are ruled out by that.
    begins: Vec<u64>,
    hasher: RandomState,
    /// How many trees were visited.
    visited: AtomicU32,
    parts: PerThread<Part>,
    /// What entries are asked for by their names.
    asked: Option<Asked<'a>>,
    advance: &'a (dyn Fn(u64) + Sync),
}

/// Which names of files and folders are of interest. Each is asked about once by every thread.
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
            hasher: RandomState::new(),
            visited: AtomicU32::new(0),
            parts: PerThread::default(),
            asked: None,
            advance,
        }
    }

    /// The same visitor, which also collects the entries whose names are of interest.
    #[must_use]
    pub fn asking(self, asked: Asked<'a>) -> Self {
        TreeVisitor { asked: Some(asked), ..self }
    }

    fn tree(&self, object: &Object<'_>, origin: Option<Origin<'_, Listed>>) -> Listed {
        let part = &mut *self.parts.here();
        let marked = !self.blobs.is_empty();
        let hash_len = object.id.as_slice().len();
        let (base, copied) = origin.map_or((None, &[][..]), |origin| (Some(origin.state), origin.copied));
        let mut listed =
            Listed { starts: Vec::with_capacity(base.map_or(8, |base| base.starts.len() + 4)), ..Listed::default() };
        if marked {
            listed.number = self.visited.fetch_add(1, Ordering::Relaxed);
            part.keys.push((listed.number, self.hasher.hash_one(object.id.as_slice())));
        }
        let mut stretch = 0;
        let mut at = 0;
        let bytes = object.bytes;
        while at < bytes.len() {
            while copied.get(stretch).is_some_and(|copied| copied.to + copied.len <= at) {
                stretch += 1;
            }
            // What the base says of its entries holds here.
            if let (Some(base), Some(copied)) = (base, copied.get(stretch).filter(|copied| copied.to <= at))
                && let Some((from, end)) = listed.take(base, *copied, at)
            {
                if marked {
                    let (to, len) = (at as u32, (end - at) as u32);
                    part.taken.push(Taken { base: base.number, tree: listed.number, from, to, len });
                }
                at = end;
                listed.end = at as u32;
                continue;
            }
            // "100644 name", a zero byte, and the id.
            let Some(zero) = memchr::memchr(0, &bytes[at..]).map(|i| at + i) else { return part.torn(object, listed) };
            let Some(id) = bytes.get(zero + 1..zero + 1 + hash_len) else { return part.torn(object, listed) };
            let Some(space) = bytes[at..zero].iter().position(|&b| b == b' ').map(|i| at + i) else {
                return part.torn(object, listed);
            };
            // 40000 (040000 in old ones) is a folder, 160000 the commit of a submodule, the others are blobs.
            let is_folder = matches!(bytes[at], b'4' | b'0');
            let is_commit = bytes[at] == b'1' && bytes.get(at + 1) == Some(&b'6');
            listed.starts.push(at as u32);
            if !is_commit && let Ok(id) = ObjectId::try_from(id) {
                let name = &bytes[space + 1..zero];
                if !object.again {
                    part.waiting.push((id, if is_folder { Kind::Tree } else { Kind::Blob }));
                    if let Some(asked) = self.asked.filter(|asked| name.len() >= asked.least) {
                        part.look_at(asked, name, id, is_folder);
                    }
                }
                let blob = if is_folder { None } else { self.marked(&id) };
                if marked && (is_folder || blob.is_some()) {
                    let name = part.names.number(name);
                    let (tree, at) = (listed.number, at as u32);
                    match blob {
                        Some(what) => part.files.push(New { what, tree, at, name }),
                        None => {
                            let what = self.hasher.hash_one(id.as_slice());
                            part.folders.push(New { what, tree, at, name });
                        }
                    }
                }
            }
            at = zero + 1 + hash_len;
            listed.end = at as u32;
        }
        if part.waiting.len() >= LOOKED_UP {
            part.look_up(self.store);
        }
        listed
    }

    /// The number of a blob that is marked.
    fn marked(&self, id: &ObjectId) -> Option<u32> {
        let first = first_bits(id.as_slice());
        let may_be = self.begins[first / 64] >> (first % 64) & 1 == 1;
        may_be.then(|| self.blobs.get(id).copied()).flatten()
    }

    /// What the trees say.
    #[must_use]
    pub fn finish(self) -> Folders {
        let mut visited = Visited { keys: vec![0; self.visited.into_inner() as usize], ..Visited::default() };
        let mut missing = BTreeMap::new();
        let mut named = BTreeSet::new();
        let mut names = Names::default();
        let mut problems = Vec::new();
        for mut part in self.parts.into_values() {
            part.look_up(self.store);
            missing.append(&mut part.missing);
            named.append(&mut part.named);
            problems.append(&mut part.problems);
            for (number, key) in part.keys {
                visited.keys[number as usize] = key;
            }
            // One number for a name that several parts have.
            let of_all: Vec<u32> = part.names.names.iter().map(|name| names.number(name)).collect();
            part.folders.iter_mut().for_each(|new| new.name = of_all[new.name as usize]);
            part.files.iter_mut().for_each(|new| new.name = of_all[new.name as usize]);
            visited.taken.push(part.taken);
            visited.folders.push(part.folders);
            visited.files.push(part.files);
        }
        problems.sort_by_key(|(id, _)| *id);
        problems.dedup_by_key(|(id, _)| *id);
        let named = named.into_iter().collect();
        visited.names = names.names;
        Folders::new(visited, self.hasher, named, missing, problems)
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
        self.parts.here().problems.push((id, error));
    }

    fn failed(&self, id: ObjectId) {
        self.parts.here().problems.push((id, ObjectError::Header));
    }

    fn advance(&self, bytes: u64) {
        (self.advance)(bytes);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn id(seed: u8) -> ObjectId {
        ObjectId::from_bytes_or_panic(&[seed; 20])
    }

    fn object(seed: u8, bytes: &[u8]) -> Object<'_> {
        Object { id: id(seed), kind: Kind::Tree, bytes, again: false }
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

    /// The names of marked files and folders in a tree, and what goes by them.
    fn entries(folders: &Folders, id: ObjectId) -> BTreeSet<(Vec<u8>, Option<u32>, u32)> {
        let Some(folder) = folders.number(&id) else { return BTreeSet::new() };
        let name = |name: u32| folders.name(name).to_vec();
        let files = folders.files(folder).iter().map(|&(at, blob)| (name(at), None, blob));
        // A folder is told by what it holds: the numbers of folders are given out in any order.
        let below = |folder: u32| folders.files(folder).iter().map(|(_, blob)| blob + 1).sum();
        let folders = folders.folders(folder).iter().map(|&(at, folder)| (name(at), Some(0), below(folder)));
        files.chain(folders).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Whatever trees were made of, and wherever the cuts lie, they have the entries that they have by themselves.
        #[test]
        fn what_is_taken_over_is_what_is_read(
            first in prop::collection::vec((0..4u8, "[a-c]{1,4}", 0..6u8), 0..9),
            changes in prop::collection::vec(
                (prop::collection::vec((0..4u8, "[a-c]{1,4}", 0..6u8), 0..3), 0..260usize, 0..260usize, any::<bool>()),
                1..4,
            ),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path(), gix_hash::Kind::Sha1);
            let visitors = [(); 2].map(|()| TreeVisitor::new(&store, &[id(1), id(3)], &|_| {}));
            // What entries name as a folder is there, and some of it is marked.
            for seed in 0..6 {
                let below = tree(&[(0, "file".to_owned(), seed)]);
                visitors.iter().for_each(|visitor| drop(visitor.tree(&object(seed, &below), None)));
            }
            let mut base = tree(&first);
            let mut state = visitors[0].tree(&object(100, &base), None);
            visitors[1].tree(&object(100, &base), None);
            for (seed, (inserted, from, to, aligned)) in (101u8..).zip(&changes) {
                let borders: Vec<usize> = state.starts.iter().map(|&at| at as usize).chain([base.len()]).collect();
                let border = |cut: usize| borders[cut % borders.len()];
                let place = |cut: usize| if *aligned { border(cut) } else { cut % (base.len() + 1) };
                let (cut, on) = (place(*from).min(place(*to)), place(*from).max(place(*to)));
                let new = tree(inserted);
                let text = [&base[..cut], &new, &base[on..]].concat();
                let copied: Vec<Copied> = [
                    Copied { to: 0, from: 0, len: cut },
                    Copied { to: cut + new.len(), from: on, len: base.len() - on },
                ]
                .into_iter()
                .filter(|copied| copied.len > 0)
                .collect();
                let origin = Origin { state: &state, len: base.len(), copied: &copied };
                let next = visitors[0].tree(&object(seed, &text), Some(origin));
                let alone = visitors[1].tree(&object(seed, &text), None);
                prop_assert_eq!((&next.starts, next.end), (&alone.starts, alone.end));
                state = next;
                base = text;
            }
            let [taken, read] = visitors.map(TreeVisitor::finish);
            for seed in (0..6).chain(100..101 + changes.len() as u8) {
                prop_assert_eq!(entries(&taken, id(seed)), entries(&read, id(seed)), "of {}", seed);
            }
        }
    }
}
