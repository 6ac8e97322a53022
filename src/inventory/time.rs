//! Times as exports write them: RFC 3339 and 2822, dates in local orders, epoch numbers, spreadsheet serials, and the
//! words that stand for "never" and for "not known".
//!
//! Nothing here guesses between two readings. Whether `01/02/2024` is in January or in February is decided for a whole
//! column, by its other cells ([`Column`]) or by whoever asks; until then the cell is [`Reading::Ambiguous`].

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::key::Field;
use super::words;

/// How a column writes dates made of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// Day, month, year: 31/12/2026
    DayFirst,
    /// Month, day, year: 12/31/2026
    MonthFirst,
}

/// What a cell says about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A time, nothing, or a statement that there is none.
    Is(Field<Timestamp>),
    /// A date that depends on the order: its time by day first and by month first.
    Ambiguous(Timestamp, Timestamp),
    /// A date of two numbers that settles the order.
    Decided(Timestamp, DateOrder),
    /// No time; the reason continues the sentence "`value` is no time: …".
    Not(&'static str),
}

/// What is needed to read local times.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// Whether a date without a time of day stands for the end of that day rather than its start.
    pub end_of_day: bool,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { zone: TimeZone::UTC, end_of_day: false }
    }
}

/// From here on an epoch number counts milliseconds; 10^11 seconds lie in the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;
/// From here on it counts microseconds.
const MICROSECONDS_FROM: i64 = 100_000_000_000_000;
/// From here on it counts nanoseconds.
const NANOSECONDS_FROM: i64 = 100_000_000_000_000_000;

/// A number of seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by its size.
#[must_use]
pub fn epoch(number: i64) -> Reading {
    let time = match number {
        i64::MIN..0 => return Reading::Not("a negative number of seconds"),
        0..MILLISECONDS_FROM => Timestamp::from_second(number),
        MILLISECONDS_FROM..MICROSECONDS_FROM => Timestamp::from_millisecond(number),
        MICROSECONDS_FROM..NANOSECONDS_FROM => Timestamp::from_microsecond(number),
        NANOSECONDS_FROM.. => Timestamp::from_nanosecond(i128::from(number)),
    };
    match time {
        Ok(time) => Reading::Is(Field::Known(time)),
        Err(_) => Reading::Not("a number outside the calendar"),
    }
}

/// A number of seconds with a fraction, as the older AWS command line prints times.
#[must_use]
pub fn epoch_fraction(number: f64) -> Reading {
    if !number.is_finite() || number < 0.0 || number >= MILLISECONDS_FROM as f64 * 1000.0 {
        return Reading::Not("a number outside the calendar");
    }
    if number >= MILLISECONDS_FROM as f64 {
        return epoch(number as i64);
    }
    match SignedDuration::try_from_secs_f64(number).map(Timestamp::from_duration) {
        Ok(Ok(time)) => Reading::Is(Field::Known(round(time))),
        _ => Reading::Not("a number outside the calendar"),
    }
}

/// A fraction that came through a binary number is exact to a microsecond at most.
fn round(time: Timestamp) -> Timestamp {
    time.round(jiff::Unit::Millisecond).unwrap_or(time)
}

/// What a cell says.
#[must_use]
pub fn read(text: &str, clock: &Clock) -> Reading {
    let text = text.trim();
    // The most frequent form by far, and the one with the quickest reader.
    if text.len() >= 19
        && text.as_bytes()[4] == b'-'
        && let Ok(time) = text.parse::<Timestamp>()
    {
        return known(time);
    }
    if words::is_blank(text) {
        return Reading::Is(Field::Unknown);
    }
    if words::is_never(text) {
        return Reading::Is(Field::Empty);
    }
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) {
        return number(text);
    }
    if let Some(whole) = bytes.iter().position(|&b| b == b'.')
        && whole >= 9
        && bytes[..whole].iter().chain(&bytes[whole + 1..]).all(u8::is_ascii_digit)
    {
        return text.parse().map_or(Reading::Not("a number outside the calendar"), epoch_fraction);
    }
    if let Some(reading) = year_first(text, clock) {
        return reading;
    }
    if let Ok(time) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return known(time);
    }
    if let Some(reading) = numbers(text, clock) {
        return reading;
    }
    if let Some(reading) = month_by_name(text, clock) {
        return reading;
    }
    if words::is_relative(text) {
        return Reading::Not("it counts from a day that the file does not name; export absolute dates");
    }
    Reading::Not("neither a date nor a word for none")
}

