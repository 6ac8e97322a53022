//! An audit made by hand, for the tests of the formats. No value in it is or resembles a key.

#![allow(clippy::unwrap_used, dead_code)]

use std::collections::HashMap;

use crate::audit::policy::Policy;
use crate::audit::run::Usage;
use crate::audit::{Audit, Input, Repository, Scan, Told, run};
use crate::config::Loaded;
use crate::detect::rule::Ruleset;
use crate::inventory::{Inventory, Options};
use crate::report::Report;
use crate::report::sample;

const KEYS: &str = "id,name,provider,kind,owner,status,scopes,created,last-used,expires,integrations,key,supersedes\n\
    one,Billing,acme,token,ann@example.com,active,\"read, *\",2026-01-05,2026-06-01,never,billing,,\n\
    six,Pages,alpha,token,ann@example.com,active,read,2024-04-30,2026-06-01,never,pages,ever…rywh,\n\
    seven,Mail,alpha,token,ann@example.com,revoked,read,2024-04-30,2026-06-01,never,mail,remo…ved-,\n\
    two,Orders,acme,token,,active,read,2026-05-01,never,2026-12-31,\"orders, shop\",,\n\
    three,=Orders|new,acme,token,bob@example.com,active,read,2026-06-01,2026-06-20,2026-08-01,orders,,two\n\
    four,Old,acme,token,bob@example.com,revoked,read,2020-01-01,2021-01-01,2022-01-01,old,,\n\
    five,Late,acme,token,eve@example.com,active,read,soon,2026-06-20,2026-07-01,late,,\n";

const POLICY: &str = "[audit]\nstaff = [\"ann@*\", \"bob@*\"]\n\
    [[audit.exception]]\ncheck = \"no-expiry\"\nkey = \"one\"\nreason = \"The provider has no expiry\"\nowner = \"ann\"\n\
    [[audit.exception]]\ncheck = \"unused\"\nkey = \"two\"\nreason = \"Season\"\nexpires = 2026-01-31\n";

fn made(as_of: &str, report: Option<&Report>) -> Audit {
    let mut inventory = Inventory::new(Options::default());
    inventory.read("exports/keys.csv", KEYS.as_bytes());
    inventory.finish();
    let loaded = Loaded::parse(std::path::Path::new("keytrail.toml"), POLICY.to_owned()).unwrap();
    let policy = Policy::new(&loaded).unwrap();
    let rules = Ruleset::builtin();
    let repositories: [Repository; 0] = [];
    run(&Input {
        inventory: &inventory,
        policy: &policy,
        as_of: as_of.parse().unwrap(),
        scan: report.map(|report| Scan { report, rules: &rules, repositories: &repositories }),
        told: Told { usage: HashMap::from([(2, Usage { failed: 3, ..Usage::default() })]), ..Told::default() },
    })
}

/// Keys with most of what can be wrong, a leak of a history, an exception, and an earlier audit.
pub fn audit() -> Audit {
    let report = sample::historic();
    let mut audit = made("2026-06-30T00:00:00Z", Some(&report));
    audit.compare(&made("2026-06-01T00:00:00Z", None));
    audit.exit_code = 1;
    audit
}

/// An inventory without a scan.
pub fn alone() -> Audit {
    made("2026-06-30T00:00:00Z", None)
}
