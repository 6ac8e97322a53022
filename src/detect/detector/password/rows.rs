//! Passwords in the rows of tables, by the heading of their column: of CSV, Markdown and wikis, of statements of SQL, and
//! the lines of users that `chpasswd` reads.

use std::ops::Range;

use super::super::Candidate;
use super::name::{is_name_byte, name_around};
use super::{NAME, Value, judged};
use crate::detect::context::{REACH_AFTER, REACH_BEFORE};
use crate::detect::matcher::MAX_MATCH;
use crate::detect::rule::anchor::NEAR;

/// Bytes behind a heading in which its own end is looked for, and the rows that need not be said to be far: what a
/// difference between versions of a file reaches back to.
const COLUMN: usize = 448;
const _: () = assert!(COLUMN + NAME <= NEAR + REACH_AFTER);
/// Bytes in front of the name in which its heading begins.
const HEADING: usize = REACH_BEFORE / 2;

/// The passwords of a table.
#[derive(Default)]
pub struct Rows {
    /// In the order of the rows.
    pub found: Vec<Candidate>,
    /// Whether rows were looked at that a difference between versions of a file is not near to, otherwise than by its
    /// reach of [`MAX_MATCH`].
    pub far: bool,
}

/// Reads a table in whose heading a mark stands, at the offset that it is given.
pub type Table = fn(&[u8], usize) -> Rows;

/// Where the rows of the table end that may be looked at, whose heading's name ends at `name`.
fn end_of_rows(text: &[u8], name: usize) -> usize {
    text.len().min(name + MAX_MATCH - NAME)
}

/// The passwords in a column of a table whose heading has the mark in it: `name,password` and lines of values below it,
/// as far as a heading is seen.
#[must_use]
pub fn column(text: &[u8], mark: usize) -> Rows {
    let name = name_around(text, mark);
    let floor = name.start.saturating_sub(HEADING);
    let start = memchr::memrchr(b'\n', &text[floor..name.start]).map_or(floor, |i| floor + i + 1);
    let near = (name.end + COLUMN).min(text.len());
    let Some(end) = memchr::memchr(b'\n', &text[name.end..near]).map(|i| name.end + i) else { return Rows::default() };
    let heading = text[start..end].trim_ascii_end();
    let closed = usize::from(text[..name.start].ends_with(b"\"") && text.get(name.end) == Some(&b'"'));
    let blanks = text[name.end + closed..near].iter().take_while(|&&b| b == b' ').count();
    let behind = text.get(name.end + closed + blanks).copied();
    // `||Host||Password||` of Jira and Confluence.
    let wiki = closed == 0 && heading.starts_with(b"||") && heading.ends_with(b"||");
    let table = wiki || behind == Some(b'|') || behind == Some(b'\n') && heading.contains(&b'|');
    let delimiter = match behind {
        _ if table => b'|',
        Some(b @ (b',' | b';' | b'\t')) if blanks == 0 => b,
        // The last column.
        Some(b'\n' | b'\r') if blanks == 0 => match text[..name.start - closed.min(name.start)].last() {
            Some(&b @ (b',' | b';' | b'\t')) => b,
            _ => return Rows::default(),
        },
        _ => return Rows::default(),
    };
    let is_heading = |field: &[u8]| {
        if table {
            return field.len() <= NAME
                && field.trim_ascii().iter().all(|&b| is_name_byte(b) || b" *`/()".contains(&b));
        }
        let field = field.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(field);
        !field.is_empty()
            && field.len() <= 24
            && field.iter().all(|&b| is_name_byte(b) || b == b' ')
            && field[0] != b' '
    };
    let headings: Vec<Range<usize>> =
        fields(heading, delimiter).into_iter().filter(|field| !wiki || !field.is_empty()).collect();
    let index = headings.iter().position(|field| (start + field.start..=start + field.end).contains(&name.start));
    // Words in a row are arguments or a list; the first line of a table has a line of as many fields below it.
    let Some(index) = index.filter(|_| headings.len() >= 3) else { return Rows::default() };
    if !headings.iter().all(|field| is_heading(&heading[field.clone()])) || start > 0 && text[start - 1] != b'\n' {
        return Rows::default();
    }
    if is_row_above(&text[name.start.saturating_sub(REACH_BEFORE - NAME)..start], delimiter, headings.len()) {
        return Rows::default();
    }
    let account = headings.iter().any(|field| names_an_account(&heading[field.clone()]));
    let reach = end_of_rows(text, name.end);
    let mut found = Vec::new();
    let mut from = end + 1;
    if table && !wiki {
        // `|---|:---:|` below the heading, where another row would tell that this is none; in AsciiDoc, whose rows are
        // not closed, an empty line.
        let rule = &text[from.min(reach)..reach];
        let Some(len) = memchr::memchr(b'\n', rule) else { return Rows::default() };
        let open = heading.starts_with(b"|") && !heading.ends_with(b"|") && rule[..len].trim_ascii().is_empty();
        if !open && (len < 5 || !rule[..len].trim_ascii_end().iter().all(|b| b"|-+: ".contains(b))) {
            return Rows::default();
        }
        from += len + 1;
    }
    while let Some(len) =
        memchr::memchr(b'\n', &text[from.min(reach)..reach]).or((reach == text.len()).then(|| reach - from.min(reach)))
    {
        let line = text[from.min(reach)..from.min(reach) + len].trim_ascii_end();
        let inner = if wiki { line.strip_prefix(b"|").and_then(|it| it.strip_suffix(b"|")) } else { Some(line) };
        let row = inner.map_or_else(Vec::new, |inner| fields(inner, delimiter));
        if row.len() != headings.len() {
            break;
        }
        let field = &line[usize::from(wiki)..][row[index].clone()];
        let value = if table { without_marks(field) } else { without_quotes(field.trim_ascii_end()) };
        let front = memchr::memmem::find(field, value).unwrap_or(0);
        let value_at = from + usize::from(wiki) + row[index].start + front;
        found.extend(judged(text, name.clone(), Value::field(value_at..value_at + value.len()), account));
        from += len + 1;
        if from >= reach {
            break;
        }
    }
    Rows { found, far: from.min(reach) >= near || reach > near && !text[from.min(near)..near].contains(&b'\n') }
}

