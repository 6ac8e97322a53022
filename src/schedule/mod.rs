//! When keys are due for rotation, as a list by date, and as a calendar.
//!
//! When a key is due is a matter of the [policy](Policy), so that a schedule and an audit say the same. A [`Schedule`]
//! is that rule applied to an inventory on a day. Days are those of UTC, and nothing depends on the clock: the same
//! inventory, policy and day give the same bytes.
//!
//! ```
//! use keytrail::audit::Policy;
//! use keytrail::inventory::{Inventory, Options};
//! use keytrail::report::Style;
//! use keytrail::schedule::{Format, Schedule, State};
//!
//! let mut inventory = Inventory::new(Options::default());
//! inventory.read("keys.csv", "Id,Name,Created\n17,billing,2026-04-05\n".as_bytes());
//! inventory.finish();
//! let schedule = Schedule::new(&inventory, &Policy::default(), "2026-06-30".parse()?);
//! assert_eq!((schedule.entries[0].date, schedule.entries[0].state), ("2026-07-04".parse()?, State::Soon));
//!
//! let mut calendar = Vec::new();
//! schedule.write(Format::Ics, &inventory, &mut calendar, &Style::default())?;
//! assert!(String::from_utf8(calendar)?.contains("DTSTART;VALUE=DATE:20260704"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod ics;
pub(crate) mod output;

use std::collections::HashMap;
use std::io;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::audit::context::reference;
use crate::audit::policy::{self, Policy};
use crate::config::value::{Day, Period};
use crate::inventory::Inventory;
use crate::inventory::key::{Basis, Field, Key, Status};
use crate::report::Style;

pub use output::Format;

/// Why a key is due on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The inventory states the day.
    Stated,
    /// The period has passed since its secret last changed.
    Period,
    /// It stops working then.
    Expiry,
}

impl Reason {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Stated => "stated",
            Reason::Period => "period",
            Reason::Expiry => "expiry",
        }
    }
}

/// The day of a time, in UTC.
fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// How far away the day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has passed.
    Overdue,
    /// It is today or within the days of notice.
    Soon,
    /// It is later.
    Later,
    /// It has passed or is near, and an exception of the policy accepts that.
    Accepted,
}

impl State {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Overdue => "overdue",
            State::Soon => "soon",
            State::Later => "later",
            State::Accepted => "accepted",
        }
    }
}

/// A key with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in [`crate::inventory::Inventory::keys`].
    pub key: usize,
    /// The day, in UTC.
    pub date: Date,
    /// Why then.
    pub reason: Reason,
    /// The period of the policy, where it is the reason.
    pub period: Option<Period>,
    /// Whether it may have been due earlier: the key may be older than the date that was counted from.
    pub or_earlier: bool,
    /// Why it does not have to be, and until when, where an exception says so.
    pub accepted: Option<Accepted>,
    /// How far away it is.
    pub state: State,
    /// How many days are left; negative where it is overdue.
    pub days: i64,
    /// The same in every calendar that names this key: made of provider, kind, account and id.
    pub uid: String,
}

/// What an exception of the policy says of a key that is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accepted {
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is; `None` where no day is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What of an inventory is due when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The day that it is seen from.
    pub as_of: Date,
    /// The period after which keys are due that no override concerns.
    pub rotation: Period,
    /// How long before that they are due soon.
    pub notice: Period,
    /// Keys with their days, the earliest first.
    pub entries: Vec<Entry>,
    /// Keys that cannot be scheduled, since no date is known of them.
    pub unknown: Vec<usize>,
    /// How many keys are left out because they are revoked.
    pub revoked: usize,
}

