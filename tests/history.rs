//! `keytrail scan --history` on repositories made by git: what is found in them, where it is said to stand, and what is
//! said about what cannot be read.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Keys, Run, Sandbox};
use serde_json::Value;

/// The history of the only finding's only place.
fn story(run: &Run) -> &Value {
    let findings = run.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let locations = findings[0]["locations"].as_array().unwrap();
    assert_eq!(locations.len(), 1, "{locations:#?}");
    &locations[0]["history"]
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {value:#}"))
}

fn git_text(sandbox: &Sandbox, args: &[&str]) -> String {
    let output = std::process::Command::new("git").current_dir(sandbox.tree()).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(sandbox: &Sandbox, message: &str) -> String {
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", message]);
    git_text(sandbox, &["rev-parse", "HEAD"])
}

/// Puts everything into one pack, unreachable objects too.
fn pack(sandbox: &Sandbox) {
    sandbox.git(&["repack", "-q", "-a", "-d", "-k"]);
    assert!(!git_text(sandbox, &["count-objects", "-v"]).contains("in-pack: 0"));
}

fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            all.extend(files_below(&entry.path()));
        } else {
            all.push((entry.path(), fs::read(entry.path()).unwrap()));
        }
    }
    all.sort();
    all
}

#[test]
fn a_removed_key_has_its_story() {
    for packed in [false, true] {
        let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
        let key = keys.token();
        commit(&sandbox, "nothing yet");
        sandbox.write("conf/app.env", format!("# settings\nTOKEN={key}\n"));
        let added = commit(&sandbox, "add the token");
        sandbox.write("conf/app.env", format!("# settings, sorted\n\nTOKEN={key}\n"));
        let held = commit(&sandbox, "sort");
        sandbox.write("conf/app.env", "# settings\n");
        commit(&sandbox, "remove the token");
        if packed {
            pack(&sandbox);
        }
        assert!(sandbox.scan(&[]).findings().is_empty());
        let run = sandbox.scan(&["--history"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(run.paths(), ["conf/app.env"]);
        // The version that brought it.
        assert_eq!(run.places()[0].start, (2, 7));
        let story = story(&run);
        assert_eq!(text(story, "/introduced/id"), added);
        assert_eq!(text(story, "/introduced/subject"), "add the token");
        assert_eq!(text(story, "/introduced/author"), "test <test@keytrail.invalid>");
        assert_eq!(text(story, "/last/id"), held);
        assert_eq!((&story["at_head"], text(story, "/reach")), (&Value::Bool(false), "reference"));
        assert_eq!(story["branches"], serde_json::json!(["main"]));
        assert_eq!(story["versions"].as_array().unwrap().len(), 2);
        let objects = &run.json()["coverage"]["objects"];
        // Four commits and three versions of the file.
        assert_eq!((&objects["seen"], &objects["scanned"]), (&Value::from(7), &Value::from(7)));
        assert_eq!(run.json()["complete"], true);
    }
}

#[test]
fn commits_of_one_second_are_in_the_order_of_their_ancestry() {
    // As a rebase leaves them; and with a clock that was set back in between.
    for dates in [["2026-01-01T12:00:00Z"; 4], ["2026-01-04", "2026-01-05", "2026-01-02", "2026-01-03"]] {
        for round in 0..4 {
            let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
            let key = keys.token();
            let mut made = Vec::new();
            for (step, date) in dates.iter().enumerate() {
                let content = if step % 2 == 0 { format!("TOKEN={key}\n{step}\n") } else { format!("{step}\n") };
                sandbox.write("a.env", content);
                sandbox.git(&["add", "-A"]);
                let date = if date.len() == 10 { format!("{date}T12:00:00Z") } else { (*date).to_owned() };
                let mut command = sandbox.git_command("");
                command.args(["commit", "-q", "-m", &format!("round {round}")]);
                assert!(command.env("GIT_COMMITTER_DATE", date).status().unwrap().success());
                made.push(sandbox.git_says(&["rev-parse", "HEAD"]));
            }
            let versions = [0, 2].map(|step| sandbox.git_says(&["rev-parse", &format!("{}:a.env", made[step])]));
            let run = sandbox.scan(&["--history"]);
            let story = story(&run);
            assert_eq!((text(story, "/introduced/id"), text(story, "/last/id")), (&*made[0], &*made[2]));
            assert_eq!(story["versions"], serde_json::json!(versions));
        }
    }
}

#[test]
fn limits_tell_of_the_commits_that_they_let_through() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    let at = |day: u8, message: &str| {
        sandbox.git(&["add", "-A"]);
        let mut command = sandbox.git_command("");
        command.args(["commit", "-q", "--allow-empty", "-m", message]);
        let date = format!("2026-01-0{day}T12:00:00Z");
        assert!(command.env("GIT_COMMITTER_DATE", date).status().unwrap().success());
        sandbox.git_says(&["rev-parse", "HEAD"])
    };
    at(1, "base");
    sandbox.git(&["checkout", "-q", "-b", "one"]);
    sandbox.write("k.env", format!("TOKEN={key}\n"));
    let one = at(2, "one adds it");
    sandbox.git(&["checkout", "-q", "-b", "of-one"]);
    let more = at(3, "and has it still");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["checkout", "-q", "-b", "two"]);
    sandbox.write("k.env", format!("TOKEN={key}\n"));
    let two = at(5, "two adds it");
    fs::remove_file(sandbox.path("k.env")).unwrap();
    at(6, "two removes it");
    sandbox.git(&["checkout", "-q", "main"]);
    for (args, introduced, last, branches) in [
        (&["--branch", "two"][..], &two, &two, serde_json::json!(["two"])),
        (&["--branch", "one"], &one, &one, serde_json::json!(["of-one", "one"])),
        (&["--branch", "of-one"], &one, &more, serde_json::json!(["of-one", "one"])),
        (&["--since", "2026-01-04T00:00:00Z"], &two, &two, serde_json::json!(["two"])),
        (&["--since", "one"], &two, &two, serde_json::json!(["two"])),
        (&[], &one, &two, serde_json::json!(["of-one", "one", "two"])),
    ] {
        let run = sandbox.scan(&[&["--history"], args].concat());
        let story = story(&run);
        let told = (text(story, "/introduced/id"), text(story, "/last/id"), &story["branches"]);
        assert_eq!(told, (introduced.as_str(), last.as_str(), &branches), "{args:?}");
    }
}

