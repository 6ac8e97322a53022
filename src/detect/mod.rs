//! Detection: bytes in, matches out. Knows nothing of git, files or reports.

pub mod decode;
pub mod detector;
pub mod rule;
pub mod verify;
