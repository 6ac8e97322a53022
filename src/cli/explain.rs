//! `keytrail explain`: why something on a line is a finding, or is none.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use keytrail::explain::{Candidate, Explanation};
use keytrail::finding::Artifact;
use keytrail::report::one_line;
use keytrail::{Format, Repository};
use serde::Serialize;

use super::scan::{Input, ScanArgs};
use super::{Global, session, style};

/// Greatest file that is explained: all of it is in memory, with what is said about it.
const MAX_SIZE: u64 = 64 << 20;

/// Say why something is a finding, or why it is none
///
/// Names every candidate on a line, or in a file, with the rule that was tried and what decided: its prefix, its
/// pattern, a checksum, the words near it, how random it looks, whether it is a placeholder, a comment or an entry of
/// keytrail.toml that allows it, the confidence that is asked for. Candidates are redacted as everywhere. It takes every
/// place as a scan prints it: with a column, in a member of an archive or a page of a PDF, in a commit. It takes the
/// options of `keytrail scan`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail explain config/app.env:12
  keytrail explain config/app.env
  keytrail explain -f json config/app.env:12
  keytrail explain config/app.env:12 --min-confidence low
  keytrail explain backup.zip!/config/app.env:12
  keytrail explain config/old.env:12 in 3132260407
  pbpaste | keytrail explain --stdin

Exit codes:
  0  explained, whatever it says
  2  wrong use, or the file could not be read")]
