//! Elasticsearch service-account tokens: their names, and nothing else.
//!
//! The shape is that of Elastic's API reference ("Get service account credentials").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "elastic-service-tokens",
    title: "Elasticsearch service-account tokens",
    provider: "elastic",
    export: "curl https://HOST/_security/service/elastic/fleet-server/credential …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["service_account", "tokens"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let owner = row.shared("service_account");
    let names = row.members("tokens").chain(row.members("nodes_credentials/file_tokens")).map(|(name, _)| name);
    for name in names {
        let mut key = row.key("elastic", "service-token");
        key.id = owner.clone().map(|owner| format!("{owner}/{name}").into());
        key.name = Field::Known(name.as_str().into());
        key.owner = owner.clone();
        key.owner_kind = OwnerKind::Service;
        out.push(key);
    }
    if out.is_empty() {
        row.skip("service accounts without tokens");
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::keys;
    use super::*;

    #[test]
    fn names_only() {
        let keys = keys(
            "elastic-service-tokens",
            r#"{"service_account":"elastic/fleet-server","count":2,"tokens":{"token1":{},"token42":{}},
            "nodes_credentials":{"_nodes":{"total":1},"file_tokens":{"my-token":{"nodes":["n0"]}}}}"#,
        );
        assert_eq!(keys.len(), 3);
        assert_eq!(keys[0].id, Field::Known("elastic/fleet-server/token1".into()));
        assert_eq!(keys[2].name, Field::Known("my-token".into()));
    }
}
