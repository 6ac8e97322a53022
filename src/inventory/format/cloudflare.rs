//! Cloudflare API tokens of a user or an account.
//!
//! A token without `expires_on` never expires. `modified_on` is an edit and no rotation; a rolled value shows nowhere.
//! The global API key is never listed. The members are those of Cloudflare's API description.

use serde_json::Value;

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, text_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "cloudflare",
    title: "Cloudflare API tokens",
    provider: "cloudflare",
    export: "curl https://api.cloudflare.com/client/v4/user/tokens …",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let token = sample.all(&["id", "name"]) && sample.any(&["issued_on", "modified_on"]);
    when(token && sample.any(&["policies", "status", "condition"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("cloudflare", "api-token");
    key.id = row.text("id");
    key.name = row.text("name");
    key.owner = row.first(&["creator_email_at_creation", "provisioner_email"]);
    key.account = row.account_from_file();
    key.created = row.time("issued_on");
    key.expires = row.time_absent_never("expires_on");
    key.last_used = row.time("last_used_on");
    key.status = match row.str("status") {
        Some("disabled") => Field::Known(Status::Inactive),
        _ => row.status("status"),
    };
    let (mut scopes, mut resources) = (Vec::new(), Vec::new());
    for policy in row.each("policies") {
        let denies = policy.get("effect").and_then(Value::as_str) == Some("deny");
        let groups = policy.get("permission_groups").and_then(Value::as_array).into_iter().flatten();
        let names = groups.filter_map(|group| group.get("name").or_else(|| group.get("id")).and_then(text_of));
        scopes.extend(names.map(|name| if denies { format!("deny:{name}") } else { name }));
        if let Some(Value::Object(reached)) = policy.get("resources") {
            for (name, what) in reached {
                resources.push(name.clone());
                if name.ends_with('*') || what.as_str() == Some("*") && name.matches('.').count() <= 4 {
                    scopes.push(format!("resources:{name}"));
                }
            }
        }
    }
    if row.has("policies") {
        scopes.dedup();
        resources.dedup();
        (key.scopes, key.resources) = (row.texts(scopes), row.texts(resources));
    }
    key.restrictions = addresses(row);
    key.shown.extend(row.shown("value"));
    out.push(key);
}

/// Addresses from which the token may be used; both spellings of the member have been in use.
fn addresses(row: &Row<'_>) -> Field<crate::inventory::key::List> {
    let condition = match row.get("condition") {
        None => return if row.has("policies") { Field::Empty } else { Field::Unknown },
        Some(condition) => condition,
    };
    let ip = condition.get("request_ip").or_else(|| condition.get("request.ip"));
    let mut addresses = Vec::new();
    for (name, sign) in [("in", ""), ("not_in", "!"), ("notIn", "!")] {
        let list = ip.and_then(|ip| ip.get(name)).and_then(Value::as_array).into_iter().flatten();
        addresses.extend(list.filter_map(text_of).map(|address| format!("{sign}{address}")));
    }
    row.texts(addresses)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{inventory, key, list};
    use super::*;

    #[test]
    fn policies_and_conditions() {
        let key = key(
            "cloudflare",
            r#"{"success":true,"errors":[],"messages":[],"result":[{"id":"fake0001","name":"fake","status":"active",
            "issued_on":"2024-01-01T00:00:00Z","policies":[{"id":"p","effect":"allow",
            "resources":{"com.cloudflare.api.account.zone.*":"*"},"permission_groups":[{"id":"g","name":"DNS Write"}]}],
            "condition":{"request_ip":{"in":["192.0.2.0/24"],"not_in":["192.0.2.9"]}}}],
            "result_info":{"page":1,"per_page":20,"count":1,"total_count":1}}"#,
        );
        assert_eq!(list(&key.scopes), ["DNS Write", "resources:com.cloudflare.api.account.zone.*"]);
        assert_eq!(list(&key.restrictions), ["192.0.2.0/24", "!192.0.2.9"]);
        assert_eq!((key.expires, key.last_used), (Field::Empty, Field::Unknown));
    }

    #[test]
    fn an_error_is_no_empty_inventory() {
        let text = r#"{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}],"messages":[],"result":null}"#;
        let inventory = inventory("x.json", text);
        assert!(!inventory.all_files_read());
        assert!(inventory.problems()[0].message.contains("Invalid access token"), "{:?}", inventory.problems());
    }
}
