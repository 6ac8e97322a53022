//! Macaroons as libmacaroons writes them: version 2 in binary fields, version 1 in packets of text. The signature
//! cannot be checked without the key of who issued them.

const VERSION: u8 = 2;
const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const VERIFICATION: u8 = 4;
const SIGNATURE: u8 = 6;
const SIGNATURE_LEN: usize = 32;

/// What can be read in one.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::detect::verify) struct Macaroon<'m> {
    /// Who is to be shown it, mostly an address; empty where it does not say.
    pub location: &'m [u8],
    /// Which one it is, for who issued it.
    pub identifier: &'m [u8],
    /// The conditions under which it holds.
    pub caveats: Vec<&'m [u8]>,
}

/// A macaroon of either version.
#[must_use]
pub(in crate::detect::verify) fn parse(bytes: &[u8]) -> Option<Macaroon<'_>> {
    version_2(bytes).or_else(|| version_1(bytes))
}

fn version_2(bytes: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = bytes.strip_prefix(&[VERSION])?;
    let location = field(&mut rest, LOCATION).unwrap_or_default();
    let identifier = field(&mut rest, IDENTIFIER)?;
    end(&mut rest)?;
    let mut caveats = Vec::new();
    while end(&mut rest).is_none() {
        // Those of third parties say where to turn to, and how to verify what comes of it.
        let _ = field(&mut rest, LOCATION);
        caveats.push(field(&mut rest, IDENTIFIER)?);
        let _ = field(&mut rest, VERIFICATION);
        end(&mut rest)?;
    }
    let signature = field(&mut rest, SIGNATURE)?;
    (signature.len() == SIGNATURE_LEN && rest.is_empty()).then_some(Macaroon { location, identifier, caveats })
}

/// Reads a field of that type, a byte for the type, a length in LEB128 and the content, from the front of `rest`.
fn field<'m>(rest: &mut &'m [u8], wanted: u8) -> Option<&'m [u8]> {
    let (&found, mut tail) = rest.split_first()?;
    let (mut len, mut shift) = (0usize, 0);
    loop {
        let (&digit, next) = tail.split_first()?;
        tail = next;
        len |= usize::from(digit & 0x7f) << shift;
        shift += 7;
        if digit & 0x80 == 0 {
            break;
        }
        // No field of a token has 2²¹ bytes.
        if shift > 14 {
            return None;
        }
    }
    let (content, tail) = tail.split_at_checked(len)?;
    if found != wanted {
        return None;
    }
    *rest = tail;
    Some(content)
}

/// Reads the mark that ends a section.
fn end(rest: &mut &[u8]) -> Option<()> {
    *rest = rest.strip_prefix(&[END])?;
    Some(())
}

fn version_1(bytes: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = bytes;
    let location = packet(&mut rest, b"location ")?;
    let identifier = packet(&mut rest, b"identifier ")?;
    let mut caveats = Vec::new();
    while let Some(caveat) = packet(&mut rest, b"cid ") {
        caveats.push(caveat);
        let _ = packet(&mut rest, b"vid ");
        let _ = packet(&mut rest, b"cl ");
    }
    let signature = packet(&mut rest, b"signature ")?;
    (signature.len() == SIGNATURE_LEN && rest.is_empty()).then_some(Macaroon { location, identifier, caveats })
}

/// Reads a packet of that name: four hexadecimal digits for its length, the name, the content and a line feed.
fn packet<'m>(rest: &mut &'m [u8], name: &[u8]) -> Option<&'m [u8]> {
    let len = usize::from_str_radix(std::str::from_utf8(rest.get(..4)?).ok()?, 16).ok()?;
    let (packet, tail) = rest.split_at_checked(len)?;
    let content = packet.get(4..)?.strip_prefix(name)?.strip_suffix(b"\n")?;
    *rest = tail;
    Some(content)
}

/// One of version 2, for `seal` functions.
#[must_use]
pub(in crate::detect::verify) fn build(
    location: &[u8],
    identifier: &[u8],
    caveats: &[String],
    signature: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    let mut push = |kind: u8, content: &[u8]| {
        bytes.push(kind);
        let mut len = content.len();
        while len > 0x7f {
            bytes.push(0x80 | (len & 0x7f) as u8);
            len >>= 7;
        }
        bytes.push(len as u8);
        bytes.extend_from_slice(content);
        // An identifier ends its section.
        if kind == IDENTIFIER {
            bytes.push(END);
        }
    };
    push(LOCATION, location);
    push(IDENTIFIER, identifier);
    for caveat in caveats {
        push(IDENTIFIER, caveat.as_bytes());
    }
    bytes.push(END);
    bytes.extend_from_slice(&[SIGNATURE, SIGNATURE_LEN as u8]);
    bytes.extend_from_slice(signature);
    bytes
}

/// One of version 1, for `seal` functions.
#[must_use]
pub(in crate::detect::verify) fn build_packets(location: &[u8], identifier: &[u8], signature: &[u8]) -> Vec<u8> {
    let packet = |name: &[u8], content: &[u8]| {
        [format!("{:04x}", name.len() + content.len() + 5).as_bytes(), name, content, b"\n"].concat()
    };
    [packet(b"location ", location), packet(b"identifier ", identifier), packet(b"signature ", signature)].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_versions_are_read() {
        let expected = |caveats| Some(Macaroon { location: b"a.example", identifier: b"id", caveats });
        assert_eq!(parse(&build_packets(b"a.example", b"id", &[7; 32])), expected(vec![]));
        let caveat = "x".repeat(300);
        let built = build(b"a.example", b"id", std::slice::from_ref(&caveat), &[7; 32]);
        assert_eq!(parse(&built), expected(vec![caveat.as_bytes()]));
        assert_eq!(parse(&[&built[..], b"x"].concat()), None);
        assert_eq!(parse(&build(b"a.example", b"id", &[], &[7; 31])), None);
        assert_eq!(parse(&build_packets(b"a.example", b"id", &[7; 31])), None);
    }

    #[test]
    fn caveats_of_third_parties_are_read() {
        let caveat = [&[LOCATION, 1, b'l', IDENTIFIER, 1, b'c', VERIFICATION, 1, b'v', END][..], &[END]].concat();
        let parts = [&[VERSION, IDENTIFIER, 1, b'i', END][..], &caveat, &[SIGNATURE, 32], &[7; 32]].concat();
        assert_eq!(parse(&parts), Some(Macaroon { location: b"", identifier: b"i", caveats: vec![b"c"] }));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let _ = parse(&[&[VERSION], &bytes[..]].concat());
        }

        #[test]
        fn no_damage_panics(at in 0usize..130, byte: u8) {
            let caveats = ["[3,\"u\"]".to_owned()];
            for mut bytes in [build(b"a", b"b", &caveats, &[7; 32]), build_packets(b"a", b"b", &[7; 32])] {
                let at = at % bytes.len();
                bytes[at] = byte;
                let _ = parse(&bytes);
            }
        }
    }
}
