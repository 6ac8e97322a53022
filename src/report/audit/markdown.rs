//! The Markdown of an audit, for job summaries and comments: GitHub Flavored Markdown.

use std::fmt::Write as _;
use std::io;

use super::{acceptor, counted, coverage, not_found, position};
use crate::audit::{Audit, Moment, Outcome, Step};
use crate::finding::Severity;
use crate::report::commonmark;
use crate::report::format::Style;

/// How many findings the table shows, the gravest; the rest are counted.
const MAX_FINDINGS: usize = 200;

/// How many keys the table of rotations shows.
const MAX_ROTATIONS: usize = 100;

/// Characters of a cell.
const MAX_TEXT: usize = 400;

// Writing to a string cannot fail, here and below.

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    let mut text = format!("## keytrail audit as of {}\n\n", audit.as_of.get(..10).unwrap_or(&audit.as_of));
    heading(audit, &mut text);
    findings(audit, &mut text);
    accepted(audit, &mut text);
    rotations(audit, &mut text);
    unanswered(audit, &mut text);
    controls(audit, &mut text);
    changes(audit, &mut text);
    out.write_all(text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

fn heading(audit: &Audit, text: &mut String) {
    let mut counts = audit.summary.by_severity.clone();
    if audit.summary.findings == 0 {
        text.push_str("Nothing is wrong.");
    } else {
        let by: Vec<String> = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note]
            .into_iter()
            .map(|severity| (*counts.of(severity), severity))
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| format!("{count} {severity}"))
            .collect();
        let _ = write!(text, "**{}** ({})", counted(audit.summary.findings, "finding"), by.join(", "));
        let _ = write!(text, " about {}.", counted(audit.summary.keys_with_findings, "key"));
    }
    if audit.summary.leaked_and_working > 0 {
        let _ = write!(text, " **{} leaked and may work.**", counted(audit.summary.leaked_and_working, "key"));
    }
    if audit.summary.accepted > 0 {
        let _ = write!(text, " {} accepted.", audit.summary.accepted);
    }
    if !audit.complete {
        text.push_str(" **The audit is incomplete.**");
    }
    let _ = write!(text, "\n\n{}", commonmark::text(&coverage(audit)));
    if let Some(said) = not_found(audit) {
        let _ = write!(text, " {}", commonmark::text(&said));
    }
    text.push_str("\n\n");
}

fn findings(audit: &Audit, text: &mut String) {
    let open: Vec<_> = audit.findings.iter().filter(|finding| finding.is_open()).collect();
    if open.is_empty() {
        return;
    }
    text.push_str("| severity | check | key | what is wrong | what to do |\n| --- | --- | --- | --- | --- |\n");
    for finding in open.iter().take(MAX_FINDINGS) {
        let place = position(finding);
        let subject = match finding.subject == place {
            true => String::new(),
            false => commonmark::text(&cut(&finding.subject)) + " ",
        };
        let _ = writeln!(
            text,
            "| {} | `{}` | {subject}{} | {} | {} |",
            finding.severity,
            finding.check,
            commonmark::code_cell(&cut(&place)),
            commonmark::text(&cut(&finding.message)),
            commonmark::text(&cut(&finding.remedy)),
        );
    }
    if open.len() > MAX_FINDINGS {
        let _ = writeln!(text, "\n… and {} more, of no higher severity.", open.len() - MAX_FINDINGS);
    }
    text.push('\n');
}

/// What something accepts stays in sight, with the reason.
fn accepted(audit: &Audit, text: &mut String) {
    let accepted: Vec<_> =
        audit.findings.iter().filter_map(|finding| Some((finding, finding.accepted.as_deref()?))).collect();
    if accepted.is_empty() {
        return;
    }
    text.push_str("### Accepted, and not counted\n\n| check | key | accepted by | until | reason |\n");
    text.push_str("| --- | --- | --- | --- | --- |\n");
    for (finding, accepted) in accepted.iter().take(MAX_FINDINGS) {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            finding.check,
            commonmark::text(&cut(&finding.subject)),
            commonmark::text(&cut(acceptor(accepted))),
            accepted.expires.as_deref().unwrap_or_default(),
            commonmark::text(&cut(&accepted.reason)),
        );
    }
    if accepted.len() > MAX_FINDINGS {
        let _ = writeln!(text, "\n… and {} more, of no higher severity.", accepted.len() - MAX_FINDINGS);
    }
    text.push('\n');
}

/// Questions about calls that nobody can answer. They would pass for answers if they were not told.
fn unanswered(audit: &Audit, text: &mut String) {
    let unanswered = super::unanswered(audit);
    if unanswered.is_empty() {
        return;
    }
    text.push_str("### What call logs do not tell\n\n| check | keys | why |\n| --- | --- | --- |\n");
    for (check, count, why) in unanswered {
        let _ = writeln!(text, "| `{check}` | {count} | {} |", commonmark::text(why));
    }
    text.push('\n');
}

fn rotations(audit: &Audit, text: &mut String) {
    let pending: Vec<_> = audit
        .keys
        .iter()
        .filter(|key| matches!(key.rotation.step, Step::Generate | Step::Implement | Step::Verify | Step::Revoke))
        .collect();
    if pending.is_empty() {
        return;
    }
    text.push_str("### Rotations\n\n| key | step | due | next |\n| --- | --- | --- | --- |\n");
    for key in pending.iter().take(MAX_ROTATIONS) {
        let due = key.rotation.due.map(Moment::day).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {due} | {} |",
            commonmark::text(&cut(&key.label)),
            key.rotation.step.as_str(),
            commonmark::text(&cut(&key.rotation.next))
        );
    }
    if pending.len() > MAX_ROTATIONS {
        let _ = writeln!(text, "\n… and {} more.", pending.len() - MAX_ROTATIONS);
    }
    text.push('\n');
}

fn controls(audit: &Audit, text: &mut String) {
    let told: Vec<_> = audit.controls.iter().filter(|control| control.outcome != Outcome::NotApplicable).collect();
    if told.is_empty() {
        return;
    }
    text.push_str("### Controls that checks map to\n\n| control | outcome | judged | failed | not known | checks |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for control in told {
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} | {} |",
            commonmark::text(&control.framework),
            commonmark::text(&control.id),
            control.outcome.as_str(),
            control.judged,
            control.failed,
            control.unknown,
            control.checks.join(", ")
        );
    }
    text.push('\n');
}

fn changes(audit: &Audit, text: &mut String) {
    let Some(changes) = &audit.changes else { return };
    let _ = writeln!(
        text,
        "### Since {}\n\n{} new, {} still open, {} resolved, {} not looked at.\n",
        changes.since.get(..10).unwrap_or(&changes.since),
        changes.new.len(),
        changes.still_open.len(),
        changes.resolved.len(),
        changes.not_looked_at.len()
    );
    for resolved in changes.resolved.iter().take(MAX_ROTATIONS) {
        let _ = writeln!(
            text,
            "- resolved after {}: `{}` {}",
            counted(u64::try_from(resolved.days).unwrap_or(0), "day"),
            resolved.check,
            commonmark::text(&cut(&resolved.subject))
        );
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
