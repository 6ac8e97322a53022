//! Visiting every object of a repository at the speed of its packs.
//!
//! A pack stores most objects as differences to others. Read one by one, each would need its whole chain of bases; so
//! the differences are laid out as trees, and every tree is walked depth first from the object at its root, which is
//! stored whole: each object is inflated once, with its base in memory. Trees are independent of each other, and threads
//! take them in the order of the pack.
//!
//! **Memory.** Of the objects made of one base, the one with the most descendants comes last, and the base is dropped
//! before it is entered. So a thread holds at most one object for each time that a path turns off from the largest
//! branch, which is the logarithm of the number of objects: chains of any length hold two. Objects above [`LARGE`] lie in
//! unnamed temporary files that are mapped into memory, and packs are mapped, too; what is resident of these is for the
//! system to keep or drop.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use gix_hash::ObjectId;
use gix_object::Kind;
use libdeflater::Decompressor;
use memmap2::MmapMut;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::delta::Delta;
use super::store::{Base, Loose, ObjectError, Pack, Store, base, open_loose};
use crate::detect::Copied;

/// Objects above this many bytes are held in temporary files.
pub const LARGE: usize = 32 << 20;

/// No object above this many bytes is inflated: a few bytes can say that they are terabytes.
pub const MAX_OBJECT: u64 = 4 << 30;

/// Trees that a thread takes at once.
const BATCH: usize = 32;

/// Trees of fewer objects are not shared among threads.
const SHARED: u32 = 16;

/// After so many bytes of a pack were read, its pages are dropped.
const RESIDENT: u64 = 16 << 20;

/// Buffers that a thread keeps for reuse.
const SPARE: usize = 8;

/// An object, inflated.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether it was visited before, in another pack: it counts no more, but others may be made of it.
    pub again: bool,
}

/// What an object was made of.
#[derive(Debug)]
pub struct Origin<'a, S> {
    /// What the visitor made of the base.
    pub state: &'a S,
    /// Length of the base in bytes.
    pub len: usize,
    /// What the object has of the base, in order; stretches that continue each other are one.
    pub copied: &'a [Copied],
}

/// Takes objects. Shared by all threads.
pub trait Visitor: Sync {
    /// What is kept of an object as long as others are made of it.
    type State: Send;

    /// Whether objects of this kind are visited.
    fn wants(&self, kind: Kind) -> bool;

    /// Takes an object; called once for each, and `origin` is given where it was made of another one.
    fn visit(&self, object: &Object<'_>, origin: Option<Origin<'_, Self::State>>) -> Self::State;

    /// Whether an object of so many bytes is visited. When it says no it has taken note of that. Asked only before
    /// objects that nothing else is made of.
    fn wants_size(&self, id: ObjectId, kind: Kind, size: u64) -> bool;

    /// Takes note of an object that cannot be read.
    fn problem(&self, id: ObjectId, error: ObjectError);

    /// Takes note of an object on which [`visit`](Self::visit) panicked.
    fn failed(&self, id: ObjectId);

    /// So many more bytes of the object database are done.
    fn advance(&self, bytes: u64);
}

const NONE: u32 = u32::MAX;

/// The entries of a pack as trees. Nodes are numbered in the order of their offsets.
struct Trees {
    offsets: Vec<u64>,
    /// Position in the pack's index.
    places: Vec<u32>,
    /// Kind of the whole object; `None` for those that hang on an object outside the pack, or on nothing.
    kinds: Vec<Option<Kind>>,
    /// Number of objects in the tree below and including a node.
    weights: Vec<u32>,
    /// Where the children of a node begin in `children`; one more than there are nodes.
    first: Vec<u32>,
    /// The lightest first.
    children: Vec<u32>,
    roots: Vec<u32>,
    /// Roots that are made of objects outside the pack.
    outside: HashMap<u32, ObjectId>,
    /// Nodes that cannot be read, and why.
    broken: Vec<(u32, ObjectError)>,
}

