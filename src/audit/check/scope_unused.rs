//! Keys with scopes that they do not use.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, quote_all};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "scope-unused",
    title: "Scope granted but not used",
    severity: Severity::Low,
    what: "Call logs tell which scopes a key that works has used, and it has more. Keys of which no log tells scopes \
           are not judged, nor are those that made no call: these are `unused`.",
    why: "A scope that is never used can be taken away without anybody noticing but whoever finds the key.",
    remedy: "Issue a key with the scopes that are used.",
    controls: control::RIGHTS,
    cwe: &[272, 250],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let used = subject.usage.and_then(|usage| usage.scopes.as_ref()).filter(|used| !used.is_empty());
    let Some(used) = used.filter(|_| subject.life.may_work()) else { return Verdict::Apart };
    let Field::Known(granted) = &subject.key.scopes else {
        return match subject.key.scopes {
            Field::Empty => Verdict::Pass,
            _ => Verdict::Unknown("the inventory does not say what the key may do"),
        };
    };
    let is_used = |scope: &str| used.iter().any(|one| one.eq_ignore_ascii_case(scope.trim()));
    let idle: Vec<&str> = granted.iter().map(|scope| scope.trim()).filter(|scope| !is_used(scope)).collect();
    if idle.is_empty() {
        return Verdict::Pass;
    }
    let message = format!("It may do what it has not done: {}.", quote_all(idle.iter().copied()));
    let needed: Vec<&str> =
        granted.iter().map(|scope| scope.trim()).filter(|scope| is_used(scope)).collect();
    let remedy = if needed.is_empty() {
        "None of its scopes was used; ask what it is for.".to_owned()
    } else {
        format!("These scopes are enough: {}.", quote_all(needed))
    };
    let mut found = Found::new(message).remedy(remedy);
    for scope in idle {
        found = found.fact("scope", scope);
    }
    Verdict::Fail(found)
}
