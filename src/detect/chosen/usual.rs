//! Passwords that manuals and test set-ups have, and what stands in their place: names, messages, rules.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::drawn::{has_drawn_letters, is_drawn, is_drawn_with_marks};
use crate::detect::placeholder;
use crate::detect::within::{Within, automaton};

/// Passwords that stand in manuals and test set-ups. Digits are read as the letters that they are written for.
pub(super) const USUAL: &[&str] = &[
    "pw",
    "pwd",
    "user",
    "username",
    "test",
    "testing",
    "foo",
    "bar",
    "baz",
    "token",
    "key",
    "admin",
    "root",
    "postgres",
    "guest",
    "mysql",
    "redis",
    "mongo",
    "rabbitmq",
    "hunter2",
    "abc",
    "abc123",
    "123",
    "1234",
    "12345",
    "123456",
    "toor",
    "demo",
    "default",
    "none",
    "null",
    "api",
    "apikey",
    "word",
    "test123",
    "admin123",
    "minioadmin",
    // The password of archives of malware, and what GitHub takes for one beside a token.
    "infected",
    "x-oauth-basic",
    "anonymous",
    "sekrit",
    "geheim",
];

/// What passwords of manuals and test set-ups have in them, and hardly any other one. Of letters alone, as digits and
/// marks are read as the letters that they are written for.
pub(super) const WITHIN: &[&str] = &[
    "assword",
    "passwort",
    "passwd",
    "passphrase",
    "secret",
    "example",
    "changeme",
    "changeit",
    "mypass",
    "testpass",
    "xxx",
    "foobar",
    "barfoo",
    "dummy",
    "sample",
    "insert",
    "replace",
    "entery",
    "enter_",
    "enter-",
    "yourp",
    "testing",
    "correcthorse",
    "notreal",
    "pazzw",
    // Names of what goes with it.
    "token",
    "apikey",
    // What Crowdin puts in for a translation.
    "crwdn",
    // What translations say beside the field of a password.
    "kennwort",
    "wachtwoord",
    "contras",
    "senha",
    "heslo",
    "haslo",
    "parola",
    "salas",
    "jelsz",
    "slapta",
    "lykilor",
    "pasahitz",
    "katasandi",
    "nenosiri",
    "senord",
    "adgangskode",
    "passord",
    "lozinka",
    "palavra",
    "motdepass",
    "mot_de_pass",
];

/// Words that many people have in their passwords. Those who use them have more letters beside them.
pub(super) const LIKED: &[&str] = &[
    "letmein", "qwerty", "welcome", "hello", "hunter", "abcde", "asdf", "monkey", "dragon", "iloveyou", "whatever",
    "secure",
];

/// Those of [`WITHIN`], those of [`LIKED`], and both.
static FEIGNED: Within = Within::new(|| automaton(WITHIN));
static LIKES: Within = Within::new(|| automaton(LIKED));
pub(super) static COMMON: Within = Within::new(|| automaton(WITHIN.iter().chain(LIKED)));

/// Whether a password is one that manuals and test set-ups have, or no more than a word.
#[must_use]
pub fn is_usual(password: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let read: String = lower.chars().map(letter_meant).collect();
    let varied = password.iter().any(|b| !b.is_ascii_alphabetic()) && password.iter().any(u8::is_ascii_alphabetic);
    USUAL.contains(&lower.as_str())
        || placeholder::reason(password).is_some()
        || FEIGNED.any_in(password)
        || FEIGNED.any_in(read.as_bytes()) && WITHIN.iter().any(|word| is_little_more(&lower, &read, word))
        || (LIKES.any_in(password) || LIKES.any_in(read.as_bytes()))
            && LIKED.iter().any(|word| [&lower, &read].into_iter().any(|text| is_little_more(&lower, text, word)))
        || ["pass", "admin", "test", "demo", "user", "root"].iter().any(|word| {
            // Who writes digits for letters has chosen a password, and mostly another word for it as well.
            lower.starts_with(word) || read.starts_with(word) && is_little_more(&lower, &read, word)
        })
        || lower.strip_prefix("key").is_some_and(|rest| !rest.bytes().any(|b| b.is_ascii_alphabetic()))
        // API_TOKEN, PASSWORD_2: the name of what belongs there.
        || !password.iter().any(u8::is_ascii_lowercase) && password.contains(&b'_')
        || !varied && !is_drawn(password) && !has_drawn_letters(password)
        || password.len() < 6
        // `svc/orders/signing/2023`: where it is kept.
        || password.iter().filter(|b| **b == b'/').count() >= 2
            && password.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'_'))
            && password.split(|b| *b == b'/').all(|name| !is_drawn(name))
        // `/search?query=word`: an address without its host.
        || password[0] == b'/' && password.contains(&b'?') && password.contains(&b'=')
        || is_key_of_message(password)
        // `anthropic-key`: what is meant to stand there.
        || ["-key", "_key", ".key"].iter().any(|end| lower.ends_with(end))
            && !password.iter().any(u8::is_ascii_digit)
            && !is_drawn_with_marks(password)
        || is_validation(&lower)
        || is_sum_of_names(password)
        || is_said_password(&read)
}

