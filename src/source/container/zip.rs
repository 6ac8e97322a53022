//! Zip archives: by their central directory, and by the headers of their members where that is missing.
//!
//! The `zip` crate does the format; its iterable reader keeps members that share a name and needs no memory per
//! member. Methods whose decoders it gives no memory limit (xz, LZMA) are decoded here.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use ::zip::CompressionMethod;
use ::zip::read::{Config, OwnedZipFileEntry, ZipReadOptions};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;

use super::{Expanding, Failure, Meter, ReadSeek, TAIL_BYTES, WINDOW_BYTES, Walk, compressed, end_of_zip, pass};
use crate::finding::{Artifact, Position};
use crate::report::NoticeKind;

/// How many times its own size may be read from a zip. A sound one is read about once; one whose members overlap, each
/// costing time and yielding little, could otherwise keep a scan busy for hours.
const MAX_READ_RATIO: u64 = 4;
/// So much may always be read, in bytes.
const MIN_READ: u64 = 64 << 20;

/// The archive's bytes, with a bound on how many are read.
struct Bounded<'a> {
    inner: BufReader<&'a mut dyn ReadSeek>,
    left: &'a Cell<u64>,
    meter: &'a Meter,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.meter.check()?;
        let read = self.inner.read(buf)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(self.meter.stop("members of a zip in it overlap each other".to_owned())),
        }
        Ok(read)
    }
}

impl Seek for Bounded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Walks a zip archive. `damage` is what is already known to be wrong with it; its directory is not looked for then.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    artifact: &Artifact,
    file: &mut dyn ReadSeek,
    damage: Option<Failure>,
    depth: u32,
) {
    let size = match file.seek(SeekFrom::End(0)).and_then(|size| file.rewind().map(|()| size)) {
        Ok(size) => size,
        Err(error) => return walk.failed(artifact, &Failure::of(&error)),
    };
    let left = Cell::new(size.saturating_mul(MAX_READ_RATIO).max(MIN_READ));
    let mut reader = Bounded { inner: BufReader::new(file), left: &left, meter: walk.meter };
    let damage = match damage {
        Some(damage) => damage,
        None => match ZipIterable::try_new(&mut reader, Config::default()) {
            Ok(archive) => {
                let taken = by_directory(walk, artifact, archive, depth);
                if let Err(error) = outside(walk, artifact, &mut reader, taken, size, depth) {
                    walk.failed(artifact, &Failure::of(&error));
                }
                return;
            }
            Err(error) => without_directory(failure(error)),
        },
    };
    if walk.meter.is_stopped() {
        return;
    }
    let mut head = Vec::new();
    let sought = reader.rewind().and_then(|()| (&mut reader).take(2).read_to_end(&mut head));
    if let Err(error) = sought.and_then(|_| reader.rewind()) {
        return walk.failed(artifact, &Failure::of(&error));
    }
    if head != b"PK" {
        // What stands in front of it is no less readable.
        if let Err(error) = gap(walk, artifact, &mut reader, 0..size, depth) {
            return walk.failed(artifact, &Failure::of(&error));
        }
        return walk.failed(artifact, &damage);
    }
    by_headers(walk, artifact, &mut reader, &damage, depth);
}

/// What it means that the directory of a zip cannot be read.
fn without_directory(cause: Failure) -> Failure {
    if cause.by_system {
        return cause;
    }
    let message = format!("the directory at its end cannot be read ({}), as where the end was cut off", cause.message);
    Failure { message, ..cause }
}

/// The error under the crate's own wording.
fn failure(error: ZipError) -> Failure {
    match error {
        ZipError::Io(error) => Failure::of(&error),
        ZipError::InvalidArchive(message) => {
            Failure { kind: io::ErrorKind::InvalidData, message: message.into_owned(), by_system: false }
        }
        other => Failure::of(&other.into()),
    }
}

fn name_of(name: Result<std::borrow::Cow<'_, str>, ZipError>, raw: &[u8]) -> String {
    let name = name.map_or_else(|_| String::from_utf8_lossy(raw).into_owned(), std::borrow::Cow::into_owned);
    // APPNOTE 4.4.17.1 wants `/`; some Windows programs write `\` all the same.
    name.replace('\\', "/")
}

