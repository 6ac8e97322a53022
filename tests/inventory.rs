//! Key inventories through the binary: what is recognised, joined, refused, and what is never shown.
//!
//! Exports are typed after the providers' documentation. Ids and keys are put together at run time.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Keys, Run, Sandbox};
use serde_json::Value;

fn inventory(sandbox: &Sandbox, args: &[&str]) -> Run {
    Run::of(sandbox.keytrail().arg("inventory").args(args).output().unwrap())
}

fn convert(sandbox: &Sandbox, args: &[&str]) -> Run {
    inventory(sandbox, &[&["convert"], args].concat())
}

fn keys(run: &Run) -> &Vec<Value> {
    run.json()["keys"].as_array().unwrap()
}

fn problems(run: &Run) -> Vec<(String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let problems = run.json()["problems"].as_array().unwrap().iter();
    problems.map(|p| (text(&p["kind"]), p["origin"]["line"].as_u64().unwrap(), text(&p["message"]))).collect()
}

const REPORT: &str = "user,arn,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date\n\
    Bob,arn:aws:iam::000000000000:user/Bob,true,2024-06-04T18:17:34+00:00,N/A\n";

fn listing(id: &str) -> String {
    format!(
        r#"{{"AccessKeyMetadata":[{{"UserName":"Bob","Status":"Active","CreateDate":"2024-06-04T18:17:34Z","AccessKeyId":"{id}"}}]}}"#
    )
}

#[test]
fn several_files_of_several_providers_are_one_inventory() {
    let sandbox = Sandbox::new();
    let id = format!("AKIA{}", "7".repeat(16));
    sandbox.write("aws/report.csv", REPORT);
    sandbox.write("aws/keys.json", listing(&id));
    sandbox.write(
        "gitlab.json",
        r#"[{"id":4,"name":"Test Token","revoked":false,"created_at":"2020-07-23T14:31:47.729Z","scopes":["api"],
        "user_id":3,"last_used_at":null,"active":true,"expires_at":null}]"#,
    );
    let run = convert(&sandbox, &["aws/report.csv", "aws/keys.json", "gitlab.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let keys = keys(&run);
    assert_eq!(keys.len(), 2, "{keys:#?}");
    assert_eq!((&keys[0]["id"], &keys[0]["provider"]), (&Value::from(id), &Value::from("aws")));
    assert_eq!(keys[0]["also"][0]["path"], "aws/keys.json");
    // Never used is null, unknown is absent.
    assert_eq!(keys[0]["last-used"], Value::Null);
    assert!(keys[0].as_object().unwrap().contains_key("last-used"));
    assert!(!keys[0].as_object().unwrap().contains_key("expires"));
    assert_eq!(run.json()["files"][1]["format"], "aws-access-keys");
}

#[test]
fn standard_input_is_a_file_like_others() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.keytrail();
    let run = Run::of(command.args(["inventory", "convert", "-"]).write_stdin(REPORT).output().unwrap());
    assert_eq!((run.code, keys(&run).len()), (0, 1));
    assert_eq!(keys(&run)[0]["origin"]["path"], "-");
    let twice = convert(&sandbox, &["-", "-"]);
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("once"), "{}", twice.stderr);
}

#[test]
fn what_spreadsheets_do_to_tables() {
    let sandbox = Sandbox::new();
    let table = "Schlüssel 2026;;;\r\n\r\nAPI-Schlüsselname;Erstellt am;Gültig bis;Inhaber\r\n\
        \"Zwei\nZeilen\";01.02.2024;unbegrenzt;a@example.com\r\nEins;45292;31.12.2026;\r\nSumme;;;\r\n";
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let (ansi, ..) = encoding_rs::WINDOWS_1252.encode(table);
    for (name, bytes) in [
        ("utf8.csv", table.as_bytes().to_vec()),
        ("bom.csv", [b"\xef\xbb\xbf", table.as_bytes()].concat()),
        ("utf16.csv", utf16),
        ("ansi.csv", ansi.to_vec()),
    ] {
        sandbox.write(name, bytes);
        let run = convert(&sandbox, &[name]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let keys = keys(&run);
        assert_eq!(keys.len(), 2, "{name}: {keys:#?}");
        assert_eq!((&keys[0]["created"], &keys[0]["expires"]), (&"2024-02-01T00:00:00Z".into(), &Value::Null));
        assert_eq!(
            (&keys[1]["created"], &keys[1]["expires"]),
            (&"2024-01-01T00:00:00Z".into(), &"2026-12-31T23:59:59Z".into())
        );
        assert_eq!((&keys[0]["origin"]["line"], &keys[1]["origin"]["line"]), (&4.into(), &6.into()), "{name}");
        assert_eq!(run.json()["files"][0]["skipped"]["lines of totals"], 1);
    }
}

#[test]
fn a_bad_row_is_said_with_its_line_and_the_others_are_read() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "keys.csv",
        "Name,Created,Owner\none,2024-01-01,a\n,2024-01-01,b\nthree,soon,c\nfour,2024-01-01,d,extra\n",
    );
    let run = convert(&sandbox, &["keys.csv"]);
    assert_eq!((run.code, keys(&run).len()), (1, 3));
    let problems = problems(&run);
    assert_eq!(problems[0].0, "bad-row");
    assert_eq!((problems[0].1, problems[1].1, problems[2].1), (3, 4, 5), "{problems:#?}");
    assert!(problems[1].2.contains("`Created`: `soon` is no time"), "{problems:#?}");
    assert!(run.stderr.contains("keys.csv:3"), "{}", run.stderr);

    sandbox.write(
        "rows.json",
        "[{\"id\":1,\"name\":\"a\",\"created\":\"2024-01-01\"},\n {oops},\n {\"id\":3,\"name\":\"c\",\"created\":1}]",
    );
    let run = convert(&sandbox, &["rows.json"]);
    assert_eq!((run.code, keys(&run).len()), (1, 2), "{:?}", problems);
    let first = &self::problems(&run)[0];
    assert_eq!((first.0.as_str(), first.1), ("bad-row", 2));
}

