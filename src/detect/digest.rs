//! Digests that say what they are: `sha512-…` of lock files, `h1:…` of `go.sum`, `sha256:…` of images.
//!
//! Half of all random values in the history of a project that has lock files are such digests, so that telling them
//! first is worth most of what a look at their surroundings costs.

use std::ops::Range;

/// What stands in front of a digest, and the lengths of the digest in base64 (padded, and without `=`) and in
/// hexadecimal digits.
///
/// The names with `-` are those of [Subresource Integrity](https://www.w3.org/TR/SRI/); `h1:` is that of
/// [Go's checksum files](https://go.dev/ref/mod#go-sum-files), a SHA-256; those with `:` are of
/// [OCI's descriptors](https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests) and their like.
const FORMS: &[(&[u8], [usize; 3])] = &[
    (b"sha512-", SHA512),
    (b"sha512:", SHA512),
    (b"sha384-", SHA384),
    (b"sha384:", SHA384),
    (b"sha256-", SHA256),
    (b"sha256:", SHA256),
    (b"sha1-", SHA1),
    (b"sha1:", SHA1),
    (b"h1:", SHA256),
];

const SHA1: [usize; 3] = [28, 27, 40];
const SHA256: [usize; 3] = [44, 43, 64];
const SHA384: [usize; 3] = [64, 64, 96];
const SHA512: [usize; 3] = [88, 86, 128];

/// Whether a value is the digest that its beginning, or what stands directly in front of it, says: the name and the
/// length have to agree.
#[must_use]
pub fn is_digest(text: &[u8], value: &Range<usize>) -> bool {
    let bytes = &text[value.clone()];
    let before = &text[..value.start];
    // A `-` belongs to the run of the value, a `:` does not.
    if before.last() == Some(&b':') {
        FORMS.iter().any(|(name, lens)| lens.contains(&bytes.len()) && is_behind(before, name))
    } else {
        bytes.starts_with(b"sha")
            && FORMS.iter().any(|(name, lens)| {
                bytes.strip_prefix(*name).is_some_and(|digest| lens.contains(&digest.len()))
                    && !before.last().is_some_and(u8::is_ascii_alphanumeric)
            })
    }
}

/// Whether a text ends with a name that is not the end of a longer one.
fn is_behind(text: &[u8], name: &[u8]) -> bool {
    text.strip_suffix(name)
        .is_some_and(|rest| !rest.last().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(before: &str, value: &str, behind: &str) -> bool {
        let text = format!("{before}{value}{behind}");
        is_digest(text.as_bytes(), &(before.len()..before.len() + value.len()))
    }

    #[test]
    fn name_and_length_agree() {
        let of = |len: usize| "Ab3+".repeat(len.div_ceil(4))[..len].to_owned();
        assert!(digest("\"integrity\": \"", &format!("sha512-{}==", of(86)), "\","));
        assert!(digest("{integrity: ", &format!("sha512-{}", of(86)), "}"));
        assert!(digest("integrity ", &format!("sha1-{}=", of(27)), "\n"));
        assert!(digest("golang.org/x/sys v0.1.0 h1:", &format!("{}=", of(43)), "\n"));
        assert!(digest("image@sha256:", &"0a".repeat(32), " "));
        assert!(digest("", &format!("sha384-{}", of(64)), ""));
    }

    #[test]
    fn others_are_no_digests() {
        let of = |len: usize| "Ab3+".repeat(len.div_ceil(4))[..len].to_owned();
        assert!(!digest("\"key\": \"", &format!("sha512-{}", of(40)), "\""), "too short");
        assert!(!digest("secret_sha256:", &"0a".repeat(32), " "), "the end of another name");
        assert!(!digest("path1:", &format!("{}=", of(43)), "\n"));
        assert!(!digest("key:", &format!("{}=", of(43)), "\n"));
        assert!(!digest("", &of(44), ""));
        assert!(!digest("h1:", &of(40), ""));
    }
}
