//! `keytrail locate`: the arguments, the keys on standard input, and what to say to a key among the arguments.
//!
//! The search itself is a scan: see [`session`].

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueHint;
use clap::error::{ContextKind, ErrorKind};
use keytrail::locate::{self, Asked, MAX_KEY, MAX_KEYS, is_in_history};
use keytrail::{Confidence, Format, Ruleset, ScannerBuilder, Severity};
use zeroize::Zeroizing;

use super::history::HistoryArgs;
use super::scan::{Input, Plan};
use super::{Global, progress, scan, session};

/// Find every place of a key, in the working tree and in the history
///
/// The key comes on standard input, or several, one a line: an argument would be seen by other users and kept by the
/// shell. It is found as it is and encoded: in base64 wherever it stands in it, in hexadecimal, percent-encoded, in
/// JSON and XML escapes, in UTF-16; also inside archives, in strings that are joined, and in whatever else a scan
/// decodes. No report shows it.
///
/// A key that nobody has any more is found by its SHA-256 (--sha256), which audit logs have, or by what a console
/// still shows of it (--mask): these are compared with what rules find and with every value that may be a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pbpaste | keytrail locate                    the key in the clipboard, in files and history
  pass show work/stripe | keytrail locate      the key in a password manager
  keytrail locate --no-history src < key.txt   only in files of a folder
  keytrail locate                              asks for the key, and does not show it
  keytrail locate --sha256 \"$DIGEST\"           a key of which an audit log has the SHA-256
  keytrail locate --mask 'sk-…wxyz'            a key of which only the beginning and end are known
  keytrail locate -o places.json < keys.txt    several keys, one a line, and a report in a file

Exit codes:
  0  found nowhere
  1  found
  2  wrong use, or something could not be read")]
pub struct LocateArgs {
    /// Files and folders to look at, and their history where they lie in a repository, also when they were deleted; with
    /// the root of one, the texts of its commits, too
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Look for the key with this SHA-256 (hexadecimal or base64) instead of one on standard input; may be given
    /// several times
    #[arg(long, value_name = "DIGEST", help_heading = "What to look for")]
    sha256: Vec<String>,
    /// Look for keys with this beginning and end instead, as in 'sk-…wxyz' or '…wxyz', also written ... or *; may be
    /// given several times
    #[arg(long, value_name = "MASK", help_heading = "What to look for")]
    mask: Vec<String>,

    /// Look at files only, not at the history
    #[arg(long, help_heading = "Where to look")]
    no_history: bool,
    /// Look at files that git ignores, too
    #[arg(long, help_heading = "Where to look")]
    no_ignore: bool,

    /// Write a report to this file; its extension says the format: .txt, .json, .jsonl, .sarif, .csv, .md, .html
    /// or .junit.xml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Reports")]
    output: Vec<PathBuf>,
    /// Format of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Reports")]
    format: Format,
    /// Show a progress bar on standard error: auto (when that is a terminal), always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true, help_heading = "Reports")]
    progress: progress::Mode,
    /// Do not exit with 2 when something could not be read; the report still names it
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,

    /// How many threads look [default: one for each core]
    #[arg(
        short,
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = "Limits"
    )]
    jobs: Option<u16>,
}

/// Why a key is no argument.
const NO_ARGUMENT: &str = "a key is not given as an argument, where other users and the history of the shell see it, \
                           but on standard input, as in `pbpaste | keytrail locate`";

