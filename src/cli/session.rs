//! The run of a scan: from a [`Plan`] to reports and an exit code. `audit` shares it.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use keytrail::baseline::{Entry, KnownFile};
use keytrail::hook::{Event, Reads};
use keytrail::report::{JsonLines, Style};
use keytrail::{Asked, Finding, Format, Notice, NoticeKind, Report, Scanner, Source, Watch, Work};

use super::Global;
use super::output::{self, Readers};
use super::progress::{Mode, Progress};
use super::scan::{Input, Output, Plan};

/// Scans as planned and writes every report.
///
/// # Errors
/// When a path that was named cannot be reached, or a report cannot be written.
pub fn run(plan: Plan, global: Global) -> anyhow::Result<ExitCode> {
    let scanner = scanner(&plan, None)?;
    let mut watch = Onlooker::new(plan.progress);
    if plan.format == Format::Jsonl {
        watch = watch.with_lines(plan.show_secrets);
    }
    let report = gather(&plan, &scanner, &watch)?;
    let lines = watch.lines.map(|lines| lines.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut lines = match lines {
        Some(Lines { failed: Some(error), .. }) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(error).context("writing to standard output");
        }
        lines => lines.map(|lines| lines.out),
    };
    let mut formats = plan.outputs.iter().map(|output| output.format).chain([plan.format]);
    if formats.any(Format::shows_fingerprints) {
        report.identify();
    }
    if let Some(lines) = &mut lines {
        let late = [NoticeKind::Stale, NoticeKind::Loosened];
        for notice in report.coverage.notices.iter().filter(|notice| late.contains(&notice.kind)) {
            // A pipe that is closed is dealt with below.
            let _ = lines.notice(notice);
        }
    }
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
        tell_what_to_do(&report, event, plan.reads.as_ref())?;
    }
    Ok(ExitCode::from(report.exit_code))
}

/// The day by which allowances expire: that of Greenwich, so that it is the same everywhere.
pub fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Says how to get on after a commit or push was stopped.
fn tell_what_to_do(report: &Report, event: Event, baseline: Option<&Reads>) -> io::Result<()> {
    report.identify();
    let advice = keytrail::hook::advice(report, event, baseline);
    let mut err = anstream::stderr().lock();
    // Standard output has the findings, which this follows.
    io::stdout().flush()?;
    write!(err, "\n{advice}")
}

/// Which entries of a baseline this scan had to find if their keys were still there: none unless it was complete and
/// covered all of the repository that the baseline is about.
pub fn judged<'a>(
    plan: &'a Plan,
    scanner: &'a Scanner,
    known: &KnownFile,
    report: &Report,
) -> impl Fn(&Entry) -> bool + 'a {
    let covered = covers(plan, scanner, known) && report.coverage.is_complete();
    move |entry| covered && scanner.seeks(entry, plan.history.history)
}

/// Whether a plan is to scan everything that a baseline is about.
#[must_use]
pub fn covers(plan: &Plan, scanner: &Scanner, known: &KnownFile) -> bool {
    let folder = known.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    scanner.covers(&source(plan), folder)
}

/// What a plan says is looked at.
fn source(plan: &Plan) -> Source<'static> {
    match &plan.input {
        Input::Paths(paths) => {
            let source = plan.history.of(Source::paths(paths));
            if plan.obey_ignore_files { source } else { source.with_ignored() }
        }
        Input::Stdin(name) => Source::reader(name, io::stdin()),
        Input::Changes(changes) => {
            let source = match &changes.range {
                None => Source::staged(),
                Some(range) => Source::range(range),
            };
            let source = source.only_in(&changes.paths);
            if changes.whole_files { source.whole_files() } else { source }
        }
        Input::Pushed(pushes) => Source::pushed(pushes.clone()),
    }
}

