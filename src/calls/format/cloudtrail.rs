//! AWS CloudTrail: files that a trail delivers (`{"Records": […]}`), JSON Lines, and `aws cloudtrail lookup-events`.
//!
//! Members and their meaning are those of the CloudTrail user guide, "CloudTrail record contents" and "CloudTrail
//! userIdentity element"; the shape is confirmed against its "CloudTrail log file examples".
//!
//! Ids that begin with `ASIA` are of temporary credentials (IAM user guide, "IAM identifiers", unique id prefixes).
//! They end by themselves, no inventory lists them, and a busy account has millions: they are counted and left out.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{refused, time};
use crate::calls::call::{Call, Named, Outcome, Record};
use crate::inventory::key::Text;

/// Whether a record is of CloudTrail.
pub fn fits(record: &Map<String, Value>) -> bool {
    let has = |name: &str| record.contains_key(name);
    (has("eventTime") && has("eventName") && (has("eventSource") || has("userIdentity")))
        || (has("CloudTrailEvent") && has("EventId"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_time: Option<String>,
    event_source: Option<String>,
    event_name: Option<String>,
    #[serde(rename = "sourceIPAddress")]
    source: Option<String>,
    error_code: Option<String>,
    user_identity: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    access_key_id: Option<String>,
    arn: Option<String>,
    user_name: Option<String>,
}

/// An event as `lookup-events` prints it: the event itself is a text.
#[derive(Deserialize)]
struct LookedUp {
    #[serde(rename = "CloudTrailEvent")]
    event: Option<String>,
}

/// Reads an event.
pub fn read(text: &[u8]) -> Result<Record, String> {
    const WHAT: &str = "a CloudTrail event";
    let event: Event = serde_json::from_slice(text).map_err(|error| refused(&error, WHAT))?;
    if event.event_time.is_none()
        && let Ok(LookedUp { event: Some(inner) }) = serde_json::from_slice(text)
    {
        return of(serde_json::from_str(&inner).map_err(|error| refused(&error, WHAT))?);
    }
    of(event)
}

fn of(event: Event) -> Result<Record, String> {
    let time: Timestamp = time(event.event_time.as_deref(), "eventTime")?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let identity = event.user_identity;
    let (id, principal) = match identity {
        Some(identity) => (filled(identity.access_key_id), filled(identity.user_name).or(filled(identity.arn))),
        None => (None, None),
    };
    let Some(id) = id else { return Ok(Record::Left("events without an access key", Some(time))) };
    if id.starts_with("ASIA") {
        return Ok(Record::Left("calls with temporary credentials", Some(time)));
    }
    let action = match (filled(event.event_source), filled(event.event_name)) {
        // `s3.amazonaws.com` and `GetObject`: what IAM policies call `s3:GetObject`, mostly.
        (Some(service), Some(name)) => {
            Some(format!("{}:{name}", service.strip_suffix(".amazonaws.com").unwrap_or(&service)))
        }
        (service, name) => name.or(service),
    };
    Ok(Record::Call(Box::new(Call {
        named: Named {
            provider: Some(Text::from("aws")),
            // Tables that people keep say `key` of every kind.
            kinds: &["access-key", "key"],
            id: Some(id.trim().to_owned()),
            digest: None,
        },
        time,
        source: filled(event.source),
        action,
        principal,
        outcome: outcome(filled(event.error_code).as_deref()),
        scopes: None,
    })))
}

/// What an error code says: the codes by which AWS refuses a caller are those of "Common Errors" of its API references
/// and of EC2's "Error codes".
fn outcome(code: Option<&str>) -> Outcome {
    const REFUSED: &[&str] = &[
        "accessdenied",
        "unauthorized",
        "notauthorized",
        "authfailure",
        "forbidden",
        "invalidclienttokenid",
        "invalidaccesskeyid",
        "signaturedoesnotmatch",
        "unrecognizedclient",
        "expiredtoken",
        "incompletesignature",
        "missingauthenticationtoken",
        "invalidtoken",
        "optinrequired",
    ];
    let Some(code) = code else { return Outcome::Success };
    let code = code.to_ascii_lowercase();
    if REFUSED.iter().any(|word| code.contains(word)) { Outcome::Denied } else { Outcome::Error }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        match read(text.as_bytes()).unwrap() {
            Record::Call(call) => *call,
            other @ Record::Left(..) => panic!("{other:?}"),
        }
    }

    const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"FAKE","arn":
        "arn:aws:iam::000000000000:user/Mateo","accountId":"000000000000","accessKeyId":"AKIA-FAKE-0001",
        "userName":"Mateo","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},
        "eventTime":"2023-07-19T21:17:28Z",
        "eventSource":"ec2.amazonaws.com","eventName":"StartInstances","awsRegion":"us-east-1",
        "sourceIPAddress":"192.0.2.0","userAgent":"aws-cli/2.13.5",
        "requestParameters":{"instancesSet":{"items":[{"instanceId":"i-fake"}]}}}"#;

    #[test]
    fn an_event_is_a_call() {
        let call = call(EVENT);
        assert_eq!(call.named.id.as_deref(), Some("AKIA-FAKE-0001"));
        assert_eq!((call.source.as_deref(), call.action.as_deref()), (Some("192.0.2.0"), Some("ec2:StartInstances")));
        assert_eq!((call.outcome, call.principal.as_deref()), (Outcome::Success, Some("Mateo")));
        assert_eq!(call.scopes, None);
    }

    #[test]
    fn lookup_events_are_unpacked() {
        let text = serde_json::json!({"EventId": "fake", "EventName": "StartInstances", "CloudTrailEvent": EVENT});
        assert!(fits(text.as_object().unwrap()));
        assert_eq!(call(&text.to_string()), call(EVENT));
    }

    #[test]
    fn errors_of_rights_are_told_from_others() {
        for (code, wanted) in [
            ("AccessDenied", Outcome::Denied),
            ("Client.UnauthorizedOperation", Outcome::Denied),
            ("AccessDeniedException", Outcome::Denied),
            ("NoSuchBucket", Outcome::Error),
            ("ThrottlingException", Outcome::Error),
        ] {
            let text = EVENT.replacen('{', &format!("{{\"errorCode\":\"{code}\","), 1);
            assert_eq!(call(&text).outcome, wanted, "{code}");
        }
    }

    #[test]
    fn what_has_no_lasting_key_is_left_out_with_a_reason() {
        let temporary = EVENT.replace("AKIA-FAKE", "ASIA-FAKE");
        assert!(matches!(read(temporary.as_bytes()), Ok(Record::Left("calls with temporary credentials", Some(_)))));
        let console = EVENT.replace("\"accessKeyId\":\"AKIA-FAKE-0001\",", "");
        assert!(matches!(read(console.as_bytes()), Ok(Record::Left("events without an access key", Some(_)))));
    }

    #[test]
    fn mistakes_are_named_without_quoting() {
        let error = |text: &str| read(text.as_bytes()).unwrap_err();
        assert!(error("{\"eventTime\":\"soon\"}").contains("`eventTime` is no time"));
        assert_eq!(error("{\"eventName\":\"x\"}"), "it has no `eventTime`");
        assert_eq!(error("{oops"), "it is no JSON");
        let told = error("{\"eventTime\":{\"hunter2\":1}}");
        assert!(told.contains("not of the kind") && !told.contains("hunter2"), "{told}");
    }
}
