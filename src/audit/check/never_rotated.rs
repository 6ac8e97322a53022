//! Keys that have never been rotated, although a rotation was due.

use super::{Asks, Check, Found, Verdict};
use crate::audit::context::{Context, Subject, counted_days, day};
use crate::audit::control;
use crate::finding::Severity;
use crate::inventory::key::Field;

/// See the module.
pub static CHECK: Check = Check {
    id: "never-rotated",
    title: "Never rotated",
    severity: Severity::Medium,
    what: "The inventory says that a key that works has never been rotated, and it is older than `audit.rotation` \
           allows, or nobody knows how old it is. An inventory that does not speak of rotations says nothing here.",
    why: "A key that was never rotated shows that nobody has a way of rotating it: it will be missing on the day on \
          which the key leaks.",
    remedy: "Rotate the key once, and write down how that is done.",
    controls: control::ROTATION,
    cwe: &[262, 263],
    asks: Asks::Key(judge),
};

fn judge(context: &Context<'_>, subject: &Subject<'_>) -> Verdict {
    let Some(limit) = subject.periods.rotation.duration().filter(|_| subject.life.may_work()) else {
        return Verdict::Apart;
    };
    match (subject.key.rotated, subject.key.created) {
        (Field::Known(_), _) => Verdict::Pass,
        (Field::Empty, Field::Known(made)) if !context.is_longer_ago(made, limit) => Verdict::Pass,
        (Field::Empty, Field::Known(made)) => Verdict::Fail(Found::new(format!(
            "It was made on {}, {} ago, and has never been rotated.",
            day(made),
            counted_days(context.days_since(made))
        ))),
        (Field::Empty, _) => {
            Verdict::Fail(Found::new("It has never been rotated, and the inventory does not say how old it is."))
        }
        (Field::Unknown, _) => Verdict::Unknown("the inventory does not say when the key was rotated"),
    }
}
