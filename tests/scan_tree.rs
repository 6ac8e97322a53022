//! Which files `keytrail scan` looks at: real repositories, made by `git`, and folders that are none.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;
use std::process::Command;

use common::{Keys, Run, Sandbox};

#[test]
fn tracked_files_are_scanned_although_an_ignore_rule_matches_them() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("local/settings.env", keys.token());
    tree.commit();
    tree.write(".gitignore", "local/\n*.env\n");
    assert_eq!(tree.scan(&[]).paths(), ["local/settings.env"]);
}

#[test]
fn untracked_files_are_scanned_unless_git_ignores_them() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(".gitignore", "*.log\n/build\n!kept.log\n");
    tree.commit();
    tree.write("new.txt", keys.token());
    tree.write("a.log", keys.token());
    tree.write("kept.log", keys.token());
    tree.write("build/out.txt", keys.token());
    tree.write("inner/.gitignore", "secret.txt\n");
    tree.write("inner/secret.txt", keys.token());
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.paths()), (1, vec!["kept.log".to_owned(), "new.txt".to_owned()]));
    let all = ["a.log", "build/out.txt", "inner/secret.txt", "kept.log", "new.txt"];
    assert_eq!(tree.scan(&["--no-ignore"]).paths(), all);
}

#[test]
fn keys_in_file_names_are_found_and_not_shown() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    tree.write(format!("notes/{key}.txt"), "nothing here\n");
    tree.write(format!("notes/{key} copy.txt"), &key);
    tree.write("empty/plain.txt", "");
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.findings().len()), (1, 1));
    let locations = run.findings()[0]["locations"].as_array().unwrap();
    let parts: Vec<_> = locations.iter().map(|place| place["part"].as_str()).collect();
    assert_eq!(parts, [Some("file name"), None, Some("file name")]);
    for place in locations.iter().filter(|place| place["part"].is_string()) {
        assert_eq!(place["region"]["byte_length"], 0);
        let snippet = place["snippet"]["text"].as_str().unwrap();
        assert!(snippet.contains("\u{2026}") && snippet.ends_with(".txt"), "{snippet}");
    }
    assert!(!String::from_utf8_lossy(&run.stdout).contains(&key));
    // SARIF has no empty lines to point at but the first one, at its start.
    let output = tree.keytrail().args(["scan", "--format", "sarif"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
    let empty = serde_json::json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1});
    let first = &sarif["runs"][0]["results"][0]["locations"][0];
    assert_eq!(first["physicalLocation"]["region"], empty);
    assert_eq!(first["logicalLocations"][0]["name"], "file name");
    assert!(!text.contains(&key));
}

#[test]
fn hidden_files_are_scanned() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(".env", keys.token());
    tree.write(".config/app/token", keys.token());
    assert_eq!(tree.scan(&[]).paths(), [".config/app/token", ".env"]);
}

#[test]
fn ignore_files_of_other_programs_and_outside_of_repositories_are_not_obeyed() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write(".gitignore", "*.env\n");
    tree.write(".ignore", "*.txt\n");
    tree.write("a.env", keys.token());
    tree.write("b.txt", keys.token());
    assert_eq!(tree.scan(&[]).paths(), ["a.env", "b.txt"]);
    tree.git(&["init", "-q"]);
    assert_eq!(tree.scan(&[]).paths(), ["b.txt"]);
}

#[test]
fn gits_own_folder_is_not_scanned() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.commit();
    tree.write(".git/description", keys.token());
    tree.write(".git/objects/aa/bb", keys.token());
    tree.write(".git/hooks/pre-push", keys.token());
    for args in [&[][..], &["--no-ignore"]] {
        let run = tree.scan(args);
        assert_eq!((run.code, run.paths()), (0, vec![]), "{args:?}");
    }
}

fn with_credential(key: &str) -> String {
    format!("[remote \"origin\"]\n\turl = https://deploy:{key}@git.keytrail-demo.net/shop.git\n")
}

#[test]
fn a_credential_in_the_address_of_a_remote_is_found() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(".git/config", with_credential(&keys.token()));
    assert_eq!(tree.scan(&[]).paths(), [".git/config"]);
    // The report tells where the repository is, and must not say how to get in.
    let key = keys.token();
    tree.write(".git/config", with_credential(&key));
    let run = tree.scan(&[]);
    assert_eq!(run.json()["version_control"]["repository"], "https://git.keytrail-demo.net/shop.git");
    assert!(!String::from_utf8_lossy(&run.stdout).contains(&key));
}

