//! Literals that are found in one pass over a text, and which anchors and detectors have each.

use crate::detect::literals::Literals;
use crate::detect::rule::Ruleset;
use crate::detect::rule::layout::{
    ADDRESS_MARK, COMMENT_MARK, ESCAPED_ADDRESS_MARK, Entry, PASSWORD_MARKS, SECRET_MARKS,
};

/// Literals of anchors inside and outside of runs, and which anchors have each.
pub(super) struct Anchors {
    pub(super) literals: Literals,
    /// For each literal, the anchors inside runs by their indices.
    pub(super) inside: Vec<Vec<u16>>,
    /// For each literal, the anchors anywhere by their indices.
    pub(super) anywhere: Vec<Vec<u16>>,
    /// For each literal, the detector in the code whose mark it is.
    pub(super) marks: Vec<Option<Mark>>,
}

/// What literals outside runs call: detectors, and what asks for comments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Address,
    Password,
    Secret,
    Comment,
}

impl Anchors {
    /// Those of a set of rules.
    pub(super) fn new(rules: &Ruleset) -> Self {
        let literals = Literals::new(rules.plan());
        let by_literal = |entries: &[Entry<&'static [u8]>]| {
            let mut of_literal = vec![Vec::new(); literals.len()];
            for (index, entry) in (0u16..).zip(entries) {
                if let Some(literal) = literals.index_of(entry.literal) {
                    of_literal[usize::from(literal)].push(index);
                }
            }
            of_literal
        };
        let (inside, anywhere) = (by_literal(rules.inside()), by_literal(rules.anywhere()));
        let mut marks = vec![None; literals.len()];
        let all = PASSWORD_MARKS.iter().map(|literal| (*literal, Mark::Password));
        let secrets = SECRET_MARKS.iter().map(|literal| (*literal, Mark::Secret));
        let addresses = [(ADDRESS_MARK, Mark::Address), (ESCAPED_ADDRESS_MARK, Mark::Address)];
        let comment = (COMMENT_MARK.as_bytes(), Mark::Comment);
        for (literal, mark) in all.chain(secrets).chain(addresses).chain([comment]) {
            if let Some(literal) = literals.index_of(literal) {
                marks[usize::from(literal)] = Some(mark);
            }
        }
        Anchors { literals, inside, anywhere, marks }
    }
}
