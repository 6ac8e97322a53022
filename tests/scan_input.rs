//! What `keytrail scan` reads: standard input, encodings, notebooks, containers, and files of any size.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;

use common::{GENERIC, Keys, Place, Run, Sandbox, TOKEN};
use keytrail::Scanner;
use sha2::{Digest as _, Sha256};

const WINDOW: usize = Scanner::WINDOW;
const OVERLAP: usize = Scanner::OVERLAP;

#[test]
fn standard_input_is_scanned_under_the_name_it_is_given() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let text = format!("one\ntoken {}\n", keys.token());
    let run = tree.scan_input(text.clone(), &[]);
    assert_eq!((run.code, run.paths()), (1, vec!["stdin".to_owned()]));
    assert_eq!((run.places()[0].start, run.places()[0].bytes), ((2, 7), (10, 40)));
    assert_eq!(tree.scan_input(text, &["--stdin-name", "a/b.env"]).paths(), ["a/b.env"]);
    assert_eq!(tree.scan_input("", &[]).code, 0);
    for wrong in [&["--stdin", "--stdin-name", ""][..], &["--stdin-name", "a.env", "."]] {
        let run = tree.scan(wrong);
        assert!(run.code == 2 && run.stderr.contains("--stdin-name"), "{wrong:?}: {} {}", run.code, run.stderr);
    }
    // The name says that it is a notebook.
    let cells = r#"{"cells": [{"cell_type": "code", "source": ["x = \"KEY\"\n"]}], "nbformat": 4}"#;
    let run = tree.scan_input(cells.replace("KEY", &keys.token()), &["--stdin-name", "a.ipynb"]);
    assert_eq!(run.findings()[0]["locations"][0]["part"], "cell 1");
}

#[test]
fn the_limit_of_a_file_holds_for_standard_input() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let text = format!("token {}\n", keys.token());
    let all = text.len().to_string();
    for content in [text.clone().into_bytes(), gzip(text.as_bytes()), zip(&[("a", text.as_bytes())])] {
        let (size, less) = (content.len().to_string(), (content.len() - 1).to_string());
        // What comes out of a container counts by itself.
        let larger = if size.len() > all.len() || size > all { size } else { all.clone() };
        let run = tree.scan_input(content.clone(), &["--max-file-size", &larger]);
        assert_eq!((run.code, run.findings().len(), run.notices()), (1, 1, vec![]));
        let run = tree.scan_input(content.clone(), &["--max-file-size", &less]);
        // As for a file of that size.
        tree.write("file", &content);
        let file = tree.scan(&["file", "--max-file-size", &less]);
        assert_eq!((run.code, run.findings().len()), (file.code, 0));
        assert_eq!(run.notices(), [("skipped".to_owned(), "stdin".to_owned())]);
        assert_eq!(file.notices(), [("skipped".to_owned(), "file".to_owned())]);
        assert_eq!(run.json()["coverage"]["files"], file.json()["coverage"]["files"]);
    }
}

#[test]
fn containers_on_standard_input_are_opened() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let run = tree.scan_input(zip(&[("inner/file", keys.token().as_bytes())]), &["--stdin-name", "a.zip"]);
    assert_eq!(run.paths(), ["a.zip!/inner/file"]);
}

mod encodings {
    use super::*;

    fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    fn utf32(text: &str, to: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().map(u32::from).flat_map(to).collect()
    }

    /// Scans a text in which the key stands in line 3, column 8.
    fn check(name: &str, encode: impl Fn(&str) -> Vec<u8>) {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let (before, key) = ("first line\r\n\r\n😀 key: ", keys.token());
        let text = format!("{before}{key}\r\nlast\r\n");
        tree.write("a.txt", encode(&text));
        let run = tree.scan(&["--show-secrets"]);
        let offset = encode(before).len() as u64;
        let length = encode(&format!("{before}{key}")).len() as u64 - offset;
        let expected = Place { path: "a.txt".into(), start: (3, 9), bytes: (offset, length), rule: TOKEN.into() };
        assert_eq!(run.places(), [expected], "{name}");
        assert_eq!(run.findings()[0]["value"], key, "{name}");
        let snippet = run.findings()[0]["locations"][0]["snippet"]["text"].as_str().unwrap();
        assert!(snippet.starts_with("😀 key: ghp_"), "{name}: {snippet}");
    }

