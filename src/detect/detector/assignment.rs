//! Random values that are assigned to a name which says that it holds a secret: `api_key = "…"`.

use std::ops::Range;

use super::super::context::{Before, NameSays, name_says};
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
    if !says {
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
    // Unquoted words with a single separator are identifiers of a language more often than values.
    let confidence = if before.assigned && bytes.len() >= 20 { Confidence::Medium } else { Confidence::Low };
    Ok(Candidate::new(value, confidence))
}
