//! The page of an audit: what is wrong, every key with its age and its rotation, scopes, controls, and since when what
//! leaked is exposed.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use askama::Template;
use jiff::Timestamp;

use super::chart::{self, Bar, GOOD, SEVERITY_COLORS, Span};
use super::{Frame, Linked, MAX_FINDINGS, MAX_KEYS, MAX_NOTICES, Tally, ranks, tallies};
use crate::audit::context::days_between;
use crate::audit::{
    Audit, CheckRecord, ControlRecord, Finding, KeyRecord, LeakRecord, Moment, Outcome, Searchable, Step,
};
use crate::report::audit::{counted, coverage, not_found, position};
use crate::report::format::Style;
use crate::report::{Notice, history};

/// How many leaks the chart of exposure has; the table beside it has more.
const MAX_SPANS: usize = 25;

/// How many leaks and scopes are listed; the rest are counted.
const MAX_ROWS: usize = 500;

/// How the chart of ages groups keys: the greatest age in days, and its name. Older ones are [`OLDER`].
const AGES: [(i64, &str); 5] = [
    (30, "up to 30 days"),
    (60, "31 to 60 days"),
    (90, "61 to 90 days"),
    (180, "91 to 180 days"),
    (365, "181 to 365 days"),
];
const OLDER: &str = "over a year";
const UNKNOWN: &str = "not known";

/// Where a key stands against the policy, with the class of its colour, in the order of the chart.
const STATES: [(&str, &str); 5] = [
    ("overdue", "critical"),
    ("due soon", "high"),
    ("in time", "good"),
    ("no date", "low"),
    ("no longer works", "note"),
];

/// Writes the audit as an HTML page.
///
/// # Errors
///
/// Those of `out`.
pub fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    Page::of(audit)?.write_into(out)
}

#[derive(Template)]
#[template(path = "audit.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    frame: Frame,
    audit: &'a Audit,
    day: String,
    verdict: String,
    asides: Vec<String>,
    severities: [Tally; 5],
    rows: Vec<Row<'a>>,
    left_out: usize,
    /// Checks with findings, by number.
    checks: Vec<&'a CheckRecord>,
    providers: Vec<&'a str>,
    keys: Vec<Key<'a>>,
    more_keys: usize,
    steps: [Step; 6],
    states: [(&'static str, &'static str); 5],
    ages: Vec<Bar>,
    age_chart: String,
    scopes: Vec<Scope<'a>>,
    more_scopes: usize,
    exposures: Vec<Exposure<'a>>,
    more_exposures: usize,
    exposure_chart: String,
    controls: Vec<&'a ControlRecord>,
    untold: usize,
    notices: &'a [Notice],
    more_notices: usize,
}

/// A finding.
struct Row<'a> {
    finding: &'a Finding,
    title: &'a str,
    check: usize,
    check_rank: usize,
    provider: usize,
    subject_rank: usize,
    position: String,
    place_rank: usize,
    since: String,
    since_order: i64,
}

impl Row<'_> {
    fn severity(&self) -> u8 {
        self.finding.severity as u8
    }

    /// What to do, with the address on which a key is revoked as a link.
    fn remedy(&self) -> Vec<Linked<'_>> {
        Linked::all(&self.finding.remedy)
    }
}

/// A key of the inventory.
struct Key<'a> {
    key: &'a KeyRecord,
    age: Option<i64>,
    state: usize,
    label_rank: usize,
    provider: usize,
    owner_rank: usize,
    status_rank: usize,
    used_order: i64,
    due_order: i64,
}

