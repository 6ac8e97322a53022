//! `keytrail explain`: the reasons that it gives, and that they are those of a scan.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use common::{Keys, Sandbox, TOKEN};
use serde_json::Value;

/// What is said of a text, in JSON.
fn explained(tree: &Sandbox, args: &[&str]) -> Vec<Value> {
    let output = tree.keytrail().args(["explain", "-f", "json"]).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    json["candidates"].as_array().unwrap().clone()
}

/// The outcome for a rule, and its reasons as one text.
fn of(candidates: &[Value], rule: Option<&str>) -> (String, String) {
    let found = candidates.iter().find(|candidate| candidate["rule"].as_str() == rule);
    let found = found.unwrap_or_else(|| panic!("nothing of {rule:?} in {candidates:#?}"));
    let reasons: Vec<&str> =
        found["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
    (found["outcome"].as_str().unwrap().to_owned(), reasons.join("; "))
}

/// What is said of one line with a rule.
fn line(text: &str, rule: Option<&str>) -> (String, String) {
    let tree = Sandbox::new();
    tree.write("a.env", format!("first\n{text}\nlast\n"));
    of(&explained(&tree, &["a.env:2"]), rule)
}

#[test]
fn each_judgement_is_told() {
    let mut keys = Keys::new();
    let (key, generic) = (keys.token(), "generic-secret-in-an-assignment");
    let (outcome, reasons) = line(&format!("token = {key}"), Some(TOKEN));
    assert_eq!(outcome, "finding");
    assert!(reasons.contains("the pattern matches") && reasons.contains("verified offline"), "{reasons}");
    // A checksum that is wrong.
    let last = if key.ends_with('a') { "b" } else { "a" };
    let (outcome, reasons) = line(&format!("token = {}{last}", &key[..key.len() - 1]), Some(TOKEN));
    assert!(outcome == "none" && reasons.contains("checksum"), "{outcome}: {reasons}");
    let (outcome, reasons) = line(&format!("token = {}-and-more", &key[..20]), Some(TOKEN));
    assert!(outcome == "none" && reasons.contains("its prefix stands here"), "{outcome}: {reasons}");
    // Comments, and names that say nothing.
    let (outcome, reasons) = line(&format!("token = {key} # keytrail:allow used in the sandbox"), Some(TOKEN));
    assert!(outcome == "allowed" && reasons.contains("used in the sandbox"), "{outcome}: {reasons}");
    let over = format!("token = {key} # keytrail:allow expires=2020-01-01 used in the sandbox");
    let (outcome, reasons) = line(&over, Some(TOKEN));
    assert!(outcome == "finding" && reasons.contains("until 2020-01-01"), "{outcome}: {reasons}");
    let value = keys.value();
    assert_eq!(line(&format!("api_token: {value}"), Some(generic)).0, "finding");
    let (outcome, reasons) = line(&format!("other: {value}"), Some(generic));
    assert!(outcome == "none" && reasons.contains("the name in front"), "{outcome}: {reasons}");
    let (outcome, reasons) = line("api_token: some-long-words-with-1-number", None);
    assert!(outcome == "none" && reasons.contains("does not look random"), "{outcome}: {reasons}");
    let (outcome, reasons) = line("api_token: example-Zq8Kd0Ls7Pw2Vn5Xc1", Some(generic));
    assert!(outcome == "none", "{outcome}: {reasons}");
    let (_, reasons) = line("api_token: thereisnodigitinthis", None);
    assert!(reasons.contains("no digit"), "{reasons}");
    // Another form.
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&key);
    let tree = Sandbox::new();
    tree.write("a.env", format!("value: {encoded}\n"));
    let all = explained(&tree, &["a.env:1"]);
    assert_eq!(of(&all, Some(TOKEN)).0, "finding");
    assert!(all.iter().any(|one| one["form"] == "in base64" && one["region"]["start"]["column"] == 8), "{all:#?}");
}

