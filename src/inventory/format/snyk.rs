//! Snyk service accounts: neither when they were made nor when they were used is in the list.
//!
//! The attributes are those of Snyk's documentation, "Manage service accounts using the Snyk API"; the wrapper is that
//! of JSON:API. Partly confirmed.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "snyk",
    title: "Snyk service accounts",
    provider: "snyk",
    export: "curl 'https://api.snyk.io/rest/orgs/ORG/service_accounts?version=2024-10-15' …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.is("type", "service_account") || sample.all(&["attributes/auth_type", "attributes/role_id"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let kind = row.first(&["attributes/auth_type"]).known().map_or_else(|| "service-account".to_owned(), |kind| kind.replace('_', "-"));
    let mut key = row.key("snyk", &kind);
    key.id = row.text("id");
    key.name = row.text("attributes/name");
    key.owner = row.text("attributes/name");
    key.owner_kind = OwnerKind::Service;
    key.account = row.account_from_file();
    key.expires = if kind == "api-key" { Field::Empty } else { row.time("attributes/access_token_expires_at") };
    key.scopes = match row.text("attributes/role_id") {
        Field::Known(role) => row.texts([format!("role:{role}")]),
        _ => Field::Unknown,
    };
    key.resources = row.list("attributes/level");
    for path in ["attributes/api_key", "attributes/access_token", "attributes/client_secret"] {
        key.shown.extend(row.shown(path));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};
    use super::*;

    #[test]
    fn the_age_stays_unknown() {
        let key = key(
            "snyk",
            r#"{"jsonapi":{"version":"1.0"},"data":[{"id":"fake","type":"service_account","attributes":{"name":"fake",
            "auth_type":"api_key","role_id":"fake-role","level":"Org"}}],"links":{}}"#,
        );
        assert_eq!((key.created, key.last_used, key.expires), (Field::Unknown, Field::Unknown, Field::Empty));
        assert_eq!((list(&key.scopes), key.kind.as_str()), (vec!["role:fake-role".to_owned()], "api-key"));
    }
}
