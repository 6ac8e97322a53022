//! Tokens of Palantir Foundry: JWTs whose header names the token in `plntr` and that are signed with ES256.

use base64::Engine;

use super::support::base64::BASE64URL;
use super::support::{jwt as support, random};
use super::{Verdict, jwt};

pub(super) fn check(token: &[u8]) -> Verdict {
    match support::decode(token) {
        Ok(read) if read.header.contains_key("plntr") && read.header.get("alg").is_some_and(|alg| alg == "ES256") => {
            jwt::check(token)
        }
        Ok(_) => Verdict::Rejected("the JWT is not one of Palantir"),
        Err(reason) => Verdict::Rejected(reason),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = hex::encode(random::bytes(token, "id", 8));
    // In this order, since `plntr` has to come first.
    let header = BASE64URL.encode(format!(r#"{{"plntr":"{id}","alg":"ES256"}}"#));
    let claims = BASE64URL.encode(format!(r#"{{"sub":"{id}","jti":"{id}"}}"#));
    let signature = BASE64URL.encode(random::bytes(token, "signature", 64));
    *token = [header, claims, signature].join(".").into_bytes();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn only_tokens_of_palantir_fit() {
        for token in samples::sealed("palantir-foundry-token-jwt", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(_)));
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
        }
        let other = support::made_of(b"x", &serde_json::json!({"alg": "ES256"}), &serde_json::json!({}));
        assert!(matches!(check(&other), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
