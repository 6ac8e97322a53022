//! GitLab personal, project and group access tokens.
//!
//! A token ends at 00:00 UTC of its last date. Rotating makes a new token, so that the date of making is that of the
//! last rotation. Confirmed against the example answer of GitLab's documentation, "Personal access tokens API".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "gitlab",
    title: "GitLab personal, project and group access tokens",
    provider: "gitlab",
    export: "glab api --paginate personal_access_tokens",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.all(&["id", "name", "scopes", "revoked"]);
    when(token && sample.all(&["active", "expires_at"]) && sample.any(&["user_id", "created_at", "access_level"]), 90)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("gitlab", "access-token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["user/username", "user_id"]);
    key.owner_kind = if row.has("access_level") { OwnerKind::Service } else { OwnerKind::User };
    key.account = row.account_from_file();
    key.created = row.time("created_at");
    key.last_used = row.time_null_never("last_used_at");
    key.expires = row.time_null_never("expires_at");
    // A token is active that is neither revoked nor past its end.
    key.status = match (row.flag("active"), row.flag("revoked")) {
        (_, Some(true)) => Field::Known(Status::Revoked),
        (Some(false), Some(false)) => Field::Known(Status::Expired),
        (Some(false), None) => Field::Known(Status::Inactive),
        (Some(true), _) => Field::Known(Status::Active),
        (None, _) => Field::Unknown,
    };
    key.scopes = row.list("scopes");
    let role = row.get("access_level").and_then(serde_json::Value::as_u64).and_then(role);
    if let Some(role) = role {
        Key::add_to(&mut key.scopes, format!("role:{role}"));
    }
    key.shown.extend(row.shown("token"));
    out.push(key);
}

/// The role of an access level (GitLab documentation, "Members API").
fn role(level: u64) -> Option<&'static str> {
    Some(match level {
        10 => "guest",
        15 => "planner",
        20 => "reporter",
        30 => "developer",
        40 => "maintainer",
        50 => "owner",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list};
    use super::*;

    #[test]
    fn tokens_of_people_and_of_projects() {
        let keys = keys(
            "gitlab",
            r#"[{"id":4,"name":"Test Token","revoked":false,"created_at":"2020-07-23T14:31:47.729Z",
            "description":"Test Token description","scopes":["api"],"user_id":3,
            "last_used_at":"2021-10-06T17:58:37.550Z","active":true,"expires_at":null},
            {"id":5,"name":"bot","scopes":["read_api"],"user_id":7,"created_at":"2024-01-01T00:00:00.000Z",
            "expires_at":"2024-12-31","active":false,"revoked":true,"access_level":40}]"#,
        );
        assert_eq!((keys[0].last_used, keys[0].expires), (at("2021-10-06T17:58:37.55Z"), Field::Empty));
        assert_eq!(keys[0].status, Field::Known(Status::Active));
        assert_eq!((keys[1].last_used, keys[1].expires), (Field::Unknown, at("2024-12-31T00:00:00Z")));
        assert_eq!(keys[1].status, Field::Known(Status::Revoked));
        assert_eq!(list(&keys[1].scopes), ["read_api", "role:maintainer"]);
    }
}
