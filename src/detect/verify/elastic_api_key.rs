//! API keys of Elasticsearch as clients take them: base64 of the key's id, a colon and the key.
//!
//! Elastic: "Elasticsearch API keys". Ids have 20 characters and keys 22, both of base64url's alphabet; the id is what
//! the list of API keys shows.

use super::Verdict;
use super::support::{base64, random};

const ID_LEN: usize = 20;
const KEY_LEN: usize = 22;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn check(token: &[u8]) -> Verdict {
    let pair = base64::decode(token).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let in_alphabet = |text: &str| text.bytes().all(|b| ALPHABET.contains(&b));
    match pair.split_once(':') {
        Some((id, key)) if id.len() == ID_LEN && key.len() == KEY_LEN && in_alphabet(id) && in_alphabet(key) => {
            Verdict::plausible("API key structure").with_fact("key id", id)
        }
        _ => Verdict::Rejected("the value does not decode to the id of a key and the key"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let mut pair: Vec<u8> = random::bytes(token, "key", ID_LEN + 1 + KEY_LEN)
        .into_iter()
        .map(|b| ALPHABET[usize::from(b & 63)])
        .collect();
    pair[ID_LEN] = b':';
    *token = base64::encode(&pair);
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_name_their_id() {
        for token in samples::sealed("elastic-api-key", 20) {
            let Verdict::Plausible(found) = check(&token) else { panic!("a sealed key is rejected") };
            assert_eq!(found.facts[0].name, "key id");
            assert_eq!(found.facts[0].value.len(), ID_LEN);
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
        }
        for other in ["user:password", "12345678901234567890:123456789012345678901.", ":"] {
            assert!(matches!(check(&base64::encode(other.as_bytes())), Verdict::Rejected(_)), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = check(&bytes);
            let _ = check(&base64::encode(&bytes));
            seal(&mut bytes.clone());
        }
    }
}
