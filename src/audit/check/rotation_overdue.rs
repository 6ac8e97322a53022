//! Keys that should have been rotated.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, ago, counted_days, day, or_more};
use crate::audit::control;
use crate::audit::policy::Reason;
use crate::finding::Severity;
use crate::inventory::key::Basis;

/// See the module.
pub static CHECK: Check = Check {
    id: "rotation-overdue",
    title: "Rotation overdue",
    severity: Severity::High,
    what: "The secret of a key that works is older than `audit.rotation` allows, or the date on which its owner wanted \
           it rotated has passed. Its age counts from its last rotation, else from its creation. Where the inventory \
           has neither, or only since when access was granted, a key that is not known to be overdue is not known to \
           be in time either.",
    why: "The longer a key lives, the more copies of it there are, and the longer a leak that nobody saw stays open. A \
          key that is rotated on a schedule can also be rotated in an emergency.",
    remedy: "Make a new key, put it in the place of the old one, see that the old one is no longer used, and revoke \
             it.",
    controls: control::ROTATION,
    cwe: &[262, 263, 324],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.life.may_work() {
        return Verdict::Apart;
    }
    let key = subject.key;
    let limit = subject.periods.rotation.duration();
    // A date in the inventory counts even where the policy has no limit.
    if limit.is_none() && key.rotation_due.known().is_none() {
        return Verdict::Apart;
    }
    if let Some(&stated) = key.rotation_due.known()
        && context.days_since(stated) > 0
    {
        let late = ago(context.days_since(stated));
        let message = format!("The inventory wants it rotated by {}, which was {late}.", day(stated));
        return Verdict::Fail(Found::new(message).fact("due", day(stated)));
    }
    let Some(limit) = limit else { return Verdict::Pass };
    let Some((since, basis)) = key.secret_since() else {
        return Verdict::Unknown("the inventory says neither when the key was made nor when it was rotated");
    };
    if context.is_longer_ago(since, limit) {
        let age = context.days_since(since);
        let what = match (key.rotated.known(), basis) {
            (Some(_), _) => "was last rotated",
            (None, Basis::Stated) => "was made",
            (None, Basis::Granted) => "was granted",
            (None, Basis::ValidFrom) => "became valid",
        };
        let due = context.policy.rotation_due(key).filter(|due| due.reason != Reason::Expires);
        let late = due.map_or(0, |due| context.days_since(due.at));
        let message = format!(
            "It {what} on {}, {}{} ago; {} are allowed.",
            day(since),
            counted_days(age),
            or_more(basis),
            subject.periods.rotation
        );
        let found = Found::new(message).fact("age in days", age).fact("overdue by days", late);
        return Verdict::Fail(found.fact("allowed", subject.periods.rotation));
    }
    match basis {
        Basis::Granted => Verdict::Unknown("the key is older than the date of its grant, and nobody says by how much"),
        Basis::Stated | Basis::ValidFrom => Verdict::Pass,
    }
}
