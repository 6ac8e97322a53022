//! Detection: bytes in, matches out. Knows nothing of git, files or reports.
//!
//! The order is that of cost. [`runs`] sees every byte and leaves a tenth to a quarter of them; inside a run a table of
//! two-byte pairs finds the known prefixes ([`rule::layout`]), and only then is that one rule's pattern tried, anchored.
//! What has no prefix is looked at when it seems random ([`entropy`]) and its surroundings speak for it ([`context`]).
//! What is no run (PEM blocks, credentials in addresses) is found by its own literals. [`placeholder`] and [`verify`]
//! weed out what only looks like a key. `coded` decodes what may be a key in another form and searches that. In the end
//! `afar` asks the path of a file, its imports and hosts whose a key is that nothing closer told.

mod afar;
#[doc(hidden)]
pub mod allow;
mod bigrams;
mod changes;
#[doc(hidden)]
pub mod chosen;
mod coded;
#[doc(hidden)]
pub mod context;
#[doc(hidden)]
pub mod decode;
#[doc(hidden)]
pub mod detector;
mod digest;
#[doc(hidden)]
pub mod entropy;
pub mod generate;
mod literals;
mod matcher;
#[doc(hidden)]
pub mod placeholder;
pub mod rule;
#[doc(hidden)]
pub mod runs;
mod starts;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
mod trace;
#[doc(hidden)]
pub mod verify;
pub mod wanted;
mod words;

pub use afar::Afar;
pub use changes::Copied;
pub use matcher::{Decoded, Detector, Examined, MAX_MATCH, Match};
pub use trace::Remark;
