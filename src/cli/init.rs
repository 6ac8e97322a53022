//! `keytrail init`: a commented `keytrail.toml` for the repository that it finds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use keytrail::config::FILE;
use keytrail::{Repository, baseline};

use super::Global;

/// Write a commented keytrail.toml for this repository
///
/// It goes to the top of the repository, or into the current folder outside of one. An existing file stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail init
  keytrail init --force")]
pub struct InitArgs {
    /// Write it even if there is one
    #[arg(long)]
    force: bool,
}

/// Languages by a file at the top, with the folders in which their projects keep what tests read, and made-up keys.
const LANGUAGES: &[(&str, &str, &[&str])] = &[
    ("Cargo.toml", "Rust", &["tests/fixtures/"]),
    ("go.mod", "Go", &["testdata/"]),
    ("package.json", "JavaScript", &["__fixtures__/", "*.min.js"]),
    ("pyproject.toml", "Python", &["tests/data/"]),
    ("requirements.txt", "Python", &["tests/data/"]),
    ("Gemfile", "Ruby", &["spec/fixtures/"]),
    ("pom.xml", "Java", &["src/test/resources/"]),
    ("build.gradle", "Java", &["src/test/resources/"]),
    ("build.gradle.kts", "Kotlin", &["src/test/resources/"]),
    ("composer.json", "PHP", &["tests/fixtures/"]),
    ("mix.exs", "Elixir", &["test/fixtures/"]),
];

/// Services that run checks, by what configures them, with the command for changes.
const SERVICES: &[(&str, &str, &str)] = &[
    (
        ".github/workflows",
        "GitHub Actions",
        "keytrail scan --range \"$BASE_SHA..$HEAD_SHA\" --trusted-config \"$BASE_SHA\"",
    ),
    (
        ".gitlab-ci.yml",
        "GitLab CI",
        "keytrail scan --range \"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD\" \
         --trusted-config \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"",
    ),
    ("Jenkinsfile", "Jenkins", "keytrail scan --range origin/main...HEAD --trusted-config origin/main"),
    ("azure-pipelines.yml", "Azure Pipelines", "keytrail scan --range origin/main...HEAD --trusted-config origin/main"),
    (".circleci/config.yml", "CircleCI", "keytrail scan --range origin/main...HEAD --trusted-config origin/main"),
    ("bitbucket-pipelines.yml", "Bitbucket", "keytrail scan --range origin/main...HEAD --trusted-config origin/main"),
    (".pre-commit-config.yaml", "pre-commit", "keytrail scan --staged"),
];

/// What other scanners are told, with the command that carries it over.
const OTHERS: &[(&str, &str)] = &[
    (".gitleaks.toml", "config import"),
    (".gitleaksignore", "baseline import"),
    (".secrets.baseline", "baseline import"),
];

/// Writes the file.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn run(args: &InitArgs, global: Global) -> anyhow::Result<ExitCode> {
    let here = std::env::current_dir().context("the current folder cannot be found")?;
    let top = Repository::discover(&here).ok().and_then(|found| found.top()).unwrap_or(here);
    let path = top.join(FILE);
    write(&path, &text(&top), args.force)?;
    if !global.quiet {
        writeln!(anstream::stderr(), "{}: written; `keytrail config show` tells what applies", path.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &PathBuf, text: &str, force: bool) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    // Made by the system in one step: nobody's file is lost between a question and its answer.
    options.write(true).create_new(!force).create(force).truncate(force);
    let file = options.open(path);
    if file.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::AlreadyExists) {
        bail!("`{}` is there already; --force overwrites it", path.display());
    }
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("`{}` cannot be written", path.display()))
}

