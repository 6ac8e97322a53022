//! Documents: files whose text stands in them in a form that is not theirs alone, so that reading their bytes is not
//! enough.
//!
//! [`recognise`] tells by content what a blob is, and [`parts`] takes the texts out of it: the pages of a PDF, what an
//! e-mail carries in base64 or quoted-printable, the tables of a SQLite database, and the armour of a private key. They are scanned as members of it,
//! besides its own bytes. What an office program writes is a zip, whose members are XML: there, `detect::decode::office`
//! puts together what formatting tears apart.
//!
//! Nothing in a document is trusted: what its parts come to is counted, and a defect of a decoder costs that document.

use std::ops::Range;

mod key;
mod mail;
mod pdf;
mod sqlite;

pub use key::NAME as KEY;

/// Documents with more bytes than this are scanned as they are: their decoders want all of it in memory.
pub const MAX_SIZE: usize = 8 << 20;

/// What the parts of one document may come to, in bytes.
pub const MAX_EXPANSION: usize = 64 << 20;

/// The kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PDF (ISO 32000).
    Pdf,
    /// A message with parts (RFC 2045), as mail programs save them with the ending `.eml`.
    Mail,
    /// A database of SQLite 3.
    Sqlite,
    /// A private key in DER, or several of OpenPGP.
    Key,
}

impl Kind {
    /// Its name in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Pdf => "PDF",
            Kind::Mail => "e-mail",
            Kind::Sqlite => "SQLite database",
            Kind::Key => "private key",
        }
    }
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called: `page 3`, the file name of an attachment, `table users`.
    pub name: String,
    /// Its bytes, which may be a container or a document.
    pub bytes: Vec<u8>,
}

/// What could be taken out of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// In the order of the document.
    pub parts: Vec<Part>,
    /// What keeps parts out of reach.
    pub problem: Option<Problem>,
}

/// Why parts of a document are not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It needs a password.
    #[error("needs a password; its pages are not read")]
    Encrypted,
    /// It is not what it should be.
    #[error("damaged: {0}; what of it cannot be read as text is not scanned")]
    Damaged(String),
    /// It has more than is taken out of one document.
    #[error("its text is more than {} MiB; the rest was not read", MAX_EXPANSION >> 20)]
    TooLarge,
}

/// What kind of document begins like this.
#[must_use]
pub fn recognise(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"%PDF-") {
        return Some(Kind::Pdf);
    }
    if head.starts_with(sqlite::MAGIC) {
        return Some(Kind::Sqlite);
    }
    if key::recognise(head) {
        return Some(Kind::Key);
    }
    mail::recognise(head).then_some(Kind::Mail)
}

/// What a word at `span` of a document says, where it is but a piece of one that stands whole in a part.
#[must_use]
pub fn broken_off(kind: Kind, bytes: &[u8], span: Range<usize>) -> Option<Vec<u8>> {
    if kind == Kind::Mail { mail::broken_off(bytes, span) } else { None }
}

/// Takes the texts out of a document.
#[must_use]
pub fn parts(kind: Kind, bytes: &[u8]) -> Parts {
    match kind {
        Kind::Pdf => pdf::parts(bytes),
        Kind::Mail => mail::parts(bytes),
        Kind::Sqlite => sqlite::parts(bytes),
        Kind::Key => key::parts(bytes),
    }
}
