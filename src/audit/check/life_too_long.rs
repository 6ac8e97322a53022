//! Keys that were issued for too long.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, counted_days, day, days_between, whole_days};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::{Basis, Field};

/// See the module.
pub static CHECK: Check = Check {
    id: "life-too-long",
    title: "Issued for too long",
    severity: Severity::Low,
    what: "Between the making of a key and its expiry there are more days than `audit.max-life` allows. It is judged \
           where both dates are known, and where the key is only known to be at least so old.",
    why: "A date of expiry far away protects as little as none.",
    remedy: "Issue the next key for a shorter time, and set the provider's limit where it has one.",
    controls: control::LIFE,
    cwe: &[263, 613],
    asks: Asks::Key(judge),
};

fn judge(_: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let Some(limit) = subject.periods.max_life.duration().filter(|_| subject.life.may_work()) else {
        return Verdict::Apart;
    };
    let Field::Known(expires) = subject.key.expires else {
        return match subject.key.expires {
            // A key without an end has `no-expiry`.
            Field::Empty => Verdict::Apart,
            _ => Verdict::Unknown("the inventory does not say when the key expires"),
        };
    };
    let Some((since, basis)) = subject.key.secret_since() else {
        return Verdict::Unknown("the inventory does not say when the key was made");
    };
    let days = days_between(since, expires);
    if days <= whole_days(limit) {
        return match basis {
            Basis::Granted => Verdict::Unknown("the key is older than the date of its grant, and nobody says by how much"),
            Basis::Stated | Basis::ValidFrom => Verdict::Pass,
        };
    }
    let message = format!(
        "It was issued on {} for {}, until {}; {} are allowed.",
        day(since),
        counted_days(days),
        day(expires),
        subject.periods.max_life
    );
    Verdict::Fail(Found::new(message).fact("days", days))
}
