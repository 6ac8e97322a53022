//! Access tokens of TeamCity: a fixed header, `{"typ": "TCV2"}`, a part that is the base64 of a text, and the secret.

use base64::Engine;

use super::Verdict;
use super::support::base64::BASE64URL;
use super::support::random;

pub(super) fn check(token: &[u8]) -> Verdict {
    let middle = token.split(|&b| b == b'.').nth(1).and_then(|part| BASE64URL.decode(part).ok());
    match middle {
        Some(text) if text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') => Verdict::plausible("token structure"),
        _ => Verdict::Rejected("its middle part is no text in base64"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    let text = hex::encode(random::bytes(token, "text", 14));
    let mut parts = token.splitn_mut(3, |&b| b == b'.');
    if let Some(middle) = parts.nth(1).filter(|middle| middle.len() == 36) {
        middle.copy_from_slice(BASE64URL.encode(&text[..27]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_middle_part_is_a_text() {
        for token in samples::sealed("teamcity-access-token", 20) {
            assert!(matches!(check(&token), Verdict::Plausible(_)));
            let mut other = token.clone();
            other[21] = b'_';
            assert!(matches!(check(&other), Verdict::Rejected(_)));
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
