//! Values of `keytrail.toml` that are no plain TOML types: periods in days, and days of the calendar.

use std::borrow::Cow;
use std::fmt;

use bytesize::ByteSize;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The longest period, in days: a hundred years.
pub const MAX_DAYS: u32 = 36_525;

/// How long something may last: a number of days, or for ever (`"never"` is when it ends).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// So many days, from 1 to 36,525, a hundred years.
    Days(u32),
    /// Without end.
    Never,
}

impl Period {
    /// Its length; `None` for one without end.
    #[must_use]
    pub fn duration(self) -> Option<SignedDuration> {
        match self {
            Period::Days(days) => Some(days_long(days)),
            Period::Never => None,
        }
    }
}

/// So many days of 24 hours.
#[must_use]
pub fn days_long(days: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(days) * 24)
}

impl fmt::Display for Period {
    /// `90 days`, `1 day`, `no limit`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Days(1) => f.write_str("1 day"),
            Period::Days(days) => write!(f, "{days} days"),
            Period::Never => f.write_str("no limit"),
        }
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Period;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of days, or \"never\"")
            }

            fn visit_i64<E: de::Error>(self, days: i64) -> Result<Period, E> {
                match u32::try_from(days) {
                    Ok(days @ 1..=MAX_DAYS) => Ok(Period::Days(days)),
                    _ => Err(E::custom(format!(
                        "`{days}` is no number of days from 1 to {MAX_DAYS}; \"never\" switches the limit off"
                    ))),
                }
            }

            fn visit_u64<E: de::Error>(self, days: u64) -> Result<Period, E> {
                self.visit_i64(i64::try_from(days).unwrap_or(i64::MAX))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Period, E> {
                match text {
                    "never" => Ok(Period::Never),
                    _ => Err(E::custom(format!("`{text}` is no period; write a number of days, or \"never\""))),
                }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of days, or \"never\" for no limit.",
            "oneOf": [{ "type": "integer", "minimum": 1, "maximum": MAX_DAYS }, { "const": "never" }],
        })
    }
}

/// A number of bytes, more than none: a number, or a text with a unit: `"10M"` (10 million), `"10MiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The crate refuses minus signs and exponents. It would take a plus sign, and any white space in front of the
        // unit, line ends included.
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b' ');
        match text.parse::<ByteSize>() {
            Ok(size) if plain && size.as_u64() > 0 => Ok(Size(size.as_u64())),
            Ok(_) if plain => Err("a size of nothing would leave everything out".to_owned()),
            _ => Err("a size is a number with an optional unit: 1500, 10M, 1.5G, 1GiB".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes, or a text such as \"10M\"")
            }

            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<Size, E> {
                self.visit_str(&bytes.to_string())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of bytes, or a text with a unit: 10M, 1GiB.",
            "oneOf": [{ "type": "integer", "minimum": 1 }, { "type": "string" }],
        })
    }
}

/// A point in time: a day, of which the end is meant, or a time with its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayOrTime(pub Timestamp);

impl std::str::FromStr for DayOrTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(day) = text.parse::<Day>() {
            return Ok(DayOrTime(day.end()));
        }
        let wrong = || "a moment is a day, 2026-06-30, or a time with its zone, 2026-06-30T12:00:00Z".to_owned();
        text.parse().map(DayOrTime).map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for DayOrTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = DayOrTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day such as 2026-06-30, or a time with its zone")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DayOrTime, E> {
                text.parse().map_err(E::custom)
            }

            // How the TOML reader hands over its dates and times.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DayOrTime, A::Error> {
                let time = toml::value::Datetime::deserialize(de::value::MapAccessDeserializer::new(map))?;
                time.to_string().parse().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for DayOrTime {
    fn schema_name() -> Cow<'static, str> {
        "DayOrTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A date of TOML or a text, 2026-06-30, of which the end in UTC is meant; or a time with its \
                            zone, 2026-06-30T12:00:00Z.",
        })
    }
}

/// A day of the calendar, as a date of TOML or as a text: `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// The last second of it, in UTC: what ends on a day is valid on that day.
    #[must_use]
    pub fn end(self) -> Timestamp {
        let last = self.0.at(23, 59, 59, 0).to_zoned(TimeZone::UTC);
        last.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            });
        match text.parse::<Date>() {
            Ok(date) if shape => Ok(Day(date)),
            _ => Err(format!("`{text}` is no date; write one as 2026-12-31")),
        }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-12-31")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map_err(E::custom)
            }

            // How the TOML reader hands over its dates.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let date = toml::value::Datetime::deserialize(de::value::MapAccessDeserializer::new(map))?;
                date.to_string().parse().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "description": "A date of TOML, or a text: 2026-12-31." })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Both {
        day: Day,
        period: Period,
    }

    #[test]
    fn dates_and_periods_are_read() {
        for day in ["2026-12-31", "\"2026-12-31\""] {
            let both: Both = toml::from_str(&format!("day = {day}\nperiod = 90")).unwrap();
            assert_eq!((both.day.to_string().as_str(), both.period), ("2026-12-31", Period::Days(90)));
            assert_eq!(both.day.end().to_string(), "2026-12-31T23:59:59Z");
        }
        let both: Both = toml::from_str("day = 2026-01-01\nperiod = \"never\"").unwrap();
        assert_eq!((both.period, both.period.duration()), (Period::Never, None));
    }

    #[test]
    fn a_moment_is_the_end_of_a_day_or_a_time() {
        #[derive(Debug, Deserialize)]
        struct One {
            at: DayOrTime,
        }
        for (text, moment) in [
            ("2026-06-30", "2026-06-30T23:59:59Z"),
            ("\"2026-06-30\"", "2026-06-30T23:59:59Z"),
            ("2026-06-30T12:00:00+02:00", "2026-06-30T10:00:00Z"),
            ("\"2026-06-30T12:00:00Z\"", "2026-06-30T12:00:00Z"),
        ] {
            let one: One = toml::from_str(&format!("at = {text}")).unwrap();
            assert_eq!(one.at.0.to_string(), moment, "{text}");
        }
        for text in ["2026-06-30T12:00:00", "12:00:00", "\"30.6.2026\"", "7"] {
            assert!(toml::from_str::<One>(&format!("at = {text}")).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_an_error() {
        for text in [
            "day = 2026-12-31T10:00:00Z\nperiod = 1",
            "day = \"31.12.2026\"\nperiod = 1",
            "day = 2026-12-31\nperiod = 0",
            "day = 2026-12-31\nperiod = -1",
            "day = 2026-12-31\nperiod = 40000",
            "day = 2026-12-31\nperiod = \"always\"",
            "day = 2026-12-31\nperiod = 1.5",
        ] {
            let error = toml::from_str::<Both>(text).unwrap_err();
            assert!(error.span().is_some(), "{error}");
        }
    }
}
