//! The run of an audit: from an inventory, a policy and a scan to an [`Audit`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::calls::Told;
use super::check::{Asks, CHECKS, Check, Found, Verdict};
use super::compact::{Evidence, Interner, Moment, One, Print, Shared, Text, line};
use super::context::{Context, Life, moment, reference};
use super::control::Control;
use super::join::{Join, Leak, Match, searchable};
use super::policy::Policy;
use super::{
    Acceptance, Audit, CheckRecord, ControlRecord, FileRecord, Finding, KeyRecord, LeakPlace, LeakRecord, MAX_PLACES,
    Outcome, Place, PolicyRecord, SCHEMA_VERSION, ScanRecord, SearchRecord, Searchable, Summary, rotation,
};
use crate::detect::rule::Ruleset;
use crate::inventory::key::{Field, Key};
use crate::inventory::{Inventory, successor};
use crate::report::json::Tool;
use crate::report::{Report, history, visible};
use crate::source::git::repository;

/// A repository that was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The beginning of the paths of its files, as reports show them, without a final `/`; empty for all paths.
    pub prefix: String,
    /// What to call it: its address, or its folder.
    pub name: String,
}

impl Repository {
    /// The repositories that paths lie in, those relative to the current folder, as a scan of these paths names their
    /// files: relative to the current folder as well.
    #[must_use]
    pub fn of_paths(paths: &[PathBuf]) -> Vec<Self> {
        let Ok(here) = std::env::current_dir().and_then(|here| here.canonicalize()) else { return Vec::new() };
        let mut all: Vec<Repository> = Vec::new();
        for path in paths {
            let Ok(found) = repository::discover(path) else { continue };
            let root = found.workdir().unwrap_or(found.path());
            let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
            let prefix = match root.strip_prefix(&here) {
                Ok(below) => below.to_string_lossy().replace('\\', "/"),
                // The current folder is inside of it: all paths that are not absolute are its.
                Err(_) if here.starts_with(&root) => String::new(),
                Err(_) if path.is_relative() => repository::relative(&root, &here),
                Err(_) => root.to_string_lossy().replace('\\', "/"),
            };
            let folder = root.file_name().map_or_else(|| prefix.clone(), |name| name.to_string_lossy().into_owned());
            let name = if prefix.is_empty() { folder } else { prefix.clone() };
            if !all.iter().any(|known| known.prefix == prefix) {
                all.push(Repository { prefix, name });
            }
        }
        all
    }
}

/// What was scanned, and what came out.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    /// The report of the scan. Its findings have to hold their secrets.
    pub report: &'a Report,
    /// The rules of the scan.
    pub rules: &'a Ruleset,
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
    /// What call logs tell.
    pub told: Told,
}

/// What was looked at and is no finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many are as they should be.
    pub passed: u64,
    /// Of how many nobody can say, by reason.
    pub unknown: BTreeMap<&'static str, u64>,
}

/// What a check came to while it is counted.
#[derive(Default)]
struct Tally {
    /// By the [class](Classes) of the key.
    by_class: Vec<Judgements>,
    unknown: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Copy, Default)]
struct Judgements {
    passed: u64,
    failed: u64,
    accepted: u64,
    unknown: u64,
}

impl Judgements {
    fn add(&mut self, other: &Judgements) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.accepted += other.accepted;
        self.unknown += other.unknown;
    }
}

impl Tally {
    fn all(&self) -> Judgements {
        let mut all = Judgements::default();
        self.by_class.iter().for_each(|judgements| all.add(judgements));
        all
    }
}

