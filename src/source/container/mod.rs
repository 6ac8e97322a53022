//! Containers: archives and compressed streams, walked member by member without writing anything where a user sees it.
//!
//! [`recognise`] tells by content whether a blob is a container, and [`walk`] hands every leaf member to a [`Visitor`]
//! as a stream, descending into containers inside containers; what a container holds beside its members (a script in
//! front of them, comments, what was appended) it hands over as well. [`behind_stub`] finds those that a script or a
//! program unpacks. Nothing in an archive is trusted: sizes are counted as they come out of the decoders and not
//! believed from headers, and one set of [`Limits`] holds for an outermost container with all that is nested in it.
//! Member names are only ever shown, never used as paths.
//!
//! Memory does not grow with the size of members. The largest consumers are decoder windows (at most
//! [`WINDOW_BYTES`] each, one per level), a nested zip (in memory up to [`SPOOL_BYTES`], beyond that in an unlinked
//! temporary file) and the extended headers of one tar member (4 MiB).

mod compressed;
mod tar;
mod zip;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::LazyLock;

use memchr::memmem::Finder;
use tempfile::SpooledTempFile;

use crate::finding::{Artifact, Position};
use crate::report::{Notice, NoticeKind};

/// Bytes at the start of a blob that decide about its kind: the first header of a tar archive.
pub const HEAD_BYTES: usize = 512;

/// Nested zips up to this size, in bytes, are held in memory; larger ones go to an unlinked temporary file.
pub const SPOOL_BYTES: usize = 16 << 20;

/// The largest window a decoder may ask for, in bytes: `zstd -d` refuses more without `--long`, and `xz -9` needs half.
pub const WINDOW_BYTES: u32 = 1 << WINDOW_LOG;
const WINDOW_LOG: u32 = 27;

/// Below this many expanded bytes the ratio is not looked at: small files of zeros are no bombs.
pub const RATIO_FLOOR: u64 = 64 << 20;

/// The kinds of containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Zip and what is one: jar, docx, whl, apk, nupkg.
    Zip,
    /// Tar, uncompressed, in the formats ustar, GNU and PAX.
    Tar,
    /// One or more gzip members.
    Gzip,
    /// One or more xz streams.
    Xz,
    /// One or more zstd frames.
    Zstd,
    /// One or more bzip2 streams.
    Bzip2,
}

impl Kind {
    /// Its name in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Zip => "zip",
            Kind::Tar => "tar",
            Kind::Gzip => "gzip",
            Kind::Xz => "xz",
            Kind::Zstd => "zstd",
            Kind::Bzip2 => "bzip2",
        }
    }
}

