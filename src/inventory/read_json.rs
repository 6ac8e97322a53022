//! Reads the records of JSON, whichever of the documents of a file they stand in.

use std::cell::{Cell, RefCell};
use std::io::Read;

use serde_json::{Map, Value};

use super::choose::{Choice, How};
use super::documents::{self, Event, Scanner, Step};
use super::format::{self, Format as Export, Sample};
use super::input::Text;
use super::key::{self, Field, Key, Origin, SourceId};
use super::plan::{Plan, Unread};
use super::problem::Kind;
use super::row::{Context, PendingDate, Row};
use super::{Inventory, Wanted};

impl Inventory {
    pub(super) fn read_json<R: Read>(&mut self, id: SourceId, context: &Context, text: Text<R>) {
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
    pub(super) fn read_record(
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

/// What is known of a file while its documents are read.
#[derive(Default)]
pub(super) struct Json {
    pub(super) last: Option<Choice>,
    plan: Option<Plan>,
    pub(super) pending: Vec<(u32, PendingDate)>,
    documents: u64,
    last_beside: Map<String, Value>,
    pub(super) said_empty: bool,
}

pub(super) fn at(line: u32, column: u32) -> documents::Found {
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
