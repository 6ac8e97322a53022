//! Baselines: the findings that are known already, in a text file of which every line is one of them.
//!
//! An entry is the keyed fingerprint of a value and the rule that found it, and so it stands for that value wherever it
//! lies: lines may move, files be renamed, commits be squashed and histories rewritten, and a new key in the same place
//! is a new finding. The file holds nothing that a value could be guessed from. Lines are sorted by fingerprint, which
//! spreads what several people add over the whole file, so that their branches merge; with `merge=union` in
//! `.gitattributes` they always do, and what that leaves (lines twice, the header twice) is read as it should be.
//!
//! ```
//! use keytrail::baseline::{About, Baseline};
//! use keytrail::{FingerprintKey, Scanner, Source};
//! # use keytrail::rules::{Generator, Ruleset};
//! # use rand::SeedableRng as _;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let rules = Ruleset::builtin();
//! # let rule = rules.find("github-personal-access-token").unwrap();
//! # let key = String::from_utf8(Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(7)))?;
//! # let text = format!("export GITHUB_TOKEN={key}\n");
//!
//! // What a scan finds today may stay until the end of the year.
//! let report = Scanner::new()?.scan(Source::bytes("deploy.sh", text.as_bytes()))?;
//! let about = About {
//!     reason: Some("from before we scanned".to_owned()),
//!     expires: Some("2126-12-31".parse()?),
//!     ..About::default()
//! };
//! let mut baseline = Baseline::default();
//! let update = baseline.update(report.findings.iter(), &about, "2126-01-31".parse()?);
//! assert_eq!(update.added, 1);
//! let path = folder.path().join(keytrail::baseline::FILE_NAME);
//! std::fs::write(&path, baseline.render(&FingerprintKey::from_env()))?;
//!
//! // From now on only what is new is open.
//! let scanner = Scanner::builder().baseline(&path).build()?;
//! let report = scanner.scan(Source::bytes("moved.sh", text.as_bytes()))?;
//! assert_eq!(report.findings[0].known.as_ref().unwrap().reason.as_deref(), Some("from before we scanned"));
//! assert_eq!(report.open_findings().count(), 0);
//! # Ok(())
//! # }
//! ```

pub mod import;
mod line;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::config::plain;
use crate::finding::{Artifact, Confidence, Finding, Known};
use crate::report::{Comparison, Notice, NoticeKind, Report};
use crate::secret::{Fingerprint, FingerprintKey};
use crate::source::git::repository;

pub use line::Problem;

/// The usual name of the file, at the top of a repository.
pub const FILE_NAME: &str = ".keytrail-baseline";

/// The largest file that is read, in bytes: some hundred thousand entries.
pub const MAX_FILE: u64 = 64 << 20;

/// What a file begins with. Lines that are equal to one of these are no comments of anyone's.
const HEADER: [&str; 3] = [
    "# Keys that are known, one a line, by the keyed fingerprint of their value: keytrail scan --baseline FILE",
    "# Fields: path, expires=YYYY-MM-DD, owner, reason; written by `keytrail baseline`, and may be edited.",
    "# Branches merge without conflict where .gitattributes has: .keytrail-baseline merge=union",
];

/// Begins the line that says which version of the format the file has, and under which key its fingerprints were made.
const VERSION: &str = "# keytrail-baseline 1 ";

/// A secret that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// The rule that found it.
    pub rule: String,
    /// Where it stood when the file was written, for readers only.
    pub path: Option<String>,
    /// Whether the history holds it: when it is gone from the files, a scan that leaves the history out says nothing
    /// about whether the entry is needed.
    pub in_history: bool,
    /// How sure it was; absent for what is found at the usual `--min-confidence`.
    pub confidence: Option<Confidence>,
    /// The last day on which the entry hides anything.
    pub expires: Option<Date>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why it may stay.
    pub reason: Option<String>,
    /// Comments that stand above it in the file, with their `#`.
    pub comments: Vec<String>,
}

