//! What call logs tell, as an audit takes it: the use of keys, findings of the checks whose names begin with `call-`
//! and of `scope-unused`, and how many keys those checks could judge.
//!
//! [`crate::calls`] reads and judges; this module only says it in the words of an audit.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::check::{
    Check, Found, call_after_rotation, call_beyond_scopes, call_burst, call_expired_key, call_log, call_new_source,
    call_revoked_key, call_unknown_key, call_unused, scope_unused,
};
use super::context::{Life, day, moment, quote, quote_all};
use super::policy::Policy;
use super::run::{Observation, Seen, Usage};
use super::{LogRecord, Place};
use crate::calls::judge::{Answer, CallFinding, CallKind, Caller, Judge, Limits};
use crate::calls::summary::CallSummary;
use crate::calls::{CallFile, CallPlace, Calls, MAX_STRANGERS};
use crate::config::value::Period;
use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::inventory::key::Key;

/// What call logs tell an audit of the keys of an inventory; without any, nothing.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The use of keys, by their index in the inventory.
    pub(crate) usage: HashMap<usize, Usage>,
    /// What is wrong.
    pub(crate) observations: Vec<Observation>,
    /// What is not, by check and provider.
    pub(crate) observed: BTreeMap<(&'static str, Option<String>), Seen>,
    /// The logs.
    pub(crate) logs: Vec<LogRecord>,
}

/// The check of a kind of finding.
#[must_use]
pub fn check_of(kind: CallKind) -> &'static Check {
    match kind {
        CallKind::RevokedKey => &call_revoked_key::CHECK,
        CallKind::ExpiredKey => &call_expired_key::CHECK,
        CallKind::UnknownKey => &call_unknown_key::CHECK,
        CallKind::AfterRotation => &call_after_rotation::CHECK,
        CallKind::Burst => &call_burst::CHECK,
        CallKind::NewSource => &call_new_source::CHECK,
        CallKind::BeyondScopes => &call_beyond_scopes::CHECK,
        CallKind::UnusedScopes => &scope_unused::CHECK,
        CallKind::Unused => &call_unused::CHECK,
    }
}

/// Whether a check is answered by call logs alone, so that an audit without any says nothing about it.
#[must_use]
pub fn is_told_by_logs(check: &str) -> bool {
    check == call_log::CHECK.id || CallKind::ALL.iter().any(|kind| check_of(*kind).id == check)
}

impl Told {
    /// What logs tell of the keys of an inventory, seen from a moment. The time that an old key may be used beside its
    /// successor is that of the policy; the rest of `limits` counts as it is.
    #[must_use]
    pub fn of(calls: &Calls, inventory: &Inventory, policy: &Policy, as_of: Timestamp, limits: &Limits) -> Self {
        let mut told = Told { logs: calls.files().iter().map(log_record).collect(), ..Told::default() };
        let judge = Judge::new(calls, inventory, as_of);
        for (index, key) in inventory.keys().iter().enumerate() {
            let summary = calls.of(index);
            told.usage.extend(summary.map(|summary| (index, usage(summary))));
            let overlap_days = match policy.periods(key).overlap {
                Period::Days(days) => days,
                Period::Never => u32::MAX,
            };
            let limits = Limits { overlap_days, ..limits.clone() };
            // What a key no longer may do is no matter of scopes.
            let wanted = |kind: CallKind| kind != CallKind::UnusedScopes || Life::of(key, as_of).may_work();
            let findings = judge.key(index, &limits);
            for &kind in CallKind::ALL.iter().filter(|kind| wanted(**kind)) {
                let mut own = findings.iter().filter(|finding| finding.kind == kind).peekable();
                if own.peek().is_none() {
                    let answer = judge.answer(index, kind, &limits);
                    told.seen(check_of(kind), Some(&key.provider), answer);
                }
                let failed = own.map(|finding| observation(finding, Some(key), summary));
                told.observations.extend(failed);
            }
        }
        for finding in judge.strangers(limits) {
            let mut seen = observation(&finding, None, None);
            if let Caller::Stranger(identity) = &finding.caller {
                seen.found.places =
                    calls.stranger(identity).map(|stranger| place(&stranger.place)).into_iter().collect();
            }
            told.observations.push(seen);
        }
        if calls.has_more_strangers() {
            let message = format!(
                "Call logs tell of more than {MAX_STRANGERS} keys that no inventory lists; the others are not named \
                 here."
            );
            let mut found = Found::new(message);
            found.subject = Some("further keys".to_owned());
            found.places = calls.files().iter().filter(|file| file.calls > 0).take(1).map(whole_file).collect();
            told.observations.push(Observation { check: &call_unknown_key::CHECK, key: None, found });
        }
        told.rows(calls);
        told
    }

