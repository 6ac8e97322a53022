//! Exceptions whose last day is over.

use super::{Asks, Check, Found, Verdict};
use crate::audit::Place;
use crate::audit::context::{Context, quote};
use crate::audit::control;
use crate::audit::policy::Exception;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "exception-expired",
    title: "Exception has expired",
    severity: Severity::Medium,
    what: "An `[[audit.exception]]` has a last day that is over. It excuses nothing any more.",
    why: "An exception has an end so that somebody decides anew; this is the day.",
    remedy: "Mend what it excused and delete it, or decide to accept it for longer.",
    controls: control::REVIEW,
    cwe: &[],
    asks: Asks::Exceptions,
};

/// What there is to say of an exception.
pub(super) fn judge(context: &Context<'_>, exception: &Exception) -> Verdict {
    if !exception.has_expired(context.as_of) {
        return Verdict::Pass;
    }
    let day = exception.expires.map(|day| day.to_string()).unwrap_or_default();
    let by = exception.owner.as_ref().map(|owner| format!(" by {}", quote(owner))).unwrap_or_default();
    let message = format!(
        "The exception of {} for {}, accepted{by} ({}), ended on {day}.",
        quote(&exception.checks),
        quote(&exception.named),
        exception.reason
    );
    Verdict::Fail(about(exception, Found::new(message).fact("expired", day)))
}

/// A finding about an exception.
pub(super) fn about(exception: &Exception, mut found: Found) -> Found {
    let (line, column) = exception.place;
    found.subject = Some(format!("exception of {} for {}", exception.checks, exception.named));
    found.identity = Some(format!("{} {}", exception.checks, exception.named));
    found.places = vec![Place { path: exception.path.as_str().into(), line, column }];
    found
}