impl Schedule {
    /// The schedule of an inventory under a policy, as seen from a day.
    #[must_use]
    pub fn new(inventory: &Inventory, policy: &Policy, as_of: Date) -> Self {
        let keys = inventory.keys();
        let base = policy.base();
        let mut schedule = Schedule {
            as_of,
            rotation: base.rotation,
            notice: base.notice,
            entries: Vec::new(),
            unknown: Vec::new(),
            revoked: 0,
        };
        let mut uids: HashMap<String, u32> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            if key.status == Field::Known(Status::Revoked) {
                schedule.revoked += 1;
                continue;
            }
            let Some(due) = policy.rotation_due(key) else {
                schedule.unknown.push(at);
                continue;
            };
            let date = day(due.at);
            // As an audit of that day has it.
            let moment = Day(as_of).end();
            let days = due.days_left(moment);
            let state = match () {
                () if due.is_over(moment) => State::Overdue,
                () if due.is_announced(moment) => State::Soon,
                () => State::Later,
            };
            let excused =
                due.check(moment).and_then(|check| policy.excuse(check, key, &reference(inventory, key), moment));
            let accepted = excused.map(|exception| Accepted {
                reason: exception.reason.clone(),
                until: exception.expires.map(|last| last.to_string()),
            });
            let state = if accepted.is_some() { State::Accepted } else { state };
            let (reason, period, or_earlier) = match due.reason {
                policy::Reason::Policy { basis, period, .. } => (Reason::Period, Some(period), basis != Basis::Stated),
                policy::Reason::Stated => (Reason::Stated, None, false),
                policy::Reason::Expires => (Reason::Expiry, None, false),
            };
            // No two events of a calendar may have the same, whatever the inventory leaves out.
            let uid = uid(key);
            let times = uids.entry(uid.clone()).or_default();
            *times += 1;
            let uid = if *times == 1 { uid } else { format!("{uid}-{times}") };
            schedule.entries.push(Entry { key: at, date, reason, period, or_earlier, accepted, state, days, uid });
        }
        let name = |at: usize| keys.get(at).map(|key| (key.provider.clone(), key.label()));
        schedule.entries.sort_by_cached_key(|entry| (entry.date, name(entry.key), entry.key));
        schedule
    }

    /// Writes it. `inventory` is the one that it was made of.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write(
        &self,
        format: Format,
        inventory: &Inventory,
        out: &mut dyn io::Write,
        style: &Style,
    ) -> io::Result<()> {
        output::write(format, self, inventory, out, style)
    }

    /// How many keys are in a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }
}

