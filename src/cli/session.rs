//! The run of a scan: from a [`Plan`] to reports and an exit code. `audit` shares it.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use keytrail::baseline::Entry;
use keytrail::detect::Detector;
use keytrail::detect::wanted::{Asked, Wanted};
use keytrail::finding::{Artifact, Confidence};
use keytrail::hook::Event;
use keytrail::report::format::{self, Format, Style};
use keytrail::report::json::Tool;
use keytrail::report::jsonl::JsonLines;
use keytrail::report::{Notice, NoticeKind, Report, VersionControl};
use keytrail::scan::changes::Changes;
use keytrail::scan::{Collector, Options, Place, Scanned, Scanner, finding_of, parallel};
use keytrail::secret::FingerprintKey;
use keytrail::source::git::objects::Objects;
use keytrail::source::git::range::{Range, Spec};
use keytrail::source::git::repository::{self, Paths};
use keytrail::source::git::staged;
use keytrail::source::{container, tree};

use super::progress::Progress;
use super::scan::{Input, KnownFile, Output, Plan};
use super::{Global, history, hook};

/// Scans as planned and writes every report.
///
/// # Errors
/// When a path that was named cannot be reached, or a report cannot be written.
pub fn run(plan: Plan, global: Global) -> anyhow::Result<ExitCode> {
    let scanner = scanner(&plan, None)?;
    let today = today();
    let streams = plan.format == Format::Jsonl;
    // Written while the scan goes on, so that a reader sees the first finding at once.
    let mut lines = streams.then(|| JsonLines::new(anstream::stdout(), plan.show_secrets));
    let mut failed: Option<io::Error> = None;
    let mut report = gather(&plan, &scanner, &mut |scanned| {
        if let (Some(lines), None) = (&mut lines, &failed) {
            failed = stream(lines, scanned, &scanner, &plan, today).err();
        }
    })?;
    if let Some(error) = failed.filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        return Err(error).context("writing to standard output");
    }
    let mut formats = plan.outputs.iter().map(|output| output.format).chain([plan.format]);
    if plan.baseline.is_some() || formats.any(Format::shows_fingerprints) {
        report.identify();
    }
    if let Some(known) = &plan.baseline {
        let judged = judged(&plan, known, &report);
        known.baseline.apply(&mut report, &known.name, today, &judged, &|text| scanner.redacted(text));
    }
    if let Some(lines) = &mut lines {
        let late = [NoticeKind::Stale, NoticeKind::Loosened];
        for notice in report.coverage.notices.iter().filter(|notice| late.contains(&notice.kind)) {
            // A pipe that is closed is dealt with below.
            let _ = lines.notice(notice);
        }
    }
    report.exit_code = exit_code(&report, &plan);
    write_reports(&report, &plan.outputs)?;
    let written = match lines {
        Some(lines) => lines.finish(&report).map(|_| ()),
        None if global.quiet && report.exit_code == 0 && plan.format == Format::Text => Ok(()),
        None => write_stdout(&report, plan.format, global),
    };
    match written {
        // Whoever read it has seen enough; the outcome of the scan stays what it is.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.context("writing to standard output")?,
    }
    if let Some(asked) = plan.asked.as_ref().filter(|_| !global.quiet) {
        tell_not_found(asked, &report)?;
    }
    if let Some(event) = plan.event.filter(|_| report.exit_code != 0 && !global.quiet) {
        tell_what_to_do(&report, event)?;
    }
    Ok(ExitCode::from(report.exit_code))
}

/// The day by which allowances expire: that of Greenwich, so that it is the same everywhere.
pub fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Says how to get on after a commit or push was stopped.
fn tell_what_to_do(report: &Report, event: Event) -> io::Result<()> {
    let advice = keytrail::hook::advice::text(report, event);
    let mut err = anstream::stderr().lock();
    // Standard output has the findings, which this follows.
    io::stdout().flush()?;
    write!(err, "\n{advice}")
}

/// Which entries of a baseline this scan had to find if their keys were still there: none unless it was complete and
/// covered all of the repository that the baseline is about.
pub fn judged<'a>(plan: &'a Plan, known: &'a KnownFile, report: &Report) -> impl Fn(&Entry) -> bool + 'a {
    let covered = covers(plan, known) && report.coverage.is_complete();
    move |entry| {
        covered
            && entry.is_sought(plan.min_confidence)
            && plan.rules.find(&entry.rule).is_some()
            && (plan.history.history || !entry.in_history)
    }
}

/// Whether a plan is to scan everything that a baseline is about.
#[must_use]
pub fn covers(plan: &Plan, known: &KnownFile) -> bool {
    let folder = known.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    covers_folder(plan, folder)
}

