//! What the tests of the binary share: a temporary folder with a working tree in it, keys made at run time, `git`
//! without the configuration of this machine, and runs of `keytrail` with their outcome taken apart.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use keytrail::detect::Detector;
use keytrail::rules::{Generator, Ruleset};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;
use std::sync::Arc;

/// A kind of key with a prefix and a checksum: found wherever it stands, whatever stands around it.
pub const TOKEN: &str = "github-personal-access-token";
/// Randomness and a name make it; nothing else does.
pub const GENERIC: &str = "generic-secret-in-an-assignment";

/// Makes keys; each test draws from its own sequence, which is the same every time.
pub struct Keys {
    detector: Detector,
    rng: StdRng,
}

impl Keys {
    /// Seeded by the name of the test, which is that of its thread.
    pub fn new() -> Self {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let seed = name.bytes().fold(11, |seed: u64, b| seed.wrapping_mul(131).wrapping_add(u64::from(b)));
        Keys { detector: Detector::new(Arc::new(Ruleset::builtin())), rng: StdRng::seed_from_u64(seed) }
    }

    /// A valid key of a rule. What by chance looks like a placeholder is drawn again.
    pub fn of(&mut self, rule: &str) -> String {
        let rule = self.detector.ruleset().find(rule).unwrap_or_else(|| panic!("there is no rule {rule}"));
        for _ in 0..100 {
            let key = Generator::new(rule).key(&mut self.rng);
            let text = [&b"aws setting = \""[..], &key, b"\"\n"].concat();
            let found = self.detector.detect(if rule.detector.is_some() { &key } else { &text }, false);
            let own = rule.part.is_some() || found.iter().any(|m| self.detector.ruleset().rule(m.rule).id == rule.id);
            if own && let Ok(key) = String::from_utf8(key) {
                return key;
            }
        }
        panic!("no key of {} is found", rule.id)
    }

    /// A key of [`TOKEN`].
    pub fn token(&mut self) -> String {
        self.of(TOKEN)
    }

    /// Random letters and digits: a value that only a name makes a secret.
    pub fn value(&mut self) -> String {
        let assignment = self.of(GENERIC);
        assignment.rsplit(' ').next().unwrap().to_owned()
    }
}

/// A temporary folder with a working tree, and a home beside it.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    /// An empty folder that belongs to no repository.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("keytrail-test-").tempdir().unwrap();
        let sandbox = Sandbox { folder };
        for inner in ["tree", "home"] {
            fs::create_dir(sandbox.folder.path().canonicalize().unwrap().join(inner)).unwrap();
        }
        sandbox
    }

    /// An empty repository.
    pub fn repository() -> Self {
        let sandbox = Self::new();
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox
    }

    /// The working tree.
    pub fn tree(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tree")
    }

    /// The home folder of every command that is run.
    pub fn home(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("home")
    }

    /// A path in the tree.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.tree().join(path)
    }

    /// Writes a file of the tree, with the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
    }

    /// Runs `git` in the tree.
    pub fn git(&self, args: &[&str]) {
        self.git_in("", args);
    }

    /// Runs `git` in a folder of the tree.
    pub fn git_in(&self, folder: &str, args: &[&str]) {
        let output = self.git_command(folder).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs `git` in the tree and takes what it prints, without the line end.
    pub fn git_says(&self, args: &[&str]) -> String {
        let output = self.git_command("").args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// `git`, to be run in a folder of the tree, with a name and without the configuration of this machine.
    pub fn git_command(&self, folder: &str) -> Command {
        let mut command = Command::new("git");
        self.environment(&mut command);
        let identity = ["-c", "user.name=test", "-c", "user.email=test@keytrail.invalid", "-c", "core.autocrlf=false"];
        command.current_dir(self.path(folder)).args(identity);
        command
    }

    /// Puts everything that git does not ignore under version control.
    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "state"]);
    }

    fn environment(&self, command: &mut Command) {
        command
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join(".config"))
            .env("GIT_CONFIG_GLOBAL", self.home().join(".gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            // Nothing outside the sandbox is a repository to it.
            .env("GIT_CEILING_DIRECTORIES", self.home().parent().unwrap())
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .env_remove("KEYTRAIL_FINGERPRINT_KEY")
            .env("NO_COLOR", "1");
    }

    /// `keytrail`, to be run in the tree.
    pub fn keytrail(&self) -> assert_cmd::Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        self.environment(&mut command);
        command.current_dir(self.tree());
        // A hang is a failure, not a reason to wait.
        let mut command = assert_cmd::Command::from_std(command);
        command.timeout(std::time::Duration::from_secs(240));
        command
    }

    /// `keytrail scan --format json` in the tree.
    pub fn scan(&self, args: &[&str]) -> Run {
        Run::of(self.keytrail().args(["scan", "--format", "json"]).args(args).output().unwrap())
    }

    /// `keytrail scan --stdin --format json`.
    pub fn scan_input(&self, input: impl Into<Vec<u8>>, args: &[&str]) -> Run {
        let args = [&["scan", "--format", "json", "--stdin"], args].concat();
        Run::of(self.keytrail().args(args).write_stdin(input).output().unwrap())
    }
}

