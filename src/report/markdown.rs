//! The Markdown format: a table and the remedies, for job summaries and comments.
//!
//! Values are never in it, even on `--show-secrets`: it is made to be published. The text is GitHub Flavored Markdown.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use super::format::Style;
use super::json::Summary;
use super::sarif::{is_web_address, most_important};
use super::{NoticeKind, Report, commonmark, history};
use crate::finding::{Finding, Location, Severity};

/// How many findings the table shows, the most severe ones; the rest are counted.
pub const MAX_FINDINGS: usize = 200;

/// How many notices of each kind are listed; the rest are counted.
pub const MAX_NOTICES: usize = 20;

/// Bytes of a cell's text, so that the whole stays well below the 1 MiB that GitHub takes for a job summary ("Workflow
/// commands for GitHub Actions", step isolation and limits).
const MAX_TEXT: usize = 300;

/// Writes the report as Markdown.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut summary = Summary::of(report);
    let mut text = String::from("## keytrail\n\n");
    heading(report, &mut summary, &mut text);
    table(report, &mut text);
    remedies(report, &mut text);
    notices(report, &mut text);
    out.write_all(text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

// Writing to a string cannot fail, here and below.

fn heading(report: &Report, summary: &mut Summary, text: &mut String) {
    if summary.findings == 0 {
        text.push_str(if report.command == "locate" { "Found nowhere." } else { "No leaked keys found." });
    } else {
        let _ = write!(text, "**{} leaked {}**", summary.findings, if summary.findings == 1 { "key" } else { "keys" });
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note];
        let counts = severities.map(|severity| (*summary.by_severity.of(severity), severity));
        let counts: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, severity)| format!("{n} {severity}")).collect();
        let _ = write!(text, " ({})", counts.join(", "));
        if summary.in_history_only > 0 {
            let _ = write!(text, ", {} of them in the history only", summary.in_history_only);
        }
        text.push('.');
    }
    for allowed in summary.allowances() {
        let _ = write!(text, " {allowed}.");
    }
    if summary.known > 0 {
        let _ = write!(text, " {} in the baseline.", summary.known);
    }
    if !report.coverage.is_complete() {
        text.push_str(" **The scan is incomplete.**");
    }
    text.push_str("\n\n");
}

fn table(report: &Report, text: &mut String) {
    let all: Vec<&Finding> = report.open_findings().collect();
    let count = all.len();
    if count == 0 {
        return;
    }
    text.push_str("| severity | key | value | where |\n| --- | --- | --- | --- |\n");
    for finding in most_important(all, MAX_FINDINGS) {
        let title = report.rule(finding).map_or(finding.rule.as_str(), |rule| rule.title.as_str());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            finding.severity,
            commonmark::text(&cut(title)),
            commonmark::code_cell(finding.secret.redacted()),
            places(finding),
        );
    }
    if count > MAX_FINDINGS {
        let _ = writeln!(text, "\n… and {} more, of no higher severity.", count - MAX_FINDINGS);
    }
    text.push('\n');
}

/// The first place, what is known of its history, and how many more there are.
fn places(finding: &Finding) -> String {
    let places = history::places(finding);
    let Some(first) = places.first() else { return String::new() };
    let mut text = position(first);
    match &first.history {
        Some(past) => {
            if let Some(commit) = history::first(finding, first).or(past.introduced.as_ref()) {
                let _ = write!(text, ", since {}", commonmark::text(&cut(&history::version(commit))));
            }
            let _ = write!(text, ", {}", commonmark::text(&cut(&history::exposure(first, past))));
        }
        None => {
            if let Some(commit) = history::earliest(finding) {
                let _ = write!(text, ", in the history since {}", commonmark::text(&cut(&history::version(commit))));
            }
        }
    }
    match places.len() {
        1 => {}
        2 => text.push_str(", and one other place"),
        n => {
            let _ = write!(text, ", and {} other places", n - 1);
        }
    }
    text
}

fn position(place: &Location) -> String {
    let mut text = commonmark::code_cell(&format!("{}:{}", cut(&place.artifact.to_string()), place.region.start.line));
    if let Some(part) = &place.part {
        let _ = write!(text, " ({})", commonmark::text(&cut(part)));
    }
    text
}

