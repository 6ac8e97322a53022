//! Calls that the scopes of a key do not name.

use super::{Asks, Check};
use crate::audit::control;
use crate::finding::Severity;

/// See the module. [`crate::audit::calls`] judges.
pub static CHECK: Check = Check {
    id: "call-beyond-scopes",
    title: "Call beyond the scopes of the key",
    severity: Severity::High,
    what: "Call logs tell of calls that were let in and needed rights which no scope of the key names. Judged only \
           where log and inventory use the same words, and for keys without a scope that stands for many.",
    why: "Either the inventory is wrong about what the key may do, or the provider lets it do more than it may.",
    remedy: "Compare the scopes in the inventory with those at the provider, and take away what is too much.",
    controls: control::WATCHING,
    cwe: &[863, 269],
    asks: Asks::Elsewhere,
};