/// A time that a source states, with the two that stand for something else.
fn known(time: Timestamp) -> Reading {
    // 9999-12-31 is how some providers write "never expires"; year 1 is an unset time of Go and .NET programs.
    const FAR_FUTURE: i64 = 253_370_764_800; // 9999-01-01
    const YEAR_TWO: i64 = -62_104_060_800 + 365 * 86_400;
    match time.as_second() {
        FAR_FUTURE.. => Reading::Is(Field::Empty),
        ..YEAR_TWO => Reading::Is(Field::Unknown),
        _ => Reading::Is(Field::Known(time)),
    }
}

fn number(text: &str) -> Reading {
    /// Days since 1899-12-30, which spreadsheets show dates as when the format of a cell is lost; 1982 to 2119.
    const SERIALS: std::ops::Range<i64> = 30_000..80_000;
    match text.parse::<i64>() {
        Ok(number) if SERIALS.contains(&number) => {
            let start = Date::constant(1899, 12, 30);
            let date = start.checked_add(SignedDuration::from_hours(24 * number));
            match date.map(|date| date.to_zoned(TimeZone::UTC)) {
                Ok(Ok(time)) => known(time.timestamp()),
                _ => Reading::Not("a number outside the calendar"),
            }
        }
        // `20240131`
        Ok(number) if text.len() == 8 && (19_700_101..99_991_231).contains(&number) => {
            match civil(number / 10_000, number / 100 % 100, number % 100) {
                Some(date) => at(date, Time::midnight(), &TimeZone::UTC).map_or(Reading::Not("no day"), known),
                None => epoch(number),
            }
        }
        Ok(number) if number > 80_000 || number == 0 => epoch(number),
        Ok(_) => Reading::Not("a number too small to be a time"),
        Err(_) => Reading::Not("a number outside the calendar"),
    }
}

