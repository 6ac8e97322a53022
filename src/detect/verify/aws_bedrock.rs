//! Long-term API keys of Amazon Bedrock: `ABSK`, then base64 of `BedrockAPIKey-<suffix>-at-<account>:<secret>`.
//!
//! AWS: IAM user guide, "API keys for Amazon Bedrock". The text before the colon is the name of the credential in IAM.

use base64::Engine;

use super::Verdict;
use super::support::base64::BASE64;

const PREFIX: &[u8] = b"ABSK";
/// What every name begins with.
const NAME: &str = "BedrockAPIKey-";

pub(super) fn check(key: &[u8]) -> Verdict {
    let Some(Ok(text)) = key.strip_prefix(PREFIX).map(|body| BASE64.decode(body)) else {
        return Verdict::Rejected("the key is no base64");
    };
    let name = text.split(|&b| b == b':').next().filter(|name| name.len() < text.len());
    let Some(name) = name.and_then(|name| std::str::from_utf8(name).ok()) else {
        return Verdict::Rejected("the key holds no name and secret");
    };
    if !name.starts_with(NAME) || !name.bytes().all(|b| b.is_ascii_graphic()) {
        return Verdict::Rejected("the key does not name a Bedrock credential");
    }
    let verdict = Verdict::plausible("Bedrock key structure").with_fact("user", name);
    match name.rsplit_once("-at-") {
        Some((_, account)) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
            verdict.with_fact("account", account)
        }
        _ => verdict,
    }
}

pub(super) fn seal(key: &mut Vec<u8>) {
    let random: String = key.iter().rev().map(|&b| if b.is_ascii_alphanumeric() { b as char } else { 'x' }).collect();
    let (Some(suffix), Some(secret)) = (random.get(2..6), random.get(6..66)) else { return };
    // The account comes from the random characters too, as digits.
    let account: String = random.bytes().take(12).map(|b| char::from(b'0' + b % 10)).collect();
    *key = PREFIX.to_vec();
    key.extend(BASE64.encode(format!("{NAME}{}-at-{account}:{secret}", suffix.to_ascii_lowercase())).bytes());
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::rule::tests::secrets;

    #[test]
    fn sealed_keys_name_user_and_account() {
        for key in secrets("aws-bedrock-long-term-api-key") {
            let Verdict::Plausible(verification) = check(&key) else { panic!("rejected") };
            assert!(verification.facts[0].value.starts_with(NAME));
            assert!(verification.facts[0].value.ends_with(&verification.facts[1].value));
            assert_eq!(verification.facts[1].value.len(), 12);
            // One character less of the name's end, and the base64 shifts.
            assert!(matches!(check(&[&key[..4], &key[5..]].concat()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_text_panics(text in "[ -~]{0,60}") {
            let _ = check(format!("ABSK{}", BASE64.encode(text)).as_bytes());
        }
    }
}