/// Keys as controls tell them apart: some controls speak of the keys of one provider only, all others of every key. What
/// concerns no key is in the last class, with the keys of all providers that no control names.
struct Classes(Vec<&'static str>);

impl Classes {
    fn new() -> Self {
        let controls = CHECKS.iter().flat_map(|check| check.controls);
        let named: BTreeSet<&str> =
            controls.map(|control| control.provider).filter(|provider| !provider.is_empty()).collect();
        Classes(named.into_iter().collect())
    }

    fn of(&self, provider: Option<&str>) -> usize {
        let named = provider.and_then(|provider| self.0.iter().position(|name| *name == provider));
        named.unwrap_or(self.0.len())
    }

    fn len(&self) -> usize {
        self.0.len() + 1
    }

    fn provider(&self, class: usize) -> Option<&'static str> {
        self.0.get(class).copied()
    }

    /// The number of a check's findings about keys of a class, among the groups of [`Evidence`].
    fn group(&self, check: usize, class: usize) -> usize {
        check * self.len() + class
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
        usage: &input.told.usage,
        references: unique(keys.iter().map(|key| reference(input.inventory, key))),
        // What was made after the moment of the audit has replaced nothing yet.
        successors: successor::told(keys, |key| {
            let made = key.created.known().is_none_or(|made| *made <= input.as_of);
            made && Life::of(key, input.as_of).may_work()
        }),
        paths: input.inventory.sources().iter().map(|source| Text::from(source.path.as_str())).collect(),
    };
    let mut maker = Maker {
        context: &context,
        findings: Vec::new(),
        prints: Vec::new(),
        tallies: CHECKS.iter().map(|_| Tally::default()).collect(),
        classes: Classes::new(),
        used: HashSet::new(),
        seen: HashMap::new(),
        texts: Interner::default(),
    };
    // One key after the other, so that what belongs to it is looked up once.
    for index in 0..keys.len() {
        let Some(subject) = context.subject(index) else { continue };
        let mut known = None;
        for (at, check) in CHECKS.iter().enumerate() {
            if let Asks::Key(ask) = check.asks {
                maker.judge(at, Some(index), None, ask(&context, &subject), &mut known);
            }
        }
    }
    for (at, check) in CHECKS.iter().enumerate() {
        match check.asks {
            Asks::Leak(ask) => {
                for (index, leak) in join.leaks().iter().enumerate() {
                    maker.judge(at, None, Some(index), ask(&context, leak), &mut None);
                }
            }
            Asks::All(ask) => {
                for found in ask(&context) {
                    maker.judge(at, None, None, Verdict::Fail(found), &mut None);
                }
            }
            Asks::Key(_) | Asks::Elsewhere | Asks::Exceptions => {}
        }
    }
    for ((id, provider), seen) in &input.told.observed {
        let Some(check) = CHECKS.iter().position(|check| check.id == *id) else { continue };
        let judgements = maker.judgements(check, provider.as_deref());
        judgements.passed += seen.passed;
        judgements.unknown += seen.unknown.values().sum::<u64>();
        let unknown = &mut maker.tallies[check].unknown;
        seen.unknown.iter().for_each(|(why, count)| *unknown.entry(why).or_default() += count);
    }
    for observation in &input.told.observations {
        let Some(check) = CHECKS.iter().position(|check| check.id == observation.check.id) else { continue };
        maker.judge(check, observation.key, None, Verdict::Fail(observation.found.clone()), &mut None);
    }
    // Last, since only now is it known which exceptions were of use.
    let used = std::mem::take(&mut maker.used);
    for (at, check) in CHECKS.iter().enumerate().filter(|(_, check)| matches!(check.asks, Asks::Exceptions)) {
        for (index, exception) in input.policy.exceptions().iter().enumerate() {
            let verdict = super::check::exception(check.id, &context, exception, used.contains(&index));
            maker.judge(at, None, None, verdict, &mut None);
        }
    }
    let Maker { findings, mut prints, tallies, classes, texts, .. } = maker;
    prints.sort_unstable();
    let counted = Counted { tallies, classes, prints: prints.into() };
    document(input, &context, findings, &counted, texts)
}

/// What all checks came to.
struct Counted {
    /// By the index of the check.
    tallies: Vec<Tally>,
    classes: Classes,
    /// The open findings with their groups, in order.
    prints: std::sync::Arc<[(Print, u8)]>,
}

/// Names that are told apart: a name that comes twice gets a number.
fn unique(names: impl Iterator<Item = String>) -> Vec<Text> {
    let mut seen: HashMap<Text, u32> = HashMap::new();
    names
        .map(|name| {
            let name = Text::from(name);
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}#{count}").into() }
        })
        .collect()
}

/// What all findings of a key say alike.
struct Known {
    subject: Text,
    places: Shared<Place>,
}

struct Maker<'c, 'a> {
    context: &'c Context<'a>,
    findings: Vec<Finding>,
    /// The open ones, with their groups.
    prints: Vec<(Print, u8)>,
    /// By the index of the check.
    tallies: Vec<Tally>,
    classes: Classes,
    /// Exceptions that excused something.
    used: HashSet<usize>,
    /// How often an identity came.
    seen: HashMap<Print, u32>,
    texts: Interner,
}

impl Maker<'_, '_> {
    fn judgements(&mut self, check: usize, provider: Option<&str>) -> &mut Judgements {
        let class = self.classes.of(provider);
        let by_class = &mut self.tallies[check].by_class;
        if by_class.is_empty() {
            by_class.resize(self.classes.len(), Judgements::default());
        }
        &mut by_class[class]
    }

