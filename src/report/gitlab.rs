//! The GitLab format: a secret detection report, which GitLab shows in merge requests and in its list of
//! vulnerabilities (`artifacts:reports:secret_detection`).
//!
//! The fields are those of GitLab's schema for such reports, [`SCHEMA_VERSION`]. GitLab recognises a vulnerability in
//! the next report by its identifiers and its location; the fingerprint is given as a tracking signature besides, so
//! that it stays the same when lines move. Values are never in it, even on `--show-secrets`.

use std::io;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::format::Style;
use super::{Report, RuleInfo, history, json as plain, visible};
use crate::finding::{Commit, Finding, Location, Severity};

/// The version of GitLab's schema that the report keeps to.
pub const SCHEMA_VERSION: &str = "15.0.4";

/// What GitLab takes of a name, in characters.
const MAX_NAME: usize = 255;
/// What GitLab takes of a solution, in characters.
const MAX_SOLUTION: usize = 7000;

/// Stands for a commit where there is none, as in a folder without repository.
const NO_COMMIT: &str = "0000000";

/// Writes the report as GitLab's JSON.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let tool = json!({
        "id": "keytrail",
        "name": "keytrail",
        "url": "https://github.com/keytrail/keytrail",
        "version": report.tool.version,
        "vendor": { "name": "keytrail" },
    });
    let begun = style.now.checked_sub(report.elapsed).unwrap_or(style.now);
    let document = json!({
        "version": SCHEMA_VERSION,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": time(begun),
            "end_time": time(style.now),
            "status": if report.coverage.is_complete() { "success" } else { "failure" },
            "messages": messages(report),
        },
        "vulnerabilities":
            report.open_findings().map(|finding| vulnerability(report, finding)).collect::<Vec<_>>(),
    });
    plain::write_pretty(&document, out)
}

/// `2026-01-31T12:00:00`, which is UTC and must not say so.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn messages(report: &Report) -> Vec<Value> {
    let message = |notice: &super::Notice| {
        let place = notice.artifact.as_ref().map(|artifact| format!("{artifact}: ")).unwrap_or_default();
        let level = if notice.kind.is_incomplete() { "warn" } else { "info" };
        json!({ "level": level, "value": line(&format!("{}: {place}{}", notice.kind.as_str(), notice.message)) })
    };
    report.coverage.notices.iter().map(message).collect()
}

fn vulnerability(report: &Report, finding: &Finding) -> Value {
    let rule = report.rule(finding);
    let title = line(rule.map_or(finding.rule.as_str(), |rule| &rule.title));
    let places = history::places(finding);
    let mut vulnerability = json!({
        // The form of a UUID, which is what the schema recommends.
        "id": uuid(&finding.fingerprint.to_string()),
        "name": cut(&title, MAX_NAME),
        "description": description(finding, rule, &title, &places),
        "severity": severity(finding.severity),
        "solution": cut(&solution(rule), MAX_SOLUTION),
        "identifiers": identifiers(finding, rule, &title),
        "location": location(report, places.first().copied()),
        "tracking": { "type": "source", "items": places.iter().map(|place| json!({
            "file": line(&place.artifact.path),
            "start_line": place.region.start.line,
            "end_line": place.region.end.line,
            "signatures": [{ "algorithm": "keytrail_value", "value": finding.fingerprint.to_string() }],
        })).collect::<Vec<_>>() },
    });
    let links: Vec<Value> = rule
        .iter()
        .flat_map(|rule| &rule.references)
        .filter(|url| super::sarif::is_web_address(url))
        .map(|url| json!({ "url": url }))
        .collect();
    if let (false, Some(fields)) = (links.is_empty(), vulnerability.as_object_mut()) {
        fields.insert("links".to_owned(), Value::Array(links));
    }
    vulnerability
}

fn description(finding: &Finding, rule: Option<&RuleInfo>, title: &str, places: &[&Location]) -> String {
    let mut text = format!("{title} {} (confidence: {}).", line(finding.secret.redacted()), finding.confidence);
    if let Some(verification) = &finding.verification {
        text.push_str(&format!(" Checked offline: {}.", line(&verification.what)));
    }
    if let Some(rule) = rule {
        text.push_str(&format!(" {}", line(&rule.description)));
    }
    for note in &finding.notes {
        text.push_str(&format!(" {}", line(note)));
    }
    match places.len() {
        0 | 1 => {}
        2 => text.push_str(" It stands in one other place."),
        n => text.push_str(&format!(" It stands in {} other places.", n - 1)),
    }
    text
}

fn solution(rule: Option<&RuleInfo>) -> String {
    match rule.and_then(|rule| rule.revoke.as_deref()) {
        Some(revoke) => format!("Revoke the key; deleting it from the code is not enough. {}", line(revoke)),
        None => "Revoke the key; deleting it from the code is not enough.".to_owned(),
    }
}

