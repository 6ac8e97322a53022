//! Passwords that stand on the line below their names: `password: >-⏎  …`, `password = (⏎  "…"⏎)`,
//! `setPassword(⏎  "…"`, `<password>⏎  …⏎</password>`.

use std::ops::Range;

use super::forward::{Forward, literal_len};
use super::{GAP, LENS, Value};

/// The value on the line below a name, behind which `separators` stand and end at `at`.
pub(super) fn value(text: &[u8], name: &Range<usize>, separators: &[u8], at: usize) -> Option<Value> {
    // Most values stand beside their names.
    let may_be = matches!(text.get(at)?, b'\n' | b'\r' | b'|' | b'>' | b'(' | b'\\');
    // `{}".format(password),⏎  "…"`: the name is none of a list's.
    let listed = separators == b"," && !matches!(text.get(name.end), Some(b'"' | b'\''));
    if !may_be || listed || separators.is_empty() {
        return None;
    }
    let mut on = Forward { text, at };
    let yaml = separators == b":";
    // `|`, `>-`, `|2`: a block of YAML.
    let block = yaml && on.skip(1, |b| matches!(b, b'|' | b'>')) > 0;
    if block {
        on.skip(2, |b| b.is_ascii_digit() || matches!(b, b'-' | b'+'));
    } else if separators == b"=" && (on.take(b"(") || on.take(b"\\")) {
        on.blanks();
    }
    on.blanks();
    on.take(b"\r");
    if !on.take(b"\n") {
        return None;
    }
    let indent = on.blanks();
    let start = on.at;
    if !block {
        on.skip(2, |b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'R' | b'N'));
        if let Some(quote @ (b'"' | b'\'' | b'`')) = on.peek() {
            let start = on.at + 1;
            let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], quote, false)?;
            // `"pass",⏎  "bypass = 'x'",`: a list of texts.
            let text_of_list = separators == b"," && text[start..end].iter().any(|b| matches!(b, b' ' | b'='));
            let value = Value { span: start..end, quoted: true, closed: false, spaced: false };
            return (!text_of_list).then_some(value);
        }
    }
    let rest = &text[start..(start + LENS.end() + 2).min(text.len())];
    let line = rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())].trim_ascii_end();
    let end = start + line.len();
    if !line.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    // Empty lines say nothing, but for so many that nothing behind them does.
    let behind = end + text[end..].iter().take(GAP).take_while(|b| b.is_ascii_whitespace()).count();
    let begins = memchr::memrchr(b'\n', &text[..behind]).map_or(0, |i| i + 1);
    let closed = match separators {
        b">" => text[behind..].starts_with(b"</"),
        // All of the value, and no key, item or expression.
        b":" => {
            indent > 0
                && (behind == text.len() || behind - begins < indent)
                && is_key_of_yaml(text, name)
                && !line.starts_with(b"- ")
                && !matches!(line.last(), Some(b':' | b',' | b'{' | b'[' | b'('))
                && (block || !matches!(line.first(), Some(b'{' | b'[' | b'&' | b'*' | b'#' | b'%' | b'|' | b'>')))
                && (block || line.last() != Some(&b';'))
        }
        _ => false,
    };
    closed.then_some(Value { span: start..end, quoted: false, closed: true, spaced: false })
}

/// Whether nothing stands in front of a name on its line but what opens a key of YAML.
fn is_key_of_yaml(text: &[u8], name: &Range<usize>) -> bool {
    let front = &text[name.start.saturating_sub(LENS.end() + 2)..name.start];
    let line = memchr::memrchr(b'\n', front).map_or(front, |at| &front[at + 1..]);
    line.iter().all(|b| matches!(b, b' ' | b'"' | b'\'' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::super::at;

    /// What is found of a value in a form that has `VALUE` in it; put together here, so that no password stands in this
    /// file.
    fn found(form: &str, value: &str) -> Option<String> {
        let text = form.replace("VALUE", value);
        let mark = text.to_ascii_lowercase().find("pass")?;
        at(text.as_bytes(), mark).ok().map(|candidate| text[candidate.span].to_owned())
    }

    #[test]
    fn values_on_the_line_below_are_found_whole() {
        for mark in ["!", ";", "#", "$", "&", ",", ")", "|"] {
            let value = ["gFb51", mark, "yBMa2rog7"].concat();
            for form in [
                "password:\n  VALUE\n",
                "db:\n  password: >-\n    VALUE\n  user: ann\n",
                "password: |\n  VALUE\n",
                "password:\r\n  \"VALUE\"\r\n",
                "password=(\n    \"VALUE\"\n)\n",
                "PASSWORD = (\n    'VALUE'\n)\n",
                "String password =\n    \"VALUE\";\n",
                "password = \\\n    'VALUE'\n",
                "{\"password\":\n   \"VALUE\"}",
                "ds.setPassword(\n    \"VALUE\");\n",
                "config.put(\"password\",\n    \"VALUE\");\n",
                "<password>\n  VALUE\n</password>\n",
                "<password>VALUE</password>\n",
                "password: VALUE\n",
                "spring.mail.password=VALUE\n",
                "password = VALUE\n",
            ] {
                // An element has it as an entity.
                if !(mark == "&" && form.starts_with("<password>V")) {
                    assert_eq!(found(form, &value).as_deref(), Some(&*value), "{form}");
                }
            }
        }
    }

    #[test]
    fn keys_and_code_below_a_name_are_no_values() {
        for form in [
            "password:\n  min_length8:\n    x: 1\n",
            "password:\n  - first1!Xq7z\n",
            "password:\nnext1!Xq7zVt\n",
            "password:\n  one1!Xq7zVt\n  two2!Xq7zVt\n",
            "case password:\n  return1(Xq7zVt);\n",
            "\"pass\",\n  \"by = 'one1Xq7zVt'\",\n",
            "\"-Dpassword={}\".format(password),\n  \"-Dstatsd2.enabled!=Xq7\",\n",
        ] {
            assert_eq!(found(form, ""), None, "{form}");
        }
    }
}
