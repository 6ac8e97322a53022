//! Passwords that people chose: which of them are filled in later, which ones manuals and test set-ups have, and which
//! look like those that somebody uses.
//!
//! One place for this judgement, so that addresses, assignments and command lines are judged alike. Values that were
//! drawn by chance are the business of [`entropy`], and what stands where any key would is that of [`placeholder`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    "foobar",
    "dummy",
    "sample",
    "insert",
    "replace",
    "enter",
    "yourp",
    "testing",
    "correcthorse",
    "notreal",
    "pazzw",
];

/// Words that many people have in their passwords. Those who use them have more letters beside them.
const LIKED: &[&str] = &[
    "letmein", "qwerty", "welcome", "hello", "hunter", "abcde", "asdf", "monkey", "dragon", "iloveyou", "whatever",
    "secure",
];

/// Whether something is filled in later: `${PASSWORD}`, `{{ pass }}`, `%s`, `***`, `[...]`, `:password`. So is what was
/// left out: `…`, as keytrail's own reports show a password.
///
/// Marks alone tell nothing, since those who draw passwords draw marks as well: `Xk29$fjwq!`. What is filled in has names
/// between its marks, and these follow their characters as words do.
#[must_use]
pub fn is_template(value: &[u8]) -> bool {
    let percent = || {
        value.iter().enumerate().any(|(i, &b)| {
            // `%s`, `%-10s` and `%{name}` of formats, `%NAME%` of Windows.
            let rest = &value[i + 1..];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
            let format =
                matches!(rest.get(digits), Some(b's' | b'd' | b'v' | b'q' | b'r' | b'w' | b'i' | b'@' | b'(' | b'{'));
            let ends = rest.get(digits + 1).is_none_or(|b| !b.is_ascii_alphanumeric());
            b == b'%' && (rest.is_empty() && i == 0 || format && ends || rest.contains(&b'%') && !is_escaped(value))
        })
    };
    let marked = value.iter().any(|b| matches!(b, b'$' | b'{' | b'}' | b'<' | b'>' | b'[' | b'('))
        || memchr::memmem::find(value, b"**").is_some()
        || memchr::memmem::find(value, b"..").is_some()
        || percent();
    // Encrypted, as Jasypt, Hiera and Maven write it.
    let sealed = [&b"ENC("[..], b"ENC["].iter().any(|mark| value.starts_with(mark))
        || value.starts_with(b"{") && value.ends_with(b"}");
    sealed
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
        || marked && (!is_drawn_with_marks(value) || is_expression(value) || has_reference(value))
}

/// Whether letters, digits and marks follow each other as they do neither in words nor in the expressions of a language.
///
/// Bits of surprise that 97 of 100 random values of eight to sixteen characters of all that a keyboard has exceed
/// (measured on 4,000 values of each length); of references to settings and calls with names in them, hardly one does.
#[must_use]
pub fn is_drawn_with_marks(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    value.len() >= 8
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || value.len() >= 12 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
        && bigrams::surprise(value) >= if value.len() < 12 { 7.4 } else { 7.6 }
        || has_words_and_marks(value)
}

/// `acmeCorp#2021$prod`: words and a number between marks that no reference has, and a `$` behind them.
fn has_words_and_marks(value: &[u8]) -> bool {
    let Some(dollar) = memchr::memchr(b'$', value).filter(|&i| i >= 6) else { return false };
    let front = &value[..dollar];
    let behind = &value[dollar + 1..];
    !value.iter().any(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b'[' | b'(' | b'%' | b'/' | b':' | b'='))
        && behind.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'#' | b'@' | b'*' | b'?'))
        && front.iter().filter(|b| b.is_ascii_digit()).count() >= 2
        && front.iter().any(|b| matches!(b, b'!' | b'#' | b'@' | b'*' | b'?' | b'&' | b'+' | b'^'))
        && is_mixed(front)
}

/// Whether a value has a name where something is put in for it, whatever stands beside it: `${NAME}`, `{{ name }}`,
/// `<name>`, `{name}`, `$NAME`.
fn has_reference(value: &[u8]) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b' ' | b':' | b'?');
    value.iter().enumerate().any(|(i, &open)| {
        let close = match open {
            b'{' => b'}',
            b'<' => b'>',
            b'[' => b']',
            b'(' => b')',
            b'%' => b'%',
            b'$' => return i == 0 && is_variable(&value[1..]),
            _ => return false,
        };
        let Some(len) = memchr::memchr(close, &value[i + 1..]) else { return false };
        let name = &value[i + 1..i + 1 + len];
        let rest = [&value[..i], &value[i + 2 + len..]].concat();
        let shell = i > 0 && matches!(value[i - 1], b'$' | b'#' | b'{' | b'@' | b'%') && matches!(open, b'{' | b'(');
        let letters = name.iter().filter(|b| b.is_ascii_alphabetic()).count();
        // What two marks of a random value have between them is no name, and what is beside it goes on as random.
        name.iter().all(|&b| is_name(b))
            && (shell && letters >= 2 || !is_mixed(&rest) && (letters >= 2 || name.is_empty() && open != b'%'))
            && !is_drawn(name)
    })
}

