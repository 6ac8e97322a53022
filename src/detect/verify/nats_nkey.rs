//! Seeds of NATS (nkeys): base32 of two bytes that say what the seed is for, 32 random bytes, and a CRC-16.
//!
//! github.com/nats-io/nkeys and docs.nats.io, "NKeys": the first byte begins with the five bits of `S`, behind which
//! stand the eight of the role (`U` user, `A` account, `O` operator, `N` server, `C` cluster, `X` curve), each shifted
//! so that they show as letters; the checksum is CRC-16/XMODEM of everything before it, its low byte first.

use data_encoding::BASE32_NOPAD;

use super::Verdict;

/// Bytes in front of the checksum.
const BODY: usize = 34;

/// CRC-16/XMODEM: polynomial 0x1021, start 0, not reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &b| {
        (0..8).fold(crc ^ u16::from(b) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

fn role(seed: &[u8]) -> Option<&'static str> {
    match seed {
        [b'S', b'U', ..] => Some("user"),
        [b'S', b'A', ..] => Some("account"),
        [b'S', b'O', ..] => Some("operator"),
        [b'S', b'N', ..] => Some("server"),
        [b'S', b'C', ..] => Some("cluster"),
        [b'S', b'X', ..] => Some("curve"),
        _ => None,
    }
}

pub(super) fn check(seed: &[u8]) -> Verdict {
    let Some(role) = role(seed) else { return Verdict::Rejected("no role has this letter") };
    match BASE32_NOPAD.decode(seed) {
        Ok(bytes) if bytes.len() == BODY + 2 && crc16(&bytes[..BODY]).to_le_bytes() == bytes[BODY..] => {
            Verdict::confirmed("CRC-16 checksum").with_fact("role", role)
        }
        Ok(_) => Verdict::Rejected("the CRC-16 checksum is wrong"),
        Err(_) => Verdict::Rejected("the seed is no base32"),
    }
}

pub(super) fn seal(seed: &mut Vec<u8>) {
    // 56 characters are 35 bytes; what the last ones decode to is replaced anyway.
    let Some(Ok(mut bytes)) = seed.get(..56).map(|head| BASE32_NOPAD.decode(head)) else { return };
    bytes.truncate(BODY);
    bytes.extend_from_slice(&crc16(&bytes).to_le_bytes());
    *seed = BASE32_NOPAD.encode(&bytes).into_bytes();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_catalogue() {
        // The check value of CRC-16/XMODEM.
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn sealed_seeds_are_confirmed_and_changed_ones_rejected() {
        for (rule, role) in [
            ("nats-nkey-seed-user", "user"),
            ("nats-nkey-seed-account", "account"),
            ("nats-nkey-seed-operator", "operator"),
            ("nats-credentials-file-creds", "user"),
        ] {
            for seed in samples::sealed(rule, 10) {
                assert_eq!(check(&seed), Verdict::confirmed("CRC-16 checksum").with_fact("role", role));
                for at in 4..seed.len() {
                    let mut changed = seed.clone();
                    changed[at] = if seed[at] == b'B' { b'C' } else { b'B' };
                    assert!(matches!(check(&changed), Verdict::Rejected(_)), "{rule} {at}");
                }
            }
        }
    }

    #[test]
    fn roles_show_as_letters() {
        for (role, letter) in [(20u8, b'U'), (0, b'A'), (14, b'O'), (13, b'N'), (2, b'C'), (23, b'X')] {
            let kind = role << 3;
            let mut bytes = vec![18 << 3 | kind >> 5, (kind & 31) << 3];
            bytes.extend([0x5a; 32]);
            bytes.extend(crc16(&bytes).to_le_bytes());
            let seed = BASE32_NOPAD.encode(&bytes).into_bytes();
            assert_eq!(&seed[..3], [b'S', letter, b'A']);
            assert!(matches!(check(&seed), Verdict::Confirmed(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
