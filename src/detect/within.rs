//! Words that are looked for inside of other text, all of a list at once and whatever their case.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// A list of words, each of ASCII, ready to be looked for once it is asked for.
pub(super) struct Within(LazyLock<Option<AhoCorasick>, fn() -> Option<AhoCorasick>>);

impl Within {
    /// Words that `build` makes an automaton of, by [`automaton`].
    pub(super) const fn new(build: fn() -> Option<AhoCorasick>) -> Self {
        Within(LazyLock::new(build))
    }

    /// Whether one of the words stands in the text.
    pub(super) fn any_in(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|words| words.is_match(text))
    }
}

/// The automaton of some words. A list of words cannot be too long for one.
pub(super) fn automaton<'w>(words: impl IntoIterator<Item = &'w &'w str>) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_inside_of_others_in_any_case() {
        static WORDS: Within = Within::new(|| automaton(&["mail", "sql"]));
        for (text, found) in [("MySQLPass", true), ("mailer", true), ("E_MAIL", true), ("male", false), ("", false)] {
            assert_eq!(WORDS.any_in(text.as_bytes()), found, "{text}");
        }
    }
}
