//! `keytrail schedule` through the binary: the table, what programs read, and the calendar as an independent reader
//! sees it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::{Keys, Run, Sandbox};
use ical::parser::ical::component::{IcalCalendar, IcalEvent};
use ical::property::Property;

const INVENTORY: &str = "Provider,Key ID,Name,Owner,Account,Status,Created,Expires,Rotation due\n\
    acme,k1,\"billing, EU; \\main\",a@example.com,one,active,2026-01-10T08:00:00Z,,\n\
    acme,k2,deploy,b@example.com,one,active,2026-01-10T08:00:00Z,2026-02-01T00:00:00Z,\n\
    other,k3,schlüssel-für-übermäßig-lange-namen-mit-vielen-umlauten-äöü-und-mehr-äöü-bis-zum-ende,,,active,,,2026-05-01\n\
    acme,k4,gone,,,revoked,2020-01-01T00:00:00Z,,\n\
    acme,k5,nobody-knows,,,active,,,\n";

fn schedule(sandbox: &Sandbox, args: &[&str]) -> Run {
    let args = [&["schedule", "--inventory", "keys.csv", "--as-of", "2026-01-20"], args].concat();
    Run::of(sandbox.keytrail().args(args).output().unwrap())
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", INVENTORY);
    sandbox
}

fn text(run: &Run) -> String {
    String::from_utf8(run.stdout.clone()).unwrap()
}

/// With one blank where columns have several.
fn squeezed(run: &Run) -> String {
    let mut table = text(run);
    while table.contains("  ") {
        table = table.replace("  ", " ");
    }
    table
}

fn calendar(bytes: &[u8]) -> IcalCalendar {
    let mut calendars: Vec<_> = ical::IcalParser::new(bytes).collect::<Result<_, _>>().unwrap();
    assert_eq!(calendars.len(), 1);
    calendars.remove(0)
}

fn value<'a>(properties: &'a [Property], name: &str) -> &'a str {
    let mut found = properties.iter().filter(|property| property.name == name);
    let property = found.next().unwrap_or_else(|| panic!("no {name} in {properties:?}"));
    assert!(found.next().is_none(), "{name} stands there twice");
    property.value.as_deref().unwrap_or_default()
}

/// Takes the escapes of a text away (RFC 5545, section 3.3.11).
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().unwrap() {
                'n' | 'N' => out.push('\n'),
                c @ ('\\' | ';' | ',') => out.push(c),
                c => panic!("`\\{c}` is no escape"),
            },
            ';' | ',' => panic!("`{c}` is not escaped in {text}"),
            c => out.push(c),
        }
    }
    out
}

fn is_date(event: &IcalEvent, name: &str) -> bool {
    let property = event.properties.iter().find(|property| property.name == name).unwrap();
    property.params.iter().flatten().any(|(key, values)| key == "VALUE" && values == &["DATE"])
}

#[test]
fn the_table_has_the_most_urgent_first_and_says_what_it_leaves_out() {
    let sandbox = sandbox();
    let run = schedule(&sandbox, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let table = squeezed(&run);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].starts_with("2026-02-01 in 12 days acme"), "{table}");
    assert!(lines[1].contains("expires"), "{table}");
    assert!(lines[2].starts_with("2026-04-10 in 80 days") && lines[2].ends_with("90 days"), "{table}");
    assert!(lines[3].starts_with("2026-05-01") && lines[3].ends_with("stated in the inventory"), "{table}");
    assert!(table.contains("Cannot be scheduled: no date known\n acme nobody-knows keys.csv:6"), "{table}");
    let summary = "3 keys as of 2026-01-20; 0 overdue; 1 within 14 days; 1 without a date; 1 revoked and left out";
    assert_eq!(*lines.last().unwrap(), summary);

    let table = squeezed(&schedule(&sandbox, &["--rotation-days", "5", "--notice", "200"]));
    assert!(table.contains("2026-01-15 5 days ago") && table.contains("2 overdue; 1 within 200 days"), "{table}");
}