#[test]
fn what_was_renamed_was_not_introduced_by_that() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("a.env", format!("TOKEN={}\n", keys.token()));
    let at = |day: u8, message: &str| {
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["commit", "-q", "-m", message, &format!("--date=2026-01-0{day}T12:00:00Z")]);
        sandbox.git_says(&["rev-parse", "--short=10", "HEAD"])
    };
    let leak = at(1, "the leak");
    sandbox.git(&["mv", "a.env", "b.env"]);
    let rename = at(2, "only a rename");
    // As in continuous integration, where only the history is looked at.
    sandbox.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let said = |format: &str| {
        let output =
            sandbox.keytrail().args(["scan", "--history", "../bare.git", "--format", format]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for (format, introduced, here) in [
        ("text", "introduced: ", "here since: "),
        ("github", ", since ", "here since "),
        ("sarif", ", introduced by ", "here introduced by "),
        ("html", "<dt>introduced</dt><dd>", "<dt>here since</dt><dd>"),
    ] {
        let report = said(format);
        for expected in [format!("{introduced}{leak}"), format!("{here}{rename}")] {
            assert!(report.contains(&expected), "{expected} in {report}");
        }
    }
}

#[test]
fn what_is_gone_or_not_checked_out_can_be_asked_for() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("gone/in/x.env", format!("TOKEN={}\n", keys.token()));
    sandbox.write("kept.env", format!("TOKEN={}\n", keys.token()));
    commit(&sandbox, "both");
    fs::remove_dir_all(sandbox.path("gone")).unwrap();
    commit(&sandbox, "gone");
    // Not committed, but gone.
    fs::remove_file(sandbox.path("kept.env")).unwrap();
    sandbox.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    for path in ["gone", "gone/", "gone/in/x.env", "./gone/../gone/in", "../bare.git/gone"] {
        let run = sandbox.scan(&["--history", path]);
        assert_eq!((run.code, run.paths()), (1, vec!["gone/in/x.env".to_owned()]), "{path}: {}", run.stderr);
    }
    let run = sandbox.scan(&["--history", "kept.env"]);
    assert_eq!((run.code, run.paths()), (1, vec!["kept.env".to_owned()]), "{}", run.stderr);
    for path in ["gome", "gone/in/y.env", "../bare.git/gome"] {
        let run = sandbox.scan(&["--history", path]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("no commit that can be reached has"), "{path}: {}", run.stderr);
    }
    // Without the history, there is nothing.
    assert_eq!(sandbox.scan(&["gone"]).code, 2);
}

#[test]
fn a_key_at_head_is_one_place_with_its_commit() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("a.env", format!("TOKEN={}\n", keys.token()));
    let added = commit(&sandbox, "add");
    sandbox.write("b.txt", "more");
    commit(&sandbox, "more");
    let run = sandbox.scan(&["--history"]);
    assert_eq!(run.paths(), ["a.env"]);
    let story = story(&run);
    assert_eq!((text(story, "/introduced/id"), &story["at_head"]), (added.as_str(), &Value::Bool(true)));
}

#[test]
fn another_form_of_a_key_at_head_is_a_place_of_its_own() {
    use base64::Engine as _;
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    sandbox.write("app.env", format!("TOKEN={key}\n"));
    commit(&sandbox, "add the token");
    let encoded = base64::engine::general_purpose::STANDARD.encode(&key);
    sandbox.write("app.env", format!("TOKEN={encoded}\n"));
    let run = sandbox.scan(&["--history"]);
    let findings = run.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let places = findings[0]["locations"].as_array().unwrap();
    let forms: Vec<_> = places.iter().map(|place| (place["part"].as_str(), place["history"].is_object())).collect();
    assert_eq!(forms.len(), 2, "{places:#?}");
    assert!(forms.contains(&(Some("in base64"), false)) && forms.contains(&(None, true)), "{forms:?}");
}

#[test]
fn renames_merges_and_branches_are_followed() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (moved, evil, side) = (keys.token(), keys.token(), keys.token());
    sandbox.write("old/name.txt", format!("token {moved}\n"));
    let added = commit(&sandbox, "add");
    fs::create_dir(sandbox.path("new")).unwrap();
    sandbox.git(&["mv", "old/name.txt", "new/name.txt"]);
    let renamed = commit(&sandbox, "rename");
    sandbox.git(&["checkout", "-q", "-b", "side", &added]);
    sandbox.write("side.txt", format!("token {side}\n"));
    let on_side = commit(&sandbox, "on the side");
    sandbox.git(&["checkout", "-q", "-b", "other", &added]);
    sandbox.write("other.txt", "nothing");
    commit(&sandbox, "another");
    sandbox.git(&["checkout", "-q", "main"]);
    // An octopus that brings something which none of its parents has.
    sandbox.git(&["merge", "-q", "--no-commit", "--no-ff", "side", "other"]);
    sandbox.write("evil.txt", format!("token {evil}\n"));
    let merge = commit(&sandbox, "merge");
    let run = sandbox.scan(&["--history"]);
    assert_eq!(run.code, 1);
    let all: Vec<(String, String, bool)> = run
        .findings()
        .iter()
        .flat_map(|finding| finding["locations"].as_array().unwrap())
        .map(|place| {
            let history = &place["history"];
            let at_head = history["at_head"] == true;
            (text(place, "/artifact/path").to_owned(), text(history, "/introduced/id").to_owned(), at_head)
        })
        .collect();
    for expected in [
        ("old/name.txt", &added, false),
        ("new/name.txt", &renamed, true),
        ("side.txt", &on_side, true),
        ("evil.txt", &merge, true),
    ] {
        let expected = (expected.0.to_owned(), expected.1.clone(), expected.2);
        assert!(all.contains(&expected), "{expected:?} is not in {all:#?}");
    }
    assert_eq!(all.len(), 4);
    assert_eq!(run.findings().len(), 3);
}

