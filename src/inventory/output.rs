//! Writes an inventory: a table for people, and JSON, JSON Lines, CSV or TSV for programs.
//!
//! Everything but the table keeps apart what is known, what is known to be empty and what is unknown, and is read back
//! by keytrail. No output holds a key. Cells of CSV and TSV that a spreadsheet would take for a formula get a `'` in
//! front (OWASP, "CSV Injection").

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style as Ansi};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use textwrap::core::display_width;

use super::key::{Field, Key, List, Origin, Shown, Status, Text};
use super::problem::{Kind, Problem};
use super::{Inventory, Source, merge};
use crate::report::format::Style;
use crate::report::visible;

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table, for people
    Text,
    /// One document with keys, files and problems
    Json,
    /// One key per line, as JSON
    Jsonl,
    /// Cells between commas
    Csv,
    /// Cells between tabs
    Tsv,
}

impl Format {
    /// Every format.
    pub const ALL: &[Format] = &[Format::Text, Format::Json, Format::Jsonl, Format::Csv, Format::Tsv];

    /// The file name endings that stand for it.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Format::Text => &[".txt"],
            Format::Json => &[".json"],
            Format::Jsonl => &[".jsonl", ".ndjson"],
            Format::Csv => &[".csv"],
            Format::Tsv => &[".tsv", ".tab"],
        }
    }

    /// The format that a file name asks for.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        Format::ALL.iter().copied().find(|format| format.extensions().iter().any(|end| name.ends_with(end)))
    }
}

/// What a cell says where the source says that there is none.
pub const NONE: &str = "(none)";
/// What a date says where the source says that there is none.
pub const NEVER: &str = "never";

/// Writes an inventory. The output is neither flushed nor closed.
///
/// # Errors
/// Those of `out`.
pub fn write(format: Format, inventory: &Inventory, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    match format {
        Format::Text => text(inventory, out, style),
        Format::Json => json(inventory, out),
        Format::Jsonl => inventory.keys().iter().try_for_each(|key| json_line(&Record::new(inventory, key), out)),
        Format::Csv => table(inventory, out, b','),
        Format::Tsv => table(inventory, out, b'\t'),
    }
}

fn json_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let line = serde_json::to_string(value)?;
    writeln!(out, "{}", visible::json(&line))
}

/// One value per line, so that a million of them never stand in memory at once.
fn json(inventory: &Inventory, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{\n\"inventory\": \"keytrail\",\n\"version\": 1,\n\"files\": [")?;
    joined(inventory.sources().iter().map(File::new), out)?;
    writeln!(out, "],\n\"keys\": [")?;
    joined(inventory.keys().iter().map(|key| Record::new(inventory, key)), out)?;
    writeln!(out, "],\n\"problems\": [")?;
    joined(inventory.problems().iter().map(|problem| Said::new(inventory, problem)), out)?;
    writeln!(out, "]\n}}")
}

fn joined<T: Serialize>(values: impl Iterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    let mut values = values.peekable();
    while let Some(value) = values.next() {
        let line = serde_json::to_string(&value)?;
        writeln!(out, "{}{}", visible::json(&line), if values.peek().is_some() { "," } else { "" })?;
    }
    Ok(())
}

/// A file, as JSON shows it.
#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Field::is_unknown", rename = "as-of")]
    as_of: Field<Time>,
    rows: u64,
    keys: u64,
    bad: u64,
    skipped: &'a std::collections::BTreeMap<&'static str, u64>,
    incomplete: bool,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty", rename = "more-problems")]
    more_problems: &'a std::collections::BTreeMap<Kind, u64>,
}

impl<'a> File<'a> {
    fn new(source: &'a Source) -> Self {
        File {
            path: &source.path,
            format: source.format,
            as_of: source.as_of.map(Time),
            rows: source.rows,
            keys: source.read,
            bad: source.bad,
            skipped: &source.skipped,
            incomplete: source.incomplete,
            more_problems: &source.more_problems,
        }
    }
}

/// A place, as JSON shows it.
#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    row: u32,
}

