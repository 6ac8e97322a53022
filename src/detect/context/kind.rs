//! What kind of name stands in front of a value: a constant, a variable, a parameter of an address.

use super::NAME_REACH;
use super::before::Before;
use super::name::{HARMLESS_ANYWHERE, HARMLESS_LAST, names_an_id, words_of};

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
}

/// Whether a word names what everybody knows by its key: a spreadsheet by that in its address, who governs a program of a
/// blockchain by the public one.
fn is_named_by_key(word: &str) -> bool {
    matches!(word, "sheet" | "spreadsheet" | "authority")
}

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
