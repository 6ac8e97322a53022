//! The hooks of `.pre-commit-hooks.yaml` in the real pre-commit, and the wheel in the real pip.
//!
//! They build keytrail, need python and the network, and so run only where `KEYTRAIL_E2E=1` is set.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]
#![cfg(unix)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Keys, Sandbox};

fn skipped() -> bool {
    let skipped = std::env::var_os("KEYTRAIL_E2E").is_none_or(|value| value != "1");
    if skipped {
        eprintln!("skipped: set KEYTRAIL_E2E=1 to run it (needs python3 and the network)");
    }
    skipped
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folder of pre-commit and maturin.
fn tools() -> PathBuf {
    let output = Command::new(Path::new(ROOT).join(".ci/python-tools")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}

/// Where builds go: where those of the tests went, so that crates which are built already are not built again.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

fn must(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    said(&output)
}

/// A repository with the files of this one as they are now. Gives its only commit.
fn clone_of_this(folder: &Path) -> String {
    let files = Command::new("git").current_dir(ROOT).args(["ls-files", "-z", "-co", "--exclude-standard"]).output();
    for file in files.unwrap().stdout.split(|&b| b == 0).filter(|name| !name.is_empty()) {
        let file = Path::new(std::str::from_utf8(file).unwrap());
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        // One that is deleted and not yet committed so is still listed.
        let _ = fs::copy(Path::new(ROOT).join(file), folder.join(file));
    }
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@keytrail.invalid"];
        must(Command::new("git").current_dir(folder).args(identity).args(args))
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "state"]);
    git(&["rev-parse", "HEAD"]).trim_end().to_owned()
}

