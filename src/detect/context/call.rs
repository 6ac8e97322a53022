//! Calls that a value is an argument of: those that sign in, and those that decipher.

use std::ops::Range;

use super::NAME_REACH;
use super::back::{Back, is_name_byte};
use super::before::before;
use super::name::{HARMLESS_LAST, words_of};

/// Whether a value is the first argument of a call that deciphers it: `secret_decrypt("VALUE", "NAME_OF_KEY")`.
#[must_use]
pub fn is_deciphered(text: &[u8], value: &Range<usize>) -> bool {
    let quoted = text[..value.start].strip_suffix(b"\"").or_else(|| text[..value.start].strip_suffix(b"'"));
    let call = quoted.and_then(|call| call.strip_suffix(b"\\").unwrap_or(call).strip_suffix(b"("));
    let Some(call) = call else { return false };
    let name = call.len() - call.iter().rev().take(NAME_REACH / 4).take_while(|&&b| is_name_byte(b)).count();
    words_of(&call[name..]).iter().any(|word| matches!(word.as_str(), "decrypt" | "decipher" | "unseal"))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
