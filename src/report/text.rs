//! The text format: annotated snippets for people, then what was not covered, then one line that sums up.
//!
//! Whatever comes from the scanned tree goes through [`visible`] first; the only escape sequences in the output are
//! those that [`Style`] asks for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style as Ansi};

use super::format::Style;
use super::json::Summary;
use super::{NoticeKind, Objects, Report, history, uri, visible};
use crate::finding::{Artifact, Confidence, Finding, History, Location, Severity, Verification};

/// How many further places of one secret are listed; the rest are counted.
pub const MAX_PLACES: usize = 5;

/// How many notices of one kind are listed unless [`Style::verbose`] is set; the rest are counted.
pub const MAX_NOTICES: usize = 20;

/// Writes the report as text.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if style.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    let renderer = renderer.hyperlink(style.hyperlinks).decor_style(decor).term_width(style.width);
    for finding in report.open_findings() {
        writeln!(out, "{}\n", render(report, finding, &renderer, style))?;
    }
    notices(report, out, style)?;
    writeln!(out, "{}", summary(report, style))
}

/// One finding: heading, snippet of its first open place, and what else there is to say about it.
fn render(report: &Report, finding: &Finding, renderer: &Renderer, style: &Style) -> String {
    let rule = report.rule(finding);
    let level = level(finding.severity).with_name(finding.severity.as_str());
    let title = rule.map_or("a leaked key", |rule| &rule.title);
    let mut title = level
        .primary_title(format!("{} (confidence: {})", visible::line(title), finding.confidence))
        .id(visible::line(&finding.rule));
    // The renderer writes the address as it is, inside an escape sequence.
    if let Some(url) = rule.and_then(|rule| rule.references.first()).filter(|url| is_plain_url(url)) {
        title = title.id_url(url.as_str());
    }
    let mut group = Group::with_title(title);

    let mut places = history::places(finding).into_iter();
    let primary = places.next();
    group = group.elements(primary.map(snippet));

    let mut say = |name: &'static str, text: &str| {
        let level = if name == "revoke" { Level::HELP } else { Level::NOTE };
        let message = level.with_name(name).message(visible::line(text).into_owned());
        group = std::mem::replace(&mut group, Group::with_level(Level::NOTE)).element(message);
    };
    if let Some(verification) = &finding.verification {
        // What only decodes as it should is no proof.
        let name = if finding.confidence == Confidence::Confirmed { "verified" } else { "checked" };
        say(name, &verified(verification));
    }
    match primary.map(|place| (place, place.history.as_deref())) {
        Some((place, Some(history))) => tell(finding, place, history, &mut say),
        Some((_, None)) => {
            if let Some(commit) = history::earliest(finding) {
                say("history", &format!("since {}", history::described(commit)));
            }
        }
        None => {}
    }
    for part in &finding.parts {
        say("part", &format!("{} `{}` at {}", part.role, part.shown(), position(&part.location)));
    }
    let further: Vec<_> = places.collect();
    for location in further.iter().take(MAX_PLACES) {
        say("also at", &position(location));
    }
    if further.len() > MAX_PLACES {
        say("also at", &format!("… and {} more", number((further.len() - MAX_PLACES) as u64)));
    }
    let allowed = finding.locations.iter().filter(|location| location.allowed.is_some()).count();
    if allowed > 0 {
        say("note", &format!("allowed by {} in {}", finding.allowed_by(), plural(allowed, "other place")));
    }
    for note in &finding.notes {
        say("note", note);
    }
    if !finding.is_at_head() {
        say("note", history::GONE);
    }
    if let Some(secret) = finding.secret.secret().filter(|_| report.show_secrets) {
        say("value", &String::from_utf8_lossy(secret.expose()));
    }
    if let Some(revoke) = rule.and_then(|rule| rule.revoke.as_deref()) {
        say("revoke", revoke);
    }
    let rendered = renderer.render(&[group]);
    match primary {
        Some(location) => with_origin(&rendered, report, location, style),
        None => rendered,
    }
}

