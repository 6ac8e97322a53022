//! What is published of keys, where it stands in texts: certificates, and public keys in PEM, in lines of OpenSSH, in
//! OpenPGP's armour, and in base64 without a frame or around one.

use std::ops::Range;

use memchr::memmem;

use super::PublicKey;
use super::certificate::Certificate;
use super::wire::Reader;
use crate::detect::verify;

/// Longest piece of text that is read as one, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// Longest label of armour, in bytes.
const MAX_LABEL: usize = 40;

/// How DER begins in base64: certificates and RSA keys, and keys of Ed25519, P-256 and P-384.
const DER: [&[u8]; 4] = [b"MI", b"MCow", b"MFkw", b"MHYw"];

/// How armour and lines of OpenSSH begin that were encoded in base64 once more: `-----BEGIN`, `ssh-`, `ecdsa-sha2-`.
const WRAPPED: [&[u8]; 3] = [b"LS0tLS1CRUdJTi", b"c3NoL", b"ZWNkc2Etc2hhMi"];

/// Something that is published of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// A certificate of it.
    Certificate(Box<Certificate>),
    /// The public key itself.
    Key(PublicKey),
}

impl Published {
    /// Whose it is.
    pub(crate) fn key(&self) -> &PublicKey {
        match self {
            Published::Certificate(certificate) => &certificate.key,
            Published::Key(key) => key,
        }
    }

    fn from_der(bytes: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(bytes).map(|found| Published::Certificate(Box::new(found)));
        certificate.or_else(|| PublicKey::from_x509(bytes).map(Published::Key))
    }

    fn from_ssh(blob: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_ssh(blob).map(|found| Published::Certificate(Box::new(found)));
        certificate.or_else(|| PublicKey::from_ssh(blob).map(Published::Key))
    }

    fn from_pgp(bytes: &[u8]) -> Option<Self> {
        verify::pgp_fingerprint(bytes).map(|print| Published::Key(PublicKey::Pgp(print)))
    }

    fn from_armour(text: &[u8]) -> Option<Self> {
        let (label, bodies) = verify::armour(text)?;
        bodies.iter().find_map(|bytes| match label {
            b"RSA PUBLIC KEY" => PublicKey::from_pkcs1(bytes).map(Published::Key),
            b"SSH2 PUBLIC KEY" => Self::from_ssh(bytes),
            b"PGP PUBLIC KEY BLOCK" => Self::from_pgp(bytes),
            _ => Self::from_der(bytes),
        })
    }
}

/// What stands in a text, and where; in no order.
pub(crate) fn in_text(text: &[u8]) -> Vec<(Range<usize>, Published)> {
    let mut found = plain(text);
    found.sort_by_key(|(span, _)| span.start);
    let framed: Vec<Range<usize>> = found.iter().map(|(span, _)| span.clone()).collect();
    // None of them overlap.
    let before = |at: usize| framed[..framed.partition_point(|frame| frame.start <= at)].last();
    let is_framed = |span: &Range<usize>| before(span.start).is_some_and(|frame| span.start < frame.end);
    for start in DER {
        for span in runs(text, start).filter(|span| !is_framed(span)) {
            let published = verify::base64(&text[span.clone()]).and_then(|bytes| Published::from_der(&bytes));
            found.extend(published.map(|published| (span, published)));
        }
    }
    for start in WRAPPED {
        for span in runs(text, start) {
            let inner = verify::base64(&text[span.clone()]).unwrap_or_default();
            found.extend(plain(&inner).into_iter().map(|(_, published)| (span.clone(), published)));
        }
    }
    found
}

/// What a file holds, as text or as plain bytes.
pub(crate) fn in_file(bytes: &[u8]) -> Vec<Published> {
    let binary = Published::from_der(bytes).or_else(|| Published::from_pgp(bytes));
    match binary {
        Some(published) => vec![published],
        None => in_text(bytes).into_iter().map(|(_, published)| published).collect(),
    }
}

