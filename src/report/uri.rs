//! Paths as URI references (RFC 3986), for SARIF locations and terminal hyperlinks.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 is encoded. That is more than a path segment needs, and right
/// wherever the segment stands: a colon in the first one would be taken for a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A reference relative to the root where `path` lies below it, or else a `file:` URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Relative to the root of the scan.
    Relative(String),
    /// A whole `file:` URI.
    Absolute(String),
}

/// The reference for a path with `/` separators, which is absolute or relative to `root`. Where the root is not known
/// (it is empty), a path that leads out of it stays relative.
#[must_use]
pub fn reference(root: &Path, path: &str) -> Reference {
    if is_absolute(path) || (!root.as_os_str().is_empty() && path.split('/').any(|segment| segment == "..")) {
        return Reference::Absolute(file("", root, path));
    }
    let segments: Vec<&str> = segments(path).collect();
    if segments.is_empty() { Reference::Relative(".".to_owned()) } else { Reference::Relative(encode(&segments)) }
}

/// The `file:` URI of a path on `host` (empty: this machine), with `.` and `..` resolved by name only.
#[must_use]
pub fn file(host: &str, root: &Path, path: &str) -> String {
    let root = root.to_string_lossy();
    // A backslash separates on Windows only; elsewhere it is a character of a name.
    let root = if cfg!(windows) { root.replace('\\', "/") } else { root.into_owned() };
    let base = if is_absolute(path) { "" } else { root.as_str() };
    let mut resolved = Vec::new();
    for segment in segments(base).chain(segments(path)) {
        if segment == ".." {
            resolved.pop();
        } else {
            resolved.push(segment);
        }
    }
    let path = match resolved.split_first() {
        // The colon of a drive is written as it is: `file:///C:/…`.
        Some((drive, rest)) if is_drive(drive) => format!("{drive}/{}", encode(rest)),
        _ => encode(&resolved),
    };
    format!("file://{}/{path}", utf8_percent_encode(host, SEGMENT))
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || (cfg!(windows) && path.split('/').next().is_some_and(is_drive))
}

fn is_drive(segment: &str) -> bool {
    cfg!(windows) && matches!(segment.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !matches!(*segment, "" | "."))
}

fn encode(segments: &[&str]) -> String {
    let encoded: Vec<String> = segments.iter().map(|segment| encoded(segment)).collect();
    encoded.join("/")
}

/// A segment, in which `\xFF` stands for a byte that is no UTF-8.
fn encoded(segment: &str) -> String {
    let mut pieces = segment.split("\\x");
    let mut encoded = utf8_percent_encode(pieces.next().unwrap_or_default(), SEGMENT).to_string();
    for piece in pieces {
        let is_byte = matches!(piece.as_bytes(), [b'8'..=b'9' | b'A'..=b'F', b'0'..=b'9' | b'A'..=b'F', ..]);
        encoded.push_str(if is_byte { "%" } else { "%5Cx" });
        encoded.extend(utf8_percent_encode(piece, SEGMENT));
    }
    encoded
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn relative(path: &str) -> String {
        match reference(Path::new("/home/a b"), path) {
            Reference::Relative(uri) => uri,
            Reference::Absolute(uri) => format!("absolute {uri}"),
        }
    }

    #[test]
    fn segments_are_encoded() {
        assert_eq!(relative("src/a.py"), "src/a.py");
        assert_eq!(relative("./a b/c#1?x%20\\.py"), "a%20b/c%231%3Fx%2520%5C.py");
        assert_eq!(relative("cfg\\xFF\\xff.env"), "cfg%FF%5Cxff.env");
        assert_eq!(relative("a:b/ключ"), "a%3Ab/%D0%BA%D0%BB%D1%8E%D1%87");
        assert_eq!(relative("../b"), "absolute file:///home/b");
        assert_eq!(reference(Path::new(""), "../b"), Reference::Relative("../b".to_owned()));
        assert_eq!(relative("/etc/x y"), "absolute file:///etc/x%20y");
        assert_eq!(file("box", Path::new("/r"), "../../../x"), "file://box/x");
    }

    proptest! {
        #[test]
        fn decoding_gives_the_path_back(path in "[^/\\x00]{1,12}(/[^/\\x00]{1,12}){0,3}") {
            prop_assume!(!path.split('/').any(|segment| matches!(segment, "." | "..")));
            let uri = relative(&path);
            prop_assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%/".contains(&b)), "{}", uri);
            prop_assert_eq!(percent_encoding::percent_decode_str(&uri).decode_utf8_lossy(), path);
        }
    }
}
