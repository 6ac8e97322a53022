//! Call logs: what providers and gateways have written down about the use of keys, added up key by key.
//!
//! [`Calls::read`] streams any number of logs, tells by their content what they are, finds the key of the inventory
//! that a call was made with, and keeps a bounded summary of each. [`Told::of`](crate::audit::Told::of) says what is
//! wrong with that, and an [audit](crate::audit) turns it into findings. Memory grows with the number of keys and not
//! with the size of the logs, and the order of the files, and of the rows in them, changes nothing.
//!
//! ```no_run
//! use keytrail::audit::{Audit, Input, Policy, Told, run};
//! use keytrail::calls::{Calls, CallsError, Limits, Options};
//! # use keytrail::inventory::Inventory;
//!
//! # fn example(inventory: &Inventory, as_of: jiff::Timestamp) -> Result<Audit, CallsError> {
//! let policy = Policy::default();
//! let calls = Calls::read(&["cloudtrail.json.gz", "audit.jsonl"], inventory, &Options::default())?;
//! let told = Told::of(&calls, inventory, &policy, as_of, &Limits::default());
//! Ok(run(&Input { inventory, policy: &policy, as_of, scan: None, told }))
//! # }
//! ```

pub(crate) mod call;
pub(crate) mod format;
pub(crate) mod index;
pub(crate) mod judge;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod logs;
pub(crate) mod summary;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use self::call::{Call, Identity, Record};
use self::format::Format;
use self::format::mapped::{CallMapping, Plan};
use self::index::{Index, Match};
use self::summary::{CallSummary, Marks};
use crate::config::glob::Pattern;
use crate::inventory::Inventory;
use crate::inventory::documents::{self, Event, Scanner, Step};
use crate::inventory::input::{InputError, Text as Decoded};
use crate::inventory::key::Text;
use crate::inventory::mapping::MappingError;
use crate::inventory::problem::quoted;
use crate::inventory::table;

pub use self::judge::Limits;

/// How logs are read. What a configuration says of that is in its
/// [options](crate::config::Configuration::call_options).
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How logs of unknown origin are read.
    pub(crate) mapping: CallMapping,
    /// How those of certain paths or names are read instead; the first that fits counts.
    pub(crate) by_name: Vec<(Pattern, CallMapping)>,
    /// Later calls are left out and counted: the day of an audit that is made again.
    pub until: Option<Timestamp>,
}

/// Why logs cannot be read. What is wrong with one row is a finding of the audit instead.
#[derive(Debug, thiserror::Error)]
pub enum CallsError {
    /// A file that cannot be opened or read, or is no text.
    #[error("`{path}` cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// A file that no format fits.
    #[error("`{path}` is no call log that keytrail knows: {seen}. {help}")]
    Unrecognised {
        /// The file.
        path: String,
        /// Its headings or members.
        seen: String,
        /// What to do about it.
        help: &'static str,
    },
    /// One file is named twice, so that its calls would count twice.
    #[error("`{0}` is named twice")]
    Twice(String),
    /// The mapping cannot be used.
    #[error("the mapping of call logs cannot be used")]
    Mapping(#[from] MappingError),
}

/// What to do about a log that nothing recognises.
const HELP: &str = "Say which field is what: `fields = { key-id = …, time = …, source = …, outcome = … }` in the \
                    mapping of call logs; `docs/calls.md` has examples";

/// A row that could not be read, or something else worth knowing about a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallProblem {
    /// The file, by its place in [`Calls::files`].
    pub file: usize,
    /// Line of the row, from 1; 0 stands for the file as a whole.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u32,
    /// What is wrong, as a sentence without a full stop. It quotes no value.
    pub message: String,
    /// Whether a row was lost.
    pub lost: bool,
}

/// How many problems of a file are kept word for word; the rest are counted in [`CallFile::bad`].
pub(crate) const MAX_PROBLEMS: usize = 1000;

