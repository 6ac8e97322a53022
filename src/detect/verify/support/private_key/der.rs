//! Private keys in DER: PKCS#1 (RFC 8017), SEC 1 (RFC 5915), DSA as OpenSSL writes it, PKCS#8 plain and encrypted
//! (RFC 5958).

use ::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use ::der::{Decode, Encode, Reader, SliceReader, Tag};
use pkcs8::AlgorithmIdentifierRef;

use super::{Key, Protection, PublicKey, Reason};
use crate::public_key::{EC, ED25519, RSA, X25519, curve};

/// RSA for one kind of signatures only (RFC 8017, appendix A.2.3).
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// Any private key.
///
/// # Errors
/// Bytes that are no private key, or go on behind it.
pub(in crate::detect::verify) fn inspect(bytes: &[u8]) -> Result<Key, Reason> {
    pkcs8(bytes)
        .or_else(|_| rsa(bytes))
        .or_else(|_| ec(bytes, None))
        .or_else(|_| dsa(bytes))
        .or_else(|_| encrypted_pkcs8(bytes))
        .map_err(|_| "it is no private key in DER")
}

pub(super) fn rsa(bytes: &[u8]) -> Result<Key, Reason> {
    let key = pkcs1::RsaPrivateKeyRef::try_from(bytes).map_err(|_| "it is no RSA private key")?;
    let modulus = key.modulus.as_bytes();
    // A key whose numbers do not fit each other was changed, and opens nothing as it is. Keys of more than two primes
    // are hardly anywhere.
    let fits = key.other_prime_infos.is_some()
        || modulus.len() > MAX_MODULUS
        || is_product(modulus, key.prime1.as_bytes(), key.prime2.as_bytes());
    let made = if fits { Key::parsed } else { Key::decoded };
    let public = PublicKey::of_rsa(modulus, key.public_exponent.as_bytes());
    let key = made("RSA private key", Protection::None).fact("algorithm", "RSA").bits(modulus).of(public);
    Ok(if fits { key } else { key.fact("damaged", "its modulus is not the product of its primes") })
}

/// Longest modulus that is checked, in bytes: of 16,384 bits, which is more than anybody uses.
const MAX_MODULUS: usize = 2048;

/// Whether a number is the product of two others. All are big-endian, without leading zeros.
fn is_product(product: &[u8], a: &[u8], b: &[u8]) -> bool {
    if a.len() + b.len() > product.len() + 1 {
        return false;
    }
    let mut digits = multiply(a, b);
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    digits == product
}

/// The product of two big-endian numbers, as long as both together.
fn multiply(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut product = vec![0u8; a.len() + b.len()];
    for (i, &x) in a.iter().enumerate().rev() {
        let mut carry = 0u32;
        for (j, &y) in b.iter().enumerate().rev() {
            let sum = u32::from(x) * u32::from(y) + u32::from(product[i + j + 1]) + carry;
            product[i + j + 1] = sum as u8;
            carry = sum >> 8;
        }
        // No sum was written to this place before.
        product[i] = carry as u8;
    }
    product
}

/// A SEC 1 key; `named` is the curve of the PKCS#8 structure around it.
pub(super) fn ec(bytes: &[u8], named: Option<ObjectIdentifier>) -> Result<Key, Reason> {
    read_ec(bytes, named).map_err(|_| "it is no EC private key")
}

fn read_ec(bytes: &[u8], mut named: Option<ObjectIdentifier>) -> ::der::Result<Key> {
    let mut reader = SliceReader::new(bytes)?;
    let mut has_parameters = false;
    let mut point = None;
    let number = reader.sequence(|fields: &mut SliceReader<'_>| -> ::der::Result<_> {
        if u8::decode(fields)? != 1 {
            return Err(Tag::Integer.value_error().into());
        }
        let number = <&OctetStringRef>::decode(fields)?.as_bytes();
        while !fields.is_finished() {
            let field = AnyRef::decode(fields)?;
            let Tag::ContextSpecific { number, .. } = ::der::Tagged::tag(&field) else { continue };
            match number.value() {
                // The curve: an OID, or (rarely) its parameters spelt out.
                0 => {
                    has_parameters = true;
                    named = named.or(ObjectIdentifier::from_der(field.value()).ok());
                }
                // Its public half, which may be left out.
                1 => point = BitStringRef::from_der(field.value()).ok().and_then(|bits| bits.as_bytes()),
                _ => {}
            }
        }
        Ok(number)
    })?;
    reader.finish()?;
    let public = named.and_then(|named| match point {
        Some(point) if point.starts_with(&[UNCOMPRESSED]) => PublicKey::of_point(named, point),
        _ => PublicKey::of_point(named, &curve::point(named, number)?),
    });
    let spelt_out = if has_parameters { "explicit parameters" } else { "" };
    let name = named.map_or_else(|| spelt_out.to_owned(), curve_name);
    Ok(Key::parsed("EC private key", Protection::None).fact("algorithm", "EC").fact("curve", name).of(public))
}

/// How a point begins of which both numbers follow (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

