//! The JSON format: one document with everything a report holds, described by `docs/report.schema.json`.
//!
//! The types below are that schema, and [`read`] makes a report of a document again, so that it can be written in any
//! other format. There are no times of the run and no absolute paths of the machine in it, so that equal scans give
//! equal documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
#[cfg(test)]
use schemars::{Schema, schema_for};
use serde::{Deserialize, Serialize};

use super::format::Style;
use super::text::number;
use super::{Comparison, Coverage, Report, RuleInfo, VersionControl, visible};
use crate::finding::{Confidence, Finding, Known, Location, Part, Severity, Verification};
use crate::secret::{Fingerprint, NoFingerprint, Redacted, Secret};

/// Version of the document. The second number grows when something is added, the first when something changes that
/// readers may rely on.
pub const SCHEMA_VERSION: &str = "1.1";

// A field that a later `1.x` adds needs `#[serde(default)]`, here and in everything below: documents of earlier versions
// do not have it.
/// A report of keytrail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Version of this format: `1.1`. Readers should accept any `1.x` and ignore fields they do not know.
    pub schema_version: String,
    /// What wrote the report.
    pub tool: Tool,
    /// The command, without its arguments: `scan`.
    pub command: String,
    /// How the process ended: 0 nothing at or above the threshold, 1 findings, 2 something went wrong or the scan is
    /// incomplete.
    pub exit_code: u8,
    /// Whether everything that should have been covered was; `coverage.notices` says what was not.
    pub complete: bool,
    /// Counts.
    pub summary: Summary,
    /// What was looked at.
    pub coverage: Coverage,
    /// How the findings compare with the baseline, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Comparison>,
    /// The repository, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_control: Option<VersionControl>,
    /// The rules of the findings, ordered by id.
    pub rules: Vec<RuleInfo>,
    /// One entry per distinct secret, in the order of their first location.
    pub findings: Vec<FindingRecord>,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `keytrail`.
    pub name: String,
    /// Its version: `0.1.0`.
    pub version: String,
}

impl Tool {
    /// This program.
    #[must_use]
    pub fn current() -> Self {
        Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// How many findings of what kind there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Distinct secrets that neither a comment nor the configuration allows and no baseline hides.
    pub findings: u64,
    /// The same by severity.
    pub by_severity: BySeverity,
    /// Those of them that stand in the working tree or in the commit at HEAD.
    pub at_head: u64,
    /// Those of them that stand in the history only.
    pub in_history_only: u64,
    /// Files with such findings, by path; members of a container count as the container.
    pub files: u64,
    /// Distinct secrets that are allowed in every place, by comments or by the configuration.
    pub allowed: u64,
    /// Those of them that the configuration allows, in one place at least.
    #[serde(default)]
    pub allowed_by_configuration: u64,
    /// Distinct secrets that the baseline hides.
    #[serde(default)]
    pub known: u64,
    /// Distinct secrets left out because their confidence is below the minimum.
    pub below_confidence: u64,
    /// That minimum.
    pub min_confidence: Confidence,
}

/// A count for each severity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BySeverity {
    /// Findings of severity `critical`.
    pub critical: u64,
    /// Findings of severity `high`.
    pub high: u64,
    /// Findings of severity `medium`.
    pub medium: u64,
    /// Findings of severity `low`.
    pub low: u64,
    /// Findings of severity `note`.
    pub note: u64,
}

impl BySeverity {
    /// The count of one severity.
    pub fn of(&mut self, severity: Severity) -> &mut u64 {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Note => &mut self.note,
        }
    }
}

