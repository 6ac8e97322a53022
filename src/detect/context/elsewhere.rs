//! Names that stand elsewhere than right in front of their values: in another attribute, cell or argument, above a
//! list.

use super::back::{Back, is_blank, is_name_byte, trim_name};
use super::line::line_start;
use super::{NAME_REACH, REACH_AFTER, REACH_BEFORE};
use crate::detect::rule::anchor::is_key_byte;

/// The header that a value is set for, behind it: `setValue:@"VALUE" forHTTPHeaderField:@"NAME"`.
pub(super) fn header_behind(text: &[u8], start: usize) -> &[u8] {
    let len = text[start..].iter().take(REACH_BEFORE).take_while(|&&b| is_key_byte(b)).count();
    let rest = &text[start + len..(start + len + REACH_AFTER / 2).min(text.len())];
    let rest = rest.strip_prefix(b"\"").unwrap_or_default();
    let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b"forHTTPHeaderField:") else { return &[] };
    let skipped = rest.iter().take_while(|b| matches!(b, b' ' | b'@' | b'"')).count();
    let rest = &rest[skipped..];
    &rest[..rest.iter().take_while(|&&b| is_name_byte(b)).count()]
}

/// The argument of the call that a method is called on: `API_KEY` of `env::var("API_KEY").unwrap_or("VALUE")`.
pub(super) fn argument_in_front(text: &[u8], at: usize) -> &[u8] {
    let mut back = Back { text, at, floor: at.saturating_sub(NAME_REACH / 2) };
    let closed = back.skip(|b| b == b')') > 0 && back.skip(|b| matches!(b, b'"' | b'\'')) > 0;
    if closed { back.take(is_name_byte) } else { &[] }
}

/// The option whose default a value is: `add_argument("--api-key", default="VALUE")`.
pub(super) fn option_of_call(text: &[u8], at: usize) -> &[u8] {
    let from = at.saturating_sub(NAME_REACH / 2);
    let Some(open) = memchr::memrchr(b'(', &text[from..at]).map(|i| from + i + 1) else { return &[] };
    let rest = text[open..at].trim_ascii_start();
    let option = match rest {
        [b'"' | b'\'', option @ ..] if option.starts_with(b"-") => option,
        _ => return &[],
    };
    // The long name, where there is a short one as well.
    let option = memchr::memmem::find(option, b"--").map_or(option, |i| &option[i..]);
    trim_name(&option[..option.iter().take_while(|&&b| is_name_byte(b)).count()])
}

