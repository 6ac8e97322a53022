//! The exports that keytrail knows, one file each.
//!
//! A [`Format`] says how to recognise a record of its export by its members and how to make keys of it. A new one is a
//! file of this folder with a constant `FORMAT`, and its line in the table below. Exports of one provider's call that
//! differ in their wrapper only are one format: wrappers and pages are found before a format sees a record.

use jiff::Timestamp;
use serde_json::Value;

use super::documents::Step;
use super::key::Key;
use super::row::{Row, lookup};

/// How well an importer's knowledge of its format is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Held against an example that the provider itself has published.
    Example,
    /// Taken from the provider's API description, documentation or client.
    Description,
    /// Some of its names are general knowledge; read tolerantly.
    Unconfirmed,
}

/// An export of a provider that is recognised by its records.
pub struct Format {
    /// The name for `--inventory-format`.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// The provider as scopes and policies name it.
    pub provider: &'static str,
    /// How to get it: a command, an address of an API, or the way through a console.
    pub export: &'static str,
    /// How well it is known.
    pub basis: Basis,
    /// Whether its records are events, several of which concern one key.
    pub(crate) events: bool,
    /// How surely a record is of this format: 0 for not at all, 100 for beyond doubt.
    pub(crate) fits: fn(&Sample<'_>) -> u8,
    /// Makes keys of a record. What it cannot read it says to the row.
    pub(crate) read: fn(&Row<'_>, &mut Vec<Key>),
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Format({})", self.name)
    }
}

/// A record by which a format is recognised.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// The record.
    pub value: &'a Value,
    /// Where it stands in its document; empty for a table's row and for a document that is one record.
    pub path: &'a [Step],
    /// Whether it is a row of a table.
    pub table: bool,
}

impl Sample<'_> {
    /// Whether the record has a member, be it null.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        lookup(self.value, path).is_some()
    }

    /// Whether it has all of them.
    #[must_use]
    pub fn all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether it has at least one of them.
    #[must_use]
    pub fn any(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.has(path))
    }

    /// Whether it has a text of that value.
    #[must_use]
    pub fn is(&self, path: &str, text: &str) -> bool {
        lookup(self.value, path).and_then(Value::as_str) == Some(text)
    }

    /// Whether a text of it begins so.
    #[must_use]
    pub fn begins(&self, path: &str, start: &str) -> bool {
        lookup(self.value, path).and_then(Value::as_str).is_some_and(|text| text.starts_with(start))
    }

    /// Whether it is an element of the array that is the member of that name.
    #[must_use]
    pub fn under(&self, name: &str) -> bool {
        matches!(self.path, [.., Step::Member(member), Step::Each] if member == name)
    }
}

/// A score for a condition.
#[must_use]
pub fn when(condition: bool, score: u8) -> u8 {
    if condition { score } else { 0 }
}

/// Whether a text has the shape of an AWS access key id: `AKIA` or another four-letter prefix of AWS, and capital
/// letters and digits (AWS documentation, IAM identifiers).
#[must_use]
pub fn is_aws_key_id(text: &str) -> bool {
    (16..=32).contains(&text.len())
        && ["AKIA", "ASIA", "ABIA", "ACCA"].iter().any(|prefix| text.starts_with(prefix))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The name of keytrail's own format.
pub const OWN: &str = "keytrail";

/// Whether a document says of itself that keytrail has written it.
#[must_use]
pub fn is_own(head: &Value) -> bool {
    head.get("inventory").and_then(Value::as_str) == Some(OWN)
}

/// What a value is that is no record of an export: those are objects, and texts where a list holds ids only.
#[must_use]
pub fn no_record(format: &Format, value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(_) => Some("a truth value"),
        Value::Number(_) => Some("a number"),
        Value::Array(_) => Some("a list"),
        Value::Object(members) => members.is_empty().then_some("an object without members"),
        Value::String(_) => (format.name != vault_accessors::FORMAT.name).then_some("a text"),
    }
}

/// The table that a record of a format holds in a text, or why that cannot be read.
#[must_use]
pub fn report_inside(format: &Format, value: &Value) -> Option<Result<Vec<u8>, &'static str>> {
    if format.name == aws_credential_report::FORMAT.name { aws_credential_report::content(value) } else { None }
}

