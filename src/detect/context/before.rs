//! What stands in front of a value: the name it is assigned to, and how.

use super::NAME_REACH;
use super::back::{Back, is_blank, is_name_byte, trim_name};
use super::declared::{cast_len, declared, left_side, name_of_choice, returning};
use super::elsewhere::{
    argument_in_front, header_behind, list_item, name_of_list, named_behind, named_beside, named_by_cell, named_by_tag,
    option_of_call,
};
use super::line::begins_line;
use super::name::{NameSays, name_says};
use crate::detect::rule::anchor::is_key_byte;

/// A line that has no more than base64 on it has at least so many characters, but for the last one.
const BASE64_LINE: usize = 48;

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
        // b"…", r#"…", L"…", @"…", f"…", N'…': marks of string literals.
        let mark = back.at;
        if back.skip(|b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'L' | b'@' | b'#' | b'R' | b'B' | b'N')) > 2
            || back.peek().is_some_and(is_name_byte)
        {
            back.at = mark;
        }
    }
    // `s:7:"api_key";s:32:"VALUE";`, as PHP serializes arrays.
    let serialized = found.quoted && text[back.floor..back.at].ends_with(b":") && {
        let mark = back.at;
        back.at -= 1;
        let digits = back.skip(|b| b.is_ascii_digit());
        let behind = digits > 0 && text[back.floor..back.at].ends_with(b";s:");
        back.at = if behind { back.at - 3 } else { mark };
        behind
    };
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
    // `set api_key to "VALUE"` of AppleScript: the name ends in front of `to`, and `set` stands in front of it.
    let set = found.quoted && gap > 0 && is_set_to(&text[back.floor..back.at]);
    if set {
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
    found.assigned = separators > 0 || fallback || paired || set || serialized;
    // `key: production⏎  ? "VALUE"⏎  : "…"`.
    if found.quoted && matches!(separated, b"?" | b":") && begins_line(text, back.at) {
        found.name = name_of_choice(text, back.at);
        return found;
    }
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
    // `7,password-book,VALUE`: a field of a table is no name of the one behind it, nor is the end of the line above.
    if !found.quoted && separated == b"," && (above || text[..found.start].ends_with(b",")) {
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
            // `android:name="API_KEY" android:value="VALUE"`: a prefix of names, and no name of its own.
            if found.outer == b"android" {
                found.outer = &[];
            }
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

/// A quotation mark in an attribute of HTML.
const QUOTE_ENTITY: &[u8] = b"&quot;";

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

/// Whether a text ends with `set …name… to`.
fn is_set_to(text: &[u8]) -> bool {
    let Some(front) = text.strip_suffix(b" to") else { return false };
    let name = front.iter().rev().take_while(|&&b| is_name_byte(b)).count();
    name > 0 && front[..front.len() - name].ends_with(b"set ")
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
            ("set api_key to \"VALUE\"", "api_key"),
            ("s:7:\"api_key\";s:5:\"VALUE\";", "api_key"),
            ("s:7:\\\"api_key\\\";s:5:\\\"VALUE\\\";", "api_key"),
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
            "api_key CONSTANT VARCHAR2(60) := 'VALUE';",
            "DECLARE @api_key nvarchar(50) = N'VALUE'",
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
            ("api_key: production\n  ? 'VALUE'\n  : 'other',", "api_key"),
            ("const apiKey = env === 'x'\n  ? 'other'\n  : 'VALUE';", "apiKey"),
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
        // What the line above ends with in a list of words.
        let text = "ACCESS_TOKEN \"access-token\",\n    VALUE";
        assert_eq!(before(text.as_bytes(), text.len() - 5).name, b"");
        // The end of a line of base64, which has a name in it by chance.
        let text = format!("{}/apiKey+\n VALUE", "k7Vt".repeat(12));
        assert_eq!(before(text.as_bytes(), text.len() - 5).name, b"");
        let text = "-H \"Authorization: Bearer VALUE\"";
        assert_eq!(before(text.as_bytes(), 26).scheme, Some(Scheme::Token));
        assert_eq!(before(text.as_bytes(), 26).name, b"Authorization");
    }
}