/// pre-commit, or git where it calls that, in the tree of a sandbox and with a store of its own.
fn in_sandbox(program: impl AsRef<std::ffi::OsStr>, sandbox: &Sandbox, tools: &Path) -> Command {
    let path = std::env::join_paths(
        [tools.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new(program);
    command
        .current_dir(sandbox.tree())
        .env("PATH", path.unwrap())
        .env("PRE_COMMIT_HOME", sandbox.home().join("pre-commit"))
        .env("GIT_CONFIG_GLOBAL", sandbox.home().join(".gitconfig"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("CARGO_TARGET_DIR", target())
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE");
    command
}

#[test]
fn pre_commit_installs_the_hook_and_stops_a_commit() {
    if skipped() {
        return;
    }
    let tools = tools();
    let source = tempfile::tempdir().unwrap();
    let revision = clone_of_this(source.path());
    let sandbox = Sandbox::repository();
    sandbox.write("../home/.gitconfig", "[user]\nname = test\nemail = test@keytrail.invalid\n");
    sandbox.write(
        ".pre-commit-config.yaml",
        format!(
            "repos:\n- repo: {}\n  rev: {revision}\n  hooks:\n  - id: keytrail\n  - id: keytrail-audit\n    \
             args: [--inventory, ops/key-inventory.csv]\n",
            source.path().display()
        ),
    );
    // The clone of the hook is another package to cargo than this one, and is compiled anew; how fast it is matters
    // little.
    sandbox.write(
        "../home/.cargo/config.toml",
        "[profile.release.package.keytrail]\nopt-level = 0\ncodegen-units = 256\n",
    );
    must(in_sandbox("pre-commit", &sandbox, &tools).args(["install", "--install-hooks"]));
    must(
        in_sandbox("pre-commit", &sandbox, &tools)
            .args(["validate-manifest"])
            .arg(source.path().join(".pre-commit-hooks.yaml")),
    );

    sandbox.write("a.py", "A = 1\n");
    let git = |args: &[&str]| in_sandbox("git", &sandbox, &tools).args(args).output().unwrap();
    assert!(git(&["add", "-A"]).status.success());
    let done = git(&["commit", "-m", "clean"]);
    assert!(done.status.success(), "{}", said(&done));
    // It was built when the hooks were installed, and is not again.
    assert!(!said(&done).contains("nstalling environment"), "{}", said(&done));

    // Keys that an inventory shows to be overdue stop the commit that brings it, and no other one.
    let header = "provider,id,name,owner,created,last_rotated,status\n";
    sandbox.write("ops/key-inventory.csv", format!("{header}acme,k-1,billing,ann,2020-01-01,2020-01-01,active\n"));
    assert!(git(&["add", "ops"]).status.success());
    let text = said(&git(&["commit", "-m", "inventory"]));
    assert!(text.contains("rotation-overdue") && text.contains("Failed"), "{text}");
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    sandbox.write("ops/key-inventory.csv", format!("{header}acme,k-1,billing,ann,{today},{today},active\n"));
    assert!(git(&["add", "ops"]).status.success());
    let done = git(&["commit", "-m", "inventory"]);
    assert!(done.status.success(), "{}", said(&done));

    sandbox.write("sub/b.py", format!("T = '{}'\n", Keys::new().token()));
    // What is not staged is none of its business.
    let done = git(&["commit", "--allow-empty", "-m", "clean"]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(git(&["add", "-A"]).status.success());
    let stopped = git(&["commit", "-m", "leak"]);
    let text = said(&stopped);
    assert!(!stopped.status.success(), "{text}");
    for word in ["keytrail", "Failed", "sub/b.py:1:6", "stopped this commit", "settings/tokens", "--no-verify"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(text.lines().any(|line| line.starts_with("keytrail audit") && line.contains("Skipped")), "{text}");

    // Nothing is staged, and so a run over all files finds nothing, as the manual says.
    assert!(git(&["reset", "-q"]).status.success());
    let all = in_sandbox("pre-commit", &sandbox, &tools).args(["run", "--all-files", "keytrail"]).output().unwrap();
    assert!(all.status.success(), "{}", said(&all));
    assert!(git(&["add", "-A"]).status.success());

    // keytrail's own hook finds that of pre-commit, calls it first, and goes without a trace.
    let hook = sandbox.path(".git/hooks/pre-commit");
    let theirs = fs::read(&hook).unwrap();
    assert!(sandbox.keytrail().args(["hook", "install"]).output().unwrap().status.success());
    let text = said(&git(&["commit", "-m", "leak"]));
    assert!(text.contains("Failed"), "{text}");
    assert!(sandbox.keytrail().args(["hook", "uninstall"]).output().unwrap().status.success());
    assert_eq!(fs::read(&hook).unwrap(), theirs);
}

#[test]
fn a_wheel_installs_the_program() {
    if skipped() {
        return;
    }
    let tools = tools();
    let folder = tempfile::tempdir().unwrap();
    let wheels = folder.path().join("wheels");
    must(
        Command::new(tools.join("maturin"))
            .current_dir(ROOT)
            .args(["build", "--profile", "dev", "--out"])
            .arg(&wheels)
            .env("CARGO_TARGET_DIR", target()),
    );
    let wheel = fs::read_dir(&wheels).unwrap().next().unwrap().unwrap().path();
    let environment = folder.path().join("environment");
    must(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    must(Command::new(environment.join("bin/pip")).args(["install", "--no-index", "--quiet"]).arg(&wheel));
    let version = must(Command::new(environment.join("bin/keytrail")).arg("--version"));
    assert_eq!(version.trim_end(), concat!("keytrail ", env!("CARGO_PKG_VERSION")));

    // And as a hook that pre-commit installs by pip, without Rust.
    let sandbox = Sandbox::repository();
    sandbox.write("../home/.gitconfig", "[user]\nname = test\nemail = test@keytrail.invalid\n");
    sandbox.write(
        ".pre-commit-config.yaml",
        format!(
            "repos:\n- repo: local\n  hooks:\n  - id: keytrail\n    name: keytrail\n    entry: keytrail scan --staged\n    \
             language: python\n    pass_filenames: false\n    always_run: true\n    additional_dependencies: ['{}']\n",
            wheel.display()
        ),
    );
    must(in_sandbox("pre-commit", &sandbox, &tools).args(["install", "--install-hooks"]));
    sandbox.write("b.py", format!("T = '{}'\n", Keys::new().token()));
    must(in_sandbox("git", &sandbox, &tools).args(["add", "-A"]));
    let stopped = in_sandbox("git", &sandbox, &tools).args(["commit", "-m", "leak"]).output().unwrap();
    let text = said(&stopped);
    assert!(!stopped.status.success() && text.contains("b.py:1:6"), "{text}");
}
