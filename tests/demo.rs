//! `keytrail demo`: the first thing that someone runs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{Run, Sandbox};
use serde_json::Value;

fn report(tree: &Sandbox, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(tree.path(folder).join("keytrail.json")).unwrap()).unwrap()
}

#[test]
fn the_demo_joins_what_leaked_with_what_was_issued_and_keeps_two_reports() {
    let tree = Sandbox::new();
    let output = tree.keytrail().args(["demo", "shop"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{said}");
    let json = report(&tree, "shop");
    assert_eq!((&json["complete"], &json["exit_code"]), (&true.into(), &1.into()));
    let formats: Vec<&str> =
        json["files"].as_array().unwrap().iter().map(|file| file["format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["aws-access-keys", "github-authorizations", "openai"]);
    assert_eq!((&json["summary"]["keys"], &json["logs"][0]["format"]), (&12.into(), &"aws-cloudtrail".into()));
    let count =
        |check: &str| json["findings"].as_array().unwrap().iter().filter(|finding| finding["check"] == check).count();
    for (check, wanted) in [
        ("leaked-active", 4),
        ("leaked-inactive", 1),
        // One of them is accepted by a comment.
        ("leaked-unassigned", 5),
        ("replaced-referenced", 1),
        ("old-key-active", 1),
        ("rotation-overdue", 2),
        ("scope-broad", 2),
        ("owner-left", 2),
        ("unused", 1),
        ("call-new-source", 1),
        ("call-burst", 1),
        ("call-revoked-key", 1),
        ("inventory-row", 0),
        ("inventory-file", 0),
        ("call-log", 0),
    ] {
        assert_eq!(count(check), wanted, "{check}");
    }
    assert_eq!((&json["summary"]["accepted"], &json["summary"]["leaked_and_working"]), (&1.into(), &4.into()));
    // What a reader sees first: a key that works, since when it is exposed, and how that lies to its own dates.
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("It has leaked, has been exposed for 40 days, and works."), "{said}");
    assert!(flat.contains("160 days before that."), "{said}");
    assert!(flat.contains("make a new key now: this one has leaked"), "{said}");
    assert!(said.find("leaked-active").unwrap() < said.find("leaked-unassigned").unwrap(), "{said}");
    for word in ["This was a demo.", "keytrail.sarif", "keytrail.toml", "exports", "Next"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // What stands in the history only was found, with its commit.
    let gone = json["findings"].as_array().unwrap().iter().find(|one| one["check"] == "leaked-inactive").unwrap();
    assert_eq!((&gone["leaks"][0]["at_head"], &gone["severity"]), (&false.into(), &"low".into()));
    assert_eq!(gone["leaks"][0]["since"]["subject"], "Open the shop");
    let sarif: Value = serde_json::from_slice(&fs::read(tree.path("shop/keytrail.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), json["findings"].as_array().unwrap().len());
    // Nothing of it shows a key, nor the ids of AWS in any file that git has.
    tree.git_in("shop", &["fsck"]);
    let script = fs::read_to_string(tree.path("shop/deploy/release.sh")).unwrap();
    let token = script.split("GITHUB_TOKEN=").nth(1).unwrap().lines().next().unwrap();
    assert!(token.len() == 40 && !said.contains(token), "{said}");
}

#[test]
fn what_the_demo_says_it_did_comes_out_the_same_again() {
    let tree = Sandbox::new();
    let first = tree.keytrail().args(["demo", "shop"]).output().unwrap();
    let said = String::from_utf8(first.stdout).unwrap();
    let command = said.split('`').find(|part| part.starts_with("keytrail audit --history")).unwrap();
    let before = report(&tree, "shop");
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    let again = Run::of(tree.keytrail().current_dir(tree.path("shop")).args(args).output().unwrap());
    assert_eq!(again.code, 1, "{}", again.stderr);
    let prints = |json: &Value| -> Vec<Value> {
        json["findings"].as_array().unwrap().iter().map(|finding| finding["fingerprint"].clone()).collect()
    };
    assert_eq!(prints(&report(&tree, "shop")), prints(&before));
    // The other commands that it names do something in its folder, too.
    let scan = tree.keytrail().current_dir(tree.path("shop")).args(["scan", "--history", "--format", "json"]).output();
    let scan = Run::of(scan.unwrap());
    let rules: Vec<&str> = scan.findings().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"npm-access-token") && rules.contains(&"openai-project-api-key"), "{rules:?}");
    assert_eq!(rules.len(), 10, "{rules:?}");
}

#[test]
fn the_keys_of_the_demo_are_never_the_same() {
    let tree = Sandbox::new();
    let prints = ["one", "two"].map(|name| {
        assert_eq!(tree.keytrail().args(["demo", name]).output().unwrap().status.code(), Some(0));
        let json = report(&tree, name);
        let leaks = json["findings"].as_array().unwrap().iter().flat_map(|one| one["leaks"].as_array()).flatten();
        leaks.map(|leak| leak["fingerprint"].clone()).collect::<Vec<_>>()
    });
    assert!(!prints[0].is_empty() && prints[0].iter().all(|print| !prints[1].contains(print)));
}

#[test]
fn the_demo_does_not_touch_a_folder_that_holds_something() {
    let tree = Sandbox::new();
    tree.write("mine/file.txt", "content");
    let run = Run::of(tree.keytrail().args(["demo", "mine"]).output().unwrap());
    assert_eq!((run.code, run.stdout.len()), (2, 0));
    assert!(run.stderr.contains("not empty"), "{}", run.stderr);
    assert_eq!(fs::read_dir(tree.path("mine")).unwrap().count(), 1);
}
