//! Fields of the object that a key stands in: `"client_id": "…"` beside it, as JSON has them, also within a string.

use std::ops::Range;

use crate::detect::context::{REACH_AFTER, REACH_BEFORE};

/// The text of an object around a match in it, as far as it is near.
pub(in crate::detect::verify) struct Fields<'t> {
    before: &'t [u8],
    after: &'t [u8],
}

impl<'t> Fields<'t> {
    /// Those around a match.
    #[must_use]
    pub fn around(text: &'t [u8], whole: &Range<usize>) -> Self {
        let before = &text[whole.start.saturating_sub(REACH_BEFORE)..whole.start];
        // The object that the key stands in, and no other one.
        let before = memchr::memrchr2(b'{', b'}', before).map_or(before, |i| &before[i..]);
        let after = &text[whole.end..(whole.end + REACH_AFTER).min(text.len())];
        let after = memchr::memchr2(b'{', b'}', after).map_or(after, |i| &after[..i]);
        Fields { before, after }
    }

    /// The value of a field of that name, a text of letters, digits and the marks of names and addresses.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        field(self.before, name).or_else(|| field(self.after, name))
    }
}

fn field(text: &[u8], name: &str) -> Option<String> {
    // One that is called so, not one whose name only ends or begins like that.
    let quoted = [b"\"", name.as_bytes()].concat();
    let at = memchr::memmem::find_iter(text, &quoted)
        .map(|at| at + quoted.len())
        .find(|&end| text.get(end).is_some_and(|b| matches!(b, b'"' | b'\\')))?;
    let rest = text[at..].iter().skip_while(|b| matches!(b, b'"' | b'\\' | b':' | b' ' | b'\t' | b'\r' | b'\n'));
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@' | b':');
    let value: Vec<u8> = rest.copied().take_while(is_part).collect();
    String::from_utf8(value).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_same_object_are_read() {
        let get = |text: &str, name: &str| {
            let at = text.find("KEY").unwrap_or_default();
            Fields::around(text.as_bytes(), &(at..at + 3)).get(name)
        };
        let text = r#"{"a": "1"}, {"a_b": "2", "a": "3", KEY, "c": "x@y.z"}, {"d": "4"}"#;
        assert_eq!(get(text, "a").as_deref(), Some("3"));
        assert_eq!(get(&text.replace('"', "\\\""), "c").as_deref(), Some("x@y.z"));
        assert_eq!(get(text, "d"), None);
        assert_eq!(get("KEY", "a"), None);
    }
}