/// What kind of container starts with these bytes, by content alone; the name of a file says nothing.
///
/// `head` should hold the first [`HEAD_BYTES`] bytes where there are as many; more does no harm. Tar is recognised by
/// the `ustar` mark *and* the checksum of its first header, so the pre-POSIX format without a mark is not. A zip
/// behind a `#!` line (zipapp, PEX) is recognised when it starts within `head`.
#[must_use]
pub fn recognise(head: &[u8]) -> Option<Kind> {
    // APPNOTE 4.3.7, 4.3.16 (an empty archive) and 8.5.4 (one that was once split).
    const ZIP: [&[u8; 4]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
    if ZIP.iter().any(|magic| head.starts_with(*magic)) {
        return Some(Kind::Zip);
    }
    if head.starts_with(b"#!") && memchr::memmem::find(head, b"\nPK\x03\x04").is_some() {
        return Some(Kind::Zip);
    }
    // RFC 1952: magic, method "deflate", and three flag bits that must be zero.
    if head.starts_with(&[0x1f, 0x8b, 8]) && head.get(3).is_some_and(|flags| flags & 0xe0 == 0) {
        return Some(Kind::Gzip);
    }
    if head.starts_with(b"\xfd7zXZ\0") {
        return Some(Kind::Xz);
    }
    if is_zstd(head) {
        return Some(Kind::Zstd);
    }
    // The block size, then the mark of a first block (digits of pi) or of the end of an empty stream (of its root).
    if head.starts_with(b"BZh")
        && head.get(3).is_some_and(|size| (b'1'..=b'9').contains(size))
        && matches!(head.get(4..10), Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90"))
    {
        return Some(Kind::Bzip2);
    }
    tar::is_header(head).then_some(Kind::Tar)
}

/// Bytes at the end of a file that decide whether a zip ends there: the longest comment, and the record in front of it.
pub const TAIL_BYTES: usize = u16::MAX as usize + EOCD;

/// Length of the record at the end of a zip (APPNOTE 4.3.16) without the comment behind it.
const EOCD: usize = 22;

/// Whether what begins like this may unpack itself: a script, or a program of Windows or Linux.
#[must_use]
pub fn may_be_stub(head: &[u8]) -> bool {
    [&b"#!"[..], b"MZ", b"\x7fELF"].iter().any(|magic| head.starts_with(magic))
}

/// What kind of container stands behind a [stub](may_be_stub), and at which byte it begins: 0 for a zip, whose own
/// directory tells. `head` is the start of the file, `tail` its last [`TAIL_BYTES`].
#[must_use]
pub fn behind_stub(head: &[u8], tail: &[u8]) -> Option<(Kind, usize)> {
    if !may_be_stub(head) {
        return None;
    }
    if ends_a_zip(tail) {
        return Some((Kind::Zip, 0));
    }
    if !head.starts_with(b"#!") {
        return None;
    }
    // Made once: it is asked of every version of every script.
    static MAGICS: LazyLock<[Finder<'static>; 4]> =
        LazyLock::new(|| [&b"\n\x1f\x8b\x08"[..], b"\n\xfd7zXZ\0", b"\nBZh", b"\n\x28\xb5\x2f\xfd"].map(Finder::new));
    let places = MAGICS.iter().flat_map(|magic| magic.find_iter(head).map(|at| at + 1));
    let packed = |&at: &usize| recognise(&head[at..]).filter(|kind| *kind != Kind::Tar).map(|kind| (kind, at));
    places.filter_map(|at| packed(&at)).min_by_key(|(_, at)| *at)
}

/// Whether a directory stands in front of the record at the end: programs that read zips have its mark in them, too.
fn ends_a_zip(tail: &[u8]) -> bool {
    let Some((at, _)) = end_of_zip(tail) else { return false };
    let Some(size) = tail[at + 12..].first_chunk().map(|size| u32::from_le_bytes(*size)) else { return false };
    match at.checked_sub(size as usize) {
        Some(directory) => size > 0 && tail[directory..].starts_with(b"PK\x01\x02"),
        // Too long for the tail, or for 32 bits: then another record stands in front.
        None => size < u32::MAX || at.checked_sub(20).is_some_and(|at| tail[at..].starts_with(b"PK\x06\x07")),
    }
}

/// Where in the last bytes of a file the record at the end of a zip stands, and how long it is with its comment.
fn end_of_zip(tail: &[u8]) -> Option<(usize, usize)> {
    // Looked for by its last byte, which text does not have.
    memchr::memrchr_iter(6, tail).find_map(|last| {
        let at = last.checked_sub(3).filter(|&at| tail[at..].starts_with(b"PK\x05\x06"))?;
        let record: &[u8; EOCD] = tail[at..].first_chunk()?;
        let number = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
        let whole = EOCD + usize::from(number(20));
        // One disk, and not fewer entries on it than in all.
        (at + whole <= tail.len() && number(4) == number(6) && number(8) == number(10)).then_some((at, whole))
    })
}

/// RFC 8878: a frame's magic, possibly behind skippable frames (as `pzstd` writes them).
fn is_zstd(mut head: &[u8]) -> bool {
    while let Some((magic, rest)) = head.split_first_chunk::<4>() {
        match u32::from_le_bytes(*magic) {
            0xfd2f_b528 => return true,
            0x184d_2a50..=0x184d_2a5f => {
                let Some((length, rest)) = rest.split_first_chunk::<4>() else { return false };
                let Some(rest) = rest.get(u32::from_le_bytes(*length) as usize..) else { return false };
                head = rest;
            }
            _ => return false,
        }
    }
    false
}

/// How far a container is unpacked. All but `max_member_size` hold for an outermost container with everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many containers may stand inside each other, the outermost included; `x.tar.gz` is two.
    pub max_depth: u32,
    /// Bytes that may come out of all decoders and zip members at all levels together. Members of a tar count only as
    /// far as they hold more than the archive stores, as sparse files do: what is only copied is no expansion.
    pub max_expansion: u64,
    /// How many times the size of the outermost container may come out, in the same count; looked at beyond
    /// [`RATIO_FLOOR`] only.
    pub max_ratio: u64,
    /// Members of all containers together, directories and the like included.
    pub max_members: u64,
    /// Leaf members with more bytes than this are left out, or cut there if their size is not known beforehand.
    pub max_member_size: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_depth: 5, max_expansion: 1 << 30, max_ratio: 1000, max_members: 200_000, max_member_size: None }
    }
}

