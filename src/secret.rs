//! A key's bytes, and the few things that may be derived from them.
//!
//! [`Secret`] is the only type of keytrail that holds a key. It has no `Display` and no `Serialize`, its `Debug` shows
//! the length only, and its bytes are wiped when it is dropped. What leaves it is a redacted form, a fingerprint, or,
//! through [`Secret::expose`], the bytes themselves: searching for that name finds every place that can leak.
//!
//! ```
//! use keytrail::{FingerprintKey, Secret};
//!
//! let secret = Secret::new(b"correct horse battery staple".to_vec());
//! assert!(!format!("{secret:?} {}", secret.redacted()).contains("horse"));
//! // The same value has the same fingerprint, and nothing else has; under another key it is another one.
//! let print = secret.fingerprint("my-rule", false, &FingerprintKey::default());
//! assert_eq!(print, secret.clone().fingerprint("my-rule", false, &FingerprintKey::default()));
//! assert_ne!(print, secret.fingerprint("my-rule", false, &FingerprintKey::new(b"ours".to_vec())));
//! ```

use std::fmt;
use std::sync::OnceLock;

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::detect::verify;

/// Bytes of a key. Compared and ordered by value, printed by length only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Secret(bytes)
    }

    /// The bytes in the clear. Callers are verifiers, `--show-secrets` and the join with an inventory.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// What a report may show of it: at most four characters at either end and a quarter altogether, and nothing of values
    /// under 8 bytes; of armoured keys the first line, which only names their kind.
    #[must_use]
    pub fn redacted(&self) -> String {
        redact(&self.0)
    }

    /// What makes it the secret that it is. A private key is the same in a file of its own, indented in YAML, with the
    /// line ends of Windows, and in one line with `\n` for them; everything else is what it is.
    #[must_use]
    pub fn canonical(&self) -> Self {
        verify::canonical(&self.0).map_or_else(|| self.clone(), Secret)
    }

    /// The keyed fingerprint of this value under a rule: 32 hexadecimal digits.
    ///
    /// The same value found by the same rule has the same fingerprint in every clone, on every line and under every
    /// file name, and a private key [however it is written](Self::canonical). `guessable` says that the value could be
    /// found by trying candidates (a password rather than a random token): then each trial costs a guesser one run of
    /// Argon2id, and the key of [`FingerprintKey::from_env`] is the way to make guessing impossible altogether.
    #[must_use]
    pub fn fingerprint(&self, rule: &str, guessable: bool, key: &FingerprintKey) -> Fingerprint {
        let mut mac = key.mac();
        mac.update(rule.as_bytes());
        mac.update(&[0]);
        if guessable {
            let mut slow = Zeroizing::new([0u8; 32]);
            // The choice with the least memory that OWASP's Password Storage Cheat Sheet gives for Argon2id.
            let params = Params::new(7 * 1024, 5, 1, Some(32)).unwrap_or(Params::DEFAULT);
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            match hasher.hash_password_into(&self.0, b"keytrail/fingerprint/guessable/1", slow.as_mut_slice()) {
                Ok(()) => mac.update(slow.as_slice()),
                // Argon2 refuses only wrong parameters and inputs over 4 GiB; the rule alone then identifies.
                Err(_) => mac.update(b"unhashable"),
            }
        } else {
            mac.update(&self.canonical().0);
        }
        let tag = mac.finalize().into_bytes();
        let mut short = [0u8; 16];
        short.copy_from_slice(&tag[..16]);
        Fingerprint(short)
    }
}

/// The fingerprint of a finding. That of a guessable value is slow by intention, so it is worked out when somebody asks
/// for it first: reports for people show none.
#[derive(Clone)]
pub struct Identity {
    known: OnceLock<Fingerprint>,
    asked: Option<Box<Asked>>,
}

/// What a fingerprint is made of.
#[derive(Clone)]
struct Asked {
    secret: Secret,
    rule: String,
    key: FingerprintKey,
}

