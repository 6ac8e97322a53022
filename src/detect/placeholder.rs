//! Placeholders: values that stand where a key would, and are none.
//!
//! One place for this judgement, so that every rule is judged alike. It looks at the value alone; what a name or a file
//! says is the business of [`context`](super::context). `documented.txt` has the samples of public documents.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use super::within::{Within, automaton};

/// Words that people write into placeholders. Six letters at least: in a random value of 40 characters one of them
/// appears by chance once in tens of millions, so that no real key is lost to this list.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "anything_you",
    "anythingyou",
    "anything-you",
    "mindestens",
    "yourkey",
    "your_",
    "your-",
    "yourtoken",
    "yoursecret",
    "yourapi",
    "yourpassword",
    "youraccess",
    "xxxxxx",
    "000000",
    "dummykey",
    "dummytoken",
    "dummysecret",
    "dummy_",
    "dummy-",
    "redacted",
    "encrypted_",
    "insert",
    "replace",
    "notreal",
    "not_real",
    "not-a-",
    "notasecret",
    "not_a_",
    "fake_",
    "fake-",
    "fakekey",
    "faketoken",
    "fakesecret",
    "secretkey",
    "secret_key",
    "secret-key",
    "mysecret",
    "my_secret",
    "my-secret",
    "mytoken",
    "my_token",
    "my-token",
    "my-api",
    "my_api",
    "myapikey",
    "testkey",
    "testtoken",
    "testsecret",
    "test_key",
    "test-key",
    "test_token",
    "test-token",
    "test_secret",
    "test-secret",
    "accesstoken",
    "access_token",
    "access-token",
    "api_key",
    "apikeyhere",
    "key_here",
    "keyhere",
    "token_here",
    "tokenhere",
    "secret_here",
    "here_",
    "todo_",
    "undefined",
    "foobar",
    "foo_bar",
    "foobaz",
    "deadbeef",
    "cafebabe",
    "baadf00d",
    "loremipsum",
    "lorem",
    "ellipsis",
    "supersecret",
    "super_secret",
    "super-secret",
    "verysecret",
    "very_secret",
    "very-secret",
    "topsecret",
    "thisisa",
    "this_is",
    "this-is",
    "notavalid",
    "invalid",
    "password",
    // What stands in for a value in German, Spanish, French, Portuguese, Italian, Dutch, Polish, Turkish, Finnish, Swedish and
    // Vietnamese.
    "bitte_",
    "bitte-",
    "aendern",
    "eintragen",
    "einfuegen",
    "ersetzen",
    "platzhalter",
    "beispiel",
    "cambiar",
    "cambiame",
    "cambia_",
    "cambia-",
    "reemplaz",
    "ejemplo",
    "_aqui",
    "-aqui",
    "changez",
    "a_changer",
    "a-changer",
    "remplac",
    "votre_",
    "votre-",
    "exemple",
    "alterar",
    "trocar_",
    "trocar-",
    "substitu",
    "exemplo",
    "inserisci",
    "insira",
    "esempio",
    "wijzig",
    "voorbeeld",
    "zmien_",
    "zmien-",
    "przyklad",
    "degistir",
    "vaihda",
    "esimerkki",
    "mat_khau",
    "mat-khau",
    "andra_",
    "exempel",
];

static HELD: Within = Within::new(|| automaton(WORDS));

/// Rows of a keyboard, for walks along them.
const ROWS: [&[u8]; 11] = [
    b"qwertyuiopasdfghjklzxcvbnm",
    b"qwertzuiopasdfghjklyxcvbnm",
    b"azertyuiopqsdfghjklmwxcvbn",
    b"1234567890",
    // Along two rows at once, and from row to row.
    b"1q2w3e4r5t6y7u8i9o0p",
    b"q1w2e3r4t5y6u7i8o9p0",
    b"qawsedrftgyhujikolp",
    b"aqswdefrgthyjukilo",
    b"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    b"qazwsxedcrfvtgbyhnujmikolp",
    b"zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0",
];

