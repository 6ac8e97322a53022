//! The audit: what was issued, held against a policy and against what leaked.
//!
//! [`run()`] takes an [inventory](crate::inventory), a [`Policy`] and, where they were made, a [scan](Scan) and what
//! [call logs](Told) tell. It says which finding is which key, has each [`Check`] judge every key, and says where the
//! replacement of a key stands. What comes out is an [`Audit`]: plain data, without any secret, that is
//! [written](Audit::write) in a [`Format`], and read back to say what has [changed](Audit::compare).
//!
//! A check has four answers: passed, failed, not known, and does not apply. What an inventory does not say is never
//! taken for "never" or "none"; it is counted, so that an auditor sees what a pass is worth.
//!
//! ```
//! use keytrail::audit::{Audit, Format, Input, Policy, Told, run};
//! use keytrail::inventory::{Inventory, Options};
//! use keytrail::report::Style;
//!
//! // An export, of which the content tells what it is.
//! let export = "id,name,owner,status,created,last used,expires\n\
//!               17,billing,ann@example.com,active,2024-01-31,2026-06-29,never\n";
//! let mut inventory = Inventory::new(Options::default());
//! inventory.read("keys.csv", export.as_bytes());
//! inventory.finish();
//!
//! let audit = run(&Input {
//!     inventory: &inventory,
//!     policy: &Policy::default(),
//!     as_of: "2026-06-30T00:00:00Z".parse()?,
//!     scan: None,
//!     told: Told::default(),
//! });
//! let overdue = audit.findings.iter().find(|finding| finding.check == "rotation-overdue").ok_or("it is overdue")?;
//! assert!(overdue.is_open() && overdue.places[0].line == 2);
//!
//! // As a page for people, and as a document that a later audit can be compared with.
//! let (mut page, mut json) = (Vec::new(), Vec::new());
//! audit.write(Format::Markdown, &mut page, &Style::default())?;
//! audit.write(Format::Json, &mut json, &Style::default())?;
//! assert_eq!(Audit::parse(&json)?, audit);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod calls;
pub(crate) mod changes;
pub(crate) mod check;
pub(crate) mod compact;
pub(crate) mod context;
pub(crate) mod control;
pub(crate) mod exposure;
pub(crate) mod join;
pub(crate) mod policy;
pub(crate) mod public_key;
pub(crate) mod rotation;
pub(crate) mod run;
pub(crate) mod scopes;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Artifact, Commit, Fact, Reach, Severity};
pub use crate::report::json::BySeverity;
use crate::report::json::Tool;
use crate::report::{Notice, Objects, VersionControl};

pub use crate::report::audit::Format;
pub use crate::report::audit::json::{MAX_DOCUMENT, ReadError};
pub use calls::Told;
pub use check::Check;
pub use compact::{Evidence, Moment, One, Print, Shared, Text};
pub use control::{Control, Framework};
pub use policy::Policy;
pub use run::{Input, Repository, Scan, run};

use crate::report::Style;

/// Version of the document. The second number grows when something is added, the first when something changes that
/// readers may rely on.
pub(crate) const SCHEMA_VERSION: &str = "1.0";

// A field that a later `1.x` adds needs `#[serde(default)]`, here and in everything below.
/// An audit of keytrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// Version of this format: `1.0`. Readers should accept any `1.x` and ignore fields they do not know.
    pub schema_version: String,
    /// What made the audit.
    pub tool: Tool,
    /// `audit`.
    pub command: String,
    /// The moment that it speaks of, in RFC 3339: all ages are counted to it.
    pub as_of: String,
    /// How the process ended: 0 nothing at or above the threshold, 1 findings, 2 something could not be read.
    pub exit_code: u8,
    /// Whether every file and every row of a call log was read, and the scan, if there was one, covered everything.
    pub complete: bool,
    /// Counts.
    pub summary: Summary,
    /// The periods that hold for keys without an override.
    pub policy: PolicyRecord,
    /// The files of the inventory.
    pub files: Vec<FileRecord>,
    /// The call logs; empty where none was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogRecord>,
    /// What was scanned; absent where only the inventory was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanRecord>,
    /// What is wrong, the gravest first.
    pub findings: Vec<Finding>,
    /// What each check came to, in the order of their ids.
    pub checks: Vec<CheckRecord>,
    /// The controls that the checks map to, by framework.
    pub controls: Vec<ControlRecord>,
    /// Every key of the inventory, in its order.
    pub keys: Vec<KeyRecord>,
    /// What has changed since an earlier audit; absent where none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}

