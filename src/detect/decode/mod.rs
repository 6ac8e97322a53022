//! Decoding: readable forms of bytes that are not plain text.

use std::borrow::Cow;

/// The way from a readable form back to the original bytes.
pub struct OffsetMap;

impl OffsetMap {
    /// The original offset of an offset in the readable form.
    #[must_use]
    pub fn to_original(&self, offset: usize) -> usize {
        offset
    }
}

/// A readable form of a blob.
pub struct View {
    /// The bytes to be scanned.
    pub bytes: Vec<u8>,
    /// The way back.
    pub offsets: OffsetMap,
    /// Which part of a document it is.
    pub part: Option<String>,
}

/// What kind of text bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextKind {
    /// UTF-8 or an 8-bit encoding that extends ASCII.
    Utf8,
    /// No text.
    Binary,
}

/// Judges the first bytes of a blob.
#[must_use]
pub fn classify(head: &[u8]) -> TextKind {
    if memchr::memchr(0, head).is_some() { TextKind::Binary } else { TextKind::Utf8 }
}

/// A readable form, where the bytes themselves are not.
#[must_use]
pub fn transcode(_kind: TextKind, _bytes: &[u8]) -> Option<View> {
    None
}

/// The cells of a notebook.
#[must_use]
pub fn notebook(_bytes: &[u8]) -> Option<Vec<View>> {
    None
}

/// Bytes as text, for display.
#[must_use]
pub fn display_text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
