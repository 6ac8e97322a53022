//! The section `[audit]`: how long keys may live, who is there to own them, and what is excused.
//!
//! [`Policy`](crate::audit::policy::Policy) is made of it.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::Wrong;
use super::glob::{self, Choice};
use super::value::{Day, Period};
use crate::audit::check;

/// How keys are audited.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AuditConfig {
    /// A key is rotated at least so often; 90 days unless given.
    pub rotation: Option<Period>,
    /// So long before a rotation is due it is announced; 14 days unless given.
    pub notice: Option<Period>,
    /// A key that was not used for so long is unused; 90 days unless given.
    pub unused: Option<Period>,
    /// So long an old key may work beside its successor; 7 days unless given.
    pub overlap: Option<Period>,
    /// Somebody confirms at least so often that a key is needed; not asked for unless given.
    pub review: Option<Period>,
    /// A key is issued for so long at most; 365 days unless given.
    pub max_life: Option<Period>,
    /// Who is there: addresses, logins and names of service accounts, as inventories write owners; patterns are
    /// allowed. The owner of a key who is not among them has left. Nobody has left where no list is given.
    #[schemars(with = "Option<Vec<String>>")]
    pub staff: Option<Vec<Spanned<String>>>,
    /// The same list in a file, one a line, relative to this file; lines that begin with `#` are comments.
    #[schemars(with = "Option<String>")]
    pub staff_file: Option<Spanned<String>>,
    /// Other periods for some keys; where several fit a key, the last one that gives a period counts.
    #[serde(rename = "override")]
    pub overrides: Vec<Override>,
    /// What scopes some keys may have; where several fit a key, it may have the scopes of all.
    pub allowed_scopes: Vec<AllowedScopes>,
    /// What is known and accepted.
    #[serde(rename = "exception")]
    pub exceptions: Vec<Exception>,
}

/// Other periods for some keys.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Override {
    /// Pattern of the provider: `aws`, `{github,gitlab}`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub provider: Option<Spanned<String>>,
    /// Pattern of the kind of credential: `access-key`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
    /// Pattern of the organisation, project or tenant.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub account: Option<Spanned<String>>,
    /// Pattern of the environment: `prod*`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub environment: Option<Spanned<String>>,
    /// Pattern of what uses it; one that fits is enough.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub integration: Option<Spanned<String>>,
    /// Pattern of the label.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub name: Option<Spanned<String>>,
    /// As `audit.rotation`, for these keys.
    #[serde(default)]
    pub rotation: Option<Period>,
    /// As `audit.notice`, for these keys.
    #[serde(default)]
    pub notice: Option<Period>,
    /// As `audit.unused`, for these keys.
    #[serde(default)]
    pub unused: Option<Period>,
    /// As `audit.overlap`, for these keys.
    #[serde(default)]
    pub overlap: Option<Period>,
    /// As `audit.review`, for these keys.
    #[serde(default)]
    pub review: Option<Period>,
    /// As `audit.max-life`, for these keys.
    #[serde(default)]
    pub max_life: Option<Period>,
}

/// What scopes some keys may have.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AllowedScopes {
    /// Pattern of the provider.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub provider: Option<Spanned<String>>,
    /// Pattern of the kind of credential.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
    /// Pattern of the organisation, project or tenant.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub account: Option<Spanned<String>>,
    /// Pattern of the environment.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub environment: Option<Spanned<String>>,
    /// Pattern of what uses it.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub integration: Option<Spanned<String>>,
    /// Pattern of the label.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub name: Option<Spanned<String>>,
    /// Patterns of the scopes that are allowed: `contents:read`, `*:read`; `[]` allows none.
    #[schemars(with = "Vec<String>")]
    pub scopes: Vec<Spanned<String>>,
}

/// What is known and accepted: findings of a check about some keys do not count.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exception {
    /// The check, or a pattern of checks: `rotation-overdue`, `leaked-*`.
    #[schemars(with = "String")]
    pub check: Spanned<String>,
    /// The key: its id, its name, or both with the provider in front as reports write it; patterns are allowed.
    #[schemars(with = "String")]
    pub key: Spanned<String>,
    /// Pattern of the provider, where ids or names of several could be meant.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub provider: Option<Spanned<String>>,
    /// Why it is accepted. Reports show it.
    #[schemars(with = "String", length(min = 1))]
    pub reason: Spanned<String>,
    /// Who has accepted it.
    #[serde(default)]
    pub owner: Option<String>,
    /// The last day on which it counts. An exception that has expired is a finding.
    #[serde(default)]
    pub expires: Option<Day>,
}

/// The patterns of a table, as a [`Choice`].
macro_rules! choice {
    ($type:ty) => {
        impl $type {
            /// Which keys it concerns.
            #[must_use]
            pub fn choice(&self) -> Choice {
                Choice {
                    provider: self.provider.clone(),
                    kind: self.kind.clone(),
                    account: self.account.clone(),
                    environment: self.environment.clone(),
                    integration: self.integration.clone(),
                    name: self.name.clone(),
                }
            }
        }
    };
}

// Serde cannot refuse unknown keys of a table that has another one's fields flattened into it.
choice!(Override);
choice!(AllowedScopes);

impl AuditConfig {
    /// Puts the section of a file that comes later over this one.
    pub(super) fn overlay(&mut self, later: AuditConfig) {
        let AuditConfig { rotation, notice, unused, overlap, review, max_life, .. } = later;
        for (own, later) in [
            (&mut self.rotation, rotation),
            (&mut self.notice, notice),
            (&mut self.unused, unused),
            (&mut self.overlap, overlap),
            (&mut self.review, review),
            (&mut self.max_life, max_life),
        ] {
            *own = later.or(*own);
        }
        if let Some(staff) = later.staff {
            self.staff.get_or_insert_default().extend(staff);
        }
        self.staff_file = later.staff_file.or(self.staff_file.take());
        self.overrides.extend(later.overrides);
        self.allowed_scopes.extend(later.allowed_scopes);
        self.exceptions.extend(later.exceptions);
    }

    /// Says what cannot be meant.
    pub fn check(&self, wrong: &mut Vec<Wrong>) {
        self.overrides.iter().for_each(|over| over.choice().check(wrong));
        for allowed in &self.allowed_scopes {
            allowed.choice().check(wrong);
            allowed.scopes.iter().for_each(|scope| glob::check(scope, wrong));
        }
        self.staff.iter().flatten().for_each(|name| glob::check(name, wrong));
        for exception in &self.exceptions {
            let patterns = [Some(&exception.check), Some(&exception.key), exception.provider.as_ref()];
            patterns.into_iter().flatten().for_each(|pattern| glob::check(pattern, wrong));
            let name = exception.check.get_ref();
            let known = glob::Pattern::new(name)
                .map_or(true, |pattern| check::CHECKS.iter().any(|check| pattern.fits(check.id)));
            if !known {
                let ids: Vec<&str> = check::CHECKS.iter().map(|check| check.id).collect();
                let message = format!("`{name}` is no check; there are {}", ids.join(", "));
                wrong.push(Wrong { span: exception.check.span(), message });
            }
            for (text, what) in [(&exception.reason, "reason"), (&exception.key, "key")] {
                if text.get_ref().trim().is_empty() {
                    let message = format!("an exception needs a {what}; this one is empty");
                    wrong.push(Wrong { span: text.span(), message });
                }
            }
        }
    }
}
