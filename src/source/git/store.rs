//! The object database of a repository: its packs, its loose objects, and those of its alternates.
//!
//! Git's own programs are not asked, so that neither replace references nor a configuration change what is seen. Single
//! objects are [read](Store::read) by their id; [`walk`](super::walk) visits all of them in the order of the packs.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use gix_pack::data::Entry;
use gix_pack::data::entry::Header;
use libdeflater::Decompressor;
use memmap2::Mmap;

use super::delta::{Delta, DeltaError};
use super::unindexed;
use super::walk::MAX_OBJECT;

/// Alternates of alternates are followed so far, as git does.
const MAX_ALTERNATES_DEPTH: usize = 5;

/// Differences that lead from pack to pack are followed so far. Git writes none that lead out of their pack, but for
/// those that were fetched and not yet completed.
const MAX_PACKS_IN_A_CHAIN: usize = 16;

/// What deflate can make of a byte at most, as its format goes; a header that says more is damaged.
const MAX_RATIO: u64 = 1032;

/// Ids that are looked up at once.
const AT_ONCE: usize = 32;

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It is not there.
    #[error("it is not in the repository")]
    Missing,
    /// The object that it is stored as a difference to is not there.
    #[error("it is stored as a difference to {0}, which is not in the repository")]
    MissingBase(ObjectId),
    /// Its header makes no sense.
    #[error("its header is damaged")]
    Header,
    /// It does not inflate to the size that its header gives.
    #[error("its compressed data is damaged")]
    Inflate,
    /// The difference does not fit.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// It is a difference to itself, by way of others.
    #[error("it is stored as a difference to itself")]
    Cycle,
    /// It is too large to be looked at.
    #[error("its {0} bytes are more than keytrail takes")]
    TooLarge(u64),
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A pack with its index.
pub struct Pack {
    /// The `.pack` file.
    pub path: PathBuf,
    /// Which object starts where.
    pub index: gix_pack::index::File,
    /// Length of the file in bytes.
    pub len: u64,
    data: Mmap,
    /// Whether `git` says that objects it names may be fetched later.
    pub promisor: bool,
    table: OnceLock<Table>,
}

/// A set of the ids of an index, which answers several times as fast as searching that: ids are hashes already.
///
/// It holds eight bytes of each id, in a place that eight others give, so that one look at memory answers. An id that is
/// not there would have to agree with one that is in those and in the bits of the place: by chance one in 10²⁴ does.
struct Table {
    /// 0 for free slots. A power of two of them, a quarter free at least.
    slots: Vec<u64>,
}

impl Table {
    fn new(index: &gix_pack::index::File) -> Self {
        let count = index.num_objects();
        let mut table = Table { slots: vec![0; (count as usize * 4 / 3 + 1).next_power_of_two()] };
        for place in 0..count {
            let (mut slot, tag) = table.place(index.oid_at_index(place));
            while table.slots[slot] != 0 {
                slot = (slot + 1) & (table.slots.len() - 1);
            }
            table.slots[slot] = tag;
        }
        table
    }

    /// The first slot for an id, and what stands there for it.
    fn place(&self, id: &oid) -> (usize, u64) {
        let eight = |from: usize| {
            let bytes = id.as_bytes().get(from..).and_then(|rest| rest.first_chunk::<8>());
            u64::from_le_bytes(bytes.copied().unwrap_or_default())
        };
        (eight(0) as usize & (self.slots.len() - 1), eight(8).max(1))
    }

