//! Microsoft Entra: when application credentials last signed in, from the beta report `appCredentialSignInActivity`.
//!
//! It joins the credentials by `keyId`. The members are general knowledge and read tolerantly.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "entra-sign-ins",
    title: "Microsoft Entra last use of application credentials",
    provider: "entra",
    export: "az rest --url https://graph.microsoft.com/beta/reports/appCredentialSignInActivities",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["keyId", "signInActivity"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let certificate = row.first(&["keyType"]) == Field::Known("certificate".into());
    let mut key = row.key("entra", if certificate { "certificate" } else { "client-secret" });
    key.id = row.text("keyId");
    key.account = row.shared("appId");
    key.owner_kind = OwnerKind::Service;
    key.last_used = row.time("signInActivity/lastSignInDateTime");
    key.expires = row.time("expirationDateTime");
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};

    #[test]
    fn the_last_sign_in() {
        let text = r#"{"value":[{"id":"x","keyId":"k1","keyType":"clientSecret","appId":"a",
            "signInActivity":{"lastSignInDateTime":"2024-05-01T00:00:00Z"},"expirationDateTime":"2026-01-01T00:00:00Z"}]}"#;
        assert_eq!(key("entra-sign-ins", text).last_used, at("2024-05-01T00:00:00Z"));
    }
}
