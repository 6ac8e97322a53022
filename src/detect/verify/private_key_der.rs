//! Private keys as base64 without the lines that PEM puts around it.
//!
//! Certificates and public keys begin with the same characters; parsing tells them apart.

use super::Verdict;
use super::support::private_key::{self, Protection, der};
use super::support::{base64, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(bytes) = base64::decode(token) else { return Verdict::Rejected("it is no base64") };
    match der::inspect(&bytes) {
        Ok(key) if key.protection == Protection::Passphrase => Verdict::Rejected("a passphrase protects the key"),
        Ok(key) => key.into_verdict(),
        Err(reason) => Verdict::Rejected(reason),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    *token = base64::encode(&private_key::der::make::pkcs8_rsa(&random::bytes(token, "der", 64)));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_parse_and_parts_of_them_do_not() {
        for token in samples::sealed("private-key-base64-der-without-pem-lines", 10) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            assert!(matches!(check(&token[..token.len() - 8]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            check(&base64::encode(&bytes));
        }
    }
}
