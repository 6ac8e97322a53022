//! Jupyter notebooks: the text of their cells and outputs, as an author saw it.
//!
//! In an `.ipynb` every line of a cell is a JSON string of its own, so that nothing that spans lines stands together
//! and every quote is escaped. The views of this module join what belongs together. They hold the sources and text
//! outputs only; metadata and attachments can be scanned in the file as it stands.
//!
//! Format: nbformat 4, <https://nbformat.readthedocs.io/en/latest/format_description.html>.

use jsonc_parser::ast::{Array, Object, StringLit, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::View;
use super::offsets::Builder;

/// Strict JSON.
const JSON: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The cells of a notebook in their order: `cell 3` is the joined source of the third cell, `cell 3, output` its joined
/// text outputs (streams, results, tracebacks; pictures, sound and video are left out). Empty ones are left out.
///
/// `None` if this is no JSON object with a list of `cells`, or not valid JSON, or more than 1 GiB.
#[must_use]
pub fn notebook(bytes: &[u8]) -> Option<Vec<View>> {
    if bytes.len() > 1 << 30 {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    // Cheap, and spares all other JSON the parser.
    memchr::memmem::find(bytes, b"\"cells\"")?;
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    let root = parse_to_ast(unmarked, &options, &JSON).ok()?.value?;
    let cells = root.as_object()?.get_array("cells")?;
    let skipped = text.len() - unmarked.len();
    let mut views = Vec::new();
    for (index, cell) in cells.elements.iter().enumerate() {
        let Some(cell) = cell.as_object() else { continue };
        let mut source = Text::new(unmarked, skipped);
        source.value(property(cell, "source"));
        views.extend(source.finish(format!("cell {}", index + 1)));
        if let Some(Value::Array(outputs)) = property(cell, "outputs") {
            let mut text = Text::new(unmarked, skipped);
            outputs.elements.iter().filter_map(Value::as_object).for_each(|output| text.output(output));
            views.extend(text.finish(format!("cell {}, output", index + 1)));
        }
    }
    Some(views)
}

/// The last property of that name, as JSON readers have it.
fn property<'a, 'b>(object: &'b Object<'a>, name: &str) -> Option<&'b Value<'a>> {
    object.properties.iter().rev().find(|property| property.name.as_str() == name).map(|property| &property.value)
}

/// Media types whose data are no text, though they stand in a string: base64 for most of them.
fn is_media(media_type: &str) -> bool {
    ["image/", "audio/", "video/", "font/"].iter().any(|family| media_type.starts_with(family))
        || media_type == "application/pdf"
}

/// The text of one view while it is put together.
struct Text<'a> {
    json: &'a str,
    /// Bytes before `json` in the file.
    skipped: usize,
    decoded: String,
    map: Builder,
}

impl<'a> Text<'a> {
    fn new(json: &'a str, skipped: usize) -> Self {
        Text { json, skipped, decoded: String::new(), map: Builder::default() }
    }

    fn finish(self, part: String) -> Option<View> {
        (!self.decoded.is_empty()).then(|| View {
            bytes: self.decoded.into_bytes(),
            offsets: self.map.finish(),
            part: Some(part),
        })
    }

    /// A "multiline string": one string or a list of them, joined as they are.
    fn value(&mut self, value: Option<&Value<'_>>) {
        match value {
            Some(Value::StringLit(string)) => self.string(string),
            Some(Value::Array(Array { elements, .. })) => {
                elements.iter().filter_map(Value::as_string_lit).for_each(|string| self.string(string));
            }
            // `application/json` data: shown as it stands in the file.
            Some(value @ Value::Object(_)) => self.plain(value.start(), value.end()),
            _ => {}
        }
    }

    fn output(&mut self, output: &Object<'_>) {
        self.new_line();
        self.value(property(output, "text"));
        if let Some(Value::Object(data)) = property(output, "data") {
            for item in data.properties.iter().filter(|item| !is_media(item.name.as_str())) {
                self.new_line();
                self.value(Some(&item.value));
            }
        }
        self.new_line();
        self.value(property(output, "evalue"));
        if let Some(Value::Array(lines)) = property(output, "traceback") {
            for line in lines.elements.iter().filter_map(Value::as_string_lit) {
                self.new_line();
                self.string(line);
            }
        }
    }

    /// Keeps what stands in different outputs from running together; the line end has no bytes in the file.
    fn new_line(&mut self) {
        if !self.decoded.is_empty() && !self.decoded.ends_with('\n') {
            self.decoded.push('\n');
            self.map.push(self.map.original_end(), 1, 1, 0);
        }
    }

    /// Bytes of the file that are text as they stand.
    fn plain(&mut self, start: usize, end: usize) {
        if let Some(text) = self.json.get(start..end) {
            self.decoded.push_str(text);
            self.map.push(start + self.skipped, text.len(), 1, 1);
        }
    }

    fn escaped(&mut self, c: char, start: usize, length: u8) {
        self.decoded.push(c);
        self.map.push(start + self.skipped, 1, c.len_utf8() as u8, length);
    }

    /// What is between the quotes of a string, which the parser has found to be sound.
    fn string(&mut self, string: &StringLit<'_>) {
        let (mut at, end) = (string.start() + 1, string.end().saturating_sub(1));
        let bytes = self.json.as_bytes();
        while let Some(rest) = bytes.get(at..end)
            && !rest.is_empty()
        {
            let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            if run > 0 {
                self.plain(at, at + run);
                at += run;
                continue;
            }
            let (c, length) = unescape(rest);
            self.escaped(c, at, length);
            at += usize::from(length);
        }
    }
}

/// The character of the escape that `text` starts with, and the length of the escape: RFC 8259, section 7.
fn unescape(text: &[u8]) -> (char, u8) {
    match text.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\x08', 2),
        Some(b'f') => ('\x0c', 2),
        Some(b'u') => match (unit(text), text.get(6..).and_then(unit)) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                let number = 0x10000 + (u32::from(high & 0x3ff) << 10) + u32::from(low & 0x3ff);
                (char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
            }
            (Some(unit), _) => (char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            // The parser has refused these.
            (None, _) => (char::REPLACEMENT_CHARACTER, 2),
        },
        // The quote, the slash and the backslash stand for themselves.
        Some(&other) if other.is_ascii() => (other.into(), 2),
        _ => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// The number of a `\uXXXX` at the start of `text`.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;

    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![4 => "[ -~]{0,8}", 1 => "[\n\t\r\"\\\\/\u{8}\u{c}\u{1}]{1,3}", 1 => "[é一𝄞😀]{1,3}"],
            0..8,
        )
        .prop_map(|parts| parts.concat())
    }

    fn multiline() -> impl Strategy<Value = Json> {
        prop_oneof![texts().prop_map(Json::from), prop::collection::vec(texts(), 0..4).prop_map(Json::from)]
    }

    fn joined(value: &Json) -> String {
        match value {
            Json::String(text) => text.clone(),
            Json::Array(lines) => lines.iter().filter_map(Json::as_str).collect(),
            _ => String::new(),
        }
    }

    fn cells() -> impl Strategy<Value = Vec<(Json, Json, bool)>> {
        prop::collection::vec((multiline(), multiline(), any::<bool>()), 0..5)
    }

    /// Writes every character that is not ASCII as an escape, as `json.dump` in Python does by default.
    fn ascii_only(json: &str) -> String {
        let mut units = [0; 2];
        json.chars()
            .map(|c| match c {
                c if c.is_ascii() => c.to_string(),
                c => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            })
            .collect()
    }

    /// Every character of the view stands in the file where the map says, as JSON writes it.
    fn check(view: &View, file: &str) {
        let text = std::str::from_utf8(&view.bytes).unwrap();
        for (at, c) in text.char_indices() {
            let range = view.offsets.range_to_original(at..at + c.len_utf8());
            if range.is_empty() {
                assert_eq!(c, '\n', "only line ends between outputs are not in the file");
                continue;
            }
            let original = format!("\"{}\"", &file[range.clone()]);
            assert_eq!(serde_json::from_str::<String>(&original).unwrap(), c.to_string(), "{range:?}");
        }
    }

    proptest! {
        #[test]
        fn every_character_leads_back(cells in cells(), pretty: bool, ascii: bool, marked: bool) {
            let list: Vec<Json> = cells.iter().map(|(source, text, code)| {
                if *code {
                    let output = json!({"output_type": "stream", "name": "stdout", "text": text});
                    json!({"cell_type": "code", "source": source, "outputs": [output.clone(), output]})
                } else {
                    json!({"cell_type": "markdown", "metadata": {"x": [1, null]}, "source": source})
                }
            }).collect();
            let book = json!({"nbformat": 4, "cells": list, "metadata": {}});
            let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string };
            let mut file = write(&book).unwrap();
            if ascii {
                file = ascii_only(&file);
            }
            if marked {
                file.insert(0, '\u{feff}');
            }
            let views = notebook(file.as_bytes()).unwrap();
            let mut expected = Vec::new();
            for (at, (source, text, code)) in cells.iter().enumerate() {
                expected.push((format!("cell {}", at + 1), joined(source)));
                if *code {
                    let text = joined(text);
                    let line_end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                    expected.push((format!("cell {}, output", at + 1), format!("{text}{line_end}{text}")));
                }
            }
            expected.retain(|(_, text)| !text.is_empty());
            let found: Vec<_> = views.iter().map(|view| {
                // A line end that was put behind the last output says nothing.
                let text = String::from_utf8(view.bytes.clone()).unwrap();
                (view.part.clone().unwrap(), text)
            }).collect();
            let trimmed = |list: Vec<(String, String)>| -> Vec<(String, String)> {
                list.into_iter().map(|(part, text)| (part, text.trim_end_matches('\n').to_owned())).collect()
            };
            prop_assert_eq!(trimmed(found), trimmed(expected));
            views.iter().for_each(|view| check(view, &file));
        }

        #[test]
        fn damaged_notebooks_do_no_harm(at in 0usize..200, byte: u8) {
            let mut file = json!({"cells": [{"source": ["a\n", "\u{1f511} \"b\""], "outputs": [{"text": "c"}]}]})
                .to_string().into_bytes();
            let at = at % file.len();
            file[at] = byte;
            let _ = notebook(&file);
            file.truncate(at);
            let _ = notebook(&file);
        }
    }

    #[test]
    fn outputs_of_every_kind() {
        let file = json!({"cells": [
            {"cell_type": "raw", "source": "first"},
            {"cell_type": "code", "source": [], "outputs": [
                {"output_type": "stream", "text": ["one\n", "two"]},
                {"output_type": "execute_result", "data": {
                    "image/png": "iVBORw0KGgo=", "text/plain": ["three"], "application/json": {"k": "four"}
                }},
                {"output_type": "error", "ename": "E", "evalue": "five", "traceback": ["six", "seven"]},
            ]},
        ]})
        .to_string();
        let views = notebook(file.as_bytes()).unwrap();
        let parts: Vec<_> = views.iter().map(|view| view.part.as_deref().unwrap()).collect();
        assert_eq!(parts, ["cell 1", "cell 2, output"]);
        let text = String::from_utf8(views[1].bytes.clone()).unwrap();
        let mut lines: Vec<_> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["five", "one", "seven", "six", "three", "two", r#"{"k":"four"}"#]);
    }

    #[test]
    fn what_is_no_notebook() {
        let deep = format!(r#"{{"cells": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        for text in ["", "{}", "[]", r#"{"cells": 3}"#, r#"{"cells": [}"#, r#"{"cells": [],}"#, "{'cells': []}", &deep]
        {
            assert_eq!(notebook(text.as_bytes()), None);
        }
        assert_eq!(notebook(b"{\"cells\": [], \"x\": \"\xff\"}"), None);
        assert_eq!(notebook(br#"{"cells": [1, {}, {"source": 1}]}"#), Some(Vec::new()));
    }
}