impl Entry {
    /// The entry of a finding, without reason, owner and expiry.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        let place = finding.places().first().map(|place| place.artifact.to_string());
        Entry {
            fingerprint: finding.fingerprint.get(),
            rule: finding.rule.clone(),
            path: place,
            in_history: finding.locations.iter().any(|location| location.history.is_some()),
            confidence: (finding.confidence < USUAL).then_some(finding.confidence),
            expires: None,
            owner: None,
            reason: None,
            comments: Vec::new(),
        }
    }

    /// Whether it has expired by a day.
    #[must_use]
    pub(crate) fn has_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }

    /// Whether a scan with this minimum of confidence would find it.
    #[must_use]
    pub(crate) fn is_sought(&self, min_confidence: Confidence) -> bool {
        self.confidence.unwrap_or(USUAL) >= min_confidence
    }

    fn known(&self) -> Known {
        Known {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            expires: self.expires.map(|date| date.to_string()),
        }
    }
}

/// The minimum of confidence that a scan has unless told otherwise.
const USUAL: Confidence = Confidence::Medium;

/// A baseline that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What reports call it.
    pub name: String,
    /// What it holds.
    pub baseline: Baseline,
}

impl KnownFile {
    /// Reads a baseline. Its fingerprints have to be those of the key that the environment names.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: PathBuf) -> Result<Self, BaselineError> {
        let mut file = File::open(&path)?;
        Self::read_from(path, &mut file)
    }

    /// Reads a baseline that lies at `path` from somewhere else.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read_from(path: PathBuf, input: &mut dyn io::Read) -> Result<Self, BaselineError> {
        let baseline = Baseline::read(input, &FingerprintKey::from_env())?;
        Ok(KnownFile { name: path.to_string_lossy().replace('\\', "/"), baseline, path })
    }
}

/// Names files, which are relative to `root`, from the top of the repository of the current folder, wherever the scan
/// was started: a baseline is for everybody. What lies elsewhere keeps its name.
pub fn name_from_the_top(root: &Path, findings: &mut [Finding]) {
    let top = repository::open_here().ok().and_then(|found| found.workdir().map(Path::to_owned));
    let Some(top) = top.and_then(|top| top.canonicalize().ok()) else { return };
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let locations = findings.iter_mut().flat_map(|finding| &mut finding.locations);
    for location in locations.filter(|location| root != top && location.is_file()) {
        if let Ok(below) = plain(&root.join(&location.artifact.path)).strip_prefix(&top) {
            location.artifact.path = below.to_string_lossy().replace('\\', "/");
        }
    }
}

/// Why a file is no baseline that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    /// It is larger than [`MAX_FILE`].
    #[error("it is larger than {} MiB", MAX_FILE >> 20)]
    TooLarge,
    /// It is not UTF-8.
    #[error("it is not UTF-8 text")]
    Encoding,
    /// A line is no entry.
    #[error("line {line}: {problem}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Its fingerprints were made under another key.
    #[error(
        "its fingerprints were made under another {variable}, and so none of them would be recognised",
        variable = FingerprintKey::VARIABLE
    )]
    OtherKey,
}

/// The entries of a file, by fingerprint and rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<(Fingerprint, String), Entry>,
    /// Comments behind the last entry.
    trailing: Vec<String>,
}

/// What is said about entries when findings are put into a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Why they may stay.
    pub reason: Option<String>,
    /// Who answers for them.
    pub owner: Option<String>,
    /// The last day on which they are hidden.
    pub expires: Option<Date>,
}

impl About {
    /// Says it of an entry, where that says nothing itself.
    pub fn say(&self, entry: &mut Entry) {
        entry.reason = entry.reason.take().or_else(|| self.reason.clone());
        entry.owner = entry.owner.take().or_else(|| self.owner.clone());
        entry.expires = entry.expires.or(self.expires);
    }

