//! Compressed single streams: gzip, xz, zstd and bzip2, each possibly several streams one behind the other.
//!
//! A stream has one member, which is named like the stream without its ending. If that member is a tar archive it is
//! no level of its own: `x.tar.gz` has the members `x.tar.gz!/inner`. What stands behind the last stream is no part of
//! the member, and handed over as bytes of the file itself.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::{Expanding, Failure, Fused, HEAD_BYTES, Kind, Start, WINDOW_BYTES, WINDOW_LOG, Walk, pass, recognise};
use crate::detect::decode::{self, TextKind};
use crate::finding::Artifact;

/// Walks a compressed stream.
pub(super) fn walk(
    walk: &mut Walk<'_>,
    kind: Kind,
    artifact: &Artifact,
    start: Start,
    content: &mut dyn Read,
    depth: u32,
) {
    let mut streams = match Streams::new(kind, Input::new(content, start)) {
        Ok(streams) => streams,
        Err(error) => return walk.failed(artifact, &Failure::of(&error)),
    };
    let name = streams.name();
    let mut expanded = Fused::new(Expanding { inner: &mut streams, meter: walk.meter });
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let outcome = (&mut expanded).take(HEAD_BYTES as u64).read_to_end(&mut head);
    if walk.meter.is_stopped() {
        return;
    }
    let member = artifact.member(name.unwrap_or_else(|| without_ending(artifact.innermost())));
    if let (Err(error), true) = (outcome, head.is_empty()) {
        return walk.failed(&member, &Failure::of(&error));
    }
    let mut content = head.as_slice().chain(&mut expanded);
    if recognise(&head) == Some(Kind::Tar) {
        if walk.may_open(artifact, depth + 1) {
            super::tar::walk(walk, artifact, &mut content, depth + 1);
        }
    } else if walk.meter.count_member() {
        walk.member(&member, &mut content, None, depth);
    }
    if let Some(rest) = streams.rest
        && !walk.meter.is_stopped()
    {
        behind(walk, kind, artifact, rest, depth);
    }
}

/// Bytes that tell text from other data, as much as git looks at.
const SAMPLE: usize = 8 << 10;

/// Hands over what stands behind the last stream. `gzip` and its kin pass over it with a warning at most.
fn behind(walk: &mut Walk<'_>, kind: Kind, artifact: &Artifact, mut rest: Input<'_>, depth: u32) {
    let start = rest.place;
    let (container, is_text) = match rest.peek(SAMPLE) {
        Ok([]) => return,
        Ok(head) => (recognise(head), decode::classify(head) != TextKind::Binary),
        Err(error) => return walk.failed(artifact, &Failure::of(&error)),
    };
    // A container of another kind counts as one inside, which bounds how many may follow each other.
    if let Some(kind) = container {
        if walk.may_open(artifact, depth + 1) {
            walk.stream(kind, artifact, start, &mut rest, depth + 1);
        }
        return;
    }
    if let Err(error) = walk.visitor.outside(artifact, start.at, Some(start.position), &mut rest) {
        return walk.failed(artifact, &Failure::of(&error));
    }
    // It may be a stream whose start is damaged.
    if !is_text {
        let message = format!("rubbish behind the end of the {} data, which was scanned as it stands", kind.as_str());
        walk.failed(artifact, &Failure { kind: io::ErrorKind::InvalidData, message, by_system: false });
    }
}

/// An xz decoder within the memory limit; beyond it reading fails with [`io::ErrorKind::OutOfMemory`].
pub(super) fn xz<R: Read>(input: R, several: bool) -> XzReader<R> {
    // The limit covers the window and the decoder's own tables, for which one more MiB is ample.
    XzReader::new_mem_limit(input, several, (WINDOW_BYTES >> 10) + 1024)
}

/// Compressed bytes: who reads them may look ahead, and knows where it is.
struct Input<'a> {
    inner: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// Where in `buffer` the next byte stands; behind it are those that were looked at only.
    next: usize,
    /// Where in the file the next byte stands.
    place: Start,
}

impl<'a> Input<'a> {
    /// Bytes that are read at once.
    const ROOM: usize = 32 << 10;

    fn new(inner: &'a mut dyn Read, place: Start) -> Self {
        Input { inner, buffer: Vec::new(), next: 0, place }
    }

    /// The next bytes, without reading them: so many, unless there are fewer.
    fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.next < count && self.fill()? {}
        Ok(&self.buffer[self.next..])
    }

    /// Gets more bytes; `false` when there are none.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.next);
        self.next = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + Self::ROOM, 0);
        let outcome = self.inner.read(&mut self.buffer[filled..]);
        self.buffer.truncate(filled + *outcome.as_ref().unwrap_or(&0));
        match outcome {
            Ok(read) => Ok(read > 0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Reads over zeros, with which streams are padded.
    fn pass_zeros(&mut self) -> io::Result<()> {
        loop {
            let chunk = self.fill_buf()?;
            let zeros = chunk.iter().take_while(|&&b| b == 0).count();
            if zeros == 0 {
                return Ok(());
            }
            self.consume(zeros);
        }
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, count: usize) {
        let end = self.buffer.len().min(self.next + count);
        pass(&mut self.place.position, &self.buffer[self.next..end]);
        self.place.at += (end - self.next) as u64;
        self.next = end;
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buf)?;
        self.consume(count);
        Ok(count)
    }
}

