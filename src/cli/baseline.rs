//! `keytrail baseline`: the file of known findings, made, kept up to date, gone through, and carried over from others.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueHint;
use jiff::civil::Date;
use keytrail::baseline::import::{self, Outcome};
use keytrail::baseline::{self, Baseline, Entry, FILE_NAME, KnownFile, MAX_FILE, Update};
use keytrail::config::Configuration;
use keytrail::report::one_line;
use keytrail::secret::Fingerprint;
use keytrail::{Confidence, FingerprintKey, Report, Repository, Scanner};

use super::configuration::read_baseline;
use super::history::HistoryArgs;
use super::output::{self, Readers};
use super::scan::{Changes, Input, Plan, ScanArgs};
use super::selection::{RuleFiles, Selection, counted};
use super::{Global, progress, scan, session};

mod review;

/// Keep a list of the findings that are known, so that only new ones are reported
///
/// A finding is known by the keyed fingerprint of its value: wherever the key moves, it stays known, and another key in
/// its place is a new finding.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "COMMAND", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  keytrail baseline create --reason 'from before we scanned' --expires 2027-06-30
  keytrail scan --baseline .keytrail-baseline      what is new
  keytrail baseline review                         go through the findings one by one
  keytrail baseline prune                          drop what is gone")]
pub struct BaselineArgs {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, clap::Subcommand)]
enum BaselineCommand {
    Create(CreateArgs),
    Update(UpdateArgs),
    Prune(PruneArgs),
    Review(ReviewArgs),
    Import(ImportArgs),
}

/// Make a baseline of everything that a scan finds
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail baseline create                         what the current folder has
  keytrail baseline create --history               and its whole history
  keytrail baseline create --reason 'test data' --owner @platform --expires 2027-06-30")]
struct CreateArgs {
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    merging: Merging,
}

/// Add what a scan finds to the baseline; what it says about the known findings stays
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail baseline update --reason 'revoked on 2026-03-01'
  keytrail baseline update tests --reason 'test data'      what this folder has
  keytrail baseline update --staged --reason 'test data'   what is about to be committed
  keytrail baseline update --report leaks.json             what a scan found
  keytrail baseline update --expires 2027-06-30            renew what has expired, too")]
struct UpdateArgs {
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    picked: Picked,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    merging: Merging,
}

/// Which findings are added.
#[derive(Debug, clap::Args)]
struct Picked {
    /// Add the findings with these fingerprints and no others, from anywhere in the repository; --history looks into
    /// the history, too
    #[arg(long, value_name = "FINGERPRINT", value_delimiter = ',', value_parser = print)]
    fingerprint: Vec<Fingerprint>,
    /// Add what is staged
    #[arg(long, conflicts_with_all = ["history", "report", "no_ignore"])]
    staged: bool,
    /// Add what the commits of a range bring: BASE..HEAD
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["staged", "history", "report", "no_ignore"])]
    range: Option<String>,
}

/// Whether branches that change the file are to merge.
#[derive(Debug, clap::Args)]
struct Merging {
    /// Do not add a line to .gitattributes that lets branches merge, where the file is new
    #[arg(long)]
    no_gitattributes: bool,
}

/// Take entries out of the baseline whose keys are found no more
///
/// The whole repository has to be scanned for that, and completely. Entries that came from a history stay unless
/// --history is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail baseline prune --dry-run
  keytrail baseline prune --history                entries of the history, too")]
struct PruneArgs {
    #[command(flatten)]
    looking: Looking,
    /// Say what would be taken out, and take nothing out
    #[arg(long)]
    dry_run: bool,
}

/// Go through findings in the terminal: leave each open, allow it with a reason, or open it in an editor
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail baseline review                         what is new
  keytrail baseline review --all                   and what is listed already")]
struct ReviewArgs {
    #[command(flatten)]
    looking: Looking,
    /// Go through what the baseline lists, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    merging: Merging,
}

