//! GitHub deploy keys of a repository and SSH keys of a user.
//!
//! The members are those of GitHub's REST API description ("List deploy keys", "List public SSH keys").

use super::{Basis, Format, Sample, gitlab_keys, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-deploy-keys",
    title: "GitHub deploy keys and SSH keys",
    provider: "github",
    export: "gh api --paginate /repos/OWNER/REPO/keys",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let public = ["ssh-", "ecdsa-", "sk-"].iter().any(|start| sample.begins("key", start));
    when(public && sample.all(&["id", "title", "created_at"]) && !sample.any(&gitlab_keys::OWN), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let deploy = row.has("read_only");
    let mut key = row.key("github", if deploy { "deploy-key" } else { "ssh-key" });
    key.id = row.text("id");
    key.name = row.text("title");
    key.owner = row.shared("added_by");
    key.account = row.account_from_file();
    key.created = row.time("created_at");
    // Keys of users have no expiry either.
    key.expires = Field::Empty;
    key.last_used = row.time_null_never("last_used");
    key.scopes = match row.flag("read_only") {
        Some(true) => row.texts(["read"]),
        Some(false) => row.texts(["write"]),
        None => Field::Unknown,
    };
    key.owner_kind = if deploy { OwnerKind::Service } else { OwnerKind::User };
    key.status = Field::Known(if row.flag("enabled") == Some(false) { Status::Inactive } else { Status::Active });
    if let Field::Known(public) = row.text("key") {
        key.shown.push(Shown::Public(public));
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, list};
    use super::*;

    #[test]
    fn a_key_that_writes() {
        let key = key(
            "github-deploy-keys",
            r#"[{"id":1,"title":"fake","key":"ssh-ed25519 FAKE","read_only":false,"verified":true,
            "created_at":"2024-01-01T00:00:00Z","added_by":"fake-user","last_used":null,"enabled":true}]"#,
        );
        assert_eq!((key.kind.as_str(), list(&key.scopes)), ("deploy-key", vec!["write".to_owned()]));
        assert_eq!((key.last_used, key.status), (Field::Empty, Field::Known(Status::Active)));
    }
}