/// One compressed stream.
enum Decoder<'a> {
    Gzip(Box<GzDecoder<Input<'a>>>),
    Xz(Box<XzReader<Input<'a>>>),
    Zstd(zstd::stream::read::Decoder<'static, Input<'a>>),
    Bzip2(BzDecoder<Input<'a>>),
    /// The caller sends only streams here; what is none has nothing to read.
    None(Input<'a>),
}

impl<'a> Decoder<'a> {
    fn new(kind: Kind, input: Input<'a>) -> io::Result<Self> {
        Ok(match kind {
            Kind::Gzip => Decoder::Gzip(Box::new(GzDecoder::new(input))),
            Kind::Xz => Decoder::Xz(Box::new(xz(input, false))),
            Kind::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?.single_frame();
                decoder.window_log_max(WINDOW_LOG)?;
                Decoder::Zstd(decoder)
            }
            Kind::Bzip2 => Decoder::Bzip2(BzDecoder::new(input)),
            Kind::Zip | Kind::Tar => Decoder::None(input),
        })
    }

    /// What stands behind the stream, once it has been read to its end.
    fn into_inner(self) -> Input<'a> {
        match self {
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Xz(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.finish(),
            Decoder::Bzip2(decoder) => decoder.into_inner(),
            Decoder::None(input) => input,
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(decoder) => decoder.read(buf),
            Decoder::Xz(decoder) => decoder.read(buf),
            Decoder::Zstd(decoder) => decoder.read(buf).map_err(|error| {
                // The library's name for `ZSTD_error_frameParameter_windowTooLarge`; the number does not come through.
                if error.to_string().contains("requires too much memory") {
                    io::Error::new(io::ErrorKind::OutOfMemory, error)
                } else {
                    error
                }
            }),
            Decoder::Bzip2(decoder) => decoder.read(buf),
            Decoder::None(_) => Ok(0),
        }
    }
}

/// All streams of a file as one. Zeros behind a stream are padding; anything else that is no stream ends them.
struct Streams<'a> {
    kind: Kind,
    /// Absent behind the last stream.
    decoder: Option<Decoder<'a>>,
    /// What stands behind the last stream, once that has been read.
    rest: Option<Input<'a>>,
}

impl<'a> Streams<'a> {
    fn new(kind: Kind, input: Input<'a>) -> io::Result<Self> {
        Ok(Streams { kind, decoder: Some(Decoder::new(kind, input)?), rest: None })
    }

    /// The name in the first header, if it is one that could be a file's.
    fn name(&self) -> Option<String> {
        let Some(Decoder::Gzip(decoder)) = &self.decoder else { return None };
        let name = String::from_utf8_lossy(decoder.header()?.filename()?).into_owned();
        let sane = !name.is_empty()
            && name.len() <= 255
            && name != "."
            && name != ".."
            && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | char::REPLACEMENT_CHARACTER));
        sane.then_some(name)
    }

    /// Whether a stream begins like this, also one that is cut or has no content.
    fn begins(kind: Kind, head: &[u8]) -> bool {
        match kind {
            Kind::Gzip => head.starts_with(b"\x1f\x8b"),
            Kind::Xz => head.starts_with(b"\xfd7zXZ\0"),
            // Frames that are to be skipped may hold anything, such as an index.
            Kind::Zstd => head.starts_with(b"\x28\xb5\x2f\xfd") || matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]),
            Kind::Bzip2 => matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..]),
            Kind::Zip | Kind::Tar => false,
        }
    }
}

impl Read for Streams<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buf)?;
            if read > 0 || buf.is_empty() {
                return Ok(read);
            }
            if let Some(decoder) = self.decoder.take() {
                let mut input = decoder.into_inner();
                input.pass_zeros()?;
                if Self::begins(self.kind, input.peek(6)?) {
                    self.decoder = Some(Decoder::new(self.kind, input)?);
                } else {
                    self.rest = Some(input);
                }
            }
        }
        Ok(0)
    }
}

/// The name of what is in a compressed file: its own without the ending, which is replaced where it stands for two.
fn without_ending(path: &str) -> String {
    const ENDINGS: [(&str, &str); 10] = [
        (".gz", ""),
        (".xz", ""),
        (".zst", ""),
        (".bz2", ""),
        (".tgz", ".tar"),
        (".txz", ".tar"),
        (".tzst", ".tar"),
        (".tbz2", ".tar"),
        (".tbz", ".tar"),
        (".svgz", ".svg"),
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    for (ending, instead) in ENDINGS {
        if let Some((stem, last)) = name.len().checked_sub(ending.len()).and_then(|at| name.split_at_checked(at))
            && last.eq_ignore_ascii_case(ending)
            && !stem.is_empty()
        {
            return format!("{stem}{instead}");
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_ending;

    #[test]
    fn names_lose_their_ending() {
        for (path, name) in [
            ("dir/dump.sql.gz", "dump.sql"),
            ("dump.SQL.GZ", "dump.SQL"),
            ("a.tgz", "a.tar"),
            ("logo.svgz", "logo.svg"),
            ("dir/.gz", ".gz"),
            ("blob", "blob"),
            ("ä", "ä"),
            ("", ""),
        ] {
            assert_eq!(without_ending(path), name);
        }
    }
}