impl Audit {
    /// Writes it in a format.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write(&self, format: Format, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
        crate::report::audit::write(format, self, out, style)
    }

    /// Reads an audit back from its document of the JSON format, of whatever `1.x` version it is. Text in UTF-16 with
    /// its mark is read too, since some shells write that into files.
    ///
    /// # Errors
    /// When it is none, or one of a later version.
    pub fn parse(document: &[u8]) -> Result<Self, ReadError> {
        crate::report::audit::json::parse(document)
    }

    /// Reads an audit back from a file.
    ///
    /// # Errors
    /// Those of reading, and those of [`parse`](Self::parse).
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        crate::report::audit::json::read(file)
    }

    /// Says what has changed since an earlier audit, and since when open findings are known.
    pub fn compare(&mut self, previous: &Audit) {
        changes::compare(self, previous);
    }
}

/// How much there is of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Keys of the inventory.
    pub keys: u64,
    /// Keys with open findings.
    pub keys_with_findings: u64,
    /// Open findings.
    pub findings: u64,
    /// The same by severity.
    pub by_severity: BySeverity,
    /// Findings that an exception or a comment accepts.
    pub accepted: u64,
    /// Leaked keys that still work, as far as anybody knows.
    pub leaked_and_working: u64,
    /// Keys that were looked for by something that leaves no doubt, and found nowhere.
    pub searched_and_not_found: u64,
}

/// The periods of a policy, in words: `90 days`, `no limit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyRecord {
    /// The file; absent where the defaults hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A key is rotated at least so often.
    pub rotation: String,
    /// So long before a rotation is due it is announced.
    pub notice: String,
    /// A key that was not used for so long is unused.
    pub unused: String,
    /// So long an old key may work beside its successor.
    pub overlap: String,
    /// Somebody confirms at least so often that a key is needed.
    pub review: String,
    /// A key is issued for so long at most.
    pub max_life: String,
}

/// A file of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileRecord {
    /// Its path as it was given, with `/` separators.
    pub path: String,
    /// The name of its format; absent where nothing recognised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// When the export was made, where the file says so; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Records that it has.
    pub rows: u64,
    /// Records that gave keys.
    pub read: u64,
    /// Records that are no keys, and values that cannot be read.
    pub bad: u64,
    /// Records that were left out on purpose, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Whether it is known to leave keys out.
    pub incomplete: bool,
}

/// A call log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogRecord {
    /// Its path as it was given, with `/` separators.
    pub path: String,
    /// The name of its format; absent where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Rows that it has.
    pub rows: u64,
    /// Rows that are calls with a key.
    pub calls: u64,
    /// Rows that could not be read.
    pub bad: u64,
    /// Rows that were left out on purpose, by reason.
    pub left: BTreeMap<String, u64>,
    /// The time of the first row; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The time of the last row; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// What was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanRecord {
    /// Files read, containers included.
    pub files: u64,
    /// Members of containers read.
    pub members: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// Objects of repositories; absent unless a history was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<Objects>,
    /// Whether everything that should have been covered was.
    pub complete: bool,
    /// Distinct secrets that were found.
    pub secrets: u64,
    /// Distinct secrets that were too uncertain to be looked at.
    pub below_confidence: u64,
    /// Everything that was skipped or could not be read.
    pub notices: Vec<Notice>,
    /// The repository, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_control: Option<VersionControl>,
}

/// A place in a file of the inventory, or in the policy. Lines and columns count from 1; line 0 is the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file.
    #[schemars(with = "String")]
    pub path: Text,
    /// Line.
    pub line: u32,
    /// Column, in UTF-16 code units.
    pub column: u32,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The check; [`Audit::checks`] has the rest.
    #[schemars(with = "String")]
    pub check: Text,
    /// How bad it is.
    pub severity: Severity,
    /// Identity: 32 hexadecimal digits, the same for the same check and key in every audit.
    pub fingerprint: Print,
    /// The key, as [`KeyRecord::key`] names it; absent for what concerns none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub key: Option<Text>,
    /// What to call the key, or the thing, that is concerned.
    #[schemars(with = "String")]
    pub subject: Text,
    /// What is wrong, as a sentence or several.
    #[schemars(with = "String")]
    pub message: Text,
    /// What to do about it.
    #[schemars(with = "String")]
    pub remedy: Text,
    /// Numbers and names behind it, in a fixed order.
    #[serde(default, skip_serializing_if = "Shared::is_empty")]
    pub evidence: Shared<Fact>,
    /// Where it stands in the inventory or the policy, the first place first; empty for leaks that no inventory knows.
    #[serde(default, skip_serializing_if = "Shared::is_empty")]
    pub places: Shared<Place>,
    /// Where the key leaked, for checks about leaks.
    #[serde(default, skip_serializing_if = "Shared::is_empty")]
    pub leaks: Shared<LeakRecord>,
    /// Why it does not count, where something accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Box<Acceptance>>,
    /// When an audit first had it, in RFC 3339; known where an earlier audit was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub open_since: Option<Text>,
}