/// A log that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallFile {
    /// Its path as it was given, with `/` separators; `-` for standard input.
    pub path: String,
    /// The name of its format; `generic` where headings or a mapping decided, absent where it is empty.
    pub format: Option<&'static str>,
    /// How many rows it has.
    pub rows: u64,
    /// How many of them are calls with a key.
    pub calls: u64,
    /// How many could not be read.
    pub bad: u64,
    /// How many were left out on purpose, by reason.
    pub left: BTreeMap<&'static str, u64>,
    /// The time that its rows cover.
    pub span: Option<Span>,
    problems: Vec<CallProblem>,
}

/// From the first to the last row of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// The first row.
    pub first: Timestamp,
    /// The last row.
    pub last: Timestamp,
}

impl Span {
    fn add(span: &mut Option<Span>, time: Timestamp) {
        let old = span.unwrap_or(Span { first: time, last: time });
        *span = Some(Span { first: old.first.min(time), last: old.last.max(time) });
    }

    /// Both, and the time between them.
    #[must_use]
    pub fn with(self, other: Span) -> Span {
        Span { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// Its length in whole days.
    #[must_use]
    pub fn days(&self) -> i64 {
        self.last.duration_since(self.first).as_secs() / 86_400
    }
}

/// A key that a log tells of and the inventory does not list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// Its calls.
    pub summary: CallSummary,
    /// Whether the inventory has keys of that provider which could have been found by such a name. Where it has none,
    /// that this one is missing says nothing.
    pub comparable: bool,
    /// Where the first of its calls stands.
    pub place: CallPlace,
}

/// A row of a log. Ordered by its time, and by file and line where several rows have the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallPlace {
    /// When the call was made.
    pub time: Timestamp,
    /// The file, as [`CallFile::path`] has it.
    pub path: Text,
    /// Line of the row, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u32,
}

/// How many keys that are in no inventory are kept, those with the smallest hashes.
pub(crate) const MAX_STRANGERS: usize = 2000;

/// What logs say about keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    files: Vec<CallFile>,
    keys: BTreeMap<u32, CallSummary>,
    strangers: BTreeMap<Identity, Stranger>,
    order: BTreeSet<(u64, Identity)>,
    more_strangers: bool,
    spans: BTreeMap<Text, Span>,
}

impl Calls {
    /// Reads logs; `-` is standard input. Files that are packed with gzip or zstd are unpacked.
    ///
    /// # Errors
    /// For a file that cannot be read or that nothing recognises; rows that cannot be read are problems instead.
    pub fn read<P: AsRef<Path>>(files: &[P], inventory: &Inventory, options: &Options) -> Result<Calls, CallsError> {
        let index = Index::new(inventory);
        let mut reader = Reader::new(&index, options)?;
        let mut named = BTreeSet::new();
        for path in files.iter().map(AsRef::as_ref) {
            let name = path.to_string_lossy().replace('\\', "/");
            if !named.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())) {
                return Err(CallsError::Twice(name));
            }
            if name == "-" {
                reader.read(&name, io::stdin().lock())?;
                continue;
            }
            let unreadable = |why: String| CallsError::Unreadable { path: name.clone(), why };
            let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
            if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
                return Err(unreadable("it is a folder; name the files in it".to_owned()));
            }
            reader.read(&name, file)?;
        }
        Ok(reader.finish())
    }

    /// The files, by their paths.
    #[must_use]
    pub(crate) fn files(&self) -> &[CallFile] {
        &self.files
    }

    /// What is wrong with rows and files, in the order of files and lines.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &CallProblem> {
        self.files.iter().flat_map(|file| &file.problems)
    }

    /// The calls with a key of the inventory, by its place in [`Inventory::keys`].
    #[must_use]
    pub(crate) fn of(&self, key: usize) -> Option<&CallSummary> {
        self.keys.get(&u32::try_from(key).ok()?)
    }

    /// The calls with keys that the inventory does not list, by provider and name.
    pub(crate) fn strangers(&self) -> impl Iterator<Item = (&Identity, &Stranger)> {
        self.strangers.iter()
    }

    /// What is known of such a key.
    #[must_use]
    pub(crate) fn stranger(&self, identity: &Identity) -> Option<&Stranger> {
        self.strangers.get(identity)
    }

    /// Whether there were more such keys than are kept.
    #[must_use]
    pub(crate) fn has_more_strangers(&self) -> bool {
        self.more_strangers
    }

    /// The time that the logs of a provider cover, together; `None` where there is none. The logs of a mapping without
    /// a provider are those of `generic`.
    #[must_use]
    pub(crate) fn span(&self, provider: &str) -> Option<Span> {
        self.spans.get(provider).copied()
    }
}