    fn seen(&mut self, check: &'static Check, provider: Option<&str>, answer: Answer) {
        match answer {
            Answer::Apart => {}
            Answer::Can => self.entry(check, provider).passed += 1,
            Answer::Cannot(why) => *self.entry(check, provider).unknown.entry(why).or_default() += 1,
        }
    }

    fn entry(&mut self, check: &'static Check, provider: Option<&str>) -> &mut Seen {
        self.observed.entry((check.id, provider.map(str::to_owned))).or_default()
    }

    /// What is wrong with the rows of logs.
    fn rows(&mut self, calls: &Calls) {
        let mut add = |found: Found| self.observations.push(Observation { check: &call_log::CHECK, key: None, found });
        let mut kept: HashMap<usize, u64> = HashMap::new();
        for problem in calls.problems() {
            let path = calls.files().get(problem.file).map_or("", |file| file.path.as_str());
            let place = Place {
                path: path.into(),
                line: problem.line,
                column: problem.column.max(u32::from(problem.line > 0)),
            };
            let subject = match problem.line {
                0 => path.to_owned(),
                line => format!("{path}:{line}"),
            };
            *kept.entry(problem.file).or_default() += u64::from(problem.lost);
            let (severity, what) = match problem.lost {
                true => (Severity::Medium, "The row is not judged"),
                false => (Severity::Note, "This was noticed"),
            };
            let mut found = Found::new(format!("{what}: {}.", problem.message)).severity(severity);
            found.identity = Some(format!("{subject} {}", problem.message));
            found.subject = Some(subject);
            found.places = vec![place];
            add(found);
        }
        let mut whole = 0;
        for (at, file) in calls.files().iter().enumerate() {
            whole += u64::from(file.bad == 0);
            let more = file.bad.saturating_sub(kept.get(&at).copied().unwrap_or_default());
            if more > 0 {
                let mut found = Found::new(format!("{more} more rows are not judged."));
                found.identity = Some(format!("{} more", file.path));
                found.subject = Some(file.path.clone());
                found.places = vec![whole_file(file)];
                add(found);
            }
        }
        self.entry(&call_log::CHECK, None).passed += whole;
    }
}

/// A row of a log.
fn place(row: &CallPlace) -> Place {
    Place { path: row.path.as_str().into(), line: row.line, column: row.column }
}

/// A log, without a row of it.
fn whole_file(file: &CallFile) -> Place {
    Place { path: file.path.as_str().into(), line: 0, column: 0 }
}

/// What the checks of the inventory need to know of calls.
fn usage(summary: &CallSummary) -> Usage {
    // A call that was refused is no use; one of which nobody says how it went may be.
    let last = match summary.calls.denied {
        0 => Some(summary.calls.last),
        denied if denied < summary.calls.calls => summary.last_success.or(Some(summary.calls.last)),
        _ => None,
    };
    Usage { failed: summary.calls.denied, last }
}

fn log_record(file: &CallFile) -> LogRecord {
    LogRecord {
        path: file.path.clone(),
        format: file.format.map(str::to_owned),
        rows: file.rows,
        calls: file.calls,
        bad: file.bad,
        left: file.left.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
        first: file.span.map(|span| moment(span.first)),
        last: file.span.map(|span| moment(span.last)),
    }
}