impl Trees {
    fn new(pack: &Pack) -> Self {
        let count = pack.index.num_objects();
        let mut order: Vec<(u64, u32)> =
            (0..count).into_par_iter().map(|place| (pack.index.pack_offset_at_index(place), place)).collect();
        order.par_sort_unstable();
        let (offsets, places): (Vec<u64>, Vec<u32>) = order.into_iter().unzip();
        let bases: Vec<(Result<Base, ObjectError>, u32)> = offsets
            .par_iter()
            .map(|&offset| {
                let base = pack.entry(offset).and_then(|entry| base(pack, &entry, offset));
                let Ok(Base::At(at)) = base else { return (base, NONE) };
                match offsets.binary_search(&at) {
                    Ok(parent) => (base, u32::try_from(parent).unwrap_or(NONE)),
                    Err(_) => (Err(ObjectError::Header), NONE),
                }
            })
            .collect();
        let nodes = offsets.len();
        let mut trees = Trees {
            kinds: vec![None; nodes],
            weights: vec![1; nodes],
            first: vec![0; nodes + 1],
            children: Vec::new(),
            roots: Vec::new(),
            outside: HashMap::new(),
            broken: Vec::new(),
            places,
            offsets,
        };
        let mut parents = vec![NONE; nodes];
        for (node, (base, parent)) in (0u32..).zip(bases) {
            match base {
                Ok(Base::None(kind)) => {
                    trees.kinds[node as usize] = Some(kind);
                    trees.roots.push(node);
                }
                Ok(Base::At(_)) => {
                    parents[node as usize] = parent;
                    trees.first[parent as usize + 1] += 1;
                }
                Ok(Base::Outside(id)) => {
                    trees.outside.insert(node, id);
                    trees.roots.push(node);
                }
                Err(error) => {
                    trees.broken.push((node, error));
                    trees.roots.push(node);
                }
            }
        }
        trees.lay_out(&parents);
        trees
    }

