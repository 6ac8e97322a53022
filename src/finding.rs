//! What a scan found: the hub between detection, which produces findings, and reports, which only render them.
//!
//! A [`Finding`] is one distinct secret with every [`Location`] where it stands. Nothing in here borrows from the
//! scanned bytes; snippets are redacted when they are made, so that a report has no way to spill what it was not given.
//!
//! ```
//! use keytrail::finding::{Artifact, Severity};
//!
//! // Where something stands, also inside of containers.
//! let artifact = Artifact::file("backup.tar").member("home.zip").member(".env");
//! assert_eq!((artifact.to_string().as_str(), artifact.innermost()), ("backup.tar!/home.zip!/.env", ".env"));
//! // Severities and confidences are ordered, for thresholds.
//! assert!(Severity::Critical > Severity::High);
//! ```

use std::cmp::Reverse;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::secret::{Identity, Redacted};

/// How much a leaked key of this kind gives away. Ordered, so that thresholds are comparisons.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing, nothing to do: a key that was revoked.
    Note,
    /// Public, test or retired keys.
    Low,
    /// One service's data or bills.
    Medium,
    /// Data or wide write access.
    High,
    /// Accounts, infrastructure, code or money.
    Critical,
}

impl Severity {
    /// The name used in reports, rule files and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure keytrail is that this is a key. Ordered, so that thresholds are comparisons.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A guess worth a look only when looking for everything.
    Low,
    /// Context and randomness speak for it.
    Medium,
    /// A distinctive prefix and shape.
    High,
    /// Verified offline (checksum, parseable private key), or it matches a key of the inventory.
    Confirmed,
}

impl Confidence {
    /// The name used in reports, rule files and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something a verified key reveals about itself: an account id, an expiry date. Never secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is, in lower case: `account`, `expires`, `key id`.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// What an offline check said about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// What was checked, as a noun phrase: `CRC-32 checksum`, `JWT structure`.
    pub what: String,
    /// What the key reveals, in a fixed order.
    pub facts: Vec<Fact>,
}

/// Where a blob of bytes comes from: a file, standard input, or a member of an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Artifact {
    /// Path with `/` separators, relative to the directory the scan was started in where it lies below it.
    pub path: String,
    /// Paths inside containers, outermost first; empty for a plain file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

impl Artifact {
    /// A plain file, or the name given to standard input.
    #[must_use]
    pub fn file(path: impl Into<String>) -> Self {
        Artifact { path: path.into(), members: Vec::new() }
    }

    /// A member of this artifact, which is a container.
    #[must_use]
    pub fn member(&self, name: impl Into<String>) -> Self {
        let mut members = self.members.clone();
        members.push(name.into());
        Artifact { path: self.path.clone(), members }
    }

    /// The innermost path: what the file name and extension are judged by.
    #[must_use]
    pub fn innermost(&self) -> &str {
        self.members.last().unwrap_or(&self.path)
    }
}

impl fmt::Display for Artifact {
    /// `path`, or `archive.zip!/inner/file` for members.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for member in &self.members {
            write!(f, "!/{member}")?;
        }
        Ok(())
    }
}

/// A point in a text. Lines and columns count from 1; columns count UTF-16 code units, as SARIF does by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in UTF-16 code units.
    pub column: u32,
}

/// The place of a secret inside its artifact, in the artifact's original bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    /// First character.
    pub start: Position,
    /// Just behind the last character.
    pub end: Position,
    /// Offset of the first byte, from 0.
    pub byte_offset: u64,
    /// Length in bytes.
    pub byte_length: u64,
}

/// The text around a secret, with every secret on these lines redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snippet {
    /// Number of the first line of `text`.
    pub first_line: u32,
    /// One to a few whole lines joined by line feeds, without a final one; very long lines are cut around the secret.
    pub text: String,
    /// The redacted secret inside `text`: byte offset of its start.
    pub start: usize,
    /// Byte offset just behind the redacted secret inside `text`.
    pub end: usize,
}

impl Snippet {
    /// The redacted secret itself, as it stands in the text.
    #[must_use]
    pub fn highlighted(&self) -> &str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Why a location is not reported as a problem: an inline comment or an entry of `keytrail.toml` allows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Allowance {
    /// The marker that was honoured, as written: `keytrail:allow`, `gitleaks:allow`; or the place of the entry.
    pub marker: String,
    /// The reason given behind it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it is an entry of `keytrail.toml` instead of a comment; `marker` then is the place of the entry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub configured: bool,
}

/// What a baseline says about a secret that it knows: someone looked at it and let it be, for now or for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// Why it may stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it is hidden: `2027-01-31`, by the calendar of Greenwich.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A commit, as reports name it. Keys in its texts are redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// Its id, in full.
    pub id: String,
    /// Who wrote it: `Name <address>`.
    pub author: String,
    /// When it was written, in RFC 3339 with the author's offset: `2026-03-01T12:00:00+01:00`.
    pub date: String,
    /// The first line of its message.
    pub subject: String,
}

/// From where in a repository a place can be reached. The order is that of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// From nothing: what was amended, force-pushed or never committed, until git prunes it.
    Unreachable,
    /// From a reflog only.
    Reflog,
    /// From a branch, a tag, the stash or another reference.
    Reference,
}

