//! Baselines through the binary: made, used, kept up to date, merged, gone through and carried over.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;
use std::process::Stdio;

use common::{Keys, Run, Sandbox, TOKEN};
use keytrail::Ruleset;
use sha1::Digest as _;

const FILE: &str = ".keytrail-baseline";

fn keytrail(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.keytrail().args(args).output().unwrap())
}

fn scan(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.scan(&[&["--baseline", FILE], args].concat())
}

fn new(run: &Run) -> u64 {
    run.json()["summary"]["findings"].as_u64().unwrap()
}

fn known(run: &Run) -> u64 {
    run.json()["summary"]["known"].as_u64().unwrap()
}

fn stale(run: &Run) -> Vec<String> {
    let notices = run.json()["coverage"]["notices"].as_array().unwrap();
    let stale = notices.iter().filter(|notice| notice["kind"] == "stale");
    stale.map(|notice| notice["message"].as_str().unwrap().to_owned()).collect()
}

fn lines(sandbox: &Sandbox) -> Vec<String> {
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn what_is_known_is_hidden_wherever_it_moves_and_a_new_key_in_its_place_is_not() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let (old, other) = (keys.token(), keys.token());
    sandbox.write("app.py", format!("import os\nTOKEN = '{old}'\n"));
    sandbox.commit();
    let made = keytrail(&sandbox, &["baseline", "create", "--reason", "the old shop", "--owner", "@ops"]);
    assert_eq!((made.code, lines(&sandbox).len()), (0, 1), "{}", made.stderr);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    assert!(text.contains(TOKEN) && text.contains("reason=\"the old shop\"") && text.contains("path=app.py"), "{text}");
    assert!(!text.contains(&old[..8]) && !text.contains(&old[old.len() - 8..]), "{text}");

    let run = scan(&sandbox, &[]);
    assert_eq!((run.code, new(&run), known(&run), stale(&run)), (0, 0, 1, vec![]));
    assert_eq!(run.findings()[0]["known"]["reason"], "the old shop");
    assert_eq!(sandbox.scan(&[]).code, 1, "without the baseline it is a finding");

    // Another line, another name, another history.
    sandbox.git(&["mv", "app.py", "settings.py"]);
    sandbox.write("settings.py", format!("import os\n# one\n# two\nSECRET = \"{old}\"\n"));
    sandbox.commit();
    sandbox.git(&["reset", "-q", "--soft", "HEAD~1"]);
    sandbox.git(&["commit", "-q", "--amend", "-m", "squashed"]);
    let run = scan(&sandbox, &["--history"]);
    assert_eq!((run.code, new(&run), known(&run)), (0, 0, 1), "{}", run.stderr);

    // The place alone allows nothing.
    sandbox.write("settings.py", format!("import os\n# one\n# two\nSECRET = \"{other}\"\n"));
    let run = scan(&sandbox, &[]);
    assert_eq!((run.code, new(&run), known(&run)), (1, 1, 0));
    assert!(stale(&run)[0].contains("not needed any more"), "{:?}", stale(&run));
    let run = scan(&sandbox, &["--staged"]);
    assert_eq!(stale(&run), Vec::<String>::new(), "what is staged says nothing about the rest");
}

#[test]
fn every_format_tells_the_known_from_the_new() {
    let sandbox = Sandbox::new();
    let mut keys = Keys::new();
    let (old, fresh) = (keys.token(), keys.token());
    sandbox.write("a.py", format!("A = '{old}'\n"));
    assert_eq!(keytrail(&sandbox, &["baseline", "create"]).code, 0);
    sandbox.write("b.py", format!("B = '{fresh}'\n"));
    let outputs = ["-o", "r.sarif", "-o", "r.csv", "-o", "r.md", "-o", "r.junit.xml", "--format", "text"];
    let run = keytrail(&sandbox, &[&["scan", "--baseline", FILE], &outputs[..]].concat());
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(run.code == 1 && text.contains("b.py:1") && !text.contains("a.py:1"), "{text}");
    assert!(text.contains("1 in the baseline"), "{text}");
    let read = |name: &str| fs::read_to_string(sandbox.path(name)).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&read("r.sarif")).unwrap();
    let states: Vec<_> =
        sarif["runs"][0]["results"].as_array().unwrap().iter().map(|result| &result["baselineState"]).collect();
    assert_eq!(states, ["unchanged", "new"]);
    assert!(read("r.csv").contains("\nknown,") && read("r.md").contains("1 in the baseline"));
    assert!(read("r.junit.xml").contains("<skipped message=\"in the baseline\""));
    let jsonl = keytrail(&sandbox, &["scan", "--baseline", FILE, "--format", "jsonl"]);
    let text = String::from_utf8(jsonl.stdout).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("\"known\":{")).count(), 1, "{text}");
    for name in ["r.sarif", "r.csv", "r.md", "r.junit.xml"] {
        fs::remove_file(sandbox.path(name)).unwrap();
    }
}

