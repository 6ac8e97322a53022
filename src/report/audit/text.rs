//! The text of an audit, for people: what is wrong by key, then where rotations stand, then one line that sums up.

use std::collections::HashMap;
use std::io;

use anstyle::{AnsiColor, Style as Ansi};

use super::{acceptor, counted, coverage, not_found, position};
use crate::audit::{Audit, Finding, KeyRecord, Outcome, Step};
use crate::finding::Severity;
use crate::report::format::Style;
use crate::report::visible;

/// Findings of keys, and rotations, that are shown unless [`Style::verbose`] is set; the rest are counted.
const MAX_SHOWN: usize = 200;

/// The widest label in the table of rotations, in characters.
const MAX_LABEL: usize = 32;

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    findings(audit, out, style)?;
    allowed(audit, out, style)?;
    rotations(audit, out, style)?;
    unanswered(audit, out, style)?;
    changes(audit, out)?;
    controls(audit, out, style)?;
    summary(audit, out, style)
}

fn paint(style: &Style, ansi: Ansi, text: &str) -> String {
    if style.color { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
}

fn severity_style(severity: Severity) -> Ansi {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low | Severity::Note => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

/// Findings of one key stand together, at the place of the gravest.
fn findings(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let shown = if style.verbose { usize::MAX } else { MAX_SHOWN };
    let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    // Those of keys are counted already; of many keys only what is shown is gathered.
    let mut all = usize::try_from(audit.summary.keys_with_findings).unwrap_or(usize::MAX);
    for finding in audit.findings.iter().filter(|finding| finding.is_open()) {
        all += usize::from(finding.key.is_none());
        match finding.key.as_deref().and_then(|key| at.get(key)) {
            Some(&index) => groups[index].1.push(finding),
            None if groups.len() >= shown => {}
            None => {
                if let Some(key) = finding.key.as_deref() {
                    at.insert(key, groups.len());
                }
                groups.push((finding.key.as_deref().unwrap_or(""), vec![finding]));
            }
        }
    }
    let its = audit.keys.iter().filter(|record| at.contains_key(record.key.as_str()));
    let records: HashMap<&str, &KeyRecord> = its.map(|record| (record.key.as_str(), record)).collect();
    for (key, findings) in &groups {
        let Some(first) = findings.first() else { continue };
        let record = records.get(key).copied();
        writeln!(out, "{}", title(first, record, style))?;
        for finding in findings {
            let severity = paint(style, severity_style(finding.severity), finding.severity.as_str());
            let head = finding.severity.as_str().len() + finding.check.len() + 5;
            writeln!(out, "  {severity}[{}] {}", finding.check, wrapped(&finding.message, style, head, 4))?;
            let remedy = wrapped(&finding.remedy, style, 8, 4);
            writeln!(out, "    {} {remedy}", paint(style, Ansi::new().dimmed(), "do:"))?;
            if let Some(since) = &finding.open_since {
                writeln!(out, "    open since {}", since.get(..10).unwrap_or(since))?;
            }
        }
        writeln!(out)?;
    }
    if all > groups.len() {
        writeln!(out, "… and {} more; -v shows them all\n", all - groups.len())?;
    }
    Ok(())
}

/// What something accepts does not count, and nobody shall overlook it. Leaks that are no issued key are counted only:
/// there may be thousands in test data.
fn allowed(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let its = || {
        let told = audit.findings.iter().filter(|finding| finding.key.is_some() || finding.leaks.is_empty());
        told.filter_map(|finding| Some((finding, finding.accepted.as_deref()?)))
    };
    let count = its().count();
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "{}", paint(style, Ansi::new().bold(), "Accepted, and not counted"))?;
    let shown = if style.verbose { count } else { MAX_SHOWN };
    for (finding, accepted) in its().take(shown) {
        let by = acceptor(accepted);
        let until = accepted.expires.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        let text = format!("{} [{}]: {by} accepts it{until}: {}", finding.subject, finding.check, accepted.reason);
        writeln!(out, "  {}", wrapped(&text, style, 2, 4))?;
    }
    if count > shown {
        writeln!(out, "  … and {} more; -v shows them all", count - shown)?;
    }
    writeln!(out)
}

/// Questions about calls that nobody can answer. They would pass for answers if they were not told.
fn unanswered(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let unanswered = super::unanswered(audit);
    if unanswered.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(style, Ansi::new().bold(), "What call logs do not tell"))?;
    for (check, count, why) in unanswered {
        let text = format!("{check}: {}: {why}", counted(count, "key"));
        writeln!(out, "  {}", wrapped(&text, style, 2, 4))?;
    }
    writeln!(out)
}

fn title(first: &Finding, record: Option<&KeyRecord>, style: &Style) -> String {
    let subject = paint(style, Ansi::new().bold(), &visible::line(&first.subject));
    let place = visible::line(&position(first)).into_owned();
    match record {
        None if place.is_empty() || first.subject.starts_with(&place) => subject,
        None => format!("{subject}  {place}"),
        Some(record) => {
            let owner = match record.owner.as_deref() {
                None => String::new(),
                Some("") => ", nobody's".to_owned(),
                Some(owner) => format!(", {}", visible::line(owner)),
            };
            let status = record.status.as_deref().map(|status| format!(", {status}")).unwrap_or_default();
            format!("{subject}  {} {}{owner}{status}  {place}", record.provider, record.kind)
        }
    }
}

