//! GitLab deploy tokens: neither when they were made nor when they were used is in the list.
//!
//! Confirmed against the example answers of GitLab's documentation, "Deploy tokens API".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "gitlab-deploy-tokens",
    title: "GitLab deploy tokens",
    provider: "gitlab",
    export: "glab api --paginate projects/ID/deploy_tokens",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "name", "username", "scopes", "expired", "revoked"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("gitlab", "deploy-token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.shared("username");
    key.owner_kind = OwnerKind::Service;
    key.account = row.account_from_file();
    key.expires = row.time_null_never("expires_at");
    key.scopes = row.list("scopes");
    key.status = match (row.flag("revoked"), row.flag("expired")) {
        (Some(true), _) => Field::Known(Status::Revoked),
        (_, Some(true)) => Field::Known(Status::Expired),
        (Some(false), Some(false)) => Field::Known(Status::Active),
        _ => Field::Unknown,
    };
    key.shown.extend(row.shown("token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};
    use super::*;

    #[test]
    fn the_age_stays_unknown() {
        let key = key(
            "gitlab-deploy-tokens",
            r#"[{"id":1,"name":"fake","username":"gitlab+deploy-token-1","expires_at":"2025-01-01T00:00:00.000Z",
            "revoked":false,"expired":false,"scopes":["write_registry"]}]"#,
        );
        assert_eq!((key.created, key.last_used), (Field::Unknown, Field::Unknown));
        assert_eq!(key.expires, at("2025-01-01T00:00:00Z"));
    }
}
