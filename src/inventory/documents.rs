//! JSON read row by row: finds the records of a document of any size without holding more than one of them.
//!
//! A [`Scanner`] walks the structure (brackets, strings, commas) and hands out the text of each value that stands at a
//! given [`Path`], with its line and column. Because it does not parse what is between the rows, it takes files that
//! people make: several documents one after another, JSON Lines, pages joined by hand, commas that are missing or too
//! many, a file that ends early. A row that is no JSON is its own row's problem.

use std::io::{self, Read};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::input::Text;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The member of that name.
    Member(String),
    /// Every member of an object.
    EveryMember,
    /// Every element of an array.
    Each,
}

/// The way from a document to its rows; empty where the document is the row.
pub type Path = Vec<Step>;

/// The text of a path, as users read it: `data[].keys[]`.
#[must_use]
pub fn path_text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::EveryMember => text.push_str(".*"),
            Step::Each => text.push_str("[]"),
        }
    }
    text
}

/// A value that stands at the path, as text.
#[derive(Debug)]
pub struct Found {
    /// Its JSON text; not checked.
    pub text: Vec<u8>,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u32,
    /// Name of the member that it is the value of, where the path goes through every member.
    pub name: Option<String>,
}

/// What the walk through a document comes upon.
#[derive(Debug)]
pub enum Event {
    /// A row.
    Row(Found),
    /// A row that is larger than [`MAX_ROW`], at this line and column.
    TooLarge(u32, u32),
    /// The document ends inside a value that starts at this line and column.
    CutShort(u32, u32),
    /// The document ends.
    End,
}

/// No record of a key is larger, in bytes.
pub const MAX_ROW: usize = 16 << 20;
/// What is looked at to tell what a document is, in bytes.
const HEAD: usize = 256 << 10;
/// Deeper structures are refused by the parser too.
const MAX_DEPTH: usize = 128;
/// No header with a date is longer, in bytes.
const MAX_DATE: usize = 100;
/// The members beside the rows that are kept: counts, links to the next page.
const MAX_BESIDE: usize = 200;
/// Longer texts beside the rows are not kept, in bytes.
const MAX_BESIDE_TEXT: usize = 4096;

/// A walk through the documents of a text.
pub struct Scanner<R> {
    text: Text<R>,
    window: Vec<u8>,
    pos: usize,
    ended: bool,
    line: u32,
    column: u32,
    stack: Vec<Frame>,
    /// Scalars beside the rows, by their path.
    beside: Map<String, Value>,
    /// Line and column of the document's first character.
    start: (u32, u32),
    in_document: bool,
    /// When the answers were given whose headers came so far, the latest of them.
    answered: Option<Timestamp>,
}

struct Frame {
    object: bool,
    /// The member whose value is being read.
    name: Option<String>,
    /// Whether the steps so far are those of the path.
    on_path: bool,
}

impl<R: Read> Scanner<R> {
    /// Starts at the beginning of a text.
    pub fn new(text: Text<R>) -> Self {
        Scanner {
            text,
            window: Vec::new(),
            pos: 0,
            ended: false,
            line: 1,
            column: 1,
            stack: Vec::new(),
            beside: Map::new(),
            start: (1, 1),
            in_document: false,
            answered: None,
        }
    }

    /// When the current document was answered, as the header `Date` on top of it or of one before says: the latest.
    pub fn answered(&self) -> Option<Timestamp> {
        self.answered
    }

    /// The text, for what was learnt while decoding it.
    pub fn text(&self) -> &Text<R> {
        &self.text
    }

    /// Line and column of the current document.
    pub fn document_start(&self) -> (u32, u32) {
        self.start
    }

    /// Scalars that stood beside the rows of the current document so far, by their path with dots: `meta.total`.
    pub fn beside(&self) -> &Map<String, Value> {
        &self.beside
    }

