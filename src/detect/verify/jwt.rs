//! JSON Web Tokens of any issuer (RFC 7519): header and claims decode, and say what the token is for.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Verdict;
use super::support::{jwt, random, time};

/// Longest issuer, audience, key id or subject that is shown, in bytes.
const MAX_SHOWN: usize = 200;

/// A text that may stand in a report: short, printable, and no address of a person.
pub(super) fn shown(value: &str) -> Option<&str> {
    let ok = !value.is_empty()
        && value.len() <= MAX_SHOWN
        && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && (!value.contains('@') || value.starts_with("https://"));
    ok.then_some(value)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let token_parts = match jwt::decode(token) {
        Ok(parts) => parts,
        Err(reason) => return Verdict::Rejected(reason),
    };
    let algorithm = token_parts.header.get("alg").and_then(Value::as_str).unwrap_or_default();
    if algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return Verdict::Rejected("the JWT is not signed");
    }
    // What jwt.io shows, with each of its algorithms, and thousands of tests repeat.
    if token_parts.text("sub") == Some("1234567890") && token_parts.text("name") == Some("John Doe") {
        return Verdict::Rejected("it is the sample of jwt.io");
    }
    let mut verdict = Verdict::plausible("JWT structure");
    for (name, claim) in [("issuer", "iss"), ("subject", "sub")] {
        if let Some(value) = token_parts.text(claim).and_then(shown) {
            verdict = verdict.with_fact(name, value);
        }
    }
    if let Some(algorithm) = shown(algorithm) {
        verdict = verdict.with_fact("algorithm", algorithm);
    }
    for (name, claim) in [("id", "jti"), ("client id", "client_id")] {
        if let Some(value) = token_parts.text(claim).and_then(shown) {
            verdict = verdict.with_fact(name, value);
        }
    }
    if let Some(expires) = token_parts.expires().or_else(|| adobe_expires(&token_parts)) {
        let past = expires.parse::<Timestamp>().is_ok_and(|expires| expires < Timestamp::now());
        verdict = verdict.with_fact("expires", expires);
        if past {
            verdict = verdict.with_fact("expired", "yes");
        }
    }
    verdict
}

/// When a token of Adobe's IMS expires: so many milliseconds after it was created, both in texts.
fn adobe_expires(token: &jwt::Jwt) -> Option<String> {
    let number = |claim: &str| token.text(claim)?.parse::<i64>().ok();
    time::rfc3339(number("created_at")?.checked_add(number("expires_in")?)? / 1000)
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let id = hex::encode(random::bytes(token, "id", 8));
    let signature = jwt_signature(token);
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"iss": "https://issuer.example", "jti": id, "sub": "service"});
    *token = jwt::encode(&header, &claims, &signature);
}

/// 43 characters of base64url: an HMAC-SHA-256.
fn jwt_signature(token: &[u8]) -> Vec<u8> {
    random::bytes(token, "signature", 43)
        .into_iter()
        .map(|b| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[usize::from(b & 63)])
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    fn facts(header: &Value, claims: &Value) -> Vec<(String, String)> {
        let Verdict::Plausible(verification) = check(&jwt::encode(header, claims, b"c2lnbmF0dXJl")) else { panic!() };
        verification.facts.into_iter().map(|fact| (fact.name, fact.value)).collect()
    }

    #[test]
    fn claims_are_read_and_people_left_out() {
        let header = json!({"alg": "RS256"});
        let claims = json!({"iss": "https://issuer.example/", "sub": "somebody@mail.example", "exp": 1_000_000_000});
        let expected = [
            ("issuer", "https://issuer.example/"),
            ("algorithm", "RS256"),
            ("expires", "2001-09-09T01:46:40Z"),
            ("expired", "yes"),
        ];
        assert_eq!(facts(&header, &claims), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let later = facts(&header, &json!({"sub": "ci", "exp": 32_503_680_000_i64}));
        assert_eq!(later.len(), 3);
        assert_eq!(later[0], ("subject".to_owned(), "ci".to_owned()));
        let adobe = json!({"jti": "t1", "client_id": "c1", "created_at": "1999999999000", "expires_in": "1000"});
        let expected = [("id", "t1"), ("client id", "c1"), ("expires", "2033-05-18T03:33:20Z")];
        assert_eq!(facts(&header, &adobe)[1..], expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn unsigned_and_broken_ones_are_rejected() {
        for token in samples::sealed("token-format-json-web-token", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(_)));
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
        }
        for alg in ["none", "None", ""] {
            let token = jwt::encode(&json!({ "alg": alg }), &json!({}), b"c2ln");
            assert!(matches!(check(&token), Verdict::Rejected(_)));
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