/// What a method is called, if nothing here can decode it.
fn unsupported(method: CompressionMethod) -> Option<String> {
    #[allow(deprecated, reason = "the only way to see the number of a method")]
    match method {
        CompressionMethod::Unsupported(number) => {
            // APPNOTE 4.4.5.
            let name = match number {
                1 => "Shrink",
                2..=5 => "Reduce",
                6 => "Implode",
                10 => "PKWARE DCL Implode",
                16 => "IBM z/OS CMPSC",
                18 => "IBM TERSE",
                19 => "IBM LZ77",
                94 => "MP3",
                96 => "JPEG",
                97 => "WavPack",
                98 => "PPMd",
                _ => return Some(format!("method {number}")),
            };
            Some(format!("{name} (method {number})"))
        }
        _ => None,
    }
}

/// Everything that is said about a member before it is opened; `false` if it cannot be.
fn can_open(walk: &mut Walk<'_>, member: &Artifact, encrypted: bool, method: CompressionMethod) -> bool {
    if encrypted || method == CompressionMethod::AES {
        let message = "needs a password; not unpacked".to_owned();
        walk.notice(member, NoticeKind::Encrypted, message, None);
        return false;
    }
    if let Some(method) = unsupported(method) {
        let message = format!("compressed with {method}, which is not supported; not unpacked");
        walk.notice(member, NoticeKind::Malformed, message, None);
        return false;
    }
    true
}

/// Where a zip has what its directory lists.
#[derive(Default)]
struct Taken {
    /// Members with their headers, in the order of the directory.
    members: Vec<Range<u64>>,
    /// The directory, from its first entry to its last one.
    directory: Option<Range<u64>>,
}

/// Walks the members of the directory; what they take up, where the directory could be read to its end.
fn by_directory(
    walk: &mut Walk<'_>,
    artifact: &Artifact,
    mut archive: ZipIterable<&mut Bounded<'_>>,
    depth: u32,
) -> Option<Taken> {
    let mut taken = Taken::default();
    let files = match archive.files() {
        Ok(files) => files,
        Err(error) => {
            walk.failed(artifact, &failure(error));
            return None;
        }
    };
    let mut last = None;
    while let Some(entry) = files.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let mut failure = failure(error);
                failure.message = match last {
                    Some(name) => format!("{} (in the directory, behind member {name})", failure.message),
                    None => format!("{} (in the directory)", failure.message),
                };
                walk.failed(artifact, &failure);
                return None;
            }
        };
        if !walk.meter.count_member() {
            return None;
        }
        let name = name_of(entry.name(), entry.name_raw());
        let central = entry.central_header_start();
        let directory = taken.directory.get_or_insert(central..central);
        directory.end = directory.end.max(central);
        if !entry.comment().is_empty() {
            walk.visitor.comment(&artifact.member(name.as_str()), entry.comment().as_bytes());
        }
        // Its own header may have other extra fields than the directory, and then says more.
        let header = entry.header_start();
        let end = header.saturating_add(HEADER + entry.name_raw().len() as u64).saturating_add(entry.compressed_size());
        taken.members.push(header..end);
        if entry.is_dir() || entry.is_symlink() || name.ends_with('/') {
            continue;
        }
        let member = artifact.member(name.as_str());
        last = Some(name);
        if !can_open(walk, &member, entry.encrypted(), entry.compression()) {
            continue;
        }
        // Borrowing matters: dropping the reader of an owned entry would read the rest of it.
        let entry = OwnedZipFileEntry::from(entry);
        let size = entry.compressed_size();
        if let (Some(start), Some(member)) =
            (open(walk, &member, &entry, files.reader_mut(), depth), taken.members.last_mut())
        {
            member.end = start.saturating_add(size);
        }
        if walk.meter.is_stopped() {
            return None;
        }
    }
    Some(taken)
}

/// Length of the header in front of a member without its name and extra fields.
const HEADER: u64 = 30;

/// A gap this small holds no key: it is what some programs write behind a member, its sizes and checksum.
const SMALL: u64 = 24;