/// What a run came to.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// What stood on standard error.
    pub stderr: String,
    /// What stood on standard output.
    pub stdout: Vec<u8>,
    json: Option<Value>,
}

/// One place of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `path`, or `a.zip!/member`.
    pub path: String,
    /// Line and column of the first character.
    pub start: (u64, u64),
    /// Offset and length in bytes.
    pub bytes: (u64, u64),
    /// The rule.
    pub rule: String,
}

impl Run {
    /// Takes an outcome apart.
    pub fn of(output: Output) -> Self {
        Run {
            code: output.status.code().unwrap_or_else(|| panic!("it was ended by {}", output.status)),
            stderr: String::from_utf8(output.stderr).unwrap(),
            json: serde_json::from_slice(&output.stdout).ok(),
            stdout: output.stdout,
        }
    }

    /// The JSON report.
    pub fn json(&self) -> &Value {
        self.json.as_ref().unwrap_or_else(|| panic!("no report, but exit code {}: {}", self.code, self.stderr))
    }

    /// The findings, allowed ones included.
    pub fn findings(&self) -> &[Value] {
        self.json()["findings"].as_array().unwrap()
    }

    /// All places of all findings, in order.
    pub fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for finding in self.findings() {
            for location in finding["locations"].as_array().unwrap() {
                let region = &location["region"];
                places.push(Place {
                    path: artifact(&location["artifact"]),
                    start: (region["start"]["line"].as_u64().unwrap(), region["start"]["column"].as_u64().unwrap()),
                    bytes: (region["byte_offset"].as_u64().unwrap(), region["byte_length"].as_u64().unwrap()),
                    rule: finding["rule"].as_str().unwrap().to_owned(),
                });
            }
        }
        places.sort();
        places
    }

    /// The files with findings, in order; one for each place.
    pub fn paths(&self) -> Vec<String> {
        self.places().into_iter().map(|place| place.path).collect()
    }

    /// Kind and file of the notices.
    pub fn notices(&self) -> Vec<(String, String)> {
        let notices = self.json()["coverage"]["notices"].as_array().unwrap();
        notices.iter().map(|n| (n["kind"].as_str().unwrap().to_owned(), artifact(&n["artifact"]))).collect()
    }
}

/// The armoured private key in a text, without what stands around it.
pub fn armour_in(text: &str) -> &str {
    const END: &str = "-----END PRIVATE KEY-----";
    &text[text.find("-----BEGIN").unwrap()..text.find(END).unwrap() + END.len()]
}

fn artifact(value: &Value) -> String {
    let mut shown = value["path"].as_str().unwrap_or_default().to_owned();
    for member in value["members"].as_array().into_iter().flatten() {
        shown = shown + "!/" + member.as_str().unwrap();
    }
    shown
}
