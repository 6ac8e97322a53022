//! The key inventory: exports of what providers have issued, read into one common record.
//!
//! An [`Inventory`] takes any number of files of any number of providers. What a file is, is told by its content: the
//! members of its records (those of one of the [`EXPORTS`]), the headings of its table or its JSON (see [`Mapping`]).
//! Records that describe the same key (a listing and a report of last use) become one [`Key`]. Files are streamed; what
//! stays in memory are the keys.
//!
//! Every record becomes a key, a [`Problem`], or is counted with the reason why it was left out. No text of a problem
//! and no [`Key`] holds a secret, other than as [`Shown::Plain`].
//!
//! ```
//! use keytrail::inventory::{Field, Format, Inventory, Options, Status};
//! use keytrail::report::Style;
//!
//! let mut inventory = Inventory::new(Options::default());
//! inventory.read("keys.csv", "Id,Name,Owner,Status,Created\n17,billing,Ann,aktiv,31.01.2024\n".as_bytes());
//! inventory.read("more.csv", "Id,Last used\n17,2026-06-29T12:00:00Z\n".as_bytes());
//! inventory.finish();
//! assert!(inventory.all_files_read() && inventory.problems().is_empty());
//!
//! let key = &inventory.keys()[0];
//! assert_eq!(key.status, Field::Known(Status::Active));
//! assert_eq!(key.created, Field::Known("2024-01-31T00:00:00Z".parse()?));
//!
//! let mut table = Vec::new();
//! inventory.write(Format::Tsv, &mut table, &Style::default())?;
//! assert!(String::from_utf8(table)?.contains("billing"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod documents;
pub(crate) mod format;
pub(crate) mod input;
pub(crate) mod key;
pub(crate) mod mapping;
pub(crate) mod merge;
pub(crate) mod output;
pub(crate) mod problem;
pub(crate) mod row;
pub(crate) mod successor;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod time;
pub(crate) mod words;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};

use self::documents::{Event, Scanner, Step, path_text};
use self::format::{FORMATS, Sample};
use self::input::Text;
use self::mapping::{Plan, Unread};
use self::problem::{Kind, MAX_PROBLEMS, looks_secret, quoted};
use self::row::{Context, PendingDate, Row};
use self::successor::Mistaken;
use self::time::Clock;
use crate::calls::format::is_call;
use crate::calls::format::mapped::names_calls;
use crate::detect::Detector;
use crate::report::Style;

pub use self::format::{Basis as ExportBasis, FORMATS as EXPORTS, Format as Export};
pub use self::key::{Basis, Digest, Field, Key, List, Origin, OwnerKind, Shown, SourceId, Status, Text as SharedText};
pub use self::mapping::{DigestName, Mapping, MappingError, Property};
pub use self::output::Format;
pub use self::problem::{Kind as ProblemKind, Problem};
pub use self::time::DateOrder;

/// How files are read.
#[derive(Default)]
pub struct Options {
    /// Every file is of this format; told by content otherwise.
    pub format: Option<Wanted>,
    /// How tables and JSON of unknown origin are read.
    pub mapping: Mapping,
    /// When files were exported that do not say so themselves, where that is known.
    pub exported: Option<Timestamp>,
    /// Finds keys in names and other texts, where people paste them; without it only marked columns are looked at.
    pub detector: Option<Detector>,
}

/// A format that whoever asks has named.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// One that keytrail knows.
    Known(&'static Export),
    /// A table or JSON, read by its headings.
    Generic,
}

impl Wanted {
    /// The name under which headings alone decide.
    pub const GENERIC: &str = "generic";

    /// The format of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Wanted> {
        if name == Self::GENERIC { Some(Wanted::Generic) } else { format::by_name(name).map(Wanted::Known) }
    }
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path as it was given, with `/` separators; `-` for standard input.
    pub path: String,
    /// The name of its format; absent where nothing recognised it.
    pub format: Option<&'static str>,
    /// When the export was made, where the file says so.
    pub as_of: Field<Timestamp>,
    /// How many records it has.
    pub rows: u64,
    /// How many of them gave keys.
    pub read: u64,
    /// How many are problems.
    pub bad: u64,
    /// How many were left out on purpose, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Whether it is known to leave keys out: then a key that it does not list may exist.
    pub incomplete: bool,
    /// Problems beyond the first thousand of a kind, which alone are kept.
    pub more_problems: BTreeMap<Kind, u64>,
}

/// The keys of an organisation, as far as its exports tell.
#[derive(Default)]
pub struct Inventory {
    options: Options,
    sources: Vec<Source>,
    /// For each of the sources what [`Options::exported`] said when it was read.
    exported: Vec<Option<Timestamp>>,
    keys: Vec<Key>,
    partial: Vec<Key>,
    problems: Vec<Problem>,
    index: merge::Index,
    counts: BTreeMap<(u32, Kind), usize>,
}