impl Summary {
    /// Counts the findings of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let (mut findings, mut at_head, mut by_severity, mut files) = (0, 0, BySeverity::default(), BTreeSet::new());
        for finding in report.open_findings() {
            findings += 1;
            at_head += u64::from(finding.is_at_head());
            *by_severity.of(finding.severity) += 1;
            let places = finding.places().into_iter().filter(|place| place.is_file());
            files.extend(places.map(|place| place.artifact.path.as_str()));
        }
        let allowed = || report.findings.iter().filter(|finding| finding.known.is_none() && finding.is_allowed());
        Summary {
            findings,
            by_severity,
            at_head,
            in_history_only: findings - at_head,
            files: files.len() as u64,
            allowed: allowed().count() as u64,
            allowed_by_configuration: allowed().filter(|finding| finding.is_configured()).count() as u64,
            known: report.findings.iter().filter(|f| f.known.is_some()).count() as u64,
            below_confidence: report.below_confidence,
            min_confidence: report.min_confidence,
        }
    }

    /// Distinct secrets that comments alone allow.
    #[must_use]
    pub fn allowed_by_comments(&self) -> u64 {
        self.allowed.saturating_sub(self.allowed_by_configuration)
    }

    /// How many are allowed by what: `3 allowed by comments`, `2 allowed by the configuration`.
    #[must_use]
    pub fn allowances(&self) -> Vec<String> {
        [(self.allowed_by_comments(), "comments"), (self.allowed_by_configuration, "the configuration")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, by)| format!("{} allowed by {by}", number(count)))
            .collect()
    }
}

/// A value in the clear; written only on `--show-secrets`, or for an identifier that is no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Value {
    /// The value, if it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value in base64 (RFC 4648, section 4, padded), if it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_base64: Option<String>,
}

impl Value {
    fn of(secret: &Redacted, show: bool) -> Self {
        let Some(secret) = secret.secret().filter(|_| show) else { return Value::default() };
        match std::str::from_utf8(secret.expose()) {
            Ok(text) => Value { value: Some(text.to_owned()), value_base64: None },
            Err(_) => Value { value: None, value_base64: Some(STANDARD.encode(secret.expose())) },
        }
    }

    fn secret(self) -> Result<Option<Secret>, base64::DecodeError> {
        match self {
            Value { value: Some(text), .. } => Ok(Some(Secret::new(text.into_bytes()))),
            Value { value_base64: Some(code), .. } => STANDARD.decode(code).map(|bytes| Some(Secret::new(bytes))),
            Value { value: None, value_base64: None } => Ok(None),
        }
    }
}

/// What is known of one distinct secret, its places aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyRecord {
    /// Identity of the secret: 32 hexadecimal digits, the same in every clone, line and file.
    pub fingerprint: String,
    /// Id of the rule that found it.
    pub rule: String,
    /// How bad this leak is.
    pub severity: Severity,
    /// How sure it is that this is a key.
    pub confidence: Confidence,
    /// The first and last few characters of the value.
    pub redacted: String,
    /// The value, on `--show-secrets`.
    #[serde(flatten)]
    pub value: Value,
    /// What an offline check said, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
    /// Remarks, as whole sentences.
    pub notes: Vec<String>,
    /// Other halves of the same credential.
    pub parts: Vec<PartRecord>,
    /// What the baseline says about it, if that hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

impl KeyRecord {
    /// The record of a finding, with the values in the clear if `show_secrets` says so.
    #[must_use]
    pub fn of(finding: &Finding, show_secrets: bool) -> Self {
        KeyRecord {
            fingerprint: finding.fingerprint.to_string(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            redacted: finding.secret.redacted().to_owned(),
            value: Value::of(&finding.secret, show_secrets),
            verification: finding.verification.clone(),
            notes: finding.notes.clone(),
            parts: finding.parts.iter().map(|part| PartRecord::of(part, show_secrets)).collect(),
            known: finding.known.clone(),
        }
    }
}

/// One distinct secret and all its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRecord {
    /// The secret.
    #[serde(flatten)]
    pub key: KeyRecord,
    /// Whether comments or the configuration allow it in every place.
    pub allowed: bool,
    /// Every place, in the order of path and offset.
    pub locations: Vec<Location>,
}

/// Another half of a multi-part secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartRecord {
    /// Id of the rule that recognised it.
    pub rule: String,
    /// Its role: `id`, `client-id`, `token`.
    pub role: String,
    /// Whether it is a secret by itself.
    pub is_secret: bool,
    /// The first and last few characters of the value.
    pub redacted: String,
    /// The value, if it is no secret or on `--show-secrets`.
    #[serde(flatten)]
    pub value: Value,
    /// Where it stands.
    pub location: Location,
}

