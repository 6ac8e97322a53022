//! Private keys in their containers: what a parser can say about one, and how to make one for tests.
//!
//! [`inspect`] takes the text as a rule matched it, from `BEGIN` to `END`, however it was quoted or escaped
//! ([`text`] undoes that), and hands the bytes to the parser of that container.

pub(in crate::detect::verify) mod der;
mod openssh;
mod pgp;
mod putty;
mod text;

pub(crate) use pgp::{Packets, fingerprint_of as pgp_fingerprint};

use super::{base64, random};
use crate::detect::verify::Verdict;
use crate::public_key::{PublicKey, ssh_fingerprint, wire};

/// What stands between a finder and the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::detect::verify) enum Protection {
    /// Nothing.
    None,
    /// A passphrase.
    Passphrase,
}

/// What a container says about its key.
#[derive(Clone, Debug)]
pub(in crate::detect::verify) struct Key {
    /// What was checked, as a noun phrase.
    what: &'static str,
    /// Whether the structure was parsed to its end, rather than only decoded.
    parsed: bool,
    /// Names and values for a report; nothing secret.
    facts: Vec<(&'static str, String)>,
    /// Whether a passphrase is needed.
    pub protection: Protection,
    /// Its public half, where it can be told.
    pub public: Option<PublicKey>,
}

impl Key {
    fn parsed(what: &'static str, protection: Protection) -> Self {
        Key { what, parsed: true, facts: Vec::new(), protection, public: None }
    }

    fn decoded(what: &'static str, protection: Protection) -> Self {
        Key { what, parsed: false, facts: Vec::new(), protection, public: None }
    }

    fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value: String = value.into();
        if !value.is_empty() && value.len() <= 200 && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            self.facts.push((name, value));
        }
        self
    }

    fn bits(self, integer: &[u8]) -> Self {
        let bits = bit_length(integer);
        self.fact("bits", bits.to_string())
    }

    /// With its public half, in a container of X.509's kind.
    fn of(self, public: Option<PublicKey>) -> Self {
        let digest = public.as_ref().and_then(PublicKey::x509_digest).unwrap_or_default();
        Key { public, ..self.fact("spki sha256", digest) }
    }

    /// With the fingerprint that it has for SSH, which reads such a container as well.
    fn for_ssh(self) -> Self {
        let blob = self.public.as_ref().and_then(PublicKey::ssh);
        self.fact("fingerprint", blob.map(|blob| ssh_fingerprint(&blob)).unwrap_or_default())
    }

    /// Confirmed where the key was parsed, plausible where it was only decoded.
    #[must_use]
    pub fn into_verdict(self) -> Verdict {
        let verdict = if self.parsed { Verdict::confirmed(self.what) } else { Verdict::plausible(self.what) };
        let verdict = self.facts.into_iter().fold(verdict, |verdict, (name, value)| verdict.with_fact(name, value));
        match self.protection {
            Protection::None => verdict,
            Protection::Passphrase => verdict.with_fact("protected", "passphrase"),
        }
    }
}

/// Bits of a big-endian number.
fn bit_length(integer: &[u8]) -> usize {
    let start = integer.iter().position(|&b| b != 0).unwrap_or(integer.len());
    let digits = &integer[start..];
    digits.first().map_or(0, |&first| digits.len() * 8 - first.leading_zeros() as usize)
}

/// Why a text is no key; for [`Verdict::Rejected`].
pub(in crate::detect::verify) type Reason = &'static str;

