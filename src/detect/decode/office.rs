//! Text of office documents, as a reader sees it: a program may put every change of formatting, and every stretch that
//! was typed at another time, into an element of its own.
//!
//! Formats: WordprocessingML, SpreadsheetML and PresentationML (ECMA-376), whose text stands in elements that are called
//! `t`; OpenDocument (ISO/IEC 26300), whose paragraphs hold it.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::View;
use super::offsets::Builder;

/// Whether the member of a zip with this name holds text of an office document.
#[must_use]
pub fn is_text(name: &str) -> bool {
    name.ends_with(".xml")
        && (name == "content.xml" || ["word/", "xl/", "ppt/"].iter().any(|folder| name.starts_with(folder)))
}

/// The text of an XML file, paragraph by paragraph; tables row by row, as Markdown writes them: `| name | value |`. `None` if it has none, is not sound, or is larger than 1 GiB.
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
                cells += usize::from(is_cell(name.as_ref()));
                if is_row(name.as_ref()) && cells == 0 {
                    bytes.extend_from_slice(b"| ");
                    map.push(start, 1, 2, 1);
                }
            }
            Event::End(element) => {
                let name = element.local_name();
                open -= usize::from(holds_text(name.as_ref()) && open > 0);
                cells -= usize::from(is_cell(name.as_ref()) && cells > 0);
                let ends: &[u8] = match name.as_ref() {
                    b"p" | b"h" if cells > 0 => b" ",
                    b"p" | b"h" => b"\n",
                    // Strings of a workbook stand in the order of its cells.
                    b"si" => b" | ",
                    name if is_cell(name) && cells == 0 => b" | ",
                    name if is_row(name) && cells == 0 => b"\n",
                    _ => continue,
                };
                bytes.extend_from_slice(ends);
                map.push(start, 1, ends.len() as u8, 1);
            }
            Event::Empty(element) => {
                let c = match element.local_name().as_ref() {
                    b"br" | b"cr" | b"line-break" => b'\n',
                    b"tab" | b"s" => b' ',
                    _ => continue,
                };
                bytes.push(c);
                map.push(start, 1, 1, 1);
            }
            Event::Text(text) if open > 0 => {
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
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                map.push(start, 1, c.len_utf8() as u8, u8::try_from(end - start).unwrap_or(u8::MAX));
            }
            _ => {}
        }
    }
    (!bytes.is_empty()).then(|| View { bytes, offsets: map.finish(), part: None })
}

/// Whether an element is a cell of a table in a text.
fn is_cell(name: &[u8]) -> bool {
    matches!(name, b"tc" | b"table-cell")
}

/// Whether an element is a row of one.
fn is_row(name: &[u8]) -> bool {
    matches!(name, b"tr" | b"table-row")
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
        assert_eq!(text(table), "| a  | b  | \n");
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
        fn no_bytes_panic(xml in "(<w:t>|</w:t>|<w:p>|</w:p>|&#1;|&amp;|[a<>&;/ü]){0,40}") {
            let _ = office(xml.as_bytes());
        }
    }
}
