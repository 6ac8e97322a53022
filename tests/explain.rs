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
        (&["-f", "sarif", "a.env"], "text or json"),
        (&[], "required"),
    ] {
        let output = tree.keytrail().arg("explain").args(args).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && stderr.contains(message), "{args:?}: {stderr}");
    }
}