    #[test]
    fn a_mark_takes_no_column() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let key = keys.token();
        let marked = format!("\u{feff}K={key}\n");
        tree.write("8", &marked);
        tree.write("16be", utf16(&marked, u16::to_be_bytes));
        tree.write("16le", utf16(&marked, u16::to_le_bytes));
        tree.write("32le", utf32(&marked, u32::to_le_bytes));
        tree.write("plain", &marked[3..]);
        // Inside of a text it is a character as any other one.
        tree.write("within", format!("x\n{marked}"));
        let run = tree.scan(&[]);
        let starts: Vec<(u64, u64)> = run.places().iter().map(|place| place.start).collect();
        assert_eq!(starts, [(1, 3), (1, 3), (1, 3), (1, 3), (1, 3), (2, 4)], "{:?}", run.paths());
        let mut explain = tree.keytrail();
        let shown = explain.args(["explain", "8", "--format", "json"]).output().unwrap();
        assert!(String::from_utf8_lossy(&shown.stdout).contains("\"column\": 3"), "{shown:?}");
    }

    #[test]
    fn utf8_is_read_with_and_without_a_mark() {
        check("UTF-8", |text| text.as_bytes().to_vec());
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        tree.write("a.txt", format!("\u{feff}a\n{}", keys.token()));
        assert_eq!((tree.scan(&[]).places()[0].start, tree.scan(&[]).places()[0].bytes.0), ((2, 1), 5));
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        check("LE", |text| utf16(text, u16::to_le_bytes));
        check("BE", |text| utf16(text, u16::to_be_bytes));
        check("LE with a mark", |text| [&b"\xff\xfe"[..], &utf16(text, u16::to_le_bytes)].concat());
        check("BE with a mark", |text| [&b"\xfe\xff"[..], &utf16(text, u16::to_be_bytes)].concat());
    }

    #[test]
    fn utf32_is_read_with_and_without_a_mark() {
        check("LE", |text| utf32(text, u32::to_le_bytes));
        check("BE", |text| utf32(text, u32::to_be_bytes));
        check("LE with a mark", |text| [&b"\xff\xfe\0\0"[..], &utf32(text, u32::to_le_bytes)].concat());
        check("BE with a mark", |text| [&b"\0\0\xfe\xff"[..], &utf32(text, u32::to_be_bytes)].concat());
    }

    #[test]
    fn text_in_an_eight_bit_encoding_is_read() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        tree.write(
            "a.ini",
            [b"# gepr\xfcft f\xfcr M\xfcnchen\nschl\xfcssel = ", keys.token().as_bytes(), b"\n"].concat(),
        );
        let run = tree.scan(&[]);
        assert_eq!((run.places()[0].start, run.places()[0].bytes), ((2, 13), (34, 40)));
        let snippet = run.findings()[0]["locations"][0]["snippet"]["text"].as_str().unwrap();
        assert!(snippet.starts_with("schlüssel = ghp_"), "{snippet}");
    }

    #[test]
    fn in_binary_data_keys_with_a_prefix_are_found_and_assignments_are_not() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let assignment = format!("\napi_key = \"{}\"\n", keys.value());
        let token = keys.token();
        let text = [&b"\x7fELF\x02\x01\0\0\xff\xfe\0\0\x03"[..], assignment.as_bytes(), token.as_bytes(), b"\0\0"];
        tree.write("program", text.concat());
        tree.write("text", assignment);
        let rules: Vec<(String, String)> = tree.scan(&[]).places().into_iter().map(|p| (p.path, p.rule)).collect();
        assert_eq!(rules, [("program".into(), TOKEN.into()), ("text".into(), GENERIC.into())]);
    }
}

/// So many hexadecimal digits, drawn by chance.
fn digits(keys: &mut Keys, count: usize) -> String {
    let mut digits = hex::encode(Sha256::digest(keys.value()));
    digits.truncate(count);
    digits
}

