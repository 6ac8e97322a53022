//! Keys of which nobody has confirmed for long that they are needed.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject, counted_days, day};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "review-overdue",
    title: "Review overdue",
    severity: Severity::Low,
    what: "Nobody has confirmed within `audit.review` that a key is needed. Not asked for unless that period is given. \
           A key that was never reviewed is overdue when it is older than the period.",
    why: "Rights that are granted once and never looked at again only grow.",
    remedy: "Ask the owner whether the key and its scopes are needed, and note the date.",
    controls: control::REVIEW,
    cwe: &[269],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let period = subject.periods.review;
    let Some(limit) = period.duration().filter(|_| !matches!(subject.life, Life::Revoked | Life::Expired)) else {
        return Verdict::Apart;
    };
    let (since, what) = match (subject.key.reviewed, subject.key.created) {
        (Field::Known(reviewed), _) => (reviewed, "was last reviewed"),
        (Field::Empty, Field::Known(made)) => (made, "has never been reviewed since it was made"),
        (Field::Empty, _) => return Verdict::Fail(Found::new("It has never been reviewed.")),
        (Field::Unknown, _) => return Verdict::Unknown("the inventory does not say when the key was reviewed"),
    };
    if !context.is_longer_ago(since, limit) {
        return Verdict::Pass;
    }
    let days = context.days_since(since);
    let message = format!("It {what} on {}, {} ago; {period} are allowed.", day(since), counted_days(days));
    Verdict::Fail(Found::new(message).fact("days", days))
}
