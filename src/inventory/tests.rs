//! Claims about reading as a whole: it never panics, and every record is a key, a problem, or counted.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::format::{FORMATS, tests::inventory};
use super::problem::Kind;
use super::{Inventory, Options, Wanted};

/// Every file's records add up.
fn adds_up(inventory: &Inventory) -> Result<(), TestCaseError> {
    for source in inventory.sources() {
        let skipped: u64 = source.skipped.values().sum();
        prop_assert_eq!(source.rows, source.read + source.bad + skipped, "{:?}", source);
        let kept = inventory.problems().iter().filter(|problem| problem.kind == Kind::BadRow).count() as u64;
        let more = source.more_problems.get(&Kind::BadRow).copied().unwrap_or(0);
        // Problems of the same words at the same place are one.
        prop_assert!(source.bad == 0 || kept + more > 0, "{:?}", inventory.problems());
    }
    Ok(())
}

/// Members that the formats ask for, with values that they do not expect.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::from("2024-01-01T00:00:00Z")),
        Just(Value::from("never")),
        Just(Value::from("…")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let name = prop_oneof![Just("id".to_owned()), Just("name".to_owned()), Just("type".to_owned()), "[a-z_]{1,8}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The members that a format's tests give it, so that mutations go deep.
fn members() -> impl Strategy<Value = String> {
    let names: Vec<String> = [
        "id",
        "name",
        "key",
        "token",
        "status",
        "created",
        "created_at",
        "createdAt",
        "expires_at",
        "expiresAt",
        "scopes",
        "permissions",
        "owner",
        "user",
        "type",
        "attributes",
        "relationships",
        "restrictions",
        "policies",
        "condition",
        "role_descriptors",
        "limited_by",
        "metadata",
        "data",
        "grants",
        "fields",
        "login",
        "passwordHistory",
        "method",
        "actors",
        "hashed_token",
        "token_scopes",
        "access_token",
        "scope",
        "keyId",
        "passwordCredentials",
        "Content",
        "ReportFormat",
        "user",
        "arn",
        "access_key_1_active",
        "access_key_1_last_rotated",
        "SecretAccessKey",
        "versions",
        "current_version",
        "service_account",
        "tokens",
        "shown",
        "provider",
        "kind",
        "origin",
        "app",
        "auth",
        "network",
        "expiryDays",
        "createdDate",
        "validAfterTime",
        "disabled",
        "extendedStatus",
        "fullResourceName",
        "activity",
    ]
    .map(str::to_owned)
    .to_vec();
    proptest::sample::select(names)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a record holds, every importer makes keys or problems of it.
    #[test]
    fn no_importer_trips_over_a_record(
        rows in proptest::collection::vec(proptest::collection::vec((members(), value()), 0..8), 1..3),
    ) {
        let rows: Vec<Value> =
            rows.into_iter().map(|row| Value::Object(row.into_iter().collect::<Map<_, _>>())).collect();
        let text = json!({"data": rows, "meta": {"total": 1}}).to_string();
        for format in FORMATS {
            let mut inventory = Inventory::new(Options { format: Some(Wanted::Known(format)), ..Options::default() });
            inventory.read("x.json", text.as_bytes());
            inventory.finish();
            adds_up(&inventory)?;
        }
        adds_up(&inventory("x.json", &text))?;
    }

    #[test]
    fn any_table_adds_up(
        heading in prop_oneof![Just("Name,Created,Key"), Just("ID;Status;Läuft ab am"), Just("API key\tOwner\tLast used")],
        text in "[a-zA-Z0-9,;\t\n\"./: ä-]{0,200}",
    ) {
        let inventory = inventory("x.csv", &format!("{heading}\n{text}"));
        prop_assert!(inventory.sources()[0].format.is_some() || !inventory.all_files_read());
        adds_up(&inventory)?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}|[\\[\\]{}:,\"a-z0-9 \n]{0,80}") {
        adds_up(&inventory("x", &text))?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut inventory = Inventory::new(Options::default());
        inventory.read("x", &bytes[..]);
        inventory.finish();
        adds_up(&inventory)?;
    }
}

#[test]
fn pages_wrappers_and_joined_documents_are_one_inventory() {
    let page = |id: &str, more: bool| {
        format!(
            r#"{{"data":[{{"id":"{id}","type":"api_key","name":"n","partial_key_hint":"sk-...z","status":"active",
            "created_at":"2024-01-01T00:00:00Z","workspace_id":null}}],"has_more":{more}}}"#
        )
    };
    let (one, two) = (page("k1", true), page("k2", false));
    for text in [
        format!("{one}{two}"),
        format!("{one}\n{two}\n"),
        format!("[{one},{two}]"),
        format!("HTTP/2 200\nx: y\n\n{one}\nHTTP/2 200\n\n{two}"),
    ] {
        let inventory = inventory("x.json", &text);
        assert_eq!(inventory.keys().len(), 2, "{text}: {:?}", inventory.problems());
        assert_eq!(inventory.sources()[0].format, Some("anthropic"));
    }
    assert!(inventory("x.json", &one).sources()[0].incomplete);
    assert!(!inventory("x.json", &format!("{one}{two}")).sources()[0].incomplete);
}

