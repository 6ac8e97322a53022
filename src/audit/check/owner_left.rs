//! Keys of people who have left.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject, quote};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::OwnerKind;

/// See the module.
pub static CHECK: Check = Check {
    id: "owner-left",
    title: "Owner has left",
    severity: Severity::High,
    what: "The owner of a key is a person who is not among `audit.staff` and `audit.staff-file`, or the provider says \
           that the owner has lost the access that the key still has. Without such a list and such a word, nobody has \
           left. Service accounts and teams are judged only where the list names some as patterns; an owner \
           of whom the inventory does not say what it is counts as a person if it is an address.",
    why: "A person's key goes on working after the person has gone, and nobody will notice who uses it.",
    remedy: "Make a key that belongs to a service account or to somebody who is there, put it in place, and revoke \
             this one.",
    controls: control::OWNER,
    cwe: &[286, 708],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if matches!(subject.life, Life::Revoked | Life::Expired) {
        return Verdict::Apart;
    }
    let owner = subject.key.owner.known();
    if subject.key.has_lost_owner() {
        let who = owner.map(|owner| format!(" {}", quote(owner))).unwrap_or_default();
        let found = Found::new(format!("Its owner{who} has lost access to the project, and the key still works."));
        return Verdict::Fail(owner.into_iter().fold(found, |found, owner| found.fact("owner", owner)));
    }
    let Some(owner) = owner else { return Verdict::Apart };
    match (context.policy.is_staff(owner), subject.key.owner_kind) {
        (None, _) => Verdict::Apart,
        (Some(true), _) => Verdict::Pass,
        (Some(false), OwnerKind::Service | OwnerKind::Team) => Verdict::Apart,
        (Some(false), OwnerKind::Unknown) if !owner.contains('@') => {
            Verdict::Unknown("the inventory does not say whether the owner is a person")
        }
        (Some(false), _) => {
            Verdict::Fail(Found::new(format!("Its owner {} is not on the staff list.", quote(owner))).fact("owner", owner))
        }
    }
}