/// Reads a key from the text that a rule matched.
///
/// # Errors
/// Bodies that do not decode or parse: placeholders and cut-off examples, most of the time.
pub(in crate::detect::verify) fn inspect(token: &[u8]) -> Result<Key, Reason> {
    if token.starts_with(b"PuTTY-") {
        return putty::inspect(token);
    }
    let (label, bodies) = text::armour(token).ok_or("there is no BEGIN line with a label")?;
    let mut outcome = Err("the body is empty");
    for body in bodies {
        outcome = inspect_body(label, &body);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// What makes a key the key that it is, however its text is written: its label, and the base64 of its body without line
/// ends, indentation, quotes and escapes. Nothing for what is no key in armour.
pub(in crate::detect::verify) fn canonical(token: &[u8]) -> Option<Vec<u8>> {
    if token.starts_with(b"PuTTY-") {
        let unescaped = text::unescape(token);
        let lines = unescaped.split(|b| matches!(b, b'\n' | 0x0b)).map(<[u8]>::trim_ascii);
        return Some(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(&b'\n'));
    }
    let (label, bodies) = text::armour(token).filter(|(label, _)| !label.is_empty())?;
    let sound = bodies.iter().find(|body| inspect_body(label, body).is_ok());
    let body = sound.or(bodies.first()).filter(|body| !body.base64.is_empty())?;
    Some([label, b"\n", &body.base64].concat())
}

/// The label of armoured text, and the bytes that its body may be, the likeliest first.
pub(crate) fn armour(token: &[u8]) -> Option<(&[u8], Vec<Vec<u8>>)> {
    let (label, bodies) = text::armour(token)?;
    Some((label, bodies.iter().filter_map(|body| base64::decode(&body.base64)).collect()))
}

fn inspect_body(label: &[u8], body: &text::Body) -> Result<Key, Reason> {
    if label == b"OpenVPN Static key V1" {
        let key = hex::decode(&body.base64).map_err(|_| "the body is not hexadecimal")?;
        let is_whole = key.len() == 256;
        return if is_whole { Ok(Key::decoded("static key", Protection::None)) } else { Err("it has not 2048 bits") };
    }
    let bytes = base64::decode(&body.base64).filter(|bytes| !bytes.is_empty()).ok_or("the body is no base64")?;
    if body.header("Proc-Type").is_some_and(|value| value.contains("ENCRYPTED")) {
        // PKCS#5 padding fills the last block of the cipher, 8 bytes (DES) or 16 (AES).
        if bytes.len() < 32 || bytes.len() % 8 != 0 {
            return Err("the body is not a number of cipher blocks");
        }
        let cipher = body.header("DEK-Info").and_then(|value| value.split(',').next()).unwrap_or_default();
        return Ok(Key::decoded("encrypted PEM", Protection::Passphrase).fact("encryption", cipher));
    }
    match label {
        b"RSA PRIVATE KEY" => der::rsa(&bytes).map(Key::for_ssh),
        b"EC PRIVATE KEY" => der::ec(&bytes, None).map(Key::for_ssh),
        b"DSA PRIVATE KEY" => der::dsa(&bytes),
        b"PRIVATE KEY" => der::pkcs8(&bytes),
        b"ENCRYPTED PRIVATE KEY" => der::encrypted_pkcs8(&bytes),
        b"OPENSSH PRIVATE KEY" => openssh::inspect(&bytes),
        b"SSH2 ENCRYPTED PRIVATE KEY" => openssh::inspect_ssh_com(&bytes),
        b"PGP PRIVATE KEY BLOCK" => pgp::inspect(&bytes, body.crc.as_deref()),
        _ => der::inspect(&bytes),
    }
}

/// Turns random text between a BEGIN and an END line into a key of that label.
pub(in crate::detect::verify) fn seal(token: &mut Vec<u8>, protection: Protection) {
    let seed = random::bytes(token, "private key", 64);
    if token.starts_with(b"PuTTY-") {
        *token = putty::make(token.get(20) == Some(&b'3'), protection, &seed);
        return;
    }
    let Some((label, _)) = text::armour(token) else { return };
    let label = label.to_vec();
    let traditional = protection == Protection::Passphrase;
    let headers: &[u8] = match label.as_slice() {
        b"RSA PRIVATE KEY" | b"EC PRIVATE KEY" | b"DSA PRIVATE KEY" if traditional => {
            b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
        }
        b"PGP PRIVATE KEY BLOCK" => b"\n",
        _ => b"",
    };
    let bytes = match label.as_slice() {
        _ if headers.len() > 1 => random::bytes(&seed, "ciphertext", 1200),
        b"RSA PRIVATE KEY" => der::make::rsa(&seed),
        b"EC PRIVATE KEY" => der::make::ec(&seed),
        b"DSA PRIVATE KEY" => der::make::dsa(&seed),
        b"ENCRYPTED PRIVATE KEY" => der::make::encrypted(&seed),
        b"OPENSSH PRIVATE KEY" => openssh::make(protection, &seed),
        b"SSH2 ENCRYPTED PRIVATE KEY" => openssh::make_ssh_com(protection, &seed),
        b"PGP PRIVATE KEY BLOCK" => pgp::make(protection, &seed),
        _ => der::make::pkcs8_rsa(&seed),
    };
    let (mut body, width) = match label.as_slice() {
        b"OpenVPN Static key V1" => (hex::encode(random::bytes(&seed, "static", 256)).into_bytes(), 32),
        _ => (base64::encode(&bytes), 64),
    };
    if label == b"PGP PRIVATE KEY BLOCK" {
        let missing = (width - body.len() % width) % width;
        body.resize(body.len() + missing, b'\n');
        body.extend_from_slice(&pgp::checksum_line(&bytes));
    }
    let lines: Vec<&[u8]> = body.chunks(width).map(<[u8]>::trim_ascii_end).collect();
    let (open, close) = if label.starts_with(b"SSH2") { ("---- ", " ----") } else { ("-----", "-----") };
    let line = |word: &str| [open.as_bytes(), word.as_bytes(), b" ", &label, close.as_bytes()].concat();
    *token = [&line("BEGIN")[..], b"\n", headers, &lines.join(&b'\n'), b"\n", &line("END")].concat();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(label: &str, protection: Protection, seed: u64) -> String {
        let mut text = format!("-----BEGIN {label}-----{seed}-----END {label}-----").into_bytes();
        seal(&mut text, protection);
        String::from_utf8(text).unwrap()
    }

    /// What source code does to the lines of a key.
    fn written(key: &str) -> Vec<(&'static str, String)> {
        vec![
            ("as it is", key.to_owned()),
            ("with carriage returns", key.replace('\n', "\r\n")),
            ("escaped", key.replace('\n', "\\n")),
            ("escaped with carriage returns", key.replace('\n', "\\r\\n")),
            ("escaped twice", key.replace('\n', "\\\\n")),
            ("escaped as JSON, slashes too", key.replace('/', "\\/").replace('\n', "\\n")),
            ("escaped as JSON, plus too", key.replace('+', "\\u002b").replace('=', "\\u003D").replace('\n', "\\n")),
            ("indented", key.replace('\n', "\n        ")),
            ("commented with a hash", key.replace('\n', "\n# ")),
            ("commented with slashes", key.replace('\n', "\n//")),
            ("added in a diff", key.replace('\n', "\n+")),
            ("quoted and concatenated", key.replace('\n', "\\n\" +\n    \"")),
            ("quoted with single quotes", key.replace('\n', "\\n' \\\n  '")),
            ("quoted without escapes", key.replace('\n', "\",\n\"")),
            ("appended", key.replace('\n', "\\n\");\n  sb.append(\"")),
            ("continued", key.replace('\n', "\\\n")),
            ("in XML", key.replace('\n', "&#xA;")),
        ]
    }

    #[test]
    fn keys_survive_the_ways_they_are_written() {
        let kinds = [
            ("RSA PRIVATE KEY", Protection::None),
            ("RSA PRIVATE KEY", Protection::Passphrase),
            ("EC PRIVATE KEY", Protection::None),
            ("PRIVATE KEY", Protection::None),
            ("ENCRYPTED PRIVATE KEY", Protection::Passphrase),
            ("OPENSSH PRIVATE KEY", Protection::None),
            ("OPENSSH PRIVATE KEY", Protection::Passphrase),
            ("PGP PRIVATE KEY BLOCK", Protection::None),
        ];
        for (label, protection) in kinds {
            for seed in 0..5 {
                for (how, text) in written(&made(label, protection, seed)) {
                    let key = inspect(text.as_bytes());
                    assert_eq!(key.map(|key| key.protection), Ok(protection), "{label}, {how}:\n{text}");
                }
            }
        }
    }

    #[test]
    fn a_key_is_the_same_however_it_is_written() {
        let mut putty = b"PuTTY-User-Key-File-2: x".to_vec();
        seal(&mut putty, Protection::None);
        let putty = String::from_utf8(putty).unwrap();
        let labels = ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"];
        let made = |seed: u64| labels.map(|label| made(label, Protection::None, seed));
        for (key, other) in made(1).into_iter().zip(made(2)) {
            let same = canonical(key.as_bytes());
            assert!(same.is_some() && same != canonical(other.as_bytes()));
            for (how, text) in written(&key) {
                assert_eq!(canonical(text.as_bytes()), same, "{how}:\n{text}");
            }
        }
        let same = canonical(putty.as_bytes());
        for text in [putty.replace('\n', "\r\n"), putty.replace("\r\n", "\n"), putty.replace('\n', "\\n")] {
            assert_eq!(canonical(text.as_bytes()), same, "{text}");
        }
        assert_eq!(canonical(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(canonical(b"no armour"), None);
    }

    #[test]
    fn spaces_for_line_ends_and_one_line_are_read() {
        for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            let key = made(label, Protection::None, 1);
            let body = key.lines().collect::<Vec<_>>();
            let (first, middle, last) = (body[0], &body[1..body.len() - 1], body[body.len() - 1]);
            assert!(inspect(format!("{first} {} {last}", middle.join(" ")).as_bytes()).is_ok());
            assert!(inspect(format!("{first}{}{last}", middle.concat()).as_bytes()).is_ok());
        }
    }

    #[test]
    fn placeholders_are_no_keys() {
        for body in
            ["", "...", "MIIEpAIBAAKCAQEA...", "your key here", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "<redacted>"]
        {
            for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
                let text = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
                assert!(inspect(text.as_bytes()).is_err(), "{text}");
            }
        }
        let key = made("RSA PRIVATE KEY", Protection::None, 3);
        let lines: Vec<&str> = key.lines().collect();
        let cut = [&lines[..5], &lines[8..]].concat().join("\n");
        assert!(inspect(cut.as_bytes()).is_err());
    }

    #[test]
    fn facts_name_algorithm_and_size() {
        let facts = |label: &str| inspect(made(label, Protection::None, 9).as_bytes()).unwrap().facts;
        assert_eq!(facts("RSA PRIVATE KEY")[..2], [("algorithm", "RSA".to_owned()), ("bits", "2048".to_owned())]);
        assert_eq!(facts("EC PRIVATE KEY")[..2], [("algorithm", "EC".to_owned()), ("curve", "P-256".to_owned())]);
        let names = |label: &str| facts(label).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        // Traditional PEM is what SSH's keys are written in as well.
        assert_eq!(names("EC PRIVATE KEY"), ["algorithm", "curve", "spki sha256", "fingerprint"]);
        assert_eq!(names("PRIVATE KEY"), ["algorithm", "bits", "spki sha256"]);
        assert_eq!(facts("OPENSSH PRIVATE KEY")[0], ("algorithm", "ssh-ed25519".to_owned()));
        assert!(facts("OPENSSH PRIVATE KEY")[1].1.starts_with("SHA256:"));
        assert_eq!(facts("PGP PRIVATE KEY BLOCK")[0], ("algorithm", "EdDSA".to_owned()));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = inspect(&bytes);
        }

        #[test]
        fn no_body_panics(label in 0usize..9, body in proptest::collection::vec(any::<u8>(), 0..300), plain: bool) {
            let labels = [
                "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
                "OPENSSH PRIVATE KEY", "SSH2 ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "OpenVPN Static key V1",
            ];
            let body = if plain { body } else { base64::encode(&body) };
            let line = |word: &str| format!("-----{word} {}-----", labels[label]).into_bytes();
            let mut text = [line("BEGIN"), body, line("END")].concat();
            let _ = inspect(&text);
            seal(&mut text, Protection::None);
            prop_assert!(inspect(&text).is_ok());
        }

        #[test]
        fn no_changed_byte_panics(label in 0usize..4, at in 30usize..3000, byte: u8) {
            let label = ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "PRIVATE KEY"][label];
            let mut text = made(label, Protection::None, 5).into_bytes();
            let at = at % text.len();
            text[at] = byte;
            let _ = inspect(&text);
        }
    }
}
