//! `keytrail demo`: makes a repository with invented leaks, inventories of invented keys and a call log, and audits them.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser as _;
use jiff::{SignedDuration, Timestamp};
use keytrail::rules::{Generator, Ruleset};
use serde_json::{Value, json};

use super::{Cli, Command, Global, audit, style};

/// Make a small repository with invented leaks and inventories of issued keys, and audit them
///
/// The keys in it are made up on the spot: they have the right shape and checksum, and open nothing. The inventories
/// have the providers' own export formats.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail demo               in a new temporary folder, which is kept and named
  keytrail demo leaky-shop    in ./leaky-shop")]
pub struct DemoArgs {
    /// Where to make it: a folder that does not exist yet, or is empty [default: a new temporary folder, which is kept]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// What the demo does in its folder, as whoever tries it would type it.
const COMMAND: &[&str] = &[
    "audit",
    "--history",
    "--inventory",
    AWS,
    GITHUB,
    OPENAI,
    "--calls",
    TRAIL,
    "-o",
    "keytrail.sarif",
    "-o",
    "keytrail.json",
];

const AWS: &str = "exports/aws-access-keys.json";
const GITHUB: &str = "exports/github-authorizations.json";
const OPENAI: &str = "exports/openai-keys.json";
const TRAIL: &str = "exports/cloudtrail.json";

/// Makes the repository, audits it, and says what to do next. Ends with 0 although it finds keys: that is its purpose.
///
/// # Errors
/// When the folder is not empty or cannot be written.
pub fn run(args: DemoArgs, global: Global) -> anyhow::Result<ExitCode> {
    let folder = match args.dir {
        Some(folder) => {
            fs::create_dir_all(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
            if fs::read_dir(&folder)?.next().is_some() {
                bail!("`{}` is not empty; the demo needs a folder of its own", folder.display());
            }
            folder
        }
        None => tempfile::Builder::new().prefix("keytrail-demo-").tempdir()?.keep(),
    };
    let folder = folder.canonicalize()?;
    make(&folder).with_context(|| format!("the demo cannot be made in `{}`", folder.display()))?;
    // Paths in the reports are then relative to it, as they are when someone audits a checkout.
    std::env::set_current_dir(&folder)?;
    let cli = Cli::try_parse_from([&["keytrail"], COMMAND].concat())?;
    if let Command::Audit(args) = cli.command {
        audit::run(*args, global)?;
    }
    say(&folder)?;
    Ok(ExitCode::SUCCESS)
}

fn say(folder: &Path) -> io::Result<()> {
    let (name, heading) = (style::NAME, style::HEADING);
    let mut out = anstream::stdout().lock();
    writeln!(out)?;
    writeln!(out, "{heading}This was a demo.{heading:#} Every key in it was made up a moment ago and opens nothing.")?;
    for (what, path) in [
        ("the repository", ""),
        ("the inventories", "exports"),
        ("the policy", "keytrail.toml"),
        ("a report", "keytrail.sarif"),
        ("a report", "keytrail.json"),
    ] {
        let path = if path.is_empty() { folder.to_owned() } else { folder.join(path) };
        writeln!(out, "  {what:<15}  {}", path.display())?;
    }
    writeln!(out, "It was audited with `keytrail {}`.", COMMAND.join(" "))?;
    writeln!(out)?;
    writeln!(out, "{heading}Next{heading:#}")?;
    for (command, what) in [
        ("keytrail scan --history", "leaks in the folder you are in, and in all that was ever committed"),
        ("keytrail inventory formats", "which exports of issued keys are read, and how to get them"),
        ("keytrail audit --inventory FILE --history", "which of these keys have leaked, and what else is wrong"),
        ("keytrail schedule --inventory FILE", "when they are due for rotation; `-o rotation.ics` is a calendar"),
        ("keytrail audit --explain leaked-active", "what a check looks for, and what to do"),
    ] {
        writeln!(out, "  {name}{command:<42}{name:#}  {what}")?;
    }
    Ok(())
}

/// So many days before now.
fn ago(days: i64) -> Timestamp {
    let now = Timestamp::now().as_second();
    Timestamp::from_second(now).unwrap_or_default() - SignedDuration::from_hours(24 * days)
}

/// Writes the files and puts them under version control, as if it had been done weeks ago.
fn make(folder: &Path) -> anyhow::Result<()> {
    let repository = git2::Repository::init(folder)?;
    let invented = Invented { rules: Ruleset::builtin() };
    let issued = Issued::new(&invented)?;
    let write = |path: &str, content: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(fs::write(&path, content)?)
    };
    for (path, content) in invented.files(&issued)? {
        write(path, &content)?;
    }
    // Keys that someone put in and took out again: the working tree knows nothing of them.
    write(
        "deploy/registry.env",
        format!("REGISTRY=registry.npmjs.org\nNPM_TOKEN={}\n", invented.key("npm-access-token")?).as_bytes(),
    )?;
    write("docs/backup.md", format!("The backup runs with {}.\n", issued.legacy).as_bytes())?;
    commit(&repository, "Open the shop", ago(40))?;
    write("deploy/registry.env", b"REGISTRY=registry.npmjs.org\n# NPM_TOKEN comes from the vault\n")?;
    write("docs/backup.md", b"The backup runs with a key from the vault.\n")?;
    commit(&repository, "Take the keys out", ago(33))?;
    for (path, content) in issued.exports(&invented)? {
        write(path, serde_json::to_string_pretty(&content)?.as_bytes())?;
    }
    Ok(())
}

/// Commits everything that git does not ignore.
fn commit(repository: &git2::Repository, subject: &str, time: Timestamp) -> anyhow::Result<()> {
    let mut index = repository.index()?;
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None)?;
    index.write()?;
    let tree = repository.find_tree(index.write_tree()?)?;
    let author = git2::Signature::new("keytrail demo", "demo@keytrail.invalid", &git2::Time::new(time.as_second(), 0))?;
    let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    repository.commit(Some("HEAD"), &author, &author, subject, &tree, &parents)?;
    Ok(())
}