/// What stands in armour and in lines of OpenSSH.
fn plain(text: &[u8]) -> Vec<(Range<usize>, Published)> {
    let mut found = Vec::new();
    let mut begins = memmem::find_iter(text, b"BEGIN ").peekable();
    while let Some(begin) = begins.next() {
        let piece = &text[begin..begins.peek().copied().unwrap_or(text.len()).min(begin + MAX_TEXT)];
        let rest = &piece[b"BEGIN ".len()..];
        let Some(label) = memmem::find(rest, b"----").map(|end| rest[..end].trim_ascii()) else { continue };
        let is_public = label.ends_with(b"CERTIFICATE") || memmem::find(label, b"PUBLIC KEY").is_some();
        if label.len() > MAX_LABEL || !is_public {
            continue;
        }
        let last = [b"END ", label].concat();
        let Some(end) = memmem::find(piece, &last).map(|at| at + last.len()) else { continue };
        found.extend(Published::from_armour(&piece[..end]).map(|published| (begin..begin + end, published)));
    }
    for span in runs(text, b"AAAA") {
        // Its kind stands in front of it, and once more as the first of its fields.
        let published = verify::base64(&text[span.clone()]).and_then(|blob| {
            let kind = Reader(&blob).name()?;
            let is_named = text[..span.start].trim_ascii_end().ends_with(kind.as_bytes());
            if is_named { Published::from_ssh(&blob) } else { None }
        });
        found.extend(published.map(|published| (span, published)));
    }
    found
}

/// The runs of base64 that begin so.
fn runs<'t>(text: &'t [u8], start: &'t [u8]) -> impl Iterator<Item = Range<usize>> + 't {
    // A `=` in front is that of an assignment.
    let begins =
        memmem::find_iter(text, start).filter(|&at| at == 0 || text[at - 1] == b'=' || !is_base64(text[at - 1]));
    begins.map(|at| at..run_end(text, at))
}

/// Where the base64 ends that begins at a place.
fn run_end(text: &[u8], at: usize) -> usize {
    let most = &text[at..(at + MAX_TEXT).min(text.len())];
    at + most.iter().position(|&b| !is_base64(b)).unwrap_or(most.len())
}

fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// A line as `ssh-keygen` writes it, of 32 bytes.
    fn line(point: &[u8; 32]) -> String {
        let blob = PublicKey::of_bare(super::super::ED25519, point).and_then(|key| key.ssh()).unwrap_or_default();
        format!("ssh-ed25519 {}", STANDARD.encode(blob))
    }

    #[test]
    fn a_line_has_its_kind_in_front_and_in_the_key() {
        let line = line(&[7; 32]);
        let found = in_text(format!("deploy: '{line}'\n").as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 21..9 + line.len());
        assert_eq!(in_file(STANDARD.encode(&line).as_bytes()), [found[0].1.clone()]);
        for other in [line.replace("ed25519", "dss"), line.replace("ssh-ed25519 ", "x "), line[..60].to_owned()] {
            assert_eq!(in_text(other.as_bytes()), [], "{other}");
        }
    }

    #[test]
    fn the_fingerprint_of_version_6_is_that_of_the_standard() {
        // The primary key of RFC 9580, A.3, without what is signed of it.
        let packet = "c62a0663877fe31b00000020f94da7bb48d60a61e567706a6587d0331999bb9d891a08242ead84543df895a3";
        let print = "CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9";
        let key = hex::decode(packet).unwrap_or_default();
        assert_eq!(in_file(&key), [Published::Key(PublicKey::Pgp(print.to_owned()))]);
    }

    proptest! {
        #[test]
        fn no_text_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            text in any::<String>(),
            kind in 0usize..5,
        ) {
            let labels = ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "SSH2 PUBLIC KEY", "PGP PUBLIC KEY BLOCK"];
            let label = labels[kind];
            let body = STANDARD.encode(&bytes);
            let _ = in_file(&bytes);
            let _ = in_file(text.as_bytes());
            let _ = in_file(format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----").as_bytes());
            let words = format!("LS0tLS1CRUdJTi{body} MII{body} c3NoL{body} ssh-rsa AAAAB3NzaC1yc2E{body}");
            let _ = in_file(words.as_bytes());
            let _ = in_file(format!("BEGIN {label}{text}-----{body}END {label}").as_bytes());
            let kind = ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-ed25519-cert-v01@openssh.com", "x"][kind];
            let blob = [&crate::public_key::wire::string(kind.as_bytes())[..], &bytes].concat();
            let _ = in_file(format!("{kind} {}", STANDARD.encode(blob)).as_bytes());
        }

        #[test]
        fn every_line_is_read_back(point: [u8; 32]) {
            let found = in_text(line(&point).as_bytes());
            let [(_, Published::Key(key))] = &found[..] else { return Err(TestCaseError::fail("not one key")) };
            prop_assert!(key.ssh().is_some_and(|blob| blob.ends_with(&point)));
        }
    }
}
