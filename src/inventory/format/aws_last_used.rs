//! AWS: the answer of `get-access-key-last-used`, which names the user and not the key.
//!
//! It is joined with the only key of its user, or with the key whose id the file is named after. Confirmed against the
//! example of the AWS command line's reference for `iam get-access-key-last-used`.

use super::{Basis, Format, Sample, is_aws_key_id, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "aws-last-used",
    title: "AWS IAM last use of an access key",
    provider: "aws",
    export: "aws iam get-access-key-last-used --access-key-id ID > ID.json",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.has("AccessKeyLastUsed"), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let mut key = row.key("aws", "access-key");
    key.owner = row.shared("UserName");
    key.owner_kind = OwnerKind::User;
    // The date is absent for a key that was never used, and for users without any key.
    key.last_used = row.time_absent_never("AccessKeyLastUsed/LastUsedDate");
    if let (Field::Known(service), Field::Known(region)) =
        (row.text("AccessKeyLastUsed/ServiceName"), row.text("AccessKeyLastUsed/Region"))
    {
        key.note(format!("last used for {service} in {region}"));
    }
    let named = row.context.stem.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| is_aws_key_id(word));
    match named {
        Some(id) => {
            key.id = Field::Known(id.into());
            key.shown.push(Shown::Id(id.into()));
        }
        None => key.partial = true,
    }
    out.push(key);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{at, inventory};
    use super::*;
    use crate::inventory::{Inventory, Options};

    const ANSWER: &str = r#"{"UserName": "Bob", "AccessKeyLastUsed":
        {"Region": "us-east-1", "ServiceName": "iam", "LastUsedDate": "2015-06-16T22:45:00Z"}}"#;

    fn listing(ids: &[&str]) -> String {
        let row = |id: &&str| {
            format!(r#"{{"UserName":"Bob","Status":"Active","CreateDate":"2013-06-04T18:17:34Z","AccessKeyId":"{id}"}}"#)
        };
        format!("{{\"AccessKeyMetadata\":[{}]}}", ids.iter().map(row).collect::<Vec<_>>().join(","))
    }

    fn both(name: &str, ids: &[&str]) -> Inventory {
        let mut inventory = Inventory::new(Options::default());
        inventory.read(name, ANSWER.as_bytes());
        inventory.read("listing.json", listing(ids).as_bytes());
        inventory.finish();
        inventory
    }

    #[test]
    fn the_only_key_of_the_user_is_meant() {
        let inventory = both("last.json", &["AKIA-FAKE-0001"]);
        assert_eq!(inventory.problems(), []);
        assert_eq!(inventory.keys().len(), 1);
        assert_eq!(inventory.keys()[0].last_used, at("2015-06-16T22:45:00Z"));
        assert_eq!(&*inventory.keys()[0].notes, ["last used for iam in us-east-1"]);
    }

    #[test]
    fn of_two_keys_the_name_of_the_file_tells_which() {
        let (one, two) = (format!("AKIA{}", "1".repeat(16)), format!("AKIA{}", "2".repeat(16)));
        let inventory = both(&format!("last-{two}.json"), &[&one, &two]);
        let used: Vec<_> = inventory.keys().iter().filter(|key| key.last_used.known().is_some()).collect();
        assert_eq!(used.len(), 1);
        assert_eq!(used[0].id, Field::Known(two.as_str().into()));
        let inventory = both("last.json", &[&one, &two]);
        assert!(inventory.problems()[0].message.contains("has several"), "{:?}", inventory.problems());
        assert!(inventory.keys().iter().all(|key| key.last_used.is_unknown()));
    }

    #[test]
    fn without_a_listing_it_is_a_problem() {
        let inventory = inventory("last.json", ANSWER);
        assert!(inventory.keys().is_empty());
        assert!(inventory.problems()[0].message.contains("no listing"), "{:?}", inventory.problems());
        assert_eq!((inventory.sources()[0].read, inventory.sources()[0].bad), (0, 1));
    }
}