#[test]
fn expiry_is_the_last_day() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("A = '{}'\n", Keys::new().token()));
    assert_eq!(keytrail(&sandbox, &["baseline", "create", "--expires", "2400-02-29"]).code, 0);
    sandbox.write(FILE, fs::read_to_string(sandbox.path(FILE)).unwrap().replace("2400", "2020"));
    let run = scan(&sandbox, &[]);
    assert_eq!((run.code, new(&run)), (1, 1));
    assert!(stale(&run)[0].contains("has expired on 2020-02-29"), "{:?}", stale(&run));
    assert!(run.findings()[0]["notes"][0].as_str().unwrap().contains("until 2020-02-29"));
    sandbox.write(FILE, fs::read_to_string(sandbox.path(FILE)).unwrap().replace("2020", "2400"));
    assert_eq!(scan(&sandbox, &[]).code, 0);
    for wrong in ["2026-02-30", "tomorrow", "20260101"] {
        let run = keytrail(&sandbox, &["baseline", "update", "--expires", wrong]);
        assert!(run.code == 2 && run.stderr.contains("YYYY-MM-DD"), "{}", run.stderr);
    }
    let run = keytrail(&sandbox, &["baseline", "update", "--expires", "2020-01-01"]);
    assert!(run.code == 2 && run.stderr.contains("that day is over"), "{}", run.stderr);

    // An update renews what has expired, if it says why or until when, and says otherwise that it does not.
    sandbox.write(FILE, fs::read_to_string(sandbox.path(FILE)).unwrap().replace("2400", "2020"));
    let run = keytrail(&sandbox, &["baseline", "update"]);
    assert!(run.code == 0 && run.stderr.contains("1 entry has expired and stay"), "{}", run.stderr);
    assert_eq!(scan(&sandbox, &[]).code, 1);
    let run = keytrail(&sandbox, &["baseline", "update", "--expires", "2400-01-01", "--reason", "still there"]);
    assert!(run.code == 0 && run.stderr.contains("0 added, 1 renewed"), "{}", run.stderr);
    assert!(lines(&sandbox)[0].contains("expires=2400-01-01 reason=\"still there\""), "{:?}", lines(&sandbox));
    assert_eq!(scan(&sandbox, &[]).code, 0);
}

#[test]
fn an_update_takes_what_it_is_told_to_and_no_more() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.write("sub/one.py", format!("A = '{}'\n", keys.token()));
    sandbox.write("two.py", format!("B = '{}'\n", keys.token()));
    let prints = |args: &[&str]| -> Vec<String> {
        let run = sandbox.scan(args);
        run.findings().iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let [one, two] = [prints(&["sub"]).remove(0), prints(&["two.py"]).remove(0)];
    let in_sub =
        |args: &[&str]| Run::of(sandbox.keytrail().current_dir(sandbox.path("sub")).args(args).output().unwrap());
    // From anywhere in the repository, into the file at its top, which is then ready to be merged.
    let run = in_sub(&["baseline", "update", "--fingerprint", &two, "--reason", "why"]);
    assert!(run.code == 0 && run.stderr.contains("../.keytrail-baseline: 1 added"), "{}", run.stderr);
    assert!(lines(&sandbox).len() == 1 && lines(&sandbox)[0].contains("path=two.py"), "{:?}", lines(&sandbox));
    assert_eq!(fs::read_to_string(sandbox.path(".gitattributes")).unwrap(), ".keytrail-baseline merge=union\n");
    sandbox.git(&["add", "sub"]);
    let run = in_sub(&["baseline", "update", "--staged"]);
    assert!(run.code == 0 && lines(&sandbox).iter().any(|line| line.contains("path=sub/one.py")), "{}", run.stderr);
    assert_eq!(scan(&sandbox, &[]).code, 0);

    // What is staged and not in the files any more; what commits of a range bring; what the history alone holds.
    fs::remove_file(sandbox.path(FILE)).unwrap();
    sandbox.write("sub/one.py", "A = 1\n");
    assert_eq!(keytrail(&sandbox, &["baseline", "update", "--fingerprint", &one]).code, 0);
    assert_eq!(lines(&sandbox).len(), 1);
    fs::remove_file(sandbox.path(FILE)).unwrap();
    sandbox.git(&["commit", "-q", "-m", "base", "--allow-empty"]);
    sandbox.git(&["reset", "-q", "--hard"]);
    sandbox.write("sub/two.py", format!("B = '{}'\n", keys.token()));
    sandbox.commit();
    assert_eq!(keytrail(&sandbox, &["baseline", "update", "--range", "HEAD~1..HEAD"]).code, 0);
    assert_eq!(lines(&sandbox).len(), 2, "two.py came with that commit, and sub/one.py before: {:?}", lines(&sandbox));
    sandbox.write("sub/one.py", "A = 1\n");
    sandbox.commit();
    let run = keytrail(&sandbox, &["baseline", "update", "--fingerprint", &one]);
    assert!(run.code == 2 && run.stderr.contains("found with --history"), "{}", run.stderr);
    let run = keytrail(&sandbox, &["baseline", "update", "--history", "--fingerprint", &one]);
    assert!(run.code == 0 && lines(&sandbox).iter().any(|line| line.contains("found=history")), "{}", run.stderr);
    for wrong in [&["--fingerprint", "abc"][..], &["--staged", "--history"]] {
        assert_eq!(keytrail(&sandbox, &[&["baseline", "update"], wrong].concat()).code, 2);
    }
}