pub(super) fn dsa(bytes: &[u8]) -> Result<Key, Reason> {
    read_dsa(bytes).map_err(|_| "it is no DSA private key")
}

fn read_dsa(bytes: &[u8]) -> ::der::Result<Key> {
    let mut reader = SliceReader::new(bytes)?;
    let prime = reader.sequence(|fields: &mut SliceReader<'_>| -> ::der::Result<UintRef<'_>> {
        if u8::decode(fields)? != 0 {
            return Err(Tag::Integer.value_error().into());
        }
        // p, then q, g, the public and the private number.
        let prime = UintRef::decode(fields)?;
        for _ in 0..4 {
            UintRef::decode(fields)?;
        }
        Ok(prime)
    })?;
    reader.finish()?;
    Ok(Key::parsed("DSA private key", Protection::None).fact("algorithm", "DSA").bits(prime.as_bytes()))
}

pub(super) fn pkcs8(bytes: &[u8]) -> Result<Key, Reason> {
    let info = pkcs8::PrivateKeyInfoRef::try_from(bytes).map_err(|_| "it is no PKCS#8 private key")?;
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => rsa(inner),
        EC => {
            let named = info.algorithm.parameters.and_then(|named| named.decode_as::<ObjectIdentifier>().ok());
            ec(inner, named)
        }
        _ if inner.is_empty() => Err("the key is empty"),
        oid => {
            let key = Key::parsed("PKCS#8 private key", Protection::None).fact("algorithm", algorithm_name(oid));
            Ok(key.of(public(&info)))
        }
    }
}

/// The public half of a key of the rarer algorithms: computed, or as the newer version of PKCS#8 has it (RFC 5958).
fn public(info: &pkcs8::PrivateKeyInfoRef<'_>) -> Option<PublicKey> {
    let inner = info.private_key.as_bytes();
    let number = || <&OctetStringRef>::from_der(inner).ok()?.as_bytes().try_into().ok();
    match info.algorithm.oid {
        ED25519 => PublicKey::of_bare(ED25519, &curve::ed25519(&number()?)),
        X25519 => PublicKey::of_bare(X25519, &curve::x25519(number()?)),
        RSA_PSS => {
            let key = pkcs1::RsaPrivateKeyRef::try_from(inner).ok()?;
            PublicKey::of(info.algorithm, &key.public_key().to_der().ok()?)
        }
        _ => PublicKey::of(info.algorithm, info.public_key?.as_bytes()?),
    }
}

pub(super) fn encrypted_pkcs8(bytes: &[u8]) -> Result<Key, Reason> {
    read_encrypted(bytes).map_err(|_| "it is no encrypted PKCS#8 private key")
}

fn read_encrypted(bytes: &[u8]) -> ::der::Result<Key> {
    let mut reader = SliceReader::new(bytes)?;
    let (oid, len) = reader.sequence(|fields: &mut SliceReader<'_>| -> ::der::Result<_> {
        let algorithm = AlgorithmIdentifierRef::decode(fields)?;
        let ciphertext = <&OctetStringRef>::decode(fields)?;
        Ok((algorithm.oid, ciphertext.as_bytes().len()))
    })?;
    reader.finish()?;
    if len < 16 {
        return Err(Tag::OctetString.length_error().into());
    }
    Ok(Key::parsed("encrypted PKCS#8 private key", Protection::Passphrase).fact("encryption", algorithm_name(oid)))
}

fn curve_name(oid: ObjectIdentifier) -> String {
    let text = oid.to_string();
    let name = match text.as_str() {
        "1.2.840.10045.3.1.7" => "P-256",
        "1.3.132.0.34" => "P-384",
        "1.3.132.0.35" => "P-521",
        "1.3.132.0.10" => "secp256k1",
        _ => return text,
    };
    name.to_owned()
}

fn algorithm_name(oid: ObjectIdentifier) -> String {
    let text = oid.to_string();
    let name = match text.as_str() {
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.113549.1.3.1" => "DH",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "1.2.840.113549.1.5.13" => "PBES2",
        "1.2.840.113549.1.12.1.3" => "PKCS#12 PBE, SHA-1 and 3DES",
        _ => return text,
    };
    name.to_owned()
}

/// Keys that parse, of random numbers: for tests and the generator of tokens. Nothing can be signed with them.
pub(in crate::detect::verify) mod make {
    use crate::detect::verify::support::random;

