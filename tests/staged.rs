//! `keytrail scan --staged`: what the index adds to HEAD, in repositories made by `git`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;

use common::{Keys, Run, Sandbox};

fn staged(tree: &Sandbox, args: &[&str]) -> Run {
    tree.scan(&[&["--staged"], args].concat())
}

/// Path and line of each place.
fn places(run: &Run) -> Vec<(String, u64)> {
    run.places().into_iter().map(|place| (place.path, place.start.0)).collect()
}

fn lines(names: &str, count: usize) -> String {
    (0..count).map(|n| format!("{names} of line {n}\n")).collect()
}

#[test]
fn added_and_changed_lines_are_scanned_and_others_are_not() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let old = keys.token();
    tree.write("a.txt", format!("{old}\n{}", lines("a", 5)));
    tree.write("b.txt", format!("one\n{}\nthree\n", keys.token()));
    tree.commit();
    assert_eq!(staged(&tree, &[]).code, 0);
    tree.write("a.txt", format!("{old}\n{}{}\n", lines("a", 5), keys.token()));
    tree.write("b.txt", format!("one\n{}\nthree\n", keys.token()));
    tree.write("new.txt", format!("\n\n{}", keys.token()));
    assert_eq!(staged(&tree, &[]).code, 0, "nothing is staged yet");
    tree.git(&["add", "-A"]);
    let run = staged(&tree, &[]);
    let expected = [("a.txt", 7), ("b.txt", 2), ("new.txt", 3)];
    assert_eq!((run.code, places(&run)), (1, expected.map(|(path, line)| (path.to_owned(), line)).to_vec()));
    assert_eq!(run.json()["coverage"]["files"], 3);
    assert!(run.findings().iter().all(|finding| finding["locations"][0]["history"].is_null()));
    let whole = staged(&tree, &["--whole-files"]);
    assert_eq!(
        places(&whole),
        [("a.txt", 1), ("a.txt", 7), ("b.txt", 2), ("new.txt", 3)].map(|(p, l)| (p.to_owned(), l))
    );
}

#[test]
fn names_of_added_files_count() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (old, new) = (keys.token(), keys.token());
    tree.write(format!("{old}.txt"), "one\n");
    tree.commit();
    tree.write(format!("{old}.txt"), "one\ntwo\n");
    tree.write(format!("kept/{new}.txt"), "three\n");
    tree.git(&["add", "-A"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.findings().len()), (1, 1), "{}", run.stderr);
    let place = &run.findings()[0]["locations"][0];
    assert_eq!(place["part"], "file name");
    assert!(place["artifact"]["path"].as_str().unwrap().starts_with("kept/"));
    // A name is new also where nothing else is.
    tree.commit();
    let moved = keys.token();
    tree.git(&["mv", &format!("kept/{new}.txt"), &format!("{moved}.txt")]);
    assert_eq!(staged(&tree, &[]).findings().len(), 1);
    assert!(![old, new].iter().any(|key| String::from_utf8_lossy(&run.stdout).contains(key.as_str())));
}

#[test]
fn the_index_is_read_and_not_the_working_tree() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("kept.txt", "nothing\n");
    tree.write("partly.txt", lines("p", 3));
    tree.commit();
    let (first, second) = (keys.token(), keys.token());
    tree.write("partly.txt", format!("{first}\n{}", lines("p", 3)));
    tree.write("gone.txt", &second);
    tree.git(&["add", "-A"]);
    // One more key that is not staged, and one that is only staged.
    tree.write("partly.txt", format!("{first}\n{}{}\n", lines("p", 3), keys.token()));
    fs::remove_file(tree.path("gone.txt")).unwrap();
    tree.write("kept.txt", keys.token());
    tree.write("untracked.txt", keys.token());
    assert_eq!(places(&staged(&tree, &[])), [("gone.txt".to_owned(), 1), ("partly.txt".to_owned(), 1)]);
}

#[test]
fn what_is_only_announced_is_not_staged() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.commit();
    tree.write("soon.txt", keys.token());
    tree.git(&["add", "-N", "soon.txt"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.json()["coverage"]["files"].as_u64()), (0, Some(0)));
    tree.git(&["add", "soon.txt"]);
    assert_eq!(staged(&tree, &[]).paths(), ["soon.txt"]);
}

