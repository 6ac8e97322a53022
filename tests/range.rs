//! `keytrail scan --range`: what each commit of a range adds, in repositories made by `git`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;
use std::path::Path;

use common::{Keys, Run, Sandbox};
use serde_json::Value;

fn range(tree: &Sandbox, range: &str, args: &[&str]) -> Run {
    tree.scan(&[&["--range", range], args].concat())
}

/// Runs in a folder of the tree.
fn range_in(tree: &Sandbox, folder: &str, args: &[&str]) -> Run {
    let args = [&["scan", "--format", "json", "--range"], args].concat();
    Run::of(tree.keytrail().current_dir(tree.path(folder)).args(args).output().unwrap())
}

/// Path and line of each place.
fn places(run: &Run) -> Vec<(String, u64)> {
    run.places().into_iter().map(|place| (place.path, place.start.0)).collect()
}

fn owned<const N: usize>(places: [(&str, u64); N]) -> Vec<(String, u64)> {
    places.map(|(path, line)| (path.to_owned(), line)).to_vec()
}

fn lines(names: &str, count: usize) -> String {
    (0..count).map(|n| format!("{names} of line {n}\n")).collect()
}

/// Commits everything and gives the id.
fn commit(tree: &Sandbox, message: &str) -> String {
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-q", "--allow-empty", "-m", message]);
    tree.git_says(&["rev-parse", "HEAD"])
}

fn histories(run: &Run) -> Vec<&Value> {
    run.findings().iter().flat_map(|f| f["locations"].as_array().unwrap()).map(|l| &l["history"]).collect()
}

#[test]
fn a_key_that_was_added_and_removed_again_is_found_and_an_older_one_is_not() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let old = keys.token();
    tree.write("a.txt", format!("{old}\n"));
    let base = commit(&tree, "base");
    tree.write("a.txt", format!("{old}\nmore\n{}\n", keys.token()));
    let adding = commit(&tree, "add\n\nbody");
    tree.write("a.txt", format!("changed {old}x\nmore\n"));
    commit(&tree, "remove");
    let run = range(&tree, &format!("{base}..HEAD"), &[]);
    assert_eq!((run.code, places(&run)), (1, owned([("a.txt", 3)])));
    let history = histories(&run)[0];
    assert_eq!((&history["at_head"], &history["reach"]), (&Value::from(false), &Value::from("reference")));
    assert_eq!(history["object"], tree.git_says(&["rev-parse", &format!("{adding}:a.txt")]));
    let introduced = &history["introduced"];
    assert_eq!((introduced["id"].as_str(), introduced["subject"].as_str()), (Some(&*adding), Some("add")));
    assert_eq!(introduced["author"], "test <test@keytrail.invalid>");
    assert_eq!(introduced["date"], tree.git_says(&["log", "-1", "--format=%aI", &adding]).replace('Z', "+00:00"));
    assert_eq!(run.json()["version_control"]["branch"], "main");
}

#[test]
fn what_the_end_still_holds_is_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    commit(&tree, "base");
    let (kept, moved) = (keys.token(), keys.token());
    tree.write("kept.txt", format!("{kept}\n"));
    tree.write("moved.txt", format!("{moved}\n"));
    commit(&tree, "add");
    tree.write("kept.txt", format!("one\ntwo {kept}\n"));
    fs::remove_file(tree.path("moved.txt")).unwrap();
    commit(&tree, "change");
    let run = range(&tree, "HEAD~2", &[]);
    let mut seen: Vec<(String, u64, bool)> = Vec::new();
    for location in run.findings().iter().flat_map(|f| f["locations"].as_array().unwrap()) {
        let path = location["artifact"]["path"].as_str().unwrap().to_owned();
        let line = location["region"]["start"]["line"].as_u64().unwrap();
        seen.push((path, line, location["history"]["at_head"].as_bool().unwrap()));
    }
    let expected = [("kept.txt", 1, true), ("kept.txt", 2, true), ("moved.txt", 1, false)];
    assert_eq!(seen, expected.map(|(path, line, at_head)| (path.to_owned(), line, at_head)));
    assert_eq!(run.findings().len(), 2, "one finding for each secret");
}