impl Inventory {
    /// An empty one.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Inventory { options, ..Inventory::default() }
    }

    /// The keys, in the order of the files and their rows.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The keys.
    #[cfg(test)]
    pub(crate) fn into_keys(self) -> Vec<Key> {
        self.keys
    }

    /// The files, in the order in which they were read.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The file of an origin.
    #[must_use]
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// What is wrong, in the order of files and places.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether every file was recognised and read to its end.
    #[must_use]
    pub fn all_files_read(&self) -> bool {
        !self.problems.iter().any(|problem| problem.kind == Kind::BadFile)
    }

    /// Says how the files are read that come from now on: of which format they are, if that is known, and by which
    /// mapping. What was read stays as it is.
    pub fn read_as(&mut self, format: Option<Wanted>, mapping: Mapping) {
        self.options.format = format;
        self.options.mapping = mapping;
    }

    /// Says when the files were exported that come from now on, unless they say so themselves.
    pub fn exported_on(&mut self, time: Option<Timestamp>) {
        self.options.exported = time;
    }

    /// Adds a key that was made otherwise than from a file.
    pub fn push(&mut self, key: Key) {
        self.add(key, false);
    }

    /// Reads a file; `-` is standard input. What is wrong with it becomes a problem, and other files go on.
    pub fn read_path(&mut self, path: &Path) {
        let name = path.to_string_lossy().replace('\\', "/");
        if name == "-" {
            return self.read("-", std::io::stdin().lock());
        }
        match std::fs::File::open(path) {
            Ok(file) if file.metadata().is_ok_and(|metadata| metadata.is_dir()) => {
                let id = self.begin(&name);
                self.bad_file(id, "it is a folder".to_owned(), Some("name the files in it".to_owned()));
            }
            Ok(file) => self.read(&name, file),
            Err(error) => {
                let id = self.begin(&name);
                self.bad_file(id, format!("it cannot be opened: {error}"), None);
            }
        }
    }

    /// Reads a text as a file of that name.
    pub fn read(&mut self, name: &str, reader: impl Read) {
        let id = self.begin(name);
        let zone = match self.options.mapping.zone() {
            Ok(zone) => zone,
            Err(error) => return self.bad_file(id, error.to_string(), None),
        };
        let stem = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let stem = if name == "-" { "stdin".to_owned() } else { stem };
        let order = self.options.mapping.date_order;
        let context = Context::new(stem, Clock { zone, end_of_day: false }, order);
        let mut text = match Text::new(reader) {
            Ok(text) => text,
            Err(error) => return self.bad_file(id, error.to_string(), None),
        };
        let head = match text.peek(64 << 10) {
            Ok(head) => String::from_utf8_lossy(head).into_owned(),
            Err(error) => return self.bad_file(id, format!("it cannot be read: {error}"), None),
        };
        let encoding = text.encoding();
        match head.trim_start().chars().next() {
            None => self.bad_file(id, "it is empty".to_owned(), None),
            Some('{' | '[' | '\u{1e}') => self.read_json(id, &context, text),
            Some('H') if head.trim_start().starts_with("HTTP/") => self.read_json(id, &context, text),
            Some('<') => self.bad_file(
                id,
                "it is XML or HTML".to_owned(),
                Some("export JSON or CSV; perhaps a page that asks to log in was saved".to_owned()),
            ),
            Some(_) if is_yaml(&head) => {
                let help = "print JSON instead: `-o json` of kubectl, `--format=json` of gcloud".to_owned();
                self.bad_file(id, "it is YAML".to_owned(), Some(help));
            }
            Some(_) => self.read_table(id, &context, text, &head),
        }
        if encoding == "Windows-1252" {
            self.file_problem(id, Kind::Note, "it is no UTF-8 and was read as Windows-1252".to_owned(), None);
        }
    }

    /// Writes the keys. Those that stand in the exports in plaintext are not written.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write(&self, format: Format, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        output::write(format, self, out, style)
    }

    /// Writes what is wrong, the gravest first, for people.
    ///
    /// # Errors
    /// Those of `out`, which is neither flushed nor closed.
    pub fn write_problems(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        output::problems(self, out, style)
    }

    /// Joins what stands apart until all files are read, and puts the problems into order.
    pub fn finish(&mut self) {
        for (source, exported) in self.sources.iter_mut().zip(&self.exported) {
            source.as_of = source.as_of.or(Field::from(*exported));
        }
        for partial in std::mem::take(&mut self.partial) {
            self.attach(partial);
        }
        for (at, mistaken) in successor::mistakes(&self.keys) {
            let Some(key) = self.keys.get(at) else { continue };
            let old = key.supersedes.known().map_or_else(String::new, |old| quoted(old));
            let (kind, message) = match mistaken {
                Mistaken::Circle => {
                    (Kind::BadValue, format!("it replaces {old}, and is replaced by that key; neither counts"))
                }
                // A key that was deleted is in no listing any more.
                Mistaken::Unknown => (Kind::Note, format!("it replaces {old}, which no file lists")),
            };
            self.problem(key.origin, kind, message, None);
        }
        self.problems.sort();
        self.problems.dedup();
    }

    fn begin(&mut self, name: &str) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.exported.push(self.options.exported);
        self.sources.push(Source {
            path: name.to_owned(),
            format: None,
            as_of: Field::Unknown,
            rows: 0,
            read: 0,
            bad: 0,
            skipped: BTreeMap::new(),
            incomplete: false,
            more_problems: BTreeMap::new(),
        });
        id
    }

    /// Takes over when a file says that it was made. Of several dates, those of pages, the latest counts: nothing that
    /// it lists was seen later.
    fn dated(&mut self, id: SourceId, time: Option<Timestamp>) {
        if let (Some(source), Some(time)) = (self.source_mut(id), time) {
            let known = source.as_of.known().copied();
            source.as_of = Field::Known(known.map_or(time, |known| known.max(time)));
        }
    }

    fn source_mut(&mut self, id: SourceId) -> Option<&mut Source> {
        self.sources.get_mut(id.0 as usize)
    }

    fn problem(&mut self, origin: Origin, kind: Kind, message: String, help: Option<String>) {
        let count = self.counts.entry((origin.source.0, kind)).or_default();
        *count += 1;
        if *count > MAX_PROBLEMS {
            if let Some(source) = self.source_mut(origin.source) {
                *source.more_problems.entry(kind).or_default() += 1;
            }
            return;
        }
        self.problems.push(Problem { origin, kind, message, help });
    }

    fn file_problem(&mut self, source: SourceId, kind: Kind, message: String, help: Option<String>) {
        self.problem(Origin { source, ..Origin::default() }, kind, message, help);
    }

    /// Says that a file is not read to its end, or not at all: then it may list keys of which nothing is known.
    fn bad_file(&mut self, source: SourceId, message: String, help: Option<String>) {
        self.bad_place(Origin { source, ..Origin::default() }, message, help);
    }

    /// As [`bad_file`](Self::bad_file), where the place is known.
    fn bad_place(&mut self, origin: Origin, message: String, help: Option<String>) {
        if let Some(source) = self.source_mut(origin.source) {
            source.incomplete = true;
        }
        self.problem(origin, Kind::BadFile, message, help);
    }

    fn cut_short(&mut self, origin: Origin) {
        let message = "the file ends before the value that begins here does".to_owned();
        self.bad_place(origin, message, Some("export it again: what comes behind is missing".to_owned()));
    }

    fn bad_row(&mut self, origin: Origin, message: String) {
        if let Some(source) = self.source_mut(origin.source) {
            source.bad += 1;
        }
        self.problem(origin, Kind::BadRow, message, None);
    }

    // ---- JSON

    fn read_json<R: Read>(&mut self, id: SourceId, context: &Context, text: Text<R>) {
        let mut scanner = Scanner::new(text);
        let mut state = Json::default();
        let mut documents = 0u64;
        loop {
            match scanner.next_document() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    let (line, column) = scanner.here();
                    if documents == 0 {
                        return self.bad_file(
                            id,
                            format!("line {line}, column {column}: no JSON value begins here"),
                            None,
                        );
                    }
                    let origin = Origin { source: id, line, column, row: 0 };
                    self.count_row(id);
                    self.bad_row(origin, "no JSON value begins here; the line was passed over".to_owned());
                    if scanner.skip_line().is_err() {
                        break;
                    }
                    continue;
                }
                Err(error) => return self.bad_file(id, format!("it cannot be read: {error}"), None),
            }
            documents += 1;
            let read = self.read_document(id, context, &mut scanner, &mut state);
            if let Err(error) = read {
                return self.bad_file(id, format!("it cannot be read: {error}"), None);
            }
        }
        if scanner.text().is_lossy() {
            self.file_problem(id, Kind::Note, "some bytes are no characters and became `\u{fffd}`".to_owned(), None);
        }
        self.pages(id, &state);
        self.settle_dates(id, state.plan.as_ref(), state.pending);
    }

    fn read_document<R: Read>(
        &mut self,
        id: SourceId,
        context: &Context,
        scanner: &mut Scanner<R>,
        state: &mut Json,
    ) -> std::io::Result<()> {
        let head = scanner.head()?;
        let chosen = self.choose(&head, state, context);
        let (line, column) = scanner.document_start();
        self.dated(id, scanner.answered());
        let Some(choice) = chosen else {
            let never = [Step::Member(String::new()), Step::Member("\0".to_owned())];
            loop {
                match scanner.next(&never)? {
                    Event::End => break,
                    Event::CutShort(line, column) => {
                        self.cut_short(Origin { source: id, line, column, row: 0 });
                        return Ok(());
                    }
                    Event::Row(_) | Event::TooLarge(..) => {}
                }
            }
            self.unrecognised(Origin { source: id, line, column, row: 0 }, &head, state);
            return Ok(());
        };
        if let Some(source) = self.source_mut(id) {
            source.format = Some(match choice.how {
                How::Known(format) => format.name,
                How::Generic => Wanted::GENERIC,
            });
        }
        loop {
            let (found, problem) = match scanner.next(&choice.path)? {
                Event::End => break,
                Event::Row(found) => (found, None),
                Event::TooLarge(line, column) => {
                    (at(line, column), Some(format!("it is larger than {} MiB", documents::MAX_ROW >> 20)))
                }
                Event::CutShort(line, column) => {
                    self.cut_short(Origin { source: id, line, column, row: 0 });
                    break;
                }
            };
            let row = self.count_row(id);
            let origin = Origin { source: id, line: found.line, column: found.column, row };
            if let Some(problem) = problem {
                self.bad_row(origin, problem);
                continue;
            }
            let parsed = serde_json::from_slice::<Value>(&found.text);
            if let (How::Known(format), Ok(value)) = (&choice.how, &parsed) {
                self.dated(id, format::stated_date(format, value));
            }
            match parsed {
                Ok(value) => self.read_record(&choice, &value, &head, found.name.as_deref(), origin, context, state),
                Err(error) => {
                    let (line, column) = place_of(&error, origin);
                    self.bad_row(origin, format!("it is no JSON: {} in line {line}, column {column}", syntax(&error)));
                }
            }
        }
        state.documents += 1;
        state.last_beside = scanner.beside().clone();
        state.last = Some(choice);
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    fn read_record(
        &mut self,
        choice: &Choice,
        value: &Value,
        document: &Value,
        name: Option<&str>,
        origin: Origin,
        context: &Context,
        state: &mut Json,
    ) {
        if let How::Known(format) = choice.how
            && let Some(report) = format::report_inside(format, value)
        {
            return self.read_report(origin, context, report);
        }
        let problems = RefCell::new(Vec::new());
        let skipped = Cell::new(None);
        let row = Row { value, document, name, origin, context, problems: &problems, skipped: &skipped };
        let mut keys = Vec::new();
        let mut pending = Vec::new();
        let mut events = false;
        match choice.how {
            How::Known(format) => {
                events = format.events;
                match format::no_record(format, value) {
                    Some(what) => row.problem(Kind::BadRow, format!("it is {what}, no record of a key")),
                    None => (format.read)(&row, &mut keys),
                }
                self.keep_told(choice, format, &row, &mut keys);
            }
            How::Generic => {
                let plan = state.plan.get_or_insert_with(|| Plan::of_members(&self.options.mapping, context));
                let mut say = |kind, message| row.problem(kind, message);
                match plan.read_object(&row, &mut say, &mut pending) {
                    Ok(key) => keys.push(key),
                    Err(Unread::Skipped(reason)) => row.skip(reason),
                    Err(Unread::Not(why)) => row.problem(Kind::BadRow, why),
                }
            }
        }
        self.take(id_of(origin), origin, keys, events, problems.into_inner(), skipped.get(), |index| {
            state.pending.extend(pending.drain(..).map(|date| (index, date)));
        });
    }

    /// Leaves out keys that nothing identifies: what an importer says of every key of its provider, that it is active
    /// or never ends, would be said of a key that nobody has seen.
    fn keep_told(&self, choice: &Choice, format: &Export, row: &Row<'_>, keys: &mut Vec<Key>) {
        let sample = Sample { value: row.value, path: &choice.path, table: false };
        // A table was recognised by its headings, which hold for all its rows.
        let table = row.document.is_null();
        let before = keys.len();
        keys.retain(|key| {
            key.partial
                || format.name == format::OWN
                || !key.id.is_unknown()
                || !key.shown.is_empty()
                || (!key.name.is_unknown() && (table || (format.fits)(&sample) > 0))
        });
        if keys.len() < before {
            row.problem(Kind::BadRow, "nothing in it identifies a key: no id, and nothing of the key itself");
        }
        let guessed = |field: &Field<key::Text>| !field.is_unknown() && *field == row.account_from_file();
        for key in keys {
            (key.account_guessed, key.owner_guessed) = (guessed(&key.account), guessed(&key.owner));
        }
    }

    /// Reads the table that a record holds, each of its rows a record of its own.
    fn read_report(&mut self, origin: Origin, context: &Context, report: Result<Vec<u8>, &'static str>) {
        let read = report.map_err(str::to_owned).and_then(|report| {
            let mut text = Text::new(std::io::Cursor::new(report)).map_err(|error| error.to_string())?;
            let head = text.peek(64 << 10).map_err(|error| error.to_string())?;
            let head = String::from_utf8_lossy(head).into_owned();
            Ok((text, head))
        });
        match read {
            Ok((text, head)) => {
                if let Some(source) = self.source_mut(origin.source) {
                    source.rows = source.rows.saturating_sub(1);
                }
                let message = "lines are those of the report that stands inside it in base64".to_owned();
                self.problem(origin, Kind::Note, message, None);
                self.read_table(origin.source, context, text, &head);
            }
            Err(message) => self.bad_row(origin, message),
        }
    }

    /// Takes over what a record has given.
    #[allow(clippy::too_many_arguments)]
    fn take(
        &mut self,
        id: SourceId,
        origin: Origin,
        keys: Vec<Key>,
        events: bool,
        problems: Vec<(Kind, String)>,
        skipped: Option<&'static str>,
        mut added: impl FnMut(u32),
    ) {
        let gave = !keys.is_empty();
        let bad = problems.iter().any(|(kind, _)| *kind == Kind::BadRow);
        for key in keys {
            let index = self.add(key, events);
            added(index);
        }
        if let Some(source) = self.source_mut(id) {
            if gave {
                source.read += 1;
            } else if let (false, Some(reason)) = (bad, skipped) {
                *source.skipped.entry(reason).or_default() += 1;
            } else {
                source.bad += 1;
            }
        }
        if !gave && skipped.is_none() && !bad {
            self.problem(origin, Kind::BadRow, "it holds no key".to_owned(), None);
        }
        for (kind, message) in problems {
            self.problem(origin, kind, message, None);
        }
    }

    fn count_row(&mut self, id: SourceId) -> u32 {
        let Some(source) = self.source_mut(id) else { return 0 };
        source.rows += 1;
        u32::try_from(source.rows).unwrap_or(u32::MAX)
    }

    /// How a document is read: as the one before where it fits, else as its records say.
    fn choose(&self, head: &Value, state: &Json, context: &Context) -> Option<Choice> {
        // The names of the files stand before the keys, and may be more than what is looked at.
        if self.options.format.is_none() && self.options.mapping.columns.is_empty() && format::is_own(head) {
            let path = vec![Step::Member("keys".to_owned()), Step::Each];
            return format::by_name(format::OWN).map(|format| Choice { path, how: How::Known(format) });
        }
        let candidates = candidates(head);
        if let Some(last) = &state.last {
            let same = candidates.iter().find(|candidate| candidate.path == last.path);
            if let (Some(candidate), How::Known(format)) = (same, &last.how)
                && candidate.score(format) > 0
            {
                return Some(last.clone());
            }
        }
        let known = match self.options.format {
            Some(Wanted::Known(format)) => {
                let rows = |candidate: &&Candidate<'_>| candidate.path.last() == Some(&Step::Each);
                let best = best(&candidates, |candidate| candidate.score(format).into());
                let any = best.or_else(|| candidates.iter().find(rows)).or_else(|| candidates.first());
                any.map(|candidate| Choice { path: candidate.path.clone(), how: How::Known(format) })
            }
            Some(Wanted::Generic) => None,
            None => FORMATS
                .iter()
                .filter_map(|format| {
                    let found = best(&candidates, |candidate| candidate.score(format).into())?;
                    Some((found.score(format), found, *format))
                })
                // The first of equals, so that the table's order decides and not chance.
                .rev()
                .max_by_key(|(score, ..)| *score)
                .map(|(_, found, format)| Choice { path: found.path.clone(), how: How::Known(format) }),
        };
        if known.is_some() && (self.options.mapping.columns.is_empty() || self.options.format.is_some()) {
            return known;
        }
        let told = self.options.format.is_some() || !self.options.mapping.columns.is_empty() || state.last.is_some();
        if known.is_none() && !told && candidates.iter().any(Candidate::is_call) {
            return None;
        }
        let generic = self.choose_generic(&candidates, context);
        // Lines of one log have different members; what fits nothing else belongs to the lines before.
        let last = state.last.as_ref().filter(|last| candidates.iter().any(|candidate| candidate.path == last.path));
        match last {
            Some(last) if matches!(last.how, How::Known(_)) => Some(last.clone()),
            _ => generic.or(known),
        }
    }

    fn choose_generic(&self, candidates: &[Candidate<'_>], context: &Context) -> Option<Choice> {
        let mapping = &self.options.mapping;
        let wanted = mapping.rows.as_deref();
        let plan = |value: &Value| {
            let names: Vec<String> = value.as_object()?.keys().cloned().collect();
            let mapped = mapping.columns.values().filter(|path| {
                row::lookup(value, path).or_else(|| row::lookup(value, &path.replace('.', "/"))).is_some()
            });
            let mapped = mapped.count();
            if mapped > 0 || wanted.is_some() {
                return Some(100 + mapped);
            }
            if !mapping.columns.is_empty() {
                return None;
            }
            Plan::of_headings(&names, &Mapping::default(), context).map(|plan| plan.known_columns())
        };
        let fits = |candidate: &Candidate<'_>| -> u64 {
            let text = path_text(&candidate.path);
            if wanted.is_some_and(|wanted| wanted != text && format!("{wanted}[]") != text) {
                return 0;
            }
            let known = candidate.values.iter().filter_map(|value| plan(value)).max().unwrap_or(0) as u64;
            // An array of records is likelier an inventory than one record, and that than ids as names.
            let shape = match candidate.path.last() {
                Some(Step::Each) => 2_000,
                // One member that is an object is a wrapper rather than an id.
                Some(Step::EveryMember) if candidate.values.len() > 1 => 1_000,
                Some(_) => 0,
                None => 1_500,
            };
            if known == 0 { 0 } else { known + shape }
        };
        best(candidates, fits).map(|found| Choice { path: found.path.clone(), how: How::Generic })
    }

    fn unrecognised(&mut self, origin: Origin, head: &Value, state: &mut Json) {
        if let Some(error) = error_body(head) {
            let message = format!("line {}: it is an error, no list of keys: {error}", origin.line);
            return self.bad_file(origin.source, message, Some("repeat the call that made it".to_owned()));
        }
        if candidates(head).iter().any(Candidate::is_call) {
            return self.bad_file(origin.source, LOG.to_owned(), Some(LOG_HELP.to_owned()));
        }
        if head.get("encrypted").and_then(Value::as_bool) == Some(true) {
            let message = "it is an encrypted export of a vault".to_owned();
            return self.bad_file(origin.source, message, Some("export it without encryption".to_owned()));
        }
        if is_empty_list(head) {
            if !state.said_empty {
                state.said_empty = true;
                self.file_problem(
                    origin.source,
                    Kind::Note,
                    "it lists nothing, so that it says neither of which provider it is nor of which format".to_owned(),
                    None,
                );
            }
            return;
        }
        let names = |value: &Value| -> Vec<String> {
            value
                .as_object()
                .map(|object| object.keys().take(30).map(|name| quoted(name)).collect())
                .unwrap_or_default()
        };
        let mut seen = Vec::new();
        for candidate in candidates(head).iter().take(4) {
            if let Some(value) = candidate.values.first().filter(|value| !names(value).is_empty()) {
                let text = path_text(&candidate.path);
                let at = if text.is_empty() { "its members are".to_owned() } else { format!("`{text}` has") };
                seen.push(format!("{at} {}", names(value).join(", ")));
            }
        }
        let seen = if seen.is_empty() { "it holds no objects".to_owned() } else { seen.join("; ") };
        if let Some((property, wanted)) = self.options.mapping.columns.first_key_value() {
            let message = format!(
                "line {}: no record has a member {}, which the mapping names for `{}`: {seen}",
                origin.line,
                quoted(wanted),
                property.as_str()
            );
            let help = "members inside members are named with dots between, as `owner.email`".to_owned();
            return self.bad_file(origin.source, message, Some(help));
        }
        self.bad_file(
            origin.source,
            format!("line {}: no format has records like these: {seen}", origin.line),
            Some(MAP_HELP.to_owned()),
        );
    }

    // ---- tables

    fn read_table<R: Read>(&mut self, id: SourceId, context: &Context, text: Text<R>, head: &str) {
        let separator = table::separator(head);
        let mut heading = None;
        let tops: Vec<Vec<String>> = table::records(head.as_bytes(), separator).take(table::TITLE_LINES).collect();
        for (index, cells) in tops.iter().enumerate() {
            if let Some(how) = self.table_format(cells, context) {
                heading = Some((index, cells.clone(), how));
                break;
            }
        }
        let Some((skip, headings, how)) = heading else {
            if tops.iter().any(|cells| names_calls(cells.iter().map(String::as_str))) {
                return self.bad_file(id, LOG.to_owned(), Some(LOG_HELP.to_owned()));
            }
            let seen: Vec<String> = tops
                .iter()
                .rev()
                .max_by_key(|cells| cells.len())
                .into_iter()
                .flatten()
                .take(30)
                .map(|cell| quoted(cell))
                .collect();
            let (message, help) = self.no_table(&tops, &seen.join(", "));
            return self.bad_file(id, message, Some(help));
        };
        if let Some(source) = self.source_mut(id) {
            source.format = Some(match &how {
                TableHow::Known(format) => format.name,
                TableHow::Plan(_) => Wanted::GENERIC,
            });
        }
        let mut reader = table::reader(table::Quotes::new(text, separator).chain(&b"\n"[..]), separator);
        // Columns of buttons at the end are often lost where a table is copied from a page.
        let says = |heading: &String| words::meaning(heading) != Some(words::Meaning::Nothing);
        let wide = headings.iter().rposition(says).map_or(0, |last| last + 1);
        let mut record = csv::StringRecord::new();
        let mut state = Json::default();
        let mut number = 0usize;
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return self.bad_file(id, format!("it cannot be read: {error}"), None),
            }
            number += 1;
            if number <= skip + 1 {
                continue;
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let behind = reader.position().line();
            let line = table::start_line(behind, &record);
            let behind = u32::try_from(behind).unwrap_or(u32::MAX).max(line + 1);
            let quotes = reader.get_mut().get_mut().0;
            if let Some(opened) = quotes.unclosed().filter(|opened| (line..behind).contains(opened)) {
                let message =
                    "a quote opens a cell here, and nothing closes it: the rows behind it are unknown".to_owned();
                let help = "close the quote; a quote that belongs to the text of a cell is written twice".to_owned();
                self.bad_place(Origin { source: id, line: opened, column: 0, row: 0 }, message, Some(help));
                break;
            }
            let origin = Origin { source: id, line, column: 1, row: self.count_row(id) };
            if let Some(stray) = quotes.stray(line, behind).filter(|_| behind - line > 1) {
                let message = format!(
                    "a quote in line {stray} closes a cell that goes on behind it, and {} lines became one row; a \
                     quote that belongs to the text of a cell is written twice",
                    behind - line
                );
                self.bad_row(origin, message);
                continue;
            }
            let cells = || format!("it has {} cells under {} headings", record.len(), headings.len());
            let ragged = record.len() < wide || record.iter().skip(headings.len()).any(|cell| !cell.trim().is_empty());
            match &how {
                TableHow::Known(format) => {
                    let mut object = Map::new();
                    for (heading, cell) in headings.iter().zip(&record) {
                        object.entry(heading.trim().to_owned()).or_insert_with(|| Value::String(cell.to_owned()));
                    }
                    if ragged {
                        self.problem(origin, Kind::BadValue, cells(), None);
                    }
                    let choice = Choice { path: Vec::new(), how: How::Known(format) };
                    self.read_record(&choice, &Value::Object(object), &Value::Null, None, origin, context, &mut state);
                }
                TableHow::Plan(plan) => {
                    let mut problems = Vec::new();
                    let mut pending = Vec::new();
                    let cell = |index| record.get(index);
                    let mut say = |kind, message| problems.push((kind, message));
                    let read = plan.read_cells(&cell, origin, context, &mut say, &mut pending);
                    let (keys, skipped) = match read {
                        Ok(key) => (vec![key], None),
                        Err(Unread::Skipped(reason)) => (Vec::new(), Some(reason)),
                        Err(Unread::Not(why)) => {
                            problems.push((Kind::BadRow, why.to_owned()));
                            (Vec::new(), None)
                        }
                    };
                    if ragged && !keys.is_empty() {
                        problems.push((Kind::BadValue, cells()));
                    }
                    self.take(id, origin, keys, false, problems, skipped, |index| {
                        state.pending.extend(pending.drain(..).map(|date| (index, date)));
                    });
                }
            }
        }
        let plan = match how {
            TableHow::Known(_) => None,
            TableHow::Plan(plan) => Some(plan),
        };
        self.settle_dates(id, plan.as_deref(), state.pending);
    }

    /// Why a table cannot be read, and what to do about it.
    fn no_table(&self, tops: &[Vec<String>], seen: &str) -> (String, String) {
        let is = |heading: &str, wanted: &str| words::fold(heading) == words::fold(wanted);
        let columns = &self.options.mapping.columns;
        // The line with most of the columns that were named is that of the headings.
        let named =
            |cells: &&Vec<String>| columns.values().filter(|wanted| cells.iter().any(|cell| is(cell, wanted))).count();
        let headings = tops.iter().rev().max_by_key(|cells| (named(cells), cells.len()));
        let missing = columns.iter().find_map(|(property, wanted)| {
            let headings = headings?;
            (!headings.iter().any(|heading| is(heading, wanted))).then_some((property, wanted, headings))
        });
        if let Some((property, wanted, headings)) = missing {
            let message =
                format!("it has no column {}, which the mapping names for `{}`", quoted(wanted), property.as_str());
            let help = match nearest(wanted, headings) {
                Some(near) => format!("name {} instead", quoted(near)),
                None => format!("its headings are {seen}"),
            };
            return (message, help);
        }
        if let Some(Wanted::Known(format)) = self.options.format {
            let message = format!("the format `{}` has no table with these headings: {seen}", format.name);
            let help =
                "leave --inventory-format out to have the format told by the content, or name `generic` to have \
                        the headings decide"
                    .to_owned();
            return (message, help);
        }
        (format!("no format has a table with these headings: {seen}"), MAP_HELP.to_owned())
    }

    fn table_format(&self, cells: &[String], context: &Context) -> Option<TableHow> {
        let object = cells.iter().map(|cell| (cell.trim().to_owned(), Value::Null)).collect::<Map<_, _>>();
        let value = Value::Object(object);
        let sample = Sample { value: &value, path: &[], table: true };
        let plan = || Plan::of_headings(cells, &self.options.mapping, context);
        match self.options.format {
            Some(Wanted::Known(format)) if (format.fits)(&sample) > 0 => Some(TableHow::Known(format)),
            Some(Wanted::Known(_)) => None,
            Some(Wanted::Generic) => plan().map(|plan| TableHow::Plan(Box::new(plan))),
            None if !self.options.mapping.columns.is_empty() => plan().map(|plan| TableHow::Plan(Box::new(plan))),
            None => {
                let scored = FORMATS.iter().map(|format| ((format.fits)(&sample), *format));
                let known = scored.rev().max_by_key(|(score, _)| *score).filter(|(score, _)| *score > 0);
                let log = names_calls(cells.iter().map(String::as_str));
                known
                    .map(|(_, format)| TableHow::Known(format))
                    .or_else(|| plan().filter(|_| !log).map(|plan| TableHow::Plan(Box::new(plan))))
            }
        }
    }

    // ---- keys

    /// Adds a key, or adds what its record says to the key that is there already; where that is.
    fn add(&mut self, mut key: Key, events: bool) -> u32 {
        self.take_secrets_out(&mut key);
        for (&property, value) in &self.options.mapping.constants {
            mapping::set_constant(&mut key, property, value);
        }
        if key.partial {
            self.partial.push(key);
            return u32::MAX;
        }
        let origin = key.origin;
        if let Some(at) = self.index.find(&self.keys, &key) {
            self.join(at, key, events);
            return at;
        }
        let at = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.index.insert(&key, at);
        if key.is_in_plaintext() {
            let message = "the key itself stands in the inventory".to_owned();
            let help = "replace the key, and export inventories without secrets".to_owned();
            self.problem(origin, Kind::Plaintext, message, Some(help));
        }
        self.keys.push(key);
        at
    }

    fn join(&mut self, at: u32, key: Key, events: bool) {
        let origin = key.origin;
        let Some(mine) = self.keys.get_mut(at as usize) else { return };
        let first = mine.origin;
        // An id that stands in tables whole is no secret in a sentence either.
        let id = mine.id.known().filter(|_| mine.name.known().is_none());
        let label = match id {
            Some(id) if mine.shown.iter().any(|shown| matches!(shown, Shown::Id(whole) if whole == id)) => {
                format!("`{}`", crate::report::visible::line(id))
            }
            _ => quoted(&mine.label()),
        };
        let conflicts = merge::merge(mine, key, events);
        let mine = mine.clone();
        self.index.insert(&mine, at);
        let place = match self.source(first.source) {
            Some(source) if first.source != origin.source => format!("in {}:{}", source.path, first.line),
            _ => format!("in line {}", first.line),
        };
        if first.source == origin.source && !events && conflicts.is_empty() {
            self.problem(origin, Kind::Duplicate, format!("{label} is listed {place} already"), None);
        }
        for conflict in conflicts {
            self.problem(origin, Kind::Conflict, format!("{label}: {conflict} {place}"), None);
        }
    }

    /// Joins a record that names no key of its own with the only key that it can mean.
    fn attach(&mut self, partial: Key) {
        let fits =
            |key: &Key| key.provider == partial.provider && key.kind == partial.kind && key.owner == partial.owner;
        let mut found = self.keys.iter().enumerate().filter(|(_, key)| fits(key)).map(|(at, _)| at);
        let (first, second) = (found.next(), found.next());
        let owner = partial.owner.known().map_or_else(|| "nobody".to_owned(), |owner| quoted(owner));
        match (first, second) {
            (Some(at), None) => self.join(u32::try_from(at).unwrap_or(u32::MAX), partial, false),
            (first, _) => {
                let message = match first {
                    None => format!("it tells of a key of {owner}, and no listing has one"),
                    Some(_) => format!("it tells of a key of {owner}, who has several"),
                };
                let help = "name the file after the id of the key, or add the listing".to_owned();
                if let Some(source) = self.source_mut(partial.origin.source) {
                    source.read = source.read.saturating_sub(1);
                    source.bad += 1;
                }
                self.problem(partial.origin, Kind::BadRow, message, Some(help));
            }
        }
    }

    /// People paste keys into names and notes. What the rules see there is kept as a secret, and its text redacted.
    fn take_secrets_out(&mut self, key: &mut Key) {
        let Some(detector) = &self.options.detector else { return };
        let fields = [&mut key.name, &mut key.id, &mut key.owner, &mut key.account, &mut key.supersedes];
        for field in fields {
            let Field::Known(text) = &*field else { continue };
            if !looks_secret(text) || is_uuid(text) {
                continue;
            }
            if let Some(secret) = mapping::secret_in(text, detector) {
                let whole = String::from_utf8_lossy(secret.expose()).into_owned();
                *field = Field::Known(text.replace(&whole, &secret.redacted()).into());
                key.shown.push(Shown::Plain(secret));
            }
        }
    }

    // ---- the end of a file

    /// Settles dates that their cells left open by what the other cells of their column have shown.
    fn settle_dates(&mut self, id: SourceId, plan: Option<&Plan>, pending: Vec<(u32, PendingDate)>) {
        let orders = plan.map(Plan::orders).unwrap_or_default();
        let mut open: BTreeMap<Property, (u64, bool)> = BTreeMap::new();
        for (at, date) in pending {
            let column = orders.get(&date.property).copied().unwrap_or_default();
            let time = match column.order() {
                Some(DateOrder::DayFirst) => date.day_first,
                Some(DateOrder::MonthFirst) => date.month_first,
                None => {
                    let open = open.entry(date.property).or_default();
                    open.0 += 1;
                    open.1 = column.is_mixed();
                    continue;
                }
            };
            if let Some(key) = self.keys.get_mut(at as usize)
                && let Some(field) = date.property.date(key)
            {
                *field = field.or(Field::Known(time));
            }
        }
        for (property, (count, mixed)) in open {
            let why = if mixed { "its other dates contradict each other" } else { "no other date tells which" };
            let message = format!(
                "`{}`: the day and the month of {count} dates can be read in either order, and {why}; they stay unknown",
                property.as_str()
            );
            let help = "say the order: --date-order day-first, or month-first".to_owned();
            self.file_problem(id, Kind::AmbiguousDate, message, Some(help));
        }
    }

    /// Whether the file is a page of several.
    fn pages(&mut self, id: SourceId, state: &Json) {
        let Some(source) = self.sources.get(id.0 as usize) else { return };
        let rows = source.rows;
        let more = more_pages(&state.last_beside, rows);
        let bare = state.last.as_ref().is_some_and(|last| last.path == [Step::Each]);
        let message = if let Some(reason) = more {
            format!("it is one page of several: {reason}")
        } else if bare && state.documents == 1 && matches!(rows, 20 | 30 | 50 | 100) {
            format!("it has {rows} records, the size of a page; there may be more")
        } else {
            return;
        };
        if let Some(source) = self.source_mut(id) {
            source.incomplete = true;
        }
        let help = "export all pages; they may follow one another in one file".to_owned();
        self.file_problem(id, Kind::Incomplete, message, Some(help));
    }
}

