//! `keytrail locate` on real repositories: every place of a key, and the key in no output.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Cursor, Write as _};
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use common::{Keys, Run, Sandbox, TOKEN};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const LOCATED: &str = "located-key";

fn locate(sandbox: &Sandbox, input: &str, args: &[&str]) -> Output {
    sandbox.keytrail().arg("locate").args(args).write_stdin(input).output().unwrap()
}

/// Runs it with a JSON report, and sees to it that the key is in none of the outputs.
fn located(sandbox: &Sandbox, key: &str, args: &[&str]) -> Run {
    let output = locate(sandbox, &format!("{key}\n"), &[&["--format", "json"], args].concat());
    hides(&output, key);
    Run::of(output)
}

/// Neither the key nor what can be turned back into it.
fn hides(output: &Output, key: &str) {
    let all = [output.stdout.as_slice(), &output.stderr].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    for alignment in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&b"::"[..alignment], key.as_bytes()].concat());
        assert!(!all.contains(&encoded[4..encoded.len() - 4]), "{all}");
    }
    assert!(!all.contains(key) && !all.contains(&hex::encode(key)), "{all}");
    // More than the few characters at either end that reports may show.
    assert!(!all.contains(&key[..key.len() / 2]) && !all.contains(&key[key.len() / 2..]), "{all}");
}

/// Path, form and history of every place.
fn places(run: &Run) -> Vec<(String, Option<String>, Option<Value>)> {
    let mut all = Vec::new();
    for finding in run.findings() {
        for place in finding["locations"].as_array().unwrap() {
            let members = place["artifact"]["members"].as_array().into_iter().flatten();
            let path = members.fold(place["artifact"]["path"].as_str().unwrap().to_owned(), |path, member| {
                path + "!/" + member.as_str().unwrap()
            });
            let history = Some(place["history"].clone()).filter(|history| !history.is_null());
            all.push((path, place["part"].as_str().map(str::to_owned), history));
        }
    }
    all
}

fn forms(run: &Run) -> Vec<(String, Option<String>)> {
    places(run).into_iter().map(|(path, form, _)| (path, form)).collect()
}

fn form(path: &str, form: &str) -> (String, Option<String>) {
    (path.to_owned(), Some(form.to_owned()).filter(|form| !form.is_empty()))
}

