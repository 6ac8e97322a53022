//! OpenPGP private keys (RFC 9580; RFC 4880 for version 4): the checksum of the armour and the secret-key packets.

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{Key, Protection, PublicKey, Reason, base64, random};
use crate::detect::verify::support::time;

/// Packet types of secret keys, public keys and secret subkeys.
const SECRET_KEY: u8 = 5;
const PUBLIC_KEY: u8 = 6;
const SECRET_SUBKEY: u8 = 7;

/// CRC-24 of the armour (RFC 9580, section 6.1.1).
fn crc24(bytes: &[u8]) -> u32 {
    let mut crc = 0x00B7_04CEu32;
    for &byte in bytes {
        crc ^= u32::from(byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4CFB;
            }
        }
    }
    crc & 0x00FF_FFFF
}

/// The last line of the armour.
pub(super) fn checksum_line(bytes: &[u8]) -> Vec<u8> {
    [b"=", &base64::encode(&crc24(bytes).to_be_bytes()[1..])[..]].concat()
}

pub(super) fn inspect(bytes: &[u8], crc: Option<&[u8]>) -> Result<Key, Reason> {
    // RFC 9580 lets writers leave the checksum out; where it is, it has to fit.
    if crc.is_some_and(|crc| base64::decode(crc).as_deref() != Some(&crc24(bytes).to_be_bytes()[1..])) {
        return Err("the armour's checksum is wrong");
    }
    let mut packets = Packets(bytes);
    let mut first: Option<Secret> = None;
    let (mut open, mut locked) = (false, false);
    while !packets.0.is_empty() {
        let (kind, body) = packets.next().ok_or("its packets are cut off")?;
        if kind == SECRET_KEY || kind == SECRET_SUBKEY {
            let secret = secret(body).ok_or("its secret-key packet is malformed")?;
            open |= secret.state == State::Open;
            locked |= secret.state == State::Locked;
            first.get_or_insert(secret);
        } else if first.is_none() {
            return Err("it does not begin with a secret key");
        }
    }
    let first = first.ok_or("it holds no secret key")?;
    if !open && !locked {
        return Err("it holds stubs of keys that are elsewhere");
    }
    let protection = if open { Protection::None } else { Protection::Passphrase };
    let mut key = Key::parsed("OpenPGP private key", protection).fact("algorithm", first.algorithm);
    if let Some(modulus) = first.modulus {
        key = key.bits(modulus);
    }
    if let Some(created) = time::rfc3339(i64::from(first.created)) {
        key = key.fact("created", created);
    }
    if let Some(fingerprint) = first.fingerprint {
        key = key.fact("fingerprint", fingerprint.as_str());
        key.public = Some(PublicKey::Pgp(fingerprint));
    }
    Ok(key)
}

/// The fingerprint of the public key that packets begin with.
pub(crate) fn fingerprint_of(bytes: &[u8]) -> Option<String> {
    let (kind, body) = Packets(bytes).next()?;
    (kind == PUBLIC_KEY).then(|| fingerprint(body)).flatten()
}

/// The fingerprint of the body of a public key, of version 4 (RFC 4880, section 12.2) or 6 (RFC 9580, section 5.5.4.3).
fn fingerprint(public: &[u8]) -> Option<String> {
    match public.first()? {
        4 => {
            let len = u16::try_from(public.len()).ok()?.to_be_bytes();
            Some(hex::encode_upper(Sha1::new().chain_update([0x99]).chain_update(len).chain_update(public).finalize()))
        }
        6 => {
            let len = u32::try_from(public.len()).ok()?.to_be_bytes();
            Some(hex::encode_upper(
                Sha256::new().chain_update([0x9B]).chain_update(len).chain_update(public).finalize(),
            ))
        }
        _ => None,
    }
}

/// Packets, one after the other; those that are left.
pub(crate) struct Packets<'a>(pub(crate) &'a [u8]);

impl<'a> Packets<'a> {
    /// Type and body of the next packet; `None` where it is cut off, or has no definite length, which keys have.
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, mut rest) = self.0.split_first()?;
        let number = |rest: &mut &'a [u8], count: usize| {
            let (head, tail) = rest.split_at_checked(count)?;
            *rest = tail;
            Some(head.iter().fold(0usize, |sum, &b| sum << 8 | usize::from(b)))
        };
        let (kind, len) = match (tag & 0x80, tag & 0x40) {
            (0, _) => return None,
            (_, 0) => {
                let len = match tag & 3 {
                    3 => rest.len(),
                    size => number(&mut rest, 1 << size)?,
                };
                (tag >> 2 & 0xF, len)
            }
            _ => {
                let len = match number(&mut rest, 1)? {
                    len @ 0..192 => len,
                    high @ 192..224 => ((high - 192) << 8) + number(&mut rest, 1)? + 192,
                    255 => number(&mut rest, 4)?,
                    _ => return None,
                };
                (tag & 0x3F, len)
            }
        };
        let (body, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((kind, body))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The secret numbers are there in the clear.
    Open,
    /// They are encrypted.
    Locked,
    /// They are elsewhere: GnuPG's stubs for keys that are offline or on a card.
    Stub,
}

struct Secret<'a> {
    algorithm: &'static str,
    created: u32,
    modulus: Option<&'a [u8]>,
    fingerprint: Option<String>,
    state: State,
}