impl<'a> Place<'a> {
    fn new(inventory: &'a Inventory, origin: Origin) -> Self {
        let path = inventory.source(origin.source).map_or("", |source| source.path.as_str());
        Place { path, line: origin.line, column: origin.column, row: origin.row }
    }
}

/// A problem, as JSON shows it.
#[derive(Serialize)]
struct Said<'a> {
    kind: Kind,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    origin: Place<'a>,
}

impl<'a> Said<'a> {
    fn new(inventory: &'a Inventory, problem: &'a Problem) -> Self {
        Said {
            kind: problem.kind,
            message: &problem.message,
            help: problem.help.as_deref(),
            origin: Place::new(inventory, problem.origin),
        }
    }
}

/// A time in RFC 3339, in UTC.
#[derive(Clone, Copy)]
struct Time(Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Words<'a>(&'a List);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Text::as_str))
    }
}

/// What an export shows of a key, as JSON shows it. A key in plaintext is redacted.
#[derive(Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Glimpse<'a> {
    Id { value: &'a str },
    Mask { prefix: &'a str, suffix: &'a str },
    Digest { algorithm: &'static str, value: String },
    Public { value: &'a str },
    Plaintext { redacted: String },
}

impl<'a> Glimpse<'a> {
    fn new(shown: &'a Shown) -> Self {
        match shown {
            Shown::Id(value) => Glimpse::Id { value },
            Shown::Mask { prefix, suffix } => Glimpse::Mask { prefix, suffix },
            Shown::Digest(digest, bytes) => Glimpse::Digest { algorithm: digest.as_str(), value: hex::encode(bytes) },
            Shown::Public(value) => Glimpse::Public { value },
            Shown::Plain(secret) => Glimpse::Plaintext { redacted: secret.redacted() },
        }
    }
}

/// A key, as JSON shows it: unknown fields are absent, empty ones null.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Record<'a> {
    provider: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    id: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    name: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    owner: Field<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    owner_kind: &'static str,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    account: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    environment: Field<&'a str>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    integrations: Field<Words<'a>>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    scopes: Field<Words<'a>>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    resources: Field<Words<'a>>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    restrictions: Field<Words<'a>>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    status: Field<Status>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    created: Field<Time>,
    #[serde(skip_serializing_if = "str::is_empty")]
    created_basis: &'static str,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    rotated: Field<Time>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    last_used: Field<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_days: Option<u16>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    expires: Field<Time>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    reviewed: Field<Time>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    rotation_due: Field<Time>,
    #[serde(skip_serializing_if = "Field::is_unknown")]
    supersedes: Field<&'a str>,
    shown: Vec<Glimpse<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<&'a str>,
    origin: Place<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Place<'a>>,
}

impl<'a> Record<'a> {
    fn new(inventory: &'a Inventory, key: &'a Key) -> Self {
        Record {
            provider: &key.provider,
            kind: &key.kind,
            id: borrowed(&key.id),
            name: borrowed(&key.name),
            owner: borrowed(&key.owner),
            owner_kind: key.owner_kind.as_str(),
            account: borrowed(&key.account),
            environment: borrowed(&key.environment),
            integrations: words(&key.integrations),
            scopes: words(&key.scopes),
            resources: words(&key.resources),
            restrictions: words(&key.restrictions),
            status: key.status,
            created: key.created.map(Time),
            created_basis: basis_of(key),
            rotated: key.rotated.map(Time),
            last_used: key.last_used.map(Time),
            unused_days: key.unused_days,
            expires: key.expires.map(Time),
            reviewed: key.reviewed.map(Time),
            rotation_due: key.rotation_due.map(Time),
            supersedes: borrowed(&key.supersedes),
            shown: key.shown.iter().map(Glimpse::new).collect(),
            notes: key.notes.iter().map(Text::as_str).collect(),
            origin: Place::new(inventory, key.origin),
            also: key.also.iter().map(|origin| Place::new(inventory, *origin)).collect(),
        }
    }
}

/// What the date of making stands for; nothing where there is no date.
fn basis_of(key: &Key) -> &'static str {
    if key.created.known().is_some() { key.basis.as_str() } else { "" }
}

fn borrowed(field: &Field<Text>) -> Field<&str> {
    match field {
        Field::Known(text) => Field::Known(text),
        Field::Empty => Field::Empty,
        Field::Unknown => Field::Unknown,
    }
}

