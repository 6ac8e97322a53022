//! Steps forward over a text.

use super::GAP;

/// Steps over a text.
pub(super) struct Forward<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
}

impl Forward<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn skip(&mut self, most: usize, accept: impl Fn(u8) -> bool) -> usize {
        let len = self.text[self.at..].iter().take(most).take_while(|&&b| accept(b)).count();
        self.at += len;
        len
    }

    pub(super) fn blanks(&mut self) -> usize {
        self.skip(GAP, |b| matches!(b, b' ' | b'\t'))
    }

    #[inline]
    pub(super) fn take(&mut self, word: &[u8]) -> bool {
        // Most words are told by their first byte.
        let here = self.peek() == word.first().copied() && self.text[self.at..].starts_with(word);
        self.at += if here { word.len() } else { 0 };
        here
    }
}

/// Length of a literal that the mark in front of `rest` opened; what is escaped in it belongs to it. `escaped`: the
/// literal stands in another one, so that a backslash is in front of its own marks.
pub(super) fn literal_len(rest: &[u8], quote: u8, escaped: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(&b) = rest.get(at) {
        match b {
            b'\n' => return None,
            b'\\' if escaped && rest.get(at + 1) == Some(&quote) => return Some(at),
            // `\\\"`: a mark that is escaped in both.
            b'\\' if escaped && rest[at..].starts_with(&[b'\\', b'\\', b'\\', quote]) => at += 4,
            // The end of a line or a tabulator is a part of a message, not of a password.
            b'\\' if matches!(rest.get(at + 1), Some(b'n' | b'r' | b't' | b'\n')) && quote != b'\'' => return None,
            // A path of Windows may end with it; in `'…\'` of SQL or PHP it escapes the mark.
            b'\\' => at += 2,
            // It is doubled in YAML and SQL.
            b'\'' if quote == b'\'' && at > 0 && rest.get(at + 1) == Some(&b'\'') => at += 2,
            b if b == quote => return if escaped { None } else { Some(at) },
            _ => at += 1,
        }
    }
    None
}