pub struct ExplainArgs {
    /// The place: a file, or a member of one, and its line; all lines without one
    #[arg(value_name = "FILE[!/MEMBER][:LINE]", required_unless_present = "stdin", allow_hyphen_values = true)]
    place: Option<String>,
    /// Explain what comes on standard input
    #[arg(long)]
    stdin: bool,
    /// Format of the output
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<Shape>,
    /// `in COMMIT` for a file that was there, and options of `keytrail scan`, in front of the file or behind it
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// The formats of explanations.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Shape {
    Text,
    Json,
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
/// Mistakes in the arguments, a file or member that cannot be read.
pub fn run(args: ExplainArgs, global: Global) -> anyhow::Result<ExitCode> {
    let (place, mut options) = args.words();
    let commit = commit_of(&mut options);
    let mut plan = ScanArgs::parsed(options).context("`explain` takes the options of `keytrail scan`")?.plan(global)?;
    // What stands behind options is found by what `scan` takes for paths.
    let place = match (place, &mut plan.input) {
        (Some(place), Input::Paths(paths)) if !args.stdin && *paths == [Path::new(".")] => Some(place),
        (None, Input::Paths(paths)) if args.stdin && *paths == [Path::new(".")] => None,
        (None, Input::Stdin(_)) => None,
        (None, Input::Paths(paths)) if !args.stdin && paths.len() == 1 => paths.pop(),
        _ => bail!("`explain` takes one file, or --stdin"),
    };
    if !plan.outputs.is_empty() {
        bail!("`explain` writes no reports");
    }
    let shape = match (args.format, plan.format) {
        (Some(shape), _) => shape,
        (None, Format::Text) => Shape::Text,
        (None, Format::Json) => Shape::Json,
        _ => bail!("explanations have the format text or json"),
    };
    let (place, bytes) = match &place {
        None => (Place::file("stdin".into()), read(&mut io::stdin().lock()).context("standard input")?),
        Some(place) => {
            let place = Place::of(place);
            let bytes = content(&place.path, commit.as_deref())?;
            (place, bytes)
        }
    };
    let Place { path, members, line } = place;
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let explained = session::scanner(&plan, None)?.explain_member(&path, &members, &bytes);
    let mut explanation = explained.with_context(|| format!("`{}` cannot be explained", path.display()))?;
    if let Some(line) = line.filter(|&line| line == 0 || line > explanation.lines) {
        bail!("there is no line {line}: `{}` has {}", one_line(&explanation.artifact.to_string()), explanation.lines);
    }
    let mut stderr = anstream::stderr();
    if explanation.is_notebook {
        // A scan reads the cells as well.
        let note = "note: it is a notebook; only its file is explained, not what its cells are when joined";
        writeln!(stderr, "{note}")?;
    }
    if let Some(first) = explanation.others.first().filter(|_| members.is_empty()) {
        let (count, first) = (explanation.others.len(), first.to_string());
        let others = if count == 1 { "1 other text".to_owned() } else { format!("{count} other texts") };
        writeln!(stderr, "note: {others} in it: explain each by its own name, such as `{}`", one_line(&first))?;
    }
    if let Some(line) = line {
        explanation.candidates.retain(|one| (one.region.start.line..=one.region.end.line).contains(&line));
    }
    let mut out = anstream::stdout().lock();
    match shape {
        Shape::Json => {
            let Explanation { artifact, candidates, .. } = &explanation;
            serde_json::to_writer_pretty(&mut out, &Document { artifact, line, candidates })?;
            writeln!(out)?;
        }
        Shape::Text => text(&explanation, line, &mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Takes `in COMMIT (DATE)` from the front of the words, as a scan writes it behind a place in a history.
fn commit_of(words: &mut Vec<OsString>) -> Option<String> {
    let [first, commit, ..] = words.as_slice() else { return None };
    let commit = commit.to_str().filter(|_| first == "in")?.to_owned();
    let dated = words.get(2).is_some_and(|word| word.to_str().is_some_and(|word| word.starts_with('(')));
    words.drain(..if dated { 3 } else { 2 });
    Some(commit)
}

/// What is to be explained.
struct Place {
    path: PathBuf,
    /// Members of containers, outermost first.
    members: Vec<String>,
    line: Option<u32>,
}

impl Place {
    fn file(path: PathBuf) -> Self {
        Place { path, members: Vec::new(), line: None }
    }

    /// A place as a scan prints it: `FILE:LINE:COLUMN`, `ARCHIVE!/MEMBER:LINE`. A file whose name ends like that is
    /// meant itself.
    fn of(place: &Path) -> Self {
        let Some(text) = place.to_str().filter(|_| !place.exists()) else { return Place::file(place.to_owned()) };
        let numbered = |text: &str| {
            let (front, number) = text.rsplit_once(':')?;
            Some((front.to_owned(), number.parse().ok()?)).filter(|(front, _): &(String, u32)| !front.is_empty())
        };
        let (name, line) = match numbered(text) {
            Some((front, last)) if Path::new(&front).exists() => (front, Some(last)),
            Some((front, last)) => match numbered(&front) {
                Some((name, line)) => (name, Some(line)),
                None => (front, Some(last)),
            },
            None => (text.to_owned(), None),
        };
        if Path::new(&name).exists() {
            return Place { path: name.into(), members: Vec::new(), line };
        }
        // A folder may be called so, too.
        let archives = name.match_indices("!/").map(|(at, _)| at);
        let end = archives.clone().find(|&at| Path::new(&name[..at]).is_file()).or_else(|| archives.clone().next());
        let members = end.map(|end| name[end + 2..].split("!/").map(str::to_owned).collect());
        Place { path: name[..end.unwrap_or(name.len())].into(), members: members.unwrap_or_default(), line }
    }
}

/// The bytes of a file, as they are or as they were in a commit, or of one of git's own objects.
fn content(path: &Path, commit: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let name = path.to_string_lossy();
    let of_git = [".git/commit/", ".git/tag/", ".git/blob/"].iter().any(|folder| name.starts_with(folder));
    if let Some(commit) = commit {
        // Git's own objects say which they are.
        let commit = Some(commit).filter(|_| !of_git);
        let bytes = Repository::open_here()?.bytes_of(&name, commit);
        return bytes.with_context(|| format!("`{name}` is not in commit {}", commit.unwrap_or("that it names")));
    }
    if of_git && !path.exists() {
        return Repository::open_here()?.bytes_of(&name, None).with_context(|| format!("there is no `{name}`"));
    }
    let unreadable = || format!("`{}` cannot be read", path.display());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let help = "a file that only the history has is explained with its commit: `explain FILE:LINE in COMMIT`";
            return Err(error).with_context(|| help).with_context(unreadable);
        }
        Err(error) => return Err(error).with_context(unreadable),
    };
    if file.metadata()?.is_dir() {
        bail!("`{}` is a folder; `explain` takes a file", path.display());
    }
    read(&mut file).with_context(unreadable)
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
