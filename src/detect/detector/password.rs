//! Passwords that people chose, assigned to a name which says so: `DB_PASSWORD=…`, `"password": "…"`,
//! `<password>…</password>`, `--password …`, `setPassword("…")`.
//!
//! Found by the `pass` or `pwd` of the name, since such a value has nothing else to be found by: it may have any
//! character, and be short. Random values without marks are found by [`assignment`](super::assignment), too, under any
//! name that says that they are secret.

use std::ops::Range;

use super::super::chosen;
use super::super::context::{self, NameSays, REACH_AFTER, REACH_BEFORE, name_says};
use super::super::placeholder;
use super::super::rule::anchor::NEAR;
use super::Candidate;
use crate::finding::Confidence;

/// Longest name, in bytes, in front of the mark and behind it.
const NAME: usize = 48;
/// Longest gap between a name and its value, in bytes.
const GAP: usize = 48;
/// Bytes behind a heading in which the rows of its column are looked at: what a difference between versions of a file
/// reaches back to.
const COLUMN: usize = 448;
const _: () = assert!(COLUMN + NAME <= NEAR + REACH_AFTER);
/// Lengths of passwords, in bytes.
const LENS: std::ops::RangeInclusive<usize> = 8..=64;

/// How the value that follows a name is written.
struct Value {
    span: Range<usize>,
    /// What opens and closes it.
    quoted: bool,
    /// Whether something that has no place in a program's text closes it: a tag, the end of a line of configuration.
    closed: bool,
    /// Whether nothing but blanks stands between it and its name.
    spaced: bool,
}

/// The password that is assigned to the name in which one of [`PASSWORD_MARKS`](crate::detect::rule::layout::PASSWORD_MARKS) stands at `mark`.
///
/// # Errors
/// Why there is none.
pub fn at(text: &[u8], mark: usize) -> Result<Candidate, &'static str> {
    // The blank in front of ` pw ` is no part of the name.
    let mark = mark + usize::from(text[mark] == b' ');
    let name = name_around(text, mark);
    let Value { span, quoted, closed, spaced } = value_behind(text, &name).ok_or("nothing is assigned to it here")?;
    judged(text, name, span, quoted, closed, spaced)
}

/// The passwords in a column of a table whose heading has the mark in it: `name,password` and lines of values below it,
/// as far as a heading is seen.
#[must_use]
pub fn column(text: &[u8], mark: usize) -> Vec<Candidate> {
    let name = name_around(text, mark);
    let start = memchr::memrchr(b'\n', &text[name.start.saturating_sub(NAME)..name.start])
        .map_or(name.start.saturating_sub(NAME), |i| name.start.saturating_sub(NAME) + i + 1);
    let reach = (name.end + COLUMN).min(text.len());
    let Some(end) = memchr::memchr(b'\n', &text[name.end..reach]).map(|i| name.end + i) else { return Vec::new() };
    let heading = text[start..end].trim_ascii_end();
    let Some(&delimiter) = text.get(name.end).filter(|b| matches!(b, b',' | b';' | b'\t')) else { return Vec::new() };
    let fields = || heading.split(|&b| b == delimiter);
    let is_heading = |field: &[u8]| {
        !field.is_empty()
            && field.len() <= 24
            && field.iter().all(|&b| is_name_byte(b) || b == b' ')
            && field[0] != b' '
    };
    // Words in a row are arguments or a list; the first line of a table has a line of as many fields below it.
    if fields().count() < 3 || !fields().all(is_heading) || start > 0 && text[start - 1] != b'\n' {
        return Vec::new();
    }
    let index = memchr::memchr_iter(delimiter, &text[start..name.start]).count();
    let mut found = Vec::new();
    let mut from = end + 1;
    while let Some(len) =
        memchr::memchr(b'\n', &text[from.min(reach)..reach]).or((reach == text.len()).then(|| reach - from.min(reach)))
    {
        let line = &text[from.min(reach)..from.min(reach) + len];
        let mut at = from;
        let mut count = 0;
        let mut value = 0..0;
        for field in line.split(|&b| b == delimiter) {
            if count == index {
                value = at..at + field.trim_ascii_end().len();
            }
            at += field.len() + 1;
            count += 1;
        }
        if count != fields().count() {
            break;
        }
        found.extend(judged(text, name.clone(), value, true, true, false));
        from += len + 1;
        if from >= reach {
            break;
        }
    }
    found
}