#[test]
fn the_only_remote_tells_where_the_repository_is() {
    let tree = Sandbox::repository();
    let repository = || tree.scan(&[]).json()["version_control"]["repository"].clone();
    tree.git(&["remote", "add", "upstream", "git@git.keytrail-demo.net:shop.git"]);
    assert_eq!(repository(), "ssh://git.keytrail-demo.net/shop.git");
    tree.git(&["remote", "add", "fork", "https://git.keytrail-demo.net/me/shop.git"]);
    assert!(repository().is_null());
    tree.git(&["remote", "rename", "fork", "origin"]);
    assert_eq!(repository(), "https://git.keytrail-demo.net/me/shop.git");
}

#[test]
fn a_credential_in_the_configuration_of_a_submodule_is_found() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("module/file", "content");
    tree.git_in("module", &["init", "-q"]);
    tree.git_in("module", &["add", "-A"]);
    tree.git_in("module", &["commit", "-q", "-m", "state"]);
    tree.git(&["add", "module"]);
    tree.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./module", "lib/module"]);
    assert!(tree.path("lib/module/.git").is_file());
    tree.write(".git/modules/lib/module/config", with_credential(&keys.token()));
    assert_eq!(tree.scan(&[]).paths(), [".git/modules/lib/module/config"]);
    // Named by itself, the submodule is a repository whose `.git` is a file.
    let paths = tree.scan(&["lib/module"]).paths();
    assert!(paths.len() == 1 && paths[0].ends_with("modules/lib/module/config"), "{paths:?}");
}

#[test]
fn a_credential_in_the_configuration_behind_a_linked_worktree_is_found() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("main/file", "content");
    tree.git_in("main", &["init", "-q"]);
    tree.git_in("main", &["add", "-A"]);
    tree.git_in("main", &["commit", "-q", "-m", "state"]);
    tree.git_in("main", &["worktree", "add", "-q", "../linked"]);
    let config = fs::read_to_string(tree.path("main/.git/config")).unwrap();
    tree.write("main/.git/config", config + &with_credential(&keys.token()));
    let paths = tree.scan(&["linked"]).paths();
    assert!(paths.len() == 1 && paths[0].ends_with("main/.git/config"), "{paths:?}");
}

#[test]
fn global_and_local_exclude_files_are_obeyed() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(".git/info/exclude", "local.txt\n");
    fs::create_dir_all(tree.home().join(".config/git")).unwrap();
    fs::write(tree.home().join(".config/git/ignore"), "global.txt\n").unwrap();
    for name in ["local.txt", "global.txt", "other.txt"] {
        tree.write(name, keys.token());
    }
    assert_eq!(tree.scan(&[]).paths(), ["other.txt"]);
    assert_eq!(tree.scan(&["--no-ignore"]).paths(), ["global.txt", "local.txt", "other.txt"]);
}

#[test]
fn several_paths_are_scanned_and_each_file_once() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    for name in ["a/one.txt", "a/two.txt", "b/three.txt", "c.txt", "d.txt"] {
        tree.write(name, keys.token());
    }
    let absolute = tree.path("a").display().to_string();
    let run = tree.scan(&["a", "./a/two.txt", &absolute, "c.txt"]);
    assert_eq!(run.paths(), ["a/one.txt", "a/two.txt", "c.txt"]);
    assert_eq!(run.json()["coverage"]["files"], 3);
}

#[test]
fn a_file_that_is_named_in_several_ways_is_scanned_once() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("w/f", keys.token());
    let absolute = tree.path("w/f");
    let absolute = absolute.to_str().unwrap();
    for paths in [["w/f", "../tree/w/f"], ["w/f", absolute], ["w/f", "../tree"], ["w/f", "w/../w"]] {
        let run = tree.scan(&paths);
        assert_eq!((run.paths(), &run.json()["coverage"]["files"]), (vec!["w/f".to_owned()], &1.into()), "{paths:?}");
        // The first one gives the name.
        let run = tree.scan(&[paths[1], paths[0]]);
        assert_eq!((run.places().len(), &run.json()["coverage"]["files"]), (1, &1.into()), "{paths:?}");
        assert_eq!(run.paths()[0].starts_with("../") || run.paths()[0].contains("/../"), paths[1].contains(".."));
    }
}

#[test]
fn a_folder_without_a_history_is_told_before_its_files_are_scanned() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a.txt", keys.token());
    let run = Run::of(tree.keytrail().args(["scan", "--history", "--format", "jsonl"]).output().unwrap());
    assert_eq!((run.code, run.stdout.len()), (2, 0));
    assert!(run.stderr.contains("--history needs a repository"), "{}", run.stderr);
}

