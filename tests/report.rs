//! `keytrail report` and `keytrail man`: other forms of what the program knows already.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{Keys, Run, Sandbox};

#[test]
fn a_json_report_becomes_what_the_scan_would_have_written() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.write("a.py", format!("A = '{}'\n", keys.token()));
    sandbox.write("b.py", format!("B = '{}'  # keytrail:allow a test\n", keys.of("npm-access-token")));
    sandbox.commit();
    let names = ["r.sarif", "r.csv", "r.md", "r.junit.xml", "r.jsonl", "r.txt"];
    let outputs: Vec<String> = names.iter().flat_map(|name| ["-o".to_owned(), format!("../home/{name}")]).collect();
    let run = |args: &[&str]| Run::of(sandbox.keytrail().args(args).args(&outputs).output().unwrap());
    let scan = run(&["scan", "-o", "../home/r.json", "--format", "github"]);
    assert_eq!(scan.code, 1, "{}", scan.stderr);
    let read = || names.map(|name| fs::read_to_string(sandbox.home().join(name)).unwrap());
    let direct = read();
    let report = run(&["report", "../home/r.json", "--format", "github"]);
    assert_eq!((report.code, &report.stdout), (0, &scan.stdout), "{}", report.stderr);
    for (name, (direct, again)) in names.iter().zip(direct.iter().zip(read())) {
        // Only text says how long it took.
        let timeless = |text: &str| text.split(" · scanned").next().unwrap().to_owned();
        assert_eq!(timeless(direct), timeless(&again), "{name}");
    }
    let silent = run(&["report", "../home/r.json"]);
    assert_eq!((silent.code, silent.stdout), (0, Vec::new()), "files were asked for, and nothing else");
    let json = fs::read(sandbox.home().join("r.json")).unwrap();
    let piped = sandbox.keytrail().args(["report", "-"]).write_stdin(json).output().unwrap();
    assert!(String::from_utf8(piped.stdout).unwrap().contains("a.py:1:6"));
    for (file, said) in [("../home/r.sarif", "SARIF"), ("../home/none.json", "none.json"), ("a.py", "damaged")] {
        let run = Run::of(sandbox.keytrail().args(["report", file]).output().unwrap());
        assert!(run.code == 2 && run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn there_is_a_page_for_every_command() {
    let sandbox = Sandbox::new();
    let run = Run::of(sandbox.keytrail().args(["man", "out/man1"]).output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (name, words) in [
        ("keytrail", vec![".TH keytrail", "Exit codes"]),
        ("keytrail-scan", vec!["\\-\\-staged", "\\-\\-baseline", "origin/main...HEAD"]),
        ("keytrail-baseline-import", vec!["gitleaks"]),
        ("keytrail-hook-install", vec!["core.hooksPath"]),
    ] {
        let page = fs::read_to_string(sandbox.path(format!("out/man1/{name}.1"))).unwrap();
        assert!(words.iter().all(|word| page.contains(word)), "{name}: {page}");
    }
    sandbox.write("file", "");
    let run = Run::of(sandbox.keytrail().args(["man", "file/man1"]).output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("cannot be written"), "{}", run.stderr);
}
