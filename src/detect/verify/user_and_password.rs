//! Base64 of a user's name, a colon and a password, as HTTP's Basic scheme and Docker's configuration have it
//! (RFC 7617).

use super::support::{base64, random};
use super::{Verdict, written_password};

pub(super) fn check(token: &[u8]) -> Verdict {
    let text = base64::decode(token).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    match text.split_once(':') {
        Some((user, password))
            if !user.is_empty() && !password.is_empty() && !text.bytes().any(|b| b.is_ascii_control()) =>
        {
            match written_password::check(password.as_bytes()) {
                Verdict::Rejected(reason) => Verdict::Rejected(reason),
                _ => Verdict::plausible("user and password"),
            }
        }
        _ => Verdict::Rejected("it does not decode to a user and a password"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    *token = base64::encode(format!("deploy:{}", hex::encode(random::bytes(token, "password", 12))).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn pairs_are_told_from_other_base64() {
        for token in samples::sealed("configuration-file-docker-config-auth", 20) {
            assert_eq!(check(&token), Verdict::plausible("user and password"));
            assert!(matches!(check(&token[12..]), Verdict::Rejected(_)));
        }
        for (text, fits) in [
            ("a:k7f3c9a1x", true),
            ("a:", false),
            (":k7f3c9a1x", false),
            ("ak7f3c9a1x", false),
            ("a:\0k7f3c9a1x", false),
            ("user:password", false),
        ] {
            assert_eq!(matches!(check(&base64::encode(text.as_bytes())), Verdict::Plausible(_)), fits, "{text}");
        }
        assert!(matches!(check(b"?"), Verdict::Rejected(_)));
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
