//! One record of an export, as importers see it: values by their path, read as texts, times, lists and states, with
//! whatever cannot be read noted as a problem of the row.
//!
//! A path is member names with `/` between them: `owner/login`. Rows of tables are flat: the path is the heading.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::key::Origin;
use super::key::{Digest, Field, Key, List, OwnerKind, Shown, Status, Text};
use super::mapping::Property;
use super::problem::{Kind, looks_secret, quoted};
use super::time::{self, Clock, DateOrder, Reading};
use super::words;
use crate::secret::Secret;

/// What all rows of a file share.
pub struct Context {
    /// The name of the file without folders and ending: where a listing does not name its account, people do.
    pub stem: String,
    /// How local times are read.
    pub clock: Clock,
    /// The order of dates, where whoever asks has said it.
    pub order: Option<DateOrder>,
    /// Whose keys the file lists, as far as its name says so.
    account: Option<Text>,
    interner: RefCell<Interner>,
}

impl Context {
    /// The context of a file.
    #[must_use]
    pub fn new(stem: String, clock: Clock, order: Option<DateOrder>) -> Self {
        let account = account_of_stem(&stem).map(Text::from);
        Context { stem, clock, order, account, interner: RefCell::default() }
    }

    /// A text that is likely to come again.
    pub fn shared(&self, text: &str) -> Text {
        self.interner.borrow_mut().text(text)
    }

    /// A list that is likely to come again, from the cell that it was written in.
    pub fn list(&self, cell: &str) -> Field<List> {
        self.interner.borrow_mut().list(cell)
    }

    /// A list that is likely to come again.
    pub fn shared_list(&self, texts: Vec<Text>) -> Field<List> {
        if texts.is_empty() { Field::Empty } else { Field::Known(self.interner.borrow_mut().intern_list(texts)) }
    }
}

/// Stores what repeats once. Bounded: what is new after [`Interner::MAX`] is stored as often as it comes.
#[derive(Default)]
struct Interner {
    texts: std::collections::HashSet<Text>,
    cells: HashMap<String, Field<List>>,
    lists: HashMap<Vec<Text>, List>,
}

impl Interner {
    const MAX: usize = 100_000;

    fn text(&mut self, text: &str) -> Text {
        if let Some(text) = self.texts.get(text) {
            return text.clone();
        }
        let text = Text::from(text);
        if self.texts.len() < Self::MAX {
            self.texts.insert(text.clone());
        }
        text
    }

    fn list(&mut self, cell: &str) -> Field<List> {
        if let Some(list) = self.cells.get(cell) {
            return list.clone();
        }
        let parts = split_list(cell);
        let list = if words::is_none(cell) {
            Field::Empty
        } else if words::is_blank(cell) || parts.is_empty() {
            Field::Unknown
        } else {
            let texts = parts.into_iter().map(|part| self.text(part)).collect();
            Field::Known(self.intern_list(texts))
        };
        if self.cells.len() < Self::MAX {
            self.cells.insert(cell.to_owned(), list.clone());
        }
        list
    }

    fn intern_list(&mut self, texts: Vec<Text>) -> List {
        if let Some(list) = self.lists.get(&texts) {
            return list.clone();
        }
        let list = Arc::new(texts.clone());
        if self.lists.len() < Self::MAX {
            self.lists.insert(texts, list.clone());
        }
        list
    }
}

/// The parts of a list in one cell: between commas, semicolons, bars and line ends; between spaces only where every
/// part looks like a scope.
#[must_use]
pub fn split_list(cell: &str) -> Vec<&str> {
    let cell = cell.trim().trim_start_matches('[').trim_end_matches(']');
    let hard = |c: char| matches!(c, ',' | ';' | '|' | '\n');
    let parts: Vec<&str> = if cell.contains(hard) {
        cell.split(hard).collect()
    } else {
        let words: Vec<&str> = cell.split_whitespace().collect();
        let scope = |word: &&str| word.contains([':', '.', '_', '/']);
        if words.len() > 1 && words.iter().all(scope) { words } else { vec![cell] }
    };
    parts.into_iter().map(|part| part.trim().trim_matches(['"', '\'']).trim()).filter(|part| !part.is_empty()).collect()
}

