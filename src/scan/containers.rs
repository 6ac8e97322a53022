//! Containers: what is one, and what its members come to.

use std::io::{self, Read, Seek};

use super::buffer::Buffer;
use super::{Engine, Scanned};
use crate::finding::{Artifact, Position};
use crate::report::Notice;
use crate::source::container;

impl Engine {
    /// The container behind a script or program that unpacks it, and where it begins; `buffer` holds the first window,
    /// and `content` is at its end, which it is afterwards as well where there is none.
    pub(super) fn behind_stub(
        &self,
        content: &mut (impl Read + Seek),
        buffer: &Buffer,
    ) -> io::Result<Option<(container::Kind, usize)>> {
        let head = buffer.bytes();
        if self.options.limits.max_depth == 0 || !container::may_be_stub(head) {
            return Ok(None);
        }
        if head.len() < self.window() {
            return Ok(container::behind_stub(head, &head[head.len().saturating_sub(container::TAIL_BYTES)..]));
        }
        let mut tail = Vec::new();
        let end = content.seek(io::SeekFrom::End(0))?;
        content.seek(io::SeekFrom::Start(end.saturating_sub(container::TAIL_BYTES as u64)))?;
        content.take(container::TAIL_BYTES as u64).read_to_end(&mut tail)?;
        content.seek(io::SeekFrom::Start(head.len() as u64))?;
        Ok(container::behind_stub(head, &tail))
    }

    pub(super) fn container(
        &self,
        kind: container::Kind,
        artifact: &Artifact,
        start: container::Start,
        file: &mut (impl Read + Seek),
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        let mut members = Members { scanner: self, buffer, out };
        container::walk(kind, artifact, start, file, &self.options.limits, &mut members);
        Ok(())
    }

    /// What kind of container begins like this; a depth limit of 0 means that none is one.
    pub(super) fn container_kind(&self, head: &[u8]) -> Option<container::Kind> {
        (self.options.limits.max_depth > 0).then(|| container::recognise(head)).flatten()
    }

    /// Whether a script or program unpacks what stands behind it.
    pub(super) fn is_behind_stub(&self, bytes: &[u8]) -> bool {
        self.container_behind_stub(bytes).is_some()
    }

    /// The container that a script or program unpacks, all of which is in memory, and where it begins.
    pub(super) fn container_behind_stub(&self, bytes: &[u8]) -> Option<(container::Kind, usize)> {
        let tail = &bytes[bytes.len().saturating_sub(container::TAIL_BYTES)..];
        (self.options.limits.max_depth > 0).then(|| container::behind_stub(bytes, tail)).flatten()
    }
}

/// Takes the members of a container.
struct Members<'a> {
    pub(super) scanner: &'a Engine,
    pub(super) buffer: &'a mut Buffer,
    pub(super) out: &'a mut Scanned,
}

impl container::Visitor for Members<'_> {
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read) -> io::Result<()> {
        let shown = self.scanner.named(artifact);
        self.out.places.extend(self.scanner.in_name(artifact, &shown));
        let artifact = &shown;
        self.buffer.reset(self.scanner.window());
        self.out.members += 1;
        let read = self.buffer.fill(content);
        // What came before the damage is scanned like anything else.
        let rest: &mut dyn Read = if read.is_ok() { content } else { &mut io::empty() };
        self.scanner.stream(artifact, rest, self.buffer, self.out)?;
        read
    }

    fn outside(
        &mut self,
        artifact: &Artifact,
        at: u64,
        position: Option<Position>,
        content: &mut dyn Read,
    ) -> io::Result<bool> {
        let shown = self.scanner.named(artifact);
        let start = position.unwrap_or(Position { line: 1, column: 1 });
        let mut scanned = Scanned::default();
        self.buffer.reset(self.scanner.window());
        self.buffer.fill(content)?;
        self.scanner.stream_from(at, start, &shown, content, self.buffer, &mut scanned)?;
        if position.is_none() && !scanned.places.is_empty() {
            return Ok(true);
        }
        self.out.places.append(&mut scanned.places);
        self.out.notices.append(&mut scanned.notices);
        self.out.members += scanned.members;
        self.out.bytes += scanned.bytes;
        Ok(false)
    }

    fn comment(&mut self, artifact: &Artifact, text: &[u8]) {
        let shown = self.scanner.named(artifact);
        self.out.places.extend(self.scanner.beside(&shown, text, false, "comment"));
    }

    fn notice(&mut self, notice: Notice) {
        self.out.notices.push(self.scanner.noticed(notice));
    }
}

/// A file from one of its bytes on.
pub(super) struct Behind<'a, R> {
    pub(super) inner: &'a mut R,
    pub(super) at: u64,
}

impl<R: Read> Read for Behind<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl<R: Seek> Seek for Behind<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let to = match to {
            io::SeekFrom::Start(to) => io::SeekFrom::Start(to.saturating_add(self.at)),
            to => to,
        };
        self.inner.seek(to).map(|now| now.saturating_sub(self.at))
    }
}
