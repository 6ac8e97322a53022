//! Kubernetes service-account tokens in secrets: they hold the token itself, and it never expires.
//!
//! The last use is a label, which the cluster sets only when it keeps track; without it nothing is known. A published
//! sample has a list where a map belongs, so nothing is assumed. The members are those of the Kubernetes API reference.

use base64::Engine as _;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::problem::Kind;
use crate::inventory::row::Row;
use crate::secret::Secret;

/// See the module.
pub const FORMAT: Format = Format {
    name: "kubernetes",
    title: "Kubernetes service-account tokens",
    provider: "kubernetes",
    export: "kubectl get secrets -A --field-selector type=kubernetes.io/service-account-token -o json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let secret = sample.has("metadata/name") && (sample.is("kind", "Secret") || sample.has("type"));
    when(secret && sample.any(&["type", "data"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    if !row.has("metadata") {
        return row.problem(Kind::BadRow, "it has no `metadata`, as every object of a cluster does");
    }
    if row.str("type") != Some("kubernetes.io/service-account-token") {
        return row.skip("secrets of other types");
    }
    // Names of labels hold the separator of paths.
    let mark = |map: &str, name: &str| row.get("metadata").and_then(|metadata| metadata.get(map)?.get(name));
    let mut key = row.key("kubernetes", "service-account-token");
    key.name = row.text("metadata/name");
    key.account = row.shared("metadata/namespace");
    key.id = row.text("metadata/uid");
    if key.id.is_unknown()
        && let (Field::Known(namespace), Field::Known(name)) = (&key.account, &key.name)
    {
        key.id = Field::Known(format!("{namespace}/{name}").into());
    }
    let account = mark("annotations", "kubernetes.io/service-account.name").and_then(serde_json::Value::as_str);
    key.owner = Field::from(account.map(|account| row.context.shared(account)));
    key.owner_kind = OwnerKind::Service;
    key.created = row.time("metadata/creationTimestamp");
    key.expires = Field::Empty;
    let labels = row.get("metadata").and_then(|metadata| metadata.get("labels"));
    if let Some(labels) = labels {
        let labels = row.at(labels);
        key.last_used = labels.time("kubernetes.io/legacy-token-last-used");
        let invalid = labels.time("kubernetes.io/legacy-token-invalid-since").known().is_some();
        key.status = Field::Known(if invalid { Status::Inactive } else { Status::Active });
    } else {
        key.status = Field::Known(Status::Active);
    }
    if let Some(token) = row.str("data/token") {
        let token = base64::engine::general_purpose::STANDARD.decode(token).unwrap_or_else(|_| token.as_bytes().to_vec());
        key.shown.push(Shown::Plain(Secret::new(token)));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys};
    use super::*;

    #[test]
    fn tokens_are_kept_as_secrets_and_other_types_left_out() {
        let keys = keys(
            "kubernetes",
            r#"{"kind":"List","items":[{"kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{
            "name":"fake-token","namespace":"ci","creationTimestamp":"2024-01-01T00:00:00Z","annotations":{
            "kubernetes.io/service-account.name":"ci"},"labels":{"kubernetes.io/legacy-token-last-used":"2024-02-01"}},
            "data":{"token":"RkFLRQ=="}},{"kind":"Secret","type":"Opaque","metadata":{"name":"x"},"data":{}},
            {"kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"y","namespace":"ci",
            "annotations":["kubernetes.io/service-account.name: x"]}}]}"#,
        );
        assert_eq!(keys.len(), 2);
        assert_eq!((keys[0].last_used, keys[0].owner.clone()), (at("2024-02-01T00:00:00Z"), Field::Known("ci".into())));
        assert_eq!(keys[0].shown, [Shown::Plain(Secret::new(b"FAKE".to_vec()))]);
        assert_eq!((keys[1].owner.clone(), keys[1].last_used), (Field::Unknown, Field::Unknown));
    }
}