/// Says which commits brought it and took it away, and from where it can be reached.
fn tell(finding: &Finding, place: &Location, history: &History, say: &mut dyn FnMut(&'static str, &str)) {
    let first = history::first(finding, place);
    if let Some(commit) = first {
        say("introduced", &history::described(commit));
    }
    if let Some(commit) = &history.introduced {
        say(if first.is_some() { "here since" } else { "introduced" }, &history::described(commit));
    }
    let last = history.last.as_ref().filter(|last| history.introduced.as_ref().is_none_or(|first| first.id != last.id));
    if let Some(commit) = last.filter(|_| !history.at_head) {
        say("last held", &history::described(commit));
    }
    say("reach", &history::exposure(place, history));
}

/// Stands for the path while a snippet is rendered. No text that is shown can hold it.
const PATH: char = '\0';

/// The snippet, under [`PATH`].
fn snippet(location: &Location) -> Snippet<'static, Annotation<'static>> {
    let (text, range) = visible::block(&location.snippet.text, location.snippet.start..location.snippet.end);
    Snippet::source(text)
        .path(PATH.to_string())
        .line_start(location.snippet.first_line as usize)
        .fold(false)
        .annotation(AnnotationKind::Primary.span(range))
}

/// Puts the path, line and column in the place of [`PATH`] and the numbers behind it. Those would be the renderer's,
/// which counts in the lines it was given: they may be cut, and hold escapes.
fn with_origin(rendered: &str, report: &Report, location: &Location, style: &Style) -> String {
    let Some((before, after)) = rendered.split_once(PATH) else { return rendered.to_owned() };
    let after = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    let mut path = visible::line(&location.artifact.to_string()).into_owned();
    // Nobody can open a version of the past, nor a file below a folder that is not known.
    if style.hyperlinks && location.history.is_none() && !report.root.as_os_str().is_empty() {
        // Nothing opens the inside of an archive; the archive itself can be found.
        path = hyperlink(&uri::file(&style.host, &report.root, &location.artifact.path), &path);
    }
    let start = location.region.start;
    format!("{before}{path}:{}:{}{}{after}", start.line, start.column, visible::line(&aside(location)))
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::INFO,
        Severity::Note => Level::NOTE,
    }
}

pub(super) fn verified(verification: &Verification) -> String {
    let mut text = verification.what.clone();
    for (index, fact) in verification.facts.iter().enumerate() {
        text.push_str(if index == 0 { "; " } else { ", " });
        text.push_str(&format!("{}: {}", fact.name, fact.value));
    }
    text
}

/// `path:line:column`, with the part of the document and the version where there are such.
fn position(location: &Location) -> String {
    let start = location.region.start;
    format!("{}:{}:{}{}", location.artifact, start.line, start.column, aside(location))
}

fn aside(location: &Location) -> String {
    let mut text = location.part.as_deref().map(|part| format!(" ({part})")).unwrap_or_default();
    if let Some(commit) = location.history.as_ref().and_then(|history| history.introduced.as_ref()) {
        text.push_str(&format!(" in {}", history::version(commit)));
    }
    text
}

/// Lists what was skipped or could not be read, by kind.
fn notices(report: &Report, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let all = &report.coverage.notices;
    let kinds: BTreeSet<NoticeKind> = all.iter().map(|notice| notice.kind).collect();
    for kind in &kinds {
        let these: Vec<_> = all.iter().filter(|notice| notice.kind == *kind).collect();
        let color = if kind.is_incomplete() { AnsiColor::Yellow.on_default() } else { Ansi::new() };
        writeln!(
            out,
            "{}",
            paint(&format!("{} ({}):", words(*kind), number(these.len() as u64)), color.bold(), style)
        )?;
        let shown = if style.verbose { these.len() } else { MAX_NOTICES.min(these.len()) };
        let mut helps = BTreeSet::new();
        for notice in &these[..shown] {
            let place = notice.artifact.as_ref().map(Artifact::to_string);
            let prefix = place.map(|place| format!("{}: ", visible::line(&place))).unwrap_or_default();
            writeln!(out, "  {prefix}{}", visible::line(&notice.message))?;
            helps.extend(&notice.help);
        }
        if shown < these.len() {
            writeln!(out, "  … and {} more", number((these.len() - shown) as u64))?;
        }
        for help in helps {
            writeln!(out, "  help: {}", visible::line(help))?;
        }
    }
    if !kinds.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn words(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::TooLarge => "too large",
        NoticeKind::Stale => "stale allowances",
        NoticeKind::Loosened => "loosened by the changes themselves",
        kind => kind.as_str(),
    }
}

