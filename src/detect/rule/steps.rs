//! Steps: the simplest patterns, so many bytes of a set and then so many of another, and the question that is asked
//! with them wherever an anchor stands.
//!
//! Of hundreds of places where the literal of an anchor stands, one begins a key. Nearly all of the others are told by
//! the bytes directly behind the literal, or by another literal that has to follow soon. To ask for these costs next to
//! nothing, where a pattern has to be compiled when it is tried for the first time.
//!
//! Shared with the build script; depends on nothing else of keytrail.

use super::anchor::ByteSet;

/// Between `min` and `max` bytes of a set, as many as there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The bytes that count.
    pub set: ByteSet,
    /// Least number of them.
    pub min: usize,
    /// Greatest number; more are left to the next step.
    pub max: usize,
}

impl Step {
    /// No byte at all.
    pub const NONE: Step = Step { set: ByteSet::EMPTY, min: 0, max: 0 };
}

/// Where the steps end that begin at the start of a text.
#[must_use]
pub fn walk(steps: &[Step], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for step in steps {
        let rest = &text[at..];
        let count = rest.iter().take(step.max).take_while(|&&b| step.set.contains(b)).count();
        if count < step.min {
            return None;
        }
        at += count;
    }
    Some(at)
}

/// So many steps behind a literal are asked for.
pub const STEPS: usize = 4;

/// What follows on the literal of an anchor in one form of a pattern; `L` is how literals are held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Behind<L> {
    /// What stands directly behind it; filled up with [`Step::NONE`].
    pub steps: [Step; STEPS],
    /// A literal that stands somewhere behind these; an empty one is not asked for.
    pub literal: L,
    /// The literal ends at most so many bytes behind that of the anchor.
    pub within: u16,
}

impl<L: AsRef<[u8]>> Behind<L> {
    /// Whether the text may begin with what follows on the anchor's literal. Reads at most
    /// [`NEAR`](super::anchor::NEAR) bytes.
    #[must_use]
    pub fn may_begin(&self, text: &[u8]) -> bool {
        let Some(end) = walk(&self.steps, text) else { return false };
        let literal = self.literal.as_ref();
        literal.is_empty() || contains(&text[end..text.len().min(usize::from(self.within)).max(end)], literal)
    }

    /// Whether every text may begin with it.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        self.steps.iter().all(|step| step.min == 0) && self.literal.as_ref().is_empty()
    }
}

/// Whether a short text has a literal of two bytes or more in it.
fn contains(text: &[u8], literal: &[u8]) -> bool {
    // By the byte that keys, names and addresses have least: a searcher would take longer to be made.
    let rare = literal.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(0);
    let Some(last) = (text.len() + rare).checked_sub(literal.len()) else { return false };
    text.get(rare..=last).is_some_and(|places| {
        (0..places.len()).any(|start| places[start] == literal[rare] && text[start..].starts_with(literal))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_at_both_ends() {
        for (text, literal, found) in [
            ("abc-def", "c-d", true),
            ("-at-", "-at-", true),
            ("xx-at-", "-at-", true),
            ("-at-xx", "-at-", true),
            ("-at", "-at-", false),
            ("", "-at-", false),
            ("send", "send", true),
            ("xsen", "send", false),
        ] {
            assert_eq!(contains(text.as_bytes(), literal.as_bytes()), found, "{text}");
        }
    }

    #[test]
    fn what_follows_is_asked_in_order() {
        let digits = ByteSet::from_iter(*b"0123456789");
        let blank = ByteSet::from_iter(*b" ");
        let mut steps = [Step::NONE; STEPS];
        steps[0] = Step { set: blank, min: 0, max: 3 };
        steps[1] = Step { set: digits, min: 2, max: 2 };
        let behind = Behind { steps, literal: b"@h".to_vec(), within: 12 };
        for (text, may) in
            [("12@h", true), ("   12345678@h", false), ("  123456@h", true), ("    12@h", false), ("1@h", false)]
        {
            assert_eq!(behind.may_begin(text.as_bytes()), may, "{text}");
        }
    }
}