/// Why a value is a placeholder, or `None` when nothing speaks for it. `value` is the part of a key that is chosen at
/// random: what follows a fixed prefix.
#[must_use]
pub fn reason(value: &[u8]) -> Option<&'static str> {
    if value.len() < 8 {
        return None;
    }
    if HELD.any_in(value) {
        return Some("it holds a word that placeholders have");
    }
    if few_distinct(value) {
        return Some("it repeats a few characters");
    }
    if is_periodic(value) {
        return Some("it repeats a short piece");
    }
    if is_masked(value) {
        return Some("a part of it was made unreadable");
    }
    if longest_sequence(value) >= 7 {
        return Some("it counts up or down");
    }
    if is_array_of_numbers(value) {
        return Some("it is the name of a type");
    }
    if walks_the_keyboard(value) {
        return Some("it walks along the keyboard");
    }
    if is_chord(value) {
        return Some("it names keys to press");
    }
    if is_for_pages(value) {
        return Some("it is a key that every page of a shop shows");
    }
    if is_id_of_contents(value) {
        return Some("it is the id of contents in IPFS");
    }
    if is_alphabet(value) {
        return Some("it is an alphabet, in which no character comes twice");
    }
    if is_sticker(value) {
        return Some("it is the id of a sticker in Telegram");
    }
    if is_minisign_public(value) {
        return Some("it is a public key of minisign");
    }
    None
}

/// Whether it is a tokenization key of Braintree, which clients begin a payment with: `production_…_…`. It may do what any
/// visitor may (Braintree, "Client authorization").
fn is_for_pages(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"production_").or_else(|| value.strip_prefix(b"sandbox_"));
    rest.is_some_and(|rest| {
        rest.len() == 25
            && rest[8] == b'_'
            && rest.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
    })
}

/// Whether it is an id of contents in IPFS: a digest in base58, or what says its own form in base32 (multiformats,
/// "CID (Content IDentifier) Specification").
fn is_id_of_contents(value: &[u8]) -> bool {
    let base58 = |b: &u8| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l');
    let base32 = |b: &u8| b.is_ascii_lowercase() || matches!(b, b'2'..=b'7');
    value.len() == 46 && value.starts_with(b"Qm") && value.iter().all(base58)
        || value.len() == 59 && value.starts_with(b"baf") && value.iter().all(base32)
}

/// Whether no character comes twice in it: the alphabet of an encoding, such as that of bech32. Random values of 28 small
/// letters and digits are like that once in four million, and of 48 characters of base64 practically never.
fn is_alphabet(value: &[u8]) -> bool {
    let one_case = !(value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase));
    if value.len() < if one_case { 28 } else { 48 } {
        return false;
    }
    let mut seen = super::rule::anchor::ByteSet::default();
    value.iter().for_each(|&b| seen.insert(b));
    seen.len() == value.len()
}

/// Whether it is the id of a sticker, which Telegram gives to every bot that is sent one: bytes in base64 of which the first
/// name the kind of a file (Telegram Bot API, `Sticker.file_id`).
fn is_sticker(value: &[u8]) -> bool {
    value.starts_with(b"CAACAgI") && value.len() >= 50
}

