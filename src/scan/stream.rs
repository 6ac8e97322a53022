//! Streams, window by window: which of them a match belongs to, and where the next one begins.

use std::io::{self, Read};
use std::ops::Range;

use super::buffer::Buffer;
use super::place::{self, Cursor};
use super::{Engine, OVERLAP, Scanned, WINDOW, comments};
use crate::detect::Match;
use crate::detect::decode::{self, TextKind};
use crate::finding::{Artifact, Position};
use crate::report::{Notice, NoticeKind};
use crate::source::{container, document};

impl Engine {
    pub(super) fn window(&self) -> usize {
        // Even, so that UTF-16 and UTF-32 text stays aligned.
        self.options.window.map_or(WINDOW, |window| window.max(2 * OVERLAP)).next_multiple_of(4)
    }

    /// Scans the rest of a stream whose first window is already in `buffer`.
    pub(super) fn stream(
        &self,
        artifact: &Artifact,
        input: &mut dyn Read,
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        if self.options.limits.max_depth == 0
            && let Some(kind) = container::recognise(buffer.bytes())
        {
            let message = format!("{}: --max-depth 0 leaves its members unread", kind.as_str());
            out.notices.push(Notice {
                artifact: Some(artifact.clone()),
                kind: NoticeKind::Skipped,
                message,
                help: None,
            });
        }
        self.stream_from(0, place::start(buffer.bytes()), artifact, input, buffer, out)
    }

    /// [`stream`](Self::stream) for one that begins inside of something, with the byte at `at`.
    pub(super) fn stream_from(
        &self,
        at: u64,
        mut position: Position,
        artifact: &Artifact,
        input: &mut dyn Read,
        buffer: &mut Buffer,
        out: &mut Scanned,
    ) -> io::Result<()> {
        let window = self.window();
        // As much as git looks at to tell text from binary data, and a prefix of whole code units.
        let kind = decode::classify(&buffer.bytes()[..buffer.len.min(8 << 10)]);
        let (mut base, mut owned_from) = (at, 0);
        loop {
            let last = buffer.len < window;
            let step = between_characters(kind, buffer.bytes(), buffer.len.saturating_sub(OVERLAP));
            let owned = owned_from..if last { usize::MAX } else { step + OVERLAP / 2 };
            owned_from = OVERLAP / 2;
            let whole = base == at && last;
            let blob = Blob { artifact, kind, base, owned, whole };
            position = self.window_of(&blob, buffer.bytes(), position, (!last).then_some(step), out);
            let document = if base == 0 { document::recognise(buffer.bytes()) } else { None };
            if last {
                out.bytes += base - at + buffer.len as u64;
                if let Some(kind) = document {
                    self.document(kind, artifact, buffer.bytes(), out);
                }
                return Ok(());
            }
            if let Some(kind) = document.filter(|_| self.options.limits.max_depth > 0) {
                let size = document::MAX_SIZE >> 20;
                let message = format!("{} of more than {size} MiB; its parts were not read", kind.as_str());
                out.notices.push(Notice {
                    artifact: Some(artifact.clone()),
                    kind: NoticeKind::Skipped,
                    message,
                    help: None,
                });
            }
            buffer.advance(step);
            base += step as u64;
            if let Err(error) = buffer.fill(input) {
                out.bytes += base - at + buffer.len as u64;
                return Err(error);
            }
        }
    }

    /// Scans one window; returns the position of the byte `next` bytes into it, where the next window starts.
    fn window_of(
        &self,
        blob: &Blob<'_>,
        bytes: &[u8],
        position: Position,
        next: Option<usize>,
        out: &mut Scanned,
    ) -> Position {
        let view = if blob.base == 0 {
            decode::transcode(blob.kind, bytes)
        } else {
            decode::transcode_window(blob.kind, bytes)
        };
        let text = view.as_ref().map_or(bytes, |view| &view.bytes);
        let original = |offset: usize| view.as_ref().map_or(offset, |view| view.offsets.to_original(offset));
        let (found, commented) = self.find_with_comments(text, blob.kind == TextKind::Binary);
        let mut matches: Vec<(Match, Option<String>)> = found.into_iter().map(|found| (found, None)).collect();
        if blob.whole && view.is_none() && blob.artifact.innermost().ends_with(".ipynb") {
            self.notebook(text, &mut matches);
        }
        if blob.whole && view.is_none() && decode::office::is_text(blob.artifact.innermost()) {
            self.office(text, &mut matches);
        }
        if blob.kind == TextKind::Binary {
            self.wide(text, &mut matches);
        }
        let mut cursor = Cursor::new(position);
        let mut places = Vec::new();
        if !matches.is_empty() {
            places = self.places(blob, text, &original, &matches, &mut cursor);
        }
        // A window may end between a comment and its key.
        if commented && blob.whole && blob.kind != TextKind::Binary {
            let mut unused = comments::unused(text, blob.artifact, &places);
            if !unused.is_empty() {
                let found: Vec<Match> = matches.iter().map(|(found, _)| found.clone()).collect();
                let known = self.hidden(text, &found, &[]).known;
                unused.iter_mut().for_each(|comment| comment.text = self.redacted(&known.hidden_in(&comment.text)));
            }
            out.unused.append(&mut unused);
        }
        out.places.append(&mut places);
        let Some(next) = next else { return position };
        // The next window starts at a byte of the original; its place in the text follows from the map.
        let mut from_start = Cursor::new(position);
        let next_in_text = match &view {
            None => next,
            Some(view) => partition(view.bytes.len(), |offset| view.offsets.to_original(offset) < next),
        };
        from_start.position(text, next_in_text.min(text.len()))
    }
}

/// What is known about the bytes of a window.
pub(super) struct Blob<'a> {
    pub(super) artifact: &'a Artifact,
    pub(super) kind: TextKind,
    /// Offset of the window in the blob.
    pub(super) base: u64,
    /// Bytes of the window whose matches are its own.
    pub(super) owned: Range<usize>,
    /// Whether the window is the whole blob.
    pub(super) whole: bool,
}

/// The last offset up to `at` that no character of UTF-8 or UTF-16 stands across: the columns of what follows would count
/// both of its halves.
fn between_characters(kind: TextKind, bytes: &[u8], at: usize) -> usize {
    let is_low = |i: usize| bytes.get(i).is_some_and(|b| b & 0xfc == 0xdc);
    let begun = match kind {
        TextKind::Utf8 | TextKind::Legacy | TextKind::Binary => place::begun(&bytes[..at]),
        TextKind::Utf16Le if is_low(at + 1) => 2,
        TextKind::Utf16Be if is_low(at) => 2,
        TextKind::Utf16Le | TextKind::Utf16Be | TextKind::Utf32Le | TextKind::Utf32Be => 0,
    };
    at.saturating_sub(begun)
}

/// The first offset below `len` for which `before` does not hold; `before` holds up to some offset and not after it.
fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
