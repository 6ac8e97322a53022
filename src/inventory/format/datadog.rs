//! Datadog API keys, application keys and personal access tokens, from version 2 of its API.
//!
//! Datadog looks back 90 days for the use of API keys: no use means none in that time, not never. An application key
//! without scopes has all rights of its owner. The members are those of Datadog's API description.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "datadog",
    title: "Datadog API keys, application keys and access tokens",
    provider: "datadog",
    export: "curl https://api.datadoghq.com/api/v2/api_keys …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let kind = ["api_keys", "application_keys", "personal_access_tokens", "access_tokens"];
    when(kind.iter().any(|kind| sample.is("type", kind)) && sample.has("attributes/name"), 100)
}

/// So many days Datadog looks back for the use of API keys.
const WINDOW: u16 = 90;

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let kind = match row.str("type") {
        Some("api_keys") => "api-key",
        Some("application_keys") => "application-key",
        _ => "access-token",
    };
    let mut key = row.key("datadog", kind);
    key.id = row.text("id");
    key.name = row.text("attributes/name");
    key.owner = row.first(&[
        "relationships/owned_by/data/id",
        "relationships/created_by/data/id",
        "attributes/created_by/handle",
    ]);
    key.owner_kind = if kind == "api-key" { OwnerKind::Team } else { OwnerKind::User };
    key.created = row.time("attributes/created_at");
    key.status = Field::Known(Status::Active);
    if row.get("relationships/leak_information/data").is_some_and(|leak| !leak.is_null()) {
        key.status = Field::Known(Status::Leaked);
    }
    match kind {
        "api-key" => {
            key.last_used = row.time("attributes/date_last_used").or(row.time("attributes/last_used_date/timestamp"));
            if row.is_null("attributes/date_last_used") && key.last_used.is_unknown() {
                key.unused_days = Some(WINDOW);
            }
            key.expires = Field::Empty;
        }
        "application-key" => {
            key.last_used = row.time_null_never("attributes/last_used_at");
            key.expires = Field::Empty;
            key.scopes = unscoped(row);
        }
        _ => {
            key.last_used = row.time_null_never("attributes/last_used_at");
            key.expires = row.time_absent_never("attributes/expires_at");
            key.scopes = unscoped(row);
            if let Field::Known(public) = row.text("attributes/public_portion") {
                key.shown.push(Shown::Id(public));
            }
        }
    }
    key.shown.extend(row.suffix("attributes/last4"));
    key.shown.extend(row.shown("attributes/key"));
    out.push(key);
}

fn unscoped(row: &Row<'_>) -> Field<crate::inventory::key::List> {
    if row.is_null("attributes/scopes") { row.texts(["unrestricted"]) } else { row.list("attributes/scopes") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list, shown};
    use super::*;

    #[test]
    fn null_means_something_else_for_every_kind() {
        let keys = keys(
            "datadog",
            r#"{"data":[{"id":"a-1","type":"application_keys","attributes":{"name":"app",
            "created_at":"2024-01-01T00:00:00.000000+00:00","last4":"fake","scopes":null,"last_used_at":null}},
            {"id":"a-2","type":"api_keys","attributes":{"name":"api","created_at":"2024-01-01T00:00:00+00:00",
            "last4":"kafe","date_last_used":null},"relationships":{"created_by":{"data":{"id":"u-1","type":"users"}},
            "leak_information":{"data":{"id":"l"}}}},
            {"id":"a-3","type":"personal_access_tokens","attributes":{"name":"pat","public_portion":"PUB",
            "created_at":"2024-01-01T00:00:00+00:00","scopes":["metrics_read"]}}],
            "meta":{"page":{"total_filtered_count":3}}}"#,
        );
        assert_eq!((list(&keys[0].scopes), keys[0].last_used), (vec!["unrestricted".to_owned()], Field::Empty));
        assert_eq!((keys[1].last_used, keys[1].unused_days), (Field::Unknown, Some(90)));
        assert_eq!((keys[1].status, keys[1].created), (Field::Known(Status::Leaked), at("2024-01-01T00:00:00Z")));
        assert_eq!((keys[2].expires, shown(&keys[2])), (Field::Empty, vec!["id PUB".to_owned()]));
        assert_eq!(shown(&keys[0]), ["mask …fake"]);
    }
}
