//! Random values behind an authentication scheme of HTTP: `Authorization: Bearer …`.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::super::context::{Before, NameSays, name_says};
use super::super::placeholder;
use super::{Candidate, ends_as_value};
use crate::finding::Confidence;

/// A value behind `Bearer`, `token` and their like.
#[must_use]
pub fn token(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Option<Candidate> {
    if !ends_as_value(text, value.end) || placeholder::reason(&text[value.clone()]).is_some() {
        return None;
    }
    let named = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    let confidence = if named && value.len() >= 20 { Confidence::Medium } else { Confidence::Low };
    Some(Candidate::new(value, confidence))
}

/// A value behind `Basic`: base64 of a user and a password.
#[must_use]
pub fn basic(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Option<Candidate> {
    let bytes = &text[value.clone()];
    let decoded = STANDARD.decode(bytes).or_else(|_| STANDARD_NO_PAD.decode(bytes)).ok()?;
    let colon = decoded.iter().position(|&b| b == b':')?;
    let password = &decoded[colon + 1..];
    let readable = decoded.iter().all(|b| !b.is_ascii_control());
    if !readable || password.len() < 6 || placeholder::reason(password).is_some() {
        return None;
    }
    let named = name_says(before.name) == NameSays::Secret;
    let varied = password.iter().any(u8::is_ascii_digit) && password.iter().any(u8::is_ascii_alphabetic);
    let confidence = if named && varied { Confidence::Medium } else { Confidence::Low };
    Some(Candidate::new(value, confidence))
}
