//! Context: what the text around a value says about it.
//!
//! *What is it assigned to?* ([`before`]): the name in front of a value in the forms that code, configuration, shells
//! and HTTP have. Which words stand near is another question, and that of `words`.
//!
//! [`REACH_BEFORE`] and [`REACH_AFTER`] bound how far any of it looks, so that a caller who scans pieces of a text knows
//! how much to add on either side.

use std::ops::Range;

use super::rule::anchor::is_key_byte;

/// No decision about a value depends on bytes farther in front of it than this.
pub const REACH_BEFORE: usize = 512;
/// No decision about a value depends on bytes farther behind its end than this.
pub const REACH_AFTER: usize = 256;
/// A line that has no more than base64 on it has at least so many characters, but for the last one.
const BASE64_LINE: usize = 48;
/// How far in front of a value its name may begin, in bytes.
const NAME_REACH: usize = 240;

/// An authentication scheme of HTTP in front of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Bearer …`, `token …`, `ApiKey …`: the value is the credential.
    Token,
    /// `Basic …`: the value is base64 of user and password.
    Basic,
}

/// What stands in front of a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'t> {
    /// The name it is assigned to; empty when there is none.
    pub name: &'t [u8],
    /// A second name: the one in front of a type annotation, or the key beside an attribute that is called `value`.
    pub outer: &'t [u8],
    /// The authentication scheme.
    pub scheme: Option<Scheme>,
    /// Whether a quotation mark opens the value.
    pub quoted: bool,
    /// Whether something between name and value assigns: `=`, `:`, `=>`, a comma or bracket of a call, a tag.
    pub assigned: bool,
    /// Where the name starts, with the dashes in front of it.
    pub start: usize,
}

impl Before<'_> {
    /// Whether the value is a parameter of an address whose name says that it is a key: `?key=VALUE`, `&app_id=VALUE`.
    #[must_use]
    pub fn is_key_of_query(&self, text: &[u8]) -> bool {
        const KEYS: &[&str] = &[
            "key",
            "apikey",
            "api_key",
            "api-key",
            "token",
            "access_token",
            "auth",
            "auth_token",
            "secret",
            "appid",
            "app_id",
            "access_key",
            "accesskey",
            "subscription-key",
            "auth_key",
            "authkey",
            "user_key",
            "ak",
            "api_token",
            "apitoken",
        ];
        let parameter = self.start.checked_sub(1).is_some_and(|i| matches!(text[i], b'?' | b'&' | b';'));
        parameter && !self.quoted && KEYS.iter().any(|key| self.name.eq_ignore_ascii_case(key.as_bytes()))
    }

    /// Whether the name is that of a constant or of an environment's variable which ends with `KEY`, or says in short that
    /// it is a secret: `GNEWS_KEY`, `APP_SALT`, `API_SEC`, `SK`; `KEY` itself only where the value is quoted.
    #[must_use]
    pub fn is_constant_key(&self) -> bool {
        let words = words_of(self.name);
        let last = words.last().map_or("", String::as_str);
        !self.name.iter().any(u8::is_ascii_lowercase)
            && match last {
                "key" => words.len() > 1 || self.quoted,
                "salt" | "pepper" => self.quoted,
                "sec" => words.len() > 1 && words[words.len() - 2] == "api",
                "sk" => words.len() == 1,
                _ => false,
            }
            && !words.iter().any(|word| HARMLESS_ANYWHERE.contains(&word.as_str()) || is_named_by_key(word))
    }

    /// Whether the literal is what a statement gives to a variable that is called a key and nothing more, or by the short
    /// names of one: `key = "VALUE"`, `private static String lastfmKey = "VALUE"`, `APPKEY = "VALUE"`, `ak = "VALUE"`.
    #[must_use]
    pub fn is_key_variable(&self, text: &[u8], value: usize) -> bool {
        const OTHER: &[&str] =
            &["monkey", "turkey", "hotkey", "donkey", "hockey", "jockey", "whiskey", "pubkey", "sortkey"];
        let name = if self.outer.is_empty() { self.name } else { self.outer };
        let words = words_of(name);
        let last = words.last().map_or("", String::as_str);
        (last.ends_with("key") && !OTHER.contains(&last) || matches!(last, "ak" | "sk" | "priv") && words.len() == 1)
            && self.is_variable(text, value)
            && !words.iter().any(|word| is_named_by_key(word))
    }

    /// Whether the literal is what a statement gives to a variable, whose name is no other thing's that looks drawn by
    /// chance: `AK = "VALUE"`, `bing <- "VALUE"`, `final String _k = "VALUE"`. No attribute of a tag is one.
    #[must_use]
    pub fn is_variable(&self, text: &[u8], value: usize) -> bool {
        let name = if self.outer.is_empty() { self.name } else { self.outer };
        let Some(between) = text.get(self.start + self.name.len()..value) else { return false };
        let given = between.contains(&b'=') || memchr::memmem::find(between, b"<-").is_some();
        let line = &text[self.start.saturating_sub(NAME_REACH)..self.start];
        let line = &line[memchr::memrchr(b'\n', line).map_or(0, |end| end + 1)..];
        let tag = memchr::memrchr(b'<', line).is_some_and(|open| {
            line.get(open + 1).is_some_and(|b| b.is_ascii_alphabetic()) && !line[open..].contains(&b'>')
        });
        let words = words_of(name);
        let known = |word: &String| {
            let word = word.as_str();
            HARMLESS_ANYWHERE.contains(&word) || LOOKS_DRAWN.contains(&word) || is_named_by_key(word)
        };
        given
            && !tag
            && self.quoted
            && between.iter().all(|b| b.is_ascii_whitespace() || b"=:<-\"'`@?brufL".contains(b))
            && words.last().is_some_and(|last| !HARMLESS_LAST.contains(&last.as_str()))
            && !words.iter().any(known)
            && !names_an_id(name)
    }

    /// Whether the name is told to be that of a file whose digest this is: `checksum/secret: …` of Helm.
    #[must_use]
    pub fn is_checksum(&self, text: &[u8]) -> bool {
        text[..self.start].ends_with(b"checksum/")
    }

    /// Whether the name alone tells that a value follows: an option (`--api-key VALUE`), or the first word of a line of
    /// settings (`token VALUE`, `set -gx TOKEN VALUE`). `text` is what this was found in.
    #[must_use]
    pub fn is_announced(&self, text: &[u8]) -> bool {
        !self.assigned
            && self.scheme.is_none()
            && !self.name.is_empty()
            && (text[self.start..].starts_with(b"-") || begins_line(text, self.start))
    }
}

/// Whether a word names what everybody knows by its key: a spreadsheet by that in its address, who governs a program of a
/// blockchain by the public one.
fn is_named_by_key(word: &str) -> bool {
    matches!(word, "sheet" | "spreadsheet" | "authority")
}

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$') || b >= 0x80
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// Walks backwards over a text.
struct Back<'t> {
    text: &'t [u8],
    at: usize,
    floor: usize,
}

impl<'t> Back<'t> {
    fn peek(&self) -> Option<u8> {
        (self.at > self.floor).then(|| self.text[self.at - 1])
    }

    fn skip(&mut self, accept: impl Fn(u8) -> bool) -> usize {
        let start = self.at;
        while self.peek().is_some_and(&accept) {
            self.at -= 1;
        }
        start - self.at
    }

