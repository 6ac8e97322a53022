//! The value behind a name, in the forms that code, configuration and markup have.

use std::ops::Range;

use super::bare::bare_value;
use super::declared::{default_below, default_of, variable_of_container};
use super::forward::{Forward, literal_len};
use super::name::{WIDE_COLON, is_name_byte};
use super::sentence::{is_told_in_marks, statement_len};
use super::{GAP, LENS, NAME, Value, below};
use crate::detect::context::{self, REACH_AFTER};

/// The value that is assigned to a name.
pub(super) fn value_behind(text: &[u8], name: &Range<usize>) -> Option<Value> {
    let option = text[..name.end][name.start..].starts_with(b"-");
    let mut on = Forward { text, at: name.end };
    // What closes the name: `"password"`, `\"password\"`, `["password"]`, `:password`.
    let entity = on.take(QUOTE_ENTITY);
    let quotes = usize::from(entity) + on.skip(2, |b| matches!(b, b'\\' | b'"' | b'\'' | b'`'));
    let verb = quotes == 0 && text[name.clone()].eq_ignore_ascii_case(b"pass");
    // `"AWS::Api::Password": "…"`: what is told by the name of a type.
    if quotes > 0 && text[..name.start].ends_with(b"::") {
        return None;
    }
    // `password string = "…"`, `Password { get; set; } = "…"`, `password[32] = "…"`, `password: &'static str = "…"`.
    if let Some(len) = (quotes == 0).then(|| context::type_len(&text[on.at..])).flatten() {
        on.at += len;
    }
    if let Some(value) = returned_by(text, on.at).or_else(|| typed_into(text, on.at)) {
        return Some(value);
    }
    if let Some(value) = variable_of_container(text, name.start, on.at) {
        return Some(value);
    }
    if quotes > 0
        && let Some(value) = serialized_by_php(text, on.at)
    {
        return Some(value);
    }
    let brackets = on.skip(2, |b| matches!(b, b'[' | b']' | b')' | b'}' | b'?' | b'!'));
    // `string $password): ?Account`: the last parameter of a function of PHP, and what the function returns.
    if quotes == 0 && text[..on.at].ends_with(b")") && text[on.at..].starts_with(b": ?") {
        return None;
    }
    // `'input[name="password"]', "…"`: a selector, and what is typed into its field.
    let selected = quotes + brackets > 0 && on.skip(1, |b| matches!(b, b'"' | b'\'' | b'`')) > 0;
    // `passwordField.text = "…"`.
    let property = on.at;
    if !([&b".text"[..], b".Text", b".value", b".Value", b".stringValue"].iter().any(|word| on.take(word))
        && matches!(on.peek(), Some(b' ' | b'=')))
    {
        on.at = property;
    }
    let mut blanks = on.blanks();
    // `variable "db_password" {⏎  type = string⏎  default = "…"`.
    if quotes > 0 && on.peek() == Some(b'{') {
        return default_of(text, on.at);
    }
    // `"DBPassword": {⏎  "Default": "…"`, `DBPassword:⏎    Default: …`, as templates of CloudFormation have it.
    if on.peek() == Some(b':') {
        let rest = &text[on.at + 1..(on.at + 1 + GAP).min(text.len())];
        let first = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r'));
        match first.map(|first| rest[first]) {
            Some(b'{') if quotes > 0 => return default_of(text, on.at + 2),
            Some(b'\n') if quotes == 0 => {
                if let Some(value) = default_below(text, name.start, on.at + 1) {
                    return Some(value);
                }
            }
            _ => {}
        }
    }
    // `<add key="Password" value="…"/>`, `name="Password" value="…"`.
    if quotes > 0 && blanks > 0 && (on.take(b"value") || on.take(b"default")) {
        on.blanks();
    }
    // `{"name": "password", "value": "…"}`: what tells the name, and what tells the value.
    if quotes > 0 && matches!(text[..name.start].last(), Some(b'"' | b'\'')) && is_told_name(text, name.start) {
        let mark = on.at;
        on.skip(1, |b| b == b',');
        on.skip(GAP, |b| b.is_ascii_whitespace());
        if !(on.at > mark && (on.take(b"\"value\":") || on.take(b"\"Value\":"))) {
            on.at = mark;
        }
        blanks += on.blanks();
        if on.at > mark && on.peek() == Some(b'"') {
            let start = on.at + 1;
            let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], b'"', false)?;
            return Some(Value { span: start..end, quoted: true, closed: false, spaced: false });
        }
        on.at = mark;
    }
    // `<setting name="Password" serializeAs="String"><value>…</value>`.
    let setting = on.at;
    let element = quotes > 0
        && blanks > 0
        && on.take(b"serializeAs=\"String\">")
        && (on.skip(GAP, |b| b.is_ascii_whitespace()) < GAP)
        && text[on.at..].starts_with(b"<value>");
    on.at = if element { on.at } else { setting };
    // `<td>Password:</td><td>…`.
    if quotes == 0 && text[on.at..].starts_with(b":</") {
        on.at += 1;
    }
    // `<key>Password</key> <string>…</string>`, as lists of properties have it.
    if element || on.take(b"</") {
        if !element {
            on.skip(NAME, |b| b != b'>' && b != b'\n');
        }
        on.skip(1, |b| b == b'>');
        on.skip(GAP, |b| b.is_ascii_whitespace());
        // `<td><b>Password</b></td><td class="x"><code>…</code>`.
        if !element && on.take(b"</t") {
            on.skip(2, |b| b != b'>');
            on.take(b">");
            on.skip(GAP, |b| b.is_ascii_whitespace());
        }
        // `<Key>Password</Key><Value ProtectInMemory="True">…` of KeePass.
        let cell = [&b"<td"[..], b"<dd", b"<Value "].iter().any(|tag| text[on.at..].starts_with(tag));
        // `<source>Password</source> <translation>…`: what it is called in another language.
        if [&b"<translation"[..], b"<target"].iter().any(|tag| text[on.at..].starts_with(tag)) {
            return None;
        }
        // `<param-name>Password</param-name> <param-value>…`.
        let mut opened = on.take(b"<") && on.skip(24, |b| b.is_ascii_alphanumeric() || b == b'-') > 0;
        if cell {
            on.skip(NAME, |b| !matches!(b, b'>' | b'<' | b'\n'));
        }
        opened &= on.take(b">");
        if cell {
            on.skip(GAP, |b| b.is_ascii_whitespace());
            let mark = on.at;
            if !(on.take(b"<") && on.skip(8, |b| b.is_ascii_lowercase()) > 0 && on.take(b">")) {
                on.at = mark;
            }
        }
        let rest = &text[on.at..(on.at + 2 * LENS.end()).min(text.len())];
        let end = on.at + rest.iter().position(|&b| b == b'<' || b == b'\n')?;
        let value = Value { span: on.at..end, quoted: false, closed: true, spaced: false };
        return (opened && text[end..].starts_with(b"</")).then_some(value);
    }
    // `wachtwoord <code>…</code>`, `Password: <code>…</code>` of wikis.
    let coded = on.at;
    on.take(b":");
    on.blanks();
    if quotes == 0 && on.take(b"<code>") {
        let rest = &text[on.at..(on.at + LENS.end() + 8).min(text.len())];
        let span = on.at..on.at + memchr::memmem::find(rest, b"</code>")?;
        return Some(Value { span, quoted: true, closed: true, spaced: false });
    }
    on.at = coded;
    let from = on.at;
    // `"password" to "…"`, `"password" -> "…"`, `environ.get("PASSWORD") or "…"`, `set password to "…"` of AppleScript.
    let pairs = [&b"to \""[..], b"-> \"", b"or \"", b"or '"];
    let pairs = if text[..name.start].ends_with(b"set ") { &pairs[..1] } else { &pairs[..] };
    let may_pair = quotes > 0 || text[..name.start].ends_with(b"set ");
    let paired = may_pair && blanks > 0 && pairs.iter().any(|sign| on.take(sign));
    if paired {
        on.at -= 1;
    } else {
        on.skip(4, |b| matches!(b, b'=' | b':' | b'>' | b',' | b'(' | b'<' | b'-' | b'|' | b'?' | b'~' | b'{'));
    }
    // `PASSWORD=~k7…`: in a line of settings without blanks, the value begins behind the sign.
    let line_of_settings = quotes == 0
        && blanks == 0
        && text[from..on.at].first() == Some(&b'=')
        && !matches!(&text[from..on.at], b"=" | b"==" | b"===" | b"=>")
        && !text[name.clone()].iter().any(u8::is_ascii_lowercase)
        && (name.start == 0 || text[name.start - 1] == b'\n');
    if line_of_settings {
        on.at = from + 1;
    }
    // `Password=" + "…" + ";`: a connection string that is put together.
    if quotes == 0
        && &text[from..on.at] == b"="
        && [&b"\" + \""[..], b"\" & \"", b"\" . \""].iter().any(|mark| on.take(mark))
    {
        let end = on.at + literal_len(&text[on.at..(on.at + LENS.end() + 2).min(text.len())], b'"', false)?;
        return Some(Value { span: on.at..end, quoted: true, closed: false, spaced: false });
    }
    // `密码：…`.
    let wide = on.at == from && on.take(WIDE_COLON);
    // `The password is …`, `the password for staging was changed to …`.
    let statement = if on.at == from && quotes == 0 && blanks == 1 { statement_len(&text[on.at..]) } else { 0 };
    on.at += statement;
    let stated = statement > 0 || wide;
    let separators = if paired {
        &b"=>"[..]
    } else if stated {
        b":"
    } else {
        &text[from..on.at]
    };
    // `password=(⏎  "…"⏎)`.
    let separators = match separators {
        b"=(" | b":(" if matches!(on.peek(), Some(b'\n' | b'\r')) => &separators[..1],
        separators => separators,
    };
    // `a != b`, `->`, `--flag`: nothing is assigned.
    if !matches!(
        separators,
        b"" | b"="
            | b":"
            | b"=>"
            | b":="
            | b"=="
            | b"==="
            | b">"
            | b","
            | b"("
            | b"{"
            | b"<-"
            | b"||"
            | b"?:"
            | b"??"
            | b"~>"
            | b"|"
    ) {
        return None;
    }
    // `**Password:** …` of Markdown.
    if separators == b":" {
        on.skip(2, |b| b == b'*');
    }
    blanks += on.blanks() + usize::from(wide);
    if !stated && let Some(value) = below::value(text, name, separators, on.at) {
        return Some(value);
    }
    // `password: &anchor …` of YAML.
    let anchor = on.at;
    if separators == b":" && blanks > 0 && on.take(b"&") && (on.skip(GAP, is_name_byte) == 0 || on.blanks() == 0) {
        on.at = anchor;
    }
    // `**…**` of Markdown, `[[…]]` of Lua.
    let pair = match separators {
        b":" if on.take(b"**") => Some(b"**"),
        b"=" if on.take(b"[[") => Some(b"]]"),
        _ => None,
    };
    if let Some(pair) = pair
        && !matches!(on.peek(), Some(b'`' | b'"' | b'\''))
    {
        let rest = &text[on.at..(on.at + LENS.end() + pair.len()).min(text.len())];
        let end = on.at + memchr::memmem::find(rest, pair)?;
        return Some(Value { span: on.at..end, quoted: true, closed: true, spaced: false });
    }
    // `(const char*)"…"`.
    if separators == b"=" && on.peek() == Some(b'(') {
        let close = memchr::memchr(b')', &text[on.at..(on.at + GAP).min(text.len())]).map_or(on.at, |i| on.at + i);
        if matches!(text.get(close + 1), Some(b'"' | b'\'')) && context::cast_len(&text[..=close]) > 0 {
            on.at = close + 1;
        }
    }
    // Marks of string literals: b"…", r"…", @"…", L"…".
    let mark = on.at;
    if on.skip(2, |b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'#' | b'R' | b'N')) > 0
        && !matches!(on.peek(), Some(b'"' | b'\''))
    {
        on.at = mark;
    }
    // `dbpwd = Some "…"` of OCaml and F#, `Just "…"` of Haskell.
    let held = on.at;
    if !((on.take(b"Some ") || on.take(b"Just ")) && on.peek() == Some(b'"')) {
        on.at = held;
    }
    // A function that hashes or keeps it: `Hash::make("…")`, `bcrypt('…')`.
    let call = on.at;
    on.take(b"[]");
    let name_of_call = on.skip(40, |b| is_name_byte(b) || matches!(b, b':' | b'\\' | b'>'));
    // `data.get("subscription_user")`: what is looked up is told by its name.
    let looked_up =
        [&b".get"[..], b"_get", b":get", b"getenv", b"getEnv"].iter().any(|word| text[..on.at].ends_with(word));
    if name_of_call < 2
        || looked_up
        || separators.is_empty()
        || !on.take(b"(")
        || !matches!(on.peek(), Some(b'"' | b'\'')) && !text[on.at..].starts_with(b"default=\"")
    {
        on.at = call;
    }
    // `Field(default="…")`.
    let argument = on.at;
    if !(argument > call && on.take(b"default=")) {
        on.at = argument;
    }
    if on.take(QUOTE_ENTITY) {
        let rest = &text[on.at..(on.at + LENS.end() + QUOTE_ENTITY.len()).min(text.len())];
        let end = on.at + memchr::memmem::find(rest, QUOTE_ENTITY)?;
        return Some(Value { span: on.at..end, quoted: true, closed: true, spaced: false });
    }
    let escaped = on.take(b"\\");
    match on.peek() {
        Some(quote @ (b'"' | b'\'' | b'`'))
            if opens(separators, blanks, quote, verb)
                || quote == b'`' && blanks == 1 && is_told_in_marks(text, name, &on) =>
        {
            // ``…`` of reStructuredText, """…""" of Python and of Grafana's settings.
            let marks = match quote {
                // An empty one is followed by the next field: `` otp:``,name:`` ``.
                b'`' if text[on.at..].starts_with(b"``")
                    && !matches!(text.get(on.at + 2), Some(b',' | b';' | b')' | b'}')) =>
                {
                    2
                }
                _ if text[on.at..].starts_with(&[quote; 3]) => 3,
                _ => 1,
            };
            let start = on.at + marks;
            let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], quote, escaped)?;
            // A literal within a literal: `"\"…\""`.
            let inner = text[start..end].strip_prefix(&[b'\\', quote]).and_then(|it| it.strip_suffix(&[b'\\', quote]));
            let span = inner.map_or(start..end, |inner| start + 2..start + 2 + inner.len());
            Some(Value { span, quoted: true, closed: false, spaced: false })
        }
        _ if escaped || selected || quotes > 0 && !matches!(separators, b":" | b">") => None,
        _ if matches!(separators, b"=" | b":" | b">" | b"=>" | b"|" | b"||") || separators.is_empty() && blanks > 0 => {
            bare_value(text, on.at, name, separators, option)
        }
        _ => None,
    }
}

