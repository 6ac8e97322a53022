//! Slack applications of an organisation: approved, restricted and requested ones, with their scopes. No tokens.
//!
//! The members are those of Slack's published API description of 2021.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Field, Key, OwnerKind, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "slack",
    title: "Slack applications of an organisation",
    provider: "slack",
    export: "curl https://slack.com/api/admin.apps.approved.list …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let app = sample.has("app/id") && sample.has("scopes");
    let listed = ["approved_apps", "restricted_apps", "app_requests"].iter().any(|name| sample.under(name));
    when(app && (listed || sample.any(&["date_updated", "last_resolved_by", "app/is_internal"])), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let requested = row.has("date_created") && row.has("user");
    let mut key = row.key("slack", "app");
    key.id = row.text("app/id");
    key.name = row.text("app/name");
    key.owner = row.first(&["user/email", "user/name", "user/id"]);
    key.owner_kind = OwnerKind::Service;
    key.account = row.first(&["team/name", "team/id"]).or(row.account_from_file());
    key.created = row.time("date_created").or(row.time("date_updated"));
    key.basis = Age::Granted;
    let restricted = row.document.get("restricted_apps").is_some();
    key.status = Field::Known(match (requested, restricted) {
        (true, _) => Status::Pending,
        (_, true) => Status::Inactive,
        _ => Status::Active,
    });
    let scopes = row.each("scopes").filter_map(|scope| scope.get("name").and_then(text_of).or_else(|| text_of(scope)));
    key.scopes = row.texts(scopes);
    if row.get("app/is_internal") == Some(&Value::Bool(true)) {
        key.note("made by the organisation itself");
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, list};
    use super::*;

    #[test]
    fn approved_applications_and_the_next_page() {
        let inventory = inventory(
            "apps.json",
            r#"{"ok":true,"approved_apps":[{"app":{"id":"AFAKE","name":"fake","is_internal":true},"scopes":[
            {"name":"channels:history","is_sensitive":true,"token_type":"bot"}],"date_updated":1700000000}],
            "response_metadata":{"next_cursor":"abc"}}"#,
        );
        let key = &inventory.keys()[0];
        assert_eq!((key.created, key.basis), (at("2023-11-14T22:13:20Z"), Age::Granted));
        assert_eq!(list(&key.scopes), ["channels:history"]);
        assert!(inventory.sources()[0].incomplete);
    }
}
