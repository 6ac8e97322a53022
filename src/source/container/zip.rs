//! Zip archives: by their central directory, and by the headers of their members where that is missing.
//!
//! The `zip` crate does the format; its iterable reader keeps members that share a name and needs no memory per
//! member. Methods whose decoders it gives no memory limit (xz, LZMA) are decoded here.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use ::zip::CompressionMethod;
use ::zip::read::{Config, OwnedZipFileEntry, ZipReadOptions};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;

use super::{Expanding, Failure, Meter, ReadSeek, WINDOW_BYTES, Walk, compressed};
use crate::finding::Artifact;
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
            Ok(archive) => return by_directory(walk, artifact, archive, depth),
            Err(error) => failure(error),
        },
    };
    if walk.meter.is_stopped() {
        return;
    }
    by_headers(walk, artifact, &mut reader, &damage, depth);
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

fn by_directory(walk: &mut Walk<'_>, artifact: &Artifact, mut archive: ZipIterable<&mut Bounded<'_>>, depth: u32) {
    let files = match archive.files() {
        Ok(files) => files,
        Err(error) => return walk.failed(artifact, &failure(error)),
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
                return walk.failed(artifact, &failure);
            }
        };
        if !walk.meter.count_member() {
            return;
        }
        let name = name_of(entry.name(), entry.name_raw());
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
        open(walk, &member, &entry, files.reader_mut(), depth);
        if walk.meter.is_stopped() {
            return;
        }
    }
}

/// Opens one member of the directory.
fn open(walk: &mut Walk<'_>, member: &Artifact, entry: &OwnedZipFileEntry, reader: &mut Bounded<'_>, depth: u32) {
    let (size, method) = (entry.size(), entry.compression());
    let start = match entry.as_ref().with_reader(&mut *reader, ZipReadOptions::new()) {
        Ok(content) if !matches!(method, CompressionMethod::XZ | CompressionMethod::LZMA) => {
            let mut content = Expanding { inner: content, meter: walk.meter };
            return walk.member(member, &mut content, Some(size), depth);
        }
        Ok(content) => content.data_start(),
        Err(error) => return walk.failed(member, &failure(error)),
    };
    let Some(start) = start else { return };
    let decoder = reader.seek(SeekFrom::Start(start)).and_then(|_| {
        let packed = BufReader::new(reader.take(entry.compressed_size()));
        let decoder: Box<dyn Read + '_> = match method {
            CompressionMethod::XZ => Box::new(compressed::xz(packed)),
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
fn by_headers(walk: &mut Walk<'_>, artifact: &Artifact, reader: &mut Bounded<'_>, damage: &Failure, depth: u32) {
    let mut found = 0u64;
    let sought = reader.rewind();
    while sought.is_ok() {
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
