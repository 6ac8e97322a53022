//! `keytrail explain`: why something on a line is a finding, or is none.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use keytrail::Format;
use keytrail::explain::{Candidate, Explanation};
use keytrail::finding::Artifact;
use keytrail::report::one_line;
use serde::Serialize;

use super::scan::{Input, ScanArgs};
use super::{Global, session, style};

/// Greatest file that is explained: all of it is in memory, with what is said about it.
const MAX_SIZE: u64 = 64 << 20;

/// Say why something is a finding, or why it is none
///
/// Names every candidate on a line, or in a file, with the rule that was tried and what decided: its prefix, its
/// pattern, a checksum, the words near it, how random it looks, whether it is a placeholder, a comment or an entry of
/// keytrail.toml that allows it, the confidence that is asked for. Candidates are redacted as everywhere. It takes the
/// options of `keytrail scan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail explain config/app.env:12
  keytrail explain config/app.env
  keytrail explain -f json config/app.env:12
  keytrail explain config/app.env:12 --min-confidence low
  pbpaste | keytrail explain --stdin

Exit codes:
  0  explained, whatever it says
  2  wrong use, or the file could not be read")]
pub struct ExplainArgs {
    /// The file, and the line behind a colon; all lines without one
    #[arg(value_name = "FILE[:LINE]", required_unless_present = "stdin", allow_hyphen_values = true)]
    place: Option<String>,
    /// Explain what comes on standard input
    #[arg(long)]
    stdin: bool,
    /// Format of the output: text or json
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Options of `keytrail scan`, in front of the file or behind it
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

impl ExplainArgs {
    /// The file, where it comes first, and the options of `keytrail scan`: all words where one of these does.
    fn words(&self) -> (Option<PathBuf>, Vec<OsString>) {
        match &self.place {
            Some(place) if place.starts_with('-') => {
                (None, std::iter::once(place.into()).chain(self.options.iter().cloned()).collect())
            }
            place => (place.as_ref().map(PathBuf::from), self.options.clone()),
        }
    }
}

/// An explanation in JSON.
#[derive(Serialize)]
struct Document<'a> {
    artifact: &'a Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    candidates: &'a [Candidate],
}

/// Explains.
///
/// # Errors
/// Mistakes in the arguments, a file that cannot be read or has to be unpacked first.
pub fn run(args: ExplainArgs, global: Global) -> anyhow::Result<ExitCode> {
    let (place, options) = args.words();
    let mut plan = ScanArgs::parsed(options).context("`explain` takes the options of `keytrail scan`")?.plan(global)?;
    // What stands behind options is found by what `scan` takes for paths.
    let place = match (place, &mut plan.input) {
        (Some(place), Input::Paths(paths)) if *paths == [Path::new(".")] => Some(place),
        (None, Input::Paths(paths)) if args.stdin && *paths == [Path::new(".")] => None,
        (None, Input::Stdin(_)) => None,
        (None, Input::Paths(paths)) if !args.stdin && paths.len() == 1 => paths.pop(),
        _ => bail!("`explain` takes one file, or --stdin"),
    };
    if !plan.outputs.is_empty() {
        bail!("`explain` writes no reports");
    }
    let format = args.format.unwrap_or(plan.format);
    if !matches!(format, Format::Text | Format::Json) {
        bail!("explanations have the format text or json");
    }
    let (name, line, bytes) = match &place {
        None => (PathBuf::from("stdin"), None, read(&mut io::stdin().lock()).context("standard input")?),
        Some(place) => {
            let (path, line) = split(place);
            let mut file = File::open(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
            if file.metadata()?.is_dir() {
                bail!("`{}` is a folder; `explain` takes a file", path.display());
            }
            let bytes = read(&mut file).with_context(|| format!("`{}` cannot be read", path.display()))?;
            (path, line, bytes)
        }
    };
    let mut explanation = session::scanner(&plan, None)?.explain(name, &bytes)?;
    let lines = 1 + memchr::memchr_iter(b'\n', &bytes).count() as u64;
    if let Some(line) = line.filter(|&line| line == 0 || u64::from(line) > lines) {
        bail!("there is no line {line}: the file has {lines}");
    }
    if explanation.is_notebook {
        // A scan reads the cells as well.
        let note = "note: it is a notebook; only its file is explained, not what its cells are when joined";
        writeln!(anstream::stderr(), "{note}")?;
    }
    if let Some(line) = line {
        explanation.candidates.retain(|one| (one.region.start.line..=one.region.end.line).contains(&line));
    }
    let mut out = anstream::stdout().lock();
    match format {
        Format::Json => {
            let Explanation { artifact, candidates, .. } = &explanation;
            serde_json::to_writer_pretty(&mut out, &Document { artifact, line, candidates })?;
            writeln!(out)?;
        }
        _ => text(&explanation, line, &mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The file, and the line behind the last colon. A file whose name ends like that is meant itself.
fn split(place: &Path) -> (PathBuf, Option<u32>) {
    match place.to_str().and_then(|place| place.rsplit_once(':')) {
        Some((path, line)) if !path.is_empty() && !place.exists() => match line.parse() {
            Ok(line) => (path.into(), Some(line)),
            Err(_) => (place.into(), None),
        },
        _ => (place.into(), None),
    }
}

fn read(input: &mut dyn io::Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SIZE {
        bail!("it has more than 64 MiB; explain a part of it");
    }
    Ok(bytes)
}

fn text(explanation: &Explanation, line: Option<u32>, out: &mut dyn Write) -> io::Result<()> {
    let (name, faint) = (style::NAME, style::FAINT);
    let path = one_line(&explanation.artifact.to_string()).into_owned();
    if explanation.candidates.is_empty() {
        let place = line.map(|line| format!(":{line}")).unwrap_or_default();
        let why = "no literal of a rule stands there, and no 16 characters of a key in a row";
        return writeln!(out, "{path}{place}: nothing is a candidate: {why}");
    }
    for Candidate { region, rule, value, form, reasons, outcome, .. } in &explanation.candidates {
        let start = region.start;
        let value = one_line(value);
        let rule = rule.as_deref().unwrap_or("no single rule");
        let form = form.as_ref().map(|form| format!(" ({form})")).unwrap_or_default();
        let place = format!("{path}:{}:{}", start.line, start.column);
        writeln!(out, "{place}: {value}{form}, {name}{rule}{name:#}: {}", outcome.as_str())?;
        for reason in reasons {
            writeln!(out, "    {faint}{}{faint:#}", one_line(reason))?;
        }
    }
    Ok(())
}
