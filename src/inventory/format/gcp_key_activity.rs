//! Google Cloud: when service-account keys last authenticated, from Activity Analyzer.
//!
//! It joins the listing of the keys by their id. Confirmed against the example answer of Google's page "View recent
//! usage for service accounts and keys", whose records have `fullResourceName`, `activityType` and
//! `activity.lastAuthenticatedTime`; that the latter is absent for keys without use is general knowledge.

use super::{Basis, Format, Sample, gcp_service_account_keys, when};
use crate::inventory::key::{Field, Key};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "gcp-key-activity",
    title: "Google Cloud last use of service-account keys",
    provider: "gcp",
    export: "gcloud policy-intelligence query-activity --activity-type=serviceAccountKeyLastAuthentication \
             --project=PROJECT --format=json",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["fullResourceName", "activityType"]) || sample.has("activity/serviceAccountKey"), 100)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let name = row.first(&["activity/serviceAccountKey/fullResourceName", "fullResourceName"]);
    let Field::Known(name) = name else { return };
    if !name.contains("/keys/") {
        return row.skip("activities of service accounts rather than of their keys");
    }
    let mut key = row.key("gcp", "service-account-key");
    gcp_service_account_keys::resource(row, &mut key, &name);
    key.last_used = row.time("activity/lastAuthenticatedTime");
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, key};
    use super::*;

    #[test]
    fn the_last_use_of_a_key() {
        let key = key(
            "gcp-key-activity",
            r#"[{"activity":{"lastAuthenticatedTime":"2021-04-27T07:00:00Z","serviceAccountKey":{"fullResourceName":
            "//iam.googleapis.com/projects/my-project/serviceAccounts/sa@my-project.example/keys/fakekeyid0001"}},
            "activityType":"serviceAccountKeyLastAuthentication","fullResourceName":
            "//iam.googleapis.com/projects/my-project/serviceAccounts/sa@my-project.example/keys/fakekeyid0001"}]"#,
        );
        assert_eq!((key.id, key.last_used), (Field::Known("fakekeyid0001".into()), at("2021-04-27T07:00:00Z")));
    }
}