    fn take(&mut self, accept: impl Fn(u8) -> bool) -> &'t [u8] {
        let end = self.at;
        self.skip(accept);
        &self.text[self.at..end]
    }

    fn blanks(&mut self) -> usize {
        self.skip(is_blank)
    }

    /// Blanks, and one line end among them: for values that stand on the line below their name.
    fn blanks_and_line_end(&mut self) {
        self.blanks();
        if self.peek() == Some(b'\n') {
            self.at -= 1;
            self.skip(|b| is_blank(b) || matches!(b, b'\r' | b'\\'));
        }
    }
}

/// What stands in front of the value that starts at `start`.
#[must_use]
pub fn before(text: &[u8], start: usize) -> Before<'_> {
    let mut back = Back { text, at: start, floor: start.saturating_sub(NAME_REACH) };
    let mut found = Before::default();
    // Where the literal opens; an escaped or a raw one opens elsewhere.
    let literal = start.saturating_sub(1);
    if text[..start].ends_with(QUOTE_ENTITY) {
        // A text within an attribute of HTML.
        back.at -= QUOTE_ENTITY.len();
        found.quoted = true;
    } else if back.skip(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\')) > 0 {
        found.quoted = true;
        // b"…", r#"…", L"…", @"…", f"…": marks of string literals.
        let mark = back.at;
        if back.skip(|b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'#' | b'R' | b'B')) > 2
            || back.peek().is_some_and(is_name_byte)
        {
            back.at = mark;
        }
    }
    // `key = (const char*)"VALUE"`, `key = [[VALUE]]` of Lua.
    if found.quoted && back.peek() == Some(b')') {
        back.at -= cast_len(&text[back.floor..back.at]);
    } else if !found.quoted && text[..start].ends_with(b"[[") && text[..start - 2].trim_ascii_end().ends_with(b"=") {
        back.at -= 2;
        found.quoted = true;
    }
    let gap = back.blanks();
    if gap > 0 {
        let mark = back.at;
        let word = back.take(|b| b.is_ascii_alphabetic());
        // Not the last word of a name: `DEPLOY_TOKEN`, `X-Api-Token`.
        found.scheme = scheme(word).filter(|_| !back.peek().is_some_and(is_name_byte));
        if found.scheme.is_some() {
            back.skip(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b'+') || is_blank(b));
        } else {
            back.at = mark;
        }
    }
    // `os.environ.get("KEY") or "VALUE"`: what is taken where there is no other.
    let fallback = found.quoted && gap > 0 && text[..back.at].ends_with(b" or");
    if fallback {
        back.at -= 2;
    }
    // `mapOf("key" to "VALUE")`.
    let paired = found.quoted && gap > 0 && text[..back.at].ends_with(b"\" to");
    if paired {
        back.at -= 3;
    }
    // `unwrap_or_else(|_| "VALUE".into())`.
    if found.quoted && text[..back.at].ends_with(b"(|_|") {
        back.at -= 3;
    }
    // `hmacSecret = BC.pack "VALUE"` of Haskell.
    if found.quoted && gap > 0 {
        const PACKS: [&[u8]; 3] = [b"pack", b"fromString", b"encodeUtf8"];
        let packs = PACKS.iter().find(|word| text[..back.at].ends_with(word));
        if let Some(word) = packs {
            let mark = back.at;
            back.at -= word.len();
            back.skip(|b| b.is_ascii_alphanumeric() || b == b'.');
            back.blanks();
            back.at = if back.peek() == Some(b'=') { back.at } else { mark };
        }
    }
    // `{token, <<"VALUE">>}`: a binary string of Erlang, in a pair.
    if found.quoted && text[..back.at].ends_with(b"<<") {
        let mark = back.at;
        back.at -= 2;
        back.blanks();
        // `secret => <<"VALUE">>` is one of a map.
        let joined = back.peek() == Some(b',') || text[..back.at].ends_with(b"=>");
        back.at = if joined { back.at } else { mark };
    }
    back.blanks_and_line_end();
    // An item of a list of YAML.
    let item = list_item(text, start);
    // YAML's block scalars put `|` or `>-` between the colon and the value.
    let mark = back.at;
    back.skip(|b| matches!(b, b'|' | b'>' | b'-' | b'+'));
    let block = matches!(text.get(back.at), Some(b'|' | b'>')) && back.at < mark && back.blanks() > 0;
    if !block || back.peek() != Some(b':') {
        back.at = mark;
        // R's arrow.
        if text[..mark].ends_with(b"<-") {
            back.at -= 1;
        }
    }
    let separators =
        back.skip(|b| matches!(b, b'=' | b':' | b'>' | b',' | b'(' | b'[' | b'{' | b'|' | b'?' | b'!' | b'<' | b'+'));
    // `Class::method`, `{encrypted}`: a path of names, and a value that is filled in or unwrapped elsewhere.
    let separated = &text[back.at..back.at + separators];
    if !found.quoted && (separated.ends_with(b"::") || separated.ends_with(b"{")) {
        return found;
    }
    found.assigned = separators > 0 || fallback || paired;
    // `key -> "VALUE"`.
    if separated.starts_with(b">") && text[..back.at].ends_with(b"-") {
        back.at -= 1;
    }
    // `keys = ["VALUE"]`, `key = (⏎  "VALUE"⏎)`.
    let opened = !separated.is_empty() && separated.iter().all(|b| matches!(b, b'(' | b'['));
    let opened = found.quoted && opened && !text[..back.at].ends_with(b"\n") && {
        let mark = back.at;
        back.blanks();
        let joins = back.skip(|b| matches!(b, b'=' | b':')) == 1;
        back.at = if joins { back.at } else { mark };
        joins
    };
    if let Some((name, at)) = item {
        (found.name, found.start, found.assigned) = (name, at, true);
        return found;
    }
    let equals = separators > 0 && text[back.at..start].contains(&b'=');
    // Nor does the line above name a value to which nothing joins it: base64 goes over many lines.
    let above = memchr::memchr(b'\n', &text[back.at..start]).is_some();
    let line_of_base64 =
        || text[..back.at].iter().rev().take(BASE64_LINE).filter(|&&b| is_key_byte(b)).count() == BASE64_LINE;
    if !found.quoted && (separators == 0 && (gap == 0 || above) || above && line_of_base64()) {
        return found;
    }
    back.blanks();
    let left = back.at;
    if text[..back.at].ends_with(QUOTE_ENTITY) {
        back.at -= QUOTE_ENTITY.len();
    }
    let closed = back.skip(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']' | b')' | b'}' | b'?'));
    found.name = trim_name(back.take(is_name_byte));
    found.start = back.at;
    // `7,password-book,VALUE`: a field of a table is no name of the one behind it.
    if !found.quoted && separated == b"," && text[..found.start].ends_with(b",") {
        (found.name, found.assigned) = (&[], false);
        return found;
    }
    // `<string name="apiKey" translatable="false">VALUE`: another attribute stands last.
    if separated == b">"
        && text[..left].ends_with(b"\"")
        && let Some((name, at)) = named_by_tag(text, left)
    {
        (found.name, found.start) = (name, at);
    }
    // `<td>API token</td><td>VALUE`: the cell in front.
    if separated == b">"
        && let Some((name, at)) = named_by_cell(text, left)
    {
        (found.name, found.start) = (name, at);
        return found;
    }
    // `token = ["VALUE", "…"].concat()`: pieces of a value, where `tokens` would be a list of some.
    let plural = matches!(found.name.last(), Some(b's' | b'S'));
    if opened && separated == b"[" && text[back.at..start].contains(&b'=') && !plural {
        found.name = &[];
        return found;
    }
    // `"AWS::ApiGateway::ApiKey": "VALUE"`: what is told by the name of a type.
    if closed > 0 && text[..back.at].ends_with(b"::") && text[left - closed..left].contains(&b'"') {
        found.name = &[];
        return found;
    }
    // `key: str = …`, `const key: string = …`, `let key: &str = …`
    if equals {
        back.skip(|b| is_blank(b) || matches!(b, b'&' | b'\''));
        if back.peek() == Some(b':') {
            back.at -= 1;
            back.blanks();
            found.outer = trim_name(back.take(is_name_byte));
        }
    }
    if separated == b"," && name_says(found.name) != NameSays::Secret {
        let list = name_of_list(text, start, found.quoted);
        if name_says(list) == NameSays::Secret {
            found.outer = list;
            return found;
        }
    }
    let nothing = says_nothing(found.name);
    if found.outer.is_empty() && nothing {
        found.outer = named_beside(text, back.at);
    }
    if !found.quoted || [found.name, found.outer].into_iter().any(|name| name_says(name) == NameSays::Secret) {
        return found;
    }
    let otherwise = fallback || matches!(separated, b"||" | b"??" | b"?:");
    let returned = found.name == b"return"
        || separated.is_empty()
        || [&b"="[..], b"=>", b"{"].iter().any(|sign| separated.ends_with(sign));
    let set = found.name.ends_with(b"setValue") || found.name.ends_with(b"addValue");
    let further = [
        returned.then(|| returning(text, literal)),
        set.then(|| header_behind(text, start)),
        (equals || opened).then(|| declared(text, left)),
        nothing.then(|| option_of_call(text, found.start)),
        wraps(found.name).then(|| argument_in_front(text, found.start)),
        nothing.then(|| named_behind(text, start)),
        (otherwise || separated == b"(" && wraps(found.name) || nothing).then(|| left_side(text, found.start)),
    ];
    if let Some(name) = further.into_iter().flatten().find(|name| name_says(name) == NameSays::Secret) {
        (found.outer, found.assigned) = (name, true);
    }
    found
}

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
fn returning(text: &[u8], at: usize) -> &[u8] {
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

/// The header that a value is set for, behind it: `setValue:@"VALUE" forHTTPHeaderField:@"NAME"`.
fn header_behind(text: &[u8], start: usize) -> &[u8] {
    let len = text[start..].iter().take(REACH_BEFORE).take_while(|&&b| is_key_byte(b)).count();
    let rest = &text[start + len..(start + len + REACH_AFTER / 2).min(text.len())];
    let rest = rest.strip_prefix(b"\"").unwrap_or_default();
    let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
    let Some(rest) = rest.strip_prefix(b"forHTTPHeaderField:") else { return &[] };
    let skipped = rest.iter().take_while(|b| matches!(b, b' ' | b'@' | b'"')).count();
    let rest = &rest[skipped..];
    &rest[..rest.iter().take_while(|&&b| is_name_byte(b)).count()]
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

/// A quotation mark in an attribute of HTML.
const QUOTE_ENTITY: &[u8] = b"&quot;";

/// Names of languages' types for text that follow the name of what they declare without a mark: `var key string = …`.
const TYPES_BEHIND: &[&[u8]] =
    &[b"string", b"[]byte", b"*string", b"[]string", b"any", b"interface{}", b"template.HTML"];

/// How many bytes of `text`, which begins behind a name, are its type: up to the `=` that assigns to it. `: str | None`,
/// `As String`, `string`, `[32]`, `{ get; set; }`, `: &'static str`, `: []const u8`.
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
    let set_apart = rest[..equals].ends_with(b" ") || matches!(rest.get(equals + 1), Some(b'"' | b'\''));
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
        [b'?' | b'!', b':', of @ ..] | [b':', of @ ..] => is_type(of),
        [b'[', of @ .., b']'] => of.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_'),
        [b'{', of @ .., b'}'] => {
            of.trim_ascii().starts_with(b"get")
                && of.iter().all(|&b| b.is_ascii_alphabetic() || matches!(b, b';' | b' '))
        }
        [b'*'] => rest.starts_with(b"*"),
        [b'A' | b'a', b's', b' ', of @ ..] => is_type(of),
        _ => rest.starts_with(b" ") && TYPES_BEHIND.contains(&written),
    };
    fits.then_some(equals)
}