#[test]
fn ranges_are_those_of_git() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    commit(&tree, "base");
    tree.git(&["switch", "-q", "-c", "side"]);
    tree.write("side.txt", keys.token());
    commit(&tree, "side");
    tree.git(&["switch", "-q", "main"]);
    tree.write("main.txt", keys.token());
    commit(&tree, "main");
    tree.git(&["tag", "-a", "-m", "tag", "v1..0x".replace("..", ".").as_str()]);
    for (text, paths) in [
        ("side..main", &["main.txt"][..]),
        ("side...main", &["main.txt"]),
        ("main..side", &["side.txt"]),
        ("main...side", &["side.txt"]),
        ("side..", &["main.txt"]),
        ("side", &["main.txt"]),
        ("..side", &["side.txt"]),
        ("main~1..v1.0x", &["main.txt"]),
        ("main..main", &[]),
        ("main..main~1", &[]),
    ] {
        let run = range(&tree, text, &[]);
        assert_eq!(
            (run.code, run.paths()),
            (i32::from(!paths.is_empty()), paths.iter().map(|&p| p.to_owned()).collect()),
            "{text}"
        );
    }
}

#[test]
fn a_root_commit_adds_everything() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    commit(&tree, "base");
    tree.git(&["switch", "-q", "--orphan", "other"]);
    tree.write("deep/er/a.txt", keys.token());
    commit(&tree, "root");
    assert_eq!(range(&tree, "main..other", &[]).paths(), ["deep/er/a.txt"]);
    let run = range(&tree, "main...other", &[]);
    assert!(run.code == 2 && run.stderr.contains("no commit in common"), "{}", run.stderr);
}

#[test]
fn a_merge_adds_what_none_of_its_parents_has() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("shared.txt", lines("shared", 20));
    let base = commit(&tree, "base");
    tree.git(&["switch", "-q", "-c", "side"]);
    tree.write("side.txt", keys.token());
    tree.write("shared.txt", format!("{}{}\n", lines("shared", 20), keys.token()));
    commit(&tree, "side");
    tree.git(&["switch", "-q", "main"]);
    tree.write("shared.txt", format!("{}\n{}", keys.token(), lines("shared", 20)));
    let main = commit(&tree, "main");
    tree.git(&["merge", "-q", "--no-commit", "side"]);
    let merged = fs::read_to_string(tree.path("shared.txt")).unwrap();
    tree.write("shared.txt", merged.replace("shared of line 10\n", &format!("{}\n", keys.token())));
    tree.write("evil.txt", keys.token());
    let merge = commit(&tree, "merge");
    let of_merge: Vec<String> = {
        let run = range(&tree, &base, &[]);
        assert_eq!(
            places(&run),
            owned([("evil.txt", 1), ("shared.txt", 1), ("shared.txt", 12), ("shared.txt", 21), ("side.txt", 1)])
        );
        histories(&run).iter().filter(|h| h["introduced"]["id"] == *merge).map(|h| h["object"].to_string()).collect()
    };
    assert_eq!(of_merge.len(), 2);
    // Seen from one parent, the other one's commits are part of the range, and each is told once.
    assert_eq!(
        places(&range(&tree, &main, &[])),
        owned([("evil.txt", 1), ("shared.txt", 12), ("shared.txt", 21), ("side.txt", 1)])
    );
    // Alone, it has only what none of its parents has; and a first commit all of its own.
    assert_eq!(places(&range(&tree, &format!("{merge}^!"), &[])), owned([("evil.txt", 1), ("shared.txt", 12)]));
    assert_eq!(places(&range(&tree, "HEAD^!", &[])), owned([("evil.txt", 1), ("shared.txt", 12)]));
    assert_eq!(places(&range(&tree, &format!("{main}^!"), &[])), owned([("shared.txt", 1)]));
    assert_eq!(range(&tree, &format!("{base}^!"), &[]).code, 0);
    assert_eq!(range(&tree, "nothing^!", &[]).code, 2);
}