    /// Goes to the next document; false where there is none. Commas between documents are passed over, and so is a
    /// block of HTTP headers on top of one.
    ///
    /// # Errors
    /// When reading fails; [`io::ErrorKind::InvalidData`] where something else than a JSON value begins.
    pub fn next_document(&mut self) -> io::Result<bool> {
        self.stack.clear();
        self.beside.clear();
        loop {
            self.blank()?;
            match self.byte()? {
                None => return Ok(false),
                // The record separator of RFC 7464.
                Some(b',' | b';' | 0x1e) => self.bump(),
                Some(b'H') if self.starts_with(b"HTTP/")? => self.skip_headers()?,
                Some(b'{' | b'[') => break,
                Some(b'"' | b'-' | b'0'..=b'9') => break,
                Some(b't') if self.starts_with(b"true")? => break,
                Some(b'f') if self.starts_with(b"false")? => break,
                Some(b'n') if self.starts_with(b"null")? => break,
                Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "no JSON value begins here")),
            }
        }
        self.start = (self.line, self.column);
        self.in_document = true;
        Ok(true)
    }

    /// Where the scanner is, as line and column.
    pub fn here(&self) -> (u32, u32) {
        (self.line, self.column)
    }

    /// Passes over the rest of the line: goes on after something that is no JSON.
    ///
    /// # Errors
    /// When reading fails.
    pub fn skip_line(&mut self) -> io::Result<()> {
        while let Some(byte) = self.byte()? {
            self.bump();
            if byte == b'\n' {
                break;
            }
        }
        Ok(())
    }

    /// Passes over the headers of an answer of HTTP, of which one says when it was given (RFC 9110, section 6.6.1).
    fn skip_headers(&mut self) -> io::Result<()> {
        const NAME: &[u8] = b"date:";
        loop {
            let mut line = Vec::new();
            while let Some(byte) = self.byte()? {
                self.bump();
                if byte == b'\n' {
                    break;
                }
                if line.len() < MAX_DATE {
                    line.push(byte);
                }
            }
            if let Some((name, date)) = line.split_at_checked(NAME.len())
                && name.eq_ignore_ascii_case(NAME)
                && let Ok(date) = std::str::from_utf8(date)
                && let Ok(time) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date.trim())
            {
                self.answered = self.answered.max(Some(time));
            }
            if matches!(self.byte()?, None | Some(b'\n')) {
                return Ok(());
            }
        }
    }

    /// The start of the current document as a value, closed where the head ends; what comes behind is absent.
    ///
    /// # Errors
    /// When reading fails.
    pub fn head(&mut self) -> io::Result<Value> {
        // Most documents of JSON Lines are short; reading on is needed for the others only.
        let mut len = 4096.min(HEAD);
        loop {
            let complete = self.ensure(len)?;
            let end = (self.pos + len).min(self.window.len());
            let mut partial = Partial { text: &self.window[self.pos..end], pos: 0 };
            let value = partial.value(0);
            if partial.pos < end - self.pos || complete || len >= HEAD {
                return Ok(value.unwrap_or(Value::Null));
            }
            len = HEAD;
        }
    }

    /// The next row at the path, or the end of the document.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next(&mut self, path: &[Step]) -> io::Result<Event> {
        if !self.in_document {
            return Ok(Event::End);
        }
        if self.stack.is_empty() && path.is_empty() {
            self.in_document = false;
            return self.capture(None);
        }
        loop {
            self.blank()?;
            let Some(byte) = self.byte()? else {
                self.in_document = false;
                return Ok(if self.stack.is_empty() {
                    Event::End
                } else {
                    Event::CutShort(self.start.0, self.start.1)
                });
            };
            match byte {
                b'}' | b']' => {
                    self.bump();
                    self.stack.pop();
                    if self.stack.is_empty() {
                        self.in_document = false;
                        return Ok(Event::End);
                    }
                }
                b',' => {
                    self.bump();
                    if let Some(frame) = self.stack.last_mut() {
                        frame.name = None;
                    }
                }
                b':' => self.bump(),
                b'"' if self.stack.last().is_some_and(|frame| frame.object && frame.name.is_none()) => {
                    let name = self.string()?;
                    if let Some(frame) = self.stack.last_mut() {
                        frame.name = Some(name);
                    }
                }
                _ => {
                    let depth = self.stack.len();
                    let on_path = self.is_on_path(path);
                    if on_path && depth == path.len() {
                        let name = match path.last() {
                            Some(Step::EveryMember) => self.stack.last().and_then(|frame| frame.name.clone()),
                            _ => None,
                        };
                        let event = self.capture(name)?;
                        self.value_ends();
                        return Ok(event);
                    }
                    if matches!(byte, b'{' | b'[') {
                        if depth >= MAX_DEPTH {
                            self.in_document = false;
                            return Ok(Event::TooLarge(self.line, self.column));
                        }
                        self.bump();
                        self.stack.push(Frame { object: byte == b'{', name: None, on_path });
                        continue;
                    }
                    self.scalar_beside()?;
                    self.value_ends();
                    if self.stack.is_empty() {
                        self.in_document = false;
                        return Ok(Event::End);
                    }
                }
            }
        }
    }

    /// After a value a name may follow, even where the comma is missing.
    fn value_ends(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            frame.name = None;
        }
    }

    /// Whether the value that begins here is reached by the first steps of the path.
    fn is_on_path(&self, path: &[Step]) -> bool {
        let depth = self.stack.len();
        let Some(frame) = self.stack.last() else { return true };
        let Some(step) = path.get(depth - 1) else { return false };
        frame.on_path
            && match step {
                Step::Each => !frame.object,
                Step::EveryMember => frame.object,
                Step::Member(name) => frame.object && frame.name.as_ref() == Some(name),
            }
    }

    fn scalar_beside(&mut self) -> io::Result<()> {
        let names: Option<Vec<&str>> = self.stack.iter().map(|frame| frame.name.as_deref()).collect();
        let name = names.filter(|_| self.beside.len() < MAX_BESIDE).map(|names| names.join("."));
        let Event::Row(found) = self.capture(None)? else { return Ok(()) };
        if let Some(name) = name
            && found.text.len() <= MAX_BESIDE_TEXT
            && let Ok(value) = serde_json::from_slice(&found.text)
        {
            self.beside.insert(name, value);
        }
        Ok(())
    }

    /// Takes the value that begins here.
    fn capture(&mut self, name: Option<String>) -> io::Result<Event> {
        let (line, column) = (self.line, self.column);
        let mut text = Vec::new();
        let (mut depth, mut in_string, mut escaped, mut too_large) = (0usize, false, false, false);
        loop {
            let Some(byte) = self.byte()? else {
                // A number or a word may end with the text; a bracket or a string may not.
                if depth == 0 && !in_string && !text.is_empty() {
                    break;
                }
                self.in_document = false;
                return Ok(Event::CutShort(line, column));
            };
            if in_string {
                in_string = escaped || byte != b'"';
                escaped = !escaped && byte == b'\\';
                self.take(byte, &mut text, &mut too_large);
                if depth == 0 && !in_string {
                    break;
                }
                continue;
            }
            match byte {
                b'"' if depth == 0 && !text.is_empty() => break,
                b'"' => in_string = true,
                b'{' | b'[' if depth == 0 && !text.is_empty() => break,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => break,
                _ => {}
            }
            self.take(byte, &mut text, &mut too_large);
            if depth == 0 && matches!(byte, b'}' | b']') {
                break;
            }
        }
        if too_large {
            return Ok(Event::TooLarge(line, column));
        }
        if text.is_empty() {
            // A colon or a bracket where a value should begin; the parser says what is wrong with it.
            self.bump();
        }
        Ok(Event::Row(Found { text, line, column, name }))
    }

    fn take(&mut self, byte: u8, text: &mut Vec<u8>, too_large: &mut bool) {
        if text.len() < MAX_ROW {
            text.push(byte);
        } else {
            *too_large = true;
            text.clear();
            text.push(byte);
        }
        self.bump();
    }

    fn string(&mut self) -> io::Result<String> {
        match self.capture(None)? {
            Event::Row(found) => Ok(serde_json::from_slice(&found.text).unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    fn blank(&mut self) -> io::Result<()> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte()? {
            self.bump();
        }
        Ok(())
    }

    fn starts_with(&mut self, start: &[u8]) -> io::Result<bool> {
        self.ensure(start.len())?;
        Ok(self.window[self.pos..].starts_with(start))
    }

    /// Whether the window reaches the end of the text; it holds `len` bytes from here on otherwise.
    fn ensure(&mut self, len: usize) -> io::Result<bool> {
        while self.window.len() - self.pos < len && !self.ended {
            if self.pos > 0 {
                self.window.drain(..self.pos);
                self.pos = 0;
            }
            let mut chunk = [0u8; 32 << 10];
            let read = self.text.read(&mut chunk)?;
            self.ended = read == 0;
            self.window.extend_from_slice(&chunk[..read]);
        }
        Ok(self.ended)
    }

    #[inline]
    fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.pos == self.window.len() {
            self.ensure(1)?;
        }
        Ok(self.window.get(self.pos).copied())
    }

    #[inline]
    fn bump(&mut self) {
        let Some(&byte) = self.window.get(self.pos) else { return };
        self.pos += 1;
        match byte {
            b'\n' => {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            }
            0x80..0xc0 => {}
            // Characters of four bytes take two UTF-16 units.
            0xf0.. => self.column = self.column.saturating_add(2),
            _ => self.column = self.column.saturating_add(1),
        }
    }
}

