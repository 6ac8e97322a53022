//! Slack integration logs: who added which application with which scopes, and when it was removed.
//!
//! Events of one application become one key. The members are general knowledge and read tolerantly.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "slack-logs",
    title: "Slack integration logs",
    provider: "slack",
    export: "curl https://slack.com/api/team.integrationLogs …",
    basis: Basis::Unconfirmed,
    events: true,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["change_type", "date"]) && sample.any(&["app_id", "service_id", "service_type"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("slack", "app");
    key.id = row.text("app_id").or(row.text("service_id"));
    key.name = row.first(&["app_type", "service_type"]);
    key.owner = row.first(&["user_name", "user_id"]);
    key.owner_kind = OwnerKind::User;
    key.scopes = row.list("scope");
    let change = row.str("change_type").unwrap_or_default();
    if change == "added" {
        key.created = row.time("date");
        key.basis = Age::Granted;
    }
    // The newest event comes first, and it is the one that stays.
    key.status = match change {
        "removed" => Field::Known(Status::Revoked),
        "disabled" => Field::Known(Status::Inactive),
        _ => Field::Known(Status::Active),
    };
    if !key.id.is_unknown() {
        out.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory};
    use super::*;

    #[test]
    fn the_newest_event_tells_the_state() {
        let inventory = inventory(
            "logs.json",
            r#"{"ok":true,"logs":[{"app_id":"A1","service_type":"x","user_name":"u","date":"1700000001",
            "change_type":"removed"},{"app_id":"A1","service_type":"x","user_name":"u","date":"1700000000",
            "change_type":"added","scope":"chat:write,files:read"}],"paging":{"count":2,"total":2,"page":1,"pages":1}}"#,
        );
        assert_eq!(inventory.problems(), []);
        assert_eq!(inventory.keys().len(), 1);
        let key = &inventory.keys()[0];
        assert_eq!((key.status, key.created), (Field::Known(Status::Revoked), at("2023-11-14T22:13:20Z")));
    }
}