impl Finding {
    /// Whether nothing accepts it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.accepted.is_none()
    }
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acceptance {
    /// The reason given.
    pub reason: String,
    /// Who has accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it counts: `2026-12-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Whether a comment beside the secret accepts it, rather than the configuration or a baseline.
    pub in_source: bool,
}

/// How a finding of the scan was recognised as a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The export holds the key itself.
    Plaintext,
    /// The export has a digest of the key.
    Digest,
    /// The export has the public half of the private key, or its fingerprint.
    PublicKey,
    /// The id of the key stands in the value, or is it.
    Id,
    /// The id of the key stands beside the value, as another part of the same credential.
    IdBeside,
    /// The first and last characters agree.
    Mask,
}

impl How {
    /// In words: `by its SHA-256 or another digest`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            How::Plaintext => "the inventory holds the key itself",
            How::Digest => "the digest is that of the inventory",
            How::PublicKey => "its public half is that of the inventory",
            How::Id => "the id is that of the inventory",
            How::IdBeside => "the id beside it is that of the inventory",
            How::Mask => "its first and last characters are those of the inventory",
        }
    }
}

/// How sure it is that a finding of the scan is a certain key. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// A mask that fits several keys, or several values: it may be any of them.
    Ambiguous,
    /// A mask of a few characters that fits this key only.
    Possible,
    /// A mask of so many characters that chance is no explanation.
    Likely,
    /// An id, a digest or the key itself.
    Certain,
}

impl Certainty {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Certainty::Ambiguous => "ambiguous",
            Certainty::Possible => "possible",
            Certainty::Likely => "likely",
            Certainty::Certain => "certain",
        }
    }
}

/// A secret that the scan found, and what it has to do with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeakRecord {
    /// The rule that found it.
    pub rule: String,
    /// What it is: `AWS secret access key`.
    pub title: String,
    /// The first and last few characters.
    pub redacted: String,
    /// Its identity in reports of scans.
    pub fingerprint: String,
    /// How it was recognised; absent where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
    /// How sure that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// The commit since which it is exposed, as far as the history was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Commit>,
    /// The last commit that held it, as far as the history was scanned; absent for what is at HEAD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Commit>,
    /// Whether it stands in the working tree or at HEAD.
    pub at_head: bool,
    /// Where it stands, the most important place first; at most 20.
    pub places: Vec<LeakPlace>,
    /// How many places more there are.
    #[serde(default)]
    pub more_places: u64,
}

/// Places of a leak that are listed; the rest are counted, and a scan lists them all.
pub(crate) const MAX_PLACES: usize = 20;

/// A place of a leak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeakPlace {
    /// The file, or member of an archive.
    pub artifact: Artifact,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in UTF-16 code units.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column just behind the end.
    pub end_column: u32,
    /// Whether it is in the working tree or at HEAD.
    pub at_head: bool,
    /// The commit that brought it, where the history was scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<Commit>,
    /// From where in the history it can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRecord {
    /// Its id.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// Why that matters, in a sentence or two.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// How bad it usually is.
    pub severity: Severity,
    /// Keys or other things that it could judge: `passed` and `failed` together.
    pub judged: u64,
    /// Those that are as they should be.
    pub passed: u64,
    /// Those that are not, accepted ones included.
    pub failed: u64,
    /// Those of `failed` that something accepts.
    pub accepted: u64,
    /// Keys of which nobody can say.
    pub unknown: u64,
    /// Why nobody can, with numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_because: BTreeMap<String, u64>,
    /// The controls that it maps to: `PCI DSS v4.0.1 8.6.3`.
    pub controls: Vec<String>,
    /// Weaknesses of MITRE's CWE list.
    pub cwe: Vec<u32>,
    /// Risks of the OWASP NHI Top 10: `NHI7:2025`.
    pub owasp_nhi: Vec<String>,
}

/// Whether what maps to a control is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Something that maps to it failed and nobody has accepted it.
    Fail,
    /// Nothing failed, but of some keys nobody can say.
    Unknown,
    /// Everything was judged and nothing failed.
    Pass,
    /// Nothing in this audit says anything about it.
    NotApplicable,
}

impl Outcome {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Fail => "fail",
            Outcome::Unknown => "unknown",
            Outcome::Pass => "pass",
            Outcome::NotApplicable => "not-applicable",
        }
    }
}

/// A control that checks map to. keytrail says what maps to it, never that somebody complies with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlRecord {
    /// The framework with its version: `PCI DSS v4.0.1`.
    pub framework: String,
    /// The control: `8.6.3`.
    pub id: String,
    /// What the checks that map to it came to.
    pub outcome: Outcome,
    /// These checks.
    pub checks: Vec<String>,
    /// Judgements of these checks.
    pub judged: u64,
    /// Those that failed and are open.
    pub failed: u64,
    /// Those that failed and are accepted.
    pub accepted: u64,
    /// Those that nobody can make.
    pub unknown: u64,
    /// Fingerprints of the open findings: the evidence.
    pub findings: Evidence,
}

