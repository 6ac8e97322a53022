//! Recovery phrases of wallets: words of the list of BIP 39, in which the last bits are a checksum of the others.
//!
//! Of phrases of twelve words from the list, one in sixteen has a fitting checksum; that prose has only such words, and
//! behind a name that says phrase, is what rules the rest out.

use bip39::{Language, Mnemonic};

use super::Verdict;
use super::support::random;

pub(super) fn check(phrase: &[u8]) -> Verdict {
    let parsed = std::str::from_utf8(phrase).ok().map(|text| Mnemonic::parse_in_normalized(Language::English, text));
    match parsed {
        Some(Ok(_)) => Verdict::confirmed("checksum of its words"),
        _ => Verdict::Rejected("a word is not in the list, or the checksum is wrong"),
    }
}

pub(super) fn seal(phrase: &mut Vec<u8>) {
    // Four bytes for three words, with twelve words or more.
    let words = phrase.split(|&b| b == b' ').count().clamp(12, 24) / 3 * 3;
    if let Ok(made) = Mnemonic::from_entropy(&random::bytes(phrase, "phrase", words / 3 * 4)) {
        *phrase = made.to_string().into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn phrases_have_words_and_a_checksum() {
        for phrase in samples::sealed("cryptocurrency-bip-39-recovery-phrase", 20) {
            assert_eq!(check(&phrase), Verdict::confirmed("checksum of its words"));
            let text = String::from_utf8_lossy(&phrase).into_owned();
            let (_, fewer) = text.split_once(' ').unwrap_or_default();
            assert!(matches!(check(fewer.as_bytes()), Verdict::Rejected(_)));
            assert!(matches!(check(format!("keytrail {fewer}").as_bytes()), Verdict::Rejected(_)));
        }
        // The first word of the list, eleven times and once more: what all-zero entropy does not give.
        assert!(matches!(check("abandon ".repeat(12).trim_end().as_bytes()), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