#[test]
fn everything_is_new_before_the_first_commit() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.notices()), (0, vec![]), "without an index");
    tree.write("deep/er/a.txt", keys.token());
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &[]).paths(), ["deep/er/a.txt"]);
}

#[test]
fn renames_add_only_the_lines_that_changed() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (old, edited, copied) = (keys.token(), keys.token(), keys.token());
    tree.write("plain.txt", format!("{old}\n{}", lines("plain", 9)));
    tree.write("src/edited.txt", format!("{edited}\n{}", lines("edited", 9)));
    tree.write("copied.txt", format!("{copied}\n{}", lines("copied", 9)));
    tree.commit();
    tree.git(&["mv", "plain.txt", "renamed.txt"]);
    fs::create_dir(tree.path("lib")).unwrap();
    tree.git(&["mv", "src/edited.txt", "lib/other.txt"]);
    tree.write("lib/other.txt", format!("new line\n{edited}\n{}{}\n", lines("edited", 9), keys.token()));
    tree.write("copy.txt", format!("{copied}\n{}", lines("copied", 9)));
    tree.git(&["add", "-A"]);
    let expected = [("copy.txt", 1), ("lib/other.txt", 12)];
    assert_eq!(places(&staged(&tree, &[])), expected.map(|(path, line)| (path.to_owned(), line)));
    // Most of it is another text: then it is no rename.
    tree.write("lib/other.txt", format!("{edited}\n{}", lines("quite other", 30)));
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &["lib"]).paths(), ["lib/other.txt"]);
}

#[test]
fn a_merge_adds_what_neither_side_has() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("shared.txt", lines("shared", 20));
    tree.commit();
    tree.git(&["switch", "-q", "-c", "side"]);
    tree.write("side.txt", keys.token());
    tree.write("shared.txt", format!("{}{}\n", lines("shared", 20), keys.token()));
    tree.commit();
    tree.git(&["switch", "-q", "main"]);
    let own = keys.token();
    tree.write("shared.txt", format!("{own}\n{}", lines("shared", 20)));
    tree.commit();
    tree.git(&["merge", "-q", "--no-commit", "side"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.paths()), (0, vec![]), "everything was committed on one side");
    let merged = fs::read_to_string(tree.path("shared.txt")).unwrap();
    tree.write("shared.txt", merged.replace("shared of line 10\n", &format!("{}\n", keys.token())));
    tree.write("evil.txt", keys.token());
    tree.git(&["add", "-A"]);
    let expected = [("evil.txt".to_owned(), 1), ("shared.txt".to_owned(), 12)];
    assert_eq!(places(&staged(&tree, &[])), expected);
}

#[test]
fn files_in_conflict_are_told_and_not_staged() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", "base\n");
    tree.commit();
    tree.git(&["switch", "-q", "-c", "side"]);
    tree.write("a.txt", "side\n");
    tree.commit();
    tree.git(&["switch", "-q", "main"]);
    tree.write("a.txt", "main\n");
    tree.commit();
    assert!(!tree.git_command("").args(["merge", "-q", "side"]).output().unwrap().status.success());
    tree.write("b.txt", keys.token());
    tree.git(&["add", "b.txt"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.paths()), (1, vec!["b.txt".to_owned()]));
    assert_eq!(run.notices(), [("skipped".to_owned(), "a.txt".to_owned())]);
    tree.write("a.txt", format!("side\nmain\n{}\n", keys.token()));
    tree.git(&["add", "a.txt"]);
    assert_eq!(places(&staged(&tree, &["a.txt"])), [("a.txt".to_owned(), 3)]);
}

#[test]
fn modes_and_submodules_hold_nothing_new() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("script", keys.token());
    tree.commit();
    tree.git(&["update-index", "--chmod=+x", "script"]);
    tree.write("module/file", keys.token());
    tree.git_in("module", &["init", "-q"]);
    tree.git_in("module", &["add", "-A"]);
    tree.git_in("module", &["commit", "-q", "-m", "state"]);
    tree.git(&["-c", "advice.addEmbeddedRepo=false", "add", "module"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.paths(), run.notices()), (0, vec![], vec![]));
    assert_eq!(run.json()["coverage"]["files"], 0);
}