    /// Says it of an entry that has expired, if it says why or until when that counts again.
    fn renew(&self, entry: &mut Entry) -> bool {
        if self.reason.is_none() && self.expires.is_none() {
            return false;
        }
        entry.expires = self.expires;
        entry.reason = self.reason.clone().or(entry.reason.take());
        entry.owner = self.owner.clone().or(entry.owner.take());
        true
    }
}

/// What became of a baseline when the findings of a scan were put into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// Entries that were added.
    pub added: usize,
    /// Entries whose path or the like is another one now.
    pub refreshed: usize,
    /// Entries that were there and stay as they are.
    pub kept: usize,
    /// Entries that had expired and count again.
    pub renewed: usize,
    /// Entries that have expired and stay so, because nothing new was said about them.
    pub expired: usize,
}

impl Baseline {
    /// Reads a file from what it holds. `key` is the key of fingerprints in use.
    ///
    /// # Errors
    /// A line that is no entry, or a file that was made under another key.
    pub fn parse(text: &str, key: &FingerprintKey) -> Result<Self, BaselineError> {
        let mut baseline = Baseline::default();
        let mut comments: Vec<String> = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = |problem| BaselineError::Line { line: number, problem };
            let line = line.trim();
            if let Some(id) = line.strip_prefix(VERSION) {
                if id != format!("({})", key_id(key)) {
                    return Err(BaselineError::OtherKey);
                }
            } else if line.starts_with("# keytrail-baseline ") {
                return Err(wrong(Problem::Version));
            } else if line.starts_with('#') {
                if !HEADER.contains(&line) {
                    comments.push(line.to_owned());
                }
            } else if !line.is_empty() {
                let mut entry = line::parse(line).map_err(wrong)?;
                entry.comments = std::mem::take(&mut comments);
                baseline.insert(entry);
            }
        }
        baseline.trailing = comments;
        Ok(baseline)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Those of reading, and those of [`parse`](Self::parse).
    pub fn read(input: &mut dyn io::Read, key: &FingerprintKey) -> Result<Self, BaselineError> {
        let mut bytes = Vec::new();
        if io::Read::read_to_end(&mut io::Read::take(input, MAX_FILE + 1), &mut bytes)? as u64 > MAX_FILE {
            return Err(BaselineError::TooLarge);
        }
        Self::parse(&String::from_utf8(bytes).map_err(|_| BaselineError::Encoding)?, key)
    }

    /// The text of the file, sorted. Reading it gives the same baseline.
    #[must_use]
    pub fn render(&self, key: &FingerprintKey) -> String {
        let mut text = format!("{VERSION}({})\n{}\n", key_id(key), HEADER.join("\n"));
        for entry in self.entries.values() {
            for comment in &entry.comments {
                text.push_str(comment);
                text.push('\n');
            }
            text.push_str(&line::render(entry));
            text.push('\n');
        }
        for comment in &self.trailing {
            text.push_str(comment);
            text.push('\n');
        }
        text
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a finding.
    #[must_use]
    pub fn get(&self, finding: &Finding) -> Option<&Entry> {
        self.entries.get(&(finding.fingerprint.get(), finding.rule.clone()))
    }

    /// The entry of a finding, to be changed.
    #[cfg(test)]
    pub(crate) fn get_mut(&mut self, finding: &Finding) -> Option<&mut Entry> {
        self.entries.get_mut(&(finding.fingerprint.get(), finding.rule.clone()))
    }

    /// Adds an entry. Where there is one for the same secret, as a merge of two branches leaves it, the two become one,
    /// which hides no longer than the stricter of both and keeps what either one says.
    pub fn insert(&mut self, entry: Entry) {
        match self.entries.entry((entry.fingerprint, entry.rule.clone())) {
            Slot::Vacant(slot) => drop(slot.insert(entry)),
            Slot::Occupied(mut slot) => {
                let known = slot.get_mut();
                known.expires = match (known.expires, entry.expires) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                known.in_history |= entry.in_history;
                known.path = known.path.take().or(entry.path);
                known.owner = known.owner.take().or(entry.owner);
                known.reason = known.reason.take().or(entry.reason);
                known.confidence = known.confidence.max(entry.confidence);
                known.comments.extend(entry.comments);
                known.comments.dedup();
            }
        }
    }

    /// Takes the entry of a finding out.
    pub fn remove(&mut self, finding: &Finding) -> Option<Entry> {
        self.entries.remove(&(finding.fingerprint.get(), finding.rule.clone()))
    }

    /// Adds the open findings, and those that it knows already, with the place where they stand now. What was said
    /// about an entry stays, unless it has expired by `today`.
    pub fn update<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>, about: &About, today: Date) -> Update {
        let mut update = Update::default();
        for finding in findings.filter(|finding| !finding.is_allowed()) {
            let new = Entry::of(finding);
            match self.entries.get_mut(&(new.fingerprint, new.rule.clone())) {
                Some(known) => {
                    // What no history was scanned for, it may hold still.
                    let in_history = known.in_history || new.in_history;
                    let same = known.path == new.path && known.in_history == in_history;
                    known.path = new.path;
                    known.in_history = in_history;
                    known.confidence = new.confidence;
                    let count = match known.has_expired(today) {
                        true if about.renew(known) => &mut update.renewed,
                        true => &mut update.expired,
                        false if same => &mut update.kept,
                        false => &mut update.refreshed,
                    };
                    *count += 1;
                }
                None => {
                    let mut new = new;
                    about.say(&mut new);
                    self.insert(new);
                    update.added += 1;
                }
            }
        }
        update
    }

