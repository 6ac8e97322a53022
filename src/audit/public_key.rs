//! Public keys: what an inventory has of them, and which one belongs to a private key that was found.
//!
//! Both are brought into one form, the public key as the SSH protocol writes it (RFC 4253, section 6.6; RFC 5656;
//! RFC 8709), and compared by its digests: SHA-256, as `ssh-keygen -l` shows it, and MD5, as it was shown before. So a
//! fingerprint in a listing, a line of `authorized_keys`, a certificate and the private key itself all meet.
//!
//! A private key tells its public half where it holds it: RSA keys always, elliptic curves as OpenSSL writes them, and
//! those of OpenSSH even under a passphrase. Ed25519 in PKCS#8 holds it only in version 2.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};
use md5::Md5;
use pkcs8::{PrivateKeyInfoRef, SubjectPublicKeyInfoRef};
use sha2::{Digest as _, Sha256};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A public key, by its digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// SHA-256 of its form in the SSH protocol.
    pub sha256: [u8; 32],
    /// MD5 of the same.
    pub md5: [u8; 16],
}

impl PublicKey {
    fn of(blob: &[u8]) -> Self {
        PublicKey { sha256: Sha256::digest(blob).into(), md5: Md5::digest(blob).into() }
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
    public(text).map(|key| Registered::Sha256(key.sha256))
}

fn public(text: &str) -> Option<PublicKey> {
    if text.contains("-----BEGIN ") {
        let (label, bytes) = armoured(text)?;
        let blob = match label {
            "CERTIFICATE" => of_certificate(&bytes),
            "RSA PUBLIC KEY" => of_rsa(pkcs1::RsaPublicKeyRef::try_from(&bytes[..]).ok()?),
            _ => of_spki(&bytes),
        };
        return blob.map(|blob| PublicKey::of(&blob));
    }
    // Options, which may have blanks in quotes, stand in front of the kind; a comment behind the key.
    let mut words = text.split_ascii_whitespace();
    let kinds = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-sha2-"];
    if words.any(|word| kinds.iter().any(|kind| word.starts_with(kind))) {
        let blob = BASE64.decode(words.next()?).ok()?;
        return Some(PublicKey::of(&blob));
    }
    // What providers call the key's data: PEM, certificate or key, once more in base64.
    let bytes = BASE64.decode(text.split_ascii_whitespace().collect::<String>()).ok()?;
    if bytes.starts_with(b"-----BEGIN ") {
        return public(std::str::from_utf8(&bytes).ok()?);
    }
    of_certificate(&bytes).or_else(|| of_spki(&bytes)).map(|blob| PublicKey::of(&blob))
}

/// The public half of a private key as it stands in a file: PEM, or OpenSSH's own container, however its lines were
/// quoted. `None` for what holds none, or is encrypted as a whole.
#[must_use]
pub fn of_private(text: &str) -> Option<PublicKey> {
    let (label, bytes) = armoured(text)?;
    let blob = match label {
        "OPENSSH PRIVATE KEY" => of_openssh(&bytes),
        "RSA PRIVATE KEY" => of_rsa(pkcs1::RsaPrivateKeyRef::try_from(&bytes[..]).ok()?.public_key()),
        "EC PRIVATE KEY" => of_sec1(&bytes, None),
        "PRIVATE KEY" => of_pkcs8(&bytes),
        _ => None,
    };
    blob.map(|blob| PublicKey::of(&blob))
}

/// The label and the bytes of the first armoured block. Escapes and quotes of source code between its lines are passed
/// over.
fn armoured(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    // Headers (`Proc-Type: 4,ENCRYPTED`) belong to keys that tell nothing.
    if body.contains(':') {
        return None;
    }
    let mut digits = String::with_capacity(body.len());
    let mut chars = body.chars().peekable();
    let mut before = '\n';
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                while chars.next_if_eq(&'\\').is_some() {}
                match chars.next() {
                    Some('u') => {
                        let code: String = chars.by_ref().take(4).collect();
                        digits.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                    }
                    Some('/') => digits.push('/'),
                    _ => {}
                }
            }
            // Between strings that are put together.
            '+' if matches!(before, ' ' | '\t' | '"' | '\'')
                && matches!(chars.peek(), Some(' ' | '\r' | '\n' | '"' | '\'')) => {}
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => digits.push(c),
            _ => {}
        }
        before = c;
    }
    Some((label, BASE64.decode(digits).ok()?))
}

/// A string of the SSH protocol: its length in four bytes, and the bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&len.to_be_bytes()[..], bytes].concat()
}

/// A positive number: a first bit that is set would make it negative.
fn number(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    match digits.first() {
        Some(first) if first & 0x80 != 0 => string(&[&[0], digits].concat()),
        _ => string(digits),
    }
}