impl Identity {
    /// The identity of a value under a rule; see [`Secret::fingerprint`].
    #[must_use]
    pub(crate) fn of(secret: &Secret, rule: &str, guessable: bool, key: &FingerprintKey) -> Self {
        if !guessable {
            return secret.fingerprint(rule, false, key).into();
        }
        let asked = Asked { secret: secret.clone(), rule: rule.to_owned(), key: key.clone() };
        Identity { known: OnceLock::new(), asked: Some(Box::new(asked)) }
    }

    /// The fingerprint.
    #[must_use]
    pub fn get(&self) -> Fingerprint {
        *self.known.get_or_init(|| match &self.asked {
            Some(asked) => asked.secret.fingerprint(&asked.rule, true, &asked.key),
            // There is no identity without one of the two.
            None => Fingerprint([0; 16]),
        })
    }
}

impl From<Fingerprint> for Identity {
    fn from(known: Fingerprint) -> Self {
        Identity { known: OnceLock::from(known), asked: None }
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Identity {}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.get(), f)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// A value as a report knows it: the form that may be shown, and the value itself unless nobody knows it any more, as
/// in a report that was read back and was written without `--show-secrets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    shown: String,
    secret: Option<Secret>,
}

impl Redacted {
    /// A value of which a report told the redacted form, and perhaps the value.
    #[must_use]
    pub(crate) fn told(shown: String, secret: Option<Secret>) -> Self {
        Redacted { shown, secret }
    }

    /// A value that was found: redacted if it is a secret, and whole if it is an identifier, by which people find what is
    /// to be revoked.
    #[must_use]
    pub(crate) fn of(value: Secret, is_secret: bool) -> Self {
        let shown = if is_secret { value.redacted() } else { String::from_utf8_lossy(value.expose()).into_owned() };
        Redacted { shown, secret: Some(value) }
    }

    /// What a report may show of it: at most four characters at either end and a quarter altogether, and nothing of values
    /// under 8 bytes; of armoured keys the first line, which only names their kind.
    #[must_use]
    pub fn redacted(&self) -> &str {
        &self.shown
    }

    /// The value, where it is known.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}

impl From<Secret> for Redacted {
    fn from(secret: Secret) -> Self {
        Redacted { shown: secret.redacted(), secret: Some(secret) }
    }
}

/// What stands for a redacted part in every report.
pub(crate) const REDACTION: &str = "…";

/// The redacted form of a value: its first and last characters around [`REDACTION`].
///
/// At most four characters at either end and at most a quarter of the value altogether, so that what is hidden always
/// has three times the length of what is shown; values under 16 bytes show nothing but their first character, and
/// values under 8 bytes nothing at all. Armoured keys show their first line, which only names their kind. Bytes outside printable ASCII are never shown.
#[must_use]
pub(crate) fn redact(bytes: &[u8]) -> String {
    if let Some(label) = armour_label(bytes) {
        return format!("{}{REDACTION}", printable(label));
    }
    let show = match bytes.len() {
        0..8 => 0,
        8..16 => return format!("{}{REDACTION}", printable(&bytes[..1])),
        n => (n / 8).min(4),
    };
    format!("{}{REDACTION}{}", printable(&bytes[..show]), printable(&bytes[bytes.len() - show..]))
}

/// The first line of an armoured key, `-----BEGIN … -----`: it says what kind of key follows, and nothing of it.
fn armour_label(bytes: &[u8]) -> Option<&[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const DASHES: &[u8] = b"-----";
    let rest = bytes.strip_prefix(BEGIN)?;
    let label = rest.windows(DASHES.len()).take(48).position(|window| window == DASHES)?;
    let plain = rest[..label].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b' ');
    plain.then(|| &bytes[..BEGIN.len() + label + DASHES.len()])
}

fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| if b.is_ascii_graphic() || b == b' ' { b as char } else { '?' }).collect()
}

/// The key under which fingerprints are made.
///
/// By default it is a constant of keytrail, so that all clones agree without being told anything. An organisation that
/// publishes its reports sets `KEYTRAIL_FINGERPRINT_KEY` to a value of its own (the same everywhere): then nobody
/// without that value can test a guess against a fingerprint.
#[derive(Clone)]
pub struct FingerprintKey(Zeroizing<Vec<u8>>);