#[test]
fn an_unrecognised_file_shows_what_was_seen_and_how_to_map_it() {
    let sandbox = Sandbox::new();
    sandbox.write("odd.csv", "Farbe,Größe\nrot,3\n");
    sandbox.write("odd.json", r#"{"things":[{"colour":"red","size":3}]}"#);
    sandbox.write("error.json", r#"{"message":"Bad credentials","status":"401"}"#);
    sandbox.write("good.csv", REPORT);
    let run = convert(&sandbox, &["odd.csv", "odd.json", "error.json", "good.csv", "absent.csv"]);
    assert_eq!((run.code, keys(&run).len()), (2, 1), "the others are read");
    let all = problems(&run).into_iter().map(|problem| problem.2).collect::<Vec<_>>().join("\n");
    for seen in ["`Farbe`, `Größe`", "`colour`, `size`", "Bad credentials", "cannot be opened"] {
        assert!(all.contains(seen), "{seen}: {all}");
    }
    assert!(run.stderr.contains("--map name=HEADING"), "{}", run.stderr);
}

#[test]
fn a_mapping_reads_what_headings_do_not_tell() {
    let sandbox = Sandbox::new();
    sandbox.write("odd.csv", "Etikett,Geboren,Farbe\neins,02/03/2024,rot\n");
    let map =
        ["--map", "name=Etikett", "--map", "created=Geboren", "--provider", "Acme", "--set", "environment=production"];
    let run = convert(&sandbox, &[&["odd.csv"], &map[..]].concat());
    assert_eq!((run.code, keys(&run)[0].get("created")), (1, None), "{}", run.stderr);
    assert!(run.stderr.contains("--date-order"), "{}", run.stderr);
    let run = convert(
        &sandbox,
        &[&["odd.csv", "--date-order", "day-first", "--time-zone", "Europe/Berlin"], &map[..]].concat(),
    );
    let key = &keys(&run)[0];
    assert_eq!((run.code, &key["created"], &key["provider"]), (0, &"2024-03-01T23:00:00Z".into(), &"acme".into()));
    assert_eq!(key["environment"], "production");

    // What holds for all keys holds for those of known formats, too, where they do not say otherwise.
    sandbox.write("report.csv", REPORT);
    let run = convert(&sandbox, &["report.csv", "--set", "environment=production", "--set", "owner=nobody"]);
    assert_eq!((&keys(&run)[0]["environment"], &keys(&run)[0]["owner"]), (&"production".into(), &"Bob".into()));

    sandbox.write("odd.json", r#"{"x":{"list":[{"t":"one","who":{"mail":"a@example.com"}}]}}"#);
    let run = convert(&sandbox, &["odd.json", "--rows", "x.list", "--map", "name=t", "--map", "owner=who.mail"]);
    assert_eq!((run.code, &keys(&run)[0]["owner"]), (0, &"a@example.com".into()), "{}", run.stderr);
}

#[test]
fn a_heading_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", "Name,ID,Contact,Created\na,k1,ann,2026-06-01\n");
    let said = |args: &[&str]| {
        let run = convert(&sandbox, &[&["keys.csv"], args].concat());
        assert_eq!(run.code, 2, "{}", run.stderr);
        run.stderr
    };
    let wrong = said(&["--map", "owner=Contct"]);
    assert!(wrong.contains("no column `Contct`") && wrong.contains("`owner`"), "{wrong}");
    assert!(wrong.contains("name `Contact` instead"), "{wrong}");
    let wrong = said(&["--map", "owner=Zuständig"]);
    assert!(wrong.contains("its headings are `Name`, `ID`"), "{wrong}");
    let wrong = said(&["--inventory-format", "openai"]);
    assert!(wrong.contains("the format `openai` has no table") && wrong.contains("`generic`"), "{wrong}");
    sandbox.write("keys.json", r#"[{"name":"a","id":"k1","mail":"x"}]"#);
    let run = convert(&sandbox, &["keys.json", "--map", "owner=maill"]);
    assert!(run.code == 2 && run.stderr.contains("no record has a member `maill`"), "{}", run.stderr);
}

#[test]
fn a_mistake_in_json_has_line_and_column() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "rows.json",
        "[{\"id\":1,\"name\":\"a\",\"created\":\"2024-01-01\"}, {\"id\" 2},\n {\"id\":3,\n  \"name\" \"c\"}]",
    );
    let run = convert(&sandbox, &["rows.json"]);
    let said: Vec<String> = problems(&run).into_iter().map(|problem| problem.2).collect();
    assert!(said[0].contains("in line 1, column 52"), "{said:?}");
    assert!(said[1].contains("in line 3, column 10"), "{said:?}");
}

#[test]
fn an_id_of_aws_stands_whole_in_a_conflict() {
    let sandbox = Sandbox::new();
    let id = format!("AKIA{}", "7".repeat(16));
    sandbox.write("one.json", listing(&id));
    sandbox.write("two.json", listing(&id).replace("\"Active\"", "\"Inactive\""));
    let run = convert(&sandbox, &["one.json", "two.json"]);
    assert!(run.stderr.contains(&format!("`{id}`: `status` is")), "{}", run.stderr);
}

#[test]
fn the_configuration_can_be_left_out() {
    let sandbox = Sandbox::new();
    sandbox.write("keytrail.toml", "[[inventory.mapping]]\nfiles = \"keys.csv\"\ncolumns = { name = \"Absent\" }\n");
    sandbox.write("keys.csv", "Name,ID,Created\na,k1,2026-06-01\n");
    assert_eq!(convert(&sandbox, &["keys.csv"]).code, 2);
    let run = convert(&sandbox, &["keys.csv", "--no-config"]);
    assert_eq!((run.code, keys(&run).len()), (0, 1), "{}", run.stderr);
}

#[test]
fn exports_of_two_months_are_one_inventory_whatever_they_are_called() {
    let sandbox = Sandbox::new();
    let tokens = r#"[{"id":25381,"owner":{"login":"octocat"},"repository_selection":"all","permissions":{},
        "access_granted_at":"2023-05-16T08:47:09Z","token_id":98716,"token_name":"bot","token_expired":false,
        "token_expires_at":null,"token_last_used_at":null}]"#;
    for names in [["nov.json", "oct.json"], ["first-tokens.json", "second-tokens.json"]] {
        names.iter().for_each(|name| sandbox.write(name, tokens));
        let run = convert(&sandbox, &names);
        assert_eq!((run.code, keys(&run).len(), problems(&run).len()), (0, 1, 0), "{}", run.stderr);
        assert_eq!(keys(&run)[0].get("account"), None);
    }
}

