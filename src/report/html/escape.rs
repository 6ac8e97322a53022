//! The escaper of the templates: what a scanned tree says is shown as text, whatever it is made of.
//!
//! The templates' configuration (`askama.toml`) names it for all of them, so that no template has to remember it.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};

use crate::report::visible::is_hidden;

/// Escapes for the contents of HTML elements and of quoted attributes. Characters that cannot be seen or reorder text
/// become escapes such as `\u{202e}`, as in the other formats; tabs stay, which snippets are full of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut rest = string;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_hidden(*c) && *c != '\t') {
            Html.write_escaped_str(&mut dest, &rest[..at])?;
            write!(dest, "{}", c.escape_unicode())?;
            rest = &rest[at + c.len_utf8()..];
        }
        Html.write_escaped_str(&mut dest, rest)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        Shown.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn markup_and_hidden_characters_are_text() {
        assert_eq!(shown("<b a='1' b=\"2\">&amp;"), "&#60;b a=&#39;1&#39; b=&#34;2&#34;&#62;&#38;amp;");
        assert_eq!(shown("a\u{202e}b\x1b[1m\tc\n"), "a\\u{202e}b\\u{1b}[1m\tc\\u{a}");
        let mut one = String::new();
        Shown.write_escaped_char(&mut one, '\u{200b}').unwrap();
        assert_eq!(one, "\\u{200b}");
    }

    proptest! {
        #[test]
        fn nothing_is_markup(text in "[<>&'\"\u{202e}\\x00-\\x20a-c🦀]{0,20}|.{0,20}") {
            let out = shown(&text);
            prop_assert!(!out.contains(['<', '>', '"', '\'']), "{}", out);
            prop_assert!(!out.contains(|c| is_hidden(c) && c != '\t'));
        }
    }
}