impl FingerprintKey {
    /// Name of the environment variable that [`from_env`](Self::from_env) reads.
    pub const VARIABLE: &str = "KEYTRAIL_FINGERPRINT_KEY";

    /// The key in `KEYTRAIL_FINGERPRINT_KEY`, or the default one where that is unset or empty.
    #[must_use]
    pub fn from_env() -> Self {
        match std::env::var_os(Self::VARIABLE) {
            Some(value) if !value.is_empty() => FingerprintKey(Zeroizing::new(value.into_encoded_bytes())),
            _ => Self::default(),
        }
    }

    /// A given key.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        FingerprintKey(Zeroizing::new(bytes))
    }

    fn mac(&self) -> Hmac<Sha256> {
        // HMAC takes a key of any length; the type only cannot say so.
        match Hmac::new_from_slice(&self.0) {
            Ok(mac) => mac,
            Err(_) => Hmac::new(&Default::default()),
        }
    }

    /// A keyed digest of something that is no secret itself but must not be tested offline either (a redacted line).
    #[must_use]
    pub(crate) fn digest(&self, label: &str, content: &[u8]) -> Fingerprint {
        let mut mac = self.mac();
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(content);
        let tag = mac.finalize().into_bytes();
        let mut short = [0u8; 16];
        short.copy_from_slice(&tag[..16]);
        Fingerprint(short)
    }
}

impl Default for FingerprintKey {
    fn default() -> Self {
        FingerprintKey(Zeroizing::new(b"keytrail/fingerprint/1".to_vec()))
    }
}

/// The identity of a finding: 128 bits, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

/// Why a text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 32 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// One as reports write it, or in four groups as baselines do: `01234567:89abcdef:01234567:89abcdef`.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let grouped = text.split(':').map(str::len).eq([8; 4]);
        let digits = if grouped { text.replace(':', "") } else { text.to_owned() };
        digits.parse().ok()
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let mut short = [0u8; 16];
        hex::decode_to_slice(text, &mut short).map_err(|_| NoFingerprint)?;
        Ok(Fingerprint(short))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let secret = Secret::new(b"correct horse battery".to_vec());
        assert_eq!(format!("{secret:?}"), "Secret(21 bytes)");
    }

    #[test]
    fn redaction_hides_three_quarters_at_least() {
        for len in 0..200usize {
            let value: Vec<u8> = (0..len).map(|i| b'a' + (i % 26) as u8).collect();
            let shown = redact(&value).chars().filter(|c| c.is_ascii_alphabetic()).count();
            assert!(shown * 4 <= len, "{len} bytes show {shown}");
        }
        assert_eq!(redact(b"-----BEGIN PRIVATE KEY-----\nMIIx"), "-----BEGIN PRIVATE KEY-----…");
        assert_eq!(redact(b"hunter2"), "…");
        assert_eq!(redact(b"hunter2hunter2"), "h…");
    }

    #[test]
    fn fingerprints_depend_on_rule_value_and_key() {
        let (a, b) = (Secret::new(b"one".to_vec()), Secret::new(b"two".to_vec()));
        let (usual, own) = (FingerprintKey::default(), FingerprintKey::new(b"own".to_vec()));
        for guessable in [false, true] {
            let print = a.fingerprint("r", guessable, &usual);
            assert_eq!(print, a.clone().fingerprint("r", guessable, &usual));
            assert_ne!(print, b.fingerprint("r", guessable, &usual));
            assert_ne!(print, a.fingerprint("s", guessable, &usual));
            assert_ne!(print, a.fingerprint("r", guessable, &own));
        }
        let print = a.fingerprint("r", false, &usual);
        assert_eq!(print.to_string().len(), 32);
        assert_eq!(print.to_string().parse(), Ok(print));
        assert_eq!("12345".parse::<Fingerprint>(), Err(NoFingerprint));
    }
}