#[test]
fn ids_as_names_and_single_records() {
    let inventory_of = |text: &str| inventory("x.json", text);
    let inventory =
        inventory_of(r#"{"k1":{"name":"a","created":"2024-01-01"},"k2":{"name":"b","created":"2024-01-02"}}"#);
    let ids: Vec<_> = inventory.keys().iter().map(|key| key.id.known().unwrap().to_string()).collect();
    assert_eq!(ids, ["k1", "k2"], "{:?}", inventory.problems());
    let inventory = inventory_of(r#"{"keyName":"fake","owner":{"email":"a@example.com"},"createdOn":"2024-01-01"}"#);
    assert_eq!(inventory.keys()[0].owner.known().unwrap(), "a@example.com");
}

#[test]
fn an_empty_list_is_no_mistake() {
    for text in ["[]", "{\"data\":[],\"has_more\":false}", "{\"keys\":[],\"links\":{},\"meta\":{\"total\":0}}"] {
        let inventory = inventory("x.json", text);
        assert!(inventory.all_files_read(), "{text}: {:?}", inventory.problems());
        assert_eq!(inventory.problems()[0].kind, Kind::Note);
    }
}

#[test]
fn the_same_key_twice_in_one_file_is_said() {
    let table = "ID,Name,Created\na,one,2024-01-01\na,one,2024-01-01\na,two,2024-01-01\n";
    let inventory = inventory("x.csv", table);
    assert_eq!(inventory.keys().len(), 1);
    let kinds: Vec<Kind> = inventory.problems().iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [Kind::Duplicate, Kind::Conflict], "{:?}", inventory.problems());
    assert!(inventory.problems()[1].message.contains("`name` is `two` here and `one` in line 2"));
}

#[test]
fn what_is_no_record_becomes_no_key_of_any_format() {
    let rows = ["17", "\"x\"", "null", "true", "[]", "{}", "{\"foo\":1}"];
    for format in FORMATS {
        for text in [format!("[{}]", rows.join(",")), format!("{{\"data\":[{}]}}", rows.join(","))] {
            let mut inventory = Inventory::new(Options { format: Some(Wanted::Known(format)), ..Options::default() });
            inventory.read("x.json", text.as_bytes());
            inventory.finish();
            assert!(inventory.keys().is_empty(), "{}: {:#?}", format.name, inventory.keys());
            // Records that are no events, secrets of other types: those are counted.
            let source = &inventory.sources()[0];
            assert_eq!((source.rows, source.read), (7, 0), "{}", format.name);
            assert!(source.bad >= 6, "{}: {source:?}", format.name);
        }
    }
}

#[test]
fn entries_that_identify_no_key_are_said_beside_those_that_do() {
    let text = r#"{"data":[17,null,{"id":"k1","type":"api_key","name":"n","partial_key_hint":"sk-...z",
        "status":"active","created_at":"2024-01-01T00:00:00Z","workspace_id":null},
        "x",{},{"foo":1}],"has_more":false}"#;
    let inventory = inventory("x.json", text);
    assert_eq!((inventory.keys().len(), inventory.sources()[0].format), (1, Some("anthropic")));
    let said: Vec<(Kind, u32, &str)> =
        inventory.problems().iter().map(|p| (p.kind, p.origin.line, p.message.as_str())).collect();
    let nothing = "nothing in it identifies a key: no id, and nothing of the key itself";
    assert_eq!(
        said,
        [
            (Kind::BadRow, 1, "it is a number, no record of a key"),
            (Kind::BadRow, 1, "it is null, no record of a key"),
            (Kind::BadRow, 3, "it is a text, no record of a key"),
            (Kind::BadRow, 3, "it is an object without members, no record of a key"),
            (Kind::BadRow, 3, nothing),
        ]
    );
}

#[test]
fn a_file_that_ends_early_is_not_whole() {
    let whole = r#"{"AccessKeyMetadata":[{"UserName":"a","AccessKeyId":"FAKEFAKEFAKEFAKE","Status":"Active",
        "CreateDate":"2024-01-01T00:00:00Z"},
        {"UserName":"b","AccessKeyId":"KAFEKAFEKAFEKAFE","Status":"Active","CreateDate":"2024-01-01T00:00:00Z"}]}"#;
    for (text, keys, line) in [
        (&whole[..whole.len() - 10], 1, 3),
        (&whole[..whole.len() - 1], 2, 1),
        (&whole[..whole.len() - 2], 2, 1),
        (&whole[..120], 0, 1),
    ] {
        let inventory = inventory("x.json", text);
        assert!(!inventory.all_files_read() && inventory.sources()[0].incomplete, "{text}");
        let problem = &inventory.problems()[0];
        assert_eq!((inventory.keys().len(), problem.kind, problem.origin.line), (keys, Kind::BadFile, line), "{text}");
    }
    let whole = inventory("x.json", whole);
    assert!(whole.all_files_read() && !whole.sources()[0].incomplete, "{:?}", whole.problems());
}

