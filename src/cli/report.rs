//! `keytrail report`: a JSON report of a scan or an audit, written in any other format.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::ValueHint;
use keytrail::audit::{self as audits, Audit};
use keytrail::report::ReadError;
use keytrail::{Format, Report};

use super::selection::alternatives;
use super::{Global, audit, scan, session};

/// Turn a JSON report into any other format
///
/// Nothing is scanned. Reports of `keytrail scan`, `keytrail locate` and `keytrail audit` are read; an audit has the
/// formats that `keytrail audit` writes. A report that was made without --show-secrets does not hold the keys, and so
/// neither does anything that is made of it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail report leaks.json                         as text
  keytrail report leaks.json -o leaks.sarif          as SARIF
  keytrail report leaks.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  keytrail report audit.json -o audit.html           an audit, as a page
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

/// What a document holds.
enum Saved {
    Scan(Box<Report>),
    Audit(Box<Audit>),
}

/// Reads the report and writes it.
///
/// # Errors
/// When it cannot be read or is none, or a report cannot be written.
pub fn run(args: ReportArgs, global: Global) -> anyhow::Result<ExitCode> {
    let outputs = scan::outputs(args.output)?;
    let saved = if args.file.as_os_str() == "-" {
        read(&mut io::stdin().lock()).context("standard input")?
    } else {
        let context = || format!("`{}` cannot be turned into another format", args.file.display());
        let mut file = File::open(&args.file).with_context(context)?;
        read(&mut file).with_context(context)?
    };
    let format = args.format.or_else(|| outputs.is_empty().then_some(Format::Text));
    match saved {
        Saved::Scan(report) => {
            session::write_reports(&report, &outputs)?;
            if let Some(format) = format {
                session::write_stdout(&report, format, global).context("writing to standard output")?;
            }
        }
        Saved::Audit(report) => {
            // Nothing is written unless everything can be.
            let files = outputs.iter().map(|output| Ok((of_audits(output.format)?, output.path.as_path())));
            let files = files.collect::<anyhow::Result<Vec<_>>>()?;
            let format = format.map(of_audits).transpose()?;
            for (format, path) in files {
                let context = || format!("the report `{}` cannot be written", path.display());
                audit::write_file(&report, format, path).with_context(context)?;
            }
            if let Some(format) = format {
                audit::write_stdout(&report, format, global).context("writing to standard output")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a document, whichever command has written it.
fn read(input: &mut dyn io::Read) -> anyhow::Result<Saved> {
    let mut bytes = Vec::new();
    input.take(audits::MAX_DOCUMENT + 1).read_to_end(&mut bytes)?;
    match Report::read(&mut bytes.as_slice()) {
        Ok(report) => Ok(Saved::Scan(Box::new(report))),
        Err(ReadError::Audit) => Ok(Saved::Audit(Box::new(Audit::parse(&bytes)?))),
        Err(error) => Err(error.into()),
    }
}

/// The same format of audits.
fn of_audits(format: Format) -> anyhow::Result<audits::Format> {
    let known = audits::Format::ALL;
    known.iter().copied().find(|known| known.as_str() == format.as_str()).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|known| known.as_str()).collect();
        anyhow!("it is an audit, which cannot be written as {}: it can as {}", format.as_str(), alternatives(&names))
    })
}
