//! Keys that are the base64 of an id, a colon and a secret, or of that once more: Highnote, Elastic Cloud, Instantly.
//!
//! Not all of them are known to be so. Where the text is one, its id is told; else nothing is.

use super::Verdict;
use super::jwt::shown;
use super::support::{base64, random};

/// The id in front of the colon.
fn id(text: &[u8]) -> Option<String> {
    let decoded = |text: &[u8]| String::from_utf8(base64::decode(text)?).ok();
    let once = decoded(text)?;
    let text = if once.contains(':') { once } else { decoded(once.as_bytes())? };
    let (id, secret) = text.split_once(':')?;
    let is_secret = !secret.is_empty() && secret.bytes().all(|b| b.is_ascii_graphic());
    shown(id).filter(|_| is_secret).map(str::to_owned)
}

pub(super) fn check(key: &[u8]) -> Verdict {
    let body = key.iter().rposition(|&b| b == b'_').map_or(key, |mark| &key[mark + 1..]);
    match id(body) {
        Some(id) => Verdict::plausible("base64 of an id and a secret").with_fact("key id", id),
        None => Verdict::plausible("key form"),
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let Some(mark) =
        key.iter().rposition(|&b| b == b'_').filter(|_| key.starts_with(b"sk_") || key.starts_with(b"rk_"))
    else {
        return;
    };
    let id = hex::encode(random::bytes(key, "id", 8));
    let secret = hex::encode(random::bytes(key, "secret", 15));
    // The patterns end in bits of a digit.
    let text = base64::encode(format!("key_0{id}:{secret}").as_bytes());
    key.truncate(mark + 1);
    key.extend(text);
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn ids_are_told() {
        for rule in ["highnote-live-secret-key", "highnote-test-restricted-key"] {
            for key in samples::sealed(rule, 20) {
                let Verdict::Plausible(verification) = check(&key) else { panic!("{rule}") };
                assert_eq!(verification.what, "base64 of an id and a secret");
                assert!(verification.facts[0].value.starts_with("key_") && verification.facts[0].value.len() == 21);
            }
        }
        let inner = base64::encode(b"user:0123456789");
        let twice = [b"essu_".as_slice(), &base64::encode(&inner)].concat();
        let expected = Verdict::plausible("base64 of an id and a secret").with_fact("key id", "user");
        assert_eq!(check(&twice), expected);
        for other in ["essu_", "essu_AAAA", "essu_Ojpb", "x"] {
            assert_eq!(check(other.as_bytes()), Verdict::plausible("key form"), "{other}");
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