/// What a value is that was written behind a name in this way.
fn judged(
    text: &[u8],
    name: Range<usize>,
    span: Range<usize>,
    quoted: bool,
    closed: bool,
    spaced: bool,
) -> Result<Candidate, &'static str> {
    let value = &text[span.clone()];
    if !LENS.contains(&value.len()) {
        return Err("the value is too short or too long for a password");
    }
    if !value.iter().all(u8::is_ascii_graphic) {
        return Err("it has characters that hardly any password has");
    }
    // What costs most comes late: most names that have such a mark say nothing.
    if name_says(without_widget(&text[name.clone()])) != NameSays::Secret && !is_foreign(&text[name.clone()]) {
        return Err("the name does not say that it is a password");
    }
    let words = value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@'));
    let number = quoted && is_number_of_no_order(value);
    if !number && (words && !chosen::is_drawn(value) || chosen::is_template(value) || chosen::is_usual(value)) {
        return Err("it is a usual word, a name, or filled in later");
    }
    // A mark that names cannot have tells a value from a reference to one.
    let marked = value.iter().any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'-' | b'.' | b'/' | b':'));
    // `pass  *analysis.Pass`: a field and its type have no digits.
    let told = quoted || !spaced || value.iter().filter(|b| b.is_ascii_digit()).count() >= 2;
    let sure = (number || chosen::is_mixed(value))
        && told
        && (quoted || closed || marked)
        && !context::is_in_manual(text, name.start);
    Ok(Candidate::new(span, if sure { Confidence::Medium } else { Confidence::Low }))
}

/// `Contraseña`, `senha`, `пароль`: what Spanish, Portuguese and Russian settings and notes call a password.
fn is_foreign(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    let last = name.rsplit(['_', '-', '.']).next().unwrap_or_default();
    ["contraseña", "contrasena", "senha", "пароль"].contains(&last)
}

/// Digits alone, as the stickers of routers have them: no sequence, and hardly a date.
fn is_number_of_no_order(value: &[u8]) -> bool {
    let mut digits: Vec<u8> = value.to_vec();
    digits.sort_unstable();
    digits.dedup();
    value.iter().all(u8::is_ascii_digit)
        && digits.len() >= 5
        && placeholder::reason(value).is_none()
        && !(value.len() == 8 && (value.starts_with(b"19") || value.starts_with(b"20")))
}

/// The name of a field of a form without what kind of field it is: `passwordField`, `txtPassword`.
fn without_widget(name: &[u8]) -> &[u8] {
    const WIDGETS: &[&[u8]] = &[b"TextField", b"TextBox", b"TextInput", b"Field", b"Input", b"Box", b"Edit"];
    WIDGETS.iter().find_map(|widget| name.strip_suffix(*widget)).unwrap_or(name)
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80
}

/// The name that the mark is a part of.
fn name_around(text: &[u8], mark: usize) -> Range<usize> {
    let before = text[..mark].iter().rev().take(NAME).take_while(|&&b| is_name_byte(b)).count();
    let after = text[mark..].iter().take(NAME).take_while(|&&b| b != b'.' && is_name_byte(b)).count();
    mark - before..mark + after
}

/// Steps over a text.
struct Forward<'t> {
    text: &'t [u8],
    at: usize,
}

impl Forward<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, most: usize, accept: impl Fn(u8) -> bool) -> usize {
        let len = self.text[self.at..].iter().take(most).take_while(|&&b| accept(b)).count();
        self.at += len;
        len
    }

    fn blanks(&mut self) -> usize {
        self.skip(GAP, |b| matches!(b, b' ' | b'\t'))
    }

    fn take(&mut self, word: &[u8]) -> bool {
        let here = self.text[self.at..].starts_with(word);
        self.at += if here { word.len() } else { 0 };
        here
    }
}