#[test]
fn what_no_branch_holds_is_found() {
    for packed in [false, true] {
        let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
        let (amended, dropped, stashed, staged) = (keys.token(), keys.token(), keys.token(), keys.token());
        commit(&sandbox, "first");
        sandbox.write("a.txt", format!("token {amended}\n"));
        commit(&sandbox, "with a key");
        sandbox.write("a.txt", "no more\n");
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["commit", "-q", "--amend", "-m", "without"]);
        sandbox.git(&["checkout", "-q", "-b", "gone"]);
        sandbox.write("b.txt", format!("token {dropped}\n"));
        commit(&sandbox, "on a branch");
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.git(&["branch", "-q", "-D", "gone"]);
        sandbox.write("a.txt", format!("token {stashed}\n"));
        sandbox.git(&["stash", "-q"]);
        sandbox.write("c.txt", format!("token {staged}\n"));
        sandbox.git(&["add", "c.txt"]);
        sandbox.git(&["rm", "-q", "--cached", "c.txt"]);
        fs::remove_file(sandbox.path("c.txt")).unwrap();
        let reaches = |run: &Run| {
            let mut all: Vec<(String, String)> = run
                .findings()
                .iter()
                .flat_map(|finding| finding["locations"].as_array().unwrap())
                .map(|place| {
                    let path = text(place, "/artifact/path");
                    let path = if path.starts_with(".git/blob/") { ".git/blob/" } else { path };
                    (path.to_owned(), text(place, "/history/reach").to_owned())
                })
                .collect();
            all.sort();
            all
        };
        if packed {
            pack(&sandbox);
        }
        let expect = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        let run = sandbox.scan(&["--history"]);
        assert_eq!(
            reaches(&run),
            expect(&[(".git/blob/", "unreachable"), ("a.txt", "reference"), ("a.txt", "reflog"), ("b.txt", "reflog")])
        );
        sandbox.git(&["reflog", "expire", "--expire=now", "--all"]);
        sandbox.git(&["stash", "clear"]);
        let run = sandbox.scan(&["--history"]);
        let unreachable = [".git/blob/", "a.txt", "a.txt", "b.txt"].map(|path| (path, "unreachable"));
        assert_eq!(reaches(&run), expect(&unreachable));
    }
}

#[test]
fn names_of_files_and_folders_count() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (file, folder, beside) = (keys.token(), keys.token(), keys.token());
    commit(&sandbox, "nothing");
    sandbox.write(format!("old/{file}.txt"), "one\n");
    sandbox.write(format!("backup-{folder}/deep/er/notes.txt"), "notes\n");
    // The same content under another name.
    sandbox.write("plain.txt", "one\n");
    let added = commit(&sandbox, "add");
    sandbox.write(format!("old/{file}.txt"), "two\n");
    let changed = commit(&sandbox, "change");
    fs::remove_dir_all(sandbox.path("old")).unwrap();
    commit(&sandbox, "remove");
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.write(format!("side/{beside}"), "side\n");
    let on_side = commit(&sandbox, "side");
    sandbox.git(&["checkout", "-q", "main"]);
    for packed in [false, true] {
        if packed {
            pack(&sandbox);
        }
        let run = sandbox.scan(&["--history"]);
        assert_eq!((run.code, run.findings().len()), (1, 3), "{}", run.stderr);
        let stories: Vec<(&str, &str, &str, bool)> = run
            .findings()
            .iter()
            .flat_map(|finding| finding["locations"].as_array().unwrap())
            .filter(|place| place["part"] == "file name" && !place["history"].is_null())
            .map(|place| {
                let folder = text(place, "/artifact/path").split_once(['/', '-']).unwrap().0;
                let history = &place["history"];
                let at_head = history["at_head"] == true;
                (folder, text(history, "/introduced/id"), text(history, "/last/id"), at_head)
            })
            .collect();
        let main = git_text(&sandbox, &["rev-parse", "main"]);
        for expected in [
            ("old", added.as_str(), changed.as_str(), false),
            ("side", &on_side, &on_side, false),
            ("backup", &added, on_side.as_str(), true),
        ] {
            assert!(stories.contains(&expected), "{expected:?} is not in {stories:#?}, and main is {main}");
        }
        assert_eq!(stories.len(), 3);
        let report = String::from_utf8(run.stdout.clone()).unwrap();
        assert!([&file, &folder, &beside].iter().all(|key| !report.contains(key.as_str())));
    }
    let paths = |args: &[&str]| sandbox.scan(&[&["--history"], args].concat()).findings().len();
    // What is checked out is looked at in any case.
    assert_eq!((paths(&["old"]), paths(&["--branch", "main"]), paths(&["--since", &changed])), (1, 2, 2));
}

