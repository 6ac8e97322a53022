//! Armoured text as it is found in source code: quoted, escaped, concatenated, indented, commented out, or on one line.
//!
//! The rule is that a body is base64 and everything else is wrapping. What is ambiguous (a `+` may begin a line of a
//! diff or of base64) gives more than one candidate; the parser of the key decides.

/// A body of armoured text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Header lines: `Proc-Type: 4,ENCRYPTED`.
    headers: Vec<(String, String)>,
    /// Everything that is base64, joined.
    pub base64: Vec<u8>,
    /// The checksum of PGP's armour: the four characters behind a `=` that begins a line.
    pub crc: Option<Vec<u8>>,
}

impl Body {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Stands for a line end that was written as an escape: it ends a line of the key, but not one of the file.
const ESCAPED_LINE_END: u8 = 0x0b;

/// Names of headers that PEM (RFC 1421), OpenPGP (RFC 9580) and ssh.com's format (RFC 4716) have.
const HEADERS: [&[u8]; 8] =
    [b"Proc-Type", b"DEK-Info", b"Version", b"Comment", b"Charset", b"Hash", b"MessageID", b"Subject"];

/// The label between `BEGIN` and the dashes, and what the body may be, the likeliest first.
pub(super) fn armour(text: &[u8]) -> Option<(&[u8], Vec<Body>)> {
    let begin = find(text, b"BEGIN ")? + b"BEGIN ".len();
    let label_len = find(&text[begin..], b"----")?;
    let label = text[begin..begin + label_len].trim_ascii();
    let after = begin + label_len;
    let body_start = after + text[after..].iter().take_while(|&&b| b == b'-').count();
    let end =
        text[body_start..].windows(4).rposition(|window| window == b"END ").map_or(text.len(), |at| body_start + at);
    let body = &text[body_start..end];
    let dashes = body.iter().rev().take_while(|&&b| b == b'-' || b == b' ').count();
    // Only RFC 4716 lets a header go on behind a backslash; elsewhere that is how a string literal does.
    let lines = lines(&body[..body.len() - dashes], label.starts_with(b"SSH2"));
    let plain = collect(&lines, 0);
    let bodies = match common_prefix(&lines) {
        0 => vec![plain],
        prefix => vec![collect(&lines, prefix), plain],
    };
    Some((label, bodies))
}

/// Undoes the escapes of string literals: of line ends, of `/`, and of characters by number.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'&' {
            // Character references of XML; other entities are left alone, they are no part of a key.
            let line_end =
                [&b"#xA;"[..], b"#xa;", b"#10;", b"#xD;", b"#xd;", b"#13;"].iter().find_map(|r| tail.strip_prefix(*r));
            rest = line_end.unwrap_or(tail);
            out.push(if line_end.is_some() { ESCAPED_LINE_END } else { b'&' });
            continue;
        }
        if *first != b'\\' {
            out.push(*first);
            continue;
        }
        // Strings inside strings double their backslashes.
        while let [b'\\', more @ ..] = rest {
            rest = more;
        }
        match rest {
            [b'n' | b'r' | b't', more @ ..] => {
                out.push(ESCAPED_LINE_END);
                rest = more;
            }
            [b'u', a, b, c, d, more @ ..] => {
                let digits = [*a, *b, *c, *d];
                let code = std::str::from_utf8(&digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
                if let Some(code) = code {
                    out.push(if code == b'\n' || code == b'\r' { ESCAPED_LINE_END } else { code });
                    rest = more;
                }
            }
            _ => {}
        }
    }
    out
}

/// The lines of the file, unescaped, and without what stands outside string literals.
fn lines(body: &[u8], headers_continue: bool) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut continued_header = false;
    for (number, raw) in body.split(|&b| b == b'\n').enumerate() {
        let was_continued = std::mem::take(&mut continued_header);
        let content = trim_start_to_alphanumeric(raw);
        let is_header =
            HEADERS.iter().any(|name| content.strip_prefix(*name).is_some_and(|rest| rest.starts_with(b":")));
        if headers_continue && (is_header || was_continued) {
            continued_header = raw.trim_ascii_end().ends_with(b"\\");
        }
        if was_continued {
            continue;
        }
        let line = unescape(raw);
        let quotes = if is_header { 0 } else { line.iter().filter(|b| is_quote(**b)).count() };
        lines.push(if quotes == 0 { line } else { quoted(&line, number == 0) });
    }
    lines
}

fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

/// What stands inside quotes; the line may begin inside of them.
fn quoted(line: &[u8], mut inside: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    for &b in line {
        if is_quote(b) {
            inside = !inside;
            out.push(b' ');
        } else if inside {
            out.push(b);
        }
    }
    out
}

fn trim_start_to_alphanumeric(line: &[u8]) -> &[u8] {
    let start = line.iter().position(u8::is_ascii_alphanumeric).unwrap_or(line.len());
    &line[start..]
}

/// Length of what all lines but the first begin with before their first letter or digit: a comment leader, the `+` of
/// a diff, indentation.
fn common_prefix(lines: &[Vec<u8>]) -> usize {
    // The last line is what precedes END, and may have lost its blanks; empty lines say nothing.
    let mut whole = lines
        .get(1..lines.len().saturating_sub(1))
        .unwrap_or_default()
        .iter()
        .filter(|line| !line.trim_ascii().is_empty());
    let Some(first) = whole.next() else { return 0 };
    let lead = first.len() - trim_start_to_alphanumeric(first).len();
    whole.fold(lead, |prefix, line| first[..prefix].iter().zip(line).take_while(|(a, b)| a == b).count())
}

fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// Headers and base64 of the lines, each without its first `prefix` bytes.
fn collect(lines: &[Vec<u8>], prefix: usize) -> Body {
    let mut body = Body::default();
    for (number, line) in lines.iter().enumerate() {
        let line = if number == 0 { line } else { line.get(prefix..).unwrap_or_default() };
        for line in line.split(|&b| b == ESCAPED_LINE_END) {
            if let Some(colon) = line.iter().position(|&b| b == b':') {
                let name = String::from_utf8_lossy(trim_start_to_alphanumeric(&line[..colon])).into_owned();
                body.headers.push((name, String::from_utf8_lossy(line[colon + 1..].trim_ascii()).into_owned()));
                continue;
            }
            for token in line.split(|&b| !is_base64(b)) {
                match token {
                    [b'=', crc @ ..] if crc.len() == 4 && !crc.contains(&b'=') => body.crc = Some(crc.to_vec()),
                    // Operators and comment leaders have no letter; a line of base64 practically always has one.
                    _ if token.iter().any(u8::is_ascii_alphanumeric) || token.iter().all(|&b| b == b'=') => {
                        body.base64.extend_from_slice(token);
                    }
                    _ => {}
                }
            }
        }
    }
    body
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_checksums_are_told_from_the_body() {
        let text = b"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: It's 1\nComment: \"a\"\n\nAAAA\nBB==\n=CCCC\n\
            -----END PGP PRIVATE KEY BLOCK-----";
        let (label, bodies) = armour(text).unwrap();
        assert_eq!(label, b"PGP PRIVATE KEY BLOCK");
        assert_eq!(bodies[0].base64, b"AAAABB==");
        assert_eq!(bodies[0].crc.as_deref(), Some(&b"CCCC"[..]));
        assert_eq!(bodies[0].header("Comment"), Some("\"a\""));
    }

    #[test]
    fn continued_headers_are_left_out() {
        let text = b"---- BEGIN SSH2 X ----\nComment: \"a long \\\none\"\nAAAA\n---- END SSH2 X ----";
        let (label, bodies) = armour(text).unwrap();
        assert_eq!((label, bodies[0].base64.as_slice()), (&b"SSH2 X"[..], &b"AAAA"[..]));
    }

    #[test]
    fn a_leader_is_tried_as_such_first() {
        let (_, bodies) = armour(b"-----BEGIN X-----\n+AAAA\n+BBBB\n+-----END X-----").unwrap();
        let read: Vec<&[u8]> = bodies.iter().map(|body| body.base64.as_slice()).collect();
        assert_eq!(read, [&b"AAAABBBB"[..], b"+AAAA+BBBB"]);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape(br"a\nb\\nc\/d\u002be\u000af&#10;g&h\"), b"a\x0bb\x0bc/d+e\x0bf\x0bg&h");
    }
}