/// Carry over what another scanner was told to let be
///
/// It reads gitleaks' .gitleaksignore and its JSON report, which it takes as a baseline, and detect-secrets'
/// .secrets.baseline. They name places rather than values, so the repository is scanned, and what they name is looked up
/// among the findings. Whatever cannot be carried over is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  keytrail baseline import .gitleaksignore
  keytrail baseline import gitleaks-report.json
  keytrail baseline import .secrets.baseline --owner @platform")]
struct ImportArgs {
    /// The file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    merging: Merging,
}

/// What is scanned, and which file is the baseline.
#[derive(Debug, clap::Args)]
struct Looking {
    /// Files and folders to scan [default: the current folder]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// The baseline [default: the one that keytrail.toml names, or .keytrail-baseline at the top of the repository]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    baseline: Option<PathBuf>,
    /// Scan the whole history, too
    #[arg(long)]
    history: bool,
    /// Take the findings of this JSON report instead of scanning
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "history"], value_hint = ValueHint::FilePath)]
    report: Option<PathBuf>,
    /// Scan files that git ignores, too
    #[arg(long)]
    no_ignore: bool,
    /// Read this file instead of the nearest keytrail.toml above the current folder
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
    /// Read no keytrail.toml
    #[arg(long)]
    no_config: bool,
    /// Take what is at least as certain as this: confirmed, high, medium or low [default: medium]
    #[arg(long, value_name = "LEVEL", hide_possible_values = true)]
    min_confidence: Option<Confidence>,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    selection: Selection,
    /// How many threads scan [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Show a progress bar: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    progress: progress::Mode,
}

/// What is said about new entries.
#[derive(Debug, clap::Args)]
struct About {
    /// Why the new entries may stay
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who answers for them
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// The last day on which they are hidden
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = coming)]
    expires: Option<Date>,
}

impl About {
    /// What the library is told.
    ///
    /// # Errors
    /// When a text holds a key: it would stand in the file for everybody to read.
    fn said(self, scanner: &Scanner) -> anyhow::Result<baseline::About> {
        for (name, text) in [("reason", &self.reason), ("owner", &self.owner)] {
            if text.as_ref().is_some_and(|text| scanner.redacted(text) != *text) {
                bail!("--{name} holds a key, and the baseline is for everybody to read; say it without the key");
            }
        }
        let About { reason, owner, expires } = self;
        Ok(baseline::About { reason, owner, expires })
    }
}

/// A day that is not over yet.
fn coming(text: &str) -> Result<Date, String> {
    let day = date(text)?;
    if day < session::today() { Err("that day is over; such an entry would hide nothing".to_owned()) } else { Ok(day) }
}

/// A fingerprint as reports or baselines write it.
fn print(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::written(text).ok_or_else(|| "a fingerprint has 32 hexadecimal digits, as reports show it".to_owned())
}

/// A day: `2027-01-31`.
fn date(text: &str) -> Result<Date, String> {
    let form = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = text.parse().ok().filter(|_| form);
    date.ok_or_else(|| "a date is written YYYY-MM-DD".to_owned())
}

/// What is to be looked at.
struct Ready {
    plan: Plan,
    scanner: Scanner,
    /// The baseline.
    path: PathBuf,
}

/// What was looked at.
struct Looked {
    report: Report,
    plan: Plan,
    scanner: Scanner,
    /// Whether it was a scan of now, rather than a report of some time.
    scanned: bool,
}

impl Looked {
    /// Names files from the top of the repository; see [`baseline::name_from_the_top`].
    fn name_from_the_top(&mut self) {
        // Where a report was made is not known.
        if self.scanned {
            baseline::name_from_the_top(&self.report.root, &mut self.report.findings);
        }
    }
}

/// The baseline that is meant where none is named: that of the configuration, or the usual one at the top of the
/// repository, as hooks read it.
fn usual(configuration: &Configuration) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    if let Some(path) = &configuration.scan().baseline {
        return from(&here, path);
    }
    let top = Repository::open_here().ok().and_then(|found| found.top());
    match top.and_then(|top| top.canonicalize().ok()) {
        Some(top) if here.starts_with(&top) => from(&here, &top.join(FILE_NAME)),
        _ => FILE_NAME.into(),
    }
}

