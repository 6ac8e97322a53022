//! Secured keys of Algolia: base64 of 64 hexadecimal digits, an HMAC made with the parent key, and of the restrictions
//! as the query of an address. Algolia's documentation of secured API keys describes both; only the parent key could
//! check the HMAC.

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, random, time};

const HMAC_LEN: usize = 64;

pub(super) fn check(key: &[u8]) -> Verdict {
    let text = base64::decode(key).and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = text.as_deref().and_then(|text| text.split_at_checked(HMAC_LEN));
    let Some((_, query)) = parts.filter(|(hmac, query)| {
        hmac.bytes().all(|b| b.is_ascii_hexdigit())
            && query.bytes().all(|b| b.is_ascii_graphic())
            && query.split('&').all(|pair| pair.contains('='))
    }) else {
        return Verdict::Rejected("the key is not the base64 of an HMAC and its restrictions");
    };
    let mut verdict = Verdict::plausible("secured key structure");
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let decoded = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        let fact = match name {
            "validUntil" => value.parse().ok().and_then(time::rfc3339).map(|until| ("expires", until)),
            "restrictIndices" => shown(&decoded).map(|indices| ("indices", indices.to_owned())),
            "restrictSources" => shown(&decoded).map(|sources| ("sources", sources.to_owned())),
            _ => None,
        };
        if let Some((name, value)) = fact {
            verdict = verdict.with_fact(name, value);
        }
    }
    verdict
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let hmac = hex::encode(random::bytes(key, "hmac", HMAC_LEN / 2));
    *key = base64::encode(format!("{hmac}validUntil=2000000000&restrictIndices=example%2Cother").as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_say_what_they_are_restricted_to() {
        for key in samples::sealed("algolia-secured-api-key", 20) {
            let expected = Verdict::plausible("secured key structure")
                .with_fact("expires", "2033-05-18T03:33:20Z")
                .with_fact("indices", "example,other");
            assert_eq!(check(&key), expected);
            assert!(matches!(check(&key[4..]), Verdict::Rejected(_)));
        }
        let other = base64::encode("0".repeat(80).as_bytes());
        assert!(matches!(check(&other), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
