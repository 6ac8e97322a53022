//! Google Cloud service-account keys, as `gcloud` or the IAM API lists them.
//!
//! Keys that Google manages itself are rotated by Google and left out. A key without an end is written as one that ends
//! in the year 9999. The members are those of the IAM API reference, which has no last use; see `gcp-key-activity`.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "gcp-service-account-keys",
    title: "Google Cloud service-account keys",
    provider: "gcp",
    export: "gcloud iam service-accounts keys list --iam-account=ACCOUNT --format=json",
    basis: Basis::Description,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.any(&["validAfterTime", "valid_after_time"]) && sample.any(&["keyType", "keyAlgorithm", "name"]), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    if row.first(&["keyType", "key_type"]) == Field::Known("SYSTEM_MANAGED".into()) {
        return row.skip("keys that Google manages and rotates itself");
    }
    let mut key = row.key("gcp", "service-account-key");
    resource(row, &mut key, row.str("name").unwrap_or_default());
    key.created = row.time("validAfterTime").or(row.time("valid_after_time"));
    key.expires = row.time("validBeforeTime").or(row.time("valid_before_time"));
    let reason = row.first(&["disableReason", "disable_reason"]);
    let exposed = reason.known().is_some_and(|reason| reason.contains("EXPOSED") || reason.contains("COMPROMISE"))
        || row.each("extendedStatus").any(|status| status.get("key").is_some_and(|key| key.to_string().contains("EXPOSED")));
    key.status = Field::Known(match row.flag("disabled") {
        _ if exposed => Status::Leaked,
        Some(true) => Status::Inactive,
        _ => Status::Active,
    });
    if let Field::Known(reason) = reason {
        key.note(format!("disabled: {reason}"));
    }
    key.shown.extend(row.shown("privateKeyData"));
    out.push(key);
}

/// Takes id, owner and project from `projects/P/serviceAccounts/MAIL/keys/ID`.
pub fn resource(row: &Row<'_>, key: &mut Key, name: &str) {
    let parts: Vec<&str> = name.split('/').collect();
    let after = |word: &str| {
        let at = parts.iter().position(|part| *part == word)?;
        parts.get(at + 1).copied().filter(|part| !part.is_empty())
    };
    if let Some(id) = after("keys") {
        key.id = Field::Known(id.into());
        // The `private_key_id` of a key file.
        key.shown.push(Shown::Id(id.into()));
    }
    key.owner = Field::from(after("serviceAccounts").map(|owner| row.context.shared(owner)));
    key.owner_kind = OwnerKind::Service;
    key.account = Field::from(after("projects").map(|project| row.context.shared(project)));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, inventory, keys, shown};
    use super::*;

    const LISTING: &str = r#"[{"name":"projects/fake-p/serviceAccounts/ci@fake-p.example/keys/fakekeyid0001",
        "validAfterTime":"2024-01-01T00:00:00Z","validBeforeTime":"9999-12-31T23:59:59Z","keyType":"USER_MANAGED",
        "keyOrigin":"GOOGLE_PROVIDED","keyAlgorithm":"KEY_ALG_RSA_2048"},
        {"name":"projects/fake-p/serviceAccounts/ci@fake-p.example/keys/fakekeyid0002",
        "validAfterTime":"2024-01-01T00:00:00Z","validBeforeTime":"2024-01-16T00:00:00Z","keyType":"SYSTEM_MANAGED"},
        {"name":"projects/fake-p/serviceAccounts/ci@fake-p.example/keys/fakekeyid0003","disabled":true,
        "disableReason":"SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED",
        "validAfterTime":"2024-01-01T00:00:00Z","validBeforeTime":"2025-01-01T00:00:00Z","keyType":"USER_MANAGED"}]"#;

    #[test]
    fn the_year_9999_is_never() {
        let keys = keys("gcp-service-account-keys", LISTING);
        assert_eq!(keys.len(), 2);
        assert_eq!((keys[0].created, keys[0].expires), (at("2024-01-01T00:00:00Z"), Field::Empty));
        assert_eq!(keys[0].owner, Field::Known("ci@fake-p.example".into()));
        assert_eq!(shown(&keys[0]), ["id fakekeyid0001"]);
        assert_eq!(keys[0].last_used, Field::Unknown);
        assert_eq!(keys[1].status, Field::Known(Status::Leaked));
    }

    #[test]
    fn what_google_rotates_is_counted_as_left_out() {
        let inventory = inventory("keys.json", LISTING);
        assert_eq!(inventory.sources()[0].skipped.values().sum::<u64>(), 1);
    }
}