/// The keys that both the inventories and the repository hold.
struct Issued {
    /// Used by the shop, and in its settings.
    shop: String,
    /// Replaced three weeks ago, and still in the pipeline.
    old: String,
    new: String,
    /// Switched off a year ago; the history has it, and somebody tries it.
    legacy: String,
    /// A token of GitHub, in a script.
    release: String,
    /// A key of OpenAI, in a notebook.
    analysis: String,
}

impl Issued {
    fn new(invented: &Invented) -> anyhow::Result<Self> {
        let aws = || invented.key("aws-access-key-id");
        Ok(Issued {
            shop: aws()?,
            old: aws()?,
            new: aws()?,
            legacy: aws()?,
            release: invented.key("github-personal-access-token")?,
            analysis: invented.key("openai-project-api-key")?,
        })
    }

    /// What the providers' listings say of these keys and of others, and what one of them has logged.
    fn exports(&self, invented: &Invented) -> anyhow::Result<Vec<(&'static str, Value)>> {
        let aws = |user: &str, id: &str, status: &str, days: i64| json!({"UserName": user, "AccessKeyId": id, "Status": status, "CreateDate": ago(days).to_string()});
        let access_keys = json!({"AccessKeyMetadata": [
            aws("shop", &self.shop, "Active", 200),
            aws("ci", &self.old, "Active", 85),
            aws("ci", &self.new, "Active", 21),
            aws("legacy-backup", &self.legacy, "Inactive", 700),
            aws("reports", &invented.key("aws-access-key-id")?, "Active", 30),
        ]});
        // Of a token, GitHub shows the last eight characters.
        let github = |id: u32, login: &str, note: &str, token: &str, scopes: &[&str], used: Option<i64>| {
            json!({
                "login": login, "credential_id": id, "credential_type": "personal access token",
                "token_last_eight": &token[token.len() - 8..], "scopes": scopes,
                "credential_authorized_at": ago(60).to_string(),
                "credential_accessed_at": used.map(|days| ago(days).to_string()),
                "authorized_credential_id": 1000 + id, "authorized_credential_note": note,
                "authorized_credential_expires_at": ago(-120).to_string(),
            })
        };
        let other = || invented.key("github-personal-access-token");
        let authorizations = json!([
            github(1, "ann", "release", &self.release, &["repo"], Some(1)),
            github(2, "ann", "packages", &other()?, &["read:packages"], Some(2)),
            github(3, "bob", "audit", &other()?, &["read:audit_log"], Some(5)),
            github(4, "eve", "admin", &other()?, &["admin:org", "delete_repo"], Some(12)),
        ]);
        // Of a key, OpenAI shows both ends.
        let openai = |id: &str, name: &str, key: &str, days: i64, used: Option<i64>| {
            json!({
                "object": "organization.project.api_key", "id": id, "name": name,
                "redacted_value": format!("{}...{}", &key[..12], &key[key.len() - 4..]),
                "created_at": ago(days).as_second(), "last_used_at": used.map(|days| ago(days).as_second()),
                "owner": {"type": "user", "user": {"object": "organization.user", "id": "user_demo", "name": "Ann",
                    "email": "ann@keytrail.invalid"}},
            })
        };
        let other = || invented.key("openai-project-api-key");
        let project_keys = json!({
            "object": "list", "first_id": "key_1", "last_id": "key_3", "has_more": false,
            "data": [
                openai("key_1", "analysis", &self.analysis, 50, Some(1)),
                openai("key_2", "search", &other()?, 20, Some(1)),
                openai("key_3", "experiment", &other()?, 170, None),
            ],
        });
        Ok(vec![(AWS, access_keys), (GITHUB, authorizations), (OPENAI, project_keys), (TRAIL, self.trail())])
    }

