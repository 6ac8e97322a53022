//! Git repositories: what is about to be committed, what commits add, and whole histories.
//!
//! Everything is read from the object database and the index, never through attributes, filters or the working tree, so
//! that nothing in a repository can hide content. No program that a configuration names is run, and nothing is written.

pub mod attribution;
pub mod commits;
pub mod compare;
pub mod delta;
pub mod diff;
mod forest;
pub mod objects;
pub mod per_thread;
pub mod range;
pub mod references;
pub mod repository;
pub mod staged;
pub mod store;
mod unindexed;
pub mod walk;
