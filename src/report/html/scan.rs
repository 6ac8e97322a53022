//! The page of a scan: counts, every finding, how to revoke what was found, and what was not covered.

use std::collections::BTreeMap;
use std::io;

use askama::Template;

use super::chart::{self, Bar};
use super::{Frame, Linked, MAX_FINDINGS, MAX_NOTICES, MAX_PLACES, MAX_SNIPPETS, SEVERITIES, Tally, ranks, tallies};
use crate::finding::{Commit, Confidence, Finding, Location, Snippet};
use crate::report::json::Summary;
use crate::report::sarif::most_important;
use crate::report::text::{number, objects_left, plural, size, verified};
use crate::report::{Notice, NoticeKind, Report, RuleInfo, history, visible};

/// How many providers the chart has; the rest are one bar.
const MAX_BARS: usize = 12;

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    report.identify();
    Page::of(report)?.write_into(out)
}

#[derive(Template)]
#[template(path = "scan.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    frame: Frame,
    report: &'a Report,
    verdict: String,
    asides: Vec<String>,
    severities: [Tally; 5],
    summary: Summary,
    providers: Vec<Provider<'a>>,
    chart: String,
    rules: Vec<Rule<'a>>,
    rows: Vec<Row<'a>>,
    left_out: usize,
    confidences: [(u8, Confidence); 3],
    covered: Vec<(&'static str, String)>,
    notices: Vec<&'a Notice>,
    more_notices: usize,
    stale: Vec<&'a Notice>,
    more_stale: usize,
}

/// The open findings about one provider's keys, by severity.
struct Provider<'a> {
    name: &'a str,
    counts: [u64; 5],
    total: u64,
    rules: Vec<(usize, &'a str)>,
}

/// A rule that found something.
struct Rule<'a> {
    info: &'a RuleInfo,
    revoke: Option<Linked<'a>>,
    references: Vec<Linked<'a>>,
}

/// One finding.
struct Row<'a> {
    finding: &'a Finding,
    fingerprint: String,
    title: &'a str,
    title_rank: usize,
    place_rank: usize,
    rule: usize,
    provider: usize,
    /// 0 for open, 1 for allowed, 2 for known to the baseline.
    status: u8,
    at_head: bool,
    position: String,
    since: Option<&'a Commit>,
    /// Seconds since 1970, for sorting; the greatest number where nothing is known.
    since_order: i64,
    facts: Vec<(&'static str, String)>,
    revoke: Option<Linked<'a>>,
    places: Vec<Place<'a>>,
    more_places: usize,
}

impl Row<'_> {
    fn severity(&self) -> u8 {
        self.finding.severity as u8
    }

    fn confidence(&self) -> u8 {
        self.finding.confidence as u8
    }

    fn day(&self) -> String {
        self.since.map(|commit| history::day(&commit.date)).unwrap_or_default()
    }
}

/// A place of a secret, with the lines around it where they are shown.
struct Place<'a> {
    position: String,
    part: Option<&'a str>,
    version: Option<String>,
    allowance: Option<String>,
    lines: Vec<Line>,
}

/// A line of a snippet, with what is marked in it.
struct Line {
    number: u64,
    before: String,
    marked: String,
    after: String,
}

impl<'a> Page<'a> {
    fn of(report: &'a Report) -> io::Result<Self> {
        let mut summary = Summary::of(report);
        let findings = most_important(report.findings.iter().collect(), MAX_FINDINGS);
        let providers = providers(report);
        let rows = rows(report, &findings, &providers);
        let counts = providers.iter().map(|provider| (provider.name.to_owned(), provider.counts));
        let severities = tallies(&mut summary.by_severity);
        let (mut stale, mut notices): (Vec<&Notice>, Vec<&Notice>) =
            report.coverage.notices.iter().partition(|notice| notice.kind == NoticeKind::Stale);
        let more_notices = notices.len().saturating_sub(MAX_NOTICES);
        notices.truncate(MAX_NOTICES);
        let more_stale = stale.len().saturating_sub(MAX_NOTICES);
        stale.truncate(MAX_NOTICES);
        Ok(Page {
            frame: Frame::new(),
            verdict: verdict(report, &summary),
            asides: asides(report, &summary),
            severities,
            chart: chart::bars(&top(counts.collect()), &chart::SEVERITY_COLORS)?,
            rules: report.rules.values().map(rule).collect(),
            left_out: report.findings.len() - findings.len(),
            rows,
            confidences: [Confidence::Medium, Confidence::High, Confidence::Confirmed].map(|one| (one as u8, one)),
            covered: covered(report),
            notices,
            more_notices,
            stale,
            more_stale,
            providers,
            summary,
            report,
        })
    }

