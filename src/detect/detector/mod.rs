//! Detectors: what is a key but no pattern. One file each; a rule names one with `detector = "…"`.

/// Names of the detectors, as rule files have them.
pub const NAMES: &[&str] = &[];
