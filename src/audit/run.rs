//! The run of an audit: from an inventory, a policy and a scan to an [`Audit`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::check::{Asks, CHECKS, Check, Found, Verdict};
use super::context::{Context, Life, moment, reference, successors};
use super::control::Control;
use super::join::{Join, Leak, Match, searchable};
use super::policy::Policy;
use super::{
    Acceptance, Audit, CheckRecord, ControlRecord, FileRecord, Finding, KeyRecord, LeakPlace, LeakRecord, LogRecord,
    MAX_PLACES, Outcome, Place, PolicyRecord, SCHEMA_VERSION, ScanRecord, SearchRecord, Searchable, Summary, rotation,
};
use crate::detect::rule::Ruleset;
use crate::inventory::Inventory;
use crate::inventory::key::{Field, Key, Origin};
use crate::report::json::Tool;
use crate::report::{Report, history, visible};

/// A repository that was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The beginning of the paths of its files, as reports show them, without a final `/`; empty for all paths.
    pub prefix: String,
    /// What to call it: its address, or its folder.
    pub name: String,
}

/// What was scanned, and what came out.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    /// The report of the scan. Its findings have to hold their secrets.
    pub report: &'a Report,
    /// The rules of the scan.
    pub rules: &'a Ruleset,
    /// Whether the history was scanned.
    pub history: bool,
    /// The repositories that were scanned.
    pub repositories: &'a [Repository],
}

/// What call logs say about a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Attempts that were refused.
    pub failed: u64,
    /// The last call that was not refused, as far as the logs say.
    pub last: Option<Timestamp>,
}

/// A finding of something that is no part of this module, such as the reader of call logs.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The check. It has to be one of [`CHECKS`].
    pub check: &'static Check,
    /// The key that is concerned, by its index in the inventory.
    pub key: Option<usize>,
    /// What was found.
    pub found: Found,
}

/// What an audit is made of.
pub struct Input<'a> {
    /// The keys.
    pub inventory: &'a Inventory,
    /// What is demanded of them.
    pub policy: &'a Policy,
    /// The moment to which ages are counted.
    pub as_of: Timestamp,
    /// What was scanned; `None` where only the inventory is looked at.
    pub scan: Option<Scan<'a>>,
    /// What call logs say about keys, by their index.
    pub usage: HashMap<usize, Usage>,
    /// Further findings.
    pub observations: Vec<Observation>,
    /// What else the sources of `observations` looked at, by check and provider of the keys.
    pub observed: BTreeMap<(&'static str, Option<String>), Seen>,
    /// The call logs.
    pub logs: Vec<LogRecord>,
}

/// What was looked at and is no finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many are as they should be.
    pub passed: u64,
    /// Of how many nobody can say, by reason.
    pub unknown: BTreeMap<&'static str, u64>,
}

/// What a check came to while it is counted: controls speak of the keys of one provider, or of all, and so it is counted
/// for each.
#[derive(Default)]
struct Tally {
    /// By the index of the provider among [`Maker::providers`]; what concerns no key comes last.
    by_provider: Vec<Judgements>,
    unknown: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Default)]
struct Judgements {
    passed: u64,
    failed: u64,
    accepted: u64,
    unknown: u64,
    findings: Vec<String>,
}

impl Judgements {
    fn add(&mut self, other: &Judgements) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.accepted += other.accepted;
        self.unknown += other.unknown;
        self.findings.extend_from_slice(&other.findings);
    }
}

impl Tally {
    fn all(&self) -> Judgements {
        let mut all = Judgements::default();
        self.by_provider.iter().for_each(|judgements| all.add(judgements));
        all
    }
}

