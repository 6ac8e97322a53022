//! Server keys of Yandex SmartCaptcha: `ysc2_`, 40 letters and digits, and the CRC-32 of all that in eight hexadecimal
//! digits. Unlike that of [`crc32_hex`](super::crc32_hex), the sum includes the prefix.

use super::Verdict;

const CHECK_LEN: usize = 8;

pub(super) fn check(key: &[u8]) -> Verdict {
    match key.split_last_chunk::<CHECK_LEN>() {
        Some((body, sum)) if format!("{:08x}", crc32fast::hash(body)).as_bytes() == sum => {
            Verdict::confirmed("CRC-32 checksum")
        }
        _ => Verdict::Rejected("the CRC-32 checksum is wrong"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(key: &mut Vec<u8>) {
    if let Some((body, sum)) = key.split_last_chunk_mut::<CHECK_LEN>() {
        sum.copy_from_slice(format!("{:08x}", crc32fast::hash(body)).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_keys_are_confirmed_and_changed_ones_rejected() {
        for key in samples::sealed("yandex-smartcaptcha-server-key", 20) {
            assert!(matches!(check(&key), Verdict::Confirmed(_)));
            for changed in samples::changed("yandex-smartcaptcha-server-key", &key) {
                assert!(matches!(check(&changed), Verdict::Rejected(_)));
            }
        }
        // The check value of CRC-32 in every catalogue.
        assert!(matches!(check(b"123456789cbf43926"), Verdict::Confirmed(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
