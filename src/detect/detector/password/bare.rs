//! Values without quotation marks, as configuration and command lines have them.

use std::ops::Range;

use super::beside::has_account_beside;
use super::name::opens_something;
use super::sentence::{has_open_bracket, is_told_to_use};
use super::{GAP, LENS, NAME, Value, markup};
use crate::detect::chosen;

/// Whether `=` and the value follow without a blank.
fn on_one(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'=') && text.get(end + 1).is_some_and(u8::is_ascii_graphic)
}

/// A value without quotation marks, as configuration and command lines have them.
pub(super) fn bare_value(
    text: &[u8],
    start: usize,
    name: &Range<usize>,
    separators: &[u8],
    option: bool,
) -> Option<Value> {
    let tag = separators == b">";
    // Entities are longer than what they say.
    let most = if tag { 2 * LENS.end() } else { LENS.end() + 2 };
    let rest = &text[start..(start + most).min(text.len())];
    let ends = |b: u8| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b';' | b',' | b')' | b'\\' | b'|');
    // `smtp_sasl_password_maps = static:user:…` of Postfix.
    let user = rest.strip_prefix(b"static:").and_then(|rest| memchr::memchr(b':', rest)).map_or(0, |i| 7 + i + 1);
    let (start, rest) = (start + user, &rest[user..]);
    // What ends a value elsewhere does not end the text of an element.
    let len = if tag { markup::text_len(rest) } else { rest.iter().position(|&b| ends(b)).unwrap_or(rest.len()) };
    let end = start + line_of_env(text, name, separators, start..start + len).unwrap_or(len);
    let value = Value { span: start..end, quoted: false, closed: false, spaced: separators.is_empty() };
    let next = text.get(end).copied();
    // What stands in front of the name on its line.
    let line = memchr::memrchr(b'\n', &text[name.start.saturating_sub(NAME)..name.start])
        .map_or(name.start.saturating_sub(NAME), |i| name.start.saturating_sub(NAME) + i + 1);
    let before = text[line..name.start].trim_ascii();
    if tag {
        // `<password>…<`, `<property name="connection.password">…</`.
        let element =
            before.ends_with(b"<") || memchr::memrchr(b'<', before).is_some() && text[end..].starts_with(b"</");
        return (next == Some(b'<') && element).then_some(Value { closed: true, ..value });
    }
    if option {
        let delimited = next.is_none_or(|b| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'\\' | b';' | b'|'));
        return (delimited && matches!(separators, b"" | b"=")).then_some(Value { closed: true, ..value });
    }
    // `Server=…;Uid=…;Password=…;`, `?user=…&password=…&`: one of several pairs.
    if separators == b"=" && (before.ends_with(b";") || before.ends_with(b"&") || before.ends_with(b"?")) {
        let span = match memchr::memchr(b'&', &text[start..end]) {
            Some(ampersand) if !before.ends_with(b";") => start..start + ampersand,
            _ => start..end,
        };
        return Some(Value { span, closed: true, ..value });
    }
    // `password=…&grant_type=password`: the first of several parameters.
    if separators == b"="
        && on_one(text, name.end)
        && let Some(ampersand) = memchr::memchr(b'&', &text[start..end])
        && is_parameter(&text[start + ampersand + 1..end])
    {
        return Some(Value { span: start..start + ampersand, closed: true, ..value });
    }
    // `docker run -e PASSWORD=… image`, `name=vpn password=… profile=x`: one of several settings of a line.
    let delimited = next.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    let likely = |value: &[u8]| {
        chosen::is_mixed(value)
            || chosen::is_worded(value)
            || value.len() >= *LENS.start()
                && chosen::is_personal(value)
                && (value.iter().any(u8::is_ascii_digit) || opens_something(&text[name.clone()]))
            || !value.contains(&b'_') && chosen::is_passphrase(value.strip_suffix(b".").unwrap_or(value))
    };
    // `Zenit-Chempion`: words that begin with capitals, as no name in a sentence is written.
    let titled = |value: &[u8]| {
        let pieces = || value.split(|b| matches!(b, b'-' | b'_' | b'&' | b'!' | b'+' | b'.'));
        value.len() >= 10
            && pieces().count() == 2
            && pieces().all(|piece| {
                piece.len() >= 4 && piece[0].is_ascii_uppercase() && piece[1..].iter().all(u8::is_ascii_lowercase)
            })
            && chosen::is_personal(value)
    };
    // `username=ann,password=…,uid=1000`: options of a file system.
    if separators == b"="
        && before.ends_with(b",")
        && (delimited || next == Some(b','))
        && (likely(&text[start..end]) || titled(&text[start..end]))
    {
        return Some(Value { closed: true, ..value });
    }
    let last = before.rsplit(|&b| b == b' ').next().unwrap_or_default();
    let among = matches!(last, b"-e" | b"--env" | b"ENV" | b"--set" | b"--set-string")
        || memchr::memchr(b'=', last).is_some_and(|i| i > 0);
    if separators == b"=" && delimited && among && on_one(text, name.end) && likely(&text[start..end]) {
        return Some(Value { closed: true, ..value });
    }
    // `DB_PASSWORD=… ./run`: a variable of one command.
    let command = matches!(before, b"" | b"env" | b"export" | b"sudo" | b"exec" | b"$");
    let constant = !text[name.clone()].iter().any(u8::is_ascii_lowercase);
    if separators == b"=" && delimited && command && constant && on_one(text, name.end) && likely(&text[start..end]) {
        return Some(Value { closed: true, ..value });
    }
    // A line of configuration has nothing else on it.
    let rest = &text[end..text.len().min(end + GAP)];
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let ended = matches!(rest.get(blanks), None | Some(b'\n'))
        || blanks > 0 && (matches!(rest[blanks], b'#' | b';') || rest[blanks..].starts_with(b"\\\n"));
    // `export PASSWORD=…; command`.
    let ended = ended
        || separators == b"="
            && on_one(text, name.end)
            && (rest.starts_with(b"; ") || blanks > 0 && rest[blanks..].starts_with(b"&& "));
    // `Environment="PASSWORD=…"`, `echo 'password: …'`: a line of settings in quotation marks.
    let quote = name.start.checked_sub(1).map(|i| text[i]).filter(|b| matches!(b, b'"' | b'\''));
    if quote.is_some() && next == quote && !separators.is_empty() {
        return Some(Value { closed: true, ..value });
    }
    // `-e "PASSWORD=x(y)z"`: with marks that end a value elsewhere.
    if let Some(quote) = quote.filter(|_| separators == b"=" && on_one(text, name.end) && before.ends_with(b"-e \""))
        && let Some(len) = memchr::memchr(quote, &text[start..(start + LENS.end()).min(text.len())])
        && text[start..start + len].iter().all(u8::is_ascii_graphic)
    {
        return Some(Value { span: start..start + len, closed: true, ..value });
    }
    let words =
        [&b"${"[..], b"export", b"set", b"setx", b"env", b"ENV", b"ARG", b"-", b"-e", b"--env", b"- -", b"set -gx"];
    // A sentence or a comment: `vpn password: …`, `user: demo / pass: …`, `user is editor, pw …`.
    let told = match separators {
        b":" => value.span.start > name.end + 1 && !has_open_bracket(&text[line..name.start]),
        b"" => text[name.clone()].eq_ignore_ascii_case(b"pw") || is_told_to_use(text, name, before),
        _ => false,
    };
    let sentence = text[start..end].strip_suffix(b".").unwrap_or(&text[start..end]);
    // `(user: ann, password: …)`, in a letter.
    let bracketed = separators == b":"
        && next == Some(b')')
        && before.ends_with(b",")
        && value.span.start > name.end + 1
        && text[start..end].iter().any(u8::is_ascii_digit)
        && likely(&text[start..end])
        && has_account_beside(text, name, &value.span);
    let stated = bracketed
        || told && !option && (likely(sentence) || separators == b":" && titled(sentence))
        // `giulia: password …`, `utente admin, pwd …`.
        || separators.is_empty()
            && (matches!(before.last(), Some(b':' | b',')) && (text[..name.start].ends_with(b" ") || text[name.start] >= 0x80)
                || before.ends_with("，".as_bytes()))
            && (ended || next == Some(b','))
            && (chosen::is_worded(sentence)
                || chosen::is_personal(sentence)
                || text[name.start] >= 0x80 && chosen::is_mixed(sentence))
            && sentence.iter().any(u8::is_ascii_digit)
            && sentence.iter().any(u8::is_ascii_uppercase);
    // A row of a table; without blanks, it may be one of many words to choose from.
    let row = separators == b"||" && before.starts_with(b"|") && ended
        || separators == b"|"
        && rest.get(blanks) == Some(&b'|')
        // `{{ .Values.password | b64enc | quote }}`.
        && memchr::memmem::find(before, b"{{").is_none()
        && (value.span.start > name.end + 1 || before.starts_with(b"|"));
    if stated || row {
        // What ends the sentence is no part of it.
        let end = end - usize::from(matches!(text[end - 1], b'.' | b':'));
        return Some(Value { span: start..end, closed: true, quoted: false, spaced: false });
    }
    // Keywords of Robot Framework, and commands of routers.
    let keyword = [&b"Input "[..], b"Fill ", b"username ", b"neighbor "].iter().any(|word| before.starts_with(word))
        && likely(&text[start..end]);
    let begun = before.is_empty() || words.contains(&before) || keyword;
    (ended && begun).then_some(Value { closed: separators != b"" || text[end..].is_empty() || begun, ..value })
}