/// The text behind the name of a member that ends at `at`, as PHP serializes arrays: `"password";s:12:"…";`, and within a
/// literal of SQL `\"password\";s:12:\"…\";`.
fn serialized_by_php(text: &[u8], at: usize) -> Option<Value> {
    let mut on = Forward { text, at };
    if !on.take(b";s:") {
        return None;
    }
    let digits = on.at;
    let len: usize = match on.skip(3, |b| b.is_ascii_digit()) {
        0 => return None,
        n => std::str::from_utf8(&text[digits..digits + n]).ok()?.parse().ok()?,
    };
    let escaped = text[on.at..].starts_with(b":\\\"");
    if len > *LENS.end() {
        return None;
    }
    let closing: &[u8] = if escaped { b"\\\";" } else { b"\";" };
    if !(on.take(b":\\\"") || on.take(b":\"")) {
        return None;
    }
    let span = on.at..on.at + len;
    text.get(span.end..)?.starts_with(closing).then_some(Value { span, quoted: true, closed: true, spaced: false })
}

/// What a function returns whose name ends at `at`, and which takes nothing: `getPassword() { return "…"`,
/// `def password(self):⏎  return "…"`, `getPassword = () => "…"`.
fn returned_by(text: &[u8], at: usize) -> Option<Value> {
    let literal = at + context::body_len(&text[at..(at + REACH_AFTER / 2).min(text.len())])?;
    let (start, quote) = (literal + 1, *text.get(literal)?);
    let end = start + literal_len(&text[start..(start + LENS.end() + 2).min(text.len())], quote, false)?;
    Some(Value { span: start..end, quoted: true, closed: false, spaced: false })
}

