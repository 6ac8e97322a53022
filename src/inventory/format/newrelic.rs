//! New Relic ingest and user keys, from NerdGraph's `keySearch`.
//!
//! One's own keys stand whole in the answer, those of others masked. There is neither a last use nor an expiry. The
//! members are those of New Relic's documentation, "NerdGraph tutorial: Manage API keys"; `createdAt`, `accountId` and
//! `userId` are unconfirmed.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "newrelic",
    title: "New Relic API keys",
    provider: "newrelic",
    export: "NerdGraph: { actor { apiAccess { keySearch(query: {types: [INGEST, USER]}) { keys { … } nextCursor } } } }",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let kind = sample.is("type", "INGEST") || sample.is("type", "USER");
    when(kind && sample.has("id") && sample.any(&["key", "ingestType", "notes"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let kind = match (row.str("type"), row.str("ingestType")) {
        (Some("USER"), _) => "user-key",
        (_, Some("BROWSER")) => "browser-key",
        _ => "license-key",
    };
    let mut key = row.key("newrelic", kind);
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["user/email", "userId"]);
    key.owner_kind = if kind == "user-key" { OwnerKind::User } else { OwnerKind::Team };
    key.account = row.shared("accountId");
    key.created = row.time("createdAt");
    key.expires = Field::Empty;
    key.status = Field::Known(Status::Active);
    if let Field::Known(notes) = row.text("notes") {
        key.note(notes);
    }
    key.shown.extend(row.shown("key"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, shown};

    #[test]
    fn deep_inside_the_answer() {
        let key = key(
            "newrelic",
            r#"{"data":{"actor":{"apiAccess":{"keySearch":{"keys":[{"id":"FAKE0001","name":"fake","type":"INGEST",
            "ingestType":"LICENSE","key":"FAKE...FAKE","notes":null,"createdAt":1700000000}],"nextCursor":null}}}}}"#,
        );
        assert_eq!((key.created, key.kind.as_str()), (at("2023-11-14T22:13:20Z"), "license-key"));
        assert_eq!(shown(&key), ["mask FAKE…FAKE"]);
    }
}
