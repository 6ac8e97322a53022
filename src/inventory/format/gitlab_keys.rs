//! GitLab SSH keys of users, and deploy keys of projects.
//!
//! Confirmed against the example answers of GitLab's documentation, "Deploy keys API"; the members of keys of users are
//! those of "User SSH and GPG keys API".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "gitlab-keys",
    title: "GitLab SSH keys and deploy keys",
    provider: "gitlab",
    export: "glab api --paginate projects/ID/deploy_keys",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

/// Members that GitHub's listings of keys do not have.
pub(super) const OWN: [&str; 6] =
    ["usage_type", "can_push", "fingerprint_sha256", "expires_at", "projects_with_write_access", "deploy_keys_projects"];

fn fits(sample: &Sample<'_>) -> u8 {
    let public = ["ssh-", "ecdsa-", "sk-"].iter().any(|start| sample.begins("key", start));
    when(public && sample.all(&["id", "title", "created_at"]) && sample.any(&OWN), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let user = row.has("usage_type");
    let mut key = row.key("gitlab", if user { "ssh-key" } else { "deploy-key" });
    key.id = row.text("id");
    key.name = row.text("title");
    key.account = row.account_from_file();
    key.created = row.time("created_at");
    key.expires = row.time_null_never("expires_at");
    key.last_used = row.time_null_never("last_used_at");
    key.scopes = match row.flag("can_push") {
        Some(true) => row.texts(["write"]),
        Some(false) => row.texts(["read"]),
        None => Field::Unknown,
    };
    key.owner_kind = if user { OwnerKind::User } else { OwnerKind::Service };
    key.status = Field::Known(Status::Active);
    if let Field::Known(public) = row.text("key") {
        key.shown.push(Shown::Public(public));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, list};
    use super::*;
    use crate::audit::public_key::registered;

    /// The public key of that example.
    const PUBLIC: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDNJAkI3Wdf0r13c8a5pEExB2YowPWCSVzfZV22pNBc1CuEbyYLHpUyaD0\
        GwpGvFdx2aP7lMEk35k6Rz3ccBF6jRaVJyhsn5VNnW92PMpBJ/P1UebhXwsFHdQf5rTt082cSxWuk61kGWRQtk4ozt/J2DF/dIUVaLvc+z4HomT41f\
        Q==";

    #[test]
    fn keys_of_users_and_of_projects() {
        let print = "SHA256:Jrs3LD1Ji30xNLtTVf9NDCj7kkBgPBb2pjvTZ3HfIgU";
        let listing = format!(
            r#"[{{"id":1,"title":"Public key","key":"{PUBLIC}","fingerprint":"4a:9d:64:15:ed:3a:e6:07:6e:89:36:b3:3b:03:05:d9",
            "fingerprint_sha256":"{print}","created_at":"2013-10-02T10:12:29Z","expires_at":null,"can_push":false}},
            {{"id":2,"title":"laptop","key":"ssh-rsa FAKE","created_at":"2014-08-01T14:47:39.080Z",
            "expires_at":"2026-01-21T00:00:00.000Z","last_used_at":"2022-04-07T00:00:00.000Z","usage_type":"auth"}}]"#
        );
        let keys = keys("gitlab-keys", &listing);
        assert_eq!((keys[0].kind.as_str(), list(&keys[0].scopes)), ("deploy-key", vec!["read".to_owned()]));
        assert_eq!((keys[0].expires, keys[0].last_used), (Field::Empty, Field::Unknown));
        assert_eq!((keys[1].kind.as_str(), keys[1].last_used), ("ssh-key", at("2022-04-07T00:00:00Z")));
        // GitLab's own fingerprint of its own example is that of this program.
        assert!(matches!(&keys[0].shown[..], [Shown::Public(text)] if registered(text) == registered(print)));
        assert!(registered(print).is_some());
    }
}
