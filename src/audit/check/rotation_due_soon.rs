//! Keys that are due to be rotated before long.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, ago, day};
use crate::audit::control;
use crate::audit::policy::Reason;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "rotation-due-soon",
    title: "Rotation due soon",
    severity: Severity::Note,
    what: "A key that works is to be rotated, or expires, within `audit.notice`. Keys that are overdue already have \
           `rotation-overdue`.",
    why: "A rotation that is planned interrupts nobody; one that is made after a key has expired does.",
    remedy: "Plan the rotation: say who makes the new key and where it has to be put.",
    controls: control::ROTATION,
    cwe: &[324],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.life.may_work() {
        return Verdict::Apart;
    }
    let Some(due) = context.policy.rotation_due(subject.key) else { return Verdict::Apart };
    if due.notice.is_none() {
        return Verdict::Apart;
    }
    if !due.is_announced(context.as_of) {
        return Verdict::Pass;
    }
    let left = ago(-due.days_left(context.as_of));
    let why = match due.reason {
        Reason::Policy { period, .. } => format!("its {period} are over then"),
        Reason::Stated => "the inventory says so".to_owned(),
        Reason::Expires => "it expires then".to_owned(),
    };
    let message = format!("It is to be replaced by {}, {left}: {why}.", day(due.at));
    Verdict::Fail(Found::new(message).fact("due", day(due.at)))
}