#[test]
fn a_named_file_is_scanned_even_if_git_ignores_it() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write(".gitignore", "*.env\n");
    tree.write("a.env", keys.token());
    tree.write("b.env", keys.token());
    assert_eq!(tree.scan(&["b.env"]).paths(), ["b.env"]);
}

#[test]
fn a_folder_below_the_root_of_a_repository_obeys_the_rules_above_it() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("sub/tracked.log", keys.token());
    tree.write("other/tracked.log", keys.token());
    tree.commit();
    tree.write(".gitignore", "*.log\n");
    tree.write("sub/new.log", keys.token());
    tree.write("sub/new.txt", keys.token());
    assert_eq!(tree.scan(&["sub"]).paths(), ["sub/new.txt", "sub/tracked.log"]);
    let inside = tree.keytrail().current_dir(tree.path("sub")).args(["scan", "--format", "json"]).output().unwrap();
    assert_eq!(Run::of(inside).paths(), ["new.txt", "tracked.log"]);
}

#[test]
fn nested_repositories_are_scanned_each_by_its_own_rules() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("inner/tracked.env", keys.token());
    tree.git_in("inner", &["init", "-q"]);
    tree.git_in("inner", &["add", "-A"]);
    tree.write("inner/.gitignore", "*.env\n");
    tree.write("inner/new.env", keys.token());
    tree.write("inner/new.txt", keys.token());
    tree.write("outer.env", keys.token());
    tree.write("inner/.git/config", with_credential(&keys.token()));
    assert_eq!(tree.scan(&[]).paths(), ["inner/.git/config", "inner/new.txt", "inner/tracked.env", "outer.env"]);
}

#[test]
fn a_tracked_file_that_was_deleted_is_no_problem() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("gone.txt", keys.token());
    tree.commit();
    fs::remove_file(tree.path("gone.txt")).unwrap();
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.paths(), run.notices()), (0, vec![], vec![]));
}

#[test]
fn a_path_that_does_not_exist_is_an_error_with_its_name() {
    let tree = Sandbox::repository();
    let run = tree.scan(&["no/such.txt"]);
    assert_eq!((run.code, run.stdout.len()), (2, 0));
    assert!(run.stderr.contains("no/such.txt") && run.stderr.contains("No such file"), "{}", run.stderr);
}

