//! Why something in a text is a finding, or is none: every candidate, with what decided about it.
//!
//! [`Scanner::explain`] goes the way of a scan and writes down what it decides.
//!
//! ```
//! use keytrail::Scanner;
//! use keytrail::explain::Outcome;
//!
//! let text = "token = \"xxxxxxxxxxxxxxxxxxxxxxxx\"\n";
//! let explanation = Scanner::new()?.explain("app.toml", text.as_bytes())?;
//! for candidate in &explanation.candidates {
//!     assert_eq!(candidate.outcome, Outcome::None);
//!     println!("line {}: {}", candidate.region.start.line, candidate.reasons.join(", "));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::Path;

use serde::Serialize;

use crate::Scanner;
use crate::detect::decode;
use crate::finding::{Artifact, Confidence, Region};
use crate::scan::{Explained, Found, Scanned, finding_of};
use crate::scanner::terms;
use crate::source::tree;

/// Texts within archives and documents are explained up to so many bytes: all of one is in memory.
const MAX_TEXT: u64 = 64 << 20;

/// How many lines a text has; an end of line at its end begins no other one.
fn lines(bytes: &[u8]) -> u32 {
    let kind = decode::classify(&bytes[..bytes.len().min(8 << 10)]);
    let view = decode::transcode(kind, bytes);
    let text = view.as_ref().map_or(bytes, |view| &view.bytes);
    let ends = memchr::memchr_iter(b'\n', text).count() + usize::from(!text.ends_with(b"\n"));
    u32::try_from(ends).unwrap_or(u32::MAX)
}

/// What becomes of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is reported.
    Finding,
    /// It is reported as allowed.
    Allowed,
    /// The baseline knows it.
    Known,
    /// It is less certain than what is reported.
    BelowConfidence,
    /// Its file or its rule is not looked at.
    Excluded,
    /// It is none.
    None,
}

impl Outcome {
    /// What it is, in a few words for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Finding => "a finding",
            Outcome::Allowed => "allowed",
            Outcome::Known => "known to the baseline",
            Outcome::BelowConfidence => "below the confidence that is reported",
            Outcome::Excluded => "excluded",
            Outcome::None => "no finding",
        }
    }
}

/// Something that may be a key, and what was decided about it.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// Where it stands.
    pub region: Region,
    /// The rule that was tried; absent where it concerns none or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The candidate, redacted.
    pub value: String,
    /// The form that it stands in, such as `in base64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// What decided, in the order in which it was asked.
    pub reasons: Vec<String>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// How certain it is, where it is a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
}

/// What a scan decides about a text.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What reports call the text.
    pub artifact: Artifact,
    /// Every candidate, in the order of their places.
    pub candidates: Vec<Candidate>,
    /// How many lines the text has.
    pub lines: u32,
    /// The other texts of the same file, such as the pages of a PDF: each is explained by its own name.
    pub others: Vec<Artifact>,
    /// Whether a scan sees more: of a notebook it reads the cells as well, joined, which are not explained.
    pub is_notebook: bool,
}

/// Why a text cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// It is an archive or a compressed file.
    #[error("it is an archive ({kind}); explain a member by the name that a scan gives it{}", listed(others))]
    Container {
        /// Of which kind: `zip`.
        kind: &'static str,
        /// What is in it.
        others: Vec<Artifact>,
    },
    /// There is no member or part of that name in it.
    #[error("there is no `{name}`{}", listed(others))]
    NoMember {
        /// The name.
        name: Artifact,
        /// What there is.
        others: Vec<Artifact>,
    },
}

/// The first of some names, behind a colon.
fn listed(names: &[Artifact]) -> String {
    const SHOWN: usize = 5;
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => String::new(),
        all if all > SHOWN => format!(": {}, and {} more", first.join(", "), all - SHOWN),
        _ => format!(": {}", first.join(", ")),
    }
}