#[test]
fn every_form_in_a_working_tree() {
    let sandbox = Sandbox::new();
    // What differs in every form.
    let key = format!("{}/+\"<&>\\{}", Keys::new().value(), "=");
    let percent: String = key.bytes().map(|b| format!("%{b:02x}")).collect();
    let json = serde_json::to_string(&key).unwrap();
    let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let xml = key.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("inner/a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(format!("key {key} end").as_bytes()).unwrap();
    let cell = format!("KEY = {key}\n");
    let notebook = serde_json::json!({"cells": [{"cell_type": "code", "source": [cell]}]});
    for (path, content) in [
        ("a-plain", format!("x{key}y").into_bytes()),
        ("b-base64", STANDARD.encode(&key).into_bytes()),
        ("c-base64", STANDARD_NO_PAD.encode(format!("u{key}")).into_bytes()),
        ("d-base64", URL_SAFE_NO_PAD.encode(format!("me{key}!")).into_bytes()),
        ("e-twice", STANDARD.encode(STANDARD.encode(format!("user:{key}"))).into_bytes()),
        ("f-hex", hex::encode(&key).into_bytes()),
        ("g-hex", hex::encode_upper(&key).into_bytes()),
        ("h-percent", percent.into_bytes()),
        ("i-json", json.into_bytes()),
        ("j-xml", xml.into_bytes()),
        ("k-utf-16", [b"\xff\xfe".to_vec(), wide.clone()].concat()),
        ("l-powershell", STANDARD.encode(&wide).into_bytes()),
        ("m-binary", [b"\x7fELF\0\0\0\x01\0\0\0".to_vec(), wide].concat()),
        ("n.zip", archive.finish().unwrap().into_inner()),
        ("o.ipynb", notebook.to_string().into_bytes()),
        ("p-allowed", format!("{key} # keytrail:allow\n").into_bytes()),
        ("q-nothing", key.as_bytes()[1..].to_vec()),
    ] {
        sandbox.write(path, content);
    }
    let run = located(&sandbox, &key, &[]);
    assert_eq!(run.code, 1);
    assert_eq!(
        forms(&run),
        [
            form("a-plain", ""),
            form("b-base64", "in base64"),
            form("c-base64", "in base64"),
            form("d-base64", "in URL-safe base64"),
            form("e-twice", "in base64, twice"),
            form("f-hex", "in hexadecimal"),
            form("g-hex", "in hexadecimal"),
            form("h-percent", "in percent-encoding"),
            form("i-json", "in JSON escapes"),
            form("j-xml", "in XML escapes"),
            form("k-utf-16", ""),
            form("l-powershell", "in base64 of UTF-16"),
            form("m-binary", "in UTF-16"),
            form("n.zip!/inner/a.txt", ""),
            form("o.ipynb", "cell 1"),
            form("p-allowed", ""),
        ]
    );
    let [finding] = run.findings() else { panic!("one key, one finding") };
    assert_eq!((finding["rule"].as_str(), finding["confidence"].as_str()), (Some(LOCATED), Some("confirmed")));
    let notes: Vec<&str> = finding["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    assert!(notes.contains(&"It stands in base64."), "{notes:?}");
}

#[test]
fn the_whole_history_is_searched() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let key = keys.token();
    let other = keys.token();
    sandbox.write("config/app.env", format!("A=1\nTOKEN={key}\n"));
    sandbox.write("other.env", format!("TOKEN={other}\n"));
    sandbox.commit();
    // Only base64 is left at HEAD.
    sandbox.write("config/app.env", "A=1\n");
    sandbox.write("deploy/secret.yaml", format!("data:\n  token: {}\n", STANDARD.encode(&key)));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.write("side.txt", format!("see {key}\n"));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["branch", "-q", "-D", "side"]);
    sandbox.git(&["checkout", "-q", "-b", "kept"]);
    sandbox.write("kept.txt", format!("see {key}\n"));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", &format!("use {key} for now")]);
    sandbox.git(&["tag", "-a", "v1", "-m", "release"]);
    sandbox.git(&["reflog", "expire", "--expire=now", "--all"]);

    for packed in [false, true] {
        if packed {
            sandbox.git(&["repack", "-q", "-a", "-d", "--keep-unreachable"]);
        }
        let run = located(&sandbox, &key, &[]);
        assert_eq!(run.code, 1);
        let [finding] = run.findings() else { panic!("one key, one finding") };
        // The rule that knows the kind of key names it.
        assert_eq!(finding["rule"], TOKEN);
        let places = places(&run);
        let place = |path: &str| {
            let found = places.iter().find(|(name, _, _)| name == path);
            let (_, form, history) = found.unwrap_or_else(|| panic!("{path} is not among {places:?}"));
            (form.clone(), history.clone().unwrap())
        };
        let (form, history) = place("config/app.env");
        assert_eq!((form, &history["at_head"], &history["reach"]), (None, &false.into(), &"reference".into()));
        assert!(history["introduced"]["id"].is_string());
        let (form, history) = place("deploy/secret.yaml");
        assert_eq!((form.as_deref(), &history["at_head"]), (Some("in base64"), &true.into()));
        assert_eq!(place("side.txt").1["reach"], "unreachable");
        let (_, history) = place("kept.txt");
        assert_eq!((&history["reach"], &history["branches"]), (&"reference".into(), &serde_json::json!(["kept"])));
        assert!(places.iter().any(|(path, _, _)| path.starts_with(".git/commit/") && path.ends_with("/message")));
        assert_eq!(places.len(), 5, "{places:?}");
    }
    assert_eq!(forms(&located(&sandbox, &key, &["--no-history"])), [form("deploy/secret.yaml", "in base64")]);
    let paths = located(&sandbox, &key, &["config"]).paths();
    assert_eq!(paths, ["config/app.env"]);
    // What was deleted is a path, too.
    std::fs::remove_dir_all(sandbox.path("config")).unwrap();
    sandbox.commit();
    assert_eq!(located(&sandbox, &key, &["config"]).paths(), ["config/app.env"]);
    assert_eq!(located(&sandbox, &key, &["config/app.env"]).paths(), ["config/app.env"]);
    assert_eq!(locate(&sandbox, &key, &["--no-history", "config"]).status.code(), Some(2));
    // A bare repository has nothing but its history.
    sandbox.git(&["clone", "-q", "--bare", ".", "bare"]);
    let bare = located(&sandbox, &key, &["bare"]);
    assert!(bare.paths().contains(&"config/app.env".to_owned()), "{:?}", bare.paths());
}

