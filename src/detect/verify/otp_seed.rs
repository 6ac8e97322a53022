//! Seeds of one-time passwords: base32 of bytes that were drawn by chance (RFC 4226, section 4). Samples are base32 of a
//! text. No proof, so it confirms nothing.

use data_encoding::BASE32_NOPAD;

use super::Verdict;
use super::support::random;

/// Bytes that are looked at. Of so many, all but one are text by chance once in 200 seeds.
const TEXT: usize = 8;
/// A piece of `Hello!` and four bytes more, which manuals of one-time passwords have, and seeds that were made of it.
const HELLO: &[u8] = b"3DPEHPK3PX";

pub(super) fn check(seed: &[u8]) -> Verdict {
    let whole = &seed[..seed.len() / 8 * 8];
    let bytes = BASE32_NOPAD.decode(whole).unwrap_or_default();
    let text = bytes.iter().take(TEXT).filter(|&&b| b.is_ascii_graphic() || b == b' ').count();
    if memchr::memmem::find(seed, HELLO).is_some() || bytes.len() >= TEXT && text + 1 >= TEXT {
        return Verdict::Rejected("it is a text in base32, as samples are");
    }
    Verdict::plausible("base32")
}

pub(super) fn seal(seed: &mut Vec<u8>) {
    if matches!(check(seed), Verdict::Rejected(_)) {
        let mut bytes = random::bytes(seed, "otp", 20);
        bytes[..2].iter_mut().for_each(|b| *b |= 0x80);
        let mut made = BASE32_NOPAD.encode(&bytes).into_bytes();
        made.truncate(seed.len());
        *seed = made;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_seeds() {
        for text in [&b"mysecret12"[..], b"12345678901234567890"] {
            assert!(matches!(check(BASE32_NOPAD.encode(text).as_bytes()), Verdict::Rejected(_)));
        }
        let drawn = [0x9b, 0x3f, 0x01, 0xe2, 0x77, 0xc4, 0x58, 0x80, 0x1d, 0xaa];
        assert_eq!(check(BASE32_NOPAD.encode(&drawn).as_bytes()), Verdict::plausible("base32"));
        assert!(matches!(check(&[b"JBSWY", HELLO, b"P"].concat()), Verdict::Rejected(_)));
    }

    #[test]
    fn what_is_sealed_passes() {
        for len in [16, 26, 32] {
            let mut seed = BASE32_NOPAD.encode(b"some text of a manual").into_bytes();
            seed.truncate(len);
            seal(&mut seed);
            assert_eq!(check(&seed), Verdict::plausible("base32"), "{len}");
        }
    }
}