/// Who gets the members.
pub trait Visitor {
    /// A leaf member as a stream, which need not be read to its end.
    ///
    /// # Errors
    ///
    /// Errors of `content` come back as they are; the walk turns them into a notice and goes on where it can.
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read) -> io::Result<()>;

    /// Bytes of a container that are in none of its members, from the byte at `at` on: a script in front of a zip, what
    /// stands behind its end. `position` is that of the first of them; without one, as it takes a while to know, who
    /// finds something there keeps nothing and says so by `true`, and is asked again.
    ///
    /// # Errors
    ///
    /// Errors of `content`.
    fn outside(
        &mut self,
        artifact: &Artifact,
        at: u64,
        position: Option<Position>,
        content: &mut dyn Read,
    ) -> io::Result<bool>;

    /// A comment on a container or on one of its members.
    fn comment(&mut self, artifact: &Artifact, text: &[u8]);

    /// Something that was not, or not wholly, handed over.
    fn notice(&mut self, notice: Notice);
}

/// Where in its file a container begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The offset of its first byte.
    pub at: u64,
    /// The same as a line and a column.
    pub position: Position,
}

impl Start {
    /// Nothing stands in front of it.
    pub const OF_FILE: Start = Start { at: 0, position: Position { line: 1, column: 1 } };

    /// Behind what unpacks it.
    #[must_use]
    pub fn behind(stub: &[u8]) -> Self {
        let mut start = Self::OF_FILE;
        start.at = stub.len() as u64;
        pass(&mut start.position, stub);
        start
    }
}

/// Walks all leaf members of `file`, which is the outermost container `artifact` or, where there is something else in
/// front of it, that from its `start` on, in the order of the container.
///
/// Never fails: whatever goes wrong becomes a [`Notice`]. Reaching a limit of the whole ends the walk with exactly one
/// notice [`NoticeKind::TooLarge`] for `artifact`.
pub fn walk(
    kind: Kind,
    artifact: &Artifact,
    start: Start,
    file: &mut (impl Read + Seek),
    limits: &Limits,
    visitor: &mut dyn Visitor,
) {
    let size = match file.seek(SeekFrom::End(0)).and_then(|size| file.rewind().map(|()| size)) {
        Ok(size) => size,
        Err(error) => {
            let message = format!("could not be read: {error}");
            visitor.notice(notice(artifact, NoticeKind::Unreadable, message, None));
            return;
        }
    };
    let meter = Meter::new(limits, size);
    let mut walk = Walk { limits, meter: &meter, visitor, scanned: 0, notices: 0 };
    match kind {
        Kind::Zip => zip::walk(&mut walk, artifact, file, None, 1),
        _ => walk.stream(kind, artifact, start, file, 1),
    }
    let scanned = walk.scanned;
    if let Some(stop) = meter.stopped.into_inner() {
        let partly = match stop.during {
            Some(member) => format!(" and a part of {member}"),
            None => String::new(),
        };
        let members = if scanned == 1 { "1 member".to_owned() } else { format!("{scanned} members") };
        let message = format!("{}; {members}{partly} had been read, the rest was not unpacked", stop.reason);
        visitor.notice(notice(artifact, NoticeKind::TooLarge, message, Some(stop.help)));
    }
}

