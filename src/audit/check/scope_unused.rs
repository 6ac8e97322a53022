//! Keys with scopes that they do not use.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "scope-unused",
    title: "Scope granted but not used",
    severity: Severity::Low,
    what: "Call logs that cover `calls.unused-days` at least tell of every call of a key which scopes it needed, and it \
           has more. Judged only where log and inventory use the same words: one granted scope at least has to be among \
           those that were needed, and scopes that stand for many (`*`, `admin`) are left to `scope-broad`. Keys without \
           a call are `call-unused`.",
    why: "A scope that is never used can be taken away without anybody noticing but whoever finds the key.",
    remedy: "Issue a key with the scopes that are used.",
    controls: control::RIGHTS,
    cwe: &[272, 250],
    asks: Asks::Elsewhere,
};