#[test]
fn samples_of_public_documents_are_no_findings_of_any_rule() {
    let tree = Sandbox::new();
    // Put together from pieces, since they look like keys: a token of RFC 6749, Stripe's example, the emulator of Azure,
    // jwt.io.
    let lines = [
        ["\"access_token\": \"2YotnF", "ZFEjr1zCs", "icMWpAA\""].concat(),
        ["key: sk_te", "st_4eC39HqL", "yjWDarjtT", "1zdp7dc"].concat(),
        [
            "AZURE_STORAGE_KEY=",
            "Eby8vdM02xN",
            "OcqFlqUwJPL",
            "lmEtlCDXJ1O",
            "UzFT50uSRZ6",
            "IFsuFq2UVEr",
            "Cz4I6tq/K1S",
            "ZFPTOtr/KBH",
            "BeksoGMGw==",
        ]
        .concat(),
        [
            "the token: ",
            "eyJhbGciOiJ",
            "IUzI1NiIsIn",
            "R5cCI6IkpXV",
            "CJ9.eyJzdWI",
            "iOiIxMjM0NT",
            "Y3ODkwIiwib",
            "mFtZSI6Ikpv",
            "aG4gRG9lIiw",
            "iaWF0IjoxNT",
            "E2MjM5MDIyf",
            "Q.SflKxwRJS",
            "MeKKF2QT4fw",
            "pMeJf36POk6",
            "yJV_adQssw5c",
        ]
        .concat(),
    ];
    let run = tree.scan_input(lines.join("\n"), &["--min-confidence", "low"]);
    assert!(run.findings().is_empty(), "{:#?}", run.findings());
    // The same with another end is none of them.
    let other = lines[1].replace("7dc", "7dd");
    assert_eq!(tree.scan_input(other, &[]).findings().len(), 1);
}

#[test]
fn a_credential_of_several_parts_has_the_facts_of_all() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (id, secret) = (keys.of("aws-access-key-id"), keys.of("aws-secret-access-key"));
    let account = tree.scan_input(format!("id={id}\n"), &[]).findings()[0]["verification"]["facts"].clone();
    assert_eq!(account[0]["name"], "account");
    let text = format!("aws_access_key_id={id}\naws_secret_access_key={secret}\n");
    let run = tree.scan_input(text.as_str(), &[]);
    assert_eq!(run.findings().len(), 1);
    assert_eq!(run.findings()[0]["verification"]["facts"], account);
    assert_eq!(run.findings()[0]["verification"]["what"], "mixture of characters, and AWS id structure beside it");
    // No report calls that verified.
    let sarif = tree.keytrail().args(["scan", "--stdin", "--format", "sarif"]).write_stdin(text).output().unwrap();
    let sarif = String::from_utf8(sarif.stdout).unwrap();
    assert!(sarif.contains("Checked offline: mixture") && !sarif.contains("Verified offline"), "{sarif}");
}

#[test]
fn keys_tell_what_stands_in_them() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    for (rule, name, part) in [
        ("dynatrace-api-token", "key id", ".."),
        ("salesforce-access-token-or-session-id", "organization", "!"),
        ("braintree-access-token", "merchant", "$"),
    ] {
        let key = keys.of(rule);
        let run = tree.scan_input(format!("key = \"{key}\"\n"), &[]);
        assert_eq!(run.findings()[0]["rule"], rule);
        let verification = &run.findings()[0]["verification"];
        assert_eq!(verification["what"], "key structure");
        let facts = verification["facts"].as_array().unwrap();
        let fact = facts.iter().find(|fact| fact["name"] == name).unwrap()["value"].as_str().unwrap();
        // One of the pieces between the marks, or two of them.
        let expected = match part {
            ".." => key.rsplit_once('.').unwrap().0,
            "!" => key.split('!').next().unwrap(),
            _ => key.split('$').nth(2).unwrap(),
        };
        assert_eq!(fact, expected, "{rule}");
    }
}

#[test]
fn a_pair_of_ed25519_is_confirmed_and_told_with_its_name() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (name, key) = (keys.of("coinbase-key-name"), keys.of("coinbase-cdp-api-key-ed25519"));
    let run = tree.scan_input(format!("{{\"name\": \"{name}\", \"coinbase_secret\": \"{key}\"}}\n"), &[]);
    assert_eq!((run.findings().len(), &run.findings()[0]["confidence"]), (1, &"confirmed".into()));
    let facts = run.findings()[0]["verification"]["facts"].to_string();
    assert!(name.split('/').skip(1).step_by(2).all(|id| facts.contains(id)), "{facts}");
    // Another second half is that of no such key, but a secret all the same.
    let other = format!("{}AAAAAAAA==", &key[..78]);
    let run = tree.scan_input(format!("{{\"coinbase_secret\": \"{other}\"}}\n"), &[]);
    assert!(run.findings().iter().all(|finding| finding["rule"] != "coinbase-cdp-api-key-ed25519"));
}

