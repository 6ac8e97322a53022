//! Rules: what keys look like, as data.
//!
//! [`Ruleset::builtin`] has those that come with keytrail; [`Ruleset::add_files`] adds one's own, which `docs/rules.md`
//! tells how to write. [`read_files`] checks rule files without using them, [`Signs`] says by what keys of a pattern
//! are recognised, and a [`Generator`] makes up keys of a rule, for tests of whatever has to find them.
//!
//! ```
//! use keytrail::rules::{Generator, Ruleset};
//! use rand::SeedableRng as _;
//!
//! let rules = Ruleset::builtin();
//! let rule = rules.find("github-personal-access-token").ok_or("it is gone")?;
//! assert_eq!((rule.provider, rule.severity.as_str()), ("GitHub", "critical"));
//! let signs = rule.signs().ok_or("it has a pattern")?;
//! assert_eq!((signs.literals[0].text.as_str(), signs.max_len), ("ghp_", Some(40)));
//!
//! // A key of the right form, with the right checksum, that opens nothing.
//! let key = Generator::new(rule).key(&mut rand::rngs::StdRng::seed_from_u64(7));
//! assert_eq!(key.len(), signs.min_len);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::ops::Range;

pub use crate::detect::generate::{Generator, NearMiss};
use crate::detect::rule::anchor::{self, AnchorKind};
use crate::detect::rule::spec::Checked;
pub use crate::detect::rule::{PartRole, Rule, RuleFile, Ruleset, read_files};

/// By what keys of a pattern are recognised, before anything else is asked of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Literal text of which every key has one; none where alphabet and length alone make a candidate.
    pub literals: Vec<Literal>,
    /// Whether some keys have no such text, so that words near them and their randomness have to speak for them.
    pub by_context: bool,
    /// Least length of a key, in bytes.
    pub min_len: usize,
    /// Greatest length of a key, in bytes; nothing where there is none.
    pub max_len: Option<usize>,
}

/// Text that gives keys away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Whether keys begin with it, rather than have it somewhere.
    pub at_start: bool,
}

impl Signs {
    /// Those of a pattern; nothing for one that no rule may have.
    #[must_use]
    pub fn of(pattern: &str) -> Option<Self> {
        let derived = anchor::derive(pattern).ok()?;
        let literals = derived.anchors.iter().map(|anchor| Literal {
            text: String::from_utf8_lossy(&anchor.literal).into_owned(),
            at_start: anchor.offset_max == 0 && anchor.kind == AnchorKind::Boundary,
        });
        Some(Signs {
            literals: literals.collect(),
            by_context: derived.needs_evidence(),
            min_len: derived.min_len,
            max_len: anchor::parse(pattern).ok().and_then(|hir| hir.properties().maximum_len()),
        })
    }
}

impl Rule {
    /// By what its keys are recognised; nothing for rules that have no pattern, whose keys keytrail's own code finds.
    #[must_use]
    pub fn signs(&self) -> Option<Signs> {
        self.pattern.and_then(Signs::of)
    }

    /// The name of the offline check that its keys have to pass, where there is one.
    #[must_use]
    pub fn verifier(&self) -> Option<&'static str> {
        self.verify.map(|family| family.name)
    }
}

/// A rule as a file has it.
#[derive(Clone, Copy, Debug)]
pub struct WrittenRule<'f>(&'f Checked);

impl WrittenRule<'_> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.spec.id.get_ref()
    }

    /// Where the file has its id, in bytes; for a [remark](RuleFile::remark).
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.0.spec.id.span()
    }

    /// By what its keys are recognised; nothing for rules that have no pattern.
    #[must_use]
    pub fn signs(&self) -> Option<Signs> {
        self.0.spec.pattern.as_ref().and_then(|pattern| Signs::of(pattern.get_ref()))
    }
}

impl RuleFile {
    /// Its rules, in the order of the file.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = WrittenRule<'_>> {
        self.rules.iter().map(WrittenRule)
    }
}
