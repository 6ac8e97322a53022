//! PagerDuty audit records: uses of API tokens by their last four characters. PagerDuty has no call that lists keys;
//! its page "API Access Keys" is kept as a table.
//!
//! Records of one token become one key with the latest use. The members are those of PagerDuty's API description
//! ("List audit records").

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Field, Key, OwnerKind};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "pagerduty-audit",
    title: "PagerDuty audit records",
    provider: "pagerduty",
    export: "curl https://api.pagerduty.com/audit/records …",
    basis: Basis::Description,
    events: true,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.all(&["execution_time", "method", "actors"]) || sample.has("method/truncated_token"), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let Field::Known(token) = row.text("method/truncated_token") else {
        return row.skip("records without a token");
    };
    let mut key = row.key("pagerduty", "api-token");
    key.id = Field::Known(format!("…{token}").into());
    key.owner = row.first(&["actors/0/summary", "actors/0/id"]);
    key.owner_kind = OwnerKind::User;
    key.last_used = row.time("execution_time");
    key.shown.extend(row.suffix("method/truncated_token"));
    out.push(key);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, keys, shown};

    #[test]
    fn records_of_one_token_are_one_key() {
        let record = |time: &str| {
            format!(
                r#"{{"id":"FAKE","execution_time":"{time}","actors":[{{"id":"P1","type":"user_reference","summary":"Fake"}}],
                "method":{{"type":"api_token","truncated_token":"fake"}},"action":"create"}}"#
            )
        };
        let (one, two) = (record("2024-01-01T00:00:00.000Z"), record("2024-02-01T00:00:00.000Z"));
        let browser = r#"{"execution_time":"2024-01-01T00:00:00Z","actors":[],"method":{"type":"browser"}}"#;
        let keys = keys("pagerduty-audit", &format!(r#"{{"records":[{one},{two},{browser}],"next_cursor":null}}"#));
        assert_eq!(keys.len(), 1);
        assert_eq!((keys[0].last_used, shown(&keys[0])), (at("2024-02-01T00:00:00Z"), vec!["mask …fake".to_owned()]));
    }
}
