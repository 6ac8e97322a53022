//! Service account tokens of Elasticsearch: base64url of four fixed bytes, then `namespace/service/name:secret`.

use base64::Engine;

use super::Verdict;
use super::support::base64::BASE64URL;
use super::support::random;

const HEADER: &[u8] = &[0, 1, 0, 1];

pub(super) fn check(token: &[u8]) -> Verdict {
    let bytes = BASE64URL.decode(token).ok();
    let text =
        bytes.as_deref().and_then(|bytes| bytes.strip_prefix(HEADER)).and_then(|text| std::str::from_utf8(text).ok());
    let named = text.and_then(|text| text.split_once(':')).and_then(|(name, _)| name.rsplit_once('/'));
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b));
    match named {
        Some((account, name)) if account.contains('/') && is_name(account) && is_name(name) => {
            Verdict::plausible("service account token structure")
                .with_fact("account", account)
                .with_fact("token name", name)
        }
        _ => Verdict::Rejected("the token names no service account"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let secret = hex::encode(random::bytes(token, "secret", 11));
    let text = format!("elastic/fleet-server/token-1:{secret}");
    *token = BASE64URL.encode([HEADER, text.as_bytes()].concat()).into_bytes();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn tokens_name_their_account() {
        for token in samples::sealed("elastic-service-token", 20) {
            let expected = Verdict::plausible("service account token structure")
                .with_fact("account", "elastic/fleet-server")
                .with_fact("token name", "token-1");
            assert_eq!(check(&token), expected);
            assert!(matches!(check(&token[4..]), Verdict::Rejected(_)));
            assert!(matches!(check(&token[..24]), Verdict::Rejected(_)));
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