    /// The address of the repository, where it is one to link to.
    fn repository(&self) -> Option<Linked<'a>> {
        Some(Linked::new(self.report.version_control.as_ref()?.repository.as_deref()?))
    }
}

fn verdict(report: &Report, summary: &Summary) -> String {
    match (summary.findings, report.command.as_ref(), report.coverage.is_complete()) {
        (0, "locate", true) => "Found nowhere.".to_owned(),
        (0, _, true) if summary.known > 0 => "No new keys found.".to_owned(),
        (0, "locate", false) => "Found nowhere in what was read.".to_owned(),
        (0, _, true) => "No leaked keys found.".to_owned(),
        (0, _, false) => "No leaked keys found in what was read.".to_owned(),
        (count, ..) => {
            let files = match summary.files {
                0 => String::new(),
                files => format!(" in {}", plural(files as usize, "file")),
            };
            format!("{}{files}.", plural(count as usize, "leaked key"))
        }
    }
}

fn asides(report: &Report, summary: &Summary) -> Vec<String> {
    let mut asides = Vec::new();
    if summary.below_confidence > 0 {
        let count = number(summary.below_confidence);
        asides.push(format!(
            "{count} below {} confidence left out (--min-confidence low shows them).",
            summary.min_confidence
        ));
    }
    if report.coverage.is_complete() {
        return asides;
    }
    asides.push("The scan is incomplete: see what was not covered.".to_owned());
    asides
}

/// The providers of the findings, by name, with the rules by which the filter knows them.
fn providers(report: &Report) -> Vec<Provider<'_>> {
    let mut providers: BTreeMap<&str, Provider<'_>> = BTreeMap::new();
    for (index, rule) in report.rules.values().enumerate() {
        let name = rule.provider.as_str();
        let new = || Provider { name, counts: [0; 5], total: 0, rules: Vec::new() };
        providers.entry(name).or_insert_with(new).rules.push((index, &rule.title));
    }
    for finding in report.open_findings() {
        let provider = report.rule(finding).and_then(|rule| providers.get_mut(rule.provider.as_str()));
        let severity = SEVERITIES.iter().position(|severity| *severity == finding.severity);
        if let (Some(provider), Some(severity)) = (provider, severity) {
            provider.counts[severity] += 1;
            provider.total += 1;
        }
    }
    providers.into_values().collect()
}

/// The longest bars, and one for what is left.
fn top(mut counts: Vec<(String, [u64; 5])>) -> Vec<Bar> {
    counts.retain(|(_, counts)| counts.iter().any(|count| *count > 0));
    // The sort is stable: equal ones stay in the order of their names.
    counts.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>()));
    let rest = counts.split_off(counts.len().min(if counts.len() > MAX_BARS { MAX_BARS - 1 } else { MAX_BARS }));
    if !rest.is_empty() {
        let sum = rest.iter().fold([0; 5], |sum, (_, counts)| std::array::from_fn(|at| sum[at] + counts[at]));
        counts.push((format!("{} others", rest.len()), sum));
    }
    counts.into_iter().map(|(label, counts)| Bar { label, parts: counts.to_vec() }).collect()
}

fn rule(info: &RuleInfo) -> Rule<'_> {
    let references = info.references.iter().map(|reference| Linked::new(reference)).collect();
    Rule { info, revoke: info.revoke.as_deref().map(Linked::new), references }
}

fn rows<'a>(report: &'a Report, findings: &[&'a Finding], providers: &[Provider<'_>]) -> Vec<Row<'a>> {
    let rules: BTreeMap<&str, usize> = report.rules.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let mut rows: Vec<Row<'a>> = findings
        .iter()
        .map(|finding| {
            let info = report.rule(finding);
            let provider = info.and_then(|rule| providers.iter().position(|one| one.name == rule.provider));
            Row {
                rule: rules.get(finding.rule.as_str()).copied().unwrap_or(rules.len()),
                provider: provider.unwrap_or(providers.len()),
                ..row(finding, info)
            }
        })
        .collect();
    let titles = ranks(rows.iter().map(|row| row.title).collect());
    let first =
        |finding: &Finding| history::places(finding).first().map(|place| (place.artifact.clone(), place.region.start));
    let places = ranks(findings.iter().map(|finding| first(finding)).collect());
    for (row, (title, place)) in rows.iter_mut().zip(titles.into_iter().zip(places)) {
        (row.title_rank, row.place_rank) = (title, place);
    }
    rows
}

