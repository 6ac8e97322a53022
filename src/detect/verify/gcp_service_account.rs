//! The private key inside a service account's key file: PEM in a JSON string, so its line ends are `\n` escapes.
//!
//! Google issues RSA keys in PKCS#8 (RFC 5958). Where the outer structure fits, it is a key, since what is invented for an
//! example rarely has lengths that fit; where its numbers fit each other as well, it is confirmed.

use std::ops::Range;

use base64::Engine;

use super::support::base64::BASE64;
use super::support::fields::Fields;
use super::support::private_key::{self, der};
use super::{Surroundings, Verdict};

const BEGIN: &[u8] = b"-----BEGIN PRIVATE KEY-----";
const END: &[u8] = b"-----END PRIVATE KEY-----";

/// Version 0, then the algorithm: rsaEncryption (RFC 8017, appendix A.1) without parameters.
const RSA: &[u8] = b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;

/// The bytes that a PEM text holds, whatever its line ends are: line feeds, or `\n` behind any number of backslashes.
fn decode(pem: &[u8]) -> Option<Vec<u8>> {
    let body = pem.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let (mut digits, mut escaped) = (Vec::with_capacity(body.len()), false);
    for &b in body {
        match b {
            b'\\' => escaped = true,
            b'n' | b'r' if escaped => escaped = false,
            b if b.is_ascii_whitespace() => escaped = false,
            b => {
                escaped = false;
                digits.push(b);
            }
        }
    }
    BASE64.decode(digits).ok()
}

/// The content of the DER value of that tag that fills `der` to its last byte.
fn whole(der: &[u8], tag: u8) -> Option<&[u8]> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (len, content) = match first {
        0..=0x7f => (usize::from(first), rest),
        // Keys are far below 2³² bytes.
        0x81..=0x84 => {
            let (digits, content) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |len, &digit| len << 8 | usize::from(digit)), content)
        }
        _ => return None,
    };
    (found == tag && len == content.len()).then_some(content)
}

pub(super) fn check(pem: &[u8]) -> Verdict {
    let Some(der) = decode(pem) else {
        return Verdict::Rejected("the private key is no base64");
    };
    let key = whole(&der, SEQUENCE)
        .and_then(|content| content.strip_prefix(RSA))
        .and_then(|content| whole(content, OCTET_STRING))
        .and_then(|content| whole(content, SEQUENCE));
    match key {
        Some(_) => match der::inspect(&der).map(private_key::Key::into_verdict) {
            Ok(Verdict::Confirmed(_)) => Verdict::confirmed("PKCS#8 structure"),
            _ => Verdict::plausible("PKCS#8 structure"),
        },
        None => Verdict::Rejected("the private key is no RSA key in PKCS#8"),
    }
}

/// The account that the key belongs to, and its project: the fields of the same file in front of the key and behind it.
pub(super) fn beside(text: &[u8], whole: &Range<usize>) -> Surroundings {
    let fields = Fields::around(text, whole);
    let account = fields.get("client_email").filter(|account| account.contains('@'));
    Surroundings::default().with_fact("project", fields.get("project_id")).with_fact("account", account)
}

pub(super) fn seal(pem: &mut Vec<u8>) {
    if !pem.starts_with(BEGIN) || !pem.ends_with(END) {
        return;
    }
    let digits = BASE64.encode(der::make::pkcs8_rsa(pem));
    let mut sealed = BEGIN.to_vec();
    for line in digits.as_bytes().chunks(64) {
        sealed.extend_from_slice(b"\\n");
        sealed.extend_from_slice(line);
    }
    sealed.extend_from_slice(b"\\n");
    sealed.extend_from_slice(END);
    *pem = sealed;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_keys_pass_with_any_line_ends() {
        for pem in secrets("gcp-service-account-key") {
            let text = String::from_utf8_lossy(&pem).into_owned();
            for ends in ["\\n", "\\\\n", "\n", "\r\n", "\\r\\n", ""] {
                let other = text.replace("\\n", ends);
                assert_eq!(check(other.as_bytes()), Verdict::confirmed("PKCS#8 structure"), "{ends:?}");
            }
            // Four characters less: three bytes, and no length fits.
            let shorter = text.replacen("\\nMII", "\\n", 1);
            assert!(shorter.len() < text.len());
            assert!(matches!(check(shorter.as_bytes()), Verdict::Rejected(_)));
            let cut = [&pem[..200], &pem[204..]].concat();
            assert!(matches!(check(&cut), Verdict::Rejected(_)));
        }
    }

    #[test]
    fn numbers_that_do_not_fit_confirm_nothing() {
        for pem in secrets("gcp-service-account-key").take(3) {
            // A digit of the modulus, which the first quarter of the key is, and no part of an escape.
            let at = (200..).find(|&at| !pem[at - 1..=at].contains(&b'\\')).unwrap_or_default();
            let mut changed = pem.clone();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(check(&changed), Verdict::plausible("PKCS#8 structure"));
            assert_eq!(check(&pem), Verdict::confirmed("PKCS#8 structure"));
        }
    }

    #[test]
    fn fields_beside_the_key_name_its_account() {
        let fields = |text: &str| {
            let at = text.find("KEY").unwrap_or_default();
            let facts = beside(text.as_bytes(), &(at..at + 3)).facts;
            facts.into_iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect::<Vec<_>>().join(" ")
        };
        let account = "ci@acme-prod.iam.gserviceaccount.com";
        let file = format!(r#"{{"project_id": "acme-prod", KEY\n", "client_email": "{account}"}}"#);
        assert_eq!(fields(&file), format!("project=acme-prod account={account}"));
        assert_eq!(fields(&file.replace('"', "\\\"")), format!("project=acme-prod account={account}"));
        assert_eq!(fields("{\"project_id\": \"another\"}, {KEY}, {\"client_email\": \"a@b\"}"), "");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&bytes);
            let pem = [BEGIN, &bytes, END].concat();
            let _ = check(&pem);
            let der = [BEGIN, BASE64.encode(&bytes).as_bytes(), END].concat();
            let _ = check(&der);
            let _ = whole(&bytes, SEQUENCE);
            let mut sealed = pem;
            seal(&mut sealed);
            prop_assert!(!matches!(check(&sealed), Verdict::Rejected(_)));
        }
    }
}