#[test]
fn renames_add_only_the_lines_that_changed() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    tree.write("a.txt", format!("{key}\n{}", lines("a", 9)));
    tree.write("b.txt", format!("{}\n{}", keys.token(), lines("b", 9)));
    let base = commit(&tree, "base");
    fs::create_dir(tree.path("lib")).unwrap();
    tree.git(&["mv", "a.txt", "lib/c.txt"]);
    tree.git(&["mv", "b.txt", "d.txt"]);
    tree.write("lib/c.txt", format!("new line\n{key}\n{}{}\n", lines("a", 9), keys.token()));
    commit(&tree, "rename");
    assert_eq!(places(&range(&tree, &base, &[])), owned([("lib/c.txt", 12)]));
    let whole = range(&tree, &base, &["--whole-files"]);
    assert_eq!(places(&whole), owned([("d.txt", 1), ("lib/c.txt", 2), ("lib/c.txt", 12)]));
}

#[test]
fn messages_and_names_are_scanned_and_shown_redacted() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    let (subject, body, name, value) = (keys.token(), keys.token(), keys.token(), keys.value());
    let id = commit(&tree, &format!("use {subject} and api_key = \"{value}\"\n\nor {body}"));
    tree.write("a.txt", keys.token());
    tree.git(&["add", "-A"]);
    tree.git(&["-c", &format!("user.name={name}"), "commit", "-q", "-m", "second"]);
    let second = tree.git_says(&["rev-parse", "HEAD"]);
    let run = range(&tree, &base, &[]);
    let mut expected = owned([("a.txt", 1)]);
    for (id, what, line) in [
        (&id, "message", 1),
        (&id, "message", 1),
        (&id, "message", 3),
        (&second, "author", 1),
        (&second, "committer", 1),
    ] {
        expected.push((format!(".git/commit/{id}/{what}"), line));
    }
    expected.sort();
    let mut found = places(&run);
    found.sort();
    assert_eq!(found, expected);
    for format in ["json", "text", "sarif", "jsonl"] {
        let output = tree.keytrail().args(["scan", "--range", &base, "--format", format]).output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        for key in [&subject, &body, &name, &value] {
            assert!(!shown.contains(key.as_str()), "{format}");
        }
    }
    // Whoever asks for files gets files.
    assert_eq!(range(&tree, &base, &["a.txt"]).paths(), ["a.txt"]);
}

#[test]
fn names_of_added_files_count() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (kept, gone) = (keys.token(), keys.token());
    let base = commit(&tree, "base");
    tree.write(format!("{kept}.txt"), "one\n");
    tree.write(format!("{gone}.txt"), "two\n");
    let added = commit(&tree, "add");
    tree.write(format!("{kept}.txt"), "more\n");
    fs::remove_file(tree.path(format!("{gone}.txt"))).unwrap();
    let changed = commit(&tree, "change");
    let run = range(&tree, &base, &[]);
    let places: Vec<&Value> =
        run.findings().iter().flat_map(|finding| finding["locations"].as_array().unwrap()).collect();
    assert!(places.iter().all(|place| place["part"] == "file name" && place["history"]["introduced"]["id"] == added));
    let mut at_head: Vec<bool> = places.iter().map(|place| place["history"]["at_head"] == true).collect();
    at_head.sort_unstable();
    assert_eq!((run.code, at_head), (1, vec![false, true]));
    assert_eq!(range(&tree, &format!("{added}..{changed}"), &[]).code, 0);
}