fn civil(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn at(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(DateTime::from_parts(date, time)).ok()
}

/// What stands behind a date: a time of day and a zone, both optional.
struct Rest {
    time: Option<Time>,
    zone: Option<TimeZone>,
}

impl Rest {
    fn timestamp(&self, date: Date, clock: &Clock) -> Option<Timestamp> {
        // Year 9999 does not fit a timestamp in every zone; it means the same in all of them.
        if date.year() == 9999 {
            return Some(Timestamp::MAX);
        }
        let zone = self.zone.as_ref().unwrap_or(&clock.zone);
        let time = match self.time {
            Some(time) => time,
            None if clock.end_of_day => Time::constant(23, 59, 59, 0),
            None => Time::midnight(),
        };
        at(date, time, zone)
    }
}

/// `2024-01-31`, `2024/01/31`, `2024-01-31 10:00`, `2024-01-31T10:00:00.123+0100`, `… UTC`.
fn year_first(text: &str, clock: &Clock) -> Option<Reading> {
    let separator = *text.as_bytes().get(4)?;
    if !matches!(separator, b'-' | b'/' | b'.') || !text.as_bytes()[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut parts = text.splitn(3, char::from(separator));
    let (year, month, tail) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = tail.split_at(digits);
    let date = civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let Some(date) = date else { return Some(Reading::Not("there is no such day")) };
    Some(match rest_of(rest) {
        Some(rest) => rest.timestamp(date, clock).map_or(Reading::Not("a time outside the calendar"), known),
        None => Reading::Not("the time of day cannot be read"),
    })
}

/// `31.12.2026`, `31-12-2026 10:00`, `12/31/2026 1:30 PM`, `31.12.26`.
fn numbers(text: &str, clock: &Clock) -> Option<Reading> {
    let separator = text.bytes().find(|b| !b.is_ascii_digit())?;
    if !matches!(separator, b'.' | b'/' | b'-') {
        return None;
    }
    let mut parts = text.splitn(3, char::from(separator));
    let (first, second, tail) = (parts.next()?, parts.next()?.trim(), parts.next()?.trim_start());
    let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = tail.split_at(digits);
    if first.len() > 2 || second.len() > 2 || !matches!(year.len(), 2 | 4) {
        return None;
    }
    let (first, second): (i64, i64) = (first.parse().ok()?, second.parse().ok()?);
    let year: i64 = if year.len() == 2 { 2000 + year.parse::<i64>().ok()? } else { year.parse().ok()? };
    let Some(rest) = rest_of(rest) else { return Some(Reading::Not("the time of day cannot be read")) };
    let timestamp = |day, month| civil(year, month, day).and_then(|date| rest.timestamp(date, clock));
    let (day_first, month_first) = (timestamp(first, second), timestamp(second, first));
    Some(match (day_first, month_first) {
        // Nobody writes the month first with full stops.
        (Some(time), _) if separator == b'.' => known(time),
        (_, _) if separator == b'.' => Reading::Not("there is no such day"),
        (Some(a), Some(b)) if a == b => known(a),
        (Some(a), Some(b)) => Reading::Ambiguous(a, b),
        (Some(time), None) => Reading::Decided(time, DateOrder::DayFirst),
        (None, Some(time)) => Reading::Decided(time, DateOrder::MonthFirst),
        (None, None) => Reading::Not("there is no such day"),
    })
}

/// `Dec 31, 2026`, `31 Dec 2026 10:00`, `31. Dezember 2026`, `31 mei 2026`.
fn month_by_name(text: &str, clock: &Clock) -> Option<Reading> {
    let mut words = text.splitn(4, [' ', '\u{a0}']).filter(|word| !word.is_empty()).peekable();
    let mut first = words.next()?;
    // `Mon, 1 Jan 2024`, `Montag, 1. Januar 2024`
    let weekday = first.ends_with(',') && !first.starts_with(|c: char| c.is_ascii_digit()) && month(first).is_none();
    if weekday {
        return month_by_name(text[first.len()..].trim_start(), clock);
    }
    let second = words.next()?;
    let third = words.next()?;
    let rest = words.next().unwrap_or("");
    let day_and_month = match (month(first), month(second)) {
        (None, Some(month)) => Some((first, month)),
        (Some(month), _) => {
            first = second;
            Some((first, month))
        }
        (None, None) => None,
    };
    let (day, month) = day_and_month?;
    let day = day.trim_end_matches(['.', ',']);
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    let year = third.trim_end_matches(',');
    let date = civil(year.parse().ok()?, i64::from(month), day.parse().ok()?);
    let Some(date) = date else { return Some(Reading::Not("there is no such day")) };
    let rest = rest.trim_start_matches("at ").trim_start_matches("um ").trim_start_matches("om ");
    Some(match rest_of(rest) {
        Some(rest) => rest.timestamp(date, clock).map_or(Reading::Not("a time outside the calendar"), known),
        None => Reading::Not("the time of day cannot be read"),
    })
}

/// The month of an English, German or Dutch name or its abbreviation.
fn month(word: &str) -> Option<i8> {
    const STARTS: &[(&str, i8)] = &[
        ("jan", 1),
        ("jän", 1),
        ("feb", 2),
        ("mar", 3),
        ("mär", 3),
        ("mrt", 3),
        ("maa", 3),
        ("mrz", 3),
        ("apr", 4),
        ("may", 5),
        ("mai", 5),
        ("mei", 5),
        ("jun", 6),
        ("jul", 7),
        ("aug", 8),
        ("sep", 9),
        ("oct", 10),
        ("okt", 10),
        ("nov", 11),
        ("dec", 12),
        ("dez", 12),
    ];
    let word = word.trim_end_matches(['.', ',']).to_lowercase();
    let letters = word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
    STARTS.iter().find(|(start, _)| letters && word.starts_with(start)).map(|&(_, month)| month)
}

/// A time of day and a zone, or nothing; `None` for anything else.
fn rest_of(text: &str) -> Option<Rest> {
    let mut text = text.trim_start_matches([',', 'T', 't', ' ', '\u{a0}', '\u{202f}']).trim();
    if text.is_empty() {
        return Some(Rest { time: None, zone: None });
    }
    let clock = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.' && c != ',').unwrap_or(text.len());
    let (digits, mut tail) = text.split_at(clock);
    let mut fields = digits.trim_end_matches(',').splitn(3, ':');
    let hour: i8 = fields.next()?.parse().ok()?;
    let minute: i8 = fields.next()?.parse().ok()?;
    let seconds = fields.next().unwrap_or("0");
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let second: i8 = second.parse().ok()?;
    let mut nanosecond = 0i32;
    for position in 0..9 {
        let digit = match fraction.as_bytes().get(position) {
            Some(digit @ b'0'..=b'9') => i32::from(digit - b'0'),
            Some(_) => return None,
            None => 0,
        };
        nanosecond = nanosecond * 10 + digit;
    }
    tail = tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let mut hour = hour;
    for (name, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true), ("uhr", false)] {
        if tail.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            if name != "uhr" {
                if !(1..=12).contains(&hour) {
                    return None;
                }
                hour = hour % 12 + if afternoon { 12 } else { 0 };
            }
            tail = tail[name.len()..].trim_start();
            break;
        }
    }
    text = tail.trim_matches(['(', ')', ' ']);
    let zone = if text.is_empty() { None } else { Some(zone(text)?) };
    let time = Time::new(hour, minute, second.min(59), nanosecond).ok()?;
    Some(Rest { time: Some(time), zone })
}