#[test]
fn messages_authors_tags_and_notes_are_read() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let all: Vec<String> = (0..4).map(|_| keys.token()).collect();
    sandbox.write("a.txt", "a");
    sandbox.git(&["add", "-A"]);
    let author = format!("--author={} <a@keytrail.invalid>", all[0]);
    sandbox.git(&["commit", "-q", "-m", &format!("subject\n\nuses {}", all[1]), &author]);
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("release {}", all[2])]);
    sandbox.git(&["notes", "add", "-m", &format!("deployed with {}", all[3])]);
    let head = git_text(&sandbox, &["rev-parse", "HEAD"]);
    let tag = git_text(&sandbox, &["rev-parse", "v1"]);
    let run = sandbox.scan(&["--history"]);
    let mut expected = vec![
        format!(".git/commit/{head}/author"),
        format!(".git/commit/{head}/message"),
        format!(".git/tag/{tag}/message"),
        head.clone(),
    ];
    expected.sort();
    assert_eq!(run.paths(), expected);
    // The author's name holds a key, and is part of the story of every place.
    let report = String::from_utf8(run.stdout.clone()).unwrap();
    assert!(all.iter().all(|key| !report.contains(key.as_str())));
}

#[test]
fn nothing_in_a_repository_hides_or_runs_anything() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let marker = sandbox.home().join("it-ran");
    let hostile = format!("touch {}", marker.display());
    sandbox.write("secret.txt", format!("token {}\n", keys.token()));
    sandbox.write(".gitattributes", "* -diff -text binary filter=evil diff=evil merge=ours export-ignore\n");
    let added = commit(&sandbox, "add");
    sandbox.write("secret.txt", "gone\n");
    commit(&sandbox, "remove");
    for (name, value) in [
        ("core.fsmonitor", hostile.as_str()),
        ("core.sshCommand", &hostile),
        ("core.pager", &hostile),
        ("core.hooksPath", "hooks"),
        ("diff.external", &hostile),
        ("diff.evil.command", &hostile),
        ("diff.evil.textconv", &hostile),
        ("filter.evil.clean", &hostile),
        ("filter.evil.smudge", &hostile),
        ("filter.evil.process", &hostile),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
        ("log.showSignature", "true"),
        // Where no file of the repository lies.
        ("core.worktree", sandbox.home().to_str().unwrap()),
    ] {
        sandbox.git(&["config", name, value]);
    }
    // A replacement that shows an innocent commit in the place of the one with the key.
    let innocent = git_text(&sandbox, &["commit-tree", "HEAD^{tree}", "-m", "nothing here"]);
    fs::create_dir_all(sandbox.path(".git/refs/replace")).unwrap();
    fs::write(sandbox.path(".git/refs/replace").join(&added), format!("{innocent}\n")).unwrap();
    let before = files_below(&sandbox.path(".git"));
    for args in [&["--history"][..], &["--history", "."], &["--history", "secret.txt"]] {
        let run = sandbox.scan(args);
        assert_eq!(run.paths(), ["secret.txt"], "{args:?}");
        assert_eq!(text(story(&run), "/introduced/id"), added);
    }
    assert!(!marker.exists());
    assert!(files_below(&sandbox.path(".git")) == before, "the repository was written to");
}

#[test]
fn tags_are_told_by_who_made_them_and_keep_what_they_name() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    commit(&sandbox, "first");
    let mut tag = sandbox.git_command("");
    tag.args(["tag", "-a", "v1", "-m", &format!("release {}", keys.token())]);
    let tagger = [("GIT_COMMITTER_NAME", "releaser"), ("GIT_COMMITTER_EMAIL", "releaser@keytrail.invalid")];
    assert!(tag.envs(tagger).status().unwrap().success());
    let run = sandbox.scan(&["--history"]);
    assert_eq!(text(story(&run), "/introduced/author"), "releaser <releaser@keytrail.invalid>");
    assert_eq!(text(story(&run), "/introduced/subject"), "tag v1");
    assert_eq!(text(story(&run), "/introduced/id"), git_text(&sandbox, &["rev-parse", "v1"]));

    // A blob and a folder that no commit holds.
    for of_folder in [false, true] {
        let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
        commit(&sandbox, "first");
        sandbox.write("key.txt", format!("token {}\n", keys.token()));
        let mut named = git_text(&sandbox, &["hash-object", "-w", "key.txt"]);
        if of_folder {
            sandbox.git(&["add", "key.txt"]);
            named = git_text(&sandbox, &["write-tree"]);
            sandbox.git(&["reset", "-q", "--hard"]);
        } else {
            fs::remove_file(sandbox.path("key.txt")).unwrap();
        }
        sandbox.git(&["tag", "-a", "kept", "-m", "kept", &named]);
        let run = sandbox.scan(&["--history"]);
        let story = story(&run);
        assert_eq!((text(story, "/reach"), &story["branches"]), ("reference", &serde_json::json!(["kept"])));
    }
}

