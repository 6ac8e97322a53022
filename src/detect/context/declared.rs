//! Declarations: the types, casts and functions that stand between a name and its value.

use super::NAME_REACH;
use super::back::{Back, is_blank, is_name_byte, trim_name};
use super::line::line_start;

/// How many bytes of `text`, which begins behind the name of a function, stand in front of the literal that the function
/// returns and does nothing else: `() {⏎  return "`, `(self):⏎  return "`, `(): String = "`, `() => "`. Nothing where it
/// takes an argument.
#[must_use]
pub fn body_len(text: &[u8]) -> Option<usize> {
    const TYPE: usize = 40;
    let blanks = |at: usize| text[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let is = |at: usize, word: &[u8]| text[at..].starts_with(word);
    // `getKey = () => "…"`.
    let arrow = [&b" = "[..], b": "].iter().find(|sign| is(0, sign)).map_or(0, |sign| sign.len());
    let open = arrow + if is(arrow, b"async ") { 6 } else { 0 };
    let arguments = [&b"()"[..], b"(self)", b"(&self)", b"(cls)", b"(void)"];
    let takes = arguments.iter().find(|arguments| is(open, arguments));
    // `apiKey: String { return "`, `ApiKey { get { return "`: a value that is computed.
    let computed =
        takes.is_none() && [&b": String {"[..], b": String? {", b" { get { return"].iter().any(|head| is(0, head));
    if takes.is_none() && !computed {
        return None;
    }
    let mut at = if computed { 0 } else { open + takes.map_or(0, |arguments| arguments.len()) };
    if is(at, b" { get {") {
        at += 6;
    }
    // `: String`, `-> str`, `string`, `throws IOException`.
    let of_type = |b: &u8| b.is_ascii_alphanumeric() || b" :?!<>[]*&'_.-".contains(b);
    let len = text[at..].iter().take(TYPE).take_while(|b| of_type(b)).count();
    // Rust returns the last value of a block.
    let arrow_type = text[at..].trim_ascii_start().starts_with(b"->");
    let by_colon = text[at..at + len].trim_ascii_end().ends_with(b":");
    at += len;
    at += blanks(at);
    let returns = if by_colon {
        true
    } else if is(at, b"{") {
        at += 1;
        at += blanks(at);
        !arrow_type
    } else if arrow > 0 && is(at, b"=>") || arrow == 0 && (is(at, b"=>") || is(at, b"= ")) {
        at += if is(at, b"=>") { 2 } else { 1 };
        at += blanks(at);
        false
    } else {
        return None;
    };
    if is(at, b"return") {
        at += 6;
        at += blanks(at) + usize::from(is(at, b"("));
    } else if returns {
        return None;
    }
    at += usize::from(is(at, b"@") || is(at, b"b\""));
    matches!(text.get(at), Some(b'"' | b'\'' | b'`')).then_some(at)
}

/// The name of the function that returns the literal which opens at `at`, and does nothing else.
pub(super) fn returning(text: &[u8], at: usize) -> &[u8] {
    let from = at.saturating_sub(NAME_REACH / 2);
    // The name ends where the brackets open, or in front of the sign that assigns a function or says its type.
    for mark in memchr::memrchr2_iter(b'(', b':', &text[from..at]).map(|i| from + i) {
        let front = text[from..mark].strip_suffix(b"async ").unwrap_or(&text[from..mark]);
        let assigned = [&b" = "[..], b": "].iter().find_map(|sign| front.strip_suffix(*sign));
        let end = from + assigned.unwrap_or(&text[from..mark]).len();
        if body_len(&text[end..(at + 1).min(text.len())]).is_some_and(|len| end + len == at) {
            let mut back = Back { text, at: end, floor: from };
            return trim_name(back.take(is_name_byte));
        }
    }
    &[]
}

/// Length of the cast to a type that a text ends with: `(const unsigned char*)`, `(byte[])`. Zero where there is none.
pub fn cast_len(text: &[u8]) -> usize {
    const LONGEST: usize = 40;
    let from = text.len().saturating_sub(LONGEST);
    let Some(open) = memchr::memrchr(b'(', &text[from..]).map(|i| from + i) else { return 0 };
    let inside = text[open + 1..].strip_suffix(b")").unwrap_or_default();
    let of_type =
        inside.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'*' | b'[' | b']' | b':'));
    let cast = inside.len() >= 3 && of_type && text[..open].trim_ascii_end().ends_with(b"=");
    if cast { text.len() - open } else { 0 }
}

/// Names of languages' types for text that follow the name of what they declare without a mark: `var key string = …`.
const TYPES_BEHIND: &[&[u8]] =
    &[b"string", b"[]byte", b"*string", b"[]string", b"any", b"interface{}", b"template.HTML"];