/// How to revoke what was found, once for each rule.
fn remedies(report: &Report, text: &mut String) {
    let found: BTreeSet<&str> = report.open_findings().map(|finding| finding.rule.as_str()).collect();
    let rules: Vec<_> = found.into_iter().filter_map(|id| report.rules.get(id)).collect();
    if rules.is_empty() {
        return;
    }
    text.push_str("### What to do\n\nRevoke a key first; deleting it from the code does not.\n\n");
    for rule in rules {
        let revoke = match rule.revoke.as_deref() {
            Some(url) if is_web_address(url) => format!("revoke it at <{url}>"),
            Some(how) => commonmark::text(how),
            None => format!("revoke it at {}", commonmark::text(&rule.provider)),
        };
        let _ = writeln!(text, "- {}: {revoke}", commonmark::text(&rule.title));
    }
    text.push('\n');
}

fn notices(report: &Report, text: &mut String) {
    let kinds: BTreeSet<NoticeKind> = report.coverage.notices.iter().map(|notice| notice.kind).collect();
    if kinds.is_empty() {
        return;
    }
    let mut heading = "";
    for kind in kinds {
        // The kinds are in order, and these come last.
        let above = match kind {
            NoticeKind::Stale => "### Stale allowances\n\n",
            NoticeKind::Loosened => "### Loosened by the changes themselves\n\n",
            _ => "### Not covered\n\n",
        };
        if heading != above {
            text.push_str(if heading.is_empty() { "" } else { "\n" });
            text.push_str(above);
            heading = above;
        }
        let these: Vec<_> = report.coverage.notices.iter().filter(|notice| notice.kind == kind).collect();
        for notice in these.iter().take(MAX_NOTICES) {
            let place = notice.artifact.as_ref().map(|artifact| commonmark::code(&cut(&artifact.to_string())) + ": ");
            let message = commonmark::text(&cut(&notice.message));
            let _ = writeln!(text, "- {}: {}{message}", kind.as_str(), place.unwrap_or_default());
        }
        if these.len() > MAX_NOTICES {
            let _ = writeln!(text, "- {}: … and {} more", kind.as_str(), these.len() - MAX_NOTICES);
        }
    }
}

/// At most [`MAX_TEXT`] bytes from the end, where the name of a file stands.
fn cut(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let from = (text.len() - MAX_TEXT..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    format!("…{}", &text[from..])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::finding::Artifact;
    use crate::report::{sample, visible};

    fn markdown(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything() {
        insta::assert_snapshot!("full", markdown(&sample::full()));
        insta::assert_snapshot!("historic", markdown(&sample::historic()));
        insta::assert_snapshot!("empty", markdown(&sample::empty()));
        insta::assert_snapshot!("baselined", markdown(&sample::baselined()));
    }

    #[test]
    fn a_summary_stays_below_the_limit_of_a_job() {
        let mut report = sample::many(3000);
        for finding in &mut report.findings {
            finding.locations[0].artifact = Artifact::file("\u{1b}`|".repeat(2000));
        }
        let text = markdown(&report);
        assert!(text.len() < 1 << 20, "{}", text.len());
        assert!(text.contains("… and 2800 more"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_table(path in "[|`\\\\\n<&*a-c\u{202e}]{0,12}", title in "[|`\\\\\n<&*a-c\u{202e}]{0,12}") {
            let mut report = sample::many(1);
            report.findings[0].locations[0].artifact = Artifact::file(path);
            for rule in report.rules.values_mut() {
                rule.title.clone_from(&title);
            }
            let text = markdown(&report);
            let row = text.lines().find(|line| line.starts_with("| high")).unwrap();
            // A bar behind an even number of backslashes ends a cell.
            let mut backslashes = 0;
            let mut bars = 0;
            for c in row.chars() {
                bars += u32::from(c == '|' && backslashes % 2 == 0);
                backslashes = if c == '\\' { backslashes + 1 } else { 0 };
            }
            proptest::prop_assert_eq!(bars, 5, "{}", row);
            proptest::prop_assert!(!text.contains(|c| visible::is_hidden(c) && c != '\n'));
        }
    }
}
