//! Makes text from a scanned tree safe to show: whoever named a file or wrote a line must not control the reader's
//! terminal, nor make it look different from what it is.
//!
//! The text format shows such characters as escapes; the JSON based formats write them as JSON escapes, which loses
//! nothing.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// Whether a character controls a terminal, reorders text or cannot be seen.
///
/// These are the controls C0 and C1 (ECMA-48; a terminal may take U+009B for the start of an escape sequence), the
/// bidirectional formatting characters of Unicode Standard Annex 9, the line and paragraph separators, the invisible
/// operators and the tag characters. The joiners U+200C and U+200D stay: scripts and emoji need them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A text for one line: every hidden character, line feeds and tabs too, becomes an escape such as `\u{1b}`.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut shown, c));
    Cow::Owned(shown)
}

/// A text of several lines, where line feeds and tabs stay and the carriage returns of line ends go, and a range of
/// bytes inside it, moved along.
///
/// The range may be anything: it is brought inside the text and onto character boundaries.
#[must_use]
pub fn block(text: &str, range: Range<usize>) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(text.len());
    let (mut start, mut end) = (None, None);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if at >= range.start {
            start.get_or_insert(shown.len());
        }
        if at >= range.end {
            end.get_or_insert(shown.len());
        }
        match c {
            '\n' | '\t' => shown.push(c),
            '\r' if matches!(chars.peek(), None | Some((_, '\n'))) => {}
            c => push(&mut shown, c),
        }
    }
    let start = start.unwrap_or(shown.len());
    let end = end.unwrap_or(shown.len()).max(start);
    (shown, start..end)
}

/// A JSON document with its hidden characters as JSON escapes: the same document, made of visible characters and the
/// line feeds between its lines. In JSON such characters stand inside strings only.
#[must_use]
pub fn json(document: &str) -> Cow<'_, str> {
    let raw = |c: char| is_hidden(c) && c != '\n';
    if !document.contains(raw) {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 64);
    for c in document.chars() {
        if raw(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn push(shown: &mut String, c: char) {
    if is_hidden(c) {
        shown.extend(c.escape_unicode());
    } else {
        shown.push(c);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_visible() {
        assert_eq!(line("plain ünïcode 👩‍💻"), "plain ünïcode 👩‍💻");
        assert_eq!(line("a\x1b[31m\u{9b}b\u{202e}c\nd"), r"a\u{1b}[31m\u{9b}b\u{202e}c\u{a}d");
    }

    #[test]
    fn the_range_follows_its_text() {
        let text = "\x1b\r\n\tx = \"ab…yz\"\r\nnext\r";
        let start = text.find("ab").unwrap();
        let (shown, range) = block(text, start..start + "ab…yz".len());
        assert_eq!(shown, "\\u{1b}\n\tx = \"ab…yz\"\nnext");
        assert_eq!(&shown[range], "ab…yz");
    }

    proptest! {
        #[test]
        fn any_range_is_brought_inside(text in "\\PC{0,20}|[\\x00-\\x20…é]{0,20}", a in 0usize..60, b in 0usize..60) {
            let (shown, range) = block(&text, a..b);
            prop_assert!(shown.get(range).is_some());
            prop_assert!(!shown.contains(|c| is_hidden(c) && c != '\n' && c != '\t'));
        }

        #[test]
        fn json_says_the_same(text in any::<String>()) {
            let plain = serde_json::to_string_pretty(&[&text]).unwrap();
            let shown = json(&plain);
            prop_assert!(!shown.contains(|c| is_hidden(c) && c != '\n'));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
        }
    }
}
