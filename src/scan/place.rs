//! From byte offsets to what a person can read: lines, columns and redacted snippets.

use std::cell::OnceCell;
use std::ops::Range;

use super::known::Known;
use crate::detect::decode;
use crate::finding::{Position, Region, Snippet};
use crate::secret::{REDACTION, redact};

/// Bytes of a long line that a snippet shows on either side of the secret.
pub const SNIPPET_SIDE: usize = 120;

/// A value that stands across the end of what is shown is recognised if it has no more bytes than this.
const MAX_KNOWN: usize = 4096;

/// Bytes on either side of a snippet that help to tell its encoding.
const SAMPLE: usize = 1024;

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

    /// The position of the byte at `offset`, which is not before the last one asked for; the same whatever was asked for
    /// before.
    pub fn position(&mut self, text: &[u8], offset: usize) -> Position {
        // Two halves of a character would count for more than it does.
        let whole = offset - begun(&text[..offset]);
        self.move_to(text, whole.max(self.at.min(offset)));
        let Position { line, column } = self.position;
        Position { line, column: column.saturating_add(utf16_len(&text[self.at..offset])) }
    }

    fn move_to(&mut self, text: &[u8], offset: usize) {
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
    }
}

/// How many bytes at the end of a text may begin a character of UTF-8 that is longer.
pub fn begun(text: &[u8]) -> usize {
    let last = &text[text.len().saturating_sub(3)..];
    let from_lead = last.iter().rev().position(|b| b & 0xc0 != 0x80).map_or(0, |i| i + 1);
    let lead = last[last.len() - from_lead..].first().copied().unwrap_or(0);
    if lead.leading_ones() as usize > from_lead { from_lead } else { 0 }
}

/// The position of the first byte of a text. A byte order mark is no character of it and takes no column; that of a wider
/// encoding is left out when the text is decoded.
#[must_use]
pub fn start(text: &[u8]) -> Position {
    Position { line: 1, column: u32::from(!text.starts_with("\u{feff}".as_bytes())) }
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

/// The line of `span` with it, every other span of `secrets`, and whatever is `known` redacted. A secret of several
/// lines is shown as if it stood on its first one.
pub fn snippet(
    text: &[u8],
    span: &Range<usize>,
    secrets: &[Range<usize>],
    known: &Known<'_>,
    first_line: u32,
    lines: &mut Lines,
) -> Snippet {
    let (line_start, line_end) = (lines.around(text, span.start).start, lines.around(text, span.end).end);
    let from = char_start(text, line_start.max(span.start.saturating_sub(SNIPPET_SIDE)), line_start);
    let to = char_start(text, line_end.min(span.end + SNIPPET_SIDE), span.end);
    let sample = &text[from.saturating_sub(SAMPLE)..(to + SAMPLE).min(text.len())];
    let piece = Piece { text, secrets, known, line: line_start..line_end, sample, encoding: OnceCell::new() };
    let mut shown = String::new();
    if from > line_start {
        shown.push_str(REDACTION);
    }
    shown.push_str(&piece.redacted(from..span.start));
    let start = shown.len();
    // What is no secret is an identifier, by which people find what is to be revoked.
    let is_secret = secrets.iter().any(|secret| secret.start < span.end && span.start < secret.end);
    shown.push_str(&if is_secret { redact(&text[span.clone()]) } else { piece.redacted(span.clone()) });
    let end = shown.len();
    shown.push_str(piece.redacted(span.end..to).trim_end_matches('\r'));
    if to < line_end {
        shown.push_str(REDACTION);
    }
    Snippet { first_line, text: shown, start, end }
}

/// Lines of a text, of which the last one that was asked for is kept: one of megabytes may hold thousands of keys.
#[derive(Debug, Default)]
pub struct Lines {
    last: Range<usize>,
}

impl Lines {
    /// The line that holds an offset, without its end.
    fn around(&mut self, text: &[u8], at: usize) -> Range<usize> {
        if self.last.is_empty() || !(self.last.start..=self.last.end).contains(&at) {
            let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1);
            self.last = start..memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        }
        self.last.clone()
    }
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

/// The lines that hold `span` with all between them, and the line above.
pub fn around<'t>(text: &'t [u8], span: &Range<usize>) -> &'t [u8] {
    let start_of = |at: usize| memchr::memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1);
    let start = start_of(start_of(span.start).saturating_sub(1));
    &text[start..memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |i| span.end + i)]
}

/// A line that is shown in pieces.
struct Piece<'a> {
    text: &'a [u8],
    /// What was found, in order and without overlaps.
    secrets: &'a [Range<usize>],
    /// What must not be shown anywhere.
    known: &'a Known<'a>,
    line: Range<usize>,
    /// The text around, by which its encoding is told.
    sample: &'a [u8],
    encoding: OnceCell<decode::Legacy>,
}