impl Reach {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Unreachable => "unreachable",
            Reach::Reflog => "reflog",
            Reach::Reference => "reference",
        }
    }
}

/// Where in a repository's history a place stands. The place stands for every version of its file that holds the
/// secret; snippet and region are those of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// Id of the object that snippet and region show: the version at HEAD where it holds the secret, else the one that
    /// introduced it.
    pub object: String,
    /// Ids of all versions that hold the secret, the oldest first; empty where there is one only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// The commit that introduced it; the earliest one where several did. Of the text of a tag, the tag. Absent for what
    /// neither holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<Commit>,
    /// The last commit that held it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Commit>,
    /// Whether the commit at HEAD still holds it at this path.
    pub at_head: bool,
    /// From where it can be reached.
    pub reach: Reach,
    /// Branches and other references whose history holds it, by their short names, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<String>,
}

/// One place where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// The file, or member of an archive.
    pub artifact: Artifact,
    /// Where inside it.
    pub region: Region,
    /// The redacted lines around it.
    pub snippet: Snippet,
    /// Keyed digest of the redacted line: recognises the place when lines are inserted above it.
    pub line_hash: String,
    /// What of a document it is: a part of a structured one, such as `cell 3` of a notebook, and the form in which a
    /// key stands there, such as `in base64`. Absent where there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Where in the history of a repository it stands; absent for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Box<History>>,
    /// What allows it, if something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Allowance>,
}

impl Location {
    /// Whether it stands in what is checked out: in the working tree, or in the commit at HEAD.
    #[must_use]
    pub fn is_at_head(&self) -> bool {
        self.history.as_ref().is_none_or(|history| history.at_head)
    }

    /// Whether its path is that of a file. What else of a repository can hold a key has a path below `.git`, such as
    /// `.git/commit/<id>/message`; git lets no commit hold a file of such a name.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.history.is_none() || !self.artifact.path.split('/').any(|segment| segment == ".git")
    }
}

/// Another half of a multi-part secret: the id of an AWS secret, the client id of a client secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The rule that recognised it.
    pub rule: String,
    /// Its role as reports name it: `id`, `client-id`, `token`.
    pub role: String,
    /// The value; shown whole only where `is_secret` is false.
    pub value: Redacted,
    /// Whether the part alone is a secret; identifiers are not and may be shown.
    pub is_secret: bool,
    /// Where it stands.
    pub location: Location,
}

impl Part {
    /// What a report shows of the value: identifiers whole, secrets redacted.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.value.secret() {
            Some(value) if !self.is_secret => String::from_utf8_lossy(value.expose()).into_owned(),
            _ => self.value.redacted().to_owned(),
        }
    }
}

/// One distinct secret and all its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule that found it; [`crate::report::Report::rules`] has the rest.
    pub rule: String,
    /// The key.
    pub secret: Redacted,
    /// Its identity: see [`Secret::fingerprint`](crate::secret::Secret::fingerprint).
    pub fingerprint: Identity,
    /// How bad this leak is.
    pub severity: Severity,
    /// How sure it is that this is a key.
    pub confidence: Confidence,
    /// What an offline check said, where there was one.
    pub verification: Option<Verification>,
    /// Remarks for the reader, as whole sentences: "The key is protected by a passphrase."
    pub notes: Vec<String>,
    /// Other halves of the same credential, found beside it.
    pub parts: Vec<Part>,
    /// Every place, in the order of path and offset; never empty.
    pub locations: Vec<Location>,
    /// What the baseline says about it, if it is one of those that the baseline hides.
    pub known: Option<Known>,
}

impl Finding {
    /// Whether it counts: neither comments nor the configuration allow it, and the baseline does not know it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.known.is_none() && !self.is_allowed()
    }

    /// Whether every place of it is allowed, by a comment or by the configuration.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.locations.iter().all(|location| location.allowed.is_some())
    }

    /// Whether the configuration allows one of its places.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        self.locations.iter().any(|place| place.allowed.as_ref().is_some_and(|allowance| allowance.configured))
    }

    /// What allows places of it: `comments`, `the configuration`, or both.
    #[must_use]
    pub fn allowed_by(&self) -> &'static str {
        let by_comment = |place: &Location| place.allowed.as_ref().is_some_and(|allowance| !allowance.configured);
        match (self.locations.iter().any(by_comment), self.is_configured()) {
            (true, true) => "comments and the configuration",
            (false, true) => "the configuration",
            _ => "comments",
        }
    }

    /// The places that count, the most important one first: those that nothing allows, or all where all are allowed. The working tree comes before HEAD, and that before the rest of the history, the most exposed part first;
    /// beyond that the order is that of path and offset.
    #[must_use]
    pub fn places(&self) -> Vec<&Location> {
        let allowed = self.is_allowed();
        let mut places: Vec<&Location> =
            self.locations.iter().filter(|location| allowed || location.allowed.is_none()).collect();
        places.sort_by_key(|place| place.history.as_ref().map(|history| (!history.at_head, Reverse(history.reach))));
        places
    }

    /// Whether one of the places that count is in the working tree or at HEAD. Otherwise it stands in the history only.
    #[must_use]
    pub fn is_at_head(&self) -> bool {
        self.places().iter().any(|place| place.is_at_head())
    }
}