fn words(field: &Field<List>) -> Field<Words<'_>> {
    match field {
        Field::Known(list) => Field::Known(Words(list)),
        Field::Empty => Field::Empty,
        Field::Unknown => Field::Unknown,
    }
}

// ---- CSV and TSV

/// The headings of CSV and TSV.
const HEADINGS: &[&str] = &[
    "provider",
    "kind",
    "id",
    "name",
    "owner",
    "owner-kind",
    "account",
    "environment",
    "integrations",
    "scopes",
    "resources",
    "restrictions",
    "status",
    "created",
    "created-basis",
    "rotated",
    "last-used",
    "unused-days",
    "expires",
    "reviewed",
    "rotation-due",
    "supersedes",
    "shown",
    "notes",
    "origin",
];

fn table(inventory: &Inventory, out: &mut dyn Write, separator: u8) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(out);
    writer.write_record(HEADINGS)?;
    let (mut cells, mut buffer) = (Vec::with_capacity(HEADINGS.len()), String::new());
    for key in inventory.keys() {
        cells.clear();
        cells.extend([key.provider.to_string(), key.kind.to_string()]);
        cells.extend([&key.id, &key.name, &key.owner].map(text_cell));
        cells.push(key.owner_kind.as_str().to_owned());
        cells.extend([&key.account, &key.environment].map(text_cell));
        cells.extend([&key.integrations, &key.scopes, &key.resources, &key.restrictions].map(list_cell));
        cells.push(key.status.known().map_or_else(String::new, ToString::to_string));
        cells.extend([date_cell(key.created), basis_of(key).to_owned()]);
        cells.extend([key.rotated, key.last_used].map(date_cell));
        cells.push(key.unused_days.map_or_else(String::new, |days| days.to_string()));
        cells.extend([key.expires, key.reviewed, key.rotation_due].map(date_cell));
        cells.push(text_cell(&key.supersedes));
        cells.push(key.shown.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        cells.push(key.notes.join("; "));
        buffer.clear();
        for origin in key.origins() {
            let path = inventory.source(origin.source).map_or("", |source| source.path.as_str());
            let _ = write!(buffer, "{}{path}:{}", if buffer.is_empty() { "" } else { "; " }, origin.line);
        }
        cells.push(buffer.clone());
        writer.write_record(cells.iter().map(|cell| safe(cell).into_owned()))?;
    }
    writer.flush()
}

fn text_cell(field: &Field<Text>) -> String {
    match field {
        Field::Known(text) => text.to_string(),
        Field::Empty => NONE.to_owned(),
        Field::Unknown => String::new(),
    }
}

fn list_cell(field: &Field<List>) -> String {
    match field {
        Field::Known(list) => list.join("; "),
        Field::Empty => NONE.to_owned(),
        Field::Unknown => String::new(),
    }
}

fn date_cell(field: Field<Timestamp>) -> String {
    match field {
        Field::Known(time) => time.to_string(),
        Field::Empty => NEVER.to_owned(),
        Field::Unknown => String::new(),
    }
}

/// A cell that no spreadsheet takes for a formula, and no terminal for a command.
#[must_use]
pub fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    let shown = visible::line(cell);
    match shown.trim_start().chars().next() {
        // The full-width signs count as formulas in some spreadsheets.
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{shown}").into(),
        // A quote of its own, so that reading back takes away no other.
        Some('\'') => format!("'{shown}").into(),
        _ => shown,
    }
}

// ---- text

/// Wider cells are cut.
const WIDEST: usize = 40;
/// So many problems of one kind are listed unless everything is wanted; the rest are counted.
const MAX_PROBLEMS: usize = 20;