/// Whether the line above a heading, with which `front` ends, is a row of the same table: then it is none of a heading.
/// What spreadsheets export above it has empty fields.
fn is_row_above(front: &[u8], delimiter: u8, columns: usize) -> bool {
    let Some(front) = front.strip_suffix(b"\n") else { return false };
    let line = front[memchr::memrchr(b'\n', front).map_or(0, |i| i + 1)..].trim_ascii_end();
    let fields = fields(line, delimiter);
    fields.len() == columns && fields.iter().filter(|field| !field.is_empty()).count() * 2 > columns
}

/// The passwords below the cell of an HTML table's first row in which the mark stands:
/// `<tr><th>User</th><th>Password</th></tr>`, as far as a heading is seen.
#[must_use]
pub fn cells_below(text: &[u8], mark: usize) -> Rows {
    let name = name_around(text, mark);
    if !text[name.end..].starts_with(b"</th") && !text[name.end..].starts_with(b"</td") {
        return Rows::default();
    }
    let from = name.start.saturating_sub(HEADING);
    let Some(row) = memchr::memmem::rfind(&text[from..name.start], b"<tr").map(|at| from + at) else {
        return Rows::default();
    };
    let near = (name.end + COLUMN).min(text.len());
    let Some(end) = memchr::memmem::find(&text[name.end..near], b"</tr").map(|at| name.end + at) else {
        return Rows::default();
    };
    // A row below another one is none of headings.
    let front = &text[from..row];
    let table = memchr::memmem::rfind(front, b"<table").unwrap_or(0);
    if memchr::memmem::find(&front[table..], b"</tr").is_some() {
        return Rows::default();
    }
    let headings = cells(text, row..end);
    let Some(index) = headings.iter().position(|cell| (cell.start..=cell.end).contains(&name.start)) else {
        return Rows::default();
    };
    // A name and its value stand beside each other in tables of two columns.
    if headings.len() < 3 {
        return Rows::default();
    }
    let account = headings.iter().any(|cell| names_an_account(&text[cell.clone()]));
    let reach = end_of_rows(text, name.end);
    let mut found = Vec::new();
    let mut from = end;
    while let Some(row) = memchr::memmem::find(&text[from..reach], b"<tr").map(|at| from + at)
        && let Some(end) = memchr::memmem::find(&text[row..reach], b"</tr").map(|at| row + at)
    {
        let row = cells(text, row..end);
        let Some(value) = row.get(index).filter(|_| row.len() == headings.len()) else { break };
        found.extend(judged(text, name.clone(), Value::field(value.clone()), account));
        from = end;
    }
    // The end of a table is looked for as far as its rows are.
    Rows { found, far: reach > near }
}

