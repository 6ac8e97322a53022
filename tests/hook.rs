//! Git hooks: put beside those that are there, run by git itself, and taken away again.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use common::{Keys, Run, Sandbox, TOKEN};

fn keytrail(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.keytrail().args(args).output().unwrap())
}

/// Whether git succeeded, and everything it said.
fn git(sandbox: &Sandbox, folder: &str, args: &[&str]) -> (bool, String) {
    let output = sandbox.git_command(folder).args(args).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), said.concat())
}

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Names, modes and contents below a folder.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let content = match metadata.file_type() {
            kind if kind.is_symlink() => fs::read_link(&path).unwrap().to_string_lossy().into_owned().into_bytes(),
            kind if kind.is_dir() => {
                all.extend(tree(&path));
                continue;
            }
            _ => fs::read(&path).unwrap(),
        };
        all.insert(path, (metadata.permissions().mode(), content));
    }
    all
}

/// Runs the command by which a stopped commit or push says that its keys are listed.
fn follow(sandbox: &Sandbox, folder: &str, said: &str) {
    let line = said.lines().find_map(|line| line.trim().strip_prefix("keytrail baseline ")).unwrap();
    let words = line.split(' ').map(|word| if word == "WHY" { "a test" } else { word });
    let mut command = sandbox.keytrail();
    let output = command.current_dir(sandbox.path(folder)).arg("baseline").args(words).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}

const BOTH: [&str; 4] = ["hook", "install", "--pre-commit", "--pre-push"];

#[test]
fn a_commit_with_a_key_is_stopped_and_says_what_to_do() {
    let sandbox = Sandbox::repository();
    let key = Keys::new().token();
    assert_eq!(keytrail(&sandbox, &["hook", "install"]).code, 0);
    sandbox.write("a.py", "A = 1\n");
    assert!(git(&sandbox, "", &["add", "-A"]).0 && git(&sandbox, "", &["commit", "-qm", "clean"]).0);
    sandbox.write("sub/a.py", format!("import os\nTOKEN = '{key}'\n"));
    sandbox.git(&["add", "-A"]);
    let (done, said) = git(&sandbox, "sub", &["commit", "-qm", "leak"]);
    assert!(!done, "{said}");
    for word in [
        "sub/a.py:2:10",
        "confidence: confirmed",
        "verified: CRC-32 checksum",
        "stopped this commit",
        "git add",
        &format!("keytrail:allow {TOKEN} WHY"),
        "baseline update --fingerprint",
        "pushed or shared before",
        "https://github.com/settings/tokens",
        "git commit --no-verify",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(&key), "{said}");
    // Each way out that it names works.
    sandbox.write("sub/a.py", format!("import os\nTOKEN = '{key}'  # keytrail:allow {TOKEN} a test\n"));
    sandbox.git(&["add", "-A"]);
    assert!(git(&sandbox, "", &["commit", "-qm", "allowed"]).0);
    let other = Keys::new().of("npm-access-token");
    sandbox.write("b.py", format!("T = '{other}'\n"));
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["add", "-A"]);
    sandbox.write("c.py", format!("T = '{}'\n", Keys::new().of("gitlab-personal-access-token")));
    let (done, said) = git(&sandbox, "", &["commit", "-qm", "leak"]);
    assert!(!done);
    follow(&sandbox, "sub", &said);
    let known = fs::read_to_string(sandbox.path(".keytrail-baseline")).unwrap();
    assert!(known.contains("path=b.py") && !known.contains("c.py"), "what was not stopped is not listed: {known}");
    let (done, said) = git(&sandbox, "", &["commit", "-qm", "known"]);
    assert!(done && said.contains("1 in the baseline"), "{said}");
    assert!(sandbox.path(".gitattributes").is_file() && !sandbox.path("sub/.keytrail-baseline").exists());
    sandbox.write("c.py", format!("T = '{}'\n", Keys::new().of("stripe-live-secret-key")));
    sandbox.git(&["add", "-A"]);
    assert!(git(&sandbox, "", &["commit", "-qm", "once", "--no-verify"]).0);
}

