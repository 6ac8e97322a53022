//! PuTTY's key files (PuTTY manual, appendix C "PPK file format"): lines of fields, two base64 blocks, and a MAC, which
//! for files without a passphrase has a key that everybody knows.

use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{Key, Protection, Reason, base64, openssh, random, text, wire};

/// What the MAC's key of version 2 is a digest of, before the passphrase.
const MAC_LABEL: &[u8] = b"putty-private-key-file-mac-key";

/// The parts of a file.
#[derive(Default)]
struct File<'a> {
    version: u8,
    algorithm: &'a [u8],
    encryption: &'a [u8],
    comment: &'a [u8],
    public: Vec<u8>,
    private: Vec<u8>,
    mac: &'a [u8],
}

pub(super) fn inspect(token: &[u8]) -> Result<Key, Reason> {
    // With line ends of its own the text is no string literal, and a backslash in the comment is one.
    let unescaped;
    let text = if token.contains(&b'\n') {
        token
    } else {
        unescaped = text::unescape(token);
        unescaped.as_slice()
    };
    let file = read(text).ok_or("it is no PuTTY key file")?;
    let protection = if file.encryption == b"none" { Protection::None } else { Protection::Passphrase };
    if protection == Protection::None && !mac_fits(&file) {
        return Err("the file's MAC is wrong");
    }
    let key = openssh::public(Key::parsed("PuTTY private key", protection), &file.public)
        .ok_or("its public key is none of SSH")?;
    Ok(match protection {
        Protection::None => key,
        Protection::Passphrase => key.fact("encryption", String::from_utf8_lossy(file.encryption)),
    })
}

fn read(text: &[u8]) -> Option<File<'_>> {
    let mut file = File::default();
    let mut lines = text.split(|&b| b == b'\n' || b == 0x0b).map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.trim_ascii_start()
    });
    while let Some(line) = lines.next() {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
        let mut block = || {
            let count: usize = std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()?;
            let body: Vec<u8> = lines.by_ref().take(count).flat_map(<[u8]>::trim_ascii).copied().collect();
            base64::decode(&body)
        };
        match &line[..colon] {
            b"PuTTY-User-Key-File-2" => (file.version, file.algorithm) = (2, value),
            b"PuTTY-User-Key-File-3" => (file.version, file.algorithm) = (3, value),
            b"Encryption" => file.encryption = value.trim_ascii_end(),
            b"Comment" => file.comment = value,
            b"Public-Lines" => file.public = block()?,
            b"Private-Lines" => file.private = block()?,
            b"Private-MAC" => file.mac = value.trim_ascii_end(),
            _ => {}
        }
    }
    let has_all = file.version > 0 && !file.encryption.is_empty() && !file.mac.is_empty();
    (has_all && !file.public.is_empty() && !file.private.is_empty()).then_some(file)
}

/// What the MAC is made of.
fn covered(file: &File<'_>) -> Vec<u8> {
    [file.algorithm, file.encryption, file.comment, &file.public, &file.private].map(wire::string).concat()
}

/// The MAC in hexadecimal, for a file without a passphrase.
fn mac(file: &File<'_>) -> Option<String> {
    let covered = covered(file);
    if file.version == 2 {
        let mut mac = Hmac::<Sha1>::new_from_slice(&Sha1::digest(MAC_LABEL)).ok()?;
        mac.update(&covered);
        return Some(hex::encode(mac.finalize().into_bytes()));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&[]).ok()?;
    mac.update(&covered);
    Some(hex::encode(mac.finalize().into_bytes()))
}

fn mac_fits(file: &File<'_>) -> bool {
    mac(file).is_some_and(|mac| mac.as_bytes().eq_ignore_ascii_case(file.mac))
}

/// A file of Ed25519's shape; its two halves do not belong together.
pub(super) fn make(third: bool, protection: Protection, seed: &[u8]) -> Vec<u8> {
    let public = [wire::string(b"ssh-ed25519"), wire::string(&random::bytes(seed, "point", 32))].concat();
    let mut private = wire::string(&random::bytes(seed, "scalar", 32));
    let encryption: &[u8] = match protection {
        Protection::None => b"none",
        Protection::Passphrase => {
            private = random::bytes(seed, "ciphertext", 48);
            b"aes256-cbc"
        }
    };
    let version = if third { 3 } else { 2 };
    let mut file =
        File { version, algorithm: b"ssh-ed25519", encryption, comment: b"a key", public, private, mac: b"" };
    let sum = match protection {
        Protection::None => mac(&file).unwrap_or_default(),
        Protection::Passphrase => hex::encode(random::bytes(seed, "mac", if third { 32 } else { 20 })),
    };
    file.mac = sum.as_bytes();
    let derivation: &[u8] = match (third, protection) {
        (true, Protection::Passphrase) => {
            b"Key-Derivation: Argon2id\nArgon2-Memory: 8192\nArgon2-Passes: 21\nArgon2-Parallelism: 1\nArgon2-Salt: 0\n"
        }
        _ => b"",
    };
    let mut out = format!("PuTTY-User-Key-File-{version}: ssh-ed25519\nEncryption: ").into_bytes();
    out.extend_from_slice(encryption);
    out.extend_from_slice(b"\nComment: a key\n");
    for (name, bytes, before) in [("Public", &file.public, &b""[..]), ("Private", &file.private, derivation)] {
        let body = base64::encode(bytes);
        let lines: Vec<&[u8]> = body.chunks(64).collect();
        out.extend_from_slice(before);
        out.extend_from_slice(format!("{name}-Lines: {}\n", lines.len()).as_bytes());
        out.extend_from_slice(&lines.join(&b'\n'));
        out.push(b'\n');
    }
    out.extend_from_slice(b"Private-MAC: ");
    out.extend_from_slice(file.mac);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_mac_covers_the_file() {
        for third in [false, true] {
            let file = String::from_utf8(make(third, Protection::None, b"seed")).unwrap();
            assert!(inspect(file.as_bytes()).is_ok());
            assert!(inspect(file.replace('\n', "\r\n").as_bytes()).is_ok());
            assert!(inspect(file.replace('\n', "\\n").as_bytes()).is_ok());
            assert!(inspect(file.replace('\n', "\n    ").as_bytes()).is_ok());
            assert!(inspect(file.replace("a key", "another").as_bytes()).is_err());
            assert!(inspect(file.replace("Private-Lines: 1", "Private-Lines: 9").as_bytes()).is_err());
            let with_passphrase = make(third, Protection::Passphrase, b"seed");
            assert_eq!(inspect(&with_passphrase).unwrap().protection, Protection::Passphrase);
        }
    }

    proptest! {
        #[test]
        fn no_file_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..500, byte: u8) {
            let _ = inspect(&bytes);
            let mut file = make(true, Protection::None, &bytes);
            let at = at % file.len();
            file[at] = byte;
            let _ = inspect(&file);
        }
    }
}
