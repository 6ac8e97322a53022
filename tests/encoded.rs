//! Keys in another form: encoded, escaped, joined from pieces. Where they are found, as what, and that no report shows
//! them, in either form.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use common::{Keys, Run, Sandbox, TOKEN};
use sha2::{Digest as _, Sha256};

fn base64(text: impl AsRef<[u8]>) -> String {
    STANDARD.encode(text)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn each(text: &str, escape: impl Fn(u8) -> String) -> String {
    text.bytes().map(escape).collect()
}

fn broken(text: &str, width: usize, end: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(end)
}

/// Scans a text and checks that the one finding is `key` of `rule`, in the marked part of the text and in this form.
fn check(text: &str, rule: &str, key: &str, form: &str) {
    let tree = Sandbox::new();
    let (before, rest) = text.split_once('«').unwrap();
    let (inside, behind) = rest.split_once('»').unwrap();
    let plain = [before, inside, behind].concat();
    tree.write("file.txt", &plain);
    let run = tree.scan(&["--show-secrets"]);
    let findings = run.findings();
    assert_eq!(findings.len(), 1, "{form}: {plain}\n{findings:#?}");
    assert_eq!((findings[0]["rule"].as_str(), findings[0]["value"].as_str()), (Some(rule), Some(key)), "{plain}");
    assert_eq!(findings[0]["locations"][0]["part"], form, "{plain}");
    let (place, line) = (run.places().remove(0), before.matches('\n').count() as u64 + 1);
    assert_eq!((place.bytes, place.start.0), ((before.len() as u64, inside.len() as u64), line), "{form}: {plain}");
    // Neither the key nor what it is written as is shown.
    for format in ["text", "json", "sarif", "csv", "markdown", "html", "junit", "github", "gitlab"] {
        let output = tree.keytrail().args(["scan", "--format", format]).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("file.txt"), "{format}: {shown}");
        for secret in [key, inside] {
            for piece in secret.as_bytes().windows(16).step_by(4) {
                let piece = std::str::from_utf8(piece).unwrap();
                assert!(!shown.contains(piece), "{format} shows `{piece}` of `{secret}`: {shown}");
            }
        }
    }
}

#[test]
fn base64_is_decoded() {
    let key = Keys::new().token();
    for (text, form) in [
        (format!("value: «{}»\n", base64(&key)), "in base64"),
        (format!("VALUE=«{}»\n", STANDARD_NO_PAD.encode(&key)), "in base64"),
        (format!("f('«{}»')", URL_SAFE_NO_PAD.encode(&key)), "in base64"),
        (format!("<a href=\"data:text/plain;base64,«{}»\">", base64(&key)), "in base64"),
        (format!("value: «{}»\n", base64(base64(&key))), "in base64, twice"),
        (format!("value: «{}»\n", base64(gzip(&key))), "in gzip in base64"),
        (format!("value: «{}»\n", base64(base64(gzip(&key)))), "in gzip in base64 in base64"),
        (format!("value: «{}»\n", base64(hex::encode(&key))), "in hexadecimal in base64"),
        (format!("value: «{}»\n", hex::encode(&key)), "in hexadecimal"),
        (format!("value: 0x«{}»\n", hex::encode_upper(&key)), "in hexadecimal"),
    ] {
        check(&text, TOKEN, &key, form);
    }
    let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&format!("powershell -EncodedCommand «{}»\n", base64(wide)), TOKEN, &key, "in base64");
}

#[test]
fn base64_of_several_lines_is_put_together() {
    let key = Keys::new().token();
    let settings = format!("# settings of the service, which are long enough for lines\ntoken: {key}\nlast: 1\n");
    let encoded = base64(&settings);
    let start = settings.find(&key).unwrap();
    let (from, to) = (start * 8 / 6, ((start + key.len()) * 8).div_ceil(6));
    for (width, end, first) in [(64, "\n", ""), (76, "\r\n", ""), (60, "\n    ", "data: |\n    "), (64, "\n", "X=")] {
        let mut text = first.to_owned();
        for (at, line) in (0..).step_by(width).zip(encoded.as_bytes().chunks(width)) {
            for (i, &b) in line.iter().enumerate() {
                text.extend((at + i == from).then_some('«'));
                text.extend((at + i == to).then_some('»'));
                text.push(char::from(b));
            }
            text.push_str(end);
        }
        check(&text, TOKEN, &key, "in base64");
    }
}

