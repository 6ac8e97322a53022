//! Detection: bytes in, matches out. Knows nothing of git, files or reports.

pub mod detector;
pub mod entropy;
pub mod placeholder;
pub mod rule;
pub mod runs;
pub mod verify;
