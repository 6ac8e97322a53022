//! Tar archives: ustar, GNU and PAX, read from front to back.
//!
//! The `tar` crate does the format. What it does not do is bound what it reads *between* members (long names, PAX
//! records and sparse maps are collected in memory) and notice that an archive ends inside a member: a [`Guard`]
//! below it sees every byte and does both.

use std::cell::Cell;
use std::io::{self, Read};

use ::tar::{Archive, EntryType, Header};

use super::{Failure, Meter, Walk};
use crate::finding::{Artifact, Position};

/// Bytes of headers one member may have: long names, PAX records, sparse maps. Real ones have a few KiB.
const MAX_HEADER_BYTES: u64 = 4 << 20;

/// No file is larger than an offset in it can be: `off_t` has 63 bits.
const MAX_SIZE: u64 = i64::MAX as u64;

const BLOCK: u64 = 512;

/// Whether a block is the header of a ustar, GNU or PAX archive: by the mark at offset 257 and the checksum.
pub(super) fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<{ BLOCK as usize }>() else { return false };
    if !block[257..].starts_with(b"ustar") {
        return false;
    }
    // POSIX: the sum of all bytes, those of the checksum itself counted as spaces.
    let sum: u32 =
        block.iter().enumerate().map(|(at, &b)| if (148..156).contains(&at) { 32 } else { u32::from(b) }).sum();
    Header::from_byte_slice(block).cksum().is_ok_and(|said| said == sum)
}

/// What the reader below the archive has seen; shared with it, since the archive holds the reader.
struct Watch {
    /// Bytes read so far.
    position: Cell<u64>,
    /// How many more may be read before the next member.
    allowance: Cell<u64>,
    /// Whether the end was seen, or an error.
    over: Cell<bool>,
    /// Whether it was an error.
    failed: Cell<bool>,
}

struct Guard<'a> {
    inner: &'a mut dyn Read,
    watch: &'a Watch,
}

impl Guard<'_> {
    /// Reads a block between members, which is a header unless the rest of a member is just being read over, and
    /// refuses one with a size that the crate's sums of offsets could overflow on.
    fn read_block(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < block.len() {
            match self.inner.read(&mut block[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if filled == 0 => return Err(error),
                // It comes again.
                Err(_) => break,
            }
        }
        if is_header(block) && Header::from_byte_slice(block).entry_size().is_ok_and(|size| size > MAX_SIZE) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a member's size is impossible"));
        }
        Ok(filled)
    }
}

impl Read for Guard<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        if self.watch.allowance.get() == 0 {
            self.watch.over.set(true);
            self.watch.failed.set(true);
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a member has more than 4 MiB of headers"));
        }
        let want = buf.len().min(usize::try_from(self.watch.allowance.get()).unwrap_or(usize::MAX));
        let outcome = if self.watch.allowance.get() < u64::MAX && want == BLOCK as usize {
            self.read_block(&mut buf[..want])
        } else {
            self.inner.read(&mut buf[..want])
        };
        match &outcome {
            Ok(read) => {
                self.watch.over.set(*read == 0);
                self.watch.position.set(self.watch.position.get() + *read as u64);
                self.watch.allowance.set(self.watch.allowance.get() - *read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => {
                self.watch.over.set(true);
                self.watch.failed.set(true);
            }
        }
        outcome
    }
}

/// The content of a member: fails where the archive ends before the member does, and counts the holes of sparse files.
struct Content<'a, R> {
    entry: R,
    left: u64,
    watch: &'a Watch,
    meter: &'a Meter,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.meter.check()?;
        let before = self.watch.position.get();
        let read = self.entry.read(buf)?;
        if read == 0 && self.left > 0 && !buf.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends inside this member"));
        }
        self.left = self.left.saturating_sub(read as u64);
        let stored = self.watch.position.get() - before;
        self.meter.expand((read as u64).saturating_sub(stored))?;
        Ok(read)
    }
}