/// The name that is declared, with its type, on the line that `=` goes on at `equals`.
fn declared(text: &[u8], equals: usize) -> &[u8] {
    let line = line_start(text, equals, NAME_REACH / 2);
    let until = &text[..(equals + 2).min(text.len())];
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

/// Where the line begins that has `at` on it, or `reach` bytes in front of it.
fn line_start(text: &[u8], at: usize, reach: usize) -> usize {
    let from = at.saturating_sub(reach);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1)
}

/// The name on the left side of the assignment that a call at `at` stands on the right of: `key` of
/// `let key = Some(…`, `{ key: String::from(…`.
fn left_side(text: &[u8], at: usize) -> &[u8] {
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

/// Whether a function only hands on what it is given, or stands in for what is missing.
fn wraps(name: &[u8]) -> bool {
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    [
        &b"from"[..],
        b"Some",
        b"unwrap_or",
        b"unwrap_or_else",
        b"byte",
        b"getOrElse",
        b"orElse",
        b"String",
        b"string",
        b"str",
        b"new",
        b"Field",
        b"Just",
        b"Ok",
        b"bytes",
        b"SecretStr",
    ]
    .contains(&last)
}

/// The argument of the call that a method is called on: `API_KEY` of `env::var("API_KEY").unwrap_or("VALUE")`.
fn argument_in_front(text: &[u8], at: usize) -> &[u8] {
    let mut back = Back { text, at, floor: at.saturating_sub(NAME_REACH / 2) };
    let closed = back.skip(|b| b == b')') > 0 && back.skip(|b| matches!(b, b'"' | b'\'')) > 0;
    if closed { back.take(is_name_byte) } else { &[] }
}

/// The option whose default a value is: `add_argument("--api-key", default="VALUE")`.
fn option_of_call(text: &[u8], at: usize) -> &[u8] {
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
fn named_behind(text: &[u8], start: usize) -> &[u8] {
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
fn list_item(text: &[u8], start: usize) -> Option<(&[u8], usize)> {
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

/// Whether `at` stands in a comment that documents code: ` * …`, `/// …`, `#    …`, as examples of use do, or `# Example: …`.
/// A line that was commented out has no more than one blank behind its mark.
#[must_use]
pub fn is_in_manual(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(NAME_REACH);
    let line = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1);
    let line = text[line..at].trim_ascii_start();
    let marked = [&b"* "[..], b"///", b"//!", b"#   ", b"//   ", b"//\t"].iter().any(|mark| line.starts_with(mark));
    let said = line.iter().position(|b| !b"#/*;- \t".contains(b)).filter(|marks| *marks > 0);
    let shows = |text: &[u8]| {
        [&b"example:"[..], b"e.g.", b"usage:"]
            .iter()
            .any(|word| text.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word)))
    };
    marked || said.is_some_and(|marks| shows(&line[marks..]))
}

/// Whether a value is what Pulumi encrypted: `secure: v1:NONCE:VALUE`.
#[must_use]
pub fn is_encrypted(text: &[u8], value: &Range<usize>) -> bool {
    let before = &text[value.start.saturating_sub(64)..value.start];
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |i| i + 1)..];
    line.last() == Some(&b':') && memchr::memmem::find(line, b"secure: v1:").is_some()
}

