//! Okta: client secrets of an application.
//!
//! `secret_hash` has 22 characters of base64, and so is taken as MD5, which is partly confirmed. The other members are
//! those of Okta's API reference ("List all OAuth 2.0 client secrets").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Digest, Key, OwnerKind};
use crate::inventory::row::{Row, digest_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "okta-client-secrets",
    title: "Okta client secrets of an application",
    provider: "okta",
    export: "curl https://ORG.okta.com/api/v1/apps/ID/credentials/secrets …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["id", "secret_hash"]) || sample.all(&["id", "client_secret", "status", "created"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("okta", "client-secret");
    key.id = row.text("id");
    key.owner = row.account_from_file();
    key.owner_kind = OwnerKind::Service;
    key.status = row.status("status");
    key.created = row.time("created");
    key.shown.extend(row.shown("client_secret"));
    if let Some(hash) = row.str("secret_hash") {
        key.shown.extend(digest_of(hash, Some(Digest::Md5)));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, shown};
    use crate::inventory::key::{Field, Status};

    #[test]
    fn a_masked_secret_and_its_digest() {
        let hash = "q6urq6urq6urq6urq6urqw";
        let text = format!(
            r#"[{{"id":"ocs1","status":"INACTIVE","client_secret":"****yz12","secret_hash":"{hash}","created":"2024-01-01T00:00:00.000Z"}}]"#
        );
        let key = key("okta-client-secrets", &text);
        assert_eq!(shown(&key), ["mask …yz12".to_owned(), format!("md5 {}", "ab".repeat(16))]);
        assert_eq!(key.status, Field::Known(Status::Inactive));
    }
}
