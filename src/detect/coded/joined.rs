//! String literals that are joined to one: `"abc" + "def"`, `'abc' . 'def'`, and literals one behind the other, on one
//! line or several, with comments between them; those of a shell may touch each other, as in `'abc'"def"`.

use std::ops::Range;

use super::super::context::REACH_BEFORE;
use super::super::decode::OffsetMap;
use super::super::decode::offsets::Builder;
use super::super::rule::anchor::{MIN_RUN, is_key_byte};

/// Farthest that two literals stand from each other, in bytes: a line end and its indentation.
const GAP: usize = 120;

/// Signs that join literals, with what languages have them.
const SIGNS: &[&[u8]] = &[
    b"+",  // most
    b".",  // PHP, Perl
    b"..", // Lua
    b"&",  // Visual Basic, AppleScript
    b"~",  // Twig, Raku, D
    b"<>", // Elixir, Haskell
    b"++", // Haskell, Erlang
    b"||", // SQL
    b"^",  // OCaml
];

fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

/// What stands in front of the end of a line that goes on; the underscore, in Visual Basic.
fn goes_on(b: u8) -> bool {
    matches!(b, b'\\' | b'_')
}

/// A mark of a kind of literal in front of its quotation mark.
fn is_mark(b: u8) -> bool {
    matches!(b, b'f' | b'b' | b'r' | b'u' | b'L' | b'@' | b'$')
}

/// What stands between two literals, told byte by byte: most texts say after one or two bytes that nothing is joined.
#[derive(Default)]
struct Between {
    signs: [u8; 2],
    count: usize,
    blank: bool,
}

impl Between {
    /// Takes the next byte; whether literals may still be joined.
    fn take(&mut self, b: u8) -> bool {
        match b {
            b' ' | b'\t' | b'\r' | b'\n' => self.blank = true,
            b'+' | b'.' | b'&' | b'~' | b'<' | b'>' | b'|' | b'^' if self.count < 2 => {
                self.signs[self.count] = b;
                self.count += 1;
            }
            _ => return false,
        }
        true
    }

    /// Whether all that was taken joins literals. Nothing at all does not: see [`touch`].
    fn joins(&self, backwards: bool) -> bool {
        let mut signs = self.signs;
        if backwards {
            signs[..self.count].reverse();
        }
        if self.count == 0 { self.blank } else { SIGNS.contains(&&signs[..self.count]) }
    }
}

/// For a byte: whether it is a blank or a line end, and whether something that joins literals may begin or end with it.
static JOINING: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b" \t\r\n+.&~<>|^/";
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

/// Whether a literal ends and another one begins with the two quotation marks from `at` on: neither the end of a literal
/// of three marks, nor an empty one among others.
fn touch(text: &[u8], at: usize) -> bool {
    let key = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|&b| is_key_byte(b));
    text.get(at..at + 2).is_some_and(|pair| pair.iter().all(|&b| is_quote(b)))
        && key(at.checked_sub(1))
        && key(Some(at + 2))
}

