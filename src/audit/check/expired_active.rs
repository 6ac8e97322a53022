//! Keys whose time has passed and that are listed as active.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, ago, day};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::{Field, Status};

/// See the module.
pub static CHECK: Check = Check {
    id: "expired-active",
    title: "Expired but active",
    severity: Severity::Medium,
    what: "A key's date of expiry has passed, and the inventory still lists it as active. A key without a status, or \
           without a word about its expiry, is not judged.",
    why: "Either the provider does not enforce the date, and the key works for ever, or nobody has cleaned up: then \
          the list of keys cannot be trusted when something happens.",
    remedy: "Revoke the key. If it is still needed, issue a new one with a date of its own.",
    controls: control::ENDED,
    cwe: &[672, 324],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    match (subject.key.status, subject.key.expires) {
        (Field::Known(Status::Active), Field::Known(expires)) if expires <= context.as_of => {
            let when = ago(context.days_since(expires));
            let message = format!("It expired on {}, {when}, and is listed as active.", day(expires));
            Verdict::Fail(Found::new(message).fact("expired", day(expires)))
        }
        (Field::Known(Status::Active), Field::Known(_) | Field::Empty) => Verdict::Pass,
        (Field::Known(Status::Active), Field::Unknown) => {
            Verdict::Unknown("the inventory does not say when the key expires")
        }
        (Field::Known(_), _) => Verdict::Apart,
        (Field::Empty | Field::Unknown, Field::Known(_)) => {
            Verdict::Unknown("the inventory does not say whether the key is active")
        }
        (_, Field::Unknown) => Verdict::Unknown("the inventory does not say when the key expires"),
        (_, Field::Empty) => Verdict::Pass,
    }
}