/// The texts of the cells of a row of HTML, without the elements in them that make them stand out.
fn cells(text: &[u8], row: Range<usize>) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut at = row.start;
    while let Some(open) = memchr::memmem::find_iter(&text[at..row.end], b"<t")
        .map(|open| at + open)
        .find(|open| matches!(text[open + 2..row.end].first_chunk(), Some(b"d>" | b"h>" | b"d " | b"h ")))
        && let Some(start) = memchr::memchr(b'>', &text[open..row.end]).map(|close| open + close + 1)
    {
        let end = memchr::memmem::find(&text[start..row.end], b"</t").map_or(row.end, |end| start + end);
        let mut cell = start..end;
        while text[cell.clone()].starts_with(b"<")
            && let Some(close) = memchr::memchr(b'>', &text[cell.clone()])
        {
            cell.start += close + 1;
        }
        cell.end = memchr::memchr(b'<', &text[cell.clone()]).map_or(cell.end, |at| cell.start + at);
        let trimmed = text[cell.clone()].trim_ascii_start();
        cell.start = cell.end - trimmed.len();
        cell.end = cell.start + trimmed.trim_ascii_end().len();
        cells.push(cell);
        at = end;
    }
    cells
}

/// The fields of a line. What stands between quotation marks, as tables of commas have it, is one.
fn fields(line: &[u8], delimiter: u8) -> Vec<Range<usize>> {
    let mut fields = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, &b) in line.iter().enumerate() {
        if b == b'"' && delimiter != b'|' && (quoted || at == start) {
            quoted = !quoted;
        } else if b == delimiter && !quoted {
            fields.push(start..at);
            start = at + 1;
        }
    }
    fields.push(start..line.len());
    fields
}

/// A field of a table of commas without the marks around it.
fn without_quotes(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(field)
}

/// A field of a table without what makes it stand out: `` `…` ``, `**…**`.
fn without_marks(field: &[u8]) -> &[u8] {
    let field = field.trim_ascii();
    let bold = field.strip_prefix(b"**").and_then(|it| it.strip_suffix(b"**")).unwrap_or(field);
    bold.strip_prefix(b"`").and_then(|it| it.strip_suffix(b"`")).unwrap_or(bold)
}

/// The passwords in the rows that a statement of SQL inserts, where the mark stands in the name of a column:
/// `INSERT INTO users (name, password) VALUES ('ann', '…')`, as far as a heading is seen.
#[must_use]
pub fn inserted(text: &[u8], mark: usize) -> Rows {
    let name = name_around(text, mark);
    let closed = text[name.end..].iter().take(2).take_while(|b| matches!(b, b'`' | b'"' | b']' | b' ')).count();
    if !matches!(text.get(name.end + closed), Some(b',' | b')')) {
        return Rows::default();
    }
    let found = || {
        let from = name.start.saturating_sub(HEADING);
        let open = from + memchr::memrchr(b'(', &text[from..name.start])?;
        let front = String::from_utf8_lossy(text[from..open].trim_ascii_end()).to_ascii_lowercase();
        let table = front.rsplit_once("into ")?.1;
        let near = (name.end + COLUMN).min(text.len());
        let close = name.end + memchr::memchr(b')', &text[name.end..near])?;
        let columns = &text[open + 1..close];
        let is_column = |&b: &u8| is_name_byte(b) || b.is_ascii_whitespace() || b"`\"[],".contains(&b);
        let index = memchr::memchr_iter(b',', &text[open..name.start]).count();
        let account = columns.split(|b| *b == b',').any(names_an_account);
        let values = close + 1 + text[close + 1..near].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let says = text.get(values..values + 6)?.eq_ignore_ascii_case(b"values");
        (says && table.len() <= NAME && !table.contains(' ') && columns.iter().all(is_column)).then_some((
            index,
            account,
            values + 6,
            near,
        ))
    };
    let Some((index, account, from, near)) = found() else { return Rows::default() };
    let is_digest = |value: &[u8]| {
        value.starts_with(b"$") || matches!(value.len(), 32 | 40 | 56 | 64) && value.iter().all(u8::is_ascii_hexdigit)
    };
    let reach = end_of_rows(text, name.end);
    let literals = literals_of_rows(&text[from..reach], index);
    let spans = literals.into_iter().map(|span| from + span.start..from + span.end);
    let spans = spans.filter(|span| !is_digest(&text[span.clone()]));
    let found = spans.filter_map(|span| judged(text, name.clone(), Value::field(span), account).ok()).collect();
    Rows { found, far: reach > near }
}

