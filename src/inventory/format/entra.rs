//! Microsoft Entra application secrets and certificates: applications or service principals of Microsoft Graph, of
//! `az ad app list`, or the bare credentials of `az ad app credential list`.
//!
//! Records of applications give a key for each of their credentials. The credential is confirmed against the example of
//! the Graph API reference, "application: addPassword"; the flat list of the command line is partly confirmed.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Field, Key, OwnerKind, Shown, Status, Text};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "entra",
    title: "Microsoft Entra application credentials",
    provider: "entra",
    export: "az ad app list --all",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    if sample.any(&["passwordCredentials", "keyCredentials"]) {
        return 100;
    }
    when(sample.all(&["keyId", "endDateTime"]) || sample.all(&["keyId", "startDateTime"]), 80)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    if !row.has("passwordCredentials") && !row.has("keyCredentials") {
        return credential(row, row.value, "client-secret", None, out);
    }
    for (list, kind) in [("passwordCredentials", "client-secret"), ("keyCredentials", "certificate")] {
        for value in row.each(list) {
            credential(row, value, kind, Some(row), out);
        }
    }
    if out.is_empty() {
        row.skip("applications without credentials");
    }
}

fn credential(row: &Row<'_>, value: &Value, kind: &str, app: Option<&Row<'_>>, out: &mut Vec<Key>) {
    let inner = Row { value, ..*row };
    // The command line lists certificates in the same way.
    let kind = if inner.has("type") && inner.has("usage") { "certificate" } else { kind };
    let mut key = row.key("entra", kind);
    key.id = inner.text("keyId");
    key.name = inner.text("displayName");
    key.created = inner.time("startDateTime");
    key.basis = Age::ValidFrom;
    key.expires = inner.time_null_never("endDateTime");
    key.status = Field::Known(Status::Active);
    key.shown.extend(inner.prefix("hint"));
    key.shown.extend(inner.shown("secretText"));
    if let Field::Known(thumbprint) = inner.text("customKeyIdentifier")
        && kind == "certificate"
    {
        key.shown.push(Shown::Public(thumbprint));
    }
    // The certificate itself, which Graph has only where it is asked for one application.
    if let Field::Known(certificate) = inner.text("key")
        && kind == "certificate"
    {
        key.shown.push(Shown::Public(certificate));
    }
    key.owner_kind = OwnerKind::Service;
    if let Some(app) = app {
        key.owner = app.first(&["displayName", "appDisplayName", "appId"]);
        key.account = app.shared("appId");
        if app.flag("accountEnabled") == Some(false) {
            key.status = Field::Known(Status::Inactive);
        }
        key.scopes = match app.get("requiredResourceAccess") {
            Some(Value::Array(access)) => app.context.shared_list(scopes(access, app)),
            _ => Field::Unknown,
        };
    } else {
        key.owner = inner.account_from_file();
    }
    out.push(key);
}

/// `Role:<id>` for a permission of the application itself, `Scope:<id>` for one that a user delegates.
fn scopes(access: &[Value], row: &Row<'_>) -> Vec<Text> {
    let granted = access.iter().flat_map(|resource| {
        resource.get("resourceAccess").and_then(Value::as_array).into_iter().flatten()
    });
    granted
        .filter_map(|scope| {
            let (kind, id) = (scope.get("type").and_then(text_of)?, scope.get("id").and_then(text_of)?);
            Some(row.context.shared(&format!("{kind}:{id}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, key, keys, list, named_keys, shown};
    use super::*;
    use crate::inventory::problem::Kind;

    #[test]
    fn every_credential_of_an_application_is_a_key() {
        let keys = keys(
            "entra",
            r#"{"value":[{"appId":"00000000-0000-0000-0000-00000000fake","displayName":"fake-app",
            "passwordCredentials":[{"keyId":"k1","displayName":"ci","startDateTime":"2024-01-01T00:00:00.1234567Z",
            "endDateTime":"2026-01-01T00:00:00Z","hint":"zzz","secretText":null,"customKeyIdentifier":null}],
            "keyCredentials":[{"keyId":"c1","displayName":null,"startDateTime":"2024-01-01T00:00:00Z",
            "endDateTime":"2025-01-01T00:00:00Z","type":"AsymmetricX509Cert","usage":"Verify"}],
            "requiredResourceAccess":[{"resourceAppId":"r","resourceAccess":[{"id":"p","type":"Role"}]}]},
            {"appId":"x","displayName":"empty","passwordCredentials":[],"keyCredentials":[]}]}"#,
        );
        assert_eq!(keys.len(), 2);
        assert_eq!((keys[0].kind.as_str(), keys[1].kind.as_str()), ("client-secret", "certificate"));
        assert_eq!((keys[0].basis, keys[0].expires), (Age::ValidFrom, at("2026-01-01T00:00:00Z")));
        assert_eq!(shown(&keys[0]), ["mask zzz…"]);
        assert_eq!(list(&keys[0].scopes), ["Role:p"]);
        assert_eq!(keys[0].owner, Field::Known("fake-app".into()));
    }

    #[test]
    fn a_bare_list_takes_its_application_from_the_name_of_the_file() {
        let text = r#"[{"customKeyIdentifier":null,"displayName":"rbac","endDateTime":"2026-01-01T00:00:00Z",
            "hint":"abc","keyId":"k2","secretText":null,"startDateTime":"2025-01-01T00:00:00Z"}]"#;
        let keys = named_keys("entra", "billing-app-credentials.json", text);
        assert_eq!(keys[0].owner, Field::Known("billing-app".into()));
    }

    #[test]
    fn the_answer_that_made_a_secret_holds_it() {
        let secret = "a1B2".repeat(10);
        let text = format!(r#"{{"keyId":"k","startDateTime":"2025-01-01T00:00:00Z","secretText":"{secret}"}}"#);
        assert!(key("entra", &text).is_in_plaintext());
        assert!(inventory("x.json", &text).problems().iter().any(|problem| problem.kind == Kind::Plaintext));
    }
}