/// The zone of a name or an offset: `UTC`, `Z`, `+01:00`, `+0100`, `CET`, `Europe/Berlin`.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let fixed = |hours: i8| Some(TimeZone::fixed(jiff::tz::offset(hours)));
    // Abbreviations mean one thing only where they are listed here; `IST` and its like are not.
    match name.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" | "WET" => return Some(TimeZone::UTC),
        "CET" | "MEZ" => return fixed(1),
        "CEST" | "MESZ" | "EET" => return fixed(2),
        "EEST" => return fixed(3),
        "EST" => return fixed(-5),
        "EDT" => return fixed(-4),
        "PST" => return fixed(-8),
        "PDT" => return fixed(-7),
        _ => {}
    }
    let digits = name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")).unwrap_or(name).trim();
    if let Some(sign) = digits.chars().next().filter(|c| matches!(c, '+' | '-' | '−')) {
        let digits: String = digits.chars().skip(1).filter(|c| *c != ':').collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (hours, minutes): (i32, i32) = match digits.len() {
            1 | 2 => (digits.parse().ok()?, 0),
            4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
            _ => return None,
        };
        let seconds = (hours * 60 + minutes) * 60 * if sign == '+' { 1 } else { -1 };
        return jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed);
    }
    name.contains('/').then(|| TimeZone::get(name).ok()).flatten()
}

/// What the cells of one column have shown about its order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    day_first: bool,
    month_first: bool,
}

impl Column {
    /// Takes note of a cell that settles the order.
    pub fn saw(&mut self, order: DateOrder) {
        match order {
            DateOrder::DayFirst => self.day_first = true,
            DateOrder::MonthFirst => self.month_first = true,
        }
    }

