//! Values in markup, where entities stand for what would end them: `<password>a&amp;b</password>`,
//! `password="a&quot;b"`.

use std::ops::Range;

use super::super::super::coded::escape::{Kind, Value};
use super::super::super::context::REACH_BEFORE;

/// Length of the text that stands in an element from the start of `rest` on, without blanks: up to the next tag.
pub(super) fn text_len(rest: &[u8]) -> usize {
    let mut len = 0;
    while let Some(&b) = rest.get(len).filter(|&&b| b > b' ' && b != b'<') {
        len += match b {
            b'&' => match Kind::Entity.at(rest, len) {
                Some((_, entity)) => entity,
                None => break,
            },
            _ => 1,
        };
    }
    len.min(rest.len())
}

/// What a value of this name says, if it stands in an element or is an attribute of one, and has entities in it.
pub(super) fn said(text: &[u8], name: &Range<usize>, span: &Range<usize>) -> Option<Vec<u8>> {
    let value = &text[span.clone()];
    // Hardly any value has one.
    memchr::memchr(b'&', value)?;
    let front = &text[name.start.saturating_sub(REACH_BEFORE)..name.start];
    let in_tag = || memchr::memrchr2(b'<', b'>', front).is_some_and(|i| front[i] == b'<');
    if text.get(span.end) != Some(&b'<') && !in_tag() {
        return None;
    }
    let mut said = Vec::with_capacity(value.len());
    let (mut at, mut entities) = (0, 0);
    while at < value.len() {
        if let Some((Value::Char(c), len)) = Kind::Entity.at(value, at) {
            said.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            entities += 1;
            at += len;
        } else {
            said.push(value[at]);
            at += 1;
        }
    }
    (entities > 0).then_some(said)
}
