//! Keys that leaked and no longer work.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject};
use crate::audit::{control, exposure};
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-inactive",
    title: "Leaked and revoked",
    severity: Severity::Note,
    what: "A key of the inventory stands in what was scanned, and it is revoked, has expired, or is switched off. One \
           that is only switched off weighs more, since it can be switched on again.",
    why: "It opens nothing any more. It shows how keys get into code, and what was done with it while it worked is in \
          the provider's logs.",
    remedy: "Take it out of the code, so that nobody wonders about it again; look for use while it was exposed.",
    controls: control::IN_CODE,
    cwe: &[798, 540],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if subject.life.may_work() {
        return Verdict::Apart;
    }
    if subject.matches.is_empty() {
        return exposure::not_found(context, subject);
    }
    let leaks: Vec<_> = subject.matches.iter().collect();
    let message = format!(
        "It has leaked{} and {}. {}",
        exposure::duration(context, &leaks),
        subject.life.words(),
        exposure::told(context, &leaks)
    );
    let severity = if subject.life == Life::Inactive { Severity::Low } else { Severity::Note };
    let found = Found::new(message).severity(severity).leaks(subject.matches);
    Verdict::Fail(exposure::evidence(found, context, subject, &leaks))
}