    /// Counts a verdict. `check` is an index among [`CHECKS`]; `known` keeps what findings of one key share.
    fn judge(
        &mut self,
        check: usize,
        key: Option<usize>,
        leak: Option<usize>,
        verdict: Verdict,
        known: &mut Option<Known>,
    ) {
        let context = self.context;
        let provider = key.and_then(|key| context.keys().get(key)).map(|key| key.provider.as_str());
        match verdict {
            Verdict::Pass => self.judgements(check, provider).passed += 1,
            Verdict::Apart => {}
            Verdict::Unknown(why) => {
                self.judgements(check, provider).unknown += 1;
                *self.tallies[check].unknown.entry(why).or_default() += 1;
            }
            Verdict::Fail(found) => {
                let finding = self.finding(CHECKS[check], key, leak, found, known);
                if finding.is_open() {
                    let group = self.classes.group(check, self.classes.of(provider));
                    self.prints.push((finding.fingerprint, u8::try_from(group).unwrap_or(u8::MAX)));
                    self.judgements(check, provider).failed += 1;
                } else {
                    self.judgements(check, provider).accepted += 1;
                }
                self.findings.push(finding);
            }
        }
    }

    fn finding(
        &mut self,
        check: &'static Check,
        key: Option<usize>,
        leak: Option<usize>,
        found: Found,
        known: &mut Option<Known>,
    ) -> Finding {
        let context = self.context;
        let record = key.and_then(|index| context.keys().get(index));
        let reference = key.and_then(|index| context.references.get(index)).cloned();
        let leaked = leak.and_then(|index| context.leak(index));
        let (subject, mut places) = match (record, leaked, &found.subject) {
            (Some(key), _, _) => {
                let known = known.get_or_insert_with(|| Known { subject: label(key), places: context.places(key) });
                (known.subject.clone(), known.places.clone())
            }
            (None, _, Some(subject)) => (Text::from(visible::line(subject)), Shared::default()),
            (None, Some(leak), None) => (leak_title(leak).into(), Shared::default()),
            (None, None, None) => (Text::new(), Shared::default()),
        };
        let mut leaks: Shared<LeakRecord> =
            found.leaks.iter().filter_map(|found| leak_record(context, found)).collect();
        if leaks.is_empty() {
            leaks = leaked.map(|leak| record_of(leak, None)).into_iter().collect();
        }
        if !found.places.is_empty() {
            places = places.iter().cloned().chain(found.places).collect();
        }
        // What makes a finding the same one in the next audit: its check, its key, and which of several it is.
        let leak_name = leaked.map(|leak| leak.finding.fingerprint.to_string());
        let own_name;
        let (what, which) = match (&reference, &leak_name, &found.identity) {
            (Some(reference), _, identity) => (reference.as_str(), identity.as_deref()),
            (None, Some(leak), _) => (leak.as_str(), None),
            (None, None, Some(identity)) => (identity.as_str(), None),
            (None, None, None) => {
                own_name = format!("{} {}", subject, places.first().map_or("", |place| &place.path));
                (own_name.as_str(), None)
            }
        };
        let print = |count: Option<u32>| {
            let mut hash = Sha256::new();
            hash.update(check.id);
            hash.update(b"\n");
            hash.update(what);
            if let Some(which) = which {
                hash.update(b" ");
                hash.update(which);
            }
            if let Some(count) = count {
                hash.update(format!("\n{count}"));
            }
            let mut print = [0; 16];
            print.copy_from_slice(&hash.finalize()[..16]);
            Print(print)
        };
        let mut fingerprint = print(None);
        // A check of keys speaks of every key once.
        if !matches!(check.asks, Asks::Key(_)) || which.is_some() {
            let count = self.seen.entry(fingerprint).or_default();
            *count += 1;
            if *count > 1 {
                fingerprint = print(Some(*count));
            }
        }
        let mut accepted = None;
        // The exceptions' own checks are about exceptions; none of them may hide another.
        if !matches!(check.asks, Asks::Exceptions) && !context.policy.exceptions().is_empty() {
            let mut names: Vec<&str> = vec![&subject];
            names.extend(reference.as_deref());
            names.extend(record.and_then(|key| key.id.known()).map(|id| id.as_str()));
            names.extend(record.and_then(|key| key.name.known()).map(|name| name.as_str()));
            names.extend(leak_name.as_deref());
            let rule = leaked.and_then(|leak| leak.rule);
            let provider = record.map(|key| key.provider.as_str()).or(rule.map(|rule| rule.provider.as_str()));
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
        // What a comment or the configuration allows in every place is no leak that counts; it is said all the same.
        if accepted.is_none() {
            let its = found.leaks.iter().filter_map(|found| context.leak(found.leak)).chain(leaked);
            accepted = allowance(its).or_else(|| leaked.and_then(listed));
        }
        Finding {
            check: self.texts.text(check.id),
            severity: found.severity.unwrap_or(check.severity),
            fingerprint,
            key: reference,
            subject,
            message: self.texts.text(found.message),
            remedy: self.texts.text(found.remedy.as_deref().unwrap_or(check.remedy)),
            evidence: self.texts.facts(found.evidence),
            places,
            leaks,
            accepted: accepted.map(Box::new),
            open_since: None,
        }
    }
}

/// Why leaks do not count, where all of them are allowed.
fn allowance<'l, 'a: 'l>(mut leaks: impl Iterator<Item = &'l Leak<'a>>) -> Option<Acceptance> {
    let first = leaks.next()?;
    if !first.finding.is_allowed() || leaks.any(|leak| !leak.finding.is_allowed()) {
        return None;
    }
    let allowance = first.finding.locations.iter().find_map(|place| place.allowed.as_ref())?;
    Some(Acceptance {
        reason: allowance.reason.clone().unwrap_or_else(|| allowance.marker.clone()),
        owner: None,
        expires: None,
        in_source: !allowance.configured,
    })
}

