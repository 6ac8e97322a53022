//! HashiCorp Vault: metadata of a secret in the key-value store, version 2. A stored key of somebody, with true dates
//! of rotation.
//!
//! The path of the secret is not in the answer: the name of the file tells it. The members are those of Vault's API
//! documentation ("Read secret metadata").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::problem::Kind;
use crate::inventory::row::{Row, lookup};

/// See the module.
pub const FORMAT: Format = Format {
    name: "vault-kv",
    title: "HashiCorp Vault secret metadata (KV version 2)",
    provider: "vault",
    export: "vault kv metadata get -format=json PATH > PATH.json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["current_version", "versions", "created_time"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    if !row.has("created_time") && !row.has("versions") {
        return row.problem(Kind::BadRow, "it has neither a date of making nor versions");
    }
    let mut key = row.key("vault", "stored-secret");
    key.id = Field::Known(row.context.stem.as_str().into());
    key.name = key.id.clone();
    key.owner = row.first(&["custom_metadata/owner", "custom_metadata/contact"]);
    key.environment = row.shared("custom_metadata/environment");
    key.created = row.time("created_time");
    key.rotated = row.time("updated_time");
    let current = row.first(&["current_version"]).known().map(|version| format!("versions/{version}"));
    let version = current.and_then(|path| lookup(row.value, &path));
    if let Some(version) = version {
        let version = row.at(version);
        key.rotated = version.time("created_time").or(key.rotated);
        let gone = version.flag("destroyed") == Some(true) || version.time("deletion_time").known().is_some();
        key.status = Field::Known(if gone { Status::Revoked } else { Status::Active });
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, named_keys};
    use super::*;

    #[test]
    fn a_new_version_is_a_rotation() {
        let keys = named_keys(
            "vault-kv",
            "billing-stripe.json",
            r#"{"data":{"created_time":"2024-01-01T00:00:00Z","updated_time":"2024-02-01T00:00:00Z","current_version":2,
            "custom_metadata":{"owner":"a@example.com"},"versions":{"1":{"created_time":"2024-01-01T00:00:00Z",
            "deletion_time":"","destroyed":false},"2":{"created_time":"2024-02-01T00:00:00Z","deletion_time":"",
            "destroyed":false}}}}"#,
        );
        assert_eq!((keys[0].rotated, keys[0].status), (at("2024-02-01T00:00:00Z"), Field::Known(Status::Active)));
        assert_eq!(keys[0].id, Field::Known("billing-stripe".into()));
    }
}