/// Whether a value is the first argument of a call that deciphers it: `secret_decrypt("VALUE", "NAME_OF_KEY")`.
#[must_use]
pub fn is_deciphered(text: &[u8], value: &Range<usize>) -> bool {
    let quoted = text[..value.start].strip_suffix(b"\"").or_else(|| text[..value.start].strip_suffix(b"'"));
    let call = quoted.and_then(|call| call.strip_suffix(b"\\").unwrap_or(call).strip_suffix(b"("));
    let Some(call) = call else { return false };
    let name = call.len() - call.iter().rev().take(NAME_REACH / 4).take_while(|&&b| is_name_byte(b)).count();
    words_of(&call[name..]).iter().any(|word| matches!(word.as_str(), "decrypt" | "decipher" | "unseal"))
}

/// Whether nothing stands in front of `at` on its line but words that set something.
fn begins_line(text: &[u8], at: usize) -> bool {
    const SETTING: &[&[u8]] = &[
        b"", b"set", b"setx", b"set -x", b"set -gx", b"set -Ux", b"setenv", b"export", b"ENV", b"ARG", b"#define",
        b"%define", b"SetEnv",
    ];
    let from = at.saturating_sub(40);
    let line = memchr::memrchr(b'\n', &text[from..at]).map(|i| from + i + 1);
    line.or((from == 0).then_some(0)).is_some_and(|line| SETTING.contains(&text[line..at].trim_ascii()))
}

/// What the attribute `name` of the tag that ends at `end` says, and where it begins.
fn named_by_tag(text: &[u8], end: usize) -> Option<(&[u8], usize)> {
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
fn named_by_cell(text: &[u8], end: usize) -> Option<(&[u8], usize)> {
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

fn trim_name(name: &[u8]) -> &[u8] {
    let start = name.iter().position(|b| !matches!(b, b'-' | b'.' | b'$')).unwrap_or(name.len());
    &name[start..]
}

fn scheme(word: &[u8]) -> Option<Scheme> {
    const TOKEN: [&str; 7] = ["bearer", "token", "apikey", "geniekey", "ssws", "oauth", "pat"];
    if word.eq_ignore_ascii_case(b"basic") {
        Some(Scheme::Basic)
    } else if TOKEN.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes())) {
        Some(Scheme::Token)
    } else {
        None
    }
}

/// Names that only say that there is a value.
fn says_nothing(name: &[u8]) -> bool {
    ["value", "val", "default", "defaultvalue", "default_value", "text", "data", "content", "str", "string"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word.as_bytes()))
}

/// The name of the list that a value is a later element of: `API_KEYS = ["…", "VALUE"]`, `apiKeys := []string{⏎  "…",⏎
/// "VALUE",`, `API_KEYS=…,VALUE`. Nothing where something else than values stands in front of it.
fn name_of_list(text: &[u8], start: usize, quoted: bool) -> &[u8] {
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
    // `token = ["…", "VALUE"].concat()`: pieces of one value.
    if matches!(name.last(), Some(b's' | b'S')) { name } else { &[] }
}

/// The name in `<add key="NAME" value=`, `- name: NAME⏎  value:`, `{"name": "NAME", "value":`, `<key>NAME</key>`,
/// `variable "NAME" {⏎  default =`: what is assigned to `key`, `name` or `variable` in the 160 bytes before `end`.
fn named_beside(text: &[u8], end: usize) -> &[u8] {
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

/// The call that a quoted value is an argument of, where it is one that signs in or makes a client: `algoliasearch` of
/// `algoliasearch("ID", "VALUE")`, `postmark.ServerClient` of `new postmark.ServerClient("VALUE")`, `Nexmo` of
/// `new Nexmo({ apiSecret: "VALUE" })`.
#[must_use]
pub fn signing_call(text: &[u8], start: usize) -> Option<&[u8]> {
    let mut back = Back { text, at: start, floor: start.saturating_sub(NAME_REACH) };
    let quoted = matches!(back.peek(), Some(b'"' | b'\'' | b'`'));
    if !quoted {
        return None;
    }
    // `appId: "…"`, `url: "…"` among the arguments.
    let front = text[back.floor..start - 1].trim_ascii_end();
    let named = front.ends_with(b":") || front.ends_with(b"=");
    if named && words_of(before(text, start).name).last().is_some_and(|last| HARMLESS_LAST.contains(&&**last)) {
        return None;
    }
    // The bracket that is open here.
    let mut open = 0usize;
    let bracket =
        memchr::memrchr3_iter(b'(', b')', b';', &text[back.floor..start]).find(|&i| match text[back.floor + i] {
            b')' => {
                open += 1;
                false
            }
            b'(' if open > 0 => {
                open -= 1;
                false
            }
            _ => true,
        })?;
    if text[back.floor + bracket] == b';' {
        return None;
    }
    back.at = back.floor + bracket + 1;
    back.at -= 1;
    let name = back.take(|b| is_name_byte(b) || matches!(b, b':' | b'\\'));
    let parts: Vec<&[u8]> = name.split(|b| matches!(b, b'.' | b':' | b'\\')).filter(|part| !part.is_empty()).collect();
    let says = |part: &&&[u8], words: &[&str]| {
        let part = String::from_utf8_lossy(part).to_ascii_lowercase();
        words.iter().any(|word| part.contains(word))
    };
    let last = parts.last()?;
    let made = parts.len() > 1 && says(&&parts[parts.len() - 2], &["client", "api"]) && says(&last, &["create", "new"]);
    // A class is made; a function signs in. What asks for something or changes it is told which: `Status.GetAll`.
    let asks = || words_of(last).first().is_some_and(|first| ASKS.contains(&first.as_str()));
    let signs = parts.len() == 1
        || last[0].is_ascii_uppercase() && !asks()
        || says(&last, &["client", "init", "config", "setup", "auth", "login", "key", "token", "secret", "credential"]);
    (made || signs).then_some(name)
}

/// What the names of functions begin with that are told of what they are to act upon.
const ASKS: &[&str] = &[
    "get", "list", "find", "fetch", "read", "load", "delete", "remove", "update", "edit", "compare", "contains",
    "equal", "equals", "assert", "check", "has", "is", "create", "add", "put", "post", "send",
];

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

/// What a name says about the value assigned to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSays {
    /// It holds a secret: `api_key`, `clientSecret`, `DB_PASSWORD`.
    Secret,
    /// It says nothing, or that the value is none: `token_url`, `public_key`, `cache_key`.
    Nothing,
}