impl PartRecord {
    fn of(part: &Part, show_secrets: bool) -> Self {
        PartRecord {
            rule: part.rule.clone(),
            role: part.role.clone(),
            is_secret: part.is_secret,
            redacted: part.value.redacted().to_owned(),
            value: Value::of(&part.value, show_secrets || !part.is_secret),
            location: part.location.clone(),
        }
    }
}

impl Document {
    /// The document of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let record = |finding: &Finding| FindingRecord {
            key: KeyRecord::of(finding, report.show_secrets),
            allowed: finding.is_allowed(),
            locations: finding.locations.clone(),
        };
        Document {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: report.tool.clone(),
            command: report.command.to_string(),
            exit_code: report.exit_code,
            complete: report.coverage.is_complete(),
            summary: Summary::of(report),
            coverage: report.coverage.clone(),
            baseline: report.baseline,
            version_control: report.version_control.clone(),
            rules: report.rules.values().cloned().collect(),
            findings: report.findings.iter().map(record).collect(),
        }
    }
}

/// The JSON schema of [`Document`] (draft 2020-12), which `docs/report.schema.json` publishes.
#[cfg(test)]
fn schema() -> Schema {
    let mut schema = schema_for!(Document);
    schema.insert(
        "$id".to_owned(),
        "https://raw.githubusercontent.com/keytrail/keytrail/main/docs/report.schema.json".into(),
    );
    schema.insert("title".to_owned(), "keytrail report".into());
    schema
}

/// Writes the report as indented JSON and a line feed.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    write_pretty(&Document::of(report), out)
}

/// The largest document that [`read`] takes, in bytes: some hundred thousand findings.
pub const MAX_DOCUMENT: u64 = 1 << 30;

/// Why a document gives no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be read.
    #[error("the report cannot be read")]
    Io(#[from] io::Error),
    /// It is larger than 1 GiB.
    #[error("the report is larger than {} MiB", MAX_DOCUMENT >> 20)]
    TooLarge,
    /// It starts with the mark of an encoding, and its text is not of that encoding.
    #[error("the report is not valid {0}")]
    Encoding(&'static str),
    /// It is no JSON, or a field is missing or of another type than it should be.
    // It says all that there is to say, so that it is no source: whoever shows sources would say it twice.
    #[error("the report is damaged: {0}")]
    Json(serde_json::Error),
    /// It is JSON, and something else than a report.
    #[error("this is no JSON report of keytrail: {0}")]
    Foreign(&'static str),
    /// It is the document of an audit, which [`Audit::parse`](crate::audit::Audit::parse) reads.
    #[error("this is a report of `keytrail audit`, and not of a scan")]
    Audit,
    /// Its version is not `1.x`.
    #[error("the report is of version {0}, and this version of keytrail reads 1.x")]
    Version(String),
    /// A field has a value that it cannot have.
    #[error("the report is damaged: `{path}`: {problem}")]
    Field {
        /// Where in the document: `findings[3].fingerprint`.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// What [`Report::read`] does.
pub fn read(input: &mut dyn io::Read) -> Result<Report, ReadError> {
    let mut bytes = Vec::new();
    if input.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes)? as u64 > MAX_DOCUMENT {
        return Err(ReadError::TooLarge);
    }
    let text = text(&bytes).map_err(ReadError::Encoding)?;
    check_version(&text)?;
    report(serde_json::from_str(&text).map_err(ReadError::Json)?)
}

/// The text of a document, which is UTF-8 or says by its mark what it is; else the name of the encoding that it is not.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
            text.ok_or(encoding.name())
        }
        None => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| "UTF-8"),
    }
}

