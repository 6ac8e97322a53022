//! What `keytrail scan` reports: that all formats say the same, show no key, and end with the right exit code.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;

use common::{GENERIC, Keys, Run, Sandbox, TOKEN};
use keytrail::report::Style;
use keytrail::{Format, Report};
use serde_json::Value;

const FORMATS: [&str; 8] = ["text", "json", "jsonl", "sarif", "csv", "markdown", "html", "junit"];

/// A critical, a medium and a low finding, and an allowed one.
fn mixed(keys: &mut Keys) -> Sandbox {
    let tree = Sandbox::repository();
    tree.write("critical.txt", keys.of("stripe-live-secret-key"));
    tree.write("medium.py", format!("api_key = \"{}\"\n", keys.value()));
    tree.write("allowed.txt", format!("{} # keytrail:allow a fixture\n", keys.token()));
    tree
}

fn marked(rule: &str, line: &str) -> Value {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a.py", line.replace("{}", &keys.of(rule)));
    let run = tree.scan(&[]);
    assert_eq!(run.findings().len(), 1, "{line}");
    let finding = run.findings()[0].clone();
    assert_eq!(run.code, i32::from(finding["allowed"] == false), "{line}");
    finding
}

#[test]
fn a_marker_allows_a_key_with_and_without_rule_and_reason() {
    for (line, reason) in [
        ("k = '{}'  # keytrail:allow", None),
        ("k = '{}'  # keytrail:allow opens nothing any more", Some("opens nothing any more")),
        ("k = '{}'  # keytrail:allow github-personal-access-token", None),
        ("k = '{}'  # keytrail:allow github-personal-access-token revoked", Some("revoked")),
        ("k = '{}'  # keytrail:allow github-* revoked", Some("revoked")),
        ("# keytrail:allow revoked\nk = '{}'", Some("revoked")),
    ] {
        let finding = marked(TOKEN, line);
        let allowed = &finding["locations"][0]["allowed"];
        assert_eq!(
            (allowed["marker"].as_str(), allowed["reason"].as_str()),
            (Some("keytrail:allow"), reason),
            "{line}"
        );
    }
}

#[test]
fn markers_of_other_programs_allow_a_key() {
    for (line, marker) in [
        ("k = '{}'  # gitleaks:allow", "gitleaks:allow"),
        ("k = '{}'  # pragma: allowlist secret", "pragma: allowlist secret"),
        ("# pragma: allowlist nextline secret\nk = '{}'", "pragma: allowlist nextline secret"),
        ("k = '{}'  # trufflehog:ignore", "trufflehog:ignore"),
        ("k = '{}'  # nosec github-personal-access-token", "nosec"),
    ] {
        assert_eq!(marked(TOKEN, line)["locations"][0]["allowed"]["marker"], marker, "{line}");
    }
}

#[test]
fn a_marker_for_another_rule_or_of_another_linter_does_not_allow() {
    for line in [
        "k = '{}'  # keytrail:allow stripe-live-secret-key",
        "k = '{}'  # keytrail:allow stripe-* tests",
        "k = '{}'  # nosec B105",
        "x = 1  # keytrail:allow\nk = '{}'",
        "# keytrail:allow\n\nk = '{}'",
    ] {
        assert_eq!(marked(TOKEN, line)["allowed"], false, "{line}");
    }
}

#[test]
fn a_key_is_open_while_one_of_its_places_is() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    tree.write("a.py", format!("k = '{key}' # keytrail:allow\n"));
    assert_eq!(tree.scan(&[]).code, 0);
    tree.write("b.py", format!("k = '{key}'\n"));
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.findings().len(), run.places().len()), (1, 1, 2));
}

