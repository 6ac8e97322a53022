//! The GitHub Action: its steps as `action.yml` has them, with the environment of a runner, in real repositories.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Keys, Sandbox};
use serde_json::{Value, json};
use sha2::Digest as _;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the runner of GitHub gives to an action, and what it gets back.
struct Runner {
    event: &'static str,
    payload: Value,
    inputs: BTreeMap<&'static str, String>,
    /// The source of the action.
    action: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// What came of the steps.
#[derive(Debug)]
struct Outcome {
    /// Whether the last step failed the job, and its exit code.
    code: i32,
    log: String,
    summary: String,
    outputs: BTreeMap<String, String>,
}

impl Outcome {
    fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The commands that the runner obeys: none while they are stopped.
    fn commands(&self) -> Vec<&str> {
        let mut stopped: Option<String> = None;
        let mut commands = Vec::new();
        for line in self.log.lines().map(str::trim_start).filter(|line| line.starts_with("::")) {
            match (&stopped, line.strip_prefix("::stop-commands::")) {
                (None, Some(token)) => stopped = Some(format!("::{token}::")),
                (None, None) => commands.push(line),
                (Some(token), _) if line == token => stopped = None,
                (Some(_), _) => {}
            }
        }
        assert_eq!(stopped, None, "they are taken up again");
        commands
    }
}

impl Runner {
    fn new(event: &'static str, payload: Value) -> Self {
        let inputs = BTreeMap::from([("version", "installed".to_owned())]);
        Runner { event, payload, inputs, action: ROOT.into(), environment: Vec::new() }
    }

    fn with(mut self, input: &'static str, value: impl Into<String>) -> Self {
        self.inputs.insert(input, value.into());
        self
    }