/// Runs all checks.
#[must_use]
pub fn run(input: &Input<'_>) -> Audit {
    let keys = input.inventory.keys();
    let join = input.scan.as_ref().map_or_else(Join::default, |scan| Join::new(input.inventory, scan));
    let context = Context {
        inventory: input.inventory,
        policy: input.policy,
        as_of: input.as_of,
        join: &join,
        scanned: input.scan.is_some(),
        history: input.scan.as_ref().is_some_and(|scan| scan.history),
        usage: &input.usage,
        references: unique(keys.iter().map(|key| reference(input.inventory, key)).collect()),
        successors: successors(keys, input.as_of),
        policy_path: input.policy.path().unwrap_or("keytrail.toml").to_owned(),
    };
    let mut maker = Maker {
        context: &context,
        findings: Vec::new(),
        tallies: BTreeMap::new(),
        providers: Providers::new(keys),
        used: HashSet::new(),
        seen: HashMap::new(),
    };
    for check in CHECKS {
        maker.tallies.entry(check.id).or_default();
        match check.asks {
            Asks::Key(ask) => {
                for index in 0..keys.len() {
                    if let Some(subject) = context.subject(index) {
                        maker.judge(check, Some(index), None, ask(&context, &subject));
                    }
                }
            }
            Asks::Leak(ask) => {
                for (index, leak) in join.leaks().iter().enumerate() {
                    maker.judge(check, None, Some(index), ask(&context, leak));
                }
            }
            Asks::All(ask) => {
                for found in ask(&context) {
                    maker.judge(check, None, None, Verdict::Fail(found));
                }
            }
            Asks::Elsewhere | Asks::Exceptions => {}
        }
    }
    for ((id, provider), seen) in &input.observed {
        let Some(check) = CHECKS.iter().find(|check| check.id == *id) else { continue };
        let provider = maker.providers.index(provider.as_deref());
        let tally = maker.tally_of(check, provider);
        tally.passed += seen.passed;
        tally.unknown += seen.unknown.values().sum::<u64>();
        let unknown = &mut maker.tallies.entry(check.id).or_default().unknown;
        seen.unknown.iter().for_each(|(why, count)| *unknown.entry(why).or_default() += count);
    }
    for observation in &input.observations {
        maker.judge(observation.check, observation.key, None, Verdict::Fail(observation.found.clone()));
    }
    // Last, since only now is it known which exceptions were of use.
    let used = std::mem::take(&mut maker.used);
    for check in CHECKS.iter().filter(|check| matches!(check.asks, Asks::Exceptions)) {
        for (index, exception) in input.policy.exceptions().iter().enumerate() {
            let verdict = super::check::exception(check.id, &context, exception, used.contains(&index));
            maker.judge(check, None, None, verdict);
        }
    }
    let Maker { findings, tallies, providers, .. } = maker;
    document(input, &context, findings, &tallies, &providers)
}

/// The providers of the keys, each with an index.
struct Providers {
    names: Vec<String>,
    of_key: Vec<usize>,
}

impl Providers {
    fn new(keys: &[Key]) -> Self {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut names = Vec::new();
        let of_key = keys.iter().map(|key| {
            *known.entry(key.provider.as_str()).or_insert_with(|| {
                names.push(key.provider.to_string());
                names.len() - 1
            })
        });
        Providers { of_key: of_key.collect(), names }
    }

    /// The index of a provider; that of what concerns no key where there is none of that name.
    fn index(&self, name: Option<&str>) -> usize {
        let found = name.and_then(|name| self.names.iter().position(|known| known == name));
        found.unwrap_or(self.none())
    }

    /// The index of what concerns no key.
    fn none(&self) -> usize {
        self.names.len()
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(String::as_str)
    }
}

/// Names that are told apart: a name that comes twice gets a number.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    names
        .into_iter()
        .map(|name| {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}#{count}") }
        })
        .collect()
}

struct Maker<'c, 'a> {
    context: &'c Context<'a>,
    findings: Vec<Finding>,
    tallies: BTreeMap<&'static str, Tally>,
    providers: Providers,
    /// Exceptions that excused something.
    used: HashSet<usize>,
    /// How often an identity came.
    seen: HashMap<String, usize>,
}

impl Maker<'_, '_> {
    fn tally(&mut self, check: &'static Check, key: Option<usize>) -> &mut Judgements {
        let provider = key.and_then(|key| self.providers.of_key.get(key).copied());
        self.tally_of(check, provider.unwrap_or(self.providers.none()))
    }

    fn tally_of(&mut self, check: &'static Check, provider: usize) -> &mut Judgements {
        let none = self.providers.none();
        let tally = self.tallies.entry(check.id).or_default();
        if tally.by_provider.len() <= none {
            tally.by_provider.resize(none + 1, Judgements::default());
        }
        &mut tally.by_provider[provider]
    }

