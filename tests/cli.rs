//! The command line as its users meet it: through the binary.
//!
//! Rule files are written at run time into a temporary folder, which is also the working directory, so that messages
//! name files without a path.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::CommandCargoExt as _;
use tempfile::TempDir;

const KNOWN: &str = "github-personal-access-token";

fn keytrail(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("keytrail").unwrap();
    command.args(args).current_dir(folder.path()).env_remove("NO_COLOR").env("COLUMNS", "100");
    command
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    keytrail(folder, args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a command that succeeds and says nothing else.
fn stdout(args: &[&str]) -> String {
    let output = run(&TempDir::new().unwrap(), args);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{args:?}");
    text(&output.stdout)
}

/// Standard error of a command that fails and prints nothing else.
fn failure(folder: &TempDir, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()), "{args:?}");
    text(&output.stderr)
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// A file with one rule, to which `changed` lines are added or in which they replace the line of the same key. The rule
/// starts in line 3.
fn rule_file(changes: &[&str]) -> String {
    let mut lines: Vec<String> = [
        "provider = \"Acme\"",
        "",
        "[[rule]]",
        "id = \"acme-key\"",
        "title = \"Acme key\"",
        "description = \"Opens Acme.\"",
        "pattern = 'acme_[0-9a-f]{32}'",
        "severity = \"high\"",
    ]
    .map(str::to_owned)
    .to_vec();
    for change in changes {
        let key = change.split_inclusive('=').next().unwrap();
        match lines.iter_mut().find(|line| line.starts_with(key)) {
            Some(line) => *line = (*change).to_owned(),
            None => lines.push((*change).to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

/// The message of `rules check` about one file, which has mistakes.
fn check(content: &str) -> String {
    failure(&folder(&[("acme.toml", content)]), &["rules", "check", "acme.toml"])
}

#[test]
fn help_of_every_command() {
    for args in [
        &[][..],
        &["scan"],
        &["audit"],
        &["locate"],
        &["explain"],
        &["rules"],
        &["rules", "list"],
        &["rules", "show"],
        &["rules", "check"],
        &["inventory"],
        &["inventory", "show"],
        &["inventory", "convert"],
        &["inventory", "formats"],
        &["schedule"],
        &["baseline"],
        &["baseline", "create"],
        &["baseline", "update"],
        &["baseline", "prune"],
        &["baseline", "review"],
        &["baseline", "import"],
        &["hook"],
        &["config"],
        &["config", "show"],
        &["init"],
        &["hook", "install"],
        &["hook", "uninstall"],
        &["hook", "pre-commit"],
        &["hook", "pre-push"],
        &["hook", "pre-receive"],
        &["report"],
        &["man"],
        &["demo"],
        &["completions"],
    ] {
        let help = stdout(&[args, &["--help"]].concat());
        assert!(help.contains("Examples:"), "{args:?} has no examples");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{args:?} has long lines");
        insta::assert_snapshot!(["help", args.join("_").as_str()].join("_").trim_end_matches('_'), help);
    }
}

#[test]
fn the_version_is_the_package_s() {
    assert_eq!(stdout(&["--version"]), format!("keytrail {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_use_ends_with_2_and_says_what_was_meant() {
    let here = TempDir::new().unwrap();
    assert!(failure(&here, &[]).contains("Usage: keytrail"));
    assert!(failure(&here, &["scann"]).contains("'scan'"));
    assert!(failure(&here, &["scan", "--fail-onn", "low"]).contains("'--fail-on'"));
    assert!(failure(&here, &["scan", "--fail-on", "hihg"]).contains("'high'"));
    assert!(failure(&here, &["-q", "-v", "rules", "list"]).contains("cannot be used with"));
    let error = failure(&here, &["scan", "--only", "github-personal-acces-token"]);
    assert!(error.starts_with("error: ") && error.contains(&format!("did you mean `{KNOWN}`")), "{error}");
    let error = failure(&here, &["scan", "-o", "report.xml"]);
    assert!(error.contains(".sarif") && error.contains(".jsonl"), "{error}");
    assert!(failure(&here, &["rules", "list", "--rules", "nowhere.toml"]).contains("nowhere.toml"));
}

#[test]
fn rules_of_a_scan_are_checked_before_it_starts() {
    let here = folder(&[("acme.toml", &rule_file(&["pattern = 'acme_[0-9a-f]{32'"]))]);
    let error = failure(&here, &["scan", "--rules", "acme.toml"]);
    assert!(error.contains("acme.toml:7:") && error.ends_with("error: 1 mistake in 1 rule file\n"), "{error}");
}

#[test]
fn list_finds_rules_by_id_provider_and_title() {
    for pattern in [KNOWN, "GITHUB", "personal access", "github-personal-*"] {
        let table = stdout(&["rules", "list", pattern]);
        assert!(table.starts_with("RULE ") && table.contains(&format!("\n{KNOWN} ")), "{pattern}:\n{table}");
    }
    let count = |table: &str| table.lines().last().unwrap().split_once(' ').unwrap().0.parse::<usize>().unwrap();
    let table = stdout(&["rules", "list"]);
    // A heading, an empty line and the count.
    assert_eq!(count(&table), table.lines().count() - 3);
    assert_eq!(stdout(&["rules", "list", "no rule is called so"]), "0 rules\n");
    let quiet = stdout(&["rules", "list", "-q"]);
    assert!(quiet.lines().all(|line| line.contains("  ")) && quiet.lines().count() == count(&table), "{quiet}");
}

#[test]
fn list_keeps_its_columns_and_its_colours() {
    let here = folder(&[("acme.toml", &rule_file(&["title = \"A title of its own\""]).replace("Acme\"", "アクメ\""))]);
    let args = ["rules", "list", "--rules", "acme.toml", "--color", "never"];
    let table = text(&run(&here, &args).stdout);
    let column = |needle: &str| {
        let line = table.lines().find(|line| line.contains(needle)).unwrap();
        console::measure_text_width(&line[..line.find(needle).unwrap()])
    };
    assert_eq!(column("A title of its own"), column("TITLE"));
    assert_eq!(column("アクメ"), column("PROVIDER"));
    assert!(!table.contains('\u{1b}'));
    let coloured = text(&run(&here, &["rules", "list", "--color", "always"]).stdout);
    assert!(coloured.contains('\u{1b}'));
}

#[test]
fn list_gives_everything_as_json() {
    let rules: Vec<serde_json::Value> = serde_json::from_str(&stdout(&["rules", "list", "--format", "json"])).unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == KNOWN).unwrap();
    let keys: BTreeSet<&str> = rule.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "confidence context covers id min_length part prefixes provider references revoke secret severity \
                    title verifier";
    assert_eq!(keys, expected.split(' ').collect());
    assert_eq!(rule["prefixes"], serde_json::json!(["ghp_"]));
    assert_eq!((&rule["severity"], &rule["secret"]), (&"critical".into(), &true.into()));
    assert_eq!((&rule["min_length"], &rule["part"]), (&40.into(), &serde_json::Value::Null));
    for rule in &rules {
        assert!(!rule["covers"].as_array().unwrap().is_empty(), "{rule}");
    }
}

#[test]
fn pages_of_a_rule() {
    insta::assert_snapshot!("show_text", stdout(&["rules", "show", KNOWN]));
    insta::assert_snapshot!("show_markdown", stdout(&["rules", "show", KNOWN, "--format", "markdown"]));
    let error = failure(&TempDir::new().unwrap(), &["rules", "show", "github-personal-access"]);
    assert!(error.contains(&format!("`{KNOWN}`")), "{error}");
}

#[test]
fn the_page_of_a_part_names_the_others() {
    let parts = "provider = \"Acme\"\n".to_owned()
        + &["id", "secret"]
            .map(|role| {
                let rule = rule_file(&[
                    &format!("id = \"acme-{role}\""),
                    &format!("pattern = 'acme_{role}_[0-9a-f]{{32}}'"),
                    &format!("part = {{ group = \"acme\", role = \"{role}\" }}"),
                    "alone = false",
                    "context = [\"acme\", \"shop\"]",
                    "inventory = { match = \"full-id\" }",
                ]);
                rule.split_once('\n').unwrap().1.to_owned()
            })
            .concat();
    let here = folder(&[("acme.toml", &parts)]);
    insta::assert_snapshot!(
        "show_part",
        text(&run(&here, &["rules", "show", "acme-id", "--rules", "acme.toml"]).stdout)
    );
}

#[test]
fn a_replaced_rule_has_its_own_prefixes_only() {
    let here = folder(&[
        ("acme.toml", &rule_file(&[&format!("id = \"{KNOWN}\"")])),
        ("later.toml", &rule_file(&[&format!("id = \"{KNOWN}\""), "pattern = 'later_[0-9a-f]{32}'"])),
    ]);
    let args = ["rules", "list", KNOWN, "--format", "json", "--rules", "acme.toml", "--rules", "later.toml"];
    let rules: Vec<serde_json::Value> = serde_json::from_slice(&run(&here, &args).stdout).unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["prefixes"], serde_json::json!(["later_"]));
}

#[test]
fn good_rule_files_are_counted_and_described() {
    let here = folder(&[
        ("rules/one.toml", &rule_file(&["id = \"acme-one\""])),
        ("rules/two.toml", &rule_file(&["id = \"acme-two\"", "pattern = '[0-9a-f]{40}'", "context = [\"acme\"]"])),
        ("rules/notes.txt", "no rules"),
    ]);
    let output = run(&here, &["rules", "check", "rules"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "2 rules in 2 files, no mistakes\n");
    let described = text(&run(&here, &["rules", "check", "-v", "rules"]).stdout);
    assert!(described.contains("  acme-one: found by `acme_`, 37 bytes or more\n"), "{described}");
    assert!(described.contains("  acme-two: found by its context, 40 bytes or more\n"), "{described}");
    assert_eq!(run(&here, &["rules", "check", "-q", "rules"]).stdout, b"");
}

#[test]
fn groups_that_tell_nothing_are_mistakes() {
    for (group, message) in [("fact_made_as_sundial", "has an unknown code"), ("fact_", "tells nothing")] {
        let shown = check(&rule_file(&[&format!("pattern = 'acme_(?P<{group}>[0-9]{{8}})'")]));
        assert!(shown.contains(message) && shown.contains("rule `acme-key`"), "{shown}");
    }
}

#[test]
fn replacing_a_builtin_rule_is_a_warning() {
    let here = folder(&[("acme.toml", &rule_file(&[&format!("id = \"{KNOWN}\"")]))]);
    let output = run(&here, &["rules", "check", "acme.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let warning = text(&output.stderr);
    assert!(warning.contains(&format!("warning: this replaces the built-in rule `{KNOWN}`")), "{warning}");
    assert!(warning.contains("acme.toml:4:6"), "{warning}");
}

#[test]
fn mistakes_are_shown_at_their_place() {
    for (changes, place, message, line) in [
        (&["severity = \"high"][..], "8:17", "invalid basic string", "severity = \"high"),
        (&["pattern = 'acme_[0-9a-f{32}'"], "7:17", "unclosed character class", "pattern = 'acme_[0-9a-f{32}'"),
        (&["pattern = '^acme_[0-9a-f]{32}'"], "7:11", "assertions", "pattern = '^acme_[0-9a-f]{32}'"),
        (&["pattern = '[0-9a-f]{32}'"], "7:11", "needs `context` or `verify`", "pattern = '[0-9a-f]{32}'"),
        (&["verify = \"crc32-base26\""], "9:10", "`crc32-base26` is no verifier", "did you mean `crc32-base62`"),
        (&["sevrity = \"high\""], "9:1", "unknown key `sevrity`", "did you mean `severity`?"),
        (&["severity = \"hihg\""], "8:12", "`hihg` is no severity", "did you mean `high`?"),
        (&["severity = 3"], "8:12", "expected a string", "severity = 3"),
        (&["id = \"Acme Key\""], "4:6", "lower-case letters, digits and dashes", "id = \"Acme Key\""),
        (&["inventory = { matched = \"mask\" }"], "9:15", "unknown key `matched`", "did you mean `match`?"),
        (&["inventory = { match = \"masked\" }"], "9:23", "`masked` is no way to match", "did you mean `mask`?"),
        (&["title = \"日本\"  sevrity = 1"], "5:15", "unexpected", "title = \"日本\"  sevrity = 1"),
    ] {
        let shown = check(&rule_file(changes));
        assert!(shown.contains(&format!("--> acme.toml:{place}\n")), "{place}:\n{shown}");
        assert!(shown.contains(message) && shown.contains(line), "{message}:\n{shown}");
        assert!(shown.ends_with("error: 1 mistake in 1 rule file\n"), "{shown}");
    }
}

#[test]
fn what_is_missing_is_shown_at_the_rule() {
    let without = |key: &str| {
        let file = rule_file(&[]);
        file.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect::<String>()
    };
    let shown = check(&without("pattern"));
    assert!(shown.contains("acme.toml:4:6") && shown.contains("rule `acme-key` has no pattern"), "{shown}");
    let shown = check(&without("severity"));
    assert!(shown.contains("acme.toml:3:1") && shown.contains("missing key `severity`"), "{shown}");
    let shown = check(&without("provider"));
    assert!(shown.contains("missing key `provider`"), "{shown}");
}

#[test]
fn every_mistake_of_every_file_is_shown() {
    let second =
        rule_file(&["severity = \"hihg\"", "pattern = 'acme_[0-9a-f]{32'"]).split_off("provider = \"Acme\"\n".len());
    let here = folder(&[
        ("rules/a.toml", &(rule_file(&["sevrity = 1"]) + &second)),
        ("rules/b.toml", "provider = \"B\"\n[[rule]\n"),
        ("rules/c.toml", &rule_file(&["id = \"acme-fine\""])),
    ]);
    let shown = failure(&here, &["rules", "check", "rules"]);
    let places: Vec<&str> = shown.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
    assert_eq!(places, ["rules/a.toml:9:1", "rules/a.toml:15:25", "rules/a.toml:16:12", "rules/b.toml:2:8"], "{shown}");
    assert!(shown.ends_with("error: 4 mistakes in 2 rule files\n"), "{shown}");
}

#[test]
fn what_a_rule_cannot_mean_is_told_at_its_line() {
    for (change, place, message) in [
        ("title = \"\"", "5:9", "`title` is empty"),
        ("description = \" \"", "6:15", "`description` is empty"),
        ("provider = \"\"", "1:12", "`provider` is empty"),
        ("alone = false", "9:9", "needs a `part`"),
        ("cwe = 99999999", "9:7", "no such weakness"),
        ("context = [\"acme\", \"x\"]", "9:20", "two characters or more"),
    ] {
        let shown = check(&rule_file(&[change]));
        assert!(shown.contains(&format!("acme.toml:{place}")) && shown.contains(message), "{change}: {shown}");
    }
}

#[test]
fn an_id_stands_once() {
    let rule = rule_file(&[]);
    let twice = rule.clone() + &rule["provider = \"Acme\"\n".len()..];
    let shown = check(&twice);
    assert!(shown.contains("acme.toml:11:6") && shown.contains("rule `acme-key` stands here twice"), "{shown}");
    let here = folder(&[("rules/a.toml", &rule), ("rules/b.toml", &rule)]);
    let shown = failure(&here, &["rules", "check", "rules"]);
    assert!(shown.contains("rules/b.toml:4:6") && shown.contains("stands in rules/a.toml too"), "{shown}");
}

#[test]
fn what_is_no_rule_file_is_an_error() {
    let here = folder(&[("empty.toml", ""), ("folder/readme.md", "")]);
    fs::write(here.path().join("binary.toml"), b"provider = \"\xff\xfe\"").unwrap();
    for (path, message) in [
        ("empty.toml", "missing key `provider`"),
        ("folder", "has no rule file"),
        ("binary.toml", "UTF-8"),
        ("nowhere", "nowhere"),
    ] {
        let shown = failure(&here, &["rules", "check", path]);
        assert!(shown.contains(message) && shown.contains(path), "{shown}");
    }
    #[cfg(unix)]
    assert!(failure(&here, &["rules", "check", "/dev/zero"]).contains("larger than 8 MiB"));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&["completions", shell]);
        assert!(script.contains("min-confidence") && script.contains("completions"), "{shell}");
    }
    assert!(failure(&TempDir::new().unwrap(), &["completions", "tcsh"]).contains("possible values"));
}

/// More than a pipe holds, so that the writer meets the closed end whenever it is closed.
#[test]
fn a_closed_pipe_ends_quietly() {
    let mut rules = "provider = \"Acme\"\n".to_owned();
    for i in 0..2000 {
        let rule = rule_file(&[&format!("id = \"acme-{i}\""), &format!("title = \"{}\"", "Acme ".repeat(20))]);
        rules += rule.split_once('\n').unwrap().1;
    }
    let here = folder(&[("acme.toml", &rules)]);
    for format in ["text", "json"] {
        let mut child = keytrail(&here, &["rules", "list", "--rules", "acme.toml", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut String::new()).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{format}");
    }
}

/// Keys that a table of the rule format has, in the words of the reader that knows them: it lists them when it meets
/// one that it does not know.
fn keys_of(table: &str) -> Vec<String> {
    let shown = check(table);
    let (_, known) = shown.split_once("nown are ").unwrap_or_else(|| panic!("no list of keys in\n{shown}"));
    let known = known.lines().next().unwrap();
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_a_rule_is_documented() {
    let manual = include_str!("../docs/rules.md");
    let file = keys_of("provider = \"Acme\"\nqqq = 1\n");
    let rule = keys_of(&rule_file(&["qqq = 1"]));
    assert!(file.len() >= 2 && rule.len() >= 17, "{file:?} {rule:?}");
    let headings: BTreeSet<&str> =
        manual.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    let keys: BTreeSet<&str> = file.iter().chain(&rule).map(String::as_str).collect();
    assert_eq!(headings, keys);
    for key in rule {
        assert!(manual.contains(&format!("\n{key} = ")), "`{key}` has no example");
    }
    for inner in [
        keys_of(&rule_file(&["part = { group = \"a\", role = \"b\", qqq = 1 }"])),
        keys_of(&rule_file(&["inventory = { match = \"mask\", qqq = 1 }"])),
    ] {
        assert!(!inner.is_empty() && inner.iter().all(|key| manual.contains(&format!("`{key}`"))), "{inner:?}");
    }
}

/// Whole files are taken as they are; single keys are put into a rule.
#[test]
fn every_documented_example_passes_the_check() {
    let manual = include_str!("../docs/rules.md");
    let examples: Vec<&str> = manual.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert!(examples.len() >= 15);
    for example in examples {
        let file = if example.contains("[[rule]]") {
            example.to_owned()
        } else {
            let given: toml::Table = toml::from_str(example).unwrap();
            let frame: toml::Table = toml::from_str(&rule_file(&[])).unwrap();
            let mut rule = frame["rule"].as_array().unwrap()[0].as_table().unwrap().clone();
            if given.contains_key("detector") {
                rule.remove("pattern");
            }
            rule.extend(given);
            let rule = toml::Table::from_iter([("rule".to_owned(), toml::Value::Array(vec![rule.into()]))]);
            format!("provider = \"Acme\"\n{rule}")
        };
        let here = folder(&[("acme.toml", &file)]);
        let output = run(&here, &["rules", "check", "acme.toml"]);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{example}");
    }
}