impl Scanner {
    /// What a scan decides about each candidate in a text, and why. `name` is what reports call the text; a relative
    /// one is relative to the [folder](crate::ScannerBuilder::folder) of the scanner. All of it is in memory, with what
    /// is said about it.
    ///
    /// # Errors
    /// For containers, whose members are texts of their own: see [`explain_member`](Self::explain_member).
    pub fn explain(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<Explanation, ExplainError> {
        self.explain_member(name, &[], bytes)
    }

    /// [`explain`](Self::explain) for a member of an archive or a part of a document, by the names that reports give
    /// them from the outermost on: `["inner.zip", "app.env"]` for `outer.zip!/inner.zip!/app.env`. `bytes` are those of
    /// the whole file.
    ///
    /// # Errors
    /// Where the file has no text of that name.
    pub fn explain_member(
        &self,
        name: impl AsRef<Path>,
        members: &[&str],
        bytes: &[u8],
    ) -> Result<Explanation, ExplainError> {
        let root = self.root().unwrap_or_default();
        let path = root.join(&name);
        // Git's own objects have names, and no paths.
        let of_git = name.as_ref().starts_with(".git") && !path.exists();
        let path = if of_git { name.as_ref().to_owned() } else { path.canonicalize().unwrap_or(path) };
        let file = self.engine.named(&tree::artifact(&path, &root));
        let wanted = members.iter().fold(file.clone(), |outer, member| outer.member(*member));
        let Found { pieces, others, container } = self.engine.texts(bytes.to_vec(), &file, &wanted, MAX_TEXT);
        if pieces.is_empty() {
            return Err(match container {
                Some(kind) if members.is_empty() => ExplainError::Container { kind: kind.as_str(), others },
                _ => ExplainError::NoMember { name: wanted, others },
            });
        }
        let text = pieces.first().map_or(&[][..], |piece| &piece.bytes);
        let is_notebook = wanted.innermost().ends_with(".ipynb") && decode::notebook(text).is_some();
        let lines = pieces.iter().map(|piece| piece.start.line - 1 + lines(&piece.bytes)).max().unwrap_or(0);
        let explained = pieces.iter().flat_map(|piece| self.engine.explain(piece));
        let candidates = explained.map(|one| self.judged(one, &root)).collect();
        Ok(Explanation { artifact: wanted, candidates, lines, others, is_notebook })
    }

    /// What a scan makes of a candidate, by the same steps.
    fn judged(&self, explained: Explained, root: &Path) -> Candidate {
        let Explained { region, rule, value, form, reasons, place } = explained;
        let candidate = Candidate { region, rule, value, form, reasons, outcome: Outcome::None, confidence: None };
        let Some(place) = place else { return candidate };
        let treatment = &self.configuration.treatment;
        let artifact = place.location.artifact.clone();
        let confidence = place.confidence;
        let mut scanned = Scanned { places: vec![place], ..Scanned::default() };
        self.treat(&mut scanned, root);
        let mut reasons = Vec::new();
        let outcome = match scanned.places.pop() {
            None if treatment.is_excluded(root, &artifact) => {
                reasons.push("keytrail.toml excludes the file".to_owned());
                Outcome::Excluded
            }
            None => {
                reasons.push("keytrail.toml disables the rule in this file".to_owned());
                Outcome::Excluded
            }
            Some(place) => {
                let least = self.least(&place, root);
                let mut finding = finding_of(place, &self.engine);
                let notes = finding.notes.len();
                let _ = terms::settle(&mut finding, self.today, &|text| self.engine.redacted(text));
                reasons.extend(finding.notes.drain(notes..));
                treatment.settle(&mut finding, root, self.today);
                finding.known = self.baseline.as_ref().and_then(|known| known.baseline.known(&finding, self.today));
                let allowed = finding.locations.first().and_then(|location| location.allowed.clone());
                if confidence < least {
                    reasons.push(format!("what is less certain than {} is not reported", least.as_str()));
                    Outcome::BelowConfidence
                } else if let Some(allowed) = allowed {
                    let reason = allowed.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                    reasons.push(format!("`{}` allows it{reason}", allowed.marker));
                    Outcome::Allowed
                } else if finding.known.is_some() {
                    reasons.push("the baseline lists it".to_owned());
                    Outcome::Known
                } else {
                    Outcome::Finding
                }
            }
        };
        let reasons = candidate.reasons.into_iter().chain(reasons).collect();
        Candidate { reasons, outcome, confidence: Some(confidence), ..candidate }
    }
}