    /// What CloudTrail has written down: the shop's daily calls, one from elsewhere, and attempts with a key that is
    /// switched off.
    fn trail(&self) -> Value {
        let event = |id: &str, user: &str, time: Timestamp, source: &str, error: Option<&str>| {
            let mut event = json!({
                "eventVersion": "1.08",
                "userIdentity": {"type": "IAMUser", "principalId": "demo", "accountId": "000000000000",
                    "arn": format!("arn:aws:iam::000000000000:user/{user}"), "accessKeyId": id, "userName": user},
                "eventTime": time.to_string(), "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
                "awsRegion": "eu-central-1", "sourceIPAddress": source, "userAgent": "aws-cli/2", "eventID": "demo",
            });
            if let Some(error) = error {
                event["errorCode"] = error.into();
            }
            event
        };
        let mut events: Vec<Value> = (1..=60)
            .rev()
            .flat_map(|day| {
                [
                    event(&self.shop, "shop", ago(day), "192.0.2.10", None),
                    event(if day > 20 { &self.old } else { &self.new }, "ci", ago(day), "192.0.2.20", None),
                ]
            })
            .collect();
        events.push(event(&self.shop, "shop", ago(3), "203.0.113.77", None));
        let attempt = |second: i64| ago(2) + SignedDuration::from_secs(second);
        let denied =
            |second| event(&self.legacy, "legacy-backup", attempt(second), "203.0.113.77", Some("AccessDenied"));
        events.extend((0..14).map(denied));
        json!({ "Records": events })
    }
}

struct Invented {
    rules: Ruleset,
}

impl Invented {
    /// A key of a rule.
    fn key(&self, rule: &str) -> anyhow::Result<String> {
        let rule = self.rules.find(rule).with_context(|| format!("there is no rule `{rule}`"))?;
        // Found by its randomness, an AWS secret has to look random; one in fifty by chance does not.
        Ok(String::from_utf8(Generator::new(rule).typical_key(&mut rand::rng()))?)
    }

    /// Paths and contents.
    fn files(&self, issued: &Issued) -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
        let key = |rule: &str| self.key(rule);
        let settings = format!(
            "# The shop's settings.\nDEBUG = False\n\nAWS_ACCESS_KEY_ID = \"{}\"\nAWS_SECRET_ACCESS_KEY = \"{}\"\n\
             AWS_REGION = \"eu-central-1\"\n\nSTRIPE_API_KEY = \"{}\"\n",
            issued.shop,
            key("aws-secret-access-key")?,
            key("stripe-live-secret-key")?,
        );
        let deploy = format!(
            "#!/bin/sh\nset -eu\nexport GITHUB_TOKEN={}\ncurl -fsS -H \"Authorization: Bearer $GITHUB_TOKEN\" \
             https://api.github.com/user\n",
            issued.release
        );
        let pipeline = format!("deploy:\n  environment:\n    AWS_ACCESS_KEY_ID: {}\n", issued.old);
        let policy = "# What the shop demands of its keys; docs/keytrail-toml.md has every key.\n[audit]\nrotation = 90\n\
                      staff = [\"ann*\", \"bob\", \"shop\", \"ci\", \"reports\"]\n";
        let tests = format!(
            "from shop import pay\n\n# A key of Stripe's test mode, which moves no money.\n\
             KEY = \"{}\"  # keytrail:allow stripe-test-secret-key test mode only\n",
            key("stripe-test-secret-key")?
        );
        let notebook = json!({
            "cells": [
                { "cell_type": "markdown", "metadata": {}, "source": ["# Orders per day\n"] },
                {
                    "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [],
                    "source": ["from openai import OpenAI\n", format!("client = OpenAI(api_key=\"{}\")\n", issued.analysis)],
                },
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        });
        let readme = "# Shop\n\nSet `STRIPE_API_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx` and\n\
                      `GITHUB_TOKEN=<your token here>` before you start.\n";
        Ok(vec![
            // The exports and reports name ids of keys; a second scan is not to find them there.
            (".gitignore", b"/exports/\n/keytrail.sarif\n/keytrail.json\n".to_vec()),
            ("keytrail.toml", policy.into()),
            ("ci/pipeline.yml", pipeline.into_bytes()),
            ("README.md", readme.into()),
            ("shop/settings.py", settings.into_bytes()),
            ("deploy/release.sh", deploy.into_bytes()),
            ("deploy/server.pem", (key("private-key-pkcs-8-unencrypted-pem")? + "\n").into_bytes()),
            ("tests/test_pay.py", tests.into_bytes()),
            ("analysis/orders.ipynb", serde_json::to_vec_pretty(&notebook)?),
            ("backup/config.zip", self.archive()?),
        ])
    }

    /// A forgotten backup, with the address of a database in it.
    fn archive(&self) -> anyhow::Result<Vec<u8>> {
        let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        archive.start_file("old/database.env", zip::write::SimpleFileOptions::default())?;
        writeln!(archive, "DATABASE_URL={}", self.key("http-url-with-user-and-password")?)?;
        Ok(archive.finish()?.into_inner())
    }
}