/// Reads logs one after another.
pub(crate) struct Reader<'i> {
    index: &'i Index,
    options: Options,
    /// That of the file which is read.
    mapping: CallMapping,
    plan: Plan,
    calls: Calls,
}

impl<'i> Reader<'i> {
    /// Starts without any call.
    ///
    /// # Errors
    /// When the mapping cannot be used.
    pub fn new(index: &'i Index, options: &Options) -> Result<Self, CallsError> {
        let plan = Plan::new(&options.mapping)?;
        let mapping = options.mapping.clone();
        Ok(Reader { index, options: options.clone(), mapping, plan, calls: Calls::default() })
    }

    /// What the logs say.
    #[must_use]
    pub fn finish(mut self) -> Calls {
        self.calls.files.sort();
        for (at, file) in self.calls.files.iter_mut().enumerate() {
            file.problems.iter_mut().for_each(|problem| problem.file = at);
        }
        self.calls
    }

    /// Reads a log of that name.
    ///
    /// # Errors
    /// When it cannot be read or nothing recognises it.
    pub fn read(&mut self, name: &str, reader: impl Read) -> Result<(), CallsError> {
        let short = name.rsplit('/').next().unwrap_or(name);
        let own = self.options.by_name.iter().find(|(pattern, _)| pattern.fits(name) || pattern.fits(short));
        let mapping = own.map_or(&self.options.mapping, |(_, mapping)| mapping).clone();
        self.plan = Plan::new(&mapping)?;
        self.mapping = mapping;
        let unreadable = |why: String| CallsError::Unreadable { path: name.to_owned(), why };
        let unpacked = unpacked(reader).map_err(|error| unreadable(error.to_string()))?;
        let mut text = match Decoded::new(unpacked) {
            Ok(text) => text,
            Err(InputError::Packed { what, .. }) => return Err(unreadable(format!("it is {what}; unpack it first"))),
            Err(InputError::Io(error)) => return Err(unreadable(error.to_string())),
            Err(error @ InputError::Binary) => return Err(unreadable(error.to_string())),
        };
        let mut file = CallFile {
            path: name.to_owned(),
            format: None,
            rows: 0,
            calls: 0,
            bad: 0,
            left: BTreeMap::new(),
            span: None,
            problems: Vec::new(),
        };
        let head = text.peek(64 << 10).map_err(|error| unreadable(error.to_string()))?;
        let head = String::from_utf8_lossy(head).into_owned();
        match head.trim_start().chars().next() {
            // The log of a quiet hour.
            None => note(&mut file, "it is empty"),
            Some('{' | '[' | '\u{1e}') => self.read_json(&mut file, text)?,
            Some(_) => self.read_table(&mut file, text, &head)?,
        }
        self.calls.files.push(file);
        Ok(())
    }

    // ---- JSON

