//! SARIF reports before Microsoft's validator, with the rules of the standard and those of GitHub.
//!
//! It needs node and the network, and so runs only where `KEYTRAIL_E2E=1` is set.

use std::path::Path;
use std::process::Command;

use super::format::{self, Format, Style};
use super::{Report, audit, audit_sample, sample};

fn skipped() -> bool {
    let skipped = std::env::var_os("KEYTRAIL_E2E").is_none_or(|value| value != "1");
    if skipped {
        eprintln!("skipped: set KEYTRAIL_E2E=1 to run it (needs node, npm and the network)");
    }
    skipped
}

fn validate(files: &[&Path]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/sarif-validate");
    let output = Command::new(script).args(files).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_ne!(output.status.code(), Some(2), "the validator could not be run:\n{said}");
    (output.status.success(), said)
}

#[test]
fn reports_have_no_errors_and_no_warnings() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let reports = [
        ("none.sarif", sample::empty()),
        ("one.sarif", sample::many(1)),
        ("500.sarif", sample::many(500)),
        ("full.sarif", sample::full()),
        ("historic.sarif", sample::historic()),
        ("baselined.sarif", sample::baselined()),
        ("past.sarif", Report { findings: sample::historic().findings.drain(..3).collect(), ..sample::historic() }),
    ];
    let paths = reports.map(|(name, report)| {
        let path = folder.path().join(name);
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        format::write(Format::Sarif, &report, &mut file, &Style::default()).unwrap();
        path
    });
    let audits = [("audit.sarif", audit_sample::audit()), ("alone.sarif", audit_sample::alone())];
    let audits = audits.map(|(name, audit)| {
        let path = folder.path().join(name);
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        audit::write(audit::Format::Sarif, &audit, &mut file, &Style::default()).unwrap();
        path
    });
    let all: Vec<&Path> = paths.iter().chain(&audits).map(|path| path.as_path()).collect();
    let (good, said) = validate(&all);
    assert!(good, "{said}");
    assert_eq!(said.matches("no error, no warning").count(), 18, "{said}");
}

#[test]
fn broken_reports_fail() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut out = Vec::new();
    format::write(Format::Sarif, &sample::many(1), &mut out, &Style::default()).unwrap();
    let text = String::from_utf8(out).unwrap();
    for (name, from, to) in [
        ("index.sarif", "\"ruleIndex\": 0", "\"ruleIndex\": 7"),
        ("region.sarif", "\"startLine\": 3", "\"startLine\": -3"),
        ("uri.sarif", "src/module0000.py", "src/a b%%.py"),
        ("json.sarif", "\"runs\"", "\"runs"),
        ("version.sarif", "\"version\": \"2.1.0\"", "\"version\": \"9.1.0\""),
    ] {
        assert!(text.contains(from), "{from}");
        let path = folder.path().join(name);
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let (good, said) = validate(&[&path]);
        assert!(!good, "{name}: {said}");
    }
}
