//! Comments that allow keys, told apart: which one is meant where it stands, and which of keytrail's own allow nothing.
//!
//! A comment is given for the key beside it. Where an earlier version of a file is known, as it is of what is staged and
//! of what commits add, a comment that stood there before allows what it allowed then; another key in its place needs a
//! comment of its own. Two comments are the same if they say the same from their marker on.

use std::collections::HashSet;
use std::ops::Range;

use super::Place;
use crate::detect::{allow, decode};
use crate::finding::Artifact;
use crate::secret::Secret;

/// keytrail's own marker.
pub const OWN: &str = "keytrail:allow";

/// A comment of keytrail that allows nothing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// Where it stands.
    pub artifact: Artifact,
    /// In which line, from 1.
    pub line: u32,
    /// What it says, from its marker on.
    pub text: String,
}

/// The comment that allows a place of a text: where it begins, and what it says. `rules` are the ids that the place may
/// have been allowed by. Nothing where it cannot be told, as in texts of two bytes a character.
#[must_use]
pub fn of<'t>(text: &'t [u8], span: &Range<usize>, rules: &[&str]) -> Option<(usize, &'t [u8])> {
    if span.end > text.len() || span.start > span.end {
        return None;
    }
    let line_at = |offset: usize| {
        let start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |i| i + 1);
        start..memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |i| start + i)
    };
    let first = line_at(span.start);
    let above = first.start.checked_sub(1).map(line_at);
    let allows = |line: &[u8], above: &[u8]| rules.iter().find_map(|rule| allow::allowance(rule, line, above));
    // In the order in which they are asked when a place is judged.
    let found = allows(&text[first.clone()], &[])
        .map(|allowed| (first.clone(), allowed))
        .or_else(|| above.and_then(|above| Some((above.clone(), allows(&[], &text[above])?))))
        .or_else(|| {
            let last = line_at(span.end);
            Some((last.clone(), allows(&text[last], &[])?))
        });
    let (line, allowed) = found?;
    let lower = text[line.clone()].to_ascii_lowercase();
    let at = line.start + memchr::memmem::find(&lower, allowed.marker.to_ascii_lowercase().as_bytes())?;
    Some((at, text[at..line.end].trim_ascii()))
}

/// The places in a text where this is said at the end of a line.
fn said<'t>(text: &'t [u8], comment: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(text, comment).filter(move |at| {
        let rest = &text[at + comment.len()..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        rest[..end].trim_ascii().is_empty()
    })
}

/// Whether the comment that allows a place of `now` stood in `then` already, and so was given for another key than one
/// that `then` did not allow. `added` are the lines that `now` has and `then` has not; `places` are those of `now`, with
/// their spans, and `held` the secrets that `then` allows.
#[must_use]
pub fn is_old(
    then: &[u8],
    now: &[u8],
    added: &[Range<usize>],
    comment: (usize, &[u8]),
    places: &[(usize, &Secret)],
    held: &HashSet<Secret>,
) -> bool {
    let is_added = |at: usize| {
        let first = added.partition_point(|range| range.end <= at);
        added.get(first).is_some_and(|range| range.start <= at)
    };
    let (at, words) = comment;
    if !is_added(at) {
        return true;
    }
    let (fresh, kept): (Vec<usize>, Vec<usize>) = said(now, words).partition(|&at| is_added(at));
    // So many were taken away; their line was changed, or they were moved.
    let gone = said(then, words).count().saturating_sub(kept.len());
    let still = |at: usize| places.iter().any(|(comment, secret)| *comment == at && held.contains(secret));
    if still(at) {
        return true;
    }
    let moved = fresh.iter().filter(|&&at| still(at)).count();
    let index = fresh.iter().filter(|&&at| !still(at)).position(|&fresh| fresh == at);
    index.is_some_and(|index| index < gone.saturating_sub(moved))
}

/// keytrail's own comments in a text that allow none of its places.
#[must_use]
pub fn unused(text: &[u8], artifact: &Artifact, places: &[Place]) -> Vec<Unused> {
    let mut unused = Vec::new();
    // Manuals speak of comments in their examples.
    let name = artifact.innermost().to_ascii_lowercase();
    if [".md", ".mdx", ".markdown", ".rst", ".adoc"].iter().any(|end| name.ends_with(end)) {
        return unused;
    }
    let mut line = 1u32;
    let mut counted = 0;
    for at in memchr::memmem::find_iter(text, OWN.as_bytes()) {
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        let newlines = text[counted..at].iter().filter(|&&b| b == b'\n').count();
        line = line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        counted = at;
        let (before, behind) = (&text[start..at], &text[at + OWN.len()..end]);
        if !begins_a_comment(before) || !is_said(behind) {
            continue;
        }
        let beside = |place: &Place| {
            let parts = place.parts.iter().map(|part| &part.location);
            std::iter::once(&place.location).chain(parts).any(|location| {
                let region = &location.region;
                let near = [region.start.line, region.end.line, region.start.line.saturating_sub(1)];
                near.contains(&line) && location.allowed.as_ref().is_some_and(|allowed| allowed.marker == OWN)
            })
        };
        if !places.iter().any(beside) {
            let text = decode::display_text(&text[at..end]).trim_end().to_owned();
            unused.push(Unused { artifact: artifact.clone(), line, text });
        }
    }
    unused
}

/// Whether what stands before a marker ends with a sign that begins a comment.
fn begins_a_comment(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let signs: [&[u8]; 12] = [b"#", b"//", b"/*", b"*", b"--", b";", b"<!--", b"%", b"REM", b"{#", b"(*", b"'"];
    signs.iter().any(|sign| {
        before.strip_suffix(*sign).is_some_and(|code| code.last().is_none_or(|&b| b.is_ascii_whitespace() || b == b';'))
    })
}

/// Whether what follows a marker is said by a comment rather than quoted by a text about such comments.
fn is_said(behind: &[u8]) -> bool {
    let quotes = |quote: u8| behind.iter().filter(|&&b| b == quote).count();
    let ends = behind.first().is_none_or(|&b| b.is_ascii_whitespace() || matches!(b, b':' | b'*' | b'-'));
    ends && quotes(b'"') % 2 == 0 && quotes(b'`') % 2 == 0
}
