//! HCP Terraform user, team and organisation tokens.
//!
//! `expired-at` is when the token will expire, not when it did. Confirmed against the examples of
//! HashiCorp's documentation, "User tokens API reference"; another example there has a trailing comma, which is taken.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::{Row, owner_kind};

/// See the module.
pub const FORMAT: Format = Format {
    name: "terraform-cloud",
    title: "HCP Terraform tokens",
    provider: "terraform-cloud",
    export: "curl https://app.terraform.io/api/v2/organizations/ORG/team-tokens …",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.is("type", "authentication-tokens") && sample.has("attributes");
    when(token || sample.all(&["attributes/created-at", "attributes/last-used-at"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("terraform-cloud", "token");
    key.id = row.text("id");
    key.name = row.text("attributes/description");
    key.owner = row.first(&["relationships/team/data/id", "relationships/created-by/data/id"]);
    key.owner_kind = match row.str("relationships/team/data/type") {
        Some(kind) => owner_kind(kind),
        None => OwnerKind::User,
    };
    key.account = row.account_from_file();
    key.created = row.time("attributes/created-at");
    key.last_used = row.time_null_never("attributes/last-used-at");
    key.expires = row.time_null_never("attributes/expired-at");
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.shown("attributes/token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};
    use super::*;

    #[test]
    fn expired_at_lies_ahead() {
        let key = key(
            "terraform-cloud",
            r#"{"data":[{"id":"at-FAKE0001","type":"authentication-tokens","attributes":{
            "created-at":"2024-01-01T00:00:00.000Z","last-used-at":null,"description":"fake","token":null,
            "expired-at":"2030-01-01T00:00:00.000Z"},"relationships":{"team":{"data":{"id":"team-1","type":"teams"}}}},]}"#,
        );
        assert_eq!((key.expires, key.last_used), (at("2030-01-01T00:00:00Z"), Field::Empty));
        assert_eq!((key.owner, key.owner_kind), (Field::Known("team-1".into()), OwnerKind::Team));
    }
}
