//! What a scan has to say, and the formats it is said in.
//!
//! A [`Report`] is plain data: findings with all their places, the rules of these findings, and what was
//! [covered](Coverage). It is complete and ordered when a format gets it; formats never filter, sort, redact or look
//! anything up. The JSON format holds everything, so that [`Report::read`] gives a report back from it.
//!
//! ```
//! use keytrail::report::Style;
//! use keytrail::{Format, Report, Scanner, Source};
//!
//! let report = Scanner::new()?.scan(Source::bytes("notes.txt", b"nothing to find here"))?;
//! let mut json = Vec::new();
//! report.write(Format::Json, &mut json)?;
//!
//! // Later, and elsewhere: the same report in another format, with colours.
//! let again = Report::read(&mut json.as_slice())?;
//! let mut text = Vec::new();
//! again.write_styled(Format::Text, &mut text, &Style { color: true, ..Style::default() })?;
//! assert!(String::from_utf8(text)?.contains("No leaked keys found"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod audit;
#[cfg(test)]
pub(crate) mod audit_sample;
mod commonmark;
pub(crate) mod csv;
pub(crate) mod format;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod history;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
pub(crate) mod markdown;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stderr)]
mod multitool;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod sarif;
pub(crate) mod text;
pub(crate) mod uri;
pub(crate) mod visible;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Artifact, Confidence, Finding, Severity};

pub use format::{Format, Style};
pub use json::{ReadError, Tool};
pub use jsonl::JsonLines;
pub use visible::line as one_line;

/// What a reader needs to know about a rule. Owned, so that a report can be read back by a later version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleInfo {
    /// Stable kebab-case id.
    pub id: String,
    /// What it finds: `GitHub personal access token (classic)`.
    pub title: String,
    /// Who issues the key: `GitHub`.
    pub provider: String,
    /// What a leaked one opens, in a sentence or two.
    pub description: String,
    /// Severity of a leak unless something else is known about the key.
    pub severity: Severity,
    /// Where or how to revoke it: an address, or a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke: Option<String>,
    /// The provider's documentation.
    pub references: Vec<String>,
    /// Number of the weakness in MITRE's CWE list: 798 (hard-coded credentials) unless the rule says otherwise.
    pub cwe: u32,
}

/// Why something was not scanned as it should have been. The order is that of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// It could not be opened or read.
    Unreadable,
    /// It is damaged: an archive that ends early, a file that is not what its header says.
    Malformed,
    /// It needs a password.
    Encrypted,
    /// It would expand beyond the limits: perhaps a bomb.
    TooLarge,
    /// keytrail itself failed on it; a defect worth reporting.
    Internal,
    /// Left out as asked or by nature: above `--max-file-size`, a socket, a device.
    Skipped,
    /// An allowance that no longer does anything: it has expired, or what it allows is gone.
    Stale,
    /// The changes that are judged loosen the check itself: they add an allowance, exclude files, or the like.
    Loosened,
}

impl NoticeKind {
    /// Whether something that should have been covered was not, which makes the scan incomplete.
    #[must_use]
    pub fn is_incomplete(self) -> bool {
        !matches!(self, NoticeKind::Skipped | NoticeKind::Stale | NoticeKind::Loosened)
    }

    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Unreadable => "unreadable",
            NoticeKind::Malformed => "malformed",
            NoticeKind::Encrypted => "encrypted",
            NoticeKind::TooLarge => "too-large",
            NoticeKind::Internal => "internal",
            NoticeKind::Skipped => "skipped",
            NoticeKind::Stale => "stale",
            NoticeKind::Loosened => "loosened",
        }
    }
}

/// Something that was skipped, or could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What it concerns; absent for the run as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
    /// What kind of problem it is.
    pub kind: NoticeKind,
    /// What happened, as a sentence without a full stop.
    pub message: String,
    /// What to do about it, where there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Files read, containers included; standard input counts as one.
    pub files: u64,
    /// Members of containers read, nested ones included.
    pub members: u64,
    /// Bytes scanned, members after expansion.
    pub bytes: u64,
    /// Objects of repositories; absent unless a history was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<Objects>,
    /// Everything that was skipped or could not be read, ordered by artifact.
    pub notices: Vec<Notice>,
}

/// Objects of the repositories whose histories were scanned: blobs, commits and tags. Each counts once, in however many
/// packs it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Objects {
    /// Objects that are there.
    pub seen: u64,
    /// Those of them that were scanned.
    pub scanned: u64,
    /// Left out because they are larger than `--max-blob-size`.
    pub skipped: u64,
    /// Objects that other objects name and that are not there.
    pub missing: u64,
    /// Objects that could not be read.
    pub damaged: u64,
    /// Bytes of the objects that were scanned, whole.
    pub bytes: u64,
    /// Whether the history ends early because a clone was shallow.
    pub shallow: bool,
}

