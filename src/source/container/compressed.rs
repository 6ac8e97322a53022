//! Compressed single streams: gzip, xz, zstd and bzip2, each possibly several streams one behind the other.
//!
//! A stream has one member, which is named like the stream without its ending. If that member is a tar archive it is
//! no level of its own: `x.tar.gz` has the members `x.tar.gz!/inner`.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::{Expanding, Failure, Fused, HEAD_BYTES, Kind, WINDOW_BYTES, WINDOW_LOG, Walk, recognise};
use crate::finding::Artifact;

/// Walks a compressed stream.
pub(super) fn walk(walk: &mut Walk<'_>, kind: Kind, artifact: &Artifact, content: &mut dyn Read, depth: u32) {
    let input = BufReader::new(content);
    let mut name = None;
    let decoder: io::Result<Box<dyn Read + '_>> = match kind {
        Kind::Gzip => {
            let decoder = Gzip::new(input);
            name = decoder.name();
            Ok(Box::new(decoder))
        }
        Kind::Xz => Ok(Box::new(xz(input))),
        Kind::Zstd => zstd(input).map(|decoder| Box::new(decoder) as Box<dyn Read>),
        Kind::Bzip2 => Ok(Box::new(bzip2::bufread::MultiBzDecoder::new(input))),
        // The caller sends only streams here; an empty one has nothing to walk.
        Kind::Zip | Kind::Tar => Ok(Box::new(io::empty())),
    };
    let decoder = match decoder {
        Ok(decoder) => decoder,
        Err(error) => return walk.failed(artifact, &Failure::of(&error)),
    };
    let mut expanded = Fused::new(Expanding { inner: decoder, meter: walk.meter });
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
}

/// An xz decoder within the memory limit; beyond it reading fails with [`io::ErrorKind::OutOfMemory`].
pub(super) fn xz<R: Read>(input: R) -> impl Read {
    // The limit covers the window and the decoder's own tables, for which one more MiB is ample.
    lzma_rust2::XzReader::new_mem_limit(input, true, (WINDOW_BYTES >> 10) + 1024)
}

fn zstd<R: BufRead>(input: R) -> io::Result<impl Read> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
    decoder.window_log_max(WINDOW_LOG)?;
    Ok(Zstd { decoder })
}

struct Zstd<R: BufRead> {
    decoder: zstd::stream::read::Decoder<'static, R>,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buf).map_err(|error| {
            // The library's name for `ZSTD_error_frameParameter_windowTooLarge`; the number does not come through.
            if error.to_string().contains("requires too much memory") {
                io::Error::new(io::ErrorKind::OutOfMemory, error)
            } else {
                error
            }
        })
    }
}

/// All members of a gzip file. Zeros behind a member are padding, as `gzip` has it; anything else must be a member.
struct Gzip<R> {
    /// Absent behind the last member.
    decoder: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    fn new(input: R) -> Self {
        Gzip { decoder: Some(GzDecoder::new(input)) }
    }

    /// The name in the first header, if it is one that could be a file's.
    fn name(&self) -> Option<String> {
        let name = String::from_utf8_lossy(self.decoder.as_ref()?.header()?.filename()?).into_owned();
        let sane = !name.is_empty()
            && name.len() <= 255
            && name != "."
            && name != ".."
            && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | char::REPLACEMENT_CHARACTER));
        sane.then_some(name)
    }
}

/// Whether another member follows; reads over padding.
fn has_next_member(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let chunk = input.fill_buf()?;
        let zeros = chunk.iter().take_while(|&&b| b == 0).count();
        match chunk.get(zeros) {
            Some(0x1f) => {
                input.consume(zeros);
                return Ok(true);
            }
            Some(_) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "rubbish behind the end of the gzip data"));
            }
            None if zeros == 0 => return Ok(false),
            None => input.consume(zeros),
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buf)?;
            if read > 0 || buf.is_empty() {
                return Ok(read);
            }
            if let Some(decoder) = self.decoder.take() {
                let mut input = decoder.into_inner();
                if has_next_member(&mut input)? {
                    self.decoder = Some(GzDecoder::new(input));
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