fn notice(artifact: &Artifact, kind: NoticeKind, message: String, help: Option<&str>) -> Notice {
    Notice { artifact: Some(artifact.clone()), kind, message, help: help.map(str::to_owned) }
}

/// A size for a reader: whole binary units where it is a multiple of one, otherwise one decimal place.
fn size_text(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) if bytes.is_multiple_of(*unit) => format!("{} {name}", bytes / unit),
        Some((name, unit)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => format!("{bytes} bytes"),
    }
}

/// Why the walk as a whole ended early.
struct Stop {
    reason: String,
    /// What to do about it.
    help: &'static str,
    /// The leaf member that was being read.
    during: Option<Artifact>,
}

/// Counts what one outermost container expands to. Shared by all readers of a walk, which are nested in each other.
struct Meter {
    expanded: Cell<u64>,
    max_expanded: u64,
    /// What is said when `max_expanded` is passed, and what to do then.
    reason: (String, &'static str),
    members: Cell<u64>,
    max_members: u64,
    reading: RefCell<Option<Artifact>>,
    stopped: RefCell<Option<Stop>>,
}

impl Meter {
    fn new(limits: &Limits, size: u64) -> Self {
        let by_ratio = size.saturating_mul(limits.max_ratio).max(RATIO_FLOOR);
        let reason = if limits.max_expansion <= by_ratio {
            let help = "if it is no bomb, raise --max-expansion, or unpack it and scan what comes out";
            (format!("it expands to more than {}", size_text(limits.max_expansion)), help)
        } else {
            let help = "if it is no bomb, raise --max-ratio, or unpack it and scan what comes out";
            let times = format!("more than {} times its size", limits.max_ratio);
            let reason = match by_ratio {
                RATIO_FLOOR => {
                    format!("its {} expand to more than {}, {times}", size_text(size), size_text(RATIO_FLOOR))
                }
                _ => format!("it expands to {times}"),
            };
            (reason, help)
        };
        Meter {
            expanded: Cell::new(0),
            max_expanded: limits.max_expansion.min(by_ratio),
            reason,
            members: Cell::new(0),
            max_members: limits.max_members,
            reading: RefCell::new(None),
            stopped: RefCell::new(None),
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    /// Ends the walk; the first reason stays.
    fn stop(&self, reason: String) -> io::Error {
        self.stop_with(reason, "if it is no bomb, unpack it and scan what comes out")
    }

    fn stop_with(&self, reason: String, help: &'static str) -> io::Error {
        let mut stopped = self.stopped.borrow_mut();
        let stop = stopped.get_or_insert_with(|| Stop { reason, help, during: self.reading.borrow().clone() });
        io::Error::other(stop.reason.clone())
    }

    /// Fails when the walk has ended, with the reason it ended for.
    fn check(&self) -> io::Result<()> {
        match &*self.stopped.borrow() {
            Some(stop) => Err(io::Error::other(stop.reason.clone())),
            None => Ok(()),
        }
    }

    /// Counts bytes that came out of a decoder.
    fn expand(&self, bytes: u64) -> io::Result<()> {
        self.check()?;
        self.expanded.set(self.expanded.get().saturating_add(bytes));
        if self.expanded.get() <= self.max_expanded {
            return Ok(());
        }
        let (reason, help) = &self.reason;
        Err(self.stop_with(reason.clone(), help))
    }

    /// Counts a member; `false` when there are too many.
    fn count_member(&self) -> bool {
        self.members.set(self.members.get() + 1);
        if self.members.get() > self.max_members {
            self.stop(format!("it has more than {} members", self.max_members));
        }
        !self.is_stopped()
    }
}

/// An error that can be returned again and again, as [`io::Error`] cannot.
#[derive(Clone, Debug)]
struct Failure {
    kind: io::ErrorKind,
    message: String,
    /// Whether the operating system reported it: then the disk is at fault, not the container.
    by_system: bool,
}

impl Failure {
    fn of(error: &io::Error) -> Self {
        Failure { kind: error.kind(), message: error.to_string(), by_system: error.raw_os_error().is_some() }
    }

    fn to_error(&self) -> io::Error {
        io::Error::new(self.kind, self.message.clone())
    }
}

/// A reader that remembers its error and is never read again behind it: decoders may panic or return rubbish then.
struct Fused<R> {
    inner: R,
    failure: Option<Failure>,
    read: u64,
    /// Whether the end was seen.
    at_end: bool,
}

impl<R: Read> Fused<R> {
    fn new(inner: R) -> Self {
        Fused { inner, failure: None, read: 0, at_end: false }
    }
}

impl<R: Read> Read for Fused<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(failure.to_error());
        }
        if self.at_end || buf.is_empty() {
            return Ok(0);
        }
        match self.inner.read(buf) {
            Ok(read) => {
                self.at_end = read == 0;
                self.read += read as u64;
                Ok(read)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.failure = Some(Failure::of(&error));
                }
                Err(error)
            }
        }
    }
}

