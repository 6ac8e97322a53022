//! Okta API tokens: active ones only, with all rights of their user.
//!
//! Every use moves the expiry by the token's window, so that the expiry tells of the last use rather than of an end.
//! `lastUpdated` is not documented as the last use and is not taken for it. The members are those of Okta's API
//! reference ("List all API token metadata").

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "okta",
    title: "Okta API tokens",
    provider: "okta",
    export: "curl https://ORG.okta.com/api/v1/api-tokens …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.has("tokenWindow") || sample.all(&["id", "userId", "clientName", "expiresAt"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("okta", "api-token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.shared("userId");
    key.owner_kind = OwnerKind::User;
    key.created = row.time("created");
    key.expires = row.time_null_never("expiresAt");
    key.status = Field::Known(Status::Active);
    key.scopes = row.texts(["unrestricted"]);
    key.restrictions = match row.str("network/connection") {
        Some("ANYWHERE") => Field::Empty,
        Some(_) => {
            let zones = |name: &str, sign: &str| -> Vec<String> {
                let zones = row.get(&format!("network/{name}")).and_then(Value::as_array).into_iter().flatten();
                zones.filter_map(text_of).map(|zone| format!("{sign}zone:{zone}")).collect()
            };
            row.texts([zones("include", ""), zones("exclude", "!")].concat())
        }
        None => Field::Unknown,
    };
    if let Some(window) = row.str("tokenWindow") {
        key.note(format!("expires {window} after its last use"));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list};
    use super::*;

    #[test]
    fn a_token_with_a_sliding_end() {
        let key = key(
            "okta",
            r#"[{"id":"00Tfake","name":"fake","userId":"00ufake","clientName":"Okta API",
            "created":"2024-01-01T00:00:00.000Z","lastUpdated":"2024-01-02T00:00:00.000Z",
            "expiresAt":"2024-02-01T00:00:00.000Z","tokenWindow":"P30D","network":{"connection":"ANYWHERE"}}]"#,
        );
        assert_eq!((key.last_used, key.expires), (Field::Unknown, at("2024-02-01T00:00:00Z")));
        assert_eq!((list(&key.scopes), key.restrictions), (vec!["unrestricted".to_owned()], Field::Empty));
    }
}
