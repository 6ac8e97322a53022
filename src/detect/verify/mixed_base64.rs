//! Random base64 of a fixed length without any mark, such as the secret keys of AWS: what has that alphabet and length
//! but no random mixture of characters is weeded out. No proof, so it confirms nothing.
//!
//! Of random keys of 40 characters, the checks reject fewer than one in a thousand.

use super::Verdict;
use super::support::random;
use crate::detect::bigrams;

/// A random key of 40 characters has one slash or none; six or more have three keys in 100 000, and most file paths.
const MAX_SLASHES: usize = 5;

/// What every pattern with this check allows.
const LETTERS_AND_DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Bits of surprise by which the characters of a key follow each other at least: the mean of random ones, less what the
/// root of the length leaves of the scatter. Of 40,000 random keys of each of 14 to 64 characters, fewer than one in
/// 10,000 fall below; names, whatever their case and the digits in them, have a bit and more less than that.
fn least_surprise(len: usize) -> f64 {
    8.87 - 11.0 / (len.saturating_sub(1).max(1) as f64).sqrt()
}

fn why_not(key: &[u8]) -> Option<&'static str> {
    let has = |class: fn(&u8) -> bool| key.iter().any(class);
    if key.iter().all(u8::is_ascii_hexdigit) {
        Some("hexadecimal digits only, as commit ids and digests have them")
    } else if key.starts_with(b"6L") && key.get(8..12) == Some(b"AAAA") {
        Some("it has the form of a key of reCAPTCHA")
    } else if !has(u8::is_ascii_uppercase) || !has(u8::is_ascii_lowercase) {
        Some("letters of one case only")
    } else if !has(|b| b.is_ascii_digit() || *b == b'+') {
        Some("letters and slashes only, as words and paths have them")
    } else if key.iter().filter(|&&b| b == b'/').count() > MAX_SLASHES {
        Some("as many slashes as a path has")
    } else if bigrams::surprise(key) < least_surprise(key.len()) {
        Some("its characters follow each other as in words")
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
    // What still reads like words is drawn anew, but for what a pattern asks for in front.
    for attempt in ["1", "2", "3", "4"] {
        if why_not(key).is_none() {
            return;
        }
        let drawn = random::bytes(key, attempt, key.len());
        let end = key.len().saturating_sub(3);
        for (b, drawn) in key[..end].iter_mut().zip(drawn).skip(3) {
            *b = LETTERS_AND_DIGITS[usize::from(drawn) % LETTERS_AND_DIGITS.len()];
        }
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
            "policy/EC2InstanceProfileForImageBuilder",
            "AmazonSSMManagedEC2InstanceDefaultPolicy",
            "BatchUpdateMemberEc2DeepInspectionStatus",
            "AllowEc2InstancesWithEncryptedEbsVolumes",
            "ProvisionEC2InstancesForManagedInstances",
            "AWSEC2CapacityReservationFleetRolePolicy",
            "AllowEC2InstancesToAssumeRolesInAwsAcct1",
            "src/main/java/Org2/ConfigurationReader3a",
            // The key of a site, which stands in its pages.
            &["6LdK7vQU", "AAAAAN3x8Kq2", "mV9wLzR4tYbG7pNs1Qd3"].concat(),
        ] {
            assert!(matches!(check(no_key.as_bytes()), Verdict::Rejected(_)), "{no_key}");
        }
    }

    #[test]
    fn random_keys_pass() {
        use rand::{RngExt as _, SeedableRng as _};
        let mut rng = rand::rngs::StdRng::seed_from_u64(3);
        let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
        for len in [40, 44, 64] {
            let passing = (0..20_000).filter(|_| {
                let key: Vec<u8> = (0..len).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect();
                why_not(&key).is_none()
            });
            let passing = passing.count();
            assert!(passing >= 19_980, "{passing} of 20,000 of {len} characters");
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