#[cfg(unix)]
#[test]
fn the_target_of_a_symbolic_link_is_a_text_like_any_other() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.commit();
    std::os::unix::fs::symlink(format!("https://user:{}@host.keytrail-demo.net/x", keys.token()), tree.path("link"))
        .unwrap();
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &[]).paths(), ["link"]);
    // A file takes its place.
    tree.git(&["commit", "-q", "-m", "state"]);
    fs::remove_file(tree.path("link")).unwrap();
    tree.write("link/inner", keys.token());
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &[]).paths(), ["link/inner"]);
}

#[test]
fn paths_are_relative_to_the_current_folder() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    for name in ["a/b/one.txt", "a/two.txt", "three.txt"] {
        tree.write(name, keys.token());
    }
    tree.git(&["add", "-A"]);
    let inside = |args: &[&str]| {
        let args = [&["scan", "--format", "json", "--staged"], args].concat();
        Run::of(tree.keytrail().current_dir(tree.path("a")).args(args).output().unwrap())
    };
    assert_eq!(inside(&[]).paths(), ["../three.txt", "b/one.txt", "two.txt"]);
    assert_eq!(inside(&["."]).paths(), ["b/one.txt", "two.txt"]);
    assert_eq!(inside(&["b", "../three.txt"]).paths(), ["../three.txt", "b/one.txt"]);
    let absolute = tree.path("a/two.txt").display().to_string();
    assert_eq!(inside(&[&absolute]).paths(), ["two.txt"]);
}

#[test]
fn paths_limit_what_is_scanned() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("unchanged.txt", "nothing");
    tree.commit();
    for name in ["a/one.txt", "ab/two.txt", "c.txt"] {
        tree.write(name, keys.token());
    }
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &["a"]).paths(), ["a/one.txt"]);
    assert_eq!(staged(&tree, &["c.txt", "./ab/"]).paths(), ["ab/two.txt", "c.txt"]);
    assert_eq!(staged(&tree, &["unchanged.txt"]).code, 0);
    fs::remove_dir_all(tree.path("a")).unwrap();
    assert_eq!(staged(&tree, &["a"]).paths(), ["a/one.txt"]);
    let run = staged(&tree, &["no-such.txt"]);
    assert!(run.code == 2 && run.stderr.contains("`no-such.txt`"), "{}", run.stderr);
    let run = staged(&tree, &[".."]);
    assert!(run.code == 2 && run.stderr.contains("outside of the repository"), "{}", run.stderr);
}

#[test]
fn outside_of_a_repository_there_is_nothing_staged() {
    let tree = Sandbox::new();
    let run = staged(&tree, &[]);
    assert!(run.code == 2 && run.stderr.contains("not in a git repository"), "{}", run.stderr);
    tree.git(&["init", "-q", "--bare", "bare.git"]);
    let output = tree.keytrail().current_dir(tree.path("bare.git")).args(["scan", "--staged"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bare repository"));
}

#[test]
fn linked_worktrees_have_an_index_of_their_own() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("main/file", "content");
    tree.git_in("main", &["init", "-q"]);
    tree.git_in("main", &["add", "-A"]);
    tree.git_in("main", &["commit", "-q", "-m", "state"]);
    tree.git_in("main", &["worktree", "add", "-q", "../linked"]);
    tree.write("linked/inner/a.txt", keys.token());
    tree.write("main/b.txt", keys.token());
    tree.git_in("linked", &["add", "-A"]);
    tree.git_in("main", &["add", "-A"]);
    let inside = |folder: &str| {
        let mut command = tree.keytrail();
        Run::of(command.current_dir(tree.path(folder)).args(["scan", "--format", "json", "--staged"]).output().unwrap())
    };
    assert_eq!(inside("linked").paths(), ["inner/a.txt"]);
    assert_eq!(inside("linked/inner").paths(), ["a.txt"]);
    assert_eq!(inside("main").paths(), ["b.txt"]);
}

#[test]
fn the_variables_of_git_say_which_repository_and_index() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", "nothing\n");
    tree.commit();
    tree.write("a.txt", keys.token());
    tree.write("b.txt", keys.token());
    tree.git(&["add", "a.txt"]);
    // An index beside the usual one, as `git commit b.txt` has it.
    let other = tree.path("other-index");
    assert!(tree.git_command("").env("GIT_INDEX_FILE", &other).args(["read-tree", "HEAD"]).status().unwrap().success());
    assert!(tree.git_command("").env("GIT_INDEX_FILE", &other).args(["add", "b.txt"]).status().unwrap().success());
    let with = |variables: &[(&str, &str)], folder: &std::path::Path| {
        let mut command = tree.keytrail();
        command.envs(variables.iter().copied()).current_dir(folder);
        Run::of(command.args(["scan", "--format", "json", "--staged"]).output().unwrap())
    };
    let top = tree.tree();
    assert_eq!(with(&[("GIT_INDEX_FILE", "other-index")], &top).paths(), ["b.txt"]);
    assert_eq!(with(&[("GIT_INDEX_FILE", other.to_str().unwrap())], &top).paths(), ["b.txt"]);
    assert_eq!(with(&[("GIT_DIR", ".git"), ("GIT_INDEX_FILE", "other-index")], &top).paths(), ["b.txt"]);
    let (folder, git) = (tree.home(), tree.path(".git"));
    let (git, top) = (git.to_str().unwrap(), top.to_str().unwrap());
    let run = with(&[("GIT_DIR", git), ("GIT_WORK_TREE", top)], &folder);
    assert!(run.paths().len() == 1 && run.paths()[0].ends_with("/tree/a.txt"), "{:?}", run.paths());
    let run = with(&[("GIT_DIR", "/no/such/folder")], &folder);
    assert!(run.code == 2 && run.stderr.contains("/no/such/folder"), "{}", run.stderr);
}