/// What a test types into the field that was looked up by a name, which ends at `at`: `password").send_keys("…")`,
/// `passwordInput.sendKeys("…")`, `Password', with: '…'`, `/password/i), '…'`.
fn typed_into(text: &[u8], at: usize) -> Option<Value> {
    const TYPES: &[&[u8]] = &[
        b".send_keys(",
        b".sendKeys(",
        b".fill(",
        b".type(",
        b".setValue(",
        b".set_value(",
        b".pressSequentially(",
        b".enterText(",
        b".typeText(",
        b".SendKeys(",
        b".perform(typeText(",
        b".perform(replaceText(",
    ];
    let mut on = Forward { text, at };
    let regex = on.take(b"/i") || on.take(b"/");
    on.skip(2, |b| b == b']');
    on.skip(1, |b| matches!(b, b'"' | b'\''));
    on.take(b" }");
    let closed = on.skip(3, |b| b == b')');
    for chained in [&b".first()"[..], b".clear()", b".click()"] {
        on.take(chained);
    }
    let typed = TYPES.iter().any(|call| on.take(call)) || on.take(b", with: ") || regex && closed > 0 && on.take(b", ");
    let quote = on.peek().filter(|b| typed && matches!(b, b'"' | b'\'' | b'`'))?;
    let start = on.at + 1;
    let len = literal_len(&text[start..(start + LENS.end() + 10).min(text.len())], quote, false)?;
    let value = &text[start..start + len];
    // The key that Cypress presses at the end.
    let len = value.strip_suffix(b"{enter}").or_else(|| value.strip_suffix(b"{Enter}")).map_or(len, <[u8]>::len);
    Some(Value { span: start..start + len, quoted: true, closed: false, spaced: false })
}

/// Whether what a literal at `at` holds is a name, and its value follows: `"name": "…`, `"key": "…`.
fn is_told_name(text: &[u8], at: usize) -> bool {
    let front = text[at.saturating_sub(24)..at - 1].trim_ascii_end();
    let Some(front) = front.strip_suffix(b":") else { return false };
    let front = front.trim_ascii_end();
    [&b"\"name\""[..], b"\"key\"", b"\"Name\"", b"\"Key\"", b"\"variable\""].iter().any(|word| front.ends_with(word))
}

/// A quotation mark in an attribute of HTML.
const QUOTE_ENTITY: &[u8] = b"&quot;";

/// Whether a quotation mark opens a value. Behind the word of a sentence it does not: ``pass `strict=True` ``.
fn opens(separators: &[u8], blanks: usize, quote: u8, verb: bool) -> bool {
    match separators {
        b"" => blanks > 0 && quote != b'`' && !verb,
        b"(" => !verb,
        _ => true,
    }
}