/// A path as it is called from a folder at or below which, or near which, it lies; both absolute.
fn from(here: &Path, path: &Path) -> PathBuf {
    let shared = here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().count() - shared;
    let below: PathBuf = path.components().skip(shared).collect();
    // From far away, the whole path is easier to read.
    if shared < 2 || up > 4 { path.to_owned() } else { PathBuf::from("../".repeat(up)).join(below) }
}

impl Looking {
    /// Reads the configuration and everything else that does not take long.
    fn ready(&mut self, global: Global) -> anyhow::Result<Ready> {
        let config = self.config.as_ref().map(|path| ["--config".into(), path.clone().into_os_string()]);
        let none = self.no_config.then(|| "--no-config".into());
        let mut args = ScanArgs::parsed(config.into_iter().flatten().chain(none))?;
        // It may be there only when this is done.
        args.without_baseline = true;
        let mut plan = args.plan(global)?;
        let mut rules = self.rule_files.load_with(&plan.configuration)?;
        self.selection.apply_with(&mut rules, &plan.configuration)?;
        plan.baseline = None;
        plan.command = "baseline";
        plan.rules = Arc::new(rules);
        if !self.paths.is_empty() {
            plan.input = Input::Paths(std::mem::take(&mut self.paths));
        }
        plan.history = HistoryArgs::default();
        plan.history.history = self.history;
        plan.obey_ignore_files = !self.no_ignore;
        plan.min_confidence = self.min_confidence.unwrap_or(plan.min_confidence);
        plan.jobs = scan::jobs(self.jobs);
        plan.progress = scan::progress(self.progress, global);
        let scanner = session::scanner(&plan, None)?;
        let path = self.baseline.clone().unwrap_or_else(|| usual(&plan.configuration));
        Ok(Ready { plan, scanner, path })
    }

    /// Scans, or reads the report.
    fn look(&self, ready: Ready) -> anyhow::Result<Looked> {
        let Ready { plan, scanner, .. } = ready;
        let report = match &self.report {
            Some(path) => {
                let context = || format!("the report `{}` cannot be used", path.display());
                let file = File::open(path).with_context(context)?;
                Report::read(&mut BufReader::new(file)).with_context(context)?
            }
            None => session::gather(&plan, &scanner, &session::Onlooker::new(plan.progress))?,
        };
        report.identify();
        Ok(Looked { report, plan, scanner, scanned: self.report.is_none() })
    }
}

/// The baseline, empty where there is none yet.
fn read_or_empty(path: &Path) -> anyhow::Result<KnownFile> {
    match path.try_exists() {
        Ok(false) => Ok(KnownFile {
            path: path.to_owned(),
            name: path.to_string_lossy().into_owned(),
            baseline: Baseline::default(),
        }),
        _ => read_baseline(path.to_owned()),
    }
}

/// Does what was asked.
///
/// # Errors
/// What ends a scan early, and files that cannot be read or written.
pub fn run(args: BaselineArgs, global: Global) -> anyhow::Result<ExitCode> {
    match args.command {
        BaselineCommand::Create(args) => create(args, global),
        BaselineCommand::Update(args) => update(args, global),
        BaselineCommand::Prune(args) => prune(args, global),
        BaselineCommand::Review(args) => review::run(args.looking, args.all, &args.merging, global),
        BaselineCommand::Import(args) => import(args, global),
    }
}

