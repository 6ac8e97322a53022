//! Bitbucket Data Center HTTP access tokens. Bitbucket Cloud has no call that lists access tokens.
//!
//! Times are milliseconds; `lastAuthenticated` is absent for tokens never used. Partly confirmed.

use jiff::SignedDuration;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "bitbucket",
    title: "Bitbucket Data Center access tokens",
    provider: "bitbucket",
    export: "curl https://HOST/rest/access-tokens/1.0/users/USER …",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "createdDate", "permissions"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("bitbucket", "access-token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["user/emailAddress", "user/name", "user/slug"]).or(row.account_from_file());
    key.owner_kind = if row.has("user") { OwnerKind::User } else { OwnerKind::Unknown };
    key.created = row.time("createdDate");
    key.last_used = row.time_absent_never("lastAuthenticated");
    key.scopes = row.list("permissions");
    key.status = Field::Known(Status::Active);
    key.expires = match (row.time("expiryDate"), row.get("expiryDays").and_then(serde_json::Value::as_i64), key.created) {
        (Field::Known(time), ..) => Field::Known(time),
        (_, Some(days), Field::Known(created)) => {
            let end = SignedDuration::try_from_hours(days.saturating_mul(24)).map(|days| created.checked_add(days));
            match end {
                Some(Ok(end)) => Field::Known(end),
                _ => Field::Unknown,
            }
        }
        _ => Field::Empty,
    };
    key.shown.extend(row.shown("token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list};
    use super::*;

    #[test]
    fn milliseconds_and_days_to_live() {
        let keys = keys(
            "bitbucket",
            r#"{"size":1,"limit":25,"isLastPage":true,"values":[{"id":"1","name":"fake","createdDate":1700000000000,
            "lastAuthenticated":1700000001000,"permissions":["REPO_ADMIN"],"user":{"name":"fake-user"}},
            {"id":"2","name":"b","createdDate":1700000000000,"expiryDays":10,"permissions":[]}]}"#,
        );
        assert_eq!((keys[0].last_used, keys[0].expires), (at("2023-11-14T22:13:21Z"), Field::Empty));
        assert_eq!(list(&keys[0].scopes), ["REPO_ADMIN"]);
        assert_eq!((keys[1].last_used, keys[1].expires), (Field::Empty, at("2023-11-24T22:13:20Z")));
        assert!(keys[1].scopes.is_empty());
    }
}