#[test]
fn configuration_and_options_count() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let value = keys.value();
    tree.write("a.env", format!("api_token: {value}\n"));
    let rule = Some("generic-secret-in-an-assignment");
    assert_eq!(of(&explained(&tree, &["a.env"]), rule).0, "finding");
    assert_eq!(of(&explained(&tree, &["a.env:1", "--min-confidence", "high"]), rule).0, "below-confidence");
    // Options may stand in front of the file.
    let before = explained(&tree, &["--min-confidence", "high", "--no-config", "a.env:1"]);
    assert_eq!(of(&before, rule).0, "below-confidence");
    let output = tree.keytrail().args(["explain", "--no-config", "--stdin"]).write_stdin("x\n").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    tree.write("keytrail.toml", "[[allow]]\npaths = [\"*.env\"]\nreason = \"a sandbox\"\n");
    let (outcome, reasons) = of(&explained(&tree, &["a.env:1"]), rule);
    assert!(outcome == "allowed" && reasons.contains("a sandbox"), "{reasons}");
    tree.write("keytrail.toml", "[scan]\nexclude = [\"*.env\"]\n");
    assert_eq!(of(&explained(&tree, &["a.env:1"]), rule).0, "excluded");
}

#[test]
fn text_shows_no_key() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    tree.write("a.env", format!("first\ntoken = {key}\n"));
    let output = tree.keytrail().args(["explain", "a.env:2"]).output().unwrap();
    let text = format!("\n{}", String::from_utf8(output.stdout).unwrap());
    assert!(text.contains("\na.env:2:9: ") && text.contains(&format!("{TOKEN}: a finding\n    the pattern")), "{text}");
    assert!(!text.contains(&key[6..24]));
    let output = tree.keytrail().args(["explain", "a.env:1"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("a.env:1: nothing is a candidate"));
    let output = tree.keytrail().args(["explain", "--stdin"]).write_stdin(key.clone()).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("stdin:1:1: "));
}

#[test]
fn mistakes_are_told() {
    let tree = Sandbox::new();
    tree.write("a.env", "x\n");
    tree.write("a.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03");
    for (args, message) in [
        (&["b.env:1"][..], "`b.env` cannot be read"),
        (&["a.env:9"], "no line 9"),
        (&["a.env:0"], "no line 0"),
        (&["."], "is a folder"),
        (&["a.gz"], "archive (gzip)"),
        (&["a.env", "other"], "takes one file"),
        (&["--no-config", "a.env", "other"], "takes one file"),
        (&["a.env", "-o", "x.json"], "no reports"),
        (&["-f", "sarif", "a.env"], "[possible values: text, json]"),
        (&["a.env", "--stdin"], "takes one file"),
        (&["a.env:2"], "no line 2: `a.env` has 1"),
        (&["a.env!/b:1"], "there is no `a.env!/b`"),
        (&["gone.env:1"], "in COMMIT"),
        (&[], "required"),
    ] {
        let output = tree.keytrail().arg("explain").args(args).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && stderr.contains(message), "{args:?}: {stderr}");
    }
}

/// A zip with a member for each text.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn every_place_that_a_scan_prints_is_explained() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let mut line = || format!("\ntoken = {}\n", keys.token());
    let inner = zip(&[("deep/app.env", line().as_bytes())]);
    tree.write("a.zip", zip(&[("b c.env", line().as_bytes()), ("inner.zip", &inner)]));
    let office = format!(
        "<w:document><w:p><w:t>{}</w:t></w:p></w:document>",
        line().replace("token = ghp", "token = gh</w:t><w:t>p")
    );
    tree.write("a.docx", zip(&[("word/document.xml", office.as_bytes())]));
    let part = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, line());
    let mail = "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=\"x.bin\"\nContent-Transfer-Encoding: base64\n";
    tree.write("m.eml", format!("From: a@keytrail.invalid\n{mail}\n{part}\n"));
    tree.write("run.sh", [format!("#!/bin/sh\n{}exit\n", line()).as_bytes(), &zip(&[("x", b"nothing")])].concat());
    tree.write("old.env", line());
    tree.commit();
    tree.git(&["rm", "-q", "old.env"]);
    tree.git(&["commit", "-q", "-m", &format!("a message{}", line())]);
    let output = tree.keytrail().args(["scan", "--history"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let places: Vec<&str> = told.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
    assert!(places.len() >= 7, "{told}");
    for place in places {
        // What stands behind the numbers: `(in base64)`, `in 0123456789 (2026-01-31)`.
        let (name, commit) =
            place.split_once(" in ").map_or((place, None), |(name, rest)| (name, rest.split(' ').next()));
        let name = name.split(" (").next().unwrap();
        let mut args = vec![name];
        args.extend(commit.iter().flat_map(|commit| ["in", commit]));
        let outcomes: Vec<String> =
            explained(&tree, &args).iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect();
        assert!(outcomes.iter().any(|outcome| outcome == "finding"), "{place}: {outcomes:?}");
    }
}
