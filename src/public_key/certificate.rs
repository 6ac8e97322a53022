//! Certificates: whose key they certify, and until when.

use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use x509_cert::certificate::{CertificateInner, Raw, TbsCertificateInner};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::{DirectoryString, GeneralName};

use super::PublicKey;
use super::wire::{Reader, string};
use crate::finding::Fact;

/// Longest name that is shown, in characters.
const MAX_SHOWN: usize = 200;

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The key that it is about.
    pub key: PublicKey,
    /// Whom it names.
    name: String,
    /// Its number, as its issuer gave it.
    serial: String,
    /// The last second in which it is valid; none where it is valid for ever.
    pub until: Option<i64>,
    /// Whether its issuer is its own subject.
    is_self_signed: bool,
}

impl Certificate {
    /// From DER (RFC 5280).
    pub(crate) fn from_der(bytes: &[u8]) -> Option<Self> {
        let certificate = CertificateInner::<Raw>::from_der(bytes).ok()?;
        let body = certificate.tbs_certificate();
        Some(Certificate {
            key: PublicKey::from_x509(&body.subject_public_key_info().to_der().ok()?)?,
            name: name(body),
            serial: serial(body.serial_number().as_bytes()),
            until: i64::try_from(body.validity().not_after.to_unix_duration().as_secs()).ok(),
            is_self_signed: !body.subject().is_empty() && body.subject() == body.issuer(),
        })
    }

    /// From a certificate of OpenSSH (`PROTOCOL.certkeys`) as it stands in `id_ed25519-cert.pub`.
    pub(crate) fn from_ssh(blob: &[u8]) -> Option<Self> {
        let mut fields = Reader(blob);
        let kind = fields.name()?.strip_suffix("-cert-v01@openssh.com")?;
        let _nonce = fields.string()?;
        let mut key = string(kind.as_bytes());
        for _ in 0..if kind == "ssh-ed25519" { 1 } else { 2 } {
            key.extend(string(fields.string()?));
        }
        let long = |fields: &mut Reader<'_>| Some(u64::from(fields.number()?) << 32 | u64::from(fields.number()?));
        let (serial, _type, id, _principals) =
            (long(&mut fields)?, fields.number()?, fields.string()?, fields.string()?);
        let (_after, until) = (long(&mut fields)?, long(&mut fields)?);
        Some(Certificate {
            key: PublicKey::from_ssh(&key)?,
            name: shown([("key id ", Some(String::from_utf8_lossy(id).into_owned()))]),
            serial: serial.to_string(),
            // The largest number stands for ever.
            until: i64::try_from(until).ok(),
            is_self_signed: false,
        })
    }

    /// What it reveals; `file` is the one that has it, where that is another one than the private key's, and `shown` is how
    /// reports write a text.
    pub(crate) fn facts(&self, file: Option<&str>, shown: &dyn Fn(&str) -> String) -> Vec<Fact> {
        let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
        let mut facts = vec![fact("certificate", shown(&self.name))];
        facts.extend(file.map(|file| fact("certificate file", file.to_owned())));
        facts.push(fact("certificate serial", self.serial.clone()));
        if let Some(until) = self.until.and_then(|until| Timestamp::from_second(until).ok()) {
            facts.push(fact("expires", until.to_string()));
            if until < Timestamp::now() {
                facts.push(fact("expired", "yes".to_owned()));
            }
        }
        if self.is_self_signed {
            facts.push(fact("self-signed", "yes".to_owned()));
        }
        facts
    }
}

/// Whom a certificate names: its common name, else the first of its hosts, else its organisation.
fn name(body: &TbsCertificateInner<Raw>) -> String {
    let subject = body.subject();
    let text = |name: der::Result<Option<DirectoryString>>| Some(name.ok()??.value().into_owned());
    let host = || {
        let (_, SubjectAltName(names)) = body.get_extension().ok()??;
        names.iter().find_map(|name| match name {
            GeneralName::DnsName(host) => Some(host.to_string()),
            _ => None,
        })
    };
    shown([("CN=", text(subject.common_name())), ("DNS:", host()), ("O=", text(subject.organization()))])
}

/// A serial number as everyone writes it, in hexadecimal: without the byte of zeros that DER puts in front of a number
/// whose first bit is set, so that it is no negative one (X.690, 8.3).
fn serial(number: &[u8]) -> String {
    hex::encode_upper(if number.len() > 1 { number.strip_prefix(&[0]).unwrap_or(number) } else { number })
}

/// The first name that may stand in a report, behind what it is: no address of a person, and cut off where it is long.
fn shown<const N: usize>(names: [(&str, Option<String>); N]) -> String {
    let fits = |name: &String| !name.trim().is_empty() && !name.contains('@');
    let first = names.into_iter().find_map(|(what, name)| Some((what, name.filter(fits)?)));
    let Some((what, name)) = first else { return "without a name".to_owned() };
    let mut text = format!("{what}{}", name.trim());
    if let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}
