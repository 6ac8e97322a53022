//! Random values that are assigned to a name which says that it holds a secret: `api_key = "…"`.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::chosen;
use super::super::context::{self, Before, NameSays, name_says};
use super::super::placeholder;
use super::{Candidate, ends_as_value};
use crate::finding::Confidence;

/// Judges a value that looks random by the name in front of it.
///
/// # Errors
/// Why it is no candidate.
pub fn judge(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Result<Candidate, &'static str> {
    let bytes = &text[value.clone()];
    if !before.assigned && !before.name.starts_with(b"-") && before.name.is_empty() {
        return Err("it looks random, but is not assigned to a name");
    }
    let says = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    let said = says
        || before.is_key_of_query(text)
        || before.assigned
            && bytes.len() >= 20
            && !before.name.is_empty()
            && (before.is_constant_key() && !is_uuid(bytes)
                || before.name.eq_ignore_ascii_case(b"api")
                || context::under_secrets(text, value.start));
    if !said {
        return Err("it looks random, but the name in front does not say that it is a secret");
    }
    if !ends_as_value(text, value.end) {
        return Err("it is a call, a reference or a piece of something longer");
    }
    if let Some(reason) = placeholder::reason(bytes) {
        return Err(reason);
    }
    // `token = crypto.randomBytes16`: a reference, which an unquoted value with dots is.
    if !before.quoted && bytes.contains(&b'.') && bytes.iter().filter(|b| b.is_ascii_digit()).count() < 4 {
        return Err("it is not quoted and has dots, as a reference to something else has");
    }
    // Jenkins asks for what it keeps under a name or a UUID.
    let quote = value.start - usize::from(before.quoted);
    if before.quoted && text[..quote].ends_with(b"credentials(") {
        return Err("it names credentials that are kept elsewhere");
    }
    if is_path(bytes) {
        return Err("it is the path of a file");
    }
    // What Sealed Secrets writes: the length of a wrapped key of 2,048 or 4,096 bits, and what that key encrypts.
    if bytes.len() > 300 && bytes.starts_with(b"Ag") {
        return Err("it is encrypted for a cluster, as a sealed secret");
    }
    if is_base64_of_words(bytes) {
        return Err("it is the base64 of a usual word or a name");
    }
    // Identifiers of a language are neither quoted nor alone on their lines, and hardly one has several digits.
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let alone = digits >= 2 && text.get(value.end).is_none_or(|b| matches!(b, b'\n' | b'\r' | b'<' | b' ' | b'&'));
    let given = before.assigned || before.quoted || alone && before.is_announced(text);
    let sure = given
        && !context::is_in_manual(text, value.start)
        && (bytes.len() >= 20 || before.quoted || alone && before.assigned);
    Ok(Candidate::new(value, if sure { Confidence::Medium } else { Confidence::Low }))
}

/// Whether it is base64, and what is encoded was not drawn by chance.
fn is_base64_of_words(value: &[u8]) -> bool {
    STANDARD.decode(value).is_ok_and(|text| {
        let word = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@' | b' ');
        text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') && (text.iter().all(word) || chosen::is_usual(&text))
    })
}

/// Whether it has the form of a UUID, which most often is an id.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36 && [8, 13, 18, 23].iter().all(|&i| value[i] == b'-')
}

/// `/static/js/token.a79d8e4f.js`.
fn is_path(value: &[u8]) -> bool {
    let ending = value.iter().rev().position(|&b| b == b'.').unwrap_or(0);
    matches!(ending, 2..=5)
        && value.contains(&b'/')
        && value[value.len() - ending..].iter().all(u8::is_ascii_alphanumeric)
}
