//! Where bytes come from: working trees, standard input, and the containers found in them.
//!
//! A source hands every blob as a stream with the [`Artifact`](crate::finding::Artifact) it belongs to, and a
//! [`Notice`](crate::report::Notice) for everything it could not hand over. It knows nothing of rules.

use std::borrow::Cow;
use std::fmt::Write as _;

pub mod container;
pub mod document;
pub mod git;
pub(crate) mod neighbours;
pub mod tree;

/// How reports call a path. Its bytes that are no UTF-8 become `\xFF`, so that two files never have one name.
#[must_use]
pub fn path_text(path: &[u8]) -> Cow<'_, str> {
    if let Ok(path) = std::str::from_utf8(path) {
        return Cow::Borrowed(path);
    }
    let mut text = String::with_capacity(path.len() + 8);
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    Cow::Owned(text)
}

/// How reports call a part of a path.
#[cfg(unix)]
#[must_use]
pub fn name_text(name: &std::ffi::OsStr) -> Cow<'_, str> {
    path_text(std::os::unix::ffi::OsStrExt::as_bytes(name))
}

/// How reports call a part of a path.
#[cfg(not(unix))]
#[must_use]
pub fn name_text(name: &std::ffi::OsStr) -> Cow<'_, str> {
    name.to_string_lossy()
}