/// The last line: findings, what was left out, what was looked at, and what is missing.
fn summary(report: &Report, style: &Style) -> String {
    let mut summary = Summary::of(report);
    let coverage = &report.coverage;
    let mut line = if summary.findings == 0 {
        let covered = match (report.command.as_ref(), coverage.is_complete()) {
            ("locate", true) => "Found nowhere",
            (_, true) if summary.known > 0 => "No new keys found",
            ("locate", false) => "Found nowhere in what was read",
            (_, true) => "No leaked keys found",
            (_, false) => "No leaked keys found in what was read",
        };
        paint(covered, AnsiColor::Green.on_default().bold(), style)
    } else {
        let count = plural(summary.findings as usize, "finding");
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note];
        let counts: Vec<String> = severities
            .into_iter()
            .map(|severity| (*summary.by_severity.of(severity), severity))
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| format!("{} {severity}", number(count)))
            .collect();
        let mut text = format!("{count} ({})", counts.join(", "));
        // Messages of commits are in no file.
        if summary.files > 0 {
            let _ = write!(text, " in {}", plural(summary.files as usize, "file"));
        }
        paint(&text, AnsiColor::Red.on_default().bold(), style)
    };
    let mut add = |text: String| line.push_str(&format!(" · {text}"));
    if summary.in_history_only > 0 {
        add(format!("{} in the history only", number(summary.in_history_only)));
    }
    summary.allowances().into_iter().for_each(&mut add);
    if summary.known > 0 {
        add(format!("{} in the baseline", number(summary.known)));
    }
    if summary.below_confidence > 0 {
        let (count, least) = (number(summary.below_confidence), summary.min_confidence);
        add(format!("{count} below {least} confidence (--min-confidence low shows them)"));
    }
    let mut scanned = format!("scanned {}", plural(coverage.files as usize, "file"));
    if coverage.members > 0 {
        let _ = write!(scanned, " ({} in archives)", number(coverage.members));
    }
    let _ = write!(scanned, ", {}", size(coverage.bytes));
    if let Some(objects) = &coverage.objects {
        let _ = write!(scanned, ", and {}, {}", plural(objects.scanned as usize, "object"), size(objects.bytes));
    }
    if !report.elapsed.is_zero() {
        // The comma keeps the time from being that of the objects alone.
        let comma = if coverage.objects.is_some() { "," } else { "" };
        let _ = write!(scanned, "{comma} in {}", duration(report.elapsed));
    }
    add(scanned);
    if let Some(objects) = &coverage.objects {
        objects_left(objects).into_iter().for_each(&mut add);
    }
    if !coverage.is_complete() {
        let kinds: BTreeSet<NoticeKind> = coverage.notices.iter().map(|notice| notice.kind).collect();
        let missing: Vec<String> = kinds
            .into_iter()
            .filter(|kind| kind.is_incomplete())
            .map(|kind| {
                let count = coverage.notices.iter().filter(|notice| notice.kind == kind).count();
                format!("{} {}", number(count as u64), words(kind))
            })
            .collect();
        let text = format!("incomplete: {}", missing.join(", "));
        add(paint(&text, AnsiColor::Yellow.on_default().bold(), style));
    }
    line
}

/// Which objects of the history were not scanned, and why.
pub(super) fn objects_left(objects: &Objects) -> Vec<String> {
    let mut left = Vec::new();
    let counts = [(objects.missing, "missing"), (objects.damaged, "damaged"), (objects.skipped, "too large")];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        left.push(format!("{} {what}", plural(count as usize, "object")));
    }
    if objects.shallow {
        left.push("the history ends early: the clone is shallow".to_owned());
    }
    left
}

fn paint(text: &str, ansi: Ansi, style: &Style) -> String {
    if style.color { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
}

/// A link as terminals understand it: OSC 8, with the string terminator `ESC \`.
fn hyperlink(target: &str, text: &str) -> String {
    format!("\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\")
}

fn is_plain_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && url.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(count as u64), if count == 1 { "" } else { "s" })
}

/// With a comma between thousands: `1,204`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In decimal units: `12.3 MB`.
pub(super) fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    if bytes < 1000 {
        return plural(bytes as usize, "byte");
    }
    for unit in ["kB", "MB", "GB"] {
        value /= 1000.0;
        // Anything that would round to 1000.0 is shown in the next unit.
        if value < 999.95 {
            return format!("{value:.1} {unit}");
        }
    }
    format!("{:.1} TB", value / 1000.0)
}

fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        format!("{:.2} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;
    use crate::finding::Position;
    use crate::report::sample;

    fn text(report: &Report, style: &Style) -> String {
        let mut out = Vec::new();
        write(report, &mut out, style).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", text(&sample::full(), &Style::default()));
        insta::assert_snapshot!("historic", text(&sample::historic(), &Style::default()));
    }

    #[test]
    fn colours_links_and_box_drawing() {
        let style = Style { color: true, hyperlinks: true, unicode: true, host: "box".to_owned(), ..Style::default() };
        let shown = text(&sample::many(1), &style);
        insta::assert_snapshot!("styled", shown.replace('\x1b', "␛"));
    }

    #[test]
    fn the_column_is_that_of_the_file() {
        let mut report = sample::many(1);
        let location = &mut report.findings[0].locations[0];
        location.region.start = Position { line: 3, column: 90_001 };
        location.snippet.text.insert(0, '\x1b');
        location.snippet.start += 1;
        location.snippet.end += 1;
        let shown = text(&report, &Style::default());
        assert!(shown.contains("--> src/module0000.py:3:90001\n"), "{shown}");
        assert!(shown.contains("| token = 'plan…plan'\n  |          ^^^^^^^^^\n"), "{shown}");
    }

    #[test]
    fn nothing_found() {
        let mut report = sample::empty();
        insta::assert_snapshot!(text(&report, &Style::default()), @"No leaked keys found · scanned 12 files, 34.6 kB in 0.21 s");
        report.coverage.notices = vec![sample::notice(None, NoticeKind::Internal, "it failed", None); 25];
        let shown = text(&report, &Style::default());
        assert_eq!(shown.matches("it failed").count(), MAX_NOTICES);
        assert!(shown.contains("… and 5 more"), "{shown}");
        assert!(shown.ends_with(" · incomplete: 25 internal\n"), "{shown}");
        let verbose = text(&report, &Style { verbose: true, ..Style::default() });
        assert_eq!(verbose.matches("it failed").count(), 25);
    }

    #[test]
    fn what_a_document_does_not_tell_is_left_out() {
        let report = Report { elapsed: Duration::ZERO, root: PathBuf::new(), ..sample::many(1) };
        let shown = text(&report, &Style { hyperlinks: true, ..Style::default() });
        assert!(shown.ends_with(" · scanned 12 files, 34.6 kB\n"), "{shown}");
        assert!(!shown.contains("file:"), "{shown}");
    }

    #[test]
    fn numbers_and_sizes() {
        assert_eq!([number(0), number(999), number(1000), number(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(size(1), "1 byte");
        assert_eq!(
            [size(999), size(999_949), size(999_950), size(5_000_000_000_000)],
            ["999 bytes", "999.9 kB", "1.0 MB", "5.0 TB"]
        );
        assert_eq!(duration(Duration::from_millis(61_500)), "1 min 1 s");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn no_input_reaches_the_terminal_raw(
            path in any::<String>(),
            member in any::<String>(),
            part in any::<Option<String>>(),
            note in any::<String>(),
            snippet in any::<String>(),
            range in (0usize..80, 0usize..80),
            first_line in any::<u32>(),
            position in any::<(u32, u32)>(),
            width in 0usize..300,
            unicode in any::<bool>(),
        ) {
            let mut report = sample::full();
            report.findings.extend(sample::historic().findings);
            for finding in &mut report.findings {
                finding.notes.push(note.clone());
                finding.rule.push_str(&note);
                for location in &mut finding.locations {
                    location.artifact = Artifact::file(path.clone()).member(member.clone());
                    location.part = part.clone();
                    location.snippet.text = snippet.clone();
                    (location.snippet.start, location.snippet.end) = range;
                    location.snippet.first_line = first_line;
                    (location.region.start.line, location.region.start.column) = position;
                    if let Some(history) = &mut location.history {
                        history.branches.insert(0, note.clone());
                        history.object = path.clone();
                        for commit in [&mut history.introduced, &mut history.last].into_iter().flatten() {
                            (commit.id, commit.author) = (member.clone(), snippet.clone());
                            (commit.date, commit.subject) = (note.clone(), path.clone());
                        }
                    }
                }
            }
            for notice in &mut report.coverage.notices {
                notice.message = note.clone();
                notice.help = Some(snippet.clone());
                notice.artifact = Some(Artifact::file(path.clone()));
            }
            let shown = text(&report, &Style { width, unicode, ..Style::default() });
            prop_assert!(!shown.contains(|c| visible::is_hidden(c) && c != '\n'), "{:?}", shown);
        }
    }
}