#[test]
fn the_project_beside_a_key_confirms_its_checksum() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.of("supabase-secret-api-key");
    let project = "abcdefghijklmnopqrst";
    let (body, _) = key.rsplit_once('_').unwrap();
    let digest = sha2::Sha256::digest(format!("{project}|{body}"));
    let sum = &base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)[..8];
    let text = |project: &str| format!("url: https://{project}.supabase.co\nkey: {body}_{sum}\n");
    let run = tree.scan_input(text(project), &[]);
    assert_eq!(run.findings()[0]["confidence"], "confirmed");
    assert_eq!(run.findings()[0]["verification"]["facts"][0]["value"], project);
    let run = tree.scan_input(text("tsrqponmlkjihgfedcba"), &[]);
    assert_eq!(run.findings()[0]["confidence"], "high");
}

#[test]
fn a_service_account_is_told_in_either_order_of_its_fields() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let pair = keys.of("gcp-service-account-key");
    let key = common::armour_in(&pair);
    let id = pair.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 40).unwrap();
    let account = "ci@demo.iam.gserviceaccount.com";
    let file = serde_json::json!({
        "auth_uri": "https://accounts.google.com/o/oauth2/auth", "client_email": account, "client_id": "1",
        "private_key": format!("{}\n", key.replace("\\n", "\n")), "private_key_id": id, "project_id": "demo",
        "token_uri": "https://oauth2.googleapis.com/token", "type": "service_account",
    });
    // This writer sorts the fields.
    let sorted = serde_json::to_string_pretty(&file).unwrap();
    assert!(sorted.find("private_key\"") < sorted.find("private_key_id"), "{}", sorted.len());
    let nested = serde_json::json!({ "credentials": serde_json::to_string(&file).unwrap() }).to_string();
    for (name, text) in [("sorted.json", sorted), ("nested.json", nested)] {
        let run = tree.scan_input(text.as_str(), &["--stdin-name", name]);
        let rules: Vec<&str> = run.findings().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
        assert_eq!(rules, ["gcp-service-account-key"], "{name}");
        let facts = run.findings()[0]["verification"]["facts"].to_string();
        assert!(facts.contains(account) && facts.contains("demo") && facts.contains(id), "{name}: {facts}");
        tree.write(name, text);
    }
    // It is one key, as Google writes it, too.
    let usual = format!(
        "{{\n  \"type\": \"service_account\",\n  \"project_id\": \"demo\",\n  \"private_key_id\": \"{id}\",\n  \
         \"private_key\": \"{key}\\n\",\n  \"client_email\": \"{account}\"\n}}\n"
    );
    tree.write("usual.json", usual);
    let run = tree.scan(&[]);
    assert_eq!((run.findings().len(), run.paths().len()), (1, 3), "{:?}", run.places());
}

#[test]
fn rules_of_providers_win_over_general_ones() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let mailgun = format!("key-{}", digits(&mut keys, 32));
    let text = format!("requests.post(\"https://api.mailgun.net/v3/x\", auth=(\"api\", \"{mailgun}\"))\n");
    assert_eq!(tree.scan_input(text, &[]).findings()[0]["rule"], "mailgun-private-api-key-key-form");
}

#[test]
fn the_form_of_a_key_a_path_and_an_import_tell_the_provider() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let [mailgun, datadog, algolia] = [0; 3].map(|_| digits(&mut keys, 48));
    let mailgun = format!("{}-{}-{}", &mailgun[..32], &mailgun[32..40], &mailgun[40..]);
    let (datadog, algolia) = (&datadog[..32], &algolia[..32]);
    tree.write("config/mail.json", format!("{{\"domain\": \"mg.acme.test\", \"private\": \"{mailgun}\"}}\n"));
    tree.write("integrations/datadog.py", format!("api = \"{datadog}\"\n"));
    let search = format!("client = SearchClient.create(\"APPLICATION\", \"{algolia}\")\n");
    tree.write("search.py", format!("import algoliasearch\n\n{search}"));
    tree.write("unknown.py", &search);
    let places = tree.scan(&[]).places();
    let found: Vec<(&str, &str)> = places.iter().map(|place| (place.path.as_str(), place.rule.as_str())).collect();
    assert_eq!(
        found,
        [
            ("config/mail.json", "mailgun-private-api-key-triplet-form"),
            ("integrations/datadog.py", "datadog-api-key"),
            ("search.py", "algolia-admin-api-key"),
        ]
    );
}

#[test]
fn a_form_that_two_providers_have_is_said() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let run = tree.scan_input(format!("key: sk_test_{}\n", &keys.value()[..24]), &[]);
    assert_eq!(run.findings()[0]["notes"][0], "keys of another kind have the same form: PayMongo secret key");
}