#[test]
fn the_configuration_names_the_baseline_of_every_command() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.write("keytrail.toml", "[scan]\nbaseline = \"ops/known\"\n");
    sandbox.write("a.py", format!("A = '{}'\n", keys.token()));
    let made = keytrail(&sandbox, &["baseline", "create"]);
    assert!(made.code == 0 && sandbox.path("ops/known").is_file(), "{}", made.stderr);
    assert!(!sandbox.path(FILE).exists() && sandbox.path("ops/.gitattributes").is_file(), "{}", made.stderr);
    assert_eq!(sandbox.scan(&[]).code, 0);
    sandbox.write("b.py", format!("B = '{}'\n", keys.token()));
    assert_eq!(keytrail(&sandbox, &["baseline", "update"]).code, 0);
    assert_eq!(sandbox.scan(&[]).code, 0);
    sandbox.write("b.py", "B = 1\n");
    let pruned = keytrail(&sandbox, &["baseline", "prune"]);
    assert!(pruned.stderr.contains("ops/known: 1 taken out, 1 left"), "{}", pruned.stderr);
    // Another one hides nothing, and so changes of it loosen nothing.
    fs::copy(sandbox.path("ops/known"), sandbox.path(FILE)).unwrap();
    sandbox.git(&["add", FILE]);
    let run = sandbox.scan(&["--staged"]);
    assert_eq!(run.notices(), []);
    // A configuration that is named is that of all commands, too.
    sandbox.write("other.toml", "[scan]\nbaseline = \"other\"\n");
    assert_eq!(keytrail(&sandbox, &["baseline", "create", "--config", "other.toml"]).code, 0);
    assert!(sandbox.path("other").is_file());
}

#[test]
fn what_is_said_about_entries_holds_no_key() {
    let sandbox = Sandbox::repository();
    let key = Keys::new().token();
    sandbox.write("a.py", format!("A = '{key}'\n"));
    for option in ["--reason", "--owner"] {
        let run = keytrail(&sandbox, &["baseline", "create", option, &format!("it was {key}")]);
        assert!(run.code == 2 && run.stderr.contains("holds a key") && !run.stderr.contains(&key), "{}", run.stderr);
        assert!(!sandbox.path(FILE).exists());
    }
}

#[test]
fn entries_of_keys_that_the_history_holds_are_not_missed_in_files() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", format!("A = '{}'\n", Keys::new().token()));
    sandbox.commit();
    assert_eq!(keytrail(&sandbox, &["baseline", "create", "--history"]).code, 0);
    fs::remove_file(sandbox.path("a.py")).unwrap();
    sandbox.commit();
    assert_eq!(stale(&scan(&sandbox, &[])), Vec::<String>::new());
    let pruned = keytrail(&sandbox, &["baseline", "prune"]);
    assert!(pruned.code == 0 && pruned.stderr.contains("0 taken out, 1 left"), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("1 entry of the history was not looked for"), "{}", pruned.stderr);
    assert_eq!(scan(&sandbox, &["--history"]).code, 0);
}

