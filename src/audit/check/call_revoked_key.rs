//! Calls with keys that no longer ought to work.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-revoked-key",
    title: "Call with a revoked key",
    severity: Severity::High,
    what: "Call logs tell of calls with a key that the inventory calls revoked, inactive, expired or leaked, after \
           the day that it gives for that, or else after the export that says so was made; or of attempts that were \
           refused after its last success. Critical where the provider let it in, medium where it was refused each \
           time. Earlier calls may have been made while the key still worked, and do not count.",
    why: "If it is let in, it was not revoked. If it is refused, something still has it: a server that was \
          forgotten, or whoever found the key.",
    remedy: "Revoke the key again and see that the provider refuses it; then find what calls at the sources that \
             the finding names.",
    controls: control::WATCHING,
    cwe: &[613, 324],
    asks: Asks::Elsewhere,
};