/// A key of the inventory, as far as an audit needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyRecord {
    /// How findings name it: provider, kind and id, or its name or place where the inventory has no id.
    #[schemars(with = "String")]
    pub key: Text,
    /// What people call it.
    #[schemars(with = "String")]
    pub label: Text,
    /// Who issued it.
    #[schemars(with = "String")]
    pub provider: Text,
    /// What kind of credential it is.
    #[schemars(with = "String")]
    pub kind: Text,
    /// Who answers for it; absent where the inventory does not say, empty where nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub owner: Option<Text>,
    /// Whether it works, as the inventory has it; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub status: Option<Text>,
    /// When its secret last changed, or it was made; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_since: Option<Moment>,
    /// When it was last used, as the inventory or call logs say: RFC 3339, or `never`; absent where neither does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Moment>,
    /// When it stops working: RFC 3339, or `never`; absent where the inventory does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Moment>,
    /// Where it stands, the first place first.
    pub places: Shared<Place>,
    /// Whether it was looked for, and what came out.
    #[schemars(with = "SearchRecord")]
    pub search: One<SearchRecord>,
    /// Where its replacement stands.
    pub rotation: RotationRecord,
    /// Fingerprints of its open findings.
    #[serde(default, skip_serializing_if = "Shared::is_empty")]
    pub findings: Shared<Print>,
}

/// How a key could be recognised in what was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Searchable {
    /// By the key itself, a digest, or an id: without doubt.
    Exactly,
    /// By its first and last characters.
    ByMask,
    /// Not at all: the inventory shows nothing of it.
    Not,
}

/// Whether a key was looked for, and what came out: evidence for an auditor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchRecord {
    /// How it could be recognised.
    pub searchable: Searchable,
    /// Whether it was found; absent where nothing was scanned, or it cannot be recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<bool>,
    /// Files and members of containers in which it was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Objects of histories (blobs, commits and tags) in which it was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
}

/// A step of a rotation. The order is that in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Decide when: nothing is due yet, or nobody knows when.
    Schedule,
    /// Make a new key.
    Generate,
    /// Put the new key in the place of the old one.
    Implement,
    /// See that nothing uses the old key any more.
    Verify,
    /// Switch the old key off.
    Revoke,
    /// It no longer works, and nothing refers to it.
    Done,
}

impl Step {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Schedule => "schedule",
            Step::Generate => "generate",
            Step::Implement => "implement",
            Step::Verify => "verify",
            Step::Revoke => "revoke",
            Step::Done => "done",
        }
    }
}

/// Where the replacement of a key stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RotationRecord {
    /// The step that is to be taken.
    pub step: Step,
    /// What to do next, as a sentence without a full stop.
    #[schemars(with = "String")]
    pub next: Text,
    /// When it is due, RFC 3339; absent where nothing says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// Whole days until it is due; negative when that is past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// The key that replaces it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub successor: Option<Text>,
    /// Places in the working tree and at HEAD that still have it: `path:line`.
    #[serde(default, skip_serializing_if = "Shared::is_empty")]
    pub referenced: Shared<String>,
    /// Failed attempts to use it; known from call logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_attempts: Option<u64>,
    /// Whether it is switched off.
    pub revoked: bool,
}

/// What has changed since an earlier audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// The moment that the earlier audit spoke of.
    pub since: String,
    /// Fingerprints of findings that it did not have.
    pub new: Vec<Print>,
    /// Findings that it had and that are open still.
    pub still_open: Vec<OpenRecord>,
    /// Findings that it had and that are gone; not announcements of rotations that are overdue by now.
    pub resolved: Vec<ResolvedRecord>,
    /// Findings that it had and that this audit did not look for, because it looked at less.
    pub not_looked_at: Vec<ResolvedRecord>,
}

/// A finding that is open still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenRecord {
    /// The finding.
    pub fingerprint: Print,
    /// When an audit first had it.
    #[schemars(with = "String")]
    pub since: Text,
    /// Whole days since then.
    pub days: i64,
}

/// A finding that an earlier audit had and this one has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedRecord {
    /// Its fingerprint.
    pub fingerprint: Print,
    /// Its check.
    #[schemars(with = "String")]
    pub check: Text,
    /// Its severity.
    pub severity: Severity,
    /// What was concerned.
    #[schemars(with = "String")]
    pub subject: Text,
    /// When an audit first had it.
    #[schemars(with = "String")]
    pub since: Text,
    /// Whole days from then to this audit: how long it was open at most.
    pub days: i64,
}
