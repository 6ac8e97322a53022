//! Passwords that people chose: which of them are filled in later, which ones manuals and test set-ups have, and which
//! look like those that somebody uses.
//!
//! One place for this judgement, so that addresses, assignments and command lines are judged alike. Values that were
//! drawn by chance are the business of [`entropy`], and what stands where any key would is that of [`placeholder`].

use super::{bigrams, entropy, placeholder};

/// Passwords that stand in manuals and test set-ups. Digits are read as the letters that they are written for.
const USUAL: &[&str] = &[
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
];

/// What passwords of manuals and test set-ups have in them, and hardly any other one. Of letters alone, as digits and
/// marks are read as the letters that they are written for.
const WITHIN: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "secret",
    "example",
    "changeme",
    "changeit",
    "mypass",
    "testpass",
    "xxx",
    "letmein",
    "qwerty",
    "welcome",
    "hello",
    "foobar",
    "dummy",
    "sample",
    "insert",
    "replace",
    "enter",
    "yourp",
    "hunter",
    "abcde",
    "asdf",
    "monkey",
    "dragon",
    "iloveyou",
    "testing",
    "correcthorse",
    "whatever",
    "notreal",
    "pazzw",
    "secure",
];

/// Whether something is filled in later: `${PASSWORD}`, `{{ pass }}`, `%s`, `***`, `[...]`, `:password`. So is what was
/// left out: `…`, as keytrail's own reports show a password.
#[must_use]
pub fn is_template(value: &[u8]) -> bool {
    let percent = value.iter().enumerate().any(|(i, &b)| {
        // `%s`, `%-10s` and `%{name}` of formats, `%NAME%` of Windows.
        let rest = &value[i + 1..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
        let format =
            matches!(rest.get(digits), Some(b's' | b'd' | b'v' | b'q' | b'r' | b'w' | b'i' | b'@' | b'(' | b'{'));
        let ends = rest.get(digits + 1).is_none_or(|b| !b.is_ascii_alphanumeric());
        b == b'%' && (rest.is_empty() && i == 0 || format && ends || rest.contains(&b'%') && !is_escaped(value))
    });
    percent
        || value.iter().any(|b| matches!(b, b'$' | b'{' | b'}' | b'<' | b'>' | b'[' | b'('))
        || memchr::memmem::find(value, b"**").is_some()
        || memchr::memmem::find(value, b"..").is_some()
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
}

/// Whether every `%` of a value begins an escape of an address: `%40`.
fn is_escaped(value: &[u8]) -> bool {
    memchr::memchr_iter(b'%', value)
        .all(|i| value.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}

/// Whether a password is one that manuals and test set-ups have, or no more than a word.
#[must_use]
pub fn is_usual(password: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(password).to_ascii_lowercase();
    let read: String = lower.chars().map(letter_meant).collect();
    let varied = password.iter().any(|b| !b.is_ascii_alphabetic()) && password.iter().any(u8::is_ascii_alphabetic);
    USUAL.contains(&lower.as_str())
        || placeholder::reason(password).is_some()
        || WITHIN.iter().any(|word| lower.contains(word) || read.contains(word))
        || ["pass", "admin", "test", "demo", "user", "root"].iter().any(|word| read.starts_with(word))
        // API_TOKEN, PASSWORD_2: the name of what belongs there.
        || !password.iter().any(u8::is_ascii_lowercase) && password.contains(&b'_')
        || !varied && !is_drawn(password)
        || password.len() < 6
        || is_validation(&lower)
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

/// Whether letters, or letters and digits, follow each other as in no word and no name: they were drawn by chance.
///
/// Bits of surprise that 95 of 100 random values of eight to ten characters exceed, and names with a number in them do
/// not (measured on 4,000 values of each alphabet: 6.4 to 6.7 for small letters and digits, 7.3 for both cases, 5.5 for
/// small letters, and 5.8 for half of the 1,560 identifiers with digits in a sample of public projects).
#[must_use]
pub fn is_drawn(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    if value.len() < 8 || !value.iter().all(u8::is_ascii_alphanumeric) || value.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let least = match (has(u8::is_ascii_digit), has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)) {
        (true, _) => 6.5,
        (false, true) => 7.0,
        // Words of letters alone have to be long to be told from abbreviations.
        (false, false) if value.len() >= 12 => 6.2,
        (false, false) => return false,
    };
    bigrams::surprise(value) >= least
}

/// The letter that a digit or mark is written for: `p@ssw0rd`.
fn letter_meant(c: char) -> char {
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

/// Whether a password has the mixture of characters that people and their programs give to those they use, and that
/// names and words with a number do not have: characters of three kinds that change three times, or letters and digits
/// in no order.
#[must_use]
pub fn is_mixed(password: &[u8]) -> bool {
    let kind = |b: u8| match b {
        b if b.is_ascii_lowercase() => 0,
        b if b.is_ascii_uppercase() => 1,
        b if b.is_ascii_digit() => 2,
        b'_' | b'-' | b'.' | b'/' | b':' => 4,
        _ => 3,
    };
    // What joins words says nothing.
    let mut kinds: Vec<u8> = password.iter().map(|&b| kind(b)).filter(|kind| *kind < 4).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let digits = kinds.iter().filter(|kind| **kind == 2).count();
    let marked = kinds.contains(&3);
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.len() {
        3.. => changes >= if marked { 3 } else { 4 },
        2 if marked => changes >= 4 && digits > 0,
        2 if digits >= 2 && changes >= 4 => true,
        2 if password.len() >= 16 && entropy::looks_random(password) => true,
        1 | 2 => is_drawn(password),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_later_is_known() {
        for value in
            ["%s", "%-10s", "%(password)s", "%DB_PASS%", "${PASS}", "{{ pass }}", "********", "<pass>", "pa..rd"]
        {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in ["a%1hi9aQ", "k7*Vt93", "x%40y%2Fz", "Tr0ub4dor&3"] {
            assert!(!is_template(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_everybody_chooses_is_known() {
        for value in
            ["P@ssw0rd123", "Admin123!", "Welcome2019", "hunter2", "S3cr3t!x", "test1234", "changeme1", "Qwerty!2"]
        {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
        for value in ["k7Vt-93hq", "gFb51yBM!a2rog", "x9!kfQ#2"] {
            assert!(!is_usual(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_was_drawn_is_told_from_words() {
        for value in ["qk3xwzvthp", "hx9vqbtz", "JqWzkXvBtd", "xkqjvwzphtmb"] {
            assert!(is_drawn(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in
            ["david1985", "summer2019", "mysql5712", "getUserName", "correcthorsebattery", "20190412", "abcdefg"]
        {
            assert!(!is_drawn(value.as_bytes()), "{value}");
        }
        for value in ["required|string|min:8|confirmed", "sometimes|between:6,20"] {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn mixtures_are_told_from_names() {
        for value in ["gFb51yBM!a2rog", "Tr0ub4dor&3", "x9!kfQ#2", "1f0c3a77", "kqH8kQrP%s3u54"] {
            assert!(is_mixed(value.as_bytes()), "{value}");
        }
        for value in [
            "newPass1",
            "user1.input",
            "some-name-2",
            "david1985",
            "Hello1",
            "auth.step2.label",
            "UTF8Name",
            "planner.ts:535-751",
        ] {
            assert!(!is_mixed(value.as_bytes()), "{value}");
        }
    }
}