#[test]
fn allowed_keys_are_suppressed_in_sarif_and_counted() {
    let tree = mixed(&mut Keys::new());
    let run = tree.scan(&["-o", "../out.sarif"]);
    let summary = &run.json()["summary"];
    assert_eq!((summary["findings"].as_u64(), summary["allowed"].as_u64()), (Some(2), Some(1)));
    let sarif: Value = serde_json::from_slice(&fs::read(tree.path("../out.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<&Value> =
        results.iter().filter(|r| r["suppressions"].as_array().is_some_and(|s| !s.is_empty())).collect();
    assert_eq!((results.len(), suppressed.len()), (3, 1));
    assert_eq!(suppressed[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "keytrail:allow: a fixture");
}

#[test]
fn all_formats_agree_on_the_number_of_findings() {
    let tree = mixed(&mut Keys::new());
    let outputs =
        ["../o.txt", "../o.json", "../o.jsonl", "../o.sarif", "../o.csv", "../o.md", "../o.html", "../o.junit.xml"];
    let args: Vec<&str> = outputs.iter().flat_map(|path| ["-o", path]).collect();
    let run = tree.scan(&args);
    let read = |path: &str| fs::read_to_string(tree.path(path)).unwrap();
    assert_eq!(read("../o.json").as_bytes(), run.stdout, "the file and standard output");
    let json: Value = serde_json::from_str(&read("../o.json")).unwrap();
    let fingerprints = |values: Vec<&Value>| -> BTreeSet<String> {
        values.into_iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    let of_json = fingerprints(json["findings"].as_array().unwrap().iter().map(|f| &f["fingerprint"]).collect());
    assert_eq!(of_json.len(), 3);
    let lines: Vec<Value> = read("../o.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let matches = lines.iter().filter(|line| line["type"] == "match").map(|line| &line["fingerprint"]).collect();
    assert_eq!(fingerprints(matches), of_json);
    assert_eq!(lines.last().unwrap()["summary"], json["summary"]);
    let sarif: Value = serde_json::from_str(&read("../o.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let prints = results.iter().map(|r| &r["partialFingerprints"]["keytrail/value/v1"]).collect();
    assert_eq!(fingerprints(prints), of_json);
    let csv = read("../o.csv");
    assert!(of_json.iter().all(|print| csv.contains(print)), "{csv}");
    let junit = read("../o.junit.xml");
    assert!(junit.contains("tests=\"4\" skipped=\"1\" failures=\"2\" errors=\"0\""), "{junit}");
    let text = read("../o.txt");
    let html = read("../o.html");
    assert!(of_json.iter().all(|print| html.contains(&format!("id=\"f-{print}\""))), "{html}");
    for shown in [&text, &read("../o.md"), &html, &junit] {
        for path in ["critical.txt", "medium.py"] {
            assert!(shown.contains(path), "{shown}");
        }
    }
    assert!(text.contains("2 findings"), "{text}");
    assert!(!text.contains("\u{1b}["), "a file has no colours");
}

#[test]
fn a_report_that_was_read_back_is_written_as_the_scan_wrote_it() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("pair.env", aws(&mut keys));
    tree.write("allowed.txt", format!("{} # keytrail:allow a fixture\n", keys.token()));
    tree.write("backup.zip", zip("inner/settings.env", format!("TOKEN={}\n", keys.token()).as_bytes()));
    tree.write("orders.ipynb", notebook(&keys.token()));
    tree.write("damaged.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
    for show in [&[][..], &["--show-secrets"]] {
        let json = tree.keytrail().args(["scan", "--format", "json"]).args(show).output().unwrap().stdout;
        let report = Report::read(&mut json.as_slice()).unwrap();
        assert_eq!(report.findings.len(), 4);
        // These two tell of times.
        let timeless = |format: &Format| !matches!(format, Format::Text | Format::Gitlab);
        for format in Format::ALL.iter().copied().filter(timeless) {
            let args = ["scan", "--jobs", "1", "--format", format.as_str()];
            let direct = tree.keytrail().args(args).args(show).output().unwrap().stdout;
            let direct = String::from_utf8(direct).unwrap();
            let mut out = Vec::new();
            report.write_styled(format, &mut out, &Style::default()).unwrap();
            let again = String::from_utf8(out).unwrap();
            // A scan writes the lines as it goes along, and so in an order of its own.
            let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
            assert!(if format == Format::Jsonl { lines(&direct) == lines(&again) } else { direct == again }, "{again}");
        }
    }
}

#[test]
fn a_report_of_unknown_format_is_an_error_before_the_scan() {
    let tree = mixed(&mut Keys::new());
    let run = tree.scan(&["-o", "report.xml"]);
    assert_eq!((run.code, run.stdout.len()), (2, 0));
    assert!(run.stderr.contains("report.xml") && run.stderr.contains(".sarif"), "{}", run.stderr);
    let run = tree.scan(&["-o", "no/such/folder/report.json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no/such/folder/report.json"), "{}", run.stderr);
}

#[test]
fn reports_are_the_same_for_any_number_of_threads() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let shared = keys.token();
    for i in 0..300 {
        let mut text = "x = 1\n".repeat(i * 7 % 200);
        match i % 5 {
            0 => text += &keys.token(),
            1 => text += &format!("api_key = \"{}\"\n", keys.value()),
            2 => text += &format!("a = \"{shared}\"\n"),
            _ => {}
        }
        tree.write(format!("d{}/f{i}.py", i % 13), text);
    }
    tree.write("damaged.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
    for format in ["json", "sarif"] {
        let reports = ["1", "2", "8"].map(|jobs| {
            let output = tree.keytrail().args(["scan", "--format", format, "--jobs", jobs]).output().unwrap();
            assert_eq!(output.status.code(), Some(2));
            output.stdout
        });
        assert!(reports[0].len() > 50_000);
        assert!(reports[0] == reports[1] && reports[0] == reports[2], "{format}");
    }
}

#[test]
fn exit_codes_follow_the_threshold() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    assert_eq!(tree.scan(&[]).code, 0, "an empty folder");
    tree.write("a.py", format!("api_key = \"{}\"\n", keys.value()));
    assert_eq!(tree.scan(&[]).findings()[0]["severity"], "medium");
    for (level, code) in [("note", 1), ("low", 1), ("medium", 1), ("high", 0), ("critical", 0), ("never", 0)] {
        let run = tree.scan(&["--fail-on", level]);
        assert_eq!((run.code, run.findings().len()), (code, 1), "{level}");
        assert_eq!(run.json()["exit_code"], code, "{level}");
    }
    tree.write("damaged.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
    assert_eq!(tree.scan(&["--fail-on", "never"]).code, 2);
    assert_eq!(tree.scan(&["--fail-on", "never", "--allow-incomplete"]).code, 0);
    assert_eq!(tree.scan(&["--allow-incomplete"]).code, 1);
    assert_eq!(tree.scan(&["--no-such-option"]).code, 2);
}

#[test]
fn a_lower_minimum_of_confidence_shows_more() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    // In a test, a value that only a name makes a secret is made up more often than not.
    tree.write("tests/test_login.py", format!("api_key = \"{}\"\n", keys.value()));
    tree.write("a.txt", keys.token());
    let usual = tree.scan(&[]);
    assert_eq!((usual.findings().len(), usual.json()["summary"]["below_confidence"].as_u64()), (1, Some(1)));
    let low = tree.scan(&["--min-confidence", "low"]);
    assert_eq!((low.findings().len(), low.json()["summary"]["below_confidence"].as_u64()), (2, Some(0)));
    assert_eq!(tree.scan(&["--min-confidence", "confirmed"]).paths(), ["a.txt"]);
}

#[test]
fn rules_are_chosen_by_only_and_disable() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.write("b.txt", keys.of("stripe-live-secret-key"));
    assert_eq!(tree.scan(&["--only", "github-*"]).paths(), ["a.txt"]);
    assert_eq!(tree.scan(&["--disable", TOKEN]).paths(), ["b.txt"]);
    assert_eq!(tree.scan(&["--disable", "github-*,stripe-*"]).code, 0);
    let wrong = tree.scan(&["--only", "github-personal-acess-token"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean"), "{}", wrong.stderr);
}

#[test]
fn an_own_rule_file_finds_an_own_kind_of_key() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let rule = "provider = \"Shop\"\n\n[[rule]]\nid = \"shop-token\"\ntitle = \"Shop token\"\n\
                description = \"Opens the shop.\"\npattern = 'shopk_[0-9A-Za-z]{24}'\nseverity = \"high\"\n";
    fs::write(tree.path("../shop.toml"), rule).unwrap();
    tree.write("a.txt", format!("use shopk_{} here\n", &keys.value()[..24]));
    assert_eq!(tree.scan(&[]).findings().len(), 0);
    let run = tree.scan(&["--rules", "../shop.toml"]);
    assert_eq!(run.places()[0].rule, "shop-token");
    fs::write(tree.path("../shop.toml"), rule.replace("severity", "severitee")).unwrap();
    let run = tree.scan(&["--rules", "../shop.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("shop.toml") && run.stderr.contains("severitee"), "{}", run.stderr);
}

#[test]
fn json_reports_fit_their_schema() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.env", aws(&mut keys));
    tree.write("b.txt", format!("{} # keytrail:allow a fixture\n", keys.token()));
    tree.write("damaged.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3]);
    tree.write("c.ipynb", notebook(&keys.token()));
    let schema = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for args in [&[][..], &["--show-secrets"], &["nothing-here", "--no-such"]] {
        let run = tree.scan(args);
        if run.stdout.is_empty() {
            continue;
        }
        let errors: Vec<String> = validator.iter_errors(run.json()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(run.findings().len(), 3);
    }
    let empty = Sandbox::new();
    assert!(validator.is_valid(empty.scan(&[]).json()));
    assert!(!validator.is_valid(&serde_json::json!({ "findings": 1 })));
}

fn aws(keys: &mut Keys) -> String {
    let (id, secret) = (keys.of("aws-access-key-id"), keys.of("aws-secret-access-key"));
    format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n")
}

fn notebook(key: &str) -> Vec<u8> {
    let cell = serde_json::json!({
        "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [],
        "source": ["import shop\n", format!("shop.open(\"{key}\")\n")],
    });
    let all = serde_json::json!({ "cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5 });
    serde_json::to_vec_pretty(&all).unwrap()
}

fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

mod multi_part {
    use super::*;

    fn scan(text: String) -> Run {
        let tree = Sandbox::new();
        tree.write("settings.env", text);
        tree.scan(&[])
    }

    #[test]
    fn id_and_secret_beside_each_other_are_one_finding() {
        let run = scan(aws(&mut Keys::new()));
        assert_eq!(run.findings().len(), 1);
        let finding = &run.findings()[0];
        assert_eq!(finding["rule"], "aws-secret-access-key");
        assert_eq!(
            (&finding["parts"][0]["role"], &finding["parts"][0]["rule"]),
            (&"id".into(), &"aws-access-key-id".into())
        );
        assert_eq!(finding["parts"][0]["location"]["region"]["start"]["line"], 1);
    }

    #[test]
    fn an_id_alone_is_a_finding() {
        let run = scan(format!("AWS_ACCESS_KEY_ID={}\n", Keys::new().of("aws-access-key-id")));
        assert_eq!(run.places().len(), 1);
        assert_eq!(run.places()[0].rule, "aws-access-key-id");
    }

    #[test]
    fn a_secret_alone_is_a_finding() {
        let run = scan(format!("AWS_SECRET_ACCESS_KEY={}\n", Keys::new().of("aws-secret-access-key")));
        assert_eq!(run.places().len(), 1);
        assert_eq!(run.places()[0].rule, "aws-secret-access-key");
    }

    #[test]
    fn id_and_secret_far_from_each_other_are_two_findings() {
        let apart = format!("\n{}AWS_SECRET", "# a line of words\n".repeat(500));
        let run = scan(aws(&mut Keys::new()).replace("\nAWS_SECRET", &apart));
        assert_eq!(run.findings().len(), 2);
        assert!(run.findings().iter().all(|finding| finding["parts"].as_array().unwrap().is_empty()));
    }
}

mod spilling {
    use super::*;

    /// Kinds of keys whose every byte is random behind the prefix; PEM blocks come besides.
    const RULES: [&str; 22] = [
        TOKEN,
        "stripe-live-secret-key",
        "stripe-test-secret-key",
        "slack-bot-token",
        "aws-secret-access-key",
        "http-url-with-user-and-password",
        "http-bearer-authorization-header",
        "http-basic-authorization-header",
        GENERIC,
        "private-key-pkcs-8-unencrypted-pem",
        "npm-access-token",
        "gitlab-personal-access-token",
        "sendgrid-api-key",
        "openai-project-api-key",
        "anthropic-api-key",
        "digitalocean-personal-access-token",
        "hugging-face-user-access-token",
        "shopify-access-token-custom-app",
        "google-api-key",
        "docker-personal-access-token",
        "pypi-api-token",
        "token-format-json-web-token",
    ];

    /// The secret part of what a generator made.
    fn value(rule: &str, key: &str) -> String {
        match rule {
            GENERIC | "http-bearer-authorization-header" | "http-basic-authorization-header" => {
                key.rsplit(' ').next().unwrap().to_owned()
            }
            "http-url-with-user-and-password" => key.split([':', '@']).nth(2).unwrap().to_owned(),
            // The middle part is the key's id, which SendGrid's own API lists.
            "sendgrid-api-key" => key.rsplit('.').next().unwrap().to_owned(),
            _ => key.to_owned(),
        }
    }

    /// A tree with keys of many kinds in many places, and the values that must not be seen.
    fn planted(keys: &mut Keys) -> (Sandbox, Vec<String>) {
        let tree = Sandbox::repository();
        let mut values = Vec::new();
        for rule in RULES {
            let key = keys.of(rule);
            values.push(value(rule, &key));
            tree.write(format!("plain/{rule}.txt"), format!("aws = {key}\n"));
            tree.write(format!("long/{rule}.txt"), format!("x{}\n aws = {key} {}", " y".repeat(300), "z ".repeat(300)));
        }
        let mut add = |rule: &str| {
            let key = keys.of(rule);
            values.push(key.clone());
            key
        };
        tree.write("two.py", format!("login(\"{}\", \"{}\")\n", add(TOKEN), add("slack-bot-token")));
        tree.write("minified.js", format!("a={{k:\"{}\",b:'{}'}}", add(TOKEN), add("stripe-live-secret-key")));
        tree.write(
            "pair.env",
            format!("AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n", keys.of("aws-access-key-id"), {
                let secret = keys.of("aws-secret-access-key");
                values.push(secret.clone());
                secret
            }),
        );
        let mut add = |rule: &str| {
            let key = keys.of(rule);
            values.push(key.clone());
            key
        };
        tree.write("backup.zip", zip("inner/settings.env", format!("TOKEN={}\n", add(TOKEN)).as_bytes()));
        tree.write("orders.ipynb", notebook(&add("slack-bot-token")));
        let utf16: Vec<u8> = format!("token: {}\r\n", add(TOKEN)).encode_utf16().flat_map(u16::to_le_bytes).collect();
        tree.write("windows.txt", utf16);
        tree.write("allowed.txt", format!("{} # keytrail:allow {}\n", add(TOKEN), "a reason"));
        let name = add(TOKEN);
        tree.write(format!("keys/{name}.txt"), format!("api_key = {}\n", add(TOKEN)));
        tree.write(format!("keys/of-{name}/damaged.gz"), [0x1f, 0x8b, 8, 0, 1, 2, 3]);
        let member = add(TOKEN);
        tree.write("members.zip", zip(&format!("{member}/a.txt"), add(TOKEN).as_bytes()));
        tree.write(
            ".git/config",
            format!("[remote \"origin\"]\n\turl = https://me:{}@git.keytrail-demo.net/a\n", add(TOKEN)),
        );
        (tree, values)
    }

    /// Every piece of 12 bytes of a value that is not the beginning of it, where kinds have their prefix, nor words of
    /// a PEM block.
    fn pieces(value: &str) -> Vec<&str> {
        if value.starts_with("-----") {
            return value.lines().filter(|line| line.len() == 64).skip(1).flat_map(|line| windows(line, 0)).collect();
        }
        windows(value, 8.min(value.len().saturating_sub(12)))
    }

    fn windows(value: &str, from: usize) -> Vec<&str> {
        (from..=value.len().saturating_sub(12)).filter_map(|at| value.get(at..at + 12)).collect()
    }

    fn spilled<'v>(output: &[u8], values: &'v [String]) -> Vec<&'v str> {
        let found = |piece: &&&str| memchr::memmem::find(output, piece.as_bytes()).is_some();
        values
            .iter()
            .filter(|value| pieces(value).iter().any(|piece| found(&piece)))
            .map(|value| &value[..6.min(value.len())])
            .collect()
    }

    #[test]
    fn no_report_shows_any_part_of_a_key() {
        let (tree, values) = planted(&mut Keys::new());
        for format in FORMATS {
            for more in [&["-v"][..], &["--progress", "always"], &["--min-confidence", "low", "--color", "always"]] {
                let args = [&["scan", "--format", format, "--no-ignore"], more].concat();
                let output = tree.keytrail().args(&args).output().unwrap();
                assert_eq!(output.status.code(), Some(2), "{args:?}");
                assert!(output.stdout.len() > 4000, "{args:?}");
                assert_eq!(spilled(&output.stdout, &values), [""; 0], "standard output of {args:?}");
                assert_eq!(spilled(&output.stderr, &values), [""; 0], "standard error of {args:?}");
            }
        }
        for file in
            ["../o.txt", "../o.json", "../o.jsonl", "../o.sarif", "../o.csv", "../o.md", "../o.html", "../o.junit.xml"]
        {
            tree.scan(&["-o", file]);
            assert_eq!(spilled(&fs::read(tree.path(file)).unwrap(), &values), [""; 0], "{file}");
        }
    }

    #[test]
    fn every_planted_key_is_found_and_shown_on_request_only() {
        let (tree, values) = planted(&mut Keys::new());
        let run = tree.scan(&["--show-secrets", "--min-confidence", "low"]);
        // Rules differ in how much around the secret they take: a header's value, the end of a PEM block's last line.
        let shown: Vec<&str> = run.findings().iter().map(|finding| finding["value"].as_str().unwrap()).collect();
        let found = |value: &str| shown.iter().any(|shown| shown.contains(value) || value.contains(shown));
        let missing: Vec<&str> = values.iter().filter(|value| !found(value.trim())).map(|value| &value[..6]).collect();
        // Also those that stand in a name only, of files and of a member of an archive.
        assert_eq!(missing, [""; 0]);
        // These are made to be passed on.
        for format in ["sarif", "csv", "markdown", "html", "junit"] {
            let output = tree.keytrail().args(["scan", "--format", format, "--show-secrets"]).output().unwrap();
            assert_eq!(spilled(&output.stdout, &values), [""; 0], "{format}");
        }
    }

    #[test]
    fn a_report_holds_no_secret_for_the_next_scan_to_find() {
        let (tree, _) = planted(&mut Keys::new());
        let reports = Sandbox::new();
        let names = ["a.txt", "a.json", "a.jsonl", "a.sarif", "a.csv", "a.md", "a.html", "a.xml"];
        for (format, name) in FORMATS.into_iter().zip(names) {
            let output = tree.keytrail().args(["scan", "--format", format]).output().unwrap();
            reports.write(name, output.stdout);
        }
        // Identifiers are no secrets, and are shown whole.
        let run = reports.scan(&["--disable", "aws-access-key-id"]);
        assert_eq!(run.places(), []);
    }
}

/// What every format says of a tree, one behind the other.
fn in_all_formats(tree: &Sandbox, args: &[&str]) -> String {
    let mut all = String::new();
    for format in FORMATS.into_iter().chain(["github", "gitlab"]) {
        let output = tree.keytrail().args(["scan", "-v", "--format", format]).args(args).output().unwrap();
        all.push_str(&String::from_utf8(output.stdout).unwrap());
        all.push_str(&String::from_utf8(output.stderr).unwrap());
    }
    all
}

#[test]
fn a_value_is_shown_nowhere_on_its_line() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let token = keys.token();
    let values: Vec<String> = std::iter::repeat_with(|| keys.value()).take(6).collect();
    let short: Vec<String> = values.iter().map(|value| format!("{}!{}", &value[..5], &value[5..9])).collect();
    let lines = [
        format!("const password = \"{0}\", confirm = \"{0}\";\n", short[0]),
        format!("export DB_PASSWORD={0} && mysqldump --password={0} shop\n", short[1]),
        format!("api_key = \"{0}\"  # was: old-{0}\n", values[2]),
        format!("api_key = \"{0}\"; url = f\"https://h/v1/x_{0}/y\"\n", values[3]),
        format!("password: \"{0}\" # echo {0} | docker login -u x --password-stdin\n", short[4]),
        format!("token = \"{token}\"; x = \"v{token}w\"\n"),
    ];
    for (index, line) in lines.iter().enumerate() {
        tree.write(format!("{index}.py"), line);
    }
    tree.commit();
    let found: BTreeSet<String> = tree.scan(&[]).paths().into_iter().collect();
    assert_eq!(found.len(), lines.len());
    for args in [&[][..], &["--history"]] {
        let all = in_all_formats(&tree, args);
        for value in [&short[0], &short[1], &values[2], &values[3], &short[4], &token] {
            assert!(!all.contains(value.as_str()), "{value}");
        }
    }
}

#[test]
fn a_reason_shows_no_key() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let lines = [
        "{\"//\": \"keytrail:allow demo\", \"token\": \"KEY\"}",
        "--[[ keytrail:allow demo ]] t = \"KEY\"",
        "<# keytrail:allow demo #> $t = \"KEY\"",
        "# keytrail:allow: KEY is a test key\ntoken: \"KEY\"",
        "# pragma: allowlist secret KEY\nK=\"KEY\"",
        "token = \"KEY\"  # keytrail:allow replaced by OTHER",
        "# keytrail:allow the one before OTHER",
        "password = \"PASS\" # keytrail:allow it is PASS",
    ];
    let mut secrets = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let value = keys.value();
        let made = [keys.token(), keys.token(), format!("{}!{}", &value[..5], &value[5..12])];
        tree.write(
            format!("{index}.py"),
            line.replace("KEY", &made[0]).replace("OTHER", &made[1]).replace("PASS", &made[2]) + "\n",
        );
        secrets.extend(made);
    }
    let run = tree.scan(&[]);
    assert_eq!(run.paths().len(), 11, "{:?}", run.paths());
    let reasons: Vec<&str> = run
        .findings()
        .iter()
        .flat_map(|finding| finding["locations"].as_array().unwrap())
        .filter_map(|place| place["allowed"]["reason"].as_str())
        .collect();
    assert_eq!(&reasons[..3], ["demo"; 3]);
    let all = in_all_formats(&tree, &[]);
    for secret in &secrets {
        assert!(!all.contains(secret.as_str()), "{secret}");
    }
}

#[test]
fn keys_of_rules_that_are_switched_off_are_not_shown() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let stripe = || Keys::new().of("stripe-live-secret-key");
    let other: Vec<String> = std::iter::repeat_with(|| keys.token()).take(4).collect();
    tree.write("two.py", format!("a = \"{}\"; b = \"{}\"; c = 1\n", other[0], stripe()));
    tree.write(format!("backup-{}/x.env", other[1]), format!("S={}\n", stripe()));
    tree.write("c.zip", zip(&format!("m-{}.txt", other[2]), format!("S={} T={}\n", stripe(), other[3]).as_bytes()));
    for args in [["--only", "stripe-*"], ["--disable", "github-*"]] {
        assert_eq!(tree.scan(&args).places().len(), 3);
        let all = in_all_formats(&tree, &args);
        for key in &other {
            assert!(!all.contains(key.as_str()), "{args:?}: {key}");
        }
    }
}

/// The addresses of a SARIF report, without those of schemas and pages; and what they are relative to.
fn addresses(tree: &Sandbox, folder: &str, args: &[&str]) -> (Vec<String>, String) {
    let mut keytrail = tree.keytrail();
    keytrail.current_dir(tree.path(folder)).args(["scan", "--format", "sarif"]).args(args);
    let sarif: Value = serde_json::from_slice(&keytrail.output().unwrap().stdout).unwrap();
    let run = &sarif["runs"][0];
    let address = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"].clone();
    let results = run["results"].as_array().unwrap().iter().map(address);
    let base = |address: &Value| address["uriBaseId"].as_str().map_or(String::new(), |base| format!("{base}:"));
    let shown = results.map(|address| format!("{}{}", base(&address), address["uri"].as_str().unwrap())).collect();
    (shown, run["originalUriBaseIds"]["SRCROOT"]["description"]["text"].as_str().unwrap().to_owned())
}

#[test]
fn addresses_are_relative_to_the_top_of_the_repository_or_a_folder_around_everything() {
    let mut keys = Keys::new();
    let (key, other) = (format!("{}\n", keys.token()), format!("{}\n", keys.token()));
    let tree = Sandbox::repository();
    tree.write("f", &key);
    tree.write("s/t/g", &other);
    let top = "The top of the repository.".to_owned();
    let both = vec!["SRCROOT:f".to_owned(), "SRCROOT:s/t/g".to_owned()];
    let one = vec!["SRCROOT:s/t/g".to_owned()];
    let absolute = tree.tree();
    let absolute = absolute.to_str().unwrap();
    for (folder, args, expected) in [
        ("s", &[".."][..], &both),
        ("s/t", &["../.."], &both),
        ("s", &[absolute], &both),
        (".", &["../tree"], &both),
        ("s", &[], &one),
        ("s", &["t/../t"], &one),
    ] {
        let (mut shown, base) = addresses(&tree, folder, args);
        shown.sort();
        assert_eq!((&shown, &base), (expected, &top), "{folder} {args:?}");
    }
    tree.git(&["add", "-A"]);
    assert_eq!(addresses(&tree, "s", &["--staged"]).0.len(), 2);
    assert!(addresses(&tree, "s", &["--staged"]).0.iter().all(|address| both.contains(address)));
    // A report that was read back knows where it was.
    let saved = tree.keytrail().current_dir(tree.path("s")).args(["scan", "..", "--format", "json"]).output().unwrap();
    tree.write("../saved.json", &saved.stdout);
    let again = tree.keytrail().args(["report", "../saved.json", "--format", "sarif"]).output().unwrap();
    let again = String::from_utf8(again.stdout).unwrap();
    assert!(again.contains("\"uri\": \"s/t/g\"") && !again.contains("\"uri\": \"..") && !again.contains("file:"));

    let tree = Sandbox::new();
    tree.write("w/f", &key);
    tree.write("v/g", &other);
    let (mut shown, base) = addresses(&tree, "v", &["../w/f", "g"]);
    shown.sort();
    assert_eq!(shown, ["SRCROOT:v/g", "SRCROOT:w/f"]);
    assert_eq!(base, "A directory above the one the scan was started in.");
    assert_eq!(addresses(&tree, "w", &[]).0, ["SRCROOT:f"]);
}

/// Where a SARIF report says that the top of the repository is.
fn mapped(report: &[u8]) -> String {
    let sarif: Value = serde_json::from_slice(report).unwrap();
    let details = &sarif["runs"][0]["versionControlProvenance"][0];
    assert_eq!(details["repositoryUri"], "https://git.keytrail-demo.net/shop.git");
    let mapped = &details["mappedTo"];
    let part = |name: &str| mapped[name].as_str().unwrap_or_default().to_owned();
    format!("{}:{}", part("uriBaseId"), part("uri"))
}

#[test]
fn the_top_of_the_repository_is_mapped_to_where_its_files_are() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a b/shop/src/f", format!("{}\n", keys.token()));
    tree.write("w/f", "nothing");
    let remote = ["remote", "add", "origin", "https://git.keytrail-demo.net/shop.git"];
    tree.git_in("a b/shop", &["init", "-q"]);
    tree.git_in("a b/shop", &remote);
    tree.git_in("a b/shop", &["add", "-A"]);
    tree.git_in("a b/shop", &["commit", "-q", "-m", "state"]);
    let top = tree.path("a b/shop");
    let top = top.to_str().unwrap();
    let absolute = format!(":file://{}/", top.replace(' ', "%20"));
    let cases = [
        ("a b/shop", &[][..], "SRCROOT:"),
        ("a b/shop", &["src"], "SRCROOT:"),
        ("a b/shop/src", &["."], "SRCROOT:"),
        ("a b/shop/src", &[top], "SRCROOT:"),
        ("a b", &["shop/src", "../w"], "SRCROOT:shop/"),
        (".", &["a b/shop/src/f"], "SRCROOT:a%20b/shop/"),
        (".", &[top], "SRCROOT:a%20b/shop/"),
        ("w", &["../a b/shop"], "SRCROOT:a%20b/shop/"),
        ("w", &["../a b/shop", "--history"], "SRCROOT:a%20b/shop/"),
        ("w", &["../a b/shop", "--only", "stripe-*"], "SRCROOT:a%20b/shop/"),
        ("w", &[top], &absolute),
    ];
    for (folder, args, expected) in cases {
        let scan = |format: &str| {
            let mut keytrail = tree.keytrail();
            keytrail.current_dir(tree.path(folder)).args(["scan", "--format", format]).args(args);
            keytrail.output().unwrap().stdout
        };
        assert_eq!(mapped(&scan("sarif")), expected, "{folder} {args:?}");
        // A report that was read back leads to the same place, from where it was written.
        tree.write("../saved.json", scan("json"));
        let again = tree.keytrail().args(["report", "../saved.json", "--format", "sarif"]).output().unwrap().stdout;
        let relative = if folder == "w" { expected.replace(":a%20b", ":../a%20b") } else { expected.to_owned() };
        assert_eq!(mapped(&again), relative, "{folder} {args:?}, read back");
    }
}

#[cfg(unix)]
#[test]
fn a_report_goes_where_a_link_leads() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.write("../reports/real.json", "keep");
    for (link, target) in [("l.json", "../reports/real.json"), ("n.json", "../reports/new.json"), ("m.json", "n.json")]
    {
        std::os::unix::fs::symlink(target, tree.path(link)).unwrap();
    }
    for (link, file) in [("l.json", "real.json"), ("m.json", "new.json")] {
        let run = tree.scan(&["a.txt", "-o", link]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(fs::symlink_metadata(tree.path(link)).unwrap().is_symlink(), "{link}");
        let written: Value = serde_json::from_slice(&fs::read(tree.path("../reports").join(file)).unwrap()).unwrap();
        assert_eq!(written["findings"].as_array().unwrap().len(), 1);
    }
    assert!(fs::symlink_metadata(tree.path("n.json")).unwrap().is_symlink());
    assert_eq!(fs::read_dir(tree.path("../reports")).unwrap().count(), 2, "nothing is left beside them");
    std::os::unix::fs::symlink("circle.json", tree.path("circle.json")).unwrap();
    std::os::unix::fs::symlink("../nowhere/a.json", tree.path("lost.json")).unwrap();
    for wrong in ["circle.json", "lost.json"] {
        let run = tree.scan(&["a.txt", "-o", wrong]);
        assert!(run.code == 2 && run.stderr.contains("cannot be written"), "{wrong}: {}", run.stderr);
        assert!(fs::symlink_metadata(tree.path(wrong)).unwrap().is_symlink(), "{wrong}");
    }
    // What is read is not overwritten, by whatever name.
    tree.write("keys.csv", "id,created\na,2026-01-01\n");
    std::os::unix::fs::symlink("keys.csv", tree.path("same.csv")).unwrap();
    let run = Run::of(tree.keytrail().args(["inventory", "convert", "keys.csv", "-o", "same.csv"]).output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("would be read and overwritten"), "{}", run.stderr);
}

#[test]
fn a_report_in_a_folder_that_is_not_there_is_an_error_before_the_scan() {
    let tree = Sandbox::new();
    tree.write("a.txt", "nothing\n");
    for args in [&["scan", "-o", "out/a.json"][..], &["audit", "--inventory", "a.txt", "-o", "out/a.json"]] {
        let output = tree.keytrail().args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("there is no folder `out`"), "{said}");
    }
}

#[test]
fn a_private_key_is_one_finding_however_it_is_written() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.of("private-key-pkcs-1-rsa-pem");
    tree.write("id_rsa", format!("{key}\n"));
    tree.write("windows.pem", format!("{key}\n").replace('\n', "\r\n"));
    tree.write("ci.yml", format!("key: |\n    {}\n", key.replace('\n', "\n    ")));
    tree.write("a.env", format!("KEY=\"{}\\n\"\n", key.replace('\n', "\\n")));
    let run = tree.scan(&[]);
    assert_eq!(
        (run.findings().len(), run.paths()),
        (1, ["a.env", "ci.yml", "id_rsa", "windows.pem"].map(String::from).into())
    );
    let print = run.findings()[0]["fingerprint"].clone();
    assert_eq!(tree.scan(&["windows.pem"]).findings()[0]["fingerprint"], print);
}
