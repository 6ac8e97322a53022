//! Grafana service accounts: how many tokens each has, not which. A list of the tokens belongs beside it.
//!
//! Confirmed against the example answer of Grafana's documentation, "Service account API".

use super::{Basis, Format, Sample, when};
use crate::inventory::key::Key;
use crate::inventory::problem::{Kind, quoted};
use crate::inventory::row::Row;

/// See the module.
pub const FORMAT: Format = Format {
    name: "grafana-accounts",
    title: "Grafana service accounts",
    provider: "grafana",
    export: "curl https://HOST/api/serviceaccounts/search …",
    basis: Basis::Example,
    events: false,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    when(sample.under("serviceAccounts") && sample.all(&["login", "tokens", "isDisabled"]), 100)
}

fn read(row: &Row<'_>, _out: &mut Vec<Key>) {
    let tokens = row.get("tokens").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if tokens > 0 {
        let name = row.str("name").unwrap_or_default();
        row.problem(
            Kind::Incomplete,
            format!("the account {} has {tokens} tokens, which this list does not show; export them too", quoted(name)),
        );
    }
    row.skip("service accounts, which are no keys");
}

#[cfg(test)]
mod tests {
    use super::super::tests::inventory;
    use crate::inventory::problem::Kind;

    #[test]
    fn accounts_are_no_keys_and_say_what_is_missing() {
        let inventory = inventory(
            "accounts.json",
            r#"{"totalCount":2,"serviceAccounts":[{"id":1,"name":"grafana","login":"sa-grafana","orgId":1,
            "isDisabled":false,"role":"Viewer","tokens":0},{"id":2,"name":"test","login":"sa-test","orgId":1,
            "isDisabled":false,"role":"Viewer","tokens":3}],"page":1,"perPage":10}"#,
        );
        assert!(inventory.keys().is_empty());
        assert_eq!(inventory.problems().len(), 1, "{:?}", inventory.problems());
        assert_eq!(inventory.problems()[0].kind, Kind::Incomplete);
        assert_eq!(inventory.sources()[0].skipped["service accounts, which are no keys"], 2);
    }
}