/// Looks at the first value of a text only, so that other formats of this program are recognised.
fn check_version(text: &str) -> Result<(), ReadError> {
    #[derive(Deserialize)]
    struct Probe {
        schema_version: Option<String>,
        command: Option<String>,
        r#type: Option<String>,
        runs: Option<serde::de::IgnoredAny>,
    }
    let probe = match serde_json::Deserializer::from_str(text).into_iter::<Probe>().next() {
        Some(Ok(probe)) => probe,
        Some(Err(error)) if error.is_data() => return Err(ReadError::Foreign("it has no `schema_version`")),
        Some(Err(error)) => return Err(ReadError::Json(error)),
        None => return Err(ReadError::Foreign("it is empty")),
    };
    match probe {
        Probe { r#type: Some(_), .. } => Err(ReadError::Foreign("it looks like JSON Lines")),
        Probe { runs: Some(_), .. } => Err(ReadError::Foreign("it looks like SARIF")),
        Probe { schema_version: None, .. } => Err(ReadError::Foreign("it has no `schema_version`")),
        Probe { command: Some(command), .. } if command == "audit" => Err(ReadError::Audit),
        Probe { schema_version: Some(version), .. } => match version.split_once('.') {
            Some(("1", _)) => Ok(()),
            _ => Err(ReadError::Version(version)),
        },
    }
}

fn report(document: Document) -> Result<Report, ReadError> {
    let show_secrets = document.findings.iter().any(|finding| finding.key.value != Value::default());
    let findings = document.findings.into_iter().enumerate();
    Ok(Report {
        findings: findings.map(|(index, record)| finding(index, record)).collect::<Result<_, _>>()?,
        rules: document.rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect::<BTreeMap<_, _>>(),
        below_confidence: document.summary.below_confidence,
        min_confidence: document.summary.min_confidence,
        coverage: document.coverage,
        baseline: document.baseline,
        version_control: document.version_control,
        root: PathBuf::new(),
        tool: document.tool,
        command: document.command.into(),
        exit_code: document.exit_code,
        elapsed: Duration::ZERO,
        show_secrets,
    })
}

fn finding(index: usize, record: FindingRecord) -> Result<Finding, ReadError> {
    let path = format!("findings[{index}]");
    let wrong = |field: &str, problem| ReadError::Field { path: format!("{path}.{field}"), problem };
    let secret = |field: &str, shown, value: Value| match value.secret() {
        Ok(secret) => Ok(Redacted::told(shown, secret)),
        Err(_) => Err(wrong(field, "it is not base64")),
    };
    if record.locations.is_empty() {
        return Err(wrong("locations", "there is none"));
    }
    let starts = record.locations.iter().chain(record.key.parts.iter().map(|part| &part.location));
    for position in starts.flat_map(|location| [location.region.start, location.region.end]) {
        if position.line == 0 || position.column == 0 {
            return Err(wrong("locations", "lines and columns count from 1"));
        }
    }
    let key = record.key;
    let mut parts = Vec::with_capacity(key.parts.len());
    for part in key.parts {
        let value = secret("parts.value_base64", part.redacted, part.value)?;
        parts.push(Part {
            rule: part.rule,
            role: part.role,
            value,
            is_secret: part.is_secret,
            location: part.location,
        });
    }
    let fingerprint: Fingerprint = key
        .fingerprint
        .parse()
        .map_err(|NoFingerprint| wrong("fingerprint", "it has to have 32 hexadecimal digits"))?;
    Ok(Finding {
        rule: key.rule,
        secret: secret("value_base64", key.redacted, key.value)?,
        fingerprint: fingerprint.into(),
        severity: key.severity,
        confidence: key.confidence,
        verification: key.verification,
        notes: key.notes,
        parts,
        locations: record.locations,
        known: key.known,
    })
}

/// Writes any value as indented JSON of visible characters, and a line feed.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    // A serializer writes every word on its own, and no document is held as a whole: it may have gigabytes.
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Visible::default()))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The pretty layout of [`serde_json`], with hidden characters as escapes.
#[derive(Default)]
struct Visible<'i>(serde_json::ser::PrettyFormatter<'i>);

macro_rules! as_pretty {
    ($($method:ident($($argument:ident: $type:ty)?);)+) => {
        $(fn $method<W: ?Sized + io::Write>(&mut self, out: &mut W $(, $argument: $type)?) -> io::Result<()> {
            self.0.$method(out $(, $argument)?)
        })+
    };
}