/// Words that end a name which holds no secret, whatever comes before: `token_url`, `secret_name`.
const HARMLESS_LAST: &[&str] = &[
    // Of games.
    "scene",
    "room",
    "door",
    "level",
    "hasher",
    "encoder",
    "identity",
    "allowed",
    "mtime",
    "ctime",
    "id",
    "ids",
    "name",
    "names",
    "url",
    "uri",
    "urls",
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "dir",
    "type",
    "types",
    "hash",
    "hashes",
    "signature",
    "signatures",
    "digest",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "checksum",
    "checksums",
    "version",
    "count",
    "length",
    "len",
    "size",
    "expiry",
    "expires",
    "expiration",
    "ttl",
    "at",
    "date",
    "time",
    "timeout",
    "format",
    "prefix",
    "suffix",
    "regex",
    "regexp",
    "pattern",
    "header",
    "headers",
    "field",
    "fields",
    "param",
    "params",
    "label",
    "labels",
    "title",
    "description",
    "hint",
    "placeholder",
    "endpoint",
    "host",
    "arn",
    "alias",
    "ref",
    "refs",
    "index",
    "limit",
    "class",
    "fingerprint",
    "integrity",
    "revision",
    "commit",
    "tag",
    "tags",
    "etag",
    "template",
    "selector",
    "address",
    "email",
    "user",
    "username",
    "policy",
    "manager",
    "provider",
    "store",
    "error",
    "message",
    "msg",
    "status",
    "state",
    "enabled",
    "required",
    "exists",
    "length",
    "model",
    "module",
    "service",
    "usage",
    "scope",
    "scopes",
    "env",
    "var",
    "variable",
    "input",
    "button",
    "form",
    "page",
    "link",
    "response",
    "request",
    "handler",
    "callback",
    "icon",
    "color",
    "test",
    "tests",
    "spec",
    "case",
    "uuid",
    "guid",
    "jar",
    "zip",
    "json",
    "yml",
    "yaml",
    "xml",
    "js",
    "css",
    "html",
    "png",
    "svg",
];

/// Words that make a name harmless wherever they stand in it.
const HARMLESS_ANYWHERE: &[&str] = &[
    "authenticity",
    "preference",
    "pubkey",
    "public",
    "pub",
    "csrf",
    "xsrf",
    "nonce",
    "cursor",
    "pagination",
    "continuation",
    "cancellation",
    "tokenizer",
    "tokens",
    "primary",
    "foreign",
    "partition",
    "sort",
    "cache",
    "object",
    "idempotency",
    "translation",
    "dedup",
    "lookup",
    "shortcut",
    "row",
    "column",
    "etag",
    "checksum",
    "digest",
    "integrity",
    "encrypted",
    "hashed",
    "sealed",
    "captcha",
    "site",
    "publishable",
    "metrics",
    "unit",
    "next",
    "page",
    "sync",
    "bundle",
    "asset",
    "storage",
    "thumbprint",
    "gpg",
];

/// Words of names whose values look drawn by chance, and are no secrets.
const LOOKS_DRAWN: &[&str] = &[
    "signature",
    "sig",
    "expected",
    "actual",
    "want",
    "got",
    "result",
    "output",
    "data",
    "content",
    "text",
    "body",
    "img",
    "image",
    "src",
    "href",
    "code",
    "cert",
    "certificate",
    "csr",
    "iv",
    "blob",
    "payload",
    "sample",
    "example",
    "base",
    "encoded",
    "decoded",
    "ciphertext",
    "mac",
    "challenge",
    "verifier",
    "video",
    "playlist",
    "track",
    "album",
    "artist",
    "song",
    "doc",
    "document",
    "sheet",
    "spreadsheet",
    "folder",
    "channel",
    "measurement",
    "analytics",
    "project",
    "dsn",
    "invite",
    "cid",
    "did",
    "ipfs",
    "tx",
    "txid",
    "block",
    "wallet",
    "addr",
    "contract",
    "owner",
    "mint",
    "program",
    "slug",
    "hash",
    "hashed",
    "digest",
    "uid",
    "uuid",
    "guid",
    "sha",
    "md",
    "commit",
    "url",
    "path",
    "file",
    "filename",
    "name",
    "alphabet",
    "chars",
    "charset",
    "characters",
    "letters",
    "symbols",
    "prefix",
    "pattern",
    "boundary",
    "cursor",
    "marker",
    "continuation",
    "offset",
    "etag",
    "client",
    "account",
    "identifier",
    "selector",
    "class",
    "classname",
    "query",
    "string",
    "str",
    "input",
    "value",
    "val",
    "fingerprint",
    "salt",
    "seed",
    "word",
    "words",
    "message",
    "msg",
    "id",
    "ids",
    "test",
    "fixture",
    "mock",
    "fake",
    "dummy",
];

/// Words that make a name secret by themselves.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "passwort",
    "requirepass",
    "masterauth",
    "secret",
    "secrets",
    "token",
    "apikey",
    "apitoken",
    "credential",
    "credentials",
    "bearer",
    "authorization",
    "secretkey",
    "accesskey",
    "privatekey",
    "authtoken",
    "accesstoken",
    "clientsecret",
    "appsecret",
    "authkey",
    "authenticationkey",
    "appkey",
    // Session keys of LoRaWAN.
    "nwkkey",
    "nwkskey",
    "appskey",
    "apisecret",
    "masterkey",
    "encryptionkey",
    "signingkey",
    "jwt",
    "pat",
    "psk",
    "authtok",
    "sharedkey",
    "pepper",
    "pass",
    "pw",
];

/// Words in front of `pass` where it is a way through something.
const PASSES: &[&str] = &[
    "first", "second", "third", "single", "two", "multi", "render", "by", "one", "per", "filter", "last", "next",
    "compiler", "shader", "depth", "shadow", "low", "high", "all", "test", "tests", "final", "post", "pre", "forward",
    "backward",
];

/// Endings of words that are written in one: `identitytoken`, `ossrhpassword`, `sessionsecret`.
/// What a password is one of, in words such as `dbpass`; other words end so, too: `compass`, `renderpass`.
const PASS_OF: &[&str] = &[
    "account", "admin", "api", "app", "auth", "basic", "bind", "bot", "cert", "cifs", "connect", "db", "default", "dn",
    "docker", "email", "enc", "ftp", "git", "host", "http", "jdbc", "jenkins", "jks", "key", "ldap", "login", "mail",
    "manager", "mongo", "mqtt", "my", "mysql", "nas", "nexus", "ora", "oracle", "pg", "postgres", "proxy", "rcon",
    "redis", "root", "router", "sasl", "server", "sftp", "smb", "smtp", "sonar", "sql", "ssh", "store", "svc",
    "tomcat", "trust", "user", "vpn", "web", "wifi", "wlan", "wpa", "zip",
];

const SECRET_ENDING: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "apikey", "pwd"];

/// Words that make `key` secret when they stand before it: `api_key`, `access key`.
const SECRET_KEY: &[&str] = &[
    "api",
    "access",
    "auth",
    "private",
    "secret",
    "encryption",
    "signing",
    "sign",
    "master",
    "account",
    "shared",
    "service",
    "admin",
    "app",
    "application",
    "license",
    "licence",
    "integration",
    "write",
    "ingest",
    "deploy",
    "subscription",
    "session",
    "jwt",
    "hmac",
    "crypt",
    "fernet",
    "cipher",
    "aes",
    "server",
    "root",
    "user",
    "rest",
    "management",
    "x",
    "sas",
    "cookie",
    "validation",
    "upgrade",
    "des",
    "preshared",
];