fn of_rsa(key: pkcs1::RsaPublicKeyRef<'_>) -> Option<Vec<u8>> {
    let (exponent, modulus) = (key.public_exponent.as_bytes(), key.modulus.as_bytes());
    Some([string(b"ssh-rsa"), number(exponent), number(modulus)].concat())
}

fn of_ed25519(point: &[u8]) -> Option<Vec<u8>> {
    (point.len() == 32).then(|| [string(b"ssh-ed25519"), string(point)].concat())
}

/// A point on one of the curves that SSH has names for, as it is written without compression.
fn of_point(curve: ObjectIdentifier, point: &[u8]) -> Option<Vec<u8>> {
    let name = match curve.to_string().as_str() {
        "1.2.840.10045.3.1.7" => "nistp256",
        "1.3.132.0.34" => "nistp384",
        "1.3.132.0.35" => "nistp521",
        _ => return None,
    };
    let kind = format!("ecdsa-sha2-{name}");
    (point.first() == Some(&4)).then(|| [string(kind.as_bytes()), string(name.as_bytes()), string(point)].concat())
}

fn of_openssh(bytes: &[u8]) -> Option<Vec<u8>> {
    fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
        let (len, tail) = rest.split_first_chunk::<4>()?;
        let (value, tail) = tail.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
        *rest = tail;
        Some(value)
    }
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    for _ in 0..3 {
        // Cipher, derivation, and its options.
        take(&mut rest)?;
    }
    // How many keys there are; programs write one.
    rest = rest.split_first_chunk::<4>()?.1;
    take(&mut rest).map(<[u8]>::to_vec)
}

fn of_pkcs8(bytes: &[u8]) -> Option<Vec<u8>> {
    let info = PrivateKeyInfoRef::try_from(bytes).ok()?;
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => of_rsa(pkcs1::RsaPrivateKeyRef::try_from(inner).ok()?.public_key()),
        EC => of_sec1(inner, info.algorithm.parameters.and_then(|curve| curve.decode_as().ok())),
        ED25519 => of_ed25519(info.public_key?.as_bytes()?),
        _ => None,
    }
}

fn of_sec1(bytes: &[u8], curve: Option<ObjectIdentifier>) -> Option<Vec<u8>> {
    let mut curve = curve;
    let mut point = None;
    let mut reader = SliceReader::new(bytes).ok()?;
    let read = reader.sequence(|fields: &mut SliceReader<'_>| -> der::Result<()> {
        u8::decode(fields)?;
        <&OctetStringRef>::decode(fields)?;
        while !fields.is_finished() {
            let field = AnyRef::decode(fields)?;
            let Tag::ContextSpecific { number, .. } = field.tag() else { continue };
            match number.value() {
                0 if curve.is_none() => curve = ObjectIdentifier::from_der(field.value()).ok(),
                1 => point = BitStringRef::from_der(field.value())?.as_bytes().map(<[u8]>::to_vec),
                _ => {}
            }
        }
        Ok(())
    });
    read.ok()?;
    of_point(curve?, &point?)
}

fn of_spki(bytes: &[u8]) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef::try_from(bytes).ok()?;
    let key = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        RSA => of_rsa(pkcs1::RsaPublicKeyRef::try_from(key).ok()?),
        EC => of_point(info.algorithm.parameters.and_then(|curve| curve.decode_as().ok())?, key),
        ED25519 => of_ed25519(key),
        _ => None,
    }
}

/// The key of an X.509 certificate (RFC 5280): the sixth member of what is signed, without the version in front.
fn of_certificate(bytes: &[u8]) -> Option<Vec<u8>> {
    let signed = AnyRef::from_der(bytes).ok().filter(|whole| whole.tag() == Tag::Sequence)?;
    let mut outer = SliceReader::new(signed.value()).ok()?;
    let body = AnyRef::decode(&mut outer).ok()?;
    let mut fields = SliceReader::new(body.value()).ok()?;
    let mut next = AnyRef::decode(&mut fields).ok()?;
    if matches!(next.tag(), Tag::ContextSpecific { .. }) {
        next = AnyRef::decode(&mut fields).ok()?;
    }
    // That was the serial number; algorithm, issuer, validity and subject follow.
    if next.tag() != Tag::Integer {
        return None;
    }
    for _ in 0..4 {
        AnyRef::decode(&mut fields).ok()?;
    }
    of_spki(fields.tlv_bytes().ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::print_stderr)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// What programs print, or nothing where they are not installed. Keys are made anew for every run.
    fn run(folder: &std::path::Path, program: &str, arguments: &[&str]) -> Option<String> {
        let done = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
        done.status.success().then(|| String::from_utf8(done.stdout).unwrap())
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
            let _ = of_openssh(&[b"openssh-key-v1\0", &bytes[..]].concat());
        }
    }
}
