//! `keytrail.toml` through the binary: what it says about scans, what a change may not say about itself, and where
//! values come from.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;

use common::{Keys, Run, Sandbox, TOKEN};

const FILE: &str = "keytrail.toml";

fn keytrail(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.keytrail().args(args).output().unwrap())
}

fn open(run: &Run) -> u64 {
    run.json()["summary"]["findings"].as_u64().unwrap()
}

/// The messages of notices of a kind, each behind its file.
fn said(run: &Run, kind: &str) -> Vec<String> {
    let notices = run.json()["coverage"]["notices"].as_array().unwrap();
    let of_kind = notices.iter().filter(|notice| notice["kind"] == kind);
    let text = |notice: &serde_json::Value| {
        let path = notice["artifact"]["path"].as_str().unwrap_or_default();
        format!("{path}: {}", notice["message"].as_str().unwrap())
    };
    of_kind.map(text).collect()
}

#[test]
fn files_are_excluded_wherever_they_come_from_and_the_command_line_wins() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.commit();
    tree.write("vendor/b.txt", keys.token());
    tree.write("src/vendor/c.min.js", format!("k = '{}'\n", keys.token()));
    tree.write("src/keep.txt", keys.token());
    tree.write(FILE, "[scan]\nexclude = [\"/vendor/\", \"*.min.js\"]\nfail-on = \"never\"\n");
    tree.commit();
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.paths()), (0, vec!["a.txt".to_owned(), "src/keep.txt".to_owned()]), "{}", run.stderr);
    assert_eq!(said(&run, "skipped"), [": 2 files not scanned: `exclude` of keytrail.toml"]);
    assert_eq!(tree.scan(&["--fail-on", "low"]).code, 1);
    assert_eq!(tree.scan(&["--no-config"]).paths().len(), 4);
    // A folder inside obeys the file at the top; names are relative to the folder then.
    let inner =
        Run::of(tree.keytrail().current_dir(tree.path("src")).args(["scan", "--format", "json"]).output().unwrap());
    assert_eq!(inner.paths(), ["keep.txt"]);
    for args in [&["--range", "HEAD~1..HEAD"][..], &["--history"]] {
        let paths = tree.scan(args).paths();
        assert!(!paths.is_empty() && !paths.iter().any(|path| path.contains("vendor")), "{args:?}: {paths:?}");
    }
    tree.write(FILE, "[scan]\nhistory = true\n");
    fs::remove_file(tree.path("a.txt")).unwrap();
    tree.commit();
    assert_eq!(tree.scan(&["a.txt".replace('a', "src/keep").as_str()]).paths(), ["src/keep.txt"]);
    assert!(tree.scan(&[]).paths().contains(&"a.txt".to_owned()));
    assert!(!tree.scan(&["--no-history"]).paths().contains(&"a.txt".to_owned()));
}

#[test]
fn some_files_have_rules_of_their_own() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (both, test) = (keys.token(), keys.token());
    tree.write("tests/a.txt", format!("{both}\n{test}\n"));
    tree.write("app.txt", &both);
    tree.write(FILE, "[[scan.path]]\nfiles = [\"tests/\"]\nseverity = \"note\"\n");
    let run = tree.scan(&[]);
    let severities: Vec<_> = run.findings().iter().map(|f| f["severity"].as_str().unwrap()).collect();
    assert_eq!(severities.iter().filter(|level| **level == "note").count(), 1, "{severities:?}");
    tree.write(FILE, format!("[[scan.path]]\nfiles = [\"tests/\"]\ndisable = [\"{TOKEN}\"]\n"));
    assert_eq!(tree.scan(&[]).paths(), ["app.txt"]);
    tree.write(FILE, "[[scan.path]]\nfiles = [\"tests/\"]\ndisable = [\"github-persnal-access-token\"]\n");
    let run = keytrail(&tree, &["scan"]);
    assert!(run.code == 2 && run.stderr.contains(":3:") && run.stderr.contains(&format!("did you mean `{TOKEN}`")));
}

