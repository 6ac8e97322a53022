//! What git asks before a commit, a push, or the acceptance of one: hooks put in place and taken away, what git tells
//! them, and what someone whose work was stopped has to know.

pub mod advice;
pub mod install;
pub mod updates;

/// What git asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A commit that is about to be made (`pre-commit`).
    Commit,
    /// Commits that are about to be pushed from here (`pre-push`).
    Push,
    /// Commits that are about to be accepted here (`pre-receive`).
    Receive,
}
