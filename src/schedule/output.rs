//! Writes a schedule: a table for people, JSON and CSV for programs, and the calendar.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style as Ansi};
use serde::Serialize;
use textwrap::core::display_width;

use super::{Accepted, Entry, Reason, Schedule, State, ics};
use crate::config::value::Period;
use crate::inventory::Inventory;
use crate::inventory::key::{Field, Key, Text};
use crate::inventory::output::safe;
use crate::report::format::Style;
use crate::report::visible;

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table, for people
    Text,
    /// One document, for programs
    Json,
    /// A row for each key, for spreadsheets
    Csv,
    /// iCalendar, for calendars
    Ics,
}

impl Format {
    /// Every format.
    pub const ALL: &[Format] = &[Format::Text, Format::Json, Format::Csv, Format::Ics];

    /// The file name ending that stands for it.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Format::Text => ".txt",
            Format::Json => ".json",
            Format::Csv => ".csv",
            Format::Ics => ".ics",
        }
    }

    /// The format that a file name asks for.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        Format::ALL.iter().copied().find(|format| name.ends_with(format.extension()))
    }
}

/// Writes a schedule. The output is neither flushed nor closed.
///
/// # Errors
/// Those of `out`.
pub fn write(
    format: Format,
    schedule: &Schedule,
    inventory: &Inventory,
    out: &mut dyn Write,
    style: &Style,
) -> io::Result<()> {
    match format {
        Format::Text => text(schedule, inventory, out, style),
        Format::Json => json(schedule, inventory, out),
        Format::Csv => csv(schedule, inventory, out),
        Format::Ics => out.write_all(ics::calendar(schedule, inventory).as_bytes()),
    }
}

// ---- JSON

#[derive(Serialize)]
struct Document<'a> {
    schedule: &'static str,
    version: u32,
    as_of: String,
    periods: Periods,
    counts: Counts,
    keys: Vec<Row<'a>>,
    unscheduled: Vec<Name<'a>>,
}

/// In days; absent where there is no limit.
#[derive(Serialize)]
struct Periods {
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_days: Option<u32>,
}

fn days(period: Period) -> Option<u32> {
    match period {
        Period::Days(days) => Some(days),
        Period::Never => None,
    }
}

#[derive(Serialize)]
struct Counts {
    overdue: usize,
    soon: usize,
    later: usize,
    accepted: usize,
    unscheduled: usize,
    revoked: usize,
}

#[derive(Serialize)]
struct Name<'a> {
    provider: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    path: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Row<'a> {
    due: String,
    state: State,
    days: i64,
    reason: Reason,
    or_earlier: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a Accepted>,
    uid: &'a str,
    #[serde(flatten)]
    key: Name<'a>,
}

fn known(field: &Field<Text>) -> Option<&str> {
    field.known().map(Text::as_str)
}

fn name<'a>(inventory: &'a Inventory, key: &'a Key) -> Name<'a> {
    Name {
        provider: &key.provider,
        kind: &key.kind,
        id: known(&key.id),
        name: known(&key.name),
        owner: known(&key.owner),
        account: known(&key.account),
        path: inventory.source(key.origin.source).map_or("", |source| source.path.as_str()),
        line: key.origin.line,
    }
}

fn rows<'a>(schedule: &'a Schedule, inventory: &'a Inventory) -> impl Iterator<Item = (&'a Entry, &'a Key)> {
    schedule.entries.iter().filter_map(|entry| Some((entry, inventory.keys().get(entry.key)?)))
}

fn unscheduled<'a>(schedule: &'a Schedule, inventory: &'a Inventory) -> impl Iterator<Item = &'a Key> {
    schedule.unknown.iter().filter_map(|at| inventory.keys().get(*at))
}

fn json(schedule: &Schedule, inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schedule: "keytrail",
        version: 1,
        as_of: schedule.as_of.to_string(),
        periods: Periods { rotation_days: days(schedule.rotation), notice_days: days(schedule.notice) },
        counts: Counts {
            overdue: schedule.count(State::Overdue),
            soon: schedule.count(State::Soon),
            later: schedule.count(State::Later),
            accepted: schedule.count(State::Accepted),
            unscheduled: schedule.unknown.len(),
            revoked: schedule.revoked,
        },
        keys: rows(schedule, inventory)
            .map(|(entry, key)| Row {
                due: entry.date.to_string(),
                state: entry.state,
                days: entry.days,
                reason: entry.reason,
                period_days: entry.period.and_then(days),
                or_earlier: entry.or_earlier,
                accepted: entry.accepted.as_ref(),
                uid: &entry.uid,
                key: name(inventory, key),
            })
            .collect(),
        unscheduled: unscheduled(schedule, inventory).map(|key| name(inventory, key)).collect(),
    };
    let text = serde_json::to_string_pretty(&document)?;
    writeln!(out, "{}", visible::json(&text))
}

// ---- CSV

