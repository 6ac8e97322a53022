//! Private keys under a passphrase: what is left to a finder is guessing it.
//!
//! The twin of `private-key`, which has everything else.

use super::Verdict;
use super::support::private_key::{self, Protection};

pub(super) fn check(token: &[u8]) -> Verdict {
    match private_key::inspect(token) {
        Ok(key) if key.protection == Protection::Passphrase => key.into_verdict(),
        Ok(_) => Verdict::Rejected("no passphrase protects the key"),
        Err(reason) => Verdict::Rejected(reason),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    private_key::seal(token, Protection::Passphrase);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::super::support::samples;
    use super::*;

    const RULES: [&str; 6] = [
        "private-key-pkcs-8-encrypted-pem",
        "private-key-traditional-pem-with-passphrase",
        "private-key-openssh-encrypted",
        "private-key-pgp-private-key-block-encrypted",
        "private-key-putty-ppk-encrypted",
        "private-key-ssh2-encrypted-ssh-com",
    ];

    #[test]
    fn sealed_keys_parse_and_say_that_they_are_protected() {
        for rule in RULES {
            for token in samples::sealed(rule, 10) {
                let (Verdict::Confirmed(verification) | Verdict::Plausible(verification)) = check(&token) else {
                    panic!("{rule}")
                };
                assert!(verification.facts.iter().any(|f| f.name == "protected" && f.value == "passphrase"), "{rule}");
                assert!(matches!(super::super::private_key::check(&token), Verdict::Rejected(_)), "{rule}");
            }
        }
    }
}
