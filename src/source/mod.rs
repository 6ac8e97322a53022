//! Where bytes come from: working trees, standard input, and the containers found in them.
//!
//! A source hands every blob as a stream with the [`Artifact`](crate::finding::Artifact) it belongs to, and a
//! [`Notice`](crate::report::Notice) for everything it could not hand over. It knows nothing of rules.

pub mod container;
pub mod document;
pub mod git;
pub mod tree;