/// What is said of a call log that is given as an inventory.
const LOG: &str = "it is a call log, and no list of keys";
/// What to do about it.
const LOG_HELP: &str = "give it to `keytrail audit --calls`";
const MAP_HELP: &str = "say which column is what, as `--map name=HEADING --map created=HEADING`, or name the format with \
                        --inventory-format; `keytrail inventory formats` lists them";

/// The heading that was probably meant.
fn nearest<'h>(wanted: &str, headings: &'h [String]) -> Option<&'h str> {
    /// Less alike are different words.
    const ALIKE: f64 = 0.75;
    let likeness = |heading: &String| strsim::jaro_winkler(&words::fold(heading), &words::fold(wanted));
    let scored = headings.iter().map(|heading| (likeness(heading), heading.trim()));
    let best = scored.filter(|(likeness, _)| *likeness >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, heading)| heading)
}

/// What is known of a file while its documents are read.
#[derive(Default)]
struct Json {
    last: Option<Choice>,
    plan: Option<Plan>,
    pending: Vec<(u32, PendingDate)>,
    documents: u64,
    last_beside: Map<String, Value>,
    said_empty: bool,
}

#[derive(Clone)]
struct Choice {
    path: documents::Path,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Known(&'static Export),
    Generic,
}

enum TableHow {
    Known(&'static Export),
    Plan(Box<Plan>),
}

/// A place of a document where records may be.
struct Candidate<'a> {
    path: documents::Path,
    values: Vec<&'a Value>,
}

impl Candidate<'_> {
    /// Whether its records are calls with keys.
    fn is_call(&self) -> bool {
        self.values.iter().any(|value| value.as_object().is_some_and(is_call))
    }

