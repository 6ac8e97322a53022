//! Audit logs of Google Cloud: entries of `gcloud logging read --format=json`, of exports (JSON Lines) and of the
//! Logging API.
//!
//! Members are those of Google's reference of `LogEntry` and `AuditLog`. The shape of an entry is confirmed against
//! published examples ("Audit log example" of Bigtable, "Example logs for service accounts"); none of them has
//! `serviceAccountKeyName`, whose form (`//iam.googleapis.com/projects/P/serviceAccounts/A/keys/ID`) is the
//! reference's. The codes of `status` are those of `google.rpc.Code`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{refused, time};
use crate::calls::call::{Call, Named, Outcome, Record};
use crate::inventory::key::Text;

/// Whether a record is an entry of Cloud Logging.
pub fn fits(record: &Map<String, Value>) -> bool {
    let has = |name: &str| record.contains_key(name);
    let payload = ["protoPayload", "jsonPayload", "textPayload"].iter().any(|name| has(name));
    (payload && (has("logName") || has("timestamp") || has("insertId") || has("resource")))
        || (has("logName") && has("timestamp") && has("insertId"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    timestamp: Option<String>,
    receive_timestamp: Option<String>,
    proto_payload: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    status: Option<Status>,
    authentication_info: Option<Authentication>,
    #[serde(default)]
    authorization_info: Vec<Authorization>,
    request_metadata: Option<Metadata>,
    method_name: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    code: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    principal_email: Option<String>,
    service_account_key_name: Option<String>,
}

#[derive(Deserialize)]
struct Authorization {
    permission: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    caller_ip: Option<String>,
}

/// Reads an entry.
pub fn read(text: &[u8]) -> Result<Record, String> {
    let entry: Entry = serde_json::from_slice(text).map_err(|error| refused(&error, "an entry of an audit log"))?;
    let time = time(entry.timestamp.as_deref().or(entry.receive_timestamp.as_deref()), "timestamp")?;
    let Some(payload) = entry.proto_payload else {
        return Ok(Record::Left("entries that are of no audit log", Some(time)));
    };
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (key, principal) = match payload.authentication_info {
        Some(info) => (filled(info.service_account_key_name), filled(info.principal_email)),
        None => (None, None),
    };
    let Some(key) = key else { return Ok(Record::Left("calls without a service-account key", Some(time))) };
    let Some((_, id)) = key.rsplit_once("/keys/").filter(|(_, id)| !id.is_empty()) else {
        return Err("`serviceAccountKeyName` names no key".to_owned());
    };
    let permissions: Vec<String> =
        payload.authorization_info.into_iter().filter_map(|info| filled(info.permission)).collect();
    Ok(Record::Call(Box::new(Call {
        named: Named {
            provider: Some(Text::from("gcp")),
            kinds: &["service-account-key", "key"],
            id: Some(id.to_owned()),
            digest: None,
        },
        time,
        source: payload.request_metadata.and_then(|metadata| filled(metadata.caller_ip)),
        action: filled(payload.method_name),
        principal,
        outcome: match payload.status.and_then(|status| status.code).unwrap_or(0) {
            0 => Outcome::Success,
            // PERMISSION_DENIED and UNAUTHENTICATED
            7 | 16 => Outcome::Denied,
            _ => Outcome::Error,
        },
        scopes: (!permissions.is_empty()).then_some(permissions),
    })))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn entry(status: &str, info: &str) -> String {
        format!(
            r#"{{"insertId":"fake","logName":"projects/fake-p/logs/cloudaudit.googleapis.com%2Fdata_access","timestamp":
            "2026-05-27T16:24:56.135Z","protoPayload":{{"@type":"type.googleapis.com/google.cloud.audit.AuditLog",
            "status":{status},"authenticationInfo":{{"principalEmail":"ci@fake-p.example"{info}}},
            "requestMetadata":{{"callerIp":
            "192.0.2.1","callerSuppliedUserAgent":"x"}},"serviceName":"storage.googleapis.com","methodName":
            "storage.objects.get","authorizationInfo":[{{"permission":"storage.objects.get","granted":true}}]}}}}"#
        )
    }

    const KEY: &str = concat!(
        r#","serviceAccountKeyName":"//iam.googleapis.com/projects/fake-p/"#,
        r#"serviceAccounts/ci@fake-p.example/keys/fakekeyid0001""#
    );

    #[test]
    fn an_entry_is_a_call() {
        let Ok(Record::Call(call)) = read(entry("{}", KEY).as_bytes()) else { panic!("no call") };
        assert_eq!(call.named.id.as_deref(), Some("fakekeyid0001"));
        assert_eq!(call.scopes, Some(vec!["storage.objects.get".to_owned()]));
        assert_eq!((call.outcome, call.source.as_deref()), (Outcome::Success, Some("192.0.2.1")));
        for (code, outcome) in [(7, Outcome::Denied), (16, Outcome::Denied), (5, Outcome::Error), (0, Outcome::Success)]
        {
            let Ok(Record::Call(call)) = read(entry(&format!("{{\"code\":{code}}}"), KEY).as_bytes()) else { panic!() };
            assert_eq!(call.outcome, outcome);
        }
    }

    #[test]
    fn calls_without_a_key_are_left_out() {
        assert!(matches!(read(entry("{}", "").as_bytes()), Ok(Record::Left("calls without a service-account key", _))));
        let other = r#"{"timestamp":"2026-05-27T16:24:56Z","logName":"x","insertId":"y","textPayload":"hello"}"#;
        assert!(fits(serde_json::from_str::<Value>(other).unwrap().as_object().unwrap()));
        assert!(matches!(read(other.as_bytes()), Ok(Record::Left("entries that are of no audit log", _))));
        assert!(read(entry("{}", r#","serviceAccountKeyName":"odd""#).as_bytes()).is_err());
    }
}