/// Locates keys.
///
/// # Errors
/// Mistakes in the arguments, no key or none that can be looked for, reports that cannot be written.
pub fn run(args: LocateArgs, global: Global) -> anyhow::Result<ExitCode> {
    for (number, path) in (1..).zip(&args.output) {
        if path.as_os_str() != "-" && scan::format_of(path).is_err() {
            bail!(
                "the name of report {number} ends in no extension that says its format (it is not repeated here, lest it \
                 be a key); `keytrail locate --help` has them"
            );
        }
    }
    let outputs = scan::outputs(args.output)?;
    for (number, path) in (1..).zip(&args.paths) {
        // What is no path may be a key; so it is not repeated. One that was deleted is a path of the history.
        if std::fs::symlink_metadata(path).is_err() && (args.no_history || !is_in_history(path)) {
            bail!("path {number} does not exist (it is not repeated here, lest it be a key): {NO_ARGUMENT}");
        }
    }
    let mut asked = Asked::default();
    for (number, digest) in (1..).zip(&args.sha256) {
        asked.add_digest(digest).map_err(|error| anyhow!("--sha256 number {number}: {error}"))?;
    }
    for (number, mask) in (1..).zip(&args.mask) {
        asked.add_mask(mask.parse().map_err(|error| anyhow!("--mask number {number}: {error}"))?);
    }
    if asked.is_empty() {
        asked.add_keys(&read_keys()?)?;
    }
    let mut rules = Ruleset::builtin();
    locate::add_rule(&mut rules)?;
    let plan = Plan {
        // Who asks where a key is wants to see every place.
        configuration: Arc::default(),
        command: "locate",
        asked: Some(asked),
        input: Input::Paths(args.paths),
        obey_ignore_files: !args.no_ignore,
        max_file_size: None,
        history: HistoryArgs::where_there_is_one(!args.no_history),
        max_depth: ScannerBuilder::MAX_DEPTH,
        max_expansion: ScannerBuilder::MAX_EXPANSION,
        max_ratio: ScannerBuilder::MAX_RATIO,
        rules: Arc::new(rules),
        min_confidence: Confidence::Low,
        baseline: None,
        reads: None,
        event: None,
        outputs,
        format: args.format,
        show_secrets: false,
        progress: scan::progress(args.progress, global),
        fail_on: Some(Severity::Note),
        allow_incomplete: args.allow_incomplete,
        jobs: scan::jobs(args.jobs),
        today: None,
    };
    session::run(plan, global)
}

/// The keys on standard input; asked for where that is a terminal.
fn read_keys() -> anyhow::Result<Zeroizing<Vec<u8>>> {
    // More than that many keys of the greatest length would be refused anyway.
    const LIMIT: usize = 16 << 20;
    const _: () = assert!(LIMIT < MAX_KEY * MAX_KEYS);
    if io::stdin().is_terminal() {
        let terminal = console::Term::stderr();
        if !terminal.is_term() {
            bail!("there is no key on standard input; pipe one into it, as in `pbpaste | keytrail locate`");
        }
        write!(&terminal, "Key (it is not shown): ")?;
        let line = Zeroizing::new(terminal.read_secure_line().context("the key cannot be read")?);
        return Ok(Zeroizing::new(line.as_bytes().to_vec()));
    }
    let mut keys = Zeroizing::new(Vec::new());
    io::stdin().lock().take(LIMIT as u64 + 1).read_to_end(&mut keys).context("standard input cannot be read")?;
    if keys.len() > LIMIT {
        bail!("there are more than {LIMIT} bytes on standard input, where a key is expected, or several, one a line");
    }
    Ok(keys)
}

/// The error about arguments of `locate` without the argument, which may be a key: one that begins with a dash, or one
/// in the place of an option's value. Those of other commands stay as they are.
#[must_use]
pub fn without_key(error: clap::Error, args: impl IntoIterator<Item = OsString>) -> clap::Error {
    let of_locate = args.into_iter().skip(1).any(|arg| arg == "locate");
    let repeats = match error.kind() {
        // One that resembles an option is a slip of the hand.
        ErrorKind::UnknownArgument => error.get(ContextKind::SuggestedArg).is_none(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::TooManyValues => true,
        _ => false,
    };
    if !of_locate || !repeats {
        return error;
    }
    let message = match error.get(ContextKind::InvalidArg).filter(|_| error.kind() != ErrorKind::UnknownArgument) {
        Some(option) => format!("the value of '{option}' is not one that it takes; `keytrail locate --help` has them"),
        None => {
            format!("an argument is no option of `locate` (it is not repeated here, lest it be a key): {NO_ARGUMENT}")
        }
    };
    clap::Error::raw(error.kind(), message + "\n")
}