#[test]
fn kubernetes_secrets_are_named() {
    let key = Keys::new().token();
    let manifest =
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: ci\ndata:\n  GH: «{}»\n  port: ODA=\n", base64(&key));
    check(&manifest, TOKEN, &key, "in base64 in a Kubernetes Secret");
}

#[test]
fn entries_of_kubernetes_secrets_are_judged_by_their_names() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let hex = |bytes: usize, keys: &mut Keys| hex::encode(&Sha256::digest(keys.value())[..bytes]);
    let entries = [
        ("SESSION_SECRET", hex(32, &mut keys)),
        // Its base64 has no digit.
        ("API_KEY", ["1604d115cea325a6", "5e19cbae530282bd"].concat()),
        ("DB_PASSWORD", hex(10, &mut keys)),
        ("api-key", hex(32, &mut keys)),
        ("STRIPE_WEBHOOK", hex(20, &mut keys)),
    ];
    let yaml: String = entries.iter().map(|(name, value)| format!("  {name}: {}\n", base64(value))).collect();
    let yaml = format!("  username: {}\n{yaml}", base64("admin"));
    let json = |entries: &[(&str, String)]| {
        let data: Vec<String> =
            entries.iter().map(|(name, value)| format!("    \"{name}\": \"{}\"", base64(value))).collect();
        let data = data.join(",\n");
        format!("{{\n  \"apiVersion\": \"v1\",\n  \"data\": {{\n{data}\n  }},\n  \"kind\": \"Secret\"\n}}\n")
    };
    let applied = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\ntype: Opaque\ndata:\n{yaml}");
    let printed = format!("apiVersion: v1\ndata:\n{yaml}kind: Secret\nmetadata:\n  name: web\ntype: Opaque\n");
    for text in [applied, printed, json(&entries)] {
        let run = tree.scan_input(text.as_str(), &["--show-secrets"]);
        for (name, value) in &entries {
            let is_it = |found: &str| found == value || found == base64(value);
            let found = run.findings().iter().any(|finding| finding["value"].as_str().is_some_and(is_it));
            assert!(found, "{name} in {text}");
        }
        assert_eq!(run.findings().len(), entries.len(), "{text}");
    }
    for entry in entries {
        let run = tree.scan_input(json(std::slice::from_ref(&entry)), &[]);
        assert_eq!(run.findings().len(), 1, "{}", entry.0);
    }
}

#[test]
fn several_keys_in_one_form_are_all_found() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let all: Vec<String> = (0..4).map(|_| keys.token()).collect();
    for text in [base64(all.join(" ")), base64(gzip(&all.join("\n"))), hex::encode(all.join(" "))] {
        let run = tree.scan_input(format!("x: {text}\n"), &["--show-secrets"]);
        let mut found: Vec<&str> = run.findings().iter().map(|finding| finding["value"].as_str().unwrap()).collect();
        let mut expected: Vec<&str> = all.iter().map(String::as_str).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_name_inside_what_is_encoded_counts() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let value = keys.value();
    let inside = format!("host: db.corp.net\napi_token: {value}\n");
    let run = tree.scan_input(format!("config: {}\n", base64(&inside)), &["--show-secrets"]);
    assert_eq!(run.findings().len(), 1);
    assert_eq!(run.findings()[0]["value"], value);
}

#[test]
fn escapes_are_decoded() {
    let mut keys = Keys::new();
    let key = keys.token();
    for (text, form) in [
        (each(&key, |b| format!("%{b:02X}")), "in percent-encoding"),
        (each(&key, |b| format!("%{b:02x}")), "in percent-encoding"),
        (each(&key, |b| format!("&#{b};")), "in HTML entities"),
        (each(&key, |b| format!("&#x{b:X};")), "in HTML entities"),
        (each(&key, |b| format!("\\u{b:04x}")), "in string escapes"),
        (each(&key, |b| format!("\\x{b:02X}")), "in string escapes"),
        (each(&key, |b| format!("\\u{{{b:x}}}")), "in string escapes"),
        (each(&key, |b| format!("\\{b:03o}")), "in string escapes"),
        (key.replace('_', "%5F"), "in percent-encoding"),
        (key.replace('_', "&#95;"), "in HTML entities"),
        (key.replace('_', "&lowbar;"), "in HTML entities"),
        (key.replace('_', "\\u005f"), "in string escapes"),
        (key.replace('_', "\\\\u005F"), "in string escapes"),
    ] {
        check(&format!("first line\nx = \"«{text}»\";\n"), TOKEN, &key, form);
    }
    // Base64 has what URLs and JSON escape.
    let rule = "azure-storage-account-key";
    let mut key = keys.of(rule);
    while !key.contains('/') || !key.contains('+') {
        key = keys.of(rule);
    }
    for (from, to, form) in
        [("/", "\\/", "in string escapes"), ("+", "\\u002B", "in string escapes"), ("/", "%2F", "in percent-encoding")]
    {
        let tree = Sandbox::new();
        let run = tree.scan_input(format!("{{\"k\": \"{}\"}}\n", key.replace(from, to)), &["--show-secrets"]);
        let found: Vec<_> = run.findings().iter().map(|f| (&f["value"], &f["locations"][0]["part"])).collect();
        assert!(found.iter().any(|(value, part)| **part == form && key.contains(value.as_str().unwrap())), "{found:?}");
    }
}

