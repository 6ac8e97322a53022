//! The JUnit format, for CI servers that show test results: each finding is a test case that fails.
//!
//! A secret that is allowed or that the baseline knows is a skipped test, and one more test, `coverage`, tells whether everything was read; so
//! there always is a test, which some servers insist on. Values are never in it, even on `--show-secrets`.

use std::io;

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::format::Style;
use super::{Report, history, visible};
use crate::finding::{Finding, Location};

/// How many further places of one secret are listed; the rest are counted.
pub const MAX_PLACES: usize = 20;

/// Writes the report as JUnit's XML.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut suite = TestSuite::new("keytrail");
    suite.add_test_case(coverage(report));
    suite.add_test_cases(report.findings.iter().map(|finding| case(report, finding)));
    let mut junit = JUnit::new("keytrail");
    junit.add_test_suite(suite);
    junit.serialize(out).map_err(io::Error::other)
}

fn coverage(report: &Report) -> TestCase {
    let said = |incomplete: bool| {
        let notices = report.coverage.notices.iter().filter(move |notice| notice.kind.is_incomplete() == incomplete);
        let lines = notices.map(|notice| {
            let place = notice.artifact.as_ref().map(|artifact| format!("{artifact}: ")).unwrap_or_default();
            line(&format!("{}: {place}{}", notice.kind.as_str(), notice.message))
        });
        lines.collect::<Vec<_>>()
    };
    let incomplete = said(true);
    let mut status = TestCaseStatus::success();
    if !incomplete.is_empty() {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("incomplete").set_message("The scan is incomplete.").set_description(incomplete.join("\n"));
    }
    let mut case = TestCase::new("coverage", status);
    case.set_classname("keytrail");
    let left_out = said(false);
    if !left_out.is_empty() {
        case.set_system_out(left_out.join("\n"));
    }
    case
}

fn case(report: &Report, finding: &Finding) -> TestCase {
    let rule = report.rule(finding);
    let title = line(rule.map_or(finding.rule.as_str(), |rule| &rule.title));
    let places = history::places(finding);
    let primary = places.first();
    let mut status;
    if !finding.is_open() {
        status = TestCaseStatus::skipped();
        status.set_message(match &finding.known {
            Some(_) => "in the baseline".to_owned(),
            None => format!("allowed by {}", finding.allowed_by()),
        });
    } else {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let value = line(finding.secret.redacted());
        status.set_type(finding.severity.as_str()).set_message(format!("{title} {value}"));
        status.set_description(description(report, finding, &places));
    }
    let name = primary.map(|place| position(place)).unwrap_or_default();
    let mut case = TestCase::new(format!("{title} in {name}"), status);
    case.set_classname(line(&finding.rule));
    if let Some(place) = primary {
        // Read by GitLab and others, which link them.
        case.extra.insert("file".into(), line(&place.artifact.path).into());
        case.extra.insert("line".into(), place.region.start.line.to_string().into());
    }
    case
}

fn description(report: &Report, finding: &Finding, places: &[&Location]) -> String {
    let mut lines = vec![format!("severity {}, confidence {}", finding.severity, finding.confidence)];
    lines.push(format!("fingerprint {}", finding.fingerprint));
    for place in places.iter().take(MAX_PLACES) {
        let past = place.history.as_deref().map(|past| format!(" ({})", history::exposure(place, past)));
        lines.push(format!("at {}{}", position(place), line(&past.unwrap_or_default())));
    }
    if places.len() > MAX_PLACES {
        lines.push(format!("and in {} more places", places.len() - MAX_PLACES));
    }
    if let Some(commit) = history::earliest(finding) {
        lines.push(line(&format!("since {}", history::described(commit))));
    }
    lines.extend(finding.notes.iter().map(|note| line(note)));
    if let Some(revoke) = report.rule(finding).and_then(|rule| rule.revoke.as_deref()) {
        lines.push(format!("revoke: {}", line(revoke)));
    }
    lines.join("\n")
}

fn position(place: &Location) -> String {
    let start = place.region.start;
    let part = place.part.as_ref().map(|part| format!(" ({part})")).unwrap_or_default();
    line(&format!("{}:{}:{}{part}", place.artifact, start.line, start.column))
}

/// Text for one line, without the characters that XML 1.0 cannot hold at all (section 2.2): of those, the control
/// characters are shown as escapes, and two others remain.
fn line(text: &str) -> String {
    visible::line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn junit(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", junit(&sample::full()));
        insta::assert_snapshot!("historic", junit(&sample::historic()));
        insta::assert_snapshot!("empty", junit(&sample::empty()));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_more_than_xml_can_hold(text in proptest::prelude::any::<String>()) {
            let mut report = sample::historic();
            for finding in &mut report.findings {
                finding.rule.clone_from(&text);
                finding.notes.push(format!("\u{ffff}{text}\u{fffe}"));
                finding.locations[0].artifact.path.clone_from(&text);
            }
            let xml = junit(&report);
            let illegal = |c: char| (c != '\n' && visible::is_hidden(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
            proptest::prop_assert_eq!(xml.find(illegal), None);
        }
    }
}
