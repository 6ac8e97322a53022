//! Where the replacement of a key stands.
//!
//! A rotation has five steps: decide when (schedule), make a new key (generate), put it in the place of the old one
//! (implement), see that nothing uses the old one (verify), switch the old one off (revoke). What the inventory, the
//! scan and the call logs say tells which of them is next.

use super::compact::{Interner, Moment};
use super::context::{Context, Life, Subject, ago, day, quote, whole_days};
use super::policy::{Due, Reason};
use super::{Certainty, RotationRecord, Step, exposure};
use crate::finding::Location;
use crate::inventory::key::{Field, Status};

/// Places that are named in a sentence; the rest are counted.
const NAMED: usize = 3;

/// Where the replacement of a key stands.
#[must_use]
pub fn of(context: &Context<'_>, subject: &Subject<'_>, texts: &mut Interner) -> RotationRecord {
    let due = if subject.life.may_work() { context.policy.rotation_due(subject.key) } else { None };
    let referenced = referenced(context, subject);
    let successor = subject.successor.and_then(|successor| context.subject(successor.key));
    let days_left = due.map(|due| due.days_left(context.as_of));
    let (step, next) = if !subject.life.may_work() {
        ended(subject, &referenced)
    } else if let Some(new) = &successor {
        let name = quote(&new.key.label());
        // Where only owner and dates tell of a successor, it is a guess.
        let stated = subject.successor.is_some_and(|successor| successor.stated);
        let replaced = if stated { "has replaced" } else { "seems to have replaced" };
        let used_since = match (subject.key.last_used.known(), new.key.created.known()) {
            (Some(&used), Some(&made)) => (used > made).then_some(used),
            _ => None,
        };
        let seen = subject.usage.and_then(|usage| usage.last).max(used_since);
        if !referenced.is_empty() {
            (Step::Implement, format!("put {name} in its place in {}", named(&referenced)))
        } else if is_reported(subject) {
            (Step::Revoke, format!("revoke it now: its provider has seen it leaked, and {name} {replaced} it"))
        } else if let Some(used) = seen.filter(|used| new.key.created.known().is_some_and(|made| used > made)) {
            (Step::Verify, format!("find out what used it on {}, after {name} was made", day(used)))
        } else if subject.key.last_used.is_unknown() && subject.usage.is_none() {
            (Step::Verify, format!("see that nothing uses it any more, and revoke it: {name} {replaced} it"))
        } else {
            (Step::Revoke, format!("revoke it: {name} {replaced} it"))
        }
    } else if is_reported(subject) {
        (Step::Generate, "replace and revoke it now: its provider has seen it leaked".to_owned())
    } else if let Some(sure) = leaked(context, subject) {
        let how = if sure >= Certainty::Likely { "has" } else { "may have" };
        (Step::Generate, format!("make a new key now: this one {how} leaked"))
    } else {
        match due {
            Some(due) if let Some(accepted) = accepted(context, subject, due) => (Step::Schedule, accepted),
            None => (Step::Schedule, "find out how old it is, and set a date".to_owned()),
            Some(due) if due.is_over(context.as_of) => {
                let late = ago(context.days_since(due.at));
                // What was due long ago may stop working tomorrow.
                let end = subject.key.expires.known().filter(|end| {
                    let left = -context.days_since(**end);
                    left >= 0 && due.notice.is_some_and(|notice| left <= whole_days(notice))
                });
                let end = end.map(|end| format!(", and it expires on {}", day(*end))).unwrap_or_default();
                (Step::Generate, format!("make a new key now: it was due on {}, {late}{end}", day(due.at)))
            }
            Some(due) if due.is_announced(context.as_of) => {
                let why = if due.reason == Reason::Expires { "expires" } else { "is due" };
                (Step::Generate, format!("make a new key: this one {why} on {}", day(due.at)))
            }
            Some(due) => (Step::Schedule, format!("rotate it by {}", day(due.at))),
        }
    };
    RotationRecord {
        step,
        next: texts.text(next),
        due: due.map(|due| Moment::from(due.at)),
        days_left,
        successor: subject.successor.and_then(|successor| context.references.get(successor.key)).cloned(),
        referenced: referenced.into(),
        failed_attempts: subject.usage.map(|usage| usage.failed),
        revoked: !subject.life.may_work() && subject.life != Life::Pending,
    }
}

fn ended(subject: &Subject<'_>, referenced: &[String]) -> (Step, String) {
    match subject.life {
        Life::Pending => (Step::Schedule, "decide about the request".to_owned()),
        _ if !referenced.is_empty() => {
            (Step::Implement, format!("take it out of {}: it no longer works", named(referenced)))
        }
        Life::Inactive => (Step::Revoke, "delete it: it is switched off, and can be switched on again".to_owned()),
        _ => (Step::Done, "nothing".to_owned()),
    }
}

/// Why a rotation that is due does not have to be, where an exception of the policy accepts that.
fn accepted(context: &Context<'_>, subject: &Subject<'_>, due: Due) -> Option<String> {
    let check = due.check(context.as_of)?;
    let exception = context.policy.excuse(check, subject.key, context.reference(subject.index), context.as_of)?;
    let until = exception.expires.map(|day| format!(" until {day}")).unwrap_or_default();
    Some(format!("nothing: that it was due on {} is accepted{until} ({})", day(due.at), exception.reason))
}

/// Whether the provider itself has seen it leaked. Nothing of a rotation may wait then.
fn is_reported(subject: &Subject<'_>) -> bool {
    subject.key.status == Field::Known(Status::Leaked)
}

/// How sure it is that what the key is now has leaked, where that is more than one possibility of several and nothing
/// allows it.
fn leaked(context: &Context<'_>, subject: &Subject<'_>) -> Option<Certainty> {
    let mut leaks = exposure::current(context, subject);
    leaks.retain(|found| !exposure::is_allowed(context, found));
    (!leaks.is_empty()).then(|| exposure::certainty(&leaks)).filter(|sure| *sure > Certainty::Ambiguous)
}

/// Places in the working tree and at HEAD that have the key, without those that may have another one.
fn referenced(context: &Context<'_>, subject: &Subject<'_>) -> Vec<String> {
    let certain = subject.matches.iter().filter(|found| found.certainty > Certainty::Ambiguous);
    let leaks = certain.filter_map(|found| context.leak(found.leak));
    let mut places: Vec<String> = leaks.flat_map(|leak| leak.at_head()).map(position).collect();
    places.sort();
    places.dedup();
    places
}

/// `path:line`.
#[must_use]
pub fn position(place: &Location) -> String {
    format!("{}:{}", place.artifact, place.region.start.line)
}

/// The first places, and how many more there are.
#[must_use]
pub fn named(places: &[String]) -> String {
    let shown: Vec<String> = places.iter().take(NAMED).map(|place| quote(place)).collect();
    match places.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        1 => format!("{} and one more place", shown.join(", ")),
        more => format!("{} and {more} more places", shown.join(", ")),
    }
}