fn row<'a>(finding: &'a Finding, info: Option<&'a RuleInfo>) -> Row<'a> {
    let all = history::places(finding);
    let since = history::earliest(finding);
    let moment = since.and_then(|commit| commit.date.parse::<jiff::Timestamp>().ok());
    let places: Vec<Place<'_>> = all.iter().take(MAX_PLACES).enumerate().map(|(at, place)| of(place, at)).collect();
    Row {
        fingerprint: finding.fingerprint.to_string(),
        title: info.map_or(finding.rule.as_str(), |rule| rule.title.as_str()),
        status: match (&finding.known, finding.is_allowed()) {
            (Some(_), _) => 2,
            (None, true) => 1,
            (None, false) => 0,
        },
        at_head: finding.is_at_head(),
        position: places.first().map(|place| place.position.clone()).unwrap_or_default(),
        since_order: moment.map_or(i64::MAX, jiff::Timestamp::as_second),
        since,
        facts: facts(finding, all.first().copied()),
        revoke: info.and_then(|rule| rule.revoke.as_deref()).map(Linked::new),
        more_places: all.len() - places.len(),
        places,
        finding,
        title_rank: 0,
        place_rank: 0,
        rule: 0,
        provider: 0,
    }
}

/// What else there is to say of a finding, in the words of the text format.
fn facts(finding: &Finding, first: Option<&Location>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("value", finding.secret.redacted().to_owned())];
    if let Some(verification) = &finding.verification {
        let name = if finding.confidence == Confidence::Confirmed { "verified" } else { "checked" };
        facts.push((name, verified(verification)));
    }
    match first.map(|place| (place, place.history.as_deref())) {
        Some((place, Some(past))) => {
            let first = history::first(finding, place);
            if let Some(commit) = first {
                facts.push(("introduced", history::described(commit)));
            }
            if let Some(commit) = &past.introduced {
                let name = if first.is_some() { "here since" } else { "introduced" };
                facts.push((name, history::described(commit)));
            }
            let last = past.last.as_ref().filter(|_| !past.at_head);
            let last = last.filter(|last| past.introduced.as_ref().is_none_or(|first| first.id != last.id));
            if let Some(commit) = last {
                facts.push(("last held", history::described(commit)));
            }
            facts.push(("reach", history::exposure(place, past)));
        }
        _ => {
            if let Some(commit) = history::earliest(finding) {
                facts.push(("history", format!("since {}", history::described(commit))));
            }
        }
    }
    for part in &finding.parts {
        facts.push(("part", format!("{} {} at {}", part.role, part.shown(), position(&part.location))));
    }
    let allowed = finding.locations.iter().filter(|place| place.allowed.is_some()).count();
    if allowed > 0 && !finding.is_allowed() {
        facts.push(("note", format!("allowed by {} in {}", finding.allowed_by(), plural(allowed, "other place"))));
    }
    facts.extend(finding.notes.iter().map(|note| ("note", note.clone())));
    if let Some(known) = &finding.known {
        let until = known.expires.as_ref().map(|day| format!("until {day}"));
        let by = known.owner.as_ref().map(|owner| format!("by {owner}"));
        let said: Vec<String> = [known.reason.clone(), by, until].into_iter().flatten().collect();
        let said = if said.is_empty() { "without a reason".to_owned() } else { said.join(", ") };
        facts.push(("baseline", said));
    }
    if !finding.is_at_head() {
        facts.push(("note", history::GONE.to_owned()));
    }
    facts.push(("rule", finding.rule.clone()));
    facts.push(("fingerprint", finding.fingerprint.to_string()));
    facts
}

fn position(place: &Location) -> String {
    format!("{}:{}:{}", place.artifact, place.region.start.line, place.region.start.column)
}

