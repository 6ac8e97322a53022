//! What has changed since an earlier audit: new, still open, resolved, and for how long things were open.
//!
//! A finding is resolved only where this audit looked for it. One about a leak is not resolved by an audit that scanned
//! nothing, or that left out the history in which it was; one about a key is not resolved by leaving its provider's
//! export out. Those are named apart.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::calls::is_told_by_logs;
use super::check::{rotation_due_soon, rotation_overdue};
use super::compact::{Print, Text};
use super::context::days_between;
use super::{Audit, Changes, Finding, OpenRecord, ResolvedRecord};

/// What [`Audit::compare`] does.
pub(crate) fn compare(audit: &mut Audit, previous: &Audit) {
    let now = audit.as_of.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
    let before = open(previous);
    let mut changes = Changes {
        since: previous.as_of.clone(),
        new: Vec::new(),
        still_open: Vec::new(),
        resolved: Vec::new(),
        not_looked_at: Vec::new(),
    };
    let (then, today) = (Text::from(previous.as_of.as_str()), Text::from(audit.as_of.as_str()));
    let first_seen = |finding: &Finding| finding.open_since.clone().unwrap_or_else(|| then.clone());
    let days = |since: &str| since.parse::<Timestamp>().map_or(0, |since| days_between(since, now).max(0));
    for finding in audit.findings.iter_mut().filter(|finding| finding.is_open()) {
        match before.get(&finding.fingerprint) {
            None => {
                changes.new.push(finding.fingerprint);
                finding.open_since = Some(today.clone());
            }
            Some(known) => {
                let since = first_seen(known);
                finding.open_since = Some(since.clone());
                let days = days(&since);
                changes.still_open.push(OpenRecord { fingerprint: finding.fingerprint, since, days });
            }
        }
    }
    let present = open(audit);
    let looked = Looked::new(audit, previous);
    let overdue: HashSet<Text> = audit
        .findings
        .iter()
        .filter(|finding| finding.check == rotation_overdue::CHECK.id)
        .filter_map(|finding| finding.key.clone())
        .collect();
    let accepted: HashSet<Print> =
        audit.findings.iter().filter(|finding| !finding.is_open()).map(|finding| finding.fingerprint).collect();
    for finding in previous.findings.iter().filter(|finding| finding.is_open()) {
        if present.contains_key(&finding.fingerprint) || has_come_true(finding, &overdue) {
            continue;
        }
        let since = first_seen(finding);
        let record = ResolvedRecord {
            fingerprint: finding.fingerprint,
            check: finding.check.clone(),
            severity: finding.severity,
            subject: finding.subject.clone(),
            days: days(&since),
            since,
        };
        // What somebody has accepted in the meantime was looked at.
        if accepted.contains(&finding.fingerprint) || looked.at(finding) {
            changes.resolved.push(record);
        } else {
            changes.not_looked_at.push(record);
        }
    }
    audit.changes = Some(changes);
}

/// Whether a finding announced a rotation that is overdue by now: that is nothing that anybody has resolved.
fn has_come_true(finding: &Finding, overdue: &HashSet<Text>) -> bool {
    finding.check == rotation_due_soon::CHECK.id && finding.key.as_ref().is_some_and(|key| overdue.contains(key))
}

fn open(audit: &Audit) -> HashMap<Print, &Finding> {
    let open = audit.findings.iter().filter(|finding| finding.is_open());
    open.map(|finding| (finding.fingerprint, finding)).collect()
}

/// What an audit looked at, compared with an earlier one.
struct Looked {
    providers: BTreeSet<Text>,
    all_files: bool,
    scan: bool,
    history: bool,
    logs: bool,
}

impl Looked {
    fn new(audit: &Audit, previous: &Audit) -> Self {
        let (now, then) = (audit.scan.as_ref(), previous.scan.as_ref());
        Looked {
            providers: audit.keys.iter().map(|key| key.provider.clone()).collect(),
            all_files: audit.complete || !previous.complete,
            scan: now.is_some_and(|now| now.complete || then.is_some_and(|then| !then.complete)),
            logs: !audit.logs.is_empty(),
            history: now.is_some_and(|now| now.objects.is_some()) || then.is_none_or(|then| then.objects.is_none()),
        }
    }

    fn at(&self, finding: &Finding) -> bool {
        if is_told_by_logs(&finding.check) && !self.logs {
            return false;
        }
        if !finding.leaks.is_empty() {
            // What stood at HEAD is seen without the history.
            let seen = self.history || finding.leaks.iter().all(|leak| leak.at_head);
            return self.scan && seen;
        }
        match finding.key.as_deref().and_then(|key| key.split('/').next()) {
            Some(provider) => self.providers.contains(provider) && self.all_files,
            None => true,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::audit::tests::{at, audit, key};
    use crate::inventory::key::Field;

    #[test]
    fn an_announcement_that_came_true_is_not_resolved() {
        let key = key("a", "2026-01-01T00:00:00Z");
        let first = audit(std::slice::from_ref(&key), "2026-03-25T00:00:00Z");
        assert!(first.findings.iter().any(|finding| finding.check == "rotation-due-soon"));
        let mut second = audit(&[key], "2026-04-02T00:00:00Z");
        compare(&mut second, &first);
        let changes = second.changes.unwrap();
        assert!(changes.resolved.is_empty() && changes.not_looked_at.is_empty(), "{changes:?}");
        assert_eq!(changes.new.len(), 1);
    }

    #[test]
    fn new_still_open_and_resolved_are_told_with_their_days() {
        let mut old = key("a", "2026-01-01T00:00:00Z");
        let mut other = key("b", "2026-01-01T00:00:00Z");
        let mut first = audit(&[old.clone(), other.clone()], "2026-05-01T00:00:00Z");
        assert_eq!(first.findings.iter().filter(|finding| finding.check == "rotation-overdue").count(), 2);
        old.rotated = Field::Known(at("2026-05-02T00:00:00Z"));
        other.expires = Field::Empty;
        let mut second = audit(&[old.clone(), other.clone()], "2026-05-11T00:00:00Z");
        compare(&mut second, &first);
        let changes = second.changes.clone().unwrap();
        assert_eq!((changes.new.len(), changes.still_open.len(), changes.resolved.len()), (1, 1, 1), "{changes:?}");
        assert_eq!((changes.still_open[0].days, changes.resolved[0].check.as_str()), (10, "rotation-overdue"));
        assert_eq!(changes.resolved[0].days, 10);
        // The third audit remembers when the first one saw it.
        let mut third = audit(&[old, other], "2026-05-21T00:00:00Z");
        compare(&mut third, &second);
        let changes = third.changes.clone().unwrap();
        assert_eq!(changes.still_open.iter().map(|open| open.days).max(), Some(20), "{changes:?}");
        // An audit without the provider's export resolves nothing.
        let mut empty = audit(&[], "2026-05-21T00:00:00Z");
        compare(&mut empty, &first);
        let changes = empty.changes.clone().unwrap();
        assert_eq!((changes.resolved.len(), changes.not_looked_at.len()), (0, 2));
        first.findings.clear();
        compare(&mut empty, &first);
        assert!(empty.changes.unwrap().not_looked_at.is_empty());
    }
}
