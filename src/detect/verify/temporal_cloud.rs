//! API keys of Temporal Cloud: JWTs for the audience `temporal.io` that name their key (`key_id`).
//!
//! docs.temporal.io, "Manage API keys": the key's id is what lists of keys show.

use serde_json::{Value, json};

use super::Verdict;
use super::support::{jwt, random};

fn names_temporal(value: &Value) -> bool {
    match value {
        Value::String(name) => name.contains("temporal.io"),
        Value::Array(all) => all.iter().any(|one| one.as_str().is_some_and(|name| name.contains("temporal.io"))),
        _ => false,
    }
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let token = match jwt::decode(token) {
        Ok(token) => token,
        Err(reason) => return Verdict::Rejected(reason),
    };
    let key = token.text("key_id").filter(|id| !id.is_empty());
    let (Some(key), true) = (key, token.claims.get("aud").is_some_and(names_temporal)) else {
        return Verdict::Rejected("the claims are not those of Temporal Cloud");
    };
    let mut verdict = Verdict::plausible("JWT of Temporal Cloud").with_fact("key id", key);
    for (name, value) in [("account", token.text("account_id").map(str::to_owned)), ("expires", token.expires())] {
        if let Some(value) = value {
            verdict = verdict.with_fact(name, value);
        }
    }
    verdict
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = hex::encode(random::bytes(token, "key", 16));
    let claims = json!({
        "account_id": &id[..5], "aud": ["temporal.io"], "exp": 2_015_576_000, "iss": "temporal.io", "jti": &id[5..20],
        "key_id": id, "sub": &id[20..],
    });
    *token = jwt::made_of(token, &json!({"alg": "ES256", "kid": "Wvdwaq"}), &claims);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_key_is_read() {
        for token in samples::sealed("temporal-cloud-api-key-jwt", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[0].value.len(), 32);
            assert_eq!(verification.facts[1].name, "account");
        }
    }

    #[test]
    fn other_audiences_are_rejected() {
        for claims in [json!({"key_id": "x"}), json!({"aud": "temporal.io"}), json!({"aud": ["else"], "key_id": "x"})] {
            let token = jwt::encode(&json!({"alg": "ES256"}), &claims, b"c2lnbmF0dXJl");
            assert!(matches!(check(&token), Verdict::Rejected(_)), "{claims}");
        }
        let token = jwt::encode(&json!({"alg": "ES256"}), &json!({"aud": "temporal.io", "key_id": "x"}), b"c2ln");
        assert!(matches!(check(&token), Verdict::Plausible(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
