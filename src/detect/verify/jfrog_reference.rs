//! Reference tokens of the JFrog Platform: base64 of `reftkn:`, a version of two digits, the expiry in seconds since
//! 1970 as ten digits (zeros for none), and random characters, separated by colons.
//!
//! JFrog's documentation calls them reference tokens; the fields are those that decoded tokens show.

use super::Verdict;
use super::support::{base64, random, time};

const MARK: &str = "reftkn";
const EXPIRY_LEN: usize = 10;

pub(super) fn check(token: &[u8]) -> Verdict {
    let text = base64::decode(token).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let mut parts = text.splitn(4, ':');
    let (Some(MARK), Some(version), Some(expiry), Some(random)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Verdict::Rejected("the token does not decode to a reference");
    };
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(version, 2) || !digits(expiry, EXPIRY_LEN) || !random.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Verdict::Rejected("the token does not decode to a reference");
    }
    let verdict = Verdict::plausible("reference token structure");
    match expiry.parse().ok().filter(|&seconds: &i64| seconds > 0).and_then(time::rfc3339) {
        Some(expires) => verdict.with_fact("expires", expires),
        None => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let random = hex::encode(random::bytes(token, "reference", 14));
    *token = base64::encode(format!("{MARK}:01:0000000000:{}", &random[..27]).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn references_are_read() {
        for token in samples::sealed("artifactory-reference-token", 20) {
            assert_eq!(check(&token), Verdict::plausible("reference token structure"));
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
        }
        let expiring = base64::encode(b"reftkn:01:2000000000:abcdefghijklmnopqrstuvwxyz0");
        let expected = Verdict::plausible("reference token structure").with_fact("expires", "2033-05-18T03:33:20Z");
        assert_eq!(check(&expiring), expected);
        for wrong in ["reftkn:1:2000000000:abc", "reftkn:01:20000000:abc", "reftkn:01:2000000000", "ref:01:2000000000:a"] {
            assert!(matches!(check(&base64::encode(wrong.as_bytes())), Verdict::Rejected(_)), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = check(&bytes);
            let _ = check(&base64::encode(&bytes));
            seal(&mut bytes.clone());
        }
    }
}