    fn score(&self, format: &Export) -> u8 {
        if self.path.last() == Some(&Step::EveryMember) {
            return 0;
        }
        let sample = |value| Sample { value, path: &self.path, table: false };
        self.values.iter().map(|value| (format.fits)(&sample(value))).max().unwrap_or(0)
    }
}

/// The best of those that score, the shallowest of equals.
fn best<'c, 'v>(candidates: &'c [Candidate<'v>], score: impl Fn(&Candidate<'v>) -> u64) -> Option<&'c Candidate<'v>> {
    let scored = candidates.iter().map(|candidate| (score(candidate), candidate));
    scored.filter(|(score, _)| *score > 0).rev().max_by_key(|(score, _)| *score).map(|(_, candidate)| candidate)
}

/// Every place of a document that holds objects, from the outside in.
fn candidates(head: &Value) -> Vec<Candidate<'_>> {
    /// Deeper structures belong to a record.
    const DEPTH: usize = 7;
    /// Documents with more places are no inventories.
    const PLACES: usize = 60;
    let mut found: Vec<Candidate<'_>> = Vec::new();
    let mut open: std::collections::VecDeque<(documents::Path, &Value)> = [(Vec::new(), head)].into();
    while let Some((path, value)) = open.pop_front() {
        let further = |step: Step| {
            let mut path = path.clone();
            path.push(step);
            path
        };
        match value {
            Value::Object(object) => {
                for (name, inner) in object.iter().filter(|(_, inner)| inner.is_object() || inner.is_array()) {
                    if path.len() < DEPTH && open.len() < PLACES {
                        open.push_back((further(Step::Member(name.clone())), inner));
                    }
                }
                if !object.is_empty() && object.values().all(Value::is_object) && found.len() < PLACES {
                    let values = object.values().take(3).collect();
                    found.push(Candidate { path: further(Step::EveryMember), values });
                }
            }
            Value::Array(elements) => {
                // A few that are no objects do not hide those that are.
                let (objects, others): (Vec<&Value>, Vec<&Value>) = elements.iter().partition(|it| it.is_object());
                for element in objects.into_iter().take(3).chain(others.into_iter().filter(|it| !it.is_null()).take(3))
                {
                    if path.len() < DEPTH {
                        open.push_back((further(Step::Each), element));
                    }
                }
            }
            Value::String(_) => {}
            _ => continue,
        }
        match found.iter().position(|candidate| candidate.path == path) {
            Some(at) => found[at].values.push(value),
            None if found.len() < PLACES && !value.is_array() => found.push(Candidate { path, values: vec![value] }),
            None => {}
        }
    }
    found
}

