//! A mistake in a file that a person wrote, a rule file or `keytrail.toml`, with the place to show it at.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// A mistake in a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", path.display(), if *line == 0 { String::new() } else { format!(":{line}:{column}") })]
pub struct Mistake {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1; 0 when the mistake has no place, such as a file that could not be read.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The line itself, for display; empty when there is none.
    pub source_line: String,
    /// Bytes of `source_line` that are concerned.
    pub span: Range<usize>,
}

impl Mistake {
    /// A mistake that concerns a file or folder as a whole.
    #[must_use]
    pub(crate) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Mistake {
            path: path.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
            source_line: String::new(),
            span: 0..0,
        }
    }

    /// A mistake at some bytes of the file's text; those behind the first line's end are left out.
    #[must_use]
    pub(crate) fn at(path: &Path, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line = text[line_start..].split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let from = (start - line_start).min(line.len());
        Mistake {
            path: path.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            column: line[..from].chars().count() + 1,
            message: message.into(),
            source_line: line.to_owned(),
            span: from..boundary(line, span.end.saturating_sub(line_start)).max(from),
        }
    }
}

/// The last boundary between characters at or before an offset: a span inside a string with escapes is only near.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
