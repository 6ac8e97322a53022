//! Random base64 of a fixed length without any mark, such as the secret keys of AWS: what has that alphabet and length
//! but no random mixture of characters is weeded out. No proof, so it confirms nothing.
//!
//! Of random keys of 40 characters, the checks reject fewer than one in a thousand.

use super::Verdict;

/// A random key of 40 characters has one slash or none; six or more have three keys in 100 000, and most file paths.
const MAX_SLASHES: usize = 5;

fn why_not(key: &[u8]) -> Option<&'static str> {
    let has = |class: fn(&u8) -> bool| key.iter().any(class);
    if key.iter().all(u8::is_ascii_hexdigit) {
        Some("hexadecimal digits only, as commit ids and digests have them")
    } else if !has(u8::is_ascii_uppercase) || !has(u8::is_ascii_lowercase) {
        Some("letters of one case only")
    } else if !has(|b| b.is_ascii_digit() || *b == b'+') {
        Some("letters and slashes only, as words and paths have them")
    } else if key.iter().filter(|&&b| b == b'/').count() > MAX_SLASHES {
        Some("as many slashes as a path has")
    } else {
        None
    }
}

pub(super) fn check(key: &[u8]) -> Verdict {
    match why_not(key) {
        Some(reason) => Verdict::Rejected(reason),
        None => Verdict::plausible("mixture of characters"),
    }
}

#[allow(clippy::ptr_arg)] // the type of `Family::seal`
pub(super) fn seal(key: &mut Vec<u8>) {
    if why_not(key).is_none() {
        return;
    }
    for b in key.iter_mut().filter(|b| **b == b'/') {
        *b = b'k';
    }
    if let Some(end) = key.last_chunk_mut() {
        *end = *b"z7K";
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_keys_pass() {
        for rule in ["aws-secret-access-key", "aws-ses-smtp-password", "gcp-hmac-secret"] {
            for key in secrets(rule) {
                assert_eq!(check(&key), Verdict::plausible("mixture of characters"));
            }
        }
    }

    #[test]
    fn what_is_no_random_value_is_rejected() {
        for no_key in [
            "0123456789abcdef0123456789abcdef01234567",
            "0123456789ABCDEF0123456789ABCDEF01234567",
            "lower/case/only/0123456789/0123456789/xy",
            "TheNameOfAVeryLongMethodInSomeJavaProgra",
            "Users/me/src/app/lib/core/v2/File1/index",
        ] {
            assert!(matches!(check(no_key.as_bytes()), Verdict::Rejected(_)), "{no_key}");
        }
    }

    proptest! {
        #[test]
        fn seal_makes_any_key_pass(key in "[A-Za-z0-9+/]{40}", digest in "[0-9a-f]{40}", path in "[a-z/]{40}") {
            for text in [key, digest, path] {
                let mut sealed = text.into_bytes();
                seal(&mut sealed);
                prop_assert!(!matches!(check(&sealed), Verdict::Rejected(_)));
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