/// The identity of a key's event. A digest, since ids are nobody's business in a calendar that is shared, and since
/// some hold characters that programs choke on.
fn uid(key: &Key) -> String {
    let text = |field: &Field<crate::inventory::key::Text>| field.known().map_or_else(String::new, ToString::to_string);
    // Without an id only its name and owner tell it from others.
    let own = match &key.id {
        Field::Known(id) => format!("id\0{id}"),
        _ => format!("name\0{}\0{}", text(&key.name), text(&key.owner)),
    };
    let identity = format!("{}\0{}\0{}\0{own}", key.provider, key.kind, text(&key.account));
    hex::encode(&Sha256::digest(identity.as_bytes())[..16])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::*;

    pub fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    pub fn key(id: &str) -> Key {
        let mut key = Key::new("acme".into(), "key".into());
        key.id = Field::Known(id.into());
        key
    }

    fn inventory(keys: &[Key]) -> Inventory {
        let mut inventory = Inventory::new(crate::inventory::Options::default());
        keys.iter().for_each(|key| inventory.push(key.clone()));
        inventory
    }

    fn schedule(keys: &[Key], policy: &Policy, as_of: &str) -> Schedule {
        Schedule::new(&inventory(keys), policy, date(as_of))
    }

    fn on(key: &Key) -> Option<(String, Reason, bool)> {
        let schedule = schedule(std::slice::from_ref(key), &Policy::default(), "2026-01-01");
        schedule.entries.first().map(|entry| (entry.date.to_string(), entry.reason, entry.or_earlier))
    }

    #[test]
    fn the_day_is_the_earliest_of_the_stated_one_the_period_and_the_expiry() {
        let mut key = key("a");
        assert_eq!(on(&key), None);
        key.created = Field::Known(time("2026-01-01T12:00:00Z"));
        assert_eq!(on(&key), Some(("2026-04-01".into(), Reason::Period, false)));
        key.basis = Basis::Granted;
        assert_eq!(on(&key), Some(("2026-04-01".into(), Reason::Period, true)));
        key.rotated = Field::Known(time("2026-02-01T12:00:00Z"));
        assert_eq!(on(&key), Some(("2026-05-02".into(), Reason::Period, false)));
        key.expires = Field::Known(time("2026-03-01T23:59:59Z"));
        assert_eq!(on(&key), Some(("2026-03-01".into(), Reason::Expiry, false)));
        key.rotation_due = Field::Known(time("2026-02-20T00:00:00Z"));
        assert_eq!(on(&key), Some(("2026-02-20".into(), Reason::Stated, false)));
        key.status = Field::Known(Status::Revoked);
        assert_eq!(on(&key), None);
    }

    #[test]
    fn overrides_and_exceptions_of_the_policy_count() {
        let policy = crate::audit::policy::tests::policy(
            "[audit]\nrotation = 30\n[[audit.override]]\nname = \"slow\"\nrotation = \"never\"\n\
             [[audit.override]]\nname = \"fast\"\nrotation = 10\nnotice = 2\n\
             [[audit.exception]]\ncheck = \"rotation-overdue\"\nkey = \"plain\"\nreason = \"Moves in May\"\n\
             expires = 2026-02-15\n",
        );
        let keys = ["plain", "fast", "slow"].map(|name| {
            let mut key = key(name);
            key.name = Field::Known(name.into());
            key.created = Field::Known(time("2026-01-01T00:00:00Z"));
            key
        });
        let told = |as_of: &str| {
            let schedule = schedule(&keys, &policy, as_of);
            assert_eq!(schedule.unknown, [2]);
            schedule.entries.iter().map(|entry| (entry.date.to_string(), entry.state)).collect::<Vec<_>>()
        };
        let days = ["2026-01-11".to_owned(), "2026-01-31".to_owned()];
        let with = |states: [State; 2]| days.clone().into_iter().zip(states).collect::<Vec<_>>();
        assert_eq!(told("2026-01-08"), with([State::Later, State::Later]));
        assert_eq!(told("2026-01-09"), with([State::Soon, State::Later]));
        // The exception is about overdue keys, and ends.
        assert_eq!(told("2026-01-31"), with([State::Overdue, State::Soon]));
        assert_eq!(told("2026-02-15"), with([State::Overdue, State::Accepted]));
        assert_eq!(told("2026-02-16"), with([State::Overdue, State::Overdue]));
    }

    #[test]
    fn a_schedule_is_sorted_and_counts_what_it_leaves_out() {
        let mut keys = vec![key("late"), key("none"), key("gone"), key("soon"), key("over")];
        keys[0].rotation_due = Field::Known(time("2026-06-01T00:00:00Z"));
        keys[2].status = Field::Known(Status::Revoked);
        keys[3].rotation_due = Field::Known(time("2026-01-15T00:00:00Z"));
        keys[4].rotation_due = Field::Known(time("2025-12-31T00:00:00Z"));
        let schedule = schedule(&keys, &Policy::default(), "2026-01-01");
        let entries: Vec<_> = schedule.entries.iter().map(|entry| (entry.key, entry.state, entry.days)).collect();
        assert_eq!(entries, [(4, State::Overdue, -1), (3, State::Soon, 14), (0, State::Later, 151)]);
        assert_eq!((schedule.unknown, schedule.revoked), (vec![1], 1));
    }

    #[test]
    fn identities_are_stable_and_unique() {
        // Two that nothing tells apart, for lack of an id.
        let mut keys = vec![key(""), key(""), key("b")];
        keys.iter_mut().for_each(|key| key.rotation_due = Field::Known(time("2026-06-01T00:00:00Z")));
        keys.iter_mut().take(2).for_each(|key| key.id = Field::Unknown);
        let schedule = schedule(&keys, &Policy::default(), "2026-01-01");
        let mut uids: Vec<_> = schedule.entries.iter().map(|entry| entry.uid.clone()).collect();
        uids.sort();
        uids.dedup();
        assert_eq!(uids.len(), 3);
        // Written down: a change would double every event in calendars that people have.
        let mut renamed = key("a");
        renamed.name = Field::Known("renamed".into());
        assert_eq!(uid(&key("a")), uid(&renamed));
        assert_eq!(uid(&key("a")), "bb4c1655ce45cb3509f5d1f9d8719e26");
    }
}