    fn read_json<R: Read>(&mut self, file: &mut CallFile, text: Decoded<R>) -> Result<(), CallsError> {
        let path = file.path.clone();
        let unreadable = |error: io::Error| CallsError::Unreadable { path: path.clone(), why: error.to_string() };
        let mut scanner = Scanner::new(text);
        let mut shape: Option<Shape> = None;
        loop {
            match scanner.next_document() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    file.rows += 1;
                    lost(file, scanner.here(), "no JSON value begins here; the line was passed over".to_owned());
                    scanner.skip_line().map_err(unreadable)?;
                    continue;
                }
                Err(error) => return Err(unreadable(error)),
            }
            // Of JSON Lines only the first is looked at: the others are like it, or their own rows' problems.
            if !shape.as_ref().is_some_and(|shape| shape.path.is_empty()) {
                let head = scanner.head().map_err(unreadable)?;
                match self.shape(&head) {
                    Some(found) => shape = Some(found),
                    None if is_empty_list(&head) => {
                        pass_over(&mut scanner).map_err(unreadable)?;
                        note(file, "it lists nothing");
                        continue;
                    }
                    None if shape.is_some() => {
                        file.rows += 1;
                        lost(file, scanner.document_start(), "it is unlike what is before it".to_owned());
                        pass_over(&mut scanner).map_err(unreadable)?;
                        continue;
                    }
                    None => return Err(unrecognised(file, &head)),
                }
            }
            let Some(shape) = &shape else { continue };
            file.format = Some(shape.how.as_str());
            loop {
                match scanner.next(&shape.path).map_err(unreadable)? {
                    Event::End => break,
                    Event::Row(found) => {
                        file.rows += 1;
                        let place = (found.line, found.column);
                        match self.record(&shape.how, &found.text) {
                            Ok((record, unclear)) => self.take(file, place, &shape.how, record, unclear),
                            Err(why) => lost(file, place, why),
                        }
                    }
                    Event::TooLarge(line, column) => {
                        file.rows += 1;
                        lost(file, (line, column), format!("it is larger than {} MiB", documents::MAX_ROW >> 20));
                    }
                    Event::CutShort(line, column) => {
                        file.rows += 1;
                        lost(file, (line, column), "the file ends before this value does".to_owned());
                    }
                }
            }
        }
        if scanner.text().is_lossy() {
            note(file, "some bytes are no characters and became `\u{fffd}`");
        }
        Ok(())
    }

    fn record(&mut self, how: &How, text: &[u8]) -> Result<(Record, bool), String> {
        match how {
            How::Known(format) => Ok((format.read(text)?, false)),
            How::Mapped => {
                let row: Value = serde_json::from_slice(text).map_err(|_| "it is no JSON".to_owned())?;
                self.plan.read(&row)
            }
        }
    }

    /// Where the rows of a document are, and what they are.
    fn shape(&mut self, head: &Value) -> Option<Shape> {
        let wanted = self.mapping.rows.clone();
        if let Some(wanted) = wanted {
            let mut path: documents::Path = Vec::new();
            let mut value = head;
            for name in wanted.trim_end_matches("[]").split('.').filter(|name| !name.is_empty()) {
                let Some(inner) = value.get(name) else { return self.shape_of(head) };
                path.push(Step::Member(name.to_owned()));
                value = inner;
            }
            if let Value::Array(rows) = value {
                path.push(Step::Each);
                let how = rows.iter().find_map(|row| self.how(row))?;
                return Some(Shape { path, how });
            }
            return self.how(value).map(|how| Shape { path, how });
        }
        self.shape_of(head)
    }

    fn shape_of(&mut self, head: &Value) -> Option<Shape> {
        match head {
            Value::Array(rows) => {
                let how = rows.iter().find_map(|row| self.how(row))?;
                Some(Shape { path: vec![Step::Each], how })
            }
            Value::Object(members) => {
                if let Some(how) = self.how(head) {
                    return Some(Shape { path: Vec::new(), how });
                }
                // `{"Records": […]}`, `{"Events": […]}`, `{"entries": […]}`: one member holds the rows.
                members.iter().find_map(|(name, value)| {
                    let how = value.as_array()?.iter().find_map(|row| self.how(row))?;
                    Some(Shape { path: vec![Step::Member(name.clone()), Step::Each], how })
                })
            }
            _ => None,
        }
    }

    fn how(&mut self, row: &Value) -> Option<How> {
        let object = row.as_object()?;
        let known = Format::ALL.iter().copied().find(|format| format.fits(object)).map(How::Known);
        known.or_else(|| self.plan.fits(row).then_some(How::Mapped))
    }

    // ---- tables

    fn read_table<R: Read>(&mut self, file: &mut CallFile, text: Decoded<R>, head: &str) -> Result<(), CallsError> {
        let separator = table::separator(head);
        let tops: Vec<Vec<String>> = table::records(head.as_bytes(), separator).take(table::TITLE_LINES).collect();
        let found = tops.iter().enumerate().find_map(|(at, cells)| {
            let object: Map<String, Value> = cells.iter().map(|cell| (cell.trim().to_owned(), Value::Null)).collect();
            Some((at, cells.clone(), self.how(&Value::Object(object))?))
        });
        let Some((skip, headings, how)) = found else {
            let widest = tops.iter().rev().max_by_key(|cells| cells.len());
            let cells: Vec<String> = widest.into_iter().flatten().take(30).map(|cell| quoted(cell)).collect();
            let seen = format!("its first row has {}", cells.join(", "));
            return Err(CallsError::Unrecognised { path: file.path.clone(), seen, help: HELP });
        };
        file.format = Some(how.as_str());
        let budget = Rc::new(Cell::new(0));
        let limited = Limited { inner: text.chain(&b"\n"[..]), left: Rc::clone(&budget) };
        let mut reader = table::reader(limited, separator);
        let mut record = csv::StringRecord::new();
        let mut number = 0usize;
        loop {
            budget.set(documents::MAX_ROW);
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(CallsError::Unreadable { path: file.path.clone(), why: error.to_string() }),
            }
            number += 1;
            if number <= skip + 1 || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let place = (table::start_line(reader.position().line(), &record), 1);
            file.rows += 1;
            if record.len() > headings.len() {
                let message = format!("it has {} cells under {} headings", record.len(), headings.len());
                lost(file, place, message);
                continue;
            }
            let mut object = Map::new();
            for (heading, cell) in headings.iter().zip(&record) {
                // An empty cell says nothing, as an absent member does.
                if !cell.is_empty() {
                    object.entry(heading.trim().to_owned()).or_insert_with(|| Value::String(cell.to_owned()));
                }
            }
            let read = match &how {
                How::Known(format) => {
                    format.read(Value::Object(object).to_string().as_bytes()).map(|read| (read, false))
                }
                How::Mapped => self.plan.read(&Value::Object(object)),
            };
            match read {
                Ok((record, unclear)) => self.take(file, place, &how, record, unclear),
                Err(why) => lost(file, place, why),
            }
        }
        Ok(())
    }

    // ---- calls

    fn take(&mut self, file: &mut CallFile, place: (u32, u32), how: &How, record: Record, unclear: bool) {
        let log = match how {
            How::Known(format) => Text::from(format.provider()),
            How::Mapped => self.mapping.provider.as_deref().map_or_else(|| Text::from(call::GENERIC), Text::from),
        };
        let time = match &record {
            Record::Call(call) => Some(call.time),
            Record::Left(_, time) => *time,
        };
        let late = |until: Timestamp| time.is_some_and(|time| time > until);
        if self.options.until.is_some_and(late) {
            *file.left.entry("rows after the day of the audit").or_default() += 1;
            return;
        }
        if let Some(time) = time {
            Span::add(&mut file.span, time);
            let mut span = self.calls.spans.get(&log).copied();
            Span::add(&mut span, time);
            if let Some(span) = span {
                self.calls.spans.insert(log.clone(), span);
            }
        }
        let call = match record {
            Record::Call(call) => call,
            Record::Left(reason, _) => {
                *file.left.entry(reason).or_default() += 1;
                return;
            }
        };
        if unclear {
            let message = "its outcome is a word that is not known; it counts as a call whose outcome is unknown";
            say(file, place, message.to_owned(), false);
        }
        match self.index.find(&call.named) {
            Match::Key { key, other_secret } => {
                file.calls += 1;
                let marks = self.index.marks(key);
                match self.calls.keys.get_mut(&key) {
                    Some(summary) => summary.record(&call, &log, marks, other_secret),
                    None => {
                        self.calls.keys.insert(key, CallSummary::of(&call, &log, marks, other_secret));
                    }
                }
            }
            Match::Unknown { comparable } => {
                file.calls += 1;
                self.stranger(&call, &log, comparable, (&file.path, place));
            }
            Match::Ambiguous => {
                *file.left.entry("calls whose key several keys of the inventory may be").or_default() += 1;
            }
        }
    }

    fn stranger(&mut self, call: &Call, log: &Text, comparable: bool, (path, place): (&str, (u32, u32))) {
        let identity = call.named.identity();
        let here = |path: Text| CallPlace { time: call.time, path, line: place.0, column: place.1 };
        if let Some(stranger) = self.calls.strangers.get_mut(&identity) {
            stranger.comparable |= comparable;
            let known = &stranger.place;
            if (call.time, path, place) < (known.time, known.path.as_str(), (known.line, known.column)) {
                stranger.place = here(path.into());
            }
            return stranger.summary.record(call, log, Marks::default(), false);
        }
        let hash = summary::hash(&identity.to_string());
        if self.calls.strangers.len() >= MAX_STRANGERS {
            self.calls.more_strangers = true;
            let place = (hash, identity.clone());
            if self.calls.order.last().is_none_or(|last| place >= *last) {
                return;
            }
            if let Some((_, last)) = self.calls.order.pop_last() {
                self.calls.strangers.remove(&last);
            }
        }
        self.calls.order.insert((hash, identity.clone()));
        let summary = CallSummary::of(call, log, Marks::default(), false);
        self.calls.strangers.insert(identity, Stranger { summary, comparable, place: here(path.into()) });
    }
}

