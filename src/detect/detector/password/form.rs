//! Forms that passwords have: groups, numbers, sentences, letters with accents.

use std::ops::Range;

use crate::detect::context::REACH_AFTER;
use crate::detect::{chosen, placeholder};

/// Whether a setting is set to some words with blanks between them, where no message stands: `PASSPHRASE="four little
/// ducks swim"`, and neither `password: "…"` of a form nor an attribute of HTML. A `passPhrase = "…"` of code is, too.
pub(super) fn is_set_to_a_sentence(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> bool {
    let front = &text[name.start.saturating_sub(REACH_AFTER)..name.start];
    let line = memchr::memrchr(b'\n', front).map_or(front, |at| &front[at + 1..]);
    let sign = &text[name.end.min(span.start)..span.start];
    let phrase = || text[name.clone()].to_ascii_lowercase().ends_with(b"phrase");
    (matches!(sign, b"=\"" | b"='") || matches!(sign, b" = \"" | b" = '") && phrase())
        && !line.contains(&b'<')
        && chosen::is_sentence(&text[span.clone()])
}

/// `Vergessen?`: one word as sentences begin with it.
pub(super) fn is_label(value: &[u8]) -> bool {
    let word = value.strip_suffix(b"?").or_else(|| value.strip_suffix(b".")).unwrap_or(value);
    word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase)
}

/// The value with a plain letter for each that has an accent; `None` where there is none, or any other character.
pub(super) fn without_accents(value: &[u8]) -> Option<Vec<u8>> {
    if value.is_ascii() {
        return None;
    }
    // Latin letters: up to the end of Latin Extended-B.
    let plain = |c: char| match c {
        c if c.is_ascii() => Some(c as u8),
        c if c.is_alphabetic() && (c as u32) < 0x250 => Some(if c.is_uppercase() { b'E' } else { b'e' }),
        _ => None,
    };
    std::str::from_utf8(value).ok()?.chars().map(plain).collect()
}

/// `abcd efgh ijkl mnop`, as Google writes the passwords of applications: four groups of four small letters that no words
/// are made of.
pub(super) fn is_in_groups(value: &[u8]) -> bool {
    let groups = || value.split(|&b| b == b' ');
    value.len() == 19
        && groups().all(|group| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase))
        && chosen::is_drawn(&groups().collect::<Vec<_>>().concat())
        && placeholder::reason(&groups().collect::<Vec<_>>().concat()).is_none()
}

/// Whether a value with one blank in it, or two, was drawn by chance all the same: sentences have more of them.
pub(super) fn is_drawn_with_a_blank(value: &[u8]) -> bool {
    let blanks = value.iter().filter(|b| **b == b' ').count();
    let others: Vec<u8> = value.iter().copied().filter(|b| *b != b' ').collect();
    blanks <= 2
        && !value.starts_with(b" ")
        && !value.ends_with(b" ")
        && others.iter().all(u8::is_ascii_graphic)
        && chosen::is_mixed(&others)
        && chosen::is_drawn_with_marks(&others)
}

/// Digits alone, as the stickers of routers have them: no sequence, and hardly a date.
pub(super) fn is_number_of_no_order(value: &[u8]) -> bool {
    let mut digits: Vec<u8> = value.to_vec();
    digits.sort_unstable();
    digits.dedup();
    value.iter().all(u8::is_ascii_digit)
        && digits.len() >= 5
        && placeholder::reason(value).is_none()
        && !(value.len() == 8 && (value.starts_with(b"19") || value.starts_with(b"20")))
}
