//! The run of a scan: from a [`Plan`] to reports and an exit code. `scan` and `demo` share it.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use keytrail::detect::Detector;
use keytrail::detect::rule::Ruleset;
use keytrail::detect::wanted::{Asked, Wanted};
use keytrail::finding::Artifact;
use keytrail::report::format::{self, Format, Style};
use keytrail::report::json::Tool;
use keytrail::report::jsonl::JsonLines;
use keytrail::report::{Notice, NoticeKind, Report, VersionControl};
use keytrail::scan::changes::Changes;
use keytrail::scan::{Collector, Options, Scanned, Scanner, finding_of, parallel};
use keytrail::secret::FingerprintKey;
use keytrail::source::git::objects::Objects;
use keytrail::source::git::range::{Range, Spec};
use keytrail::source::git::repository::{self, Paths};
use keytrail::source::git::staged;
use keytrail::source::{container, tree};

use super::progress::Progress;
use super::scan::{Input, Plan};
use super::{Global, history};

/// Scans as planned and writes every report.
///
/// # Errors
/// When a path that was named cannot be reached, or a report cannot be written.
pub fn run(plan: Plan, global: Global) -> anyhow::Result<ExitCode> {
    let streams = plan.format == Format::Jsonl;
    // Written while the scan goes on, so that a reader sees the first finding at once.
    let mut lines = streams.then(|| JsonLines::new(anstream::stdout(), plan.show_secrets));
    let mut report = scan(&plan, &mut lines, None)?;
    report.exit_code = exit_code(&report, &plan);
    let mut formats = plan.outputs.iter().map(|output| output.format).chain([plan.format]);
    if formats.any(Format::shows_fingerprints) {
        report.identify();
    }
    for output in &plan.outputs {
        write_file(&report, output.format, &output.path)
            .with_context(|| format!("the report `{}` cannot be written", output.path.display()))?;
    }
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
    Ok(ExitCode::from(report.exit_code))
}

/// Scans as planned; findings are written to `lines`, if there are such, while the scan goes on. The exit code of the
/// report is not decided. `also` are keys that are looked for besides what rules find; the rules have to have the one
/// [for them](keytrail::detect::wanted::add_rule).
///
/// # Errors
/// When a path that was named cannot be reached, or `lines` cannot be written.
pub fn scan(
    plan: &Plan,
    lines: &mut Option<JsonLines<anstream::Stdout>>,
    also: Option<&Asked>,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let root = std::env::current_dir().context("the current folder cannot be found")?;
    let Plan { input, rules, .. } = plan;
    let scanner = scanner(rules.clone(), plan, also)?;
    let mut failed: Option<io::Error> = None;
    let mut collector = Collector::default();
    let mut take = |scanned: Scanned| {
        if let (Some(lines), None) = (lines.as_mut(), &failed) {
            failed = stream(lines, &scanned, &scanner, plan).err();
        }
        collector.add(scanned);
    };
    let version_control = match input {
        Input::Paths(paths) => {
            let trees: Vec<PathBuf> =
                paths.iter().filter(|path| !plan.history.history || !history::is_inside_git(path)).cloned().collect();
            files(&scanner, &trees, plan, &root, &mut take)?;
            paths.first().and_then(|path| tree::version_control(path))
        }
        Input::Stdin(name) => {
            take(standard_input(&scanner, name));
            None
        }
        Input::Changes(changes) => Some(changed(&scanner, changes, plan, &root, &mut take)?),
    };
    if let (true, Input::Paths(paths)) = (plan.history.history, input) {
        let how = history::How {
            min_confidence: plan.min_confidence,
            jobs: plan.jobs.get(),
            progress: plan.progress,
            base: &root,
        };
        plan.history.scan(&scanner, paths, &how, &mut |history| {
            if let (Some(lines), None) = (lines.as_mut(), &failed) {
                let scanned =
                    Scanned { places: history.places.clone(), notices: history.notices.clone(), ..Scanned::default() };
                failed = stream(lines, &scanned, &scanner, plan).err();
            }
            collector.add_history(history);
        })?;
    }
    if let Some(error) = failed.filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        return Err(error).context("writing to standard output");
    }
    // Branches are named after all kinds of things.
    let version_control = version_control.map(|mut at| {
        at.branch = at.branch.map(|branch| scanner.redacted(&branch));
        at
    });
    let outcome = collector.finish(&scanner, plan.min_confidence);
    Ok(Report {
        findings: outcome.findings,
        rules: outcome.rules,
        below_confidence: outcome.below_confidence,
        min_confidence: plan.min_confidence,
        coverage: outcome.coverage,
        version_control,
        root,
        tool: Tool::current(),
        command: plan.command.into(),
        exit_code: 0,
        elapsed: started.elapsed(),
        show_secrets: plan.show_secrets,
    })
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

fn scanner(rules: Arc<Ruleset>, plan: &Plan, also: Option<&Asked>) -> anyhow::Result<Scanner> {
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
    let (detector, key) = (Detector::new(rules), FingerprintKey::from_env());
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
    let listing = tree::list(paths, &options)?;
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
            let range = Range::find(&repository, &objects, &Spec::parse(range)?)?;
            range.check(&objects, &paths)?;
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

fn stream<W: io::Write>(lines: &mut JsonLines<W>, scanned: &Scanned, scanner: &Scanner, plan: &Plan) -> io::Result<()> {
    for place in scanned.places.iter().filter(|place| place.confidence >= plan.min_confidence) {
        let finding = finding_of(place.clone(), scanner);
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
    // Devices and pipes (`-o /dev/stderr`) have to be written in place.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let mut out = BufWriter::new(std::fs::File::create(path)?);
        format::write(format, report, &mut out, &Style::default())?;
        return Ok(out.flush()?);
    }
    let mut out = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    format::write(format, report, &mut out, &Style::default())?;
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

fn write_stdout(report: &Report, format: Format, global: Global) -> io::Result<()> {
    let terminal = io::stdout().is_terminal();
    let color = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let width = console::Term::stdout().size_checked().map_or(120, |(_, columns)| usize::from(columns));
    let style = Style {
        color,
        hyperlinks: terminal && color,
        unicode: terminal && speaks_utf8(),
        verbose: global.verbose,
        width: width.clamp(40, 160),
        host: String::new(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    format::write(format, report, &mut out, &style)?;
    out.flush()
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
