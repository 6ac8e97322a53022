//! `keytrail report`: a JSON report, written in any other format.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueHint;
use keytrail::report::format::Format;
use keytrail::report::json;

use super::{Global, scan, session};

/// Turn a JSON report into any other format
///
/// Nothing is scanned. A report that was made without --show-secrets does not hold the keys, and so neither does
/// anything that is made of it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail report leaks.json                         as text
  keytrail report leaks.json -o leaks.sarif          as SARIF
  keytrail report leaks.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  keytrail scan --format json | keytrail report - --format csv")]
pub struct ReportArgs {
    /// The JSON report; `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Write a report to this file; its extension says the format, as with `keytrail scan`
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Vec<PathBuf>,
    /// Format of the report on standard output [default: text; none if --output is given]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// Reads the report and writes it.
///
/// # Errors
/// When it cannot be read or is none, or a report cannot be written.
pub fn run(args: ReportArgs, global: Global) -> anyhow::Result<ExitCode> {
    let outputs = scan::outputs(args.output)?;
    let report = if args.file.as_os_str() == "-" {
        json::read(&mut io::stdin().lock()).context("standard input")?
    } else {
        let context = || format!("`{}` cannot be turned into another format", args.file.display());
        let file = File::open(&args.file).with_context(context)?;
        json::read(&mut BufReader::new(file)).with_context(context)?
    };
    session::write_reports(&report, &outputs)?;
    if let Some(format) = args.format.or_else(|| outputs.is_empty().then_some(Format::Text)) {
        session::write_stdout(&report, format, global).context("writing to standard output")?;
    }
    Ok(ExitCode::SUCCESS)
}
