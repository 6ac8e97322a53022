//! Atlassian API tokens: of an organisation, or of one user.
//!
//! The members are those of Atlassian's API descriptions (API access, user management). The headings of the admin
//! console's CSV are unverified: it is read as a table by its headings.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "atlassian",
    title: "Atlassian API tokens",
    provider: "atlassian",
    export: "curl https://api.atlassian.com/admin/api-access/v1/orgs/ORG/api-tokens …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.all(&["id", "label", "createdAt"]);
    when(token && sample.any(&["lastActiveAt", "expiresAt", "lastAccess", "expiry"]), 90)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("atlassian", "api-token");
    key.id = row.text("id");
    key.name = row.text("label");
    key.owner = row.first(&["user/email", "user/name", "user/id"]).or(row.account_from_file());
    key.owner_kind = OwnerKind::User;
    key.created = row.time("createdAt");
    key.last_used = row.time("lastActiveAt").or(row.time("lastAccess"));
    key.expires = row.time_null_never("expiresAt").or(row.time_null_never("expiry"));
    key.status = match row.str("status") {
        Some("BLOCKED") => Field::Known(Status::Inactive),
        Some(_) => row.status("status"),
        None => Field::Known(Status::Active),
    };
    key.scopes = row.list("scopes");
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, named_keys};
    use super::*;

    #[test]
    fn of_an_organisation_and_of_one_user() {
        let organisation = key(
            "atlassian",
            r#"{"data":[{"id":"fake","label":"fake","status":"ALLOWED","createdAt":"2024-01-01T00:00:00Z",
            "expiresAt":"2025-01-01T00:00:00Z","lastActiveAt":"2024-02-01T00:00:00Z","user":{"id":"fake","name":"Fake",
            "email":"a@example.com"}}],"links":{"next":null}}"#,
        );
        assert_eq!((organisation.owner, organisation.last_used), (Field::Known("a@example.com".into()), at("2024-02-01T00:00:00Z")));
        assert_eq!(organisation.status, Field::Known(Status::Active));
        let user = named_keys(
            "atlassian",
            "jane-tokens.json",
            r#"[{"id":"fake","label":"fake","createdAt":"2024-01-01T00:00:00.000Z",
            "lastAccess":"2024-02-01T00:00:00.000Z","expiry":"2025-01-01T00:00:00.000Z"}]"#,
        );
        assert_eq!((user[0].expires, &user[0].owner), (at("2025-01-01T00:00:00Z"), &Field::Known("jane".into())));
    }
}