impl Key<'_> {
    fn step(&self) -> u8 {
        self.key.rotation.step as u8
    }

    /// How many days are left, in words.
    fn left(&self) -> Option<String> {
        let days = |days: i64| counted(days.unsigned_abs(), "day");
        self.key.rotation.days_left.map(|left| match left {
            0 => "due today".to_owned(),
            1.. => format!("{} left", days(left)),
            _ => format!("due {} ago", days(left)),
        })
    }

    fn age_order(&self) -> i64 {
        self.age.unwrap_or(i64::MAX)
    }

    fn owner(&self) -> &str {
        match self.key.owner.as_deref() {
            None => UNKNOWN,
            Some("") => "nobody",
            Some(owner) => owner,
        }
    }

    fn search(&self) -> &'static str {
        match (self.key.search.searchable, self.key.search.found) {
            (Searchable::Not, _) => "the inventory shows nothing by which it could be recognised",
            (_, None) => "nothing was scanned",
            (Searchable::Exactly, Some(true)) => "found, without doubt",
            (Searchable::Exactly, Some(false)) => "looked for and found nowhere",
            (Searchable::ByMask, Some(true)) => "found by its first and last characters",
            (Searchable::ByMask, Some(false)) => "nothing with its first and last characters was found",
        }
    }
}

/// A scope that is too broad, not allowed or not used.
struct Scope<'a> {
    finding: &'a Finding,
    check: &'a str,
    scope: &'a str,
    narrower: &'a str,
}

/// A leak, and what is known of its time.
struct Exposure<'a> {
    label: String,
    leak: &'a LeakRecord,
    key: Option<&'a KeyRecord>,
}

impl<'a> Page<'a> {
    fn of(audit: &'a Audit) -> io::Result<Self> {
        let providers: BTreeSet<&str> = audit.keys.iter().map(|key| key.provider.as_str()).collect();
        let providers: Vec<&str> = providers.into_iter().collect();
        let with_findings: BTreeSet<&str> = audit.findings.iter().map(|finding| finding.check.as_str()).collect();
        let checks: Vec<_> = audit.checks.iter().filter(|check| with_findings.contains(check.id.as_str())).collect();
        let as_of = moment(&audit.as_of);
        let mut keys: Vec<Key<'a>> = audit.keys.iter().map(|record| key(record, as_of, &providers)).collect();
        let ages = ages(&keys);
        let more_keys = keys.len().saturating_sub(MAX_KEYS);
        keys.truncate(MAX_KEYS);
        let sorted = ranks(keys.iter().map(|key| key.key.label.as_str()).collect());
        let owners = ranks(keys.iter().map(|key| key.owner().to_owned()).collect());
        let statuses = ranks(keys.iter().map(|key| key.key.status.as_deref()).collect());
        for (at, key) in keys.iter_mut().enumerate() {
            (key.label_rank, key.owner_rank, key.status_rank) = (sorted[at], owners[at], statuses[at]);
        }
        let mut scopes = scopes(audit);
        let more_scopes = scopes.len().saturating_sub(MAX_ROWS);
        scopes.truncate(MAX_ROWS);
        let mut exposures = exposures(audit);
        let more_exposures = exposures.len().saturating_sub(MAX_ROWS);
        exposures.truncate(MAX_ROWS);
        let spans: Vec<Span> = exposures.iter().take(MAX_SPANS).map(|one| span(one, as_of)).collect();
        let notices = audit.scan.as_ref().map_or(&[][..], |scan| scan.notices.as_slice());
        let shown = notices.len().min(MAX_NOTICES);
        let told = |control: &&ControlRecord| control.outcome != Outcome::NotApplicable;
        let controls: Vec<_> = audit.controls.iter().filter(told).collect();
        Ok(Page {
            frame: Frame::new(),
            day: day(&audit.as_of),
            verdict: verdict(audit),
            asides: asides(audit),
            severities: tallies(&mut audit.summary.by_severity.clone()),
            rows: rows(audit, &checks, &providers),
            left_out: audit.findings.len().saturating_sub(MAX_FINDINGS),
            steps: [Step::Schedule, Step::Generate, Step::Implement, Step::Verify, Step::Revoke, Step::Done],
            states: STATES,
            age_chart: chart::bars(
                &ages,
                &[SEVERITY_COLORS[0], SEVERITY_COLORS[1], GOOD, SEVERITY_COLORS[3], SEVERITY_COLORS[4]],
            )?,
            exposure_chart: chart::timeline(&spans)?,
            untold: audit.controls.len() - controls.len(),
            notices: &notices[..shown],
            more_notices: notices.len() - shown,
            audit,
            checks,
            providers,
            keys,
            more_keys,
            ages,
            scopes,
            more_scopes,
            exposures,
            more_exposures,
            controls,
        })
    }
}