/// The file for the repository at `top`.
fn text(top: &Path) -> String {
    let there = |name: &&str| top.join(name).exists();
    let languages: Vec<_> = LANGUAGES.iter().filter(|(file, ..)| there(file)).collect();
    let services: Vec<_> = SERVICES.iter().filter(|(file, ..)| there(file)).collect();
    let mut text = String::from(
        "#:schema https://raw.githubusercontent.com/keytrail/keytrail/main/docs/config.schema.json\n\
         # How keytrail scans and audits this repository. Everything has a default; docs/keytrail-toml.md of keytrail\n\
         # explains every key, and `keytrail config show` tells what applies and why.\n\n[scan]\n",
    );
    text.push_str("# What is at least as certain as this is reported: confirmed, high, medium or low.\n");
    text.push_str(
        "min-confidence = \"medium\"\n# From this severity on, findings make exit code 1.\nfail-on = \"low\"\n",
    );
    if there(&baseline::FILE_NAME) {
        let _ = writeln!(text, "# Findings that are known already.\nbaseline = \"{}\"", baseline::FILE_NAME);
    } else {
        let _ = writeln!(
            text,
            "# Findings that are known already; `keytrail baseline create` lists them.\n# baseline = \"{}\"",
            baseline::FILE_NAME
        );
    }
    text.push_str("# Files that are not scanned, as .gitignore writes patterns.\n# exclude = [\"vendor/\"]\n");
    text.push_str("\n# Other rules for some files. Keys in files of tests are often made up, and sometimes not.\n");
    let mut folders: Vec<&str> = languages.iter().flat_map(|(_, _, folders)| folders.iter().copied()).collect();
    folders.sort_unstable();
    folders.dedup();
    let names: std::collections::BTreeSet<&str> = languages.iter().map(|(_, name, _)| *name).collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        let _ = writeln!(text, "# These are folders that projects in {} usually have.", names.join(" and "));
    }
    let folders = if folders.is_empty() { vec!["tests/fixtures/"] } else { folders };
    let listed: Vec<String> = folders.iter().map(|folder| format!("\"{folder}\"")).collect();
    let _ = writeln!(text, "# [[scan.path]]\n# files = [{}]\n# min-confidence = \"high\"", listed.join(", "));
    text.push_str(
        "\n# What was found and may stay. With a fingerprint, which reports show, it is bound to that one value: a new key\n\
         # in the same file is a finding again.\n# [[allow]]\n# fingerprints = [\"0123456789abcdef…\"]\n\
         # reason = \"why it may stay\"\n# owner = \"who answers for that\"\n# expires = 2027-12-31\n\n\
         # How the keys are audited that this project was issued (keytrail audit).\n# [audit]\n# rotation = 90\n",
    );
    if !services.is_empty() {
        text.push_str("\n# Checks of this repository can ask keytrail about each change:\n");
        for (_, name, command) in services {
            let _ = writeln!(text, "#   {name}: {command}");
        }
    }
    let others: Vec<_> = OTHERS.iter().filter(|(file, _)| there(file)).collect();
    if !others.is_empty() {
        text.push_str("\n# What another scanner was told here can be carried over:\n");
        for (file, command) in others {
            let _ = writeln!(text, "#   keytrail {command} {file}");
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use keytrail::config::Configuration;

    use super::*;

    #[test]
    fn what_is_written_is_a_configuration_with_and_without_its_comments() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["Cargo.toml", "package.json", "Jenkinsfile", ".gitleaks.toml", baseline::FILE_NAME] {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let text = text(folder.path());
        let read = |text: &str| {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            Configuration::nearest(folder.path())
        };
        assert!(read(&text).unwrap().scan().baseline.is_some());
        assert!(text.contains("JavaScript and Rust") && text.contains("Jenkins: keytrail scan"), "{text}");
        assert!(text.contains("#   keytrail config import .gitleaks.toml\n"), "{text}");
        // Every example that is commented out is valid by itself.
        let open: String = text
            .lines()
            .filter_map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.starts_with('[') || rest.contains(" = ") => Some(rest.to_owned()),
                Some(_) => None,
                None => (!line.starts_with('#')).then(|| line.to_owned()),
            })
            .map(|line| line.replace("0123456789abcdef…", &"0f".repeat(16)) + "\n")
            .collect();
        let loaded = read(&open);
        assert!(loaded.is_ok(), "{loaded:?}\n{open}");
    }

    #[test]
    fn nothing_is_overwritten_unless_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "# mine\n").unwrap();
        assert!(write(&path, "new", false).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\n");
        write(&path, "new", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }
}
