//! Annotated keys of providers that have no rule of their own; the rest is [`azure_cask`].

use super::{Verdict, azure_cask};

pub(super) fn check(token: &[u8]) -> Verdict {
    if azure_cask::is_known(token) {
        return Verdict::Rejected("the provider's own rule judges the key");
    }
    azure_cask::check(token)
}

pub(super) fn seal(token: &mut Vec<u8>) {
    // A random signature is a known one about once in a million.
    if azure_cask::is_known(token) {
        token[76] = b'0';
    }
    azure_cask::seal(token);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::support::samples;
    use super::*;

    #[test]
    fn each_key_has_one_rule() {
        for token in samples::sealed("azure-cask-key", 20) {
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
        }
        for mut token in samples::sealed("azure-devops-pat", 20) {
            assert!(matches!(check(&token), Verdict::Rejected(_)));
            seal(&mut token);
            assert!(matches!(check(&token), Verdict::Confirmed(_)));
        }
    }
}
