//! Private keys in PEM that were encoded in base64 once more: variables of build systems, kubeconfig files, Kubernetes
//! secrets. Certificates in this form begin with the same characters; what they decode to tells them apart.

use super::Verdict;
use super::support::base64;
use super::support::private_key::{self, Protection};

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(text) = base64::decode(token) else { return Verdict::Rejected("it is no base64") };
    match private_key::inspect(text.trim_ascii()) {
        Ok(key) if key.protection == Protection::Passphrase => Verdict::Rejected("a passphrase protects the key"),
        Ok(key) => key.into_verdict(),
        Err(reason) => Verdict::Rejected(reason),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let mut text = [b"-----BEGIN EC PRIVATE KEY-----\n", &token[..], b"\n-----END EC PRIVATE KEY-----"].concat();
    private_key::seal(&mut text, Protection::None);
    text.push(b'\n');
    *token = base64::encode(&text);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_parse_and_certificates_do_not() {
        for token in samples::sealed("private-key-base64-wrapped-pem", 10) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)), "{}", String::from_utf8(token).unwrap());
            assert!(matches!(check(&token[..token.len() / 2]), Verdict::Rejected(_)));
        }
        let certificate = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert!(matches!(check(&base64::encode(certificate)), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = check(&bytes);
            let _ = check(&base64::encode(&bytes));
        }
    }
}
