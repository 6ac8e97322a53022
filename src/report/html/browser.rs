//! HTML reports in a real browser: they load without an error, filter, sort, and run nothing that a name says.
//!
//! It needs Chromium, node and the network, and so runs only where `KEYTRAIL_E2E=1` is set. What the browser has to do
//! stands in `tests/html/browser.mjs`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::audit::{Audit, Place, Print};
use crate::finding::{Allowance, Artifact, Confidence, Known, Reach, Severity};
use crate::report::format::{self, Format, Style};
use crate::report::{Report, audit as audits, audit_sample, sample};

/// Does something wherever it is taken for markup.
const MARKUP: &str =
    "\"'></td></pre></script><script>globalThis.hacked=1</script><img src=x onerror=globalThis.hacked=2>";

/// Findings of every severity and confidence in turn: a fifth of them allowed, one of these by a baseline, a quarter in
/// the history only, a half of one provider and of three rules.
fn varied(count: u32) -> Report {
    let mut report = sample::many(count);
    let ids = ["alpha-token", "beta-token", "beta-other"];
    report.rules = ids
        .map(|id| {
            let provider = if id == "alpha-token" { "Alpha" } else { "Beta" };
            let mut rule = sample::rule(id, provider, Severity::High, 798);
            rule.title = id.replace("alpha-token", "Alpha token").replace("beta-token", "Beta token");
            rule.title = rule.title.replace("beta-other", "Beta other token");
            (id.to_owned(), rule)
        })
        .into();
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note];
    let confidences = [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Confirmed];
    for (n, finding) in report.findings.iter_mut().enumerate() {
        finding.severity = severities[n % 5];
        finding.confidence = confidences[n / 5 % 4];
        finding.rule = ids[[0, 1, 0, 1, 0, 2, 0, 2, 0, 1][n % 10]].to_owned();
        let place = &mut finding.locations[0];
        if n % 4 == 3 {
            let commit = sample::commit('1', &format!("2024-{:02}-{:02}", n % 12 + 1, n % 28 + 1), "Add the settings");
            let mut history = sample::history('a', Some(commit));
            history.at_head = false;
            history.reach = Reach::Reference;
            place.history = Some(Box::new(history));
        }
        if n == 7 {
            finding.known = Some(Known { reason: Some("of the old shop".to_owned()), ..Known::default() });
        } else if n % 5 == 2 {
            place.allowed = Some(Allowance {
                marker: "keytrail:allow".to_owned(),
                reason: Some("a test".to_owned()),
                configured: false,
            });
        }
    }
    report
}

fn hostile() -> Report {
    let mut report = sample::historic();
    report.command = MARKUP.into();
    let control = report.version_control.as_mut().unwrap();
    control.branch = Some(MARKUP.to_owned());
    control.repository = Some("javascript:globalThis.hacked=3".to_owned());
    for rule in report.rules.values_mut() {
        rule.title.push_str(MARKUP);
        rule.provider.push_str(MARKUP);
        rule.description.push_str(MARKUP);
        rule.revoke = Some("javascript:globalThis.hacked=4".to_owned());
        rule.references = vec![format!("https://example.com/{MARKUP}"), "data:text/html,x".to_owned()];
    }
    for finding in &mut report.findings {
        finding.notes.push(MARKUP.to_owned());
        for place in &mut finding.locations {
            place.artifact = Artifact::file(format!("{}{MARKUP}", place.artifact.path)).member(MARKUP);
            place.snippet.text.push_str(MARKUP);
            if let Some(commit) = place.history.as_mut().and_then(|history| history.introduced.as_mut()) {
                (commit.author, commit.subject) = (MARKUP.to_owned(), MARKUP.to_owned());
            }
        }
    }
    for notice in &mut report.coverage.notices {
        notice.message.push_str(MARKUP);
        notice.artifact = Some(Artifact::file(MARKUP));
    }
    report
}

/// An audit of many keys and findings, all of them those of the sample.
fn large_audit() -> Audit {
    let mut audit = audit_sample::audit();
    audit.keys = (0..5000).map(|n| audit.keys[n % 7].clone()).collect();
    audit.findings = (0..5000).map(|n| audit.findings[n % 16].clone()).collect();
    for (n, finding) in audit.findings.iter_mut().enumerate() {
        finding.fingerprint = Print((n as u128).to_be_bytes());
    }
    audit
}

fn hostile_audit() -> Audit {
    let mut audit = audit_sample::audit();
    for key in &mut audit.keys {
        for text in [&mut key.label, &mut key.provider, &mut key.kind, &mut key.key, &mut key.rotation.next] {
            *text = format!("{text}{MARKUP}").into();
        }
        key.owner = Some(MARKUP.into());
    }
    for finding in &mut audit.findings {
        for text in [&mut finding.subject, &mut finding.message, &mut finding.remedy] {
            *text = format!("{text}{MARKUP}").into();
        }
        let place = |place: &Place| Place { path: format!("{}{MARKUP}", place.path).into(), ..place.clone() };
        finding.places = finding.places.iter().map(place).collect();
        let mut leaks = finding.leaks.to_vec();
        for place in leaks.iter_mut().flat_map(|leak| &mut leak.places) {
            place.artifact = Artifact::file(MARKUP);
        }
        finding.leaks = leaks.into();
    }
    audit
}

#[test]
fn a_browser_shows_filters_and_sorts_and_runs_nothing_else() {
    if std::env::var_os("KEYTRAIL_E2E").is_none_or(|value| value != "1") {
        eprintln!("skipped: set KEYTRAIL_E2E=1 to run it (needs chromium, node, npm and the network)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pages = [
        ("empty.html", sample::empty()),
        ("some.html", varied(20)),
        ("many.html", varied(5000)),
        ("full.html", sample::full()),
        ("baselined.html", sample::baselined()),
        ("hostile.html", hostile()),
    ];
    for (name, report) in pages {
        let mut file = std::io::BufWriter::new(fs::File::create(folder.path().join(name)).unwrap());
        format::write(Format::Html, &report, &mut file, &Style::default()).unwrap();
    }
    let audits = [
        ("audit.html", audit_sample::audit()),
        ("alone.html", audit_sample::alone()),
        ("large-audit.html", large_audit()),
        ("hostile-audit.html", hostile_audit()),
    ];
    for (name, audit) in audits {
        let mut file = std::io::BufWriter::new(fs::File::create(folder.path().join(name)).unwrap());
        audits::write(audits::Format::Html, &audit, &mut file, &Style::default()).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/html-check");
    let output = Command::new(script).arg(folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    eprintln!("{said}");
    assert_ne!(output.status.code(), Some(2), "the browser could not be run:\n{said}");
    assert!(output.status.success(), "{said}");
}