#[test]
fn the_name_of_a_provider_is_nobody() {
    let sandbox = Sandbox::new();
    let listing = r#"[{"key":"7f3134","token":"npm_ab","created":"2026-10-02T07:52:24Z","readonly":false,
        "cidr_whitelist":null}]"#;
    for (name, owner) in [("npm.json", None), ("my-export.json", None), ("jane-tokens.json", Some("jane"))] {
        sandbox.write(name, listing);
        let run = convert(&sandbox, &[name]);
        assert_eq!(keys(&run)[0].get("owner").and_then(Value::as_str), owner, "{name}");
    }
}

#[test]
fn an_order_that_the_column_shows_holds_for_all_its_dates() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", "Name,Created\none,01/02/2024\ntwo,13/02/2024\n");
    let run = convert(&sandbox, &["keys.csv"]);
    assert_eq!((run.code, &keys(&run)[0]["created"]), (0, &"2024-02-01T00:00:00Z".into()), "{}", run.stderr);
    sandbox.write("keys.csv", "Name,Created\none,01/02/2024\ntwo,13/02/2024\nthree,02/13/2024\n");
    let run = convert(&sandbox, &["keys.csv"]);
    assert_eq!(run.code, 1);
    assert!(problems(&run)[0].2.contains("contradict"), "{}", run.stderr);
}