/// Whether it is a public key of minisign: 42 bytes in base64, of which the first two are `Ed` (minisign, "Public key
/// format"). The secret ones are longer.
fn is_minisign_public(value: &[u8]) -> bool {
    matches!(value, [b'R', b'W', b'Q'..=b'T', ..])
        && value.len() == 56
        && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

/// `Ctrl+Shift+F12`, `Up,Up,Down,Down,B,A`: keys of a keyboard, three at least.
fn is_chord(value: &[u8]) -> bool {
    let is_key = |key: &[u8]| match key {
        [b'F' | b'f', digits @ ..] if (1..=2).contains(&digits.len()) => digits.iter().all(u8::is_ascii_digit),
        [first, rest @ ..] => first.is_ascii_uppercase() && rest.len() < 10 && rest.iter().all(u8::is_ascii_lowercase),
        [] => false,
    };
    let pieces = || value.split(|b| matches!(b, b'+' | b','));
    pieces().count() >= 3 && pieces().all(is_key)
}

/// `Uint8Array`, `BigInt64Array`: a type of JavaScript.
fn is_array_of_numbers(value: &[u8]) -> bool {
    let Some(kind) = value.strip_suffix(b"Array") else { return false };
    let kind = kind.strip_suffix(b"Clamped").unwrap_or(kind);
    let letters = kind.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    matches!(&kind[..letters], b"Int" | b"Uint" | b"Float" | b"BigInt" | b"BigUint")
        && matches!(&kind[letters..], b"8" | b"16" | b"32" | b"64")
}

/// `sk-4f…xxxx`, `eyJhb...5dQ`: whether somebody wrote the same mark over the end of a value, or left its middle out. Four letters `x` in a row end a random value of
/// letters and digits once in fourteen million.
fn is_masked(value: &[u8]) -> bool {
    const MARKS: usize = 4;
    let end = value.last_chunk::<MARKS>();
    end.is_some_and(|end| matches!(end, b"xxxx" | b"XXXX" | b"****")) && value.len() >= 4 * MARKS
        || memchr::memmem::find(value, b"...").is_some()
}

/// The lines of `documented.txt`: for each sample the first eight bytes of its SHA-256, in order.
static DOCUMENTED: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let lines = include_str!("documented.txt").lines();
    let hashes = lines.filter_map(|line| u64::from_str_radix(line.split(' ').next()?, 16).ok());
    let mut hashes: Vec<u64> = hashes.collect();
    hashes.sort_unstable();
    hashes
});

/// Lengths of samples, in bytes; what is longer need not be looked up.
const SAMPLES: std::ops::RangeInclusive<usize> = 8..=512;

/// What reports say of a value that [`is_documented`].
pub const DOCUMENTED_SAMPLE: &str = "public documents have this very value as a sample";

/// Whether a value is a sample that public documents have, and so everybody: the keys of a provider's examples, of an
/// emulator, of an RFC. Asked of all of a key, after everything else spoke for it, since it takes a hash.
#[must_use]
pub fn is_documented(value: &[u8]) -> bool {
    SAMPLES.contains(&value.len())
        && Sha256::digest(value)
            .first_chunk()
            .is_some_and(|first| DOCUMENTED.binary_search(&u64::from_be_bytes(*first)).is_ok())
}

/// Whether the value has so few different characters that chance would not make it: at most a quarter of what
/// sixteen different ones would give.
fn few_distinct(value: &[u8]) -> bool {
    let mut seen = super::rule::anchor::ByteSet::default();
    value.iter().filter(|b| b.is_ascii_alphanumeric()).for_each(|&b| seen.insert(b.to_ascii_lowercase()));
    let distinct = seen.len();
    // Zeros of numbers within base64, in values that are far longer than these.
    let zeros = |row: &[u8]| row[0] == b'A' && row.len() <= value.len() / 6;
    let row = value.chunk_by(|a, b| a == b).any(|row| row.len() >= 6 && !zeros(row));
    // 16 random hexadecimal digits have 5 different ones or fewer once in 14,000; 32 of them, practically never.
    distinct <= if value.len() >= 24 { 5 } else { 4 } || row
}

