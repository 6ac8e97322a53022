//! Public keys: the public half of a private key, and what is published of one.
//!
//! Every kind of writing is brought into one form, so that a private key, a certificate and a line of
//! `authorized_keys` meet: that of X.509 (RFC 5280, `SubjectPublicKeyInfo`; RFC 8017, RFC 5480, RFC 8410) where it has
//! the kind, else that of the SSH protocol (RFC 4253, section 6.6). OpenPGP binds a key to the moment it was made, so
//! that its keys are told by their fingerprints.

pub(crate) mod certificate;
pub(crate) mod curve;
pub(crate) mod published;
pub(crate) mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode as _, Encode as _};
use pkcs1::RsaPublicKeyRef;
use pkcs8::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use sha2::{Digest as _, Sha256};

use wire::{Reader, integer, string};

pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
pub(crate) const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");

/// What the kinds of elliptic curves begin with that SSH has.
const ECDSA: &str = "ecdsa-sha2-";

/// The curves that SSH has names for (RFC 5656, section 10.1).
const NAMES: [(&str, ObjectIdentifier); 3] =
    [("nistp256", curve::P256), ("nistp384", curve::P384), ("nistp521", curve::P521)];

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// In DER, as X.509 has it.
    X509(Vec<u8>),
    /// Of another kind, as the SSH protocol has it.
    Ssh(Vec<u8>),
    /// Of OpenPGP, by its fingerprint in hexadecimal.
    Pgp(String),
}

impl PublicKey {
    /// A key of any algorithm, as it stands in the bit string.
    pub(crate) fn of(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Option<Self> {
        let subject_public_key = BitStringRef::from_bytes(key).ok()?;
        SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().ok().map(PublicKey::X509)
    }

    /// An RSA key of that modulus and exponent, which are big-endian.
    pub(crate) fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let key =
            RsaPublicKeyRef { modulus: UintRef::new(modulus).ok()?, public_exponent: UintRef::new(exponent).ok()? };
        Self::of(AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) }, &key.to_der().ok()?)
    }

    /// A point of a curve that has a name.
    pub(crate) fn of_point(curve: ObjectIdentifier, point: &[u8]) -> Option<Self> {
        let named = curve.to_der().ok()?;
        Self::of(AlgorithmIdentifierRef { oid: EC, parameters: Some(AnyRef::from_der(&named).ok()?) }, point)
    }

    /// A key that its algorithm alone describes, such as one of Ed25519.
    pub(crate) fn of_bare(algorithm: ObjectIdentifier, key: &[u8]) -> Option<Self> {
        Self::of(AlgorithmIdentifierRef { oid: algorithm, parameters: None }, key)
    }

    /// From a `SubjectPublicKeyInfo` in DER.
    pub(crate) fn from_x509(bytes: &[u8]) -> Option<Self> {
        Self::from_info(&SubjectPublicKeyInfoRef::try_from(bytes).ok()?)
    }

    fn from_info(info: &SubjectPublicKeyInfoRef<'_>) -> Option<Self> {
        let key = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            // Some writers leave the empty parameters out.
            RSA => Self::from_pkcs1(key),
            _ => Self::of(info.algorithm, key),
        }
    }

    /// From the numbers of an RSA key in DER (RFC 8017, appendix A.1.1).
    pub(crate) fn from_pkcs1(bytes: &[u8]) -> Option<Self> {
        let key = RsaPublicKeyRef::try_from(bytes).ok()?;
        Self::of_rsa(key.modulus.as_bytes(), key.public_exponent.as_bytes())
    }

    /// From a key of the SSH protocol.
    pub(crate) fn from_ssh(blob: &[u8]) -> Option<Self> {
        let mut fields = Reader(blob);
        let kind = fields.name()?;
        let key = if kind == "ssh-rsa" {
            let (exponent, modulus) = (fields.string()?, fields.string()?);
            Self::of_rsa(modulus, exponent)?
        } else if kind == "ssh-ed25519" {
            Self::of_bare(ED25519, fields.string().filter(|point| point.len() == 32)?)?
        } else if let Some(name) = kind.strip_prefix(ECDSA)
            && let Some((_, curve)) = NAMES.iter().find(|(known, _)| *known == name)
        {
            let (_curve, point) = (fields.string()?, fields.string()?);
            Self::of_point(*curve, point)?
        } else {
            return Some(PublicKey::Ssh(blob.to_vec()));
        };
        fields.0.is_empty().then_some(key)
    }

    /// The key as the SSH protocol has it, where it has the kind.
    pub(crate) fn ssh(&self) -> Option<Vec<u8>> {
        let info = match self {
            PublicKey::X509(bytes) => SubjectPublicKeyInfoRef::try_from(&bytes[..]).ok()?,
            PublicKey::Ssh(blob) => return Some(blob.clone()),
            PublicKey::Pgp(_) => return None,
        };
        let key = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            RSA => {
                let key = RsaPublicKeyRef::try_from(key).ok()?;
                let (modulus, exponent) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
                Some([string(b"ssh-rsa"), integer(exponent), integer(modulus)].concat())
            }
            ED25519 => Some([string(b"ssh-ed25519"), string(key)].concat()),
            EC => {
                let curve: ObjectIdentifier = info.algorithm.parameters?.decode_as().ok()?;
                let (name, _) = NAMES.iter().find(|(_, known)| *known == curve)?;
                let kind = [ECDSA, name].concat();
                Some([string(kind.as_bytes()), string(name.as_bytes()), string(key)].concat())
            }
            _ => None,
        }
    }

    /// SHA-256 of the key as X.509 has it, in hexadecimal: what pins of public keys and logs of certificates go by.
    pub(crate) fn x509_digest(&self) -> Option<String> {
        match self {
            PublicKey::X509(bytes) => Some(hex::encode(Sha256::digest(bytes))),
            PublicKey::Ssh(_) | PublicKey::Pgp(_) => None,
        }
    }
}

/// `SHA256:…` of a key of the SSH protocol, as `ssh-keygen -l` shows it.
pub(crate) fn ssh_fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob)))
}