/// Why a leak does not count that a baseline lists. An issued key that leaked does: only its end mends that.
fn listed(leak: &Leak<'_>) -> Option<Acceptance> {
    let known = leak.finding.known.as_ref().filter(|_| leak.matches.is_empty())?;
    Some(Acceptance {
        reason: known.reason.clone().unwrap_or_else(|| "the baseline lists it".to_owned()),
        owner: known.owner.clone(),
        expires: known.expires.clone(),
        in_source: false,
    })
}

/// What people call a key, on one line.
fn label(key: &Key) -> Text {
    line(&key.label())
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
    counted: &Counted,
    mut texts: Interner,
) -> Audit {
    // No two are equal: their fingerprints differ.
    findings.sort_unstable_by(|a, b| {
        // What is known to be an issued key comes before what nobody can place.
        let key =
            |finding: &Finding| (!finding.is_open(), std::cmp::Reverse(finding.severity), finding.places.is_empty());
        key(a).cmp(&key(b)).then_with(|| a.places.first().cmp(&b.places.first())).then_with(|| {
            (&a.key, &a.check, &a.subject, &a.fingerprint).cmp(&(&b.key, &b.check, &b.subject, &b.fingerprint))
        })
    });
    let mut open = Open::new(context, &findings);
    let mut searches = Vec::new();
    let keys: Vec<KeyRecord> = (0..context.keys().len())
        .filter_map(|index| key_record(input, context, index, open.take(index), (&mut texts, &mut searches)))
        .collect();
    drop((open, texts));
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
    let counts =
        |found: &Match| found.certainty > super::Certainty::Ambiguous && !super::exposure::is_allowed(context, found);
    let certain = |index: &usize| context.join.of_key(*index).iter().any(counts);
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
            && input.told.logs.iter().all(|log| log.bad == 0)
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
        logs: input.told.logs.clone(),
        scan,
        findings,
        checks: check_records(&counted.tallies),
        controls: control_records(counted),
        keys,
        changes: None,
    }
}

/// The open findings of each key, in the order of the document.
struct Open {
    prints: Vec<Print>,
    /// Where in `prints` those of each key begin, and where those of the last one end.
    starts: Vec<u32>,
}

impl Open {
    fn new(context: &Context<'_>, findings: &[Finding]) -> Self {
        let numbered = (0u32..).zip(&context.references);
        let at: HashMap<&str, u32> = numbered.map(|(index, name)| (name.as_str(), index)).collect();
        let open = || {
            findings
                .iter()
                .filter(|finding| finding.is_open())
                .filter_map(|finding| Some((*at.get(finding.key.as_deref()?)? as usize, finding.fingerprint)))
        };
        let mut starts = vec![0u32; context.references.len() + 1];
        open().for_each(|(key, _)| starts[key + 1] += 1);
        for key in 1..starts.len() {
            starts[key] += starts[key - 1];
        }
        let mut next = starts.clone();
        let mut prints = vec![Print([0; 16]); starts.last().map_or(0, |end| *end as usize)];
        for (key, print) in open() {
            prints[next[key] as usize] = print;
            next[key] += 1;
        }
        Open { prints, starts }
    }

