//! Bitwarden vault export as CSV: logins with their passwords. The headings are those that Bitwarden documents for its
//! import format; partly confirmed.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::{Row, shown_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "bitwarden-csv",
    title: "Bitwarden vault export (CSV)",
    provider: "bitwarden",
    export: "bw export --format csv",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.table && sample.all(&["type", "name", "login_password"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("bitwarden", "vault-item");
    key.name = row.text("name");
    key.owner = row.shared("login_username");
    key.account = row.first(&["collections", "folder"]);
    key.status = Field::Known(Status::Active);
    key.shown.extend(row.shown("login_password"));
    // `name: value` in lines of one cell.
    for line in row.str("fields").unwrap_or_default().lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value) = (name.trim().to_lowercase(), value.trim());
        match name.as_str() {
            "owner" | "contact" => key.owner = Field::Known(row.context.shared(value)),
            "environment" => key.environment = Field::Known(row.context.shared(value)),
            _ if ["key", "token", "secret", "password"].iter().any(|word| name.contains(word)) => {
                key.shown.extend(shown_of(value));
            }
            _ => {}
        }
    }
    if !key.name.is_unknown() || !key.shown.is_empty() {
        out.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::named_keys;
    use super::*;

    #[test]
    fn fields_stand_in_lines_of_one_cell() {
        let text = "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n\
            ops,,login,Fake API,,\"owner: a@example.com\napi token: FAKEFAKE\",0,https://example.com,fake-user,FAKE,\n";
        let keys = named_keys("bitwarden-csv", "vault.csv", text);
        assert_eq!((&keys[0].owner, keys[0].shown.len()), (&Field::Known("a@example.com".into()), 2));
    }
}