/// Whether a plan is to scan all of the repository that a folder lies in, or of the folder where there is none.
fn covers_folder(plan: &Plan, folder: &Path) -> bool {
    let Input::Paths(paths) = &plan.input else { return false };
    let top = repository::discover(folder).ok().and_then(|repository| repository.workdir().map(Path::to_owned));
    let Ok(top) = top.as_deref().unwrap_or(folder).canonicalize() else { return false };
    let all = paths.iter().any(|path| path.canonicalize().is_ok_and(|path| top.starts_with(path)));
    all && plan.max_file_size.is_none() && !plan.history.is_limited()
}

/// Scans as planned, and gives what comes out of each file to `each` as it comes. The exit code of the report is 0.
///
/// # Errors
/// When a path that was named cannot be reached.
pub fn gather(plan: &Plan, scanner: &Scanner, each: &mut (dyn FnMut(&Scanned) + Send)) -> anyhow::Result<Report> {
    let started = Instant::now();
    let root = std::env::current_dir().context("the current folder cannot be found")?;
    let treatment = &plan.configuration.treatment;
    let mut collector = Collector::default();
    let mut loosened = Vec::new();
    let mut take = |mut scanned: Scanned| {
        plan.configuration.treat(scanner, &mut scanned, &root);
        each(&scanned);
        collector.add(scanned);
    };
    let version_control = match &plan.input {
        Input::Paths(paths) => {
            let trees: Vec<PathBuf> =
                paths.iter().filter(|path| !plan.history.history || !history::is_inside_git(path)).cloned().collect();
            files(scanner, &trees, plan, &root, &mut take)?;
            paths.first().and_then(|path| tree::version_control(path))
        }
        Input::Stdin(name) => {
            take(standard_input(scanner, name));
            None
        }
        Input::Changes(changes) => Some(changed(scanner, changes, plan, &root, &mut take, &mut loosened)?),
        Input::Pushed(pushes) => Some(hook::scan(scanner, pushes, plan, &root, &mut take, &mut loosened)?),
    };
    if let (true, Input::Paths(paths)) = (plan.history.history, &plan.input) {
        let how = history::How {
            min_confidence: treatment.lowest(plan.min_confidence),
            jobs: plan.jobs.get(),
            progress: plan.progress,
            base: &root,
        };
        plan.history.scan(scanner, paths, &how, &mut |mut history| {
            let (places, notices) = (std::mem::take(&mut history.places), std::mem::take(&mut history.notices));
            let mut scanned = Scanned { places, notices, ..Scanned::default() };
            plan.configuration.treat(scanner, &mut scanned, &root);
            each(&scanned);
            (history.places, history.notices) = (scanned.places, scanned.notices);
            collector.add_history(history);
        })?;
    }
    // Branches are named after all kinds of things.
    let version_control = version_control.map(|mut at| {
        at.branch = at.branch.map(|branch| scanner.redacted(&branch));
        at
    });
    let least =
        |place: &Place| treatment.min_confidence(&root, &place.location.artifact).unwrap_or(plan.min_confidence);
    let mut outcome = collector.finish_by(scanner, &least);
    if treatment.asks_for_fingerprints() {
        keytrail::report::identify(&outcome.findings);
    }
    let today = plan.today.unwrap_or_else(today);
    outcome.findings.iter_mut().for_each(|finding| treatment.settle(finding, &root, today));
    // Entries may be about anything below the file; less than all of it says nothing about them.
    let folder = plan.configuration.loaded.folder();
    let judged = plan.configuration.loaded.path.is_some()
        && plan.asked.is_none()
        && plan.min_confidence <= Confidence::Medium
        && covers_folder(plan, folder)
        && outcome.coverage.is_complete();
    let shown = |text: &str| scanner.redacted(text);
    outcome.coverage.notices.extend(treatment.notices(today, judged, plan.history.history, &shown));
    outcome.coverage.notices.extend(loosened);
    outcome.coverage.notices.sort();
    outcome.coverage.notices.dedup();
    Ok(Report {
        findings: outcome.findings,
        rules: outcome.rules,
        below_confidence: outcome.below_confidence,
        min_confidence: plan.min_confidence,
        coverage: outcome.coverage,
        baseline: None,
        version_control,
        root,
        tool: Tool::current(),
        command: plan.command.into(),
        exit_code: 0,
        elapsed: started.elapsed(),
        show_secrets: plan.show_secrets,
    })
}

/// Writes the reports that files are asked for.
///
/// # Errors
/// When one cannot be written.
pub fn write_reports(report: &Report, outputs: &[Output]) -> anyhow::Result<()> {
    for output in outputs {
        write_file(report, output.format, &output.path)
            .with_context(|| format!("the report `{}` cannot be written", output.path.display()))?;
    }
    Ok(())
}

