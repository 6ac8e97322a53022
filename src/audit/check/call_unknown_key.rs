//! Calls with keys that nobody has written down.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-unknown-key",
    title: "Call with a key that no inventory lists",
    severity: Severity::High,
    what: "Call logs tell of calls with a key that the inventory does not list, although it lists keys of that \
           provider which such a log would name. Medium where the inventory is known to leave keys out, low where \
           each call was refused.",
    why: "A key that is in no inventory is rotated, reviewed and revoked by nobody. It may have been made by \
          whoever broke in.",
    remedy: "Find out who made the key: what it acted for is in the finding. Put it into the inventory, or revoke \
             it.",
    controls: control::WATCHING,
    cwe: &[778, 287],
    asks: Asks::Elsewhere,
};
