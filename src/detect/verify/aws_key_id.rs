//! AWS ids (`AKIA…`, `ASIA…`, `ACCA…`): four letters of kind and sixteen base32 digits that hold the account id.
//!
//! AWS documents the kinds (IAM user guide, "IAM identifiers"). The account id is read as `sts get-access-key-info`
//! answers it: of the first 48 bits, the highest is set in ids made since about 2019, and the next 40 are the account.

use data_encoding::BASE32_NOPAD;

use super::Verdict;

/// Length of the letters that tell the kind.
const KIND: usize = 4;
/// Length of a whole id.
const LEN: usize = 20;
/// The bits of the account in the first 48.
const ACCOUNT: u64 = 0x7fff_ffff_ff80;
/// The bit that ids with an account have set.
const HAS_ACCOUNT: u64 = 1 << 47;
/// Account ids have twelve decimal digits.
const ACCOUNTS: u64 = 1_000_000_000_000;

/// The first 48 bits behind the kind.
fn head(id: &[u8]) -> Option<u64> {
    if id.len() != LEN {
        return None;
    }
    let bytes = BASE32_NOPAD.decode(&id[KIND..]).ok()?;
    Some(bytes.iter().take(6).fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// The twelve digits of the account, where the id holds them.
pub(super) fn account(id: &[u8]) -> Option<String> {
    let head = head(id).filter(|head| head & HAS_ACCOUNT != 0)?;
    let account = (head & ACCOUNT) >> 7;
    (account < ACCOUNTS).then(|| format!("{account:012}"))
}

pub(super) fn check(id: &[u8]) -> Verdict {
    if head(id).is_none() {
        return Verdict::Rejected("the id is no base32");
    }
    let verdict = Verdict::plausible("AWS id structure");
    match account(id) {
        Some(account) => verdict.with_fact("account", account),
        None => verdict,
    }
}

pub(super) fn seal(id: &mut Vec<u8>) {
    let Some(head) = head(id) else { return };
    let account = ((head & ACCOUNT) >> 7) % ACCOUNTS;
    let sealed = HAS_ACCOUNT | account << 7 | head & 0x7f;
    let Ok(mut bytes) = BASE32_NOPAD.decode(&id[KIND..]) else { return };
    bytes[..6].copy_from_slice(&sealed.to_be_bytes()[2..]);
    let digits = BASE32_NOPAD.encode(&bytes);
    id.truncate(KIND);
    id.extend_from_slice(digits.as_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_ids_name_an_account() {
        for id in secrets("aws-access-key-id").chain(secrets("aws-temporary-access-key-id")) {
            let account = account(&id).unwrap();
            assert_eq!(check(&id), Verdict::plausible("AWS id structure").with_fact("account", account));
        }
    }

    #[test]
    fn the_account_is_read_from_its_bits() {
        let bits: u128 = 1 << 79 | 123_456_789_012 << 39 | 0x5a_1234_5678;
        let digits: String = (0..16u32)
            .rev()
            .map(|i| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> (5 * i) & 31) as usize]))
            .collect();
        assert_eq!(account(format!("AKIA{digits}").as_bytes()).as_deref(), Some("123456789012"));
        // The highest bit is not set: an older id, which says nothing about its account.
        assert_eq!(account(&[b"AKIA".as_slice(), &[b'I'; 16]].concat()), None);
        // More than twelve digits.
        assert_eq!(account(&[b"AKIA".as_slice(), &[b'7'; 16]].concat()), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn twenty_bytes_do_not_panic(bytes in "[A-Z0-9]{20}") {
            let mut id = bytes.into_bytes();
            let known = !matches!(check(&id), Verdict::Rejected(_));
            seal(&mut id);
            prop_assert_eq!(account(&id).is_some(), known);
        }
    }
}
