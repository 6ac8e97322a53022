//! PKCS#12 files (RFC 7292, section 4) in base64: a sequence of version 3 and of a content that is data or signed data.
//!
//! Only the beginning is read: of a long file no more may have been matched.

use der::asn1::ObjectIdentifier;
use der::{Decode, Header, Reader, SliceReader, Tag};

use super::Verdict;
use super::support::{base64, random};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// So many bytes hold the headers, the version and the identifier.
const READ: usize = 64;

fn content(bytes: &[u8]) -> der::Result<ObjectIdentifier> {
    let mut reader = SliceReader::new(&bytes[..bytes.len().min(READ)])?;
    Header::decode(&mut reader)?.tag().assert_eq(Tag::Sequence)?;
    if u8::decode(&mut reader)? != 3 {
        return Err(der::ErrorKind::Value { tag: Tag::Integer }.into());
    }
    Header::decode(&mut reader)?.tag().assert_eq(Tag::Sequence)?;
    reader.decode()
}

pub(super) fn check(file: &[u8]) -> Verdict {
    match base64::decode(file).as_deref().map(content) {
        Some(Ok(DATA)) => Verdict::plausible("PKCS#12 structure").with_fact("protected", "password"),
        Some(Ok(SIGNED_DATA)) => Verdict::plausible("PKCS#12 structure").with_fact("protected", "public key"),
        Some(_) => Verdict::Rejected("it is no PKCS#12 file"),
        None => Verdict::Rejected("it is no base64"),
    }
}

pub(super) fn seal(file: &mut Vec<u8>) {
    // Version 3, and a content of 512 bytes that is data.
    let start = [&[0x30, 0x82, 2, 7, 2, 1, 3, 0x30, 0x82, 2, 0, 6, 9][..], DATA.as_bytes()].concat();
    let rest = random::bytes(file, "content", 512 + 11 - start.len());
    *file = base64::encode(&[start, rest].concat());
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_beginning_is_that_of_a_file() {
        for file in samples::sealed("private-key-pkcs-12-file", 20) {
            assert!(matches!(check(&file), Verdict::Plausible(_)));
            let mut bytes = base64::decode(&file).unwrap();
            assert_eq!(content(&bytes), Ok(DATA));
            bytes[21] = 9;
            assert!(matches!(check(&base64::encode(&bytes)), Verdict::Rejected(_)));
            bytes[6] = 4;
            assert!(matches!(check(&base64::encode(&bytes)), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
