//! Logs through the reader: what is recognised, counted and refused, what is judged, and that order changes nothing.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::judge::{CallFinding, CallKind, Caller, Limits, judge};
use super::*;
use crate::inventory;

fn inventory_of(files: &[(&str, &str)]) -> Inventory {
    let mut inventory = Inventory::new(inventory::Options::default());
    for (name, text) in files {
        inventory.read(name, text.as_bytes());
    }
    inventory.finish();
    inventory
}

/// Keys of `acme` by their ids, with more columns where a test needs them.
fn acme(columns: &str, rows: &[&str]) -> Inventory {
    let text = format!("Provider,Key ID,Name{columns}\n{}\n", rows.join("\n"));
    let inventory = inventory_of(&[("keys.csv", &text)]);
    assert_eq!(inventory.keys().len(), rows.len(), "{:?}", inventory.problems());
    inventory
}

fn options() -> Options {
    let mapping = CallMapping { provider: Some("acme".to_owned()), ..CallMapping::default() };
    Options { mapping, ..Options::default() }
}

fn try_read(inventory: &Inventory, options: &Options, files: &[(&str, &[u8])]) -> Result<Calls, CallsError> {
    let index = Index::new(inventory);
    let mut reader = Reader::new(&index, options)?;
    for (name, bytes) in files {
        reader.read(name, *bytes)?;
    }
    Ok(reader.finish())
}

fn read(inventory: &Inventory, log: &str) -> Calls {
    try_read(inventory, &options(), &[("log", log.as_bytes())]).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A row of a log: a time, a key, from where, and the rest.
fn row(time: &str, key: &str, source: &str, rest: &str) -> String {
    format!("{{\"time\":\"{time}\",\"key_id\":\"{key}\",\"ip\":\"{source}\"{rest}}}\n")
}

fn judged(inventory: &Inventory, log: &str) -> Vec<CallFinding> {
    judge(&read(inventory, log), inventory, time("2026-06-30T00:00:00Z"), &Limits::default())
}

fn kinds(findings: &[CallFinding]) -> Vec<CallKind> {
    findings.iter().map(|finding| finding.kind).collect()
}

/// The same without the places of calls, which are those of the files.
fn placeless(mut calls: Calls) -> Calls {
    for stranger in calls.strangers.values_mut() {
        stranger.place = CallPlace { time: Timestamp::UNIX_EPOCH, path: Text::new(), line: 0, column: 0 };
    }
    calls
}

fn trail(id: &str, minute: u32) -> String {
    json!({"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "accessKeyId": id}, "eventName": "ListBuckets",
        "eventTime": format!("2026-01-02T03:{minute:02}:00Z"), "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1"})
    .to_string()
}

fn aws() -> Inventory {
    inventory_of(&[(
        "keys.json",
        r#"{"AccessKeyMetadata": [{"UserName": "Bob", "Status": "Active", "CreateDate": "2025-06-04T18:17:34Z",
        "AccessKeyId": "AKIA-FAKE-0001"}]}"#,
    )])
}