#[test]
fn what_only_a_file_reveals_is_hidden_in_every_subject() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    let (value, other) = (keys.value(), keys.token());
    tree.write("a.txt", keys.token());
    tree.write("b.txt", format!("api_key = \"{value}\"\n"));
    commit(&tree, &format!("rotate to {value} at last"));
    tree.write("c.txt", format!("{other}\n"));
    commit(&tree, &format!("no longer {value}"));
    let run = range(&tree, &base, &[]);
    assert_eq!(run.paths(), ["a.txt", "b.txt", "c.txt"]);
    let subjects: Vec<&str> = histories(&run).iter().map(|h| h["introduced"]["subject"].as_str().unwrap()).collect();
    assert!(subjects.iter().any(|s| s.ends_with(" at last")) && subjects.iter().any(|s| s.starts_with("no longer")));
    for format in ["json", "text", "sarif", "jsonl"] {
        let output = tree.keytrail().args(["scan", "--range", &base, "--format", format]).output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stdout).contains(&value), "{format}");
    }
}

#[test]
fn the_same_secret_of_several_commits_is_one_finding() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    let key = keys.token();
    let mut ids = Vec::new();
    for round in 0..2 {
        tree.write("a.txt", format!("{key}\n"));
        ids.push(commit(&tree, &format!("add {round}")));
        tree.write("a.txt", "nothing\n");
        commit(&tree, &format!("remove {round}"));
    }
    let run = range(&tree, &base, &[]);
    assert_eq!((run.findings().len(), places(&run)), (1, owned([("a.txt", 1), ("a.txt", 1)])));
    let introduced: Vec<&str> = histories(&run).iter().map(|h| h["introduced"]["id"].as_str().unwrap()).collect();
    assert_eq!(introduced, ids);
    assert_eq!(run.json()["coverage"]["files"], 2, "each version is read once");
}

#[test]
fn paths_limit_what_is_scanned_and_are_relative_to_the_current_folder() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    for name in ["a/one.txt", "b/two.txt", "three.txt"] {
        tree.write(name, keys.token());
    }
    commit(&tree, "add");
    tree.git(&["rm", "-q", "three.txt"]);
    commit(&tree, "remove");
    assert_eq!(range(&tree, &base, &["a", "three.txt"]).paths(), ["a/one.txt", "three.txt"]);
    assert_eq!(range_in(&tree, "a", &[&base]).paths(), ["../b/two.txt", "../three.txt", "one.txt"]);
    assert_eq!(range_in(&tree, "a", &[&base, "."]).paths(), ["one.txt"]);
    let run = range(&tree, &base, &["no-such.txt"]);
    assert!(run.code == 2 && run.stderr.contains("no-such.txt"), "{}", run.stderr);
}