/// What a cell shows of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Glimpse {
    /// Its first and last characters.
    Mask(Shown),
    /// Mask signs only.
    Nothing,
    /// All of it, or a text that is none.
    Whole,
}

/// Tells a masked key from a whole one. Mask signs are `…`, `...`, `*`, `•` and four or more `x`.
#[must_use]
pub fn glimpse(text: &str) -> Glimpse {
    let mut runs = mask_runs(text);
    let Some((start, mut end)) = runs.next() else { return Glimpse::Whole };
    if let Some((_, last)) = runs.last() {
        end = last;
    }
    let (prefix, suffix) = (text[..start].trim(), text[end..].trim());
    if prefix.is_empty() && suffix.is_empty() {
        return Glimpse::Nothing;
    }
    Glimpse::Mask(Shown::Mask { prefix: prefix.into(), suffix: suffix.into() })
}

fn mask_runs(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(c) = text[at..].chars().next() {
            let same = text[at..].chars().take_while(|&other| other == c);
            let (count, len) = same.fold((0, 0), |(count, len), c| (count + 1, len + c.len_utf8()));
            let start = at;
            at += len;
            let needed = match c {
                '…' | '•' | '●' => 1,
                '*' => 2,
                '.' => 3,
                'x' | 'X' => 4,
                _ => continue,
            };
            if count >= needed {
                return Some((start, at));
            }
        }
        None
    })
}

/// A date that the row alone cannot settle: which property, and its time by day first and by month first.
#[derive(Clone, Copy, Debug)]
pub struct PendingDate {
    /// Which date of the key it is.
    pub property: Property,
    /// Its time when the day stands first.
    pub day_first: Timestamp,
    /// Its time when the month stands first.
    pub month_first: Timestamp,
}

/// One record.
pub struct Row<'a> {
    /// Its value; an object, except in lists of mere ids.
    pub value: &'a Value,
    /// The document around it as far as it has been read, for what its pages say about all rows.
    pub document: &'a Value,
    /// Name of the member that the row is the value of, in files that have ids for names.
    pub name: Option<&'a str>,
    /// Where it stands.
    pub origin: Origin,
    /// What all rows of the file share.
    pub context: &'a Context,
    /// What is wrong with it.
    pub problems: &'a RefCell<Vec<(Kind, String)>>,
    /// Why it is left out on purpose, if it is.
    pub skipped: &'a std::cell::Cell<Option<&'static str>>,
}

impl<'a> Row<'a> {
    /// A key that stands in this row.
    #[must_use]
    pub fn key(&self, provider: &str, kind: &str) -> Key {
        let mut key = Key::new(self.context.shared(provider), self.context.shared(kind));
        key.origin = self.origin;
        key
    }

    /// The same row seen through another value: a part of this one.
    #[must_use]
    pub fn at(&self, value: &'a Value) -> Row<'a> {
        Row { value, ..*self }
    }

    /// Notes a problem of the row. Quote its values with [`quoted`] only.
    pub fn problem(&self, kind: Kind, message: impl Into<String>) {
        self.problems.borrow_mut().push((kind, message.into()));
    }

    /// Says why the row is no key and no problem either.
    pub fn skip(&self, reason: &'static str) {
        self.skipped.set(Some(reason));
    }

    /// The value at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&'a Value> {
        lookup(self.value, path)
    }

    /// Whether there is a value at a path, be it null.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// Whether the value at a path is null.
    #[must_use]
    pub fn is_null(&self, path: &str) -> bool {
        matches!(self.get(path), Some(Value::Null))
    }

