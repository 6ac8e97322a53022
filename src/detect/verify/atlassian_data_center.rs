//! Personal access tokens of Jira, Confluence and Bitbucket on one's own servers: base64 of twelve digits, a colon and
//! twenty random bytes. The digits are the id under which the server stores the token.

use super::Verdict;
use super::support::base64;

/// Bitbucket writes this in front.
const BITBUCKET: &[u8] = b"BBDC-";
const ID_LEN: usize = 12;

pub(super) fn check(token: &[u8]) -> Verdict {
    let bytes = base64::decode(token.strip_prefix(BITBUCKET).unwrap_or(token)).unwrap_or_default();
    match bytes.split_at_checked(ID_LEN) {
        Some((id, [b':', secret @ ..])) if secret.len() == 20 && id.iter().all(u8::is_ascii_digit) => {
            Verdict::plausible("token structure").with_fact("key id", String::from_utf8_lossy(id).into_owned())
        }
        _ => Verdict::Rejected("the token is not the base64 of an id and a secret"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    // The pattern has the classes of characters that make digits, of which some pairs make what follows the digits.
    let prefix = if token.starts_with(BITBUCKET) { BITBUCKET } else { b"" };
    let Some(mut bytes) = base64::decode(&token[prefix.len()..]) else { return };
    for b in bytes.iter_mut().take(ID_LEN) {
        *b = b'0' + *b % 10;
    }
    *token = [prefix, &base64::encode(&bytes)].concat();
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_tell_their_id() {
        for rule in ["atlassian-data-center-pat", "bitbucket-data-center-token"] {
            for token in samples::sealed(rule, 20) {
                let Verdict::Plausible(verification) = check(&token) else { panic!("{rule}") };
                assert_eq!((verification.facts[0].name.as_str(), verification.facts[0].value.len()), ("key id", 12));
                assert!(matches!(check(&token[..token.len() - 4]), Verdict::Rejected(_)));
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