fn verdict(audit: &Audit) -> String {
    match audit.summary.findings {
        0 => "Nothing is wrong.".to_owned(),
        count => {
            format!("{} about {}.", counted(count, "finding"), counted(audit.summary.keys_with_findings, "key"))
        }
    }
}

fn asides(audit: &Audit) -> Vec<String> {
    let mut asides = vec![coverage(audit)];
    asides.extend(not_found(audit));
    if !audit.complete {
        asides.push("The audit is incomplete: see what was looked at.".to_owned());
    }
    asides
}

/// The day of a date of a key; `not known` where there is none.
fn dated(moment: impl Borrow<Option<Moment>>) -> String {
    moment.borrow().map_or_else(|| UNKNOWN.to_owned(), Moment::day)
}

/// The date of a moment in RFC 3339; other words, such as `never`, as they are.
fn day(moment: &str) -> String {
    if moment.contains('T') { history::day(moment) } else { moment.to_owned() }
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Whole days since 1970, rounded down.
fn days(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(86_400)
}

/// Seconds since 1970 for sorting: `never` comes before every date, and what is not known behind.
fn order(moment: Option<&str>) -> i64 {
    match moment {
        None => i64::MAX,
        Some(text) => self::moment(text).map_or(i64::MIN, Timestamp::as_second),
    }
}

/// The same for a date of a key.
fn dated_order(moment: Option<Moment>) -> i64 {
    moment.map_or(i64::MAX, |moment| moment.time().map_or(i64::MIN, Timestamp::as_second))
}

fn rows<'a>(audit: &'a Audit, checks: &[&'a CheckRecord], providers: &[&str]) -> Vec<Row<'a>> {
    let keys: BTreeMap<&str, &KeyRecord> = audit.keys.iter().map(|key| (key.key.as_str(), key)).collect();
    let titles = ranks(checks.iter().map(|check| check.title.as_str()).collect());
    let mut rows: Vec<Row<'a>> = audit
        .findings
        .iter()
        .take(MAX_FINDINGS)
        .map(|finding| {
            let check = checks.iter().position(|check| check.id == finding.check).unwrap_or(checks.len());
            let key = finding.key.as_deref().and_then(|key| keys.get(key));
            let provider = key.and_then(|key| providers.iter().position(|one| *one == key.provider));
            Row {
                title: checks.get(check).map_or(finding.check.as_str(), |check| check.title.as_str()),
                check_rank: titles.get(check).copied().unwrap_or(titles.len()),
                check,
                provider: provider.unwrap_or(providers.len()),
                position: position(finding),
                since: finding.open_since.as_deref().map(day).unwrap_or_default(),
                since_order: order(finding.open_since.as_deref()),
                finding,
                subject_rank: 0,
                place_rank: 0,
            }
        })
        .collect();
    let subjects = ranks(rows.iter().map(|row| row.finding.subject.as_str()).collect());
    let place = |row: &Row<'_>| (row.finding.places.first().cloned(), row.position.clone());
    let places = ranks(rows.iter().map(place).collect());
    for (row, (subject, place)) in rows.iter_mut().zip(subjects.into_iter().zip(places)) {
        (row.subject_rank, row.place_rank) = (subject, place);
    }
    rows
}

fn key<'a>(key: &'a KeyRecord, as_of: Option<Timestamp>, providers: &[&str]) -> Key<'a> {
    let since = key.secret_since.and_then(Moment::time);
    let state = match (key.rotation.revoked, key.rotation.days_left, key.rotation.step) {
        (true, ..) => 4,
        (_, None, _) => 3,
        (_, Some(left), _) if left < 0 => 0,
        (_, Some(_), Step::Schedule) => 2,
        (_, Some(_), _) => 1,
    };
    Key {
        age: as_of.zip(since).map(|(as_of, since)| days_between(since, as_of)),
        state,
        provider: providers.iter().position(|one| *one == key.provider).unwrap_or(providers.len()),
        used_order: dated_order(key.last_used),
        due_order: dated_order(key.rotation.due),
        key,
        label_rank: 0,
        owner_rank: 0,
        status_rank: 0,
    }
}