/// Only root can give files away; `.ci/run` may be.
#[cfg(unix)]
#[test]
fn repositories_of_other_users_are_scanned() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    fn give_away(path: &Path) {
        chown(path, Some(65534), Some(65534)).unwrap();
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| give_away(&entry.unwrap().path()));
        }
    }
    let mut keys = Keys::new();
    let sandbox = Sandbox::repository();
    if fs::metadata(sandbox.tree()).unwrap().uid() != 0 {
        return;
    }
    sandbox.write("a.env", format!("A={}\n", keys.token()));
    commit(&sandbox, "one");
    sandbox.write("b.env", format!("B={}\n", keys.token()));
    sandbox.git(&["add", "-A"]);
    give_away(&sandbox.tree());
    // Git itself does not.
    let status = sandbox.git_command(".").args(["status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&status.stderr).contains("dubious ownership"), "{status:?}");
    // The file, and the object that the index holds.
    assert_eq!(sandbox.scan(&["--history"]).paths(), ["a.env", "b.env", "b.env"]);
    assert_eq!(sandbox.scan(&["--staged"]).paths(), ["b.env"]);
}

#[test]
fn a_reftable_is_told_with_what_to_do() {
    let sandbox = Sandbox::new();
    let made = sandbox.git_command(".").args(["init", "-q", "--ref-format=reftable"]).output().unwrap();
    // Git before 2.45 knows none.
    if !made.status.success() {
        return;
    }
    let run = sandbox.scan(&["--history"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("git refs migrate --ref-format=files"), "{}", run.stderr);
}

#[test]
fn bare_sha256_detached_empty_and_linked_repositories() {
    let mut keys = Keys::new();
    // SHA-256.
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    sandbox.write("a.txt", format!("token {}\n", keys.token()));
    let added = commit(&sandbox, "add");
    fs::remove_file(sandbox.path("a.txt")).unwrap();
    commit(&sandbox, "remove");
    assert_eq!(added.len(), 64);
    for packed in [false, true] {
        if packed {
            pack(&sandbox);
        }
        let run = sandbox.scan(&["--history"]);
        assert_eq!((run.code, run.paths()), (1, vec!["a.txt".to_owned()]), "{}", run.stderr);
        assert_eq!(text(story(&run), "/introduced/id"), added);
    }
    // A bare clone of it, named as a path, and from within.
    sandbox.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = sandbox.tree().parent().unwrap().join("bare.git");
    let run = sandbox.scan(&["--history", bare.to_str().unwrap()]);
    assert_eq!((run.code, run.paths()), (1, vec!["a.txt".to_owned()]), "{}", run.stderr);
    assert_eq!(run.json()["coverage"]["files"], 0);

    // A detached head, and a linked worktree in which another one is checked out.
    let sandbox = Sandbox::repository();
    commit(&sandbox, "first");
    sandbox.git(&["checkout", "-q", "--detach"]);
    sandbox.write("b.txt", format!("token {}\n", keys.token()));
    let detached = commit(&sandbox, "detached");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["worktree", "add", "-q", "--detach", "../linked", &detached]);
    fs::remove_dir_all(sandbox.path(".git/logs")).unwrap();
    let run = sandbox.scan(&["--history"]);
    assert_eq!(text(story(&run), "/reach"), "reference");
    let linked = sandbox.tree().parent().unwrap().join("linked");
    let output = sandbox.keytrail().current_dir(&linked).args(["scan", "--history", "--format", "json"]).output();
    let run = Run::of(output.unwrap());
    assert_eq!(run.paths(), ["b.txt"]);
    assert_eq!(story(&run)["at_head"], true);

    // A reference that keeps it is called as git calls it from elsewhere.
    let run = sandbox.scan(&["--history"]);
    assert_eq!(story(&run)["branches"], serde_json::json!(["worktrees/linked/HEAD"]));

    // Objects in a folder of their own, elsewhere.
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q", "-b", "main", "--separate-git-dir=../kept-apart"]);
    sandbox.write("src/c.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "add");
    fs::remove_file(sandbox.path("src/c.txt")).unwrap();
    commit(&sandbox, "remove");
    for args in [&["--history"][..], &["--history", "src/c.txt"], &["--range", "HEAD~1..HEAD", "--whole-files"]] {
        let run = sandbox.scan(args);
        let expected: &[&str] = if args[0] == "--history" { &["src/c.txt"] } else { &[] };
        assert_eq!(run.paths(), expected, "{args:?} {}", run.stderr);
    }
    sandbox.write("d.txt", format!("token {}\n", keys.token()));
    sandbox.git(&["add", "-A"]);
    assert_eq!(sandbox.scan(&["--staged"]).paths(), ["d.txt"]);

    // Nothing at all.
    let sandbox = Sandbox::repository();
    let run = sandbox.scan(&["--history"]);
    assert_eq!((run.code, run.findings().len()), (0, 0), "{}", run.stderr);
    assert_eq!(run.json()["coverage"]["objects"]["seen"], 0);
    // No repository.
    let run = Sandbox::new().scan(&["--history"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is not in a git repository"), "{}", run.stderr);
}

#[test]
fn alternates_and_several_packs_are_read() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let body: String = (0..400).map(|i| format!("line {i} of a file with some words in it\n")).collect();
    sandbox.write("a.txt", format!("{body}token {}\n", keys.token()));
    commit(&sandbox, "add");
    pack(&sandbox);
    sandbox.git(&["clone", "-q", "--shared", ".", "../clone"]);
    let clone = sandbox.tree().parent().unwrap().join("clone");
    assert!(clone.join(".git/objects/info/alternates").exists());
    fs::write(clone.join("a.txt"), format!("{body}nothing\n")).unwrap();
    let output = sandbox.keytrail().current_dir(&clone).args(["scan", "--history", "--format", "json"]).output();
    let run = Run::of(output.unwrap());
    assert_eq!((run.code, run.paths()), (1, vec!["a.txt".to_owned()]), "{}", run.stderr);

    // Git writes names that need it in quotes.
    let list = clone.join(".git/objects/info/alternates");
    let path = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("\"{}\"\n", path.trim_end().replace("tree", "t\\162ee"))).unwrap();
    let output = sandbox.keytrail().current_dir(&clone).args(["scan", "--history", "--format", "json"]).output();
    let run = Run::of(output.unwrap());
    assert_eq!((run.code, run.paths()), (1, vec!["a.txt".to_owned()]), "{}", run.stderr);

    // Three packs under one index; objects that lie in two of them count once.
    sandbox.write("a.txt", format!("{body}another token {}\n", keys.token()));
    commit(&sandbox, "change");
    sandbox.git(&["repack", "-q", "-d"]);
    sandbox.write("a.txt", body);
    commit(&sandbox, "remove");
    sandbox.git(&["repack", "-q", "-d"]);
    sandbox.git(&["repack", "-q", "-a"]);
    sandbox.git(&["multi-pack-index", "write"]);
    let packs = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(packs.filter(|path| path.extension().is_some_and(|extension| extension == "pack")).count(), 4);
    let run = sandbox.scan(&["--history"]);
    assert_eq!((run.code, run.findings().len()), (1, 2), "{}", run.stderr);
    assert_eq!(run.json()["coverage"]["objects"]["seen"], 6);
}

#[test]
fn large_blobs_are_read_and_can_be_left_out() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let body = "a line of a very long file, which is no secret\n".repeat(750_000);
    assert!(body.len() > 33 << 20);
    sandbox.write("large.txt", format!("{body}token {}\n", keys.token()));
    commit(&sandbox, "large");
    sandbox.write("large.txt", format!("{body}token {}\nmore\n", keys.token()));
    commit(&sandbox, "changed");
    fs::remove_file(sandbox.path("large.txt")).unwrap();
    commit(&sandbox, "gone");
    for packed in [false, true] {
        if packed {
            pack(&sandbox);
        }
        let run = sandbox.scan(&["--history"]);
        assert_eq!((run.code, run.paths()), (1, vec!["large.txt".to_owned(), "large.txt".to_owned()]));
        let run = sandbox.scan(&["--history", "--max-blob-size", "30M"]);
        assert_eq!((run.code, run.findings().len()), (0, 0));
        assert_eq!(run.json()["coverage"]["objects"]["skipped"], 2);
    }
}

#[test]
fn long_chains_give_the_same_with_and_without_delta_scan() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let mut lines: Vec<String> = (0..300).map(|i| format!("setting_{i} = value number {i}")).collect();
    for version in 0..120 {
        let at = (version * 37) % lines.len();
        lines[at] = match version % 4 {
            0 => format!("token_{version} = \"{}\"", keys.token()),
            1 => format!("setting_{at} = something else {version}"),
            2 => format!("api_key = \"{}\"", keys.value()),
            _ => String::new(),
        };
        sandbox.write("settings.txt", lines.join("\n"));
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["commit", "-q", "-m", &format!("version {version}")]);
    }
    sandbox.git(&["repack", "-q", "-a", "-d", "-f", "--depth=4095", "--window=250"]);
    let with = sandbox.scan(&["--history", "--min-confidence", "low"]);
    let without = sandbox.scan(&["--history", "--min-confidence", "low", "--no-delta-scan"]);
    let one = sandbox.scan(&["--history", "--min-confidence", "low", "--jobs", "1"]);
    assert_eq!(with.findings().len(), 60);
    assert_eq!(with.stdout, without.stdout);
    assert_eq!(with.stdout, one.stdout);
}