    fn holds(&self, id: &oid) -> bool {
        let (mut slot, tag) = self.place(id);
        while self.slots[slot] != 0 {
            if self.slots[slot] == tag {
                return true;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        false
    }
}

impl Pack {
    fn new(path: PathBuf, index: gix_pack::index::File, data: Mmap) -> Self {
        Pack {
            promisor: path.with_extension("promisor").exists(),
            len: data.len() as u64,
            path,
            index,
            data,
            table: OnceLock::new(),
        }
    }

    /// Maps the file of a pack into memory.
    fn map(path: &Path, format: gix_hash::Kind) -> Result<Mmap, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        // SAFETY: packs are never written to once they have their name; a program that cuts one short while it is read
        // ends this process with SIGBUS, as it would git.
        let data = unsafe { Mmap::map(&file) }.map_err(|error| error.to_string())?;
        // "PACK", a version of 2 or 3, the number of objects, and a checksum at the end.
        let trailer = format.len_in_bytes();
        if data.len() < 12 + trailer || !data.starts_with(b"PACK") || !matches!(data[4..8], [0, 0, 0, 2 | 3]) {
            return Err("it is no pack".to_owned());
        }
        Ok(data)
    }

    /// Whether an object is in the pack. Quick when asked often; the first time costs a look at all ids.
    #[must_use]
    pub fn holds(&self, id: &oid) -> bool {
        self.table().holds(id)
    }

    fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::new(&self.index))
    }

    /// Offset behind the last entry.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.len - self.index.object_hash().len_in_bytes() as u64
    }

    /// The header of the entry at an offset.
    ///
    /// # Errors
    /// When there is none, or its size cannot be true.
    pub fn entry(&self, offset: u64) -> Result<Entry, ObjectError> {
        let end = usize::try_from(self.end()).map_err(|_| ObjectError::Header)?;
        let from = usize::try_from(offset).map_err(|_| ObjectError::Header)?;
        let bytes = self.data.get(from..end).ok_or(ObjectError::Header)?;
        let entry = Entry::from_bytes(bytes, offset, self.index.object_hash()).map_err(|_| ObjectError::Header)?;
        let most = (self.end() - entry.data_offset.min(self.end())).saturating_mul(MAX_RATIO).saturating_add(64);
        if entry.decompressed_size > most { Err(ObjectError::Header) } else { Ok(entry) }
    }

    /// Asks for the beginning of the entry at an offset and for the id at a place of the index, which are needed soon.
    /// Pages that were not read yet are left alone.
    pub fn prefetch(&self, offset: u64, place: u32) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let bytes = usize::try_from(offset).ok().and_then(|from| self.data.get(from..)).unwrap_or_default();
            let id = self.index.oid_at_index(place).as_bytes();
            // SAFETY: this is a hint, which reads nothing and fails nowhere.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().cast());
                _mm_prefetch::<_MM_HINT_T0>(id.as_ptr().cast());
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (offset, place);
    }

    /// The compressed bytes of an entry, and what follows it.
    #[must_use]
    pub fn compressed(&self, entry: &Entry) -> &[u8] {
        let end = usize::try_from(self.end()).unwrap_or(usize::MAX).min(self.data.len());
        usize::try_from(entry.data_offset).ok().and_then(|from| self.data.get(from..end)).unwrap_or_default()
    }

    /// Inflates an entry into `out`, whose length is the size that its header gives.
    ///
    /// # Errors
    /// When it has another size, or a wrong checksum.
    pub fn inflate(&self, entry: &Entry, out: &mut [u8], inflater: &mut Decompressor) -> Result<(), ObjectError> {
        match inflater.zlib_decompress(self.compressed(entry), out) {
            Ok(len) if len == out.len() => Ok(()),
            _ => Err(ObjectError::Inflate),
        }
    }

    /// Lets the system forget which pages of the file this process has seen. They stay in its cache.
    pub fn forget_pages(&self) {
        #[cfg(unix)]
        // SAFETY: the mapping is read-only and of a file, so pages that are dropped are read again from it.
        let _ = unsafe { self.data.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
    }
}

/// A line of a list of alternates. Git writes one in quotes, with the escapes of C, where it has bytes in it that need
/// them; what only looks so is taken as it is.
fn unquoted(line: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = line.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else { return line.into() };
    let mut plain = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let Some((&escape, behind)) = rest.split_first() else { return line.into() };
        rest = behind;
        plain.push(match escape {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'"' | b'\\' => escape,
            b'0'..=b'3' => {
                let digit = |at: usize| rest.get(at).filter(|b| (b'0'..=b'7').contains(b)).map(|b| b - b'0');
                let (Some(second), Some(third)) = (digit(0), digit(1)) else { return line.into() };
                rest = &rest[2..];
                (escape - b'0') << 6 | second << 3 | third
            }
            _ => return line.into(),
        });
    }
    plain.into()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A loose object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loose {
    /// Its id, from its name.
    pub id: ObjectId,
    /// The file.
    pub path: PathBuf,
}

/// A pack without an index that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unindexed {
    /// The `.pack` file.
    pub path: PathBuf,
    /// What is wrong with its index.
    pub reason: String,
    /// Objects that were read of it all the same.
    pub found: u32,
    /// Objects that it announces and that could not be read.
    pub lost: u32,
}