#[test]
fn passwords_in_markup_are_what_they_say() {
    let mut keys = Keys::new();
    let value = keys.value();
    let (head, tail) = (format!("{}X", &value[..5]), format!("{}7", &value[5..9]));
    for (escaped, plain) in [("&amp;", "&"), ("&#38;", "&"), ("&#x26;", "&"), ("&quot;", "\""), ("&lt;", "<")] {
        let (written, key) = (format!("«{head}{escaped}{tail}»"), format!("{head}{plain}{tail}"));
        for text in [
            format!("<db>\n<password>{written}</password>\n</db>\n"),
            format!("<property name=\"connection.password\">{written}</property>\n"),
            format!("<db password=\"{written}\"/>\n"),
            format!("<db\n  user=\"ann\"\n  password=\"{written}\"/>\n"),
            format!("<add name=\"password\" value=\"{written}\"/>\n"),
            format!("<key>Password</key>\n<string>{written}</string>\n"),
        ] {
            check(&text, "generic-password-in-an-assignment", &key, "in HTML entities");
        }
        // It is the same password in a file of another kind.
        let tree = Sandbox::new();
        tree.write("a.xml", format!("<db password=\"{head}{escaped}{tail}\"/>\n"));
        tree.write("b.py", format!("password = '{key}'\n"));
        let run = tree.scan(&[]);
        assert_eq!((run.findings().len(), run.paths()), (1, vec!["a.xml".to_owned(), "b.py".to_owned()]), "{key}");
    }
    // In a program it is what it is.
    let tree = Sandbox::new();
    tree.write("a.py", format!("password = '{head}&amp;{tail}'\n"));
    let run = tree.scan(&["--show-secrets"]);
    assert_eq!(run.findings()[0]["value"], format!("{head}&amp;{tail}"));
}

#[test]
fn lines_that_go_on_are_joined() {
    let key = Keys::new().token();
    let line = "Hello, the key that you asked me for yesterday is this: ";
    let (head, tail) = key.split_at(19);
    check(&format!("{line}«{head}=\n{tail}» =3D\n"), TOKEN, &key, "over several lines");
    check(&format!("x = \"«{head}\\\n{tail}»\"\n"), TOKEN, &key, "over several lines");
    check(&format!("x = \"«{head}\\\n      {tail}»\"\n"), TOKEN, &key, "over several lines");
    // What names a key that says nothing itself stands on the line that is broken, or on the one before.
    let rule = "datadog-api-key";
    let key = Keys::new().of(rule);
    let (head, tail) = key.split_at(11);
    let line = "Hi all, this is what we were told (see wiki), datadog api key: ";
    check(&format!("{line}«{head}=\n{tail}» and so on\n"), rule, &key, "over several lines");
}

#[test]
fn joined_strings_are_one() {
    let key = Keys::new().token();
    let form = "in strings that are joined";
    for (width, between) in
        [(20, "\" + \""), (18, "' . '"), (17, "\"\n    \""), (17, "\" \\\n    \""), (25, "\" +\n    f\""), (4, "' + '")]
    {
        let key_in_pieces = match width {
            // The prefix alone.
            4 => format!("{}{between}{}", &key[..4], &key[4..]),
            _ => broken(&key, width, between),
        };
        let (open, close) = (&between[between.len() - 1..], &between[..1]);
        check(&format!("key = {open}«{key_in_pieces}»{close}\n"), TOKEN, &key, form);
    }
}

#[test]
fn forms_within_forms_end_somewhere() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    let nested = |times: usize| (0..times).fold(key.clone(), |text, _| base64(text));
    assert_eq!(tree.scan_input(nested(3), &[]).findings().len(), 1);
    assert_eq!(tree.scan_input(nested(4), &[]).findings().len(), 0);
    // A bomb in a bomb in a bomb.
    let bomb = |inner: &str| base64(gzip(&format!("{}\n", inner).repeat(2000)));
    let run = tree.scan_input(bomb(&bomb(&bomb(&"a".repeat(1000)))), &[]);
    assert_eq!(run.code, 0);
}

