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

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use gix_hash::ObjectId;
use gix_object::Kind;
use libdeflater::Decompressor;
use memmap2::MmapMut;

use super::delta::Delta;
use super::forest::Forest;
use super::store::{Loose, ObjectError, Pack, Store, open_loose};
use crate::detect::Copied;

/// Objects above this many bytes are held in temporary files.
pub const LARGE: usize = 32 << 20;

/// No object above this many bytes is inflated: a few bytes can say that they are terabytes.
pub const MAX_OBJECT: u64 = 4 << 30;

/// Trees that a thread takes at once.
const BATCH: usize = 32;

/// What comes so many objects later is asked for from memory.
const AHEAD: usize = 3;

/// Trees of fewer objects are not shared among threads.
const SHARED: u32 = 16;

/// After so many bytes of a pack were read, its pages are dropped.
const RESIDENT: u64 = 16 << 20;

/// What a thread has done is told after so many bytes of a pack.
const TOLD: u64 = 256 << 10;

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
    /// The next of the nodes that are made of it, if it is one.
    next: u32,
}

impl<S> Frame<S> {
    fn new(node: u32, held: Option<(Room, S)>) -> Self {
        Frame { node, held, next: node + 1 }
    }
}

/// All objects of a store, laid out for visits.
pub struct Walk<'s> {
    store: &'s Store,
    forests: Vec<Forest>,
}

impl<'s> Walk<'s> {
    /// Reads the headers of all entries.
    #[must_use]
    pub fn new(store: &'s Store) -> Self {
        Walk { store, forests: store.packs.iter().map(Forest::new).collect() }
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
        for (number, (pack, forest)) in self.store.packs.iter().zip(&self.forests).enumerate() {
            PackVisit::new(self.store, number, pack, forest, visitor).run(pool);
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
    forest: &'a Forest,
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
    /// Bytes of the pack that were read and are not told yet, and those that need not be read.
    done: u64,
    skipped: u64,
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
    fn new(store: &'a Store, number: usize, pack: &'a Pack, forest: &'a Forest, visitor: &'a V) -> Self {
        PackVisit {
            store,
            number,
            pack,
            forest,
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
        for (node, error) in &self.forest.broken {
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
        self.work_with(threads, &mut scratch);
        self.tell(&mut scratch);
    }

    fn work_with(&self, threads: usize, scratch: &mut Scratch) {
        loop {
            let from = self.next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(roots) = self.forest.roots.get(from..) else { break };
            if roots.is_empty() {
                break;
            }
            for &root in &roots[..BATCH.min(roots.len())] {
                self.tree(root, scratch);
            }
        }
        // Large trees may still be under way; their threads hand parts of them over.
        let mut offered = self.offered();
        self.idle.fetch_add(1, Ordering::SeqCst);
        loop {
            if let Some(frame) = offered.pop() {
                self.idle.fetch_sub(1, Ordering::SeqCst);
                drop(offered);
                self.below(frame, scratch);
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
        let held = match self.forest.outside.get(&root) {
            Some(id) => match self.store.read(id) {
                Ok((kind, bytes)) if self.visitor.wants(kind) => {
                    let len = bytes.len();
                    self.node(root, kind, Some((&Room::Memory(bytes, len), None)), scratch)
                }
                Ok(_) => return self.skip(root, scratch),
                Err(_) => {
                    self.elsewhere(root, ObjectError::MissingBase(*id), scratch);
                    None
                }
            },
            None => match self.forest.node(root).kind {
                Some(kind) if self.visitor.wants(kind) => self.node(root, kind, None, scratch),
                Some(_) => return self.skip(root, scratch),
                None => {
                    self.elsewhere(root, ObjectError::Header, scratch);
                    None
                }
            },
        };
        self.below(Frame::new(root, held), scratch);
    }

    /// Counts a tree that is not visited as done.
    fn skip(&self, root: u32, scratch: &mut Scratch) {
        scratch.skipped += self.forest.tree(root).iter().map(|node| u64::from(node.stored)).sum::<u64>();
    }

    /// Visits what is made of a node.
    fn below(&self, frame: Frame<V::State>, scratch: &mut Scratch) {
        let mut stack = vec![frame];
        while let Some(frame) = stack.last_mut() {
            let end = self.forest.end(frame.node);
            if frame.next == end {
                if let Some(Frame { held: Some((room, _)), .. }) = stack.pop() {
                    scratch.keep(room);
                }
                continue;
            }
            let child = frame.next;
            frame.next = self.forest.end(child);
            let last = frame.next == end;
            let kind = self.forest.node(child).kind;
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
            let weight = self.forest.node(child).weight;
            if weight == 1 {
                if let Some((room, _)) = held {
                    scratch.keep(room);
                }
                continue;
            }
            let below = Frame::new(child, held);
            let share = !stack.is_empty() && weight >= SHARED && self.idle.load(Ordering::Relaxed) > 0;
            if share {
                self.offered().push(below);
                self.changed.notify_one();
            } else {
                stack.push(below);
            }
        }
    }

    fn id(&self, node: u32) -> ObjectId {
        self.pack.index.oid_at_index(self.forest.node(node).place).to_owned()
    }

    /// Tells what a thread has done.
    fn tell(&self, scratch: &mut Scratch) {
        let (done, skipped) = (std::mem::take(&mut scratch.done), std::mem::take(&mut scratch.skipped));
        self.visitor.advance(done + skipped);
        let read = self.read.fetch_add(done, Ordering::Relaxed) + done;
        if read > RESIDENT && self.read.compare_exchange(read, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.pack.forget_pages();
        }
    }

    /// Inflates and visits a node.
    fn node(
        &self,
        node: u32,
        kind: Kind,
        base: Option<(&Room, Option<&V::State>)>,
        scratch: &mut Scratch,
    ) -> Option<(Room, V::State)> {
        if let Some(soon) = self.forest.nodes.get(node as usize + AHEAD) {
            self.pack.prefetch(soon.offset, soon.place);
        }
        let stored = u64::from(self.forest.node(node).stored);
        scratch.done += stored;
        if scratch.done >= TOLD {
            self.tell(scratch);
        }
        let id = self.id(node);
        let leaf = self.forest.node(node).weight == 1;
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
        let entry = self.pack.entry(self.forest.node(node).offset)?;
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
