//! GitHub credentials that are authorised for an organisation with single sign-on: classic tokens, SSH keys, tokens of
//! applications.
//!
//! The main source for matching leaks: it shows the last eight characters of tokens. The members are those of GitHub's
//! REST API description ("List SAML SSO authorizations for an organization").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Field, Key, OwnerKind, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-authorizations",
    title: "GitHub credentials authorised for single sign-on",
    provider: "github",
    export: "gh api --paginate /orgs/ORG/credential-authorizations",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["credential_id", "credential_type"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let kind = match row.str("credential_type").unwrap_or_default() {
        "personal access token" => "token",
        "SSH key" => "ssh-key",
        "OAuth app token" => "oauth-token",
        "GitHub app token" => "app-token",
        _ => "credential",
    };
    let mut key = row.key("github", kind);
    key.id = row.text("authorized_credential_id").or(row.text("credential_id"));
    key.name = row.text("authorized_credential_note").or(row.text("authorized_credential_title"));
    key.owner = row.shared("login");
    key.owner_kind = OwnerKind::User;
    key.account = row.account_from_file();
    key.created = row.time("credential_authorized_at");
    key.basis = Age::Granted;
    key.last_used = row.time_null_never("credential_accessed_at");
    key.expires = row.time_null_never("authorized_credential_expires_at");
    key.scopes = row.list("scopes");
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.suffix("token_last_eight"));
    if let Field::Known(fingerprint) = row.text("fingerprint") {
        key.shown.push(Shown::Public(fingerprint));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list, shown};
    use super::*;

    #[test]
    fn tokens_and_ssh_keys() {
        let keys = keys(
            "github-authorizations",
            r#"[{"login":"fake-user","credential_id":1,"credential_type":"personal access token",
            "token_last_eight":"fakefake","credential_authorized_at":"2024-01-01T00:00:00Z",
            "credential_accessed_at":null,"authorized_credential_id":2,"authorized_credential_note":"fake",
            "authorized_credential_expires_at":null,"scopes":["repo"]},
            {"login":"other","credential_id":3,"credential_type":"SSH key","fingerprint":"SHA256:fake",
            "credential_authorized_at":"2024-01-01T00:00:00Z","authorized_credential_title":"laptop",
            "credential_accessed_at":"2024-03-01T00:00:00Z"}]"#,
        );
        assert_eq!(shown(&keys[0]), ["mask …fakefake"]);
        assert_eq!((keys[0].last_used, keys[0].expires), (Field::Empty, Field::Empty));
        assert_eq!(list(&keys[0].scopes), ["repo"]);
        assert_eq!((keys[1].kind.as_str(), shown(&keys[1])), ("ssh-key", vec!["public SHA256:fake".to_owned()]));
        assert_eq!((keys[1].last_used, keys[1].expires), (at("2024-03-01T00:00:00Z"), Field::Unknown));
        assert_eq!(keys[1].scopes, Field::Unknown);
    }
}