fn observation(finding: &CallFinding, key: Option<&Key>, summary: Option<&CallSummary>) -> Observation {
    let check = check_of(finding.kind);
    let evidence = &finding.evidence;
    let mut message = format!("It {}.", finding.sentence());
    let happened = finding.count > 0;
    // Where the finding lists no sources, those of all of the key's calls help to find what calls.
    let sources: Vec<&str> = match (happened, evidence.sources.is_empty(), summary) {
        (false, ..) => Vec::new(),
        (true, true, Some(summary)) => {
            let since =
                |tally: &crate::calls::summary::Tally| tally.last >= finding.first && tally.first <= finding.last;
            summary
                .sources
                .sorted()
                .into_iter()
                .filter(|(_, tally)| since(tally))
                .map(|(text, _)| text.as_str())
                .collect()
        }
        (true, ..) => evidence.sources.iter().map(|text| text.as_str()).collect(),
    };
    if happened {
        let (first, last) = (day(finding.first), day(finding.last));
        let when = if first == last { format!("on {first}") } else { format!("between {first} and {last}") };
        let from = quote_all(sources.iter().copied());
        // Some sentences have the day or the sources already.
        match (finding.kind, sources.is_empty()) {
            (CallKind::Burst, true) => {}
            (CallKind::Burst, false) => message.push_str(&format!(" The attempts came from {from}.")),
            (CallKind::NewSource, _) | (_, true) => message.push_str(&format!(" This was {when}.")),
            _ => message.push_str(&format!(" This was {when}, from {from}.")),
        }
    }
    if !evidence.principals.is_empty() {
        let principals = quote_all(evidence.principals.iter().map(|text| text.as_str()));
        message.push_str(&format!(" It acted for {principals}."));
    }
    let mut found = Found::new(message).severity(severity(finding, check));
    if happened {
        found = found
            .fact("calls", finding.count)
            .fact("refused", evidence.denied)
            .fact("first", moment(finding.first))
            .fact("last", moment(finding.last));
    }
    for source in sources {
        found = found.fact("source", source);
    }
    for scope in &evidence.scopes {
        found = found.fact("scope", scope);
    }
    if let Some(span) = evidence.span {
        found = found.fact("log begins", moment(span.first)).fact("log ends", moment(span.last));
    }
    if finding.kind == CallKind::UnusedScopes
        && let Some(granted) = key.and_then(|key| key.scopes.known())
    {
        let needed = granted.iter().filter(|scope| !evidence.scopes.contains(scope)).map(|scope| scope.as_str());
        found = found.remedy(format!("These scopes are enough: {}.", quote_all(needed)));
    }
    let index = match &finding.caller {
        Caller::Key(index) => Some(*index),
        Caller::Stranger(identity) => {
            found.subject = Some(identity.to_string());
            found.identity = Some(identity.to_string());
            if finding.kind == CallKind::UnknownKey {
                found.remedy = Some(format!(
                    "Find out who made {}, and put it into the inventory or revoke it.",
                    quote(&identity.name)
                ));
            }
            None
        }
    };
    Observation { check, key: index, found }
}

/// How bad it is: a call that was let in is worse than one that was refused.
fn severity(finding: &CallFinding, check: &Check) -> Severity {
    let refused = finding.evidence.denied >= finding.count;
    let stranger = matches!(finding.caller, Caller::Stranger(_));
    match finding.kind {
        CallKind::RevokedKey if refused => Severity::Medium,
        CallKind::RevokedKey => Severity::Critical,
        CallKind::ExpiredKey | CallKind::AfterRotation if refused => Severity::Medium,
        CallKind::UnknownKey if refused => Severity::Low,
        CallKind::UnknownKey if finding.evidence.incomplete_inventory => Severity::Medium,
        CallKind::Burst if stranger => Severity::Medium,
        _ => check.severity,
    }
}