#[test]
fn unknown_revisions_are_errors_with_a_suggestion() {
    let (tree, _) = (Sandbox::repository(), ());
    let run = range(&tree, "HEAD", &[]);
    assert!(run.code == 2 && run.stderr.contains("no commits yet"), "{}", run.stderr);
    tree.write("a.txt", "text");
    let id = commit(&tree, "base");
    tree.git(&["branch", "feature/login"]);
    tree.git(&["update-ref", "refs/remotes/origin/trunk", &id]);
    for (text, words) in [
        ("mian..HEAD", &["`mian`", "did you mean `main`"][..]),
        ("main..feature/logn", &["`feature/logn`", "`feature/login`"]),
        ("trunk..", &["`trunk`", "`origin/trunk`"]),
        ("trunk~0..", &["`trunk~0`", "did you mean `origin/trunk~0`"]),
        ("trunk~3..", &["`trunk~3`", "there is `origin/trunk`", "only 1 commit"]),
        ("HEAD~3..", &["`HEAD~3`", "the history of `HEAD` has only 1 commit"]),
        ("HEAD@{7}..", &["nothing like that is to be found from `HEAD`"]),
        ("quite-other-words", &["`quite-other-words`", "git log"]),
        (&format!("{}..HEAD", "0".repeat(40)), &["did not exist"]),
        (&format!("{}..HEAD", "0a".repeat(20)), &["`git fetch origin 0a0a"]),
        ("HEAD:a.txt..HEAD", &["`HEAD:a.txt` is a file"]),
        ("HEAD^{tree}", &["is a folder"]),
        ("..", &["no range"]),
    ] {
        let run = range(&tree, text, &[]);
        assert_eq!(run.code, 2, "{text}");
        assert!(words.iter().all(|word| run.stderr.contains(word)), "{text}: {}", run.stderr);
    }
    let outside = Sandbox::new();
    let run = range(&outside, "HEAD", &[]);
    assert!(run.code == 2 && run.stderr.contains("not in a git repository"), "{}", run.stderr);
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A repository in `origin` with three commits on main and two more on `side`, each with a key in a file of its own.
fn origin(keys: &mut Keys) -> Sandbox {
    let tree = Sandbox::new();
    fs::create_dir(tree.path("origin")).unwrap();
    tree.git_in("origin", &["init", "-q", "-b", "main"]);
    tree.git_in("origin", &["config", "uploadpack.allowFilter", "true"]);
    tree.git_in("origin", &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    for (n, name) in ["one", "two", "three", "four", "five"].iter().enumerate() {
        if n == 3 {
            tree.git_in("origin", &["switch", "-q", "-c", "side"]);
        }
        tree.write(format!("origin/{name}.txt"), format!("{}\n", keys.token()));
        tree.git_in("origin", &["add", "-A"]);
        tree.git_in("origin", &["commit", "-q", "-m", name]);
    }
    tree
}

#[test]
fn shallow_clones_say_what_to_fetch() {
    let mut keys = Keys::new();
    let tree = origin(&mut keys);
    let from = url(&tree.path("origin"));
    tree.git(&["clone", "-q", "--depth", "1", "--branch", "side", &from, "ci"]);
    // The base is not there.
    for base in ["origin/main..HEAD", "origin/main...HEAD"] {
        let run = range_in(&tree, "ci", &[base]);
        assert_eq!(run.code, 2);
        for word in ["`origin/main`", "fetch-depth: 0", "git fetch origin main:refs/remotes/origin/main"] {
            assert!(run.stderr.contains(word), "{}", run.stderr);
        }
    }
    // Neither is what a name leads to; the remote's names are no help then.
    for base in ["HEAD~1..HEAD", "side~2...side"] {
        let run = range_in(&tree, "ci", &[base]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("fetch-depth: 0") && !run.stderr.contains("origin/"), "{}", run.stderr);
    }
    // The base is there, and what lies between is not.
    tree.git_in("ci", &["fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    for base in ["origin/main..HEAD", "origin/main...HEAD"] {
        let run = range_in(&tree, "ci", &[base]);
        assert_eq!((run.code, run.paths()), (2, vec![]));
        let notice = &run.json()["coverage"]["notices"][0];
        assert!(notice["message"].as_str().unwrap().contains("parents of commit"), "{notice}");
        assert!(notice["help"].as_str().unwrap().contains("fetch-depth: 0"), "{notice}");
    }
    // Deep enough for the range, though not whole.
    tree.git_in("ci", &["fetch", "-q", "--deepen", "2", "origin", "side"]);
    let run = range_in(&tree, "ci", &["origin/main..HEAD"]);
    assert_eq!((run.code, run.paths(), run.notices()), (1, vec!["five.txt".to_owned(), "four.txt".to_owned()], vec![]));
    assert!(tree.path("ci/.git/shallow").exists());
}

#[test]
fn partial_clones_say_which_objects_are_missing() {
    let mut keys = Keys::new();
    let tree = origin(&mut keys);
    let from = url(&tree.path("origin"));
    tree.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", "--branch", "side", &from, "ci"]);
    let id = tree.git_command("origin").args(["rev-parse", "side:four.txt"]).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap().trim().to_owned();
    assert!(tree.git_command("ci").args(["cat-file", "-p", &id]).output().unwrap().status.success());
    let run = range_in(&tree, "ci", &["origin/main..HEAD"]);
    assert_eq!((run.code, run.paths()), (2, vec!["four.txt".to_owned()]));
    assert_eq!(run.notices(), [("unreadable".to_owned(), "five.txt".to_owned())]);
    let notice = &run.json()["coverage"]["notices"][0];
    assert!(notice["message"].as_str().unwrap().contains("is missing"), "{notice}");
    let help = notice["help"].as_str().unwrap();
    assert!(help.contains("`git fetch --refetch --no-filter`"), "{help}");
    // The advice is good.
    tree.git_in("ci", &["fetch", "-q", "--refetch", "--no-filter"]);
    let run = range_in(&tree, "ci", &["origin/main..HEAD"]);
    assert_eq!((run.code, run.paths()), (1, vec!["five.txt".to_owned(), "four.txt".to_owned()]));
}

#[test]
fn clones_without_trees_are_told() {
    let mut keys = Keys::new();
    let tree = origin(&mut keys);
    let from = url(&tree.path("origin"));
    tree.git(&["clone", "-q", "--filter=tree:0", "--no-checkout", "--branch", "side", &from, "ci"]);
    let run = range_in(&tree, "ci", &["origin/main..HEAD"]);
    assert_eq!((run.code, run.paths()), (2, vec![]));
    assert!(!run.notices().is_empty());
}

#[test]
fn a_missing_earlier_version_makes_the_whole_file_new_and_is_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let old = keys.token();
    tree.write("a.txt", format!("{old}\n"));
    let base = commit(&tree, "base");
    let id = tree.git_says(&["rev-parse", "HEAD:a.txt"]);
    tree.write("a.txt", format!("{old}\n{}\n", keys.token()));
    commit(&tree, "change");
    fs::remove_file(tree.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = range(&tree, &base, &[]);
    assert_eq!((run.code, places(&run)), (2, owned([("a.txt", 1), ("a.txt", 2)])));
    assert!(run.json()["coverage"]["notices"][0]["message"].as_str().unwrap().contains(&id));
}

#[test]
fn a_damaged_blob_is_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    tree.write("a.txt", keys.token());
    tree.write("b.txt", keys.token());
    commit(&tree, "change");
    let id = tree.git_says(&["rev-parse", "HEAD:a.txt"]);
    let object = tree.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    fs::remove_file(&object).unwrap();
    fs::write(&object, "no object").unwrap();
    let run = range(&tree, &base, &[]);
    assert_eq!((run.code, run.paths()), (2, vec!["b.txt".to_owned()]));
    assert_eq!(run.notices(), [("unreadable".to_owned(), "a.txt".to_owned())]);
}

#[test]
fn bare_detached_and_sha256_repositories_are_read() {
    for format in ["sha1", "sha256"] {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        fs::create_dir(tree.path("work")).unwrap();
        tree.git_in("work", &["init", "-q", "-b", "main", &format!("--object-format={format}")]);
        tree.write("work/one.txt", keys.token());
        tree.git_in("work", &["add", "-A"]);
        tree.git_in("work", &["commit", "-q", "-m", "one"]);
        tree.write("work/sub/two.txt", keys.token());
        tree.git_in("work", &["add", "-A"]);
        tree.git_in("work", &["commit", "-q", "-m", "two"]);
        tree.git(&["clone", "-q", "--bare", "work", "bare.git"]);
        // Folders of git that do not say what they are, as some servers have them.
        tree.git(&["clone", "-q", "--bare", "work", "plain"]);
        tree.git_in("plain", &["config", "--unset", "core.bare"]);
        tree.git_in("work", &["switch", "-q", "--detach"]);
        tree.git_in("work", &["branch", "-q", "-D", "main"]);
        for folder in ["work", "bare.git", "plain"] {
            let run = range_in(&tree, folder, &["HEAD~1..HEAD"]);
            assert_eq!((run.code, run.paths()), (1, vec!["sub/two.txt".to_owned()]), "{format} {folder}");
            assert_eq!(
                range_in(&tree, folder, &["HEAD~1..HEAD", "sub"]).paths(),
                ["sub/two.txt"].map(|p| p.to_owned())
            );
        }
    }
}

/// What git itself calls: the new objects lie in a folder of their own until the hook agrees.
#[cfg(unix)]
#[test]
fn a_pre_receive_hook_sees_what_is_pushed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.git(&["init", "-q", "--bare", "-b", "main", "server.git"]);
    tree.git(&["clone", "-q", "server.git", "work"]);
    tree.git_in("work", &["switch", "-q", "-c", "main"]);
    tree.git_in("work", &["commit", "-q", "--allow-empty", "-m", "base"]);
    tree.git_in("work", &["push", "-q", "origin", "main"]);
    let hook =
        format!("#!/bin/sh\nread old new name\nexec '{}' scan --range $old..$new\n", env!("CARGO_BIN_EXE_keytrail"));
    tree.write("server.git/hooks/pre-receive", hook);
    fs::set_permissions(tree.path("server.git/hooks/pre-receive"), fs::Permissions::from_mode(0o755)).unwrap();
    let push = |name: &str, content: &str| {
        tree.write(format!("work/{name}"), content);
        tree.git_in("work", &["add", "-A"]);
        tree.git_in("work", &["commit", "-q", "-m", name]);
        let output = tree.git_command("work").args(["push", "-q", "origin", "main"]).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (done, said) = push("clean.txt", "nothing");
    assert!(done, "{said}");
    let (done, said) = push("folder/leak.txt", &keys.token());
    assert!(!done && said.contains("folder/leak.txt"), "{said}");
}

#[cfg(unix)]
#[test]
fn repositories_of_other_users_are_read() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    tree.write("a.txt", keys.token());
    commit(&tree, "add");
    tree.write("b.txt", keys.token());
    tree.git(&["add", "-A"]);
    let given = std::process::Command::new("chown").args(["-R", "65534:65534"]).arg(tree.tree()).output();
    if !given.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: only root can give a repository away");
        return;
    }
    assert_eq!(range(&tree, &base, &[]).paths(), ["a.txt"]);
    assert_eq!(tree.scan(&["--staged"]).paths(), ["b.txt"]);
}