fn secret(body: &[u8]) -> Option<Secret<'_>> {
    let (&version, rest) = body.split_first()?;
    let (created, mut rest) = rest.split_first_chunk()?;
    if version == 3 {
        rest = rest.get(2..)?;
    }
    let (&algorithm, mut rest) = rest.split_first()?;
    let mut modulus = None;
    let (name, integers) = match algorithm {
        1..=3 => ("RSA", 2),
        16 => ("ElGamal", 3),
        17 => ("DSA", 4),
        18 => ("ECDH", 1),
        19 => ("ECDSA", 1),
        22 => ("EdDSA", 1),
        25 => ("X25519", 0),
        26 => ("X448", 0),
        27 => ("Ed25519", 0),
        28 => ("Ed448", 0),
        _ => return None,
    };
    match version {
        3 | 4 => {
            if matches!(algorithm, 18 | 19 | 22) {
                rest = after_short(rest)?;
            }
            for number in 0..integers {
                let (integer, after) = integer(rest)?;
                if number == 0 && matches!(algorithm, 1..=3 | 16 | 17) {
                    modulus = Some(integer);
                }
                rest = after;
            }
            rest = match algorithm {
                18 => after_short(rest)?,
                25 | 27 => rest.get(32..)?,
                26 => rest.get(56..)?,
                28 => rest.get(57..)?,
                _ => rest,
            };
        }
        5 | 6 => {
            let (len, after) = rest.split_first_chunk()?;
            rest = after.get(usize::try_from(u32::from_be_bytes(*len)).ok()?..)?;
        }
        _ => return None,
    }
    let public = &body[..body.len() - rest.len()];
    let fingerprint = fingerprint(public);
    let (&usage, parameters) = rest.split_first()?;
    // A secret of some bytes has to follow.
    if parameters.len() < 4 {
        return None;
    }
    // Version 5 and later say how long the parameters are; S2K type 101 with `GNU` marks a stub.
    let is_stub =
        usage >= 253 && parameters.windows(4).take(6).any(|window| window[0] == 101 || &window[..3] == b"GNU");
    let state = match usage {
        0 => State::Open,
        _ if is_stub => State::Stub,
        _ => State::Locked,
    };
    Some(Secret { algorithm: name, created: u32::from_be_bytes(*created), modulus, fingerprint, state })
}

/// A multiprecision integer: its length in bits, then its bytes.
fn integer(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (bits, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*bits)).div_ceil(8))
}

/// What follows a field with a length of one byte: the OID of a curve, the parameters of a KDF.
fn after_short(bytes: &[u8]) -> Option<&[u8]> {
    let (&len, rest) = bytes.split_first()?;
    rest.get(usize::from(len)..)
}

/// A key of Ed25519's shape; its two halves do not belong together.
pub(super) fn make(protection: Protection, seed: &[u8]) -> Vec<u8> {
    let mpi = |bytes: &[u8]| {
        [&(u16::try_from(super::bit_length(bytes)).unwrap_or_default()).to_be_bytes()[..], bytes].concat()
    };
    let point = [&[0x40][..], &random::bytes(seed, "point", 32)].concat();
    // The curve's OID, 1.3.6.1.4.1.11591.15.1, with its length.
    let curve = [9, 0x2B, 6, 1, 4, 1, 0xDA, 0x47, 0x0F, 1];
    let mut body = [&[4, 0x60, 0, 0, 0, 22][..], &curve, &mpi(&point)].concat();
    match protection {
        Protection::None => {
            let mut scalar = random::bytes(seed, "scalar", 32);
            scalar[0] |= 0x80;
            let secret = mpi(&scalar);
            let sum = secret.iter().fold(0u16, |sum, &b| sum.wrapping_add(u16::from(b)));
            body.push(0);
            body.extend_from_slice(&secret);
            body.extend_from_slice(&sum.to_be_bytes());
        }
        Protection::Passphrase => {
            // AES-256, iterated and salted S2K with SHA-256. The salt has no 101, which begins a stub.
            body.extend_from_slice(&[254, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF]);
            body.extend_from_slice(&random::bytes(seed, "ciphertext", 16 + 54));
        }
    }
    [&[0xC0 | SECRET_KEY, u8::try_from(body.len()).unwrap_or_default()][..], &body].concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_has_its_check_value() {
        // Of "123456789", in the catalogue of CRCs as CRC-24/OPENPGP.
        assert_eq!(crc24(b"123456789"), 0x0021_CF02);
    }

    #[test]
    fn checksums_are_checked_where_there_are_any() {
        let key = make(Protection::None, b"seed");
        let line = checksum_line(&key);
        assert!(inspect(&key, Some(&line[1..])).is_ok());
        assert!(inspect(&key, None).is_ok());
        assert!(inspect(&key, Some(b"AAAA")).is_err());
        assert!(inspect(&key[..key.len() - 1], None).is_err());
    }

    #[test]
    fn stubs_hold_no_secret() {
        let open = make(Protection::None, b"seed");
        let public = open.len() - 1 - (2 + 32 + 2);
        let mut body = open[2..public].to_vec();
        body.extend_from_slice(&[255, 0, 101, 2, b'G', b'N', b'U', 1]);
        let stub = [&[0xC0 | SECRET_KEY, body.len() as u8][..], &body].concat();
        assert_eq!(inspect(&stub, None).unwrap_err(), "it holds stubs of keys that are elsewhere");
        // A subkey in the clear behind the stub of its primary key is one.
        let mut subkey = open;
        subkey[0] = 0xC0 | SECRET_SUBKEY;
        assert_eq!(inspect(&[stub, subkey].concat(), None).unwrap().protection, Protection::None);
    }
}
