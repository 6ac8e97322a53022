//! The texts that a file has for a scan, by the name that reports give each: its own bytes, a member of an archive, a part
//! of a document, or what stands in an archive beside its members.

use std::io::{self, Read};

use super::{Engine, place};
use crate::finding::{Artifact, Position};
use crate::report::Notice;
use crate::source::{container, document};

/// A text, or a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What reports call what it is in.
    pub artifact: Artifact,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The place of the first of them in it.
    pub at: u64,
    /// The same as a line and a column.
    pub start: Position,
}

impl Piece {
    /// All of a text.
    pub(super) fn whole(artifact: Artifact, bytes: Vec<u8>) -> Self {
        let start = place::start(&bytes);
        Piece { artifact, bytes, at: 0, start }
    }
}

/// What was looked for in a file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The pieces of what has the name; none where nothing has it, or where it is a container and has no text itself.
    pub pieces: Vec<Piece>,
    /// What else there is, by its names.
    pub others: Vec<Artifact>,
    /// What kind of container the file is.
    pub container: Option<container::Kind>,
}

impl Engine {
    /// The texts in a file that reports call `wanted`, within the file that they call `artifact`. No text has more than
    /// `most` bytes of its own.
    pub(crate) fn texts(&self, bytes: Vec<u8>, artifact: &Artifact, wanted: &Artifact, most: u64) -> Found {
        let mut search = Search { engine: self, wanted, most, found: Found::default() };
        search.blob(bytes, artifact);
        search.found
    }
}

struct Search<'a> {
    engine: &'a Engine,
    wanted: &'a Artifact,
    most: u64,
    found: Found,
}

impl Search<'_> {
    /// A file or a part of a document: a scan unpacks what is a container.
    fn blob(&mut self, mut bytes: Vec<u8>, artifact: &Artifact) {
        let (kind, at) = match self.engine.container_kind(&bytes) {
            Some(kind) => (Some(kind), 0),
            None => {
                let behind = self.engine.container_behind_stub(&bytes);
                (behind.map(|(kind, _)| kind), behind.map_or(0, |(_, at)| at))
            }
        };
        let Some(kind) = kind else { return self.text(bytes, artifact) };
        let limits = self.engine.options.limits;
        let start = container::Start::behind(&bytes[..at]);
        container::walk(kind, artifact, start, &mut io::Cursor::new(&bytes[at..]), &limits, self);
        if artifact.members.is_empty() {
            self.found.container = Some(kind);
        }
        if at > 0 {
            bytes.truncate(at);
            self.text(bytes, artifact);
        }
    }

    /// What is no container.
    fn text(&mut self, bytes: Vec<u8>, artifact: &Artifact) {
        let shown = self.engine.named(artifact);
        if let Some(kind) = self.engine.document_kind(&bytes, artifact) {
            for part in document::parts(kind, &bytes).parts {
                self.blob(part.bytes, &shown.member(part.name.as_str()));
            }
        }
        self.keep(Piece::whole(shown, bytes));
    }

    fn keep(&mut self, piece: Piece) {
        if piece.artifact == *self.wanted {
            self.found.pieces.push(piece);
        } else if !self.found.others.contains(&piece.artifact) {
            self.found.others.push(piece.artifact);
        }
    }

    fn read(&self, content: &mut dyn Read) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        content.take(self.most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether a name is that of what is looked for, or of what it is in.
    fn leads_there(&self, artifact: &Artifact) -> bool {
        self.wanted.members.starts_with(&self.engine.named(artifact).members)
    }
}

impl container::Visitor for Search<'_> {
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read) -> io::Result<()> {
        if self.leads_there(artifact) {
            let bytes = self.read(content)?;
            self.text(bytes, artifact);
        } else {
            self.found.others.push(self.engine.named(artifact));
        }
        Ok(())
    }

    fn outside(
        &mut self,
        artifact: &Artifact,
        at: u64,
        position: Option<Position>,
        content: &mut dyn Read,
    ) -> io::Result<bool> {
        let artifact = self.engine.named(artifact);
        let Some(start) = position else { return Ok(artifact == *self.wanted) };
        let bytes = self.read(content)?;
        self.keep(Piece { artifact, bytes, at, start });
        Ok(false)
    }

    fn comment(&mut self, artifact: &Artifact, text: &[u8]) {
        self.keep(Piece::whole(self.engine.named(artifact), text.to_vec()));
    }

    fn notice(&mut self, _: Notice) {}
}