    /// Takes out the entries that `judged` holds for and that are none of these findings. Gives what was taken out.
    pub fn prune(&mut self, findings: &[Finding], judged: &dyn Fn(&Entry) -> bool) -> Vec<Entry> {
        let unused: Vec<(Fingerprint, String)> =
            self.unused(findings, judged).map(|entry| (entry.fingerprint, entry.rule.clone())).collect();
        unused.iter().filter_map(|id| self.entries.remove(id)).collect()
    }

    fn unused<'b>(
        &'b self,
        findings: &[Finding],
        judged: &'b dyn Fn(&Entry) -> bool,
    ) -> impl Iterator<Item = &'b Entry> {
        let found: std::collections::BTreeSet<(Fingerprint, String)> =
            findings.iter().map(|finding| (finding.fingerprint.get(), finding.rule.clone())).collect();
        self.entries.iter().filter(move |(id, entry)| !found.contains(id) && judged(entry)).map(|(_, entry)| entry)
    }

    /// What the baseline says about a finding, if it hides it today.
    #[must_use]
    pub fn known(&self, finding: &Finding, today: Date) -> Option<Known> {
        self.get(finding).filter(|entry| !entry.has_expired(today)).map(Entry::known)
    }

    /// Compares a report with the baseline: what is known is marked as such, and notices tell of entries that have
    /// expired, and of those for which `judged` holds and that nothing was found of. `name` is that of the file, and
    /// `shown` makes texts of the file fit for a report: they may hold keys.
    pub(crate) fn apply(
        &self,
        report: &mut Report,
        name: &str,
        today: Date,
        judged: &dyn Fn(&Entry) -> bool,
        shown: &dyn Fn(&str) -> String,
    ) {
        let mut comparison = Comparison { entries: self.len() as u64, ..Comparison::default() };
        let stale = |entry: &Entry, message: String, help: &str| {
            let place = entry.path.as_ref().map(|path| format!(" of {}", shown(path))).unwrap_or_default();
            Notice {
                artifact: Some(Artifact::file(name)),
                kind: NoticeKind::Stale,
                message: format!("the entry {} {}{place} {message}", entry.fingerprint, shown(&entry.rule)),
                help: Some(help.to_owned()),
            }
        };
        let mut notices = Vec::new();
        for finding in &mut report.findings {
            let Some(entry) = self.get(finding) else { continue };
            match entry.expires.filter(|_| entry.has_expired(today)) {
                None => {
                    let known = entry.known();
                    finding.known = Some(Known {
                        reason: known.reason.as_deref().map(shown),
                        owner: known.owner.as_deref().map(shown),
                        ..known
                    });
                    comparison.known += 1;
                }
                Some(last) => {
                    comparison.expired += 1;
                    let owner = entry.owner.as_deref().map(|owner| format!(" Its owner is {}.", shown(owner)));
                    let reason = entry.reason.as_deref().map(|text| format!(" The reason was: {}", shown(text)));
                    finding.notes.push(format!(
                        "The baseline hid it until {last}.{}{}",
                        owner.unwrap_or_default(),
                        reason.unwrap_or_default()
                    ));
                    let help = "set another date with `keytrail baseline review`, or remove the key";
                    notices.push(stale(entry, format!("has expired on {last}"), help));
                }
            }
        }
        for entry in self.unused(&report.findings, judged) {
            comparison.unused += 1;
            let help = "`keytrail baseline prune` takes such entries out";
            notices.push(stale(entry, "is not needed any more: nothing like it was found".to_owned(), help));
        }
        report.coverage.notices.append(&mut notices);
        report.coverage.notices.sort();
        report.baseline = Some(comparison);
    }
}

