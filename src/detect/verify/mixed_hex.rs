//! Groups of random hexadecimal digits of fixed lengths without any mark, as some providers issue them: rare enough to be
//! told by that form alone, where the digits are drawn by chance. No proof, so it confirms nothing.

use super::Verdict;
use super::support::random;
use crate::detect::entropy;

pub(super) fn check(key: &[u8]) -> Verdict {
    // Short groups say nothing.
    let drawn = |group: &[u8]| group.len() < 16 || entropy::looks_random(group);
    if key.split(|&b| b == b'-').all(drawn) {
        Verdict::plausible("mixture of hexadecimal digits")
    } else {
        Verdict::Rejected("its digits are not drawn by chance")
    }
}

#[allow(clippy::ptr_arg)] // the type of `Family::seal`
pub(super) fn seal(key: &mut Vec<u8>) {
    for attempt in ["1", "2", "3", "4"] {
        if !matches!(check(key), Verdict::Rejected(_)) {
            return;
        }
        let drawn = hex::encode(random::bytes(key, attempt, key.len()));
        for (b, drawn) in key.iter_mut().zip(drawn.bytes()).filter(|(b, _)| **b != b'-') {
            *b = drawn;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn only_what_is_drawn_by_chance_passes() {
        for key in samples::sealed("mailgun-private-api-key-triplet-form", 20) {
            assert_eq!(check(&key), Verdict::plausible("mixture of hexadecimal digits"));
        }
        for other in ["11111111111111111111222222222222-12345678-12345678", "00000000000000000000000000000000-0000-0000"] {
            assert!(matches!(check(other.as_bytes()), Verdict::Rejected(_)), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
