//! Elasticsearch API keys.
//!
//! Empty `role_descriptors` mean that the key has all rights of its owner; `limited_by` lists those. Without the member
//! (older versions) nothing is known. Times are milliseconds. There is no last use. Confirmed against the examples of
//! Elastic's API reference, "Get API key information".

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, List, Shown, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "elastic",
    title: "Elasticsearch API keys",
    provider: "elastic",
    export: "curl 'https://HOST/_security/api_key?owner=false&with_limited_by=true' …",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "creation", "invalidated"]) && sample.any(&["realm", "username"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("elastic", "api-key");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.shared("username");
    key.account = row.shared("realm");
    key.created = row.time("creation");
    key.expires = row.time_absent_never("expiration");
    let revoked = Field::from(row.flag("invalidated"));
    key.status = revoked.map(|revoked| if revoked { Status::Revoked } else { Status::Active });
    key.environment = row.first(&["metadata/environment"]);
    key.integrations = row.list("metadata/application");
    key.scopes = scopes(row);
    if let Field::Known(id) = &key.id {
        // Encoded keys are base64 of `id:secret`.
        key.shown.push(Shown::Id(id.clone()));
    }
    out.push(key);
}

fn scopes(row: &Row<'_>) -> Field<List> {
    let Some(roles) = row.get("role_descriptors").and_then(Value::as_object) else { return Field::Unknown };
    let mut scopes = Vec::new();
    roles.values().for_each(|role| privileges(role, &mut scopes));
    if roles.is_empty() {
        let limits = row.each("limited_by").filter_map(Value::as_object).flat_map(|limit| limit.values());
        limits.for_each(|role| privileges(role, &mut scopes));
        if scopes.is_empty() {
            return row.texts(["owner"]);
        }
    }
    row.texts(scopes)
}

fn privileges(role: &Value, scopes: &mut Vec<String>) {
    let texts = |value: &Value, name: &str| -> Vec<String> {
        match value.get(name) {
            Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    };
    scopes.extend(texts(role, "cluster").into_iter().map(|privilege| format!("cluster:{privilege}")));
    for (name, word) in [("indices", "index"), ("index", "index"), ("applications", "application")] {
        for group in role.get(name).and_then(Value::as_array).into_iter().flatten() {
            let names = if word == "index" { texts(group, "names") } else { texts(group, "application") };
            let names = names.join(",");
            scopes.extend(texts(group, "privileges").into_iter().map(|privilege| format!("{word}:{names}:{privilege}")));
        }
    }
    scopes.extend(texts(role, "run_as").into_iter().map(|who| format!("run_as:{who}")));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list};
    use super::*;

    #[test]
    fn rights_are_flattened_or_those_of_the_owner() {
        let keys = keys(
            "elastic",
            r#"{"api_keys":[{"id":"fakeid0001","name":"a","type":"rest","creation":1700000000000,"invalidated":false,
            "username":"fake","realm":"native1","metadata":{},"role_descriptors":{}},
            {"id":"fakeid0002","name":"b","creation":1700000000000,"expiration":1700000001000,"invalidated":true,
            "username":"fake","realm":"native1","metadata":{"application":"shop"},"role_descriptors":{"r":{
            "cluster":["all"],"indices":[{"names":["logs-*","x"],"privileges":["read"]}],
            "applications":[{"application":"kibana","privileges":["*"],"resources":["*"]}],"run_as":["u"]}}},
            {"id":"fakeid0003","name":"c","creation":1700000000000,"invalidated":false,"username":"fake","realm":"r"}]}"#,
        );
        assert_eq!((list(&keys[0].scopes), keys[0].expires), (vec!["owner".to_owned()], Field::Empty));
        assert_eq!(list(&keys[1].scopes), ["cluster:all", "index:logs-*,x:read", "application:kibana:*", "run_as:u"]);
        assert_eq!((keys[1].status, keys[1].expires), (Field::Known(Status::Revoked), at("2023-11-14T22:13:21Z")));
        assert_eq!(keys[2].scopes, Field::Unknown);
    }
}