/// The object database.
pub struct Store {
    /// The largest pack first.
    pub packs: Vec<Pack>,
    /// In the order of their ids, each once.
    pub loose: Vec<Loose>,
    /// Packs and folders that could not be opened, and why.
    pub problems: Vec<(PathBuf, String)>,
    /// Packs that were read although they have no index.
    pub unindexed: Vec<Unindexed>,
    /// SHA-1 or SHA-256.
    pub format: gix_hash::Kind,
}

impl Store {
    /// Opens the objects of a repository. `objects` is its `objects` folder.
    #[must_use]
    pub fn open(objects: &Path, format: gix_hash::Kind) -> Self {
        let mut store = Self::open_once(objects, format);
        // Git may be putting packs together: new ones are there before old ones go, so a second look finds them.
        for _ in 0..2 {
            if store.problems.is_empty() && store.unindexed.is_empty() {
                break;
            }
            store = Self::open_once(objects, format);
        }
        store.read_unindexed();
        store.sort_packs();
        store
    }

    fn open_once(objects: &Path, format: gix_hash::Kind) -> Self {
        let mut store =
            Store { packs: Vec::new(), loose: Vec::new(), problems: Vec::new(), unindexed: Vec::new(), format };
        let mut known = HashSet::new();
        store.add_folder(objects, 0, &mut known);
        store.loose.sort();
        store.loose.dedup_by(|a, b| a.id == b.id);
        store
    }

    /// What lies in several packs is read from the largest one.
    fn sort_packs(&mut self) {
        self.packs.sort_by(|a, b| b.len.cmp(&a.len).then_with(|| a.path.cmp(&b.path)));
    }

    /// Makes indexes for the packs that have none.
    fn read_unindexed(&mut self) {
        for mut without in std::mem::take(&mut self.unindexed) {
            let made = Pack::map(&without.path, self.format)
                .and_then(|data| Ok((unindexed::index_of(&data, &without.path, self.format)?, data)));
            match made {
                Ok((made, data)) => {
                    (without.found, without.lost) = (made.index.num_objects(), made.lost);
                    self.packs.push(Pack::new(without.path.clone(), made.index, data));
                    self.unindexed.push(without);
                }
                Err(error) => {
                    let reason = format!("{}, and none can be made: {error}", without.reason);
                    self.problems.push((without.path, reason));
                }
            }
        }
    }

    fn add_folder(&mut self, objects: &Path, depth: usize, known: &mut HashSet<PathBuf>) {
        let real = match objects.canonicalize() {
            Ok(real) => real,
            Err(error) => return self.problems.push((objects.to_owned(), error.to_string())),
        };
        if depth > MAX_ALTERNATES_DEPTH {
            return self.problems.push((real, "alternates are nested too deeply".to_owned()));
        }
        if !known.insert(real.clone()) {
            return;
        }
        self.add_packs(&real.join("pack"));
        self.add_loose(&real);
        if let Ok(alternates) = fs::read(real.join("info/alternates")) {
            for line in alternates.split(|&b| b == b'\n').map(<[u8]>::trim_ascii) {
                if !line.is_empty() && !line.starts_with(b"#") {
                    // A relative path is relative to this folder.
                    let folder = real.join(path_of(&unquoted(line)));
                    self.add_folder(&folder, depth + 1, known);
                }
            }
        }
    }