#[test]
fn a_real_history_gives_the_same_with_and_without_delta_scan() {
    // That of this project, where it is at hand: a release is tested without it.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !root.join(".git").exists() {
        return;
    }
    let sandbox = Sandbox::new();
    let scan = |more: &[&str]| {
        let mut command = sandbox.keytrail();
        command.current_dir(root).args(["scan", "--history", "--format", "json", "--min-confidence", "low"]);
        Run::of(command.args(["--allow-incomplete", "README.md"]).args(more).output().unwrap())
    };
    let (with, without) = (scan(&[]), scan(&["--no-delta-scan"]));
    assert!(with.json()["coverage"]["objects"]["scanned"].as_u64().unwrap() > 0);
    assert_eq!(with.json()["findings"], without.json()["findings"]);
    assert_eq!(with.json()["summary"], without.json()["summary"]);
    assert_eq!(with.json()["coverage"]["objects"], without.json()["coverage"]["objects"]);
}

#[test]
fn damage_and_gaps_are_named_and_the_rest_is_scanned() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("kept.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "first");
    pack(&sandbox);
    sandbox.write("lost.txt", "a blob that gets lost\n");
    commit(&sandbox, "second");
    let lost = git_text(&sandbox, &["rev-parse", "HEAD:lost.txt"]);
    let loose = sandbox.path(format!(".git/objects/{}/{}", &lost[..2], &lost[2..]));
    // A damaged loose object.
    fs::set_permissions(&loose, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(&loose, b"this is not zlib").unwrap();
    let run = sandbox.scan(&["--history"]);
    assert_eq!((run.code, run.paths()), (2, vec!["kept.txt".to_owned()]));
    let objects = &run.json()["coverage"]["objects"];
    assert_eq!((&objects["damaged"], &objects["missing"]), (&Value::from(1), &Value::from(0)));
    let notices = run.json()["coverage"]["notices"].to_string();
    assert!(notices.contains(&lost[..10]) && notices.contains("git fsck"), "{notices}");
    // A missing one.
    fs::remove_file(&loose).unwrap();
    let run = sandbox.scan(&["--history"]);
    assert_eq!((run.code, run.paths()), (2, vec!["kept.txt".to_owned()]));
    assert_eq!(run.json()["coverage"]["objects"]["missing"], 1);
    let run = sandbox.scan(&["--history", "--allow-incomplete"]);
    assert_eq!(run.code, 1);
    // A pack that is cut short: what stands before the cut is still read.
    pack_two(&sandbox, &mut keys);
}

/// Cuts a pack with two blobs behind the first of them.
fn pack_two(sandbox: &Sandbox, keys: &mut Keys) {
    let other = Sandbox::repository();
    let random: String = (0..3000).map(|_| keys.value()).collect::<Vec<_>>().join("\n");
    other.write("first.txt", format!("token {}\n", keys.token()));
    other.write("second.txt", random);
    commit(&other, "two");
    pack(&other);
    let folder = other.path(".git/objects/pack");
    let file = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).find(|p| p.extension().unwrap() == "pack");
    let file = file.unwrap();
    let bytes = fs::read(&file).unwrap();
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    for name in ["first.txt", "second.txt"] {
        fs::remove_file(other.path(name)).unwrap();
    }
    let run = other.scan(&["--history"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let damaged = run.json()["coverage"]["objects"]["damaged"].as_u64().unwrap();
    assert!(damaged >= 1, "{}", run.json()["coverage"]);
    assert!(!sandbox.tree().as_os_str().is_empty());
}

#[test]
fn packs_whose_index_is_gone_or_damaged_are_read() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("kept.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "first");
    sandbox.write("kept.txt", "nothing any more\n");
    commit(&sandbox, "second");
    pack(&sandbox);
    let whole = sandbox.scan(&["--history"]);
    assert_eq!((whole.code, whole.paths()), (1, vec!["kept.txt".to_owned()]));
    let seen = |run: &Run| run.json()["coverage"]["objects"]["seen"].clone();
    let file = |extension: &str| {
        let mut files = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|found| found == extension)).unwrap()
    };
    let index = file("idx");
    let bytes = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    let gone = sandbox.scan(&["--history"]);
    fs::write(&index, &bytes[..bytes.len() / 2]).unwrap();
    let damaged = sandbox.scan(&["--history"]);
    for run in [&gone, &damaged] {
        assert_eq!((run.code, run.paths()), (2, vec!["kept.txt".to_owned()]), "{}", run.stderr);
        assert_eq!(seen(run), seen(&whole));
        let notices = run.json()["coverage"]["notices"].to_string();
        assert!(notices.contains("without an index") && notices.contains("git index-pack"), "{notices}");
    }
    // Its end is gone as well: what stands before that is read, and the rest is counted.
    fs::remove_file(&index).unwrap();
    let file = file("pack");
    let bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 30]).unwrap();
    let cut = sandbox.scan(&["--history"]);
    assert_eq!(cut.code, 2, "{}", cut.stderr);
    assert!(cut.json()["coverage"]["objects"]["damaged"].as_u64().unwrap() >= 1, "{}", cut.json()["coverage"]);
    assert!(cut.json()["coverage"]["notices"].to_string().contains("behind them cannot be read"));
}

