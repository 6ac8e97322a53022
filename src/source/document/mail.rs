//! E-mails: the parts that are encoded. Those that are not stand in the bytes of the message.

use std::ops::Range;

use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MimeHeaders as _, PartType};

use super::{MAX_EXPANSION, Part, Parts, Problem};

/// Bytes in which a message says that it has parts, or that it is encoded.
const HEAD: usize = 8 << 10;

/// Fields of which one says that parts of a message may be encoded. Messages that programs store or forward may have lost
/// the first.
const FIELDS: [&[u8]; 2] = [b"MIME-Version:", b"Content-Transfer-Encoding:"];

/// Messages within messages are followed so far.
const MAX_DEPTH: u32 = 5;

/// Whether a blob begins as a message with encoded parts does: with a field of a header (RFC 5322, section 2.2) or the
/// separator of a mailbox, and with the fields of MIME (RFC 2045, section 4).
pub(super) fn recognise(head: &[u8]) -> bool {
    let name = head.iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let begins =
        name > 1 && head[0].is_ascii_uppercase() && head.get(name) == Some(&b':') || head.starts_with(b"From ");
    if !begins {
        return false;
    }
    let mut fields = head[..head.len().min(HEAD)].split(|&b| b == b'\n');
    fields.any(|line| FIELDS.iter().any(|name| line.get(..name.len()).is_some_and(|l| l.eq_ignore_ascii_case(name))))
}

pub(super) fn parts(bytes: &[u8]) -> Parts {
    // The separator of a mailbox is no field.
    let start = if bytes.starts_with(b"From ") { memchr::memchr(b'\n', bytes).map_or(0, |end| end + 1) } else { 0 };
    let mut parts = Parts::default();
    if let Some(message) = MessageParser::default().parse(&bytes[start..]) {
        add(&message, MAX_DEPTH, &mut 0, &mut parts);
    }
    parts
}

fn add(message: &Message<'_>, depth: u32, taken: &mut usize, out: &mut Parts) {
    for part in &message.parts {
        if let PartType::Message(inner) = &part.body {
            if depth > 0 {
                add(inner, depth - 1, taken, out);
            }
            continue;
        }
        if part.encoding == Encoding::None || matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        *taken += part.contents().len();
        if *taken > MAX_EXPANSION {
            out.problem = Some(Problem::TooLarge);
            return;
        }
        let number = out.parts.len() + 1;
        let name = part.attachment_name().map_or_else(|| format!("part {number}"), |name| name.replace('\\', "/"));
        out.parts.push(Part { name, bytes: part.contents().to_vec() });
    }
}

/// What a word at `span` of a message says, if the end of a line of quoted-printable cuts it off.
pub(super) fn broken_off(bytes: &[u8], span: Range<usize>) -> Option<Vec<u8>> {
    let word = bytes.get(span.clone())?;
    let goes_on = |sign: usize| {
        let behind = bytes.get(sign..).unwrap_or_default();
        behind.starts_with(b"=\n") || behind.starts_with(b"=\r\n")
    };
    let front = &bytes[..span.start];
    let cut = word.strip_suffix(b"=").filter(|_| goes_on(span.end - 1));
    if cut.is_none() && !goes_on(span.end) && !front.ends_with(b"=\n") && !front.ends_with(b"=\r\n") {
        return None;
    }
    let word = cut.unwrap_or(word);
    // The sign in front of it begins an escape: `token=3DVALUE`.
    let escape = |word: &&[u8]| front.ends_with(b"=") && word.iter().take(2).all(u8::is_ascii_hexdigit);
    let word = Some(word).filter(escape).and_then(|word| word.get(2..)).unwrap_or(word);
    quoted_printable_decode(word)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MESSAGE: &str = "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
        --b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\none=20=\r\ntwo\r\n\
        --b\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        AAEC\r\nAwQ=\r\n--b--\r\n";

    #[test]
    fn encoded_parts_are_decoded() {
        assert!(recognise(MESSAGE.as_bytes()));
        let parts = parts(MESSAGE.as_bytes()).parts;
        let found: Vec<(&str, &[u8])> = parts.iter().map(|part| (part.name.as_str(), &part.bytes[..])).collect();
        assert_eq!(found, [("part 1", &b"one two"[..]), ("a.bin", &[0, 1, 2, 3, 4])]);
        assert!(!recognise(b"name: value\nMIME-Version: 1.0\n"));
        assert!(!recognise(b"Name: value\nother: 1\n"));
        assert!(recognise(b"Subject: x\ncontent-transfer-encoding: base64\n"));
    }

    #[test]
    fn words_at_broken_lines_are_pieces() {
        let text = b"a=3Dsecret=2Fone=\r\nand more= x\n=3D";
        let piece = |word: &str| {
            let start = memchr::memmem::find(text, word.as_bytes()).unwrap();
            broken_off(text, start..start + word.len()).map(|piece| String::from_utf8(piece).unwrap())
        };
        for (word, said) in [
            ("3Dsecret=2Fone=", Some("secret/one")),
            ("secret=2Fone", Some("secret/one")),
            ("and", Some("and")),
            ("more=", None),
            ("3Dsecret", None),
        ] {
            assert_eq!(piece(word).as_deref(), said, "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(cut in 0..600usize, noise in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut bytes = MESSAGE.as_bytes().to_vec();
            let cut = cut.min(bytes.len());
            bytes.splice(cut..(cut + noise.len()).min(MESSAGE.len()), noise);
            recognise(&bytes);
            parts(&bytes);
            broken_off(&bytes, cut..(cut + 9).min(bytes.len()));
        }
    }
}