#[test]
fn keys_in_notebooks_have_the_number_of_their_cell_and_their_own_line() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (one, two) = (keys.token(), keys.of("aws-secret-access-key"));
    // A secret whose name stands in another string of the same cell.
    let cells = serde_json::json!({
        "cells": [
            { "cell_type": "markdown", "metadata": {}, "source": ["# Orders\n"] },
            { "cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": [
                "import boto3\n", "client = boto3.client(\n", "  aws_secret_access_key=\n", format!("    \"{two}\",\n"), ")\n",
            ] },
            { "cell_type": "code", "metadata": {}, "execution_count": 2, "source": ["x = 1\n"], "outputs": [
                { "output_type": "stream", "name": "stdout", "text": ["token: \n", format!("{one}\n")] },
            ] },
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    });
    let text = serde_json::to_string_pretty(&cells).unwrap();
    let line_of = |key: &str| text[..text.find(key).unwrap()].matches('\n').count() as u64 + 1;
    tree.write("a.ipynb", &text);
    let run = tree.scan(&[]);
    let mut found: Vec<(u64, &str)> = run
        .findings()
        .iter()
        .map(|f| &f["locations"][0])
        .map(|l| (l["region"]["start"]["line"].as_u64().unwrap(), l["part"].as_str().unwrap()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [(line_of(&two), "cell 2"), (line_of(&one), "cell 3, output")]);
    for (place, key) in run.places().iter().zip([&two, &one]) {
        assert_eq!(place.bytes, (text.find(key.as_str()).unwrap() as u64, key.len() as u64));
    }
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

mod containers {
    use super::*;

    #[test]
    fn every_kind_is_opened_and_names_its_members() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let text = format!("one\ntwo\n  {}\n", keys.token());
        let archive = tar(&[("inner/file", text.as_bytes())]);
        tree.write("a.zip", zip(&[("inner/file", text.as_bytes())]));
        tree.write("b.tar", &archive);
        tree.write("c.tar.gz", gzip(&archive));
        let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        bz.write_all(&archive).unwrap();
        tree.write("d.tar.bz2", bz.finish().unwrap());
        tree.write("e.tar.xz", xz(&archive));
        tree.write("f.tar.zst", zstd::encode_all(&archive[..], 1).unwrap());
        tree.write("g.zip", zip(&[("lib/nested.jar", &zip(&[("inner/file", text.as_bytes())]))]));
        let run = tree.scan(&[]);
        let places = run.places();
        assert_eq!(places.len(), 7, "{places:?}");
        assert_eq!((run.findings().len(), run.code), (1, 1), "one key");
        for place in &places {
            assert!(place.path.ends_with("!/inner/file"), "{}", place.path);
            assert_eq!((place.start, place.bytes), ((3, 3), (10, 40)), "{}", place.path);
        }
        assert_eq!(places[0].path, "a.zip!/inner/file");
        assert_eq!(places[6].path, "g.zip!/lib/nested.jar!/inner/file");
        let text = tree.keytrail().args(["scan", "--format", "text"]).output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        assert!(text.contains("a.zip!/inner/file:3"), "{text}");
    }

    #[test]
    fn a_bomb_is_reported_and_not_expanded() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let zeros = vec![b' '; 40 << 20];
        tree.write("bomb.zip", zip(&[("first", keys.token().as_bytes()), ("zeros", &zeros)]));
        tree.write("bomb.gz", gzip(&zeros));
        let run = tree.scan(&["--max-expansion", "2MiB"]);
        assert_eq!((run.code, run.paths()), (2, vec!["bomb.zip!/first".to_owned()]));
        let kinds: Vec<(String, String)> = run.notices();
        assert!(kinds.iter().all(|(kind, _)| kind == "too-large") && kinds.len() == 2, "{kinds:?}");
        assert!(run.json()["coverage"]["bytes"].as_u64().unwrap() <= 4 << 20);
        assert_eq!(tree.scan(&[]).code, 1, "within the usual limits they are no bombs");
        let larger = vec![b' '; 65 << 20];
        tree.write("ratio.gz", gzip(&larger));
        for (ratio, code) in [("2", 2), ("100000", 0)] {
            let run = tree.scan(&["ratio.gz", "--max-ratio", ratio]);
            assert_eq!(run.code, code, "{:?}", run.notices());
            let notices = run.json()["coverage"]["notices"].to_string();
            assert_eq!(notices.contains("more than 2 times its size") && notices.contains("--max-ratio"), code == 2);
            tree.write("keytrail.toml", format!("[scan]\nmax-ratio = {ratio}\n"));
            assert_eq!(tree.scan(&["ratio.gz"]).code, code);
        }
        assert!(tree.scan(&["--max-ratio", "0"]).stderr.contains("--max-ratio"));
    }

    #[test]
    fn of_a_truncated_archive_what_stands_before_the_damage_is_found() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        // Random text, which does not compress, so that the damage is far behind the first member.
        let filler: String = (0..8000).map(|_| keys.value()[..12].to_owned()).collect::<Vec<_>>().join("\n");
        let archive = tar(&[("first", keys.token().as_bytes()), ("second", filler.as_bytes())]);
        let compressed = gzip(&archive);
        tree.write("a.tar.gz", &compressed[..compressed.len() / 2]);
        tree.write("b.tar", &archive[..archive.len() / 2]);
        let run = tree.scan(&[]);
        assert_eq!((run.code, run.paths()), (2, vec!["a.tar.gz!/first".to_owned(), "b.tar!/first".to_owned()]));
        let notices = run.notices();
        for name in ["a.tar.gz", "b.tar"] {
            assert!(notices.iter().any(|(kind, path)| kind == "malformed" && path.starts_with(name)), "{notices:?}");
        }
        let zipped = zip(&[("first", keys.token().as_bytes()), ("second", filler.as_bytes())]);
        tree.write("c.zip", &zipped[..zipped.len() / 2]);
        let run = tree.scan(&["c.zip"]);
        assert_eq!((run.code, run.paths()), (2, vec!["c.zip!/first".to_owned()]));
    }

    #[test]
    fn what_stands_around_an_archive_is_scanned() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let packed = zip(&[("a.txt", b"nothing here, and again nothing here, and once more nothing here")]);
        let stub = format!("#!/bin/sh\nexport TOKEN={}\nunzip -q \"$0\"; exit\n", keys.token());
        tree.write("deploy.run", [stub.as_bytes(), &packed].concat());
        let tail = format!("\nT={}\n", keys.token());
        tree.write("behind.zip", [&packed, tail.as_bytes()].concat());
        let stream = gzip(b"hi\n");
        let appended = format!("{}\nT={}\n", "\n".repeat(3), keys.token());
        tree.write("app.gz", [&stream, appended.as_bytes()].concat());
        let line = 5 + stream.iter().filter(|&&b| b == b'\n').count() as u64;
        let inner = zip(&[("x.env", format!("T={}\n{}", keys.token(), "padding ".repeat(40)).as_bytes())]);
        tree.write("setup.exe", [b"MZ\x90\0", &[0xc3; 3000][..], &inner].concat());
        let script = format!("#!/bin/sh\nTOKEN={}\ntail -n +4 \"$0\" | tar xz\nexit\n", keys.token());
        let archive = gzip(&tar(&[("x.env", keys.token().as_bytes())]));
        tree.write("self.run", [script.as_bytes(), &archive].concat());
        // Two kinds of streams, and a tail that counts from the start of the file.
        let front =
            [script.split_inclusive('\n').next().unwrap().as_bytes(), b"exit\n", &stream, &xz(b"hi\n")].concat();
        tree.write("tail.run", [&front, appended.as_bytes()].concat());
        let tail_line = 5 + front.iter().filter(|&&b| b == b'\n').count() as u64;
        let mut commented = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        commented.start_file("a", zip::write::SimpleFileOptions::default()).unwrap();
        commented.set_comment(format!("deploy token {}", keys.token())).unwrap();
        tree.write("comment.zip", commented.finish().unwrap().into_inner());
        let run = tree.scan(&[]);
        assert_eq!((run.code, run.notices()), (1, vec![]), "{}", run.stderr);
        let expected = [
            "app.gz",
            "behind.zip",
            "comment.zip",
            "deploy.run",
            "self.run",
            "self.run!/x.env",
            "setup.exe!/x.env",
            "tail.run",
        ];
        assert_eq!(run.paths(), expected);
        let places = run.places();
        assert_eq!((places[7].start, places[7].bytes), ((tail_line, 3), (front.len() as u64 + 6, 40)));
        let explained = tree.keytrail().args(["explain", &format!("tail.run:{tail_line}")]).output().unwrap();
        assert!(String::from_utf8_lossy(&explained.stdout).contains(TOKEN), "{explained:?}");
        assert_eq!((places[0].start, places[0].bytes), ((line, 3), (stream.len() as u64 + 6, 40)));
        assert_eq!((places[3].start, places[3].bytes), ((2, 14), (23, 40)));
        let line = 2 + packed.iter().filter(|&&b| b == b'\n').count() as u64;
        assert_eq!((places[1].start, places[1].bytes), ((line, 3), (packed.len() as u64 + 3, 40)));
        // As on standard input.
        assert_eq!(tree.scan_input([stub.as_bytes(), &inner].concat(), &[]).paths(), ["stdin", "stdin!/x.env"]);
    }

    #[test]
    fn strings_of_windows_programs_are_read() {
        let (tree, mut keys) = (Sandbox::repository(), Keys::new());
        let noise: Vec<u8> = (0..4001u32).map(|n| (n * n % 251) as u8 | 0x80).collect();
        let string = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let token = keys.token();
        let heap = [&[0x59], &string("https://example.net/user")[..], b"\0\x51", &string(&token), b"\0"].concat();
        tree.write("app.dll", [b"MZ\x90\0", &noise[..], &heap, &noise].concat());
        tree.commit();
        let run = tree.scan(&["--history"]);
        let at = (4 + noise.len() + 1 + 2 * "https://example.net/user".len() + 2) as u64;
        assert_eq!((run.paths(), run.places()[0].bytes), (vec!["app.dll".to_owned()], (at, 80)), "{}", run.stderr);
        assert_eq!(run.findings()[0]["locations"][0]["part"], "in UTF-16");
        tree.git(&["rm", "-q", "app.dll"]);
        tree.commit();
        assert_eq!(tree.scan(&["--history"]).places()[0].bytes, (at, 80));
    }

    #[test]
    fn without_depth_nothing_is_opened() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        tree.write("a.gz", gzip(keys.token().as_bytes()));
        let run = tree.scan(&["--max-depth", "0"]);
        assert_eq!((run.code, run.paths()), (0, vec![]));
    }
}