struct Shape {
    path: documents::Path,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Known(Format),
    Mapped,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            How::Known(format) => format.as_str(),
            How::Mapped => call::GENERIC,
        }
    }
}

/// What a file is without its packing; trails and exports deliver `.json.gz`.
fn unpacked<'r>(reader: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut reader = BufReader::with_capacity(64 << 10, reader);
    let head = reader.fill_buf()?;
    Ok(match head {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::with_buffer(reader)?),
        _ => Box::new(reader),
    })
}

/// Ends a record of a table that does not end: a quote that nobody closes would take the rest of the file for a cell.
struct Limited<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            let why = format!("a row is larger than {} MiB; a quote may not be closed", documents::MAX_ROW >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let read = self.inner.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read));
        Ok(read)
    }
}

/// Goes to the end of a document that holds nothing of use.
fn pass_over<R: Read>(scanner: &mut Scanner<R>) -> io::Result<()> {
    let never = [Step::Member(String::new()), Step::Member("\0".to_owned())];
    while !matches!(scanner.next(&never)?, Event::End | Event::CutShort(..)) {}
    Ok(())
}

fn say(file: &mut CallFile, (line, column): (u32, u32), message: String, lost: bool) {
    if file.problems.len() < MAX_PROBLEMS {
        file.problems.push(CallProblem { file: 0, line, column, message, lost });
    }
}

