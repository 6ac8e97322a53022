//! A schedule as an iCalendar file (RFC 5545): an all-day event for each key, with reminders 14 and 3 days before.
//!
//! The time stamp of every event is the day that the schedule is seen from, and its identity is that of the key, so
//! that a calendar which is imported again moves events instead of doubling them. No text holds a key or a part of one.

use std::fmt::Write as _;

use chrono::Duration;
use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _, Property};
use jiff::civil::Date;

use super::{Entry, Reason, Schedule};
use crate::inventory::Inventory;
use crate::inventory::key::{Field, Key, Text};
use crate::report::visible;

/// How many days before its day a key is called to mind.
pub const REMINDERS: &[i64] = &[14, 3];

/// Lines of the file are folded behind so many octets (RFC 5545, section 3.1).
const FOLD: usize = 75;

/// The calendar of a schedule.
#[must_use]
pub fn calendar(schedule: &Schedule, inventory: &Inventory) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//keytrail//keytrail schedule//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        .append_property(("X-WR-CALNAME", "Key rotation"));
    let stamp = format!("{}T000000Z", compact(schedule.as_of));
    for entry in &schedule.entries {
        if let Some(key) = inventory.keys().get(entry.key) {
            calendar.push(event(schedule, entry, key, &stamp));
        }
    }
    folded(&calendar.to_string())
}

fn event(schedule: &Schedule, entry: &Entry, key: &Key, stamp: &str) -> Event {
    let name = plain(&key.label());
    let summary = match entry.reason {
        Reason::Expiry => format!("Rotate key before it expires: {name} ({})", plain(&key.provider)),
        Reason::Stated | Reason::Period => format!("Rotate key: {name} ({})", plain(&key.provider)),
    };
    let uid = format!("{}@keytrail", entry.uid);
    let tomorrow = entry.date.tomorrow().unwrap_or(entry.date);
    let mut event = Event::new();
    event
        .uid(&uid)
        .summary(&summary)
        .description(&description(schedule, entry, key))
        .add_property("DTSTAMP", stamp)
        .append_property(day("DTSTART", entry.date))
        // The end of an all-day event is the day behind it (section 3.6.1).
        .append_property(day("DTEND", tomorrow))
        // A due date makes nobody busy.
        .add_property("TRANSP", "TRANSPARENT")
        .add_property("CATEGORIES", "Key rotation");
    for days in REMINDERS {
        let mut alarm = Alarm::display(&format!("In {days} days: {summary}"), -Duration::days(*days));
        // A time of the clock and a random identity would stand here otherwise.
        alarm.add_property("DTSTAMP", stamp);
        alarm.add_property("UID", format!("{}-{days}@keytrail", entry.uid));
        alarm.add_property("TRIGGER", format!("-P{days}D"));
        event.alarm(alarm.done());
    }
    event.done()
}

fn day(name: &str, date: Date) -> Property {
    Property::new(name, compact(date)).add_parameter("VALUE", "DATE").done()
}

fn compact(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// What to do, in words.
fn description(schedule: &Schedule, entry: &Entry, key: &Key) -> String {
    let mut text = match entry.reason {
        Reason::Stated => "The inventory states this day for the rotation.".to_owned(),
        Reason::Period => {
            let earlier = if entry.or_earlier { " It may be older, and overdue." } else { "" };
            format!("Its secret is {} old on this day.{earlier}", entry.period.unwrap_or(schedule.rotation))
        }
        Reason::Expiry => "It expires on this day and stops working.".to_owned(),
    };
    if let Some(accepted) = &entry.accepted {
        let until = accepted.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            " An exception accepts that it is late{until}: {}.",
            plain(&accepted.reason).trim_end_matches('.')
        );
    }
    text.push_str("\n\n");
    let fields = [
        ("Provider", Some(plain(&key.provider))),
        ("Kind", Some(plain(&key.kind))),
        ("Key", key.name.known().map(|text| plain(text))),
        ("Id", key.id.known().map(|text| plain(text))),
        ("Account", known(&key.account)),
        ("Owner", known(&key.owner)),
        ("Environment", known(&key.environment)),
        ("Used by", key.integrations.known().map(|list| plain(&list.join(", ")))),
    ];
    for (label, value) in fields {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{label}: {value}");
        }
    }
    text.push('\n');
    for (number, step) in STEPS.iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", number + 1);
    }
    text.trim_end().to_owned()
}

/// The steps of a rotation.
pub const STEPS: &[&str] = &[
    "Schedule: agree on the day with the owner and everybody who uses the key.",
    "Generate: create the new key with the same scopes or narrower ones, and an expiry.",
    "Implement: put it into every place that uses the old one: secret store, pipelines, servers. Never into code.",
    "Verify: the new key works everywhere, and the old one is no longer used.",
    "Revoke: delete the old key, and note the rotation in the inventory.",
];

fn known(field: &Field<Text>) -> Option<String> {
    field.known().map(|text| plain(text))
}

/// A text of an inventory for one line. Carriage returns are not escaped by the calendar's writer.
fn plain(text: &str) -> String {
    visible::line(text).into_owned()
}

/// Folds lines anew: the writer's last part of a line has an octet too many.
fn folded(calendar: &str) -> String {
    let mut out = String::with_capacity(calendar.len() + calendar.len() / 32);
    for line in calendar.replace("\r\n ", "").split_terminator("\r\n") {
        let mut room = FOLD;
        for c in line.chars() {
            if c.len_utf8() > room {
                out.push_str("\r\n ");
                room = FOLD - 1;
            }
            room -= c.len_utf8();
            out.push(c);
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folding_loses_nothing(lines in proptest::collection::vec("[a-zä€😀 ;]{0,300}", 1..5)) {
            // A line may begin with a blank only where it continues another.
            let lines: Vec<String> = lines.into_iter().map(|line| format!("X:{line}")).collect();
            let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let out = folded(&text);
            prop_assert!(out.split("\r\n").all(|line| line.len() <= FOLD));
            prop_assert_eq!(out.replace("\r\n ", ""), text.clone());
            prop_assert_eq!(folded(&out), out);
        }
    }
}