fn text(inventory: &Inventory, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let bold = painted(style, Ansi::new().bold());
    let faint = painted(style, Ansi::new().dimmed());
    let headings =
        ["PROVIDER", "KEY", "OWNER", "STATUS", "CREATED", "ROTATED", "LAST USED", "EXPIRES", "SCOPES", "SHOWN", "AT"];
    let mut widths = headings.map(display_width);
    for key in inventory.keys() {
        for (width, cell) in widths.iter_mut().zip(cells(inventory, key)) {
            *width = (*width).max(display_width(&cell));
        }
    }
    // Columns of which nothing is known only take room.
    let shown: Vec<usize> = (0..headings.len())
        .filter(|&column| column < 2 || inventory.keys().iter().any(|key| cells(inventory, key)[column] != "?"))
        .collect();
    let line = |cells: &[String; 11]| -> String {
        let mut line = String::new();
        for (position, &column) in shown.iter().enumerate() {
            let cell = &cells[column];
            line.push_str(cell);
            if position + 1 < shown.len() {
                line.extend(std::iter::repeat_n(' ', widths[column].saturating_sub(display_width(cell)) + 2));
            }
        }
        line
    };
    if !inventory.keys().is_empty() {
        writeln!(out, "{bold}{}{bold:#}", line(&headings.map(str::to_owned)))?;
    }
    for key in inventory.keys() {
        writeln!(out, "{}", line(&cells(inventory, key)))?;
    }
    problems(inventory, out, style)?;
    let files = inventory.sources().len();
    let blank = if inventory.keys().is_empty() { "" } else { "\n" };
    let unknown = if inventory.keys().is_empty() { "" } else { "; ? stands for what the exports do not say" };
    writeln!(
        out,
        "{blank}{faint}{} of {}{unknown}{faint:#}",
        counted(inventory.keys().len(), "key"),
        counted(files, "file")
    )?;
    for source in inventory.sources() {
        for (reason, number) in &source.skipped {
            writeln!(out, "{faint}{}: left out {number}: {reason}{faint:#}", visible::line(&source.path))?;
        }
    }
    Ok(())
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn painted(style: &Style, wanted: Ansi) -> Ansi {
    if style.color { wanted } else { Ansi::new() }
}

fn cells(inventory: &Inventory, key: &Key) -> [String; 11] {
    let date = |field: Field<Timestamp>| match field {
        Field::Known(time) => time.strftime("%Y-%m-%d").to_string(),
        Field::Empty => NEVER.to_owned(),
        Field::Unknown => "?".to_owned(),
    };
    let text = |field: &Field<Text>| match field {
        Field::Known(text) => cut(text),
        Field::Empty => "none".to_owned(),
        Field::Unknown => "?".to_owned(),
    };
    let scopes = match &key.scopes {
        Field::Known(list) => cut(&list.join(", ")),
        Field::Empty => "none".to_owned(),
        Field::Unknown => "?".to_owned(),
    };
    let created = match key.created {
        Field::Known(_) => format!("{}{}", date(key.created), merge::basis_text(key.basis)),
        field => date(field),
    };
    let used = match (key.last_used, key.unused_days) {
        (Field::Unknown, Some(days)) => format!("not in {days} days"),
        (field, _) => date(field),
    };
    let shown = key.shown.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let path = inventory.source(key.origin.source).map_or("", |source| source.path.as_str());
    let name = match (&key.name, &key.id) {
        (Field::Known(name), _) => cut(name),
        (_, Field::Known(id)) => cut(id),
        _ => "?".to_owned(),
    };
    [
        cut(&key.provider),
        name,
        text(&key.owner),
        key.status.known().map_or_else(|| "?".to_owned(), ToString::to_string),
        created,
        date(key.rotated),
        used,
        date(key.expires),
        scopes,
        if shown.is_empty() { "?".to_owned() } else { cut(&shown) },
        format!("{}:{}", cut(path), key.origin.line),
    ]
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

/// Writes what is wrong, the gravest first, for people.
///
/// # Errors
/// Those of `out`.
pub fn problems(inventory: &Inventory, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    let mut ordered: Vec<&Problem> = inventory.problems().iter().collect();
    ordered.sort_by_key(|problem| problem.kind);
    if !ordered.is_empty() {
        writeln!(out)?;
    }
    for group in ordered.chunk_by(|a, b| a.kind == b.kind) {
        let Some(kind) = group.first().map(|problem| problem.kind) else { continue };
        let (word, color) = match kind {
            kind if kind.is_loss() => ("error", AnsiColor::Red),
            Kind::Note => ("note", AnsiColor::Cyan),
            _ => ("warning", AnsiColor::Yellow),
        };
        let paint = painted(style, color.on_default().bold());
        let listed = if style.verbose { group.len() } else { MAX_PROBLEMS };
        for problem in group.iter().take(listed) {
            let path = inventory.source(problem.origin.source).map_or("", |source| source.path.as_str());
            let place = match problem.origin.line {
                0 => visible::line(path).into_owned(),
                line => format!("{}:{line}", visible::line(path)),
            };
            writeln!(out, "{paint}{word}{paint:#} {place}: {}", visible::line(&problem.message))?;
        }
        let more: u64 = inventory.sources().iter().filter_map(|source| source.more_problems.get(&kind)).sum();
        let more = more + group.len().saturating_sub(listed) as u64;
        if more > 0 {
            writeln!(out, "{paint}{word}{paint:#} {more} more of the kind `{}`", kind.as_str())?;
        }
        let mut helps: Vec<&str> = group.iter().filter_map(|problem| problem.help.as_deref()).collect();
        helps.sort_unstable();
        helps.dedup();
        for help in helps.into_iter().take(3) {
            writeln!(out, "  help: {}", visible::line(help))?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::Options;
    use super::super::key::{Basis, Digest, OwnerKind};
    use super::*;
    use crate::secret::Secret;

    fn written(format: Format, inventory: &Inventory) -> String {
        let mut out = Vec::new();
        write(format, inventory, &mut out, &Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn of(text: &str) -> Inventory {
        let mut inventory = Inventory::new(Options::default());
        inventory.read("keys.csv", text.as_bytes());
        inventory.finish();
        inventory
    }

    #[test]
    fn formulas_are_disarmed() {
        let inventory = of("Name,Owner,Created\n\"=cmd|' /C calc'!A0\",@SUM(A1),2024-01-01\n-2+3,+1,2024-01-01\n");
        for (format, separator) in [(Format::Csv, b','), (Format::Tsv, b'\t')] {
            let text = written(format, &inventory);
            let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
            for record in reader.records() {
                assert!(record.unwrap().iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t'])), "{text}");
            }
        }
        assert_eq!(safe(" =1"), "' =1");
        assert_eq!(safe("\t=1"), "\\u{9}=1");
        assert_eq!(safe("plain"), "plain");
    }

    #[test]
    fn no_format_shows_a_key() {
        let secret = format!("{}{}", "zQ9".repeat(9), "1");
        let inventory = of(&format!("Name,API key,Created\none,{secret},2024-01-01\n"));
        assert!(inventory.keys()[0].is_in_plaintext());
        for &format in Format::ALL {
            let text = written(format, &inventory);
            assert!(!text.contains(&secret) && !text.contains("zQ9zQ9"), "{format:?}: {text}");
        }
    }

    #[test]
    fn the_extension_says_the_format() {
        assert_eq!(Format::from_path(Path::new("a.CSV")), Some(Format::Csv));
        assert_eq!(Format::from_path(Path::new("a.ndjson")), Some(Format::Jsonl));
        assert_eq!(Format::from_path(Path::new("a.xml")), None);
    }

    fn field<T: std::fmt::Debug + Clone>(known: impl Strategy<Value = T>) -> impl Strategy<Value = Field<T>> {
        prop_oneof![Just(Field::Unknown), Just(Field::Empty), known.prop_map(Field::Known)]
    }

    fn word() -> impl Strategy<Value = Text> {
        "[a-z=+@'-][a-zA-Zä0-9:._/=+@' -]{0,10}[a-z0-9]".prop_map(Text::from)
    }

    prop_compose! {
        fn key()(
            id in word(), name in field(word()), owner in field(word()), account in field(word()),
            scopes in field(proptest::collection::vec(word(), 1..4)), restrictions in field(proptest::collection::vec(word(), 1..2)),
            created in field(0i64..4_000_000_000), expires in field(0i64..4_000_000_000), used in field(0i64..4_000_000_000),
            status in proptest::option::of(proptest::sample::select(Status::ALL)), granted: bool, prefix in "[a-z_]{1,6}",
            suffix in "[a-z0-9]{0,4}", digest: [u8; 32], unused in proptest::option::of(0u16..400),
        ) -> Key {
            let time = |seconds: i64| Timestamp::from_second(seconds).unwrap();
            let mut key = Key::new("acme".into(), "key".into());
            key.id = Field::Known(id);
            (key.name, key.owner, key.account) = (name, owner, account);
            (key.scopes, key.restrictions) = (scopes.map(Arc::new), restrictions.map(Arc::new));
            (key.created, key.expires, key.last_used) = (created.map(time), expires.map(time), used.map(time));
            key.status = status.into();
            key.basis = if granted && key.created.known().is_some() { Basis::Granted } else { Basis::Stated };
            key.owner_kind = OwnerKind::Service;
            key.unused_days = unused;
            key.shown = vec![
                Shown::Mask { prefix: prefix.into(), suffix: suffix.into() },
                Shown::Digest(Digest::Sha256, digest.to_vec().into_boxed_slice()),
            ];
            key
        }
    }

    proptest! {
        /// What is written is read back: the three states of every field too.
        #[test]
        fn inventories_survive_being_written(keys in proptest::collection::vec(key(), 1..5)) {
            let mut first = of("Name,Created\n");
            for (number, mut key) in keys.into_iter().enumerate() {
                key.id = key.id.map(|id| format!("{id}{number}").into());
                first.add(key, false);
            }
            for format in [Format::Json, Format::Jsonl, Format::Csv, Format::Tsv] {
                let text = written(format, &first);
                let mut second = Inventory::new(Options::default());
                second.read("x", text.as_bytes());
                second.finish();
                prop_assert_eq!(second.problems(), &[], "{:?}: {}", format, text);
                let without_origin = |keys: &[Key]| -> Vec<Key> {
                    keys.iter().cloned().map(|mut key| { key.origin = Origin::default(); key }).collect()
                };
                prop_assert_eq!(without_origin(second.keys()), without_origin(first.keys()), "{:?}: {}", format, text);
            }
        }
    }

    #[test]
    fn a_date_that_is_unknown_stands_for_nothing() {
        let inventory = of("Name,Owner\none,a\n");
        assert!(!written(Format::Json, &inventory).contains("created-basis"));
        assert!(!written(Format::Csv, &inventory).contains("stated"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        /// The names of the files stand before the keys, and an inventory of any number of them is recognised.
        #[test]
        fn inventories_of_any_files_are_read_back(count in 0usize..400, len in 0usize..120, sign in "[a-zä\"\\\\ ]") {
            let mut first = of("Name,Created\none,2024-01-01\n");
            for number in 0..count {
                first.begin(&format!("{}{number}.json", sign.repeat(len)));
            }
            let mut second = Inventory::new(Options::default());
            second.read("x.json", written(Format::Json, &first).as_bytes());
            second.finish();
            prop_assert_eq!(second.problems(), &[]);
            prop_assert_eq!((second.keys().len(), second.sources()[0].format), (1, Some("keytrail")));
        }
    }

    #[test]
    fn an_inventory_of_more_files_than_are_looked_at_is_read_back() {
        let mut first = of("Name,Created\none,2024-01-01\n");
        for number in 0..4000 {
            first.begin(&format!("{}/{number}.json", "folder".repeat(20)));
        }
        let text = written(Format::Json, &first);
        assert!(text.len() > 512 << 10, "{}", text.len());
        let mut second = Inventory::new(Options::default());
        second.read("x.json", text.as_bytes());
        assert_eq!((second.problems(), second.keys().len()), (&[][..], 1));
    }

    #[test]
    fn a_plaintext_key_does_not_come_back() {
        let mut first = of("Name,Created\n");
        let mut key = Key::new("acme".into(), "key".into());
        key.id = Field::Known("one".into());
        key.shown.push(Shown::Plain(Secret::new(b"FAKEFAKEFAKEFAKE".to_vec())));
        first.add(key, false);
        for format in [Format::Json, Format::Csv] {
            let mut second = Inventory::new(Options::default());
            second.read("x", written(format, &first).as_bytes());
            assert!(second.keys()[0].shown.is_empty());
        }
    }
}