#[test]
fn what_tags_heads_and_the_index_name_and_is_not_there_is_told() {
    let lose = |sandbox: &Sandbox, id: &str| {
        fs::remove_file(sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    };
    // An annotated tag of a commit on no branch; another of a blob; a detached head; a blob that is only staged.
    for which in 0..5 {
        let sandbox = Sandbox::repository();
        sandbox.write("a.txt", "a\n");
        let first = commit(&sandbox, "first");
        sandbox.write("b.txt", "b\n");
        let (lost, kind) = match which {
            0 => {
                let second = commit(&sandbox, "second");
                sandbox.git(&["tag", "-a", "v1", "-m", "v1"]);
                sandbox.git(&["reset", "-q", "--hard", &first]);
                (second, "commit")
            }
            1 => {
                let blob = sandbox.git_says(&["hash-object", "-w", "b.txt"]);
                sandbox.git(&["tag", "-a", "blob", "-m", "blob", &blob]);
                (blob, "blob")
            }
            2 => {
                sandbox.git(&["checkout", "-q", "--detach"]);
                (commit(&sandbox, "detached"), "commit")
            }
            3 => {
                sandbox.git(&["worktree", "add", "-q", "--detach", "../linked"]);
                fs::write(sandbox.tree().parent().unwrap().join("linked/c.txt"), "c\n").unwrap();
                sandbox.git(&["-C", "../linked", "add", "c.txt"]);
                (sandbox.git_says(&["-C", "../linked", "rev-parse", ":c.txt"]), "blob")
            }
            _ => {
                sandbox.git(&["add", "b.txt"]);
                (sandbox.git_says(&["rev-parse", ":b.txt"]), "blob")
            }
        };
        sandbox.git(&["reflog", "expire", "--expire=now", "--all"]);
        // One that is only announced has no content yet.
        sandbox.write("announced.txt", "x\n");
        sandbox.git(&["add", "-N", "announced.txt"]);
        assert_eq!(sandbox.scan(&["--history"]).code, 0, "{which}");
        lose(&sandbox, &lost);
        let run = sandbox.scan(&["--history"]);
        assert_eq!((run.code, &run.json()["complete"]), (2, &Value::Bool(false)), "{which}");
        assert_eq!(run.json()["coverage"]["objects"]["missing"], 1, "{which}");
        let notices = run.json()["coverage"]["notices"].to_string();
        assert!(notices.contains(&format!("1 {kind} is not here ({}", &lost[..10])), "{which}: {notices}");
    }
}

#[test]
fn references_and_indexes_that_cannot_be_read_are_told() {
    for (file, content) in
        [("refs/heads/main", ""), ("refs/heads/main", "no id\n"), ("packed-refs", "?\n"), ("index", "x")]
    {
        let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
        sandbox.write("a.txt", format!("token {}\n", keys.token()));
        commit(&sandbox, "first");
        fs::write(sandbox.path(".git").join(file), content).unwrap();
        fs::write(sandbox.path(".git/refs/heads/x.lock"), "").unwrap();
        fs::remove_file(sandbox.path("a.txt")).unwrap();
        let run = sandbox.scan(&["--history"]);
        // What is there is scanned nevertheless.
        assert_eq!((run.code, run.paths()), (2, vec!["a.txt".to_owned()]), "{file}: {}", run.stderr);
        let notices = run.json()["coverage"]["notices"].to_string();
        let name = if file == "packed-refs" { "references" } else { file };
        assert!(notices.contains(name) && notices.contains("cannot be read"), "{file}: {notices}");
    }
    // A repository without commits, and symbolic references that lead nowhere, are whole.
    let sandbox = Sandbox::repository();
    sandbox.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"]);
    assert_eq!(sandbox.scan(&["--history"]).code, 0);
}

#[test]
fn a_damaged_object_counts_once() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.txt", "hello\n");
    commit(&sandbox, "first");
    for (name, damaged) in [("HEAD:a.txt", 1), ("HEAD^{tree}", 2)] {
        let id = sandbox.git_says(&["rev-parse", name]);
        let file = sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
        fs::remove_file(&file).unwrap();
        fs::write(&file, b"this is not zlib").unwrap();
        let run = sandbox.scan(&["--history"]);
        assert_eq!(run.json()["coverage"]["objects"]["damaged"], damaged);
        let notices = run.json()["coverage"]["notices"].to_string();
        assert!(notices.contains(&format!("{damaged} object")) && notices.matches(&id[..10]).count() == 1, "{notices}");
    }
}

