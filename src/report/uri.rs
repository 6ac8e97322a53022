//! Paths as URI references (RFC 3986), for SARIF locations and terminal hyperlinks.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 is encoded. That is more than a path segment needs, and right
/// wherever the segment stands: a colon in the first one would be taken for a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A reference relative to the [base](Base) where a path lies below it, or else a `file:` URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Relative to the [base](Base).
    Relative(String),
    /// A whole `file:` URI.
    Absolute(String),
}

/// The folder that relative references are relative to: the root of the scan, or one that this lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The root of the scan; empty where it is not known.
    root: PathBuf,
    /// The names of the folders that lead from the base to the root.
    below: Vec<String>,
}

impl Base {
    /// A base from which the path `below`, with `/` separators, leads to the root of the scan.
    #[must_use]
    pub fn above(root: &Path, below: &str) -> Self {
        Base { root: root.to_owned(), below: segments(below).map(str::to_owned).collect() }
    }

    /// The nearest base that all these paths lie in, which are relative to the root; absolute ones do not count. The root
    /// itself where that is not known.
    #[must_use]
    pub fn around<'p>(root: &Path, paths: impl Iterator<Item = &'p str>) -> Self {
        let up = paths.filter(|path| !is_absolute(path)).map(levels_up).max().unwrap_or(0);
        let text = text_of(root);
        let names: Vec<&str> = segments(&text).collect();
        // The drive of a path of Windows is no folder.
        let folders = names.len() - names.iter().take(1).filter(|name| is_drive(name)).count();
        let below = names[names.len() - up.min(folders)..].iter().map(|&name| name.to_owned()).collect();
        Base { root: root.to_owned(), below }
    }

    /// Whether it is the root of the scan.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.below.is_empty()
    }

    /// The reference for a path with `/` separators, which is absolute or relative to the root. A path that leads out of
    /// the base is absolute, or stays relative where the root is not known.
    #[must_use]
    pub fn reference(&self, path: &str) -> Reference {
        let goes_up = || segments(path).any(|segment| segment == "..");
        if is_absolute(path) || (!self.root.as_os_str().is_empty() && goes_up()) {
            let root = text_of(&self.root);
            let names: Vec<&str> = segments(&root).collect();
            let base = &names[..names.len().saturating_sub(self.below.len())];
            let whole = resolved(&root, path);
            return match whole.strip_prefix(base).filter(|_| !root.is_empty()) {
                Some([]) => Reference::Relative(".".to_owned()),
                Some(below) => Reference::Relative(encode(below)),
                None => Reference::Absolute(file("", &self.root, path)),
            };
        }
        let mut resolved: Vec<&str> = self.below.iter().map(String::as_str).collect();
        for segment in segments(path) {
            match (segment, resolved.last()) {
                ("..", Some(last)) if *last != ".." => drop(resolved.pop()),
                _ => resolved.push(segment),
            }
        }
        if resolved.is_empty() { Reference::Relative(".".to_owned()) } else { Reference::Relative(encode(&resolved)) }
    }
}

/// How many folders a path leads out of the one that it starts in.
fn levels_up(path: &str) -> usize {
    let (mut up, mut depth) = (0, 0usize);
    for segment in segments(path) {
        match (segment, depth.checked_sub(1)) {
            ("..", Some(less)) => depth = less,
            ("..", None) => up += 1,
            _ => depth += 1,
        }
    }
    up
}

/// The folders and the name that a path leads to, which is absolute or relative to `root`, by name only.
fn resolved<'p>(root: &'p str, path: &'p str) -> Vec<&'p str> {
    let base = if is_absolute(path) { "" } else { root };
    let mut resolved = Vec::new();
    for segment in segments(base).chain(segments(path)) {
        if segment == ".." {
            resolved.pop();
        } else {
            resolved.push(segment);
        }
    }
    resolved
}

fn text_of(root: &Path) -> String {
    let root = root.to_string_lossy();
    // A backslash separates on Windows only; elsewhere it is a character of a name.
    if cfg!(windows) { root.replace('\\', "/") } else { root.into_owned() }
}

/// The `file:` URI of a path on `host` (empty: this machine), with `.` and `..` resolved by name only.
#[must_use]
pub fn file(host: &str, root: &Path, path: &str) -> String {
    let root = text_of(root);
    let resolved = resolved(&root, path);
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
        match Base::above(Path::new("/home/a b"), "").reference(path) {
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
        assert_eq!(relative("c/../../b"), "absolute file:///home/b");
        assert_eq!(Base::default().reference("../../b"), Reference::Relative("../../b".to_owned()));
        assert_eq!(relative("/etc/x y"), "absolute file:///etc/x%20y");
        assert_eq!(file("box", Path::new("/r"), "../../../x"), "file://box/x");
    }

    #[test]
    fn a_base_may_lie_above_the_root() {
        let shown = |base: &Base, path: &str| match base.reference(path) {
            Reference::Relative(uri) => uri,
            Reference::Absolute(uri) => format!("absolute {uri}"),
        };
        let (root, unknown) = (Path::new("/home/me/top/a b/c"), Path::new(""));
        for base in [Base::above(root, "a b/c"), Base::above(unknown, "a b/c")] {
            assert_eq!(shown(&base, "x"), "a%20b/c/x");
            assert_eq!(shown(&base, "../x"), "a%20b/x");
            assert_eq!(shown(&base, "../../x"), "x");
            assert_eq!(shown(&base, "../.."), ".");
            assert_eq!(shown(&base, "/etc/x"), "absolute file:///etc/x");
        }
        let base = Base::above(root, "a b/c");
        assert_eq!(shown(&base, "../../../x"), "absolute file:///home/me/x");
        assert_eq!(shown(&base, "/home/me/top/x"), "x");
        assert_eq!(shown(&base, "/home/me/topper/x"), "absolute file:///home/me/topper/x");
        assert_eq!(shown(&Base::above(unknown, "a"), "../../x"), "../x");

        let base = Base::around(root, ["x", "d/../../x", "../../y/x", "/etc/x"].into_iter());
        assert_eq!(base, Base::above(root, "a b/c"));
        assert_eq!(shown(&base, "d/../../x"), "a%20b/x");
        assert!(Base::around(root, ["x", "d/../x", "/etc/x"].into_iter()).is_root());
        assert!(Base::around(unknown, ["../x"].into_iter()).is_root());
        assert_eq!(shown(&Base::around(Path::new("/a"), ["../../../x"].into_iter()), "../../../x"), "x");
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
