//! Discord bot tokens: the bot's id in base64url, a time, and an HMAC, joined by dots.
//!
//! The id is a snowflake in decimal digits (Discord developers, Reference), which random text decodes to next to never;
//! the HMAC can be checked by Discord only.

use super::Verdict;
use super::support::{base64, random, snowflake};

fn parts(token: &[u8]) -> Option<[&[u8]; 3]> {
    let mut parts = token.split(|&b| b == b'.');
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

pub(super) fn check(token: &[u8]) -> Verdict {
    let Some([id, _, _]) = parts(token) else { return Verdict::Rejected("it has not three parts") };
    let Some(id) = base64::decode(id) else { return Verdict::Rejected("its first part is no base64") };
    match (snowflake::created(&id), String::from_utf8(id)) {
        (Some(created), Ok(id)) => Verdict::plausible("bot token").with_fact("bot", id).with_fact("bot made", created),
        _ => Verdict::Rejected("its first part is no id of Discord"),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    let Some([id, time, mac]) = parts(token) else { return };
    let seed: [u8; 8] = random::bytes(id, "id", 8).try_into().unwrap_or_default();
    let mut digits = snowflake::from_seed(u64::from_be_bytes(seed)).to_string();
    // 18 digits make 24 characters, 19 make 26: the pattern allows 24 to 26, and the first character is M, N or O.
    digits.truncate(18);
    let mut made = base64::encode(digits.as_bytes());
    made.push(b'.');
    made.extend_from_slice(time);
    made.push(b'.');
    made.extend_from_slice(mac);
    *token = made;
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_bot_is_read() {
        for token in samples::sealed("discord-bot-token", 50) {
            let Verdict::Plausible(verification) = check(&token) else { panic!() };
            assert_eq!(verification.facts[0].name, "bot");
            assert!(matches!(check(&token[1..]), Verdict::Rejected(_)));
            assert!(matches!(check(&[&token[..], b".x"].concat()), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn random_text_is_rejected(text in "[MNO][A-Za-z0-9_-]{23}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27}") {
            prop_assert!(matches!(check(text.as_bytes()), Verdict::Rejected(_)));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
