//! Doppler service tokens of a config and API tokens of a service account.
//!
//! The members are those of Doppler's API reference.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "doppler",
    title: "Doppler service tokens and service-account tokens",
    provider: "doppler",
    export: "doppler configs tokens --json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.all(&["slug", "name", "created_at"]);
    when(token && sample.any(&["config", "last_seen_at"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let config = row.has("config");
    let mut key = row.key("doppler", if config { "service-token" } else { "service-account-token" });
    key.id = row.text("slug");
    key.name = row.text("name");
    key.owner_kind = OwnerKind::Service;
    key.account = row.shared("project").or(row.account_from_file());
    key.environment = row.shared("environment");
    key.resources = match (row.text("project"), row.text("config")) {
        (Field::Known(project), Field::Known(config)) => row.texts([format!("{project}/{config}")]),
        _ => Field::Unknown,
    };
    key.created = row.time("created_at");
    key.last_used = row.time_null_never("last_seen_at");
    key.expires = row.time_null_never("expires_at");
    key.scopes = match row.shared("access") {
        Field::Known(access) => row.texts(access.split('/')),
        _ => Field::Unknown,
    };
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.shown("key"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};
    use super::*;

    #[test]
    fn both_kinds_of_tokens() {
        let service = key(
            "doppler",
            r#"{"tokens":[{"name":"fake","slug":"fake","created_at":"2024-01-01T00:00:00Z","config":"prd",
            "environment":"prd","project":"shop","expires_at":null}]}"#,
        );
        assert_eq!((service.expires, service.last_used), (Field::Empty, Field::Unknown));
        assert_eq!(list(&service.resources), ["shop/prd"]);
        let account = key(
            "doppler",
            r#"{"api_tokens":[{"name":"fake","slug":"fake","created_at":"2024-01-01T00:00:00Z","last_seen_at":null,
            "expires_at":null}],"success":true}"#,
        );
        assert_eq!((account.last_used, account.kind.as_str()), (Field::Empty, "service-account-token"));
    }
}