/// Says which of several keys were found nowhere: reports tell only of those that were found.
fn tell_not_found(asked: &Asked, report: &Report) -> io::Result<()> {
    let missing = asked.not_among(&report.findings);
    if missing.is_empty() || asked.len() == 1 {
        return Ok(());
    }
    let more = missing.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let named = missing[..missing.len().min(NAMED)].join(", ");
    writeln!(anstream::stderr(), "found nowhere: {} of {} ({named}{more})", missing.len(), asked.len())
}

/// Keys that are named; the others are counted.
const NAMED: usize = 20;

/// A scanner for a plan. `also` are keys that are looked for besides what rules find; the plan's rules have to have the
/// one [for them](keytrail::detect::wanted::add_rule).
///
/// # Errors
/// When the keys that are looked for are too many.
pub fn scanner(plan: &Plan, also: Option<&Asked>) -> anyhow::Result<Scanner> {
    let options = Options {
        max_file_size: plan.max_file_size,
        limits: container::Limits {
            max_depth: u32::from(plan.max_depth),
            max_expansion: plan.max_expansion,
            max_member_size: plan.max_file_size,
            ..container::Limits::default()
        },
        window: None,
    };
    let (detector, key) = (Detector::new(plan.rules.clone()), FingerprintKey::from_env());
    Ok(match &plan.asked {
        Some(asked) => {
            let wanted = Wanted::new(asked, &detector)?;
            Scanner::locating(detector, wanted, key, options)
        }
        None => match also {
            Some(also) => {
                let wanted = Wanted::new(also, &detector)?;
                Scanner::new(detector, key, options).also_locating(wanted)
            }
            None => Scanner::new(detector, key, options),
        },
    })
}

fn files(
    scanner: &Scanner,
    paths: &[PathBuf],
    plan: &Plan,
    root: &Path,
    take: &mut (dyn FnMut(Scanned) + Send),
) -> anyhow::Result<()> {
    let jobs = plan.jobs.get();
    let options = tree::Options { no_ignore: !plan.obey_ignore_files, jobs, base: root.to_owned() };
    let mut listing = tree::list(paths, &options)?;
    let all = listing.files.len();
    let treatment = &plan.configuration.treatment;
    listing.files.retain(|file| !treatment.is_excluded(root, &file.artifact));
    if listing.files.len() < all {
        let left_out = all - listing.files.len();
        listing.notices.push(Notice {
            artifact: None,
            kind: NoticeKind::Skipped,
            message: format!("{} not scanned: `exclude` of keytrail.toml", super::selection::counted(left_out, "file")),
            help: None,
        });
    }
    // The source knows no rules, and so its names may hold keys.
    let notices = listing.notices.into_iter().map(|notice| scanner.noticed(notice)).collect();
    take(Scanned { notices, ..Scanned::default() });
    let progress = Progress::new(plan.progress, listing.files.len() as u64);
    parallel::files(scanner, &listing.files, jobs, &mut |scanned: Scanned| {
        progress.advance(1, scanned.bytes);
        take(scanned);
    })
    .context("the threads of the scan cannot be started")?;
    progress.finish();
    Ok(())
}

/// Scans what is staged, or what commits add.
fn changed(
    scanner: &Scanner,
    wanted: &super::scan::Changes,
    plan: &Plan,
    root: &Path,
    take: &mut (dyn FnMut(Scanned) + Send),
    loosened: &mut Vec<Notice>,
) -> anyhow::Result<VersionControl> {
    let repository = repository::open_here()?;
    let objects = Objects::new(&repository).context("the objects of the repository cannot be opened")?;
    let paths = Paths::new(&repository, root, &wanted.paths)?;
    let mut notices = Vec::new();
    let (revisions, end) = match &wanted.range {
        None => {
            let staged = staged::staged(&repository, &objects, &paths, wanted.whole_files)?;
            notices.extend(staged.conflicts.iter().map(|path| Notice {
                artifact: Some(paths.artifact(path)),
                kind: NoticeKind::Skipped,
                message: "it is in conflict, and so nothing of it is staged".to_owned(),
                help: None,
            }));
            (vec![staged.revision], None)
        }
        Some(range) => {
            let spec = Spec::parse(range)?;
            let range = Range::find(&repository, &objects, &spec)?;
            range.check(&objects, &paths)?;
            let base = repository.revparse_single(&spec.base).and_then(|base| base.peel_to_commit());
            if let Ok(base) = base {
                // Without a common past, as in a shallow clone, the base itself has to do.
                let common = repository.merge_base(base.id(), range.end.id).unwrap_or(base.id());
                loosened.extend(since(plan, scanner, &objects, &paths, Some(common), &range)?);
            }
            notices.extend(range.notice());
            (range.revisions(&objects, &paths, wanted.whole_files, plan.jobs), Some(range.end))
        }
    };
    take(Scanned {
        notices: notices.into_iter().map(|notice| scanner.noticed(notice)).collect(),
        ..Scanned::default()
    });
    let help = repository::help_for_missing(&repository);
    let changes = Changes::new(&objects, &paths, revisions, end, wanted.whole_files, help);
    let progress = Progress::new(plan.progress, changes.len() as u64);
    changes
        .scan(scanner, plan.jobs.get(), &|bytes| progress.advance(1, bytes), take)
        .context("the threads of the scan cannot be started")?;
    progress.finish();
    Ok(tree::version_control_of(&repository))
}

