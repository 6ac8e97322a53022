//! Many refusals in a short time.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-burst",
    title: "Burst of failed attempts",
    severity: Severity::High,
    what: "Call logs tell of `calls.burst-attempts` or more refused attempts with one key within \
           `calls.burst-minutes`. Medium for keys that no inventory lists.",
    why: "Somebody tries what a key opens, or a program does not notice that its key is dead.",
    remedy: "Look at the sources that the finding names. If none of them is yours, revoke the key, whether it was \
             let in or not.",
    controls: control::WATCHING,
    cwe: &[307, 778],
    asks: Asks::Elsewhere,
};
