//! HashiCorp Vault: the look-up of a token, by itself or by its accessor.
//!
//! The `root` policy may do everything. A time to live of zero with no end means that it never expires. Confirmed
//! against the examples of Vault's API documentation, "Lookup a Token (Accessor)".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "vault-token",
    title: "HashiCorp Vault token look-up",
    provider: "vault",
    export: "vault token lookup -format=json -accessor ACCESSOR",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["accessor", "policies", "creation_time"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("vault", "token");
    key.id = row.text("accessor");
    key.name = row.text("display_name");
    key.owner = row.first(&["meta/username", "entity_id", "display_name"]);
    key.account = row.first(&["namespace_path"]);
    key.created = row.time("issue_time").or(row.time("creation_time"));
    key.expires = row.time_null_never("expire_time");
    key.status = Field::Known(Status::Active);
    let mut scopes = Vec::new();
    for path in ["policies", "identity_policies"] {
        scopes.extend(row.each(path).filter_map(crate::inventory::row::text_of));
    }
    key.scopes = row.texts(scopes);
    key.resources = row.list("path");
    key.restrictions = match row.get("bound_cidrs") {
        Some(serde_json::Value::Null) => Field::Empty,
        _ => row.list("bound_cidrs"),
    };
    // Looked up by the token itself, the answer holds the token.
    key.shown.extend(row.str("id").filter(|id| !id.is_empty()).and_then(|_| row.shown("id")));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list};
    use super::*;

    #[test]
    fn a_root_token_never_expires() {
        let key = key(
            "vault-token",
            r#"{"request_id":"x","data":{"accessor":"fake-accessor","creation_time":1700000000,
            "issue_time":"2023-11-14T22:13:20.123456789Z","expire_time":null,"ttl":0,"explicit_max_ttl":0,
            "display_name":"root","path":"auth/token/root","policies":["root"],"id":"","orphan":true,"meta":null}}"#,
        );
        assert_eq!((key.expires, key.created), (Field::Empty, at("2023-11-14T22:13:20.123456789Z")));
        assert_eq!((list(&key.scopes), key.is_in_plaintext()), (vec!["root".to_owned()], false));
    }
}
