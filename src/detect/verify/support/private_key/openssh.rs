//! OpenSSH's own container (OpenSSH, `PROTOCOL.key`), and the older one of ssh.com.

use super::wire::{Reader, string};
use super::{Key, Protection, PublicKey, Reason, random, ssh_fingerprint};

const MAGIC: &[u8] = b"openssh-key-v1\0";
/// The first four bytes of a key of ssh.com.
const SSH_COM_MAGIC: u32 = 0x3F6F_F9EB;
/// Most keys in one file that are believed; programs write one.
const MAX_KEYS: u32 = 16;
/// The tag that authenticated ciphers append (`aes256-gcm@openssh.com`, `chacha20-poly1305@openssh.com`).
const TAG_LEN: usize = 16;

/// What a public key in the protocol's format says.
pub(super) fn public(key: Key, public: &[u8]) -> Option<Key> {
    let mut fields = Reader(public);
    let algorithm = fields.name()?;
    let mut key = key.fact("algorithm", algorithm).fact("fingerprint", ssh_fingerprint(public));
    if algorithm == "ssh-rsa" {
        let (_exponent, modulus) = (fields.string()?, fields.string()?);
        key = key.bits(modulus);
    }
    Some(Key { public: PublicKey::from_ssh(public), ..key })
}

pub(super) fn inspect(bytes: &[u8]) -> Result<Key, Reason> {
    read(bytes).ok_or("it is no OpenSSH key")
}

fn read(bytes: &[u8]) -> Option<Key> {
    let mut fields = Reader(bytes.strip_prefix(MAGIC)?);
    let (cipher, _kdf, _options) = (fields.name()?, fields.name()?, fields.string()?);
    let count = fields.number()?;
    if !(1..=MAX_KEYS).contains(&count) {
        return None;
    }
    let first_public = fields.string()?;
    for _ in 1..count {
        fields.string()?;
    }
    let private = fields.string()?;
    let protection = if cipher == "none" { Protection::None } else { Protection::Passphrase };
    match protection {
        Protection::None => {
            let mut private = Reader(private);
            if private.number()? != private.number()? || !fields.0.is_empty() {
                return None;
            }
        }
        Protection::Passphrase if fields.0.len() > TAG_LEN || private.len() < 8 => return None,
        Protection::Passphrase => {}
    }
    let key = public(Key::parsed("OpenSSH private key", protection), first_public)?;
    Some(if protection == Protection::Passphrase { key.fact("encryption", cipher) } else { key })
}

pub(super) fn inspect_ssh_com(bytes: &[u8]) -> Result<Key, Reason> {
    read_ssh_com(bytes).ok_or("it is no key of ssh.com")
}

fn read_ssh_com(bytes: &[u8]) -> Option<Key> {
    let mut fields = Reader(bytes);
    let magic = fields.number()?;
    let len = usize::try_from(fields.number()?).ok()?;
    let (kind, cipher, _private) = (fields.name()?, fields.name()?, fields.string()?);
    if magic != SSH_COM_MAGIC || len != bytes.len() || !fields.0.is_empty() {
        return None;
    }
    let protection = if cipher == "none" { Protection::None } else { Protection::Passphrase };
    let key = Key::parsed("ssh.com private key", protection).fact("algorithm", kind);
    Some(if protection == Protection::Passphrase { key.fact("encryption", cipher) } else { key })
}

/// A key of Ed25519's shape; its two halves do not belong together.
pub(super) fn make(protection: Protection, seed: &[u8]) -> Vec<u8> {
    let point = random::bytes(seed, "point", 32);
    let public = [string(b"ssh-ed25519"), string(&point)].concat();
    let (cipher, kdf, options, private) = match protection {
        Protection::None => {
            let check = random::bytes(seed, "check", 4);
            let scalar = [random::bytes(seed, "scalar", 32), point].concat();
            let mut private = [&check[..], &check, &public, &string(&scalar), &string(b"key")].concat();
            (1..).take((8 - private.len() % 8) % 8).for_each(|pad| private.push(pad));
            ("none", "none", Vec::new(), private)
        }
        Protection::Passphrase => {
            let options = [&string(&random::bytes(seed, "salt", 16))[..], &24u32.to_be_bytes()].concat();
            ("aes256-ctr", "bcrypt", options, random::bytes(seed, "ciphertext", 160))
        }
    };
    let header = [string(cipher.as_bytes()), string(kdf.as_bytes()), string(&options)].concat();
    [MAGIC, &header, &1u32.to_be_bytes(), &string(&public), &string(&private)].concat()
}

pub(super) fn make_ssh_com(protection: Protection, seed: &[u8]) -> Vec<u8> {
    let cipher: &[u8] = if protection == Protection::None { b"none" } else { b"3des-cbc" };
    let kind = b"if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}";
    let fields = [string(kind), string(cipher), string(&random::bytes(seed, "private", 600))].concat();
    let len = u32::try_from(fields.len() + 8).unwrap_or_default();
    [&SSH_COM_MAGIC.to_be_bytes()[..], &len.to_be_bytes(), &fields].concat()
}