/// How many keys there are of each age and state.
fn ages(keys: &[Key<'_>]) -> Vec<Bar> {
    let names = AGES.iter().map(|(_, name)| *name).chain([OLDER, UNKNOWN]);
    let mut bars: Vec<Bar> = names.map(|name| Bar { label: name.to_owned(), parts: vec![0; STATES.len()] }).collect();
    for key in keys {
        let group = match key.age {
            None => AGES.len() + 1,
            Some(age) => AGES.iter().position(|(greatest, _)| age <= *greatest).unwrap_or(AGES.len()),
        };
        bars[group].parts[key.state] += 1;
    }
    bars
}

/// The scopes that checks speak of, each with what would be narrower where the catalogue says so.
fn scopes(audit: &Audit) -> Vec<Scope<'_>> {
    let titles: BTreeMap<&str, &str> =
        audit.checks.iter().map(|check| (check.id.as_str(), check.title.as_str())).collect();
    let mut scopes = Vec::new();
    for finding in audit.findings.iter().filter(|finding| finding.check.starts_with("scope-")) {
        let mut facts = finding.evidence.iter().peekable();
        while let Some(fact) = facts.next() {
            if fact.name == "scope" {
                let narrower = facts.peek().filter(|next| next.name == "narrower");
                scopes.push(Scope {
                    check: titles.get(finding.check.as_str()).copied().unwrap_or(finding.check.as_str()),
                    scope: &fact.value,
                    narrower: narrower.map_or("", |next| next.value.as_str()),
                    finding,
                });
            }
        }
    }
    scopes
}

/// Every leak once for each key that it may be, in the order of the findings.
fn exposures(audit: &Audit) -> Vec<Exposure<'_>> {
    let keys: BTreeMap<&str, &KeyRecord> = audit.keys.iter().map(|key| (key.key.as_str(), key)).collect();
    let mut seen = BTreeSet::new();
    let mut exposures = Vec::new();
    for finding in &audit.findings {
        for leak in &finding.leaks {
            let key = finding.key.as_deref().and_then(|key| keys.get(key)).copied();
            if seen.insert((key.map(|key| key.key.as_str()), leak.fingerprint.as_str())) {
                let label =
                    key.map_or_else(|| format!("{} {}", leak.title, leak.redacted), |key| key.label.to_string());
                exposures.push(Exposure { label, leak, key });
            }
        }
    }
    exposures
}

impl Exposure<'_> {
    fn first(&self) -> String {
        self.leak.since.as_ref().map_or_else(|| UNKNOWN.to_owned(), history::version)
    }

    fn made(&self) -> String {
        dated(self.key.and_then(|key| key.secret_since))
    }

    fn used(&self) -> String {
        dated(self.key.and_then(|key| key.last_used))
    }

    fn status(&self) -> &str {
        match self.key {
            None => "in no inventory",
            Some(key) => key.status.as_deref().unwrap_or(UNKNOWN),
        }
    }

    /// Where it was seen last: at HEAD on the day of the audit, or else in a commit, which the history still has.
    fn seen(&self, as_of: &str) -> String {
        match &self.leak.last {
            _ if self.leak.at_head => format!("at HEAD on {as_of}"),
            Some(commit) => format!("{}, no longer at HEAD", history::version(commit)),
            None => format!("in the history only on {as_of}"),
        }
    }
}

