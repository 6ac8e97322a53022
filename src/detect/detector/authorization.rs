//! Random values behind an authentication scheme of HTTP: `Authorization: Bearer …`.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::super::context::{self, Before, NameSays, name_says};
use super::super::{chosen, entropy, placeholder};
use super::{Candidate, ends_as_value};
use crate::finding::Confidence;

/// A value behind `Bearer`, `token` and their like.
///
/// # Errors
/// Why it is no candidate.
pub fn token(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Result<Candidate, &'static str> {
    if !ends_as_value(text, value.end) {
        return Err("it is a call, a reference or a piece of something longer");
    }
    if let Some(reason) = placeholder::reason(&text[value.clone()]) {
        return Err(reason);
    }
    let named = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    let sure =
        (named || is_whole_literal(text, &value)) && value.len() >= 20 && !context::is_in_manual(text, value.start);
    let confidence = if sure { Confidence::Medium } else { Confidence::Low };
    Ok(Candidate::new(value, confidence))
}

/// Whether scheme and value are all that a literal has, whatever it is given to: `"Bearer VALUE"`.
fn is_whole_literal(text: &[u8], value: &Range<usize>) -> bool {
    const SCHEMES: &[&[u8]] = &[b"bearer", b"api-key", b"apikey", b"basic"];
    let front = text[..value.start].trim_ascii_end();
    SCHEMES.iter().any(|scheme| {
        let Some((front, written)) = front.split_at_checked(front.len().saturating_sub(scheme.len())) else {
            return false;
        };
        written.eq_ignore_ascii_case(scheme)
            && front.last().is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'))
            && text.get(value.end) == front.last()
    })
}

/// Whether a value is a key of letters and digits, and no base64 of text.
fn is_key(value: &[u8]) -> bool {
    value.len() >= 32
        && value.iter().all(u8::is_ascii_alphanumeric)
        && entropy::looks_random(value)
        && !STANDARD_NO_PAD.decode(value).is_ok_and(|text| text.iter().all(|b| b.is_ascii_graphic() || *b == b' '))
}

/// A value behind `Basic`: base64 of a user and a password, or a key in place of these, as some services ask for.
///
/// # Errors
/// Why it is no candidate.
pub fn basic(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Result<Candidate, &'static str> {
    const NEITHER: &str = "it is not the base64 of a user and a password";
    let bytes = &text[value.clone()];
    let named = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    if named && is_key(bytes) && ends_as_value(text, value.end) && placeholder::reason(bytes).is_none() {
        let manual = context::is_in_manual(text, value.start);
        return Ok(Candidate::new(value, if manual { Confidence::Low } else { Confidence::Medium }));
    }
    let decoded = STANDARD.decode(bytes).or_else(|_| STANDARD_NO_PAD.decode(bytes)).map_err(|_| NEITHER)?;
    let colon = decoded.iter().position(|&b| b == b':').ok_or(NEITHER)?;
    let password = &decoded[colon + 1..];
    let readable = decoded.iter().all(|b| !b.is_ascii_control());
    if !readable || password.len() < 6 {
        return Err(NEITHER);
    }
    if let Some(reason) = placeholder::reason(password) {
        return Err(reason);
    }
    let varied = password.iter().any(u8::is_ascii_digit) && password.iter().any(u8::is_ascii_alphabetic);
    let whole =
        || is_whole_literal(text, &value) && !chosen::is_usual(password) && !context::is_in_manual(text, value.start);
    let confidence = if varied && (named || whole()) { Confidence::Medium } else { Confidence::Low };
    Ok(Candidate::new(value, confidence))
}