impl serde_json::ser::Formatter for Visible<'_> {
    as_pretty! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    /// A stretch of a string in which nothing has to be escaped as far as JSON is concerned.
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        out.write_all(visible::json(fragment).as_bytes())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::report::format::{self, Format};
    use crate::report::sample;

    fn text(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        for (name, report) in [("full", sample::full()), ("historic", sample::historic())] {
            insta::assert_snapshot!(name, text(&report).replace(env!("CARGO_PKG_VERSION"), "[version]"));
        }
    }

    #[test]
    fn documents_can_be_read_back() {
        for show_secrets in [false, true] {
            let report = Report { show_secrets, ..sample::full() };
            let document: Document = serde_json::from_str(&text(&report)).unwrap();
            assert_eq!(document, Document::of(&report));
        }
    }

    fn again(report: &Report) -> Report {
        read(&mut text(report).as_bytes()).unwrap()
    }

    #[test]
    fn a_report_that_was_read_back_writes_the_same() {
        let shown = Report { show_secrets: true, ..sample::full() };
        for report in [sample::empty(), sample::many(3), sample::full(), sample::historic(), sample::baselined(), shown]
        {
            let report = Report { elapsed: Duration::ZERO, ..report };
            let back = Report { root: report.root.clone(), ..again(&report) };
            assert_eq!(back.show_secrets, report.show_secrets);
            for &format in Format::ALL {
                let [before, after] = [&report, &back].map(|report| {
                    let mut out = Vec::new();
                    format::write(format, report, &mut out, &Style::default()).unwrap();
                    String::from_utf8(out).unwrap()
                });
                assert_eq!(before, after, "{}", format.as_str());
            }
        }
    }

    #[test]
    fn what_a_document_does_not_show_is_not_known() {
        let report = again(&sample::full());
        assert!(report.findings.iter().all(|finding| finding.secret.secret().is_none()));
        let parts: Vec<_> = report.findings.iter().flat_map(|finding| &finding.parts).collect();
        assert_eq!(parts.iter().map(|part| part.value.secret().is_some()).collect::<Vec<_>>(), [true, false]);
        assert_eq!(report.root, PathBuf::new());
    }

    #[test]
    fn later_versions_and_other_encodings_are_read() {
        let document = text(&sample::historic());
        let later = document
            .replacen("\"1.1\"", "\"1.17\"", 1)
            .replace("\"fingerprint\"", "\"colour\": {\"a\": [1]}, \"fingerprint\"")
            .replace("\"snippet\"", "\"shape\": null, \"snippet\"");
        assert_eq!(text(&read(&mut later.as_bytes()).unwrap()), document);
        let mut wide = vec![0xff, 0xfe];
        wide.extend(document.encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(text(&read(&mut wide.as_slice()).unwrap()), document);
        let marked = format!("\u{feff}{document}");
        assert_eq!(text(&read(&mut marked.as_bytes()).unwrap()), document);
    }

    #[test]
    fn what_is_no_report_is_refused_with_a_reason() {
        let document = text(&sample::many(2));
        let change = |from: &str, to: &str| {
            assert!(document.contains(from), "{from}");
            document.replacen(from, to, 1).into_bytes()
        };
        let mut locations: serde_json::Value = serde_json::from_str(&document).unwrap();
        locations["findings"][1]["locations"] = serde_json::json!([]);
        let print = sample::many(2).findings[0].fingerprint.to_string();
        let written = |format| {
            let mut out = Vec::new();
            format::write(format, &sample::many(1), &mut out, &Style::default()).unwrap();
            out
        };
        let short = document.lines().take(20).collect::<Vec<_>>().join("\n").into_bytes();
        for (bytes, said) in [
            (Vec::new(), "it is empty"),
            (b"[]".to_vec(), "no `schema_version`"),
            (b"{\"findings\": []}".to_vec(), "no `schema_version`"),
            (b"findings".to_vec(), "expected ident at line 1 column"),
            (b"\"\xff\"".to_vec(), "not valid UTF-8"),
            (written(Format::Jsonl), "JSON Lines"),
            (written(Format::Sarif), "SARIF"),
            (short, "at line 20 column"),
            (change("\"1.1\"", "\"2.0\""), "of version 2.0"),
            (change("\"exit_code\": 1", "\"exit_code\": 1000"), "at line 8 column 19"),
            (change("\"severity\": \"high\"", "\"severity\": \"huge\""), "unknown variant `huge`"),
            (change(&print, "12"), "`findings[0].fingerprint`"),
            (change("\"column\": 10", "\"column\": 0"), "`findings[0].locations`"),
            (serde_json::to_vec(&locations).unwrap(), "`findings[1].locations`"),
        ] {
            let error = read(&mut bytes.as_slice()).unwrap_err().to_string();
            assert!(error.contains(said), "{error:?} should say {said:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(at in 0usize..20_000, with in "[\\x00-\\x7f]{0,6}", skip in 0usize..40) {
            let mut bytes = text(&sample::historic()).into_bytes();
            let at = at.min(bytes.len());
            let end = (at + skip).min(bytes.len());
            bytes.splice(at..end, with.bytes());
            if let Ok(report) = read(&mut bytes.as_slice()) {
                for &format in Format::ALL {
                    format::write(format, &report, &mut Vec::new(), &Style::default()).unwrap();
                }
            }
        }
    }

    #[test]
    fn values_survive_whatever_their_bytes() {
        let report = Report { show_secrets: true, ..sample::full() };
        let document: Document = serde_json::from_str(&text(&report)).unwrap();
        for (finding, record) in report.findings.iter().zip(document.findings) {
            let value = match record.key.value {
                Value { value: Some(text), value_base64: None } => text.into_bytes(),
                Value { value: None, value_base64: Some(code) } => STANDARD.decode(code).unwrap(),
                value => panic!("one of both, not {value:?}"),
            };
            assert_eq!(value, finding.secret.secret().unwrap().expose());
        }
    }

    /// `KEYTRAIL_UPDATE=1 cargo test` writes the file anew.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
        let derived = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
            std::fs::write(&path, &derived).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        assert_eq!(published, derived, "KEYTRAIL_UPDATE=1 cargo test writes docs/report.schema.json anew");
    }

    #[test]
    fn the_manual_shows_a_place_as_it_is_written() {
        let manual = include_str!("../../docs/report.md").replace("\r\n", "\n");
        let examples: Vec<&str> =
            manual.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert_eq!(examples.len(), 1);
        let shown: serde_json::Value = serde_json::from_str(examples[0]).unwrap();
        let place: Location = serde_json::from_str(examples[0]).unwrap();
        assert_eq!(serde_json::to_value(&place).unwrap(), shown);
        assert_eq!(place.snippet.highlighted(), "remo…ved-");
    }

    #[test]
    fn documents_follow_the_schema() {
        let validator = jsonschema::validator_for(schema().as_value()).unwrap();
        let shown = Report { show_secrets: true, ..sample::full() };
        for report in [sample::empty(), sample::many(3), sample::full(), sample::historic(), sample::baselined(), shown]
        {
            let document = serde_json::from_str(&text(&report)).unwrap();
            let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        assert!(!validator.is_valid(&serde_json::json!({"schema_version": "1.0"})));
    }

    #[test]
    fn only_show_secrets_shows_secrets() {
        let style = Style::default();
        for &format in Format::ALL {
            let report = sample::full();
            let mut out = Vec::new();
            format::write(format, &report, &mut out, &style).unwrap();
            for finding in &report.findings {
                let secrets = finding.parts.iter().filter(|part| part.is_secret).map(|part| &part.value);
                for secret in secrets.chain([&finding.secret]).filter_map(Redacted::secret) {
                    // Half of a value would be too much as well.
                    for piece in secret.expose().chunks(20) {
                        assert!(!out.windows(piece.len()).any(|window| window == piece), "{}", format.as_str());
                    }
                }
            }
            let shown = Report { show_secrets: true, ..report };
            let mut out = Vec::new();
            format::write(format, &shown, &mut out, &style).unwrap();
            let planted = sample::planted("single-");
            let visible = out.windows(planted.len()).any(|window| window == planted);
            let may = matches!(format, Format::Text | Format::Json | Format::Jsonl);
            assert_eq!(visible, may, "{}: what is made to be passed on never has values", format.as_str());
        }
    }

    #[test]
    fn output_does_not_depend_on_time() {
        // Text is for people, and GitLab wants to know when a scan began.
        let timeless = |format: &&Format| !matches!(format, Format::Text | Format::Gitlab);
        for &format in Format::ALL.iter().filter(timeless) {
            let outputs = [1, 2].map(|seconds| {
                let report = Report { elapsed: std::time::Duration::from_secs(seconds), ..sample::full() };
                let mut out = Vec::new();
                format::write(format, &report, &mut out, &Style::default()).unwrap();
                out
            });
            assert_eq!(outputs[0], outputs[1]);
        }
    }
}
