//! What checks look at: the keys with everything that is known beside them.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Place;
use super::compact::{Shared, Text};
use super::join::{Join, Leak, Match};
use super::policy::{Periods, Policy};
use super::run::Usage;
use crate::inventory::Inventory;
use crate::inventory::key::{Basis, Field, Key, Origin, Status};
use crate::inventory::successor::Successor;
use crate::report::visible;

/// Whether a key works at the moment of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// The inventory says so, and its time has not passed.
    Works,
    /// The inventory does not say.
    MayWork,
    /// It was asked for and not yet granted.
    Pending,
    /// It is switched off, and can be switched on again.
    Inactive,
    /// Its time has passed.
    Expired,
    /// It is gone for good.
    Revoked,
}

impl Life {
    /// The life of a key at a moment.
    #[must_use]
    pub fn of(key: &Key, as_of: Timestamp) -> Life {
        match key.status {
            Field::Known(Status::Revoked) => Life::Revoked,
            Field::Known(Status::Inactive) => Life::Inactive,
            Field::Known(Status::Expired) => Life::Expired,
            _ if key.expires.known().is_some_and(|&expires| expires <= as_of) => Life::Expired,
            Field::Known(Status::Pending) => Life::Pending,
            // A provider that has seen a key leaked says nothing of its end.
            Field::Known(Status::Active) => Life::Works,
            Field::Known(Status::Leaked) | Field::Empty | Field::Unknown => Life::MayWork,
        }
    }

    /// Whether it works, or may.
    #[must_use]
    pub fn may_work(self) -> bool {
        matches!(self, Life::Works | Life::MayWork)
    }

    /// In words, to go behind "it": `works`, `is revoked`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Life::Works => "works",
            Life::MayWork => "may work: the inventory does not say",
            Life::Pending => "is not granted yet",
            Life::Inactive => "is switched off",
            Life::Expired => "has expired",
            Life::Revoked => "is revoked",
        }
    }
}

/// Everything that checks may ask.
pub struct Context<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// The policy.
    pub policy: &'a Policy,
    /// The moment of which the audit speaks.
    pub as_of: Timestamp,
    /// What leaked, and which key it is.
    pub join: &'a Join<'a>,
    /// Whether something was scanned.
    pub scanned: bool,
    /// What call logs say about keys, by their index.
    pub usage: &'a HashMap<usize, Usage>,
    /// How reports name each key.
    pub references: Vec<Text>,
    /// What replaces each key.
    pub successors: Vec<Option<Successor>>,
    /// The paths of the files of the inventory.
    pub paths: Vec<Text>,
}

/// A key, with what belongs to it.
pub struct Subject<'a> {
    /// Its index in the inventory.
    pub index: usize,
    /// The key.
    pub key: &'a Key,
    /// Its life.
    pub life: Life,
    /// The periods that hold for it.
    pub periods: Periods,
    /// What leaked and is it, or may be.
    pub matches: &'a [Match],
    /// What call logs say.
    pub usage: Option<&'a Usage>,
    /// What replaces it.
    pub successor: Option<Successor>,
}

impl<'a> Context<'a> {
    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &'a [Key] {
        self.inventory.keys()
    }

    /// A key with what belongs to it.
    #[must_use]
    pub fn subject(&self, index: usize) -> Option<Subject<'_>> {
        let key = self.keys().get(index)?;
        Some(Subject {
            index,
            key,
            life: Life::of(key, self.as_of),
            periods: self.policy.periods(key),
            matches: self.join.of_key(index),
            usage: self.usage.get(&index),
            successor: self.successors.get(index).copied().flatten(),
        })
    }

    /// How reports name a key.
    #[must_use]
    pub fn reference(&self, index: usize) -> &str {
        self.references.get(index).map_or("", Text::as_str)
    }

    /// A leak.
    #[must_use]
    pub fn leak(&self, index: usize) -> Option<&Leak<'a>> {
        self.join.leaks().get(index)
    }

    /// An origin with the path of its file.
    #[must_use]
    pub fn place(&self, origin: Origin) -> Place {
        let path = self.paths.get(origin.source.0 as usize).cloned().unwrap_or_default();
        Place { path, line: origin.line, column: origin.column.max(u32::from(origin.line > 0)) }
    }

    /// Where a key stands, the first place first.
    #[must_use]
    pub fn places(&self, key: &Key) -> Shared<Place> {
        key.origins().map(|origin| self.place(origin)).collect()
    }

    /// Days of the calendar from that of a moment to that of the audit; negative for days to come.
    #[must_use]
    pub fn days_since(&self, time: Timestamp) -> i64 {
        days_between(time, self.as_of)
    }

    /// Whether more days have passed since a moment than a period allows: what is allowed for 90 days is so on all of
    /// the ninetieth.
    #[must_use]
    pub fn is_longer_ago(&self, time: Timestamp, period: SignedDuration) -> bool {
        self.days_since(time) > whole_days(period)
    }
}

