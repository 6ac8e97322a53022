//! Google Cloud API keys, as `gcloud services api-keys list` or the API Keys API lists them.
//!
//! A key without `restrictions` opens every API that its project has switched on. There is neither a last use nor an
//! expiry. The members are those of the API Keys API reference (`projects.locations.keys`).

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "gcp-api-keys",
    title: "Google Cloud API keys",
    provider: "gcp-api-key",
    export: "gcloud services api-keys list --format=json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let named = sample.all(&["uid", "createTime"]);
    let named = named && (sample.any(&["displayName", "restrictions", "keyString"]) || sample.has("name"));
    when(named, if sample.has("restrictions") { 95 } else { 80 })
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("gcp-api-key", "api-key");
    key.id = row.text("uid");
    key.name = row.text("displayName");
    key.owner = row.shared("serviceAccountEmail");
    let project = row.str("name").and_then(|name| name.strip_prefix("projects/")).and_then(|name| name.split('/').next());
    key.account = Field::from(project.map(|project| row.context.shared(project)));
    key.created = row.time("createTime");
    key.expires = Field::Empty;
    key.status = Field::Known(if row.has("deleteTime") { Status::Revoked } else { Status::Active });
    let mut scopes = Vec::new();
    let restricted = row.members("restrictions").next().is_some();
    if restricted {
        for target in row.each("restrictions/apiTargets") {
            let service = target.get("service").and_then(text_of).unwrap_or_default();
            scopes.push(format!("apiTargets:{service}"));
            let methods = target.get("methods").and_then(Value::as_array).into_iter().flatten().filter_map(text_of);
            scopes.extend(methods.map(|method| format!("methods:{method}")));
        }
        if scopes.is_empty() {
            scopes.push("apiTargets:none".to_owned());
        }
        key.restrictions = row.texts(callers(row));
        if key.restrictions.is_empty() {
            scopes.push("clientRestrictions:none".to_owned());
        }
    } else {
        scopes.push("unrestricted".to_owned());
        key.restrictions = Field::Empty;
    }
    key.scopes = row.texts(scopes);
    key.shown.extend(row.shown("keyString"));
    out.push(key);
}

/// From where the key may be used.
fn callers(row: &Row<'_>) -> Vec<String> {
    let mut callers = Vec::new();
    for (path, name) in [
        ("restrictions/browserKeyRestrictions/allowedReferrers", "referrer"),
        ("restrictions/serverKeyRestrictions/allowedIps", "ip"),
        ("restrictions/iosKeyRestrictions/allowedBundleIds", "ios"),
    ] {
        callers.extend(row.each(path).filter_map(text_of).map(|value| format!("{name}:{value}")));
    }
    let apps = row.each("restrictions/androidKeyRestrictions/allowedApplications");
    let packages = apps.filter_map(|app| app.get("packageName").and_then(text_of));
    callers.extend(packages.map(|package| format!("android:{package}")));
    callers
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, keys, list};
    use super::*;

    #[test]
    fn restrictions_are_flattened() {
        let key = key(
            "gcp-api-keys",
            r#"{"uid":"fake-uid-1","name":"projects/123/locations/global/keys/fake","displayName":"Maps",
            "createTime":"2024-01-01T00:00:00Z","restrictions":{"apiTargets":[{"service":"maps.example","methods":["Get*"]}],
            "browserKeyRestrictions":{"allowedReferrers":["*.example.com"]}}}"#,
        );
        assert_eq!(list(&key.scopes), ["apiTargets:maps.example", "methods:Get*"]);
        assert_eq!(list(&key.restrictions), ["referrer:*.example.com"]);
        assert_eq!((key.account, key.expires), (Field::Known("123".into()), Field::Empty));
    }

    #[test]
    fn nothing_restricted_is_a_scope_of_its_own() {
        let keys = keys(
            "gcp-api-keys",
            r#"[{"uid":"a","displayName":"x","createTime":"2024-01-01T00:00:00Z","restrictions":{}},
            {"uid":"b","displayName":"y","createTime":"2024-01-01T00:00:00Z","restrictions":{"serverKeyRestrictions":
            {"allowedIps":["192.0.2.1"]}}},{"uid":"c","displayName":"z","createTime":"2024-01-01T00:00:00Z",
            "restrictions":{"apiTargets":[{"service":"s"}]}}]"#,
        );
        assert_eq!(list(&keys[0].scopes), ["unrestricted"]);
        assert_eq!(list(&keys[1].scopes), ["apiTargets:none"]);
        assert_eq!(list(&keys[2].scopes), ["apiTargets:s", "clientRestrictions:none"]);
        assert!(keys[2].restrictions.is_empty());
    }
}
