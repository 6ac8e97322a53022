//! Words that a number, a mark or digits for some of their letters make a password, and not a name.

use super::is_address;

/// Words that names have behind or in front of a number, and passwords hardly ever.
pub(super) const NAMED: &[&str] = &[
    "sha",
    "utf",
    "base",
    "int",
    "uint",
    "float",
    "aes",
    "rsa",
    "ecdsa",
    "secp",
    "win",
    "crc",
    "blake",
    "hmac",
    "ipv",
    "field",
    "input",
    "label",
    "text",
    "string",
    "str",
    "param",
    "arg",
    "value",
    "val",
    "var",
    "name",
    "key",
    "token",
    "step",
    "page",
    "line",
    "row",
    "col",
    "column",
    "item",
    "index",
    "button",
    "form",
    "error",
    "code",
    "version",
    "log",
    "auth",
    "oauth",
    "web",
    "http",
    "level",
    "type",
    "option",
    "section",
    "group",
    "node",
    "id",
    "hash",
    "pwd",
    "pass",
    "identifier",
    "keyword",
    "module",
    "block",
    "point",
    "size",
    "length",
    "min",
    "max",
    "char",
    "chars",
    "digit",
    "digits",
    "new",
    "old",
];

/// Whether a password is one that a person made of words, as people do where letters, digits and marks are asked for:
/// words with a number behind them (`Winter_tiger4821`, `winter-tiger-maple48`, `tiger48!`), words with a mark that no
/// name has and a digit (`Tiger@2048`), or words with digits for some of their letters (`m4ple_tiger`).
///
/// Names end with one digit, if at all, or are of words that such names have; a year or a number of more than one
/// figure in a place where nothing but a password stands is none of a name. To be asked where the text says that a
/// password stands, of what is no [usual](super::is_usual) one.
#[must_use]
pub fn is_worded(password: &[u8]) -> bool {
    let joins = |b: &u8| matches!(b, b'_' | b'-' | b'.');
    let marks = |b: &u8| matches!(b, b'@' | b'!' | b'#' | b'$' | b'%' | b'&' | b'*' | b'?');
    let letters = password.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if !(8..=40).contains(&password.len())
        || letters < 4 && !is_year_ended(password)
        || !password[0].is_ascii_alphanumeric()
        || !password.iter().all(|b| b.is_ascii_alphanumeric() || joins(b) || marks(b))
        || is_address(password)
    {
        return false;
    }
    let pieces = || password.split(|b| !b.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let marked = password.iter().filter(|b| marks(b)).count();
    let named = pieces().any(|piece| {
        let word = piece.iter().rposition(u8::is_ascii_alphabetic).map_or(&piece[..0], |end| &piece[..=end]);
        let word = &word[word.iter().rposition(u8::is_ascii_digit).map_or(0, |at| at + 1)..];
        // `InputFieldLabel`: the last word of several.
        let last = word.iter().skip(1).rposition(u8::is_ascii_uppercase).map_or(word, |at| &word[at + 1..]);
        NAMED.iter().any(|name| last.eq_ignore_ascii_case(name.as_bytes()))
    });
    let end = password.len() - password.iter().rev().take_while(|b| marks(b)).count();
    let digits = password[..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    // `HTTPServer2024`: names of types have more capitals.
    let capitals = password.iter().filter(|b| b.is_ascii_uppercase()).count() <= 3;
    let has_word = |least: usize| password.split(|b| !b.is_ascii_alphabetic()).any(|word| word.len() >= least);
    // `david1985`: so may a programmer have named something.
    let long = marked > 0 || password.len() >= 10 || password.iter().any(u8::is_ascii_uppercase);
    let numbered = (2..=6).contains(&digits) && end - digits >= 5 && has_word(3) && capitals && long;
    let beside = marked >= 1 && password.len() - end <= 3 && password.iter().any(u8::is_ascii_digit) && has_word(3);
    // `Coatrack80mm`: and a unit, or the start of another word.
    let behind = password.iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
    let front = &password[..password.len() - behind];
    let amid = front.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let word = &front[..front.len() - amid];
    let measured = (1..=3).contains(&behind)
        && (2..=4).contains(&amid)
        && word.len() >= 5
        && word.iter().all(u8::is_ascii_alphabetic)
        && word[0].is_ascii_uppercase();
    numbered && (!named || marked > 0)
        || measured && !named && capitals
        || beside
        || !named && capitals && (is_leet(password) || is_year_ended(password))
}

/// Whether a word and a year, or as many digits, have an ending: `Tiger2024.`, `tiger4821-db`, `maple2048@pw`. Names of
/// types and versions have none, or a longer one.
fn is_year_ended(password: &[u8]) -> bool {
    let ending = password.iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
    let Some((mark, front)) = password[..password.len() - ending].split_last() else { return false };
    let word = front.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let least = if front.first().is_some_and(u8::is_ascii_uppercase) && ending == 0 { 3 } else { 5 };
    matches!(ending, 0 | 2 | 3)
        && (matches!(mark, b'_' | b'-' | b'.') || *mark == b'@' && ending > 0)
        && word >= least
        && front.len() == word + 4
        && front[word..].iter().all(u8::is_ascii_digit)
        && front[1..word].iter().all(u8::is_ascii_lowercase)
}

/// Whether words have digits for some of their letters: `m4ple_tiger`, and not `k8s-node`, `log4j_config`, `x2y`.
fn is_leet(value: &[u8]) -> bool {
    value.split(|b| !b.is_ascii_alphanumeric()).any(|piece| {
        let within = |i: usize| {
            i > 0
                && i + 1 < piece.len()
                // `render2FaSettings`: a word begins.
                && !(piece[i - 1].is_ascii_lowercase() && piece[i + 1].is_ascii_uppercase())
                && matches!(piece[i], b'0' | b'1' | b'3' | b'4' | b'5' | b'7')
                && piece[i - 1].is_ascii_alphabetic()
                && piece[i + 1].is_ascii_alphabetic()
        };
        let digits = piece.iter().filter(|b| b.is_ascii_digit()).count();
        let first = (0..piece.len()).find(|&i| within(i)).unwrap_or(0);
        // What numbers a word in front of it, or stands behind the letter of a kind.
        let numbers = NAMED.iter().any(|name| piece[..first].eq_ignore_ascii_case(name.as_bytes()));
        let inner = (0..piece.len()).filter(|&i| within(i)).count();
        let groups = piece.split(|b| !b.is_ascii_digit()).filter(|group| !group.is_empty()).count();
        let meant =
            piece.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'0' | b'1' | b'3' | b'4' | b'5' | b'7'));
        // `v1beta1`, `k8s`, `h264dec`: the letter of a kind.
        let kind = |letters: &[u8]| first == 1 && letters.contains(&(piece[0] | 0x20));
        let single = kind(b"vx") || kind(b"kph") && piece.len() < 6;
        // No name begins with a digit.
        let leads = piece.len() >= 6
            && matches!(piece[0], b'0' | b'1' | b'3' | b'4')
            && piece[1..].iter().all(u8::is_ascii_alphabetic)
            && piece[1] | 0x20 != b'x';
        let letters = piece.iter().filter(|b| b.is_ascii_alphabetic()).count();
        let amid = piece.len() >= 5 && inner >= 1 && !numbers && !single && letters >= 3;
        leads
            || amid && (inner >= 2 && digits <= inner + 2 || groups >= 2 && meant)
            || amid && meant && matches!(piece[first], b'0' | b'3' | b'4')
    })
}