#[test]
fn hooks_that_are_there_are_called_first_and_come_back() {
    let sandbox = Sandbox::repository();
    let hooks = sandbox.path(".git/hooks");
    script(&hooks.join("pre-commit"), "#!/bin/sh\necho theirs >&2\n[ ! -e veto ]\n");
    script(&sandbox.path("tools/push.sh"), "#!/bin/sh\ncat > seen\necho \"$@\" >> seen\n");
    std::os::unix::fs::symlink("../../tools/push.sh", hooks.join("pre-push")).unwrap();
    let before = tree(&hooks);

    let said = keytrail(&sandbox, &BOTH).stderr;
    assert!(said.contains("pre-commit.before-keytrail") && said.contains("pre-push.before-keytrail"), "{said}");
    let installed = tree(&hooks);
    let again = keytrail(&sandbox, &BOTH);
    assert!(again.code == 0 && again.stderr.matches("was there already").count() == 2, "{}", again.stderr);
    assert_eq!(tree(&hooks), installed);

    sandbox.write("a.py", "A = 1\n");
    sandbox.git(&["add", "-A"]);
    let (done, said) = git(&sandbox, "", &["commit", "-qm", "clean"]);
    assert!(done && said.contains("theirs"), "{said}");
    sandbox.write("veto", "");
    assert!(!git(&sandbox, "", &["commit", "-qm", "no", "--allow-empty"]).0, "theirs still decides");
    fs::remove_file(sandbox.path("veto")).unwrap();

    sandbox.git(&["init", "-q", "--bare", "../remote.git"]);
    sandbox.git(&["remote", "add", "origin", "../remote.git"]);
    let (done, said) = git(&sandbox, "", &["push", "-q", "origin", "main"]);
    assert!(done, "{said}");
    let seen = fs::read_to_string(sandbox.path("seen")).unwrap();
    assert!(seen.starts_with("refs/heads/main ") && seen.contains("\norigin ../remote.git"), "{seen}");

    let said = keytrail(&sandbox, &["hook", "uninstall"]).stderr;
    assert_eq!(said.matches("is back").count(), 2, "{said}");
    assert_eq!(tree(&hooks), before);
    let said = keytrail(&sandbox, &["hook", "uninstall"]).stderr;
    assert_eq!(said.matches("there is no hook of keytrail").count(), 2, "{said}");
    assert_eq!(tree(&hooks), before);
}

