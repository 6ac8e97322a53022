//! Compact JSON Web Signatures (RFC 7515, section 7.1): `header.payload.signature`, each part base64url without padding.
//!
//! Decoding reads; it does not verify the signature, for which the issuer's key would be needed.

use base64::Engine;
use serde_json::{Map, Value};

use super::base64::BASE64URL;
use super::{random, time};

/// Longest header or payload that is decoded, in base64url characters. RFC 7519 sets no limit; HTTP servers refuse
/// header lines of 8 to 64 KiB, so what is longer was no bearer token.
const MAX_PART: usize = 64 * 1024;

/// The readable parts of a token.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::detect::verify) struct Jwt {
    /// The JOSE header: `alg`, `kid`, `typ`.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Why a candidate is no JWT; the texts are those of [`Verdict::Rejected`](super::super::Verdict::Rejected).
pub(in crate::detect::verify) type Reason = &'static str;

impl Jwt {
    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// The `exp` claim as RFC 3339.
    #[must_use]
    pub fn expires(&self) -> Option<String> {
        time::numeric_date(self.claims.get("exp")?)
    }

    /// The `iat` claim as RFC 3339.
    #[must_use]
    pub fn issued(&self) -> Option<String> {
        time::numeric_date(self.claims.get("iat")?)
    }
}

/// Decodes header and payload.
///
/// # Errors
/// Tokens that have not three parts (the signature may be empty), a header or payload that is no base64url, is longer
/// than [`MAX_PART`] characters or holds no JSON object, and headers without `alg`, which RFC 7515 requires.
pub(in crate::detect::verify) fn decode(token: &[u8]) -> Result<Jwt, Reason> {
    let mut parts = token.split(|&b| b == b'.');
    let (Some(header), Some(payload), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("a JWT has three parts");
    };
    let header = object(header).ok_or("the JWT header is no JSON object")?;
    if !header.get("alg").is_some_and(Value::is_string) {
        return Err("the JWT header names no algorithm");
    }
    let claims = object(payload).ok_or("the JWT payload is no JSON object")?;
    Ok(Jwt { header, claims })
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    if part.len() > MAX_PART {
        return None;
    }
    let json = BASE64URL.decode(part).ok()?;
    // serde_json refuses nesting deeper than 128 levels, so the stack is safe.
    match serde_json::from_slice(&json).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// A token of these parts, with `signature` as its third part: for `seal` functions.
#[must_use]
pub(in crate::detect::verify) fn encode(header: &Value, claims: &Value, signature: &[u8]) -> Vec<u8> {
    let mut token = encode_part(header);
    token.push(b'.');
    token.extend(encode_part(claims));
    token.push(b'.');
    token.extend_from_slice(signature);
    token
}

/// A token of these parts with a signature that is determined by `sample`: 43 characters, as an HMAC-SHA-256 has.
#[must_use]
pub(in crate::detect::verify) fn made_of(sample: &[u8], header: &Value, claims: &Value) -> Vec<u8> {
    encode(header, claims, BASE64URL.encode(random::bytes(sample, "signature", 32)).as_bytes())
}

/// A JSON value as a part of a token.
#[must_use]
pub(in crate::detect::verify) fn encode_part(value: &Value) -> Vec<u8> {
    BASE64URL.encode(value.to_string()).into_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        let (header, claims) = (json!({"alg": "HS256", "kid": "k"}), json!({"iss": "me", "exp": 2_000_000_000}));
        let jwt = decode(&encode(&header, &claims, b"c2ln")).unwrap();
        assert_eq!(Value::Object(jwt.header.clone()), header);
        assert_eq!(Value::Object(jwt.claims.clone()), claims);
        assert_eq!(jwt.text("iss"), Some("me"));
        assert_eq!(jwt.text("exp"), None);
        assert_eq!(jwt.expires().unwrap(), "2033-05-18T03:33:20Z");
        assert_eq!(jwt.issued(), None);
    }

    #[test]
    fn what_is_no_jwt_is_refused() {
        let good = encode(&json!({"alg": "none"}), &json!({}), b"");
        assert!(decode(&good).is_ok());
        assert!(decode(&good[..good.len() - 1]).is_err());
        assert!(decode(&[&good[..], b".x"].concat()).is_err());
        assert!(decode(&encode(&json!({"typ": "JWT"}), &json!({}), b"")).is_err());
        assert!(decode(&encode(&json!({"alg": "none"}), &json!([1]), b"")).is_err());
        let long = json!({"alg": "none", "x": "x".repeat(MAX_PART)});
        assert!(decode(&encode(&long, &json!({}), b"")).is_err());
        let deep = format!("{}{}", "[".repeat(40_000), "]".repeat(40_000));
        let deep = [&encode_part(&json!({"alg": "none"}))[..], b".", BASE64URL.encode(deep).as_bytes(), b"."].concat();
        assert!(decode(&deep).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn no_text_like_a_token_panics(text in "[A-Za-z0-9_=-]{0,40}\\.[A-Za-z0-9_=-]{0,80}\\.[A-Za-z0-9_-]{0,20}") {
            let _ = decode(text.as_bytes());
        }
    }
}
