//! The checks: one file each, with its page. A new check is a file and its line in the table below.
//!
//! The page says what the check looks for, why that matters, what is not known without what, and what to do; `keytrail
//! audit --explain CHECK` shows it, and `docs/audit.md` has them all.

use super::Place;
use super::context::{Context, Subject};
use super::control::Control;
use super::join::{Leak, Match};
use super::policy::Exception;
use crate::finding::{Fact, Severity};

/// A check with its page.
pub struct Check {
    /// Stable kebab-case id; the file's name.
    pub id: &'static str,
    /// What it looks for, as a noun phrase: `Rotation overdue`.
    pub title: &'static str,
    /// How bad it usually is.
    pub severity: Severity,
    /// What it looks for exactly, and what it does not know.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do about it, as a sentence.
    pub remedy: &'static str,
    /// The controls that it maps to.
    pub controls: &'static [Control],
    /// Weaknesses of MITRE's CWE list, the nearest first.
    pub cwe: &'static [u32],
    /// How it judges.
    pub(crate) asks: Asks,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Check({})", self.id)
    }
}

/// How a check judges.
#[derive(Clone, Copy)]
pub enum Asks {
    /// Each key.
    Key(fn(&Context<'_>, &Subject<'_>) -> Verdict),
    /// Each distinct secret that was found.
    Leak(fn(&Context<'_>, &Leak<'_>) -> Verdict),
    /// Everything at once.
    All(fn(&Context<'_>) -> Vec<Found>),
    /// Each exception of the policy, when all other checks are done.
    Exceptions,
    /// Something else does, and hands over [`Observation`](super::Observation)s.
    Elsewhere,
}

/// What a check says of one thing.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail(Found),
    /// Nobody can say; why, as a sentence without a full stop that fits many keys.
    Unknown(&'static str),
    /// The question does not arise.
    Apart,
}

/// What is wrong with one thing.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How bad it is, where it differs from what is usual.
    pub severity: Option<Severity>,
    /// What is wrong, as a sentence or several.
    pub message: String,
    /// What to do about it, where more can be said than the check always says.
    pub remedy: Option<String>,
    /// Numbers and names behind it.
    pub evidence: Vec<Fact>,
    /// The leaks it is about.
    pub leaks: Vec<Match>,
    /// Places besides those of the key.
    pub places: Vec<Place>,
    /// What to call the thing that is concerned, where it is no key.
    pub subject: Option<String>,
    /// What tells it from other findings of the same check about the same key.
    pub identity: Option<String>,
}

impl Found {
    /// Something of the usual severity.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Found { message: message.into(), ..Found::default() }
    }

    /// With a severity of its own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With a remedy of its own.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// With a number or name behind it.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl ToString) -> Self {
        self.evidence.push(Fact { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// With leaks.
    #[must_use]
    pub fn leaks<'m>(mut self, leaks: impl IntoIterator<Item = &'m Match>) -> Self {
        self.leaks.extend(leaks);
        self
    }
}

macro_rules! checks {
    ($($module:ident;)+) => {
        $(pub mod $module;)+

        /// Every check.
        pub static CHECKS: &[&Check] = &[$(&$module::CHECK,)+];
    };
}

checks! {
    call_after_rotation;
    call_beyond_scopes;
    call_burst;
    call_expired_key;
    call_log;
    call_new_source;
    call_revoked_key;
    call_unknown_key;
    call_unused;
    exception_expired;
    exception_unused;
    expired_active;
    inactive_not_deleted;
    inventory_file;
    inventory_row;
    key_in_inventory;
    leaked_active;
    leaked_inactive;
    leaked_replaced;
    leaked_reported;
    leaked_unassigned;
    leaked_unmanaged;
    life_too_long;
    never_rotated;
    no_expiry;
    no_owner;
    no_restriction;
    old_key_active;
    owner_left;
    replaced_referenced;
    review_overdue;
    rotation_due_soon;
    rotation_overdue;
    scope_broad;
    scope_not_allowed;
    scope_unused;
    shared_integrations;
    shared_repositories;
    unused;
}

/// What the checks of exceptions say of one.
#[must_use]
pub fn exception(check: &str, context: &Context<'_>, exception: &Exception, used: bool) -> Verdict {
    match check {
        id if id == exception_expired::CHECK.id => exception_expired::judge(context, exception),
        _ => exception_unused::judge(context, exception, used),
    }
}

impl Check {
    /// Every check.
    #[must_use]
    pub fn all() -> &'static [&'static Check] {
        CHECKS
    }

    /// The check of that id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Check> {
        CHECKS.iter().copied().find(|check| check.id == id)
    }

    /// What it looks for, why, and what to do: Markdown under a heading of that level, from 1.
    #[must_use]
    pub fn page(&self, level: usize) -> String {
        page(self, level)
    }
}

/// The page of a check, as Markdown under a heading of that level.
fn page(check: &Check, level: usize) -> String {
    let heading = "#".repeat(level);
    let mut controls: Vec<String> = check.controls.iter().map(Control::name).collect();
    controls.sort();
    let weaknesses: Vec<String> = check.cwe.iter().map(|number| format!("CWE-{number}")).collect();
    let mut page = format!(
        "{heading} `{}`\n\n**{}** · severity {}\n\n{}\n\n**Why.** {}\n\n**What to do.** {}\n",
        check.id, check.title, check.severity, check.what, check.why, check.remedy
    );
    if !controls.is_empty() {
        page.push_str(&format!("\n**Maps to** {}.\n", controls.join(" · ")));
    }
    if !weaknesses.is_empty() {
        page.push_str(&format!("\n**Weaknesses** {}.\n", weaknesses.join(", ")));
    }
    page
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_files_in_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/check");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().replace('_', "-"))
            .filter(|name| name != "mod")
            .collect();
        files.sort();
        let ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
        assert_eq!(ids, files);
        assert!(
            ids.iter().all(|id| std::ptr::eq(Check::find(id).unwrap(), *CHECKS.iter().find(|c| c.id == *id).unwrap()))
        );
    }

    #[test]
    fn every_page_is_whole() {
        for check in CHECKS {
            for text in [check.what, check.why, check.remedy] {
                assert!(text.ends_with('.') && text.len() > 30, "{}: {text}", check.id);
            }
            assert!(page(check, 3).contains(check.title));
        }
    }

    /// `KEYTRAIL_UPDATE=1 cargo test` writes the pages anew.
    #[test]
    fn the_manual_has_the_pages() {
        const MARK: &str = "<!-- The pages below are those of the checks; a test writes them. -->\n";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
        let manual = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let (before, _) = manual.split_once(MARK).unwrap();
        let pages: Vec<String> = CHECKS.iter().map(|check| page(check, 3)).collect();
        let whole = format!("{before}{MARK}\n{}", pages.join("\n"));
        if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
            std::fs::write(&path, &whole).unwrap();
        } else {
            assert_eq!(manual, whole, "KEYTRAIL_UPDATE=1 cargo test writes the pages of docs/audit.md anew");
        }
    }
}