    fn judge(&mut self, check: &'static Check, key: Option<usize>, leak: Option<usize>, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.tally(check, key).passed += 1,
            Verdict::Apart => {}
            Verdict::Unknown(why) => {
                self.tally(check, key).unknown += 1;
                *self.tallies.entry(check.id).or_default().unknown.entry(why).or_default() += 1;
            }
            Verdict::Fail(found) => {
                let finding = self.finding(check, key, leak, found);
                let judgements = self.tally(check, key);
                if finding.is_open() {
                    judgements.failed += 1;
                    judgements.findings.push(finding.fingerprint.clone());
                } else {
                    judgements.accepted += 1;
                }
                self.findings.push(finding);
            }
        }
    }

    fn finding(&mut self, check: &'static Check, key: Option<usize>, leak: Option<usize>, found: Found) -> Finding {
        let context = self.context;
        let record = key.and_then(|index| context.keys().get(index));
        let reference = key.map(|index| context.reference(index).to_owned());
        let leaked = leak.and_then(|index| context.leak(index));
        let subject = match (record, leaked, &found.subject) {
            (Some(key), _, _) => visible::line(&key.label()).into_owned(),
            (None, _, Some(subject)) => visible::line(subject).into_owned(),
            (None, Some(leak), None) => leak_title(leak),
            (None, None, None) => String::new(),
        };
        let mut leaks: Vec<LeakRecord> = found.leaks.iter().filter_map(|found| leak_record(context, found)).collect();
        if leaks.is_empty() {
            leaks.extend(leaked.map(|leak| record_of(leak, None)));
        }
        let mut places = match record {
            Some(key) => places(context.inventory, key),
            None => Vec::new(),
        };
        places.extend(found.places);
        // What makes a finding the same one in the next audit: its check, its key, and which of several it is.
        let what = match (&reference, leaked, &found.identity) {
            (Some(reference), _, None) => reference.clone(),
            (Some(reference), _, Some(identity)) => format!("{reference} {identity}"),
            (None, Some(leak), _) => leak.finding.fingerprint.to_string(),
            (None, None, identity) => {
                identity.clone().unwrap_or_else(|| format!("{} {}", subject, places.first().map_or("", |p| &p.path)))
            }
        };
        let identity = format!("{}\n{what}", check.id);
        let count = self.seen.entry(identity.clone()).or_default();
        *count += 1;
        let identity = if *count == 1 { identity } else { format!("{identity}\n{count}") };
        let fingerprint = hex::encode(&Sha256::digest(identity.as_bytes())[..16]);
        let mut names: Vec<&str> = vec![&subject];
        names.extend(reference.as_deref());
        names.extend(record.and_then(|key| key.id.known()).map(|id| id.as_str()));
        names.extend(record.and_then(|key| key.name.known()).map(|name| name.as_str()));
        let leak_name = leaked.map(|leak| leak.finding.fingerprint.to_string());
        names.extend(leak_name.as_deref());
        let rule = leaked.and_then(|leak| leak.rule);
        let provider = record.map(|key| key.provider.as_str()).or(rule.map(|rule| rule.provider.as_str()));
        let mut accepted = None;
        // The exceptions' own checks are about exceptions; none of them may hide another.
        if !matches!(check.asks, Asks::Exceptions) {
            for (index, exception) in context.policy.exceptions().iter().enumerate() {
                if exception.covers(check.id, provider, &names) && !exception.has_expired(context.as_of) {
                    self.used.insert(index);
                    accepted.get_or_insert_with(|| Acceptance {
                        reason: exception.reason.clone(),
                        owner: exception.owner.clone(),
                        expires: exception.expires.map(|day| day.to_string()),
                        in_source: false,
                    });
                }
            }
        }
        // A comment accepts a secret that nobody knows; what is known to be an issued key is no matter of comments.
        if let (None, None, Some(leak)) = (&accepted, record, leaked)
            && leak.finding.is_allowed()
        {
            let allowance = leak.finding.locations.iter().find_map(|place| place.allowed.as_ref());
            accepted = allowance.map(|allowance| Acceptance {
                reason: allowance.reason.clone().unwrap_or_else(|| allowance.marker.clone()),
                owner: None,
                expires: None,
                in_source: true,
            });
        }
        Finding {
            check: check.id.to_owned(),
            severity: found.severity.unwrap_or(check.severity),
            fingerprint,
            key: reference,
            subject,
            message: found.message,
            remedy: found.remedy.unwrap_or_else(|| check.remedy.to_owned()),
            evidence: found.evidence,
            places,
            leaks,
            accepted,
            open_since: None,
        }
    }
}

