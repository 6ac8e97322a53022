//! `keytrail explain`: why something on a line is a finding, or is none.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use keytrail::detect::decode;
use keytrail::finding::{Artifact, Confidence};
use keytrail::report::format::Format;
use keytrail::report::visible;
use keytrail::scan::{Engine, Explained, finding_of};
use keytrail::scanner::terms;
use keytrail::source::{container, tree};
use serde::Serialize;

use super::scan::{Input, Plan, ScanArgs};
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
    #[arg(value_name = "FILE[:LINE]", required_unless_present = "stdin")]
    place: Option<String>,
    /// Explain what comes on standard input
    #[arg(long, conflicts_with = "place")]
    stdin: bool,
    /// Format of the output: text or json
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Options of `keytrail scan`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// What becomes of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// It is reported.
    Finding,
    /// It is reported as allowed.
    Allowed,
    /// The baseline knows it.
    Known,
    /// It is less certain than what is reported.
    BelowConfidence,
    /// Its file or its rule is not looked at.
    Excluded,
    /// It is none.
    None,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Finding => "a finding",
            Outcome::Allowed => "allowed",
            Outcome::Known => "known to the baseline",
            Outcome::BelowConfidence => "below the confidence that is reported",
            Outcome::Excluded => "excluded",
            Outcome::None => "no finding",
        }
    }
}

/// A candidate with what becomes of it.
#[derive(Serialize)]
struct Candidate {
    #[serde(flatten)]
    explained: Explained,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Confidence>,
}

/// All that is said.
#[derive(Serialize)]
struct Explanation {
    artifact: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    candidates: Vec<Candidate>,
}

