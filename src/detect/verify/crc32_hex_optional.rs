//! CRC-32 in eight hexadecimal digits at the end, where it is only supposed: tokens of Trello, after those of
//! Atlassian.
//!
//! A fitting checksum, of what stands in front of it with or without the first four letters, confirms a token; one that
//! does not fit says nothing against it.

use super::Verdict;

const CHECK_LEN: usize = 8;
/// `ATTA`.
const PREFIX_LEN: usize = 4;

fn fits(token: &[u8]) -> bool {
    let Some((body, sum)) = token.split_last_chunk::<CHECK_LEN>() else { return false };
    let summed = |part: &[u8]| format!("{:08X}", crc32fast::hash(part)).as_bytes().eq_ignore_ascii_case(sum);
    body.get(PREFIX_LEN..).is_some_and(|behind| !behind.is_empty() && (summed(body) || summed(behind)))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    if fits(token) { Verdict::confirmed("CRC-32 checksum") } else { Verdict::plausible("token form; no checksum fits") }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    if let Some((body, sum)) = token.split_last_chunk_mut::<CHECK_LEN>() {
        sum.copy_from_slice(format!("{:08X}", crc32fast::hash(body)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_checksum_confirms_and_nothing_rejects() {
        let rule = "trello-api-token-atta-form";
        for token in samples::sealed(rule, 20) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            for changed in samples::changed(rule, &token) {
                assert!(matches!(check(&changed), Verdict::Plausible(_)));
            }
        }
        // The check value of CRC-32 in every catalogue.
        assert!(matches!(check(b"ATTA123456789CBF43926"), Verdict::Confirmed(_)));
        assert!(matches!(check(b"ATTA00000000"), Verdict::Plausible(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