/// What comes out of a decoder, counted against the limits.
struct Expanding<'m, R> {
    inner: R,
    meter: &'m Meter,
}

impl<R: Read> Read for Expanding<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.meter.check()?;
        let read = self.inner.read(buf)?;
        self.meter.expand(read as u64)?;
        Ok(read)
    }
}

/// A leaf member, cut at `max_member_size`.
struct Leaf<'r> {
    inner: &'r mut dyn Read,
    left: Option<u64>,
    /// Whether there was more than the limit allows.
    cut: bool,
}

impl Read for Leaf<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left else { return self.inner.read(buf) };
        if left == 0 {
            self.cut |= self.inner.read(&mut [0])? != 0;
            return Ok(0);
        }
        let want = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut buf[..want])?;
        self.left = Some(left - read as u64);
        Ok(read)
    }
}

/// Moves a position behind some bytes; in columns of bytes, as for all that is no text.
fn pass(position: &mut Position, bytes: &[u8]) {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let column = memchr::memrchr(b'\n', bytes).map_or(bytes.len(), |newline| bytes.len() - newline - 1);
    position.line = position.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    position.column = if lines > 0 { 1 } else { position.column };
    position.column = position.column.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
}

/// Needed to name the two together in a trait object.
trait ReadSeek: Read + Seek {}
impl<R: Read + Seek + ?Sized> ReadSeek for R {}

/// One walk over an outermost container.
struct Walk<'a> {
    limits: &'a Limits,
    meter: &'a Meter,
    visitor: &'a mut dyn Visitor,
    /// Leaf members handed over to their end.
    scanned: u64,
    /// Notices given so far, so that damage which a member reported is not reported again for the archive around it.
    notices: u64,
}