/// Walks a tar archive, and those that were appended to it: at an end of two empty blocks most programs stop, but what
/// stands behind is in the file as well.
pub(super) fn walk(walk: &mut Walk<'_>, artifact: &Artifact, content: &mut dyn Read, depth: u32) {
    let (mut rest, mut at) = (Vec::new(), 0);
    loop {
        let Some(read) = one(walk, artifact, &mut rest.as_slice().chain(&mut *content), depth) else { return };
        at += read;
        match behind(content, &mut at) {
            Ok(found) if found.is_empty() => return,
            Ok(found) => rest = found,
            Err(error) => return walk.failed(artifact, &Failure::of(&error)),
        }
        if !is_header(&rest) {
            let mut rest = rest.as_slice().chain(content);
            let start = Some(Position { line: 1, column: 1 });
            if let Err(error) = walk.visitor.outside(artifact, at, start, &mut rest) {
                walk.failed(artifact, &Failure::of(&error));
            }
            return;
        }
    }
}

/// Reads over empty blocks, by which `at` rises: the first block that is none, or what is left of one.
fn behind(content: &mut dyn Read, at: &mut u64) -> io::Result<Vec<u8>> {
    loop {
        let mut block = Vec::with_capacity(BLOCK as usize);
        (&mut *content).take(BLOCK).read_to_end(&mut block)?;
        if block.iter().any(|&b| b != 0) || block.is_empty() {
            return Ok(block);
        }
        *at += block.len() as u64;
    }
}

/// Names of extended records (POSIX `pax`) that say something about a file which is no secret.
fn is_plain_record(name: &str) -> bool {
    const PLAIN: [&str; 12] = [
        "path",
        "linkpath",
        "size",
        "mtime",
        "atime",
        "ctime",
        "uid",
        "gid",
        "uname",
        "gname",
        "charset",
        "hdrcharset",
    ];
    PLAIN.contains(&name) || name.starts_with("GNU.sparse.") || name.starts_with("LIBARCHIVE.creationtime")
}

/// Walks one tar archive; how many bytes it takes up, where it has an end and something may stand behind it.
fn one(walk: &mut Walk<'_>, artifact: &Artifact, content: &mut dyn Read, depth: u32) -> Option<u64> {
    let watch = Watch {
        position: Cell::new(0),
        allowance: Cell::new(MAX_HEADER_BYTES),
        over: Cell::new(false),
        failed: Cell::new(false),
    };
    let mut archive = Archive::new(Guard { inner: content, watch: &watch });
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            walk.failed(artifact, &Failure::of(&error));
            return None;
        }
    };
    let mut last = None;
    loop {
        let mut entry = match entries.next() {
            None => return (!watch.over.get()).then(|| watch.position.get()),
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                let mut failure = Failure::of(&error);
                if !watch.failed.get() {
                    // The crate's own words quote the header, and what stands in an archive is not for messages.
                    let what = if watch.over.get() { "the archive ends early" } else { "a header is not valid" };
                    what.clone_into(&mut failure.message);
                }
                failure.message = match last {
                    Some(name) => format!("{} (behind member {name})", failure.message),
                    None => failure.message,
                };
                walk.failed(artifact, &failure);
                return None;
            }
        };
        if !walk.meter.count_member() {
            return None;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let member = artifact.member(name.as_str());
        let mut records = Vec::new();
        for record in entry.pax_extensions().ok().flatten().into_iter().flatten().flatten() {
            if record.key().is_ok_and(|key| !is_plain_record(key)) {
                records.extend([record.key_bytes(), b"=", record.value_bytes(), b"\n"].concat());
            }
        }
        if !records.is_empty() {
            walk.visitor.comment(&member, &records);
        }
        // A sparse file stores less than its size, and its holes are not in the archive.
        let stored = match entry.header().entry_type() {
            EntryType::GNUSparse => entry.header().entry_size().unwrap_or(0),
            _ => entry.size(),
        };
        let start = watch.position.get();
        // Directories, links and devices have no content of their own.
        if matches!(entry.header().entry_type(), EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse)
            // The old way to store a directory.
            && !name.ends_with('/')
        {
            watch.allowance.set(u64::MAX);
            let notices = walk.notices;
            let size = entry.size();
            let mut content = Content { left: size, entry, watch: &watch, meter: walk.meter };
            walk.member(&member, &mut content, Some(size), depth);
            if walk.meter.is_stopped() || (watch.over.get() && walk.notices > notices) {
                return None;
            }
        }
        // The crate reads over what is left of the member, its padding, and then the next one's headers.
        let unread = stored.saturating_sub(watch.position.get() - start);
        watch.allowance.set(unread.saturating_add(BLOCK + MAX_HEADER_BYTES));
        last = Some(name);
    }
}
