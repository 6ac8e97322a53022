//! npm access tokens: `npm token list`, as JSON or as the table of `--parseable`, and the registry's own answer.
//!
//! The start of the token is shown, six to eight characters of it. There is no last use; the expiry of granular tokens
//! is in newer answers of the registry. The members are those of npm's command line (`npm-token`, `npm-profile`).

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "npm",
    title: "npm access tokens",
    provider: "npm",
    export: "npm token list --json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["key", "token", "readonly"]) && sample.any(&["cidr_whitelist", "CIDR whitelist", "created"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("npm", "access-token");
    key.id = row.text("key");
    key.name = row.text("name");
    key.owner = row.account_from_file();
    key.owner_kind = OwnerKind::User;
    key.created = row.time("created");
    key.expires = row.time("expires").or(row.time("expiry"));
    key.status = Field::Known(Status::Active);
    key.scopes = match row.flag("readonly") {
        Some(flag) => row.texts([format!("readonly:{flag}")]),
        None => Field::Unknown,
    };
    let whitelist = if row.has("cidr_whitelist") { "cidr_whitelist" } else { "CIDR whitelist" };
    key.restrictions = match row.get(whitelist) {
        Some(serde_json::Value::Null) => Field::Empty,
        Some(serde_json::Value::String(text)) if text.is_empty() => Field::Empty,
        _ => row.list(whitelist),
    };
    // What `token list` prints is a start, without a sign that something is missing.
    match row.str("token") {
        Some(token) if token.len() <= 12 && !token.contains("..") => key.shown.extend(row.prefix("token")),
        Some(_) => key.shown.extend(row.shown("token")),
        None => {}
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list, named_keys, shown};

    #[test]
    fn as_json() {
        let key = key(
            "npm",
            r#"[{"key":"fakekey0001","token":"npm_fa","name":"fake","created":"2024-01-01T00:00:00.000Z",
            "readonly":false,"cidr_whitelist":null}]"#,
        );
        assert_eq!((shown(&key), list(&key.scopes)), (vec!["mask npm_fa…".into()], vec!["readonly:false".to_owned()]));
        assert!(key.restrictions.is_empty());
    }

    #[test]
    fn as_a_table_with_tabs() {
        let text = "key\ttoken\tcreated\treadonly\tCIDR whitelist\nfakekey0001\tnpm_fa\t2024-01-01T00:00:00.000Z\ttrue\t\
            192.0.2.0/24,198.51.100.0/24\n";
        let keys = named_keys("npm", "tokens.tsv", text);
        assert_eq!(keys[0].created, at("2024-01-01T00:00:00Z"));
        assert_eq!(list(&keys[0].restrictions), ["192.0.2.0/24", "198.51.100.0/24"]);
    }
}
