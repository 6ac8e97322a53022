//! OpenAI admin keys and project keys.
//!
//! Times are seconds since 1970. A key whose owner has lost access to the project goes on working; that is noted.
//! Confirmed against the example of OpenAI's API reference, "List project API keys"; `owner_project_access` and the
//! expiry of admin keys are those of its API description.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OWNER_GONE, OwnerKind, Status};
use crate::inventory::row::{Row, owner_kind};

/// See the module.
pub const FORMAT: Format = Format {
    name: "openai",
    title: "OpenAI admin and project API keys",
    provider: "openai",
    export: "curl 'https://api.openai.com/v1/organization/projects/ID/api_keys?owner_project_access=any' …",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let object = sample.begins("object", "organization.admin_api_key");
    let object = object || sample.begins("object", "organization.project.api_key");
    when(object || sample.all(&["redacted_value", "created_at", "owner"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let admin = row.str("object").is_some_and(|object| object.contains("admin"));
    let mut key = row.key("openai", if admin { "admin-key" } else { "project-key" });
    key.id = row.text("id");
    key.name = row.text("name");
    let kind = row.str("owner/type").unwrap_or_default();
    key.owner_kind = owner_kind(kind);
    key.owner = row.first(&[
        "owner/user/email",
        "owner/user/name",
        "owner/user/id",
        "owner/service_account/name",
        "owner/service_account/id",
        "owner/name",
        "owner/id",
    ]);
    key.account = row.first(&["project_id"]).or(row.account_from_file());
    key.created = row.time("created_at");
    key.last_used = row.time_null_never("last_used_at");
    key.expires = row.time_null_never("expires_at");
    key.status = Field::Known(Status::Active);
    if row.str("owner_project_access") == Some("inactive") {
        key.note(OWNER_GONE);
    }
    key.scopes = match row.get("scopes") {
        Some(Value::Array(_)) => row.list("scopes"),
        _ => Field::Unknown,
    };
    if kind == "service_account" {
        key.owner_kind = OwnerKind::Service;
    }
    key.shown.extend(row.shown("redacted_value"));
    key.shown.extend(row.shown("value"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, shown};
    use super::*;

    #[test]
    fn pages_and_owners() {
        let inventory = inventory(
            "keys.json",
            r#"{"object":"list","data":[{"object":"organization.project.api_key","id":"key_fake","name":null,
            "redacted_value":"sk-FAKE...FAKE","created_at":1700000000,"last_used_at":null,
            "owner_project_access":"inactive","owner":{"type":"user","user":{"email":"a@example.com"}}},
            {"object":"organization.admin_api_key","id":"key_2","name":"x","redacted_value":"sk-admin-...z",
            "created_at":1700000000,"expires_at":null,"last_used_at":1700000001,
            "owner":{"type":"service_account","name":"bot","id":"sa_1"}}],
            "first_id":"a","last_id":"b","has_more":true}"#,
        );
        let keys = inventory.keys();
        assert_eq!((keys[0].created, keys[0].last_used, keys[0].expires), (at("2023-11-14T22:13:20Z"), Field::Empty, Field::Unknown));
        assert_eq!((&keys[0].name, shown(&keys[0])), (&Field::Unknown, vec!["mask sk-FAKE…FAKE".to_owned()]));
        assert!(keys[0].notes[0].contains("lost access"));
        assert_eq!((keys[1].expires, keys[1].owner_kind), (Field::Empty, OwnerKind::Service));
        assert!(inventory.sources()[0].incomplete, "{:?}", inventory.problems());
    }
}
