//! Rules: what keys look like, as data.
//!
//! The built-in rules are constants made by the build script from `rules/`; [`spec`] reads rule files, [`anchor`]
//! derives from a pattern where its keys are looked for, [`layout`] lays that out as search tables.

pub(crate) mod anchor;
pub(crate) mod fact_group;
pub(crate) mod layout;
pub(crate) mod pattern;
pub(crate) mod probes;
mod set;
pub(crate) mod spec;
pub(crate) mod steps;
mod telling;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
pub(crate) mod tests;

use anchor::ByteSet;
pub use set::{RuleFile, Ruleset, read_files};

use crate::detect::verify::{self, Family};
use crate::finding::{Confidence, Severity};
use crate::report::RuleInfo;

/// A rule, ready to use. Rules live as long as the process: the built-in ones are constants, others are read once.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Stable kebab-case id.
    pub id: &'static str,
    /// Who issues the key.
    pub provider: &'static str,
    /// What it finds.
    pub title: &'static str,
    /// What a leaked one opens.
    pub description: &'static str,
    /// Severity of a leak.
    pub severity: Severity,
    /// Confidence when the pattern matches and nothing could be verified.
    pub confidence: Confidence,
    /// The pattern; absent for rules with a detector.
    pub pattern: Option<&'static str>,
    /// Name of the detector in the code, for rules without a pattern.
    pub detector: Option<&'static str>,
    /// The offline check.
    pub(crate) verify: Option<&'static Family>,
    /// Words of which one must stand near; empty when none is needed.
    pub context: &'static [&'static str],
    /// Its place in a multi-part secret.
    pub part: Option<PartRole>,
    /// Whether the value itself is a secret.
    pub secret: bool,
    /// Whether it is reported without the other parts of its group.
    pub alone: bool,
    /// How a key of the inventory can be matched.
    pub inventory: Option<&'static str>,
    /// Where or how to revoke.
    pub revoke: Option<&'static str>,
    /// The provider's documentation.
    pub references: &'static [&'static str],
    /// Ids of the token kinds it stands for.
    pub covers: &'static [&'static str],
    /// Weakness in MITRE's CWE list.
    pub cwe: u32,
    /// Least length of a match in bytes.
    pub min_len: usize,
    /// Bytes that may not follow a match.
    pub(crate) tail: ByteSet,
    /// Whether its pattern may look at bytes far behind the start of a match: see [`anchor::NEAR`].
    pub(crate) far: bool,
}

/// A role in a multi-part secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartRole {
    /// Rules of one group belong together.
    pub group: &'static str,
    /// The role as reports name it.
    pub role: &'static str,
}

impl Rule {
    /// Whether the check of its values tells keys from others by their form, so that they need not look random.
    #[must_use]
    pub(crate) fn is_told_by_form(&self) -> bool {
        self.verify.is_some_and(|family| family.judges != verify::Judges::Samples)
    }

    /// What a report says about the rule.
    #[must_use]
    pub(crate) fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            provider: self.provider.to_owned(),
            description: self.description.to_owned(),
            severity: self.severity,
            revoke: self.revoke.map(str::to_owned),
            references: self.references.iter().map(|&r| r.to_owned()).collect(),
            cwe: self.cwe,
        }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}
