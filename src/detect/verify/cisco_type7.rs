//! Passwords of type 7 in configurations of Cisco: two digits for a place in a text that everybody knows, then the
//! password, each byte of it combined with the next one of that text.
//!
//! Whatever decodes to something that nobody can type is none.

use super::Verdict;
use super::support::random;

/// The text, as Cisco's devices have had it since the nineties.
const TEXT: &[u8] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

/// The bytes behind the place, combined with the text from there on; the same way both to and fro.
fn combined(place: usize, bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(TEXT.iter().cycle().skip(place)).map(|(byte, key)| byte ^ key).collect()
}

fn split(value: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (place, rest) = value.split_at_checked(2)?;
    let place = std::str::from_utf8(place).ok()?.parse().ok()?;
    Some((place, hex::decode(rest).ok()?))
}

pub(super) fn check(value: &[u8]) -> Verdict {
    match split(value).map(|(place, bytes)| combined(place, &bytes)) {
        Some(password) if password.iter().all(|b| b.is_ascii_graphic() || *b == b' ') => {
            Verdict::plausible("decodes to a password")
        }
        _ => Verdict::Rejected("it decodes to no password"),
    }
}

pub(super) fn seal(value: &mut Vec<u8>) {
    let Some((place, bytes)) = split(value) else { return };
    let password = hex::encode(random::bytes(value, "password", bytes.len()));
    let digits = hex::encode_upper(combined(place, &password.as_bytes()[..bytes.len()]));
    value.truncate(2);
    value.extend(digits.into_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn passwords_are_told_from_noise() {
        for value in samples::sealed("password-hash-cisco-type-7", 20) {
            assert!(matches!(check(&value), Verdict::Plausible(_)));
            // Its first byte is then none of ASCII.
            let mut other = value.clone();
            other[2] = if value[2] < b'8' { b'F' } else { b'0' };
            assert!(matches!(check(&other), Verdict::Rejected(_)));
        }
        // Zeros show the text itself, and the place counts from its start.
        assert_eq!(combined(2, &[0; 4]), b"fd;k");
        assert_eq!(combined(52, &[0; 2]), b"7d");
        assert!(matches!(check(b"0"), Verdict::Rejected(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
