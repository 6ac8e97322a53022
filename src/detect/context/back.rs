//! Steps backwards over a text, and what names and blanks are made of.

pub(super) fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$') || b >= 0x80
}

pub(super) fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// Walks backwards over a text.
pub(super) struct Back<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) floor: usize,
}

impl<'t> Back<'t> {
    pub(super) fn peek(&self) -> Option<u8> {
        (self.at > self.floor).then(|| self.text[self.at - 1])
    }

    pub(super) fn skip(&mut self, accept: impl Fn(u8) -> bool) -> usize {
        let start = self.at;
        while self.peek().is_some_and(&accept) {
            self.at -= 1;
        }
        start - self.at
    }

    pub(super) fn take(&mut self, accept: impl Fn(u8) -> bool) -> &'t [u8] {
        let end = self.at;
        self.skip(accept);
        &self.text[self.at..end]
    }

    pub(super) fn blanks(&mut self) -> usize {
        self.skip(is_blank)
    }

    /// Blanks, and one line end among them: for values that stand on the line below their name.
    pub(super) fn blanks_and_line_end(&mut self) {
        self.blanks();
        if self.peek() == Some(b'\n') {
            self.at -= 1;
            self.skip(|b| is_blank(b) || matches!(b, b'\r' | b'\\'));
        }
    }
}

pub(super) fn trim_name(name: &[u8]) -> &[u8] {
    let start = name.iter().position(|b| !matches!(b, b'-' | b'.' | b'$')).unwrap_or(name.len());
    &name[start..]
}
