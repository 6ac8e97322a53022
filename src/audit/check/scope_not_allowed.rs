//! Keys with scopes that the policy does not allow them.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject, quote_all};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "scope-not-allowed",
    title: "Scope that is not allowed",
    severity: Severity::High,
    what: "A key has a scope that none of the `[[audit.allowed-scopes]]` that concern it allows. Keys that none of \
           them concerns are not judged.",
    why: "What an integration needs was decided once; a key that may do more was made past that decision.",
    remedy: "Issue a key with the scopes that are allowed, or allow the scope and say why.",
    controls: control::RIGHTS,
    cwe: &[269, 272],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if matches!(subject.life, Life::Revoked | Life::Expired) {
        return Verdict::Apart;
    }
    let Some(allowed) = context.policy.allowed_scopes(subject.key) else { return Verdict::Apart };
    let scopes = match &subject.key.scopes {
        Field::Unknown => return Verdict::Unknown("the inventory does not say what the key may do"),
        Field::Empty => return Verdict::Pass,
        Field::Known(scopes) => scopes,
    };
    let extra: Vec<&str> = scopes.iter().map(|scope| scope.trim()).filter(|scope| !allowed.has(scope)).collect();
    if extra.is_empty() {
        return Verdict::Pass;
    }
    let message = format!("The policy does not allow it {}.", quote_all(extra.iter().copied()));
    let written = allowed.written();
    let remedy = if written.is_empty() {
        "Take the scopes away: the policy allows none.".to_owned()
    } else {
        format!("Leave it what is allowed: {}.", quote_all(written))
    };
    let mut found = Found::new(message).remedy(remedy);
    for scope in extra {
        found = found.fact("scope", scope);
    }
    Verdict::Fail(found)
}