/// Hands over what is in no member: in front of the first one, between them, and behind the end of the archive. There a
/// script may stand that unpacks it, a member that its directory does not list, and whatever somebody appended.
fn outside(
    walk: &mut Walk<'_>,
    artifact: &Artifact,
    reader: &mut Bounded<'_>,
    taken: Option<Taken>,
    size: u64,
    depth: u32,
) -> io::Result<()> {
    let Some(Taken { members: mut spans, directory }) = taken else { return Ok(()) };
    let tail_at = size.saturating_sub(TAIL_BYTES as u64);
    let mut tail = Vec::new();
    reader.seek(SeekFrom::Start(tail_at))?;
    reader.take(TAIL_BYTES as u64).read_to_end(&mut tail)?;
    let Some((at, length)) = end_of_zip(&tail) else { return Ok(()) };
    if length > super::EOCD {
        walk.visitor.comment(artifact, &tail[at + super::EOCD..at + length]);
    }
    let end = tail_at + at as u64;
    spans.push(directory.map_or(end, |directory| directory.start.min(end))..end.saturating_add(length as u64));
    spans.sort_unstable_by_key(|span| span.start);
    let mut from = 0u64;
    for (index, span) in spans.iter().enumerate() {
        if span.start > from.saturating_add(SMALL) {
            // Of those that were not opened, the header was not read.
            let before = index.checked_sub(1).map(|before| &spans[before]).filter(|before| before.end == from);
            let start = match before {
                Some(before) => from.max(data_end(reader, before)?),
                None => from,
            };
            if span.start > start.saturating_add(SMALL) {
                gap(walk, artifact, reader, start..span.start, depth)?;
            }
        }
        from = from.max(span.end);
    }
    if size > from { gap(walk, artifact, reader, from..size, depth) } else { Ok(()) }
}

/// Where a member ends by its own header; `span` is where it ends at least.
fn data_end(reader: &mut Bounded<'_>, span: &Range<u64>) -> io::Result<u64> {
    let mut header = [0; HEADER as usize];
    reader.seek(SeekFrom::Start(span.start))?;
    if reader.read_exact(&mut header).is_err() || !header.starts_with(b"PK\x03\x04") {
        return Ok(span.end);
    }
    // The name is counted already.
    let extra = u64::from(u16::from_le_bytes([header[28], header[29]]));
    Ok(span.end.saturating_add(extra))
}

/// Hands over bytes that are in no member.
fn gap(
    walk: &mut Walk<'_>,
    artifact: &Artifact,
    reader: &mut Bounded<'_>,
    span: Range<u64>,
    depth: u32,
) -> io::Result<()> {
    let length = span.end - span.start;
    reader.seek(SeekFrom::Start(span.start))?;
    let mut head = Vec::new();
    (&mut *reader).take(4).read_to_end(&mut head)?;
    if head.starts_with(b"PK\x03\x04") {
        reader.seek(SeekFrom::Start(span.start))?;
        let damage = Failure {
            kind: io::ErrorKind::InvalidData,
            message: "its directory does not list all members".to_owned(),
            by_system: false,
        };
        by_headers(walk, artifact, &mut (&mut *reader).take(length), &damage, depth);
        if walk.meter.is_stopped() {
            return Ok(());
        }
    }
    reader.seek(SeekFrom::Start(span.start))?;
    let start = (span.start == 0).then_some(Position { line: 1, column: 1 });
    if walk.visitor.outside(artifact, span.start, start, &mut (&mut *reader).take(length))? {
        reader.rewind()?;
        let start = position_behind(&mut (&mut *reader).take(span.start))?;
        reader.seek(SeekFrom::Start(span.start))?;
        walk.visitor.outside(artifact, span.start, Some(start), &mut (&mut *reader).take(length))?;
    }
    Ok(())
}

/// The position behind all that is read.
fn position_behind(content: &mut dyn Read) -> io::Result<Position> {
    let mut position = Position { line: 1, column: 1 };
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = match content.read(&mut buffer) {
            Ok(0) => return Ok(position),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        pass(&mut position, &buffer[..read]);
    }
}