/// The first one is what GitLab recognises and groups vulnerabilities by.
fn identifiers(finding: &Finding, rule: Option<&RuleInfo>, title: &str) -> Vec<Value> {
    let id = line(&finding.rule);
    let mut identifiers =
        vec![json!({ "type": "keytrail_rule_id", "name": format!("keytrail: {title}"), "value": id })];
    if let Some(rule) = rule {
        identifiers.push(json!({
            "type": "cwe",
            "name": format!("CWE-{}", rule.cwe),
            "value": rule.cwe.to_string(),
            "url": format!("https://cwe.mitre.org/data/definitions/{}.html", rule.cwe),
        }));
    }
    identifiers
}

fn location(report: &Report, place: Option<&Location>) -> Value {
    let head = report.version_control.as_ref().and_then(|at| at.revision.as_deref()).unwrap_or(NO_COMMIT);
    let Some(place) = place else { return json!({ "commit": { "sha": head } }) };
    let commit = match place.history.as_ref().and_then(|history| history.introduced.as_ref()) {
        Some(Commit { id, author, date, subject }) => {
            json!({ "sha": id, "author": line(author), "date": date, "message": line(subject) })
        }
        None => json!({ "sha": head }),
    };
    json!({
        "file": line(&place.artifact.path),
        "commit": commit,
        "start_line": place.region.start.line,
        "end_line": place.region.end.line,
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Note => "Info",
    }
}

/// 32 hexadecimal digits in the groups of a UUID.
fn uuid(digits: &str) -> String {
    let group = |from, to| digits.get(from..to).unwrap_or_default();
    [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
}

fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

fn line(text: &str) -> String {
    visible::line(text).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn gitlab(report: &Report) -> String {
        let mut out = Vec::new();
        let style = Style { now: "2026-03-01T12:00:00Z".parse().unwrap(), ..Style::default() };
        write(report, &mut out, &style).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        for (name, report) in [("full", sample::full()), ("historic", sample::historic())] {
            insta::assert_snapshot!(name, gitlab(&report).replace(env!("CARGO_PKG_VERSION"), "[version]"));
        }
    }

    /// What GitLab's schema wants, in this program's words.
    fn schema() -> Value {
        let text = json!({ "type": "string", "minLength": 1 });
        let program = json!({
            "type": "object",
            "required": ["id", "name", "version", "vendor"],
            "properties": { "vendor": { "required": ["name"] }, "url": { "pattern": "^https?://.+" } },
        });
        let time = json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$" });
        let vulnerability = json!({
            "type": "object",
            "required": ["id", "identifiers", "location"],
            "properties": {
                "id": text,
                "name": { "type": "string", "maxLength": 255 },
                "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                "solution": { "type": "string", "maxLength": 7000 },
                "identifiers": { "type": "array", "minItems": 1, "items": {
                    "required": ["type", "name", "value"],
                    "properties": { "type": text, "name": text, "value": text, "url": { "pattern": "^https?://.+" } },
                } },
                "links": { "items": { "required": ["url"], "properties": { "url": { "pattern": "^https?://.+" } } } },
                "location": { "required": ["commit"], "properties": {
                    "file": { "type": "string" },
                    "start_line": { "type": "number" },
                    "end_line": { "type": "number" },
                    "commit": { "required": ["sha"], "properties": { "sha": text } },
                } },
                "tracking": { "required": ["type", "items"], "properties": {
                    "type": { "const": "source" },
                    "items": { "items": { "required": ["signatures"], "properties": { "signatures": {
                        "minItems": 1, "items": { "required": ["algorithm", "value"] },
                    } } } },
                } },
            },
        });
        json!({
            "type": "object",
            "required": ["version", "scan", "vulnerabilities"],
            "properties": {
                "version": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$" },
                "scan": {
                    "type": "object",
                    "required": ["analyzer", "scanner", "type", "start_time", "end_time", "status"],
                    "properties": {
                        "analyzer": program,
                        "scanner": program,
                        "type": { "const": "secret_detection" },
                        "start_time": time,
                        "end_time": time,
                        "status": { "enum": ["success", "failure"] },
                        "messages": { "items": {
                            "required": ["level", "value"],
                            "properties": { "level": { "enum": ["info", "warn", "fatal"] }, "value": text },
                        } },
                    },
                },
                "vulnerabilities": { "type": "array", "items": vulnerability },
            },
        })
    }

    #[test]
    fn every_report_is_what_gitlab_wants() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        for report in [sample::empty(), sample::many(3), sample::full(), sample::historic()] {
            let open = report.open_findings().count();
            let document: Value = serde_json::from_str(&gitlab(&report)).unwrap();
            let problems: Vec<String> =
                validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert_eq!(problems, Vec::<String>::new());
            assert_eq!(document["vulnerabilities"].as_array().unwrap().len(), open);
        }
        let wrong = json!({ "version": "15", "scan": {}, "vulnerabilities": [{}] });
        assert!(validator.iter_errors(&wrong).count() > 5);
    }
}