#[test]
fn pruning_needs_a_whole_and_complete_scan() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.write("a.py", format!("A = '{}'\n", keys.token()));
    sandbox.write("b/b.py", format!("B = '{}'\n", keys.token()));
    sandbox.commit();
    sandbox.write("a.py", "A = 1\n");
    sandbox.commit();
    // One of the two is in the history only, and of the other one it was not asked.
    assert_eq!(keytrail(&sandbox, &["baseline", "create"]).code, 0);
    let gone = sandbox.scan(&["--history"]);
    let gone = gone.findings().iter().find(|finding| finding["locations"][0]["artifact"]["path"] == "a.py").unwrap();
    let gone = gone["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(keytrail(&sandbox, &["baseline", "update", "--history", "--fingerprint", &gone]).code, 0);
    assert_eq!(lines(&sandbox).iter().filter(|line| line.contains("found=history")).count(), 1);
    assert_eq!(stale(&scan(&sandbox, &[])), Vec::<String>::new(), "without --history nothing is known of it");

    sandbox.write("b/b.py", "B = 2\n");
    let refused = keytrail(&sandbox, &["baseline", "prune", "b"]);
    assert!(refused.code == 2 && refused.stderr.contains("whole repository"), "{}", refused.stderr);
    sandbox.write("broken.zip", b"PK\x03\x04broken");
    let refused = keytrail(&sandbox, &["baseline", "prune"]);
    assert!(refused.code == 2 && refused.stderr.contains("nothing was taken out"), "{}", refused.stderr);
    fs::remove_file(sandbox.path("broken.zip")).unwrap();
    assert_eq!(lines(&sandbox).len(), 2);

    let dry = keytrail(&sandbox, &["baseline", "prune", "--dry-run"]);
    assert!(dry.code == 0 && dry.stderr.contains("1 would be taken out"), "{}", dry.stderr);
    assert_eq!(lines(&sandbox).len(), 2);
    let pruned = keytrail(&sandbox, &["baseline", "prune"]);
    assert!(pruned.code == 0 && pruned.stderr.contains("1 taken out, 1 left"), "{}", pruned.stderr);
    assert!(pruned.stderr.contains("1 entry of the history"), "{}", pruned.stderr);
    assert!(lines(&sandbox)[0].contains("found=history"));
    assert_eq!(keytrail(&sandbox, &["baseline", "prune", "--history"]).code, 0);
    assert_eq!(lines(&sandbox).len(), 1, "the history still has it");
}

#[test]
fn files_are_not_overwritten_and_mistakes_in_them_are_errors() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("A = '{}'\n", Keys::new().token()));
    let missing = scan(&sandbox, &[]);
    assert!(missing.code == 2 && missing.stderr.contains(FILE), "{}", missing.stderr);
    let missing = keytrail(&sandbox, &["baseline", "prune"]);
    assert!(missing.code == 2 && missing.stderr.contains("baseline create"), "{}", missing.stderr);
    assert_eq!(keytrail(&sandbox, &["baseline", "create"]).code, 0);
    let again = keytrail(&sandbox, &["baseline", "create"]);
    assert!(again.code == 2 && again.stderr.contains("baseline update"), "{}", again.stderr);
    let good = fs::read_to_string(sandbox.path(FILE)).unwrap();
    sandbox.write(FILE, good.clone() + "# mine\nnonsense\n");
    let run = scan(&sandbox, &[]);
    assert!(run.code == 2 && run.stderr.contains("line 7") && run.stderr.contains("fingerprint"), "{}", run.stderr);
    sandbox.write(FILE, &good);
    let output = sandbox.keytrail().env("KEYTRAIL_FINGERPRINT_KEY", "ours").args(["scan", "--baseline", FILE]).output();
    let run = Run::of(output.unwrap());
    assert!(run.code == 2 && run.stderr.contains("another KEYTRAIL_FINGERPRINT_KEY"), "{}", run.stderr);
}