fn span(exposure: &Exposure<'_>, as_of: Option<Timestamp>) -> Span {
    let first = exposure.leak.since.as_ref().and_then(|commit| moment(&commit.date)).map(days);
    let color = SEVERITY_COLORS[if exposure.leak.at_head { 0 } else { 2 }];
    let of = |date: Option<Moment>| date.and_then(Moment::time).map(days);
    let key = exposure.key;
    Span {
        label: exposure.label.clone(),
        // What the history holds is exposed until the key no longer works, whether it is at HEAD or not.
        bar: first.zip(as_of).map(|(first, as_of)| (first, days(as_of).max(first), color)),
        circle: of(key.and_then(|key| key.secret_since)),
        cross: of(key.and_then(|key| key.last_used)),
        line: exposure.leak.last.as_ref().and_then(|commit| moment(&commit.date)).map(days),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::audit::Place;
    use crate::finding::{Artifact, Fact};
    use crate::report::{audit_sample as sample, visible};

    fn html(audit: &Audit) -> String {
        let mut out = Vec::new();
        write(audit, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_key_has_one_age_and_one_state() {
        let audit = sample::audit();
        let page = Page::of(&audit).unwrap();
        let count: u64 = page.ages.iter().flat_map(|bar| &bar.parts).sum();
        assert_eq!((count, page.keys.len()), (7, 7));
        let of = |label: &str| page.keys.iter().find(|key| key.key.label == label).unwrap();
        assert_eq!((of("Billing").age, STATES[of("Billing").state].0), (Some(176), "overdue"));
        assert_eq!(STATES[of("Mail").state].0, "no longer works");
        assert_eq!((of("Late").age, of("Late").owner()), (None, "eve@example.com"));
        let billing = page.ages.iter().find(|bar| bar.label == "91 to 180 days").unwrap();
        assert_eq!(billing.parts[0], 1);
    }

    #[test]
    fn scopes_and_exposures_are_those_of_the_findings() {
        let audit = sample::audit();
        let page = Page::of(&audit).unwrap();
        let scopes: Vec<_> = page.scopes.iter().map(|one| (one.finding.subject.as_str(), one.scope)).collect();
        assert_eq!(scopes, [("Billing", "*")]);
        assert!(!page.scopes[0].narrower.is_empty());
        let pages = page.exposures.iter().find(|one| one.label == "Pages").unwrap();
        assert_eq!((pages.first().as_str(), pages.made().as_str()), ("1111111111 (2024-05-01)", "2024-04-30"));
        let shown = span(pages, moment(&audit.as_of));
        assert_eq!(shown.bar.map(|(from, to, _)| to - from), Some(790), "{:?}", shown.bar);
        assert!(page.exposures.iter().any(|one| one.key.is_none()), "leaks that no inventory has");
    }

    #[test]
    fn an_inventory_alone_has_no_exposure() {
        let page = html(&sample::alone());
        assert!(page.contains("id=\"keys\"") && !page.contains("id=\"exposure\""), "{page}");
    }

    #[test]
    fn hostile_names_are_text_everywhere() {
        const MARKUP: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'\u{202e}";
        let mut audit = sample::audit();
        for key in &mut audit.keys {
            for text in [&mut key.label, &mut key.provider, &mut key.kind, &mut key.rotation.next] {
                *text = format!("{text}{MARKUP}").into();
            }
            for text in [&mut key.owner, &mut key.status, &mut key.rotation.successor] {
                *text = Some(MARKUP.into());
            }
            key.rotation.referenced = vec![MARKUP.to_owned()].into();
        }
        for finding in &mut audit.findings {
            for text in [&mut finding.subject, &mut finding.message, &mut finding.remedy] {
                *text = format!("{text}{MARKUP}").into();
            }
            let fact = |fact: &Fact| Fact { value: format!("{}{MARKUP}", fact.value), ..fact.clone() };
            finding.evidence = finding.evidence.iter().map(fact).collect();
            let place = |place: &Place| Place { path: format!("{}{MARKUP}", place.path).into(), ..place.clone() };
            finding.places = finding.places.iter().map(place).collect();
            let mut leaks = finding.leaks.to_vec();
            for leak in &mut leaks {
                leak.title.push_str(MARKUP);
                for place in &mut leak.places {
                    place.artifact = Artifact::file(MARKUP);
                }
            }
            finding.leaks = leaks.into();
        }
        audit.as_of = MARKUP.to_owned();
        audit.policy.path = Some(MARKUP.to_owned());
        for file in &mut audit.files {
            file.path.push_str(MARKUP);
        }
        let page = html(&audit);
        assert!(page.matches("&#60;img src=x onerror=alert(2)&#62;").count() > 60, "{page}");
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("<img"));
        assert!(!page.contains(|c| visible::is_hidden(c) && !matches!(c, '\n' | '\t')));
    }
}
