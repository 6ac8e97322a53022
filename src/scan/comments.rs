//! Comments that allow keys, told apart: which one is meant where it stands, and which of keytrail's own allow nothing.
//!
//! A comment is given for the key beside it. Where an earlier version of a file is known, as it is of what is staged
//! and of what commits add, a comment that stood there before allows what it allowed then; another key in its place
//! needs a comment of its own. Two comments are the same if they say the same from their marker on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::Place;
use crate::detect::rule::layout::COMMENT_MARK;
use crate::detect::{allow, decode};
use crate::finding::Artifact;
use crate::secret::Secret;

/// keytrail's own marker.
pub const OWN: &str = COMMENT_MARK;

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

/// A comment that allows a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it begins: the offset of its marker.
    pub at: usize,
    /// Its marker, in lower case.
    pub marker: String,
    /// The secret of the place.
    pub secret: Secret,
}

/// The comments that allow a place of a text, with the offsets of their markers: on its first line, above it, and on
/// its last line. `rules` are the ids that the place may have been allowed by. Nothing where it cannot be told, as in
/// texts of two bytes a character.
#[must_use]
pub fn of(text: &[u8], span: &Range<usize>, rules: &[&str]) -> Vec<(usize, String)> {
    if span.end > text.len() || span.start > span.end {
        return Vec::new();
    }
    let first = line_at(text, span.start);
    let above = first.start.checked_sub(1).map(|end| line_at(text, end));
    let last = Some(line_at(text, span.end)).filter(|last| *last != first);
    let allows = |line: &[u8], above: &[u8]| rules.iter().find_map(|rule| allow::allowance(rule, line, above));
    let beside = std::iter::once(first).chain(last).map(|line| (allows(&text[line.clone()], &[]), line));
    let above = above.map(|line| (allows(&[], &text[line.clone()]), line));
    let marked = beside.chain(above).filter_map(|(allowed, line)| {
        let marker = allowed?.marker.to_ascii_lowercase();
        let lower = text[line.clone()].to_ascii_lowercase();
        Some((line.start + memchr::memmem::find(&lower, marker.as_bytes())?, marker))
    });
    marked.collect()
}

/// The line that holds an offset, without its end.
fn line_at(text: &[u8], offset: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |i| i + 1);
    start..memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |i| start + i)
}

/// What is said from a marker to the end of its line, with the offsets of the markers: of each line, its first one.
fn said<'t>(text: &'t [u8], marker: &str) -> HashMap<&'t [u8], Vec<usize>> {
    let lower = text.to_ascii_lowercase();
    let finder = memchr::memmem::Finder::new(marker.as_bytes());
    let mut said: HashMap<&[u8], Vec<usize>> = HashMap::new();
    let mut from = 0;
    while let Some(at) = finder.find(&lower[from..]).map(|at| from + at) {
        let end = line_at(text, at).end;
        said.entry(text[at..end].trim_ascii()).or_default().push(at);
        from = end;
    }
    said
}

