//! Calls with what was rotated away.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-after-rotation",
    title: "Call after rotation",
    severity: Severity::High,
    what: "Call logs tell of calls with another secret than that of the inventory after its last rotation, where \
           logs have digests; or with a key beside its successor for longer than `audit.overlap`. Medium where each \
           of them was refused.",
    why: "A rotation ends when nothing uses the old key any more. Until then the old one works, or a program does \
          not.",
    remedy: "Put the new key into the programs at the sources that the finding names, and revoke the old one.",
    controls: control::WATCHING,
    cwe: &[324],
    asks: Asks::Elsewhere,
};
