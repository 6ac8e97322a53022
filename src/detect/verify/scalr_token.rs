//! API tokens of Scalr: JWTs that a user or a service account issues itself (`iss` is `user`), with an id that begins
//! with `at-`.

use serde_json::json;

use super::Verdict;
use super::support::{jwt, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let token = match jwt::decode(token) {
        Ok(token) => token,
        Err(reason) => return Verdict::Rejected(reason),
    };
    match (token.text("iss"), token.text("jti")) {
        (Some("user"), Some(id)) if id.starts_with("at-") => {
            Verdict::plausible("JWT of Scalr").with_fact("token id", id)
        }
        _ => Verdict::Rejected("the claims are not those of Scalr"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = format!("at-{}", hex::encode(random::bytes(token, "id", 8)));
    *token = jwt::made_of(token, &json!({"alg": "HS256", "typ": "JWT"}), &json!({"iss": "user", "jti": id}));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn only_tokens_of_scalr_fit() {
        for token in samples::sealed("scalr-api-token-jwt", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(_)));
        }
        for claims in [json!({}), json!({"iss": "user"}), json!({"iss": "user", "jti": "x"}), json!({"jti": "at-x"})] {
            let token = jwt::encode(&json!({"alg": "HS256"}), &claims, b"c2lnbmF0dXJl");
            assert!(matches!(check(&token), Verdict::Rejected(_)), "{claims}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