/// How many days of the calendar, in UTC, the day of one moment lies behind that of another; negative where it lies
/// before. Checks, rotations, schedules and pages count with nothing else, so that none of them is a day off.
#[must_use]
pub fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    let number = |time: Timestamp| time.as_second().div_euclid(86_400);
    number(to) - number(from)
}

/// The whole days of a period.
#[must_use]
pub fn whole_days(period: SignedDuration) -> i64 {
    period.as_hours().div_euclid(24)
}

/// How long ago something was: `today`, `1 day ago`, `3 days ago`.
#[must_use]
pub fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1.. => format!("{} ago", counted_days(days)),
        _ => format!("in {}", counted_days(-days)),
    }
}

/// The day of a moment, in UTC: `2026-01-31`.
#[must_use]
pub fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// A moment as documents write it: RFC 3339 in UTC, whole seconds.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `1 day`, `3 days`.
#[must_use]
pub fn counted_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// A text of the inventory, as a sentence may quote it.
#[must_use]
pub fn quote(text: &str) -> String {
    format!("`{}`", visible::line(text.trim()))
}

/// Texts of the inventory as a list: `` `a`, `b` and 3 more ``.
#[must_use]
pub fn quote_all<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    /// More are counted.
    const MAX: usize = 8;
    let all: Vec<String> = texts.into_iter().map(quote).collect();
    match all.len() {
        n if n > MAX => format!("{} and {} more", all[..MAX].join(", "), n - MAX),
        _ => all.join(", "),
    }
}

/// How reports name a key: provider, kind and id; without an id its name, else where it stands. Nothing in it looks
/// like a key.
#[must_use]
pub fn reference(inventory: &Inventory, key: &Key) -> String {
    let name = match (&key.id, &key.name) {
        (Field::Known(id), _) => visible::line(id).into_owned(),
        (_, Field::Known(name)) => visible::line(name).into_owned(),
        _ => {
            let path = inventory.source(key.origin.source).map_or("?", |source| source.path.as_str());
            format!("{}:{}", visible::line(path), key.origin.line)
        }
    };
    format!("{}/{}/{name}", visible::line(&key.provider), visible::line(&key.kind))
}

/// What a date that is not the creation means, to go behind an age: ` or more`.
#[must_use]
pub fn or_more(basis: Basis) -> &'static str {
    match basis {
        Basis::Stated | Basis::ValidFrom => "",
        Basis::Granted => " or more",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_the_calendar_and_count_down_below_zero() {
        let from = at("2026-01-10T12:00:00Z");
        assert_eq!(days_between(from, at("2026-01-10T00:00:00Z")), 0);
        assert_eq!(days_between(from, at("2026-01-10T23:59:59Z")), 0);
        assert_eq!(days_between(from, at("2026-01-11T00:00:00Z")), 1);
        assert_eq!(days_between(from, at("2026-01-09T23:59:59Z")), -1);
        assert_eq!([-1, 0, 1, 2].map(ago), ["in 1 day", "today", "1 day ago", "2 days ago"]);
        assert_eq!((day(from).as_str(), moment(from).as_str()), ("2026-01-10", "2026-01-10T12:00:00Z"));
    }

    #[test]
    fn life_ends_with_its_time_and_unknown_is_no_end() {
        let now = at("2026-01-10T00:00:00Z");
        let mut key = Key::new("a".into(), "b".into());
        assert_eq!(Life::of(&key, now), Life::MayWork);
        key.status = Field::Known(Status::Active);
        key.expires = Field::Known(at("2026-01-10T00:00:01Z"));
        assert_eq!(Life::of(&key, now), Life::Works);
        key.expires = Field::Known(now);
        assert_eq!(Life::of(&key, now), Life::Expired);
        key.status = Field::Known(Status::Inactive);
        assert_eq!(Life::of(&key, now), Life::Inactive);
    }
}
