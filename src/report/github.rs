//! The GitHub format: the workflow commands by which a step of a GitHub Actions workflow annotates lines of code.
//!
//! Each line is one command, `::error file=…,line=…::message`. GitHub shows ten errors, ten warnings and ten notices of
//! a step ("Workflow commands", "Limits" of annotations), so the worst finding comes first. Values are never in it, even
//! on `--show-secrets`: the logs of public repositories are public.

use std::cmp::Reverse;
use std::io;

use super::format::Style;
use super::{Notice, Report, history, visible};
use crate::finding::{Confidence, Finding, Location, Severity};

/// Writes the report as workflow commands.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.open_findings().collect();
    findings.sort_by_key(|finding| (Reverse(finding.severity), Reverse(finding.confidence)));
    for finding in findings {
        writeln!(out, "{}", annotation(report, finding))?;
    }
    for notice in &report.coverage.notices {
        writeln!(out, "{}", remark(notice))?;
    }
    Ok(())
}

fn annotation(report: &Report, finding: &Finding) -> String {
    let rule = report.rule(finding);
    let title = rule.map_or(finding.rule.as_str(), |rule| rule.title.as_str());
    let places = history::places(finding);
    let primary = places.first();
    let mut properties = primary.map(|place| position(place)).unwrap_or_default();
    properties.push(("title", format!("Leaked key: {title}")));
    command(level(finding.severity), &properties, &message(report, finding, &places))
}

/// The place, where the commit that is checked out has it. Only there does GitHub show anything.
fn position(place: &Location) -> Vec<(&'static str, String)> {
    let path = &place.artifact.path;
    if leads_out(path) || !place.is_file() || !place.is_at_head() {
        return Vec::new();
    }
    let mut properties = vec![("file", path.clone())];
    // The lines of a member are not those of its archive.
    if place.artifact.members.is_empty() {
        let (start, end) = (place.region.start, place.region.end);
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        // The runner drops columns that are given for more than one line, and complains.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties
}

/// Whether a path is none of the repository.
pub(super) fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|segment| segment == "..")
}

fn message(report: &Report, finding: &Finding, places: &[&Location]) -> String {
    let mut lines = vec![format!("{} (confidence: {})", finding.secret.redacted(), finding.confidence)];
    if let Some(verification) = &finding.verification {
        let how = if finding.confidence == Confidence::Confirmed { "Verified" } else { "Checked" };
        lines.push(format!("{how}: {}", verification.what));
    }
    if let Some(place) = places.first() {
        let at = format!("At {}:{}", place.artifact, place.region.start.line);
        let past = place.history.as_deref().map(|past| {
            let since = |commit| format!(", since {}", history::version(commit));
            let commit = match (history::first(finding, place), &past.introduced) {
                (Some(first), Some(own)) => Some(format!("{}, here{}", since(first), &since(own)[1..])),
                (_, own) => own.as_ref().map(since),
            };
            format!("{}, {}", commit.unwrap_or_default(), history::exposure(place, past))
        });
        lines.push(at + &past.unwrap_or_default());
    }
    match places.len() {
        0 | 1 => {}
        2 => lines.push("And in one other place".to_owned()),
        n => lines.push(format!("And in {} other places", n - 1)),
    }
    lines.extend(finding.notes.iter().cloned());
    let revoke = report.rule(finding).and_then(|rule| rule.revoke.as_deref());
    lines.push(match revoke {
        Some(revoke) => format!("Revoke it, deleting it is not enough: {revoke}"),
        None => "Revoke it, deleting it is not enough.".to_owned(),
    });
    let lines: Vec<_> = lines.iter().map(|line| visible::line(line)).collect();
    lines.join("\n")
}

pub(super) fn remark(notice: &Notice) -> String {
    let level = if notice.kind.is_incomplete() { "warning" } else { "notice" };
    let place = notice.artifact.as_ref().map(|artifact| format!("{artifact}: ")).unwrap_or_default();
    let help = notice.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let text = format!("{place}{}{help}", notice.message);
    command(level, &[("title", format!("keytrail: {}", notice.kind.as_str()))], &visible::line(&text))
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Note => "notice",
    }
}

/// A workflow command, escaped as the runner's own toolkit does it (`actions/toolkit`, package `core`): a percent sign
/// and line ends in the message, colons and commas besides in the properties.
pub(super) fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let message = data(message);
    let list: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(&visible::line(value)))).collect();
    format!("::{name} {}::{message}", list.join(","))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::finding::Artifact;
    use crate::report::sample;

    fn github(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", github(&sample::full()));
        insta::assert_snapshot!("historic", github(&sample::historic()));
        assert_eq!(github(&sample::empty()), "");
    }

    #[test]
    fn the_worst_comes_first_and_the_known_not_at_all() {
        let mut report = sample::many(3);
        report.findings[1].severity = Severity::Critical;
        report.findings[0].known = Some(crate::finding::Known::default());
        report.findings[2].severity = Severity::Medium;
        let text = github(&report);
        let levels: Vec<_> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(levels, ["::error", "::warning"]);
    }

    /// What the runner makes of a line: the command, its properties, and its message.
    fn run(line: &str) -> (String, Vec<(String, String)>, String) {
        let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (name, list) = head.split_once(' ').unwrap();
        let properties = list.split(',').map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (key.to_owned(), plain(&value.replace("%3A", ":").replace("%2C", ",")))
        });
        (name.to_owned(), properties.collect(), plain(message))
    }

    proptest::proptest! {
        #[test]
        fn no_name_or_text_makes_a_command_of_its_own(
            path in "[a:,%=\r\n;]{1,12}",
            note in "[a:%\r\n]{0,6}(::error::x)?.{0,6}",
        ) {
            let mut report = sample::many(1);
            report.findings[0].locations[0].artifact = Artifact::file(path.clone());
            report.findings[0].notes.push(note.clone());
            report.coverage.notices.push(sample::notice(None, super::super::NoticeKind::Skipped, &note, None));
            let text = github(&report);
            proptest::prop_assert_eq!(text.lines().count(), 2);
            proptest::prop_assert!(!text.contains('\r'));
            let (name, properties, message) = run(text.lines().next().unwrap());
            proptest::prop_assert_eq!(name, "error");
            let shown = visible::line(&path).into_owned();
            proptest::prop_assert_eq!(&properties[0], &("file".to_owned(), shown));
            proptest::prop_assert!(message.contains(&*visible::line(&note)), "{:?}", message);
        }
    }
}
