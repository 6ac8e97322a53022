//! Strings and numbers as the SSH protocol writes them (RFC 4251, section 5): a 32-bit big-endian length, then bytes.

/// The rest of some bytes.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// A number of 32 bits.
    pub fn number(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*head))
    }

    /// A string.
    pub fn string(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }

    /// A string of printable ASCII: the name of an algorithm.
    pub fn name(&mut self) -> Option<&'a str> {
        let name = std::str::from_utf8(self.string()?).ok()?;
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())).then_some(name)
    }
}

/// A string with its length.
pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&len.to_be_bytes()[..], bytes].concat()
}

/// A positive number of any length: a first bit that is set would make it negative.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    match digits.first() {
        Some(first) if first & 0x80 != 0 => string(&[&[0], digits].concat()),
        _ => string(digits),
    }
}
