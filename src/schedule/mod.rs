//! When keys are due for rotation, as a list by date, and as a calendar ([`ics`]).
//!
//! [`due`] is the rule for one key: the date that its inventory states, else so many days after its secret last
//! changed; its expiry where that comes earlier. A [`Schedule`] is that rule applied to an inventory on a day. Days are
//! those of UTC, and nothing depends on the clock: the same inventory and the same day give the same bytes.

pub mod ics;
pub mod output;

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::inventory::key::{Basis, Field, Key, Status};

/// The periods of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Periods {
    /// So many days after its secret last changed a key is due.
    pub rotation_days: u32,
    /// So many days before that it is due soon.
    pub notice_days: u32,
}

impl Default for Periods {
    /// 90 days, as CIS AWS Foundations 1.14 (v4.0.1) and CIS Google Cloud 1.7 (v4.0) have it, and 14 days' notice.
    fn default() -> Self {
        Periods { rotation_days: 90, notice_days: 14 }
    }
}

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

/// When a key is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// On this day.
    On {
        /// The day, in UTC.
        date: Date,
        /// Why.
        reason: Reason,
        /// Whether the key may be older than the date that was counted from, and so due earlier.
        or_earlier: bool,
    },
    /// No date is known that it could be told from.
    Unknown,
    /// It is revoked: there is nothing to rotate.
    Revoked,
}

/// When a key is due.
///
/// The date of [`Key::rotation_due`] counts; where the inventory states none, [`Key::rotated`] or [`Key::created`] and
/// the period after it. A known expiry that is earlier takes their place, since the key stops working then.
#[must_use]
pub fn due(key: &Key, periods: &Periods) -> Due {
    if key.status == Field::Known(Status::Revoked) {
        return Due::Revoked;
    }
    let period = SignedDuration::from_hours(24 * i64::from(periods.rotation_days));
    let rotation = match key.rotation_due {
        Field::Known(time) => Some((day(time), Reason::Stated, false)),
        Field::Empty | Field::Unknown => key.secret_since().map(|(since, basis)| {
            let time = since.checked_add(period).unwrap_or(Timestamp::MAX);
            (day(time), Reason::Period, basis != Basis::Stated)
        }),
    };
    let expiry = key.expires.known().map(|time| (day(*time), Reason::Expiry, false));
    let earlier = match (rotation, expiry) {
        (Some(rotation), Some(expiry)) => Some(if expiry.0 < rotation.0 { expiry } else { rotation }),
        (rotation, expiry) => rotation.or(expiry),
    };
    earlier.map_or(Due::Unknown, |(date, reason, or_earlier)| Due::On { date, reason, or_earlier })
}

/// The day of a time, in UTC.
#[must_use]
pub fn day(time: Timestamp) -> Date {
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
}

impl State {
    /// The name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            State::Overdue => "overdue",
            State::Soon => "soon",
            State::Later => "later",
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
    /// Whether it may have been due earlier.
    pub or_earlier: bool,
    /// How far away it is.
    pub state: State,
    /// How many days are left; negative where it is overdue.
    pub days: i32,
    /// The same in every calendar that names this key: made of provider, kind, account and id.
    pub uid: String,
}

/// What of an inventory is due when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The day that it is seen from.
    pub as_of: Date,
    /// The periods that were applied.
    pub periods: Periods,
    /// Keys with their days, the earliest first.
    pub entries: Vec<Entry>,
    /// Keys that cannot be scheduled, since no date is known of them.
    pub unknown: Vec<usize>,
    /// How many keys are left out because they are revoked.
    pub revoked: usize,
}