/// The value that is assigned to a name.
fn value_behind(text: &[u8], name: &Range<usize>) -> Option<Value> {
    let verb = text[name.clone()].eq_ignore_ascii_case(b"pass");
    let option = text[..name.end][name.start..].starts_with(b"-");
    let mut on = Forward { text, at: name.end };
    // What closes the name: `"password"`, `\"password\"`, `["password"]`, `:password`.
    let quotes = on.skip(2, |b| matches!(b, b'\\' | b'"' | b'\'' | b'`'));
    on.skip(2, |b| matches!(b, b'[' | b']' | b')' | b'}' | b'?' | b'!'));
    // `'input[name="password"]', "…"`: a selector, and what is typed into its field.
    let selected = quotes > 0 && on.skip(1, |b| matches!(b, b'"' | b'\'' | b'`')) > 0;
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
    // `<add key="Password" value="…"/>`, `name="Password" value="…"`.
    if quotes > 0 && blanks > 0 && (on.take(b"value") || on.take(b"default")) {
        on.blanks();
    }
    // `<key>Password</key> <string>…</string>`, as lists of properties have it.
    if on.take(b"</") {
        on.skip(NAME, |b| b != b'>' && b != b'\n');
        on.skip(1, |b| b == b'>');
        on.skip(GAP, |b| b.is_ascii_whitespace());
        let opened = on.take(b"<") && on.skip(24, |b| b.is_ascii_alphanumeric()) > 0 && on.take(b">");
        let rest = &text[on.at..(on.at + LENS.end() + 2).min(text.len())];
        let end = on.at + rest.iter().position(|&b| b == b'<' || b == b'\n')?;
        let value = Value { span: on.at..end, quoted: false, closed: true, spaced: false };
        return (opened && text[end..].starts_with(b"</")).then_some(value);
    }
    // A type: `password: String = "…"`, `password: &str = "…"`.
    let typed = on.at;
    if on.take(b":") {
        on.blanks();
        on.skip(2, |b| matches!(b, b'&' | b'*'));
        let word = on.skip(24, |b| b.is_ascii_alphabetic() || b == b'?');
        on.blanks();
        if word < 3 || on.peek() != Some(b'=') {
            on.at = typed;
        }
    } else if on.take(b"As ") {
        // `Dim password As String = "…"`.
        on.skip(24, |b| b.is_ascii_alphabetic());
        on.blanks();
    }
    let from = on.at;
    on.skip(4, |b| matches!(b, b'=' | b':' | b'>' | b',' | b'(' | b'<' | b'-' | b'|' | b'?' | b'~'));
    let separators = &text[from..on.at];
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
    blanks += on.blanks();
    // Marks of string literals: b"…", r"…", @"…", L"…".
    let mark = on.at;
    if on.skip(2, |b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'#' | b'R')) > 0
        && !matches!(on.peek(), Some(b'"' | b'\''))
    {
        on.at = mark;
    }
    // A function that hashes or keeps it: `Hash::make("…")`, `bcrypt('…')`.
    let call = on.at;
    let name_of_call = on.skip(40, |b| is_name_byte(b) || matches!(b, b':' | b'\\' | b'>'));
    if name_of_call < 2 || separators.is_empty() || !on.take(b"(") || !matches!(on.peek(), Some(b'"' | b'\'')) {
        on.at = call;
    }
    let escaped = on.take(b"\\");
    match on.peek() {
        Some(quote @ (b'"' | b'\'' | b'`')) if opens(separators, blanks, quote, verb) => {
            let start = on.at + if quote == b'`' && text[on.at..].starts_with(b"``") { 2 } else { 1 };
            let rest = &text[start..(start + LENS.end() + 2).min(text.len())];
            let end = start + rest.iter().position(|&b| b == quote || b == b'\\' || b == b'\n')?;
            let closing = if escaped { text[end..].starts_with(&[b'\\', quote]) } else { text[end] == quote };
            closing.then_some(Value { span: start..end, quoted: true, closed: false, spaced: false })
        }
        _ if escaped || selected || quotes > 0 && !matches!(separators, b":" | b">") => None,
        _ if matches!(separators, b"=" | b":" | b">" | b"=>" | b"|") || separators.is_empty() && blanks > 0 => {
            bare_value(text, on.at, name, separators, option)
        }
        _ => None,
    }
}

/// Whether `=` and the value follow without a blank.
fn on_one(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'=') && text.get(end + 1).is_some_and(u8::is_ascii_graphic)
}

/// The default value of a variable of Terraform, whose block opens at `open`.
fn default_of(text: &[u8], open: usize) -> Option<Value> {
    let block = &text[open..(open + REACH_BEFORE / 2).min(text.len())];
    let block = &block[..memchr::memchr(b'}', block).unwrap_or(block.len())];
    let at = memchr::memmem::find(block, b"default")? + 7;
    let blanks = block[at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'=')).count();
    let start = at + blanks;
    let value = block[start..].strip_prefix(b"\"")?;
    let len = value.iter().position(|&b| matches!(b, b'"' | b'\\' | b'\n'))?;
    let span = open + start + 1..open + start + 1 + len;
    (text[span.end] == b'"').then_some(Value { span, quoted: true, closed: false, spaced: false })
}

