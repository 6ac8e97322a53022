//! Google Workspace: third-party applications with access to a user's account, from the Admin SDK.
//!
//! The members are those of the Directory API reference (`tokens.list`). There are no dates.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "google-tokens",
    title: "Google Workspace third-party access",
    provider: "google-oauth",
    export: "gam all users print tokens, or the Directory API: users/USER/tokens",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["clientId", "displayText"]) && sample.any(&["scopes", "userKey"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("google-oauth", "grant");
    let (client, user) = (row.text("clientId"), row.shared("userKey"));
    key.id = match (&client, &user) {
        (Field::Known(client), Field::Known(user)) => Field::Known(format!("{client}/{user}").into()),
        _ => client,
    };
    key.name = row.text("displayText");
    key.owner = user;
    key.owner_kind = OwnerKind::User;
    key.scopes = row.list("scopes");
    key.status = Field::Known(Status::Active);
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};

    #[test]
    fn a_grant_has_scopes_and_no_dates() {
        let key = key(
            "google-tokens",
            r#"{"kind":"admin#directory#tokenList","items":[{"clientId":"fake.apps.example","displayText":"Fake app",
            "userKey":"1","scopes":["https://www.googleapis.com/auth/drive"],"anonymous":false,"nativeApp":false}]}"#,
        );
        assert_eq!(list(&key.scopes), ["https://www.googleapis.com/auth/drive"]);
        assert!(key.created.is_unknown() && key.last_used.is_unknown());
    }
}