    /// Fills the lists of children, and what follows from them.
    fn lay_out(&mut self, parents: &[u32]) {
        for i in 1..self.first.len() {
            self.first[i] += self.first[i - 1];
        }
        let mut next = self.first.clone();
        self.children = vec![0; self.first.last().map_or(0, |&n| n as usize)];
        for (node, &parent) in (0u32..).zip(parents) {
            if parent != NONE {
                let slot = &mut next[parent as usize];
                self.children[*slot as usize] = node;
                *slot += 1;
            }
        }
        // Bases before what is made of them.
        let mut order = self.roots.clone();
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            at += 1;
            let kind = self.kinds[node as usize];
            let (from, to) = (self.first[node as usize] as usize, self.first[node as usize + 1] as usize);
            for i in from..to {
                self.kinds[self.children[i] as usize] = kind;
                order.push(self.children[i]);
            }
        }
        for &node in order.iter().rev() {
            if let Some(&parent) = parents.get(node as usize).filter(|&&parent| parent != NONE) {
                self.weights[parent as usize] += self.weights[node as usize];
            }
        }
        // What no root leads to is made of itself.
        let mut reached = vec![false; parents.len()];
        order.iter().for_each(|&node| reached[node as usize] = true);
        for (node, _) in (0u32..).zip(&reached).filter(|(_, reached)| !**reached) {
            self.broken.push((node, ObjectError::Cycle));
        }
        let weights = &self.weights;
        let mut lists: Vec<&mut [u32]> = Vec::new();
        let mut rest = self.children.as_mut_slice();
        for pair in self.first.windows(2) {
            let (list, tail) = rest.split_at_mut((pair[1] - pair[0]) as usize);
            rest = tail;
            if list.len() > 1 {
                lists.push(list);
            }
        }
        lists.par_iter_mut().for_each(|list| list.sort_by_key(|&child| weights[child as usize]));
    }

    fn children(&self, node: u32) -> &[u32] {
        &self.children[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// The bytes of an object: in memory, or in a temporary file.
enum Room {
    /// The first bytes of a buffer.
    Memory(Vec<u8>, usize),
    Mapped(MmapMut),
}

impl Room {
    fn bytes(&self) -> &[u8] {
        match self {
            Room::Memory(buffer, len) => &buffer[..*len],
            Room::Mapped(map) => map,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Room::Memory(buffer, len) => &mut buffer[..*len],
            Room::Mapped(map) => map,
        }
    }
}

/// A node that was visited and whose children come next.
struct Frame<S> {
    node: u32,
    /// Absent when it could not be read.
    held: Option<(Room, S)>,
    /// How many children were visited.
    next: usize,
}

/// All objects of a store, laid out for visits.
pub struct Walk<'s> {
    store: &'s Store,
    trees: Vec<Trees>,
}

impl<'s> Walk<'s> {
    /// Reads the headers of all entries.
    #[must_use]
    pub fn new(store: &'s Store) -> Self {
        Walk { store, trees: store.packs.iter().map(Trees::new).collect() }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// Bytes that a visit [advances](Visitor::advance) by in all; loose objects count as one each.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.store.packs.iter().map(|pack| pack.len).sum::<u64>() + self.store.loose.len() as u64
    }

    /// Visits every object that the visitor wants, with the threads of the pool.
    pub fn visit<V: Visitor>(&self, pool: &rayon::ThreadPool, visitor: &V) {
        for (number, (pack, trees)) in self.store.packs.iter().zip(&self.trees).enumerate() {
            PackVisit::new(self.store, number, pack, trees, visitor).run(pool);
        }
        let next = AtomicUsize::new(0);
        pool.scope(|scope| {
            for _ in 0..pool.current_num_threads() {
                scope.spawn(|_| {
                    while let Some(loose) = self.store.loose.get(next.fetch_add(1, Ordering::Relaxed)) {
                        self.loose(loose, visitor);
                        visitor.advance(1);
                    }
                });
            }
        });
    }

    fn loose<V: Visitor>(&self, loose: &Loose, visitor: &V) {
        if self.store.packs.iter().any(|pack| pack.holds(&loose.id)) {
            return;
        }
        let read = || -> Result<(), ObjectError> {
            let (kind, size, mut stream) = open_loose(&loose.path)?;
            if !visitor.wants(kind) || !visitor.wants_size(loose.id, kind, size) {
                return Ok(());
            }
            let mut room = room(size, None)?;
            io::Read::read_exact(&mut stream, room.bytes_mut()).map_err(|_| ObjectError::Inflate)?;
            if io::Read::read(&mut stream, &mut [0]).map_err(|_| ObjectError::Inflate)? != 0 {
                return Err(ObjectError::Inflate);
            }
            visited(visitor, &Object { id: loose.id, kind, bytes: room.bytes(), again: false }, None);
            Ok(())
        };
        if let Err(error) = read() {
            visitor.problem(loose.id, error);
        }
    }
}

/// Room for an object; a buffer that is not needed any more is used again.
fn room(size: u64, spare: Option<Vec<u8>>) -> Result<Room, ObjectError> {
    if size > MAX_OBJECT {
        return Err(ObjectError::TooLarge(size));
    }
    let size = usize::try_from(size).map_err(|_| ObjectError::Header)?;
    if size > LARGE {
        let file = tempfile::tempfile()?;
        file.set_len(size as u64)?;
        // SAFETY: the file has no name, so no other program can cut it short.
        return Ok(Room::Mapped(unsafe { MmapMut::map_mut(&file) }?));
    }
    let mut buffer = spare.unwrap_or_default();
    if buffer.len() < size {
        // Growing by more than is needed keeps the cost of zeroes small when sizes rise slowly.
        buffer.resize(size + size / 4, 0);
    }
    Ok(Room::Memory(buffer, size))
}

/// Hands an object over; a defect of the visitor costs that object only.
fn visited<V: Visitor>(visitor: &V, object: &Object<'_>, origin: Option<Origin<'_, V::State>>) -> Option<V::State> {
    let state = catch_unwind(AssertUnwindSafe(|| visitor.visit(object, origin)));
    if state.is_err() {
        visitor.failed(object.id);
    }
    state.ok()
}

/// What the threads that visit one pack share.
struct PackVisit<'a, V: Visitor> {
    store: &'a Store,
    number: usize,
    pack: &'a Pack,
    trees: &'a Trees,
    visitor: &'a V,
    /// The next root.
    next: AtomicUsize,
    /// Bytes of the pack read since its pages were dropped.
    read: AtomicU64,
    /// Threads without work.
    idle: AtomicUsize,
    offered: Mutex<Vec<Frame<V::State>>>,
    changed: Condvar,
    over: AtomicBool,
}

/// What a thread keeps from object to object.
#[derive(Default)]
struct Scratch {
    inflater: Option<Decompressor>,
    delta: Vec<u8>,
    copied: Vec<Copied>,
    spare: Vec<Vec<u8>>,
}

impl Scratch {
    fn keep(&mut self, room: Room) {
        if let Room::Memory(buffer, _) = room
            && self.spare.len() < SPARE
        {
            self.spare.push(buffer);
        }
    }
}

