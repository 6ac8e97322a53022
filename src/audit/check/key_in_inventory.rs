//! Keys that stand in the inventory themselves.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject};
use crate::audit::control;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "key-in-inventory",
    title: "Plaintext secret inside the inventory",
    severity: Severity::High,
    what: "The export holds the key itself: in a column for it, or pasted into a name or another text. Keys that no \
           longer work are of no matter. No report shows the key.",
    why: "Lists of keys are mailed, stored and put on shared drives: everyone who has the list has the key.",
    remedy: "Replace the key, delete the file and its copies, and export inventories without secrets.",
    controls: control::IN_THE_CLEAR,
    cwe: &[312, 256, 522],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.key.is_in_plaintext() {
        return Verdict::Pass;
    }
    let found = Found::new(format!("The key itself stands in the inventory; it {}.", subject.life.words()));
    Verdict::Fail(if subject.life.may_work() { found } else { found.severity(Severity::Low) })
}