/// What git itself calls, with the variables that it sets.
#[cfg(unix)]
#[test]
fn a_pre_commit_hook_sees_what_is_committed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("sub/a.txt", "a\n");
    tree.write("sub/b.txt", "b\n");
    tree.commit();
    let hook = format!("#!/bin/sh\nexec '{}' scan --staged\n", env!("CARGO_BIN_EXE_keytrail"));
    tree.write(".git/hooks/pre-commit", hook);
    fs::set_permissions(tree.path(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o755)).unwrap();
    let commit = |folder: &str, args: &[&str]| {
        let output = tree.git_command(folder).args(["commit", "-q", "-m", "change"]).args(args).output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    tree.write("sub/a.txt", format!("a\n{}\n", keys.token()));
    tree.write("sub/b.txt", "b\nmore\n");
    // Only the working tree has the key, until `-a` puts it into an index of its own.
    let (done, said) = commit("", &["sub/b.txt"]);
    assert!(done, "{said}");
    let (done, said) = commit("", &["-a"]);
    assert!(!done && said.contains("sub/a.txt"), "{said}");
    let (done, said) = commit("sub", &["a.txt"]);
    assert!(!done && said.contains("a.txt"), "{said}");
    let (done, said) = commit("", &["--allow-empty"]);
    assert!(done, "{said}");
}

#[test]
fn kinds_of_indexes_make_no_difference() {
    for setting in [
        &["update-index", "--split-index"][..],
        &["update-index", "--index-version", "4"],
        &["update-index", "--index-version", "3"],
        &["sparse-checkout", "set", "--cone", "--sparse-index", "in"],
        &["-c", "index.skipHash=true", "update-index", "--force-write-index"],
    ] {
        let (tree, mut keys) = (Sandbox::repository(), Keys::new());
        for name in ["in/a.txt", "out/er/b.txt", "out/c.txt", "top.txt"] {
            tree.write(name, "nothing\n");
        }
        tree.commit();
        tree.git(setting);
        tree.write("in/a.txt", format!("nothing\n{}\n", keys.token()));
        tree.write("in/new.txt", keys.token());
        tree.git(&["add", "in"]);
        let run = staged(&tree, &[]);
        let expected = [("in/a.txt".to_owned(), 2), ("in/new.txt".to_owned(), 1)];
        assert_eq!((places(&run), run.notices()), (expected.to_vec(), vec![]), "{setting:?}");
    }
}

#[test]
fn a_folder_of_a_sparse_index_is_opened_where_it_differs() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    for name in ["in/a.txt", "out/er/b.txt", "out/c.txt"] {
        tree.write(name, "nothing\n");
    }
    tree.commit();
    tree.write("out/er/b.txt", format!("nothing\n{}\n", keys.token()));
    tree.commit();
    tree.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    tree.git(&["reset", "-q", "--soft", "HEAD^"]);
    assert!(
        tree.git_says(&["ls-files", "--sparse"]).contains("out/\n")
            || tree.git_says(&["ls-files", "--sparse"]).ends_with("out/")
    );
    assert_eq!(places(&staged(&tree, &[])), [("out/er/b.txt".to_owned(), 2)]);
}