/// The passwords of the users that `chpasswd` reads, which the mark stands in: lines of a text that the shell hands it,
/// or a list of cloud-init.
#[must_use]
pub fn for_users(text: &[u8], mark: usize) -> Rows {
    let name = name_around(text, mark);
    if &text[name.clone()] != b"chpasswd" {
        return Rows::default();
    }
    let near = (name.end + COLUMN).min(text.len());
    let Some(line) = memchr::memchr(b'\n', &text[name.end..near]).map(|i| name.end + i + 1) else {
        return Rows::default();
    };
    let command = text[name.end..line].trim_ascii();
    let list = command == b":";
    if !list && !command.starts_with(b"<<") {
        return Rows::default();
    }
    let reach = end_of_rows(text, name.end);
    let mut found = Vec::new();
    let mut from = line;
    while let Some(len) =
        memchr::memchr(b'\n', &text[from..reach]).or((reach == text.len() && from < reach).then(|| reach - from))
    {
        let row = &text[from..from + len];
        let blanks = row.iter().take_while(|&&b| b == b' ' || b == b'\t').count();
        let written = row[blanks..].trim_ascii_end();
        let user = written.strip_prefix(b"- ").unwrap_or(written);
        let start = from + blanks + written.len() - user.len();
        let colon = user.iter().take_while(|b| b.is_ascii_alphanumeric() || b"._-".contains(b)).count();
        // The end of the text, or what is indented as little as `chpasswd:` is.
        let ends = if list { blanks == 0 } else { !written.contains(&b':') };
        if ends && !written.is_empty() {
            break;
        }
        if (1..=32).contains(&colon) && user.get(colon) == Some(&b':') && user.get(colon + 1).is_some_and(|b| *b > b' ')
        {
            let value = Value::field(start + colon + 1..start + user.len());
            found.extend(judged(text, name.clone(), value, false));
        }
        from += len + 1;
        if from >= reach {
            break;
        }
    }
    Rows { found, far: reach > near }
}

/// The first literal in the field `index` of each of the rows `('ann', 'x'), (…)`.
fn literals_of_rows(rows: &[u8], index: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut depth, mut field, mut seen) = (0usize, 0usize, false);
    let mut at = 0;
    while let Some(&b) = rows.get(at) {
        at += 1;
        match b {
            b'\'' | b'"' => {
                let start = at;
                while let Some(&inner) = rows.get(at).filter(|&&inner| inner != b) {
                    at += if inner == b'\\' { 2 } else { 1 };
                }
                if depth >= 1 && field == index && !seen && at < rows.len() {
                    seen = true;
                    found.push(start..at);
                }
                at += 1;
            }
            b'(' => depth += 1,
            b')' if depth <= 1 => (depth, field, seen) = (0, 0, false),
            b')' => depth -= 1,
            b',' if depth == 1 => field += 1,
            // Behind the rows.
            b';' | b'a'..=b'z' | b'A'..=b'Z' if depth == 0 => break,
            _ => {}
        }
    }
    found
}