/// Where a key stands, the first place first.
fn places(inventory: &Inventory, key: &Key) -> Vec<Place> {
    key.origins().map(|origin| place(inventory, origin)).collect()
}

/// An origin with the name of its file.
#[must_use]
pub fn place(inventory: &Inventory, origin: Origin) -> Place {
    let path = inventory.source(origin.source).map_or_else(String::new, |source| source.path.clone());
    Place { path, line: origin.line, column: origin.column.max(u32::from(origin.line > 0)) }
}

/// What a leak is called: `AWS secret access key wJa…KEY`.
#[must_use]
pub fn leak_title(leak: &Leak<'_>) -> String {
    let title = leak.rule.map_or(leak.finding.rule.as_str(), |rule| rule.title.as_str());
    visible::line(&format!("{title} {}", leak.finding.secret.redacted())).into_owned()
}

fn leak_record(context: &Context<'_>, found: &Match) -> Option<LeakRecord> {
    context.leak(found.leak).map(|leak| record_of(leak, Some(found)))
}

/// What reports say of a leak.
#[must_use]
pub fn record_of(leak: &Leak<'_>, found: Option<&Match>) -> LeakRecord {
    let places = history::places(leak.finding);
    let listed = places.iter().take(MAX_PLACES).map(|place| LeakPlace {
        artifact: place.artifact.clone(),
        line: place.region.start.line,
        column: place.region.start.column,
        end_line: place.region.end.line,
        end_column: place.region.end.column,
        at_head: place.is_at_head(),
        introduced: place.history.as_ref().and_then(|history| history.introduced.clone()),
        reach: place.history.as_ref().map(|history| history.reach),
    });
    LeakRecord {
        rule: leak.finding.rule.clone(),
        title: leak.rule.map_or_else(|| leak.finding.rule.clone(), |rule| rule.title.clone()),
        redacted: leak.finding.secret.redacted().to_owned(),
        fingerprint: leak.finding.fingerprint.to_string(),
        how: found.map(|found| found.how),
        certainty: found.map(|found| found.certainty),
        since: leak.since().cloned(),
        last: history::latest(leak.finding).cloned(),
        at_head: leak.finding.is_at_head(),
        places: listed.collect(),
        more_places: places.len().saturating_sub(MAX_PLACES) as u64,
    }
}

