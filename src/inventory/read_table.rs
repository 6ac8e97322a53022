//! Reads the rows of a table by its headings.

use std::io::Read;

use serde_json::{Map, Value};

use super::choose::{Choice, How};
use super::format::{FORMATS, Format as Export, Sample};
use super::input::Text;
use super::key::{Origin, SourceId};
use super::plan::{Plan, Unread};
use super::problem::{Kind, quoted};
use super::read_json::Json;
use super::row::Context;
use super::{Inventory, LOG, LOG_HELP, MAP_HELP, Wanted, table, words};
use crate::calls::format::mapped::names_calls;

impl Inventory {
    pub(super) fn read_table<R: Read>(&mut self, id: SourceId, context: &Context, text: Text<R>, head: &str) {
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
}

/// The heading that was probably meant.
fn nearest<'h>(wanted: &str, headings: &'h [String]) -> Option<&'h str> {
    /// Less alike are different words.
    const ALIKE: f64 = 0.75;
    let likeness = |heading: &String| strsim::jaro_winkler(&words::fold(heading), &words::fold(wanted));
    let scored = headings.iter().map(|heading| (likeness(heading), heading.trim()));
    let best = scored.filter(|(likeness, _)| *likeness >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, heading)| heading)
}

enum TableHow {
    Known(&'static Export),
    Plan(Box<Plan>),
}