fn lost(file: &mut CallFile, place: (u32, u32), message: String) {
    file.bad += 1;
    say(file, place, message, true);
}

fn note(file: &mut CallFile, message: &str) {
    if !file.problems.iter().any(|problem| problem.line == 0 && problem.message == message) {
        say(file, (0, 0), message.to_owned(), false);
    }
}

fn is_empty_list(head: &Value) -> bool {
    match head {
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => {
            members.is_empty()
                || (members.values().any(|value| value.as_array().is_some_and(Vec::is_empty))
                    && members.values().all(|value| !value.is_object() && !is_filled(value)))
        }
        _ => false,
    }
}

fn is_filled(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty())
}

fn unrecognised(file: &CallFile, head: &Value) -> CallsError {
    let names = |value: &Value| -> Option<String> {
        let names: Vec<String> = value.as_object()?.keys().take(30).map(|name| quoted(name)).collect();
        Some(names.join(", "))
    };
    let rows = match head {
        Value::Array(rows) => rows.first().and_then(names).map(|names| format!("its rows have {names}")),
        Value::Object(members) => {
            let inner = members.iter().find_map(|(name, value)| {
                let names = names(value.as_array()?.first()?)?;
                Some(format!("the rows of {} have {names}", quoted(name)))
            });
            inner.or_else(|| names(head).map(|names| format!("its rows have {names}")))
        }
        _ => None,
    };
    let seen = rows.unwrap_or_else(|| "it holds no objects".to_owned());
    CallsError::Unrecognised { path: file.path.clone(), seen, help: HELP }
}