#[test]
fn a_damaged_index_is_an_error() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.git(&["add", "-A"]);
    let index = fs::read(tree.path(".git/index")).unwrap();
    for damaged in [&b"no index"[..], &[], &index[..40]] {
        fs::write(tree.path(".git/index"), damaged).unwrap();
        let run = staged(&tree, &[]);
        assert!(run.code == 2 && run.stderr.contains("index"), "{} {}", run.code, run.stderr);
    }
}

#[test]
fn a_missing_blob_is_told_and_the_rest_is_scanned() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.write("b.txt", keys.token());
    tree.git(&["add", "-A"]);
    let id = tree.git_says(&["rev-parse", ":a.txt"]);
    fs::remove_file(tree.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.paths()), (2, vec!["b.txt".to_owned()]));
    assert_eq!(run.notices(), [("unreadable".to_owned(), "a.txt".to_owned())]);
    assert!(run.json()["coverage"]["notices"][0]["message"].as_str().unwrap().contains(&id));
}

#[test]
fn containers_and_binary_files_add_the_secrets_that_they_did_not_have() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (old, new) = (keys.token(), keys.token());
    let zip = |texts: &[(&str, &str)]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in texts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let binary = |texts: &[&str]| [&b"\x00\x01\x02\xff\xfe\x00"[..], texts.join("\x00\x07").as_bytes()].concat();
    tree.write("a.zip", zip(&[("one.txt", &old)]));
    tree.write("b.bin", binary(&[&old]));
    tree.commit();
    tree.write("a.zip", zip(&[("more.txt", "text"), ("one.txt", &old), ("two.txt", &new)]));
    tree.write("b.bin", binary(&["longer", &old, &new]));
    tree.git(&["add", "-A"]);
    let run = staged(&tree, &[]);
    assert_eq!(run.paths(), ["a.zip!/two.txt", "b.bin"]);
    assert_eq!(run.findings().len(), 1);
    assert_eq!(staged(&tree, &["--whole-files"]).findings().len(), 2);
}

#[test]
fn line_ends_and_encodings_alone_are_nothing_new() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let text = format!("one\ntoken {}\nthree", keys.token());
    tree.write("ends.txt", &text);
    tree.write("encoding.txt", &text);
    tree.write("last.txt", keys.token());
    tree.commit();
    tree.write("ends.txt", text.replace('\n', "\r\n"));
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    tree.write("encoding.txt", utf16);
    let last = fs::read_to_string(tree.path("last.txt")).unwrap();
    tree.write("last.txt", last + "\nmore\n");
    tree.git(&["add", "-A"]);
    let run = staged(&tree, &[]);
    assert_eq!((run.code, run.json()["coverage"]["files"].as_u64()), (0, Some(3)), "{:?}", run.paths());
}

#[test]
fn lines_of_utf16_are_compared_too() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
    };
    let old = format!("one\ntoken {}\n", keys.token());
    tree.write("a.txt", utf16(&old));
    tree.commit();
    tree.write("a.txt", utf16(&format!("{old}token {}\n", keys.token())));
    tree.git(&["add", "-A"]);
    assert_eq!(places(&staged(&tree, &[])), [("a.txt".to_owned(), 3)]);
}

#[test]
fn the_other_half_of_a_credential_counts_when_it_is_added() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let id = keys.of("aws-access-key-id");
    let secret = keys.of("aws-secret-access-key");
    let half = format!("aws_secret_access_key = {secret}\n");
    tree.write("credentials", &half);
    tree.commit();
    tree.write("credentials", format!("aws_access_key_id = {id}\n{half}"));
    tree.git(&["add", "-A"]);
    assert_eq!(staged(&tree, &[]).paths(), ["credentials"]);
}

#[test]
fn large_files_are_skipped_as_asked() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("large.txt", format!("{}{}", lines("large", 1000), keys.token()));
    tree.write("small.txt", keys.token());
    tree.git(&["add", "-A"]);
    let run = staged(&tree, &["--max-file-size", "1k"]);
    assert_eq!((run.code, run.paths()), (1, vec!["small.txt".to_owned()]));
    assert_eq!(run.notices(), [("skipped".to_owned(), "large.txt".to_owned())]);
}

