//! Detection by itself: bytes in, matches out. Knows nothing of git, files, encodings or reports.
//!
//! Most programs want a [`Scanner`](crate::Scanner), which decodes texts, opens archives and tells places apart. A
//! [`Detector`] is for those that have a text at hand and want to know which of its bytes are keys, such as a filter of
//! logs.
//!
//! ```
//! use std::sync::Arc;
//!
//! use keytrail::detect::Detector;
//! use keytrail::rules::{Generator, Ruleset};
//! # use rand::SeedableRng as _;
//!
//! let detector = Detector::new(Arc::new(Ruleset::builtin()));
//! let rule = detector.ruleset().find("github-personal-access-token").ok_or("it is gone")?;
//! # let rng = &mut rand::rngs::StdRng::seed_from_u64(7);
//! let text = [b"calling with ", &Generator::new(rule).key(rng)[..], b"\n"].concat();
//!
//! let found = detector.detect(&text, false);
//! assert_eq!(found[0].span, 13..text.len() - 1);
//! assert_eq!(detector.ruleset().rule(found[0].rule).id, rule.id);
//! # Ok::<(), &str>(())
//! ```
//!
//! The order is that of cost. [`runs`] sees every byte and leaves a tenth to a quarter of them; inside a run a table of
//! two-byte pairs finds the known prefixes, and only then is that one rule's pattern tried, anchored. What has no
//! prefix is looked at when it seems random and its surroundings speak for it. What is no run (PEM blocks, credentials
//! in addresses) is found by its own literals. Offline checks weed out what only looks like a key, and what may be a
//! key in another form is decoded and searched.

mod afar;
pub(crate) mod allow;
mod bigrams;
mod changes;
pub(crate) mod chosen;
mod coded;
pub(crate) mod context;
pub(crate) mod decode;
pub(crate) mod detector;
mod digest;
pub(crate) mod entropy;
pub(crate) mod generate;
mod literals;
mod matcher;
pub(crate) mod placeholder;
pub(crate) mod rule;
pub mod runs;
mod starts;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
mod trace;
pub(crate) mod verify;
pub(crate) mod wanted;
mod within;
mod words;

pub use matcher::{Decoded, Detector, MAX_MATCH, Match};

pub(crate) use afar::{Afar, Named};
pub(crate) use changes::Copied;
pub(crate) use matcher::Examined;
pub(crate) use trace::Remark;
