//! Secrets in code of which nobody can say which key they are.

use super::{Asks, Check, Found, Verdict, leaked_unmanaged};
use crate::audit::context::Context;
use crate::audit::control;
use crate::audit::join::{Doubt, Leak};
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-unassigned",
    title: "In code, and nobody can say which key it is",
    severity: Severity::High,
    what: "A secret stands in what was scanned, and the inventory does not tell whether it is one of its keys: there \
           is none of its provider, the export leaves keys out, or it shows nothing by which the secret could be \
           recognised. The severity is that of the rule that found it.",
    why: "It has to be taken for a key that works until somebody has looked.",
    remedy: "Look the key up at its provider, revoke it, and add an export to the audit that shows an id, a digest or \
             the last characters of keys.",
    controls: control::IN_CODE,
    cwe: &[798, 540],
    asks: Asks::Leak(judge),
};

fn judge(_: &Context<'_>, leak: &Leak<'_>) -> Verdict {
    let Some(doubt) = leak.doubt else { return Verdict::Pass };
    let why = match doubt {
        Doubt::NoInventory => "there is no inventory of its provider".to_owned(),
        Doubt::Incomplete => "the inventory of its provider leaves keys out".to_owned(),
        Doubt::Unrecognisable(1) => "one key of its provider shows nothing to recognise it by".to_owned(),
        Doubt::Unrecognisable(count) => format!("{count} keys of its provider show nothing to recognise them by"),
    };
    let message = format!("Nobody can say which key it is: {why}. {}", leaked_unmanaged::told(leak));
    Verdict::Fail(Found {
        severity: Some(leak.finding.severity),
        remedy: leaked_unmanaged::remedy(leak),
        ..Found::new(message)
    })
}