impl<'a, V: Visitor> PackVisit<'a, V> {
    fn new(store: &'a Store, number: usize, pack: &'a Pack, trees: &'a Trees, visitor: &'a V) -> Self {
        PackVisit {
            store,
            number,
            pack,
            trees,
            visitor,
            next: AtomicUsize::new(0),
            read: AtomicU64::new(0),
            idle: AtomicUsize::new(0),
            offered: Mutex::new(Vec::new()),
            changed: Condvar::new(),
            over: AtomicBool::new(false),
        }
    }

    fn run(&self, pool: &rayon::ThreadPool) {
        let threads = pool.current_num_threads();
        pool.scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|_| self.work(threads));
            }
        });
        for (node, error) in &self.trees.broken {
            // Roots among them were tried like any other.
            if matches!(error, ObjectError::Cycle) {
                let mut scratch = Scratch::default();
                self.elsewhere(*node, ObjectError::Cycle, &mut scratch);
            }
        }
        self.pack.forget_pages();
    }

    fn offered(&self) -> MutexGuard<'_, Vec<Frame<V::State>>> {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, threads: usize) {
        let mut scratch = Scratch::default();
        loop {
            let from = self.next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(roots) = self.trees.roots.get(from..) else { break };
            if roots.is_empty() {
                break;
            }
            for &root in &roots[..BATCH.min(roots.len())] {
                self.tree(root, &mut scratch);
            }
        }
        // Large trees may still be under way; their threads hand parts of them over.
        let mut offered = self.offered();
        self.idle.fetch_add(1, Ordering::SeqCst);
        loop {
            if let Some(frame) = offered.pop() {
                self.idle.fetch_sub(1, Ordering::SeqCst);
                drop(offered);
                self.below(frame, &mut scratch);
                offered = self.offered();
                self.idle.fetch_add(1, Ordering::SeqCst);
            } else if self.idle.load(Ordering::SeqCst) == threads || self.over.load(Ordering::SeqCst) {
                self.over.store(true, Ordering::SeqCst);
                self.changed.notify_all();
                return;
            } else {
                offered = self.changed.wait(offered).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Visits a tree from its root.
    fn tree(&self, root: u32, scratch: &mut Scratch) {
        let held = match self.trees.outside.get(&root) {
            Some(id) => match self.store.read(id) {
                Ok((kind, bytes)) if self.visitor.wants(kind) => {
                    let len = bytes.len();
                    self.node(root, kind, Some((&Room::Memory(bytes, len), None)), scratch)
                }
                Ok(_) => return self.skip(root),
                Err(_) => {
                    self.elsewhere(root, ObjectError::MissingBase(*id), scratch);
                    None
                }
            },
            None => match self.trees.kinds[root as usize] {
                Some(kind) if self.visitor.wants(kind) => self.node(root, kind, None, scratch),
                Some(_) => return self.skip(root),
                None => {
                    self.elsewhere(root, ObjectError::Header, scratch);
                    None
                }
            },
        };
        self.below(Frame { node: root, held, next: 0 }, scratch);
    }

    /// Counts a tree that is not visited as done.
    fn skip(&self, root: u32) {
        let mut stack = vec![root];
        let mut bytes = 0;
        while let Some(node) = stack.pop() {
            bytes += self.stored(node);
            stack.extend(self.trees.children(node));
        }
        self.visitor.advance(bytes);
    }

    /// Visits what is made of a node.
    fn below(&self, frame: Frame<V::State>, scratch: &mut Scratch) {
        let mut stack = vec![frame];
        while let Some(frame) = stack.last_mut() {
            let children = self.trees.children(frame.node);
            let Some(&child) = children.get(frame.next) else {
                if let Some(Frame { held: Some((room, _)), .. }) = stack.pop() {
                    scratch.keep(room);
                }
                continue;
            };
            frame.next += 1;
            let last = frame.next == children.len();
            let kind = self.trees.kinds[child as usize];
            let held = match &frame.held {
                Some((room, state)) => {
                    // A tree that hangs on an object outside the pack is of the kind of that, which is wanted.
                    self.node(child, kind.unwrap_or(Kind::Blob), Some((room, Some(state))), scratch)
                }
                None => {
                    let base = self.id(frame.node);
                    self.elsewhere(child, ObjectError::MissingBase(base), scratch);
                    None
                }
            };
            if last && let Some(Frame { held: Some((room, _)), .. }) = stack.pop() {
                scratch.keep(room);
            }
            if self.trees.children(child).is_empty() {
                if let Some((room, _)) = held {
                    scratch.keep(room);
                }
                continue;
            }
            let below = Frame { node: child, held, next: 0 };
            let share = !stack.is_empty()
                && self.trees.weights[child as usize] >= SHARED
                && self.idle.load(Ordering::Relaxed) > 0;
            if share {
                self.offered().push(below);
                self.changed.notify_one();
            } else {
                stack.push(below);
            }
        }
    }

    fn id(&self, node: u32) -> ObjectId {
        self.pack.index.oid_at_index(self.trees.places[node as usize]).to_owned()
    }

    /// Bytes that a node takes in the pack.
    fn stored(&self, node: u32) -> u64 {
        let next = self.trees.offsets.get(node as usize + 1).copied().unwrap_or(self.pack.end());
        next.saturating_sub(self.trees.offsets[node as usize])
    }

    /// Inflates and visits a node.
    fn node(
        &self,
        node: u32,
        kind: Kind,
        base: Option<(&Room, Option<&V::State>)>,
        scratch: &mut Scratch,
    ) -> Option<(Room, V::State)> {
        let stored = self.stored(node);
        self.visitor.advance(stored);
        let read = self.read.fetch_add(stored, Ordering::Relaxed) + stored;
        if read > RESIDENT && self.read.compare_exchange(read, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.pack.forget_pages();
        }
        let id = self.id(node);
        let leaf = self.trees.children(node).is_empty();
        let again = self.store.packs[..self.number].iter().any(|pack| pack.holds(&id));
        if again && leaf {
            return None;
        }
        match self.inflate(node, id, kind, leaf && !again, base, scratch) {
            Ok(None) => None,
            Ok(Some(room)) => {
                let origin = base.and_then(|(base, state)| {
                    Some(Origin { state: state?, len: base.bytes().len(), copied: &scratch.copied })
                });
                let state = visited(self.visitor, &Object { id, kind, bytes: room.bytes(), again }, origin)?;
                Some((room, state))
            }
            Err(error) => {
                self.elsewhere(node, error, scratch);
                None
            }
        }
    }

    /// The bytes of a node; nothing when the visitor does not want that many.
    fn inflate(
        &self,
        node: u32,
        id: ObjectId,
        kind: Kind,
        ask: bool,
        base: Option<(&Room, Option<&V::State>)>,
        scratch: &mut Scratch,
    ) -> Result<Option<Room>, ObjectError> {
        let entry = self.pack.entry(self.trees.offsets[node as usize])?;
        let inflater = scratch.inflater.get_or_insert_with(Decompressor::new);
        let Some((base, _)) = base else {
            if ask && !self.visitor.wants_size(id, kind, entry.decompressed_size) {
                return Ok(None);
            }
            let mut room = room(entry.decompressed_size, scratch.spare.pop())?;
            self.pack.inflate(&entry, room.bytes_mut(), inflater)?;
            return Ok(Some(room));
        };
        let mut delta = room(entry.decompressed_size, Some(std::mem::take(&mut scratch.delta)))?;
        let inflated = self.pack.inflate(&entry, delta.bytes_mut(), inflater);
        let made = inflated.and_then(|()| {
            let delta = Delta::parse(delta.bytes())?;
            if ask && !self.visitor.wants_size(id, kind, delta.size as u64) {
                return Ok(None);
            }
            let mut room = room(delta.size as u64, scratch.spare.pop())?;
            delta.apply(base.bytes(), room.bytes_mut(), &mut scratch.copied)?;
            Ok(Some(room))
        });
        if let Room::Memory(buffer, _) = delta {
            scratch.delta = buffer;
        }
        made
    }

    /// Visits another copy of an object that cannot be read here, or takes note of the problem.
    fn elsewhere(&self, node: u32, error: ObjectError, _: &mut Scratch) {
        let id = self.id(node);
        if self.store.packs[..self.number].iter().any(|pack| pack.holds(&id)) {
            return;
        }
        match self.store.read(&id) {
            Ok((kind, bytes)) => {
                if self.visitor.wants(kind) {
                    visited(self.visitor, &Object { id, kind, bytes: &bytes, again: false }, None);
                }
            }
            Err(_) => self.visitor.problem(id, error),
        }
    }
}