#[test]
fn a_trail_is_the_same_in_every_wrapping() {
    let inventory = aws();
    let events = [trail("AKIA-FAKE-0001", 1), trail("AKIA-FAKE-0009", 2), trail("AKIA-FAKE-0001", 3)];
    let records = format!("{{\"Records\":[{}]}}", events.join(",\n"));
    let lines = events.join("\n");
    let array = format!("[{}]", events.join(","));
    let looked_up: Vec<_> = events.iter().map(|e| json!({"EventId": "x", "CloudTrailEvent": e})).collect();
    let looked_up = json!({ "Events": looked_up, "NextToken": "x" }).to_string();
    let pages = format!("{{\"Records\":[{}]}}\n{{\"Records\":[{},{}]}}", events[0], events[1], events[2]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(records.as_bytes()).unwrap();
    let gz = gz.finish().unwrap();
    let zst = zstd::encode_all(records.as_bytes(), 1).unwrap();
    let wrapped: [&[u8]; 7] =
        [records.as_bytes(), lines.as_bytes(), array.as_bytes(), looked_up.as_bytes(), pages.as_bytes(), &gz, &zst];
    let expected = try_read(&inventory, &Options::default(), &[("f", wrapped[0])]).unwrap();
    assert_eq!(expected.files()[0].format, Some("aws-cloudtrail"));
    assert_eq!(expected.of(0).unwrap().calls.calls, 2);
    let strangers: Vec<String> = expected.strangers().map(|(identity, _)| identity.to_string()).collect();
    assert_eq!(strangers, ["aws AKIA-FAKE-0009"]);
    let expected = placeless(expected);
    for bytes in wrapped {
        assert_eq!(placeless(try_read(&inventory, &Options::default(), &[("f", bytes)]).unwrap()), expected);
    }
}

#[test]
fn other_providers_are_recognised() {
    use base64::Engine as _;
    let hash = base64::engine::general_purpose::STANDARD.encode([0xab; 32]);
    let github = json!([{"@timestamp": 1_700_000_000_000_i64, "_document_id": "x", "action": "git.clone", "actor": "u",
        "hashed_token": hash, "programmatic_access_type": "OAuth access token"}]);
    let gcp = json!({"entries": [{"insertId": "x", "logName": "l", "timestamp": "2026-01-01T00:00:00Z", "protoPayload":
        {"methodName": "m", "authenticationInfo": {"serviceAccountKeyName": "//iam.googleapis.com/p/keys/k1"}}}]});
    let csv = format!("action,created_at,hashed_token,_document_id\ngit.clone,1700000000000,{hash},x\n");
    let inventory = inventory_of(&[("k.csv", "Name,Created\n")]);
    let files = [("a", github.to_string()), ("b", gcp.to_string()), ("c", csv)];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let calls = try_read(&inventory, &Options::default(), &files).unwrap();
    let formats: Vec<_> = calls.files().iter().map(|file| (file.format.unwrap(), file.calls)).collect();
    assert_eq!(formats, [("github-audit-log", 1), ("gcp-audit-log", 1), ("github-audit-log", 1)]);
    assert_eq!(calls.problems().count(), 0);
    assert_eq!(calls.strangers().map(|(_, stranger)| stranger.summary.calls.calls).collect::<Vec<_>>(), [1, 2]);
    // Nothing of these providers is in the inventory, so that nothing is missing from it.
    assert_eq!(judge(&calls, &inventory, time("2026-06-30T00:00:00Z"), &Limits::default()), []);
}

#[test]
fn bad_rows_are_problems_with_their_place() {
    let log = format!(
        "{}\n{{oops}}\n{}\n{{\"eventTime\":\"soon\"}}\nnot json\n{}",
        trail("AKIA-FAKE-0001", 1),
        trail("AKIA-FAKE-0001", 2),
        &trail("AKIA-FAKE-0001", 3)[..40]
    );
    let calls = try_read(&aws(), &Options::default(), &[("log", log.as_bytes())]).unwrap();
    let problems: Vec<_> =
        calls.problems().map(|problem| (problem.line, problem.lost, problem.message.as_str())).collect();
    assert_eq!(
        problems,
        [
            (2, true, "it is no JSON"),
            (4, true, "`eventTime` is no time of RFC 3339"),
            (5, true, "no JSON value begins here; the line was passed over"),
            (6, true, "the file ends before this value does"),
        ]
    );
    let file = &calls.files()[0];
    assert_eq!((file.rows, file.calls, file.bad), (6, 2, 4));
}

#[test]
fn what_nothing_recognises_says_what_was_seen_and_how_to_map_it() {
    let inventory = aws();
    for (text, seen) in [
        ("{\"colour\":\"red\",\"size\":1}\n", "`colour`, `size`"),
        ("{\"data\":[{\"shape\":1}]}", "the rows of `data` have `shape`"),
        ("Colour,Size\nred,1\n", "its first row has `Colour`, `Size`"),
        ("[1,2]", "it holds no objects"),
    ] {
        let error = try_read(&inventory, &Options::default(), &[("x.log", text.as_bytes())]).unwrap_err().to_string();
        assert!(error.contains(seen) && error.contains("fields = {") && error.contains("x.log"), "{error}");
    }
    for (bytes, word) in [(&b"PK\x03\x04\x14\0\0\0"[..], "unpack it first"), (b"\x1f\x8b\x08\0\0\0\0\0\0\0xx", "read")]
    {
        let error = try_read(&inventory, &Options::default(), &[("x", bytes)]).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    for text in ["", "\n", "{\"Records\":[]}", "[]"] {
        let calls = try_read(&inventory, &Options::default(), &[("x", text.as_bytes())]).unwrap();
        assert_eq!((calls.files()[0].rows, calls.problems().count()), (0, 1), "{text}");
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_memory() {
    let mut log = b"time,key id,ip\n2026-01-01T00:00:00Z,k,\"192.0.2.1\n".to_vec();
    log.resize(documents::MAX_ROW * 2, b'x');
    let error = try_read(&aws(), &Options::default(), &[("log.csv", &log)]).unwrap_err().to_string();
    assert!(error.contains("quote may not be closed"), "{error}");
}

#[test]
fn keys_that_stand_in_a_log_are_matched_by_their_digest_and_never_shown() {
    let secret = format!("{}{}", "zQ9".repeat(9), "1");
    let inventory = inventory_of(&[("keys.csv", &format!("Provider,Name,API key\nacme,one,{secret}\n"))]);
    let log =
        format!("time,api key,ip\n2026-01-01T00:00:00Z,{secret},192.0.2.1\n2026-01-01T00:00:00Z,{secret}x,192.0.2.1\n");
    let calls = read(&inventory, &log);
    assert_eq!(calls.of(0).unwrap().calls.calls, 1);
    assert!(!format!("{calls:?}").contains("zQ9zQ9"));
    let findings = judge(&calls, &inventory, time("2026-06-30T00:00:00Z"), &Limits::default());
    assert_eq!(kinds(&findings), [CallKind::UnknownKey]);
}

#[test]
fn later_rows_are_left_out_of_an_audit_of_an_earlier_day() {
    let inventory = acme("", &["acme,k1,one"]);
    let log = row("2026-01-01T00:00:00Z", "k1", "a", "") + &row("2026-01-03T00:00:00Z", "k1", "b", "");
    let options = Options { until: Some(time("2026-01-02T00:00:00Z")), ..options() };
    let calls = try_read(&inventory, &options, &[("log", log.as_bytes())]).unwrap();
    assert_eq!(calls.of(0).unwrap().calls.calls, 1);
    assert_eq!(calls.files()[0].left["rows after the day of the audit"], 1);
    assert_eq!(calls.span("acme").unwrap().days(), 0);
}

#[test]
fn revoked_keys_are_judged_by_what_came_after_their_end() {
    let inventory = acme(",Status", &["acme,k1,one,revoked", "acme,k2,two,revoked", "acme,k3,three,active"]);
    let ok = ",\"status\":200";
    let denied = ",\"status\":401";
    // The calls of the first may have been made before it was revoked; the second is still tried.
    let log = row("2026-01-01T00:00:00Z", "k1", "a", ok)
        + &row("2026-01-01T00:00:00Z", "k2", "a", ok)
        + &row("2026-01-02T00:00:00Z", "k2", "a", denied)
        + &row("2026-01-03T00:00:00Z", "k2", "a", denied)
        + &row("2026-01-03T00:00:00Z", "k3", "a", denied);
    let findings = judged(&inventory, &log);
    assert_eq!(kinds(&findings), [CallKind::RevokedKey]);
    assert_eq!((findings[0].caller.clone(), findings[0].count), (Caller::Key(1), 2));
    assert_eq!(findings[0].first, time("2026-01-02T00:00:00Z"));
    assert_eq!(findings[0].sentence(), "is revoked or inactive, and was tried 2 times without success");
}

#[test]
fn calls_after_an_expiry_contradict_it() {
    let inventory = acme(",Expires", &["acme,k1,one,2026-02-01T00:00:00Z", "acme,k2,two,never", "acme,k3,three,"]);
    let log: String = ["k1", "k2", "k3"]
        .iter()
        .flat_map(|key| ["2026-01-31T23:00:00Z", "2026-02-01T00:00:01Z"].map(|time| row(time, key, "a", "")))
        .collect();
    let findings = judged(&inventory, &log);
    assert_eq!(kinds(&findings), [CallKind::ExpiredKey]);
    assert_eq!(
        (findings[0].count, findings[0].sentence()),
        (1, "was used once after it expired on 2026-02-01".to_owned())
    );
}

#[test]
fn an_old_key_has_some_days_beside_its_successor() {
    let inventory =
        acme(",Created,Supersedes", &["acme,old,old,2025-01-01T00:00:00Z,", "acme,new,new,2026-01-01T00:00:00Z,old"]);
    assert_eq!(inventory.keys()[1].supersedes.known().map(Text::as_str), Some("old"));
    let early = row("2026-01-05T00:00:00Z", "old", "a", "") + &row("2026-01-06T00:00:00Z", "new", "a", "");
    assert_eq!(judged(&inventory, &early), []);
    let late = early + &row("2026-01-09T00:00:00Z", "old", "a", "");
    let findings = judged(&inventory, &late);
    assert_eq!((kinds(&findings), findings[0].count), (vec![CallKind::AfterRotation], 2));
    assert_eq!(findings[0].caller, Caller::Key(0));
}

#[test]
fn an_old_secret_is_told_apart_by_its_digest() {
    let digest = "ab".repeat(32);
    let inventory = acme(",SHA256,Last rotated", &[&format!("acme,k1,one,{digest},2026-01-01T00:00:00Z")]);
    let hashed = |time: &str, byte: &str| row(time, "k1", "a", &format!(",\"key_hash\":\"{}\"", byte.repeat(32)));
    let log = hashed("2026-01-02T00:00:00Z", "ab") + &hashed("2025-12-31T00:00:00Z", "cd");
    assert_eq!(judged(&inventory, &log), []);
    let findings = judged(&inventory, &(log + &hashed("2026-01-03T00:00:00Z", "cd")));
    assert_eq!((kinds(&findings), findings[0].count), (vec![CallKind::AfterRotation], 1));
}

#[test]
fn bursts_need_as_many_failures_in_as_short_a_time() {
    let inventory = acme("", &["acme,k1,one"]);
    let attempts = |seconds: u32| -> String {
        (0..10)
            .map(|n| {
                let second = n * seconds;
                row(&format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60), "k1", "a", ",\"status\":403")
            })
            .collect()
    };
    assert_eq!(judged(&inventory, &attempts(40)), []);
    let findings = judged(&inventory, &attempts(30));
    assert_eq!((kinds(&findings), findings[0].count), (vec![CallKind::Burst], 10));
    assert_eq!(findings[0].sentence(), "was refused 10 times within 271 seconds on 2026-01-01");
    assert_eq!(findings[0].evidence.sources, ["a"]);
}

#[test]
fn a_source_is_new_only_after_days_of_learning() {
    let inventory = acme("", &["acme,k1,one", "acme,k2,two"]);
    let log = row("2026-01-01T00:00:00Z", "k1", "192.0.2.1", "")
        + &row("2026-01-14T00:00:00Z", "k1", "192.0.2.2", "")
        + &row("2026-01-20T00:00:00Z", "k1", "192.0.2.1", "")
        // Nobody knows from where this key was used before.
        + &row("2026-01-20T00:00:00Z", "k2", "192.0.2.9", "");
    assert_eq!(judged(&inventory, &log), []);
    let findings = judged(&inventory, &(log + &row("2026-01-21T00:00:00Z", "k1", "203.0.113.5", "")));
    assert_eq!((kinds(&findings), findings[0].count), (vec![CallKind::NewSource], 1));
    assert_eq!(findings[0].evidence.baseline_until, Some(time("2026-01-15T00:00:00Z")));
    assert_eq!(
        findings[0].sentence(),
        "was used once from 203.0.113.5, a source that it did not have up to 2026-01-15"
    );
}

#[test]
fn scopes_are_judged_only_where_the_log_tells_of_all_of_them() {
    let inventory = acme(",Scopes", &["acme,k1,one,\"orders, invoices\""]);
    let call = |day: u32, scope: &str| {
        row(&format!("2026-0{}-01T00:00:00Z", day), "k1", "a", &format!(",\"scope\":\"{scope}\""))
    };
    let log = call(1, "orders:read") + &call(3, "orders");
    let findings = judged(&inventory, &log);
    assert_eq!((kinds(&findings), findings[0].count), (vec![CallKind::UnusedScopes], 0));
    assert_eq!(findings[0].evidence.scopes, ["invoices"]);
    // One call of which the log does not say, and nothing is certain any more.
    assert_eq!(judged(&inventory, &(log.clone() + &row("2026-02-01T00:00:00Z", "k1", "a", ""))), []);
    // Other words altogether.
    assert_eq!(judged(&inventory, &(call(1, "X") + &call(3, "Y"))), []);
    let findings = judged(&inventory, &(log + &call(2, "users:write")));
    assert_eq!(kinds(&findings), [CallKind::BeyondScopes, CallKind::UnusedScopes]);
    assert_eq!(findings[0].evidence.scopes, ["users:write"]);
}

#[test]
fn keys_are_unused_only_where_the_log_is_long_enough() {
    let inventory = acme(
        ",Created,Last used",
        &[
            "acme,k1,one,2025-01-01T00:00:00Z,",
            "acme,k2,two,2025-01-01T00:00:00Z,",
            // Too young, and used without the log's knowing.
            "acme,k3,three,2026-02-20T00:00:00Z,",
            "acme,k4,four,2025-01-01T00:00:00Z,2026-02-01T00:00:00Z",
            "other,k5,five,2025-01-01T00:00:00Z,",
        ],
    );
    let short = row("2026-01-01T00:00:00Z", "k1", "a", "") + &row("2026-01-20T00:00:00Z", "k1", "a", "");
    assert_eq!(judged(&inventory, &short), []);
    let findings = judged(&inventory, &(short + &row("2026-03-01T00:00:00Z", "k1", "a", "")));
    assert_eq!(kinds(&findings), [CallKind::Unused]);
    assert_eq!((findings[0].caller.clone(), findings[0].count), (Caller::Key(1), 0));
}

#[test]
fn strangers_are_unknown_only_beside_keys_of_their_provider() {
    let log = row("2026-01-01T00:00:00Z", "k9", "a", "");
    let findings = judged(&acme("", &["acme,k1,one"]), &log);
    assert_eq!(kinds(&findings), [CallKind::UnknownKey]);
    assert_eq!(findings[0].evidence.sources, ["a"]);
    assert_eq!(judged(&acme("", &["other,k1,one"]), &log), []);
    // A credential report knows no ids, so that none is missing from it.
    let report = "user,arn,access_key_1_active,access_key_1_last_rotated\n\
        Bob,arn:aws:iam::000000000000:user/Bob,true,2024-06-04T18:17:34+00:00\n";
    let inventory = inventory_of(&[("r.csv", report)]);
    assert_eq!(inventory.keys().len(), 1);
    assert_eq!(judged(&inventory, &(trail("AKIA-FAKE-0001", 1) + "\n")), []);
}

#[test]
fn more_strangers_than_are_kept_are_said() {
    let inventory = acme("", &["acme,k1,one"]);
    let mut rows: Vec<String> =
        (0..MAX_STRANGERS + 500).map(|n| row("2026-01-01T00:00:00Z", &format!("x{n}"), "a", "")).collect();
    let calls = placeless(read(&inventory, &rows.concat()));
    assert_eq!((calls.strangers().count(), calls.has_more_strangers()), (MAX_STRANGERS, true));
    rows.reverse();
    let again = placeless(read(&inventory, &rows.concat()));
    assert!(calls.strangers().eq(again.strangers()));
}

#[test]
fn the_first_call_of_a_stranger_has_its_place() {
    let row = |time: &str| row(time, "k9", "a", "");
    let (late, early) = (row("2026-01-03T00:00:00Z"), row("2026-01-02T00:00:00Z"));
    let first = format!("{late}{early}");
    for files in [[("a", first.as_bytes()), ("b", late.as_bytes())], [("b", late.as_bytes()), ("a", first.as_bytes())]]
    {
        let calls = try_read(&acme("", &["acme,k1,one"]), &options(), &files).unwrap();
        let (identity, stranger) = calls.strangers().next().unwrap();
        assert_eq!((stranger.place.path.as_str(), stranger.place.line, stranger.place.column), ("a", 2, 1));
        assert_eq!(calls.stranger(identity), Some(stranger));
    }
}

#[test]
fn a_file_is_read_once_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    std::fs::write(&path, trail("AKIA-FAKE-0001", 1)).unwrap();
    let inventory = aws();
    assert_eq!(Calls::read(&[&path], &inventory, &Options::default()).unwrap().of(0).unwrap().calls.calls, 1);
    let twice = Calls::read(&[&path, &folder.path().join("./log.jsonl")], &inventory, &Options::default());
    assert!(matches!(twice, Err(CallsError::Twice(_))), "{twice:?}");
    let missing = Calls::read(&[folder.path().join("none")], &inventory, &Options::default());
    assert!(matches!(missing, Err(CallsError::Unreadable { .. })));
    let directory = Calls::read(&[folder.path()], &inventory, &Options::default()).unwrap_err().to_string();
    assert!(directory.contains("folder"), "{directory}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However rows are ordered and spread over files, keys, strangers, spans and judgements are the same.
    #[test]
    fn order_and_files_do_not_matter(
        rows in proptest::collection::vec((0u32..40, 0u32..86_400, 0u32..4, 0u32..300, 0u32..4), 1..200),
        cut: prop::sample::Index, swap: prop::sample::Index,
    ) {
        let inventory = acme(",Expires,Status", &["acme,k0,one,2026-01-10T00:00:00Z,active", "acme,k1,two,,revoked"]);
        let mut lines: Vec<String> = rows.iter().map(|(day, second, key, source, outcome)| {
            let status = [200, 401, 403, 500][*outcome as usize];
            let time = time("2026-01-01T00:00:00Z") + jiff::SignedDuration::from_secs(i64::from(day * 86_400 + second));
            row(&time.to_string(), &format!("k{key}"), &source.to_string(), &format!(",\"status\":{status}"))
        }).collect();
        let whole = read(&inventory, &lines.concat());
        let swap = swap.index(lines.len());
        lines.rotate_left(swap);
        lines.reverse();
        let (left, right) = lines.split_at(cut.index(lines.len()));
        let (left, right) = (left.concat(), right.concat());
        let (left, right) = (("a", left.as_bytes()), ("b", right.as_bytes()));
        for files in [[left, right], [right, left]] {
            let parts = try_read(&inventory, &options(), &files).unwrap();
            prop_assert_eq!(&parts.keys, &whole.keys);
            prop_assert_eq!(placeless(parts.clone()).strangers, placeless(whole.clone()).strangers);
            prop_assert_eq!(&parts.spans, &whole.spans);
            let day = time("2026-06-30T00:00:00Z");
            prop_assert_eq!(
                judge(&parts, &inventory, day, &Limits::default()),
                judge(&whole, &inventory, day, &Limits::default())
            );
            let names: Vec<&str> = parts.files().iter().map(|file| file.path.as_str()).collect();
            prop_assert_eq!(names, ["a", "b"]);
        }
    }

    #[test]
    fn any_text_is_a_log_or_an_error(text in "\\PC{0,200}|[\\[{\"a:,}\\]\\n]{0,60}") {
        let _ = try_read(&aws(), &options(), &[("x", text.as_bytes())]);
    }
}
