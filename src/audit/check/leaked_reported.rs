//! Keys that the provider itself has seen leaked.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::{Field, Status};

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-reported",
    title: "Reported as leaked by the provider",
    severity: Severity::Critical,
    what: "The status of a key in the inventory says that the provider has seen it leaked.",
    why: "Providers look through public repositories and see leaks that a scan of one's own code does not.",
    remedy: "Revoke the key now, replace it, and ask the provider where it was seen.",
    controls: control::LEAKED,
    cwe: &[522, 613],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    match subject.key.status {
        Field::Known(Status::Leaked) if subject.life == Life::Expired => {
            let message = "The provider has seen it leaked; it has expired since.";
            Verdict::Fail(Found::new(message).severity(Severity::Note))
        }
        Field::Known(Status::Leaked) => Verdict::Fail(Found::new("The provider has seen it leaked.")),
        // Few providers report leaks, so that any other status says nothing.
        _ => Verdict::Apart,
    }
}