    fn take(&mut self, key: usize) -> Shared<Print> {
        let (start, end) = (self.starts[key] as usize, self.starts[key + 1] as usize);
        self.prints[start..end].to_vec().into()
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
    findings: Shared<Print>,
    (texts, searches): (&mut Interner, &mut Vec<One<SearchRecord>>),
) -> Option<KeyRecord> {
    let subject = context.subject(index)?;
    let key = subject.key;
    let searchable = searchable(key);
    let scanned = input.scan.as_ref().filter(|_| searchable != Searchable::Not);
    let search = SearchRecord {
        searchable,
        found: scanned.map(|_| !subject.matches.is_empty()),
        files: scanned.map(|scan| scan.report.coverage.files + scan.report.coverage.members),
        objects: scanned.and_then(|scan| scan.report.coverage.objects).map(|objects| objects.scanned),
    };
    // There are five of them at most.
    let search = match searches.iter().find(|known| ***known == search) {
        Some(known) => known.clone(),
        None => {
            searches.push(search.into());
            searches.last()?.clone()
        }
    };
    let date = |field: &Field<Timestamp>| match field {
        Field::Known(time) => Some(Moment::from(*time)),
        Field::Empty => Some(Moment::NEVER),
        Field::Unknown => None,
    };
    Some(KeyRecord {
        label: label(key),
        provider: key.provider.clone(),
        kind: key.kind.clone(),
        owner: match &key.owner {
            Field::Known(owner) => Some(line(owner)),
            Field::Empty => Some(Text::new()),
            Field::Unknown => None,
        },
        status: key.status.known().map(|status| texts.text(status.as_str())),
        secret_since: key.secret_since().map(|(time, _)| Moment::from(time)),
        // A log may know of a later use than the export, or of one at all.
        last_used: match subject.usage.and_then(|usage| usage.last) {
            Some(logged) => Some(Moment::from(key.last_used.known().map_or(logged, |used| logged.max(*used)))),
            None => date(&key.last_used),
        },
        expires: date(&key.expires),
        places: context.places(key),
        search,
        rotation: rotation::of(context, &subject, texts),
        findings,
        key: context.references.get(index)?.clone(),
    })
}

fn check_records(tallies: &[Tally]) -> Vec<CheckRecord> {
    let mut records: Vec<CheckRecord> = CHECKS
        .iter()
        .zip(tallies)
        .map(|(check, tally)| {
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

fn control_records(counted: &Counted) -> Vec<ControlRecord> {
    type Entry = (Control, BTreeSet<&'static str>, Judgements, Box<[bool]>);
    let Counted { tallies, classes, prints } = counted;
    let mut controls: BTreeMap<(&'static str, &'static str), Entry> = BTreeMap::new();
    let groups = classes.group(CHECKS.len(), 0);
    // Controls about which nothing can be said are named, too: an auditor wants to see that they were thought of.
    for (at, (check, tally)) in CHECKS.iter().zip(tallies).enumerate() {
        for control in check.controls {
            let (_, checks, judgements, own) = controls
                .entry((control.framework.name(), control.id))
                .or_insert_with(|| (*control, BTreeSet::new(), Judgements::default(), vec![false; groups].into()));
            checks.insert(check.id);
            for class in (0..classes.len()).filter(|class| control.concerns(classes.provider(*class))) {
                own[classes.group(at, class)] = true;
                judgements.add(&tally.by_class.get(class).copied().unwrap_or_default());
            }
        }
    }
    let mut records: Vec<(Control, ControlRecord)> = controls
        .into_values()
        .map(|(control, checks, counts, own)| {
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
            let record = ControlRecord {
                framework: control.framework.name().to_owned(),
                id: control.id.to_owned(),
                outcome,
                checks: checks.into_iter().map(str::to_owned).collect(),
                judged,
                failed: counts.failed,
                accepted: counts.accepted,
                unknown: counts.unknown,
                findings: Evidence::new(prints.clone(), own),
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
        assert_eq!(unique(["a", "b", "a"].map(str::to_owned).into_iter()), ["a", "b", "a#2"]);
    }

    #[test]
    fn every_check_has_its_groups_of_evidence() {
        // They are counted in one byte.
        let classes = Classes::new();
        assert!(classes.group(CHECKS.len(), 0) <= 256 && classes.len() == 4);
    }
}