#[cfg(test)]
mod tests {
    use super::super::{is_template, is_usual};
    use super::*;

    #[test]
    fn words_with_a_number_are_told_from_names() {
        for value in ["Winter_tiger4821", "Coatrack80mm", "Sunsetfalcon77", "Maple-river2019!"] {
            assert!(is_worded(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in ["Maple1987.", "Ivy2013_", "maplewood8261-pw", "tigerlily3630@db", "orchid7843.bg"] {
            assert!(is_worded(value.as_bytes()) && !is_usual(value.as_bytes()), "{value}");
        }
        for value in ["node2018-lts", "maple2048-linux", "ivy2013_", "Web2024-rc", "maple204-db"] {
            assert!(!is_year_ended(value.as_bytes()), "{value}");
        }
        for value in ["maple48!", "Tiger@2048", "winter-tiger-maple48", "m4ple_tiger", "0rchid_tiger", "tigermaple07$"]
        {
            let value = value.as_bytes();
            assert!(is_worded(value) && !is_usual(value) && !is_template(value), "{}", String::from_utf8_lossy(value));
        }
        for value in ["k8s-node", "log4j_config", "v1beta1", "identifier12", "ann@corp.net2", "tiger", "i18n_keys"] {
            assert!(!is_worded(value.as_bytes()), "{value}");
        }
        for value in ["newPass1", "vm_name_12", "InputFieldLabel12", "UTF8Name", "Hello1"] {
            assert!(!is_worded(value.as_bytes()), "{value}");
        }
    }
}
