//! Personal access keys of HubSpot: base64 of a message in the format of Protocol Buffers, whose first field is a text
//! of 36 characters that begins with the region of the account.
//!
//! Seen, not documented: a key that is not so is one all the same.

use super::Verdict;
use super::support::{base64, random};

/// The first field, a text of 36 bytes.
const TEXT: &[u8] = &[0x0a, 36];

fn region(key: &[u8]) -> Option<String> {
    let bytes = base64::decode(key)?;
    let text = std::str::from_utf8(bytes.strip_prefix(TEXT)?.get(..36)?).ok()?;
    let (region, _) = text.split_once('-')?;
    let (letters, number) = region.split_at_checked(2)?;
    let fits = letters.bytes().all(|b| b.is_ascii_lowercase()) && number.bytes().all(|b| b.is_ascii_digit());
    (fits && matches!(number.len(), 1 | 2)).then(|| region.to_owned())
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match region(key) {
        Some(region) => Verdict::plausible("key structure").with_fact("region", region),
        None => Verdict::plausible("key form"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let Some(mut bytes) = base64::decode(&key[..key.len() / 4 * 4]).filter(|bytes| bytes.len() > 38) else { return };
    let id = hex::encode(random::bytes(key, "id", 16));
    bytes[..38].copy_from_slice(&[TEXT, format!("na1-{id}").as_bytes()].concat());
    *key = base64::encode(&bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn keys_tell_their_region() {
        for key in samples::sealed("hubspot-personal-access-key", 20) {
            assert_eq!(check(&key), Verdict::plausible("key structure").with_fact("region", "na1"));
            assert_eq!(check(&key[4..]), Verdict::plausible("key form"));
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