/// Whether the next parameter of an address or a form begins a text: `grant_type=…`.
fn is_parameter(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-')).count();
    name >= 2 && text.get(name) == Some(&b'=')
}

/// The length of a value that is all the rest of a line of settings, where no shell reads it: `DB_PASSWORD=k7<Vt;93|hq`,
/// `password: k7;Vt|93hq`.
fn line_of_env(text: &[u8], name: &Range<usize>, separators: &[u8], first: Range<usize>) -> Option<usize> {
    // Most values end their lines.
    if !matches!(separators, b"=" | b":") || text.get(first.end).is_none_or(|&b| b <= b' ') {
        return None;
    }
    let line = memchr::memrchr(b'\n', &text[name.start.saturating_sub(NAME)..name.start])
        .map_or(name.start.saturating_sub(NAME), |i| name.start.saturating_sub(NAME) + i + 1);
    let own = &text[name.clone()];
    let constant = !own.iter().any(u8::is_ascii_lowercase);
    let begins = line == name.start && (line == 0 || text[line - 1] == b'\n');
    let of_env = begins && constant && separators == b"=" && first.start == name.end + 1;
    // What ends the statements and the items of a language ends no line of settings.
    let of_settings = |rest: &[u8]| {
        text[line..name.start].iter().all(|b| matches!(b, b' ' | b'-'))
            && !matches!(
                rest.last(),
                Some(b';' | b',' | b')' | b'}' | b']' | b'{' | b'(' | b'\\' | b'"' | b'\'' | b'`')
            )
            && !rest.iter().any(|b| matches!(b, b'(' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>'))
    };
    let rest = &text[first.start..(first.start + LENS.end() + 2).min(text.len())];
    let rest = rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())].trim_ascii_end();
    let drawn = rest.iter().all(u8::is_ascii_graphic) && (of_env || of_settings(rest));
    (drawn && !matches!(rest, [b'"' | b'\'' | b'`', ..]) && chosen::is_drawn_with_marks(rest)).then_some(rest.len())
}
