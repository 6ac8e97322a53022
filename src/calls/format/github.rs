//! GitHub's audit log of an organisation or enterprise: JSON, JSON Lines as streaming writes them, and the CSV export.
//!
//! Members are those of GitHub's documentation, "Identifying audit log events performed by an access token" and "Audit
//! log events for your enterprise"; GitHub publishes no example of an event with token data, so the shape is confirmed
//! in part. `hashed_token` is the SHA-256 of the token in base64. `token_id` is the id under which the organisation's
//! listing shows a fine-grained token; of other tokens the listings show other numbers, and only the digest counts.
//!
//! The log holds what was done. Only where an event has a `status_code` of HTTP does it tell of a refusal.
//! `token_scopes` is what the token may do rather than what the call needed, so that it says nothing about use.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::refused;
use crate::calls::call::{Call, Named, Outcome, Record};
use crate::inventory::key::{Digest, Field, Text};
use crate::inventory::row::{read_time, text_of};
use crate::inventory::time::{Clock, Reading};

/// Whether a record is of GitHub's audit log.
pub fn fits(record: &Map<String, Value>) -> bool {
    let has = |name: &str| record.contains_key(name);
    has("action")
        && (has("@timestamp") || has("created_at"))
        && ["_document_id", "hashed_token", "programmatic_access_type", "actor_location"].iter().any(|name| has(name))
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "@timestamp")]
    timestamp: Option<Value>,
    created_at: Option<Value>,
    action: Option<String>,
    actor: Option<String>,
    user: Option<String>,
    actor_ip: Option<String>,
    hashed_token: Option<String>,
    token_id: Option<Value>,
    programmatic_access_type: Option<String>,
    status_code: Option<Value>,
}

/// Reads an event.
pub fn read(text: &[u8]) -> Result<Record, String> {
    let event: Event =
        serde_json::from_slice(text).map_err(|error| refused(&error, "an event of GitHub's audit log"))?;
    let time = [&event.timestamp, &event.created_at].into_iter().flatten().find_map(|value| {
        match read_time(value, &Clock::default()) {
            Reading::Is(Field::Known(time)) => Some(Ok(time)),
            Reading::Is(_) => None,
            _ => Some(Err("`@timestamp` is no time".to_owned())),
        }
    });
    let time = time.unwrap_or_else(|| Err("it has no `@timestamp`".to_owned()))?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let mut named = Named { provider: Some(Text::from("github")), ..Named::default() };
    if let Some(hashed) = filled(event.hashed_token)
        && !named.set_digest(&hashed, Some(Digest::Sha256))
    {
        return Err("`hashed_token` is no SHA-256 digest".to_owned());
    }
    let kind = event.programmatic_access_type.unwrap_or_default().to_lowercase();
    if kind.contains("fine-grained") {
        named.kinds = &["fine-grained-token"];
        named.id = event.token_id.as_ref().and_then(text_of).filter(|id| !matches!(id.trim(), "" | "0"));
    }
    if named.id.is_none() && named.digest.is_none() {
        return Ok(Record::Left("events without a token", Some(time)));
    }
    let status = event.status_code.as_ref().and_then(text_of).and_then(|text| Outcome::of_word(&text));
    Ok(Record::Call(Box::new(Call {
        named,
        time,
        source: filled(event.actor_ip),
        action: filled(event.action),
        principal: filled(event.actor).or(filled(event.user)),
        outcome: status.unwrap_or(Outcome::Success),
        scopes: None,
    })))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn event(extra: &str) -> String {
        format!(
            "{{\"@timestamp\":1700000000000,\"_document_id\":\"fake\",\"action\":\"git.clone\",\"actor\":\"fake-user\",\
             \"actor_ip\":\"192.0.2.7\",\"token_scopes\":\"repo\"{extra}}}"
        )
    }

    fn call(text: &str) -> Call {
        match read(text.as_bytes()).unwrap() {
            Record::Call(call) => *call,
            other @ Record::Left(..) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_is_named_by_its_digest() {
        use base64::Engine as _;
        let hash = base64::engine::general_purpose::STANDARD.encode([0xab; 32]);
        let text = event(&format!(
            ",\"hashed_token\":\"{hash}\",\"token_id\":5,\"programmatic_access_type\":\"OAuth access token\""
        ));
        let call = call(&text);
        assert_eq!(call.named.digest, Some((Digest::Sha256, vec![0xab; 32].into())));
        assert_eq!((call.named.id, call.outcome), (None, Outcome::Success));
        assert_eq!(call.time.to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(call.source.as_deref(), Some("192.0.2.7"));
    }

    #[test]
    fn a_fine_grained_token_has_an_id_too() {
        let text = event(
            ",\"token_id\":5,\"programmatic_access_type\":\"Fine-grained personal access token\",\"status_code\":403",
        );
        let call = call(&text);
        assert_eq!((call.named.id.as_deref(), call.named.kinds), (Some("5"), &["fine-grained-token"][..]));
        assert_eq!(call.outcome, Outcome::Denied);
    }

    #[test]
    fn events_of_people_are_left_out() {
        assert!(matches!(read(event("").as_bytes()), Ok(Record::Left("events without a token", Some(_)))));
        assert!(read(event(",\"hashed_token\":\"x\"").as_bytes()).unwrap_err().contains("SHA-256"));
    }
}
