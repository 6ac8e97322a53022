//! API keys of SendGrid: `SG.`, the key's id and its secret, sixteen and 32 bytes in base64url.
//!
//! SendGrid's API lists keys by that id (`api_key_id`). Nothing in a key can be checked, only that it has these parts.

use super::Verdict;

const ID_LEN: usize = 22;
const SECRET_LEN: usize = 43;

pub(super) fn check(key: &[u8]) -> Verdict {
    let text = std::str::from_utf8(key).unwrap_or_default();
    let mut parts = text.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("SG"), Some(id), Some(secret), None) if id.len() == ID_LEN && secret.len() == SECRET_LEN => {
            Verdict::plausible("key structure").with_fact("key id", id)
        }
        _ => Verdict::Rejected("the key has not the three parts of a SendGrid key"),
    }
}

/// Every string of the pattern is a key.
#[allow(clippy::ptr_arg)] // the type of `Family::seal`
pub(super) fn seal(_key: &mut Vec<u8>) {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn keys_name_their_id() {
        for key in secrets("sendgrid-api-key") {
            let id = String::from_utf8_lossy(&key[3..25]).into_owned();
            assert_eq!(check(&key), Verdict::plausible("key structure").with_fact("key id", id));
            assert!(matches!(check(&key[..key.len() - 1]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            let _ = check(&bytes);
        }
    }
}
