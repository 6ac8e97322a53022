//! Tokens of Fernet: the byte 0x80, the time in eight bytes, sixteen of an initialisation vector, blocks of sixteen,
//! and 32 bytes of an HMAC, all in base64url.
//!
//! The specification (github.com/fernet/spec) says so; the HMAC cannot be checked without the key.

use super::Verdict;
use super::support::{base64, random, time};

const VERSION: u8 = 0x80;
/// What is not ciphertext.
const FRAME: usize = 1 + 8 + 16 + 32;
/// Tokens are as old as Fernet at most.
const YEARS: std::ops::Range<u64> = 1_356_998_400..4_102_444_800;

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some(bytes) = base64::decode(token) else { return Verdict::Rejected("the token is no base64url") };
    let blocks = bytes.len().checked_sub(FRAME).filter(|len| *len > 0 && len % 16 == 0);
    let (Some([VERSION, rest @ ..]), Some(_)) = (bytes.get(..9), blocks) else {
        return Verdict::Rejected("the token has not the parts of Fernet's");
    };
    let seconds = rest.iter().fold(0u64, |sum, &b| sum << 8 | u64::from(b));
    let issued = YEARS.contains(&seconds).then(|| time::rfc3339(seconds as i64)).flatten();
    match issued {
        Some(issued) => Verdict::plausible("Fernet token structure").with_fact("issued", issued),
        None => Verdict::Rejected("the token was issued at no possible time"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let mut bytes = vec![VERSION];
    bytes.extend(1_700_000_000u64.to_be_bytes());
    bytes.extend(random::bytes(token, "fernet", 16 + 32 + 32));
    *token = base64::encode(&bytes).into_iter().map(|b| if b == b'+' { b'-' } else { b }).collect();
    for b in token {
        if *b == b'/' {
            *b = b'_';
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_say_when_they_were_issued() {
        for token in samples::sealed("token-format-fernet-token", 20) {
            let expected = Verdict::plausible("Fernet token structure").with_fact("issued", "2023-11-14T22:13:20Z");
            assert_eq!(check(&token), expected);
            assert!(matches!(check(&token[..token.len() - 4]), Verdict::Rejected(_)));
            let early = [b"gAAAAAA", &token[7..]].concat();
            assert!(matches!(check(&early), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