fn of(place: &Location, at: usize) -> Place<'_> {
    let introduced = place.history.as_ref().and_then(|history| history.introduced.as_ref());
    Place {
        position: position(place),
        part: place.part.as_deref(),
        version: introduced.map(history::version),
        allowance: place.allowed.as_ref().map(|allowance| match &allowance.reason {
            Some(reason) => format!("allowed by {}: {reason}", allowance.marker),
            None => format!("allowed by {}", allowance.marker),
        }),
        lines: if at < MAX_SNIPPETS { lines(&place.snippet) } else { Vec::new() },
    }
}

fn lines(snippet: &Snippet) -> Vec<Line> {
    let (text, marked) = visible::block(&snippet.text, snippet.start..snippet.end);
    let mut lines = Vec::new();
    let mut start = 0;
    for (line, number) in text.split('\n').zip(u64::from(snippet.first_line)..) {
        // The part of what is marked that stands on this line.
        let from = marked.start.saturating_sub(start).min(line.len());
        let to = marked.end.saturating_sub(start).min(line.len()).max(from);
        let piece = |range: std::ops::Range<usize>| line.get(range).unwrap_or_default().to_owned();
        lines.push(Line { number, before: piece(0..from), marked: piece(from..to), after: piece(to..line.len()) });
        start += line.len() + 1;
    }
    lines
}

fn covered(report: &Report) -> Vec<(&'static str, String)> {
    let coverage = &report.coverage;
    let mut covered = vec![("files", number(coverage.files))];
    if coverage.members > 0 {
        covered.push(("in archives", number(coverage.members)));
    }
    covered.push(("read", size(coverage.bytes)));
    if let Some(objects) = &coverage.objects {
        let scanned = plural(objects.scanned as usize, "object");
        covered.push(("history", format!("{scanned}, {}", size(objects.bytes))));
        covered.extend(objects_left(objects).into_iter().map(|text| ("left out", text)));
    }
    covered
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    #[test]
    fn the_marked_part_goes_over_lines() {
        let text = "a\r\n\tkey = 'BEGIN\nmiddle\nEND'\n";
        let start = text.find("BEGIN").unwrap();
        let end = text.find("END").unwrap() + 3;
        let lines = lines(&Snippet { first_line: 7, text: text.to_owned(), start, end });
        let shown: Vec<_> =
            lines.iter().map(|l| (l.number, l.before.as_str(), l.marked.as_str(), l.after.as_str())).collect();
        assert_eq!(
            shown,
            [
                (7, "a", "", ""),
                (8, "\tkey = '", "BEGIN", ""),
                (9, "", "middle", ""),
                (10, "", "END", "'"),
                (11, "", "", "")
            ]
        );
    }

    #[test]
    fn many_providers_are_one_bar() {
        let counts = |n: usize| (0..n).map(|at| (format!("p{at:02}"), [at as u64 + 1, 0, 0, 0, 1])).collect::<Vec<_>>();
        assert_eq!(top(counts(12)).len(), 12);
        let bars = top(counts(40));
        assert_eq!((bars.len(), bars[0].label.as_str(), bars[11].label.as_str()), (12, "p39", "29 others"));
        assert_eq!(bars[11].parts, [(1..=29).sum::<u64>(), 0, 0, 0, 29]);
    }

    #[test]
    fn sorting_ranks_are_those_of_places_and_titles() {
        let report = sample::full();
        let page = Page::of(&report).unwrap();
        let mut rows: Vec<&Row<'_>> = page.rows.iter().collect();
        rows.sort_by_key(|row| row.place_rank);
        let paths: Vec<&str> = rows.iter().map(|row| row.position.as_str()).collect();
        assert_eq!(paths.len(), 8);
        assert!(paths[0].starts_with("b1.py:") && paths[1].starts_with("config/beta.env:"), "{paths:?}");
        rows.sort_by_key(|row| row.title_rank);
        assert!(rows.windows(2).all(|pair| pair[0].title <= pair[1].title));
    }

    proptest! {
        #[test]
        fn the_lines_are_the_text(text in "[a-cé\n\t\r\u{202e}]{0,30}", a in 0usize..40, b in 0usize..40) {
            let snippet = Snippet { first_line: 1, text: text.clone(), start: a, end: b };
            let whole: Vec<String> =
                lines(&snippet).into_iter().map(|line| line.before + &line.marked + &line.after).collect();
            prop_assert_eq!(whole.join("\n"), visible::block(&text, 0..0).0);
        }
    }
}