/// Opens one member of the directory; where its data starts, if that is known.
fn open(
    walk: &mut Walk<'_>,
    member: &Artifact,
    entry: &OwnedZipFileEntry,
    reader: &mut Bounded<'_>,
    depth: u32,
) -> Option<u64> {
    let (size, method) = (entry.size(), entry.compression());
    let start = match entry.as_ref().with_reader(&mut *reader, ZipReadOptions::new()) {
        Ok(content) if !matches!(method, CompressionMethod::XZ | CompressionMethod::LZMA) => {
            let start = content.data_start();
            let mut content = Expanding { inner: content, meter: walk.meter };
            walk.member(member, &mut content, Some(size), depth);
            return start;
        }
        Ok(content) => content.data_start()?,
        Err(error) => {
            walk.failed(member, &failure(error));
            return None;
        }
    };
    let decoder = reader.seek(SeekFrom::Start(start)).and_then(|_| {
        let packed = BufReader::new(reader.take(entry.compressed_size()));
        let decoder: Box<dyn Read + '_> = match method {
            CompressionMethod::XZ => Box::new(compressed::xz(packed, true)),
            _ => Box::new(lzma(packed, size)?),
        };
        Ok(decoder)
    });
    match decoder {
        Ok(decoder) => {
            let checked = Checked { inner: decoder, hasher: crc32fast::Hasher::new(), crc: entry.crc32() };
            walk.member(member, &mut Expanding { inner: checked, meter: walk.meter }, Some(size), depth);
        }
        Err(error) => walk.failed(member, &Failure::of(&error)),
    }
    Some(start)
}

/// APPNOTE 5.8.8: two bytes of version, two of the length of the properties, and the properties of the LZMA SDK.
fn lzma<R: Read>(mut packed: R, size: u64) -> io::Result<impl Read> {
    let mut header = [0; 9];
    packed.read_exact(&mut header)?;
    let [_, _, length, 0, properties, window @ ..] = header else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "unknown form of LZMA properties"));
    };
    if length != 5 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "unknown form of LZMA properties"));
    }
    let window = u32::from_le_bytes(window);
    if window > WINDOW_BYTES {
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, "window too large"));
    }
    lzma_rust2::LzmaReader::new_with_props(packed, size, properties, window, None)
}

/// Compares the checksum at the end.
struct Checked<R> {
    inner: R,
    hasher: crc32fast::Hasher,
    crc: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.hasher.update(&buf[..read]);
        if read == 0 && !buf.is_empty() && self.hasher.clone().finalize() != self.crc {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "wrong checksum"));
        }
        Ok(read)
    }
}

/// Without a directory: one member behind the other, as long as each says how long it is.
fn by_headers(walk: &mut Walk<'_>, artifact: &Artifact, reader: &mut impl Read, damage: &Failure, depth: u32) {
    let mut found = 0u64;
    loop {
        // Why it ends is of no interest: the notice below says what was wrong in the first place.
        let Ok(Some(entry)) = ::zip::read::read_zipfile_from_stream(reader) else { break };
        if !walk.meter.count_member() {
            return;
        }
        let name = name_of(entry.name(), entry.name_raw());
        if entry.is_dir() || entry.is_symlink() || name.ends_with('/') {
            continue;
        }
        let member = artifact.member(name);
        let (size, method) = (entry.size(), entry.compression());
        if !can_open(walk, &member, entry.encrypted(), method) {
            continue;
        }
        found += 1;
        if matches!(method, CompressionMethod::XZ | CompressionMethod::LZMA) {
            let message = format!("{method} in a zip without a directory is not supported; not unpacked");
            walk.notice(&member, NoticeKind::Malformed, message, None);
            continue;
        }
        walk.member(&member, &mut Expanding { inner: entry, meter: walk.meter }, Some(size), depth);
        if walk.meter.is_stopped() {
            return;
        }
    }
    let mut damage = damage.clone();
    let members = if found == 1 { "1 member".to_owned() } else { format!("{found} members") };
    damage.message = format!("{}; {members} could be found without its directory", damage.message);
    walk.failed(artifact, &damage);
}
