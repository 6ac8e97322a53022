//! What a value stands under: the keys of settings and objects around it.

use super::back::{Back, is_blank, is_name_byte};
use super::before::before;
use super::name::{HARMLESS_ANYWHERE, HARMLESS_LAST, SECRET_KEY, may_be_secret, words_of};
use super::{NAME_REACH, REACH_BEFORE};

/// Whether the value stands under a key that says that secrets are there: `"bearer": { "host": "VALUE" }`,
/// `credentials:⏎  stripe: VALUE`.
#[must_use]
pub fn under_secrets(text: &[u8], start: usize) -> bool {
    const SECRETS: &[&str] = &["secrets", "credentials", "passwords", "apikeys", "bearer", "apitokens", "accesstokens"];
    let name = parent_in_braces(text, start).or_else(|| parent_by_indent(text, start)).unwrap_or_default();
    // `x` is the beginning of headers' names; as that of a thing it says nothing.
    let parent_of_key = || name.len() > 1 && SECRET_KEY.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()));
    let cookies = name.to_ascii_lowercase().ends_with(b"cookies") || name.to_ascii_lowercase().ends_with(b"cookie");
    if !may_be_secret(name) && !parent_of_key() && !cookies {
        return false;
    }
    let words = words_of(name);
    let harmless = |word: &String| HARMLESS_ANYWHERE.contains(&word.as_str()) && word != "tokens";
    if words.iter().any(harmless) {
        return false;
    }
    let own = words_of(before(text, start).name);
    // `KEYS = { "finnhub": "VALUE" }`: in lower case they are those of anything.
    let keys = name == b"KEYS";
    // `encryption:⏎  key: VALUE`.
    let of_key = own == ["key"] && words.last().is_some_and(|last| last.len() > 1 && SECRET_KEY.contains(&&**last));
    // `tokens:⏎  - name: ci⏎    value: VALUE`.
    let of_value = own == ["value"] && words == ["tokens"];
    // `cookies = { "session": "VALUE" }`.
    let session = matches!(words.last().map(String::as_str), Some("cookies" | "cookie"))
        && own.iter().any(|word| matches!(word.as_str(), "session" | "sessionid" | "sess" | "sid" | "auth" | "token"));
    of_key
        || of_value
        || session
        || (keys || SECRETS.contains(&words.concat().as_str()))
            && !own.last().is_some_and(|last| HARMLESS_LAST.contains(&last.as_str()))
}

/// Whether the value stands beside what is signed with another one, as events have it that a provider sends:
/// `"signature": { "timestamp": "…", "token": "VALUE", "signature": "…" }`.
#[must_use]
pub fn under_signature(text: &[u8], start: usize) -> bool {
    let name = parent_in_braces(text, start).or_else(|| parent_by_indent(text, start)).unwrap_or_default();
    words_of(name).last().is_some_and(|last| last == "signature")
}

/// Whether the value stands under a key that says that it is encrypted: `"encrypted": { "token": "VALUE" }`.
#[must_use]
pub fn under_encrypted(text: &[u8], start: usize) -> bool {
    let name = parent_in_braces(text, start).or_else(|| parent_by_indent(text, start)).unwrap_or_default();
    words_of(name).iter().any(|word| matches!(word.as_str(), "encrypted" | "sealed"))
}

/// The key of the object that a value of JSON stands in, or of the array of PHP.
fn parent_in_braces(text: &[u8], start: usize) -> Option<&[u8]> {
    let mut back = Back { text, at: start, floor: start.saturating_sub(NAME_REACH) };
    let mut open = 0usize;
    let brace = text[back.floor..start].iter().rposition(|b| match b {
        b'}' | b']' => {
            open += 1;
            false
        }
        b'{' | b'[' if open > 0 => {
            open -= 1;
            false
        }
        b'{' | b'[' => true,
        _ => false,
    })?;
    back.at = back.floor + brace + 1;
    back.at -= 1;
    back.blanks();
    (back.skip(|b| matches!(b, b':' | b'=' | b'>')) > 0).then_some(())?;
    back.blanks();
    back.skip(|b| matches!(b, b'"' | b'\''));
    Some(back.take(is_name_byte))
}

/// The key whose line stands above a value of YAML and is indented less.
fn parent_by_indent(text: &[u8], start: usize) -> Option<&[u8]> {
    let floor = start.saturating_sub(NAME_REACH);
    let mut lines = text[floor..start].rsplit(|&b| b == b'\n');
    let indent = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    let own = indent(lines.next()?);
    let is_above = |line: &&[u8]| !line.trim_ascii().is_empty() && indent(line) < own;
    let mut above = lines.find(is_above)?;
    // The first line of the item of a list.
    if above.trim_ascii().starts_with(b"- ") {
        let item = indent(above);
        above = lines.find(|line| is_above(line) && indent(line) <= item && !line.trim_ascii().starts_with(b"-"))?;
    }
    let name = above.trim_ascii().strip_suffix(b":")?;
    name.iter().all(|&b| is_name_byte(b)).then_some(name)
}

/// The lines that open what a value stands in, the innermost first: `stripe:`, `"live": {`, `[stripe.keys]`. As far as
/// its reach goes.
pub fn parents(text: &[u8], start: usize) -> impl Iterator<Item = &[u8]> {
    /// Levels that are looked at.
    const DEPTH: usize = 6;
    let floor = start.saturating_sub(REACH_BEFORE);
    let above = &text[floor..start];
    let indent = |line: &[u8]| line.iter().take_while(|&&b| is_blank(b)).count();
    let mut lines = above.rsplit(|&b| b == b'\n');
    // One that is cut may be indented more.
    let whole = memchr::memchr_iter(b'\n', above).count() + usize::from(floor == 0);
    let mut inner = lines.next().map_or(0, indent);
    let mut section = false;
    let opening = lines.take(whole.saturating_sub(1)).filter(move |line| {
        let written = line.trim_ascii();
        let headed = !section && written.starts_with(b"[") && written.ends_with(b"]");
        section |= headed;
        let outer = indent(line);
        let opens = outer < inner && matches!(written.last(), Some(b':' | b'{' | b'[' | b'('));
        if !written.is_empty() && outer < inner {
            inner = outer;
        }
        headed || opens
    });
    opening.take(DEPTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_above_say_that_secrets_are_below() {
        for (text, under) in [
            ("{\"bearer\": {\n  \"a.net\": \"x\", \"host.net\": \"VALUE\"}}", true),
            ("credentials:\n  a: b\n  stripe: VALUE", true),
            ("secrets = { stripe = \"VALUE\" }", true),
            ("{\"bearer\": {\"id\": \"VALUE\"}}", false),
            ("{\"bearer\": {}, \"host\": \"VALUE\"}", false),
            ("credentials:\n  a: b\nother: VALUE", false),
            ("api:\n  encryption:\n    key: \"VALUE\"", true),
            ("KEYS = {\n  'finnhub': 'VALUE'", true),
            ("{\"keys\": {\"a\": \"VALUE\"}}", false),
            ("tokens:\n  - name: ci\n    value: VALUE", true),
            ("{\"x\": {\"key\": \"VALUE\"}}", false),
            ("encryptedSecrets:\n  stripe: VALUE", false),
        ] {
            assert_eq!(under_secrets(text.as_bytes(), text.find("VALUE").unwrap_or(0)), under, "{text}");
        }
    }
}