/// Whether a quotation mark opens a value. Behind the word of a sentence it does not: ``pass `strict=True` ``.
fn opens(separators: &[u8], blanks: usize, quote: u8, verb: bool) -> bool {
    match separators {
        b"" => blanks > 0 && quote != b'`' && !verb,
        b"(" => !verb,
        _ => true,
    }
}

/// A value without quotation marks, as configuration and command lines have them.
fn bare_value(text: &[u8], start: usize, name: &Range<usize>, separators: &[u8], option: bool) -> Option<Value> {
    let rest = &text[start..(start + LENS.end() + 2).min(text.len())];
    let ends = |b: u8| b <= b' ' || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b';' | b',' | b')' | b'\\' | b'|');
    let tag = separators == b">";
    let len = rest.iter().position(|&b| ends(b) || b == b'&' && tag).unwrap_or(rest.len());
    let end = start + len;
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
    // `docker run -e PASSWORD=… image`, `name=vpn password=… profile=x`: one of several settings of a line.
    let delimited = next.is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
    let last = before.rsplit(|&b| b == b' ').next().unwrap_or_default();
    let among = matches!(last, b"-e" | b"--env") || memchr::memchr(b'=', last).is_some_and(|i| i > 0);
    if separators == b"=" && delimited && among && on_one(text, name.end) && chosen::is_mixed(&text[start..end]) {
        return Some(Value { closed: true, ..value });
    }
    // A line of configuration has nothing else on it.
    let rest = &text[end..text.len().min(end + GAP)];
    let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let ended = matches!(rest.get(blanks), None | Some(b'\n')) || blanks > 0 && rest[blanks] == b'#';
    // `Environment="PASSWORD=…"`, `echo 'password: …'`: a line of settings in quotation marks.
    let quote = name.start.checked_sub(1).map(|i| text[i]).filter(|b| matches!(b, b'"' | b'\''));
    if quote.is_some() && next == quote && !separators.is_empty() {
        return Some(Value { closed: true, ..value });
    }
    let words =
        [&b"${"[..], b"export", b"set", b"setx", b"env", b"ENV", b"ARG", b"-", b"-e", b"--env", b"- -", b"set -gx"];
    // A sentence or a comment: `vpn password: …`, `user: demo / pass: …`, `user is editor, pw …`.
    let stated = chosen::is_mixed(&text[start..end])
        && match separators {
            b":" => value.span.start > name.end + 1 && !text[line..name.start].contains(&b'('),
            b"" => text[name.clone()].eq_ignore_ascii_case(b"pw"),
            _ => false,
        };
    let row = separators == b"|" && rest.get(blanks) == Some(&b'|');
    if (stated && !option) || row {
        // What ends the sentence is no part of it.
        let end = end - usize::from(matches!(text[end - 1], b'.' | b':'));
        return Some(Value { span: start..end, closed: true, quoted: false, spaced: false });
    }
    let begun = before.is_empty() || words.contains(&before);
    (ended && begun).then_some(Value { closed: separators != b"" || text[end..].is_empty() || begun, ..value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rule::layout::PASSWORD_MARKS;

    fn found(text: &str) -> Option<(String, Confidence)> {
        let mark = PASSWORD_MARKS.iter().filter_map(|mark| memchr::memmem::find(text.as_bytes(), mark)).min()?;
        let candidate = at(text.as_bytes(), mark).ok()?;
        Some((text[candidate.span].to_owned(), candidate.confidence))
    }

    /// Put together here, so that no password stands in this file.
    fn mixed() -> String {
        ["gFb51yBM", "!", "a2rog"].concat()
    }

    #[test]
    fn passwords_in_the_forms_that_code_and_configuration_have() {
        for form in [
            "password = \"VALUE\"",
            "DB_PASSWORD=VALUE",
            "export PGPASSWORD='VALUE'",
            "\"password\": \"VALUE\",",
            "{\\\"password\\\":\\\"VALUE\\\"}",
            "  'PASSWORD': 'VALUE',",
            "    password: VALUE\n",
            "ossrhPassword=VALUE\nnext=1",
            "<password>VALUE</password>",
            "<add key=\"DbPassword\" value=\"VALUE\" />",
            "const char* password = \"VALUE\";",
            "let password: String = \"VALUE\".into();",
            "#define MQTT_PASSWORD  \"VALUE\"",
            "define('DB_PASSWORD', 'VALUE');",
            "ds.setPassword(\"VALUE\");",
            "if (req.body.password === 'VALUE') {",
            "Server=db;Uid=app;Pwd=VALUE;Pooling=true",
            "mysqldump --password=VALUE --all-databases",
            "tool --password VALUE list",
            "ENV ADMIN_PASS VALUE\n",
            "admin_password = VALUE # of the panel\n",
            "db_pass := \"VALUE\"",
            "password <- \"VALUE\"",
            "config.password ||= 'VALUE'",
            "password VALUE\n",
            "Environment=\"MQTT_PASSWORD=VALUE\"\n",
            "echo 'password: VALUE' >> notes.txt",
            "char pass[] = \"VALUE\";",
            "${PASSWORD}       VALUE\n",
            "bind_pw   = \"VALUE\"",
            "'password' => Hash::make('VALUE'),",
            "<key>APIPassword</key>\n  <string>VALUE</string>",
            "setpref('Internet','SMTP_Password','VALUE');",
            "await page.fill('input[name=\"password\"]', 'VALUE');",
            "passwordField.text = \"VALUE\"",
            "variable \"vm_password\" {\n  type    = string\n  default = \"VALUE\"\n}",
            "Dim Pwd As String = \"VALUE\"",
            ":Password: ``VALUE``",
            "**Password:** `VALUE`",
            "; vpn password: VALUE",
            "user is editor, pw VALUE\n",
            "user: demo / pass: VALUE\n",
            "| Password | VALUE |",
            "docker run -d -e POSTGRES_PASSWORD=VALUE -p 5432:5432 postgres",
            "add name=vpn-user password=VALUE profile=default",
            "Contrase\u{f1}a: `VALUE`",
            "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: VALUE\n",
            "senha = \"VALUE\"",
            "<property name=\"connection.password\">VALUE</property>",
        ] {
            if form.contains("||=") {
                continue;
            }
            let text = form.replace("VALUE", &mixed());
            assert_eq!(found(&text), Some((mixed(), Confidence::Medium)), "{form}");
        }
    }

    #[test]
    fn columns_of_tables() {
        let value = mixed();
        let rows = |text: &str| {
            let mark = memchr::memmem::find(text.as_bytes(), b"pass").unwrap_or(0);
            column(text.as_bytes(), mark).into_iter().map(|found| text[found.span].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            rows(&format!("name,password,role\nann,{value},admin\nbob,{value}2,user")),
            [value.clone(), value.clone() + "2"]
        );
        assert_eq!(rows(&format!("Title;Login;passwort;Url\nRouter;ann;{value};http://x\n")), vec![value.clone()]);
        assert!(rows(&format!("call(name, password, role);\nx, {value}, y\n")).is_empty());
        assert!(rows("name,password,role\nann,secret,admin\n").is_empty());
    }

    #[test]
    fn numbers_of_no_order() {
        assert_eq!(found(&format!("char pass[] = \"{}\";", 83_516_924)).map(|f| f.1), Some(Confidence::Medium));
        assert_eq!(found("char pass[] = \"12345678\";"), None);
        assert_eq!(found("password = 83516924"), None);
    }

    #[test]
    fn names_words_and_references_are_none() {
        for text in [
            "password = getPassword()",
            "password: String,",
            "password = os.environ[\"DB_PASSWORD_2\"]",
            "DB_PASSWORD=${DB_PASSWORD}",
            "password: '********'",
            "passwordHint: \"first pet 1980\"",
            "password_hash = \"k7Vt93hqk7\"",
            "\"password\": \"Password1!\"",
            "type=\"password\" id=\"field12a\"",
            "password != \"k7Vt93hqk7\"",
            "pass",
            "bypass = 'k7Vt93hqk7'",
            "you can pass `strict=True2` or \"k7Vt93hqk7\" to it",
            "hwScaleFilterFirstPass = \"vpp_rkrga=format=bgra:afbc=1\"",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found("pass  &analysisOfPass\n").map(|f| f.1), Some(Confidence::Low));
        let manual = format!("  * connect(user: \"a\", password: \"{}\")", mixed());
        assert_eq!(found(&manual).map(|f| f.1), Some(Confidence::Low));
        // A person may have chosen it, and so may a programmer have named something.
        assert_eq!(found("password = \"david1985\"").map(|f| f.1), Some(Confidence::Low));
        assert_eq!(found("password = newInput1\n").map(|f| f.1), Some(Confidence::Low));
    }
}