    /// The text at a path, as it stands there.
    #[must_use]
    pub fn str(&self, path: &str) -> Option<&'a str> {
        self.get(path).and_then(Value::as_str)
    }

    /// Yes or no at a path.
    #[must_use]
    pub fn flag(&self, path: &str) -> Option<bool> {
        match self.get(path)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => words::boolean(text),
            _ => None,
        }
    }

    /// A text, number or truth value as text; unknown where it is blank, null or absent.
    #[must_use]
    pub fn text(&self, path: &str) -> Field<Text> {
        self.text_with(path, &|text| Text::from(text))
    }

    /// As [`text`](Self::text), for texts that repeat from row to row.
    #[must_use]
    pub fn shared(&self, path: &str) -> Field<Text> {
        self.text_with(path, &|text| self.context.shared(text))
    }

    /// The first of several paths that says something.
    #[must_use]
    pub fn first(&self, paths: &[&str]) -> Field<Text> {
        paths.iter().fold(Field::Unknown, |field, path| field.or(self.shared(path)))
    }

    fn text_with(&self, path: &str, make: &dyn Fn(&str) -> Text) -> Field<Text> {
        match self.get(path) {
            Some(Value::String(text)) if !words::is_blank(text) => Field::Known(make(text.trim())),
            Some(Value::Number(number)) => Field::Known(make(&number.to_string())),
            Some(Value::Bool(flag)) => Field::Known(make(if *flag { "true" } else { "false" })),
            _ => Field::Unknown,
        }
    }

    /// A time; unknown where it is null or absent.
    #[must_use]
    pub fn time(&self, path: &str) -> Field<Timestamp> {
        self.time_or(path, Field::Unknown, Field::Unknown)
    }

    /// A time, where null says that there is none: never used, never expires. Absent it stays unknown.
    #[must_use]
    pub fn time_null_never(&self, path: &str) -> Field<Timestamp> {
        self.time_or(path, Field::Empty, Field::Unknown)
    }

    /// A time, where both null and absence say that there is none.
    #[must_use]
    pub fn time_absent_never(&self, path: &str) -> Field<Timestamp> {
        self.time_or(path, Field::Empty, Field::Empty)
    }

    fn time_or(&self, path: &str, null: Field<Timestamp>, absent: Field<Timestamp>) -> Field<Timestamp> {
        match self.get(path) {
            None => absent,
            Some(Value::Null) => null,
            Some(value) => self.time_of(path, value),
        }
    }

    /// Reads a time and notes a problem where it is none.
    fn time_of(&self, name: &str, value: &Value) -> Field<Timestamp> {
        match read_time(value, &self.context.clock) {
            Reading::Is(field) => field,
            Reading::Decided(time, _) => Field::Known(time),
            Reading::Ambiguous(day_first, month_first) => match self.context.order {
                Some(DateOrder::DayFirst) => Field::Known(day_first),
                Some(DateOrder::MonthFirst) => Field::Known(month_first),
                None => {
                    let message = format!("`{name}`: {} can be read in two ways", quote(value));
                    self.problem(Kind::AmbiguousDate, message);
                    Field::Unknown
                }
            },
            Reading::Not(why) => {
                self.problem(Kind::BadValue, format!("`{name}`: {} is no time: {why}", quote(value)));
                Field::Unknown
            }
        }
    }

    /// A list of texts, or one cell with several; empty where the list has none.
    #[must_use]
    pub fn list(&self, path: &str) -> Field<List> {
        match self.get(path) {
            Some(Value::Array(values)) => {
                let texts = values.iter().filter_map(text_of).map(|text| self.context.shared(&text)).collect();
                self.context.shared_list(texts)
            }
            Some(Value::String(cell)) if cell.trim().is_empty() => Field::Unknown,
            Some(Value::String(cell)) => self.context.list(cell),
            _ => Field::Unknown,
        }
    }

    /// A list made of other texts.
    #[must_use]
    pub fn texts<I, S>(&self, texts: I) -> Field<List>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        self.context.shared_list(texts.into_iter().map(|text| self.context.shared(text.as_ref())).collect())
    }

    /// The elements of an array; none for anything else.
    pub fn each(&self, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.get(path).and_then(Value::as_array).into_iter().flatten()
    }

    /// The members of an object; none for anything else.
    pub fn members(&self, path: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        self.get(path).and_then(Value::as_object).into_iter().flat_map(Map::iter)
    }

    /// What a value shows of the key; a whole key is kept as [`Secret`].
    #[must_use]
    pub fn shown(&self, path: &str) -> Option<Shown> {
        shown_of(self.str(path)?)
    }

    /// The last characters of the key.
    #[must_use]
    pub fn suffix(&self, path: &str) -> Option<Shown> {
        let suffix = self.str(path).filter(|text| !words::is_blank(text))?;
        Some(Shown::Mask { prefix: Text::new(), suffix: suffix.into() })
    }

    /// The first characters of the key.
    #[must_use]
    pub fn prefix(&self, path: &str) -> Option<Shown> {
        let prefix = self.str(path).filter(|text| !words::is_blank(text))?;
        Some(Shown::Mask { prefix: prefix.into(), suffix: Text::new() })
    }

    /// A state by its words, or a problem for a word that is none.
    #[must_use]
    pub fn status(&self, path: &str) -> Field<Status> {
        match self.get(path) {
            Some(Value::String(text)) => words::status(text).unwrap_or_else(|| {
                self.problem(Kind::BadValue, format!("`{path}`: {} is no known state", quoted(text)));
                Field::Unknown
            }),
            Some(Value::Bool(true)) => Field::Known(Status::Active),
            Some(Value::Bool(false)) => Field::Known(Status::Inactive),
            _ => Field::Unknown,
        }
    }

    /// The part of the file's name that people give to say what the file is about, as `acme` in `acme-tokens.json`;
    /// unknown for names of any other form.
    #[must_use]
    pub fn account_from_file(&self) -> Field<Text> {
        Field::from(self.context.account.clone())
    }

    /// As [`account_from_file`](Self::account_from_file), for exports that are to be named after their account and
    /// nothing else, as `acme.json`.
    #[must_use]
    pub fn account_of_file(&self) -> Field<Text> {
        let stem = self.context.stem.as_str();
        let told = !is_generic(stem) && split_stem(stem).iter().all(|word| !is_generic(word)) && !looks_secret(stem);
        self.account_from_file().or(if told { Field::Known(self.context.shared(stem)) } else { Field::Unknown })
    }
}