/// Which of the comments that allow places of `now` stood in `then` already, and so were given for other keys than
/// those that `then` did not allow: the offsets of their markers. `added` are the lines that `now` has and `then` has
/// not, and `held` the secrets that `then` allows.
#[must_use]
pub fn old(
    then: &[u8],
    now: &[u8],
    added: &[Range<usize>],
    comments: &[Comment],
    held: &HashSet<Secret>,
) -> HashSet<usize> {
    let is_added = |at: usize| {
        let first = added.partition_point(|range| range.end <= at);
        added.get(first).is_some_and(|range| range.start <= at)
    };
    // Those on lines that are there as they were, and those that go on allowing what they allowed.
    let mut old: HashSet<usize> = HashSet::new();
    old.extend(comments.iter().filter(|one| !is_added(one.at) || held.contains(&one.secret)).map(|one| one.at));
    let mut asked: BTreeMap<&str, HashSet<usize>> = BTreeMap::new();
    for comment in comments {
        asked.entry(&comment.marker).or_default().insert(comment.at);
    }
    for (marker, asked) in asked {
        let before = said(then, marker);
        for (words, all) in said(now, marker) {
            let fresh = || all.iter().filter(|at| is_added(**at));
            let still = fresh().filter(|at| old.contains(at)).count() + all.len() - fresh().count();
            // So many were taken away: their line was changed, or they were moved.
            let gone = before.get(words).map_or(0, Vec::len).saturating_sub(still);
            let waiting = fresh().filter(|at| asked.contains(at) && !old.contains(at));
            let replaced: Vec<usize> = waiting.take(gone).copied().collect();
            old.extend(replaced);
        }
    }
    old
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::git::diff;

    const RULE: &str = "stripe-test-secret-key";

    /// The comments of a text in which keys are words that begin with `key`.
    fn comments(text: &str) -> Vec<Comment> {
        let starts = text.match_indices("key-").map(|(at, _)| at);
        let of_key = |at: usize| {
            let end = text[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-').map_or(text.len(), |i| at + i);
            let secret = Secret::new(text.as_bytes()[at..end].to_vec());
            let all = of(text.as_bytes(), &(at..end), &[RULE]).into_iter();
            all.map(move |(at, marker)| Comment { at, marker, secret: secret.clone() })
        };
        starts.flat_map(of_key).collect()
    }

    /// The keys of `now` that comments allow which were given for others.
    fn replaced<'t>(then: &str, now: &'t str) -> Vec<&'t str> {
        let (before, comments) = (comments(then), comments(now));
        let held: HashSet<Secret> = before.into_iter().map(|comment| comment.secret).collect();
        let added = diff::added(then.as_bytes(), now.as_bytes());
        let old = old(then.as_bytes(), now.as_bytes(), &added, &comments, &held);
        let of_others = comments.iter().filter(|one| old.contains(&one.at) && !held.contains(&one.secret));
        let text = |secret: &Secret| String::from_utf8_lossy(secret.expose()).into_owned();
        let names: Vec<String> = of_others.map(|one| text(&one.secret)).collect();
        now.split([' ', '\n']).filter(|word| names.iter().any(|name| name == word)).collect()
    }

    #[test]
    fn a_comment_is_given_for_the_key_beside_it() {
        let one = "a key-1 # keytrail:allow x\n";
        assert_eq!(replaced(one, "a key-2 # keytrail:allow x\n"), ["key-2"]);
        assert_eq!(replaced(one, "b key-1 # keytrail:allow x\n"), [""; 0]);
        assert_eq!(replaced(one, "a key-2 # keytrail:allow y\n"), [""; 0]);
        assert_eq!(replaced(one, "a key-1 # keytrail:allow x\nb key-2 # keytrail:allow x\n"), [""; 0]);
        assert_eq!(replaced(one, "b key-3 # keytrail:allow x\na key-2 # keytrail:allow x\n"), ["key-3"]);
        assert_eq!(replaced(one, "c key-1 and key-2 # keytrail:allow x\n"), ["key-2"]);
        assert_eq!(replaced("# keytrail:allow x\n\n", "# keytrail:allow x\nkey-1 \n"), ["key-1"]);
        assert_eq!(
            replaced("# NOSEC stripe-test-secret-key\nkey-1\n", "key-2 # nosec stripe-test-secret-key\n"),
            [""; 0]
        );
        let above = "# pragma: allowlist nextline secret\nkey-1\n";
        assert_eq!(replaced(above, &above.replace("key-1", "key-2")).len(), 1);
    }

    #[test]
    fn many_comments_take_no_longer_each() {
        let text = |from: usize| {
            (from..from + 20_000).map(|n| format!("a key-{n} # keytrail:allow number {n}\n")).collect::<String>()
        };
        let (then, now) = (text(0), text(10_000));
        assert_eq!(replaced(&then, &now), [""; 0]);
    }
}
