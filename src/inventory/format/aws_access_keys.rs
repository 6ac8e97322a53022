//! AWS access keys: the answer of `list-access-keys`.
//!
//! Confirmed against the example of the AWS command line's reference for `iam list-access-keys`.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Text};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "aws-access-keys",
    title: "AWS IAM access keys",
    provider: "aws",
    export: "aws iam list-access-keys --user-name USER",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["AccessKeyId", "CreateDate", "Status"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("aws", "access-key");
    key.id = row.text("AccessKeyId");
    key.owner = row.shared("UserName");
    key.owner_kind = OwnerKind::User;
    key.status = row.status("Status");
    key.created = row.time("CreateDate");
    key.alias = alias(&key);
    if let Field::Known(id) = &key.id {
        key.shown.push(Shown::Id(id.clone()));
    }
    // Only the answer to creating a key has it.
    key.shown.extend(row.shown("SecretAccessKey"));
    if !key.id.is_unknown() {
        out.push(key);
    }
}

/// By user and creation time a listing and a credential report mean the same key.
pub fn alias(key: &Key) -> Option<Text> {
    let (owner, created) = (key.owner.known()?, key.created.known()?);
    let account_wide = owner.as_str();
    Some(format!("{account_wide} {}", created.as_second()).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{at, keys, shown};
    use super::*;
    use crate::inventory::key::Status;
    use crate::inventory::{Inventory, Options};

    const LISTING: &str = r#"{"AccessKeyMetadata": [
        {"UserName": "Bob", "Status": "Active", "CreateDate": "2013-06-04T18:17:34Z", "AccessKeyId": "AKIA-FAKE-0001"},
        {"UserName": "Bob", "Status": "Inactive", "CreateDate": "2013-06-06T20:42:26Z", "AccessKeyId": "AKIA-FAKE-0002"}
    ]}"#;

    #[test]
    fn ids_are_shown_whole() {
        let keys = keys("aws-access-keys", LISTING);
        assert_eq!(keys.len(), 2);
        assert_eq!(shown(&keys[0]), ["id AKIA-FAKE-0001"]);
        assert_eq!((keys[1].status, keys[1].created), (Field::Known(Status::Inactive), at("2013-06-06T20:42:26Z")));
        assert_eq!((keys[1].origin.line, keys[1].origin.column), (3, 9));
    }

    #[test]
    fn a_listing_and_a_report_describe_the_same_keys() {
        let report = "user,arn,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date\n\
            Bob,arn:aws:iam::000000000000:user/Bob,true,2013-06-04T18:17:34+00:00,2024-01-01T00:00:00+00:00\n";
        for files in [[("r.csv", report), ("l.json", LISTING)], [("l.json", LISTING), ("r.csv", report)]] {
            let mut inventory = Inventory::new(Options::default());
            for (name, text) in files {
                inventory.read(name, text.as_bytes());
            }
            inventory.finish();
            assert_eq!(inventory.problems(), []);
            assert_eq!(inventory.keys().len(), 2, "{:#?}", inventory.keys());
            let key = inventory.keys().iter().find(|key| key.last_used.known().is_some()).unwrap();
            assert_eq!(key.id, Field::Known("AKIA-FAKE-0001".into()));
            assert_eq!(key.origins().count(), 2);
        }
    }
}