#[test]
fn no_output_shows_a_key() {
    let sandbox = Sandbox::new();
    let mut made = Keys::new();
    let (pasted, listed) = (made.token(), made.value());
    sandbox.write("keys.csv", format!("Name,API key,Created\nold {pasted},,2024-01-01\ntwo,{listed},2024-01-01\n"));
    // A column that means nothing, and a file that nothing recognises.
    sandbox.write("odd.csv", format!("{listed},{pasted}\n1,2\n"));
    sandbox.write("bad.csv", format!("Name,Created\none,{pasted}\n"));
    for format in ["text", "json", "jsonl", "csv", "tsv"] {
        let run = inventory(&sandbox, &["show", "keys.csv", "odd.csv", "bad.csv", "--format", format, "-v"]);
        let all = String::from_utf8_lossy(&run.stdout).into_owned() + &run.stderr;
        for key in [&pasted, &listed] {
            assert!(!all.contains(key.as_str()), "{format}: {all}");
        }
    }
    // The table that the list of formats proposes for DocBits.
    sandbox.write("db.csv", format!("DocBits key,Owner,Created,Rotation due\n{listed},ann,2026-06-01,2026-08-30\n"));
    for format in ["text", "json", "jsonl", "csv", "tsv"] {
        let run = inventory(&sandbox, &["show", "db.csv", "--format", format, "-v"]);
        let all = String::from_utf8_lossy(&run.stdout).into_owned() + &run.stderr;
        assert!(!all.contains(listed.as_str()) && all.contains("the key itself"), "{format}: {all}");
    }
    let run = convert(&sandbox, &["keys.csv"]);
    assert_eq!(problems(&run).iter().filter(|problem| problem.0 == "plaintext").count(), 2, "{}", run.stderr);
    assert_eq!(keys(&run)[1]["shown"][0]["what"], "plaintext");
}

#[test]
fn what_convert_writes_is_read_back() {
    let sandbox = Sandbox::new();
    sandbox.write("report.csv", REPORT.replace("Bob,", "=Bob,"));
    let run = convert(&sandbox, &["report.csv", "-o", "a.json", "-o", "a.csv", "-o", "a.tsv", "-o", "a.jsonl"]);
    assert_eq!((run.code, run.stdout.len()), (0, 0), "{}", run.stderr);
    let csv = std::fs::read_to_string(sandbox.path("a.csv")).unwrap();
    assert!(csv.contains("'=Bob"), "{csv}");
    let first = convert(&sandbox, &["a.json"]);
    for file in ["a.csv", "a.tsv", "a.jsonl"] {
        let mut again = keys(&convert(&sandbox, &[file])).clone();
        let mut first = keys(&first).clone();
        for key in again.iter_mut().chain(&mut first) {
            key.as_object_mut().unwrap().remove("origin");
        }
        assert_eq!(again, first, "{file}");
    }
    let same = convert(&sandbox, &["a.json", "-o", "a.json"]);
    assert!(same.code == 2 && same.stderr.contains("overwritten"), "{}", same.stderr);
}

#[test]
fn the_table_says_never_and_question_marks() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", "Name,Created,Last used,Expires\none,2024-01-01,never,\ntwo,,,2025-01-01\n");
    let run = inventory(&sandbox, &["show", "keys.csv"]);
    let text = String::from_utf8(run.stdout.clone()).unwrap();
    let line = |name: &str| {
        text.lines().find(|line| line.contains(name)).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("one"), "generic one 2024-01-01 never ? keys.csv:2");
    assert_eq!(line("two"), "generic two ? ? 2025-01-01 keys.csv:3");
    assert_eq!(run.code, 0);
}

#[test]
fn formats_are_listed_and_misspelt_ones_corrected() {
    let sandbox = Sandbox::new();
    sandbox.keytrail().args(["inventory", "formats", "gitlab"]).assert().success();
    let run = inventory(&sandbox, &["formats"]);
    assert!(String::from_utf8_lossy(&run.stdout).contains("aws-credential-report"));
    let run = inventory(&sandbox, &["show", "x", "--inventory-format", "aws-acces-keys"]);
    assert!(run.code == 2 && run.stderr.contains("did you mean `aws-access-keys`"), "{}", run.stderr);
    let run = inventory(&sandbox, &["show", "x", "--time-zone", "Moon/Base"]);
    assert!(run.code == 2 && run.stderr.contains("Moon/Base"), "{}", run.stderr);
}

#[test]
fn the_manual_has_every_format() {
    let manual = include_str!("../docs/inventory.md");
    for format in keytrail::inventory::EXPORTS {
        assert!(manual.contains(&format!("| `{}` | {} |", format.name, format.title)), "{}", format.name);
        assert!(manual.contains(&format.export.replace('|', "\\|")), "{}: {}", format.name, format.export);
    }
    for property in keytrail::inventory::Property::ALL {
        assert!(manual.contains(&format!("`{}`", property.as_str())), "{}", property.as_str());
    }
}