#[test]
fn an_allowance_with_a_fingerprint_is_about_that_value_alone() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", format!("{}\n", keys.token()));
    let print = tree.scan(&[]).findings()[0]["fingerprint"].as_str().unwrap().to_owned();
    let entry = format!(
        "# one\n[[allow]]\nfingerprints = [\"{print}\"]\npaths = [\"*.txt\"]\nreason = \"a fixture\"\nowner = \"ops\"\n"
    );
    tree.write(FILE, &entry);
    let run = tree.scan(&[]);
    assert_eq!((run.code, open(&run), said(&run, "stale")), (0, 0, vec![]), "{}", run.stderr);
    let allowed = &run.findings()[0]["locations"][0]["allowed"];
    assert_eq!(allowed["marker"], "keytrail.toml:5");
    assert_eq!((&allowed["reason"], &allowed["configured"]), (&"a fixture; owner: ops".into(), &true.into()));
    let sarif = keytrail(&tree, &["scan", "--format", "sarif"]);
    let suppression = &sarif.json()["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["kind"], "external");

    tree.write("a.txt", format!("{}\n", keys.token()));
    let run = tree.scan(&[]);
    assert_eq!((run.code, open(&run)), (1, 1), "a new key in an allowed place is a finding");
    assert!(said(&run, "stale")[0].contains("line 5 (a fixture) is not needed"), "{:?}", said(&run, "stale"));
    assert_eq!(said(&tree.scan(&["a.txt"]), "stale"), Vec::<String>::new(), "a part says nothing about the rest");
}

#[test]
fn allowances_by_path_rule_and_regex_expire() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    tree.write("docs/a.txt", &key);
    let entry = |what: &str| format!("[[allow]]\n{what}\nreason = \"why\"\n");
    for (what, code) in [
        ("paths = [\"docs/\"]".to_owned(), 0),
        ("paths = [\"doc/\"]".to_owned(), 1),
        (format!("rules = [\"{TOKEN}\"]"), 0),
        (format!("rules = [\"{TOKEN}\"]\npaths = [\"src/\"]"), 1),
        (format!("regexes = ['^{}']", &key[..6]), 0),
        (format!("regexes = ['^{}$']", &key[..6]), 1),
        ("paths = [\"docs/\"]\nexpires = 2999-01-01".to_owned(), 0),
        ("paths = [\"docs/\"]\nexpires = 2020-01-01".to_owned(), 1),
    ] {
        tree.write(FILE, entry(&what));
        let run = tree.scan(&[]);
        assert_eq!(run.code, code, "{what}: {}", run.stderr);
        let expired = said(&run, "stale").iter().any(|text| text.contains("has expired on 2020-01-01, and so"));
        assert_eq!(expired, what.contains("2020"), "{what}: {:?}", said(&run, "stale"));
    }
    for (text, place, what) in [
        ("[[allow]]\npaths = [\"x\"]\n", ":1:", "reason"),
        ("[[allow]]\nreason = \"x\"\n", ":2:", "everything"),
        ("[[allow]]\nregexes = [\"(\"]\nreason = \"x\"\n", ":2:", "regular expression"),
        ("[[allow]]\nfingerprints = [\"12\"]\nreason = \"x\"\n", ":2:", "32 hexadecimal digits"),
        ("[scan]\nexclud = []\n", ":2:", "`exclude`"),
        ("[scan]\nmax-file-size = \"many\"\n", ":2:", "10M"),
        ("[scan]\nmin-confidence = \"hihg\"\n", ":2:", "`high`"),
        ("[scan]\nonly = [\"no-such-rule\"]\n", ":2:", "no rule's id fits"),
    ] {
        tree.write(FILE, text);
        let run = keytrail(&tree, &["scan"]);
        assert!(run.code == 2 && run.stderr.contains(place) && run.stderr.contains(what), "{text}: {}", run.stderr);
    }
}

