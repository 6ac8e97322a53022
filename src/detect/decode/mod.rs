//! Decoding: readable forms of blobs whose bytes are not text as they stand, with the way back to those bytes.
//!
//! A blob in UTF-16 or UTF-32 is transcoded, a Jupyter notebook is taken apart into its cells, the XML of
//! an office document is freed from its formatting. What comes out is a
//! [`View`]: bytes to be scanned and an [`OffsetMap`] that leads from every offset in them to the original bytes, so
//! that a location always names the place in the file.

pub mod encoding;
pub mod notebook;
pub mod office;
pub mod offsets;
mod wide;

pub use encoding::{Legacy, TextKind, classify, display_text, transcode, transcode_window};
pub use notebook::notebook;
pub use office::office;
pub use offsets::OffsetMap;
pub use wide::{has_wide, wide};

/// A readable form of a blob: bytes to be scanned, and the way back to the original bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// UTF-8 text.
    pub bytes: Vec<u8>,
    /// From offsets in `bytes` to offsets in the original.
    pub offsets: OffsetMap,
    /// The part of the document that this is, such as `cell 3`; absent if it is all of it.
    pub part: Option<String>,
}
