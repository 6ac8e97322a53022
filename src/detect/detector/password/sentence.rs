//! Passwords that sentences tell: `the password for staging is …`, `login as ann with password …`.

use std::ops::Range;

use super::forward::Forward;
use super::{GAP, LENS};
use crate::detect::chosen;

/// Whether a drawn value between marks follows the word in a sentence: ``user `ann`, password `…` ``.
pub(super) fn is_told_in_marks(text: &[u8], name: &Range<usize>, on: &Forward<'_>) -> bool {
    const NAMES: &[&[u8]] = &[b"password", b"Password", b"passphrase", b"pw"];
    let rest = &text[on.at + 1..(on.at + 2 + LENS.end()).min(text.len())];
    let value = memchr::memchr(b'`', rest).map_or(&rest[..0], |len| &rest[..len]);
    NAMES.contains(&&text[name.clone()]) && (chosen::is_drawn(value) || chosen::is_mixed(value))
}

/// How many bytes of `text`, which begins behind a name and a blank, only say that its value follows: `is `,
/// `for staging is `, `was changed to `. Zero when they say something else.
pub(super) fn statement_len(text: &[u8]) -> usize {
    const VERBS: &[&[u8]] = &[
        b"is: ",
        b"is ",
        b"was ",
        b"set to ",
        b"changed to ",
        b"ist ",
        b"lautet ",
        b"est ",
        b"es ",
        b"jest ",
        "è ".as_bytes(),
        "é ".as_bytes(),
        "är ".as_bytes(),
        b"er ",
        b"on ",
    ];
    let line = &text[..text.len().min(GAP)];
    let line = &line[..line
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !b" .-_'/:()".contains(b) && *b < 0x80)
        .unwrap_or(line.len())];
    // What it is for.
    let of = [
        &b"for "[..],
        b"of ",
        b"on ",
        b"to ",
        b"in ",
        b"at ",
        b"f\xc3\xbcr ",
        b"del ",
        b"de ",
        b"do ",
        b"da ",
        b"du ",
        b"pour ",
        b"van ",
        b"voor ",
        b"di ",
        b"della ",
        b"der ",
        b"von ",
        b"(",
    ]
    .iter()
    .any(|word| line.starts_with(word));
    let places = memchr::memchr_iter(b' ', line).map(|i| i + 1);
    let Some(at) = std::iter::once(0)
        .chain(places.filter(|_| of))
        .find(|&at| VERBS.iter().any(|verb| line[at..].starts_with(verb)))
    else {
        // `password for the panel: …`, `Heslo správce: …`.
        let named = |colon: &usize| {
            let words = &line[..*colon];
            let letters = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || b" ()".contains(b);
            of || words.iter().all(letters) && words.split(|b| *b == b' ').count() <= 3
        };
        let colon = memchr::memmem::find(line, b": ").filter(named);
        return colon.map_or(0, |colon| colon + 2);
    };
    let mut at = at;
    for words in [VERBS, &[b"now ", b"still ", b"currently ", b"always ", b"changed ", b"set "], &[b"to "]] {
        at += words.iter().find(|word| line[at..].starts_with(word)).map_or(0, |word| word.len());
    }
    at
}

/// Whether a bracket is open at the end of a text.
pub(super) fn has_open_bracket(text: &[u8]) -> bool {
    memchr::memchr_iter(b'(', text).count() > memchr::memchr_iter(b')', text).count()
}

/// Whether a sentence says that a password is to be used, and which: `login as ann with password …`, `use password …`.
pub(super) fn is_told_to_use(text: &[u8], name: &Range<usize>, before: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[b"password", b"passphrase", b"pass", b"pwd"];
    const FRONTS: &[&[u8]] = &[b"with", b"with the", b"use", b"Use", b"using", b"use the", b"and", b"and the"];
    let front = |word: &&[u8]| {
        before.strip_suffix(*word).is_some_and(|rest| rest.last().is_none_or(|b| !b.is_ascii_alphanumeric()))
    };
    NAMES.contains(&&text[name.clone()]) && text[..name.start].ends_with(b" ") && FRONTS.iter().any(front)
}
