//! Keys that are switched off and still there.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject};
use crate::audit::control;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "inactive-not-deleted",
    title: "Switched off but not deleted",
    severity: Severity::Low,
    what: "A key is listed as inactive: it does not work, and can be switched on again. Revoked keys are gone for \
           good, and expired ones have ended by themselves.",
    why: "Whoever takes over an account can switch the key on again, and a copy of it that leaked years ago works.",
    remedy: "Delete the key once it is clear that nothing misses it.",
    controls: control::ENDED,
    cwe: &[672],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    match subject.life {
        Life::Inactive => Verdict::Fail(Found::new("It is switched off, and can be switched on again.")),
        Life::Works | Life::Revoked | Life::Expired => Verdict::Pass,
        Life::Pending => Verdict::Apart,
        Life::MayWork => Verdict::Unknown("the inventory does not say whether the key is active"),
    }
}
