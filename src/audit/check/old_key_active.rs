//! Old keys that work on after their successors were made.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, counted_days, day, quote};
use crate::audit::control;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "old-key-active",
    title: "Old key still active after its successor",
    severity: Severity::High,
    what: "A key that works was replaced by another one longer ago than `audit.overlap` allows. Which key replaces \
           which is what the inventory says (`supersedes`); besides, of several keys with the same label, and of the \
           two access keys of an AWS user, the newer one is taken for the successor of the older.",
    why: "A rotation that does not end with the old key has changed nothing for whoever has a copy of it.",
    remedy: "See that nothing uses the old key any more, and revoke it.",
    controls: control::UNFINISHED,
    cwe: &[613, 672],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let Some(overlap) = subject.periods.overlap.duration().filter(|_| subject.life.may_work()) else {
        return Verdict::Apart;
    };
    let Some(successor) = subject.successor else { return Verdict::Apart };
    let Some(new) = context.subject(successor.key) else { return Verdict::Apart };
    // A successor that does not work is none.
    if !new.life.may_work() {
        return Verdict::Apart;
    }
    let Some((made, _)) = new.key.secret_since() else {
        return Verdict::Unknown("the inventory does not say when the successor was made");
    };
    if !context.is_longer_ago(made, overlap) {
        return Verdict::Pass;
    }
    let name = match &new.key.id {
        crate::inventory::key::Field::Known(id) if new.key.name == subject.key.name => quote(id),
        _ => quote(&new.key.label()),
    };
    let told = if successor.stated { "It was replaced by" } else { "It seems to have been replaced by" };
    let days = context.days_since(made);
    let message = format!(
        "{told} {name} on {}, {} ago, and still works; an overlap of {} is allowed.",
        day(made),
        counted_days(days),
        subject.periods.overlap
    );
    let found = Found::new(message).fact("successor", context.reference(successor.key)).fact("days", days);
    Verdict::Fail(if successor.stated { found } else { found.severity(Severity::Medium) })
}
