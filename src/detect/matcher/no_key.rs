//! What has the form of a key and is none: checksums, records of DNS, pieces of base64, heads of tokens.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::detect::entropy;

/// Whether a value is the base64 of a JSON object that names an algorithm, by itself: every token of a kind has the same.
pub(super) fn is_head_of_token(value: &[u8]) -> bool {
    let has = |head: &[u8], name: &[u8]| memchr::memmem::find(head, name).is_some();
    // The base64 of `{"`. What names the type of a key is a JSON Web Key.
    value.starts_with(b"eyJ")
        && value.len() <= 160
        && !value.contains(&b'.')
        && URL_SAFE_NO_PAD
            .decode(value)
            .is_ok_and(|head| head.ends_with(b"}") && has(&head, b"\"alg\":") && !has(&head, b"\"kty\":"))
}

/// Whether a value of hexadecimal digits is what an entry of a table is found by, and not what it holds:
/// `'VALUE' => $folder . '/functions.php'`.
pub(super) fn names_an_entry(text: &[u8], value: &Range<usize>) -> bool {
    let [b'"' | b'\'', rest @ ..] = &text[value.end..] else { return false };
    let blanks = rest.iter().take(8).take_while(|b| matches!(b, b' ' | b'\t')).count();
    rest[blanks..].starts_with(b"=>") && text[value.clone()].iter().all(u8::is_ascii_hexdigit)
}

/// Why `value` is no key whatever the words around it say, if it is one of the things that stand in lists of their kind.
pub(super) fn why_no_key(text: &[u8], value: &Range<usize>) -> Option<&'static str> {
    if is_in_list_of_checksums(text, value) {
        Some("the checksum of the file that its line names")
    } else if is_in_record_of_dns(text, value.start) {
        Some("it is a digest or a signature in a record of DNS")
    } else if is_piece_of_base64(text, value) {
        Some("it is a piece of something in base64")
    } else {
        None
    }
}

/// Whether a value stands between the marks of base64, with what looks random in front of it or behind it: fonts and
/// pictures are long enough to have any prefix and any word somewhere.
pub(super) fn is_piece_of_base64(text: &[u8], value: &Range<usize>) -> bool {
    /// Bytes that have to be beside the value.
    const BESIDE: usize = 32;
    let is_mark = |b: Option<&u8>| matches!(b, Some(b'+' | b'/'));
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    // Fonts repeat themselves, and have many zeros.
    let zeros = |beside: &[u8]| beside.iter().filter(|b| **b == b'A').count() >= 6;
    let random = |beside: &[u8]| {
        beside.len() == BESIDE && beside.iter().all(is_base64) && (entropy::looks_random(beside) || zeros(beside))
    };
    is_mark(value.start.checked_sub(1).map(|before| &text[before]))
        && random(&text[(value.start - 1).saturating_sub(BESIDE)..value.start - 1])
        || is_mark(text.get(value.end)) && text.get(value.end + 1..value.end + 1 + BESIDE).is_some_and(random)
}

/// Whether a value stands in a line that programs such as `md5sum` write: `…  name`, `… *name`, `MD5 (name) = …`.
fn is_in_list_of_checksums(text: &[u8], value: &Range<usize>) -> bool {
    /// Bytes that the line has in front of the value at most.
    const FRONT: usize = 300;
    if !matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128) || !text[value.clone()].iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let front = &text[value.start.saturating_sub(FRONT)..value.start];
    let line = &front[memchr::memrchr(b'\n', front).map_or(0, |end| end + 1)..];
    let named = match text.get(value.end..value.end + 3) {
        Some([b' ', b' ' | b'*', first]) => first.is_ascii_graphic(),
        _ => false,
    };
    let of_bsd = || {
        let kinds: [&[u8]; 6] = [b"MD5 (", b"SHA1 (", b"SHA256 (", b"SHA512 (", b"SHA2-256(", b"BLAKE2b ("];
        line.ends_with(b") = ") && kinds.iter().any(|kind| line.starts_with(kind))
    };
    (line.is_empty() || line == b"\\") && named || of_bsd()
}

/// Whether a value stands in a line of a zone of DNS that has digests, signatures and public keys: `name 86400 IN DS …`.
fn is_in_record_of_dns(text: &[u8], start: usize) -> bool {
    /// Bytes that the line has in front of the value at most.
    const FRONT: usize = 400;
    const TYPES: [&[u8]; 9] = [b"DS", b"RRSIG", b"DNSKEY", b"CDS", b"CDNSKEY", b"TLSA", b"SSHFP", b"NSEC3", b"ZONEMD"];
    let front = &text[start.saturating_sub(FRONT)..start];
    let line = &front[memchr::memrchr(b'\n', front).map_or(0, |end| end + 1)..];
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    fields.any(|field| field == b"IN") && fields.next().is_some_and(|field| TYPES.contains(&field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_tables_are_found_by_digests() {
        let digits = "9be769a4bba6e1d9".repeat(2);
        for (text, names) in [
            ("'VALUE' => $vendorDir . '/acme/functions.php',", true),
            ("\"VALUE\"=>1", true),
            ("'secret' => 'VALUE',", false),
            ("key = \"VALUE\"", false),
        ] {
            let start = text.find("VALUE").unwrap_or(0);
            let text = text.replace("VALUE", &digits);
            assert_eq!(names_an_entry(text.as_bytes(), &(start..start + digits.len())), names, "{text}");
        }
    }

    #[test]
    fn headers_of_tokens_are_told_from_tokens() {
        let head = URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        assert!(is_head_of_token(head.as_bytes()));
        assert!(!is_head_of_token(format!("{head}.{head}.c2lnbmVk").as_bytes()));
        for other in [r#"{"user":"ann","key":"1"}"#, r#"{"kty":"oct","k":"AyM1SysPpb","alg":"HS256"}"#] {
            assert!(!is_head_of_token(URL_SAFE_NO_PAD.encode(other).as_bytes()), "{other}");
        }
    }
}