/// Judges a name.
#[must_use]
pub fn name_says(name: &[u8]) -> NameSays {
    if !may_be_secret(name) {
        return NameSays::Nothing;
    }
    // Only the last part of a path of names speaks for the value, unless it is too short to say anything.
    let words = words_of(name);
    let Some(last) = words.last() else { return NameSays::Nothing };
    // `cookie_hash_key`: what gorilla's cookies are signed with.
    let signs = || ["hash", "block"].iter().any(|kind| words.ends_with(&[*kind, "key"].map(str::to_owned)));
    if words.iter().any(|word| word == "cookie") && signs() {
        return NameSays::Secret;
    }
    // `WTF_CSRF_SECRET_KEY` signs what the tokens of forms are, which are none themselves.
    if words.ends_with(&["csrf", "secret", "key"].map(str::to_owned)) {
        return NameSays::Secret;
    }
    if HARMLESS_LAST.contains(&last.as_str()) || words.iter().any(|word| HARMLESS_ANYWHERE.contains(&word.as_str())) {
        return NameSays::Nothing;
    }
    let joined = |word: &String| {
        SECRET_ENDING.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
            && !HARMLESS_ANYWHERE.iter().any(|harmless| word.starts_with(harmless))
            || word.strip_suffix("pass").is_some_and(|of| PASS_OF.contains(&of))
    };
    // The second of a row of passes is none that opens something.
    let counted = words.windows(2).any(|pair| pair[1] == "pass" && PASSES.contains(&pair[0].as_str()));
    if counted {
        return NameSays::Nothing;
    }
    // The public half of a pair, which browsers ask push services with: https://www.w3.org/TR/push-api/.
    if words.ends_with(&["application", "server", "key"].map(str::to_owned)) {
        return NameSays::Nothing;
    }
    // Algolia's keys that only search stand in every page that searches.
    if words.windows(2).any(|pair| pair == ["search", "only"]) {
        return NameSays::Nothing;
    }
    // `x-apisports-key`: a header of HTTP that a provider made up.
    let header = words.len() > 2 && words[0] == "x" && last == "key";
    let cookie = words.windows(2).any(|pair| pair == ["secure", "cookie"]);
    let secret = header
        || cookie
        || words == ["auth"]
        || words.iter().any(|word| SECRET.contains(&word.as_str()) || joined(word))
        || words
            .windows(2)
            .any(|pair| matches!(pair[1].as_str(), "key" | "keys") && SECRET_KEY.contains(&pair[0].as_str()));
    if secret { NameSays::Secret } else { NameSays::Nothing }
}

/// Whether a name says that its value tells one thing from others: `eventID`, `ref`, `etag`.
#[must_use]
pub fn names_an_id(name: &[u8]) -> bool {
    const LAST: &[&str] = &[
        "id",
        "ids",
        "uuid",
        "guid",
        "uid",
        "ref",
        "head",
        "base",
        "tag",
        "from",
        "to",
        "parent",
        "nonce",
        "version",
        "etag",
        "cursor",
        "url",
        "uri",
        "path",
        "name",
        "ixid",
        "signature",
    ];
    words_of(name).last().is_some_and(|last| LAST.contains(&last.as_str()))
}

/// Whether a name has one of the beginnings of [`SECRET`], or a `key`. Most names have none, and taking them apart takes
/// long.
fn may_be_secret(name: &[u8]) -> bool {
    const STARTS: [[u8; 3]; 13] = [
        *b"pas", *b"pwd", *b"sec", *b"tok", *b"key", *b"cre", *b"bea", *b"aut", *b"jwt", *b"pat", *b"psk", *b"api",
        *b"pep",
    ];
    let short = name.last_chunk::<2>().is_some_and(|last| last.eq_ignore_ascii_case(b"pw"));
    short
        || name.windows(3).any(|three| {
            let three = [0, 1, 2].map(|i| three[i].to_ascii_lowercase());
            STARTS.contains(&three)
        })
}

/// The words of an identifier in lower case: split at marks, at changes of case, and before digits.
fn words_of(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &b) in name.iter().enumerate() {
        let previous = i.checked_sub(1).map(|i| name[i]);
        let next = name.get(i + 1);
        let starts = b.is_ascii_uppercase()
            && (previous.is_some_and(|p| p.is_ascii_lowercase() || p.is_ascii_digit())
                || (previous.is_some_and(|p| p.is_ascii_uppercase()) && next.is_some_and(u8::is_ascii_lowercase)));
        if (starts || !b.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if b.is_ascii_alphanumeric() {
            word.push(b.to_ascii_lowercase() as char);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    // `key2`, `password1`: the number says nothing.
    words.retain(|word| !word.bytes().all(|b| b.is_ascii_digit()));
    for word in &mut words {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if letters >= 3 && !word.starts_with("sha") && !word.starts_with("md") {
            word.truncate(letters);
        }
    }
    words
}

/// What a path says about the keys in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSays {
    /// Nothing.
    Nothing,
    /// It is a manual, or a wiki with passwords in it.
    Manual,
    /// It is a test, a fixture or an example.
    Test,
}

/// What a path says: keys in tests, fixtures, examples and documentation are mostly made up, so what is found by name and
/// randomness alone counts for less there. Never a reason for silence.
#[must_use]
pub fn path_says(path: &str) -> PathSays {
    const MANUALS: &[&str] = &["doc", "docs", "documentation", "guide", "guides"];
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "testing",
        "testdata",
        "fixture",
        "fixtures",
        "spec",
        "specs",
        "mock",
        "mocks",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "e2e",
        "tutorial",
        "tutorials",
        "cypress",
        "snapshots",
        "cassettes",
    ];
    const FILES: &[&str] = &["test", "tests", "spec"];
    // Packages that projects begin with: `com/example`, and what stands below the main sources of one.
    const BEGUN: &[&str] = &["example", "examples", "demo", "demos", "sample", "samples"];
    const DOMAINS: &[&str] = &["com", "org", "net", "io", "dev"];
    let (above, file) = path.rsplit_once(['/', '!']).unwrap_or(("", path));
    let folders: Vec<&str> = above.split(['/', '!']).collect();
    let main = folders.windows(2).position(|pair| pair == ["src", "main"]).map_or(folders.len(), |at| at + 2);
    let is_package =
        |at: usize, word: &str| BEGUN.contains(&word) && (at >= main || at > 0 && DOMAINS.contains(&folders[at - 1]));
    // `x_test.go`, `x.spec.ts`, `FooTests.java`, `test_x.py`: the first word or the last one before the extension.
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = words_of(stem.as_bytes());
    let is_test = |word: Option<&String>| word.is_some_and(|word| FILES.contains(&word.as_str()));
    let within = |list: &[&str]| {
        folders.iter().enumerate().any(|(at, folder)| {
            let words = words_of(folder.as_bytes());
            words.iter().any(|word| list.contains(&word.as_str()) && !is_package(at, word))
        })
    };
    if words.len() > 1 && (is_test(words.first()) || is_test(words.last())) || within(FOLDERS) {
        PathSays::Test
    } else if within(MANUALS) && !is_note_of_passwords(file) {
        PathSays::Manual
    } else {
        PathSays::Nothing
    }
}

