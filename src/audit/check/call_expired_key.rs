//! Calls with keys whose time has passed.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-expired-key",
    title: "Call with an expired key",
    severity: Severity::High,
    what: "Call logs tell of calls with a key after it expired. Medium where each of them was refused.",
    why: "A key that is let in after its end has no end. One that is refused stands in a program that nobody has \
          given a new one.",
    remedy: "See that the provider refuses the key; put its successor into the programs at the sources that the \
             finding names.",
    controls: control::WATCHING,
    cwe: &[613, 324],
    asks: Asks::Elsewhere,
};
