//! The service role key of a Supabase project: a JWT of the issuer `supabase` with the role `service_role`.
//!
//! supabase.com, "Understanding API keys": the key with the role `anon` is public and is rejected here. So are the keys
//! that come with the local stack, whose issuer is `supabase-demo`: everyone has the same.

use serde_json::json;

use super::Verdict;
use super::support::{jwt, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let token = match jwt::decode(token) {
        Ok(token) => token,
        Err(reason) => return Verdict::Rejected(reason),
    };
    if token.text("iss") != Some("supabase") || token.text("role") != Some("service_role") {
        return Verdict::Rejected("the claims are not those of a service role key");
    }
    let mut verdict = Verdict::plausible("JWT of Supabase");
    for (name, value) in [
        ("project", token.text("ref").map(str::to_owned)),
        ("issued", token.issued()),
        ("expires", token.expires()),
    ] {
        if let Some(value) = value {
            verdict = verdict.with_fact(name, value);
        }
    }
    verdict
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let project: String = random::bytes(token, "project", 20).iter().map(|b| char::from(b'a' + b % 26)).collect();
    let claims = json!({
        "iss": "supabase", "ref": project, "role": "service_role", "iat": 1_700_000_000, "exp": 2_015_576_000,
    });
    *token = jwt::made_of(token, &json!({"alg": "HS256", "typ": "JWT"}), &claims);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_project_is_read() {
        for token in samples::sealed("supabase-service-role-key-jwt", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[0].value.len(), 20);
            assert_eq!(verification.facts[1].value, "2023-11-14T22:13:20Z");
        }
    }

    #[test]
    fn public_keys_are_rejected() {
        for claims in [
            json!({"iss": "supabase", "role": "anon"}),
            json!({"iss": "supabase-demo", "role": "service_role"}),
            json!({"role": "service_role"}),
        ] {
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