/// The words of a file's name.
fn split_stem(stem: &str) -> Vec<&str> {
    stem.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty()).collect()
}

/// What a listing lists.
const LISTED: &[&str] = &[
    "key",
    "keys",
    "token",
    "tokens",
    "pat",
    "pats",
    "credential",
    "credentials",
    "secret",
    "secrets",
    "password",
    "passwords",
    "installation",
    "installations",
    "authorization",
    "authorizations",
    "authorisation",
    "authorisations",
    "accounts",
    "accessors",
];

/// Words that say of which sort the keys are.
const SORTS: &[&str] = &[
    "api", "access", "auth", "deploy", "personal", "project", "group", "service", "account", "client", "sso", "sa",
    "ssh",
];

/// Words that say what becomes of a file, when it was made or what it is for, and never whose keys it lists.
const GENERIC: &[&str] = &[
    "export",
    "exports",
    "exported",
    "list",
    "listing",
    "report",
    "inventory",
    "page",
    "data",
    "json",
    "csv",
    "stdin",
    "file",
    "files",
    "my",
    "our",
    "the",
    "all",
    "new",
    "old",
    "current",
    "latest",
    "full",
    "dump",
    "backup",
    "copy",
    "final",
    "out",
    "output",
    "result",
    "results",
    "response",
    "answer",
    "tmp",
    "temp",
    "download",
    "untitled",
    "test",
    "example",
    "sample",
    "prod",
    "production",
    "staging",
    "dev",
    "live",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "okt",
    "dez",
    "mai",
    "januar",
    "februar",
    "oktober",
    "dezember",
    "audit",
];

