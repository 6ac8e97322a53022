//! 1Password export as CSV: logins with their passwords. The headings are general knowledge.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "onepassword-csv",
    title: "1Password export (CSV)",
    provider: "1password",
    export: "1Password, File, Export (CSV)",
    basis: Basis::Unconfirmed,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.table && sample.all(&["Title", "Username", "Password"]) && sample.any(&["OTPAuth", "Archived", "Favorite"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("1password", "vault-item");
    key.name = row.text("Title");
    key.owner = row.shared("Username");
    key.integrations = row.list("Tags");
    let archived = row.flag("Archived") == Some(true);
    key.status = Field::Known(if archived { Status::Inactive } else { Status::Active });
    key.shown.extend(row.shown("Password"));
    if !key.name.is_unknown() || !key.shown.is_empty() {
        out.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::named_keys;
    use super::*;

    #[test]
    fn passwords_are_kept_as_secrets() {
        let text = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n\
            Fake API,https://example.com,fake-user,FAKEFAKE,,false,true,ops,\"two\nlines\"\n";
        let keys = named_keys("onepassword-csv", "vault.csv", text);
        assert!(keys[0].is_in_plaintext());
        assert_eq!(keys[0].status, Field::Known(Status::Inactive));
    }
}
