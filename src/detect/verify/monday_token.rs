//! API tokens of monday.com: JWTs whose claims are the numbers of the token (`tid`), its user (`uid`) and the account
//! (`actid`).
//!
//! developer.monday.com, "Authentication". No other issuer is known to have these claims together.

use serde_json::{Value, json};

use super::Verdict;
use super::support::{jwt, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let token = match jwt::decode(token) {
        Ok(token) => token,
        Err(reason) => return Verdict::Rejected(reason),
    };
    let number = |claim: &str| token.claims.get(claim).and_then(Value::as_u64);
    let (Some(id), Some(user)) = (number("tid"), number("uid")) else {
        return Verdict::Rejected("the claims are not those of monday.com");
    };
    if !["actid", "rgn", "iad"].iter().any(|claim| token.claims.contains_key(*claim)) {
        return Verdict::Rejected("the claims are not those of monday.com");
    }
    let verdict = Verdict::plausible("JWT of monday.com")
        .with_fact("token id", id.to_string())
        .with_fact("user", user.to_string());
    match number("actid") {
        Some(account) => verdict.with_fact("account", account.to_string()),
        None => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = random::bytes(token, "id", 3).iter().fold(100_000_000u64, |id, &b| id * 2 + u64::from(b));
    let claims = json!({
        "tid": id, "aai": 11, "uid": 30_000_001, "iad": "2024-01-01T00:00:00.000Z", "per": "me:write",
        "actid": 1_000_001, "rgn": "use1",
    });
    *token = jwt::made_of(token, &json!({"alg": "HS256"}), &claims);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_account_is_read() {
        for token in samples::sealed("monday-com-api-token-jwt", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[2].value, "1000001");
        }
    }

    #[test]
    fn other_claims_are_rejected() {
        for claims in [json!({}), json!({"tid": 1}), json!({"tid": 1, "uid": 2}), json!({"tid": "1", "uid": 2, "rgn": 1})]
        {
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