/// Reads as much of a JSON text as there is, without complaint.
struct Partial<'a> {
    text: &'a [u8],
    pos: usize,
}

impl Partial<'_> {
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.get(self.pos) {
            self.pos += 1;
        }
        self.text.get(self.pos).copied()
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > 64 {
            self.pos = self.text.len();
            return None;
        }
        match self.peek()? {
            b'{' => {
                self.pos += 1;
                let mut members = Map::new();
                loop {
                    match self.peek() {
                        Some(b'"') => {}
                        Some(b',') => {
                            self.pos += 1;
                            continue;
                        }
                        Some(b'}') => {
                            self.pos += 1;
                            break;
                        }
                        Some(_) => {
                            self.pos = self.text.len();
                            break;
                        }
                        None => break,
                    }
                    let Some(Value::String(name)) = self.scalar() else { break };
                    if self.peek() == Some(b':') {
                        self.pos += 1;
                    }
                    let Some(value) = self.value(depth + 1) else { break };
                    members.insert(name, value);
                }
                Some(Value::Object(members))
            }
            b'[' => {
                /// More of the same say nothing new.
                const ELEMENTS: usize = 8;
                self.pos += 1;
                let mut elements = Vec::new();
                loop {
                    match self.peek() {
                        Some(b',') => {
                            self.pos += 1;
                            continue;
                        }
                        Some(b']') => {
                            self.pos += 1;
                            break;
                        }
                        Some(_) => {}
                        None => break,
                    }
                    let Some(value) = self.value(depth + 1) else { break };
                    if elements.len() < ELEMENTS {
                        elements.push(value);
                    }
                }
                Some(Value::Array(elements))
            }
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Option<Value> {
        let start = self.pos;
        if self.peek()? == b'"' {
            let mut end = self.pos + 1;
            loop {
                match self.text.get(end) {
                    Some(b'"') => break,
                    Some(b'\\') => end += 2,
                    Some(_) => end += 1,
                    None => {
                        // All of the text is taken: whoever asks sees that it ended here, and reads on.
                        self.pos = self.text.len();
                        return None;
                    }
                }
            }
            self.pos = end + 1;
        } else {
            let word = self.text[self.pos..]
                .iter()
                .take_while(|b| !matches!(b, b',' | b'}' | b']' | b':' | b' ' | b'\n' | b'\t' | b'\r' | b'{' | b'['))
                .count();
            // A stray character has to be passed, or the loop would stand still.
            self.pos += word.max(1);
        }
        let text = self.text.get(start..self.pos)?;
        Some(serde_json::from_slice(text).unwrap_or(Value::Null))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn member(name: &str) -> Step {
        Step::Member(name.to_owned())
    }

    fn rows(text: &str, path: &[Step]) -> Vec<(Value, u32, u32)> {
        let mut scanner = Scanner::new(Text::new(text.as_bytes()).unwrap());
        let mut rows = Vec::new();
        while scanner.next_document().unwrap() {
            loop {
                match scanner.next(path).unwrap() {
                    Event::Row(found) => rows.push((
                        serde_json::from_slice(&found.text).unwrap_or(Value::String("broken".into())),
                        found.line,
                        found.column,
                    )),
                    Event::End => break,
                    other => {
                        rows.push((json!(format!("{other:?}")), 0, 0));
                        break;
                    }
                }
            }
        }
        rows
    }

    fn values(text: &str, path: &[Step]) -> Vec<Value> {
        rows(text, path).into_iter().map(|(value, ..)| value).collect()
    }

    #[test]
    fn rows_have_their_place() {
        let text = "{\n  \"é😀\": 1, \"data\": [{\"a\": \"]\\\"}\"},\n    {\"a\": 2}],\n \"has_more\": true}";
        let path = [member("data"), Step::Each];
        assert_eq!(rows(text, &path), [(json!({"a": "]\"}"}), 2, 22), (json!({"a": 2}), 3, 5)]);
        assert_eq!(values("[[1,2],[3]]", &[Step::Each, Step::Each]), [json!(1), json!(2), json!(3)]);
        assert_eq!(values("{\"x\":{\"a\":1},\"y\":{\"a\":2}}", &[Step::EveryMember]).len(), 2);
    }

    #[test]
    fn documents_follow_one_another_in_every_way_people_join_them() {
        let path = [Step::Each];
        for text in ["[1][2]", "[1]\n[2]\n", "[1],\n[2],", "HTTP/2 200\nlink: <x>\n\n[1]\n[2]", "\u{1e}[1]\n\u{1e}[2]"]
        {
            assert_eq!(values(text, &path), [json!(1), json!(2)], "{text}");
        }
        assert_eq!(values("{\"a\":1}\n{\"a\":2}\n", &[]), [json!({"a": 1}), json!({"a": 2})]);
    }

    #[test]
    fn the_broken_json_of_documentation_is_read_as_far_as_it_goes() {
        assert_eq!(values("[{\"a\":1},]", &[Step::Each]), [json!({"a": 1})]);
        assert_eq!(values("[{\"a\":1}\n{\"a\":2}]", &[Step::Each]).len(), 2);
        assert_eq!(values("{\"n\": 1 \"data\": [{\"a\":1}]}", &[member("data"), Step::Each]).len(), 1);
        let cut = values("[{\"a\":1},{\"a\":", &[Step::Each]);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].as_str().unwrap().starts_with("CutShort(1, 10"), "{cut:?}");
        assert_eq!(values("[{\"a\":1},{oops},{\"a\":3}]", &[Step::Each])[1], json!("broken"));
    }

    #[test]
    fn what_stands_beside_the_rows_is_kept() {
        let text = "{\"data\":[{\"x\":{\"y\":1}}],\"meta\":{\"total\":7,\"l\":[1]},\"next\":null}";
        let mut scanner = Scanner::new(Text::new(text.as_bytes()).unwrap());
        scanner.next_document().unwrap();
        while !matches!(scanner.next(&[member("data"), Step::Each]).unwrap(), Event::End) {}
        assert_eq!(Value::Object(scanner.beside().clone()), json!({"meta.total": 7, "next": null}));
    }

    #[test]
    fn the_head_is_what_there_is() {
        let long = format!("{{\"n\":1,\"data\":[{}", "{\"a\":\"b\"},".repeat(60_000));
        let mut scanner = Scanner::new(Text::new(long.as_bytes()).unwrap());
        scanner.next_document().unwrap();
        let head = scanner.head().unwrap();
        assert_eq!((&head["n"], &head["data"][1]), (&json!(1), &json!({"a": "b"})));
        assert_eq!(path_text(&[member("a"), member("b"), Step::Each]), "a.b[]");
    }

    proptest! {
        /// Arrays of any values come back element by element, however they are written.
        #[test]
        fn rows_are_the_elements(texts in proptest::collection::vec("\\PC{0,12}", 0..12), pretty: bool) {
            let array: Vec<Value> =
                texts.iter().map(|text| json!({"t": text, text.as_str(): [1, {"b": null}], "n": 1.5})).collect();
            let text = if pretty { serde_json::to_string_pretty(&array) } else { serde_json::to_string(&array) }.unwrap();
            prop_assert_eq!(values(&text, &[Step::Each]), array.clone());
            let wrapped = format!("{{\"x\":[[]],\"data\":{text}}}");
            prop_assert_eq!(values(&wrapped, &[member("data"), Step::Each]), array);
        }

        #[test]
        fn the_head_of_a_short_document_is_the_document(text in "\\PC{0,20}", n: i32) {
            let value = json!({"a": [text, n, null, true, {"b": {}}], text.as_str(): []});
            let written = value.to_string();
            let mut scanner = Scanner::new(Text::new(written.as_bytes()).unwrap());
            scanner.next_document().unwrap();
            prop_assert_eq!(scanner.head().unwrap(), value);
        }

        #[test]
        fn any_text_comes_to_an_end(text in "[\\[\\]{}:,\"\\\\a1 \n]{0,60}") {
            for path in [vec![], vec![Step::Each], vec![member("a"), Step::Each], vec![Step::EveryMember]] {
                let mut scanner = Scanner::new(Text::new(text.as_bytes()).unwrap());
                let mut steps = 0;
                while let Ok(true) = scanner.next_document() {
                    let _ = scanner.head().unwrap();
                    while !matches!(scanner.next(&path).unwrap(), Event::End | Event::CutShort(..)) {
                        steps += 1;
                        prop_assert!(steps < 1000, "no end");
                    }
                    steps += 1;
                    prop_assert!(steps < 1000, "no end");
                }
            }
        }
    }
}
