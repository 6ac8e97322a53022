//! Keys in code that no inventory knows.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, quote};
use crate::audit::join::Leak;
use crate::audit::{control, rotation};
use crate::finding::Severity;
use crate::report::history;

/// See the module.
pub static CHECK: Check = Check {
    id: "leaked-unmanaged",
    title: "In code but in no inventory",
    severity: Severity::High,
    what: "A secret stands in what was scanned, the inventory of its provider is whole, every key in it could have \
           been recognised, and none of them is it.",
    why: "Somebody made a key of which the list knows nothing, or it belongs to somebody else's account. Nobody will \
          rotate it, and nobody knows whether it works.",
    remedy: "Find out whose it is, revoke it, and see that keys are issued where the inventory sees them.",
    controls: control::UNMANAGED,
    cwe: &[798, 1059],
    asks: Asks::Leak(judge),
};

fn judge(_: &Context<'_>, leak: &Leak<'_>) -> Verdict {
    if !leak.matches.is_empty() {
        return Verdict::Pass;
    }
    if leak.doubt.is_some() {
        return Verdict::Apart;
    }
    let provider = leak.rule.map_or("its provider", |rule| rule.provider.as_str());
    let message = format!("It stands in the code, and no inventory of {} has it. {}", quote(provider), told(leak));
    Verdict::Fail(Found { severity: Some(leak.finding.severity), remedy: remedy(leak), ..Found::new(message) })
}

/// Where it stands, and since when.
pub(super) fn told(leak: &Leak<'_>) -> String {
    let places: Vec<String> = history::places(leak.finding).into_iter().map(rotation::position).collect();
    let mut text = format!("It stands in {}", rotation::named(&places));
    if let Some(commit) = leak.since() {
        text.push_str(&format!(", since {} of {}", history::short(&commit.id), history::day(&commit.date)));
    }
    if !leak.finding.is_at_head() {
        text.push_str(", and no longer at HEAD");
    }
    text + "."
}

/// How its provider has keys revoked.
pub(super) fn remedy(leak: &Leak<'_>) -> Option<String> {
    let how = leak.rule?.revoke.as_deref()?.trim();
    Some(if how.starts_with("https://") {
        format!("Find out whose it is, and revoke it at {how} first; taking it out of the code comes second.")
    } else {
        format!("Find out whose it is and revoke it first. {how}")
    })
}
