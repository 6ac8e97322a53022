//! Keys that several integrations use.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject, quote_all};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "shared-integrations",
    title: "Shared by several integrations",
    severity: Severity::Medium,
    what: "The inventory lists more than one integration for a key. An inventory that does not speak of integrations \
           says nothing here.",
    why: "A shared key cannot be revoked for one of its users alone, has the scopes of all of them together, and no \
          log tells who used it.",
    remedy: "Give every integration a key of its own, with the scopes that it needs.",
    controls: control::SHARED,
    cwe: &[1391, 522],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if matches!(subject.life, Life::Revoked | Life::Expired) {
        return Verdict::Apart;
    }
    match &subject.key.integrations {
        Field::Unknown => Verdict::Unknown("the inventory does not say what uses the key"),
        Field::Empty => Verdict::Pass,
        Field::Known(list) => {
            let mut names: Vec<&str> = list.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
            names.sort_unstable_by_key(|name| name.to_lowercase());
            names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
            if names.len() < 2 {
                return Verdict::Pass;
            }
            let message = format!("{} integrations use it: {}.", names.len(), quote_all(names.iter().copied()));
            Verdict::Fail(Found::new(message).fact("integrations", names.join(", ")))
        }
    }
}