#[test]
fn files_extend_each_other_and_every_value_has_its_origin() {
    let tree = Sandbox::repository();
    tree.write("shared/base.toml", "[scan]\nmin-confidence = \"high\"\nfail-on = \"high\"\nexclude = [\"a/\"]\n");
    tree.write(FILE, "extends = [\"shared/base.toml\"]\n[scan]\nfail-on = \"critical\"\nexclude = [\"b/\"]\n");
    let show = keytrail(&tree, &["config", "show", "--max-depth", "2"]);
    let text = String::from_utf8(show.stdout).unwrap();
    for line in [
        "# shared/base.toml, keytrail.toml",
        "min-confidence = \"high\"  # shared/base.toml:2",
        "fail-on = \"critical\"  # keytrail.toml:3",
        "    \"a/\",  # shared/base.toml:4",
        "    \"b/\",  # keytrail.toml:4",
        "max-depth = 2  # command line",
        "history = false  # default",
        "rotation = 90  # default",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{text}");
    let json = keytrail(&tree, &["config", "show", "--format", "json"]);
    let value = &json.json()["values"]["scan"]["fail-on"];
    assert_eq!((&value["value"], &value["origin"]), (&"critical".into(), &"keytrail.toml:3".into()));

    tree.write("shared/base.toml", "extends = [\"../keytrail.toml\"]\n");
    let run = keytrail(&tree, &["scan"]);
    assert!(run.code == 2 && run.stderr.contains("would extend itself"), "{}", run.stderr);
    tree.write(FILE, "\nextends = [\"gone.toml\"]\n");
    let run = keytrail(&tree, &["scan"]);
    assert!(
        run.code == 2 && run.stderr.contains("keytrail.toml:2:") && run.stderr.contains("gone.toml"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_change_cannot_weaken_the_check_that_judges_it() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let old = keys.token();
    tree.write("old.txt", format!("{old} # keytrail:allow the old one\n"));
    tree.write(FILE, "[scan]\nbaseline = \".keytrail-baseline\"\n");
    tree.write(".keytrail-baseline", "");
    tree.commit();
    tree.git(&["tag", "base"]);
    // Each of these lets one key pass.
    tree.write("inline.txt", format!("{} # keytrail:allow trust me\n", keys.token()));
    tree.write("above.txt", format!("# keytrail:allow trust me\n{}\n", keys.token()));
    tree.write("old.txt", format!("one more line: {old} # keytrail:allow the old one\n"));
    tree.write("hidden/a.txt", keys.token());
    tree.write("docs/b.txt", keys.token());
    tree.write("known.txt", keys.token());
    assert_eq!(keytrail(&tree, &["baseline", "update", "known.txt"]).code, 0);
    tree.write(
        FILE,
        "[scan]\nbaseline = \".keytrail-baseline\"\nexclude = [\"hidden/\"]\nmax-ratio = 5\n\n\
         [[allow]]\npaths = [\"docs/\"]\n\
         reason = \"trust me\"\n",
    );
    tree.commit();

    let run = tree.scan(&["--range", "base..HEAD"]);
    assert_eq!((run.code, open(&run)), (0, 0), "without it, the change is believed: {}", run.stderr);
    let told = said(&run, "loosened");
    for what in [
        "keytrail.toml: the change of the configuration excludes `hidden/`",
        "keytrail.toml: the change of the configuration lowers `max-ratio` from 1000 to 5",
        "keytrail.toml: the change of the configuration allows paths `docs/` (trust me)",
        "inline.txt: line 1 adds the comment `keytrail:allow`",
        "above.txt: line 1 adds the comment `keytrail:allow`",
    ] {
        assert!(told.iter().any(|text| text == what), "{what}: {told:#?}");
    }
    assert!(
        told.iter().any(|text| text.starts_with(".keytrail-baseline: the change of the baseline hides ")),
        "{told:?}"
    );

    let run = tree.scan(&["--range", "base..HEAD", "--trusted-config", "base"]);
    let open_paths: Vec<String> = run
        .findings()
        .iter()
        .filter(|finding| finding["known"].is_null())
        .flat_map(|finding| finding["locations"].as_array().unwrap())
        .filter(|location| location["allowed"].is_null())
        .map(|location| location["artifact"]["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((run.code, open(&run)), (1, 5), "{:#?}", run.findings());
    assert_eq!(open_paths, ["above.txt", "docs/b.txt", "hidden/a.txt", "inline.txt", "known.txt"]);
    assert!(said(&run, "loosened").iter().all(|text| text.ends_with("which does not count")));

    // Named on the command line, the baseline is that of the revision, too.
    let args = ["--range", "base..HEAD", "--trusted-config", "base", "--baseline", ".keytrail-baseline"];
    assert_eq!(open(&tree.scan(&args)), 5);
    let run = keytrail(&tree, &["scan", "--trusted-config", "nowhere"]);
    assert!(run.code == 2 && run.stderr.contains("no revision `nowhere`"), "{}", run.stderr);
    // A file that is broken by the change is no way out, either.
    tree.write(FILE, "[scan\n");
    tree.commit();
    let run = tree.scan(&["--range", "base..HEAD", "--trusted-config", "base"]);
    assert_eq!((run.code, open(&run)), (1, 5), "{}", run.stderr);
    assert!(said(&run, "loosened").iter().any(|text| text.contains("cannot be read before or after")));
}

#[test]
fn a_comment_allows_the_key_that_it_was_given_for_and_no_later_one() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let [first, second, third] = [keys.token(), keys.token(), keys.token()];
    let above = |key: &str, reason: &str| format!("# keytrail:allow {TOKEN} {reason}\nk = '{key}'\n");
    let beside = |key: &str, reason: &str| format!("k = '{key}'  # keytrail:allow {reason}\n");
    tree.write("above.py", above(&first, "sandbox"));
    tree.write("beside.py", beside(&first, "sandbox"));
    tree.write("left.py", "# keytrail:allow the old one\nk = 1\n");
    tree.commit();
    tree.git(&["tag", "base"]);
    let staged = |tree: &Sandbox| {
        tree.git(&["add", "-A"]);
        let run = tree.scan(&["--staged"]);
        (run.code, open(&run), run)
    };
    // The same key, on a changed line, in a line that moved, or in a file that did.
    tree.write("above.py", format!("import os\n\n{}", above(&first, "sandbox").replace("k =", "key =")));
    tree.write("beside.py", format!("import os\nmore = 1; {}", beside(&first, "sandbox")));
    assert_eq!(staged(&tree).0, 0);
    tree.git(&["mv", "above.py", "moved.py"]);
    assert_eq!(staged(&tree).0, 0);
    tree.git(&["reset", "-q", "--hard"]);
    // Another key in its place, and one that an old comment waits for.
    for (name, text) in [
        ("above.py", above(&second, "sandbox")),
        ("beside.py", beside(&second, "sandbox")),
        ("beside.py", format!("a = '{first}'; {}", beside(&second, "sandbox"))),
        ("beside.py", format!("# moved\n\n{}", beside(&second, "sandbox"))),
        ("left.py", format!("# keytrail:allow the old one\nk = '{second}'\n")),
    ] {
        tree.write(name, &text);
        let (code, open, run) = staged(&tree);
        assert_eq!((code, open), (1, 1), "{name}: {:#?}", run.findings());
        let notes = run.findings().iter().map(|finding| finding["notes"].to_string()).collect::<String>();
        assert!(notes.contains("was there before, for another key"), "{notes}");
        tree.git(&["reset", "-q", "--hard"]);
    }
    // A comment that comes with the key is believed, and told.
    for (name, text) in [
        ("above.py", above(&second, "the sandbox of this year")),
        ("beside.py", beside(&first, "sandbox") + &beside(&second, "sandbox")),
        ("beside.py", beside(&second, "another sandbox")),
        ("new.py", beside(&third, "sandbox")),
        ("beside.py", format!("# keytrail:allow a new one\n{}", beside(&second, "sandbox"))),
    ] {
        tree.write(name, &text);
        let (code, open, run) = staged(&tree);
        assert_eq!((code, open), (0, 0), "{name}: {:#?}", run.findings());
        assert!(!said(&run, "loosened").is_empty(), "{name}: {:?}", said(&run, "loosened"));
        tree.git(&["reset", "-q", "--hard"]);
    }
    // In a range, a commit that takes the comment away and one that brings it back do not make it a new one.
    tree.write("above.py", "k = 1\n");
    tree.commit();
    tree.write("above.py", above(&second, "sandbox"));
    tree.commit();
    let run = tree.scan(&["--range", "base..HEAD"]);
    assert_eq!((run.code, open(&run)), (1, 1), "{:#?}", run.findings());
    assert_eq!(tree.scan(&["--range", "base..HEAD", "--whole-files"]).code, 1);
    // A tree says nothing about before.
    assert_eq!(tree.scan(&[]).code, 0);
}

#[test]
fn comments_may_end_and_may_be_bound_to_a_value() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    let code = |comment: &str| {
        tree.write("a.py", format!("k = '{key}'  # keytrail:allow {comment}\n"));
        let run = tree.scan(&[]);
        (run.code, run)
    };
    assert_eq!(code("sandbox").0, 0);
    assert_eq!(code("sandbox, expires=2400-01-01").0, 0);
    let (exit, run) = code(&format!("{TOKEN} expires=2020-01-01 sandbox"));
    assert_eq!((exit, open(&run)), (1, 1));
    assert!(said(&run, "stale")[0].contains("has expired on 2020-01-01"), "{:?}", said(&run, "stale"));
    assert_eq!(code("expires=soon sandbox").0, 1, "a date that is none allows nothing");
    let print = run.findings()[0]["fingerprint"].as_str().unwrap();
    assert_eq!(code(&format!("fingerprint={print} sandbox")).0, 0);
    assert_eq!(code(&format!("the datadog api key of the sandbox, fingerprint={print}")).0, 0);
    let grouped: Vec<&str> = (0..4).map(|n| &print[8 * n..8 * n + 8]).collect();
    tree.write("a.py", format!("k = '{}'  # keytrail:allow fingerprint={}\n", keys.token(), grouped.join(":")));
    let run = tree.scan(&[]);
    assert_eq!((run.code, open(&run)), (1, 1), "another key under the same comment");
}

#[test]
fn comments_that_allow_nothing_are_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    let told = |text: &str, args: &[&str]| {
        tree.write("a.py", text);
        let run = tree.scan(args);
        said(&run, "stale")
    };
    let gone = format!("x = 1\ny = 2  # keytrail:allow {TOKEN} is long gone\n");
    let all = told(&gone, &[]);
    assert!(all.len() == 1 && all[0].contains("the comment of line 2") && all[0].contains("no such key"), "{all:?}");
    assert_eq!(told(&gone, &["--only", TOKEN]).len(), 1);
    assert_eq!(told(&gone, &["--disable", TOKEN]).len(), 0, "it was not looked for");
    assert_eq!(
        told("# keytrail:allow the next line\nx = 1\n", &["--only", TOKEN]).len(),
        0,
        "it may be of another rule"
    );
    assert!(told("# keytrail:allow acme-token why\nx = 1\n", &[])[0].contains("no rule has the id"));
    for needed in [
        format!("k = '{key}'  # keytrail:allow sandbox\n"),
        format!("# keytrail:allow {TOKEN} sandbox\nk = '{key}'\n"),
        "say('put `# keytrail:allow WHY` beside it')\n".to_owned(),
        "say(\"k # keytrail:allow\")\n".to_owned(),
    ] {
        assert_eq!(told(&needed, &[]), Vec::<String>::new(), "{needed}");
    }
    tree.write("a.py", &gone);
    tree.git(&["add", "-A"]);
    assert_eq!(said(&tree.scan(&["--staged"]), "stale").len(), 0, "a part says nothing about the rest");
}

#[test]
fn new_keys_that_a_path_alone_allows_are_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(FILE, "[[allow]]\npaths = [\"docs/\"]\nreason = \"made up\"\n");
    tree.write("docs/a.txt", keys.token());
    tree.commit();
    tree.write("docs/b.txt", format!("\n{}", keys.token()));
    tree.git(&["add", "-A"]);
    let run = tree.scan(&["--staged"]);
    assert_eq!((run.code, open(&run)), (0, 0));
    let told = said(&run, "loosened");
    assert!(told.len() == 1 && told[0].contains("docs/b.txt") && told[0].contains("line 2 brings a key"), "{told:?}");
    assert!(told[0].contains("keytrail.toml:3") && told[0].contains("made up"), "{told:?}");
    assert_eq!(said(&tree.scan(&[]), "loosened").len(), 0);
}

#[test]
fn patterns_that_fit_no_file_are_told() {
    let tree = Sandbox::repository();
    tree.write("a.txt", "nothing\n");
    tree.write("vendor/b.txt", "nothing\n");
    tree.write("build/c.txt", "nothing\n");
    tree.write(".gitignore", "build/\n");
    tree.write("base.toml", "[scan]\nexclude = [\"of-others/\"]\n\n[[scan.path]]\nfiles = [\"*.go\"]\n");
    tree.write(
        FILE,
        "extends = [\"base.toml\"]\n\n[scan]\nexclude = [\"vendor/\", \"build/\", \"vendr/\"]\n\n\
         [[scan.path]]\nfiles = [\"*.txt\"]\nmin-confidence = \"high\"\n\n\
         [[scan.path]]\nfiles = [\"tets/\", \"spec/\"]\nmin-confidence = \"high\"\n",
    );
    let told = said(&tree.scan(&[]), "stale");
    assert_eq!(told.len(), 2, "{told:#?}");
    assert_eq!(told[0], "keytrail.toml: `[[scan.path]]` for `tets/` `spec/` of line 11 fits no file");
    assert_eq!(told[1], "keytrail.toml: `vendr/` in `exclude` of line 4 fits no file");
    for part in [&["a.txt"][..], &["vendor"], &["--max-file-size", "1M"]] {
        assert_eq!(said(&tree.scan(part), "stale").len(), 0, "{part:?}: a part says nothing about the rest");
    }
}

#[test]
fn init_writes_a_file_that_applies_and_overwrites_none() {
    let tree = Sandbox::repository();
    tree.write("Cargo.toml", "");
    tree.write("src/main.rs", "fn main() {}\n");
    let run = Run::of(tree.keytrail().current_dir(tree.path("src")).arg("init").output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = fs::read_to_string(tree.path(FILE)).unwrap();
    assert!(text.contains("projects in Rust"), "{text}");
    assert_eq!(tree.scan(&[]).code, 0);
    let run = keytrail(&tree, &["init"]);
    assert!(run.code == 2 && run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(keytrail(&tree, &["init", "--force"]).code, 0);
}

#[test]
fn a_server_trusts_what_it_has_already() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(FILE, "[scan]\nfail-on = \"low\"\n");
    tree.commit();
    let old = tree.git_says(&["rev-parse", "HEAD"]);
    tree.write(FILE, "[scan]\nfail-on = \"never\"\n");
    tree.write("a.txt", format!("{} # keytrail:allow trust me\n", keys.token()));
    tree.commit();
    let new = tree.git_says(&["rev-parse", "HEAD"]);
    // As on the server: the references are those from before the push.
    tree.git(&["update-ref", "refs/heads/main", &old]);
    let push = |options: &[&str]| {
        let args = [&["hook", "pre-receive", "--format", "json"], options].concat();
        let update = format!("{old} {new} refs/heads/main\n");
        Run::of(tree.keytrail().args(args).write_stdin(update).output().unwrap())
    };
    let run = push(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        said(&run, "loosened").iter().any(|text| text.contains("raises `fail-on` from low to never")),
        "{:?}",
        said(&run, "loosened")
    );
    let run = push(&["--trusted-config", "main"]);
    assert_eq!((run.code, open(&run)), (1, 1), "{}", run.stderr);
}

#[test]
fn a_lower_threshold_for_some_files_shows_more_of_them_only() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    // What tests and manuals assign is less certain.
    let line = format!("secret_key = \"{}\"\n", keys.value());
    tree.write("tests/a.py", &line);
    tree.write("docs/tests/b.py", line.replace("secret_key", "api_secret"));
    tree.write(FILE, "[scan]\nmin-confidence = \"confirmed\"\n");
    assert_eq!(tree.scan(&[]).paths(), Vec::<String>::new());
    tree.write(
        FILE,
        "[scan]\nmin-confidence = \"confirmed\"\n\n[[scan.path]]\nfiles = [\"/tests/\"]\nmin-confidence = \"low\"\n",
    );
    let paths = tree.scan(&[]).paths();
    assert!(paths.contains(&"tests/a.py".to_owned()), "{paths:?}");
}

#[test]
fn what_is_staged_is_told_by_what_it_loosens() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", "nothing\n");
    tree.write("rules.toml", RULE);
    tree.write(FILE, "[scan]\nrules = [\"rules.toml\"]\n");
    tree.commit();
    assert_eq!(said(&tree.scan(&["--staged"]), "loosened"), [""; 0]);
    tree.write("a.txt", format!("nothing\n{} # keytrail:allow trust me\n", keys.token()));
    tree.write("rules.toml", RULE.replace("{12}", "{13}"));
    tree.write(FILE, "[scan]\nrules = [\"rules.toml\"]\nexclude = [\"hidden/\"]\n");
    assert_eq!(said(&tree.scan(&["--staged"]), "loosened"), [""; 0], "nothing of it is staged");
    tree.git(&["add", "-A"]);
    let all = [
        "a.txt: line 2 adds the comment `keytrail:allow`",
        "keytrail.toml: the change of the configuration excludes `hidden/`",
        "rules.toml: rules of the configuration are changed",
    ];
    assert_eq!(said(&tree.scan(&["--staged"]), "loosened"), all);
    let trusted: Vec<String> = all.iter().map(|text| format!("{text}, which does not count")).collect();
    assert_eq!(said(&tree.scan(&["--staged", "--trusted-config", "HEAD"]), "loosened"), trusted);
    let hook = tree.keytrail().args(["hook", "pre-commit"]).output().unwrap();
    assert!(String::from_utf8_lossy(&hook.stdout).contains("excludes `hidden/`"), "{hook:?}");

    // A merge brings nothing that was not told when it was committed.
    tree.git(&["commit", "-qm", "loosen"]);
    tree.git(&["checkout", "-q", "-b", "other", "HEAD~1"]);
    tree.write("b.txt", "more\n");
    tree.commit();
    tree.git(&["merge", "-q", "--no-commit", "main"]);
    assert_eq!(said(&tree.scan(&["--staged"]), "loosened"), [""; 0]);
}

/// A rule for keys that nobody issues.
const RULE: &str = "provider = \"Acme\"\n\n[[rule]]\nid = \"acme-key\"\ntitle = \"Acme key\"\n\
                    description = \"Opens Acme.\"\npattern = 'acme-key-[0-9a-f]{12}'\nseverity = \"high\"\n";

#[test]
fn an_allowance_can_be_about_a_commit() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.commit();
    let first = tree.git_says(&["rev-parse", "HEAD"]);
    tree.write("b.txt", keys.token());
    tree.commit();
    let allow = |id: &str| format!("[[allow]]\ncommits = [\"{id}\"]\nreason = \"rotated\"\n");
    tree.write(FILE, allow(&first));
    let run = tree.scan(&["--history"]);
    assert_eq!((open(&run), run.json()["summary"]["allowed_by_configuration"].as_u64()), (1, Some(1)));
    assert_eq!(said(&run, "stale"), [""; 0]);
    // Without the history nobody knows what a commit brought.
    let run = tree.scan(&[]);
    assert_eq!((open(&run), said(&run, "stale").len()), (2, 0));
    tree.write(FILE, allow(&first[..10]));
    let run = tree.scan(&[]);
    assert!(run.code == 2 && run.stderr.contains("no whole id of a commit"), "{}", run.stderr);
}

