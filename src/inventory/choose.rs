//! Which format the records of a document have, and where they stand in it; and why none fits.

use serde_json::Value;

use super::documents::{self, Step, path_text};
use super::format::{self, FORMATS, Format as Export, Sample};
use super::key::Origin;
use super::mapping::Mapping;
use super::plan::Plan;
use super::problem::{Kind, looks_secret, quoted};
use super::read_json::Json;
use super::row::{self, Context};
use super::{Inventory, LOG, LOG_HELP, MAP_HELP, Wanted};
use crate::calls::format::is_call;

impl Inventory {
    /// How a document is read: as the one before where it fits, else as its records say.
    pub(super) fn choose(&self, head: &Value, state: &Json, context: &Context) -> Option<Choice> {
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

    pub(super) fn unrecognised(&mut self, origin: Origin, head: &Value, state: &mut Json) {
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
}

#[derive(Clone)]
pub(super) struct Choice {
    pub(super) path: documents::Path,
    pub(super) how: How,
}

#[derive(Clone, Copy)]
pub(super) enum How {
    Known(&'static Export),
    Generic,
}

/// A place of a document where records may be.
struct Candidate<'a> {
    pub(super) path: documents::Path,
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
