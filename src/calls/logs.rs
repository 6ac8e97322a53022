//! Call logs as files, against an inventory of several providers: what an audit gets from them.
//!
//! Logs are typed after the providers' documentation. Ids and digests are put together at run time.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::judge::{CallKind, Caller, Limits, judge};
use super::{Calls, Options};
use crate::inventory::{self, Inventory};

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn day(number: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
}

fn trail_event(id: &str, time: Timestamp, source: &str, error: Option<&str>) -> Value {
    let mut event = json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "principalId": "FAKE", "arn": "arn:aws:iam::000000000000:user/ci",
            "accountId": "000000000000", "accessKeyId": id, "userName": "ci"},
        "eventTime": time.to_string(), "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "awsRegion": "eu-central-1", "sourceIPAddress": source, "userAgent": "aws-cli/2.13.5",
        "requestParameters": {"bucketName": "fake"}, "responseElements": null, "eventID": "fake",
    });
    if let Some(error) = error {
        event["errorCode"] = error.into();
    }
    event
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn inventory(folder: &Path) -> Inventory {
    let id = |number: u32| format!("{}{number:016}", "AKIA");
    let aws = json!({"AccessKeyMetadata": [
        {"UserName": "ci", "Status": "Active", "CreateDate": "2025-01-01T00:00:00Z", "AccessKeyId": id(1)},
        {"UserName": "old", "Status": "Inactive", "CreateDate": "2025-01-01T00:00:00Z", "AccessKeyId": id(2)},
        {"UserName": "idle", "Status": "Active", "CreateDate": "2025-01-01T00:00:00Z", "AccessKeyId": id(3)},
    ]});
    let gcp = json!([{"name": "projects/p/serviceAccounts/ci@p.example/keys/fakekeyid0001", "keyType": "USER_MANAGED",
        "validAfterTime": "2025-01-01T00:00:00Z", "validBeforeTime": "2026-01-10T00:00:00Z"}]);
    let github = json!([{"@timestamp": 1_700_000_000_000_i64, "_document_id": "x", "action": "git.clone", "actor": "u",
        "hashed_token": STANDARD.encode([7; 32]), "programmatic_access_type": "OAuth access token"}]);
    let mut inventory = Inventory::new(inventory::Options::default());
    for (name, value) in [("aws.json", aws), ("gcp.json", gcp), ("github.json", github)] {
        inventory.read_path(&write(folder, name, value.to_string().as_bytes()));
    }
    inventory.finish();
    assert_eq!(inventory.keys().len(), 5, "{:?}", inventory.problems());
    inventory
}

#[test]
fn logs_of_several_providers_are_judged_together() {
    let folder = tempfile::tempdir().unwrap();
    let inventory = inventory(folder.path());
    let id = |number: u32| format!("{}{number:016}", "AKIA");
    let mut events: Vec<Value> = (0..60).map(|n| trail_event(&id(1), day(n), "192.0.2.1", None)).collect();
    events.push(trail_event(&id(1), day(50), "203.0.113.9", None));
    events.push(trail_event(&id(2), day(1), "192.0.2.1", None));
    events.extend(
        (0..12).map(|n| trail_event(&id(2), day(40) + SignedDuration::from_secs(n), "192.0.2.1", Some("AccessDenied"))),
    );
    events.push(trail_event(&id(9), day(3), "192.0.2.1", None));
    events.push(trail_event(&id(1).replace("AKIA", "ASIA"), day(3), "192.0.2.1", None));
    let records = |events: &[Value]| gzip(json!({ "Records": events }).to_string().as_bytes());
    let gcp = json!({"insertId": "x", "logName": "projects/p/logs/cloudaudit.googleapis.com%2Fdata_access",
        "timestamp": "2026-01-11T00:00:00Z", "protoPayload": {"methodName": "storage.objects.get", "authenticationInfo":
        {"principalEmail": "ci@p.example", "serviceAccountKeyName":
        "//iam.googleapis.com/projects/p/serviceAccounts/ci@p.example/keys/fakekeyid0001"},
        "requestMetadata": {"callerIp": "192.0.2.3"}}});
    let github = |byte: u8| {
        let hash = STANDARD.encode([byte; 32]);
        json!({"@timestamp": day(1).as_millisecond(), "_document_id": "x", "action": "git.push", "actor": "u",
            "actor_ip": "192.0.2.4", "hashed_token": hash, "programmatic_access_type": "OAuth access token"})
        .to_string()
    };
    let files = [
        write(folder.path(), "1.json.gz", &records(&events[..30])),
        write(folder.path(), "2.json.gz", &records(&events[30..])),
        write(folder.path(), "gcp.jsonl", gcp.to_string().as_bytes()),
        write(folder.path(), "github.jsonl", format!("{}\n{}\n", github(7), github(8)).as_bytes()),
    ];
    let calls = Calls::read(&files, &inventory, &Options::default()).unwrap();
    assert_eq!(calls.problems().count(), 0);
    let findings = judge(&calls, &inventory, day(100), &Limits::default());
    let told: Vec<(String, CallKind, u64)> = findings
        .iter()
        .map(|finding| {
            let caller = match &finding.caller {
                Caller::Key(at) => inventory.keys()[*at].owner.known().unwrap().to_string(),
                Caller::Stranger(identity) => identity.provider.to_string(),
            };
            (caller, finding.kind, finding.count)
        })
        .collect();
    let wanted = [
        ("ci", CallKind::NewSource, 1),
        ("old", CallKind::RevokedKey, 12),
        ("old", CallKind::Burst, 12),
        ("idle", CallKind::Unused, 0),
        ("ci@p.example", CallKind::ExpiredKey, 1),
        ("aws", CallKind::UnknownKey, 1),
        ("github", CallKind::UnknownKey, 1),
    ];
    assert_eq!(told, wanted.map(|(caller, kind, count)| (caller.to_owned(), kind, count)));
    assert_eq!(calls.files()[1].left["calls with temporary credentials"], 1);

    // Any order of the files is the same, to the last detail.
    let mut reversed = files.to_vec();
    reversed.reverse();
    assert_eq!(Calls::read(&reversed, &inventory, &Options::default()).unwrap(), calls);
}

#[test]
fn a_log_of_one_line_is_streamed() {
    // A trail's file is one line and one array; nothing of it may have to be in memory at once. Rows that no key has to
    // do with are there to make it long.
    let folder = tempfile::tempdir().unwrap();
    let inventory = inventory(folder.path());
    let event = trail_event(&format!("{}{:016}", "AKIA", 1), day(1), "192.0.2.1", None).to_string();
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(b"{\"Records\":[").unwrap();
    for number in 0..20_000 {
        if number > 0 {
            out.write_all(b",").unwrap();
        }
        out.write_all(event.as_bytes()).unwrap();
    }
    out.write_all(b"]}").unwrap();
    let path = write(folder.path(), "long.json.gz", &out.finish().unwrap());
    let calls = Calls::read(&[path], &inventory, &Options::default()).unwrap();
    assert_eq!((calls.files()[0].rows, calls.of(0).unwrap().calls.calls), (20_000, 20_000));
    assert_eq!(calls.of(0).unwrap().sources.len(), 1);
}