fn at(line: u32, column: u32) -> documents::Found {
    documents::Found { text: Vec::new(), line, column, name: None }
}

fn id_of(origin: Origin) -> SourceId {
    origin.source
}

/// Line and column of the file at which a parser stopped in a row; its own count begins with the row.
fn place_of(error: &serde_json::Error, origin: Origin) -> (u32, u32) {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (line, column) = (number(error.line().saturating_sub(1)), number(error.column().max(1)));
    let before = if line == 0 { origin.column.saturating_sub(1) } else { 0 };
    (origin.line.saturating_add(line), before.saturating_add(column))
}

/// What a parser complains about, without where: its place is that in the row.
fn syntax(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or("a mistake").to_owned()
}

/// What an answer says that is an error.
fn error_body(head: &Value) -> Option<String> {
    let object = head.as_object()?;
    let failed = ["ok", "success"].iter().any(|name| object.get(*name) == Some(&Value::Bool(false)));
    let named = ["error", "errors", "message", "error_description", "errorSummary"].iter().find_map(|name| {
        let value = object.get(*name)?;
        let text = match value {
            Value::String(text) => Some(text.clone()),
            Value::Object(inner) => inner.get("message").and_then(Value::as_str).map(str::to_owned),
            Value::Array(list) => list.first().map(|first| match first {
                Value::String(text) => text.clone(),
                first => ["message", "detail", "title"]
                    .iter()
                    .find_map(|name| first.get(name).and_then(Value::as_str))
                    .unwrap_or("an error")
                    .to_owned(),
            }),
            _ => None,
        };
        text.filter(|text| !text.is_empty())
    });
    match named {
        Some(text) => {
            let line = report_line(&text);
            Some(format!("\"{line}\""))
        }
        None => failed.then(|| "it says that the call failed".to_owned()),
    }
}