/// A text in the width of the terminal, behind so many columns on its first line and an indentation on the others.
fn wrapped(text: &str, style: &Style, first: usize, indent: usize) -> String {
    let (first, indent) = (" ".repeat(first), " ".repeat(indent));
    let options = textwrap::Options::new(style.width.max(40)).initial_indent(&first).subsequent_indent(&indent);
    // Dates and paths have hyphens; none of them is a place to break.
    let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(&visible::line(text), options).trim_start().to_owned()
}

fn rotations(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    let pending: Vec<&KeyRecord> = audit
        .keys
        .iter()
        .filter(|key| matches!(key.rotation.step, Step::Generate | Step::Implement | Step::Verify | Step::Revoke))
        .collect();
    if pending.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint(style, Ansi::new().bold(), "Rotations: what comes next"))?;
    let shown = if style.verbose { pending.len() } else { MAX_SHOWN };
    let width = pending.iter().take(shown).map(|key| key.label.chars().count()).max().unwrap_or(0).min(MAX_LABEL);
    for key in pending.iter().take(shown) {
        let label = short(&visible::line(&key.label));
        let next = wrapped(&key.rotation.next, style, width + 15, width + 15);
        writeln!(out, "  {label:<width$}  {:<9}  {next}", key.rotation.step.as_str())?;
    }
    if pending.len() > shown {
        writeln!(out, "  … and {} more; -v shows them all", pending.len() - shown)?;
    }
    writeln!(out)
}

/// A label that fits its column.
fn short(label: &str) -> String {
    match label.char_indices().nth(MAX_LABEL - 1) {
        Some((cut, _)) if label.chars().count() > MAX_LABEL => format!("{}…", &label[..cut]),
        _ => label.to_owned(),
    }
}

fn changes(audit: &Audit, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(changes) = &audit.changes else { return Ok(()) };
    writeln!(
        out,
        "Since {}: {} new, {} still open, {} resolved, {} not looked at",
        changes.since.get(..10).unwrap_or(&changes.since),
        changes.new.len(),
        changes.still_open.len(),
        changes.resolved.len(),
        changes.not_looked_at.len()
    )?;
    for resolved in changes.resolved.iter().take(MAX_SHOWN) {
        let days = counted(u64::try_from(resolved.days).unwrap_or(0), "day");
        writeln!(out, "  resolved after {days}: {} {}", resolved.check, visible::line(&resolved.subject))?;
    }
    writeln!(out)
}

/// Controls with findings, and how many there are of the others; all of them with `-v`.
fn controls(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    if !style.verbose {
        return Ok(());
    }
    writeln!(out, "{}", paint(style, Ansi::new().bold(), "Controls that checks map to"))?;
    for control in audit.controls.iter().filter(|control| control.outcome != Outcome::NotApplicable) {
        writeln!(
            out,
            "  {:<8} {} {}: {} judged, {} failed, {} not known",
            control.outcome.as_str(),
            control.framework,
            control.id,
            control.judged,
            control.failed,
            control.unknown
        )?;
    }
    writeln!(out)
}

fn summary(audit: &Audit, out: &mut dyn io::Write, style: &Style) -> io::Result<()> {
    if let Some(scan) = audit.scan.as_ref().filter(|scan| !scan.complete) {
        for notice in scan.notices.iter().filter(|notice| notice.kind.is_incomplete()).take(MAX_SHOWN) {
            let place = notice.artifact.as_ref().map(|artifact| format!("{artifact}: ")).unwrap_or_default();
            let kind = notice.kind.as_str();
            writeln!(out, "{kind}: {}", visible::line(&format!("{place}{}", notice.message)))?;
        }
    }
    writeln!(out, "{}", wrapped(&coverage(audit), style, 0, 0))?;
    if let Some(said) = not_found(audit) {
        writeln!(out, "{}", wrapped(&said, style, 0, 0))?;
    }
    let (fail, unknown, pass) =
        audit.controls.iter().fold((0, 0, 0), |(fail, unknown, pass), control| match control.outcome {
            Outcome::Fail => (fail + 1, unknown, pass),
            Outcome::Unknown => (fail, unknown + 1, pass),
            Outcome::Pass => (fail, unknown, pass + 1),
            Outcome::NotApplicable => (fail, unknown, pass),
        });
    writeln!(out, "Of the controls that checks map to, {fail} fail, {pass} pass, and of {unknown} not all is known.")?;
    let mut counts = audit.summary.by_severity.clone();
    let by: Vec<String> = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Note]
        .into_iter()
        .map(|severity| (*counts.of(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    let mut line = match audit.summary.findings {
        0 => "Nothing is wrong".to_owned(),
        count => format!(
            "{} about {} ({})",
            counted(count, "finding"),
            counted(audit.summary.keys_with_findings, "key"),
            by.join(", ")
        ),
    };
    if audit.summary.accepted > 0 {
        line.push_str(&format!(", {} accepted", audit.summary.accepted));
    }
    if !audit.complete {
        line.push_str("; the audit is INCOMPLETE");
    }
    writeln!(out, "{}", paint(style, Ansi::new().bold(), &line))
}
