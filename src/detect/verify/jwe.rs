//! Encrypted JSON Web Tokens (RFC 7516): the header names the algorithm and the encryption. Nothing else can be read.

use base64::Engine;
use serde_json::{Map, Value, json};

use super::Verdict;
use super::jwt::shown;
use super::support::base64::BASE64URL;
use super::support::{jwt, random};

pub(super) fn check(token: &[u8]) -> Verdict {
    let header = token.split(|&b| b == b'.').next().and_then(|header| BASE64URL.decode(header).ok());
    let header: Option<Map<String, Value>> = header.and_then(|json| serde_json::from_slice(&json).ok());
    let Some(header) = header else { return Verdict::Rejected("the JWE header is no JSON object") };
    let text = |name: &str| header.get(name).and_then(Value::as_str).and_then(shown);
    match (text("alg"), text("enc")) {
        (Some(algorithm), Some(encryption)) => {
            Verdict::plausible("JWE structure").with_fact("algorithm", algorithm).with_fact("encryption", encryption)
        }
        _ => Verdict::Rejected("the JWE header names no algorithm or no encryption"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let part = |label: &str, len: usize| BASE64URL.encode(random::bytes(token, label, len)).into_bytes();
    let header = jwt::encode_part(&json!({"alg": "dir", "enc": "A256GCM"}));
    *token = [header, Vec::new(), part("vector", 12), part("text", 40), part("tag", 16)].join(&b'.');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn headers_are_read() {
        for token in samples::sealed("token-format-jwe-encrypted-token", 20) {
            let expected =
                Verdict::plausible("JWE structure").with_fact("algorithm", "dir").with_fact("encryption", "A256GCM");
            assert_eq!(check(&token), expected);
            assert!(matches!(check(&token[1..]), Verdict::Rejected(_)));
        }
        for header in [json!({"alg": "dir"}), json!({"enc": "A256GCM"}), json!([])] {
            let token = [jwt::encode_part(&header), b"a.b.c.d".to_vec()].join(&b'.');
            assert!(matches!(check(&token), Verdict::Rejected(_)), "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