/// The name that stands behind a value: `{"value": "VALUE", "key": "NAME"}`, `default_value = "VALUE")] NAME: String`.
pub(super) fn named_behind(text: &[u8], start: usize) -> &[u8] {
    let len = text[start..].iter().take(REACH_BEFORE).take_while(|&&b| is_key_byte(b)).count();
    let end = start + len;
    let rest = &text[end..(end + REACH_AFTER / 2).min(text.len())];
    let [b'"' | b'\'', rest @ ..] = rest else { return &[] };
    let name_at = |at: usize| &rest[at..at + rest[at..].iter().take_while(|&&b| is_name_byte(b)).count()];
    if rest.starts_with(b")]") {
        let blanks = rest[2..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let at = 2 + blanks + if rest[2 + blanks..].starts_with(b"pub ") { 4 } else { 0 };
        let name = name_at(at);
        return if rest[at + name.len()..].starts_with(b":") { name } else { &[] };
    }
    let object = &rest[..memchr::memchr2(b'}', b'{', rest).unwrap_or(0)];
    let key = [&b"\"key\""[..], b"\"name\"", b"\"Key\"", b"\"Name\""]
        .iter()
        .find_map(|key| memchr::memmem::find(object, key).map(|at| at + key.len()));
    let Some(at) = key else { return &[] };
    let skipped = object[at..].iter().take_while(|b| matches!(b, b' ' | b':' | b'"' | b'\'')).count();
    name_at(at + skipped)
}

/// The name of an item of a list in YAML, and where it stands: that of the list, or the option in the item above.
pub(super) fn list_item(text: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let own = line_start(text, start, 48);
    // A list that is commented out, as settings are that stand in a sample of them.
    let commented = text[own..start].trim_ascii_start().starts_with(b"#");
    let indent = |line: &[u8]| line.iter().take_while(|&&b| b == b' ' || commented && b == b'#').count();
    let front = text[own + indent(&text[own..start])..start].strip_prefix(b"- ")?;
    if !front.iter().all(|b| matches!(b, b' ' | b'"' | b'\'')) {
        return None;
    }
    let item = indent(&text[own..start]);
    let mut end = own.checked_sub(1)?;
    let floor = start.saturating_sub(NAME_REACH);
    for above in 0.. {
        let line = line_start(text, end, NAME_REACH / 2);
        let written = text[line + indent(&text[line..end])..end].trim_ascii();
        let name = |of: &[u8]| {
            let at = memchr::memmem::find(&text[line..end], of).map_or(line, |i| line + i);
            &text[at..at + of.len()]
        };
        if let Some(other) = written.strip_prefix(b"- ") {
            let other: &[u8] = match other {
                [b'"' | b'\'', inner @ .., b'"' | b'\''] => inner,
                other => other,
            };
            if above == 0 && other.starts_with(b"-") && other.iter().all(|&b| is_name_byte(b)) {
                return Some((trim_name(name(other)), line));
            }
        } else if indent(&text[line..end]) <= item && !written.starts_with(b"#") {
            let key = written.strip_suffix(b":")?;
            return (!key.is_empty() && key.iter().all(|&b| is_name_byte(b))).then(|| (name(key), line));
        }
        if line <= floor {
            return None;
        }
        end = line - 1;
    }
    None
}

/// What the attribute `name` of the tag that ends at `end` says, and where it begins.
pub(super) fn named_by_tag(text: &[u8], end: usize) -> Option<(&[u8], usize)> {
    const NAME: &[u8] = b" name=\"";
    let from = end.saturating_sub(NAME_REACH);
    let open = from + memchr::memrchr(b'<', &text[from..end])?;
    let at = open + memchr::memmem::find(&text[open..end], NAME)? + NAME.len();
    let len = text[at..end].iter().take_while(|&&b| is_name_byte(b)).count();
    (text[at + len] == b'"').then_some((&text[at..at + len], at))
}

/// Elements that mark a part of a text, within cells of tables as well.
const MARKUP: &[&[u8]] = &[b"code", b"b", b"strong", b"em", b"i", b"kbd", b"tt", b"span", b"p", b"pre"];

/// What the cell of HTML says that stands in front of the one whose tag ends at `end`, and where its last word begins.
pub(super) fn named_by_cell(text: &[u8], end: usize) -> Option<(&[u8], usize)> {
    let floor = end.saturating_sub(NAME_REACH);
    // Where the tag begins that ends in front of `end`, and the name of its element.
    let tag = |end: usize| {
        let open = floor + memchr::memrchr(b'<', &text[floor..end])?;
        let name = &text[open + 1..end];
        Some((open, &name[..name.iter().position(u8::is_ascii_whitespace).unwrap_or(name.len())]))
    };
    let trimmed = |end: usize| floor + text[floor..end].trim_ascii_end().len();
    let (mut open, mut name) = tag(end)?;
    if MARKUP.contains(&name) {
        let outer = trimmed(open);
        text[..outer].ends_with(b">").then_some(())?;
        (open, name) = tag(outer - 1)?;
    }
    let closing: &[u8] = match name {
        b"td" => b"td",
        b"dd" => b"dt",
        _ => return None,
    };
    let mut at = trimmed(open);
    // `</th>` of a heading in front of the row.
    let closed = [closing, b"th"].iter().find_map(|name| {
        let rest = text[floor..at].strip_suffix(b">")?.strip_suffix(*name)?.strip_suffix(b"</")?;
        Some(floor + rest.len())
    });
    at = trimmed(closed?);
    if text[..at].ends_with(b">") {
        let (open, name) = tag(at - 1)?;
        name.strip_prefix(b"/").filter(|name| MARKUP.contains(name))?;
        at = trimmed(open);
    }
    at -= usize::from(at > floor && text[at - 1] == b':');
    let mut back = Back { text, at, floor };
    let name = trim_name(back.take(is_name_byte));
    (!name.is_empty()).then_some((name, back.at))
}

/// The name of the list that a value is a later element of: `API_KEYS = ["…", "VALUE"]`, `apiKeys := []string{⏎  "…",⏎
/// "VALUE",`, `API_KEYS=…,VALUE`. Nothing where something else than values stands in front of it.
pub(super) fn name_of_list(text: &[u8], start: usize, quoted: bool) -> &[u8] {
    let mut back = Back { text, at: start, floor: start.saturating_sub(NAME_REACH) };
    let is_quote = |b: u8| matches!(b, b'"' | b'\'' | b'`');
    back.skip(|b| quoted && is_quote(b));
    loop {
        back.skip(|b| b.is_ascii_whitespace());
        if back.peek() != Some(b',') {
            break;
        }
        back.at -= 1;
        back.skip(is_blank);
        let closed = quoted && back.skip(is_quote) > 0;
        if back.skip(is_key_byte) == 0 || quoted && !(closed && back.skip(is_quote) > 0) {
            return &[];
        }
        // Those of a list that is not quoted begin behind the sign, which may be a part of a key.
        if !quoted && back.peek() != Some(b',') {
            let end = back.at + text[back.at..start].iter().position(|b| matches!(b, b'=' | b':')).unwrap_or(0);
            let name = &text[back.at..end];
            return if name.iter().all(|&b| is_name_byte(b)) { trim_name(name) } else { &[] };
        }
    }
    if !quoted || back.skip(|b| matches!(b, b'[' | b'{' | b'(')) != 1 {
        return &[];
    }
    let types =
        [&b"[]string"[..], b"new String[]", b"new string[]", b"new[]", b"vec!", b"listOf", b"arrayOf", b"List.of"];
    let front = &text[back.floor..back.at];
    back.at -= types
        .iter()
        .find(|of| front.trim_ascii_end().ends_with(of))
        .map_or(0, |of| of.len() + front.len() - front.trim_ascii_end().len());
    back.blanks();
    if back.skip(|b| matches!(b, b'=' | b':' | b'>')) == 0 {
        return &[];
    }
    back.blanks();
    back.skip(is_quote);
    let name = trim_name(back.take(is_name_byte));
    // `token = ["…", "VALUE"].concat()`: pieces of one value. Sessions have the secrets of before in a list.
    if matches!(name.last(), Some(b's' | b'S')) || name == b"secret" { name } else { &[] }
}

/// The name in `<add key="NAME" value=`, `- name: NAME⏎  value:`, `{"name": "NAME", "value":`, `<key>NAME</key>`,
/// `variable "NAME" {⏎  default =`: what is assigned to `key`, `name` or `variable` in the 160 bytes before `end`.
pub(super) fn named_beside(text: &[u8], end: usize) -> &[u8] {
    let from = end.saturating_sub(160);
    let window = &text[from..end];
    let ends_here = |i: &usize| {
        let word: &[u8] = match window[*i] | 0x20 {
            b'n' => b"name",
            b'k' => b"key",
            b'v' => b"variable",
            b'e' => b"env",
            _ => return false,
        };
        let assigns = match window.get(i + word.len()) {
            // `name = 'X-Api-Key' value = '…'` of ABAP.
            Some(b' ') => word == b"variable" || window[i + word.len()..].starts_with(b" = '"),
            Some(b) => matches!(b, b'"' | b'\'' | b':' | b'=' | b'\\' | b'>'),
            None => false,
        };
        let alone = || *i == 0 || !is_name_byte(window[i - 1]) && window[i - 1] != b'/';
        assigns && window[*i..i + word.len()].eq_ignore_ascii_case(word) && alone()
    };
    let Some(at) = (0..window.len()).rev().find(ends_here) else { return &[] };
    let at = at + window[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = &window[at..];
    let skipped = rest.iter().take_while(|b| matches!(b, b'"' | b'\'' | b':' | b'=' | b' ' | b'\\' | b'>')).count();
    if skipped == 0 {
        return &[];
    }
    let rest = &rest[skipped..];
    &rest[..rest.iter().take_while(|&&b| is_name_byte(b)).count()]
}