fn create(mut args: CreateArgs, global: Global) -> anyhow::Result<ExitCode> {
    let ready = args.looking.ready(global)?;
    let path = ready.path.clone();
    if !matches!(path.try_exists(), Ok(false)) {
        bail!(
            "`{}` is there already; `keytrail baseline update` adds to it, and `prune` takes out what is gone",
            path.display()
        );
    }
    let about = args.about.said(&ready.scanner)?;
    let mut looked = args.looking.look(ready)?;
    looked.name_from_the_top();
    let mut known = read_or_empty(&path)?;
    let update = known.baseline.update(looked.report.findings.iter(), &about, session::today());
    write(&known)?;
    say(global, &format!("{}: {}", path.display(), counted_entries(update.added)))?;
    args.merging.see_to(&path, global)?;
    incomplete(&looked)
}

fn update(mut args: UpdateArgs, global: Global) -> anyhow::Result<ExitCode> {
    let Picked { fingerprint: wanted, staged, range } = args.picked;
    let limited = !args.looking.paths.is_empty();
    let anywhere = !wanted.is_empty() && !limited && args.looking.report.is_none();
    let mut ready = args.looking.ready(global)?;
    let path = ready.path.clone();
    let about = args.about.said(&ready.scanner)?;
    // Before it is scanned, which may take a while.
    let mut known = read_or_empty(&path)?;
    let is_new = matches!(path.try_exists(), Ok(false));
    let changes =
        |range: Option<String>, paths: Vec<PathBuf>| Input::Changes(Changes { range, paths, whole_files: false });
    if staged || range.is_some() {
        let paths = match std::mem::replace(&mut ready.plan.input, Input::Paths(Vec::new())) {
            Input::Paths(paths) if limited => paths,
            _ => Vec::new(),
        };
        ready.plan.input = changes(range, paths);
    } else if anywhere
        && let Ok(repository) = Repository::open_here()
        && let Some(top) = repository.top()
    {
        ready.plan.input = Input::Paths(vec![top]);
    }
    if !wanted.is_empty() {
        // Whoever names a finding has seen it.
        ready.plan.min_confidence = Confidence::Low;
        ready.scanner = session::scanner(&ready.plan, None)?;
    }
    let mut looked = args.looking.look(ready)?;
    let missing = |looked: &Looked| -> Vec<String> {
        let there = |print: &Fingerprint| looked.report.findings.iter().any(|found| found.fingerprint.get() == *print);
        wanted.iter().filter(|print| !there(print)).map(ToString::to_string).collect()
    };
    if anywhere && !staged && !missing(&looked).is_empty() && Repository::open_here().is_ok_and(|r| !r.is_bare()) {
        // What is staged need not be in the work tree any more.
        let Looked { report, mut plan, scanner, scanned } = looked;
        plan.input = changes(None, Vec::new());
        let ready = Ready { plan, scanner, path: path.clone() };
        let more = args.looking.look(ready)?;
        looked = Looked { report, scanned, ..more };
        looked.report.findings.extend(more.report.findings);
    }
    let missing = missing(&looked);
    if !missing.is_empty() {
        let history = if args.looking.history { "" } else { "; what only the history holds is found with --history" };
        bail!("nothing with the fingerprint {} was found, and so nothing was added{history}", missing.join(", "));
    }
    looked.name_from_the_top();
    let picked = |print: Fingerprint| wanted.is_empty() || wanted.contains(&print);
    let findings = looked.report.findings.iter().filter(|finding| picked(finding.fingerprint.get()));
    let update = known.baseline.update(findings, &about, session::today());
    write(&known)?;
    say(global, &format!("{}: {}", path.display(), told(&update)))?;
    if update.expired > 0 {
        let verb = if update.expired == 1 { "has" } else { "have" };
        let all = counted_entries(update.expired);
        say(global, &format!("{all} {verb} expired and stay so; --expires or --reason renews them"))?;
    }
    if is_new {
        args.merging.see_to(&path, global)?;
    }
    incomplete(&looked)
}

/// What became of the entries.
fn told(update: &Update) -> String {
    let renewed = if update.renewed > 0 { format!("{} renewed, ", update.renewed) } else { String::new() };
    let kept = update.kept + update.expired;
    format!("{} added, {renewed}{} moved, {kept} unchanged", update.added, update.refreshed)
}

