//! 1Password items, as `op item list` and `op item get` print them, or as the `export.data` of a `.1pux` file holds
//! them.
//!
//! A listing holds no secrets; single items and exports do, in concealed fields. `updated_at` moves on any edit and is
//! no rotation. The members are partly confirmed by 1Password's documentation of its command line.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, read_time, shown_of, text_of};
use crate::inventory::time::Reading;

/// See the module.
pub const FORMAT: Format = Format {
    name: "onepassword",
    title: "1Password items",
    provider: "1password",
    export: "op item list --categories 'API Credential' --format json",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let listed = sample.all(&["id", "title", "category", "vault"]);
    let exported = sample.all(&["uuid", "overview", "categoryUuid"]) || sample.all(&["uuid", "overview", "details"]);
    when(listed || exported, 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("1password", "vault-item");
    key.id = row.text("id").or(row.text("uuid"));
    key.name = row.text("title").or(row.text("overview/title"));
    key.account = row.shared("vault/name");
    key.owner = row.first(&["last_edited_by"]);
    key.created = row.time("created_at").or(row.time("createdAt"));
    key.status = match row.str("state") {
        Some("archived" | "ARCHIVED") => Field::Known(Status::Inactive),
        _ => Field::Known(Status::Active),
    };
    key.integrations = row.list("tags").or(row.list("overview/tags"));
    for field in row.each("fields") {
        let label = field.get("label").or_else(|| field.get("id")).and_then(text_of).unwrap_or_default().to_lowercase();
        let concealed = field.get("type").and_then(Value::as_str) == Some("CONCEALED");
        let Some(value) = field.get("value") else { continue };
        match label.as_str() {
            "expires" | "expiry" | "expiry date" | "expiration" => {
                if let Reading::Is(time) = read_time(value, &row.context.clock) {
                    key.expires = time;
                }
            }
            "owner" | "contact" => key.owner = text_of(value).map(|text| row.context.shared(&text)).into(),
            "environment" => key.environment = text_of(value).map(|text| row.context.shared(&text)).into(),
            _ if concealed => key.shown.extend(value.as_str().and_then(shown_of)),
            _ => {}
        }
    }
    let sections = row.each("details/sections").flat_map(|section| {
        section.get("fields").and_then(Value::as_array).into_iter().flatten()
    });
    let concealed = sections.filter_map(|field| field.get("value")?.get("concealed")?.as_str());
    let login = row.each("details/loginFields").filter(|field| field.get("designation").and_then(Value::as_str) == Some("password"));
    let login = login.filter_map(|field| field.get("value")?.as_str());
    key.shown.extend(concealed.chain(login).filter_map(shown_of));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};
    use super::*;

    #[test]
    fn a_listing_an_item_and_an_export() {
        let listed = key(
            "onepassword",
            r#"[{"id":"fake","title":"Fake API","version":2,"vault":{"id":"fake","name":"Ops"},
            "category":"API_CREDENTIAL","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-02-01T00:00:00Z","tags":["prod"]}]"#,
        );
        assert_eq!((listed.rotated, listed.created), (Field::Unknown, at("2024-01-01T00:00:00Z")));
        assert!(listed.shown.is_empty());
        let item = key(
            "onepassword",
            r#"{"id":"fake","title":"Fake API","vault":{"id":"fake","name":"Ops"},"category":"API_CREDENTIAL",
            "created_at":"2024-01-01T00:00:00Z","fields":[{"id":"credential","type":"CONCEALED","label":"credential",
            "value":"FAKEFAKE"},{"id":"expires","type":"DATE","label":"expires","value":"1735689600"}]}"#,
        );
        assert!(item.is_in_plaintext());
        assert_eq!(item.expires, at("2025-01-01T00:00:00Z"));
        let exported = key(
            "onepassword",
            r#"{"accounts":[{"attrs":{"name":"A"},"vaults":[{"attrs":{"name":"Ops"},"items":[{"uuid":"u","createdAt":1700000000,
            "updatedAt":1700000001,"state":"active","categoryUuid":"112","overview":{"title":"Fake"},
            "details":{"loginFields":[],"sections":[{"title":"","fields":[{"title":"credential","id":"credential",
            "value":{"concealed":"FAKEFAKE"}}]}]}}]}]}]}"#,
        );
        assert!(exported.is_in_plaintext());
        assert_eq!(exported.created, at("2023-11-14T22:13:20Z"));
    }
}
