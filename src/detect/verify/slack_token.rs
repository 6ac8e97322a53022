//! Tokens of Slack with numbers behind their prefix, of which the first one is the workspace's: the same in all tokens that
//! were issued for it. Nothing can be checked, but a report says which tokens belong together.

use super::Verdict;

pub(super) fn check(token: &[u8]) -> Verdict {
    let number = token.split(|&b| b == b'-').nth(1);
    match number.filter(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit)) {
        Some(number) => Verdict::plausible("Slack token structure")
            .with_fact("workspace number", String::from_utf8_lossy(number).into_owned()),
        None => Verdict::Rejected("no number stands behind its prefix"),
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
    fn the_number_is_told() {
        for rule in ["slack-bot-token", "slack-user-token"] {
            for token in samples::sealed(rule, 10) {
                let number = String::from_utf8_lossy(&token).split('-').nth(1).map(str::to_owned).unwrap_or_default();
                let expected = Verdict::plausible("Slack token structure").with_fact("workspace number", number);
                assert_eq!(check(&token), expected);
            }
        }
        assert!(matches!(check(b"xoxb-none"), Verdict::Rejected(_)));
        assert!(matches!(check(b""), Verdict::Rejected(_)));
    }
}
