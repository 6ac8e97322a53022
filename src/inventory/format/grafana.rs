//! Grafana tokens of a service account, and the older API keys.
//!
//! The list does not say whose tokens they are: the name of the file does. `lastUsedAt` is in newer answers only.
//! Confirmed against the example answer of Grafana's documentation, "Service account API".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "grafana",
    title: "Grafana service-account tokens and API keys",
    provider: "grafana",
    export: "curl https://HOST/api/serviceaccounts/ID/tokens … > ACCOUNT.json",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    if sample.any(&["secondsUntilExpiration", "hasExpired"]) {
        return 100;
    }
    when(sample.all(&["id", "name", "role", "expiration"]), 80)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let tokens = row.has("hasExpired") || row.has("secondsUntilExpiration");
    let mut key = row.key("grafana", if tokens { "service-account-token" } else { "api-key" });
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.account_of_file();
    key.account = row.account_of_file();
    key.owner_kind = OwnerKind::Service;
    key.created = row.time("created");
    // The older keys leave the member out, and the zero time of Go stands for none as well.
    key.expires = if tokens { row.time_null_never("expiration") } else { row.time_absent_never("expiration") };
    key.last_used = row.time_null_never("lastUsedAt");
    key.scopes = row.list("role");
    key.status = Field::Known(match (row.flag("isRevoked"), row.flag("hasExpired")) {
        (Some(true), _) => Status::Revoked,
        (_, Some(true)) => Status::Expired,
        _ => Status::Active,
    });
    key.shown.extend(row.shown("key"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, list, named_keys};
    use super::*;

    #[test]
    fn tokens_of_the_account_that_the_file_is_named_after() {
        let keys = named_keys(
            "grafana",
            "ci-deployer-tokens.json",
            r#"[{"id":1,"name":"grafana","role":"Viewer","created":"2022-03-23T10:31:02Z","expiration":null,
            "secondsUntilExpiration":0,"hasExpired":false},
            {"id":2,"name":"x","role":"Admin","created":"2022-03-23T10:31:02Z","expiration":"2023-01-01T00:00:00Z",
            "secondsUntilExpiration":0,"hasExpired":true,"lastUsedAt":null}]"#,
        );
        assert_eq!(keys[0].owner, Field::Known("ci-deployer".into()));
        assert_eq!((keys[0].expires, keys[0].last_used), (Field::Empty, Field::Unknown));
        assert_eq!((keys[1].expires, keys[1].last_used), (at("2023-01-01T00:00:00Z"), Field::Empty));
        assert_eq!(list(&keys[1].scopes), ["Admin"]);
    }
}