#[test]
fn an_index_that_cannot_be_read_is_told() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("a.txt", keys.token());
    tree.write(".git/index", "no index");
    let run = tree.scan(&[]);
    assert_eq!((run.code, run.paths()), (2, vec!["a.txt".to_owned()]));
    assert_eq!(run.notices(), [("unreadable".to_owned(), ".git/index".to_owned())]);
    let notice = &run.json()["coverage"]["notices"][0];
    assert!(notice["message"].as_str().unwrap().contains("`git read-tree HEAD` makes it anew"), "{notice}");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn symbolic_links_are_not_followed() {
        let (tree, mut keys) = (Sandbox::repository(), Keys::new());
        let outside = Sandbox::new();
        outside.write("secret.txt", keys.token());
        symlink(outside.path("secret.txt"), tree.path("file")).unwrap();
        symlink(outside.tree(), tree.path("folder")).unwrap();
        symlink(tree.tree(), tree.path("loop")).unwrap();
        symlink("nowhere", tree.path("dangling")).unwrap();
        tree.write("real.txt", keys.token());
        tree.commit();
        for args in [&[][..], &["--no-ignore"]] {
            let run = tree.scan(args);
            assert_eq!((run.paths(), run.notices()), (vec!["real.txt".to_owned()], vec![]), "{args:?}");
        }
    }

    #[test]
    fn pipes_and_sockets_are_skipped_with_a_notice() {
        let (tree, mut keys) = (Sandbox::repository(), Keys::new());
        assert!(Command::new("mkfifo").arg(tree.path("pipe")).status().unwrap().success());
        let _socket = UnixListener::bind(tree.path("socket")).unwrap();
        tree.write("a.txt", keys.token());
        let run = tree.scan(&[]);
        assert_eq!((run.code, run.paths()), (1, vec!["a.txt".to_owned()]));
        let skipped = |name: &str| ("skipped".to_owned(), name.to_owned());
        assert_eq!(run.notices(), [skipped("pipe"), skipped("socket")]);
        // One that was asked for by name and could not be scanned is another matter.
        let run = tree.scan(&["pipe"]);
        assert_eq!((run.code, run.notices()), (2, vec![("unreadable".to_owned(), "pipe".to_owned())]));
    }

    /// Runs `keytrail scan` as a user who has no rights in the tree but those of everybody; `None` where that cannot be
    /// had.
    fn as_nobody(tree: &Sandbox, args: &[&str]) -> Option<Run> {
        let words = [&["scan", "--format", "json"], args].concat();
        let root = fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
        if !root {
            return Some(Run::of(tree.keytrail().args(words).output().unwrap()));
        }
        fs::set_permissions(tree.tree().parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = assert_cmd::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).current_dir(tree.tree());
        command.env("HOME", tree.home()).env("XDG_CONFIG_HOME", tree.home().join(".config"));
        let mut able = Command::new("setpriv");
        able.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_keytrail"), "--version"]);
        if !able.output().is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: every file is readable to root, and this cannot be run as another user");
            return None;
        }
        Some(Run::of(command.arg(env!("CARGO_BIN_EXE_keytrail")).args(words).output().unwrap()))
    }

    #[test]
    fn what_may_not_be_read_is_listed_and_makes_the_scan_incomplete() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        tree.write("closed.txt", keys.token());
        tree.write("folder/inner.txt", keys.token());
        tree.write("open.txt", "nothing");
        let mode = |path: &str, mode| fs::set_permissions(tree.path(path), fs::Permissions::from_mode(mode)).unwrap();
        mode("closed.txt", 0o000);
        mode("folder", 0o000);
        let runs = as_nobody(&tree, &[]).zip(as_nobody(&tree, &["--allow-incomplete"]));
        tree.write("open.txt", keys.token());
        let with_finding = as_nobody(&tree, &["--allow-incomplete"]);
        mode("folder", 0o755);
        let (Some((strict, lenient)), Some(with_finding)) = (runs, with_finding) else { return };
        let unreadable = |name: &str| ("unreadable".to_owned(), name.to_owned());
        for run in [&strict, &lenient] {
            assert_eq!(run.notices(), [unreadable("closed.txt"), unreadable("folder")]);
            assert_eq!(run.json()["complete"], false);
        }
        assert_eq!((strict.code, lenient.code, with_finding.code), (2, 0, 1));
        assert_eq!(with_finding.paths(), ["open.txt"]);
    }

    #[test]
    fn strange_file_names_are_no_hindrance() {
        let (tree, mut keys) = (Sandbox::repository(), Keys::new());
        let names: [&[u8]; 7] = [
            b"-o",
            b"with space.txt",
            "schlüssel-鍵-🔑.txt".as_bytes(),
            b"two\nlines",
            b"latin-\xe9.txt",
            b"a:1:2",
            b"%41",
        ];
        for name in names {
            tree.write(OsStr::from_bytes(name), keys.token());
        }
        let shown = ["%41", "-o", "a:1:2", "latin-\\xE9.txt", "schlüssel-鍵-🔑.txt", "two\nlines", "with space.txt"];
        let run = tree.scan(&[]);
        assert_eq!(run.paths(), shown);
        tree.commit();
        tree.write(".gitignore", "*\n");
        let run = tree.scan(&[]);
        assert_eq!(run.paths(), shown, "as tracked files");
        let text = tree.keytrail().arg("scan").output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        assert!(text.contains("two\\u{a}lines") || text.contains("two\\nlines"), "{text}");
        assert_eq!(tree.scan(&["--", "-o"]).paths(), ["-o"]);
    }

    #[test]
    fn files_whose_shown_names_are_the_same_are_all_scanned() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        tree.write(OsStr::from_bytes(b"x-\xe9"), keys.token());
        tree.write(OsStr::from_bytes(b"x-\xe8"), keys.token());
        let run = tree.scan(&[]);
        assert_eq!((run.findings().len(), run.json()["coverage"]["files"].as_u64()), (2, Some(2)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_whose_names_are_no_text_stay_apart() {
    use std::os::unix::ffi::OsStrExt as _;
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    for name in [&b"cfg\xff.env"[..], b"cfg\xfe.env"] {
        tree.write(std::ffi::OsStr::from_bytes(name), &key);
    }
    assert_eq!(tree.scan(&[]).paths(), ["cfg\\xFE.env", "cfg\\xFF.env"]);
    let said = |format: &str| {
        String::from_utf8(tree.keytrail().args(["scan", "--format", format]).output().unwrap().stdout).unwrap()
    };
    let sarif = said("sarif");
    assert!(sarif.contains("\"cfg%FE.env\"") && sarif.contains("\"cfg%FF.env\""), "{sarif}");
    let text = said("text");
    assert!(text.contains("cfg\\xFE.env:1") && text.contains("cfg\\xFF.env:1"), "{text}");
    // The history gives them the same names.
    tree.commit();
    assert_eq!(tree.scan(&["--history"]).paths().len(), 2);
}

/// A password that only its name tells.
fn setting(keys: &mut Keys) -> String {
    format!("DB_PASSWORD = \"{}!{}\"\n", &keys.value()[..9], &keys.value()[..5])
}

#[test]
fn what_a_path_says_counts_from_the_top_of_its_project() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("tests/app.py", setting(&mut keys));
    let from = |folder: &str, path: &str| {
        let mut command = tree.keytrail();
        let output = command.current_dir(tree.path(folder)).args(["scan", "--format", "json", path]).output().unwrap();
        Run::of(output)
    };
    let absolute = tree.path("tests/app.py");
    let ways =
        [("", "."), ("", "tests"), ("", "tests/app.py"), ("tests", "."), ("tests", "app.py"), ("tests", "../tests")];
    for (folder, path) in ways.into_iter().chain([("tests", absolute.to_str().unwrap())]) {
        let run = from(folder, path);
        assert_eq!(
            (run.findings().len(), &run.json()["summary"]["below_confidence"]),
            (0, &1.into()),
            "{folder} {path}"
        );
        let shown = tree.keytrail().current_dir(tree.path(folder)).args(["scan", path]).output().unwrap();
        let told = String::from_utf8(shown.stdout).unwrap();
        assert!(told.contains("1 below medium confidence (--min-confidence low shows them)"), "{told}");
    }
    // Standard input has the place that its name says.
    assert_eq!(tree.scan_input(setting(&mut keys), &[]).findings().len(), 1);
}

#[test]
fn passwords_of_manuals_count_where_nobody_makes_up_such_ones() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    tree.write("docs/access.md", format!("    {}", setting(&mut keys)));
    tree.write("docs/use.md", "    DB_PASSWORD = \"walnut-harbour\"\n");
    assert_eq!(tree.scan(&[]).paths(), ["docs/access.md"]);
}