/// Whether the heading of a column is that of the names of users: `login`, `E-Mail`.
fn names_an_account(heading: &[u8]) -> bool {
    const NAMES: &[&str] = &[
        "user",
        "username",
        "login",
        "email",
        "e-mail",
        "mail",
        "account",
        "usuario",
        "benutzer",
        "benutzername",
        "utilisateur",
        "correo",
        "nick",
        "nickname",
        "userid",
        "user_name",
        "user_email",
        "user_login",
        "loginname",
        "login_name",
        "userlogin",
        "konto",
        "compte",
        "nutzer",
        "anmeldename",
        "identifiant",
        "gebruiker",
        "gebruikersnaam",
        "utente",
        "nomeutente",
        "kullanici",
        "логин",
        "пользователь",
    ];
    let word: Vec<u8> = heading.iter().copied().filter(|b| is_name_byte(*b)).map(|b| b.to_ascii_lowercase()).collect();
    NAMES.iter().any(|name| name.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no password stands in this file.
    fn value() -> String {
        ["gFb51yBM", "!", "a2rog"].concat()
    }

    #[test]
    fn columns_of_tables() {
        let value = value();
        let rows = |text: &str| {
            let mark = memchr::memmem::find(text.as_bytes(), b"pass").unwrap_or(0);
            column(text.as_bytes(), mark).found.into_iter().map(|found| text[found.span].to_owned()).collect::<Vec<_>>()
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
    fn columns_of_markdown_and_of_statements() {
        let value = value();
        let texts = |found: Vec<Candidate>, text: &str| -> Vec<String> {
            found.into_iter().map(|found| text[found.span].to_owned()).collect()
        };
        let table = format!("| User | Password |\n|------|----------|\n| ann | `{value}` |\n| bob | none |\n");
        assert_eq!(texts(column(table.as_bytes(), 9).found, &table), std::slice::from_ref(&value));
        assert!(column(table.replace("|------|----------|\n", "").as_bytes(), 9).found.is_empty());
        let digest = "5f4d".repeat(8);
        let insert = format!("INSERT INTO users (name, password) VALUES ('ann', '{value}'), ('bob', '{digest}');");
        assert_eq!(texts(inserted(insert.as_bytes(), 25).found, &insert), [value]);
        assert!(inserted(insert.replace("INSERT INTO users", "f").as_bytes(), 9).found.is_empty());
    }

    #[test]
    fn users_of_chpasswd() {
        let value = value();
        let found = |text: &str| -> Vec<String> {
            for_users(text.as_bytes(), text.find("passwd").unwrap_or(0))
                .found
                .into_iter()
                .map(|found| text[found.span].to_owned())
                .collect()
        };
        let two = [value.clone(), value.clone() + "2"];
        assert_eq!(found(&format!("sudo chpasswd <<EOF\nann:{value}\nbob:{value}2\nEOF\nx:{value}3\n")), two);
        assert_eq!(found(&format!("chpasswd:\n  list: |\n    ann:{value}\n    bob:{value}2\nx:{value}3\n")), two);
        assert!(found(&format!("chpasswd -e\nann:{value}\n")).is_empty());
    }

    #[test]
    fn columns_of_exports_and_wikis() {
        let value = value();
        let rows = |text: String, of: Table| {
            let mark = memchr::memmem::find(text.as_bytes(), b"assword").unwrap_or(0);
            of(text.as_bytes(), mark).found.into_iter().map(|found| text[found.span].to_owned()).collect::<Vec<_>>()
        };
        let one = std::slice::from_ref(&value);
        let export = format!("\"Account\",\"Login Name\",\"Password\",\"Note\"\n\"a, b\",\"ann\",\"{value}\",\"\"\n");
        assert_eq!(rows(export, column), one);
        assert_eq!(rows(format!("host;user;password\ndb1;ann;{value}\n"), column), one);
        assert_eq!(rows(format!("||Host||User||Password||\n|db1|ann|{value}|\n|db2|bob|see vault|\n"), column), one);
        assert_eq!(rows(format!("|===\n|Host |User |Password\n\n|db1 |ann |{value}\n|===\n"), column), one);
        let html = "<tr><th>Host</th><th>User</th><th>Password</th></tr>\n<tr><td>db1</td><td>ann</td><td><b>VALUE</b></td></tr>";
        assert_eq!(rows(html.replace("VALUE", &value), cells_below), one);
        assert!(rows(html.replace("VALUE", "see vault"), cells_below).is_empty());
        assert!(rows(html.replace("<td>ann</td>", "").replace("VALUE", &value), cells_below).is_empty());
    }
    #[test]
    fn long_tables_are_read_to_their_end() {
        let values: Vec<String> = (0..200).map(|i| format!("{}{i}", value())).collect();
        let lines = |line: fn(&str) -> String| values.iter().map(|value| line(value)).collect::<String>();
        let texts = [
            (column as Table, "id;login;password\n".to_owned() + &lines(|v| format!("7;ann;{v}\n"))),
            (
                column,
                format!(
                    "|{} User | Password |\n|{}---|---|\n{}",
                    " Purpose of it |".repeat(8),
                    "---|".repeat(8),
                    lines(|v| format!("|{} b | {v} |\n", " a |".repeat(8)))
                ),
            ),
            (
                inserted,
                "INSERT INTO u (login, password) VALUES\n".to_owned() + &lines(|v| format!("('ann', '{v}'),\n")) + ";",
            ),
            (
                cells_below,
                "<table><tr><th>A</th><th>User</th><th>Password</th></tr>\n".to_owned()
                    + &lines(|v| format!("<tr><td>1</td><td>ann</td><td>{v}</td></tr>\n")),
            ),
        ];
        for (rows, text) in texts {
            let mark = memchr::memmem::find(text.as_bytes(), b"assword").unwrap_or(0);
            let Rows { found, far } = rows(text.as_bytes(), mark);
            assert_eq!(found.into_iter().map(|found| &text[found.span]).collect::<Vec<_>>(), values, "{text}");
            assert!(far);
        }
        // The second line of a table is no heading of the third.
        let text = format!("id;login;note\n8;password;x\n9;ann;{}\n", value());
        assert!(column(text.as_bytes(), text.find("password").unwrap_or(0)).found.is_empty());
    }
}