mod size {
    use super::*;

    /// Lines of 64 bytes up to `len`, with a key at each of `places`; a line feed stands before and behind each key.
    fn text(len: usize, places: &[(usize, String)]) -> Vec<u8> {
        let line = b"the quick brown fox jumps over the lazy dog, and then once more\n";
        let mut text: Vec<u8> = line.iter().copied().cycle().take(len).collect();
        for (at, key) in places {
            text[*at..at + key.len()].copy_from_slice(key.as_bytes());
            if let Some(before) = at.checked_sub(1) {
                text[before] = b'\n';
            }
            if let Some(behind) = text.get_mut(at + key.len()) {
                *behind = b'\n';
            }
        }
        text
    }

    fn line_of(text: &[u8], at: usize) -> u64 {
        text[..at].iter().filter(|&&b| b == b'\n').count() as u64 + 1
    }

    #[test]
    fn in_large_files_every_key_is_found_exactly_once() {
        for len in [20_000_000, 40_000_000] {
            let (tree, mut keys) = (Sandbox::new(), Keys::new());
            let mut places = vec![(0, keys.token())];
            let step = WINDOW - OVERLAP;
            // Windows begin at multiples of `step`, end WINDOW later, and hand over in the middle of the overlap.
            for edge in (1..=len / step).flat_map(|n| [n * step, n * step + OVERLAP / 2, n * step + OVERLAP]) {
                if edge + 100_000 < len {
                    places.push((edge - 20, keys.token()));
                }
            }
            // PEM blocks across the edges, in a file of their own so that tokens do not stand in them.
            let pems: Vec<(usize, String)> = (1..=len / step)
                .flat_map(|n| [n * step, n * step + OVERLAP / 2, n * step + OVERLAP])
                .filter(|edge| edge + 10_000 < len)
                .map(|edge| {
                    let pem = keys.of("private-key-pkcs-8-unencrypted-pem");
                    (edge - pem.len() / 2, pem)
                })
                .collect();
            let last = keys.token();
            places.push((len - last.len(), last));
            for (name, places) in [("tokens.txt", places), ("pems.txt", pems)] {
                let text = text(len, &places);
                tree.write(name, &text);
                let mut expected: Vec<(u64, u64)> =
                    places.iter().map(|(at, _)| (line_of(&text, *at), *at as u64)).collect();
                expected.sort_unstable();
                let found = tree.scan(&[name]).places();
                assert!(found.iter().all(|place| place.start.1 == 1));
                let mut found: Vec<(u64, u64)> = found.iter().map(|place| (place.start.0, place.bytes.0)).collect();
                found.sort_unstable();
                assert_eq!(found, expected, "{name} of {len} bytes");
            }
        }
    }

