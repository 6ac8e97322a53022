//! Text of office documents, as a reader sees it: a program may put every change of formatting, and every stretch that
//! was typed at another time, into an element of its own.
//!
//! Formats: WordprocessingML, SpreadsheetML and PresentationML (ECMA-376), whose text stands in elements that are called
//! `t`, that of a workbook in one list for all cells or, as many exporters write it, in the cells themselves;
//! OpenDocument (ISO/IEC 26300), whose paragraphs hold it.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::View;
use super::offsets::Builder;

/// Whether the member of a zip with this name holds text of an office document.
#[must_use]
pub fn is_text(name: &str) -> bool {
    name.ends_with(".xml")
        && (name == "content.xml" || ["word/", "xl/", "ppt/"].iter().any(|folder| name.starts_with(folder)))
}

/// The text of an XML file, paragraph by paragraph; tables row by row, as Markdown writes them: `| name | value |`,
/// with a line of `|---|---|` below the first row. `None` if it has none, is not sound, or is larger than 1 GiB.
#[must_use]
pub fn office(xml: &[u8]) -> Option<View> {
    if xml.len() > 1 << 30 || xml.is_empty() {
        return None;
    }
    let open_document = memchr::memmem::find(&xml[..xml.len().min(4096)], b"urn:oasis:names:tc:opendocument").is_some();
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let (mut bytes, mut map) = (Vec::new(), Builder::default());
    // How many elements are open that hold text, and how many cells of tables.
    let (mut open, mut cells) = (0usize, 0usize);
    // Only text in its cells makes a sheet a table: others refer to the list of all strings.
    let sheet = !open_document && memchr::memmem::find(xml, b"inlineStr").is_some();
    let (mut table, mut has_text) = (Table::default(), false);
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        let holds_text = |name: &[u8]| if open_document { matches!(name, b"p" | b"h") } else { name == b"t" };
        match event {
            Event::Eof => break,
            Event::Start(element) => {
                let name = element.local_name();
                open += usize::from(holds_text(name.as_ref()));
                if cells == 0 {
                    match name.as_ref() {
                        b"tbl" | b"table" | b"sheetData" => table = Table::default(),
                        name if is_row(name, sheet) => {
                            (table.cells, table.empty) = (0, 0);
                            bytes.extend_from_slice(b"| ");
                            map.push(start, 1, 2, 1);
                        }
                        name if is_cell(name, sheet) => {
                            table.pass(&element, 0);
                            table.end_cells(table.empty, start, &mut bytes, &mut map);
                        }
                        _ => {}
                    }
                }
                cells += usize::from(is_cell(name.as_ref(), sheet));
            }
            Event::End(element) => {
                let name = element.local_name();
                open -= usize::from(holds_text(name.as_ref()) && open > 0);
                cells -= usize::from(is_cell(name.as_ref(), sheet) && cells > 0);
                let ends: &[u8] = match name.as_ref() {
                    b"p" | b"h" if cells > 0 => b" ",
                    b"p" | b"h" => b"\n",
                    // Strings of a workbook stand in the order of its cells.
                    b"si" => b" | ",
                    name if is_cell(name, sheet) && cells == 0 => {
                        table.end_cells(1, start, &mut bytes, &mut map);
                        continue;
                    }
                    name if is_row(name, sheet) && cells == 0 => {
                        table.end_row(start, &mut bytes, &mut map);
                        continue;
                    }
                    _ => continue,
                };
                bytes.extend_from_slice(ends);
                map.push(start, 1, ends.len() as u8, 1);
            }
            Event::Empty(element) => {
                let c = match element.local_name().as_ref() {
                    name if is_cell(name, sheet) && cells == 0 => {
                        table.pass(&element, repeated(&element));
                        continue;
                    }
                    b"br" | b"cr" | b"line-break" => b'\n',
                    b"tab" | b"s" => b' ',
                    _ => continue,
                };
                bytes.push(c);
                map.push(start, 1, 1, 1);
            }
            Event::Text(text) if open > 0 => {
                has_text = true;
                bytes.extend_from_slice(&text);
                map.push(end.checked_sub(text.len())?, text.len(), 1, 1);
            }
            Event::GeneralRef(name) if open > 0 => {
                let c = match &name[..] {
                    b"amp" => '&',
                    b"lt" => '<',
                    b"gt" => '>',
                    b"quot" => '"',
                    b"apos" => '\'',
                    _ => name.resolve_char_ref().ok()??,
                };
                has_text = true;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                map.push(start, 1, c.len_utf8() as u8, u8::try_from(end - start).unwrap_or(u8::MAX));
            }
            _ => {}
        }
    }
    has_text.then(|| View { bytes, offsets: map.finish(), part: None })
}

/// A table that is read.
#[derive(Default)]
struct Table {
    /// How many cells the first row has, once that is over.
    first: Option<usize>,
    /// How many the row has so far that is read.
    cells: usize,
    /// How many empty ones follow them, which count where another one stands behind.
    empty: usize,
}

/// Most empty cells in a row, one behind the other.
const MAX_EMPTY: usize = 64;

impl Table {
    /// Goes on to a cell and over so many empty ones. Those of a sheet may be left out, and then others say in which
    /// column they stand: `r="C7"`.
    fn pass(&mut self, cell: &BytesStart<'_>, empty: usize) {
        let column = attribute(cell, b"r").map_or(0, |name| {
            let letters = name.iter().take(3).take_while(|b| b.is_ascii_uppercase());
            letters.fold(0, |column, b| column * 26 + usize::from(b - b'A') + 1)
        });
        let missing = column.saturating_sub(self.cells + self.empty + 1);
        self.empty = (self.empty + missing + empty).min(MAX_EMPTY);
    }