/// `docs/Zugangsdaten.txt`, `docs/passwords.xlsx`: whether a file is one that somebody keeps passwords in, where manuals
/// of a project stand. Chapters of a manual have other endings.
fn is_note_of_passwords(file: &str) -> bool {
    const WORDS: &[&str] = &[
        "zugang",
        "zugänge",
        "zugaenge",
        "password",
        "passwort",
        "passwör",
        "passwoer",
        "kennwort",
        "kennwör",
        "kennwoer",
        "credential",
        "logins",
        "contrase",
        "accesos",
        "senhas",
        "mots-de-passe",
        "mots_de_passe",
        "парол",
        "haslo",
        "hesla",
    ];
    const ENDINGS: &[&str] = &["txt", "csv", "tsv", "xlsx", "ods", "docx", "odt", "log", "eml"];
    let Some((stem, ending)) = file.rsplit_once('.') else { return false };
    let stem = stem.to_lowercase();
    ENDINGS.contains(&ending.to_lowercase().as_str()) && WORDS.iter().any(|word| stem.contains(word))
}

/// Whether a path is that of a file of translations: what stands there under the names of passwords and secrets is what
/// these are called in some language.
#[must_use]
pub fn is_translation(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "locale",
        "locales",
        "lang",
        "langs",
        "language",
        "languages",
        "i18n",
        "l10n",
        "intl",
        "translation",
        "translations",
        "messages",
        "localization",
        "localisation",
        "nls",
    ];
    const FILES: &[&str] = &["messages", "strings", "localizable", "translation", "translations", "locale", "labels"];
    const FORMS: &[&str] = &[
        "json",
        "json5",
        "yml",
        "yaml",
        "properties",
        "po",
        "pot",
        "ini",
        "php",
        "inc",
        "xml",
        "strings",
        "ts",
        "js",
        "mjs",
        "rb",
        "resx",
        "xlf",
        "xliff",
        "arb",
        "lang",
        "csv",
        "toml",
        "ftl",
    ];
    let (above, file) = path.rsplit_once(['/', '!']).unwrap_or(("", path));
    let Some((stem, form)) = file.rsplit_once('.') else { return false };
    let stem = stem.split(['_', '-', '.']).next().unwrap_or_default().to_ascii_lowercase();
    let is_folder = |folder: &str| {
        let folder = folder.to_ascii_lowercase();
        // `values-pt-rPT`: resources of Android in a language.
        let values = form == "xml" && folder.starts_with("values-");
        FOLDERS.contains(&folder.trim_start_matches('_')) || folder.ends_with(".lproj") || values
    };
    FORMS.contains(&form.to_ascii_lowercase().as_str())
        && (FILES.contains(&stem.as_str()) || above.split(['/', '!']).any(is_folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_forms_that_code_has() {
        for (text, name) in [
            ("api_key = \"VALUE\"", "api_key"),
            ("api_key=VALUE", "api_key"),
            ("\"apiKey\": \"VALUE\"", "apiKey"),
            ("{\\\"apiKey\\\": \\\"VALUE\\\"}", "apiKey"),
            ("apiKey: VALUE", "apiKey"),
            ("api-key: >-\n    VALUE", "api-key"),
            ("export API_KEY='VALUE'", "API_KEY"),
            ("os.environ[\"API_KEY\"] = \"VALUE\"", "API_KEY"),
            ("os.getenv('API_KEY', 'VALUE')", "API_KEY"),
            ("client.setApiKey(\"VALUE\")", "client.setApiKey"),
            ("apiKey := \"VALUE\"", "apiKey"),
            (":api_key => 'VALUE'", "api_key"),
            ("<apiKey>VALUE</apiKey>", "apiKey"),
            ("<string name=\"apiKey\">VALUE</string>", "apiKey"),
            ("<string name=\"apiKey\" translatable=\"false\">VALUE</string>", "apiKey"),
            ("define('API_KEY', 'VALUE');", "API_KEY"),
            ("--api-key VALUE", "api-key"),
            ("--api-key=VALUE", "api-key"),
            ("X-Api-Key: VALUE", "X-Api-Key"),
            ("const apiKey: string = `VALUE`", "string"),
            ("api_key =\n    \"VALUE\"", "api_key"),
            ("api_key <- \"VALUE\"", "api_key"),
            ("process.env.API_KEY || 'VALUE'", "process.env.API_KEY"),
            ("set -gx DEPLOY_TOKEN VALUE", "DEPLOY_TOKEN"),
            ("proxy_set_header X-Internal-Token \"VALUE\"", "X-Internal-Token"),
            ("let api_key = b\"VALUE\";", "api_key"),
        ] {
            let found = before(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert_eq!(String::from_utf8_lossy(found.name), name, "{text}");
        }
        for text in [
            "const api_key string = \"VALUE\"",
            "var api_key []byte = \"VALUE\"",
            "const api_key: &'static str = \"VALUE\";",
            "const api_key: Option<&str> = Some(\"VALUE\");",
            "Config { api_key: String::from(\"VALUE\") }",
            "public string api_key { get; set; } = \"VALUE\";",
            "const char api_key[] = \"VALUE\";",
            "char api_key[64] = \"VALUE\";",
            "const api_key: []const u8 = \"VALUE\";",
            "const api_key* = \"VALUE\"",
            "api_key?: string = \"VALUE\";",
            "const api_key: string | undefined = \"VALUE\";",
            "api_key: Annotated[str, Field()] = \"VALUE\"",
            "api_key: str | None = \"VALUE\"",
            "api_key: str = Field(default=\"VALUE\")",
            "Private Const api_key As String = \"VALUE\"",
            "let api_key = env::var(\"X\").unwrap_or_else(|_| \"VALUE\".into());",
            "env::var(\"api_key\").unwrap_or(\"VALUE\".into())",
            "api_key = os.environ.get('X') or \"VALUE\"",
            "parser.add_argument(\"--api_key\", type=str, default=\"VALUE\")",
            "@click.option('-k', '--api_key', default='VALUE')",
            "Key string `env:\"api_key\" default:\"VALUE\"`",
            "#[arg(long, default_value = \"VALUE\")] api_key: String,",
            "{\"value\": \"VALUE\", \"key\": \"api_key\"}",
            "api_key() { return \"VALUE\"; }",
            "def api_key(self) -> str:\n    return 'VALUE'",
            "fun api_key(): String = \"VALUE\"",
            "const api_key = () => 'VALUE';",
            "func api_key() string {\n\treturn \"VALUE\"\n}",
            "fn api_key() -> &'static str { \"VALUE\" }",
            "var api_key: String { return \"VALUE\" }",
            "[request setValue:@\"VALUE\" forHTTPHeaderField:@\"api_key\"];",
            "request.addValue(\"VALUE\", forHTTPHeaderField: \"api_key\")",
        ] {
            let found = before(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert!(found.assigned && [found.name, found.outer].contains(&&b"api_key"[..]), "{text}: {found:?}");
        }
        // What takes an argument does something with it.
        for text in ["api_key(user) { return \"VALUE\"; }", "api_key() { x(); return \"VALUE\"; }"] {
            let found = before(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert_eq!(found.outer, b"", "{text}");
        }
        for (text, name) in [
            ("token = (\n    \"VALUE\"\n)", "token"),
            ("{\"api_keys\": [\"VALUE\"]}", "api_keys"),
            ("mapOf(\"apiKey\" to \"VALUE\")", "apiKey"),
            ("Map(\"apiKey\" -> \"VALUE\")", "apiKey"),
            ("data=\"{&quot;api_key&quot;:&quot;VALUE&quot;}\"", "api_key"),
            ("args:\n  - --api-key\n  - VALUE", "api-key"),
            ("api_keys:\n  # old\n  - other\n  - VALUE", "api_keys"),
            ("#   # glossary_ids:\n#   #   - other\n#   #   - VALUE", "glossary_ids"),
            ("api_keys:\n- \"VALUE\"", "api_keys"),
            ("\"AWS::ApiGateway::ApiKey\": \"VALUE\"", ""),
            ("API_KEYS = [\"VALUE\"]", "API_KEYS"),
            // The key of an object is not what that is assigned to.
            ("\"SecretVersions\": {\n  \"VALUE\": [\"CURRENT\"]", ""),
            ("let token = [\"VALUE\", \"x\"].concat();", ""),
        ] {
            let found = before(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert_eq!(String::from_utf8_lossy(found.name), name, "{text}");
            assert!(found.assigned, "{text}");
        }
        let text = "const apiKey: string = `VALUE`";
        assert_eq!(before(text.as_bytes(), 24).outer, b"apiKey");
        let text = "- name: API_KEY\n  value: VALUE";
        assert_eq!(before(text.as_bytes(), text.len() - 5).outer, b"API_KEY");
        let text = "<add key=\"ApiKey\" value=\"VALUE\"/>";
        assert_eq!(before(text.as_bytes(), 25).outer, b"ApiKey");
        let text = "<key>ApiKey</key>\n<string>VALUE</string>";
        assert_eq!(before(text.as_bytes(), text.find("VALUE").unwrap_or(0)).outer, b"ApiKey");
        let text = "variable \"api_key\" {\n  type = string\n  default = \"VALUE\"\n}";
        assert_eq!(before(text.as_bytes(), text.find("VALUE").unwrap_or(0)).outer, b"api_key");
        for (text, announced) in [("--api-key VALUE", true), ("secret VALUE", true), ("the token VALUE", false)] {
            let found = before(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert_eq!(found.is_announced(text.as_bytes()), announced, "{text}");
        }
        // The end of a line of base64, which has a name in it by chance.
        let text = format!("{}/apiKey+\n VALUE", "k7Vt".repeat(12));
        assert_eq!(before(text.as_bytes(), text.len() - 5).name, b"");
        let text = "-H \"Authorization: Bearer VALUE\"";
        assert_eq!(before(text.as_bytes(), 26).scheme, Some(Scheme::Token));
        assert_eq!(before(text.as_bytes(), 26).name, b"Authorization");
    }

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

    #[test]
    fn calls_that_sign_in_are_known() {
        for (text, call) in [
            ("new postmark.ServerClient(\"VALUE\")", Some("postmark.ServerClient")),
            ("algoliasearch('ID', 'VALUE')", Some("algoliasearch")),
            ("new Nexmo({\n  apiKey: 'a',\n  apiSecret: 'VALUE',", Some("Nexmo")),
            ("SearchClient::create('ID', f(1), 'VALUE')", Some("SearchClient::create")),
            ("contentful.getEntry('VALUE')", None),
            ("github.Repository.Status.GetAll(\n  \"owner\",\n  \"VALUE\")", None),
            ("github.Credentials.Create(\"VALUE\")", None),
            ("stripe.CreateClient(\"VALUE\")", Some("stripe.CreateClient")),
            ("let a = 'VALUE'", None),
        ] {
            let found = signing_call(text.as_bytes(), text.find("VALUE").unwrap_or(0));
            assert_eq!(found.map(String::from_utf8_lossy).as_deref(), call, "{text}");
        }
    }

    #[test]
    fn what_a_call_deciphers_is_encrypted() {
        for (text, deciphered) in [
            ("key <- secret_decrypt(\"VALUE\", \"NAME\")", true),
            ("decryptPassword('VALUE')", true),
            ("\"decrypt(\\\"VALUE\\\")\"", true),
            ("key = encrypt(\"VALUE\")", false),
            ("decrypt(data, \"VALUE\")", false),
            ("DECRYPT_KEY = \"VALUE\"", false),
        ] {
            let start = text.find("VALUE").unwrap_or(0);
            assert_eq!(is_deciphered(text.as_bytes(), &(start..start + 5)), deciphered, "{text}");
        }
    }

    #[test]
    fn names_say_whether_a_value_is_secret() {
        for name in [
            "api_key",
            "apiKey",
            "STRIPE_API_KEY",
            "clientSecret",
            "db.password",
            "ACCESS_TOKEN",
            "x-api-key",
            "identitytoken",
            "DB_PASS",
        ] {
            assert_eq!(name_says(name.as_bytes()), NameSays::Secret, "{name}");
        }
        for name in [
            "key",
            "token_url",
            "publicKey",
            "secretName",
            "cache_key",
            "nextPageToken",
            "sha256",
            "tokenizer",
            "bypass",
        ] {
            assert_eq!(name_says(name.as_bytes()), NameSays::Nothing, "{name}");
        }
    }

    #[test]
    fn every_secret_name_passes_the_first_look() {
        for word in SECRET.iter().chain(&["key", "keys"]) {
            assert!(may_be_secret(word.as_bytes()), "{word}");
            assert!(may_be_secret(format!("X_{}", word.to_ascii_uppercase()).as_bytes()), "{word}");
        }
        assert!(!may_be_secret(b"integrity"));
    }

    #[test]
    fn translations_are_known_by_their_paths() {
        for path in [
            "res/lang/de/user.php",
            "src/locales/ko.json",
            "conf/locale/locale_pt-PT.ini",
            "app/_locales/cs/messages.json",
            "src/main/resources/messages_fr.properties",
            "ios/pl.lproj/Localizable.strings",
            "src/main/res/values-pt-rPT/04-network.xml",
        ] {
            assert!(is_translation(path), "{path}");
        }
        for path in
            ["java/lang/Key.java", "src/locale.rs", "config/prod.yml", "lang/README.md", "locale", "slang/a.json"]
        {
            assert!(!is_translation(path), "{path}");
        }
    }

    #[test]
    fn tests_and_manuals_are_known_by_their_paths() {
        for path in
            ["tests/a.py", "src/x_test.go", "a/FooTests.java", "docs/tests/b.md", "a.zip!/spec/x.rb", "test_x.py"]
        {
            assert_eq!(path_says(path), PathSays::Test, "{path}");
        }
        for path in ["docs/use.md", "a/doc/b.txt", "user-guide/a.md"] {
            assert_eq!(path_says(path), PathSays::Manual, "{path}");
        }
        for path in ["src/contest.py", "latest/x.go", "src/attestation.rs", "config/prod.yml", "README.md"] {
            assert_eq!(path_says(path), PathSays::Nothing, "{path}");
        }
        // Packages that projects begin with.
        for path in ["src/main/java/com/demo/util/Jwt.java", "app/kotlin/com/example/App.kt", "x/src/main/demo/a.yml"] {
            assert_eq!(path_says(path), PathSays::Nothing, "{path}");
        }
        for path in ["example/src/main/java/com/acme/A.java", "src/main/java/com/acme/test/A.java", "src/demo/a.js"] {
            assert_eq!(path_says(path), PathSays::Test, "{path}");
        }
    }
}