#[test]
fn folders_are_those_that_git_uses() {
    // A folder that is not there is made, and goes again.
    let sandbox = Sandbox::repository();
    fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    assert_eq!(keytrail(&sandbox, &BOTH).code, 0);
    assert_eq!(keytrail(&sandbox, &["hook", "uninstall"]).code, 0);
    assert!(!sandbox.path(".git/hooks").exists());

    // Worktrees share the hooks of their repository.
    sandbox.write("a.py", "A = 1\n");
    sandbox.commit();
    sandbox.git(&["worktree", "add", "-q", "../other"]);
    let mut command = sandbox.keytrail();
    let run = Run::of(command.current_dir(sandbox.tree().join("../other")).args(["hook", "install"]).output().unwrap());
    assert!(run.code == 0 && sandbox.path(".git/hooks/pre-commit").is_file(), "{}", run.stderr);
    let other = sandbox.tree().join("../other");
    fs::write(other.join("b.py"), format!("T = '{}'\n", Keys::new().token())).unwrap();
    let other = other.to_str().unwrap();
    sandbox.git(&["-C", other, "add", "-A"]);
    let (done, said) = git(&sandbox, "", &["-C", other, "commit", "-qm", "leak"]);
    assert!(!done && said.contains("b.py:1"), "{said}");
    assert_eq!(keytrail(&sandbox, &["hook", "uninstall"]).code, 0);

    // core.hooksPath, taken from the top of the work tree.
    sandbox.git(&["config", "core.hooksPath", ".husky"]);
    let run = Run::of(sandbox.keytrail().current_dir(sandbox.path(".git")).args(["hook", "install"]).output().unwrap());
    assert!(run.code == 0 && run.stderr.contains("core.hooksPath"), "{}", run.stderr);
    assert!(sandbox.path(".husky/pre-commit").is_file() && !sandbox.path(".git/hooks/pre-commit").exists());
    sandbox.write("c.py", format!("T = '{}'\n", Keys::new().token()));
    sandbox.git(&["add", "c.py"]);
    assert!(!git(&sandbox, "", &["commit", "-qm", "leak"]).0);
    assert_eq!(keytrail(&sandbox, &["hook", "uninstall"]).code, 0);
    assert!(!sandbox.path(".husky").exists());

    // Ways to set it that only git knows; a value that switches hooks off; and nobody commits in a bare repository.
    sandbox.git(&["config", "--unset", "core.hooksPath"]);
    let own = sandbox.home().join("hk");
    let mut command = sandbox.keytrail();
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "core.hooksPath").env("GIT_CONFIG_VALUE_0", &own);
    assert!(command.args(["hook", "install"]).output().unwrap().status.success());
    assert!(own.join("pre-commit").is_file() && !sandbox.path(".git/hooks/pre-commit").exists());
    sandbox.git(&["config", "core.hooksPath", ""]);
    for command in ["install", "uninstall"] {
        let run = keytrail(&sandbox, &["hook", command]);
        assert!(run.code == 2 && run.stderr.contains("core.hooksPath is empty"), "{}", run.stderr);
    }
    sandbox.git(&["init", "-q", "--bare", "../bare.git"]);
    let bare = sandbox.tree().join("../bare.git");
    let run = Run::of(sandbox.keytrail().current_dir(&bare).args(["hook", "install"]).output().unwrap());
    assert!(run.code == 2 && run.stderr.contains("hook pre-receive"), "{}", run.stderr);
    let args = ["hook", "install", "--pre-push"];
    assert!(sandbox.keytrail().current_dir(&bare).args(args).output().unwrap().status.success());

    let outside = Sandbox::new();
    let run = keytrail(&outside, &["hook", "install"]);
    assert!(run.code == 2 && run.stderr.contains("not in a git repository"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_kept_is_not_touched() {
    let sandbox = Sandbox::repository();
    let hooks = sandbox.path(".git/hooks");
    script(&hooks.join("pre-commit"), "#!/bin/sh\n");
    script(&hooks.join("pre-commit.before-keytrail"), "#!/bin/sh\n");
    let before = tree(&hooks);
    let run = keytrail(&sandbox, &["hook", "install"]);
    assert!(run.code == 2 && run.stderr.contains("set aside before"), "{}", run.stderr);
    assert_eq!(tree(&hooks), before);

    fs::remove_file(hooks.join("pre-commit.before-keytrail")).unwrap();
    assert_eq!(keytrail(&sandbox, &["hook", "install"]).code, 0);
    let own = fs::read_to_string(hooks.join("pre-commit")).unwrap();
    script(&hooks.join("pre-commit"), &(own.clone() + "make lint\n"));
    for command in ["install", "uninstall"] {
        let run = keytrail(&sandbox, &["hook", command]);
        assert!(run.code == 2 && run.stderr.contains("changed by hand"), "{}", run.stderr);
    }
    // The framework pre-commit gives hooks that it finds another name.
    script(&hooks.join("pre-commit.legacy"), &own);
    script(&hooks.join("pre-commit"), "#!/bin/sh\n# of another program\n");
    let run = keytrail(&sandbox, &["hook", "uninstall", "--pre-commit"]);
    assert!(run.code == 2 && run.stderr.contains("another name"), "{}", run.stderr);

    // A program that is gone stops commits with a word about it, and does not forget the hook before it.
    script(&hooks.join("pre-commit"), &own.replace("keytrail='", "keytrail='/nowhere"));
    fs::remove_file(hooks.join("pre-commit.legacy")).unwrap();
    sandbox.write("a.py", "A = 1\n");
    sandbox.git(&["add", "-A"]);
    let mut command = sandbox.git_command("");
    let output = command.env("PATH", "/usr/bin:/bin").args(["commit", "-qm", "x"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("not installed any more"), "{said}");
    // What it says puts the hook back that was there before.
    assert!(said.contains("hook away: mv '.git/hooks/pre-commit.before-keytrail' '.git/hooks/pre-commit'"), "{said}");
    let gone = hooks.join("pre-commit.set-aside");
    fs::rename(hooks.join("pre-commit.before-keytrail"), &gone).unwrap();
    let output = sandbox.git_command("").env("PATH", "/usr/bin:/bin").args(["commit", "-qm", "x"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("hook away: rm '.git/hooks/pre-commit'"), "{said}");
    // One that was left behind is called first again, and that is said.
    fs::rename(&gone, hooks.join("pre-commit.before-keytrail")).unwrap();
    fs::rename(hooks.join("pre-commit"), &gone).unwrap();
    let run = keytrail(&sandbox, &["hook", "install"]);
    assert!(run.code == 0 && run.stderr.contains("which was set aside before, is called first"), "{}", run.stderr);
    fs::rename(&gone, hooks.join("pre-commit")).unwrap();
    assert_eq!(keytrail(&sandbox, &["hook", "uninstall"]).code, 0);
    assert!(git(&sandbox, "", &["commit", "-qm", "x"]).0);
}

#[test]
fn a_push_is_stopped_for_what_the_remote_does_not_have() {
    let sandbox = Sandbox::repository();
    let mut keys = Keys::new();
    sandbox.git(&["init", "-q", "--bare", "../remote.git"]);
    sandbox.git(&["remote", "add", "origin", "../remote.git"]);
    sandbox.write("old.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    sandbox.git(&["push", "-q", "origin", "main"]);
    assert_eq!(keytrail(&sandbox, &["hook", "install", "--pre-push"]).code, 0);
    assert!(!sandbox.path(".git/hooks/pre-commit").exists());
    // What is there already stops nobody, on a new branch neither.
    sandbox.write("a.py", "A = 1\n");
    sandbox.commit();
    let (done, said) = git(&sandbox, "", &["push", "origin", "main", "main:refs/heads/new"]);
    assert!(done, "{said}");
    // A key that one commit adds and the next one removes.
    sandbox.write("b.py", format!("\nT = '{}'\n", keys.token()));
    sandbox.commit();
    sandbox.write("b.py", "T = 1\n");
    sandbox.commit();
    let (done, said) = git(&sandbox, "", &["push", "origin", "main"]);
    assert!(!done, "{said}");
    for word in ["b.py:2:6", "stopped this push", "git rebase -i", "git push --no-verify", "settings/tokens"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("old.py"), "{said}");
    // What it says about the baseline is about these keys, wherever they are by now.
    let before = sandbox.git_says(&["rev-parse", "HEAD"]);
    follow(&sandbox, "", &said);
    let known = fs::read_to_string(sandbox.path(".keytrail-baseline")).unwrap();
    assert!(known.contains("path=b.py found=history") && !known.contains("old.py"), "{known}");
    sandbox.commit();
    assert!(git(&sandbox, "", &["push", "--dry-run", "origin", "main"]).0);
    sandbox.git(&["reset", "-q", "--hard", &before]);
    assert!(!git(&sandbox, "", &["push", "--dry-run", "origin", "main"]).0);
    // The message of a tag has a way out of its own.
    sandbox.git(&["tag", "-a", "v0", "-m", &format!("with {}", keys.token()), "main~2"]);
    let (done, said) = git(&sandbox, "", &["push", "origin", "v0"]);
    assert!(!done && said.contains("git tag -f -a NAME") && !said.contains("--amend"), "{said}");
    // Deleting brings nothing.
    assert!(git(&sandbox, "", &["push", "-q", "origin", ":new"]).0);
    // To a remote that has nothing, everything is new.
    sandbox.git(&["init", "-q", "--bare", "../empty.git"]);
    let (done, said) = git(&sandbox, "", &["push", "../empty.git", "main"]);
    assert!(!done && said.contains("old.py") && said.contains("b.py"), "{said}");
    assert!(git(&sandbox, "", &["push", "-q", "--no-verify", "origin", "main"]).0);
}

/// A server with the hook, and a clone of it in the tree.
fn served() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::repository();
    sandbox.git(&["init", "-q", "--bare", "-b", "main", "../server.git"]);
    let server = sandbox.tree().parent().unwrap().join("server.git");
    let hook = format!("#!/bin/sh\nenv > env\nexec '{}' hook pre-receive\n", env!("CARGO_BIN_EXE_keytrail"));
    script(&server.join("hooks/pre-receive"), &hook);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.write("a.py", "A = 1\n");
    sandbox.commit();
    (sandbox, server)
}

#[test]
fn a_server_refuses_what_is_pushed_and_keeps_nothing_of_it() {
    let (sandbox, server) = served();
    let mut keys = Keys::new();
    let (done, said) = git(&sandbox, "", &["push", "origin", "main"]);
    assert!(done, "{said}");
    let seen = fs::read_to_string(server.join("env")).unwrap();
    assert!(seen.contains("GIT_QUARANTINE_PATH="), "the test is about that: {seen}");

    let key = keys.token();
    sandbox.write("b.py", format!("\nT = '{key}'\n"));
    sandbox.commit();
    let bad = sandbox.git_says(&["rev-parse", "HEAD"]);
    sandbox.write("b.py", "T = 1\n");
    sandbox.commit();
    for target in ["main", "main:refs/heads/new", "main:refs/tags/v1"] {
        let (done, said) = git(&sandbox, "", &["push", "origin", target]);
        assert!(!done, "{target}: {said}");
        for word in ["b.py:2:6", "stopped this push", "sent to this server", "settings/tokens", &bad[..10]] {
            assert!(said.contains(word), "{target} {word}: {said}");
        }
        assert!(!said.contains("--no-verify") && !said.contains(&key), "{said}");
    }
    let (there, _) = git(&sandbox, "", &["-C", server.to_str().unwrap(), "cat-file", "-e", &bad]);
    assert!(!there, "what was refused is gone");

    // Rewritten, it is taken.
    sandbox.git(&["reset", "-q", "--soft", "HEAD~2"]);
    sandbox.git(&["commit", "-q", "-m", "clean", "--allow-empty"]);
    let (done, said) = git(&sandbox, "", &["push", "origin", "main", "main:new"]);
    assert!(done, "{said}");
}

#[test]
fn a_server_looks_into_tags_and_whatever_else_is_pushed() {
    let (sandbox, server) = served();
    let mut keys = Keys::new();
    sandbox.git(&["push", "-q", "origin", "main"]);
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("released with {}", keys.token())]);
    let (done, said) = git(&sandbox, "", &["push", "origin", "v1"]);
    assert!(!done && said.contains(".git/tag/"), "{said}");
    sandbox.git(&["tag", "-f", "-a", "v1", "-m", "released"]);
    assert!(git(&sandbox, "", &["push", "-q", "origin", "v1"]).0);

    sandbox.write("c.txt", format!("token {}\n", keys.token()));
    let blob = sandbox.git_says(&["hash-object", "-w", "c.txt"]);
    let (done, said) = git(&sandbox, "", &["push", "origin", &format!("{blob}:refs/tags/blob")]);
    assert!(!done && said.contains(&format!(".git/blob/{blob}")), "{said}");
    sandbox.git(&["add", "c.txt"]);
    let tree = sandbox.git_says(&["write-tree"]);
    let (done, said) = git(&sandbox, "", &["push", "origin", &format!("{tree}:refs/tags/tree")]);
    assert!(!done && said.contains("c.txt:1"), "{said}");
    sandbox.git(&["reset", "-q", "--hard"]);
    // Deletions, and several references at once.
    assert!(git(&sandbox, "", &["push", "-q", "origin", ":v1"]).0);
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.write("d.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    let (done, said) = git(&sandbox, "", &["push", "origin", "main", "other", "other:third"]);
    assert!(!done && said.matches("d.py:1:6").count() == 1, "{said}");

    let run = Run::of(
        sandbox
            .keytrail()
            .current_dir(&server)
            .args(["hook", "pre-receive"])
            .write_stdin("nonsense\n")
            .output()
            .unwrap(),
    );
    assert!(run.code == 2 && run.stderr.contains("OLD-ID NEW-ID REF"), "{}", run.stderr);
    let run = Run::of(
        sandbox
            .keytrail()
            .current_dir(&server)
            .args(["hook", "pre-receive", "--nonsense"])
            .write_stdin("")
            .output()
            .unwrap(),
    );
    assert_eq!(run.code, 2, "{}", run.stderr);
}
