//! Private keys that anybody can use who has the file: PEM, OpenSSH, PGP, PuTTY, ssh.com, OpenVPN.
//!
//! Keys under a passphrase are the business of `protected-private-key`: their rules match the same text, and each
//! family rejects what is the other's, so that either severity is right.

use super::Verdict;
use super::support::private_key::{self, Protection};

pub(super) fn check(token: &[u8]) -> Verdict {
    match private_key::inspect(token) {
        Ok(key) if key.protection == Protection::Passphrase => Verdict::Rejected("a passphrase protects the key"),
        Ok(key) => key.into_verdict(),
        Err(reason) => Verdict::Rejected(reason),
    }
}

pub(super) fn seal(token: &mut Vec<u8>) {
    private_key::seal(token, Protection::None);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::support::samples;
    use super::*;

    const RULES: [&str; 9] = [
        "private-key-pkcs-8-unencrypted-pem",
        "private-key-pkcs-1-rsa-pem",
        "private-key-ec-sec1-pem",
        "private-key-dsa-pem",
        "private-key-openssh",
        "private-key-pgp-private-key-block",
        "private-key-putty-ppk",
        "private-key-ssh2-ssh-com",
        "private-key-openvpn-static-key",
    ];

    #[test]
    fn sealed_keys_parse() {
        for rule in RULES {
            for token in samples::sealed(rule, 10) {
                let verdict = check(&token);
                assert_eq!(
                    matches!(verdict, Verdict::Confirmed(_)),
                    rule != "private-key-openvpn-static-key",
                    "{rule}: {verdict:?}"
                );
                assert!(matches!(super::super::protected_private_key::check(&token), Verdict::Rejected(_)), "{rule}");
            }
        }
    }
}