#[test]
fn texts_say_what_allows_a_key() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", format!("{} # keytrail:allow one\n", keys.token()));
    tree.write("docs/b.txt", keys.token());
    tree.write("docs/c.txt", keys.token());
    tree.write(FILE, "[[allow]]\npaths = [\"docs/\"]\nreason = \"made up\"\n");
    let told = |format: &str| {
        let output = tree.keytrail().args(["scan", "--format", format]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(told("text").contains("1 allowed by comments · 2 allowed by the configuration"), "{}", told("text"));
    assert!(
        told("markdown").contains("1 allowed by comments. 2 allowed by the configuration."),
        "{}",
        told("markdown")
    );
    let junit = told("junit");
    let count = |text: &str| junit.matches(text).count();
    assert_eq!((count("\"allowed by comments\""), count("\"allowed by the configuration\"")), (1, 2), "{junit}");
}

#[test]
fn the_configuration_of_gitleaks_is_carried_over() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (value, hidden) = (keys.value(), keys.value());
    // Letters and digits that nothing but the rule knows.
    let digits = |text: &str| {
        text.bytes().map(|byte| char::from(b"0123456789abcdef"[usize::from(byte % 16)])).collect::<String>()
    };
    let own = |text: &str| format!("acmekey-{:0<20.20}", digits(text));
    let (found, allowed) = (own(&value), own(&hidden));
    tree.write(
        ".gitleaks.toml",
        r#"
title = "ours"
[extend]
useDefault = true
disabledRules = ["sidekiq-secret"]

[[rules]]
id = "Acme_Key"
description = "Acme key."
regex = '''\b(acmekey-[0-9a-f]{20})(?:['"\s;]|$)'''
secretGroup = 1
entropy = 3.5
keywords = ["acmekey-"]
path = '''\.(txt|md)$'''
  [[rules.allowlists]]
  description = "of the manual"
  paths = ['''(^|/)docs/''']

[[rules]]
id = "acme-named"
description = "Acme value"
regex = '''(?i)zork[\w.-]{0,20}[\s'"]{0,3}[=:][\s'"]{0,5}([a-z0-9]{32})'''
keywords = ["zork"]

[[rules]]
id = "acme-backward"
regex = '''(?<=x)acme'''

[allowlist]
description = "whatever"
condition = "AND"
paths = ['''\bx\b''']
stopwords = ["fake"]
"#,
    );
    let run = keytrail(&tree, &["config", "import", ".gitleaks.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for told in [
        "2 rules and 1 allowance carried over",
        ".gitleaks.toml:5: the disabled rule `sidekiq-secret` is one of gitleaks",
        ".gitleaks.toml:12: rule `Acme_Key`: `entropy` has no counterpart",
        ".gitleaks.toml:10: rule `Acme_Key`: its id is `acme-key`",
        ".gitleaks.toml:27: rule `acme-backward`: its regular expression cannot be carried over",
        ".gitleaks.toml:32: the path `\\bx\\b`",
        ".gitleaks.toml:29: all parts of this allowlist have to fit, and not all can be carried over",
    ] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    let check = keytrail(&tree, &["rules", "check", "keytrail-rules.toml"]);
    assert_eq!(check.code, 0, "{}", check.stderr);

    for (path, key) in [("a.txt", &found), ("docs/b.txt", &allowed), ("c.py", &own("other"))] {
        tree.write(path, format!("key {key}\n"));
    }
    tree.write("d.py", format!("zork_value = \"{:0<32.32}\"\n", digits(&format!("{value}{hidden}"))));
    let run = tree.scan(&[]);
    let acme: Vec<(String, bool)> = run
        .findings()
        .iter()
        .filter(|finding| finding["rule"] == "acme-key")
        .map(|finding| {
            (finding["locations"][0]["artifact"]["path"].as_str().unwrap().to_owned(), finding["allowed"] == true)
        })
        .collect();
    assert_eq!(acme, [("a.txt".to_owned(), false), ("docs/b.txt".to_owned(), true)], "{}", run.stderr);
    let named: Vec<_> =
        run.places().into_iter().filter(|place| place.rule == "acme-named").map(|place| place.path).collect();
    assert_eq!(named, ["d.py"]);
    let reason = run.findings().iter().find_map(|finding| finding["locations"][0]["allowed"]["reason"].as_str());
    assert_eq!(reason, Some("of the manual (carried over from .gitleaks.toml:15)"));

    // What is there stays as it is.
    let again = keytrail(&tree, &["config", "import", ".gitleaks.toml"]);
    assert!(again.code == 2 && again.stderr.contains("`--force` overwrites it") || again.stderr.contains("--force"));
    let before = fs::read(tree.path(FILE)).unwrap();
    let forced = keytrail(&tree, &["config", "import", ".gitleaks.toml", "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.stderr);
    assert!(forced.stderr.contains("extends = [\"keytrail-imported.toml\"]"), "{}", forced.stderr);
    assert_eq!(fs::read(tree.path(FILE)).unwrap(), before);
    tree.write(FILE, "extends = [\"keytrail-imported.toml\"]\n");
    assert_eq!(tree.scan(&[]).places(), run.places());
    let wrong = keytrail(&tree, &["config", "import", "a.txt"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("line 1:"), "{}", wrong.stderr);
}

#[test]
fn any_choice_of_rules_scans_what_it_leaves() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let secret = keys.of("aws-secret-access-key");
    let id = keys.of("aws-access-key-id");
    tree.write("aws.env", format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    let (token, value) = (keys.token(), keys.value());
    tree.write("two.env", format!("ZENDESK_TOKEN={value}\nGITHUB_TOKEN={token}\nAWS_SECRET_ACCESS_KEY={secret}\n"));
    let ids = |run: &Run| {
        assert_eq!((run.code, run.notices().len()), (1, 0), "{}", run.stderr);
        run.places().into_iter().map(|place| place.rule).collect::<std::collections::BTreeSet<_>>()
    };
    let all = ids(&tree.scan(&[]));
    let only = ids(&tree.scan(&["--only", "github-*,aws-*"]));
    assert!(only.contains(TOKEN) && only.contains("aws-secret-access-key"), "{only:?} of {all:?}");
    assert!(ids(&tree.scan(&["--only", "aws-*"])).contains("aws-secret-access-key"));
    assert_eq!(ids(&tree.scan(&["--only", "github-*"])), [TOKEN.to_owned()].into());
    for disable in ["a*,b*,c*", "generic-*", "z*", "s*,t*,u*,v*,w*,x*,y*,z*"] {
        assert!(ids(&tree.scan(&["--disable", disable])).contains(TOKEN), "{disable}");
    }
    tree.write(FILE, "[scan]\ndisable = [\"a*\", \"b*\", \"c*\", \"z*\"]\n");
    assert!(ids(&tree.scan(&[])).contains(TOKEN));
}