/// Whether the value is one piece of at most a third of its length, over and over.
fn is_periodic(value: &[u8]) -> bool {
    (1..=value.len() / 3).any(|period| value.iter().zip(&value[period..]).all(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// Length of the longest stretch in which each character is the one after (or before) the last: `12345`, `fedc`.
fn longest_sequence(value: &[u8]) -> usize {
    let (mut longest, mut up, mut down) = (1, 1, 1);
    for pair in value.windows(2) {
        let (a, b) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        let alike = a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric();
        let wraps_up =
            (a, b) == (b'9', b'0') || (a, b) == (b'9', b'a') || (a, b) == (b'z', b'0') || (a, b) == (b'f', b'0');
        up = if alike && (b == a.wrapping_add(1) || wraps_up) { up + 1 } else { 1 };
        down = if alike && b == a.wrapping_sub(1) { down + 1 } else { 1 };
        longest = longest.max(up).max(down);
    }
    longest
}

/// Whether seven characters of it stand in a row on a keyboard.
pub fn walks_the_keyboard(value: &[u8]) -> bool {
    const WALK: usize = 7;
    value.windows(WALK).any(|window| {
        let lower: [u8; WALK] = std::array::from_fn(|i| window[i].to_ascii_lowercase());
        ROWS.iter().any(|row| row.windows(WALK).any(|keys| keys == lower || keys.iter().rev().eq(lower.iter())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "IOSFODNN7EXAMPLE",
            "abcdefghijklmnop",
            "1234567890abcdef1234567890abcdef",
            "0123456789abcdef0123456789abcdef",
            "YOUR_API_KEY_GOES_HERE",
            "qwertyuiop123",
            "1q2w3e4r5t6y7u8i",
            "I8u7y6t5r4e3w2q1",
            "Zaq1xsw2cde3VFR4",
            "abcabcabcabcabcabcabc",
            "00000000000000000000",
            "fedcba9876543210",
            "aaaaaaaabbbbbbbb",
            "Ctrl+Shift+Alt+F12",
            "Up,Up,Down,Down,Left,Right,B,A",
            "bitte-aendern",
            "cambiar_esto",
            &["Qm", "T5NvUtoM5nWFfrQdVrFtvGfKFmG7AHE8P34isapyhCxX"].concat(),
            "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
            "./ABCDEFGHIJKLMNOPQRSTUVWXYZzyxwvutsrqponmlkjihgfedcba0246813579",
            &["RWQf6LRCGA9i53mlYec", "O4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"].concat(),
            &["baf", "ybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"].concat(),
        ] {
            assert!(reason(value.as_bytes()).is_some(), "{value}");
        }
    }

    #[test]
    fn zeros_in_long_base64_are_no_placeholder() {
        let drawn = ["kPfVKjO1ZyQ5oi5ORhjtSBRqeRgkWAMY", "RToNWeQlNNb5T4CpuV53dyJ2D9EtkVxq"].concat();
        assert_eq!(reason([&drawn[..20], "AAAAAAA", &drawn[20..]].concat().as_bytes()), None);
        assert!(reason([&drawn[..20], "BBBBBBB", &drawn[20..]].concat().as_bytes()).is_some());
        assert!(reason([&drawn[..8], "AAAAAAA", &drawn[..8]].concat().as_bytes()).is_some());
    }

    #[test]
    fn samples_of_documents_are_known() {
        assert_eq!(
            DOCUMENTED.len(),
            include_str!("documented.txt").lines().filter(|line| !line.starts_with('#')).count()
        );
        // The access token of RFC 6749, put together since it looks like one.
        assert!(is_documented(["2YotnFZFE", "jr1zCsicMWpAA"].concat().as_bytes()));
        assert!(!is_documented(["2YotnFZFE", "jr1zCsicMWpAB"].concat().as_bytes()));
        assert!(!is_documented(b""));
    }

    #[test]
    fn random_values_are_not() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        for alphabet in ["0123456789abcdef", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"] {
            for _ in 0..2000 {
                let value: Vec<u8> =
                    (0..32).map(|_| alphabet.as_bytes()[rng.random_range(0..alphabet.len())]).collect();
                assert_eq!(reason(&value), None, "{}", String::from_utf8_lossy(&value));
            }
        }
    }
}
