//! Keys that were replaced and that the code still uses.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject};
use crate::audit::{Certainty, control, exposure, rotation};
use crate::finding::Severity;

/// See the module.
pub static CHECK: Check = Check {
    id: "replaced-referenced",
    title: "Replaced but still referenced at HEAD",
    severity: Severity::High,
    what: "A key has a successor, or was rotated after it came into the code, and the old one still stands in the \
           working tree or at HEAD. Matches that may be another key do not count.",
    why: "The rotation stopped half-way. When the old key is revoked, as it should be, what uses it stops working.",
    remedy: "Put the new key in the place of the old one (outside of the code), and then revoke the old one.",
    controls: control::UNFINISHED,
    cwe: &[672, 798],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let sure = subject.matches.iter().filter(|found| found.certainty > Certainty::Ambiguous);
    let (mut places, mut leaks, mut rotated) = (Vec::new(), Vec::new(), false);
    for found in sure {
        let replaced = exposure::is_replaced(context, subject, found);
        if subject.successor.is_none() && !replaced {
            continue;
        }
        rotated |= replaced;
        let at_head = context.leak(found.leak).map(|leak| leak.at_head()).unwrap_or_default();
        if !at_head.is_empty() {
            places.extend(at_head.into_iter().map(rotation::position));
            leaks.push(found);
        }
    }
    if leaks.is_empty() {
        return match subject.successor {
            Some(_) => exposure::not_found(context, subject),
            None => Verdict::Apart,
        };
    }
    places.sort();
    places.dedup();
    let by = match subject.successor {
        Some(successor) => {
            let by = exposure::successor_name(context, successor.key);
            // Where only owner and dates tell of a successor, it is a guess.
            let how = if successor.stated { "was" } else { "seems to have been" };
            format!("It {how} replaced by {by}")
        }
        None if rotated => "Its secret was replaced in a rotation".to_owned(),
        None => "It was replaced".to_owned(),
    };
    let message = format!("{by}, and the old one still stands in {}.", rotation::named(&places));
    let mut found = Found::new(message).fact("places at HEAD", places.len()).leaks(leaks);
    if !subject.life.may_work() {
        // What uses it is broken already, and nobody else can use it.
        found = found.severity(Severity::Medium);
    }
    Verdict::Fail(found)
}