fn document(
    input: &Input<'_>,
    context: &Context<'_>,
    mut findings: Vec<Finding>,
    tallies: &BTreeMap<&'static str, Tally>,
    providers: &Providers,
) -> Audit {
    findings.sort_by(|a, b| {
        // What is known to be an issued key comes before what nobody can place.
        let key =
            |finding: &Finding| (!finding.is_open(), std::cmp::Reverse(finding.severity), finding.places.is_empty());
        key(a).cmp(&key(b)).then_with(|| a.places.first().cmp(&b.places.first())).then_with(|| {
            (&a.key, &a.check, &a.subject, &a.fingerprint).cmp(&(&b.key, &b.check, &b.subject, &b.fingerprint))
        })
    });
    let mut open: HashMap<&str, Vec<String>> = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.is_open()) {
        if let Some(key) = &finding.key {
            open.entry(key).or_default().push(finding.fingerprint.clone());
        }
    }
    let keys: Vec<KeyRecord> =
        (0..context.keys().len()).filter_map(|index| key_record(input, context, index, &mut open)).collect();
    let mut summary = Summary { keys: keys.len() as u64, ..Summary::default() };
    for finding in &findings {
        if finding.is_open() {
            summary.findings += 1;
            *summary.by_severity.of(finding.severity) += 1;
        } else {
            summary.accepted += 1;
        }
    }
    summary.keys_with_findings = keys.iter().filter(|key| !key.findings.is_empty()).count() as u64;
    let certain =
        |index: &usize| context.join.of_key(*index).iter().any(|found| found.certainty > super::Certainty::Ambiguous);
    let works = |index: &usize| Life::of(&context.keys()[*index], input.as_of).may_work();
    summary.leaked_and_working = (0..context.keys().len()).filter(certain).filter(works).count() as u64;
    summary.searched_and_not_found = keys
        .iter()
        .filter(|key| key.search.searchable == Searchable::Exactly && key.search.found == Some(false))
        .count() as u64;
    let periods = input.policy.base();
    let scan = input.scan.as_ref().map(|scan| scan_record(scan.report));
    Audit {
        schema_version: SCHEMA_VERSION.to_owned(),
        tool: Tool::current(),
        command: "audit".to_owned(),
        as_of: moment(input.as_of),
        exit_code: 0,
        complete: input.inventory.all_files_read()
            && input.logs.iter().all(|log| log.bad == 0)
            && scan.as_ref().is_none_or(|scan| scan.complete),
        summary,
        policy: PolicyRecord {
            path: input.policy.path().map(str::to_owned),
            rotation: periods.rotation.to_string(),
            notice: periods.notice.to_string(),
            unused: periods.unused.to_string(),
            overlap: periods.overlap.to_string(),
            review: periods.review.to_string(),
            max_life: periods.max_life.to_string(),
        },
        files: input.inventory.sources().iter().map(file_record).collect(),
        logs: input.logs.clone(),
        scan,
        findings,
        checks: check_records(tallies),
        controls: control_records(tallies, providers),
        keys,
        changes: None,
    }
}

fn file_record(source: &crate::inventory::Source) -> FileRecord {
    FileRecord {
        path: source.path.clone(),
        format: source.format.map(str::to_owned),
        as_of: source.as_of.known().map(|&time| moment(time)),
        rows: source.rows,
        read: source.read,
        bad: source.bad,
        skipped: source.skipped.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
        incomplete: source.incomplete,
    }
}

fn scan_record(report: &Report) -> ScanRecord {
    ScanRecord {
        files: report.coverage.files,
        members: report.coverage.members,
        bytes: report.coverage.bytes,
        objects: report.coverage.objects,
        complete: report.coverage.is_complete(),
        secrets: report.findings.len() as u64,
        below_confidence: report.below_confidence,
        notices: report.coverage.notices.clone(),
        version_control: report.version_control.clone(),
    }
}

fn key_record(
    input: &Input<'_>,
    context: &Context<'_>,
    index: usize,
    open: &mut HashMap<&str, Vec<String>>,
) -> Option<KeyRecord> {
    let subject = context.subject(index)?;
    let key = subject.key;
    let reference = context.reference(index).to_owned();
    let searchable = searchable(key);
    let scanned = input.scan.as_ref().filter(|_| searchable != Searchable::Not);
    let date = |field: &Field<Timestamp>| match field {
        Field::Known(time) => Some(moment(*time)),
        Field::Empty => Some("never".to_owned()),
        Field::Unknown => None,
    };
    Some(KeyRecord {
        label: visible::line(&key.label()).into_owned(),
        provider: key.provider.to_string(),
        kind: key.kind.to_string(),
        owner: match &key.owner {
            Field::Known(owner) => Some(visible::line(owner).into_owned()),
            Field::Empty => Some(String::new()),
            Field::Unknown => None,
        },
        status: key.status.known().map(ToString::to_string),
        secret_since: key.secret_since().map(|(time, _)| moment(time)),
        last_used: date(&key.last_used),
        expires: date(&key.expires),
        places: places(context.inventory, key),
        search: SearchRecord {
            searchable,
            found: scanned.map(|_| !subject.matches.is_empty()),
            files: scanned.map(|scan| scan.report.coverage.files + scan.report.coverage.members),
            objects: scanned.and_then(|scan| scan.report.coverage.objects).map(|objects| objects.scanned),
        },
        rotation: rotation::of(context, &subject),
        findings: open.remove(reference.as_str()).unwrap_or_default(),
        key: reference,
    })
}

