//! Discord webhook addresses: `…/webhooks/<id>/<token>`, where the id is a snowflake (Discord developers, Webhook
//! resource).

use super::Verdict;
use super::support::{random, snowflake};

/// Where the id begins and ends.
fn id(token: &[u8]) -> Option<(usize, usize)> {
    let end = token.iter().rposition(|&b| b == b'/')?;
    let start = token[..end].iter().rposition(|&b| b == b'/')? + 1;
    Some((start, end))
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let digits = id(token).map_or(&[][..], |(start, end)| &token[start..end]);
    match snowflake::created(digits) {
        Some(created) => Verdict::plausible("webhook address")
            .with_fact("webhook", String::from_utf8_lossy(digits))
            .with_fact("webhook made", created),
        // The address is one of Discord's, whenever it was made: ids of that many digits are counted far into the future.
        None if (17..=19).contains(&digits.len()) => Verdict::plausible("webhook address"),
        None => Verdict::Rejected("the webhook's id is no id of Discord"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some((start, end)) = id(token) else { return };
    let seed: [u8; 8] = random::bytes(token, "id", 8).try_into().unwrap_or_default();
    let digits = snowflake::from_seed(u64::from_be_bytes(seed)).to_string();
    token.splice(start..end, digits.into_bytes());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_webhook_is_read() {
        for token in samples::sealed("discord-webhook-url", 50) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[0].name, "webhook");
            let (start, end) = id(&token).unwrap();
            let mut future = token;
            future.splice(start..end, b"18446744073709551615".to_vec());
            assert!(matches!(check(&future), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }

        #[test]
        fn no_address_panics(text in "/{0,3}[0-9]{0,22}/{0,3}[a-z]{0,4}") {
            check(text.as_bytes());
            seal(&mut text.into_bytes());
        }
    }
}
