//! Calls from where a key was never used.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-new-source",
    title: "Call from a new source",
    severity: Severity::Medium,
    what: "Call logs tell of calls with a key from an address from which it was never used in the first \
           `calls.baseline-days` of the log. Keys that were not used in those days are not judged: nothing was \
           learnt about them.",
    why: "A key that is used from a new place has moved, or has been stolen.",
    remedy: "Ask the owner of the key whether the sources are theirs. If not, revoke it. Limit it to known \
             addresses where the provider can.",
    controls: control::WATCHING,
    cwe: &[778],
    asks: Asks::Elsewhere,
};