/// Explains.
///
/// # Errors
/// Mistakes in the arguments, a file that cannot be read or has to be unpacked first.
pub fn run(args: ExplainArgs, global: Global) -> anyhow::Result<ExitCode> {
    let plan =
        ScanArgs::parsed(args.options).context("`explain` takes the options of `keytrail scan`")?.plan(global)?;
    if plan.input != Input::Paths(vec![".".into()]) || !plan.outputs.is_empty() {
        bail!("`explain` takes one file, or --stdin, and no reports");
    }
    let format = args.format.unwrap_or(plan.format);
    if !matches!(format, Format::Text | Format::Json) {
        bail!("explanations have the format text or json");
    }
    let root = std::env::current_dir().context("the current folder cannot be found")?;
    let (artifact, line, bytes) = match &args.place {
        None => (Artifact::file("stdin"), None, read(&mut io::stdin().lock()).context("standard input")?),
        Some(place) => {
            let (path, line) = split(place);
            let mut file = File::open(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
            if file.metadata()?.is_dir() {
                bail!("`{}` is a folder; `explain` takes a file", path.display());
            }
            let bytes = read(&mut file).with_context(|| format!("`{}` cannot be read", path.display()))?;
            let absolute = root.join(&path).canonicalize().unwrap_or_else(|_| root.join(&path));
            (tree::artifact(&absolute, &root), line, bytes)
        }
    };
    if let Some(kind) = container::recognise(&bytes) {
        bail!("it is an archive ({}); unpack it, and let a member be explained", kind.as_str());
    }
    let lines = 1 + memchr::memchr_iter(b'\n', &bytes).count() as u64;
    if let Some(line) = line.filter(|&line| line == 0 || u64::from(line) > lines) {
        bail!("there is no line {line}: the file has {lines}");
    }
    let scanner = session::scanner(&plan, None)?;
    let engine = scanner.engine();
    let artifact = engine.named(&artifact);
    let mut explained = engine.explain(&bytes, &artifact);
    if artifact.innermost().ends_with(".ipynb") && decode::notebook(&bytes).is_some() {
        // A scan reads the cells as well.
        let note = "note: it is a notebook; only its file is explained, not what its cells are when joined";
        writeln!(anstream::stderr(), "{note}")?;
    }
    if let Some(line) = line {
        explained.retain(|one| (one.region.start.line..=one.region.end.line).contains(&line));
    }
    let candidates = explained.into_iter().map(|one| judge(one, &plan, engine, &root)).collect();
    let explanation = Explanation { artifact, line, candidates };
    let mut out = anstream::stdout().lock();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &explanation)?;
            writeln!(out)?;
        }
        _ => text(&explanation, &mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The file, and the line behind the last colon. A file whose name ends like that is meant itself.
fn split(place: &str) -> (PathBuf, Option<u32>) {
    match place.rsplit_once(':') {
        Some((path, line)) if !path.is_empty() && !Path::new(place).exists() => match line.parse() {
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

/// What a scan as planned makes of a candidate, by the same steps.
fn judge(mut explained: Explained, plan: &Plan, engine: &Engine, root: &Path) -> Candidate {
    let Some(place) = explained.place.clone() else {
        return Candidate { explained, outcome: Outcome::None, confidence: None };
    };
    let treatment = &plan.configuration.treatment;
    let artifact = place.location.artifact.clone();
    let confidence = place.confidence;
    let mut scanned = keytrail::scan::Scanned { places: vec![place], ..Default::default() };
    plan.configuration.treat(engine, &mut scanned, root);
    let mut say = |reason: String| explained.reasons.push(reason);
    let outcome = match scanned.places.pop() {
        None if treatment.is_excluded(root, &artifact) => {
            say("keytrail.toml excludes the file".to_owned());
            Outcome::Excluded
        }
        None => {
            say("keytrail.toml disables the rule in this file".to_owned());
            Outcome::Excluded
        }
        Some(place) => {
            let least = treatment.min_confidence(root, &artifact).unwrap_or(plan.min_confidence);
            let mut finding = finding_of(place, engine);
            let notes = finding.notes.len();
            let _ = terms::settle(&mut finding, session::today(), &|text| engine.redacted(text));
            finding.notes.drain(notes..).for_each(&mut say);
            treatment.settle(&mut finding, root, session::today());
            finding.known = plan.baseline.as_ref().and_then(|known| known.baseline.known(&finding, session::today()));
            let allowed = finding.locations.first().and_then(|location| location.allowed.clone());
            if confidence < least {
                say(format!("what is less certain than {} is not reported", least.as_str()));
                Outcome::BelowConfidence
            } else if let Some(allowed) = allowed {
                let reason = allowed.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                say(format!("`{}` allows it{reason}", allowed.marker));
                Outcome::Allowed
            } else if finding.known.is_some() {
                say("the baseline lists it".to_owned());
                Outcome::Known
            } else {
                Outcome::Finding
            }
        }
    };
    Candidate { explained, outcome, confidence: Some(confidence) }
}

fn text(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let (name, faint) = (style::NAME, style::FAINT);
    let path = visible::line(&explanation.artifact.to_string()).into_owned();
    if explanation.candidates.is_empty() {
        let place = explanation.line.map(|line| format!(":{line}")).unwrap_or_default();
        let why = "no literal of a rule stands there, and no 16 characters of a key in a row";
        return writeln!(out, "{path}{place}: nothing is a candidate: {why}");
    }
    for Candidate { explained, outcome, .. } in &explanation.candidates {
        let start = explained.region.start;
        let value = visible::line(&explained.value);
        let rule = explained.rule.as_deref().unwrap_or("no single rule");
        let form = explained.form.as_ref().map(|form| format!(" ({form})")).unwrap_or_default();
        let place = format!("{path}:{}:{}", start.line, start.column);
        writeln!(out, "{place}: {value}{form}, {name}{rule}{name:#}: {}", outcome.as_str())?;
        for reason in &explained.reasons {
            writeln!(out, "    {faint}{}{faint:#}", visible::line(reason))?;
        }
    }
    Ok(())
}