fn is_generic(word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.as_str();
    [LISTED, SORTS, GENERIC].iter().any(|words| words.contains(&word))
        || super::provider::is_provider(word)
        || word.bytes().all(|b| b.is_ascii_digit())
}

/// Whose keys a file lists by its name: what stands before the word for keys, without words that every name may have.
fn account_of_stem(stem: &str) -> Option<String> {
    let is = |word: &str, words: &[&str]| words.contains(&word.to_lowercase().as_str());
    let mut words = split_stem(stem);
    while words.last().is_some_and(|word| is_generic(word) && !is(word, LISTED)) {
        words.pop();
    }
    if !words.last().is_some_and(|word| is(word, LISTED)) {
        return None;
    }
    while words.last().is_some_and(|word| is_generic(word)) {
        words.pop();
    }
    let first = words.iter().position(|word| !is_generic(word))?;
    Some(words[first..].join("-")).filter(|account| !looks_secret(account))
}

/// What a text shows of a key: a mask, the whole of it, or nothing.
#[must_use]
pub fn shown_of(text: &str) -> Option<Shown> {
    if words::is_blank(text) {
        return None;
    }
    match glimpse(text) {
        Glimpse::Mask(mask) => Some(mask),
        Glimpse::Nothing => None,
        Glimpse::Whole => Some(Shown::Plain(Secret::new(text.trim().as_bytes().to_vec()))),
    }
}

/// A digest in hexadecimal digits or base64; `None` for anything else.
#[must_use]
pub fn digest_of(text: &str, algorithm: Option<Digest>) -> Option<Shown> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let text = text.trim();
    let text = text.split_once(':').filter(|(name, _)| name.to_lowercase().starts_with("sha")).map_or(text, |(_, t)| t);
    let bare = text.trim_end_matches('=');
    let bytes = hex::decode(text)
        .ok()
        .or_else(|| STANDARD_NO_PAD.decode(bare).ok())
        .or_else(|| URL_SAFE_NO_PAD.decode(bare).ok())?;
    let algorithm = algorithm.or_else(|| Digest::of_len(bytes.len()))?;
    (bytes.len() == algorithm.bytes()).then(|| Shown::Digest(algorithm, bytes.into_boxed_slice()))
}

