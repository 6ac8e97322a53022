//! JSON Web Tokens that were encoded in base64 once more, as the data of Kubernetes secrets are.

use super::support::base64;
use super::{Verdict, jwt};

pub(super) fn check(token: &[u8]) -> Verdict {
    match base64::decode(token) {
        Some(text) => jwt::check(text.trim_ascii()),
        None => Verdict::Rejected("it is no base64"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    jwt::seal(token);
    *token = base64::encode(token);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn what_is_inside_is_judged() {
        for token in samples::sealed("token-format-json-web-token-wrapped-in-base64", 10) {
            assert!(matches!(check(&token), Verdict::Plausible(found) if !found.facts.is_empty()));
            assert!(matches!(check(&token[..token.len() / 2]), Verdict::Rejected(_)));
        }
        assert!(matches!(check(&base64::encode(b"eyJhIjoxfQ")), Verdict::Rejected(_)));
        assert!(matches!(check(b"?"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            let _ = check(&base64::encode(&bytes));
        }
    }
}