impl Merging {
    /// Lets branches merge that change the file, unless that is not wanted.
    fn see_to(&self, path: &Path, global: Global) -> anyhow::Result<()> {
        if !self.no_gitattributes
            && let Some(attributes) = let_branches_merge(path)?
        {
            say(global, &format!("{}: now lets branches that change it merge", attributes.display()))?;
        }
        Ok(())
    }
}

fn prune(mut args: PruneArgs, global: Global) -> anyhow::Result<ExitCode> {
    let ready = args.looking.ready(global)?;
    if let Ok(false) = ready.path.try_exists() {
        bail!("there is no baseline `{}`; `keytrail baseline create` makes one", ready.path.display());
    }
    let mut known = read_baseline(ready.path.clone())?;
    let looked = args.looking.look(ready)?;
    if !looked.scanned {
        bail!("a report cannot tell what is gone; `prune` has to scan");
    }
    if !looked.report.coverage.is_complete() {
        tell_notices(&looked)?;
        bail!("the scan was incomplete, and so nothing was taken out: what was not read may hold the keys");
    }
    if !session::covers(&looked.plan, &looked.scanner, &known) {
        bail!("the scan has to cover the whole repository; start it at its top, without paths");
    }
    let of_histories = known.baseline.entries().filter(|entry| entry.in_history).count();
    let before = known.clone();
    let judged = session::judged(&looked.plan, &looked.scanner, &before, &looked.report);
    let gone = known.baseline.prune(&looked.report.findings, &judged);
    for entry in &gone {
        let place = entry.path.as_deref().map(|path| format!(" {}", one_line(path))).unwrap_or_default();
        say(global, &format!("  {} {}{place}", entry.fingerprint, entry.rule))?;
    }
    let name = known.path.display();
    let verb = if args.dry_run { "would be taken out" } else { "taken out" };
    say(global, &format!("{name}: {} {verb}, {} left", gone.len(), known.baseline.len()))?;
    if of_histories > 0 && !looked.plan.history.history {
        let verb = if of_histories == 1 { "was" } else { "were" };
        let all = counted_entries(of_histories);
        say(global, &format!("{all} of the history {verb} not looked for; --history does"))?;
    }
    let in_repository = || Repository::open_here().is_ok_and(|repository| repository.has_commits());
    if !gone.is_empty() && !looked.plan.history.history && in_repository() {
        say(global, "what the history holds of them is a finding of scans with --history; --history keeps those")?;
    }
    if !args.dry_run && !gone.is_empty() {
        write(&known)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn import(mut args: ImportArgs, global: Global) -> anyhow::Result<ExitCode> {
    let context = || format!("`{}` cannot be carried over", args.file.display());
    let mut bytes = Vec::new();
    File::open(&args.file).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)).with_context(context)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(anyhow!("it is larger than {} MiB", MAX_FILE >> 20)).with_context(context);
    }
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("it is not UTF-8 text")).with_context(context)?;
    let import::OldList { kind, entries: old, wrong } = import::read(&text).with_context(context)?;
    // Entries that name a commit speak of the history.
    args.looking.history |= old.iter().any(|old| old.commit.is_some());
    let ready = args.looking.ready(global)?;
    let path = ready.path.clone();
    let about = args.about.said(&ready.scanner)?;
    let mut looked = args.looking.look(ready)?;
    looked.name_from_the_top();
    let is_new = matches!(path.try_exists(), Ok(false));
    let mut known = read_or_empty(&path)?;
    let (mut carried, mut there, mut left) = (0, 0, Vec::new());
    for old in &old {
        let outcome = import::find(old, &looked.report.findings, looked.scanner.rules());
        let Outcome::Carried(found) = &outcome else {
            left.push((old, outcome.reason().unwrap_or_default()));
            continue;
        };
        let mut new = false;
        for finding in found.iter().filter_map(|&index| looked.report.findings.get(index)) {
            if known.baseline.get(finding).is_some() {
                continue;
            }
            let mut entry = Entry::of(finding);
            about.say(&mut entry);
            let audited = match old.audited {
                Some(false) => ", audited as no secret",
                Some(true) => ", audited as a secret",
                None => "",
            };
            entry.reason.get_or_insert_with(|| format!("from the {} ({}){audited}", kind.as_str(), old.rule));
            known.baseline.insert(entry);
            new = true;
        }
        if new { carried += 1 } else { there += 1 }
    }
    if carried + there > 0 || !is_new {
        write(&known)?;
    }
    let total = old.len() + wrong.len();
    say(global, &format!("{}: {carried} of {} carried over", known.path.display(), counted_entries(total)))?;
    if there > 0 {
        say(global, &format!("{there} were there already, or are the same key as another one"))?;
    }
    if !left.is_empty() || !wrong.is_empty() {
        let mut err = anstream::stderr().lock();
        writeln!(err, "{} not carried over:", left.len() + wrong.len())?;
        for (old, reason) in left {
            writeln!(err, "  {}: {reason}", old.shown())?;
        }
        for line in wrong {
            writeln!(err, "  line {line}: {}", import::FORM)?;
        }
    }
    if is_new && carried + there > 0 {
        args.merging.see_to(&path, global)?;
    }
    incomplete(&looked)
}