/// What a range loosens of the check that judges it, against the commit before it.
///
/// # Errors
/// When the current folder cannot be found.
pub fn since(
    plan: &Plan,
    scanner: &Scanner,
    objects: &Objects<'_>,
    paths: &Paths,
    before: Option<git2::Oid>,
    range: &Range,
) -> anyhow::Result<Vec<Notice>> {
    // Without the commit before, everything would seem to be added; the scan tells that it is missing.
    let old = match before.map(|id| objects.commit(id)) {
        Some(Err(_)) => return Ok(Vec::new()),
        Some(Ok(commit)) => Some(commit.tree),
        None => None,
    };
    let shown = |text: &str| scanner.redacted(text);
    plan.configuration.loosened(objects, paths, (old, range.end.tree), plan.baseline.as_ref(), &shown)
}

fn standard_input(scanner: &Scanner, name: &str) -> Scanned {
    let artifact = scanner.named(&Artifact::file(name));
    let mut scanned = Scanned::default();
    if let Err(error) = scanner.input(&artifact, &mut io::stdin().lock(), &mut scanned) {
        scanned.notices.push(Notice {
            artifact: Some(artifact),
            kind: NoticeKind::Unreadable,
            message: error.to_string(),
            help: None,
        });
    }
    scanned
}

fn stream<W: io::Write>(
    lines: &mut JsonLines<W>,
    scanned: &Scanned,
    scanner: &Scanner,
    plan: &Plan,
    today: jiff::civil::Date,
) -> io::Result<()> {
    let root = std::env::current_dir()?;
    let treatment = &plan.configuration.treatment;
    for place in &scanned.places {
        let own = treatment.min_confidence(&root, &place.location.artifact);
        if place.confidence < own.unwrap_or(plan.min_confidence) {
            continue;
        }
        let mut finding = finding_of(place.clone(), scanner);
        treatment.settle(&mut finding, &root, today);
        finding.known = plan.baseline.as_ref().and_then(|known| known.baseline.known(&finding, today));
        for location in &finding.locations {
            lines.place(&finding, location)?;
        }
    }
    scanned.notices.iter().try_for_each(|notice| lines.notice(notice))
}

/// 2 for an incomplete scan, whatever else it found, because what it did not find says nothing; 1 for findings.
fn exit_code(report: &Report, plan: &Plan) -> u8 {
    let reaches = |threshold| report.open_findings().any(|finding| finding.severity >= threshold);
    if !report.coverage.is_complete() && !plan.allow_incomplete {
        2
    } else {
        u8::from(plan.fail_on.is_some_and(reaches))
    }
}

/// Writes a report beside its place first, so that a reader never finds half of one.
fn write_file(report: &Report, format: Format, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let style = Style { now: jiff::Timestamp::now(), ..Style::default() };
    // Devices and pipes (`-o /dev/stderr`) have to be written in place.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let mut out = BufWriter::new(std::fs::File::create(path)?);
        format::write(format, report, &mut out, &style)?;
        return Ok(out.flush()?);
    }
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    format::write(format, report, &mut out, &style)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    // A temporary file is private to its owner; a report is what any other new file would be.
    let file = file.persist(path)?;
    share(&file)?;
    Ok(())
}

#[cfg(unix)]
fn share(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// Writes a report to standard output, as the terminal takes it.
///
/// # Errors
/// Those of standard output.
pub fn write_stdout(report: &Report, format: Format, global: Global) -> io::Result<()> {
    let style = terminal_style(global);
    let mut out = BufWriter::new(io::stdout().lock());
    format::write(format, report, &mut out, &style)?;
    out.flush()
}

/// What a report on standard output looks like.
#[must_use]
pub fn terminal_style(global: Global) -> Style {
    let terminal = io::stdout().is_terminal();
    let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let width = console::Term::stdout().size_checked().map_or(120, |(_, columns)| usize::from(columns));
    Style {
        color,
        hyperlinks: terminal && color,
        unicode: terminal && speaks_utf8(),
        verbose: global.verbose,
        width: width.clamp(40, 160),
        host: String::new(),
        now: jiff::Timestamp::now(),
    }
}

/// Whether the terminal's encoding is UTF-8, as the locale's variables say it in the order of their precedence.
fn speaks_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
}
