//! What git asks before a commit, a push, or the acceptance of one: hooks put in place and taken away, what git tells
//! them, and what someone whose work was stopped has to know.
//!
//! [`Hooks`] puts keytrail's hooks beside those that are there. [`pushed`] and [`received`] read what git gives to a
//! hook on standard input, [`Repository::pushes`](crate::Repository::pushes) says what of it is new, and
//! [`Source::pushed`](crate::Source::pushed) has that scanned. [`advice`](fn@advice) tells how to get on.
//!
//! ```
//! use keytrail::hook::{Hooks, Installed, Kind, Removed};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # git2::Repository::init(folder.path())?;
//!
//! let repository = keytrail::Repository::discover(folder.path())?;
//! let hooks = Hooks::of(&repository)?;
//! // The program that is to be asked.
//! let program = std::env::current_exe()?;
//! assert_eq!(hooks.install(Kind::PreCommit, &program)?, Installed::New);
//! assert!(hooks.path(Kind::PreCommit).is_file());
//! assert_eq!(hooks.uninstall(Kind::PreCommit)?, Removed::Gone);
//! # Ok(())
//! # }
//! ```

pub(crate) mod advice;
pub(crate) mod install;
pub(crate) mod updates;

pub use advice::{Reads, text as advice};
pub use install::{HookError, Hooks, Installed, Kind, Removed};
pub use updates::{Malformed, Update, pushed, received};

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
