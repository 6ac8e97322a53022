//! Exceptions that excuse nothing.

use super::{Asks, Check, Found, Verdict, exception_expired};
use crate::audit::context::{Context, quote};
use crate::audit::policy::Exception;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "exception-unused",
    title: "Exception that excuses nothing",
    severity: Severity::Note,
    what: "An `[[audit.exception]]` fits no finding of this audit: what it excused is mended, or it is misspelt.",
    why: "It would excuse the next finding that it fits, and nobody would see it.",
    remedy: "Delete it, or correct the key that it names.",
    controls: &[],
    cwe: &[],
    asks: Asks::Exceptions,
};

/// What there is to say of an exception.
pub(super) fn judge(context: &Context<'_>, exception: &Exception, used: bool) -> Verdict {
    if exception.has_expired(context.as_of) {
        return Verdict::Apart;
    }
    if used {
        return Verdict::Pass;
    }
    let message =
        format!("The exception of {} for {} fits nothing.", quote(&exception.checks), quote(&exception.named));
    Verdict::Fail(exception_expired::about(exception, Found::new(message)))
}
