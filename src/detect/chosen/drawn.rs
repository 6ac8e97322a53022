//! What was drawn by chance, or mixed of so many kinds of characters that no name and no word is.

use crate::detect::within::{Within, automaton};
use crate::detect::{bigrams, entropy};

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

/// `acmeCorp#2021$prod`: words and a number between marks that no reference has, and a `$` behind them; or
/// `Tiger$maple2048`.
fn has_words_and_marks(value: &[u8]) -> bool {
    let Some(dollar) = memchr::memchr(b'$', value).filter(|&i| i >= 2) else { return false };
    let front = &value[..dollar];
    let behind = &value[dollar + 1..];
    let capital = usize::from(behind.first().is_some_and(u8::is_ascii_uppercase));
    let end = capital + behind[capital..].iter().take_while(|b| b.is_ascii_lowercase()).count();
    let digits = behind[end..].iter().take_while(|b| b.is_ascii_digit()).count();
    // `$1` of a replacement has one digit, and no word of four letters in front of it.
    let year = end == 0 && digits == 4 && dollar >= 4 && front.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 4;
    // `3tl_Andes$2015`: no name of a variable begins with a digit.
    let led = front[0].is_ascii_digit() && front.iter().any(u8::is_ascii_uppercase);
    if (front[0].is_ascii_uppercase() || led)
        && (front[1..].iter().all(u8::is_ascii_lowercase) && end >= 3
            || front.iter().all(|b| b.is_ascii_alphanumeric() || led && *b == b'_') && year)
        && (if capital == 1 { 1..=4 } else { 2..=4 }).contains(&digits)
        && behind.len() - end - digits <= 1
    {
        return true;
    }
    dollar >= 6
        && !value.iter().any(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b'[' | b'(' | b'%' | b'/' | b':' | b'='))
        && behind.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'!' | b'#' | b'@' | b'*' | b'?'))
        && front.iter().filter(|b| b.is_ascii_digit()).count() >= 2
        && front.iter().any(|b| matches!(b, b'!' | b'#' | b'@' | b'*' | b'?' | b'&' | b'+' | b'^'))
        && is_mixed(front)
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

/// Whether the letters of a password follow each other as in no word, whatever their case and whatever stands between
/// them: `tkqhxwvb`, `kd-pwhdqx-mna`, `Vkxhbqw7`.
///
/// Bits of surprise that 88 of 100 random values of eight small letters exceed, and one in forty of the quoted words of those
/// letters in a sample of public projects, most of them Welsh, Uzbek or made of abbreviations; for six letters 62, and one in
/// sixty.
#[must_use]
pub fn has_drawn_letters(password: &[u8]) -> bool {
    let lower = password.to_ascii_lowercase();
    let pieces = lower.split(|b| !b.is_ascii_lowercase()).filter(|piece| piece.len() >= 2);
    let (pairs, bits) = pieces.fold((0, 0.0), |(pairs, bits), piece| {
        let more = piece.len() - 1;
        (pairs + more, bits + bigrams::surprise(piece) * more as f64)
    });
    let least = match pairs {
        7.. => 6.0,
        6 => 6.6,
        5 => 7.1,
        _ => return false,
    };
    (6..=32).contains(&password.len())
        && password.iter().all(u8::is_ascii_graphic)
        && bits / pairs as f64 >= least
        && !has_abbreviation(&lower)
}

/// Whether one of the abbreviations is in it that programmers put together, and that surprise as what was drawn does.
fn has_abbreviation(lower: &[u8]) -> bool {
    const ABBREVIATIONS: &[&str] = &[
        "xml", "html", "http", "sql", "mysql", "pgp", "gpg", "pwd", "psw", "jwt", "jdbc", "ldap", "ntlm", "hmac",
        "crypt", "pkcs", "ssh", "tls", "ssl", "mqtt", "smtp", "ftp", "rdp", "vpn", "vnc", "wpa", "aws", "gcp", "k8s",
        "cfg", "ctx", "txt", "btn", "qwer", "asdf", "zxcv", "wert", "xyz", "abc", "bcd", "foo", "bar", "baz", "qux",
        "xxx",
    ];
    static FOUND: Within = Within::new(|| automaton(ABBREVIATIONS));
    FOUND.any_in(lower)
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

/// Whether letters and digits of a short password change three times, as in few names: `0815e2be`. To be asked where the
/// text beside it tells whose password it is.
#[must_use]
pub fn is_alternating(password: &[u8]) -> bool {
    let letters: Vec<u8> = password.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    let changes = password.windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    // `a1b2c3d4`.
    let counts = letters.windows(2).all(|two| two[1] == two[0].wrapping_add(1));
    (8..=16).contains(&password.len())
        && password.iter().all(u8::is_ascii_alphanumeric)
        && letters.len() >= 2
        && password.len() - letters.len() >= 2
        && changes >= 3
        && !counts
}

/// Whether a password is drawn by chance, or of mixed characters, and no digest or address of a part of a manual: nobody
/// makes up such a one for a manual.
#[must_use]
pub fn is_of_someone(password: &[u8]) -> bool {
    let digits = password.strip_prefix(b"0x").unwrap_or(password);
    let digest = (digits.len() < password.len() || digits.len() >= 32) && digits.iter().all(u8::is_ascii_hexdigit);
    let address = password.iter().any(|b| matches!(b, b'/' | b'[' | b'\\'));
    // `HttpSecurity#formLogin`: names of programs have no digits.
    let mixed = is_mixed(password) && password.iter().any(u8::is_ascii_digit);
    !digest && !address && password.len() >= 8 && (mixed || is_drawn(password))
}

#[cfg(test)]
mod tests {
    use super::super::is_usual;
    use super::*;

    #[test]
    fn what_nobody_makes_up_for_a_manual_is_known() {
        for password in ["Feuerwand!99", "k8JPa3HHdGOY", "OmH4rMA1VE"] {
            assert!(is_of_someone(password.as_bytes()), "{password}");
        }
        let others =
            ["sunflower", "0x70170db9ab2baad7ca", "form.adoc#servlet-Form[Userna", "HttpSecurity#formLogin", "Ab1!"];
        for password in others {
            assert!(!is_of_someone(password.as_bytes()), "{password}");
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
        for value in
            ["required|string|min:8|confirmed", "sometimes|between:6,20", "request.Foo+Bar", "policy.not.allowed"]
        {
            assert!(is_usual(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn letters_that_were_drawn_are_told_from_words() {
        for value in ["tkqhxwvb", "kd-pwhdqx-mna", "Vkxhbqw7", "hgjwqz", "kwq_bgx_wdz", "MkQxhdbw"] {
            assert!(has_drawn_letters(value.as_bytes()), "{value}");
        }
        for value in [
            "sunflower",
            "cyfrinair",
            "my-secret-key",
            "wachtwoord",
            "mkdocs-xml",
            "bcryptHash",
            "qwertz",
            "netbox",
            "kwq4829",
            "Sommer2019",
            "xmlrpcpwd",
            "tkq hxw vb",
        ] {
            assert!(!has_drawn_letters(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn changes_between_letters_and_digits_are_counted() {
        assert!(is_alternating(b"0815e2be") && is_alternating(b"k7vt3q99"));
        assert!(!is_alternating(b"a1b2c3d4") && !is_alternating(b"summer2019") && !is_alternating(b"v1.2-rc3"));
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
