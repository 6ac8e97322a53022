//! Keys that someone has and wants to find: where they stand, in files and in histories, as they are and encoded.
//!
//! [`Asked`] takes the keys themselves, their SHA-256, or what a console still shows of them (a [`Mask`]).
//! [`ScannerBuilder::locate`](crate::ScannerBuilder::locate) makes a scanner that finds these and nothing else, and
//! [`ScannerBuilder::also_locate`](crate::ScannerBuilder::also_locate) one that finds them besides what rules find.
//! No report shows a key that was asked for.
//!
//! ```
//! use keytrail::locate::Asked;
//! use keytrail::{Scanner, Source};
//!
//! let mut asked = Asked::default();
//! asked.add_keys(b"correct horse battery staple\nanother one of mine\n")?;
//! asked.add_mask("corr…aple".parse()?);
//! let scanner = Scanner::builder().locate(asked.clone()).build()?;
//!
//! let text = "passphrase: \"correct horse battery staple\"\n";
//! let report = scanner.scan(Source::bytes("notes.yml", text.as_bytes()))?;
//! assert_eq!(report.findings.len(), 1);
//! assert_eq!(asked.not_among(&report.findings), ["key 2"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::detect::wanted::{
    Asked, AskedError, MAX_KEY, MAX_KEYS, MIN_KEY, Mask, MaskError, WantedError, add_rule,
};
pub use crate::scanner::is_in_history;
