//! `keytrail demo`: makes a repository with invented leaks and scans it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use keytrail::detect::entropy;
use keytrail::detect::generate::Generator;
use keytrail::detect::rule::Ruleset;

use super::{Global, scan, session, style};

/// Make a small repository with invented leaks, and scan it
///
/// The keys in it are made up on the spot: they have the right shape and checksum, and open nothing.
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

/// Makes the repository, scans it, and says what to do next. Ends with 0 although it finds keys: that is its purpose.
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
    // Paths in the reports are then relative to it, as they are when someone scans a checkout.
    std::env::set_current_dir(&folder)?;
    let mut plan = scan::Plan::of_current_folder(global)?;
    plan.history.history = true;
    let reports = [folder.join("keytrail.sarif"), folder.join("keytrail.json")];
    for path in &reports {
        plan.add_output(path.clone())?;
    }
    session::run(plan, global)?;
    say(&folder, &reports)?;
    Ok(ExitCode::SUCCESS)
}

fn say(folder: &Path, reports: &[PathBuf]) -> io::Result<()> {
    let (name, heading) = (style::NAME, style::HEADING);
    let mut out = anstream::stdout().lock();
    writeln!(out)?;
    writeln!(out, "{heading}This was a demo.{heading:#} Every key in it was made up a moment ago and opens nothing.")?;
    writeln!(out, "  the repository  {}", folder.display())?;
    for report in reports {
        writeln!(out, "  a report        {}", report.display())?;
    }
    writeln!(out)?;
    writeln!(out, "{heading}Next{heading:#}")?;
    for (command, what) in [
        ("keytrail scan", "scan the folder you are in"),
        ("keytrail scan --history", "and everything that was ever committed to it"),
        ("keytrail scan -o leaks.sarif", "the same, with a report for code scanning services"),
        ("keytrail rules show stripe-live-secret-key", "what a kind of key opens, and how to revoke it"),
    ] {
        writeln!(out, "  {name}{command:<44}{name:#}  {what}")?;
    }
    writeln!(out, "  Put `keytrail:allow` and a reason into a comment beside a key that may stay.")
}

/// Writes the files and puts them under version control.
fn make(folder: &Path) -> anyhow::Result<()> {
    let repository = git2::Repository::init(folder)?;
    let invented = Invented { rules: Ruleset::builtin() };
    for (path, content) in invented.files()? {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
    }
    // A key that someone put in and took out again: the working tree knows nothing of it.
    let settings = folder.join("deploy/registry.env");
    fs::write(&settings, format!("REGISTRY=registry.npmjs.org\nNPM_TOKEN={}\n", invented.key("npm-access-token")?))?;
    commit(&repository, "Open the shop")?;
    fs::write(&settings, "REGISTRY=registry.npmjs.org\n# NPM_TOKEN comes from the vault\n")?;
    commit(&repository, "Take the token out")?;
    Ok(())
}

/// Commits everything that git does not ignore.
fn commit(repository: &git2::Repository, subject: &str) -> anyhow::Result<()> {
    let mut index = repository.index()?;
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None)?;
    index.write()?;
    let tree = repository.find_tree(index.write_tree()?)?;
    let author = git2::Signature::now("keytrail demo", "demo@keytrail.invalid")?;
    let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    repository.commit(Some("HEAD"), &author, &author, subject, &tree, &parents)?;
    Ok(())
}

struct Invented {
    rules: Ruleset,
}

impl Invented {
    /// A key of a rule.
    fn key(&self, rule: &str) -> anyhow::Result<String> {
        let rule = self.rules.find(rule).with_context(|| format!("there is no rule `{rule}`"))?;
        let generator = Generator::new(rule);
        // Found by its randomness, an AWS secret has to look random; one in fifty by chance does not.
        let typical = |key: &Vec<u8>| rule.context.is_empty() || entropy::looks_random(key);
        let key = std::iter::repeat_with(|| generator.key(&mut rand::rng())).find(typical).unwrap_or_default();
        Ok(String::from_utf8(key)?)
    }

    /// Paths and contents.
    fn files(&self) -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
        let key = |rule: &str| self.key(rule);
        let settings = format!(
            "# The shop's settings.\nDEBUG = False\n\nAWS_ACCESS_KEY_ID = \"{}\"\nAWS_SECRET_ACCESS_KEY = \"{}\"\n\
             AWS_REGION = \"eu-central-1\"\n\nSTRIPE_API_KEY = \"{}\"\n",
            key("aws-access-key-id")?,
            key("aws-secret-access-key")?,
            key("stripe-live-secret-key")?,
        );
        let deploy = format!(
            "#!/bin/sh\nset -eu\nexport GITHUB_TOKEN={}\ncurl -fsS -H \"Authorization: Bearer $GITHUB_TOKEN\" \
             https://api.github.com/user\n",
            key("github-personal-access-token")?
        );
        let tests = format!(
            "from shop import pay\n\n# A key of Stripe's test mode, which moves no money.\n\
             KEY = \"{}\"  # keytrail:allow stripe-test-secret-key test mode only\n",
            key("stripe-test-secret-key")?
        );
        let notebook = serde_json::json!({
            "cells": [
                { "cell_type": "markdown", "metadata": {}, "source": ["# Orders per day\n"] },
                {
                    "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [],
                    "source": ["from slack_sdk import WebClient\n", format!("client = WebClient(token=\"{}\")\n", key("slack-bot-token")?)],
                },
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        });
        let readme = "# Shop\n\nSet `STRIPE_API_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx` and\n\
                      `GITHUB_TOKEN=<your token here>` before you start.\n";
        Ok(vec![
            // The reports name the AWS id that they found; a second scan is not to find it there.
            (".gitignore", b"/keytrail.sarif\n/keytrail.json\n".to_vec()),
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