#[test]
fn partial_and_shallow_clones_say_so() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("old.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "first");
    fs::remove_file(sandbox.path("old.txt")).unwrap();
    sandbox.write("new.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "second");
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", &url, "../partial"]);
    sandbox.git(&["clone", "-q", "--depth=1", &url, "../shallow"]);
    let at = |name: &str| sandbox.tree().parent().unwrap().join(name);
    let scan = |name: &str| {
        let output = sandbox.keytrail().current_dir(at(name)).args(["scan", "--history", "--format", "json"]).output();
        Run::of(output.unwrap())
    };
    let run = scan("partial");
    assert_eq!((run.code, run.paths()), (2, vec!["new.txt".to_owned()]));
    assert_eq!(run.json()["coverage"]["objects"]["missing"], 1);
    let notice = &run.json()["coverage"]["notices"][0];
    assert!(text(notice, "/message").starts_with("partial clone: 1 blob is not here"), "{notice}");
    assert!(text(notice, "/help").contains("git fetch --refetch"), "{notice}");
    // What the help says helps.
    let clone = at("partial");
    let fetched = std::process::Command::new("git")
        .current_dir(&clone)
        // Without it, git would put packs together in the background while the test goes on.
        .args(["-c", "maintenance.autoDetach=false", "-c", "gc.autoDetach=false"])
        .args(["fetch", "-q", "--refetch", "--no-filter"])
        .output()
        .unwrap();
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    let run = scan("partial");
    assert_eq!((run.code, run.paths()), (1, vec!["new.txt".to_owned(), "old.txt".to_owned()]));

    let run = scan("shallow");
    assert_eq!((run.code, run.paths()), (1, vec!["new.txt".to_owned()]));
    assert_eq!(run.json()["coverage"]["objects"]["shallow"], true);
    assert!(text(&run.json()["coverage"]["notices"][0], "/message").starts_with("shallow clone"));
}

#[test]
fn limits_by_date_revision_branch_path_and_size() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    sandbox.write("a/one.txt", format!("token {}\n", keys.token()));
    let first = commit(&sandbox, "one");
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.write("b/two.txt", format!("token {}\n", keys.token()));
    commit(&sandbox, "two");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("a/three.txt", format!("token {}\n", keys.token()));
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["-c", "user.name=t", "commit", "-q", "-m", "three", "--date=2001-01-01T00:00:00Z"]);
    fs::remove_dir_all(sandbox.path("a")).unwrap();
    commit(&sandbox, "empty");
    let paths = |args: &[&str]| sandbox.scan(&[&["--history"], args].concat()).paths();
    assert_eq!(paths(&[]), ["a/one.txt", "a/three.txt", "b/two.txt"]);
    assert_eq!(paths(&["--branch", "feature"]), ["a/one.txt", "b/two.txt"]);
    assert_eq!(paths(&["--since", &first]), ["a/three.txt", "b/two.txt"]);
    assert_eq!(paths(&["--since", "feature"]), ["a/three.txt"]);
    assert_eq!(paths(&["--since", "2 days ago"]).len(), 3);
    assert_eq!(paths(&["--since", "2100-01-01"]).len(), 0);
    assert_eq!(paths(&["--max-blob-size", "10"]).len(), 0);
    let run = sandbox.scan(&["--history", "--since", "no such thing"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("neither a revision") && run.stderr.contains("2026-01-31"), "{}", run.stderr);
    let run = sandbox.scan(&["--history", "--branch", "nowhere"]);
    assert!(run.code == 2 && run.stderr.contains("`nowhere`"), "{}", run.stderr);
    fs::create_dir(sandbox.path("a")).unwrap();
    assert_eq!(paths(&["a"]), ["a/one.txt", "a/three.txt"]);
}

#[test]
fn containers_notebooks_links_and_submodules_in_history() {
    use std::io::Write as _;
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("inner/a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(format!("token {}\n", keys.token()).as_bytes()).unwrap();
    sandbox.write("lib/x.jar", zip.finish().unwrap().into_inner());
    let utf16: Vec<u8> =
        format!("\u{feff}token {}\n", keys.token()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.write("wide.txt", utf16);
    std::os::unix::fs::symlink(format!("https://host/{}", keys.token()), sandbox.path("link")).unwrap();
    let inner = Sandbox::repository();
    inner.write("s.txt", "s");
    commit(&inner, "s");
    let url = inner.tree().display().to_string();
    sandbox.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "sub"]);
    commit(&sandbox, "all");
    for path in ["lib/x.jar", "wide.txt", "link"] {
        fs::remove_file(sandbox.path(path)).unwrap();
    }
    commit(&sandbox, "none");
    let run = sandbox.scan(&["--history"]);
    assert_eq!(run.code, 1, "{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(run.paths(), ["lib/x.jar!/inner/a.txt", "link", "wide.txt"]);
    assert_eq!(run.json()["coverage"]["objects"]["missing"], 0);
}