    /// The peak of resident memory of a scan in KiB, as GNU time tells it; `None` where there is none.
    fn peak(tree: &Sandbox, file: &str) -> Option<(Run, u64)> {
        let time = Path::new("/usr/bin/time");
        let able = Command::new(time).args(["-f", "%M", "true"]).output();
        if !able.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: GNU time is not there");
            return None;
        }
        let mut command = Command::new(time);
        command.args(["-f", "%M", "-o"]).arg(tree.path("../memory"));
        command.arg(env!("CARGO_BIN_EXE_keytrail")).args(["scan", "--format", "json", "--jobs", "8", file]);
        let output = command.current_dir(tree.tree()).output().unwrap();
        let told = fs::read_to_string(tree.path("../memory")).unwrap();
        Some((Run::of(output), told.lines().last()?.trim().parse().unwrap()))
    }

    #[test]
    fn memory_does_not_grow_with_the_size_of_a_file() {
        let (tree, mut keys) = (Sandbox::new(), Keys::new());
        let token = keys.token();
        let mut file = fs::File::create(tree.path("large.txt")).unwrap();
        file.write_all(b"text\n").unwrap();
        // A hole, which costs no disk; its NUL bytes are binary data like any other.
        file.seek(SeekFrom::Start(1 << 28)).unwrap();
        file.write_all(format!("\n{token}\n").as_bytes()).unwrap();
        drop(file);
        let Some((run, peak)) = peak(&tree, "large.txt") else { return };
        assert_eq!((run.code, run.places()[0].bytes), (1, ((1 << 28) + 1, 40)));
        assert!(peak < 150 * 1024, "{peak} KiB");
    }
}

