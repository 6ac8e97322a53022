//! Where a value begins and ends in a run.

use std::ops::Range;

use crate::detect::rule::Rule;

/// The part of a run that may be a value: behind the last `=` that is no padding, without a final full stop.
pub(in crate::detect) fn value_of(run: &[u8]) -> Range<usize> {
    let padded = run.len() - run.iter().rev().take_while(|&&b| b == b'=').count();
    let start = memchr::memrchr(b'=', &run[..padded]).map_or(0, |i| i + 1);
    let padding = run.len() - padded;
    let end = if padding <= 2 { run.len() } else { padded };
    let dots = run[start..end].iter().rev().take_while(|&&b| b == b'.').count();
    start..end - dots
}

/// Length of what is left of an escape at the start of a run: `n` of `\n`, `3D` of `%3D`, `u003d` of `\u003d`.
/// A key may follow it directly. Zero when there is none.
pub(in crate::detect) fn escape_len(text: &[u8], start: usize) -> usize {
    let run = &text[start..];
    let hex = |from: usize, len: usize| run.get(from..from + len).is_some_and(|b| b.iter().all(u8::is_ascii_hexdigit));
    match start.checked_sub(1).map(|i| text[i]) {
        Some(b'\\') => match run.first() {
            Some(b'n' | b'r' | b't' | b'f' | b'b' | b'v' | b'0') => 1,
            Some(b'x') if hex(1, 2) => 3,
            Some(b'u') if hex(1, 4) => 5,
            _ => 0,
        },
        Some(b'%') if hex(0, 2) => 2,
        Some(b'[' | b';') => colour_len(text, start),
        _ => 0,
    }
}

/// Length of what is left of a sequence that sets the colours of a terminal (ECMA-48: `ESC [`, numbers, and a letter) at
/// the start of a run: `31m`. The escape is the byte itself, or as strings write it.
fn colour_len(text: &[u8], start: usize) -> usize {
    /// Numbers with what separates them.
    const NUMBERS: usize = 16;
    const ESCAPES: [&[u8]; 8] = [b"\x1b", b"\\e", b"\\E", b"\\033", b"\\x1b", b"\\x1B", b"\\u001b", b"\\u001B"];
    let before = &text[start.saturating_sub(NUMBERS)..start];
    let numbers = before.iter().rev().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    let Some(front) = text[..start - numbers].strip_suffix(b"[") else { return 0 };
    let digits = text[start..].iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let ends = text.get(start + digits).is_some_and(|b| matches!(b, b'm' | b'K' | b'J' | b'H' | b'G'));
    if ends && ESCAPES.iter().any(|escape| front.ends_with(escape)) { digits + 1 } else { 0 }
}

/// Whether a key can begin at `start`: not in the middle of a word.
pub(super) fn begins_here(text: &[u8], start: usize) -> bool {
    let Some(previous) = start.checked_sub(1).map(|i| text[i]) else { return true };
    // `%s-----BEGIN …`: no word begins with a hyphen.
    if text.get(start) == Some(&b'-') && previous != b'-' {
        return true;
    }
    // Telegram's addresses have `bot` in front of the token, and nothing in between.
    if !previous.is_ascii_alphanumeric() || previous == b't' && text[..start].ends_with(b"/bot") {
        return true;
    }
    [1, 2, 3, 4, 5].into_iter().any(|len| start > len && escape_len(text, start - len) == len)
}

/// Whether a key can end before `end`: what follows does not continue it. One that is not `open` ends earlier, since the
/// pattern asks for something behind it, and only the word that this ends with may not go on.
pub(super) fn ends_here(text: &[u8], end: usize, rule: &Rule, open: bool) -> bool {
    let Some(&next) = text.get(end).filter(|_| !rule.tail.is_empty()) else { return true };
    let in_word = end > 0 && text[end - 1].is_ascii_alphanumeric() && next.is_ascii_alphanumeric();
    !(in_word || open && rule.tail.contains(next))
}