impl Piece<'_> {
    /// What stands at `piece`, redacted.
    fn redacted(&self, piece: Range<usize>) -> String {
        let mut shown = String::new();
        let mut at = piece.start;
        for secret in self.hidden(&piece) {
            if secret.start > at {
                shown.push_str(&self.display(at..secret.start));
            }
            shown.push_str(REDACTION);
            at = secret.end.min(piece.end).max(at);
        }
        shown.push_str(&self.display(at..piece.end));
        shown
    }

    /// What of a piece is not shown, in order and without overlaps.
    fn hidden(&self, piece: &Range<usize>) -> Vec<Range<usize>> {
        let reach = self.known.longest().min(MAX_KNOWN);
        let around = piece.start.saturating_sub(reach).max(self.line.start)..(piece.end + reach).min(self.line.end);
        let touches = |span: &Range<usize>| span.start < piece.end && piece.start < span.end;
        let mut spans: Vec<Range<usize>> = self.known.spans(self.text, around).into_iter().filter(touches).collect();
        let first = self.secrets.partition_point(|secret| secret.end <= piece.start);
        spans.extend(self.secrets[first..].iter().take_while(|secret| secret.start < piece.end).cloned());
        joined(spans)
    }

    fn display(&self, piece: Range<usize>) -> std::borrow::Cow<'_, str> {
        let bytes = &self.text[piece];
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => self.encoding.get_or_init(|| decode::Legacy::of(self.sample)).display(bytes),
        }
    }
}

/// Spans in order, those that overlap as one.
pub fn joined(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|span| span.start);
    spans.dedup_by(|next, span| {
        let overlap = next.start < span.end;
        if overlap {
            span.end = span.end.max(next.end);
        }
        overlap
    });
    spans
}

/// The start of the UTF-8 character at `at`, which is not before `least`. What is no UTF-8 has bytes in the middle that
/// no character begins with, and then every byte is one.
fn char_start(text: &[u8], at: usize, least: usize) -> usize {
    let inside = |at: usize| text.get(at).is_some_and(|b| b & 0xc0 == 0x80);
    (at.saturating_sub(3).max(least)..=at).rev().find(|&at| !inside(at)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_count_utf16_code_units() {
        let text = "a\nöß😀key".as_bytes();
        let mut cursor = Cursor::new(Position { line: 1, column: 1 });
        let at = text.len() - 3;
        assert_eq!(cursor.position(text, at), Position { line: 2, column: 5 });
        assert_eq!(cursor.position(text, text.len()), Position { line: 2, column: 8 });
    }

    proptest! {
        #[test]
        fn columns_do_not_depend_on_what_was_asked_for_before(
            pieces in prop::collection::vec(prop_oneof![any::<char>().prop_map(|c| c.to_string().into_bytes()),
                prop::collection::vec(any::<u8>(), 1..4), Just(b"\n".to_vec())], 0..20),
            stops in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let text = pieces.concat();
            let mut stops: Vec<usize> = stops.iter().map(|stop| stop.index(text.len() + 1)).collect();
            stops.sort_unstable();
            let mut cursor = Cursor::new(Position { line: 1, column: 1 });
            for stop in stops {
                let alone = Cursor::new(Position { line: 1, column: 1 }).position(&text, stop);
                prop_assert_eq!(cursor.position(&text, stop), alone);
            }
        }
    }

    #[test]
    fn snippets_redact_every_secret_of_the_line() {
        let text = b"x\na=SECRETSECRETSECRET b=OTHEROTHEROTHER c\ny";
        let spans = [4..22, 25..40];
        let snippet = snippet(text, &spans[0], &spans, &Known::default(), 2, &mut Lines::default());
        assert_eq!(snippet.text, "a=SE\u{2026}ET b=\u{2026} c");
        assert_eq!(snippet.highlighted(), "SE\u{2026}ET");
    }

    #[test]
    fn snippets_redact_a_value_wherever_it_stands() {
        let text = b"p=SECRETSECRETSECRET; old-SECRETSECRETSECRET hunter9 xhunter99\nhunter9";
        let span = 2..20;
        let spans = std::slice::from_ref(&span);
        let known = Known::new([&text[2..20], b"hunter9"].into_iter());
        let shown = snippet(text, &span, spans, &known, 1, &mut Lines::default()).text;
        assert_eq!(shown, "p=SE\u{2026}ET; old-\u{2026} \u{2026} x\u{2026}9");
        // Also where only a part of it is shown.
        let text = [&text[..20], &b" ".repeat(SNIPPET_SIDE - 4), &text[2..20], b"\n"].concat();
        let shown =
            snippet(&text, &span, spans, &Known::new([&text[2..20]].into_iter()), 1, &mut Lines::default()).text;
        assert_eq!(shown.trim_start_matches("p=SE\u{2026}ET").trim_start(), "\u{2026}\u{2026}");
    }

    #[test]
    fn snippets_of_legacy_text_begin_with_their_line() {
        let text = b"# configuraci\xf3n\n\xbfclave?=SECRETSECRETSECRET\n\xbb\xbb\xbb\xbb";
        let at = memchr::memmem::find(text, b"SECRET").unwrap_or_default();
        let span = at..at + 18;
        let spans = std::slice::from_ref(&span);
        let snippet = snippet(text, &span, spans, &Known::default(), 2, &mut Lines::default());
        assert_eq!(snippet.text, "\u{bf}clave?=SE\u{2026}ET");
        // A character is not cut, and no line is left for its start.
        assert_eq!(char_start("aü".as_bytes(), 2, 0), 1);
        assert_eq!(char_start(b"\n\xbb\xbb\xbb\xbb", 1, 1), 1);
        assert_eq!(char_start(b"\xbb\xbb\xbb\xbb\xbb", 4, 0), 4);
    }
}