/// Length of the comment that `rest` begins with; one that goes on to the end of its line only where a sign stands in
/// front of it.
fn comment_len(rest: &[u8], signed: bool) -> Option<usize> {
    match rest {
        [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/").map(|end| end + 2),
        [b'/', b'/', ..] | [b'-', b'-', ..] | [b'#', ..] if signed => memchr::memchr(b'\n', rest),
        _ => None,
    }
}

/// Where the comment begins that ends at `end`, behind a byte from `floor` on: `/* … */`, or one behind a sign that goes
/// on to the end of the line there.
fn comment_start(text: &[u8], floor: usize, end: usize) -> Option<usize> {
    if text[end - 1] == b'/' && text[floor..end].ends_with(b"*/") {
        return memchr::memmem::rfind(&text[floor..end - 2], b"/*").map(|at| floor + at);
    }
    if text.get(end) != Some(&b'\n') {
        return None;
    }
    let line = memchr::memrchr(b'\n', &text[floor..end]).map_or(floor, |at| floor + at + 1);
    memchr::memchr3_iter(b'/', b'#', b'-', &text[line..end]).map(|at| line + at).find(|&at| {
        let front = text[line..at].trim_ascii_end();
        comment_len(&text[at..=end], true) == Some(end - at) && front.last().is_some_and(|b| b"+.&~>|^".contains(b))
    })
}

/// Whether the literal that `run` stands in may be joined to another one: the first question, which most literals answer.
#[inline]
pub(super) fn may_be_joined(text: &[u8], run: &Range<usize>) -> bool {
    let is_blank = |b: u8| matches!(b, b' ' | b'\t');
    let joining = |b: u8| JOINING[usize::from(b)];
    let behind = || match text[run.end..] {
        [quote, near, ..] if !is_quote(quote) || !joining(near) && !goes_on(near) && !is_quote(near) => false,
        [_, near, far, ..] if is_blank(near) => joining(far) || goes_on(far) || is_quote(far) || is_mark(far),
        [_, _, ..] => true,
        _ => false,
    };
    let before = || match text[..run.start] {
        [.., near, quote] if !is_quote(quote) || !joining(near) && !is_mark(near) && !is_quote(near) => false,
        [.., far, near, _] if is_blank(near) => joining(far) || is_quote(far),
        [.., _, _] => true,
        _ => false,
    };
    behind() || before()
}

/// Where the literal begins that is joined to the one with the quotation mark at `end`, its first byte.
fn next(text: &[u8], end: usize) -> Option<usize> {
    let rest = &text[end + 1..text.len().min(end + 1 + GAP)];
    if touch(text, end) {
        return Some(end + 2);
    }
    let mut between = Between::default();
    let mut i = 0;
    while let Some(&b) = rest.get(i) {
        if let Some(len) = comment_len(&rest[i..], between.count > 0) {
            between.blank = true;
            i += len;
            continue;
        }
        let quote_behind = |marks: usize| rest.get(i + marks).is_some_and(|&b| is_quote(b));
        if is_quote(b) {
            return between.joins(false).then_some(end + 1 + i + 1);
        }
        if is_mark(b) {
            let marks = if quote_behind(1) { 1 } else { 2 };
            let only_marks = marks == 1 || rest.get(i + 1).is_some_and(|&b| is_mark(b));
            return (only_marks && quote_behind(marks) && between.joins(false)).then_some(end + 1 + i + marks + 1);
        }
        let continues = goes_on(b) && matches!(rest.get(i + 1), Some(b'\n' | b'\r'));
        if !continues && !between.take(b) {
            return None;
        }
        i += 1;
    }
    None
}

/// Where the literal ends to which the one with the opening quotation mark at `start` is joined.
fn previous(text: &[u8], start: usize) -> Option<usize> {
    let floor = start.saturating_sub(GAP);
    if start > floor && touch(text, start - 1) {
        return Some(start - 1);
    }
    let marks = text[floor..start].iter().rev().take(2).take_while(|&&b| is_mark(b)).count();
    let mut between = Between::default();
    let mut end = start - marks;
    while end > floor {
        if let Some(start) = comment_start(text, floor, end) {
            between.blank = true;
            end = start;
            continue;
        }
        let at = end - 1;
        end = at;
        if is_quote(text[at]) {
            return between.joins(true).then_some(at);
        }
        let continues = goes_on(text[at]) && matches!(text.get(at + 1), Some(b'\n' | b'\r'));
        if !continues && !between.take(text[at]) {
            return None;
        }
    }
    None
}

/// The pieces of the literal that `run` is a piece of: key characters only, two pieces or more, in their order, over
/// `reach` bytes at most. `None` if one in front of it is a run, too.
pub(super) fn pieces(text: &[u8], run: &Range<usize>, reach: usize) -> Option<Vec<Range<usize>>> {
    let is_key = |b: &&u8| is_key_byte(**b);
    let mut pieces = Vec::new();
    let floor = run.start.saturating_sub(REACH_BEFORE - GAP);
    let mut start = run.start;
    while start > floor && is_quote(text[start - 1]) {
        let Some(end) = previous(text, start - 1) else { break };
        let len = text[floor.min(end)..end].iter().rev().take_while(is_key).count();
        if len >= MIN_RUN {
            return None;
        }
        if len == 0 {
            break;
        }
        pieces.push(end - len..end);
        start = end - len;
    }
    let limit = (run.start + reach).min(text.len());
    let mut end = run.end;
    // Nearly always nothing is joined, and nothing is kept.
    if pieces.is_empty() && !(end < limit && is_quote(text[end]) && next(&text[..limit], end).is_some()) {
        return None;
    }
    pieces.reverse();
    pieces.push(run.clone());
    while end < limit && is_quote(text[end]) {
        let Some(start) = next(&text[..limit], end) else { break };
        let len = text[start..limit].iter().take_while(is_key).count();
        if len == 0 {
            break;
        }
        pieces.push(start..start + len);
        end = start + len;
    }
    (pieces.len() > 1).then_some(pieces)
}

/// The pieces as one text.
pub(super) fn join(text: &[u8], pieces: &[Range<usize>]) -> (Vec<u8>, OffsetMap) {
    let (mut bytes, mut map) = (Vec::new(), Builder::default());
    for piece in pieces {
        bytes.extend_from_slice(&text[piece.clone()]);
        map.push(piece.start, piece.len(), 1, 1);
    }
    (bytes, map.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RUN: &str = "0123456789abcdef";

    fn joined(text: &str) -> Option<String> {
        let start = text.find(RUN).unwrap();
        let end = start + text[start..].bytes().take_while(|&b| is_key_byte(b)).count();
        let pieces = pieces(text.as_bytes(), &(start..end), 1 << 12)?;
        Some(String::from_utf8(join(text.as_bytes(), &pieces).0).unwrap())
    }

    #[test]
    fn literals_are_joined_in_many_ways() {
        for text in [
            "'ab' + '0123456789abcdef' + 'yz'",
            "'ab' . '0123456789abcdef'\n    . 'yz'",
            "\"ab\" \"0123456789abcdef\" \"yz\"",
            "\"ab\"\n  \"0123456789abcdef\"\r\n  \"yz\"",
            "'ab' \\\n  f'0123456789abcdef' \\\n  f'yz'",
            "'ab'||'0123456789abcdef'||'yz'",
            "\"ab\" .. \"0123456789abcdef\" .. \"yz\"",
            "\"ab\" <> \"0123456789abcdef\" <> \"yz\"",
            "\"ab\" & _\n  \"0123456789abcdef\" & _\r\n  \"yz\"",
            "\"ab\"\"0123456789abcdef\"'yz'",
            "\"ab\" + /* one */ \"0123456789abcdef\" /* two */ + \"yz\"",
            "\"ab\" + // one\n  \"0123456789abcdef\" + # two\n  \"yz\"",
        ] {
            assert_eq!(joined(text).as_deref(), Some("ab0123456789abcdefyz"), "{text}");
        }
    }

    #[test]
    fn other_literals_are_not() {
        for text in [
            "'ab', '0123456789abcdef', 'yz'",
            "['0123456789abcdef']",
            "'0123456789abcdef': 'yz'",
            "\"\"\"0123456789abcdef\"\"\"yz\"\"\"",
            "\"0123456789abcdef\" // \"yz\"",
            "\"0123456789abcdef\" # one\n\"yz\"",
            "'ab' + x + '0123456789abcdef'",
            "f('0123456789abcdef').g('yz')",
            // The first run of the literal is looked at.
            "'0000000000000000' + '0123456789abcdef'",
        ] {
            assert_eq!(joined(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_joined_may_be(
            before in "[a\"'f_ +.\n\\\\:]{0,6}", after in "[a\"'f_ +.\n\\\\:]{0,6}", quote in "[\"']"
        ) {
            let front = format!("'ab'{before}{quote}");
            let text = format!("{front}{RUN}{quote}{after}'yz'");
            let run = front.len()..front.len() + RUN.len();
            if pieces(text.as_bytes(), &run, 1 << 12).is_some() {
                prop_assert!(may_be_joined(text.as_bytes(), &run), "{text}");
            }
        }

        #[test]
        fn no_bytes_panic(text in "[a0\"' +.\n\\\\]{1,300}", start in 0..299usize, len in 1..40usize, reach in 0..400usize) {
            let start = start.min(text.len() - 1);
            let run = start..(start + len).min(text.len());
            if let Some(pieces) = pieces(text.as_bytes(), &run, reach) {
                prop_assert!(pieces.windows(2).all(|pair| pair[0].end < pair[1].start));
            }
        }
    }
}
