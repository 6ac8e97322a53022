//! Keys that may do too much.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Life, Subject, quote, quote_all};
use crate::audit::control;
use crate::audit::scopes::{Catalogue, Entry, Level};
use crate::finding::Severity;
use crate::inventory::key::{Field, Key};

/// See the module.
pub static CHECK: Check = Check {
    id: "scope-broad",
    title: "Over-broad scope",
    severity: Severity::High,
    what: "A key has a scope that the catalogue calls administrative, unrestricted, a wildcard, an impersonation, or \
           writing everything. Writing everything of a single resource weighs less. Scopes that read everything are \
           named only for a key that has leaked, is not used or never expires. Scopes that the catalogue does not have \
           pass; an inventory without scopes says nothing.",
    why: "What a key may do is what whoever finds it may do.",
    remedy: "Issue a key with the narrower scope, and revoke this one.",
    controls: control::RIGHTS,
    cwe: &[250, 269, 272, 732],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    if matches!(subject.life, Life::Revoked | Life::Expired) {
        return Verdict::Apart;
    }
    let key = subject.key;
    let scopes = match &key.scopes {
        Field::Unknown => return Verdict::Unknown("the inventory does not say what the key may do"),
        Field::Empty => return Verdict::Pass,
        Field::Known(scopes) => scopes,
    };
    let exposed = !subject.matches.is_empty() || key.expires.is_empty() || key.last_used.is_empty();
    let catalogue = Catalogue::get();
    let broad: Vec<(&str, &Entry)> = scopes
        .iter()
        .filter_map(|scope| Some((scope.trim(), catalogue.find(&key.provider, scope.trim())?)))
        .filter(|(_, entry)| entry.level != Level::ReadAll || exposed)
        .collect();
    let Some(worst) = broad.iter().map(|(_, entry)| severity(entry.level, key)).max() else { return Verdict::Pass };
    let reasons: Vec<String> = broad
        .iter()
        .take(TOLD)
        .map(|(scope, entry)| format!("{} ({})", quote(scope), lead(&entry.why)))
        .collect();
    let more = match broad.len().saturating_sub(TOLD) {
        0 => String::new(),
        _ => format!("; also {}", quote_all(broad.iter().skip(TOLD).map(|(scope, _)| *scope))),
    };
    let mut narrower: Vec<&str> = Vec::new();
    for (_, entry) in &broad {
        if !narrower.contains(&entry.narrower.as_str()) {
            narrower.push(&entry.narrower);
        }
    }
    narrower.truncate(TOLD);
    let message = format!("It may do more than a key should: {}{more}.", reasons.join("; "));
    let remedy = format!("Instead: {}.", narrower.join("; "));
    let mut found = Found::new(message).severity(worst).remedy(remedy);
    for (scope, entry) in &broad {
        found = found.fact("scope", scope).fact("narrower", &entry.narrower);
    }
    Verdict::Fail(found)
}

/// Scopes that are explained; others are named.
const TOLD: usize = 3;

/// A reason of the catalogue inside of a sentence.
fn lead(why: &str) -> &str {
    why.trim_end_matches('.')
}

fn severity(level: Level, key: &Key) -> Severity {
    let single = key.resources.known().is_some_and(|resources| {
        matches!(resources.as_slice(), [one] if !one.contains('*') && !one.eq_ignore_ascii_case("all"))
    });
    if level == Level::WriteAll && single { Severity::Low } else { level.severity() }
}