    fn end_cells(&mut self, count: usize, at: usize, bytes: &mut Vec<u8>, map: &mut Builder) {
        for _ in 0..count {
            bytes.extend_from_slice(b" | ");
            map.push(at, 1, 3, 1);
        }
        self.cells += count;
        self.empty = 0;
    }

    fn end_row(&mut self, at: usize, bytes: &mut Vec<u8>, map: &mut Builder) {
        if let Some(first) = self.first {
            self.end_cells(first.saturating_sub(self.cells).min(MAX_EMPTY), at, bytes, map);
        }
        let rule = if self.first.is_none() { self.cells } else { 0 };
        bytes.push(b'\n');
        map.push(at, 1, 1, 1);
        for ends in std::iter::repeat_n(&b"|---"[..], rule).chain((rule > 0).then_some(&b"|\n"[..])) {
            bytes.extend_from_slice(ends);
            map.push(at, 1, ends.len() as u8, 1);
        }
        self.first.get_or_insert(self.cells);
    }
}

/// How many cells an empty one of OpenDocument stands for.
fn repeated(cell: &BytesStart<'_>) -> usize {
    let times =
        attribute(cell, b"number-columns-repeated").and_then(|times| std::str::from_utf8(&times).ok()?.parse().ok());
    times.unwrap_or(1).clamp(1, MAX_EMPTY)
}

fn attribute<'e>(element: &'e BytesStart<'_>, name: &[u8]) -> Option<Cow<'e, [u8]>> {
    let mut all = element.attributes().flatten();
    all.find(|attribute| attribute.key.local_name().as_ref() == name).map(|attribute| attribute.value)
}

/// Whether an element is a cell of a table in a text, or of a sheet whose cells hold their text.
fn is_cell(name: &[u8], sheet: bool) -> bool {
    matches!(name, b"tc" | b"table-cell") || sheet && name == b"c"
}

/// Whether an element is a row of one.
fn is_row(name: &[u8], sheet: bool) -> bool {
    matches!(name, b"tr" | b"table-row") || sheet && name == b"row"
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(xml: &str) -> String {
        String::from_utf8(office(xml.as_bytes()).unwrap().bytes).unwrap()
    }

    #[test]
    fn formatting_does_not_tear_text_apart() {
        let word = "<?xml version=\"1.0\"?>\n<w:document><w:p> <w:r><w:t>one &amp; t</w:t></w:r><w:r><w:rPr><w:b/></w:rPr>\
                    <w:t>w&#111;</w:t></w:r></w:p><w:p><w:r><w:t>next</w:t><w:br/></w:r></w:p></w:document>";
        assert_eq!(text(word), "one & two\nnext\n\n");
        assert_eq!(text("<sst><si><r><t>ab</t></r><r><t>c</t></r></si><si><t>d</t></si></sst>"), "abc | d | ");
        let table =
            "<w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc><w:tc><w:p><w:t>b</w:t></w:p></w:tc></w:tr></w:tbl>";
        assert_eq!(text(table), "| a  | b  | \n|---|---|\n");
        let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"C1\" \
                     t=\"inlineStr\"><is><r><t>b</t></r><r><t>c</t></r></is></c></row><row><c><v>1</v></c><c/></row>\
                     <row><c r=\"B3\" t=\"inlineStr\"><is><t>d</t></is></c></row></sheetData></worksheet>";
        assert_eq!(text(sheet), "| a |  | bc | \n|---|---|---|\n|  |  |  | \n|  | d |  | \n");
        // What refers to the list of strings has no text.
        assert_eq!(office(sheet.replace("<t>", "<v>").replace("</t>", "</v>").as_bytes()), None);
        let cells = "<d xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><table:table><table:table-row>\
                     <table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell \
                     table:number-columns-repeated=\"2\"/><table:table-cell><text:p>b</text:p></table:table-cell>\
                     <table:table-cell table:number-columns-repeated=\"900\"/></table:table-row></table:table></d>";
        assert_eq!(text(cells), "| a  |  |  | b  | \n|---|---|---|---|\n");
        let writer = "<d xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><text:p>a<text:span>b</text:span>c\
                      </text:p></d>";
        assert_eq!(text(writer), "abc\n");
        assert_eq!(office(b"<a>b</a>"), None);
        assert_eq!(office(b"<w:t>\xff</"), None);
    }

    proptest! {
        #[test]
        fn places_are_those_in_the_file(pieces in prop::collection::vec(("[a-zü][a-z ü]{0,8}", 0..3usize), 1..20)) {
            let mut xml = String::from("<w:document>");
            for (piece, kind) in &pieces {
                xml += &match kind {
                    0 => format!("<w:r><w:t>{piece}</w:t></w:r>"),
                    1 => format!("<w:p>\n<w:t xml:space=\"preserve\">{piece}</w:t></w:p>"),
                    _ => format!("<w:tab/><w:t>&lt;{piece}</w:t>"),
                };
            }
            xml += "</w:document>";
            let view = office(xml.as_bytes()).unwrap();
            let mut at = 0;
            for (piece, _) in &pieces {
                let found = at + memchr::memmem::find(&view.bytes[at..], piece.as_bytes()).unwrap();
                let place = view.offsets.range_to_original(found..found + piece.len());
                prop_assert_eq!(&xml[place], piece.as_str());
                at = found + piece.len();
            }
        }

        #[test]
        fn no_bytes_panic(
            xml in "(<w:t>|</w:t>|<w:p>|</w:p>|&#1;|&amp;|inlineStr|<row>|</row>|<c r=\"[A-Z]{0,4}\"/?>|</c>|\
                    [a<>&;/ü]){0,40}",
        ) {
            let _ = office(xml.as_bytes());
        }
    }
}
