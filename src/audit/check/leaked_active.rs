//! Keys that leaked and still work.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject};
use crate::audit::{Certainty, control, exposure};
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-active",
    title: "Leaked and active",
    severity: Severity::Critical,
    what: "A key of the inventory stands in what was scanned, and it works, or nobody says that it does not. Reports \
           say since which commit, and how it was recognised: an id, a digest or the key itself leave no doubt; a mask \
           of a few characters makes it possible, and one that fits several keys or values is ambiguous.",
    why: "Whoever can read the code can use the key. Deleting it from the file does not help: the history keeps it, \
          and so do clones.",
    remedy: "Revoke the key now, replace it, and look through the provider's logs for use since it was exposed.",
    controls: control::LEAKED,
    cwe: &[798, 613, 672],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if subject.matches.is_empty() {
        return if subject.life.may_work() { exposure::not_found(context, subject) } else { Verdict::Apart };
    }
    let leaks = exposure::current(context, subject);
    if !subject.life.may_work() || leaks.is_empty() {
        return Verdict::Apart;
    }
    let severity = match (exposure::certainty(&leaks), subject.life) {
        (Certainty::Certain | Certainty::Likely, Life::Works) => Severity::Critical,
        (Certainty::Ambiguous, _) => Severity::Medium,
        _ => Severity::High,
    };
    let head = match exposure::certainty(&leaks) {
        Certainty::Ambiguous | Certainty::Possible => "It may have leaked",
        Certainty::Likely | Certainty::Certain => "It has leaked",
    };
    let message = format!(
        "{head}{} and {}. {}{}",
        exposure::duration(context, &leaks),
        subject.life.words(),
        exposure::told(context, &leaks),
        exposure::against_its_dates(context, subject, &leaks)
    );
    let remedy = exposure::remedy(context, &leaks);
    let found = Found::new(message).severity(severity).remedy(remedy).leaks(leaks.iter().copied());
    Verdict::Fail(exposure::evidence(found, context, subject, &leaks))
}
