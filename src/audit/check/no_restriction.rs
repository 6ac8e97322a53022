//! Keys that work from anywhere.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "no-restriction",
    title: "Works from anywhere",
    severity: Severity::Low,
    what: "The inventory says that the use of a key that works is limited to no addresses, referrers or applications. \
           An inventory that does not speak of such limits says nothing here.",
    why: "A key that works from a few addresses only is of little use to whoever finds it.",
    remedy: "Limit the key to the addresses, referrers or applications that use it.",
    controls: control::ANYWHERE,
    cwe: &[284, 1188],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.life.may_work() {
        return Verdict::Apart;
    }
    match &subject.key.restrictions {
        Field::Known(_) => Verdict::Pass,
        Field::Empty => Verdict::Fail(Found::new("It may be used from anywhere.")),
        Field::Unknown => Verdict::Unknown("the inventory does not say from where the key may be used"),
    }
}
