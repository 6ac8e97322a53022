//! Private keys in armour whose END line is missing: pasted in part, or cut off where the key itself was whole.

use super::support::private_key::{self, Protection};
use super::{Verdict, private_key as whole};

pub(super) fn check(token: &[u8]) -> Verdict {
    match whole::check(token) {
        // The line behind the last one may be one word.
        Verdict::Rejected(reason) => match memchr::memrchr(b'\n', token.trim_ascii_end()) {
            Some(end) if !matches!(whole::check(&token[..end]), Verdict::Rejected(_)) => whole::check(&token[..end]),
            _ => Verdict::Rejected(reason),
        },
        verdict => verdict,
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    private_key::seal(token, Protection::None);
    if let Some(end) = memchr::memmem::find(token, b"\n-----END ") {
        token.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::samples;
    use super::*;

    #[test]
    fn what_is_whole_but_for_its_last_line_parses() {
        for token in samples::sealed("private-key-without-its-end", 10) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
            assert!(matches!(check(&token[..token.len() - 40]), Verdict::Rejected(_)));
        }
    }
}
