//! Keys for which nobody answers.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "no-owner",
    title: "No owner",
    severity: Severity::Medium,
    what: "The inventory says that nobody owns a key: in a table or in JSON of any origin, the field for its owner is \
           there, and is empty, a dash, `none` or `null`. An inventory without such a field says nothing here, and \
           neither does an export of a known format that leaves the owner out, or a cell that says `unknown`.",
    why: "When the key leaks, or is to be rotated, there is nobody to ask what it is for.",
    remedy: "Find out who uses the key and write it down, or revoke it.",
    controls: control::OWNER,
    cwe: &[286, 708],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if matches!(subject.life, Life::Revoked | Life::Expired) {
        return Verdict::Apart;
    }
    match &subject.key.owner {
        Field::Known(_) => Verdict::Pass,
        Field::Empty => Verdict::Fail(Found::new("Nobody owns it.")),
        Field::Unknown => Verdict::Unknown("the inventory does not say who owns the key"),
    }
}