/// A text of a provider for one line, cut short, without anything that may be a key.
fn report_line(text: &str) -> String {
    const MAX: usize = 120;
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| if looks_secret(word) { crate::secret::redact(word.as_bytes()) } else { word.to_owned() })
        .collect();
    let line = words.join(" ");
    let line = crate::report::visible::line(&line).into_owned();
    match line.char_indices().nth(MAX) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// `[]`, `{"keys": []}`, `{"data": [], "has_more": false}`, `{}`.
fn is_empty_list(head: &Value) -> bool {
    match head {
        Value::Array(elements) => elements.iter().all(is_empty_list),
        Value::Object(object) => {
            object.is_empty()
                || (object.values().any(|value| value.as_array().is_some_and(Vec::is_empty))
                    && object.values().all(|value| match value {
                        Value::Array(list) => list.is_empty(),
                        Value::Object(_) => candidates(value).len() <= 1,
                        _ => true,
                    }))
        }
        _ => false,
    }
}

fn is_yaml(head: &str) -> bool {
    let first = head.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("");
    first.trim_end() == "---"
        || first.starts_with("apiVersion:")
        || first.starts_with("items:")
        || (first.starts_with("- ") && first.contains(": "))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Why there are more pages, by the members beside the rows; `None` where nothing says so.
fn more_pages(beside: &Map<String, Value>, rows: u64) -> Option<String> {
    const TRUE: &[&str] = &["has_more", "IsTruncated", "hasMore"];
    const PRESENT: &[&str] = &[
        "nextPageToken",
        "next_page_uri",
        "meta.next_page_url",
        "links.next",
        "links.pages.next",
        "pagination.next",
        "@odata.nextLink",
        "response_metadata.next_cursor",
        "next_cursor",
        "NextToken",
        "urls.next",
        "data.actor.apiAccess.keySearch.nextCursor",
        "metadata.continue",
        "result_info.cursors.after",
    ];
    const TOTALS: &[&str] = &[
        "total_count",
        "total",
        "totalCount",
        "meta.total",
        "meta.page.total_filtered_count",
        "result_info.total_count",
        "meta.pagination.total-count",
    ];
    for name in TRUE {
        if beside.get(*name) == Some(&Value::Bool(true)) {
            return Some(format!("`{name}` is true"));
        }
    }
    if beside.get("isLastPage") == Some(&Value::Bool(false)) {
        return Some("`isLastPage` is false".to_owned());
    }
    for name in PRESENT {
        let there = match beside.get(*name) {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Number(_)) => true,
            _ => false,
        };
        if there {
            return Some(format!("`{name}` leads to another"));
        }
    }
    for name in TOTALS {
        if let Some(total) = beside.get(*name).and_then(Value::as_u64)
            && total > rows
        {
            return Some(format!("`{name}` is {total}, and there are {rows}"));
        }
    }
    None
}