/// A scalar as text.
#[must_use]
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The value at a path of names with `/` between them.
#[must_use]
pub fn lookup<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    // Headings of tables may hold the separator.
    if let Some(found) = value.as_object().and_then(|object| object.get(path)) {
        return Some(found);
    }
    path.split('/').try_fold(value, |value, name| match value {
        Value::Object(object) => object.get(name),
        Value::Array(array) => array.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Reads a time from a text or a number.
#[must_use]
pub fn read_time(value: &Value, clock: &Clock) -> Reading {
    match value {
        Value::Null => Reading::Is(Field::Unknown),
        Value::String(text) => time::read(text, clock),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => time::epoch(number),
            (None, Some(number)) => time::epoch_fraction(number),
            (None, None) => Reading::Not("a number outside the calendar"),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Reading::Not("neither a text nor a number"),
    }
}

fn quote(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => format!("`{number}`"),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Null => "`null`".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Who an owner is, by the words that providers use.
#[must_use]
pub fn owner_kind(word: &str) -> OwnerKind {
    match word.to_ascii_lowercase().as_str() {
        "user" | "human" | "person" | "member" => OwnerKind::User,
        "service_account" | "serviceaccount" | "service" | "bot" | "app" | "application" | "machine" => {
            OwnerKind::Service
        }
        "team" | "teams" | "organization" | "organizations" | "org" | "group" | "account" => OwnerKind::Team,
        _ => OwnerKind::Unknown,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn mask(prefix: &str, suffix: &str) -> Glimpse {
        Glimpse::Mask(Shown::Mask { prefix: prefix.into(), suffix: suffix.into() })
    }

    #[test]
    fn masks_are_split_at_their_signs() {
        assert_eq!(glimpse("sk-ab...yz12"), mask("sk-ab", "yz12"));
        assert_eq!(glimpse("sk-…yz12"), mask("sk-", "yz12"));
        assert_eq!(glimpse("•••• yz12"), mask("", "yz12"));
        assert_eq!(glimpse("npm_ab******"), mask("npm_ab", ""));
        assert_eq!(glimpse("rk_live_xxxxxxab12"), mask("rk_live_", "ab12"));
        assert_eq!(glimpse("ab12-****-****-yz"), mask("ab12-", "-yz"));
        assert_eq!(glimpse("************"), Glimpse::Nothing);
        assert_eq!(glimpse("xxxx"), Glimpse::Nothing);
        assert_eq!(glimpse("a.b.c"), Glimpse::Whole);
        assert_eq!(glimpse(""), Glimpse::Whole);
    }

    #[test]
    fn a_file_is_named_after_an_account_in_one_way() {
        for (stem, account) in [
            ("acme-tokens", Some("acme")),
            ("acme-installations", Some("acme")),
            ("ci-deployer-tokens", Some("ci-deployer")),
            ("github_acme_deploy_keys", Some("acme")),
            ("acme-tokens-export-2026-10", Some("acme")),
            ("my-acme-tokens", Some("acme")),
            ("acme", None),
            ("my-export", None),
            ("npm", None),
            ("npm-tokens", None),
            ("oct-tokens", None),
            ("nov", None),
            ("2026-10", None),
            ("", None),
        ] {
            assert_eq!(account_of_stem(stem).as_deref(), account, "{stem}");
        }
    }

    #[test]
    fn lists_in_cells() {
        assert_eq!(split_list("repo, read:org;gist"), ["repo", "read:org", "gist"]);
        assert_eq!(split_list("read:org write:org"), ["read:org", "write:org"]);
        assert_eq!(split_list("Full Access"), ["Full Access"]);
        assert_eq!(split_list("[\"a\",\"b\"]"), ["a", "b"]);
        assert_eq!(split_list(" , "), Vec::<&str>::new());
    }

    #[test]
    fn digests_are_told_by_their_length() {
        let hex = "ab".repeat(32);
        assert!(matches!(digest_of(&hex, None), Some(Shown::Digest(Digest::Sha256, _))));
        assert!(matches!(digest_of(&hex.to_uppercase(), None), Some(Shown::Digest(Digest::Sha256, _))));
        assert!(matches!(digest_of(&"ab".repeat(20), None), Some(Shown::Digest(Digest::Sha1, _))));
        let base64 = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s";
        assert_eq!(digest_of(base64, None), digest_of(&hex, None));
        assert_eq!(digest_of(&format!("{base64}="), None), digest_of(&hex, None));
        assert_eq!(digest_of(&format!("sha256:{hex}"), None), digest_of(&hex, None));
        assert_eq!(digest_of("hello", None), None);
        assert_eq!(digest_of(&hex, Some(Digest::Sha1)), None);
    }

    #[test]
    fn paths_go_into_objects_and_arrays() {
        let value = json!({"a": {"b": [{"c": 1}]}, "x/y": 2});
        assert_eq!(lookup(&value, "a/b/0/c"), Some(&json!(1)));
        assert_eq!(lookup(&value, "x/y"), Some(&json!(2)));
        assert_eq!(lookup(&value, "a/c"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_glimpsed_at(text in "[a-z0-9*.…•xX äß-]{0,40}") {
            if let Glimpse::Mask(Shown::Mask { prefix, suffix }) = glimpse(&text) {
                prop_assert!(text.starts_with(prefix.as_str()) || text.trim_start().starts_with(prefix.as_str()));
                prop_assert!(text.trim_end().ends_with(suffix.as_str()));
                prop_assert!(!prefix.is_empty() || !suffix.is_empty());
            }
        }

        #[test]
        fn any_text_can_be_split(text in "\\PC{0,40}") {
            prop_assert!(split_list(&text).iter().all(|part| !part.is_empty()));
            let _ = digest_of(&text, None);
        }
    }
}
