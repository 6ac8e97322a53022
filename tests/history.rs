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
    ] {
        sandbox.git(&["config", name, value]);
    }
    // A replacement that shows an innocent commit in the place of the one with the key.
    let innocent = git_text(&sandbox, &["commit-tree", "HEAD^{tree}", "-m", "nothing here"]);
    fs::create_dir_all(sandbox.path(".git/refs/replace")).unwrap();
    fs::write(sandbox.path(".git/refs/replace").join(&added), format!("{innocent}\n")).unwrap();
    let before = files_below(&sandbox.path(".git"));
    let run = sandbox.scan(&["--history"]);
    assert_eq!(run.paths(), ["secret.txt"]);
    assert_eq!(text(story(&run), "/introduced/id"), added);
    assert!(!marker.exists());
    assert!(files_below(&sandbox.path(".git")) == before, "the repository was written to");
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
