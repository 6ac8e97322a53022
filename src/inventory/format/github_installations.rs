//! GitHub App installations of an organisation: what third parties may do.
//!
//! The members are those of GitHub's REST API description ("List app installations for an organization").

use super::{Basis, Format, Sample, github_fine_grained, when};
use crate::inventory::key::{Field, Key, OwnerKind, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-installations",
    title: "GitHub App installations of an organisation",
    provider: "github",
    export: "gh api --paginate /orgs/ORG/installations",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["app_slug", "permissions", "repository_selection"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("github", "app-installation");
    key.id = row.text("id");
    key.name = row.text("app_slug");
    key.owner = row.first(&["account/login", "target_type"]);
    key.owner_kind = OwnerKind::Service;
    key.account = row.shared("account/login").or(row.account_from_file());
    key.created = row.time("created_at");
    key.status = match row.time_null_never("suspended_at") {
        Field::Known(_) => Field::Known(Status::Inactive),
        _ => Field::Known(Status::Active),
    };
    let mut scopes = github_fine_grained::permissions(row, "permissions");
    if let Field::Known(selection) = row.shared("repository_selection") {
        scopes.push(format!("repositories:{selection}"));
        key.resources = row.texts([selection]);
    }
    key.scopes = row.texts(scopes);
    key.integrations = row.list("app_slug");
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{inventory, list};

    #[test]
    fn permissions_and_missing_pages() {
        let inventory = inventory(
            "installations.json",
            r#"{"total_count":2,"installations":[{"id":1,"app_slug":"fake-app","repository_selection":"all",
            "permissions":{"contents":"write"},"created_at":"2024-01-01T00:00:00.000+02:00",
            "updated_at":"2024-02-01T00:00:00.000+02:00","suspended_at":null}]}"#,
        );
        assert_eq!(list(&inventory.keys()[0].scopes), ["contents:write", "repositories:all"]);
        assert!(inventory.sources()[0].incomplete);
        assert!(inventory.problems()[0].message.contains("`total_count` is 2"), "{:?}", inventory.problems());
    }
}
