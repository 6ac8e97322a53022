//! Tokens of Telegram's bots: the bot's id, which anybody may know, and its secret behind a colon. Nothing can be checked,
//! but a report says which bot it is. Source: <https://core.telegram.org/bots/api#authorizing-your-bot>.

use super::Verdict;

pub(super) fn check(token: &[u8]) -> Verdict {
    let id = token.split(|&b| b == b':').next().filter(|id| !id.is_empty() && id.iter().all(u8::is_ascii_digit));
    match id {
        Some(id) => {
            Verdict::plausible("bot token structure").with_fact("bot id", String::from_utf8_lossy(id).into_owned())
        }
        None => Verdict::Rejected("it does not begin with the id of a bot"),
    }
}

#[allow(clippy::ptr_arg)] // the type of `Family::seal`
pub(super) fn seal(_: &mut Vec<u8>) {
    // Whatever the pattern allows passes.
}

#[cfg(test)]
mod tests {
    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_id_is_told() {
        for token in samples::sealed("telegram-bot-token", 10) {
            let id = String::from_utf8_lossy(&token).split(':').next().map(str::to_owned).unwrap_or_default();
            assert_eq!(check(&token), Verdict::plausible("bot token structure").with_fact("bot id", id));
        }
        assert!(matches!(check(b"token"), Verdict::Rejected(_)));
        assert!(matches!(check(b""), Verdict::Rejected(_)));
    }
}
