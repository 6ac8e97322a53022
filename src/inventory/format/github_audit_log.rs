//! GitHub audit log of an organisation, as JSON or CSV: the only source that has a digest of whole tokens.
//!
//! It is no inventory: each event with `hashed_token` tells of a use of a token. Events of one token become one key
//! with the latest use. GitHub documents the digest as SHA-256 in base64; the hexadecimal form of its PowerShell example
//! is taken too. The names are documented, the whole shape of the export is partly confirmed.

use super::{Basis, Format, Sample, when};
use crate::inventory::key::{Digest, Field, Key, OwnerKind};
use crate::inventory::problem::Kind;
use crate::inventory::row::{Row, digest_of};

/// See the module.
pub const FORMAT: Format = Format {
    name: "github-audit-log",
    title: "GitHub audit log",
    provider: "github",
    export: "gh api --paginate '/orgs/ORG/audit-log?include=all'",
    basis: Basis::Description,
    events: true,
    fits,
    read,
};

fn fits(sample: &Sample<'_>) -> u8 {
    let event = sample.has("action") && sample.any(&["@timestamp", "created_at"]);
    when(event && sample.any(&["hashed_token", "_document_id", "programmatic_access_type"]), 95)
}

fn read(row: &Row<'_>, out: &mut Vec<Key>) {
    let Field::Known(hashed) = row.text("hashed_token") else {
        return row.skip("events without a token");
    };
    let Some(digest) = digest_of(&hashed, Some(Digest::Sha256)) else {
        return row.problem(Kind::BadRow, "`hashed_token` is no SHA-256 digest");
    };
    let kind = match row.str("programmatic_access_type").unwrap_or_default() {
        kind if kind.contains("fine-grained") => "fine-grained-token",
        kind if kind.contains("classic") || kind.contains("Personal access token") => "token",
        kind if kind.contains("OAuth") => "oauth-token",
        kind if kind.contains("GitHub App") => "app-token",
        // In preview; the digest is that of the key, and no secret in code has it.
        kind if kind.to_lowercase().contains("deploy key") => "deploy-key",
        kind if kind.to_lowercase().contains("ssh key") => "ssh-key",
        _ => "token",
    };
    let mut key = row.key("github", kind);
    // Listings number tokens; where the event does too, the two meet.
    key.id = row.text("token_id");
    if key.id.is_unknown() || key.id == Field::Known("0".into()) {
        key.id = Field::Known(format!("{digest}").into());
    }
    key.owner = row.first(&["actor", "user"]);
    key.owner_kind = OwnerKind::User;
    key.account = row.first(&["org", "business"]);
    key.scopes = row.list("token_scopes");
    key.last_used = row.time("@timestamp").or(row.time("created_at"));
    key.shown.push(digest);
    out.push(key);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{at, inventory, list, named_keys};

    fn event(time: &str, hash: &str) -> String {
        format!(
            "{{\"@timestamp\":{time},\"action\":\"git.clone\",\"actor\":\"fake-user\",\"hashed_token\":\"{hash}\",\
             \"programmatic_access_type\":\"Personal access token (classic)\",\"token_scopes\":\"repo,read:org\",\
             \"org\":\"fake-org\",\"_document_id\":\"fake\"}}\n"
        )
    }

    #[test]
    fn events_of_one_token_are_one_key() {
        use base64::Engine as _;
        let hash = base64::engine::general_purpose::STANDARD.encode([0xab; 32]);
        let other = "CD".repeat(32);
        let log = event("1700000000000", &hash)
            + "{\"@timestamp\":1700000000001,\"action\":\"org.update_member\",\"_document_id\":\"x\"}\n"
            + &event("1700000500000", &hash)
            + &event("1700000001000", &other);
        let inventory = inventory("log.json", &log);
        assert_eq!(inventory.problems(), []);
        assert_eq!(inventory.sources()[0].skipped["events without a token"], 1);
        let keys = inventory.keys();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].last_used, at("2023-11-14T22:21:40Z"));
        assert_eq!((list(&keys[0].scopes), keys[0].origins().count()), (vec!["repo".into(), "read:org".into()], 1));
        assert_eq!(keys[0].shown[0].to_string(), format!("sha256 {}", "ab".repeat(32)));
    }

    #[test]
    fn the_same_log_as_a_table() {
        let hash = "ab".repeat(32);
        let csv = format!("action,actor,created_at,hashed_token,org,_document_id\ngit.push,u,1700000000000,{hash},o,d\n");
        let keys = named_keys("github-audit-log", "log.csv", &csv);
        assert_eq!((keys.len(), keys[0].last_used), (1, at("2023-11-14T22:13:20Z")));
    }
}