impl Schedule {
    /// The schedule of keys as seen from a day.
    #[must_use]
    pub fn new(keys: &[Key], periods: &Periods, as_of: Date) -> Self {
        let mut schedule = Schedule { as_of, periods: *periods, entries: Vec::new(), unknown: Vec::new(), revoked: 0 };
        let mut uids: HashMap<String, u32> = HashMap::new();
        for (at, key) in keys.iter().enumerate() {
            match due(key, periods) {
                Due::Revoked => schedule.revoked += 1,
                Due::Unknown => schedule.unknown.push(at),
                Due::On { date, reason, or_earlier } => {
                    let days = as_of.until(date).map_or(0, |span| span.get_days());
                    let notice = i32::try_from(periods.notice_days).unwrap_or(i32::MAX);
                    let state = match days {
                        ..0 => State::Overdue,
                        days if days <= notice => State::Soon,
                        _ => State::Later,
                    };
                    // No two events of a calendar may have the same, whatever the inventory leaves out.
                    let uid = uid(key);
                    let times = uids.entry(uid.clone()).or_default();
                    *times += 1;
                    let uid = if *times == 1 { uid } else { format!("{uid}-{times}") };
                    schedule.entries.push(Entry { key: at, date, reason, or_earlier, state, days, uid });
                }
            }
        }
        let name = |at: usize| keys.get(at).map(|key| (key.provider.clone(), key.label()));
        schedule.entries.sort_by_cached_key(|entry| (entry.date, name(entry.key), entry.key));
        schedule
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

    fn on(key: &Key) -> Option<(String, Reason, bool)> {
        match due(key, &Periods::default()) {
            Due::On { date, reason, or_earlier } => Some((date.to_string(), reason, or_earlier)),
            Due::Unknown | Due::Revoked => None,
        }
    }

    #[test]
    fn the_day_is_stated_or_follows_from_the_period_or_the_expiry() {
        let mut key = key("a");
        assert_eq!(due(&key, &Periods::default()), Due::Unknown);
        key.created = Field::Known(time("2026-01-01T12:00:00Z"));
        assert_eq!(on(&key), Some(("2026-04-01".into(), Reason::Period, false)));
        key.basis = Basis::Granted;
        assert_eq!(on(&key), Some(("2026-04-01".into(), Reason::Period, true)));
        key.rotated = Field::Known(time("2026-02-01T12:00:00Z"));
        assert_eq!(on(&key), Some(("2026-05-02".into(), Reason::Period, false)));
        key.expires = Field::Empty;
        assert_eq!(on(&key), Some(("2026-05-02".into(), Reason::Period, false)));
        key.expires = Field::Known(time("2026-03-01T23:59:59Z"));
        assert_eq!(on(&key), Some(("2026-03-01".into(), Reason::Expiry, false)));
        key.rotation_due = Field::Known(time("2026-02-20T00:00:00Z"));
        assert_eq!(on(&key), Some(("2026-02-20".into(), Reason::Stated, false)));
        key.rotation_due = Field::Known(time("2027-02-20T00:00:00Z"));
        assert_eq!(on(&key), Some(("2026-03-01".into(), Reason::Expiry, false)));
        key.status = Field::Known(Status::Revoked);
        assert_eq!(due(&key, &Periods::default()), Due::Revoked);
    }

    #[test]
    fn an_expiry_alone_is_a_day_too() {
        let mut key = key("a");
        key.expires = Field::Known(time("2026-03-01T00:00:00Z"));
        assert_eq!(on(&key), Some(("2026-03-01".into(), Reason::Expiry, false)));
    }

    #[test]
    fn a_schedule_is_sorted_and_counts_what_it_leaves_out() {
        let mut keys = vec![key("late"), key("none"), key("gone"), key("soon"), key("over")];
        keys[0].rotation_due = Field::Known(time("2026-06-01T00:00:00Z"));
        keys[2].status = Field::Known(Status::Revoked);
        keys[3].rotation_due = Field::Known(time("2026-01-15T00:00:00Z"));
        keys[4].rotation_due = Field::Known(time("2025-12-31T00:00:00Z"));
        let schedule = Schedule::new(&keys, &Periods::default(), date("2026-01-01"));
        let entries: Vec<_> = schedule.entries.iter().map(|entry| (entry.key, entry.state, entry.days)).collect();
        assert_eq!(entries, [(4, State::Overdue, -1), (3, State::Soon, 14), (0, State::Later, 151)]);
        assert_eq!((schedule.unknown, schedule.revoked), (vec![1], 1));
    }

    #[test]
    fn identities_are_stable_and_unique() {
        let mut keys = vec![key("a"), key("a"), key("b")];
        keys.iter_mut().for_each(|key| key.rotation_due = Field::Known(time("2026-06-01T00:00:00Z")));
        keys[1].name = Field::Known("renamed".into());
        let schedule = Schedule::new(&keys, &Periods::default(), date("2026-01-01"));
        let mut uids: Vec<_> = schedule.entries.iter().map(|entry| entry.uid.clone()).collect();
        uids.sort();
        uids.dedup();
        assert_eq!(uids.len(), 3);
        // Written down: a change would double every event in calendars that people have.
        assert_eq!(uid(&key("a")), uid(&keys[1]));
        assert_eq!(uid(&key("a")), "bb4c1655ce45cb3509f5d1f9d8719e26");
    }
}
