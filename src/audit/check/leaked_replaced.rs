//! Keys of which an earlier secret leaked.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, day};
use crate::audit::{control, exposure};
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-replaced",
    title: "Leaked and rotated since",
    severity: Severity::Low,
    what: "A key was recognised by its id, and every place of it is older than the last rotation: what leaked is an \
           earlier secret of the key. Told only where the history was scanned, and where the provider keeps the id \
           through a rotation.",
    why: "The secret that leaked opens nothing any more; what was done with it before is in the provider's logs.",
    remedy: "Take it out of the code, and look for use between the leak and the rotation.",
    controls: control::IN_CODE,
    cwe: &[798, 540],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if !subject.life.may_work() || subject.matches.is_empty() {
        return Verdict::Apart;
    }
    let old: Vec<_> =
        subject.matches.iter().filter(|found| exposure::is_replaced(context, subject, found)).collect();
    let Some(&rotated) = subject.key.rotated.known().filter(|_| !old.is_empty()) else { return Verdict::Apart };
    let message = format!(
        "An earlier secret of it leaked; it was rotated on {}, after that. {}",
        day(rotated),
        exposure::told(context, &old)
    );
    let found = Found::new(message).leaks(old.iter().copied());
    Verdict::Fail(exposure::evidence(found, context, subject, &old))
}