    const INTEGER: u8 = 2;
    const BITS: u8 = 3;
    const OCTETS: u8 = 4;
    const NULL: [u8; 2] = [5, 0];
    const OID: u8 = 6;
    const SEQUENCE: u8 = 0x30;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = content.len().to_be_bytes();
        let mut out = vec![tag];
        match content.len() {
            0..128 => out.push(len[7]),
            128..256 => out.extend_from_slice(&[0x81, len[7]]),
            _ => out.extend_from_slice(&[0x82, len[6], len[7]]),
        }
        out.extend_from_slice(content);
        out
    }

    /// A positive number of exactly so many bytes.
    fn integer(seed: &[u8], name: &str, len: usize) -> Vec<u8> {
        let mut bytes = random::bytes(seed, name, len);
        bytes[0] |= 0x80;
        tlv(INTEGER, &[&[0], &bytes[..]].concat())
    }

    /// PKCS#1, 2048 bits. The factors of the modulus are odd numbers, and no primes.
    pub fn rsa(seed: &[u8]) -> Vec<u8> {
        let factor = |name: &str| {
            let mut bytes = random::bytes(seed, name, 128);
            bytes[0] |= 0xC0;
            bytes[127] |= 1;
            bytes
        };
        let (p, q) = (factor("p"), factor("q"));
        let positive = |bytes: &[u8]| tlv(INTEGER, &[&[0], bytes].concat());
        let mut fields = vec![tlv(INTEGER, &[0]), positive(&super::multiply(&p, &q)), tlv(INTEGER, &[1, 0, 1])];
        fields.push(integer(seed, "d", 256));
        fields.extend([positive(&p), positive(&q)]);
        fields.extend(["dp", "dq", "qi"].map(|name| integer(seed, name, 128)));
        tlv(SEQUENCE, &fields.concat())
    }

    /// PKCS#8 around [`rsa`].
    pub fn pkcs8_rsa(seed: &[u8]) -> Vec<u8> {
        let oid = tlv(OID, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]);
        let algorithm = tlv(SEQUENCE, &[&oid[..], &NULL].concat());
        tlv(SEQUENCE, &[tlv(INTEGER, &[0]), algorithm, tlv(OCTETS, &rsa(seed))].concat())
    }

    /// SEC 1, P-256.
    pub fn ec(seed: &[u8]) -> Vec<u8> {
        let curve = tlv(OID, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]);
        let point = [&[0, 4][..], &random::bytes(seed, "point", 64)].concat();
        let fields = [
            tlv(INTEGER, &[1]),
            tlv(OCTETS, &random::bytes(seed, "scalar", 32)),
            tlv(0xA0, &curve),
            tlv(0xA1, &tlv(BITS, &point)),
        ];
        tlv(SEQUENCE, &fields.concat())
    }

    /// DSA, 2048 bits.
    pub fn dsa(seed: &[u8]) -> Vec<u8> {
        let numbers = [("p", 256), ("q", 32), ("g", 256), ("y", 256), ("x", 32)];
        let fields: Vec<Vec<u8>> = numbers.map(|(name, len)| integer(seed, name, len)).into();
        tlv(SEQUENCE, &[tlv(INTEGER, &[0]), fields.concat()].concat())
    }

    /// PKCS#8, encrypted under PBES2 with empty parameters.
    pub fn encrypted(seed: &[u8]) -> Vec<u8> {
        let oid = tlv(OID, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 13]);
        let algorithm = tlv(SEQUENCE, &[oid, tlv(SEQUENCE, &[])].concat());
        tlv(SEQUENCE, &[algorithm, tlv(OCTETS, &random::bytes(seed, "ciphertext", 1232))].concat())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_is_told_apart() {
        assert_eq!(inspect(&make::rsa(b"x")).unwrap().what, "RSA private key");
        assert_eq!(inspect(&make::pkcs8_rsa(b"x")).unwrap().what, "RSA private key");
        assert_eq!(inspect(&make::ec(b"x")).unwrap().what, "EC private key");
        assert_eq!(inspect(&make::dsa(b"x")).unwrap().what, "DSA private key");
        assert_eq!(inspect(&make::encrypted(b"x")).unwrap().protection, Protection::Passphrase);
    }

    #[test]
    fn a_changed_modulus_is_told() {
        let mut key = make::rsa(b"x");
        assert!(rsa(&key).unwrap().parsed);
        key[100] ^= 1;
        let changed = rsa(&key).unwrap();
        assert!(!changed.parsed && changed.facts.iter().any(|(name, _)| *name == "damaged"), "{changed:?}");
        assert_eq!(multiply(&[0xff, 0xff], &[0xff]), [0xfe, 0xff, 0x01]);
        assert!(is_product(&[6], &[2], &[3]) && !is_product(&[7], &[2], &[3]) && !is_product(&[6], &[], &[]));
    }

    #[test]
    fn ed25519_in_pkcs8_is_named() {
        let head = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let key = pkcs8(&[&head[..], &[7; 32]].concat()).unwrap();
        assert_eq!(key.facts[0], ("algorithm", "Ed25519".to_owned()));
        assert_eq!(key.facts[1].0, "spki sha256");
    }

    proptest! {
        #[test]
        fn no_cut_key_parses(cut in 1usize..1000) {
            for key in [make::rsa(b"y"), make::pkcs8_rsa(b"y"), make::ec(b"y"), make::dsa(b"y")] {
                let cut = 1 + cut % (key.len() - 1);
                prop_assert!(inspect(&key[..key.len() - cut]).is_err());
                prop_assert!(inspect(&[&key[..], &[0]].concat()).is_err());
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = inspect(&bytes);
        }
    }
}