#[test]
fn folders_above_a_project_say_nothing_of_it() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("test/project/src/app.py", setting(&mut keys));
    let shown = |paths: &[&str]| tree.scan(paths).findings().len();
    let file = tree.path("test/project/src/app.py");
    assert_eq!(shown(&["test/project"]), 1, "without a repository the path that is scanned is the top");
    assert_eq!((shown(&[file.to_str().unwrap()]), shown(&["."])), (1, 0));
    tree.git_in("test/project", &["init", "-q", "-b", "main"]);
    assert_eq!((shown(&["."]), shown(&["test/project"]), shown(&[file.to_str().unwrap()])), (1, 1, 1));
    tree.git_in("test/project", &["add", "-A"]);
    tree.git_in("test/project", &["commit", "-q", "-m", "state"]);
    assert_eq!(shown(&["--history", "test/project"]), 1);
}

#[test]
fn temporary_credentials_are_one_finding() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (id, secret) = (keys.of("aws-temporary-access-key-id"), keys.of("aws-secret-access-key"));
    let token = keys.of("aws-session-token");
    let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN={token}\n");
    tree.write("a.env", &text);
    tree.write("b.env", format!("AWS_SESSION_TOKEN={}\n", keys.of("aws-session-token")));
    let run = tree.scan(&[]);
    let rules: Vec<&str> = run.findings().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["aws-secret-access-key", "aws-session-token"], "the other one stands alone");
    let parts =
        run.findings()[0]["locations"][0]["parts"].as_array().or(run.findings()[0]["parts"].as_array()).unwrap();
    let roles: Vec<&str> = parts.iter().map(|part| part["role"].as_str().unwrap()).collect();
    assert!(roles.contains(&"id") && roles.contains(&"session-token"), "{roles:?}");
}

#[test]
fn what_has_the_form_of_a_secret_beside_it_is_judged_by_its_own_name() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    for name in ["SENTRY_RELEASE", "build"] {
        let other = keys.of("aws-secret-access-key");
        let pair = format!(
            "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n",
            keys.of("aws-access-key-id"),
            keys.of("aws-secret-access-key")
        );
        tree.write(format!("{name}.front"), format!("{name}={other}\n{pair}"));
        tree.write(format!("{name}.behind"), format!("{pair}{name}={other}\n"));
    }
    let places = tree.scan(&[]).places();
    assert_eq!(places.len(), 4, "{places:#?}");
    assert!(places.iter().all(|place| place.rule == "aws-secret-access-key" && place.start.1 > 20), "{places:#?}");
}
