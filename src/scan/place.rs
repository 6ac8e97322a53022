//! From byte offsets to what a person can read: lines, columns and redacted snippets.

use std::ops::Range;

use crate::detect::decode;
use crate::finding::{Position, Region, Snippet};
use crate::secret::{REDACTION, redact};

/// Bytes of a long line that a snippet shows on either side of the secret.
const SNIPPET_SIDE: usize = 120;

/// Follows offsets through a text in rising order and knows the line and column of each.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    at: usize,
    position: Position,
}

impl Cursor {
    /// At the start of a text whose first byte has this position.
    #[must_use]
    pub fn new(position: Position) -> Self {
        Cursor { at: 0, position }
    }

    /// The position of the byte at `offset`, which is not before the last one asked for.
    pub fn position(&mut self, text: &[u8], offset: usize) -> Position {
        let piece = &text[self.at.min(offset)..offset];
        let mut line_start = None;
        for newline in memchr::memchr_iter(b'\n', piece) {
            self.position.line = self.position.line.saturating_add(1);
            line_start = Some(newline + 1);
        }
        if let Some(line_start) = line_start {
            self.position.column = 1;
            self.position.column = self.position.column.saturating_add(utf16_len(&piece[line_start..]));
        } else {
            self.position.column = self.position.column.saturating_add(utf16_len(piece));
        }
        self.at = offset;
        self.position
    }
}

/// Length in UTF-16 code units; a byte that is not UTF-8 counts as one.
fn utf16_len(bytes: &[u8]) -> u32 {
    if bytes.is_ascii() {
        return u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    }
    let units: usize =
        bytes.utf8_chunks().map(|chunk| chunk.valid().encode_utf16().count() + chunk.invalid().len()).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The region of `span`, whose start the cursor then stands at.
pub fn region(text: &[u8], span: &Range<usize>, cursor: &mut Cursor, original: Range<u64>) -> Region {
    let start = cursor.position(text, span.start);
    let end = cursor.clone().position(text, span.end);
    Region { start, end, byte_offset: original.start, byte_length: original.end - original.start }
}

/// The line of `span` with it and every other span of `secrets` redacted. A secret of several lines is shown as if it
/// stood on its first one.
pub fn snippet(text: &[u8], span: &Range<usize>, secrets: &[Range<usize>], first_line: u32) -> Snippet {
    let line_start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |i| i + 1);
    let line_end = memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |i| span.end + i);
    let from = char_start(text, line_start.max(span.start.saturating_sub(SNIPPET_SIDE)));
    let to = char_start(text, line_end.min(span.end + SNIPPET_SIDE));
    let mut shown = String::new();
    if from > line_start {
        shown.push_str(REDACTION);
    }
    shown.push_str(&redacted(text, from..span.start, secrets));
    let start = shown.len();
    shown.push_str(&redact(&text[span.clone()]));
    let end = shown.len();
    shown.push_str(redacted(text, span.end..to, secrets).trim_end_matches('\r'));
    if to < line_end {
        shown.push_str(REDACTION);
    }
    Snippet { first_line, text: shown, start, end }
}

/// The lines that hold `span`, without line ends: for markers beside it.
pub fn lines<'t>(text: &'t [u8], span: &Range<usize>) -> (&'t [u8], &'t [u8], &'t [u8]) {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |i| i + 1);
    let line = |from: usize| &text[from..memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |i| from + i)];
    let last_start = memchr::memrchr(b'\n', &text[..span.end]).map_or(0, |i| i + 1);
    let above = match start.checked_sub(1) {
        Some(end) => &text[memchr::memrchr(b'\n', &text[..end]).map_or(0, |i| i + 1)..end],
        None => &[],
    };
    (above, line(start), line(last_start))
}

/// A piece of text in which what lies in `secrets` is redacted.
fn redacted(text: &[u8], piece: Range<usize>, secrets: &[Range<usize>]) -> String {
    let mut shown = String::new();
    let mut at = piece.start;
    let first = secrets.partition_point(|secret| secret.end <= piece.start);
    for secret in secrets[first..].iter().take_while(|secret| secret.start < piece.end) {
        if secret.start > at {
            shown.push_str(&decode::display_text(&text[at..secret.start]));
        }
        shown.push_str(REDACTION);
        at = secret.end.min(piece.end).max(at);
    }
    shown.push_str(&decode::display_text(&text[at..piece.end]));
    shown
}

/// The start of the UTF-8 character at `at`.
fn char_start(text: &[u8], mut at: usize) -> usize {
    while at > 0 && at < text.len() && text[at] & 0xc0 == 0x80 {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_code_units() {
        let text = "a\nöß😀key".as_bytes();
        let mut cursor = Cursor::new(Position { line: 1, column: 1 });
        let at = text.len() - 3;
        assert_eq!(cursor.position(text, at), Position { line: 2, column: 5 });
        assert_eq!(cursor.position(text, text.len()), Position { line: 2, column: 8 });
    }

    #[test]
    fn snippets_redact_every_secret_of_the_line() {
        let text = b"x\na=SECRETSECRETSECRET b=OTHEROTHEROTHER c\ny";
        let spans = [4..22, 25..40];
        let snippet = snippet(text, &spans[0], &spans, 2);
        assert_eq!(snippet.text, "a=SE\u{2026}ET b=\u{2026} c");
        assert_eq!(snippet.highlighted(), "SE\u{2026}ET");
    }
}
