//! Secrets made of words that tokens and sessions are signed with.

use super::is_address;
use super::template::is_template;
use super::usual::{is_key_of_message, letter_meant};

/// Words of which people make secrets that tokens and sessions are signed with, without which nothing is left of those
/// that manuals have: `mySuperSecretKey`. Longer ones first, so that none is left in pieces.
const FILLERS: &[&str] = &[
    "authentication",
    "authorization",
    "application",
    "credentials",
    "encryption",
    "jsonwebtoken",
    "production",
    "characters",
    "development",
    "signature",
    "password",
    "security",
    "webtoken",
    "signing",
    "private",
    "session",
    "default",
    "express",
    "backend",
    "refresh",
    "nobody",
    "random",
    "secret",
    "secure",
    "string",
    "cookie",
    "access",
    "server",
    "please",
    "strong",
    "client",
    "should",
    "really",
    "256bit",
    "super",
    "shhhh",
    "token",
    "nodejs",
    "local",
    "knows",
    "using",
    "extra",
    "value",
    "hs256",
    "hs512",
    "auth",
    "hash",
    "hmac",
    "json",
    "keys",
    "long",
    "pass",
    "safe",
    "shhh",
    "sign",
    "that",
    "this",
    "very",
    "with",
    "node",
    "prod",
    "more",
    "than",
    "must",
    "have",
    "jwt",
    "key",
    "app",
    "web",
    "for",
    "the",
    "and",
    "top",
    "not",
    "dev",
    "bit",
    "shh",
    "my",
    "is",
];

/// What stands in manuals where such a secret would, and is filled in later.
const FILLED_IN: &[&str] = &[
    "your",
    "change",
    "example",
    "placeholder",
    "replace",
    "insert",
    "dummy",
    "sample",
    "test",
    "demo",
    "fake",
    "xxx",
    "todo",
    "foo",
    "keyboard cat",
    "keyboardcat",
    "here",
    "config",
    "process.",
    "env",
    "undefined",
    "12345",
    "abcde",
    "qwerty",
    "lorem",
];

/// Whether a secret for signatures is made of words and has something of its own among them, so that somebody chose it:
/// `thisIsMySecretKeyOfTheBakery`, `tulip-elephant-7`, and neither `mySuperSecretKey` nor `your-256-bit-secret`. To
/// be asked where the text says that such a secret stands.
#[must_use]
pub fn is_worded_secret(value: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(value).to_ascii_lowercase();
    let read: String = lower.chars().map(|c: char| if c.is_ascii_digit() { letter_meant(c) } else { c }).collect();
    let own = |text: &str| {
        let rest = FILLERS.iter().fold(text.to_owned(), |rest, word| rest.replace(word, " "));
        rest.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| piece.len() >= 4).map(str::len).sum::<usize>()
    };
    // `pref_session_secret`: what joins the words of names joins those of others when they are many.
    let joined = value.iter().any(|b| matches!(b, b'_' | b'.'));
    let name = value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b'.'))
        && value.len() < if joined { 26 } else { 18 };
    (16..=100).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && !value.iter().any(|b| b"<>{}()[]/\\:;=".contains(b))
        && !name
        && !FILLED_IN.iter().any(|word| lower.contains(word))
        && own(&lower) >= 4
        && own(&read) >= 4
        && !is_template(value)
        && !is_address(value)
        && !is_key_of_message(value)
        // `JWT_SIGNING_KEY_V2`: the name of a constant.
        && value.iter().any(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_made_of_words_are_told_from_those_of_manuals() {
        for words in [
            &["This", "Is", "The", "Secret", "Key", "Of", "The", "Bakery"][..],
            &["keyboard", "-elephant", "-7"],
            &["my", "super", "secret", "shop", "key", "7"],
        ] {
            assert!(is_worded_secret(words.concat().as_bytes()), "{words:?}");
        }
        for value in [
            "mySuperSecretJwtKey",
            "your-256-bit-secret",
            "this-is-a-very-long-secret",
            "ChangeThisSecretKeyInProduction",
            "config.jwt.signing.secret",
            "JWT_SIGNING_KEY_OF_BAKERY",
            "keyboard cat keyboard cat",
            "application-credentials",
            "pref_session_secret",
        ] {
            assert!(!is_worded_secret(value.as_bytes()), "{value}");
        }
    }
}