impl Coverage {
    /// Whether everything that should have been covered was.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.notices.iter().any(|notice| notice.kind.is_incomplete())
    }
}

/// How findings compare with a baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Secrets that the baseline lists.
    pub entries: u64,
    /// Findings that it hides.
    pub known: u64,
    /// Findings that it would hide, had their entries not expired.
    pub expired: u64,
    /// Entries whose secrets were not found; 0 unless everything was scanned that could hold them.
    pub unused: u64,
}

/// The state of the repository that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionControl {
    /// Address of the `origin` remote without credentials, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Id of the commit at HEAD; absent in a repository without commits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Branch at HEAD; absent when detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The folder of the repository that relative paths of the report are relative to, with `/` separators; `.` for its
    /// top, and absent where that folder lies elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The top of the repository as paths of the report are: relative to the same folder, or absolute. Absent where
    /// that folder lies in the repository, which `folder` tells, and where the repository has no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<String>,
}

/// Everything a run has to say. Two runs over the same input make equal reports, whatever `--jobs` says, except for
/// `elapsed`, which only the text format shows.
#[derive(Clone, Debug)]
pub struct Report {
    /// Findings at or above the minimum confidence, allowed ones included, in the order of their first location.
    pub findings: Vec<Finding>,
    /// The rules of these findings, by id.
    pub rules: BTreeMap<String, RuleInfo>,
    /// How many distinct secrets were left out because their confidence is below the minimum.
    pub below_confidence: u64,
    /// That minimum.
    pub min_confidence: Confidence,
    /// What was looked at.
    pub coverage: Coverage,
    /// How the findings compare with the baseline, where one was given.
    pub baseline: Option<Comparison>,
    /// The repository, where there is one.
    pub version_control: Option<VersionControl>,
    /// Absolute path of the directory that relative paths are relative to; `file:` URIs and hyperlinks need it. Empty
    /// where it is not known: documents do not tell it.
    pub root: std::path::PathBuf,
    /// The program that looked, which is another version than this one where a report was read back.
    pub tool: json::Tool,
    /// The command as `scan`, `audit`: no arguments, they may hold anything.
    pub command: Cow<'static, str>,
    /// How the process will end: 0, 1 or 2.
    pub exit_code: u8,
    /// Wall time of the scan; zero where it is not known.
    pub elapsed: std::time::Duration,
    /// Whether `--show-secrets` was given: only then may a format show [`Finding::secret`].
    pub show_secrets: bool,
}

/// Works the fingerprints of findings out, many at once; see [`Report::identify`].
pub(crate) fn identify(findings: &[Finding]) {
    findings.par_iter().for_each(|finding| {
        let _ = finding.fingerprint.get();
    });
}

impl Report {
    /// The rule of a finding. A report always holds the rules of its findings.
    #[must_use]
    pub fn rule(&self, finding: &Finding) -> Option<&RuleInfo> {
        self.rules.get(&finding.rule)
    }

    /// Works the fingerprints of all findings out, many at once. Those of guessable values are slow by intention, and
    /// whoever shows them one by one would wait for each.
    pub fn identify(&self) {
        identify(&self.findings);
    }

    /// The exit code of a scan: 2 for one that is incomplete, whatever else it found, because what it did not find says
    /// nothing; 1 for findings of a severity or above; else 0.
    #[must_use]
    pub fn verdict(&self, fail_on: Option<Severity>, allow_incomplete: bool) -> u8 {
        let reaches = |threshold| self.open_findings().any(|finding| finding.severity >= threshold);
        if !self.coverage.is_complete() && !allow_incomplete { 2 } else { u8::from(fail_on.is_some_and(reaches)) }
    }

    /// Writes it in a format, as it looks in a file.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
        self.write_styled(format, out, &Style { now: jiff::Timestamp::now(), ..Style::default() })
    }

    /// Writes it in a format, with the look that whoever opened `out` wants: colours, width, the time of writing.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write_styled(&self, format: Format, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
        format::write(format, self, out, style)
    }

    /// Reads a report back from its document of the JSON format, of whatever `1.x` version it is; fields that are not
    /// known are passed over.
    ///
    /// The report says what the document says. A value that the document does not show is not known any more
    /// ([`Redacted::secret`](crate::secret::Redacted::secret) gives nothing), the root is empty until the caller sets
    /// it, and the time it took is zero. Text in UTF-16 with its mark is read too, since some shells write that into
    /// files.
    ///
    /// # Errors
    /// Those of `input`, and those of a document that is too large, damaged, of another version or no report at all.
    pub fn read(input: &mut dyn io::Read) -> Result<Self, ReadError> {
        json::read(input)
    }

    /// Findings that neither a comment nor the configuration allows and no baseline hides.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_open())
    }
}
