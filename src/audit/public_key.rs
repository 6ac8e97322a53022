//! Public keys of an inventory, and which one belongs to a private key that was found.
//!
//! Both are compared by the digests of the public key as the SSH protocol writes it: SHA-256, as `ssh-keygen -l` shows
//! it, and MD5, as it was shown before. So a fingerprint in a listing, a line of `authorized_keys`, a certificate and
//! the private key itself all meet.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::public_key::{PublicKey, published};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The digests of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256 of its form in the SSH protocol.
    pub sha256: [u8; 32],
    /// MD5 of the same.
    pub md5: [u8; 16],
}

impl Digests {
    /// Those of a key that SSH has, too.
    #[must_use]
    pub(crate) fn of(key: &PublicKey) -> Option<Self> {
        let blob = key.ssh()?;
        Some(Digests { sha256: Sha256::digest(&blob).into(), md5: Md5::digest(&blob).into() })
    }
}

/// What an inventory has of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// Its SHA-256, or the key itself.
    Sha256([u8; 32]),
    /// Its MD5.
    Md5([u8; 16]),
}

/// What a text of an inventory says of a public key: a line of `authorized_keys`, a fingerprint as OpenSSH shows it
/// (`SHA256:…`, `MD5:ab:cd:…`, or 16 bytes with colons), a public key or a certificate in PEM, or in base64 without its
/// frame. `None` for everything else, such as the thumbprint of a certificate, which no private key tells.
#[must_use]
pub fn registered(text: &str) -> Option<Registered> {
    let text = text.trim();
    if let Some(digest) = text.strip_prefix("SHA256:") {
        return Some(Registered::Sha256(BASE64.decode(digest).ok()?.try_into().ok()?));
    }
    let digits = text.strip_prefix("MD5:").unwrap_or(text);
    if digits.len() == 47 && digits.bytes().skip(2).step_by(3).all(|b| b == b':') {
        return Some(Registered::Md5(hex::decode(digits.replace(':', "")).ok()?.try_into().ok()?));
    }
    let first = |text: &str| published::in_text(text.as_bytes()).first().and_then(|(_, one)| Digests::of(one.key()));
    // Base64 without a frame may be broken into lines.
    let joined = || first(&text.split_ascii_whitespace().collect::<String>());
    first(text).or_else(joined).map(|key| Registered::Sha256(key.sha256))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stderr)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;
    use crate::detect::verify;

    /// What programs print, or nothing where they are not installed. Keys are made anew for every run.
    fn run(folder: &std::path::Path, program: &str, arguments: &[&str]) -> Option<String> {
        let done = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
        done.status.success().then(|| String::from_utf8(done.stdout).unwrap())
    }

    fn of_private(text: &str) -> Option<Digests> {
        Digests::of(&verify::public_key(text.as_bytes())?)
    }

    fn sha256(text: &str) -> [u8; 32] {
        match registered(text).unwrap() {
            Registered::Sha256(digest) => digest,
            Registered::Md5(_) => unreachable!("{text}"),
        }
    }

    #[test]
    fn the_private_key_the_line_and_the_fingerprints_of_openssh_meet() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        for (name, arguments) in [
            ("plain", &["-t", "ed25519", "-N", ""][..]),
            ("locked", &["-t", "ed25519", "-N", "correct horse", "-a", "1"]),
            ("curve", &["-t", "ecdsa", "-b", "384", "-N", "", "-m", "PEM"]),
            ("rsa", &["-t", "rsa", "-b", "2048", "-N", "", "-m", "PEM"]),
            ("pkcs8", &["-t", "rsa", "-b", "2048", "-N", "", "-m", "PKCS8"]),
            ("curve8", &["-t", "ecdsa", "-b", "256", "-N", "", "-m", "PKCS8"]),
        ] {
            let arguments = [arguments, &["-q", "-C", "a comment", "-f", name]].concat();
            if run(folder.path(), "ssh-keygen", &arguments).is_none() {
                eprintln!("skipped: there is no ssh-keygen");
                return;
            }
            let found = of_private(&read(name)).unwrap();
            let line = read(&format!("{name}.pub"));
            assert_eq!(sha256(&line), found.sha256, "{name}");
            assert_eq!(sha256(&format!("from=\"10.0.0.1, 10.0.0.2\",no-pty {line}")), found.sha256);
            let shown = |kind: &str| {
                let listed =
                    run(folder.path(), "ssh-keygen", &["-l", "-E", kind, "-f", &format!("{name}.pub")]).unwrap();
                listed.split(' ').nth(1).unwrap().to_owned()
            };
            assert_eq!(registered(&shown("sha256")), Some(Registered::Sha256(found.sha256)));
            assert_eq!(registered(&shown("md5")), Some(Registered::Md5(found.md5)));
            assert_eq!(registered(shown("md5").trim_start_matches("MD5:")), Some(Registered::Md5(found.md5)));
            let text = read(name);
            for written in
                [text.replace('\n', "\\n"), text.replace('\n', "\\n\" +\n    \""), text.replace('\n', "\r\n  ")]
            {
                assert_eq!(of_private(&written), Some(found), "{name}: {written}");
            }
            let pem = run(folder.path(), "ssh-keygen", &["-e", "-m", "PKCS8", "-f", &format!("{name}.pub")]);
            if let Some(pem) = pem {
                assert_eq!(sha256(&pem), found.sha256, "{name}");
            }
        }
    }

    #[test]
    fn a_certificate_belongs_to_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let made = run(
            folder.path(),
            "openssl",
            &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "crt", "-subj", "/CN=test"],
        );
        if made.is_none() {
            eprintln!("skipped: there is no openssl");
            return;
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let found = of_private(&read("key")).unwrap();
        let certificate = read("crt");
        assert_eq!(sha256(&certificate), found.sha256);
        // As Microsoft Graph has it, and as Google's API has it.
        let bare: String = certificate.lines().filter(|line| !line.starts_with('-')).collect();
        assert_eq!(sha256(&bare), found.sha256);
        assert_eq!(sha256(&BASE64.encode(&certificate)), found.sha256);
    }

    #[test]
    fn other_texts_are_no_public_keys() {
        for text in
            ["", "SHA256:fake", "ssh-ed25519", "ssh-rsa %%%", "AB12CD34", "0123456789abcdef0123456789abcdef01234567"]
        {
            assert_eq!(registered(text), None, "{text}");
        }
        assert_eq!(of_private("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (registered(&text), of_private(&text));
            for label in ["OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "CERTIFICATE"] {
                let text = format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", BASE64.encode(&bytes));
                let _ = (registered(&text), of_private(&text));
            }
        }
    }
}