    fn add_packs(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.problems.push((folder.to_owned(), error.to_string())),
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        for file in &files {
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("idx") => self.add_pack(file),
                Some("pack") if !files.contains(&file.with_extension("idx")) => {
                    self.add_unindexed(file.clone(), "it has no index".to_owned());
                }
                _ => {}
            }
        }
    }

    fn add_pack(&mut self, index: &Path) {
        let path = index.with_extension("pack");
        match (gix_pack::index::File::at(index, self.format), Pack::map(&path, self.format)) {
            (Ok(index), Ok(data)) => self.packs.push(Pack::new(path, index, data)),
            (_, Err(reason)) => self.problems.push((path, reason)),
            (Err(error), Ok(_)) => self.add_unindexed(path, format!("its index cannot be used: {error}")),
        }
    }

    fn add_unindexed(&mut self, path: PathBuf, reason: String) {
        self.unindexed.push(Unindexed { path, reason, found: 0, lost: 0 });
    }

    fn add_loose(&mut self, objects: &Path) {
        let hex = |name: &str, len: usize| name.len() == len && name.bytes().all(|b| b.is_ascii_hexdigit());
        for folder in fs::read_dir(objects).into_iter().flatten().flatten() {
            let Ok(head) = folder.file_name().into_string() else { continue };
            if !hex(&head, 2) {
                continue;
            }
            let entries = match fs::read_dir(folder.path()) {
                Ok(entries) => entries,
                Err(error) => {
                    self.problems.push((folder.path(), error.to_string()));
                    continue;
                }
            };
            for file in entries.flatten() {
                let Ok(tail) = file.file_name().into_string() else { continue };
                if hex(&tail, self.format.len_in_hex() - 2)
                    && let Ok(id) = ObjectId::from_hex(format!("{head}{tail}").as_bytes())
                {
                    self.loose.push(Loose { id, path: file.path() });
                }
            }
        }
    }

    /// Whether an object is there.
    #[must_use]
    pub fn contains(&self, id: &oid) -> bool {
        self.packs.iter().any(|pack| pack.holds(id)) || self.loose(id).is_some()
    }

    /// Gets ready to be asked which ids are there. Else the first question does that.
    pub fn prepare(&self) {
        for pack in &self.packs {
            let _ = pack.table();
        }
    }

    /// The places in `ids` of those that are not there. Quicker than to ask for one after the other: the looks at memory
    /// that most of them need do not wait for each other.
    #[must_use]
    pub fn absent<T>(&self, ids: &[(ObjectId, T)]) -> Vec<usize> {
        let Some((first, others)) = self.packs.split_first() else {
            return (0..ids.len()).filter(|&place| !self.contains(&ids[place].0)).collect();
        };
        let table = first.table();
        let mut absent = Vec::new();
        for (chunk, some) in ids.chunks(AT_ONCE).enumerate() {
            let mut places = [(0, 0); AT_ONCE];
            places.iter_mut().zip(some).for_each(|(place, (id, _))| *place = table.place(id));
            let mut held = [0; AT_ONCE];
            held.iter_mut().zip(&places[..some.len()]).for_each(|(held, (slot, _))| *held = table.slots[*slot]);
            for (i, (id, _)) in some.iter().enumerate() {
                let there = held[i] == places[i].1
                    || table.holds(id)
                    || others.iter().any(|pack| pack.holds(id))
                    || self.loose(id).is_some();
                if !there {
                    absent.push(chunk * AT_ONCE + i);
                }
            }
        }
        absent
    }

    /// The loose object of that id.
    #[must_use]
    pub fn loose(&self, id: &oid) -> Option<&Loose> {
        self.loose.binary_search_by(|loose| loose.id.as_ref().cmp(id)).ok().map(|i| &self.loose[i])
    }

    /// Reads an object into memory. Where one copy of it is damaged, another one is tried.
    ///
    /// # Errors
    /// Those of the last copy.
    pub fn read(&self, id: &oid) -> Result<(Kind, Vec<u8>), ObjectError> {
        let mut error = ObjectError::Missing;
        for (i, pack) in self.packs.iter().enumerate() {
            if let Some(place) = pack.index.lookup(id) {
                match self.read_packed(i, pack.index.pack_offset_at_index(place), &mut Vec::new()) {
                    Ok(object) => return Ok(object),
                    Err(found) => error = found,
                }
            }
        }
        if let Some(loose) = self.loose(id) {
            match read_loose(&loose.path) {
                Ok(object) => return Ok(object),
                Err(found) => error = found,
            }
        }
        Err(error)
    }

    /// Reads the object at an offset of a pack. Two versions of it are in memory at a time, and one difference. `outer`
    /// are the places in other packs that need it.
    fn read_packed(
        &self,
        number: usize,
        offset: u64,
        outer: &mut Vec<(usize, u64)>,
    ) -> Result<(Kind, Vec<u8>), ObjectError> {
        if outer.len() > MAX_PACKS_IN_A_CHAIN {
            return Err(ObjectError::Cycle);
        }
        let pack = &self.packs[number];
        let mut inflater = Decompressor::new();
        let mut inflate = |entry: &Entry| -> Result<Vec<u8>, ObjectError> {
            let mut bytes = vec![0; usize::try_from(entry.decompressed_size).map_err(|_| ObjectError::Header)?];
            pack.inflate(entry, &mut bytes, &mut inflater)?;
            Ok(bytes)
        };
        let mut chain = Vec::new();
        let mut seen = HashSet::new();
        let mut at = offset;
        let (kind, mut bytes) = loop {
            if !seen.insert(at) || outer.contains(&(number, at)) {
                return Err(ObjectError::Cycle);
            }
            let entry = pack.entry(at)?;
            match base(pack, &entry, at)? {
                Base::None(kind) => break (kind, inflate(&entry)?),
                Base::At(base) => {
                    chain.push(entry);
                    at = base;
                }
                Base::Outside(id) => {
                    chain.push(entry);
                    outer.push((number, at));
                    let object = self.read_outside(number, &id, outer);
                    outer.pop();
                    break object.map_err(|_| ObjectError::MissingBase(id))?;
                }
            }
        };
        let mut copied = Vec::new();
        for entry in chain.iter().rev() {
            let inflated = inflate(entry)?;
            let delta = Delta::parse(&inflated)?;
            if delta.size as u64 > MAX_OBJECT {
                return Err(ObjectError::TooLarge(delta.size as u64));
            }
            let mut next = vec![0; delta.size];
            delta.apply(&bytes, &mut next, &mut copied)?;
            bytes = next;
        }
        Ok((kind, bytes))
    }

    /// Reads a base that is not in the pack that needs it.
    fn read_outside(
        &self,
        number: usize,
        id: &oid,
        outer: &mut Vec<(usize, u64)>,
    ) -> Result<(Kind, Vec<u8>), ObjectError> {
        for (other, pack) in self.packs.iter().enumerate().filter(|&(other, _)| other != number) {
            if let Some(place) = pack.index.lookup(id)
                && let Ok(object) = self.read_packed(other, pack.index.pack_offset_at_index(place), outer)
            {
                return Ok(object);
            }
        }
        match self.loose(id) {
            Some(loose) => read_loose(&loose.path),
            None => Err(ObjectError::Missing),
        }
    }
}