#[test]
fn a_quote_that_nobody_closes_takes_no_rows_with_it() {
    let inventory = |text: &str| inventory("x.csv", text);
    let open = inventory("Name,ID,Created\nz,k0,2026-01-01\n\"a,k1,2026-01-01\nb,k2,2026-01-01\n");
    assert_eq!(open.keys().len(), 1);
    let problem = &open.problems()[0];
    assert_eq!((problem.kind, problem.origin.line), (Kind::BadFile, 3), "{problem:?}");
    assert!(open.sources()[0].incomplete);
    // Another quote further down closes it too late.
    let late = inventory("Name,ID,Created\n\"a,k1,2026-01-01\n\"b\",k2,2026-01-01\nc,k3,2026-01-01\n");
    assert_eq!(late.keys().len(), 1, "{:?}", late.keys());
    let problem = &late.problems()[0];
    assert_eq!((problem.kind, problem.origin.line), (Kind::BadRow, 2), "{problem:?}");
    assert!(problem.message.contains("line 3") && problem.message.contains("2 lines"), "{problem:?}");
    let whole = inventory("Name,ID,Created\n\"a \"\"b\"\"\nc\",k1,2026-01-01\nd \"e\",k2,2026-01-01\n");
    assert_eq!((whole.keys().len(), whole.problems()), (2, &[][..]));
}

#[test]
fn rows_have_the_cells_of_their_table() {
    let cells = |text: &str| {
        let inventory = inventory("x.csv", text);
        let problems: Vec<String> = inventory
            .problems()
            .iter()
            .filter(|problem| problem.message.contains("cells under"))
            .map(|problem| format!("{} {}", problem.origin.line, problem.message))
            .collect();
        problems
    };
    let table = "API Key Name,Access Scope,Status,Created Date,Actions\n";
    assert_eq!(cells(&format!("{table}CRM,Full,Active,2026-01-01,Edit\n")), Vec::<String>::new());
    assert_eq!(
        cells(&format!("{table}only\na,b,Active,2026-01-01,Edit,extra,more\n")),
        ["2 it has 1 cells under 5 headings", "3 it has 7 cells under 5 headings"]
    );
    assert_eq!(cells("Name,Created,Owner\na\n"), ["2 it has 1 cells under 3 headings"]);
    assert_eq!(cells(&format!("{table}CRM,Full,Active,2026-01-01\n")), Vec::<String>::new());
    // Separators at the end are no cells, and neither are headings without a text.
    assert_eq!(cells("Name,Created,Owner\na,2026-01-01,b,,\n"), Vec::<String>::new());
    assert_eq!(cells("Name,Created,Owner,,\na,2026-01-01,b\n"), Vec::<String>::new());
}

#[test]
fn an_expired_key_is_not_switched_off() {
    let inventory = inventory("x.csv", "Name,Status\na,Expired\nb,Abgelaufen\nc,verlopen\nd,disabled\n");
    let states: Vec<_> = inventory.keys().iter().map(|key| key.status.known().unwrap().as_str()).collect();
    assert_eq!(states, ["expired", "expired", "expired", "inactive"]);
}

#[test]
fn ids_that_stand_in_keys_are_known_in_any_table() {
    let ids = [
        ("Twilio", format!("SK{}", "0a".repeat(16)), true),
        ("SendGrid", "aB3".repeat(7) + "x", true),
        ("Google Cloud", "0a".repeat(20), true),
        ("Elasticsearch", "aB3_x".repeat(4), true),
        ("AWS", format!("AKIA{}", "7".repeat(16)), true),
        ("Twilio", "7".to_owned(), false),
        ("Acme", format!("SK{}", "0a".repeat(16)), false),
    ];
    for (provider, id, known) in ids {
        let inventory = inventory("x.csv", &format!("ID,Provider,Name\n{id},{provider},a\n"));
        let key = &inventory.keys()[0];
        assert_eq!(!key.shown.is_empty(), known, "{provider} {id}: {:?}", inventory.problems());
    }
}

#[test]
fn keys_that_stand_in_pages_on_purpose_are_left_out() {
    let inventory =
        inventory("stripe-keys.csv", "Name,Token,Created\na,pk_live_…ab12,2024-01-01\nb,sk_live_…ab12,2024-01-01\n");
    assert_eq!(inventory.keys().len(), 1);
    assert_eq!(inventory.sources()[0].skipped["publishable keys, which are no secrets"], 1);
}

#[test]
fn replacements_that_cannot_be_are_said() {
    let table = "ID,Name,Supersedes\na,one,b\nb,two,a\nc,three,gone\nd,four,c\n";
    let inventory = inventory("x.csv", table);
    let said: Vec<(Kind, u32)> = inventory.problems().iter().map(|p| (p.kind, p.origin.line)).collect();
    assert_eq!(said, [(Kind::BadValue, 2), (Kind::BadValue, 3), (Kind::Note, 4)], "{:?}", inventory.problems());
    let successors = super::successor::stated(inventory.keys());
    assert_eq!(successors.iter().flatten().map(|successor| successor.key).collect::<Vec<_>>(), [3]);
}
