//! The logs that keytrail knows, one file each. What a file is, is told by the members of its records.
//!
//! A reader turns the text of one record into a [`Record`], or says why it is none. No message quotes a value: logs
//! hold keys more often than they should.

pub mod cloudtrail;
pub mod gcp;
pub mod github;
pub mod mapped;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::call::Record;

/// A log that is recognised by its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Events of AWS CloudTrail.
    CloudTrail,
    /// GitHub's audit log.
    GitHub,
    /// Audit logs of Google Cloud.
    Gcp,
}

impl Format {
    /// Every format.
    pub const ALL: &[Format] = &[Format::CloudTrail, Format::GitHub, Format::Gcp];

    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::CloudTrail => "aws-cloudtrail",
            Format::GitHub => "github-audit-log",
            Format::Gcp => "gcp-audit-log",
        }
    }

    /// Whose log it is, as inventories name the provider.
    #[must_use]
    pub fn provider(self) -> &'static str {
        match self {
            Format::CloudTrail => "aws",
            Format::GitHub => "github",
            Format::Gcp => "gcp",
        }
    }

    /// Whether a record with these members is of this format.
    #[must_use]
    pub fn fits(self, record: &Map<String, Value>) -> bool {
        match self {
            Format::CloudTrail => cloudtrail::fits(record),
            Format::GitHub => github::fits(record),
            Format::Gcp => gcp::fits(record),
        }
    }

    /// Reads the JSON text of a record.
    ///
    /// # Errors
    /// Why it is no record of this format: the continuation of "line 3: ".
    pub fn read(self, text: &[u8]) -> Result<Record, String> {
        match self {
            Format::CloudTrail => cloudtrail::read(text),
            Format::GitHub => github::read(text),
            Format::Gcp => gcp::read(text),
        }
    }
}

/// Whether a record with these members is a call rather than an issued key. Audit logs of GitHub are no matter here:
/// they tell of both.
#[must_use]
pub fn is_call(record: &Map<String, Value>) -> bool {
    cloudtrail::fits(record) || gcp::fits(record) || mapped::names_calls(record.keys().map(String::as_str))
}

/// Why a text is not what a reader wants. The parser's own words would quote the text.
fn refused(error: &serde_json::Error, what: &str) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            format!("a member is not of the kind that {what} has, at column {} of the record", error.column())
        }
        Category::Syntax | Category::Eof | Category::Io => "it is no JSON".to_owned(),
    }
}

/// A time in RFC 3339.
fn time(text: Option<&str>, member: &str) -> Result<Timestamp, String> {
    match text.map(str::trim) {
        None | Some("") => Err(format!("it has no `{member}`")),
        Some(text) => text.parse().map_err(|_| format!("`{member}` is no time of RFC 3339")),
    }
}
