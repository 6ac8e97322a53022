//! Keys that logs of their provider do not tell of.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-unused",
    title: "Key without a call in the log",
    severity: Severity::Low,
    what: "A key that works made no call in all of the time that the logs of its provider cover, \
           `calls.unused-days` at least, and the inventory knows of no later use. Judged only for keys that such a \
           log would name. See `unused` for what the inventory says.",
    why: "A key that nobody uses is missed by nobody when somebody else begins to use it.",
    remedy: "Ask its owner, switch it off for a while if the provider can, and revoke it.",
    controls: control::WATCHING,
    cwe: &[269],
    asks: Asks::Elsewhere,
};
