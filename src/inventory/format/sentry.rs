//! Sentry organisation tokens and user tokens, which show their last characters.
//!
//! Answers of older versions hold user tokens whole. The members are those of Sentry's source (serializers of
//! `org-auth-tokens` and `api-tokens`).

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "sentry",
    title: "Sentry organisation and user tokens",
    provider: "sentry",
    export: "curl https://sentry.io/api/0/organizations/ORG/org-auth-tokens/ …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.all(&["id", "scopes", "dateCreated"]);
    when(token && sample.any(&["tokenLastCharacters", "dateLastUsed", "application"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let user = row.has("application") || row.has("state");
    let mut key = row.key("sentry", if user { "user-token" } else { "organization-token" });
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["createdBy/email", "createdBy/username"]);
    key.owner_kind = if user { OwnerKind::User } else { OwnerKind::Team };
    key.account = row.account_from_file();
    key.created = row.time("dateCreated");
    key.last_used = row.time_null_never("dateLastUsed");
    key.expires = if user { row.time_null_never("expiresAt") } else { Field::Empty };
    key.scopes = row.list("scopes");
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.suffix("tokenLastCharacters"));
    key.shown.extend(row.shown("token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list, shown};
    use super::*;

    #[test]
    fn a_token_that_was_never_used() {
        let key = key(
            "sentry",
            r#"[{"id":"1","name":"fake","scopes":["org:ci"],"tokenLastCharacters":"fake",
            "dateCreated":"2024-01-01T00:00:00Z","dateLastUsed":null,"projectLastUsedId":null}]"#,
        );
        assert_eq!((key.last_used, shown(&key)), (Field::Empty, vec!["mask …fake".to_owned()]));
        assert_eq!((list(&key.scopes), key.kind.as_str()), (vec!["org:ci".to_owned()], "organization-token"));
    }
}
