//! Detectors: what is a key but no pattern. One file each; a rule names one with `detector = "…"`.

use std::borrow::Cow;
use std::ops::Range;

use crate::finding::Confidence;

pub mod assignment;
pub mod authorization;
pub mod authorization_basic;
pub mod password;
pub mod uri;

/// Names of the detectors, as rule files have them.
pub const NAMES: &[&str] = &["assignment", "authorization", "authorization-basic", "password", "uri"];

/// What a detector found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The secret.
    pub span: Range<usize>,
    /// How sure this is.
    pub confidence: Confidence,
    /// Remarks for the reader.
    pub notes: Vec<Cow<'static, str>>,
    /// What it says, where entities of markup stand in it.
    pub plain: Option<Vec<u8>>,
}

impl Candidate {
    fn new(span: Range<usize>, confidence: Confidence) -> Self {
        Candidate { span, confidence, notes: Vec::new(), plain: None }
    }
}

/// Whether the bytes behind a value leave it a value: not a call, not a reference, not a piece of something longer.
fn ends_as_value(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        None => true,
        Some(b) => !matches!(b, b'(' | b'[' | b'{' | b'$' | b'@' | b'*' | b'%' | b'#' | b'~' | b'^' | b':'),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_is_a_detector() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/detector");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.replace('_', "-")))
            .filter(|stem| stem != "mod")
            .collect();
        files.sort();
        // A folder has parts of the detector of its name.
        files.dedup();
        assert_eq!(files, super::NAMES);
    }
}
