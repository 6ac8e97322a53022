//! Sentry integrations that an organisation has made or installed, with their scopes.
//!
//! The members are those of Sentry's API reference ("Retrieve the custom integrations created by an organization").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "sentry-apps",
    title: "Sentry custom integrations",
    provider: "sentry",
    export: "curl https://sentry.io/api/0/organizations/ORG/sentry-apps/ …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["uuid", "scopes"]) && sample.any(&["clientSecret", "clientId", "isAlertable"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("sentry", "integration");
    key.id = row.text("uuid");
    key.name = row.text("name");
    key.owner = row.first(&["owner/slug", "author"]);
    key.owner_kind = OwnerKind::Service;
    key.created = row.time("datePublished");
    key.scopes = row.list("scopes");
    key.status = match row.str("status") {
        Some("published" | "internal" | "unpublished") => Field::Known(Status::Active),
        Some("deletion_in_progress") => Field::Known(Status::Revoked),
        _ => Field::Unknown,
    };
    key.shown.extend(row.shown("clientSecret"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};
    use super::*;

    #[test]
    fn a_masked_secret_is_no_secret() {
        let key = key(
            "sentry-apps",
            r#"[{"uuid":"u-1","name":"fake","scopes":["event:admin"],"status":"internal","clientId":"c",
            "clientSecret":"************","owner":{"slug":"fake-org"}}]"#,
        );
        assert_eq!((list(&key.scopes), key.shown.len()), (vec!["event:admin".to_owned()], 0));
        assert_eq!(key.owner, Field::Known("fake-org".into()));
    }
}
