//! Secrets that stand in several repositories.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, quote_all};
use crate::audit::control;
use crate::audit::join::Leak;
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "shared-repositories",
    title: "One secret in several repositories",
    severity: Severity::Medium,
    what: "The same secret stands in more than one of the repositories that were scanned. Judged where several were \
           scanned together.",
    why: "Whoever replaces the key has to find all of them, and whoever may read one of them has the key of all.",
    remedy: "Give every use a key of its own, and keep it outside of the code.",
    controls: control::SHARED,
    cwe: &[1391, 522],
    asks: Asks::Leak(judge),
};

fn judge(context: &Context<'_>, leak: &Leak<'_>) -> Verdict {
    match leak.repositories.len() {
        0 => Verdict::Apart,
        1 => Verdict::Pass,
        count => {
            let names = quote_all(leak.repositories.iter().map(String::as_str));
            let known = leak.matches.first().filter(|found| found.candidates == 1).map(|found| found.key);
            let key = known.map(|key| format!(" It is the key `{}`.", context.reference(key))).unwrap_or_default();
            Verdict::Fail(Found::new(format!("It stands in {count} repositories: {names}.{key}")))
        }
    }
}
