//! From places to findings: each distinct secret once, with all its places, in a fixed order.

use std::collections::{BTreeMap, HashMap};

use super::history::History;
use super::{Engine, Place, Scanned};
use crate::detect::entropy;
use crate::finding::{Confidence, Finding, Verification};
use crate::report::{Coverage, Objects, RuleInfo};
use crate::secret::{Identity, Redacted, Secret};

/// Gathers the outcome of files, in whatever order they come.
#[derive(Default)]
pub struct Collector {
    places: Vec<Place>,
    coverage: Coverage,
    /// Distinct secrets that were left out before they came here.
    below: u64,
}

/// What a scan found.
pub struct Outcome {
    /// Findings at or above the minimum confidence, in the order of their first place.
    pub findings: Vec<Finding>,
    /// Their rules.
    pub rules: BTreeMap<String, RuleInfo>,
    /// Distinct secrets below it.
    pub below_confidence: u64,
    /// What was looked at.
    pub coverage: Coverage,
}

impl Collector {
    /// Adds what came out of a file.
    pub fn add(&mut self, scanned: Scanned) {
        self.places.extend(scanned.places);
        self.coverage.files += scanned.files;
        self.coverage.members += scanned.members;
        self.coverage.bytes += scanned.bytes;
        self.coverage.notices.extend(scanned.notices);
    }

    /// Adds what came out of a history.
    pub fn add_history(&mut self, history: History) {
        self.places.extend(history.places);
        self.coverage.notices.extend(history.notices);
        self.coverage.members += history.members;
        self.below += history.below;
        let all = self.coverage.objects.get_or_insert_default();
        let Objects { seen, scanned, skipped, missing, damaged, bytes, shallow } = history.objects;
        all.seen += seen;
        all.scanned += scanned;
        all.skipped += skipped;
        all.missing += missing;
        all.damaged += damaged;
        all.bytes += bytes;
        all.shallow |= shallow;
    }

    /// Makes findings of the places, of which each may have a minimum of its own.
    #[must_use]
    pub fn finish_by(self, scanner: &Engine, min_confidence: &dyn Fn(&Place) -> Confidence) -> Outcome {
        let Collector { mut places, mut coverage, below } = self;
        coverage.notices.sort();
        coverage.notices.dedup();
        places.sort_by(|a, b| {
            (&a.location.artifact, a.location.region, a.rule).cmp(&(&b.location.artifact, b.location.region, b.rule))
        });
        let rules = scanner.detector().ruleset();
        one_kind_each(&mut places, |rule| rules.rule(rule).detector.is_some());
        let mut by_secret: BTreeMap<(u16, Secret), Vec<Place>> = BTreeMap::new();
        for place in places {
            by_secret.entry((place.rule, place.secret.canonical())).or_default().push(place);
        }
        let all = by_secret.len();
        let reported: Vec<Vec<Place>> = by_secret
            .into_values()
            .filter(|places| places.iter().any(|place| place.confidence >= min_confidence(place)))
            .collect();
        let below_confidence = (all - reported.len()) as u64 + below;
        let mut findings: Vec<Finding> = reported.into_iter().filter_map(|places| merged(places, scanner)).collect();
        findings.sort_by(|a, b| {
            let first = |f: &Finding| f.locations.first().map(|l| (l.artifact.clone(), l.region));
            first(a).cmp(&first(b)).then_with(|| a.rule.cmp(&b.rule))
        });
        let used = findings
            .iter()
            .flat_map(|finding| std::iter::once(&finding.rule).chain(finding.parts.iter().map(|part| &part.rule)))
            .filter_map(|id| rules.find(id))
            .map(|rule| (rule.id.to_owned(), rule.info()))
            .collect();
        Outcome { findings, rules: used, below_confidence, coverage }
    }
}

/// Where one place tells whose key a secret is, so it is at the others, which only told by a name that it is one.
fn one_kind_each(places: &mut [Place], by_name: impl Fn(u16) -> bool) {
    let mut kinds: HashMap<&Secret, u16> = HashMap::new();
    for place in places.iter().filter(|place| !by_name(place.rule)) {
        let kind = kinds.entry(&place.secret).or_insert(place.rule);
        *kind = place.rule.min(*kind);
    }
    let known: Vec<Option<u16>> =
        places.iter().map(|place| kinds.get(&place.secret).copied().filter(|_| by_name(place.rule))).collect();
    for (place, kind) in places.iter_mut().zip(known) {
        place.rule = kind.unwrap_or(place.rule);
    }
}

/// The finding that the places of one secret make, which are in order.
fn merged(places: Vec<Place>, scanner: &Engine) -> Option<Finding> {
    let mut places = with_histories(places).into_iter();
    let mut finding = finding_of(places.next()?, scanner);
    for place in places {
        finding.confidence = finding.confidence.max(place.confidence);
        // One place may have an id beside it that says more than the others.
        let facts = |verification: &Option<Verification>| verification.as_ref().map_or(0, |known| known.facts.len());
        if facts(&place.verification) > facts(&finding.verification) {
            finding.verification = place.verification;
        }
        finding.locations.push(place.location);
        for note in place.notes {
            if !finding.notes.contains(&note) {
                finding.notes.push(note);
            }
        }
        for part in place.parts {
            if !finding.parts.iter().any(|known| known.rule == part.rule && known.value == part.value) {
                finding.parts.push(part);
            }
        }
    }
    Some(finding)
}

/// Gives places of files the history of the same file at HEAD, which then is no place of its own where the key stands there
/// in the same form.
fn with_histories(places: Vec<Place>) -> Vec<Place> {
    let (histories, mut files): (Vec<Place>, Vec<Place>) =
        places.into_iter().partition(|place| place.location.history.is_some());
    let mut others = Vec::new();
    for place in histories {
        let at_head = place.location.history.as_ref().is_some_and(|history| history.at_head);
        let is_same = |file: &&mut Place| {
            at_head && file.location.artifact == place.location.artifact && file.location.part == place.location.part
        };
        let mut same = files.iter_mut().filter(is_same);
        match same.next() {
            Some(file) => {
                for file in std::iter::once(file).chain(same) {
                    file.location.history.clone_from(&place.location.history);
                }
            }
            None => others.push(place),
        }
    }
    files.extend(others);
    files
}

/// The finding that one place makes by itself.
#[must_use]
pub fn finding_of(place: Place, scanner: &Engine) -> Finding {
    let rule = scanner.detector().ruleset().rule(place.rule);
    let guessable = rule.detector.is_some() && entropy::is_guessable(place.secret.expose());
    Finding {
        rule: rule.id.to_owned(),
        fingerprint: Identity::of(&place.secret, rule.id, guessable, scanner.key()),
        secret: Redacted::of(place.secret, rule.secret),
        severity: rule.severity,
        confidence: place.confidence,
        verification: place.verification,
        notes: place.notes,
        parts: place.parts,
        locations: vec![place.location],
        known: None,
    }
}
