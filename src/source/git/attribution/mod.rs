//! Which paths and commits hold which blobs.
//!
//! Blobs of interest carry *marks* (numbers that stand for the secrets in them). All trees of the repository are
//! [visited](trees) once, in the order of the packs: that gives, for every folder, which marked files and which subfolders
//! it has that the version which it is stored as a difference to has not. Marks are then [passed upwards](folders), from
//! files to the folders that hold them, to the versions made of these, and to the folders above, so that a small graph of
//! marked folders is left. With it, [every commit is compared](stories) with its parents, going down only where marked
//! folders differ: what a commit has that none of its parents has, it introduced; what a parent has and the commit has
//! not, the parent was the last to hold.
//!
//! The same visit finds out which objects are missing: every id is looked up where it is first named.
//!
//! **Memory.** Some 80 bytes for every version of every folder, while the visit goes on and only when there are marks.

mod folders;
mod stories;
mod trees;

pub use folders::Folders;
pub use stories::Traces;
pub use trees::{Asked, Named, TreeVisitor};

/// The marks of a blob: numbers in rising order.
pub type Marks = Vec<u32>;