/// How many bytes of `text`, which begins behind a name, are its type: up to the `=` that assigns to it. `: str | None`,
/// `As String`, `string`, `[32]`, `{ get; set; }`, `: &'static str`, `: []const u8`, `: constant String :`.
#[must_use]
pub fn type_len(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 64;
    let rest = &text[..text.len().min(LONGEST)];
    let equals = memchr::memchr(b'=', rest)?;
    // `.field … API_SECRET:Ljava/lang/String; = "…"`, as decompiled applications of Android have it.
    if rest[..equals] == *b":Ljava/lang/String; " {
        return Some(equals);
    }
    if matches!(rest.get(equals + 1), Some(b'=' | b'>')) {
        return None;
    }
    // A value that has a `=` in it has no blank in front of that.
    let set_apart = rest[..equals].ends_with(b" ")
        || rest[..equals].ends_with(b" :")
        || matches!(rest.get(equals + 1), Some(b'"' | b'\''));
    let written = rest[..equals].trim_ascii();
    let is_type = |of: &[u8]| {
        let mut depth = 0usize;
        let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'&' | b'\'' | b'*' | b'?' | b'!');
        let fits = of.iter().all(|&b| match b {
            b'[' | b'<' | b'(' => {
                depth += 1;
                true
            }
            b']' | b'>' | b')' => {
                depth = depth.saturating_sub(1);
                true
            }
            b',' | b';' => depth > 0,
            b' ' | b'|' | b':' => true,
            b => inside(b),
        });
        let colons = memchr::memchr_iter(b':', of).count();
        let lifetimes = memchr::memchr_iter(b'\'', of).all(|i| i > 0 && matches!(of[i - 1], b'&' | b'<' | b' '));
        let lifetimes = lifetimes && !of.trim_ascii_start().starts_with(b"'");
        set_apart
            && lifetimes
            && fits
            && of.iter().any(u8::is_ascii_alphabetic)
            && colons.is_multiple_of(2)
            && !of.contains(&b'\n')
    };
    let fits = match written {
        // `password : STRING(80) := '…'` of Pascal, Ada and what controls machines.
        [b'?' | b'!', b':', of @ ..] | [b':', of @ ..] => is_type(of.strip_suffix(b":").unwrap_or(of)),
        [b'[', of @ .., b']'] => of.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_'),
        [b'{', of @ .., b'}'] => {
            of.trim_ascii().starts_with(b"get")
                && of.iter().all(|&b| b.is_ascii_alphabetic() || matches!(b, b';' | b' '))
        }
        [b'*'] => rest.starts_with(b"*"),
        [b'A' | b'a', b's', b' ', of @ ..] => is_type(of),
        _ => rest.starts_with(b" ") && (TYPES_BEHIND.contains(&written) || is_type_of_sql(written)),
    };
    fits.then_some(equals)
}

/// `CONSTANT VARCHAR2(60) :`, `nvarchar(50)`: what stands between a variable of SQL and the `=` of its value.
fn is_type_of_sql(written: &[u8]) -> bool {
    const TYPES: [&[u8]; 8] =
        [b"varchar2", b"varchar", b"nvarchar2", b"nvarchar", b"char", b"nchar", b"text", b"sysname"];
    let lower = written.strip_suffix(b":").unwrap_or(written).trim_ascii_end().to_ascii_lowercase();
    let rest = lower.strip_prefix(b"constant ").unwrap_or(&lower).trim_ascii_start();
    let letters = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let (kind, size) = rest.split_at(letters);
    let sized = |size: &[u8]| {
        let inside = size.strip_prefix(b"(").and_then(|size| size.strip_suffix(b")"));
        inside.is_some_and(|inside| inside.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' '))
    };
    TYPES.contains(&kind) && (size.is_empty() || sized(size))
}

/// The name that what is chosen from is assigned to, above the branch which begins the line of `at`:
/// `key: production⏎  ? "…"⏎  : "VALUE"`.
pub(super) fn name_of_choice(text: &[u8], at: usize) -> &[u8] {
    let mut line = line_start(text, at, NAME_REACH / 2);
    for _ in 0..2 {
        let Some(end) = line.checked_sub(1) else { break };
        line = line_start(text, end, NAME_REACH / 2);
        if !text[line..end].trim_ascii_start().starts_with(b"?") {
            return left_side(text, end);
        }
    }
    &[]
}

/// The name that is declared, with its type, on the line that `=` goes on at `equals`.
pub(super) fn declared(text: &[u8], equals: usize) -> &[u8] {
    let line = line_start(text, equals, NAME_REACH / 2);
    let until = &text[..(equals + 3).min(text.len())];
    let until = &until[..equals + memchr::memchr(b'=', &until[equals..]).map_or(0, |i| i + 1)];
    let mut at = line;
    while at < equals {
        let len = text[at..equals].iter().take_while(|&&b| b.is_ascii_alphanumeric() || b == b'_').count();
        if len > 0 && type_len(&until[at + len..]).is_some_and(|is| until.len() == at + len + is + 1) {
            return &text[at..at + len];
        }
        at += len.max(1);
    }
    &[]
}

/// The name on the left side of the assignment that a call at `at` stands on the right of: `key` of
/// `let key = Some(…`, `{ key: String::from(…`.
pub(super) fn left_side(text: &[u8], at: usize) -> &[u8] {
    let line = line_start(text, at, NAME_REACH / 2);
    let front = &text[line..at];
    let sign = (0..front.len()).rev().find(|&i| match front[i] {
        b'=' => {
            !matches!(front.get(i + 1), Some(b'=' | b'>' | b'~'))
                && !i.checked_sub(1).is_some_and(|i| matches!(front[i], b'=' | b'!' | b'<' | b'>'))
        }
        b':' => front.get(i + 1) == Some(&b' ') && front[..i].last().is_some_and(|&b| is_name_byte(b)),
        _ => false,
    });
    let Some(sign) = sign.map(|i| line + i) else { return &[] };
    let named = declared(text, sign);
    if !named.is_empty() && text[sign] == b'=' {
        return named;
    }
    let mut back = Back { text, at: sign, floor: line };
    back.skip(|b| is_blank(b) || matches!(b, b':' | b'"' | b'\'' | b']' | b'|' | b'?'));
    trim_name(back.take(is_name_byte))
}
