//! Anthropic API keys of an organisation, from the Admin API.
//!
//! There are no last use and no scopes. A key outside any workspace belongs to the default one. Newer answers say for
//! whom a key acts (`principal`), which is not always who made it. Confirmed against the examples of Anthropic's API
//! reference, "List API Keys" and "Get API Key".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, owner_kind};

/// See the module.
pub const FORMAT: Format = Format {
    name: "anthropic",
    title: "Anthropic API keys",
    provider: "anthropic",
    export: "curl https://api.anthropic.com/v1/organizations/api_keys …",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.has("partial_key_hint") || (sample.is("type", "api_key") && sample.has("workspace_id")), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("anthropic", "api-key");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["principal/user_id", "principal/service_account_id", "principal/id", "created_by/id"]);
    let kind = row.str("principal/type").or(row.str("created_by/type")).unwrap_or_default();
    key.owner_kind = owner_kind(kind.trim_end_matches("_actor"));
    key.account = match row.first(&["workspace_id", "scope/workspace_id"]) {
        Field::Unknown if row.is_null("workspace_id") => Field::Known(row.context.shared("default")),
        account => account,
    };
    key.created = row.time("created_at");
    key.expires = row.time_null_never("expires_at");
    key.status = match row.str("status") {
        Some("archived") => Field::Known(Status::Revoked),
        _ => row.status("status"),
    };
    key.shown.extend(row.shown("partial_key_hint"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, shown};
    use super::*;

    #[test]
    fn the_default_workspace() {
        let key = key(
            "anthropic",
            r#"{"data":[{"id":"apikey_fake","type":"api_key","name":"fake","partial_key_hint":"sk-fake-...FAKE",
            "status":"archived","created_at":"2024-01-01T00:00:00Z","created_by":{"id":"user_fake","type":"user"},
            "workspace_id":null}],"has_more":false,"first_id":null,"last_id":null}"#,
        );
        assert_eq!((key.account, key.status), (Field::Known("default".into()), Field::Known(Status::Revoked)));
        assert_eq!((key.created, key.expires), (at("2024-01-01T00:00:00Z"), Field::Unknown));
        assert_eq!(key.shown.len(), 1);
        assert_eq!(shown(&super::super::tests::key("anthropic", r#"{"partial_key_hint":"sk-a...b","id":"x"}"#)), ["mask sk-a…b"]);
    }
}