#[test]
fn a_digest_or_a_mask_is_enough() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let (key, other, password) = (keys.token(), keys.token(), "p@ss word (broken)!");
    sandbox.write("old.env", format!("TOKEN={key}\nOTHER={other}\n"));
    sandbox.commit();
    sandbox.write("old.env", "\n");
    sandbox.write("url.txt", format!("https://host.invalid/{key}/x\n"));
    sandbox.write("login.json", format!("{{\"password\": \"{password}\"}}\n"));
    sandbox.commit();

    let digest = Sha256::digest(&key);
    let written =
        [hex::encode(digest), hex::encode_upper(digest), STANDARD.encode(digest), URL_SAFE_NO_PAD.encode(digest)];
    let named = ["sha256:", "SHA256:"].map(|name| name.to_owned() + &STANDARD_NO_PAD.encode(digest));
    for digest in written.into_iter().chain(named) {
        let output = locate(&sandbox, "", &["--format", "json", "--sha256", &digest]);
        hides(&output, &key);
        let run = Run::of(output);
        assert_eq!((run.code, run.paths()), (1, vec!["old.env".to_owned(), "url.txt".to_owned()]));
        assert_eq!(run.findings()[0]["confidence"], "confirmed");
    }
    let digest = hex::encode(Sha256::digest(password));
    assert_eq!(Run::of(locate(&sandbox, "", &["--format", "json", "--sha256", &digest])).paths(), ["login.json"]);

    let (beginning, end) = (&key[..6], &key[key.len() - 4..]);
    for mask in [
        format!("{beginning}…{end}"),
        format!("{beginning}...{end}"),
        format!("{beginning}********{end}"),
        format!("…{end}"),
    ] {
        let output = locate(&sandbox, "", &["--format", "json", "--mask", &mask]);
        hides(&output, &key);
        let run = Run::of(output);
        assert_eq!((run.code, run.paths()), (1, vec!["old.env".to_owned(), "url.txt".to_owned()]), "{mask}");
        assert_eq!(run.findings().len(), 1);
    }
    // Whatever is in standard input is not looked at then, nor waited for.
    let wrong = "0".repeat(64);
    let run = Run::of(locate(&sandbox, &key, &["--format", "json", "--sha256", &wrong]));
    assert_eq!((run.code, run.findings().len()), (0, 0));
}

#[test]
fn a_key_is_in_no_output() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let (key, beside) = (keys.value(), keys.token());
    // In names, in texts of git, and beside another key.
    sandbox.write(format!("backup-{key}/notes.txt"), format!("a {key} {beside} {key}\n{}\n", STANDARD.encode(&key)));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", &format!("rotate-{key}")]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", &format!("rotate {key}")]);
    let reports = ["a.txt", "a.json", "a.jsonl", "a.sarif", "a.csv", "a.md", "a.junit.xml"];
    let outputs: Vec<&str> = reports.iter().flat_map(|report| ["-o", report]).collect();
    let run = |args: &[&str]| {
        let output = locate(&sandbox, &key, args);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        hides(&output, &key);
        hides(&output, &beside);
        output
    };
    run(&outputs);
    for report in reports {
        let output = Output { stdout: std::fs::read(sandbox.path(report)).unwrap(), ..run(&["--no-history"]) };
        assert!(String::from_utf8_lossy(&output.stdout).contains("notes.txt"), "{report}");
        hides(&output, &key);
        hides(&output, &beside);
    }
    for format in ["text", "jsonl", "sarif"] {
        run(&["--format", format, "--progress", "always", "--verbose"]);
    }
}

#[test]
fn what_is_found_nowhere_is_said() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let (key, other, third) = (keys.token(), keys.token(), keys.value());
    sandbox.write("a.txt", &key);
    sandbox.commit();
    let output = locate(&sandbox, &other, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("Found nowhere") && text.contains("2 files") && text.contains("2 objects"), "{text}");
    // Of several, those that were not found are told by their number.
    let output = locate(&sandbox, &format!("{other}\r\n\n{key}\n{third}\n{key}\n"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "found nowhere: 2 of 3 (key 1, key 3)\n");
    // An incomplete search proves nothing.
    sandbox.write("broken.zip", b"PK\x03\x04 and no more than that");
    assert_eq!(locate(&sandbox, &other, &[]).status.code(), Some(2));
    assert_eq!(locate(&sandbox, &other, &["--allow-incomplete"]).status.code(), Some(0));
    // Files of keys as Windows writes them.
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = format!("\u{feff}{key}\r\n").encode_utf16().flat_map(bytes).collect();
        let output = sandbox.keytrail().args(["locate", "--allow-incomplete"]).write_stdin(wide).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // Outside of a repository there are files only.
    let outside = Sandbox::new();
    outside.write("a.txt", &key);
    assert_eq!(located(&outside, &key, &[]).paths(), ["a.txt"]);
}

