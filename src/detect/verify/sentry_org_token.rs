//! Organization auth tokens of Sentry: `sntrys_`, a JSON object in base64, `_`, and 32 bytes of secret in base64.
//!
//! Sentry RFC 0091 and docs.sentry.io, "Token formats": the object says when the token was issued (`iat`), for which
//! organisation (`org`) and on which server (`url`, `region_url`), so that tools need not be told.

use serde_json::{Map, Value, json};

use super::Verdict;
use super::support::{base64, random, time};

const PREFIX: &[u8] = b"sntrys_";

fn facts(token: &[u8]) -> Option<Map<String, Value>> {
    let body = token.strip_prefix(PREFIX)?;
    let end = body.iter().rposition(|&b| b == b'_')?;
    let secret = base64::decode(&body[end + 1..])?;
    match serde_json::from_slice(&base64::decode(&body[..end])?).ok()? {
        Value::Object(map) if secret.len() == 32 => Some(map),
        _ => None,
    }
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(facts) = facts(token) else { return Verdict::Rejected("the token holds no JSON object") };
    let text = |name: &str| facts.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    let (Some(organization), Some(issued)) = (text("org"), facts.get("iat").and_then(time::numeric_date)) else {
        return Verdict::Rejected("the token names no organisation or time");
    };
    let verdict =
        Verdict::plausible("token structure").with_fact("organization", organization).with_fact("issued", issued);
    match text("region_url").or(text("url")) {
        Some(server) => verdict.with_fact("server", server),
        None => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let object = json!({
        "iat": 1_700_000_000, "url": "https://sentry.io", "region_url": "https://us.sentry.io", "org": "keytrail-demo",
    });
    let secret = base64::encode(&random::bytes(token, "secret", 32));
    let made = base64::encode(object.to_string().as_bytes());
    // The secret stands there without padding.
    *token = [PREFIX, &made, b"_", &secret[..43]].concat();
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_organization_is_read() {
        for token in samples::sealed("sentry-organization-auth-token", 20) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            let facts: Vec<&str> = verification.facts.iter().map(|fact| fact.value.as_str()).collect();
            assert_eq!(facts, ["keytrail-demo", "2023-11-14T22:13:20Z", "https://us.sentry.io"]);
            assert!(matches!(check(&token[..token.len() - 2]), Verdict::Rejected(_)));
        }
    }

    #[test]
    fn other_objects_are_rejected() {
        for value in [json!([]), json!({"iat": 1}), json!({"org": "o"}), json!({"org": "", "iat": 1})] {
            let body = base64::encode(value.to_string().as_bytes());
            let token = [PREFIX, &body, b"_", &base64::encode(&[7; 32])[..43]].concat();
            assert!(matches!(check(&token), Verdict::Rejected(_)), "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
            check(&[PREFIX, &bytes[..]].concat());
            seal(&mut bytes.clone());
        }
    }
}