#[test]
fn programs_read_the_same() {
    let sandbox = sandbox();
    let run = schedule(&sandbox, &["--format", "json"]);
    let json = run.json();
    assert_eq!(json["as_of"], "2026-01-20");
    assert_eq!(json["counts"]["revoked"], 1);
    let keys = json["keys"].as_array().unwrap();
    assert_eq!(keys.iter().map(|key| key["id"].as_str().unwrap()).collect::<Vec<_>>(), ["k2", "k1", "k3"]);
    assert_eq!((&keys[0]["reason"], &keys[0]["days"]), (&"expiry".into(), &12.into()));
    assert_eq!(json["unscheduled"][0]["id"], "k5");

    let csv = schedule(&sandbox, &["--format", "csv"]).stdout;
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(&csv[..]).records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[1][0], &rows[1][7]), ("2026-04-10", "billing, EU; \\main"));
    assert_eq!((&rows[3][1], &rows[3][6]), ("unscheduled", "k5"));
}

#[test]
fn the_calendar_says_the_same_to_an_independent_reader() {
    let sandbox = sandbox();
    let run = schedule(&sandbox, &["-o", "rotation.ics"]);
    assert_eq!((run.code, text(&run).as_str()), (0, ""));
    let bytes = fs::read(sandbox.path("rotation.ics")).unwrap();

    let file = String::from_utf8(bytes.clone()).unwrap();
    assert!(file.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
    assert_eq!(file.matches('\r').count(), file.matches("\r\n").count());
    let longest = file.split("\r\n").map(str::len).max().unwrap();
    assert_eq!(longest, 75);

    let calendar = calendar(&bytes);
    assert_eq!(value(&calendar.properties, "VERSION"), "2.0");
    let events = &calendar.events;
    let dates: Vec<_> =
        events.iter().map(|event| (value(&event.properties, "DTSTART"), value(&event.properties, "DTEND"))).collect();
    assert_eq!(dates, [("20260201", "20260202"), ("20260410", "20260411"), ("20260501", "20260502")]);
    for event in events {
        assert!(is_date(event, "DTSTART") && is_date(event, "DTEND"));
        assert_eq!(value(&event.properties, "DTSTAMP"), "20260120T000000Z");
        let description = unescaped(value(&event.properties, "DESCRIPTION"));
        for step in ["1. Schedule:", "2. Generate:", "3. Implement:", "4. Verify:", "5. Revoke:"] {
            assert!(description.contains(step), "{description}");
        }
        let triggers: Vec<&str> = event.alarms.iter().map(|alarm| value(&alarm.properties, "TRIGGER")).collect();
        assert_eq!(triggers, ["-P14D", "-P3D"]);
        for alarm in &event.alarms {
            assert_eq!(value(&alarm.properties, "ACTION"), "DISPLAY");
            assert_eq!(value(&alarm.properties, "DTSTAMP"), "20260120T000000Z");
            unescaped(value(&alarm.properties, "DESCRIPTION"));
        }
    }
    assert_eq!(unescaped(value(&events[1].properties, "SUMMARY")), "Rotate key: billing, EU; \\main (acme)");
    let expiry = unescaped(value(&events[0].properties, "SUMMARY"));
    assert_eq!(expiry, "Rotate key before it expires: deploy (acme)");
    let long = unescaped(value(&events[2].properties, "SUMMARY"));
    assert!(long.contains("lange-namen-mit-vielen-umlauten-äöü-und-mehr-äöü-bis-zum-ende"), "{long}");

    let uids = |calendar: &IcalCalendar| -> Vec<String> {
        calendar.events.iter().map(|event| value(&event.properties, "UID").to_owned()).collect()
    };
    let mut unique = uids(&calendar);
    unique.extend(events.iter().flat_map(|e| e.alarms.iter().map(|a| value(&a.properties, "UID").to_owned())));
    let number = unique.len();
    unique.sort();
    unique.dedup();
    assert_eq!((number, unique.len()), (9, 9));

    // The same input and day give the same bytes; another day, a new name and other rows leave identities alone.
    assert_eq!(schedule(&sandbox, &["--format", "ics"]).stdout, bytes);
    let before = uids(&calendar);
    let renamed = INVENTORY.replace("deploy", "delivery").replace("acme,k1", "acme,k0,first,,,,,2026-01-01,\nacme,k1");
    sandbox.write("keys.csv", renamed);
    let later = schedule(&sandbox, &["--format", "ics", "--as-of", "2026-01-21"]);
    assert_eq!(later.code, 2, "--as-of was given twice");
    let args = ["schedule", "--inventory", "keys.csv", "--as-of", "2026-01-21", "--format", "ics"];
    let later = self::calendar(&Run::of(sandbox.keytrail().args(args).output().unwrap()).stdout);
    let after = uids(&later);
    assert_eq!(after.len(), 4);
    assert!(before.iter().all(|uid| after.contains(uid)), "{before:?} {after:?}");
}

#[test]
fn no_output_shows_a_key() {
    let sandbox = Sandbox::new();
    let token = Keys::new().token();
    sandbox.write("keys.csv", format!("Provider,Key ID,Name,API key,Created\nacme,k1,my {token},{token},2026-01-01\n"));
    for format in ["text", "json", "csv", "ics"] {
        let run = schedule(&sandbox, &["--format", format]);
        let shown = text(&run).replace("\r\n ", "") + &run.stderr;
        assert!(!shown.contains(&token[..12]), "{format}: {shown}");
        assert!(shown.contains("2026-04-01") || shown.contains("20260401"), "{format}: {shown}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let sandbox = sandbox();
    sandbox.write("odd.csv", "Colour,Size\nred,1\n");
    let run = |args: &[&str]| Run::of(sandbox.keytrail().arg("schedule").args(args).output().unwrap());
    let odd = run(&["--inventory", "odd.csv"]);
    assert_eq!(odd.code, 2);
    assert!(odd.stderr.contains("`Colour`"), "{}", odd.stderr);
    let both = run(&["--inventory", "keys.csv", "-o", "keys.csv"]);
    assert!(both.code == 2 && both.stderr.contains("would be read and overwritten"), "{}", both.stderr);
    let format = run(&["--inventory", "keys.csv", "-o", "a.xlsx"]);
    assert!(format.code == 2 && format.stderr.contains("`.ics`"), "{}", format.stderr);
    assert_eq!(run(&["--inventory", "keys.csv", "--as-of", "soon"]).code, 2);
    sandbox.write("bad.csv", "Provider,Key ID,Name,Created\nacme,k1,one,soon\n");
    let bad = run(&["--inventory", "bad.csv"]);
    assert_eq!((bad.code, text(&bad).contains("no date known")), (1, true), "{}", bad.stderr);
}

#[test]
fn the_policy_says_when_keys_are_due() {
    let sandbox = sandbox();
    let policy = "[audit]\nrotation = 5\n[[audit.override]]\nname = \"deploy\"\nrotation = 15\n\
        [[audit.exception]]\ncheck = \"rotation-*\"\nkey = \"k1\"\nreason = \"Terminals move\"\nexpires = 2026-01-31\n";
    sandbox.write("keytrail.toml", policy);
    let table = squeezed(&schedule(&sandbox, &[]));
    assert!(
        table.contains("2026-01-15 5 days ago acme billing")
            && table.contains("5 days; accepted until 2026-01-31: Terminals move"),
        "{table}"
    );
    assert!(table.contains("2026-01-25 in 5 days acme deploy"), "{table}");
    assert!(table.contains("0 overdue; 1 within 14 days; 1 accepted"), "{table}");
    // The same policy from elsewhere, and what the command line says instead.
    std::fs::write(sandbox.home().join("strict.toml"), "[audit]\nrotation = 1\n").unwrap();
    let strict = sandbox.home().join("strict.toml");
    let json = schedule(&sandbox, &["--format", "json", "--config", strict.to_str().unwrap()]);
    assert_eq!((&json.json()["periods"]["rotation_days"], &json.json()["counts"]["overdue"]), (&1.into(), &2.into()));
    let table = squeezed(&schedule(&sandbox, &["--rotation-days", "100"]));
    assert!(table.contains("2026-02-01 in 12 days acme deploy") && table.contains("2026-04-20 in 90 days"), "{table}");
    // An audit on that day says the same of each key.
    let args = ["audit", "--no-scan", "--inventory", "keys.csv", "--as-of", "2026-01-20", "--format", "json"];
    let audit = Run::of(sandbox.keytrail().args(args).output().unwrap());
    let due = |run: &Run, id: &str| {
        let keys = run.json()["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["id"] == id || key["key"].as_str().is_some_and(|key| key.ends_with(id)));
        let key = key.unwrap();
        let date = key["due"].as_str().or(key["rotation"]["due"].as_str()).unwrap();
        date[..10].to_owned()
    };
    let planned = schedule(&sandbox, &["--format", "json"]);
    for id in ["k1", "k2", "k3"] {
        assert_eq!(due(&planned, id), due(&audit, id), "{id}");
    }
}
