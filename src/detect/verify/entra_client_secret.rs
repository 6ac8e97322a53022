//! Entra ID client secrets of the `8Q~` form: the last three of 40 characters are a checksum.
//!
//! [Marvin32](marvin32) (seed `AadPwd00`) of the first 37 characters, written with six digits in base 66, most
//! significant first; the first three digits are kept, so the first of these is always `a` to `d`. Source:
//! documentation of github.com/microsoft/security-utilities.

use super::Verdict;
use super::support::marvin32;

const DIGITS: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
const LEN: usize = 40;
const SUMMED: usize = 37;

fn checksum(summed: &[u8]) -> [u8; 3] {
    let mut rest = marvin32::hash(summed, marvin32::seed(b"AadPwd00")) as usize / (66 * 66 * 66);
    let mut digits = [b'a'; 3];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 66];
        rest /= 66;
    }
    digits
}

pub(super) fn check(token: &[u8]) -> Verdict {
    match token.split_at_checked(SUMMED) {
        Some((summed, sum)) if token.len() == LEN && checksum(summed) == sum => Verdict::confirmed("Marvin32 checksum"),
        _ => Verdict::Rejected("the Marvin32 checksum is wrong"),
    }
}

#[expect(clippy::ptr_arg, reason = "all families have this signature")]
pub(super) fn seal(token: &mut Vec<u8>) {
    if token.len() == LEN {
        let sum = checksum(&token[..SUMMED]);
        token[SUMMED..].copy_from_slice(&sum);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn sealed_secrets_are_confirmed_and_changed_ones_rejected() {
        for token in samples::sealed("azure-entra-client-secret", 100) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            // Three digits keep 18 bits, so another text has the same sum once in 200,000.
            let rejected = samples::changed("azure-entra-client-secret", &token)
                .iter()
                .filter(|changed| matches!(check(changed), Verdict::Rejected(_)))
                .count();
            assert!(rejected >= samples::changed("azure-entra-client-secret", &token).len() - 1);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