/// `somePassw0rd`, `MyAdm1nPassw0rd`: a password that says of itself that it is one, and little else. `read` are the
/// letters that its characters are written for.
fn is_said_password(read: &str) -> bool {
    const BESIDE: &[&str] = &[
        "administrator",
        "default",
        "database",
        "secure",
        "strong",
        "secret",
        "local",
        "admin",
        "super",
        "simple",
        "your",
        "some",
        "user",
        "good",
        "temp",
        "the",
        "new",
        "old",
        "my",
        "db",
    ];
    let letters: String = read.chars().filter(char::is_ascii_alphabetic).collect();
    ["password", "passwort"].iter().any(|word| {
        letters.split_once(word).is_some_and(|(front, behind)| {
            let rest = BESIDE.iter().fold([front, behind].concat(), |rest, word| rest.replace(word, ""));
            rest.is_empty()
        })
    })
}

/// Whether it is base64, and what is encoded was not drawn by chance: words, or a password that manuals have.
#[must_use]
pub fn is_base64_of_words(value: &[u8]) -> bool {
    if !value.len().is_multiple_of(4) {
        return false;
    }
    STANDARD.decode(value).is_ok_and(|text| {
        // What `echo` writes ends its line.
        let text = text.trim_ascii_end();
        let word = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@' | b' ');
        text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') && (text.iter().all(word) || is_usual(text))
    })
}

/// Whether a text is a word and little more: `welcome2019`, `dragon!`, and neither `sunset@dragon48` nor
/// `qwerty12#EDC29`. `read` is the text, or the letters that its characters are written for.
pub(super) fn is_little_more(lower: &str, read: &str, word: &str) -> bool {
    read.find(word).is_some_and(|at| {
        let beside = || lower.bytes().enumerate().filter(|(i, _)| *i < at || *i >= at + word.len()).map(|(_, b)| b);
        let letters = beside().filter(u8::is_ascii_alphabetic).count();
        let digits = beside().filter(u8::is_ascii_digit).count();
        let count = beside().count();
        let mixed = letters >= 2 && digits >= 2 && letters + digits < count && count >= 8;
        let numbers = digits >= 5 && letters + digits + 2 <= count;
        // `Welcome@2022`: a year and a mark, which nobody adds for a manual.
        let dated = digits >= 4 && letters + digits < count && letters <= 4;
        !dated && (letters < 4 && !mixed && !numbers || letters == 4 && digits < 2)
    })
}

/// `request.Name+Value`: names of fields, and a mark that adds them up.
fn is_sum_of_names(password: &[u8]) -> bool {
    password.contains(&b'.')
        && password.contains(&b'+')
        && password
            .split(|b| matches!(b, b'.' | b'+'))
            .all(|name| name.len() >= 2 && name.iter().all(u8::is_ascii_alphabetic))
        && !is_drawn_with_marks(password)
}

/// `policy.mod.not.allowed`: what a message is looked up by.
pub(super) fn is_key_of_message(password: &[u8]) -> bool {
    password.split(|b| *b == b'.').count() >= 3
        && password.split(|b| *b == b'.').all(|word| word.len() >= 2 && word.iter().all(u8::is_ascii_lowercase))
}

/// `required|string|min:8`: what a framework asks of a password.
fn is_validation(lower: &str) -> bool {
    let is_rule = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part
                .split([':', ','])
                .next()
                .is_some_and(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    lower.contains('|') && lower.split('|').all(is_rule)
}

/// The letter that a digit or mark is written for: `p@ssw0rd`.
pub(super) fn letter_meant(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_chooses_is_known() {
        for value in [
            "P@ssw0rd123",
            "Admin123!",
            "dragon202!",
            "Welcome2019",
            "hunter2",
            "S3cr3t!x",
            "test1234",
            "changeme1",
            "Qwerty!2",
        ] {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
        for value in ["k7Vt-93hq", "gFb51yBM!a2rog", "x9!kfQ#2", "Sunset@dragon4821!", "hunter2falcon", "Welcome@2021"]
        {
            assert!(!is_usual(value.as_bytes()), "{value}");
        }
    }
}