#[test]
fn archives_history_and_large_files_are_alike() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let key = keys.token();
    let text = format!("value: {}\n", base64(&key));
    tree.write("a.env", &text);
    tree.commit();
    tree.write("a.env", "nothing\n");
    tree.commit();
    let in_history = tree.scan(&["--history", "--show-secrets"]);
    assert_eq!(in_history.findings()[0]["value"], key);
    assert_eq!(in_history.findings()[0]["locations"][0]["part"], "in base64");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("inner", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    let archive = archive.finish().unwrap().into_inner();
    assert_eq!(tree.scan_input(archive, &["--show-secrets"]).findings()[0]["value"], key);
    let large = format!("{}{text}", "a line of no meaning\n".repeat(500_000));
    let run = tree.scan_input(large, &["--show-secrets"]);
    assert_eq!(run.findings()[0]["value"], key);
    // What is staged.
    tree.write("b.env", &text);
    tree.git(&["add", "-A"]);
    let staged: Run = tree.scan(&["--staged", "--show-secrets"]);
    assert_eq!(staged.findings()[0]["value"], key);
}

#[test]
fn what_only_looks_encoded_is_no_finding() {
    let tree = Sandbox::new();
    let mut text = String::new();
    for i in 0..2000u64 {
        let noise: Vec<u8> =
            (0..60u64).map(|j| ((i * 61 + j).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
        text += &format!("{}\n{}\n\"{}\" + \"{}\"\n", base64(&noise), hex::encode(&noise), i, base64(&noise[..30]));
        text += &format!("%{i:02}d \\x{i:02} &#{i}; a=3D{i} https:\\/\\/example.com\\/{i}\n");
    }
    let run = tree.scan_input(text, &[]);
    assert_eq!(run.findings().len(), 0, "{:#?}", run.findings());
}

/// The manifest of a Kubernetes Secret.
fn manifest(name: &str, value: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n  {name}: {}\n", base64(value))
}

#[test]
fn a_password_of_a_manifest_is_the_one_it_stands_for() {
    let mut keys = Keys::new();
    for len in [8, 11, 14] {
        let password = format!("{}!{}", &keys.value()[..len - 4], &keys.value()[..4]);
        let tree = Sandbox::new();
        tree.write("a.env", format!("DB_PASSWORD=\"{password}\"\n"));
        tree.write("b.yaml", manifest("DB_PASSWORD", &password));
        let run = tree.scan(&["--show-secrets"]);
        assert_eq!((run.findings().len(), run.paths()), (1, vec!["a.env".into(), "b.yaml".into()]), "{password}");
        assert_eq!(run.findings()[0]["value"], *password);
        let alone = Sandbox::new();
        alone.write("b.yaml", manifest("DB_PASSWORD", &password));
        let run = alone.scan(&["--show-secrets"]);
        assert_eq!((run.findings().len(), &run.findings()[0]["value"]), (1, &password.into()));
    }
}

#[test]
fn placeholders_in_manifests_are_judged_as_they_are_elsewhere() {
    let tree = Sandbox::new();
    let words =
        ["changeme", "password", "example", "your-password-here", "${DB_PASSWORD}", "my-example-password", "secret"];
    for (number, word) in words.into_iter().enumerate() {
        let text = manifest("password", word);
        tree.write(format!("{number}.yaml"), &text);
        // As kubectl prints it, by the names of the fields.
        let sorted = format!("apiVersion: v1\ndata:\n  password: {}\nkind: Secret\n", base64(word));
        tree.write(format!("{number}-sorted.yaml"), sorted);
    }
    let places = tree.scan(&[]).places();
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn long_escapes_and_strings_that_touch_are_joined() {
    let key = Keys::new().token();
    let long = each(&key, |b| format!("\\U{:08x}", u32::from(b)));
    check(&format!("t = \"«{long}»\"\n"), TOKEN, &key, "in string escapes");
    let (front, behind) = key.split_at(20);
    for between in ["\"\"", "\" + /* and */ \"", "\" /* and */ + \"", "\" + // and\n    \""] {
        let text = format!("T=\"«{front}{between}{behind}»\"\n");
        check(&text, TOKEN, &key, "in strings that are joined");
    }
    check(&format!("T='«{front}'\"{behind}»\"\n"), TOKEN, &key, "in strings that are joined");
}