    /// Runs the steps in a folder, as a runner does. Steps that use other actions are left out.
    fn run(&self, sandbox: &Sandbox, folder: &Path) -> Outcome {
        let temp = tempfile::Builder::new().prefix("runner ").tempdir_in(sandbox.home()).unwrap().keep();
        let [event, output, summary] = ["event.json", "output", "summary.md"].map(|name| temp.join(name));
        fs::write(&event, self.payload.to_string()).unwrap();
        let action: Value = action(&self.action);
        for input in self.inputs.keys() {
            assert!(action["inputs"].get(input).is_some(), "there is no input {input}");
        }
        let mut log = String::new();
        let mut outputs: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut code = 0;
        for step in action["runs"]["steps"].as_array().unwrap() {
            let Some(script) = step["run"].as_str() else { continue };
            assert_eq!(step["shell"], "bash");
            assert!(!script.contains("${{"), "no script holds an expression: {script}");
            let path = std::env::join_paths(
                [Path::new(env!("CARGO_BIN_EXE_keytrail")).parent().unwrap().to_owned()]
                    .into_iter()
                    .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
            );
            let file = temp.join("step.sh");
            fs::write(&file, script).unwrap();
            fs::write(&output, "").unwrap();
            let mut command = Command::new("bash");
            command
                .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
                .arg(&file)
                .current_dir(folder)
                .env_clear()
                .env("PATH", path.unwrap())
                .env("HOME", sandbox.home())
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_CEILING_DIRECTORIES", sandbox.home().parent().unwrap())
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_ACTION_PATH", &self.action)
                .env("GITHUB_WORKSPACE", folder)
                .env("GITHUB_EVENT_NAME", self.event)
                .env("GITHUB_EVENT_PATH", &event)
                .env("GITHUB_OUTPUT", &output)
                .env("GITHUB_STEP_SUMMARY", &summary)
                .env("RUNNER_TEMP", &temp)
                .env("RUNNER_OS", "Linux")
                .env("RUNNER_ARCH", "X64")
                // A profile that differs would build everything again.
                .envs(std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PROFILE_")));
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                command.env(name, self.expression(value.as_str().unwrap(), &action, &outputs));
            }
            command.envs(self.environment.iter().map(|(name, value)| (name, value)));
            let done = command.output().unwrap();
            log += &String::from_utf8_lossy(&done.stdout);
            log += &String::from_utf8_lossy(&done.stderr);
            if let Some(id) = step["id"].as_str() {
                let written = fs::read_to_string(&output).unwrap();
                let pairs = written.lines().map(|line| line.split_once('=').unwrap());
                outputs.insert(id.to_owned(), pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
            }
            code = done.status.code().unwrap();
            if code != 0 {
                break;
            }
        }
        let summary = fs::read_to_string(&summary).unwrap_or_default();
        let declared = action["outputs"].as_object().unwrap();
        let value = |output: &Value| self.expression(output["value"].as_str().unwrap(), &action, &outputs);
        let outputs = declared.iter().map(|(name, output)| (name.clone(), value(output))).collect();
        Outcome { code, log, summary, outputs }
    }

    /// An expression, or a plain text.
    fn expression(&self, text: &str, action: &Value, outputs: &BTreeMap<String, BTreeMap<String, String>>) -> String {
        let Some(name) = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else {
            return text.to_owned();
        };
        match name.split('.').collect::<Vec<_>>().as_slice() {
            ["inputs", name] => match self.inputs.get(name) {
                Some(value) => value.clone(),
                None => action["inputs"][name]["default"].as_str().unwrap().to_owned(),
            },
            ["steps", step, "outputs", name] => {
                outputs.get(*step).and_then(|all| all.get(*name)).cloned().unwrap_or_default()
            }
            _ => panic!("the runner of the test does not know {text}"),
        }
    }
}

fn action(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("action.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// A repository of a main branch, with a server that it was pushed to. Gives the commit.
fn project(keys: &mut Keys) -> (Sandbox, String) {
    let sandbox = Sandbox::repository();
    sandbox.git(&["init", "-q", "--bare", "-b", "main", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.write("old.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    sandbox.git(&["push", "-q", "origin", "main"]);
    let id = head(&sandbox);
    (sandbox, id)
}

fn head(sandbox: &Sandbox) -> String {
    sandbox.git_says(&["rev-parse", "HEAD"])
}

fn pull_request(base: &str, head: &str) -> Value {
    json!({ "number": 7, "pull_request": { "base": { "sha": base }, "head": { "sha": head, "repo": { "fork": true } } } })
}

#[test]
fn a_pull_request_is_judged_by_what_its_commits_add() {
    let mut keys = Keys::new();
    let (sandbox, first) = project(&mut keys);
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    let key = keys.token();
    sandbox.write("src/new.py", format!("import os\nT = '{key}'\n"));
    sandbox.commit();
    sandbox.write("src/gone.py", format!("T = '{}'\n", keys.of("npm-access-token")));
    sandbox.commit();
    fs::remove_file(sandbox.path("src/gone.py")).unwrap();
    sandbox.commit();
    let tip = head(&sandbox);
    // The base goes on meanwhile, with a key of its own; checked out is what a merge would make.
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.write("theirs.py", format!("T = '{}'\n", keys.of("stripe-live-secret-key")));
    sandbox.commit();
    let base = head(&sandbox);
    sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    assert_ne!(first, base);

    let outcome = Runner::new("pull_request", pull_request(&base, &tip)).run(&sandbox, &sandbox.tree());
    assert_eq!(outcome.code, 1, "{}", outcome.log);
    let names = ["findings", "new-findings", "exit-code"].map(|name| outcome.output(name));
    assert_eq!(names, ["2", "2", "1"], "{}", outcome.log);
    let commands = outcome.commands();
    assert!(
        commands.iter().any(|line| line.starts_with("::error file=src/new.py,line=2,endLine=2,col=6,")),
        "{commands:?}"
    );
    // What HEAD has no more is told without a place that GitHub could not show.
    assert!(
        commands.iter().any(|line| line.starts_with("::error title=") && line.contains("src/gone.py:1")),
        "{commands:?}"
    );
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(outcome.summary.contains("**2 leaked keys**") && outcome.summary.contains("settings/tokens"));
    let sarif = fs::read_to_string(outcome.output("sarif-file")).unwrap();
    assert!(sarif.contains("src/new.py") && !sarif.contains("theirs.py"));
    for text in [&outcome.log, &outcome.summary, &sarif] {
        assert!(!text.contains(&key) && !text.contains("old.py"), "{text}");
    }

    let clean = Runner::new("pull_request", pull_request(&tip, &tip)).run(&sandbox, &sandbox.tree());
    assert_eq!((clean.code, clean.output("findings"), clean.output("exit-code")), (0, "0", "0"), "{}", clean.log);
    let queue = json!({ "merge_group": { "base_sha": base, "head_sha": tip } });
    assert_eq!(Runner::new("merge_group", queue).run(&sandbox, &sandbox.tree()).code, 1);
    let never = Runner::new("pull_request", pull_request(&base, &tip)).with("fail-on", "never");
    assert_eq!(never.run(&sandbox, &sandbox.tree()).code, 0);
    let only = Runner::new("pull_request", pull_request(&base, &tip)).with("paths", "src/new.py\n\nold.py\r\n");
    assert_eq!(only.run(&sandbox, &sandbox.tree()).output("findings"), "1");
    let none = Runner::new("schedule", json!({})).with("mode", "pull-request").run(&sandbox, &sandbox.tree());
    assert!(none.code == 2 && none.log.contains("needs an event that names its commits"), "{}", none.log);
}

#[test]
fn what_a_shallow_checkout_lacks_is_fetched_or_told() {
    let mut keys = Keys::new();
    let (sandbox, base) = project(&mut keys);
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox.write("new.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    sandbox.write("new.py", "T = 1\n");
    sandbox.commit();
    let tip = head(&sandbox);
    sandbox.git(&["push", "-q", "origin", "feature"]);
    let server = format!("file://{}", sandbox.tree().parent().unwrap().join("server.git").display());
    let clone = |name: &str| {
        let folder = sandbox.home().join(name);
        sandbox.git(&["clone", "-q", "--depth", "1", "--branch", "feature", &server, folder.to_str().unwrap()]);
        folder
    };
    let shallow = clone("shallow");
    let outcome = Runner::new("pull_request", pull_request(&base, &tip)).run(&sandbox, &shallow);
    assert_eq!((outcome.code, outcome.output("findings")), (1, "1"), "{}", outcome.log);
    assert!(outcome.log.contains("fetch-depth: 0") && !outcome.log.contains("old.py"), "{}", outcome.log);

    let cut_off = clone("cut off");
    sandbox.git(&["-C", cut_off.to_str().unwrap(), "remote", "set-url", "origin", "/nowhere"]);
    let outcome = Runner::new("pull_request", pull_request(&base, &tip)).run(&sandbox, &cut_off);
    assert_eq!((outcome.code, outcome.output("exit-code")), (2, "2"), "{}", outcome.log);
    assert!(outcome.commands()[0].contains("cannot be fetched; set 'fetch-depth: 0'"), "{}", outcome.log);
    let outcome = Runner::new("schedule", json!({})).run(&sandbox, &cut_off);
    assert!(outcome.code == 2 && outcome.log.contains("history is not all here"), "{}", outcome.log);
    let outcome = Runner::new("schedule", json!({})).with("history", "false").run(&sandbox, &cut_off);
    assert_eq!(outcome.output("findings"), "1", "the tree alone needs no history: {}", outcome.log);
}

#[test]
fn a_push_is_judged_by_what_it_brings() {
    let mut keys = Keys::new();
    let (sandbox, before) = project(&mut keys);
    sandbox.write("new.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    let after = head(&sandbox);
    let none = "0".repeat(40);
    let push = |before: &str, after: &str| json!({ "before": before, "after": after, "deleted": false, "repository": { "default_branch": "main" } });
    for (what, payload, findings) in [
        ("a push", push(&before, &after), "1"),
        ("a new branch", push(&none, &after), "1"),
        ("a push by force, whose old commits are gone", push(&"ab".repeat(20), &after), "1"),
        ("one that brings nothing", push(&after, &before), "0"),
        ("a branch that is deleted", json!({ "before": after, "after": none, "deleted": true }), "0"),
    ] {
        let outcome = Runner::new("push", payload).run(&sandbox, &sandbox.tree());
        assert_eq!(outcome.output("findings"), findings, "{what}: {}", outcome.log);
        assert_eq!(outcome.code.to_string(), findings, "{what}");
    }
    // The first push of all, which the branch on the server now is.
    sandbox.git(&["push", "-q", "origin", "main"]);
    let outcome = Runner::new("push", push(&none, &after)).run(&sandbox, &sandbox.tree());
    assert_eq!(outcome.output("findings"), "2", "{}", outcome.log);
}

#[test]
fn an_audit_looks_at_everything() {
    let mut keys = Keys::new();
    let (sandbox, base) = project(&mut keys);
    fs::remove_file(sandbox.path("old.py")).unwrap();
    sandbox.write("here.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    let audit = || Runner::new("schedule", json!({ "schedule": "0 3 * * 1" }));
    let outcome = audit().run(&sandbox, &sandbox.tree());
    assert_eq!((outcome.code, outcome.output("findings")), (1, "2"), "{}", outcome.log);
    let outcome = audit().with("history", "false").with("sarif-file", "out/r.sarif").run(&sandbox, &sandbox.tree());
    assert_eq!((outcome.output("findings"), outcome.output("sarif-file")), ("1", "out/r.sarif"), "{}", outcome.log);
    assert!(sandbox.path("out/r.sarif").is_file());
    fs::remove_dir_all(sandbox.path("out")).unwrap();

    let made = sandbox.keytrail().args(["baseline", "create", "--history"]).output().unwrap();
    assert!(made.status.success());
    let outcome = audit().with("baseline", ".keytrail-baseline").run(&sandbox, &sandbox.tree());
    let told = ["findings", "new-findings"].map(|name| outcome.output(name));
    assert_eq!((outcome.code, told), (0, ["2", "0"]), "{}", outcome.log);
    // A change of what is hidden is told to whoever reviews it.
    sandbox.commit();
    let payload = pull_request(&base, &head(&sandbox));
    let outcome =
        Runner::new("pull_request", payload).with("baseline", ".keytrail-baseline").run(&sandbox, &sandbox.tree());
    assert!(outcome.commands().iter().any(|line| line.contains("another one than before")), "{}", outcome.log);
    assert_eq!((outcome.code, outcome.output("new-findings")), (0, "0"));
    for (input, value) in [("history", "maybe"), ("mode", "all"), ("sarif-file", "a.txt"), ("args", "--nonsense")] {
        let outcome = audit().with(input, value).run(&sandbox, &sandbox.tree());
        assert_eq!((outcome.code, outcome.output("exit-code")), (2, "2"), "{input}: {}", outcome.log);
        assert!(outcome.commands().last().unwrap().starts_with("::error "), "{input}: {}", outcome.log);
    }
}

#[test]
fn an_inventory_is_audited() {
    let mut keys = Keys::new();
    let (sandbox, _) = project(&mut keys);
    let [leaked, stranger] = [0; 2].map(|_| keys.of("aws-access-key-id"));
    sandbox.write("deploy.env", format!("AWS_ACCESS_KEY_ID={leaked}\n"));
    sandbox.write("other.env", format!("AWS_ACCESS_KEY_ID={stranger}\n"));
    let made = sandbox.keytrail().args(["baseline", "create", "--reason", "of the tests"]).output().unwrap();
    assert!(made.status.success());
    let row =
        json!({ "UserName": "ci", "AccessKeyId": leaked, "Status": "Active", "CreateDate": "2020-01-01T00:00:00Z" });
    sandbox.write("exports/keys.json", json!({ "AccessKeyMetadata": [row] }).to_string());
    sandbox.commit();
    let audit = || {
        let runner = Runner::new("schedule", json!({})).with("inventory", "\nexports/keys.json\n");
        runner.with("sarif-file", "out/audit.sarif")
    };
    let count = |outcome: &Outcome, name: &str| outcome.output(name).parse::<u32>().unwrap();
    let open = audit().run(&sandbox, &sandbox.tree());
    assert_eq!((open.code, open.output("exit-code")), (1, "1"), "{}", open.log);
    let commands = open.commands();
    let at = |command: &str, text: &str| commands.iter().any(|line| line.starts_with(command) && line.contains(text));
    assert!(at("::error file=exports/keys.json,line=1,", "title=Leaked and active"), "{commands:#?}");
    assert!(at("::error file=exports/keys.json,line=1,", "title=Rotation overdue"), "{commands:#?}");
    assert!(at("::", "file=other.env,line=1,"), "{commands:#?}");
    assert!(open.log.contains("Rotations: what comes next"), "the text of the audit is in the log: {}", open.log);
    assert!(open.summary.contains("## keytrail audit as of") && open.summary.contains("leaked-active"));
    let sarif: Value = serde_json::from_str(&fs::read_to_string(sandbox.path("out/audit.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["ruleId"] == "rotation-overdue"));
    assert_eq!(count(&open, "findings"), count(&open, "new-findings"));
    assert_eq!(results.len(), count(&open, "findings") as usize);

    // A baseline accepts what is no issued key, and says so; it hides no issued key that leaked.
    let known = audit().with("baseline", ".keytrail-baseline").run(&sandbox, &sandbox.tree());
    assert_eq!(known.code, 1, "{}", known.log);
    assert_eq!(count(&known, "findings"), count(&open, "findings"), "{}", known.log);
    assert_eq!(count(&known, "new-findings"), count(&open, "new-findings") - 2, "{}", known.log);
    assert!(known.commands().iter().any(|line| line.contains("title=Leaked and active")), "{}", known.log);
    assert!(!known.commands().iter().any(|line| line.contains("other.env")), "{}", known.log);
    let never = audit().with("fail-on", "never").with("history", "false").run(&sandbox, &sandbox.tree());
    assert_eq!(never.code, 0, "{}", never.log);
    let missing = audit().with("inventory", "exports/none.json").run(&sandbox, &sandbox.tree());
    assert_eq!((missing.code, missing.output("exit-code")), (2, "2"), "{}", missing.log);
    assert!(missing.commands().iter().any(|line| line.contains("incomplete")), "{}", missing.log);
    let pull = audit().with("mode", "push").run(&sandbox, &sandbox.tree());
    assert_eq!(pull.code, 2, "{}", pull.log);
}

#[test]
fn no_input_and_no_name_is_run_or_obeyed() {
    let mut keys = Keys::new();
    let (sandbox, base) = project(&mut keys);
    let hostile = "::error::x$(touch pwned)`touch pwned`;touch pwned\n'\"";
    let name = format!("a\n::warning::obeyed\n{}.py", "::set-output name=findings::0");
    sandbox.write(&name, format!("::error::obeyed '{}'\n", keys.token()));
    sandbox.git(&["checkout", "-q", "-b", "$(touch${IFS}pwned)"]);
    sandbox.commit();
    let payload = pull_request(&base, &head(&sandbox));
    let runner = || Runner::new("pull_request", payload.clone());
    let outcome = runner().run(&sandbox, &sandbox.tree());
    assert_eq!((outcome.code, outcome.output("findings")), (1, "1"), "{}", outcome.log);
    assert_eq!(outcome.commands().len(), 1, "{}", outcome.log);
    assert!(outcome.commands()[0].starts_with("::error file=a\\u{a}%3A%3Awarning%3A%3Aobeyed"), "{}", outcome.log);
    for input in ["mode", "paths", "history", "config", "baseline", "fail-on", "sarif-file", "args", "version"] {
        let outcome = runner().with(input, hostile).run(&sandbox, &sandbox.tree());
        assert!(!sandbox.path("pwned").exists() && !sandbox.path("out").exists(), "{input}");
        for line in outcome.commands() {
            assert!(line.contains(" title=") || line.contains("file="), "{input}: {line}");
        }
        // What has no meaning in this mode is not looked at.
        assert!(outcome.code == 2 || input == "history", "{input}: {}", outcome.log);
    }
    let mut broken = runner();
    broken.payload = pull_request("$(touch pwned)", "--upload-pack=touch pwned");
    let outcome = broken.run(&sandbox, &sandbox.tree());
    assert!(outcome.code == 2 && !sandbox.path("pwned").exists(), "{}", outcome.log);
}

/// A copy of what the action needs to install a release, which is an archive with the program of the test.
fn released(sandbox: &Sandbox, wrong: bool) -> Runner {
    let action = sandbox.home().join("the action");
    let releases = sandbox.home().join("releases/v9.9.9");
    for folder in [&action.join("action"), &releases] {
        fs::create_dir_all(folder).unwrap();
    }
    for file in ["action.yml", "Cargo.toml", "action/install", "action/scan"] {
        fs::copy(Path::new(ROOT).join(file), action.join(file)).unwrap();
    }
    let archive = releases.join("keytrail-9.9.9-x86_64-unknown-linux-musl.tar.gz");
    let program = Path::new(env!("CARGO_BIN_EXE_keytrail"));
    let done =
        Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(program.parent().unwrap()).arg("keytrail").status();
    assert!(done.unwrap().success());
    let sum = hex::encode(sha2::Sha256::digest(fs::read(&archive).unwrap()));
    let sum = if wrong { "0".repeat(64) } else { sum };
    fs::write(action.join("action/checksums"), format!("# x\n9.9.9 x86_64-unknown-linux-musl {sum}\n")).unwrap();
    let releases = format!("file://{}", sandbox.home().join("releases").display());
    Runner {
        action,
        environment: vec![("KEYTRAIL_RELEASES", releases)],
        ..Runner::new("workflow_dispatch", json!({})).with("version", "9.9.9")
    }
}

#[test]
fn a_release_is_installed_if_its_checksum_is_the_known_one() {
    let (sandbox, _) = project(&mut Keys::new());
    let outcome = released(&sandbox, false).run(&sandbox, &sandbox.tree());
    assert_eq!((outcome.code, outcome.output("findings")), (1, "1"), "{}", outcome.log);
    let outcome = released(&sandbox, false).with("version", "v9.9.9").run(&sandbox, &sandbox.tree());
    assert_eq!(outcome.output("findings"), "1", "{}", outcome.log);
    let outcome = released(&sandbox, true).run(&sandbox, &sandbox.tree());
    assert!(outcome.code == 2 && outcome.log.contains("another checksum"), "{}", outcome.log);
    let outcome = released(&sandbox, false).with("version", "9.9.8").run(&sandbox, &sandbox.tree());
    assert!(outcome.code == 2 && outcome.log.contains("version 9.9.8 is not known"), "{}", outcome.log);
    let mut no_cargo = released(&sandbox, false).with("version", "source");
    no_cargo.environment.push(("PATH", "/usr/bin:/bin".to_owned()));
    if !Path::new("/usr/bin/cargo").exists() {
        let outcome = no_cargo.run(&sandbox, &sandbox.tree());
        assert!(outcome.code == 2 && outcome.log.contains("no cargo to build it"), "{}", outcome.log);
    }
}

#[test]
fn without_a_release_keytrail_is_built_from_the_source_of_the_action() {
    if std::env::var_os("KEYTRAIL_E2E").is_none_or(|value| value != "1") {
        eprintln!("skipped: set KEYTRAIL_E2E=1 to run it (it builds a release, unless there is one)");
        return;
    }
    let mut keys = Keys::new();
    let (sandbox, base) = project(&mut keys);
    sandbox.write("new.py", format!("T = '{}'\n", keys.token()));
    sandbox.commit();
    let mut runner = Runner::new("pull_request", pull_request(&base, &head(&sandbox))).with("version", "source");
    // A release that was built before is not built again.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    runner.environment.push(("CARGO_TARGET_DIR", target.to_string_lossy().into_owned()));
    for (name, usual) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let folder = std::env::var_os(name).map(PathBuf::from);
        let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(usual);
        runner.environment.push((name, folder.unwrap_or_else(home).to_string_lossy().into_owned()));
    }
    let outcome = runner.run(&sandbox, &sandbox.tree());
    assert_eq!((outcome.code, outcome.output("new-findings")), (1, "1"), "{}", outcome.log);
    assert!(outcome.log.contains("::group::Building keytrail"), "{}", outcome.log);
    let folders = fs::read_dir(sandbox.home()).unwrap().map(|entry| entry.unwrap().path());
    let programs: Vec<PathBuf> = folders.map(|folder| folder.join("keytrail-action/bin/keytrail")).collect();
    assert_eq!(programs.iter().filter(|program| program.is_file()).count(), 1, "{programs:?}");
}

#[test]
fn other_actions_are_pinned_and_every_input_is_used() {
    let action = action(Path::new(ROOT));
    let steps = action["runs"]["steps"].as_array().unwrap();
    let text = fs::read_to_string(Path::new(ROOT).join("action.yml")).unwrap();
    for step in steps {
        if let Some(uses) = step["uses"].as_str() {
            let (_, id) = uses.split_once('@').unwrap();
            assert!(id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{uses}");
        }
    }
    let names: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    for name in &names {
        assert!(text.contains(&format!("inputs.{name} ")), "{name}");
    }
    let manual = fs::read_to_string(Path::new(ROOT).join("docs/ci.md")).unwrap();
    for name in names.into_iter().chain(action["outputs"].as_object().unwrap().keys()) {
        assert!(manual.contains(&format!("| `{name}` |")), "docs/ci.md does not tell of {name}");
    }
}

#[test]
fn actionlint_and_zizmor_find_nothing() {
    if std::env::var_os("KEYTRAIL_E2E").is_none_or(|value| value != "1") {
        eprintln!("skipped: set KEYTRAIL_E2E=1 to run it (needs python3, node, shellcheck and the network)");
        return;
    }
    let lint = |files: &[PathBuf]| {
        let output = Command::new(Path::new(ROOT).join(".ci/actions-lint")).args(files).output().unwrap();
        let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat();
        assert_ne!(output.status.code(), Some(2), "{said}");
        (output.status.success(), said)
    };
    let (good, said) = lint(&[]);
    assert!(good, "{said}");
    // The examples of the manual are workflows like any other.
    let folder = tempfile::tempdir().unwrap();
    let workflows = folder.path().join(".github/workflows");
    fs::create_dir_all(&workflows).unwrap();
    let manual = fs::read_to_string(Path::new(ROOT).join("docs/ci.md")).unwrap();
    let blocks = manual.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let examples: Vec<PathBuf> = blocks
        .filter(|block| block.contains("runs-on:"))
        .enumerate()
        .map(|(number, block)| {
            let path = workflows.join(format!("example{number}.yml"));
            // What the manual says has to stand there.
            assert!(block.contains("keytrail/keytrail@COMMIT #"), "{block}");
            fs::write(&path, block.replace("@COMMIT #", "@0123456789abcdef0123456789abcdef01234567 #")).unwrap();
            path
        })
        .collect();
    assert!(examples.len() >= 2);
    let (good, said) = lint(&examples);
    assert!(good, "{said}");
    let bad = workflows.join("bad.yml");
    let script = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n";
    fs::write(&bad, script).unwrap();
    let (good, said) = lint(&[bad]);
    assert!(!good && said.contains("expression") && said.contains("template-injection"), "{said}");
}
