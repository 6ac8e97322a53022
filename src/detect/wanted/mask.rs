//! Masks: a key of which the beginning and the end are known.

use std::fmt;

/// What stands for the hidden part. Consoles write any number of the marks of one kind.
const MARKS: [&str; 4] = ["…", "...", "*", "•"];

/// Least number of characters that a mask tells. Fewer fit every tenth key of a history.
const MIN_KNOWN: usize = 4;

/// Least number of characters that a mask tells when these are the beginning alone: keys of a provider begin alike.
const MIN_BEGINNING: usize = 8;

/// A key of which the beginning and the end are known, or one of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Mask {
    beginning: Vec<u8>,
    end: Vec<u8>,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} and {} bytes)", self.beginning.len(), self.end.len())
    }
}

/// Why a text is no mask. Says nothing of the text, which may be a whole key by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// Nothing is hidden.
    #[error(
        "it has no hidden part, written `…`, `...` or `*`; a whole key is not given as an argument, where other users \
         and the history of the shell see it, but on standard input"
    )]
    Whole,
    /// More than one part is hidden.
    #[error("it has several hidden parts; one that stands for all between the known beginning and end is enough")]
    Parts,
    /// Too little is known.
    #[error(
        "it tells too little: {MIN_KNOWN} characters are needed, or {MIN_BEGINNING} where only the beginning is known"
    )]
    Little,
    /// It has white space or what cannot be seen.
    #[error("it has spaces or control characters in it")]
    Space,
}

impl std::str::FromStr for Mask {
    type Err = MaskError;

    fn from_str(text: &str) -> Result<Self, MaskError> {
        let text = text.trim();
        let hidden = MARKS.iter().filter_map(|mark| Some((text.find(mark)?, mark))).min();
        let Some((at, mark)) = hidden else { return Err(MaskError::Whole) };
        let (beginning, rest) = text.split_at(at);
        let end = match *mark {
            // Four dots are one mark, too.
            "..." => rest.trim_start_matches('.'),
            mark => rest.trim_start_matches(mark),
        };
        if MARKS.iter().any(|mark| end.contains(mark)) {
            return Err(MaskError::Parts);
        }
        if [beginning, end].iter().any(|part| part.chars().any(|c| c.is_whitespace() || c.is_control())) {
            return Err(MaskError::Space);
        }
        let least = if end.is_empty() { MIN_BEGINNING } else { MIN_KNOWN };
        if beginning.len() + end.len() < least {
            return Err(MaskError::Little);
        }
        Ok(Mask { beginning: beginning.as_bytes().to_vec(), end: end.as_bytes().to_vec() })
    }
}

impl Mask {
    /// Whether a value may be the key: something of it is hidden by the mask.
    #[must_use]
    pub(crate) fn fits(&self, value: &[u8]) -> bool {
        value.len() > self.beginning.len() + self.end.len()
            && value.starts_with(&self.beginning)
            && value.ends_with(&self.end)
    }

    /// Whether some value of a text may fit: a quick look at all of it.
    #[must_use]
    pub(crate) fn may_stand_in(&self, text: &[u8]) -> bool {
        memchr::memmem::find(text, &self.beginning).is_some() && memchr::memmem::find(text, &self.end).is_some()
    }

    /// Whether both ends are known, so that they tell where a key begins and ends.
    #[must_use]
    pub(crate) fn has_both(&self) -> bool {
        !self.beginning.is_empty() && !self.end.is_empty()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_written_in_many_ways() {
        for mask in ["ab-…wxyz", "ab-...wxyz", "ab-.....wxyz", "ab-****wxyz", "ab-*wxyz", "ab-•••wxyz", " ab-…wxyz\n"]
        {
            let mask: Mask = mask.parse().unwrap();
            assert!(mask.fits(b"ab-0123wxyz") && mask.has_both());
            assert!(mask.may_stand_in(b"x ab-0123wxyz y") && !mask.may_stand_in(b"x ab-0123wxy y"));
            assert!(!mask.fits(b"ab-0123wxy") && !mask.fits(b"b-0123wxyz") && !mask.fits(b"ab-wxyz"));
        }
        let end: Mask = "…wxyz".parse().unwrap();
        assert!(end.fits(b"0123wxyz") && !end.has_both());
        assert_eq!(format!("{end:?}"), "Mask(0 and 4 bytes)");
    }

    #[test]
    fn what_is_no_mask() {
        for (text, error) in [
            ("ab-0123wxyz", MaskError::Whole),
            ("", MaskError::Whole),
            ("ab-…12…wxyz", MaskError::Parts),
            ("ab***-…wxyz", MaskError::Parts),
            ("…xyz", MaskError::Little),
            ("…", MaskError::Little),
            ("ab-cdef…", MaskError::Little),
            ("my key …wxyz", MaskError::Space),
        ] {
            assert_eq!(text.parse::<Mask>(), Err(error), "{text}");
        }
    }
}
