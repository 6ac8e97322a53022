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

mod add;
pub(crate) mod cells;
mod choose;
pub(crate) mod documents;
pub(crate) mod format;
pub(crate) mod input;
pub(crate) mod key;
pub(crate) mod mapping;
pub(crate) mod merge;
pub(crate) mod output;
mod plan;
pub(crate) mod problem;
pub(crate) mod provider;
mod read_json;
mod read_table;
pub(crate) mod row;
pub(crate) mod successor;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod time;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

use jiff::Timestamp;

pub use self::format::{Basis as ExportBasis, FORMATS as EXPORTS, Format as Export};
use self::input::Text;
pub use self::key::{Basis, Digest, Field, Key, List, Origin, OwnerKind, Shown, SourceId, Status, Text as SharedText};
pub use self::mapping::{DigestName, Mapping, MappingError, Property};
pub use self::output::Format;
use self::problem::{Kind, MAX_PROBLEMS, quoted};
pub use self::problem::{Kind as ProblemKind, Problem};
use self::row::Context;
use self::successor::Mistaken;
use self::time::Clock;
pub use self::time::DateOrder;
use crate::detect::Detector;
use crate::report::Style;

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

    fn count_row(&mut self, id: SourceId) -> u32 {
        let Some(source) = self.source_mut(id) else { return 0 };
        source.rows += 1;
        u32::try_from(source.rows).unwrap_or(u32::MAX)
    }
}

/// What is said of a call log that is given as an inventory.
const LOG: &str = "it is a call log, and no list of keys";
/// What to do about it.
const LOG_HELP: &str = "give it to `keytrail audit --calls`";
const MAP_HELP: &str = "say which column is what, as `--map name=HEADING --map created=HEADING`, or name the format with \
                        --inventory-format; `keytrail inventory formats` lists them";

fn is_yaml(head: &str) -> bool {
    let first = head.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or("");
    first.trim_end() == "---"
        || first.starts_with("apiVersion:")
        || first.starts_with("items:")
        || (first.starts_with("- ") && first.contains(": "))
}