#[test]
fn sha256_repositories_are_read() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.git(&["init", "-q", "--object-format=sha256"]);
    tree.write("sub/a.txt", "one\n");
    tree.commit();
    tree.write("sub/a.txt", format!("one\n{}\n", keys.token()));
    tree.git(&["add", "-A"]);
    assert_eq!(places(&staged(&tree, &[])), [("sub/a.txt".to_owned(), 2)]);
}

#[test]
fn reports_are_the_same_for_any_number_of_threads() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    for n in 0..60 {
        tree.write(format!("folder{}/{n}.txt", n % 7), format!("{}{}\n", lines("x", n), keys.token()));
    }
    tree.git(&["add", "-A"]);
    for format in ["json", "jsonl", "sarif"] {
        let run = |jobs: &str| {
            tree.keytrail().args(["scan", "--staged", "--format", format, "--jobs", jobs]).output().unwrap().stdout
        };
        let one = run("1");
        assert!(!one.is_empty());
        for jobs in ["2", "5"] {
            assert!(one == run(jobs), "{format} with {jobs} threads");
        }
    }
}

/// Programs that a hostile repository might have run leave a marker here.
#[cfg(unix)]
#[test]
fn nothing_in_a_repository_hides_content_or_runs() {
    use std::os::unix::fs::PermissionsExt as _;
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", lines("a", 3));
    tree.commit();
    let marker = tree.home().join("marker");
    let program = tree.home().join("program");
    fs::write(&program, format!("#!/bin/sh\necho ran >> '{}'\ncat\n", marker.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.to_str().unwrap();
    tree.write("a.txt", format!("{}{}\n", lines("a", 3), keys.token()));
    tree.write("b.txt", keys.token());
    tree.git(&["add", "-A"]);
    tree.write(".gitattributes", "* -diff -text binary diff=hide filter=hide export-ignore\n");
    tree.git(&["add", "--", ".gitattributes"]);
    for (name, value) in [
        ("diff.hide.command", program),
        ("diff.hide.textconv", program),
        ("diff.external", program),
        ("filter.hide.clean", program),
        ("filter.hide.smudge", program),
        ("filter.hide.process", program),
        ("filter.hide.required", "true"),
        ("core.fsmonitor", program),
        ("core.pager", program),
        ("core.sshCommand", program),
        ("credential.helper", program),
        ("color.ui", "always"),
        ("core.autocrlf", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("status.showUntrackedFiles", "no"),
    ] {
        tree.git_command("").args(["config", name, value]).status().unwrap();
    }
    for hook in ["pre-commit", "post-index-change", "fsmonitor-watchman", "post-checkout"] {
        fs::create_dir_all(tree.path(".git/hooks")).unwrap();
        fs::copy(program, tree.path(".git/hooks").join(hook)).unwrap();
    }
    let _ = fs::remove_file(&marker);
    let before = listing(&tree.path(".git"));
    let run = staged(&tree, &[]);
    assert_eq!((run.code, places(&run)), (1, vec![("a.txt".to_owned(), 4), ("b.txt".to_owned(), 1)]));
    assert!(!marker.exists(), "a program was run");
    assert_eq!(before, listing(&tree.path(".git")), "something was written");
}

/// Names, sizes and times of all files.
#[cfg(unix)]
fn listing(folder: &std::path::Path) -> Vec<(std::path::PathBuf, u64, std::time::SystemTime)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found.extend(listing(&entry.path()));
        } else {
            found.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
        }
    }
    found.sort();
    found
}

/// Marked as unchanged, a file is still what the index says it is.
#[test]
fn marks_in_the_index_hide_nothing() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", "a\n");
    tree.write("b.txt", "b\n");
    tree.commit();
    tree.write("a.txt", keys.token());
    tree.write("b.txt", keys.token());
    tree.git(&["add", "-A"]);
    tree.git(&["update-index", "--assume-unchanged", "a.txt"]);
    tree.git(&["update-index", "--skip-worktree", "b.txt"]);
    assert_eq!(staged(&tree, &[]).paths(), ["a.txt", "b.txt"]);
}
