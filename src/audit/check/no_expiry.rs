//! Keys that never expire.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "no-expiry",
    title: "No expiry",
    severity: Severity::Low,
    what: "The inventory says that a key that works never expires. An inventory that does not speak of expiry says \
           nothing here.",
    why: "A key that expires ends by itself when it is forgotten; one that does not works for whoever finds it in ten \
          years.",
    remedy: "Issue keys with a date of expiry. Where the provider has none, let the rotation end them.",
    controls: control::LIFE,
    cwe: &[263, 613],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.life.may_work() {
        return Verdict::Apart;
    }
    match subject.key.expires {
        Field::Known(_) => Verdict::Pass,
        Field::Empty => Verdict::Fail(Found::new("It never expires.")),
        Field::Unknown => Verdict::Unknown("the inventory does not say when the key expires"),
    }
}
