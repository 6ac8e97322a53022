//! Files that hold a private key as plain bytes: DER (`.der`, `.key`, `.p8`) and the packets of OpenPGP (`secring.gpg`).
//! Each key becomes the armour that the same key has as text, so that the same rules tell the same of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Part, Parts};
use crate::detect::verify::Packets;

/// The objects of DER that private keys are, by how they begin behind their length, and the label of their armour.
const FORMS: [(&[u8], &str); 4] = [
    // The version, and the algorithm (RFC 5208), the modulus (RFC 8017) or the number of the curve (RFC 5915).
    (b"\x02\x01\x00\x30", "PRIVATE KEY"),
    (b"\x02\x01\x00\x02", "RSA PRIVATE KEY"),
    (b"\x02\x01\x01\x04", "EC PRIVATE KEY"),
    // What is encrypted by a password, PBES2 (RFC 8018), stands behind the sequence that tells how.
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d", "ENCRYPTED PRIVATE KEY"),
];

/// What a key is called as a part of its file; several are numbered.
pub const NAME: &str = "private key";

/// Longest file of one key in DER: one of 16384 bits has 10 KiB.
const MAX_DER: usize = 12 << 10;

/// Whether all of a file is a private key in DER, or it begins as a secret key of OpenPGP does.
pub(super) fn recognise(bytes: &[u8]) -> bool {
    label(bytes).is_some() || begins_secret_key(bytes)
}

pub(super) fn parts(bytes: &[u8]) -> Parts {
    let part = |name: String, label: &str, key: &[u8]| Part { name, bytes: armoured(label, key) };
    if let Some(label) = label(bytes) {
        return Parts { parts: vec![part(NAME.to_owned(), label, bytes)], problem: None };
    }
    let keys = secret_keys(bytes);
    let name = |number: usize| if keys.len() == 1 { NAME.to_owned() } else { format!("{NAME} {number}") };
    let parts = (1..).zip(&keys).map(|(number, key)| part(name(number), "PGP PRIVATE KEY BLOCK", key));
    Parts { parts: parts.collect(), problem: None }
}

/// The text that programs write for such a key.
fn armoured(label: &str, key: &[u8]) -> Vec<u8> {
    let body = STANDARD.encode(key).into_bytes();
    let mut text = format!("-----BEGIN {label}-----\n").into_bytes();
    if label.starts_with("PGP") {
        text.push(b'\n');
    }
    for line in body.chunks(64) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

/// The label of the private key that all of the bytes are in DER.
fn label(bytes: &[u8]) -> Option<&'static str> {
    if bytes.len() > MAX_DER {
        return None;
    }
    let body = sequence(bytes).filter(|(_, rest)| rest.is_empty())?.0;
    let inner = sequence(body).map_or(&[][..], |(inner, _)| inner);
    let form = FORMS.iter().find(|(head, _)| body.starts_with(head) || inner.starts_with(head));
    form.map(|(_, label)| if *label == "RSA PRIVATE KEY" && integers(body) == DSA_NUMBERS { DSA } else { *label })
}

/// A key of DSA begins as one of RSA does, and has fewer numbers: the version, three of the domain, the public one and
/// the private one.
const DSA: &str = "DSA PRIVATE KEY";
const DSA_NUMBERS: usize = 6;

/// How many integers a body consists of; 0 where there is something else in it.
fn integers(mut body: &[u8]) -> usize {
    let mut count = 0;
    while !body.is_empty() {
        let Some(rest) = value(0x02, body).map(|(_, rest)| rest) else { return 0 };
        body = rest;
        count += 1;
    }
    count
}

/// The content of the sequence that bytes begin with, and what stands behind it.
fn sequence(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    value(0x30, bytes)
}

/// The content of the value with this tag that bytes begin with, and what stands behind it.
fn value(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = match bytes.strip_prefix(&[tag])? {
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0x81, len, rest @ ..] => (usize::from(*len), rest),
        [len @ ..=0x7f, rest @ ..] => (usize::from(*len), rest),
        _ => return None,
    };
    rest.split_at_checked(len)
}

/// The type of the packet of a secret key (RFC 9580, section 5.5.1).
const SECRET_KEY: u8 = 5;

/// Whether bytes begin with the packet of a secret key: its version, and one of the algorithms that keys have.
fn begins_secret_key(bytes: &[u8]) -> bool {
    // Most files are told by their first byte.
    matches!(bytes.first(), Some(0x94..=0x96 | 0xc5))
        && Packets(bytes).next().is_some_and(|(kind, body)| {
            kind == SECRET_KEY && matches!(body, [4 | 6, _, _, _, _, 1 | 3 | 16..=20 | 22 | 25..=28, ..])
        })
}

/// The secret keys of a file, each with its user ids, signatures and subkeys.
fn secret_keys(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut packets = Packets(bytes);
    let mut end = 0;
    while let Some((kind, _)) = packets.next() {
        if kind == SECRET_KEY {
            starts.push(end);
        }
        end = bytes.len() - packets.0.len();
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().zip(ends).map(|(start, end)| &bytes[*start..end]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_in_der_are_told_by_how_they_begin_and_end() {
        let key = |body: &[u8]| [&[0x30, body.len() as u8], body].concat();
        for (head, name) in FORMS {
            let body = [head, &[0; 60]].concat();
            let body = if name.starts_with("ENC") { key(&body) } else { body };
            assert_eq!(label(&key(&body)), Some(name));
            assert_eq!(label(&[key(&body), vec![0]].concat()), None, "{name} with something behind it");
        }
        // Six numbers are a key of DSA, and nine one of RSA.
        let numbers = |count: usize| key(&[&[0x02, 1, 0][..], &[0x02, 2, 0, 7].repeat(count - 1)].concat());
        assert_eq!((label(&numbers(6)), label(&numbers(9))), (Some(DSA), Some("RSA PRIVATE KEY")));
        // A certificate: a sequence of a sequence.
        assert_eq!(label(&key(&key(&[0x02; 60]))), None);
    }

    #[test]
    fn each_key_of_a_ring_is_a_part() {
        let packet = |tag: u8, body: &[u8]| [&[tag, body.len() as u8], body].concat();
        let secret = packet(0xc5, &[&[4, 0, 0, 0, 0, 22][..], &[7; 50]].concat());
        let user = packet(0xcd, b"Ann <ann@corp.net>");
        let ring = [&secret[..], &user, &secret, &user, &user].concat();
        assert!(recognise(&ring) && !recognise(&user));
        let found = parts(&ring).parts;
        assert_eq!(found.iter().map(|part| &*part.name).collect::<Vec<_>>(), ["private key 1", "private key 2"]);
        let text = String::from_utf8_lossy(&found[0].bytes).into_owned();
        assert!(text.contains(&STANDARD.encode([secret, user].concat())[..60]), "{text}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(head in prop::sample::select(vec![0x30u8, 0x94, 0x95, 0xc5]),
                          bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let bytes = [&[head][..], &bytes].concat();
            let _ = recognise(&bytes);
            let _ = parts(&bytes);
        }
    }
}
