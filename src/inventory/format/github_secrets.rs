//! GitHub Actions secrets of an organisation or a repository: names and dates, never values.
//!
//! `updated_at` is when the value was set, and so a true date of rotation. The members are those of GitHub's REST API
//! description ("List organization secrets", "List repository secrets").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-secrets",
    title: "GitHub Actions secrets",
    provider: "github",
    export: "gh api --paginate /orgs/ORG/actions/secrets",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let named = sample.all(&["name", "created_at", "updated_at"]) && !sample.any(&["id", "slug"]);
    when(named && sample.under("secrets"), 90)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("github", "actions-secret");
    key.account = row.account_from_file();
    key.name = row.text("name");
    key.id = match (&key.account, &key.name) {
        (Field::Known(account), Field::Known(name)) => Field::Known(format!("{account}/{name}").into()),
        // Every repository has names of its own, and the list does not say whose they are.
        _ => Field::Unknown,
    };
    key.created = row.time("created_at");
    key.rotated = row.time("updated_at");
    if let (Field::Unknown, Field::Known(name), Field::Known(created)) = (&key.id, &key.name, key.created) {
        key.alias = Some(format!("{name} {created}").into());
    }
    key.resources = row.list("visibility");
    key.status = Field::Known(Status::Active);
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, named_keys};
    use super::*;
    use crate::inventory::{Inventory, Options};

    #[test]
    fn secrets_of_nobody_knows_which_repository_meet_by_name_and_date() {
        let list = |created: &str, updated: &str| {
            format!(
                r#"{{"total_count":1,"secrets":[{{"name":"FAKE_SECRET","created_at":"{created}",
                "updated_at":"{updated}","visibility":"all"}}]}}"#
            )
        };
        let (day, next, later) = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-02-01T00:00:00Z");
        let mut inventory = Inventory::new(Options::default());
        inventory.read("one.json", list(day, day).as_bytes());
        inventory.read("one-again.json", list(day, later).as_bytes());
        inventory.read("two.json", list(next, next).as_bytes());
        inventory.finish();
        assert_eq!(inventory.problems(), &[]);
        assert_eq!(inventory.keys().iter().map(|key| key.rotated).collect::<Vec<_>>(), [at(later), at(next)]);
    }

    #[test]
    fn setting_a_value_is_a_rotation() {
        let keys = named_keys(
            "github-secrets",
            "acme-secrets.json",
            r#"{"total_count":1,"secrets":[{"name":"FAKE_SECRET","created_at":"2024-01-01T00:00:00Z",
            "updated_at":"2024-02-01T00:00:00Z","visibility":"all"}]}"#,
        );
        assert_eq!((keys[0].rotated, &keys[0].id), (at("2024-02-01T00:00:00Z"), &Field::Known("acme/FAKE_SECRET".into())));
    }
}
