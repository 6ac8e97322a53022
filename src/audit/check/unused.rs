//! Keys that nobody uses.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, counted_days, day};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::{Basis, Field};

/// See the module.
pub static CHECK: Check = Check {
    id: "unused",
    title: "Unused",
    severity: Severity::Medium,
    what: "A key that works was not used for longer than `audit.unused`, or has never been used although it is older \
           than that. Call logs count as well as what the inventory says. Where neither speaks of use, nothing is \
           said.",
    why: "A key that nobody uses is missed by nobody when somebody else begins to use it.",
    remedy: "Ask its owner, switch it off for a while if the provider can, and revoke it.",
    controls: control::UNUSED,
    cwe: &[269],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let Some(limit) = subject.periods.unused.duration().filter(|_| subject.life.may_work()) else {
        return Verdict::Apart;
    };
    let key = subject.key;
    let logged = subject.usage.and_then(|usage| usage.last);
    let last = key.last_used.known().copied().max(logged);
    if let Some(last) = last {
        if !context.is_longer_ago(last, limit) {
            return Verdict::Pass;
        }
        let days = context.days_since(last);
        let message = format!("It was last used on {}, {} ago.", day(last), counted_days(days));
        return Verdict::Fail(Found::new(message).fact("days", days));
    }
    if let (Field::Unknown, Some(days)) = (key.last_used, key.unused_days) {
        let so_long = crate::config::value::days_long(u32::from(days));
        return if so_long >= limit {
            let message = format!("It was not used in the {} before the export.", counted_days(i64::from(days)));
            Verdict::Fail(Found::new(message).fact("days", days))
        } else {
            Verdict::Unknown("the inventory looks back for a shorter time than the policy")
        };
    }
    match (key.last_used, key.created) {
        (Field::Empty, Field::Known(made)) if !context.is_longer_ago(made, limit) => Verdict::Pass,
        (Field::Empty, Field::Known(made)) => {
            let days = context.days_since(made);
            let what = match key.basis {
                Basis::Stated => "was made",
                Basis::Granted => "was granted",
                Basis::ValidFrom => "became valid",
            };
            let message =
                format!("It {what} on {}, {} ago, and has never been used.", day(made), counted_days(days));
            Verdict::Fail(Found::new(message).fact("days", days))
        }
        (Field::Empty, _) => Verdict::Unknown("the key was never used, and the inventory does not say how old it is"),
        _ => Verdict::Unknown("the inventory does not say when the key was last used"),
    }
}
