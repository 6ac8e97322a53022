//! `keytrail demo`: the first thing that someone runs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{Run, Sandbox};

#[test]
fn the_demo_makes_a_repository_scans_it_and_keeps_two_reports() {
    let tree = Sandbox::new();
    let output = tree.keytrail().args(["demo", "shop"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    let said = format!("{said}{}", String::from_utf8(output.stderr).unwrap());
    assert!(said.contains("This was a demo.") && said.contains("keytrail.sarif"), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(tree.path("shop/keytrail.json")).unwrap()).unwrap();
    let rules: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap()).collect();
    for rule in [
        "aws-secret-access-key",
        "stripe-live-secret-key",
        "github-personal-access-token",
        "stripe-test-secret-key",
        "slack-bot-token",
        "private-key-pkcs-8-unencrypted-pem",
        "http-url-with-user-and-password",
        "npm-access-token",
    ] {
        assert_eq!(rules.iter().filter(|found| **found == rule).count(), 1, "{rule} in {rules:?}");
    }
    assert_eq!(rules.len(), 8, "{rules:?}");
    assert_eq!((&json["summary"]["findings"], &json["summary"]["allowed"]), (&7.into(), &1.into()));
    // One of them was committed and taken out again.
    assert_eq!(json["summary"]["in_history_only"], 1);
    assert!(said.contains("Open the shop"), "{said}");
    assert_eq!((&json["complete"], &json["exit_code"]), (&true.into(), &1.into()));
    // It is a repository like any other, and a scan of it says the same.
    tree.git_in("shop", &["fsck"]);
    let sources = ["README.md", "analysis", "backup", "deploy", "shop", "tests"];
    let args = [&["scan", "--history", "--format", "json"], &sources[..]].concat();
    let again = tree.keytrail().current_dir(tree.path("shop")).args(args).output().unwrap();
    let again = Run::of(again);
    assert_eq!((again.code, &again.json()["findings"]), (1, &json["findings"]));
}

#[test]
fn the_keys_of_the_demo_are_never_the_same() {
    let tree = Sandbox::new();
    let prints = ["one", "two"].map(|name| {
        assert_eq!(tree.keytrail().args(["demo", name]).output().unwrap().status.code(), Some(0));
        let json = fs::read(tree.path(name).join("keytrail.json")).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        json["findings"].as_array().unwrap().iter().map(|f| f["fingerprint"].clone()).collect::<Vec<_>>()
    });
    assert!(prints[0].iter().all(|print| !prints[1].contains(print)));
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
