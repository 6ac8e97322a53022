//! The JUnit of an audit, for CI servers: a suite for each check, with a test case for each finding, and one that passes
//! for all that is as it should be.

use std::io;

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::{counted, position};
use crate::audit::{Audit, CheckRecord, Finding};
use crate::report::format::Style;
use crate::report::visible;

/// Findings of one check that are test cases of their own, the gravest; servers choke on more, and the rest are counted.
const MAX_CASES: usize = 10_000;

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut junit = JUnit::new("keytrail audit");
    junit.add_test_suite(coverage(audit));
    for check in audit.checks.iter().filter(|check| check.judged + check.unknown > 0) {
        let mut suite = TestSuite::new(check.id.as_str());
        let findings = audit.findings.iter().filter(|finding| finding.check == check.id);
        let count = findings.clone().count();
        suite.add_test_cases(findings.take(MAX_CASES).map(case));
        if count > MAX_CASES {
            suite.add_test_case(more(check, count - MAX_CASES));
        }
        if check.passed > 0 || suite.test_cases.is_empty() {
            suite.add_test_case(passed(check));
        }
        junit.add_test_suite(suite);
    }
    junit.serialize(out).map_err(io::Error::other)
}

/// Whether everything was read, which some servers want as a test, and which no finding says.
fn coverage(audit: &Audit) -> TestSuite {
    let mut status = TestCaseStatus::success();
    if !audit.complete {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("incomplete").set_message("The audit is incomplete.");
    }
    let mut case = TestCase::new("coverage", status);
    case.set_classname("keytrail").set_system_out(line(&super::coverage(audit)));
    let mut suite = TestSuite::new("keytrail");
    suite.add_test_case(case);
    suite
}

fn passed(check: &CheckRecord) -> TestCase {
    let mut case = TestCase::new(format!("{} passed", check.passed), TestCaseStatus::success());
    let mut said = vec![format!("{} judged", counted(check.judged, "thing"))];
    said.extend(check.unknown_because.iter().map(|(why, count)| format!("{count} unknown: {why}")));
    case.set_classname(check.id.as_str()).set_system_out(line(&said.join("; ")));
    case
}

fn more(check: &CheckRecord, count: usize) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(check.severity.as_str());
    status.set_message(format!("{count} more findings are not listed here; the JSON report has them all."));
    let mut case = TestCase::new(format!("{count} more"), status);
    case.set_classname(check.id.as_str());
    case
}

fn case(finding: &Finding) -> TestCase {
    let mut status;
    match &finding.accepted {
        Some(accepted) => {
            status = TestCaseStatus::skipped();
            status.set_message(line(&format!("accepted: {}", accepted.reason)));
        }
        None => {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.severity.as_str()).set_message(line(&finding.message));
            let mut lines = vec![
                format!("severity {}", finding.severity),
                format!("at {}", position(finding)),
                format!("fingerprint {}", finding.fingerprint),
                finding.remedy.to_string(),
            ];
            if let Some(since) = &finding.open_since {
                lines.push(format!("open since {since}"));
            }
            status.set_description(lines.iter().map(|text| line(text)).collect::<Vec<_>>().join("\n"));
        }
    }
    let name = finding.key.as_deref().unwrap_or(&finding.subject);
    let place = position(finding);
    let name = if name == place { place } else { format!("{name} ({place})") };
    let mut case = TestCase::new(line(&name), status);
    case.set_classname(finding.check.as_str());
    if let Some(place) = finding.places.first() {
        case.extra.insert("file".into(), line(&place.path).into());
        case.extra.insert("line".into(), place.line.max(1).to_string().into());
    }
    case
}

fn line(text: &str) -> String {
    visible::line(text).into_owned()
}