/// Whether it is the name of a variable and nothing else, or what follows one in an expression: `dbPass`, `user->pass`.
fn is_variable(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let rest = &text[name..];
    name >= 2
        && !text[0].is_ascii_digit()
        && (rest.is_empty() && !is_drawn(&text[..name])
            || [&b"->"[..], b"::", b"["].iter().any(|mark| rest.starts_with(mark)))
}

/// Whether it is a pattern that values are held against, whose marks surprise as much as those of a random value:
/// `^[a-zA-Z0-9]{8,}$`.
fn is_expression(value: &[u8]) -> bool {
    [&b"A-Z"[..], b"a-z", b"0-9", b"(?=", b"(?!", b"(?:", b"(?P", b"\\d", b"\\w", b"\\s", b".*", b".+", b"{8,", b"{6,"]
        .iter()
        .any(|mark| memchr::memmem::find(value, mark).is_some())
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
        || LIKED.iter().any(|word| [&lower, &read].into_iter().any(|text| is_little_more(text, word)))
        || ["pass", "admin", "test", "demo", "user", "root"].iter().any(|word| read.starts_with(word))
        // API_TOKEN, PASSWORD_2: the name of what belongs there.
        || !password.iter().any(u8::is_ascii_lowercase) && password.contains(&b'_')
        || !varied && !is_drawn(password)
        || password.len() < 6
        || is_validation(&lower)
        || is_sum_of_names(password)
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

/// Whether a text is a word and little more: `welcome2019`, `dragon!`, and no `sunset@dragon48`.
fn is_little_more(text: &str, word: &str) -> bool {
    text.find(word).is_some_and(|at| {
        let beside = text[..at].chars().chain(text[at + word.len()..].chars());
        beside.filter(char::is_ascii_alphabetic).count() < 5
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

/// Whether a password is made of words with a capital letter and a number behind them, as people make theirs where
/// letters of both cases and digits are asked for: `Winter_tiger4821`.
///
/// Names end with one digit or two, if at all; a year or a number of more than one figure in a place where nothing but
/// a password stands is none of a name.
#[must_use]
pub fn is_worded(password: &[u8]) -> bool {
    let end =
        password.len() - usize::from(password.last().is_some_and(|b| matches!(b, b'!' | b'#' | b'*' | b'?' | b'$')));
    let digits = password[..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let words = &password[..end - digits];
    (2..=6).contains(&digits)
        && password.len() >= 10
        && words.first().is_some_and(u8::is_ascii_uppercase)
        && words.iter().filter(|b| b.is_ascii_lowercase()).count() >= 5
        && words.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b'@' | b'!' | b'#'))
        // `HTTPServer2024`, `InputFieldLabel12`: names of types have more capitals.
        && words.iter().filter(|b| b.is_ascii_uppercase()).count() <= 2
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
        for value in [
            "$DB_PASS",
            "$dbPassword1",
            "$this->password2",
            "{{ .Values.password }}",
            "user-$ENVIRONMENT-x1",
            "#{settings.password}",
            "$(cat /run/secrets/db1)",
            "{user}:{pw}",
            "Vec<u8>",
            "config[:password1]",
            "^[a-zA-Z0-9]{8,}$",
            "ENC(H2bGc4EiebJwmoR9)",
            "{cm9vdDpwYXNz9Q==}",
        ] {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in ["a%1hi9aQ", "k7*Vt93", "x%40y%2Fz", "Tr0ub4dor&3"] {
            assert!(!is_template(value.as_bytes()), "{value}");
        }
        // Marks that a drawn password has, each put into one.
        for mark in ["$", "{", "}", "<", ">", "[", "(", "**", "..", "<7j>", "$9f$", "{q9}", "%fj%8", "#3$"] {
            let value = ["Xk29", mark, "fjwq!"].concat();
            assert!(!is_template(value.as_bytes()), "{value}");
            assert!(!is_template([mark, "Xk29", "fjwq!"].concat().as_bytes()), "{mark} in front");
        }
        assert!(!is_template(["acmeCorp", "#2021", "$prod"].concat().as_bytes()));
    }

    #[test]
    fn hardly_any_drawn_password_is_taken_for_a_template() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let drawn = (0..2000).filter(|i| {
            let value: Vec<u8> = (0..12 + i % 21).map(|_| rng.random_range(b'!'..=b'~')).collect();
            !is_template(&value) && !is_usual(&value) && is_mixed(&value)
        });
        let drawn = drawn.count();
        assert!(drawn >= 1900, "{drawn}");
    }

    #[test]
    fn words_with_a_number_are_told_from_names() {
        for value in ["Winter_tiger4821", "Sunsetfalcon77", "Maple-river2019!"] {
            assert!(is_worded(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in ["newPass1", "vm_name_12", "InputFieldLabel12", "UTF8Name", "Hello1"] {
            assert!(!is_worded(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_everybody_chooses_is_known() {
        for value in [
            "P@ssw0rd123",
            "Admin123!",
            "dragon2021!",
            "Welcome2019",
            "hunter2",
            "S3cr3t!x",
            "test1234",
            "changeme1",
            "Qwerty!2",
        ] {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
        for value in ["k7Vt-93hq", "gFb51yBM!a2rog", "x9!kfQ#2", "Sunset@dragon4821!", "hunter2falcon"] {
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
        for value in ["required|string|min:8|confirmed", "sometimes|between:6,20", "request.Foo+Bar"] {
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