/// What an entry of a pack is stored as a difference to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing: it is whole.
    None(Kind),
    /// The entry at this offset of the same pack.
    At(u64),
    /// An object that is not in the same pack.
    Outside(ObjectId),
}

/// What the entry at `offset` of `pack` is stored as a difference to.
///
/// # Errors
/// When the header names a place before the pack.
pub fn base(pack: &Pack, entry: &Entry, offset: u64) -> Result<Base, ObjectError> {
    Ok(match entry.header {
        Header::Commit => Base::None(Kind::Commit),
        Header::Tree => Base::None(Kind::Tree),
        Header::Blob => Base::None(Kind::Blob),
        Header::Tag => Base::None(Kind::Tag),
        Header::OfsDelta { base_distance } => {
            Base::At(offset.checked_sub(base_distance).filter(|_| base_distance > 0).ok_or(ObjectError::Header)?)
        }
        Header::RefDelta { base_id } => match pack.index.lookup(base_id) {
            Some(place) => Base::At(pack.index.pack_offset_at_index(place)),
            None => Base::Outside(base_id),
        },
    })
}

/// Opens a loose object: its kind, its size, and its bytes as a stream.
///
/// # Errors
/// When it cannot be read, or does not begin as it should.
pub fn open_loose(path: &Path) -> Result<(Kind, u64, impl io::Read + use<>), ObjectError> {
    // A pipe in its place would be waited for without an end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file").into());
    }
    let mut stream = io::BufReader::new(flate2::read::ZlibDecoder::new(File::open(path)?));
    // "blob 1234" and a zero byte.
    let mut head = Vec::with_capacity(32);
    for byte in (&mut stream).bytes().take(32) {
        match byte.map_err(|_| ObjectError::Inflate)? {
            0 => {
                let text = std::str::from_utf8(&head).map_err(|_| ObjectError::Header)?;
                let (kind, size) = text.split_once(' ').ok_or(ObjectError::Header)?;
                let kind = Kind::from_bytes(kind.as_bytes()).map_err(|_| ObjectError::Header)?;
                let size: u64 = size.parse().map_err(|_| ObjectError::Header)?;
                return Ok((kind, size, stream));
            }
            byte => head.push(byte),
        }
    }
    Err(ObjectError::Header)
}

/// Reads a loose object into memory.
///
/// # Errors
/// When it cannot be read, or is damaged.
pub fn read_loose(path: &Path) -> Result<(Kind, Vec<u8>), ObjectError> {
    let (kind, size, stream) = open_loose(path)?;
    let mut bytes = Vec::new();
    stream.take(size.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| ObjectError::Inflate)?;
    if bytes.len() as u64 == size { Ok((kind, bytes)) } else { Err(ObjectError::Inflate) }
}
