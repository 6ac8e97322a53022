//! Ownchat: the table of its page Settings, Developer, API Keys.
//!
//! Columns: API Key Name, Access Scope, Status, Created Date, Actions (Ownchat's help, "API Keys"). It shows neither an
//! expiry nor a last use, nor anything of the key.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key};
use crate::inventory::problem::Kind;
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "ownchat",
    title: "Ownchat API keys",
    provider: "ownchat",
    export: "copy the table of Settings, Developer, API Keys",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.table && sample.all(&["API Key Name", "Access Scope", "Status", "Created Date"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("ownchat", "api-key");
    key.name = row.text("API Key Name");
    key.scopes = row.list("Access Scope");
    key.status = row.status("Status");
    key.created = row.time("Created Date");
    if key.name == Field::Unknown {
        return row.problem(Kind::BadRow, "it has no name");
    }
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, list, named_keys};
    use super::*;
    use crate::inventory::key::Status;

    #[test]
    fn the_columns_of_the_page() {
        let keys = named_keys(
            "ownchat",
            "keys.csv",
            "API Key Name,Access Scope,Status,Created Date,Actions\nFake CRM sync,Full Access,Active,2024-01-01,Edit / Delete\n\
             Fake export,Read,Inactive,2023-06-01,Edit / Delete\n",
        );
        assert_eq!((keys[0].created, list(&keys[0].scopes)), (at("2024-01-01T00:00:00Z"), vec!["Full Access".to_owned()]));
        assert_eq!(keys[1].status, Field::Known(Status::Inactive));
        assert_eq!((keys[0].expires, keys[0].last_used), (Field::Unknown, Field::Unknown));
    }
}