    /// The order, once cells have shown it and none contradicts.
    #[must_use]
    pub fn order(self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether its cells contradict each other.
    #[must_use]
    pub fn is_mixed(self) -> bool {
        self.day_first && self.month_first
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        match read(text, &Clock::default()) {
            Reading::Is(Field::Known(time)) => time.to_string(),
            Reading::Is(Field::Empty) => "never".into(),
            Reading::Is(Field::Unknown) => "unknown".into(),
            Reading::Ambiguous(a, b) => format!("{a} or {b}"),
            Reading::Decided(time, order) => format!("{time} {order:?}"),
            Reading::Not(why) => format!("not: {why}"),
        }
    }

    #[test]
    fn the_forms_that_providers_use() {
        for (written, time) in [
            ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
            ("2024-01-31T10:00:00.1234567Z", "2024-01-31T10:00:00.1234567Z"),
            ("2024-01-31T10:00:00.123456+00:00", "2024-01-31T10:00:00.123456Z"),
            ("2024-01-31T10:00:00.000-07:00", "2024-01-31T17:00:00Z"),
            ("2024-01-31T10:00:00.000+0100", "2024-01-31T09:00:00Z"),
            ("2024-01-31T10:00:00", "2024-01-31T10:00:00Z"),
            ("2024-01-31 10:00:00", "2024-01-31T10:00:00Z"),
            ("2024-01-31 10:00:00 UTC", "2024-01-31T10:00:00Z"),
            ("2024-01-31 10:00", "2024-01-31T10:00:00Z"),
            ("2024-01-31", "2024-01-31T00:00:00Z"),
            ("2024/1/31", "2024-01-31T00:00:00Z"),
            ("20240131", "2024-01-31T00:00:00Z"),
            ("Mon, 01 Jan 2024 10:00:00 +0000", "2024-01-01T10:00:00Z"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000000", "2023-11-14T22:13:20Z"),
            ("1700000000000000", "2023-11-14T22:13:20Z"),
            ("1700000000.123", "2023-11-14T22:13:20.123Z"),
            ("45292", "2024-01-01T00:00:00Z"),
            ("31.12.2026", "2026-12-31T00:00:00Z"),
            ("1.2.2026 9:05", "2026-02-01T09:05:00Z"),
            ("31.12.26", "2026-12-31T00:00:00Z"),
            ("31.12.2026, 14:30 Uhr", "2026-12-31T14:30:00Z"),
            ("Dec 31, 2026", "2026-12-31T00:00:00Z"),
            ("December 31, 2026 at 1:05 PM", "2026-12-31T13:05:00Z"),
            ("31. Dezember 2026", "2026-12-31T00:00:00Z"),
            ("31 mrt 2026 10:00 CET", "2026-03-31T09:00:00Z"),
            ("Montag, 1. Januar 2024", "2024-01-01T00:00:00Z"),
            ("05/05/2024", "2024-05-05T00:00:00Z"),
        ] {
            assert_eq!(text(written), time, "{written}");
        }
    }

    #[test]
    fn the_words_for_never_and_for_unknown_stay_apart() {
        for never in ["never", "Never used", "nie", "noch nie", "nooit", "No expiration", "9999-12-31T23:59:59Z"] {
            assert_eq!(text(never), "never", "{never}");
        }
        for unknown in ["", " ", "N/A", "no_information", "not_supported", "-", "—", "null", "0001-01-01T00:00:00Z"] {
            assert_eq!(text(unknown), "unknown", "{unknown}");
        }
    }

    #[test]
    fn two_readings_are_never_guessed_between() {
        assert_eq!(text("01/02/2024"), "2024-02-01T00:00:00Z or 2024-01-02T00:00:00Z");
        assert_eq!(text("13-02-2024"), "2024-02-13T00:00:00Z DayFirst");
        assert_eq!(text("02/13/2024 1:30 PM"), "2024-02-13T13:30:00Z MonthFirst");
        for not in ["13/13/2024", "2024-02-30", "32.1.2024", "soon", "12.31.2026", "3 days ago", "-5", "17", "1e9"] {
            assert!(text(not).starts_with("not: "), "{not}: {}", text(not));
        }
    }

    #[test]
    fn local_times_are_those_of_their_zone() {
        let berlin = Clock { zone: zone("Europe/Berlin").unwrap(), end_of_day: false };
        let time = |text| match read(text, &berlin) {
            Reading::Is(Field::Known(time)) => time.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(time("01.07.2024 12:00"), "2024-07-01T10:00:00Z");
        assert_eq!(time("01.01.2024"), "2023-12-31T23:00:00Z");
        assert_eq!(time("2024-07-01 12:00 UTC"), "2024-07-01T12:00:00Z");
        let end = Clock { end_of_day: true, ..Clock::default() };
        assert_eq!(read("2024-01-31", &end), Reading::Is(Field::Known("2024-01-31T23:59:59Z".parse().unwrap())));
        assert!(zone("IST").is_none() && zone("Moon/Base").is_none() && zone("+1:0:0").is_none());
    }

    #[test]
    fn a_column_knows_its_order_once_its_cells_agree() {
        let mut column = Column::default();
        assert_eq!(column.order(), None);
        column.saw(DateOrder::DayFirst);
        assert_eq!(column.order(), Some(DateOrder::DayFirst));
        column.saw(DateOrder::MonthFirst);
        assert!(column.order().is_none() && column.is_mixed());
    }

    proptest! {
        #[test]
        fn any_text_has_a_reading(text in "\\PC{0,40}") {
            let _ = read(&text, &Clock::default());
        }

        #[test]
        fn any_mixture_of_date_parts_has_a_reading(
            text in "[0-9]{0,5}[-/. :,T][0-9]{0,3}[-/. :,][0-9]{0,5}[ T,]?[0-9:.]{0,12} ?(Z|UTC|PM|[+-][0-9:]{0,6})?",
        ) {
            let _ = read(&text, &Clock::default());
        }

        #[test]
        fn what_is_printed_is_read_back(second in 86_400i64 * 1000..253_000_000_000i64, nanos in 0i32..1_000_000_000) {
            let time = Timestamp::new(second, nanos).unwrap();
            prop_assert_eq!(read(&time.to_string(), &Clock::default()), Reading::Is(Field::Known(time)));
        }

        #[test]
        fn any_number_has_a_reading(number: i64, fraction: f64) {
            let _ = (epoch(number), epoch_fraction(fraction), read(&number.to_string(), &Clock::default()));
        }

        #[test]
        fn german_dates_are_the_same_day(day in 1i8..29, month in 1i8..13, year in 1990i16..2100) {
            let date = Date::new(year, month, day).unwrap();
            let written = format!("{day:02}.{month:02}.{year}");
            prop_assert_eq!(text(&written), format!("{date}T00:00:00Z"));
        }
    }
}