#[test]
fn keys_among_the_arguments_are_refused_and_not_repeated() {
    let sandbox = Sandbox::new();
    let key = Keys::new().token();
    let dashed = format!("--{key}");
    let assigned = format!("--key={key}");
    for args in [
        &[key.as_str()][..],
        &[&dashed],
        &[&assigned],
        &["--key", &key],
        &["--sha256", &key],
        &["--mask", &key],
        &["--format", &key],
        &["--jobs", &key],
        &["--progress", &key, "."],
        &["-o", &key],
    ] {
        let output = locate(&sandbox, "", args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        hides(&output, &key);
        assert!(!output.stderr.is_empty() && output.stdout.is_empty());
    }
    let said = |input: &str, args: &[&str]| String::from_utf8(locate(&sandbox, input, args).stderr).unwrap();
    assert!(said("", &[&key]).contains("standard input, as in `pbpaste | keytrail locate`"));
    assert!(said("", &["--mask", &key]).contains("no hidden part"));
    // A slip of the hand is still helped with.
    assert!(said(&key, &["--no-histori"]).contains("--no-history"));
    assert!(said(&key, &["-o", "-"]).contains("is not needed"));
    assert!(said("\n \n", &[]).contains("holds no key"));
    let error = said(&format!("{key}\nshort\n"), &[]);
    assert!(error.contains("line 2") && error.contains("fewer than 8") && !error.contains("short"), "{error}");
    assert!(said(&"x".repeat(9000), &[]).contains("more than 8192 bytes"));
}

#[test]
fn large_files_are_searched_in_windows() {
    let sandbox = Sandbox::new();
    let key = Keys::new().value();
    let mut text = "no key is in this line\n".repeat((17 << 20) / 23).into_bytes();
    // Around the ends of the first window and of what it owns.
    let (window, overlap) = (keytrail::Scanner::WINDOW, keytrail::Scanner::OVERLAP);
    let mut expected = Vec::new();
    for at in [0, window - overlap - 9, window - overlap / 2 - 9, window - 9, window + 97, text.len() - 200] {
        let form = if expected.len() % 2 == 0 { key.clone() } else { hex::encode(&key) };
        text[at..at + form.len()].copy_from_slice(form.as_bytes());
        expected.push((at as u64, form.len() as u64));
    }
    sandbox.write("large.log", &text);
    let found: Vec<(u64, u64)> = located(&sandbox, &key, &[]).places().into_iter().map(|place| place.bytes).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_private_key_is_one_key_of_several_lines() {
    let sandbox = Sandbox::new();
    let mut keys = Keys::new();
    let lines: Vec<String> = (0..6).map(|_| keys.value()).collect();
    let key = format!("-----BEGIN BROKEN KEY-----\n{}\n-----END BROKEN KEY-----", lines.join("\n"));
    sandbox.write("a.pem", format!("{key}\n"));
    sandbox.write("b.pem", format!("{key}\n").replace('\n', "\r\n"));
    sandbox.write("c.json", serde_json::json!({ "private_key": key }).to_string());
    sandbox.write("d.yaml", format!("key: |\n    {}\n", key.replace('\n', "\n    ")));
    sandbox.write("e.yaml", format!("a: {}\n", STANDARD.encode(serde_json::json!({ "private_key": key }).to_string())));
    sandbox.write("f.txt", lines[..5].join("\n"));
    for input in [key.clone(), key.replace('\n', "\r\n")] {
        let run = Run::of(locate(&sandbox, &input, &["--format", "json"]));
        assert_eq!(
            forms(&run),
            [
                form("a.pem", ""),
                form("b.pem", ""),
                form("c.json", "in JSON escapes"),
                form("d.yaml", "indented"),
                form("e.yaml", "in base64 of JSON escapes"),
            ]
        );
        let shown = String::from_utf8(run.stdout).unwrap();
        assert!(lines.iter().all(|line| !shown.contains(line)));
    }
}

#[test]
fn names_of_files_count() {
    let sandbox = Sandbox::new();
    let key = Keys::new().value();
    sandbox.write(format!("{key}.txt"), "nothing in it\n");
    let run = located(&sandbox, &key, &[]);
    assert_eq!((run.code, places(&run).len()), (1, 1));
    assert_eq!(places(&run)[0].1.as_deref(), Some("file name"));
    // In the history, too, also where only a digest is known.
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.commit();
    sandbox.git(&["mv", &format!("{key}.txt"), "a.txt"]);
    sandbox.commit();
    let run = located(&sandbox, &key, &[]);
    assert_eq!((run.code, places(&run).len()), (1, 1));
    assert!(places(&run)[0].1.as_deref() == Some("file name") && places(&run)[0].2.is_some());
    let digest = hex::encode(Sha256::digest(&key));
    assert_eq!(locate(&sandbox, "", &["--sha256", &digest]).status.code(), Some(1));
}

#[test]
fn reports_are_the_same_for_any_number_of_threads() {
    let sandbox = Sandbox::repository();
    let key = Keys::new().token();
    for round in 0..5 {
        for file in 0..10 {
            let text = if (round + file) % 3 == 0 { STANDARD.encode(format!("{file}{key}")) } else { key.clone() };
            sandbox.write(format!("f{file}"), format!("{round}\n{text}\n"));
        }
        sandbox.commit();
    }
    let one = locate(&sandbox, &key, &["--format", "json", "--jobs", "1"]);
    let four = locate(&sandbox, &key, &["--format", "json", "--jobs", "4"]);
    assert_eq!(one.stdout, four.stdout);
}