impl Walk<'_> {
    fn notice(&mut self, artifact: &Artifact, kind: NoticeKind, message: String, help: Option<&str>) {
        self.notices += 1;
        self.visitor.notice(notice(artifact, kind, message, help));
    }

    /// Says what a failed reader means for `artifact`; silent if the walk as a whole has been stopped.
    fn failed(&mut self, artifact: &Artifact, failure: &Failure) {
        if self.meter.is_stopped() {
            return;
        }
        if failure.by_system {
            self.notice(artifact, NoticeKind::Unreadable, format!("could not be read: {}", failure.message), None);
        } else if failure.kind == io::ErrorKind::OutOfMemory {
            let message = format!(
                "not unpacked: its window is larger than {}, which is the most memory that is given to a decoder",
                size_text(WINDOW_BYTES.into())
            );
            self.notice(artifact, NoticeKind::TooLarge, message, None);
        } else {
            let help = "what could be read of it was scanned; get it anew, or `exclude` it in keytrail.toml";
            self.notice(artifact, NoticeKind::Malformed, format!("damaged: {}", failure.message), Some(help));
        }
    }

    /// Walks a container that is read from front to back.
    fn stream(&mut self, kind: Kind, artifact: &Artifact, start: Start, content: &mut dyn Read, depth: u32) {
        match kind {
            Kind::Zip => self.spool(artifact, content, depth),
            Kind::Tar => tar::walk(self, artifact, content, depth),
            Kind::Gzip | Kind::Xz | Kind::Zstd | Kind::Bzip2 => {
                compressed::walk(self, kind, artifact, start, content, depth);
            }
        }
    }

    /// Whether a container at this depth may be opened; if not, says so.
    fn may_open(&mut self, artifact: &Artifact, depth: u32) -> bool {
        let allowed = depth <= self.limits.max_depth;
        if !allowed {
            let levels = self.limits.max_depth;
            let message = format!("nested deeper than {levels} levels; not unpacked");
            self.notice(artifact, NoticeKind::TooLarge, message, None);
        }
        allowed
    }

    /// A member of a container at `depth`: handed over if it is a leaf, walked if it is a container itself. `size` is
    /// what the container says about it, which need not be true.
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read, size: Option<u64>, depth: u32) {
        let mut content = Fused::new(content);
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let outcome = (&mut content).take(HEAD_BYTES as u64).read_to_end(&mut head).map(|_| ());
        if let (Err(error), true) = (&outcome, head.is_empty()) {
            self.failed(artifact, &Failure::of(error));
            return;
        }
        match recognise(&head) {
            Some(kind) => {
                if self.may_open(artifact, depth + 1) {
                    let mut content = head.as_slice().chain(&mut content);
                    self.stream(kind, artifact, Start::OF_FILE, &mut content, depth + 1);
                }
            }
            None => self.leaf(artifact, &head, content, size),
        }
    }

    fn leaf(&mut self, artifact: &Artifact, head: &[u8], mut content: Fused<&mut dyn Read>, size: Option<u64>) {
        let max = self.limits.max_member_size;
        if let (Some(size), Some(max)) = (size, max)
            && size > max
        {
            let message = format!("left out: its {} are more than the limit of {}", size_text(size), size_text(max));
            self.notice(artifact, NoticeKind::Skipped, message, None);
            return;
        }
        *self.meter.reading.borrow_mut() = Some(artifact.clone());
        let mut chained = head.chain(&mut content);
        let mut leaf = Leaf { inner: &mut chained, left: max, cut: false };
        let outcome = self.visitor.member(artifact, &mut leaf);
        let cut = leaf.cut;
        *self.meter.reading.borrow_mut() = None;
        // The reader knows best what happened to it; a visitor may have wrapped or swallowed its error.
        match (content.failure.take(), outcome) {
            (Some(failure), _) => self.failed(artifact, &failure),
            (None, Err(error)) => self.failed(artifact, &Failure::of(&error)),
            (None, Ok(())) => {
                self.scanned += 1;
                if let (true, Some(max)) = (cut, max) {
                    let message = format!("only its first {} were read: that is the limit", size_text(max));
                    self.notice(artifact, NoticeKind::Skipped, message, None);
                }
            }
        }
    }

    /// A zip inside another container has no `Seek`: it is copied first.
    fn spool(&mut self, artifact: &Artifact, content: &mut dyn Read, depth: u32) {
        let mut spool = SpooledTempFile::new(SPOOL_BYTES);
        let mut content = Fused::new(content);
        let outcome = io::copy(&mut content, &mut spool).and_then(|_| spool.flush());
        if self.meter.is_stopped() {
            return;
        }
        match (content.failure, outcome) {
            // What there is of it may still hold whole members.
            (Some(failure), _) => zip::walk(self, artifact, &mut spool, Some(failure), depth),
            (None, Err(error)) => {
                let message = format!("could not be copied to a temporary file: {error}");
                self.notice(artifact, NoticeKind::Unreadable, message, None);
            }
            (None, Ok(())) => zip::walk(self, artifact, &mut spool, None, depth),
        }
    }
}