#[test]
fn branches_that_both_add_entries_merge() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.write("a.py", format!("A = '{}'\n", keys.token()));
    let made = keytrail(&sandbox, &["baseline", "create"]);
    assert!(made.stderr.contains(".gitattributes"), "{}", made.stderr);
    sandbox.commit();
    for branch in ["one", "two"] {
        sandbox.git(&["checkout", "-q", "-b", branch, "main"]);
        for n in 0..3 {
            sandbox.write(format!("{branch}{n}.py"), format!("K = '{}'\n", keys.token()));
        }
        assert_eq!(keytrail(&sandbox, &["baseline", "update", "--reason", branch]).code, 0);
        sandbox.commit();
    }
    sandbox.git(&["merge", "-q", "--no-edit", "one"]);
    let run = scan(&sandbox, &[]);
    assert_eq!((run.code, new(&run), known(&run)), (0, 0, 7), "{}", run.stderr);
    // Written again, the file is sorted, and says nothing twice.
    assert_eq!(keytrail(&sandbox, &["baseline", "update"]).code, 0);
    assert!(lines(&sandbox).is_sorted() && lines(&sandbox).len() == 7);
    assert_eq!(fs::read_to_string(sandbox.path(FILE)).unwrap().matches("# keytrail-baseline").count(), 1);
    let attributes = fs::read_to_string(sandbox.path(".gitattributes")).unwrap();
    assert_eq!(attributes, ".keytrail-baseline merge=union\n");
}

#[test]
fn a_baseline_holds_nothing_that_looks_like_a_key() {
    let sandbox = Sandbox::new();
    let rules = Ruleset::builtin();
    let print = |n: usize| {
        let digits = hex::encode(sha1::Sha1::digest(n.to_be_bytes()));
        [&digits[..8], &digits[8..16], &digits[16..24], &digits[24..32]].join(":")
    };
    let text: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(n, rule)| format!("{} {} path=config/{}.env reason=\"api key secret\"\n", print(n), rule.id, rule.id))
        .collect();
    assert!(text.len() > 500);
    sandbox.write(FILE, text.concat());
    let run = sandbox.scan(&["--min-confidence", "low"]);
    assert_eq!(run.places(), [], "{}", run.stderr);
}

#[test]
fn a_report_can_be_the_source() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("A = '{}'\n", Keys::new().token()));
    assert_eq!(keytrail(&sandbox, &["scan", "-o", "r.json"]).code, 1);
    let made = keytrail(&sandbox, &["baseline", "create", "--report", "r.json"]);
    assert!(made.code == 0 && lines(&sandbox).len() == 1, "{}", made.stderr);
    let refused = keytrail(&sandbox, &["baseline", "prune", "--report", "r.json"]);
    assert!(refused.code == 2 && refused.stderr.contains("has to scan"), "{}", refused.stderr);
    fs::remove_file(sandbox.path("r.json")).unwrap();
    assert_eq!(scan(&sandbox, &[]).code, 0);
}

#[test]
fn lists_of_other_scanners_are_carried_over() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    let [first, second, third] = [keys.token(), keys.token(), keys.token()];
    sandbox.write("a.py", format!("A = '{first}'\n"));
    sandbox.write("b.py", format!("\nB = '{second}'\n"));
    sandbox.write("c.py", format!("C = '{third}'\n"));
    sandbox.commit();
    let id = sandbox.git_says(&["rev-parse", "HEAD"]);
    sandbox.write("b.py", "B = 2\n");
    sandbox.commit();

    let ignore = format!(
        "# known\na.py:github-pat:1\n{id}:b.py:github-pat:2\ngone.py:aws:7\nc.py:stripe-access-token:1\nnonsense\n"
    );
    sandbox.write(".gitleaksignore", ignore);
    let run = keytrail(&sandbox, &["baseline", "import", ".gitleaksignore", "--owner", "sec"]);
    assert!(run.code == 0 && run.stderr.contains("2 of 5 entries carried over"), "{}", run.stderr);
    assert!(
        run.stderr.contains("c.py:1 (stripe-access-token): the key that stands there is of another"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("3 not carried over") && run.stderr.contains("  line 6: "), "{}", run.stderr);
    assert!(run.stderr.contains("gone.py:7 (aws): nothing is found there"), "{}", run.stderr);
    assert_eq!(lines(&sandbox).len(), 2);
    assert!(lines(&sandbox).iter().all(|line| line.contains("ignore file of gitleaks") && line.contains("owner=sec")));
    let run = scan(&sandbox, &["--history"]);
    assert_eq!((run.code, new(&run), known(&run)), (1, 1, 2), "{}", run.stderr);

    let digest = |key: &str| hex::encode(sha1::Sha1::digest(key.as_bytes()));
    let entry = |key: &str, line: u32, is_secret: bool| serde_json::json!({ "type": "GitHub Token", "hashed_secret": digest(key), "line_number": line, "is_secret": is_secret });
    let baseline = serde_json::json!({ "version": "1.5.0", "plugins_used": [], "results": {
        "c.py": [entry(&third, 9, false), entry("another", 1, true)],
    } });
    sandbox.write(".secrets.baseline", baseline.to_string());
    let run = keytrail(&sandbox, &["baseline", "import", ".secrets.baseline"]);
    assert!(run.stderr.contains("1 of 2 entries carried over"), "{}", run.stderr);
    assert!(run.stderr.contains("c.py:1 (GitHub Token): the key that stands there is another one"), "{}", run.stderr);
    assert!(lines(&sandbox).iter().any(|line| line.contains("audited as no secret")));
    assert_eq!(scan(&sandbox, &["--history"]).code, 0);

    let report = serde_json::json!([{
        "RuleID": "github-pat", "File": "c.py", "StartLine": 1, "EndLine": 1, "Commit": "", "Secret": third,
    }]);
    sandbox.write("report.json", report.to_string());
    let run = keytrail(&sandbox, &["baseline", "import", "report.json"]);
    assert!(run.stderr.contains("0 of 1 entry carried over") && run.stderr.contains("there already"), "{}", run.stderr);
    sandbox.write("report.json", "{\"a\": 1}");
    let run = keytrail(&sandbox, &["baseline", "import", "report.json"]);
    assert!(run.code == 2 && run.stderr.contains("neither"), "{}", run.stderr);
}