#[test]
fn replacements_and_grafts_hide_nothing() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    tree.write("a.txt", keys.token());
    let adding = commit(&tree, "add");
    tree.write("a.txt", "nothing");
    let last = commit(&tree, "remove");
    tree.write("clean.txt", "nothing");
    let blob = tree.git_says(&["rev-parse", &format!("{adding}:a.txt")]);
    let clean = tree.git_says(&["hash-object", "-w", "clean.txt"]);
    tree.git(&["replace", "-f", &blob, &clean]);
    assert_eq!(range(&tree, &base, &[]).paths(), ["a.txt"], "a blob is replaced");
    tree.git(&["replace", "-d", &blob]);
    tree.git(&["replace", "--graft", &last, &base]);
    assert_eq!(range(&tree, &base, &[]).paths(), ["a.txt"], "parents are replaced");
    tree.git(&["replace", "-d", &last]);
    tree.write(".git/info/grafts", format!("{last} {base}\n"));
    assert_eq!(range(&tree, &base, &[]).paths(), ["a.txt"], "parents are grafted");
    tree.write(".git/shallow", format!("{last}\n"));
    assert_eq!(range(&tree, &base, &[]).paths(), ["a.txt"], "a clone says that it is shallow");
}

/// Programs that a hostile repository might have run leave a marker here.
#[cfg(unix)]
#[test]
fn nothing_in_a_repository_hides_content_or_runs() {
    use std::os::unix::fs::PermissionsExt as _;
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    tree.write(".gitattributes", "* -diff -text binary diff=hide filter=hide export-ignore eol=crlf ident\n");
    tree.git(&["add", "-A"]);
    tree.git(&["commit", "-q", "-m", "attributes"]);
    tree.write("a.txt", format!("$Id$\n{}\n", keys.token()));
    commit(&tree, "add");
    let marker = tree.home().join("marker");
    let program = tree.home().join("program");
    fs::write(&program, format!("#!/bin/sh\necho ran >> '{}'\ncat\n", marker.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = program.to_str().unwrap();
    for (name, value) in [
        ("diff.hide.command", path),
        ("diff.hide.textconv", path),
        ("diff.external", path),
        ("filter.hide.clean", path),
        ("filter.hide.smudge", path),
        ("filter.hide.process", path),
        ("core.fsmonitor", path),
        ("core.pager", path),
        ("core.alternateRefsCommand", path),
        ("gpg.program", path),
        ("log.showSignature", "true"),
        ("color.ui", "always"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("log.follow", "true"),
    ] {
        tree.git(&["config", name, value]);
    }
    assert!(tree.git_says(&["config", "--list"]).contains("filter.hide.process"));
    let run = range(&tree, &base, &[]);
    assert_eq!((run.code, places(&run)), (1, owned([("a.txt", 2)])));
    assert!(!marker.exists(), "a program was run");
}

#[test]
fn reports_are_the_same_for_any_number_of_threads() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    for n in 0..20 {
        tree.write(format!("folder{}/{n}.txt", n % 3), format!("{}{}\n", lines("x", n), keys.token()));
        tree.write("common.txt", format!("{}\n", keys.token()));
        commit(&tree, &format!("message with {}", keys.token()));
    }
    for format in ["json", "jsonl", "sarif"] {
        let run = |jobs: &str| {
            let args = ["scan", "--range", &base, "--format", format, "--jobs", jobs];
            tree.keytrail().args(args).output().unwrap().stdout
        };
        let one = run("1");
        assert!(!one.is_empty());
        for jobs in ["2", "7"] {
            assert!(one == run(jobs), "{format} with {jobs} threads");
        }
    }
}

#[test]
fn folders_without_end_are_no_trap() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let base = commit(&tree, "base");
    let deep = |levels| "d/".repeat(levels) + "f.txt";
    tree.write(deep(500), keys.token());
    tree.write(deep(900), keys.token());
    tree.git(&["add", "-A"]);
    let check = |run: Run| {
        assert_eq!((run.code, run.paths()), (2, vec![deep(500)]));
        assert_eq!(run.notices(), [("too-large".to_owned(), "d/".repeat(513).trim_end_matches('/').to_owned())]);
    };
    check(tree.scan(&["--staged"]));
    commit(&tree, "add");
    check(range(&tree, &base, &[]));
    tree.git(&["rm", "-q", "-r", "d"]);
    assert_eq!(tree.scan(&["--staged"]).code, 2);
}

#[test]
fn a_tree_that_expands_without_end_is_no_trap() {
    let (tree, _) = (Sandbox::repository(), ());
    let base = commit(&tree, "base");
    tree.write("text", "nothing");
    let mut entry = format!("100644 blob {}", tree.git_says(&["hash-object", "-w", "text"]));
    for _ in 0..12 {
        let listing: String = (0..10).map(|n| format!("{entry}\tf{n}\n")).collect();
        tree.write("listing", listing);
        let made =
            tree.git_command("").arg("mktree").stdin(fs::File::open(tree.path("listing")).unwrap()).output().unwrap();
        entry = format!("040000 tree {}", String::from_utf8(made.stdout).unwrap().trim());
    }
    let id = entry.rsplit(' ').next().unwrap();
    let bomb = tree.git_says(&["commit-tree", "-m", "bomb", "-p", &base, id]);
    let run = range(&tree, &format!("{base}..{bomb}"), &[]);
    assert_eq!(run.code, 2);
    assert!(run.notices().iter().any(|(kind, _)| kind == "too-large"), "{:?}", run.notices());
}