/// Scans as planned. The exit code of the report is what the plan says.
///
/// # Errors
/// When a path that was named cannot be reached.
pub fn gather(plan: &Plan, scanner: &Scanner, watch: &dyn Watch) -> anyhow::Result<Report> {
    let mut report = scanner.scan_watched(source(plan), watch)?;
    report.command = plan.command.into();
    report.show_secrets = plan.show_secrets;
    report.exit_code = report.verdict(plan.fail_on, plan.allow_incomplete);
    Ok(report)
}

/// Shows how a scan goes on: by a bar, and by lines of JSON where these are asked for.
pub struct Onlooker {
    mode: Mode,
    bar: Mutex<Option<Arc<Progress>>>,
    lines: Option<Mutex<Lines>>,
}

/// Lines of JSON on standard output, and the first failure to write them.
struct Lines {
    out: JsonLines<anstream::AutoStream<io::Stdout>>,
    failed: Option<io::Error>,
}

impl Onlooker {
    /// Shows a bar.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Onlooker { mode, bar: Mutex::new(None), lines: None }
    }

    /// Writes lines, too, while the scan goes on, so that a reader sees the first finding at once.
    fn with_lines(self, show_secrets: bool) -> Self {
        let out = JsonLines::new(anstream::stdout(), show_secrets);
        Onlooker { lines: Some(Mutex::new(Lines { out, failed: None })), ..self }
    }

    fn bar(&self) -> Option<Arc<Progress>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, line: impl FnOnce(&mut JsonLines<anstream::AutoStream<io::Stdout>>) -> io::Result<()>) {
        let Some(lines) = &self.lines else { return };
        let Lines { out, failed } = &mut *lines.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_none() {
            *failed = line(out).err();
        }
    }
}

impl Watch for Onlooker {
    fn begins(&self, work: Work) {
        let progress = match work {
            Work::Files(number) | Work::Changes(number) => Progress::new(self.mode, number),
            Work::History { bytes } => Progress::of_history(self.mode, bytes),
            _ => return,
        };
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(progress));
    }

    fn advances(&self, pieces: u64, bytes: u64) {
        if let Some(bar) = self.bar() {
            bar.advance(pieces, bytes);
        }
    }

    fn ends(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish();
        }
    }

    fn wants_findings(&self) -> bool {
        self.lines.is_some()
    }

    fn found(&self, finding: &Finding) {
        self.write(|lines| finding.locations.iter().try_for_each(|location| lines.place(finding, location)));
    }

    fn noticed(&self, notice: &Notice) {
        self.write(|lines| lines.notice(notice));
    }
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
/// one [for them](keytrail::locate::add_rule).
///
/// # Errors
/// When the keys that are looked for are too many.
pub fn scanner(plan: &Plan, also: Option<&Asked>) -> anyhow::Result<Scanner> {
    let mut builder = Scanner::builder()
        .rules(plan.rules.clone())
        .treat_by(plan.configuration.clone())
        .min_confidence(plan.min_confidence)
        .jobs(plan.jobs)
        .max_depth(plan.max_depth)
        .max_expansion(plan.max_expansion)
        .max_ratio(plan.max_ratio);
    if let Some(known) = &plan.baseline {
        builder = builder.known(known.clone());
    }
    if let Some(today) = plan.today {
        builder = builder.as_of(today);
    }
    if let Some(bytes) = plan.max_file_size {
        builder = builder.max_file_size(bytes);
    }
    if let Some(asked) = &plan.asked {
        builder = builder.locate(asked.clone());
    }
    if let Some(also) = also {
        builder = builder.also_locate(also.clone());
    }
    Ok(builder.build()?)
}

fn write_file(report: &Report, format: Format, path: &Path) -> io::Result<()> {
    let style = Style { now: jiff::Timestamp::now(), ..Style::default() };
    output::write(path, Readers::Everyone, |out| report.write_styled(format, out, &style))
}

/// Writes a report to standard output, as the terminal takes it.
///
/// # Errors
/// Those of standard output.
pub fn write_stdout(report: &Report, format: Format, global: Global) -> io::Result<()> {
    let style = terminal_style(global);
    let mut out = BufWriter::new(io::stdout().lock());
    report.write_styled(format, &mut out, &style)?;
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
