//! What in a text may be a key that is not known itself, but only by a digest or a mask.
//!
//! These are tried:
//!
//! - what rules match, as the rule's `secret` group has it and whole;
//! - every run (see [`runs`]), its value behind the last `=`, and its *pieces*: stretches between two of its bytes that
//!   are neither letters nor digits, over at most [`ACROSS`] of them;
//! - strings in quotes, and what stands behind the first `=` or `: ` of a line, from [`MIN_VALUE`] bytes on.
//!
//! So a key is found that stands by itself, in an assignment, in an address, or in a file of settings. One in base64 or
//! another encoding is not: its digest is another one.

use std::ops::Range;

use super::super::Match;
use super::super::matcher::{escape_len, value_of};
use super::super::rule::anchor::MIN_RUN;
use super::super::runs::{self, Run};

/// Separators that a piece of a run spans at most.
pub const ACROSS: usize = 8;

/// Least length of a value that is no run: what can be called a key at all.
pub const MIN_VALUE: usize = super::MIN_KEY;

/// Greatest length of a candidate, unless it is a whole run or a rule matches it.
const MAX_VALUE: usize = 512;

/// Lines above this many bytes are no settings.
const MAX_LINE: usize = 4096;

/// How sure it is that a candidate begins and ends where a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A rule says so.
    Rule,
    /// A whole value.
    Value,
    /// Perhaps a part of one, or more than one.
    Piece,
}

/// Calls `take` with every candidate; some come more than once. `found` is what rules match in the text.
pub fn each(text: &[u8], binary: bool, found: &[Match], mut take: impl FnMut(Range<usize>, Kind)) {
    for found in found {
        take(found.span.clone(), Kind::Rule);
        if found.whole != found.span {
            take(found.whole.clone(), Kind::Rule);
        }
    }
    let mut separators = Vec::new();
    runs::for_each(text, |run| of_run(text, &run, &mut separators, &mut take));
    if !binary {
        quoted(text, &mut take);
        settings(text, &mut take);
    }
}

fn of_run(text: &[u8], found: &Run, separators: &mut Vec<usize>, take: &mut impl FnMut(Range<usize>, Kind)) {
    let run = found.range.clone();
    if run.len() <= super::MAX_KEY {
        take(run.clone(), Kind::Value);
    }
    let value = value_of(&text[run.clone()]);
    let value = run.start + value.start..run.start + value.end;
    if value != run && (MIN_VALUE..=super::MAX_KEY).contains(&value.len()) {
        take(value.clone(), Kind::Value);
    }
    separators.clear();
    found.separators(text, |at| separators.push(at));
    let escaped = Some(escape_len(text, run.start)).filter(|&len| len > 0).map(|len| run.start + len);
    for (index, start) in [(0, run.start)].into_iter().chain(escaped.map(|at| (0, at))).chain(behind(separators)) {
        for end in separators[index..].iter().copied().chain([run.end]).take(ACROSS + 1) {
            if end < start + MIN_RUN {
                continue;
            }
            if end > start + MAX_VALUE {
                break;
            }
            let piece = start..end;
            if piece != run && piece != value {
                take(piece, Kind::Piece);
            }
        }
    }
}

/// The places behind separators, each with the index of the next separator.
fn behind(separators: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    separators.iter().enumerate().map(|(index, at)| (index + 1, at + 1))
}

/// Strings in quotes, on one line.
fn quoted(text: &[u8], take: &mut impl FnMut(Range<usize>, Kind)) {
    for at in memchr::memchr3_iter(b'"', b'\'', b'`', text) {
        let rest = &text[at + 1..text.len().min(at + 1 + MAX_VALUE + 1)];
        if let Some(len) = memchr::memchr2(text[at], b'\n', rest).filter(|&len| rest[len] == text[at]) {
            value(text, at + 1..at + 1 + len, take);
        }
    }
}

/// What stands behind the first `=` or `: ` of a line, without quotes and commas around it.
fn settings(text: &[u8], take: &mut impl FnMut(Range<usize>, Kind)) {
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |len| start + len);
        let line = &text[start..end];
        let sign =
            memchr::memchr2_iter(b'=', b':', line).find(|&at| line[at] == b'=' || line.get(at + 1) == Some(&b' '));
        if let Some(sign) = sign.filter(|_| line.len() <= MAX_LINE) {
            let outer = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b',' | b';');
            let rest = &line[sign + 1..];
            let front = rest.iter().take_while(|b| outer(b)).count();
            let back = rest[front..].iter().rev().take_while(|b| outer(b)).count();
            value(text, start + sign + 1 + front..end - back, take);
        }
        start = end + 1;
    }
}

fn value(text: &[u8], span: Range<usize>, take: &mut impl FnMut(Range<usize>, Kind)) {
    if (MIN_VALUE..=MAX_VALUE).contains(&span.len()) && std::str::from_utf8(&text[span.clone()]).is_ok() {
        take(span, Kind::Value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the marked part of a text is a candidate.
    fn takes(text: &str) -> bool {
        let (before, rest) = text.split_once('«').unwrap_or_default();
        let (inside, behind) = rest.split_once('»').unwrap_or_default();
        let plain = [before, inside, behind].concat();
        let wanted = before.len()..before.len() + inside.len();
        let mut taken = false;
        each(plain.as_bytes(), false, &[], |span, _| taken |= span == wanted);
        taken
    }

    #[test]
    fn keys_stand_in_many_ways() {
        for text in [
            "«abcd0123abcd0123»",
            "KEY=«abcd0123abcd0123»",
            "KEY=«abcd0123abcd012=»",
            "export KEY=«hunter2.hunter2»",
            "https://host.example/v1/«abcd0123abcd0123»/send",
            "https://host.example/v1/«abcd-0123/abcd_0123»?x=1",
            "a.b.c.d.«abcd0123abcd0123».e.f.g",
            "{\"key\": \"«correct horse & battery»\", \"x\": 1}",
            "key: «p@ss(word)!»\nnext: 1",
            "key = '«p@ss=word»';",
            "\"one\\n«abcd0123abcd0123»\"",
            "it's \"«p@ssword!»\"",
        ] {
            assert!(takes(text), "{text}");
        }
        assert!(!takes("abcd«0123abcd01230123»"));
    }

    #[test]
    fn long_runs_stay_cheap() {
        let text = "ab+/".repeat(50_000);
        let mut bytes = 0;
        each(text.as_bytes(), false, &[], |span, _| bytes += span.len());
        assert!(bytes < 100 * text.len(), "{bytes}");
    }
}
