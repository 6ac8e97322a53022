//! GitHub fine-grained personal access tokens with access to an organisation, and requests for such access.
//!
//! Nothing of the token is shown. Its date is when access was granted: the token is at least that old. The members are
//! those of GitHub's REST API description ("List fine-grained personal access tokens with access to organization
//! resources").

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Basis as Age, Field, Key, OwnerKind, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-fine-grained",
    title: "GitHub fine-grained personal access tokens of an organisation",
    provider: "github",
    export: "gh api --paginate /orgs/ORG/personal-access-tokens",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.any(&["token_id", "token_name", "token_expires_at"]) && sample.has("repository_selection");
    when(token && sample.any(&["access_granted_at", "permissions"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("github", "fine-grained-token");
    // Older answers have the id of the grant only.
    key.id = row.text("token_id").or(row.text("id"));
    key.name = row.text("token_name");
    key.owner = row.shared("owner/login");
    key.owner_kind = OwnerKind::User;
    key.account = row.account_from_file();
    key.created = row.time("access_granted_at").or(row.time("created_at"));
    key.basis = Age::Granted;
    key.expires = row.time_null_never("token_expires_at");
    key.last_used = row.time_null_never("token_last_used_at");
    key.status = Field::Known(match (row.has("access_granted_at"), row.flag("token_expired")) {
        (false, _) => Status::Pending,
        (true, Some(true)) => Status::Expired,
        (true, _) => Status::Active,
    });
    let selection = row.first(&["repository_selection"]);
    let mut scopes = permissions(row, "permissions");
    if let Field::Known(selection) = &selection {
        scopes.push(format!("repositories:{selection}"));
        key.resources = if selection.as_str() == "none" { Field::Empty } else { row.texts([selection]) };
    }
    key.scopes = row.texts(scopes);
    if let Field::Known(reason) = row.text("reason") {
        key.note(format!("reason: {reason}"));
    }
    out.push(key);
}

/// `section/permission:level` of permissions in sections, `permission:level` of flat ones.
pub fn permissions(row: &Row<'_>, path: &str) -> Vec<String> {
    let mut scopes = Vec::new();
    for (name, value) in row.members(path) {
        match value {
            Value::Object(section) => {
                let granted = section.iter().filter_map(|(permission, level)| Some((permission, text_of(level)?)));
                scopes.extend(granted.map(|(permission, level)| format!("{name}/{permission}:{level}")));
            }
            level => scopes.extend(text_of(level).map(|level| format!("{name}:{level}"))),
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key, list};
    use super::*;

    #[test]
    fn a_grant_says_how_old_a_token_is_at_least() {
        let key = key(
            "github-fine-grained",
            r#"[{"id":1,"token_id":2,"token_name":"fake","owner":{"login":"fake-user"},"repository_selection":"all",
            "permissions":{"repository":{"contents":"write"},"organization":{"members":"read"}},
            "access_granted_at":"2024-01-01T00:00:00.000-07:00","token_expired":false,"token_expires_at":null,
            "token_last_used_at":null}]"#,
        );
        assert_eq!((key.created, key.basis), (at("2024-01-01T07:00:00Z"), Age::Granted));
        assert_eq!((key.expires, key.last_used, key.id), (Field::Empty, Field::Empty, Field::Known("2".into())));
        assert_eq!(list(&key.scopes), ["organization/members:read", "repository/contents:write", "repositories:all"]);
    }

    #[test]
    fn a_request_is_pending() {
        let key = key(
            "github-fine-grained",
            r#"[{"id":1,"token_id":2,"token_name":"fake","owner":{"login":"u"},"repository_selection":"subset",
            "permissions":{},"reason":"deploys","created_at":"2024-01-01T00:00:00Z","token_expires_at":null}]"#,
        );
        assert_eq!((key.status, key.last_used), (Field::Known(Status::Pending), Field::Unknown));
    }
}
