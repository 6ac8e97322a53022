//! Recovery keys of BitLocker: eight groups of six digits, each a number of sixteen bits times eleven.
//!
//! Microsoft: "BitLocker recovery overview" shows the groups; that each is divisible by eleven is how Windows notices
//! typing errors (`manage-bde`, "numerical password").

use super::Verdict;
use super::support::random;

const GROUPS: usize = 8;

pub(super) fn check(key: &[u8]) -> Verdict {
    let text = std::str::from_utf8(key).unwrap_or_default();
    let fits = |group: &str| {
        let digits = group.len() == 6 && group.bytes().all(|b| b.is_ascii_digit());
        digits && group.parse::<u32>().is_ok_and(|number| number % 11 == 0 && number / 11 <= u32::from(u16::MAX))
    };
    if text.split('-').count() == GROUPS && text.split('-').all(fits) {
        Verdict::confirmed("check of its groups")
    } else {
        Verdict::Rejected("a group is not eleven times a number of sixteen bits")
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let numbers = random::bytes(key, "bitlocker", GROUPS * 2);
    let groups: Vec<String> = numbers
        .chunks(2)
        .map(|pair| format!("{:06}", (u32::from(pair[0]) << 8 | u32::from(pair[pair.len() - 1])) * 11))
        .collect();
    *key = groups.join("-").into_bytes();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn one_changed_digit_is_rejected() {
        let rule = "configuration-file-bitlocker-recovery-key";
        for key in samples::sealed(rule, 20) {
            assert_eq!(check(&key), Verdict::confirmed("check of its groups"));
            for changed in samples::changed(rule, &key) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
    }

    #[test]
    fn groups_are_small_multiples_of_eleven() {
        let of = |group: &str| [group; GROUPS].join("-").into_bytes();
        assert!(matches!(check(&of("720885")), Verdict::Confirmed(_)));
        assert!(matches!(check(&of("720896")), Verdict::Rejected(_)), "65536 has seventeen bits");
        assert!(matches!(check(&of("+00011")), Verdict::Rejected(_)));
        assert!(matches!(check(b"000011-000011"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
