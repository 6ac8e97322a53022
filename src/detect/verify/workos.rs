//! API keys of WorkOS: `sk_live_` or `sk_test_` and, in base64, the id of the key, a comma, and its random part.
//!
//! Keys of Stripe have the same prefix. An id of the form `key_…` and a comma behind it do not come about by chance, so
//! that a key that decodes to them is confirmed to be one of WorkOS.

use super::Verdict;
use super::support::{base64, random};

/// Both prefixes have this length.
const PREFIX_LEN: usize = 8;

pub(super) fn check(key: &[u8]) -> Verdict {
    let text = key.get(PREFIX_LEN..).and_then(base64::decode).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((id, rest)) = text.as_deref().and_then(|text| text.split_once(',')) else {
        return Verdict::Rejected("the key does not hold two parts");
    };
    let random =
        |part: &str| part.len() >= 10 && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    match id.strip_prefix("key_") {
        Some(name) if random(name) && random(rest) => Verdict::confirmed("key structure").with_fact("key id", id),
        _ => Verdict::Rejected("the key holds no id of WorkOS"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let digits = hex::encode_upper(random::bytes(key, "key", 24));
    let text = format!("key_01{},{}", &digits[..24], &digits[24..46]);
    key.truncate(PREFIX_LEN);
    key.extend(base64::encode(text.as_bytes()));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_id_is_read() {
        for rule in ["workos-production-api-key", "workos-staging-api-key"] {
            for key in samples::sealed(rule, 20) {
                let Verdict::Confirmed(verification) = check(&key) else { panic!("{rule}") };
                assert!(verification.facts[0].value.starts_with("key_01"));
                assert!(matches!(check(&key[..40]), Verdict::Rejected(_)));
            }
        }
    }

    proptest! {
        #[test]
        fn keys_of_others_are_rejected(text in "sk_live_a2V5Xz[0-9A-Za-z]{58}") {
            prop_assert!(matches!(check(text.as_bytes()), Verdict::Rejected(_)));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