#[test]
fn reviews_need_a_terminal() {
    let sandbox = Sandbox::new();
    let run = keytrail(&sandbox, &["baseline", "review"]);
    assert!(run.code == 2 && run.stderr.contains("terminal") && run.stderr.contains("update"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_review_goes_through_the_findings() {
    use std::io::Write as _;
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    for name in ["a", "b", "c", "d"] {
        sandbox.write(format!("{name}.py"), format!("K = '{}'\n", keys.token()));
    }
    sandbox.commit();
    sandbox.write("../home/editor", "#!/bin/sh\necho \"$@\" >> \"$HOME/opened\"\n");
    let status = std::process::Command::new("chmod").args(["+x"]).arg(sandbox.home().join("editor")).status();
    assert!(status.unwrap().success());
    // A terminal of its own, from util-linux, which every Debian has.
    let asked = |options: &str, editor: &str, answers: &str| {
        let command =
            format!("'{}' baseline review --jobs 1 --progress never {options}", env!("CARGO_BIN_EXE_keytrail"));
        let mut child = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .current_dir(sandbox.tree())
            .env("HOME", sandbox.home())
            .env("GIT_CEILING_DIRECTORIES", sandbox.home().parent().unwrap())
            .env("EDITOR", editor)
            .env_remove("VISUAL")
            .env_remove("NO_COLOR")
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
    };
    let editor = sandbox.home().join("editor");
    let review = |answers: &str| asked("", editor.to_str().unwrap(), answers);
    // Allowed, at the second attempt; opened and left open; skipped; and the end before the last one.
    let said = review("a\n\na\nfixture of the tests\n@qa\nsoon\n2020-01-01\n2400-01-01\no\nk\ns\nq\n");
    assert!(said.contains("that day is over"), "{said}");
    assert!(said.contains("1 left open, 1 allowed, 1 skipped, 1 not looked at"), "{said}");
    assert_eq!(lines(&sandbox).len(), 1);
    assert!(lines(&sandbox)[0].contains("path=a.py expires=2400-01-01 owner=@qa reason=\"fixture of the tests\""));
    let opened = fs::read_to_string(sandbox.home().join("opened")).unwrap();
    assert_eq!(opened.trim_end(), "./b.py");
    let run = scan(&sandbox, &[]);
    assert_eq!((new(&run), known(&run)), (3, 1));
    let said = review("q\n");
    assert!(said.contains("1 of 3") && said.contains("3 not looked at"), "{said}");
    assert!(said.contains('\u{1b}') && !asked("--color never", "", "q\n").contains('\u{1b}'), "{said}");
    // The end of the input is the end of the review, and what the editor takes out is not asked about again.
    let said = review("s\n");
    assert!(said.contains("1 skipped, 2 not looked at"), "{said}");
    let said = asked("", "sed -i s/K/#/;s/'.*'/1/", "o\ns\ns\n");
    assert!(said.contains("it is not there any more"), "{said}");
    assert!(said.contains("2 skipped, 1 not there any more"), "{said}");
}