#[test]
fn each_secret_has_the_id_of_its_own_entry() {
    for id_first in [true, false] {
        let mut keys = Keys::new();
        let pairs: Vec<(String, String)> =
            (0..3).map(|_| (keys.of("aws-access-key-id"), keys.of("aws-secret-access-key"))).collect();
        let lines = pairs.iter().map(|(id, secret)| {
            let (id, secret) = (format!("AWS_ACCESS_KEY_ID={id}\n"), format!("AWS_SECRET_ACCESS_KEY={secret}\n"));
            if id_first { id + &secret } else { secret + &id }
        });
        let run = Sandbox::new().scan_input(lines.collect::<String>(), &[]);
        let ids: Vec<&str> = run.findings().iter().filter_map(|f| f["parts"][0]["redacted"].as_str()).collect();
        let expected: Vec<&str> = pairs.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(run.findings().len(), 3, "{:#?}", run.findings());
        assert_eq!(ids, expected, "id first: {id_first}");
    }
}

#[test]
fn colours_of_a_terminal_hide_no_key() {
    let mut keys = Keys::new();
    for begins in ["\x1b[31m", "\x1b[1;31m", "\x1b[m", "\\x1b[31m", "\\u001b[0m", "\\033[1;31m", "\\e[31m"] {
        let token = keys.token();
        let run = Sandbox::new().scan_input(format!("a {begins}{token}\x1b[0m\n"), &[]);
        assert_eq!(run.findings().len(), 1, "{begins:?}");
        assert!(!String::from_utf8_lossy(&run.stdout).contains(&token), "{begins:?}");
    }
}

#[test]
fn what_no_depth_opens_is_told() {
    let sandbox = Sandbox::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, Keys::new().token().as_bytes()).unwrap();
    sandbox.write("a.gz", packed.finish().unwrap());
    let run = sandbox.scan(&["--max-depth", "0", "a.gz"]);
    assert_eq!(run.findings().len(), 0);
    assert_eq!(run.notices(), [("skipped".to_owned(), "a.gz".to_owned())]);
    assert_eq!(sandbox.scan(&["a.gz"]).findings().len(), 1);
}

#[test]
fn a_line_with_many_keys_has_them_all() {
    let mut keys = Keys::new();
    let tokens: Vec<String> = (0..400).map(|_| keys.token()).collect();
    let one = Sandbox::new().scan_input(tokens.join(" "), &[]);
    let many = Sandbox::new().scan_input(tokens.join("\n"), &[]);
    assert_eq!((one.findings().len(), many.findings().len()), (400, 400));
}
