//! `keytrail rules check`: every mistake in one's own rule files, at its place.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueHint;
use keytrail::rules::{RuleFile, Ruleset, Signs, read_files};

use super::diagnostic;
use crate::cli::selection::{complain, counted};
use crate::cli::{Global, style};

/// Check your own rule files
///
/// Shows every mistake with its place, and exits with 2 when there is one. How to write a rule file is described in
/// docs/rules.md.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail rules check our-rules.toml
  keytrail rules check -v rules/          also says what each rule is recognised by")]
pub struct CheckArgs {
    /// Rule files, and folders with *.toml files
    #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
}

pub fn run(args: CheckArgs, global: Global) -> anyhow::Result<ExitCode> {
    let (mut files, mut mistakes) = (Vec::new(), Vec::new());
    for path in &args.paths {
        let (mut good, mut bad) = read_files(path);
        files.append(&mut good);
        mistakes.append(&mut bad);
    }
    if !global.quiet {
        warn(&files)?;
    }
    complain(&mistakes)?;
    let mut out = anstream::stdout().lock();
    if global.verbose {
        for file in &files {
            describe(&mut out, file)?;
        }
    }
    if !global.quiet {
        let rules = files.iter().map(|file| file.rules().len()).sum();
        writeln!(out, "{} in {}, no mistakes", counted(rules, "rule"), counted(files.len(), "file"))?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Replacing a built-in rule is allowed, and rarely meant; so is a file without rules.
fn warn(files: &[RuleFile]) -> anyhow::Result<()> {
    let builtin = Ruleset::builtin();
    let mut err = anstream::stderr().lock();
    for file in files {
        for rule in file.rules() {
            if builtin.find(rule.id()).is_some() {
                let message = format!("this replaces the built-in rule `{}`; another id would add to it", rule.id());
                writeln!(err, "{}\n", diagnostic::warning(&file.remark(rule.span(), message)))?;
            }
        }
        if file.rules().len() == 0 {
            let message = "the file has no rule; a rule starts with `[[rule]]`";
            writeln!(err, "{}\n", diagnostic::warning(&file.remark(0..0, message)))?;
        }
    }
    Ok(())
}

fn describe(out: &mut impl std::io::Write, file: &RuleFile) -> std::io::Result<()> {
    let name = style::NAME;
    writeln!(out, "{}:", file.path.display())?;
    for rule in file.rules() {
        let id = rule.id();
        match rule.signs() {
            Some(signs) => {
                writeln!(out, "  {name}{id}{name:#}: {}, {} bytes or more", found_by(&signs), signs.min_len)?
            }
            None => writeln!(out, "  {name}{id}{name:#}: found by keytrail's own code")?,
        }
    }
    writeln!(out)
}

fn found_by(signs: &Signs) -> String {
    let mut ways: Vec<String> = signs.literals.iter().map(|literal| format!("`{}`", literal.text)).collect();
    if signs.by_context {
        ways.push("its context".to_owned());
    }
    format!("found by {}", ways.join(", "))
}
