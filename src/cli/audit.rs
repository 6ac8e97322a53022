//! `keytrail audit`: the arguments, and the run: read the inventory, scan, join, judge, report.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueHint;
use jiff::Timestamp;
use keytrail::audit::{self, Audit, Check, Format, Input, Policy, Repository, Scan, Told};
use keytrail::calls::Calls;
use keytrail::config::{Configuration, DayOrTime};
use keytrail::detect::Detector;
use keytrail::inventory::{Inventory, Options, Shown};
use keytrail::locate::{self, Asked};
use keytrail::report::Style;
use keytrail::{Confidence, Report, Ruleset};

use super::configuration::{ConfigArgs, baseline, complain, shown};
use super::history::HistoryArgs;
use super::output::{self, Readers};
use super::scan::{FailOn, Plan, jobs, progress as progress_mode, size};
use super::selection::{RuleFiles, Selection, alternatives, similar};
use super::{Global, inventory as inventory_command, progress, session};

/// Audit issued keys: rotation, scopes, owners, and which of them have leaked
///
/// Reads the key inventories that providers export, scans the paths for leaked keys, and joins both: which key leaked,
/// whether it still works, since when it was exposed, which key in the code no inventory knows, and which key was found
/// nowhere. Periods, exceptions and people are those of keytrail.toml. Nothing leaves the machine, and no key is shown.
// The options of histories are those of `scan`, where they exclude scans of changes. There are none here: the group of
// that name is empty.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("changes")))]
#[command(after_help = "\
Examples:
  keytrail audit --inventory report.csv --history           keys of an export, and this repository with its history
  keytrail audit --inventory aws.json --inventory gh.json src ../shop
  keytrail audit --inventory 'keys.csv' --no-scan           the inventory alone
  keytrail audit --inventory keys.csv -o audit.json -o audit.sarif -o audit.md
  keytrail audit --inventory keys.csv --calls trail/*.gz    and what call logs tell of the keys
  keytrail audit --inventory keys.csv --as-of 2026-06-30 --previous march.json
  keytrail audit --explain rotation-overdue                 what a check looks for, and what to do

Exit codes:
  0  nothing at or above the threshold of --fail-on
  1  findings
  2  wrong use, a file of the inventory or a row of a call log that could not be read, or a scan that could not cover
     everything")]
pub struct AuditArgs {
    /// Files and folders to scan for leaked keys [default: the current folder]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Exports of providers, or any tables of keys; `-` is standard input. A folder among them is scanned, as if it
    /// stood in front
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        required_unless_present_any = ["explain", "checks"],
        num_args = 1..,
        help_heading = "Inventory"
    )]
    inventory: Vec<PathBuf>,
    /// All inventories are of this format, whatever they look like; `generic` reads a table or JSON by its headings
    #[arg(long, value_name = "FORMAT", help_heading = "Inventory")]
    inventory_format: Option<String>,
    /// When the inventories were exported that neither say so themselves nor have a date in keytrail.toml: a day (its
    /// end, in UTC), or a time. Calls with a revoked key count from then on
    #[arg(long, value_name = "DATE", value_parser = moment, help_heading = "Inventory")]
    exported: Option<Timestamp>,
    /// The moment to which ages are counted: a day (its end, in UTC), or a time such as 2026-06-30T12:00:00Z
    /// [default: now]
    #[arg(long, value_name = "DATE", value_parser = moment, help_heading = "Inventory")]
    as_of: Option<Timestamp>,
    /// Call logs of providers and gateways: AWS CloudTrail, audit logs of GitHub and Google Cloud, and others by their
    /// headings or `[[calls.mapping]]` in keytrail.toml; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, num_args = 1.., help_heading = "Inventory")]
    calls: Vec<PathBuf>,
    /// The JSON report of an earlier audit: says what is new, still open and resolved
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath, help_heading = "Inventory")]
    previous: Option<PathBuf>,
    /// Look at the inventory alone
    #[arg(
        long,
        conflicts_with_all = ["paths", "history", "no_ignore", "max_file_size"],
        help_heading = "What to scan"
    )]
    no_scan: bool,
    /// Scan files that git ignores, too
    #[arg(long, help_heading = "What to scan")]
    no_ignore: bool,
    /// Leave out files larger than this, such as 10M or 1GiB; a plain number is bytes [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "What to scan")]
    max_file_size: Option<u64>,
    #[command(flatten)]
    history: HistoryArgs,
    /// Scan no history, even if keytrail.toml says so
    #[arg(long, conflicts_with = "history", help_heading = "What to scan")]
    no_history: bool,
    // The policy stands there, too.
    #[command(flatten)]
    config: ConfigArgs,

    #[command(flatten, next_help_heading = "Rules")]
    rule_files: RuleFiles,
    #[command(flatten, next_help_heading = "Rules")]
    selection: Selection,
    /// Look at findings that are at least as certain as this: confirmed, high, medium or low [default: medium]
    #[arg(long, value_name = "LEVEL", hide_possible_values = true, help_heading = "Rules")]
    min_confidence: Option<Confidence>,
    /// Explain a check: what it looks for, why, and what to do
    #[arg(long, value_name = "CHECK", exclusive = true, help_heading = "Rules")]
    explain: Option<String>,
    /// List all checks
    #[arg(long, exclusive = true, help_heading = "Rules")]
    checks: bool,

    /// Write a report to this file; its extension says the format: .txt, .json, .sarif, .csv, .md, .html or .junit.xml
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Reports")]
    output: Vec<PathBuf>,
    /// Accept the secrets that this file lists and that are no key of the inventory; `keytrail baseline create` makes
    /// one. Leaks of issued keys count all the same
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "no_scan",
        help_heading = "Reports"
    )]
    baseline: Option<PathBuf>,
    /// Format of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Reports")]
    format: Format,
    /// Show a progress bar on standard error: auto (when that is a terminal), always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true, help_heading = "Reports")]
    progress: progress::Mode,
    /// Exit with 1 for findings of this severity or above
    #[arg(long, value_name = "SEVERITY", default_value = "low", help_heading = "Exit code")]
    fail_on: FailOn,
    /// Do not exit with 2 when something could not be scanned or read; the report still names it
    #[arg(long, help_heading = "Exit code")]
    allow_incomplete: bool,

    /// How many threads scan [default: one for each core]
    #[arg(
        short,
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = "Limits"
    )]
    jobs: Option<u16>,
}

/// A day or a moment.
fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse::<DayOrTime>().map(|moment| moment.0)
}

/// Audits.
///
/// # Errors
/// Mistakes in the arguments and in the policy, paths that cannot be reached, reports that cannot be written.
pub fn run(mut args: AuditArgs, global: Global) -> anyhow::Result<ExitCode> {
    if let Some(id) = &args.explain {
        return explain(id);
    }
    if args.checks {
        return list();
    }
    args.history.check(if args.no_scan { "with --no-scan" } else { "with --no-history" })?;
    // In `--inventory a.csv b.csv src` nothing but its nature tells that `src` is no inventory.
    let (folders, inventories): (Vec<_>, Vec<_>) = args.inventory.into_iter().partition(|path| path.is_dir());
    args.inventory = inventories;
    if args.inventory.is_empty() {
        bail!("--inventory names folders only; name the files in them, as in --inventory exports/*.csv");
    }
    if args.no_scan && !folders.is_empty() {
        bail!("`{}` is a folder, and nothing is scanned with --no-scan", folders[0].display());
    }
    args.paths.extend(folders);
    let (folders, calls): (Vec<_>, Vec<_>) = args.calls.into_iter().partition(|path| path.is_dir());
    args.calls = calls;
    if let Some(folder) = folders.first() {
        bail!("--calls names the folder `{}`; name the logs in it, and paths to scan in front", folder.display());
    }
    if args.inventory.iter().chain(&args.calls).filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("standard input can be read once only");
    }
    let outputs = args.output.iter().map(|path| Ok((path, format_of(path)?))).collect::<anyhow::Result<Vec<_>>>()?;
    args.output.iter().try_for_each(|path| output::check_folder(path))?;
    for (index, (path, _)) in outputs.iter().enumerate() {
        if outputs[..index].iter().any(|(other, _)| other == path) {
            bail!("the report `{}` is asked for twice", path.display());
        }
    }
    output::check_inputs(args.inventory.iter().chain(&args.calls), &args.output)?;
    let previous = args.previous.as_deref().map(|path| {
        Audit::read(path).with_context(|| format!("the earlier audit `{}` cannot be used", path.display()))
    });
    let previous = previous.transpose()?;
    let configuration = args.config.load()?;
    let policy = policy(&configuration)?;
    if !args.history.history && configuration.scan().history == Some(true) {
        args.history.configured(!args.no_history && !args.no_scan);
    }
    let as_of = args.as_of.unwrap_or_else(now);
    if let Some(previous) = &previous
        && previous.as_of.parse::<Timestamp>().is_ok_and(|then| then > as_of)
    {
        bail!("the earlier audit speaks of {}, which is later than {as_of}, of which this one speaks", previous.as_of);
    }
    let inventory = read_inventory(&args, &configuration)?;
    let told = told_by_logs(&args.calls, &inventory, &policy, as_of, &configuration)?;
    let plain = in_plaintext(&inventory);
    let rules = rules(&args, &configuration, plain.is_some())?;
    let (report, repositories) = match args.no_scan {
        true => (None, Vec::new()),
        false => {
            let current = [PathBuf::from(".")];
            let paths = if args.paths.is_empty() { &current[..] } else { &args.paths };
            let repositories = Repository::of_paths(paths);
            (Some(scan(&args, &rules, configuration, as_of, plain.as_ref(), global)?), repositories)
        }
    };
    let scan = report.as_ref().map(|report| Scan { report, rules: &rules, repositories: &repositories });
    let mut audit = audit::run(&Input { inventory: &inventory, policy: &policy, as_of, scan, told });
    if let Some(previous) = &previous {
        audit.compare(previous);
    }
    audit.exit_code = exit_code(&audit, &args);
    for (path, format) in outputs {
        write_file(&audit, format, path).with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    if !(global.quiet && audit.exit_code == 0 && args.format == Format::Text) {
        match write_stdout(&audit, args.format, global) {
            // Whoever read it has seen enough; the outcome stays what it is.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.context("writing to standard output")?,
        }
    }
    Ok(ExitCode::from(audit.exit_code))
}

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The policy of a configuration. What is wrong with it is shown on standard error, with its place.
///
/// # Errors
/// When a file that it names cannot be read.
pub fn policy(configuration: &Configuration) -> anyhow::Result<Policy> {
    match Policy::of(configuration, &shown) {
        Ok(policy) => Ok(policy),
        Err(mistake) => Err(complain(&[mistake])?),
    }
}

/// Reads the exports, each in the way that the configuration says for its name. What is wrong with them is in the
/// inventory.
///
/// # Errors
/// When the format does not exist, or standard input is named twice.
fn read_inventory(args: &AuditArgs, configuration: &Configuration) -> anyhow::Result<Inventory> {
    let files = &args.inventory;
    if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("standard input can be read once only");
    }
    let format = args.inventory_format.as_deref().map(inventory_command::wanted).transpose()?;
    // What people paste into names is looked for with all rules.
    let detector = Detector::new(Arc::new(Ruleset::builtin()));
    let mut inventory = Inventory::new(Options { detector: Some(detector), ..Options::default() });
    for path in files {
        let own = configuration.inventory(path);
        let wanted = format.or_else(|| own.as_ref().and_then(|own| own.format));
        inventory.exported_on(own.as_ref().and_then(|own| own.exported).or(args.exported));
        inventory.read_as(wanted, own.map(|own| own.mapping).unwrap_or_default());
        inventory.read_path(path);
    }
    inventory.finish();
    Ok(inventory)
}

/// What call logs tell of the keys of an inventory.
///
/// # Errors
/// When a log cannot be read or nothing recognises it. Rows that cannot be read are findings.
fn told_by_logs(
    files: &[PathBuf],
    inventory: &Inventory,
    policy: &Policy,
    as_of: Timestamp,
    configuration: &Configuration,
) -> anyhow::Result<Told> {
    if files.is_empty() {
        return Ok(Told::default());
    }
    let mut options = configuration.call_options();
    options.until = Some(as_of);
    let calls = Calls::read(files, inventory, &options)?;
    Ok(Told::of(&calls, inventory, policy, as_of, &configuration.call_limits()))
}

/// The keys that stand in the inventory themselves: these are looked for in every form, whether a rule sees them or not.
/// Beyond [`locate::MAX_KEYS`], and for keys too short or too long to be told from other text, rules have to do.
fn in_plaintext(inventory: &Inventory) -> Option<Asked> {
    let mut asked = Asked::default();
    let shown = inventory.keys().iter().flat_map(|key| &key.shown);
    for shown in shown {
        if let Shown::Plain(secret) = shown
            && asked.len() < locate::MAX_KEYS
        {
            // A key that cannot be asked for is one that rules alone look for.
            let _ = asked.add_keys(secret.expose());
        }
    }
    (!asked.is_empty()).then_some(asked)
}

fn rules(args: &AuditArgs, configuration: &Configuration, locating: bool) -> anyhow::Result<Arc<Ruleset>> {
    let mut rules = args.rule_files.load_with(configuration)?;
    args.selection.apply_with(&mut rules, configuration)?;
    if locating {
        locate::add_rule(&mut rules)?;
    }
    Ok(Arc::new(rules))
}

/// Scans as the command line and the configuration say. The baseline of the configuration hides nothing here: what was
/// known when it was made has leaked all the same. One that is named on the command line is obeyed where it hides no
/// issued key.
fn scan(
    args: &AuditArgs,
    rules: &Arc<Ruleset>,
    configuration: Configuration,
    as_of: Timestamp,
    also: Option<&Asked>,
    global: Global,
) -> anyhow::Result<Report> {
    let mut plan = Plan::of_current_folder(global)?;
    plan.command = "audit";
    if !args.paths.is_empty() {
        plan.input = super::scan::Input::Paths(args.paths.clone());
    }
    plan.rules = rules.clone();
    plan.obey_ignore_files = !args.no_ignore;
    let own = configuration.scan();
    plan.max_file_size = args.max_file_size.or(own.max_file_size);
    plan.max_depth = own.max_depth.unwrap_or(plan.max_depth);
    plan.max_expansion = own.max_expansion.unwrap_or(plan.max_expansion);
    plan.max_ratio = own.max_ratio.unwrap_or(plan.max_ratio);
    plan.history = args.history.clone();
    plan.baseline = args.baseline.clone().map(|path| baseline(&configuration, path)).transpose()?;
    plan.min_confidence = args.min_confidence.or(own.min_confidence).unwrap_or(plan.min_confidence);
    // Allowances expire by the day of which the audit speaks.
    plan.today = Some(as_of.to_zoned(jiff::tz::TimeZone::UTC).date());
    plan.configuration = configuration.into();
    plan.progress = progress_mode(args.progress, global);
    plan.jobs = jobs(args.jobs);
    let scanner = session::scanner(&plan, also)?;
    let mut report = session::gather(&plan, &scanner, &session::Onlooker::new(plan.progress))?;
    // The inventory itself often lies in the folder that is scanned, and so do logs. What they show of keys is no leak
    // of them into code; what an inventory shows has a check of its own.
    let inputs = args.inventory.iter().chain(&args.calls);
    let inventories: Vec<PathBuf> = inputs.filter_map(|path| path.canonicalize().ok()).collect();
    let is_inventory = |path: &str| {
        let path = report.root.join(path).canonicalize();
        path.is_ok_and(|path| inventories.contains(&path))
    };
    for finding in &mut report.findings {
        finding.locations.retain(|place| place.history.is_some() || !is_inventory(&place.artifact.path));
    }
    report.findings.retain(|finding| !finding.locations.is_empty());
    Ok(report)
}

/// 2 for what could not be read, whatever else was found, because what was not found says nothing; 1 for findings.
fn exit_code(audit: &Audit, args: &AuditArgs) -> u8 {
    let open = || audit.findings.iter().filter(|finding| finding.is_open());
    let threshold = args.fail_on.severity();
    if !audit.complete && !args.allow_incomplete {
        2
    } else {
        u8::from(threshold.is_some_and(|threshold| open().any(|finding| finding.severity >= threshold)))
    }
}

fn format_of(path: &Path) -> anyhow::Result<Format> {
    if path.as_os_str() == "-" {
        bail!("`-o -` is not needed: standard output has a report anyway, in the format of --format");
    }
    Format::from_path(path).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().flat_map(|format| format.extensions()).copied().collect();
        anyhow!("the name of the report `{}` does not end in {}", path.display(), alternatives(&known))
    })
}

/// Writes an audit to a file. It tells whom to attack, and stays private to its owner.
///
/// # Errors
/// Those of the file.
pub fn write_file(audit: &Audit, format: Format, path: &Path) -> io::Result<()> {
    let style = Style { verbose: true, ..Style::default() };
    output::write(path, Readers::Owner, |out| audit.write(format, out, &style))
}

/// Writes an audit to standard output, as the terminal takes it.
///
/// # Errors
/// Those of standard output.
pub fn write_stdout(audit: &Audit, format: Format, global: Global) -> io::Result<()> {
    let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let width = console::Term::stdout().size_checked().map_or(100, |(_, columns)| usize::from(columns));
    let style = Style {
        color: color
            && (io::stdout().is_terminal() || anstream::ColorChoice::global() == anstream::ColorChoice::Always),
        verbose: global.verbose,
        width: width.clamp(40, 160),
        ..Style::default()
    };
    let mut out = BufWriter::new(io::stdout().lock());
    audit.write(format, &mut out, &style)?;
    out.flush()
}

fn explain(id: &str) -> anyhow::Result<ExitCode> {
    let Some(check) = Check::find(id) else {
        let near = similar(id, Check::all().iter().map(|check| check.id));
        match near.as_slice() {
            [] => bail!("there is no check `{id}`; `keytrail audit --checks` has them all"),
            near => bail!("there is no check `{id}`; did you mean {}?", alternatives(near)),
        }
    };
    let page = check.page(1);
    let mut out = anstream::stdout().lock();
    for paragraph in page.split("\n\n") {
        let plain = paragraph.trim().replace("**", "");
        writeln!(out, "{}\n", textwrap::fill(plain.trim_start_matches("# "), 100))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list() -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let name = super::style::NAME;
    for check in Check::all() {
        writeln!(out, "{name}{:<22}{name:#}  {:<8}  {}", check.id, check.severity.as_str(), check.title)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end() {
        assert_eq!(moment("2026-06-30").unwrap().to_string(), "2026-06-30T23:59:59Z");
        assert_eq!(moment("2026-06-30T12:00:00+02:00").unwrap().to_string(), "2026-06-30T10:00:00Z");
        assert!(moment("30.6.2026").is_err() && moment("now").is_err());
    }
}
