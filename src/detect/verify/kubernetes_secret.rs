//! Values in manifests of Kubernetes secrets: base64 of anything, of which certificates and what is plainly made up are
//! no secrets.

use super::Verdict;
use super::support::{base64, random};
use crate::detect::{chosen, entropy, placeholder};
use crate::finding::Verification;

pub(super) fn check(value: &[u8]) -> Verdict {
    match base64::decode(value) {
        None => Verdict::Rejected("it is no base64"),
        Some(bytes) if memchr::memmem::find(&bytes, b"-----BEGIN CERTIFICATE-----").is_some() => {
            Verdict::Rejected("it is a certificate")
        }
        Some(bytes) if chosen::is_usual(bytes.trim_ascii()) || is_name(bytes.trim_ascii()) => {
            Verdict::Rejected("it is a usual word or a name")
        }
        Some(bytes) if is_address(bytes.trim_ascii()) => Verdict::Rejected("it is an address"),
        Some(bytes) if is_made_up(bytes.trim_ascii()) => Verdict::Rejected("it is a placeholder, or filled in later"),
        Some(bytes) if is_plain(bytes.trim_ascii()) => Verdict::Doubtful(base64_text()),
        Some(_) => Verdict::Plausible(base64_text()),
    }
}

fn base64_text() -> Verification {
    Verification { what: "base64".to_owned(), facts: Vec::new() }
}

/// The value, where it is text on one line: the password itself, and not what hides it.
pub(super) fn opened(value: &[u8]) -> Option<(Vec<u8>, &'static str)> {
    let bytes = base64::decode(value)?;
    let text = bytes.trim_ascii();
    let line = !text.is_empty() && text.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
    line.then(|| (text.to_vec(), FORM))
}

/// What reports call the form of such a value.
pub(crate) const FORM: &str = "in base64 in a Kubernetes Secret";

/// What people write where a secret is to be put: judged as it is in a plain setting.
fn is_made_up(text: &[u8]) -> bool {
    // Long ones may have any word in them.
    text.len() <= WORD && (chosen::is_template(text) || placeholder::reason(text).is_some())
}

/// Longest value that is one word, in bytes.
const WORD: usize = 64;

/// A word of which nothing tells that somebody chose it for a password, or drew it.
fn is_plain(text: &[u8]) -> bool {
    text.len() <= WORD
        && text.iter().all(u8::is_ascii_graphic)
        && !(chosen::is_mixed(text)
            || chosen::is_worded(text)
            || chosen::is_personal(text)
            || chosen::is_passphrase(text)
            || chosen::is_drawn(text)
            || entropy::looks_random(text))
}

/// `billing-user`, `db.internal.corp`: words and what joins them, as the other values of a manifest are.
fn is_name(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-' | b':' | b'/' | b'@'))
        && !chosen::is_drawn(text)
}

/// `tcp://127.0.0.1:5705`, `db-0.internal:5432`: an address without a user, nor a path that may have been drawn.
fn is_address(text: &[u8]) -> bool {
    let scheme = memchr::memmem::find(text, b"://");
    let rest = scheme.map_or(text, |at| &text[at + 3..]);
    let port = rest.iter().rposition(|&b| b == b':').map(|at| &rest[at + 1..]);
    let port = port.is_some_and(|port| (2..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit));
    let labels = || rest.split(|b| matches!(b, b'.' | b':' | b'/' | b'-'));
    (scheme.is_some() || port)
        && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'/'))
        && !labels().any(|label| label.len() >= 6 && chosen::is_drawn(label))
}

pub(super) fn seal(value: &mut Vec<u8>) {
    if matches!(check(value), Verdict::Rejected(_)) {
        *value = base64::encode(hex::encode(random::bytes(value, "value", 12)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn certificates_and_usual_words_are_no_secrets() {
        for value in samples::sealed("configuration-file-kubernetes-secret-manifest", 20) {
            assert_eq!(check(&value), Verdict::plausible("base64"));
        }
        for other in [
            "-----BEGIN CERTIFICATE-----\nMIIB",
            "password",
            "admin123\n",
            "changeme-please",
            "billing-user\n",
            "${DB_PASSWORD}",
            "my-example-password-1",
            "xxxxxxxxxxxxxxxx",
        ] {
            assert!(matches!(check(&base64::encode(other.as_bytes())), Verdict::Rejected(_)), "{other}");
        }
        assert!(matches!(check(&base64::encode(b"auth.step2.label")), Verdict::Doubtful(_)));
        assert!(matches!(check(b"?"), Verdict::Rejected(_)));
        for other in ["tcp://127.0.0.1:5705", "db-0.internal:5432", "https://login.corp.internal/oauth2/v2"] {
            assert_eq!(check(&base64::encode(other.as_bytes())), Verdict::Rejected("it is an address"), "{other}");
        }
        for secret in ["https://ann:m4ple@corp.internal", "https://corp.internal/hook/x7Rq2LmZ9t"] {
            assert_eq!(check(&base64::encode(secret.as_bytes())), Verdict::plausible("base64"), "{secret}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            let _ = check(&base64::encode(&bytes));
            seal(&mut bytes.clone());
        }
    }
}
