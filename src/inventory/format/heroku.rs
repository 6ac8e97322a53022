//! Heroku authorisations, whose answer holds the tokens whole.
//!
//! An authorisation without a client was made by hand. The members are those of Heroku's platform API schema
//! (`oauth-authorization`).

use jiff::SignedDuration;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "heroku",
    title: "Heroku authorisations",
    provider: "heroku",
    export: "heroku authorizations --json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "scope", "access_token"]) && sample.any(&["created_at", "description", "client"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("heroku", "authorization");
    key.id = row.text("id");
    key.name = row.text("description");
    key.owner = row.first(&["user/email", "user/id"]);
    key.owner_kind = OwnerKind::User;
    key.created = row.time("created_at");
    key.scopes = row.list("scope");
    key.integrations = match row.shared("client/name") {
        Field::Known(client) => row.texts([client]),
        _ => Field::Unknown,
    };
    key.status = Field::Known(Status::Active);
    key.expires = match (row.get("access_token/expires_in"), row.time("updated_at")) {
        (Some(serde_json::Value::Null), _) => Field::Empty,
        // So many seconds from when the token was last issued.
        (Some(serde_json::Value::Number(seconds)), Field::Known(from)) => {
            let seconds = seconds.as_i64().map(SignedDuration::from_secs);
            Field::from(seconds.and_then(|seconds| from.checked_add(seconds).ok()))
        }
        _ => Field::Unknown,
    };
    key.shown.extend(row.shown("access_token/token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};
    use super::*;

    #[test]
    fn the_token_is_kept_as_a_secret() {
        let key = key(
            "heroku",
            r#"[{"id":"fake","description":"fake","scope":["global"],"created_at":"2024-01-01T00:00:00Z",
            "updated_at":"2024-01-01T00:00:00Z","access_token":{"id":"fake","token":"FAKE","expires_in":null},
            "client":null,"user":{"id":"u","email":"a@example.com"}}]"#,
        );
        assert_eq!((key.expires, list(&key.scopes)), (Field::Empty, vec!["global".to_owned()]));
        assert!(key.is_in_plaintext());
    }
}