fn check_records(tallies: &BTreeMap<&'static str, Tally>) -> Vec<CheckRecord> {
    let mut records: Vec<CheckRecord> = CHECKS
        .iter()
        .map(|check| {
            let empty = Tally::default();
            let tally = tallies.get(check.id).unwrap_or(&empty);
            let all = tally.all();
            let mut controls: Vec<String> = check.controls.iter().map(Control::name).collect();
            controls.sort();
            let nhi = check.controls.iter().filter(|control| control.framework == super::control::Framework::OwaspNhi);
            CheckRecord {
                id: check.id.to_owned(),
                title: check.title.to_owned(),
                why: check.why.to_owned(),
                remedy: check.remedy.to_owned(),
                severity: check.severity,
                judged: all.passed + all.failed + all.accepted,
                passed: all.passed,
                failed: all.failed + all.accepted,
                accepted: all.accepted,
                unknown: all.unknown,
                unknown_because: tally.unknown.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect(),
                controls,
                cwe: check.cwe.to_vec(),
                owasp_nhi: nhi.map(|control| control.id.to_owned()).collect(),
            }
        })
        .collect();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records
}

fn control_records(tallies: &BTreeMap<&'static str, Tally>, providers: &Providers) -> Vec<ControlRecord> {
    let mut controls: BTreeMap<(&'static str, &'static str), (Control, BTreeSet<&'static str>, Judgements)> =
        BTreeMap::new();
    // Controls about which nothing can be said are named, too: an auditor wants to see that they were thought of.
    for check in CHECKS {
        for control in check.controls {
            let (_, checks, judgements) = controls
                .entry((control.framework.name(), control.id))
                .or_insert_with(|| (*control, BTreeSet::new(), Judgements::default()));
            checks.insert(check.id);
            let tally = tallies.get(check.id).map(|tally| tally.by_provider.as_slice()).unwrap_or_default();
            let concerned = tally.iter().enumerate().filter(|(index, _)| control.concerns(providers.name(*index)));
            concerned.for_each(|(_, counts)| judgements.add(counts));
        }
    }
    let mut records: Vec<(Control, ControlRecord)> = controls
        .into_values()
        .map(|(control, checks, mut counts)| {
            let judged = counts.passed + counts.failed + counts.accepted;
            let outcome = if counts.failed > 0 {
                Outcome::Fail
            } else if counts.unknown > 0 {
                Outcome::Unknown
            } else if judged > 0 {
                Outcome::Pass
            } else {
                Outcome::NotApplicable
            };
            counts.findings.sort();
            let record = ControlRecord {
                framework: control.framework.name().to_owned(),
                id: control.id.to_owned(),
                outcome,
                checks: checks.into_iter().map(str::to_owned).collect(),
                judged,
                failed: counts.failed,
                accepted: counts.accepted,
                unknown: counts.unknown,
                findings: counts.findings,
            };
            (control, record)
        })
        .collect();
    records.sort_by_key(|(control, _)| (control.framework, natural(control.id)));
    records.into_iter().map(|(_, record)| record).collect()
}

/// Orders `1.9` before `1.13`.
fn natural(id: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut word = String::new();
    let mut number = String::new();
    for c in id.chars() {
        if c.is_ascii_digit() {
            number.push(c);
        } else {
            if !number.is_empty() {
                parts.push((std::mem::take(&mut word), number.parse().unwrap_or(u64::MAX)));
                number.clear();
            }
            word.push(c);
        }
    }
    parts.push((word, number.parse().unwrap_or(0)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_in_the_order_of_their_numbers() {
        let mut ids = vec!["1.13", "1.9", "AC-2(3)", "AC-2", "AC-10", "8.6.3", "CC6.1"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["1.9", "1.13", "8.6.3", "AC-2", "AC-2(3)", "AC-10", "CC6.1"]);
    }

    #[test]
    fn equal_names_are_told_apart() {
        assert_eq!(unique(vec!["a".into(), "b".into(), "a".into()]), ["a", "b", "a#2"]);
    }
}
