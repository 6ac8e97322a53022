//! Deltas: how packs store an object as stretches of another one and new bytes in between.
//!
//! The format is that of git's `Documentation/gitformat-pack.adoc`, "Deltified representation".

use crate::detect::Copied;

/// Why a delta cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It ends in the middle of an instruction.
    #[error("the delta ends too early")]
    Truncated,
    /// It was made for another object.
    #[error("the delta is for a base of another size")]
    WrongBase,
    /// It copies bytes that the base does not have.
    #[error("the delta copies from behind the end of its base")]
    OutOfBase,
    /// It makes more or fewer bytes than it says.
    #[error("the delta makes an object of another size than it says")]
    WrongSize,
    /// It holds the instruction that git reserves.
    #[error("the delta holds an unknown instruction")]
    Reserved,
}

/// The two sizes at the head of a delta, and its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta<'a> {
    /// Size of the object that it is for, in bytes.
    pub base_size: usize,
    /// Size of the object that it makes, in bytes.
    pub size: usize,
    instructions: &'a [u8],
}

impl<'a> Delta<'a> {
    /// Reads the head of a delta.
    ///
    /// # Errors
    /// When it ends within.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DeltaError> {
        let (base_size, rest) = size(bytes)?;
        let (size, instructions) = size(rest)?;
        Ok(Delta { base_size, size, instructions })
    }

    /// Writes the object that the delta makes of `base` to `out`, whose length is [`size`](Self::size), and what it
    /// copied to `copied`: stretches in their order, joined where they continue each other.
    ///
    /// # Errors
    /// When the delta is damaged or for another base. `out` then holds anything.
    pub fn apply(&self, base: &[u8], out: &mut [u8], copied: &mut Vec<Copied>) -> Result<(), DeltaError> {
        copied.clear();
        if base.len() != self.base_size {
            return Err(DeltaError::WrongBase);
        }
        let (mut rest, mut to) = (self.instructions, 0usize);
        while let Some((&instruction, tail)) = rest.split_first() {
            rest = tail;
            if instruction & 0x80 != 0 {
                let mut argument = |first: u8, count: u8| {
                    let mut value = 0usize;
                    for i in 0..count {
                        if instruction & first << i != 0 {
                            let (&byte, tail) = rest.split_first().ok_or(DeltaError::Truncated)?;
                            value |= usize::from(byte) << (8 * i);
                            rest = tail;
                        }
                    }
                    Ok(value)
                };
                let from = argument(0x01, 4)?;
                let len = match argument(0x10, 3)? {
                    0 => 0x10000,
                    len => len,
                };
                let source = base.get(from..).and_then(|tail| tail.get(..len)).ok_or(DeltaError::OutOfBase)?;
                let target = out.get_mut(to..).and_then(|tail| tail.get_mut(..len)).ok_or(DeltaError::WrongSize)?;
                target.copy_from_slice(source);
                let stretch = Copied { to, from, len };
                match copied.last_mut() {
                    Some(last) if last.continues_in(&stretch) => last.len += len,
                    _ => copied.push(stretch),
                }
                to += len;
            } else if instruction > 0 {
                let len = usize::from(instruction);
                let (new, tail) = rest.split_at_checked(len).ok_or(DeltaError::Truncated)?;
                let target = out.get_mut(to..).and_then(|tail| tail.get_mut(..len)).ok_or(DeltaError::WrongSize)?;
                target.copy_from_slice(new);
                rest = tail;
                to += len;
            } else {
                return Err(DeltaError::Reserved);
            }
        }
        if to == out.len() { Ok(()) } else { Err(DeltaError::WrongSize) }
    }
}

/// A size: seven bits a byte, the lowest first, the top bit set on all but the last.
fn size(bytes: &[u8]) -> Result<(usize, &[u8]), DeltaError> {
    let mut value = 0u64;
    for (i, &byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok((usize::try_from(value).map_err(|_| DeltaError::WrongSize)?, &bytes[i + 1..]));
        }
    }
    Err(DeltaError::Truncated)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), DeltaError> {
        let delta = Delta::parse(delta)?;
        let (mut out, mut copied) = (vec![0; delta.size.min(1 << 20)], Vec::new());
        delta.apply(base, &mut out, &mut copied)?;
        Ok((out, copied))
    }

    #[test]
    fn copies_and_insertions() {
        // Sizes 6 and 9; copy 0..4, insert "xy", copy 4..6 and then 3..4.
        let delta = [6, 9, 0x90, 4, 2, b'x', b'y', 0x91, 4, 2, 0x91, 3, 1];
        let (out, copied) = apply(b"abcdef", &delta).unwrap();
        assert_eq!(out, b"abcdxyefd");
        let stretch = |to, from, len| Copied { to, from, len };
        assert_eq!(copied, [stretch(0, 0, 4), stretch(6, 4, 2), stretch(8, 3, 1)]);
        // Two copies in a row that continue each other are one.
        let (_, copied) = apply(b"abcdef", &[6, 6, 0x90, 4, 0x91, 4, 2]).unwrap();
        assert_eq!(copied, [stretch(0, 0, 6)]);
        // A length of 0 means 65,536.
        let base = vec![7; 0x10000];
        assert_eq!(apply(&base, &[0x80, 0x80, 4, 0x80, 0x80, 4, 0x80]).unwrap().0, base);
    }

    #[test]
    fn damage_is_named() {
        assert_eq!(apply(b"abcdef", &[]), Err(DeltaError::Truncated));
        assert_eq!(apply(b"abcdef", &[6, 4, 0x91]), Err(DeltaError::Truncated));
        assert_eq!(apply(b"abcdef", &[6, 4, 5, b'x']), Err(DeltaError::Truncated));
        assert_eq!(apply(b"abc", &[6, 4, 0x90, 4]), Err(DeltaError::WrongBase));
        assert_eq!(apply(b"abcdef", &[6, 4, 0x91, 5, 4]), Err(DeltaError::OutOfBase));
        assert_eq!(apply(b"abcdef", &[6, 4, 0x90, 5]), Err(DeltaError::WrongSize));
        assert_eq!(apply(b"abcdef", &[6, 4, 0x90, 3]), Err(DeltaError::WrongSize));
        assert_eq!(apply(b"abcdef", &[6, 4, 0]), Err(DeltaError::Reserved));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_copies_are_true(
            base in proptest::collection::vec(any::<u8>(), 0..60), delta in proptest::collection::vec(any::<u8>(), 0..40)
        ) {
            if let Ok((out, copied)) = apply(&base, &delta) {
                for Copied { to, from, len } in copied {
                    prop_assert_eq!(&out[to..to + len], &base[from..from + len]);
                }
            }
        }
    }
}
