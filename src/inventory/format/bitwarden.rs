//! Bitwarden vault export as JSON: items with their secrets.
//!
//! `revisionDate` moves on any edit; that the password changed is said by its history only. Hidden fields hold keys as
//! logins do. The members are partly confirmed by Bitwarden's documentation of its import format.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, read_time, shown_of, text_of};
use crate::inventory::time::Reading;

/// See the module.
pub const FORMAT: Format = Format {
    name: "bitwarden",
    title: "Bitwarden vault export (JSON)",
    provider: "bitwarden",
    export: "bw export --format json",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "name", "type"]) && sample.any(&["login", "secureNote", "revisionDate", "reprompt"]), 90)
}

/// The type of a hidden field.
const HIDDEN: u64 = 1;

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    if row.has("card") && !row.is_null("card") || row.has("identity") && !row.is_null("identity") {
        return row.skip("cards and identities");
    }
    let mut key = row.key("bitwarden", "vault-item");
    key.id = row.text("id");
    key.name = row.text("name");
    key.account = row.shared("organizationId");
    key.owner = row.shared("login/username");
    key.created = row.time("creationDate");
    let gone = row.time("deletedDate").known().is_some();
    key.status = Field::Known(if gone { Status::Revoked } else { Status::Active });
    key.shown.extend(row.shown("login/password"));
    for field in row.each("fields") {
        let name = field.get("name").and_then(text_of).unwrap_or_default().to_lowercase();
        let Some(value) = field.get("value").and_then(Value::as_str) else { continue };
        match name.as_str() {
            _ if field.get("type").and_then(Value::as_u64) == Some(HIDDEN) => key.shown.extend(shown_of(value)),
            "owner" | "contact" => key.owner = Field::Known(row.context.shared(value)),
            "environment" => key.environment = Field::Known(row.context.shared(value)),
            _ => {}
        }
    }
    // An entry of the history says until when the former password was used.
    let changed = row.each("passwordHistory").filter_map(|entry| {
        match read_time(entry.get("lastUsedDate")?, &row.context.clock) {
            Reading::Is(Field::Known(time)) => Some(time),
            _ => None,
        }
    });
    key.rotated = changed.max().into();
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, keys};
    use super::*;

    #[test]
    fn the_history_tells_of_rotations() {
        let keys = keys(
            "bitwarden",
            r#"{"encrypted":false,"folders":[],"items":[{"id":"i1","organizationId":null,"folderId":null,"type":1,
            "reprompt":0,"name":"Fake API","notes":null,"favorite":false,"fields":[{"name":"api key","value":"FAKEFAKE",
            "type":1,"linkedId":null},{"name":"owner","value":"a@example.com","type":0}],
            "login":{"uris":[{"match":null,"uri":"https://example.com"}],"username":"u","password":"FAKE","totp":null},
            "passwordHistory":[{"lastUsedDate":"2024-03-01T00:00:00.000Z","password":"OLD"}],
            "revisionDate":"2024-05-01T00:00:00.000Z","creationDate":"2024-01-01T00:00:00.000Z","deletedDate":null}]}"#,
        );
        assert_eq!((keys[0].rotated, keys[0].shown.len()), (at("2024-03-01T00:00:00Z"), 2));
        assert_eq!(keys[0].owner, Field::Known("a@example.com".into()));
    }

    #[test]
    fn an_encrypted_export_says_so() {
        let inventory = inventory("v.json", r#"{"encrypted":true,"passwordProtected":true,"salt":"x","data":"2.abc"}"#);
        assert!(inventory.problems()[0].message.contains("encrypted"), "{:?}", inventory.problems());
    }
}
