//! HashiCorp Vault: the list of token accessors, which are ids and nothing else.
//!
//! The shape is that of Vault's API documentation ("List accessors"): a bare list of texts, or `data.keys`. Accessors
//! have 24 letters and digits, older ones are UUIDs, and other lists of texts are not taken for one. Confirmed against
//! the example of that page.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::documents::Step;
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::problem::Kind;
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "vault-accessors",
    title: "HashiCorp Vault token accessors",
    provider: "vault",
    export: "vault list -format=json auth/token/accessors",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let shape = sample.value.as_str().is_some_and(is_accessor);
    let list = matches!(sample.path, [Step::Each] | [.., Step::Member(_), Step::Each]);
    let named = sample.path.len() == 1 || sample.under("keys");
    when(shape && list && named, 70)
}

fn is_accessor(text: &str) -> bool {
    // Accessors of namespaces end in a dot and the namespace.
    let accessor = text.split('.').next().unwrap_or_default();
    match accessor.len() {
        24 => accessor.bytes().all(|b| b.is_ascii_alphanumeric()),
        36 => accessor.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'),
        _ => false,
    }
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let Value::String(accessor) = row.value else {
        return row.problem(Kind::BadRow, "an accessor is a text");
    };
    if !is_accessor(accessor) {
        return row.problem(Kind::BadRow, "an accessor has 24 letters and digits, or is a UUID");
    }
    let mut key = row.key("vault", "token");
    key.id = Field::Known(accessor.as_str().into());
    key.status = Field::Known(Status::Active);
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{inventory, keys};
    use super::*;

    #[test]
    fn both_shapes_of_the_list() {
        let (one, two) = ("a1".repeat(12), "b2".repeat(12));
        assert_eq!(keys("vault-accessors", &format!("[\"{one}\",\"{two}\"]")).len(), 2);
        let uuid = "476ea048-ded5-4d07-eeea-938c6b4e43ec";
        let answer = format!("{{\"auth\":null,\"data\":{{\"keys\":[\"{one}\",\"{uuid}\"]}},\"lease_id\":\"\"}}");
        let keys = keys("vault-accessors", &answer);
        assert_eq!(keys[0].id, Field::Known(one.as_str().into()));
        assert!(!inventory("x.json", "[\"one\",\"two\"]").all_files_read());
    }
}