fn counted_entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

fn say(global: Global, text: &str) -> io::Result<()> {
    if global.quiet { Ok(()) } else { writeln!(anstream::stderr(), "{text}") }
}

/// The exit code: 2 where something could not be read, which then is said.
fn incomplete(looked: &Looked) -> anyhow::Result<ExitCode> {
    if looked.report.coverage.is_complete() {
        return Ok(ExitCode::SUCCESS);
    }
    tell_notices(looked)?;
    writeln!(anstream::stderr(), "the scan was incomplete: what was not read is not in the baseline")?;
    Ok(ExitCode::from(2))
}

fn tell_notices(looked: &Looked) -> io::Result<()> {
    const MAX: usize = 20;
    let notices = looked.report.coverage.notices.iter().filter(|notice| notice.kind.is_incomplete());
    let mut err = anstream::stderr().lock();
    for notice in notices.clone().take(MAX) {
        let place = notice.artifact.as_ref().map(|artifact| format!("{artifact}: ")).unwrap_or_default();
        writeln!(err, "  {}", one_line(&format!("{}: {place}{}", notice.kind.as_str(), notice.message)))?;
    }
    let all = notices.count();
    if all > MAX { writeln!(err, "  … and {}", counted(all - MAX, "more notice")) } else { Ok(()) }
}

/// Writes the file, and the folder that it is to stand in.
fn write(known: &KnownFile) -> anyhow::Result<()> {
    let text = known.baseline.render(&FingerprintKey::from_env());
    let path = &known.path;
    let made = match path.parent() {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    };
    made.and_then(|()| output::write(path, Readers::AsBefore, |out| out.write_all(text.as_bytes())))
        .with_context(|| format!("the baseline `{}` cannot be written", path.display()))
}

/// Adds the line to the `.gitattributes` beside the file that has git take both sides of a merge. Gives the file that was
/// changed; nothing where the line is there already or there is no repository.
fn let_branches_merge(baseline: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(name) = baseline.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let folder = baseline.parent().unwrap_or(Path::new(""));
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let in_work_tree = Repository::discover(here).is_ok_and(|repository| !repository.is_bare());
    // Names that a pattern would need quotes for are left to whoever chose them.
    if !in_work_tree || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
        return Ok(None);
    }
    let path = folder.join(".gitattributes");
    let context = || format!("`{}` cannot be changed; --no-gitattributes leaves it alone", path.display());
    let mut text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(context),
    };
    if text.lines().any(|line| line.trim_start().trim_start_matches('/').starts_with(name)) {
        return Ok(None);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&format!("{name} merge=union\n"));
    fs::write(&path, text).with_context(context)?;
    Ok(Some(path))
}