/// Tells one key of fingerprints from another without telling the key: eight digits.
fn key_id(key: &FingerprintKey) -> String {
    key.digest("baseline key", b"").to_string().chars().take(8).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::sample;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn key() -> FingerprintKey {
        FingerprintKey::default()
    }

    fn baseline_of(report: &Report) -> Baseline {
        let mut baseline = Baseline::default();
        baseline.update(report.findings.iter(), &About::default(), day("2026-01-01"));
        baseline
    }

    fn apply(baseline: &Baseline, report: &mut Report, today: &str) {
        baseline.apply(report, FILE_NAME, day(today), &|_| true, &|text| text.to_owned());
    }

    #[test]
    fn what_is_listed_is_hidden_and_the_rest_is_not() {
        let mut report = sample::many(5);
        let mut baseline = baseline_of(&report);
        let new = report.findings[2].clone();
        assert!(baseline.remove(&new).is_some());
        apply(&baseline, &mut report, "2026-01-01");
        assert_eq!(report.open_findings().map(|f| f.fingerprint.get()).collect::<Vec<_>>(), [new.fingerprint.get()]);
        assert_eq!(report.baseline, Some(Comparison { entries: 4, known: 4, expired: 0, unused: 0 }));
        assert_eq!(report.coverage.notices, []);
    }

    #[test]
    fn expired_and_unused_entries_are_told() {
        let mut report = sample::many(3);
        let mut baseline = baseline_of(&report);
        for (finding, expires) in report.findings.iter().zip(["2026-02-28", "2026-03-01"]) {
            let entry = baseline.get_mut(finding).unwrap();
            entry.expires = Some(day(expires));
            entry.owner = Some("ops".to_owned());
        }
        report.findings.pop();
        apply(&baseline, &mut report, "2026-03-01");
        assert_eq!(report.baseline, Some(Comparison { entries: 3, known: 1, expired: 1, unused: 1 }));
        assert!(report.findings[0].is_open() && !report.findings[1].is_open());
        let note = report.findings[0].notes.last().unwrap();
        assert!(note.contains("until 2026-02-28") && note.contains("owner is ops"), "{note}");
        let said: Vec<_> = report.coverage.notices.iter().map(|notice| &*notice.message).collect();
        assert!(said.iter().any(|text| text.contains("expired on 2026-02-28")), "{said:?}");
        assert!(said.iter().any(|text| text.contains("not needed any more")), "{said:?}");
        assert!(report.coverage.is_complete(), "a stale entry is no gap in a scan");
    }

    #[test]
    fn the_same_value_under_another_rule_or_another_value_is_new() {
        let mut report = sample::many(2);
        let mut other = report.clone();
        other.findings[0].rule = "another-rule".to_owned();
        other.findings[1].fingerprint = "00".repeat(16).parse::<Fingerprint>().unwrap().into();
        apply(&baseline_of(&other), &mut report, "2026-01-01");
        assert_eq!(report.open_findings().count(), 2);
    }

    #[test]
    fn updates_keep_what_was_said_and_follow_renamed_files() {
        let mut report = sample::many(2);
        let mut baseline = baseline_of(&report);
        baseline.get_mut(&report.findings[0]).unwrap().reason = Some("a fixture".to_owned());
        report.findings[0].locations[0].artifact.path = "renamed.py".to_owned();
        report.findings.push(sample::many(3).findings.pop().unwrap());
        let about = About { owner: Some("new".to_owned()), ..About::default() };
        let update = baseline.update(report.findings.iter(), &about, day("2026-01-01"));
        assert_eq!(update, Update { added: 1, refreshed: 1, kept: 1, ..Update::default() });
        let entry = baseline.get(&report.findings[0]).unwrap();
        assert_eq!((entry.path.as_deref(), entry.reason.as_deref()), (Some("renamed.py"), Some("a fixture")));
        assert_eq!(entry.owner, None);
        assert_eq!(baseline.get(&report.findings[2]).unwrap().owner.as_deref(), Some("new"));
    }

    #[test]
    fn an_update_renews_what_has_expired_if_it_says_why_or_until_when() {
        let report = sample::many(2);
        let mut baseline = baseline_of(&report);
        let old = baseline.get_mut(&report.findings[0]).unwrap();
        (old.expires, old.reason) = (Some(day("2025-12-31")), Some("old".to_owned()));
        let mut update = |about: &About| baseline.update(report.findings.iter(), about, day("2026-01-01"));
        assert_eq!(update(&About::default()), Update { expired: 1, kept: 1, ..Update::default() });
        let about = About { expires: Some(day("2027-01-01")), ..About::default() };
        assert_eq!(update(&about), Update { renewed: 1, kept: 1, ..Update::default() });
        let entry = baseline.get(&report.findings[0]).unwrap();
        assert_eq!((entry.expires, entry.reason.as_deref()), (Some(day("2027-01-01")), Some("old")));
        assert_eq!(baseline.get(&report.findings[1]).unwrap().expires, None, "the others stay as they are");
    }

    #[test]
    fn what_the_history_holds_stays_marked_so() {
        let report = sample::historic();
        let mut baseline = baseline_of(&report);
        assert!(baseline.entries().all(|entry| entry.in_history));
        let mut tree = report.clone();
        tree.findings.iter_mut().flat_map(|finding| &mut finding.locations).for_each(|place| place.history = None);
        baseline.update(tree.findings.iter(), &About::default(), day("2026-01-01"));
        assert!(baseline.entries().all(|entry| entry.in_history), "a scan without it knows nothing of it");
        assert!(baseline_of(&tree).entries().all(|entry| !entry.in_history));
    }

    #[test]
    fn pruning_takes_out_what_is_gone_and_was_looked_for() {
        let report = sample::many(4);
        let mut baseline = baseline_of(&report);
        baseline.get_mut(&report.findings[3]).unwrap().in_history = true;
        let gone = baseline.prune(&report.findings[..2], &|entry| !entry.in_history);
        assert_eq!(
            gone.iter().map(|entry| entry.fingerprint).collect::<Vec<_>>(),
            [report.findings[2].fingerprint.get()]
        );
        assert_eq!(baseline.len(), 3);
    }

    #[test]
    fn what_a_union_of_two_branches_leaves_is_read() {
        let report = sample::many(3);
        let baseline = baseline_of(&report);
        let (mut ours, mut theirs) = (baseline.clone(), baseline.clone());
        ours.get_mut(&report.findings[0]).unwrap().expires = Some(day("2026-05-01"));
        ours.get_mut(&report.findings[0]).unwrap().reason = Some("ours".to_owned());
        theirs.get_mut(&report.findings[0]).unwrap().expires = Some(day("2026-04-01"));
        let text = ours.render(&key()) + "# mine\n" + &theirs.render(&key());
        let merged = Baseline::parse(&text, &key()).unwrap();
        assert_eq!(merged.len(), 3);
        let entry = merged.get(&report.findings[0]).unwrap();
        assert_eq!((entry.expires, entry.reason.as_deref()), (Some(day("2026-04-01")), Some("ours")));
        assert_eq!(merged.render(&key()).matches("# keytrail-baseline").count(), 1);
        assert!(merged.render(&key()).contains("\n# mine\n"));
    }

    #[test]
    fn a_file_of_another_key_or_version_is_refused() {
        let text = baseline_of(&sample::many(2)).render(&key());
        let other = FingerprintKey::new(b"ours".to_vec());
        assert!(matches!(Baseline::parse(&text, &other), Err(BaselineError::OtherKey)));
        let later = text.replace("# keytrail-baseline 1 ", "# keytrail-baseline 2 ");
        let error = Baseline::parse(&later, &key()).unwrap_err().to_string();
        assert!(error.contains("later version"), "{error}");
        assert_eq!(Baseline::parse(&format!("\u{feff}{}", text.replace('\n', "\r\n")), &key()).unwrap().len(), 2);
    }

    #[test]
    fn wrong_lines_are_named() {
        let print = "0123456789abcdef0123456789abcdef";
        for (line, said) in [
            ("abc rule", "32 hexadecimal digits"),
            (print, "no rule"),
            (&*format!("{print} Rule=x"), "no rule"),
            (&*format!("{print} rule expire=2026-01-01"), "`expires`"),
            (&*format!("{print} rule expires=soon"), "YYYY-MM-DD"),
            (&*format!("{print} rule expires=2026-02-30"), "YYYY-MM-DD"),
            (&*format!("{print} rule reason=\"a"), "quotation mark"),
            (&*format!("{print} rule reason=\"a\"b"), "quotation mark"),
            (&*format!("{print} rule reason=a reason=b"), "twice"),
            (&*format!("{print} rule loose words"), "`loose`"),
            (&*format!("{print} rule confidence=sure"), "confirmed"),
            (&*format!("{print} rule found=here"), "history"),
            ("<<<<<<< HEAD", "merge"),
            ("=======", "merge"),
        ] {
            let error = Baseline::parse(&format!("# x\n{line}\n"), &key()).unwrap_err().to_string();
            assert!(error.starts_with("line 2: ") && error.contains(said), "{line:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_written_gives_the_same(
            entries in prop::collection::vec((
                prop::array::uniform16(any::<u8>()), "[a-z][a-z0-9-]{0,12}", prop::option::of(any::<String>()), any::<bool>(),
                prop::option::of(any::<String>()), prop::option::of("[ -~é]{0,20}"), prop::option::of(0i16..9999),
                prop::collection::vec("# ?[ -~]{0,10}", 0..2),
            ), 0..6)
        ) {
            let mut baseline = Baseline::default();
            for (print, rule, path, in_history, owner, reason, year, comments) in entries {
                baseline.insert(Entry {
                    fingerprint: hex::encode(print).parse().unwrap(),
                    rule, path, in_history, owner, reason,
                    confidence: in_history.then_some(Confidence::Low),
                    expires: year.map(|year| Date::new(year, 2, 28).unwrap()),
                    comments: comments.iter().map(|text| text.trim().to_owned()).collect(),
                });
            }
            let text = baseline.render(&key());
            prop_assert_eq!(Baseline::parse(&text, &key()).unwrap(), baseline.clone());
            // One line each, whatever the texts hold; sorted.
            let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
            prop_assert_eq!(lines.len(), baseline.len());
            prop_assert!(lines.is_sorted());
        }

        #[test]
        fn reading_never_panics(text in "[0-9a-f]{30,34} [a-z]{0,3} ?[a-z=\"\\\\ \r\n#<é]{0,40}") {
            let _ = Baseline::parse(&text, &key());
        }
    }
}