/// When an export was made, where its record says so: the answer of AWS that holds a credential report does (IAM API
/// reference, `GetCredentialReport`).
#[must_use]
pub fn stated_date(format: &Format, record: &Value) -> Option<Timestamp> {
    let stated = record.get("GeneratedTime").filter(|_| format.name == aws_credential_report::FORMAT.name)?;
    stated.as_str()?.parse().ok()
}

/// The format of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name == name)
}

/// Declares formats: each a module of this folder with a constant `FORMAT`.
macro_rules! formats {
    ($($module:ident)*) => {
        $(mod $module;)*
        /// The exports that are recognised by their records, by name in alphabetical order.
        pub static FORMATS: &[&Format] = &[$(&$module::FORMAT),*];
    };
}

formats! {
    anthropic
    atlassian
    aws_access_keys
    aws_credential_report
    aws_last_used
    aws_secrets
    aws_service_credentials
    bitbucket
    bitwarden
    bitwarden_csv
    bitwarden_secrets
    cloudflare
    datadog
    datadog_v1
    digitalocean_spaces
    docbits
    doppler
    elastic
    elastic_service_tokens
    entra
    entra_sign_ins
    gcp_api_keys
    gcp_key_activity
    gcp_service_account_keys
    github_audit_log
    github_authorizations
    github_deploy_keys
    github_fine_grained
    github_installations
    github_secrets
    gitlab
    gitlab_deploy_tokens
    gitlab_keys
    google_app_passwords
    google_tokens
    grafana
    grafana_accounts
    heroku
    huggingface
    keytrail
    kubernetes
    newrelic
    npm
    okta
    okta_client_secrets
    onepassword
    onepassword_csv
    openai
    openrouter
    ownchat
    pagerduty_audit
    sendgrid
    sentry
    sentry_apps
    sentry_client_keys
    slack
    slack_logs
    snyk
    terraform_cloud
    twilio
    vault_accessors
    vault_kv
    vault_token
    vercel
}

#[cfg(test)]
pub(crate) mod tests {
    //! What the tests of importers share.
    #![allow(clippy::unwrap_used)]

    use super::super::{Inventory, Options};
    use super::*;

    /// The inventory of one file.
    pub fn inventory(name: &str, text: &str) -> Inventory {
        let mut inventory = Inventory::new(Options::default());
        inventory.read(name, text.as_bytes());
        inventory.finish();
        inventory
    }

    /// The keys of a file that is read without a problem and recognised as that format.
    pub fn keys(format: &str, text: &str) -> Vec<Key> {
        named_keys(format, "export.json", text)
    }

    /// As [`keys`], of a file with that name.
    pub fn named_keys(format: &str, name: &str, text: &str) -> Vec<Key> {
        let inventory = inventory(name, text);
        let problems: Vec<_> = inventory.problems().iter().filter(|problem| problem.kind.is_loss()).collect();
        assert!(problems.is_empty(), "{problems:#?}");
        assert_eq!(inventory.sources()[0].format, Some(format));
        inventory.into_keys()
    }

    /// The only key of a file.
    pub fn key(format: &str, text: &str) -> Key {
        let mut keys = keys(format, text);
        assert_eq!(keys.len(), 1, "{keys:#?}");
        keys.remove(0)
    }

    /// A time.
    pub fn at(text: &str) -> super::super::key::Field<jiff::Timestamp> {
        super::super::key::Field::Known(text.parse().unwrap())
    }

    /// A list.
    pub fn list(field: &super::super::key::Field<super::super::key::List>) -> Vec<String> {
        field.known().unwrap().iter().map(ToString::to_string).collect()
    }

    /// What a key shows of its secret.
    pub fn shown(key: &Key) -> Vec<String> {
        key.shown.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn formats_are_in_order_and_described() {
        assert!(FORMATS.windows(2).all(|pair| pair[0].name < pair[1].name), "not in order");
        for format in FORMATS {
            assert!(!format.title.is_empty() && !format.export.is_empty(), "{}", format.name);
            assert!(format.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }
}
