//! Random values that are assigned to a name which says that it holds a secret: `api_key = "…"`.

use std::ops::Range;

use super::super::context::{Before, NameSays, name_says};
use super::super::placeholder;
use super::{Candidate, ends_as_value};
use crate::finding::Confidence;

/// Judges a value that looks random by the name in front of it.
#[must_use]
pub fn judge(text: &[u8], before: &Before<'_>, value: Range<usize>) -> Option<Candidate> {
    let bytes = &text[value.clone()];
    if !before.assigned && !before.name.starts_with(b"-") && before.name.is_empty() {
        return None;
    }
    let says = [before.name, before.outer].into_iter().any(|name| name_says(name) == NameSays::Secret);
    if !says || !ends_as_value(text, value.end) || placeholder::reason(bytes).is_some() {
        return None;
    }
    // `token = crypto.randomBytes16`: a reference, which an unquoted value with dots is.
    if !before.quoted && bytes.contains(&b'.') && bytes.iter().filter(|b| b.is_ascii_digit()).count() < 4 {
        return None;
    }
    // Unquoted words with a single separator are identifiers of a language more often than values.
    let confidence = if before.assigned && bytes.len() >= 20 { Confidence::Medium } else { Confidence::Low };
    Some(Candidate::new(value, confidence))
}