fn csv(schedule: &Schedule, inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer
        .write_record(["due", "state", "days", "reason", "provider", "kind", "id", "name", "owner", "account", "at"])?;
    let place = |key: &Key| {
        let path = inventory.source(key.origin.source).map_or("", |source| source.path.as_str());
        format!("{path}:{}", key.origin.line)
    };
    let cells = |due: [String; 4], key: &Key| {
        let text = |field: &Field<Text>| known(field).unwrap_or_default().to_owned();
        let fields = [&key.id, &key.name, &key.owner, &key.account].map(text);
        let [id, name, owner, account] = fields.map(|cell| safe(&cell).into_owned());
        let [date, state, days, reason] = due;
        let issuer = [&key.provider, &key.kind].map(|cell| safe(cell).into_owned());
        let [provider, kind] = issuer;
        [date, state, days, reason, provider, kind, id, name, owner, account, safe(&place(key)).into_owned()]
    };
    for (entry, key) in rows(schedule, inventory) {
        let due = [
            entry.date.to_string(),
            entry.state.as_str().to_owned(),
            entry.days.to_string(),
            entry.reason.as_str().to_owned(),
        ];
        writer.write_record(cells(due, key))?;
    }
    for key in unscheduled(schedule, inventory) {
        let due = [String::new(), "unscheduled".to_owned(), String::new(), "no date known".to_owned()];
        writer.write_record(cells(due, key))?;
    }
    writer.flush()
}

// ---- text

/// Wider cells are cut.
const WIDEST: usize = 40;
/// So many keys without a date are listed unless everything is wanted; the rest are counted.
const MAX_UNKNOWN: usize = 20;

fn text(schedule: &Schedule, inventory: &Inventory, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let paint = |wanted: Ansi| if style.color { wanted } else { Ansi::new() };
    let (bold, faint) = (paint(Ansi::new().bold()), paint(Ansi::new().dimmed()));
    let table: Vec<(State, [String; 6])> = rows(schedule, inventory)
        .map(|(entry, key)| {
            let mut why = match entry.reason {
                Reason::Stated => "stated in the inventory".to_owned(),
                Reason::Expiry => "expires".to_owned(),
                Reason::Period => {
                    let earlier = if entry.or_earlier { " or older" } else { "" };
                    format!("{}{earlier}", entry.period.unwrap_or(schedule.rotation))
                }
            };
            if let Some(accepted) = &entry.accepted {
                let until = accepted.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
                why.push_str(&format!("; accepted{until}: {}", cut(&accepted.reason)));
            }
            let left = match entry.days {
                0 => "today".to_owned(),
                days @ 1.. => format!("in {}", counted(days.unsigned_abs() as usize, "day")),
                days => format!("{} ago", counted(days.unsigned_abs() as usize, "day")),
            };
            let owner = known(&key.owner).map_or_else(|| "?".to_owned(), cut);
            (entry.state, [entry.date.to_string(), left, cut(&key.provider), cut(&key.label()), owner, why])
        })
        .collect();
    let headings = ["DUE", "WHEN", "PROVIDER", "KEY", "OWNER", "WHY"];
    let mut widths = headings.map(display_width);
    for (_, cells) in &table {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(display_width(cell));
        }
    }
    let mut line = |cells: &[&str], paint: Ansi| -> io::Result<()> {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(display_width(cell)) + 2));
        }
        writeln!(out, "{paint}{}{paint:#}", line.trim_end())
    };
    if !table.is_empty() {
        line(&headings, bold)?;
    }
    for (state, cells) in &table {
        let color = match state {
            State::Overdue => paint(AnsiColor::Red.on_default()),
            State::Soon => paint(AnsiColor::Yellow.on_default()),
            State::Later | State::Accepted => Ansi::new(),
        };
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        line(&cells, color)?;
    }
    let mut blank = !table.is_empty();
    if !schedule.unknown.is_empty() {
        let gap = if blank { "\n" } else { "" };
        writeln!(out, "{gap}{bold}Cannot be scheduled: no date known{bold:#}")?;
        let listed = if style.verbose { usize::MAX } else { MAX_UNKNOWN };
        for key in unscheduled(schedule, inventory).take(listed) {
            let path = inventory.source(key.origin.source).map_or("", |source| source.path.as_str());
            writeln!(
                out,
                "  {} {}  {}:{}",
                cut(&key.provider),
                cut(&key.label()),
                visible::line(path),
                key.origin.line
            )?;
        }
        if schedule.unknown.len() > listed {
            writeln!(out, "  {faint}and {} more; -v lists them{faint:#}", schedule.unknown.len() - listed)?;
        }
        blank = true;
    }
    let gap = if blank { "\n" } else { "" };
    let soon = match schedule.notice {
        Period::Days(_) => format!("{} within {}", schedule.count(State::Soon), schedule.notice),
        Period::Never => format!("{} due soon", schedule.count(State::Soon)),
    };
    let mut parts = vec![
        format!("{} as of {}", counted(schedule.entries.len(), "key"), schedule.as_of),
        format!("{} overdue", schedule.count(State::Overdue)),
        soon,
    ];
    if schedule.count(State::Accepted) > 0 {
        parts.push(format!("{} accepted", schedule.count(State::Accepted)));
    }
    if !schedule.unknown.is_empty() {
        parts.push(format!("{} without a date", schedule.unknown.len()));
    }
    if schedule.revoked > 0 {
        parts.push(format!("{} revoked and left out", schedule.revoked));
    }
    writeln!(out, "{gap}{faint}{}{faint:#}", parts.join("; "))
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A text for one cell: without control characters, cut at [`WIDEST`].
fn cut(text: &str) -> String {
    let line = visible::line(text);
    if display_width(&line) <= WIDEST {
        return line.into_owned();
    }
    let mut short = String::new();
    let mut width = 0;
    for c in line.chars() {
        width += display_width(c.encode_utf8(&mut [0; 4]));
        if width > WIDEST - 1 {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}
