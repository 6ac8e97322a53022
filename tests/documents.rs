//! Keys in documents: pages of PDFs, text of office programs that formatting tears apart, parts of e-mails, tables of
//! databases.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Keys, Sandbox, TOKEN};
use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

/// A PDF with a page for each text, compressed.
fn pdf(pages: &[Vec<Operation>]) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let kids: Vec<Object> = pages
        .iter()
        .map(|operations| {
            let content = Content { operations: operations.clone() }.encode().unwrap();
            let content = document.add_object(Stream::new(dictionary! {}, content));
            document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content }).into()
        })
        .collect();
    let media: Vec<Object> = [0, 0, 595, 842].into_iter().map(Object::from).collect();
    let count = kids.len() as i64;
    let node = dictionary! {
        "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources, "MediaBox" => media,
    };
    document.objects.insert(tree, Object::Dictionary(node));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn page(lines: &[&str]) -> Vec<Operation> {
    let mut operations = vec![Operation::new("BT", vec![]), Operation::new("Tf", vec!["F1".into(), 12.into()])];
    for line in lines {
        operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
        operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
    }
    operations.push(Operation::new("ET", vec![]));
    operations
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn pages_of_pdfs_are_read() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (first, second) = (keys.token(), keys.token());
    // Kerned, as typesetters do it.
    let (head, tail) = second.split_at(9);
    let pieces = vec![Object::string_literal(head), 12.into(), Object::string_literal(tail)];
    let mut kerned = page(&["the other key:"]);
    kerned.insert(4, Operation::new("Td", vec![0.into(), (-14).into()]));
    kerned.insert(5, Operation::new("TJ", vec![Object::Array(pieces)]));
    let mut lines = vec!["Our key", &first, "is secret."];
    // Enough to be worth compressing.
    lines.extend(["and this is said again"; 40]);
    let bytes = pdf(&[page(&lines), kerned]);
    assert!(memchr::memmem::find(&bytes, first.as_bytes()).is_none());
    tree.write("a.pdf", &bytes);
    let run = tree.scan(&["--show-secrets"]);
    assert_eq!(run.paths(), ["a.pdf!/page 1", "a.pdf!/page 2"]);
    assert_eq!((&run.findings()[0]["value"], &run.findings()[1]["value"]), (&first.into(), &second.into()));
    assert_eq!(run.places()[0].start, (2, 1));
    // In archives and in the history.
    assert_eq!(tree.scan_input(zip(&[("b.pdf", &bytes)]), &[]).paths().len(), 2);
    tree.commit();
    tree.git(&["rm", "-q", "a.pdf"]);
    tree.commit();
    assert_eq!(tree.scan(&["--history"]).findings().len(), 2);
}

#[test]
fn damaged_pdfs_are_told_and_scanned_as_they_are() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    tree.write("a.pdf", format!("%PDF-1.4\n%\0\0\n({})\n", keys.token()));
    let run = tree.scan(&[]);
    assert_eq!(
        (run.code, run.paths(), run.notices()),
        (1, vec!["a.pdf".into()], vec![("skipped".into(), "a.pdf".into())])
    );
}

/// A number as SQLite writes those below 16,384.
fn varint(number: usize) -> Vec<u8> {
    let (high, low) = ((number >> 7) as u8, (number & 0x7f) as u8);
    if high == 0 { vec![low] } else { vec![high | 0x80, low] }
}

/// A database of SQLite with pages of 512 bytes: one table, and its rows of texts on one page, of which those that are too
/// long go on behind it.
fn sqlite(sql: &str, rows: &[&[&str]]) -> Vec<u8> {
    const PAGE: usize = 512;
    let record = |values: &[&[u8]]| {
        let types: Vec<u8> =
            values.iter().flat_map(|value| varint(if *value == [2] { 1 } else { 13 + 2 * value.len() })).collect();
        [&varint(types.len() + 1)[..], &types, &values.concat()].concat()
    };
    let mut overflow: Vec<Vec<u8>> = Vec::new();
    let mut cell = |id: usize, record: Vec<u8>| {
        let mut cell = [varint(record.len()), varint(id)].concat();
        if record.len() <= PAGE - 35 {
            cell.extend(record);
            return cell;
        }
        let least = (PAGE - 12) * 32 / 255 - 23;
        let some = least + (record.len() - least) % (PAGE - 4);
        let here = if some <= PAGE - 35 { some } else { least };
        cell.extend(&record[..here]);
        cell.extend((3 + overflow.len() as u32).to_be_bytes());
        let pieces: Vec<&[u8]> = record[here..].chunks(PAGE - 4).collect();
        for (i, piece) in pieces.iter().enumerate() {
            let next = if i + 1 == pieces.len() { 0 } else { 4 + overflow.len() as u32 };
            overflow.push([&next.to_be_bytes()[..], piece].concat());
        }
        cell
    };
    let leaf = |front: &[u8], cells: &[Vec<u8>]| {
        let mut page = vec![0; PAGE];
        page[..front.len()].copy_from_slice(front);
        let header = front.len();
        page[header] = 13;
        page[header + 3..header + 5].copy_from_slice(&(cells.len() as u16).to_be_bytes());
        let mut end = PAGE;
        for (i, cell) in cells.iter().enumerate() {
            end -= cell.len();
            page[end..end + cell.len()].copy_from_slice(cell);
            page[header + 8 + 2 * i..header + 10 + 2 * i].copy_from_slice(&(end as u16).to_be_bytes());
        }
        page
    };
    let mut front = b"SQLite format 3\0\x02\0\x01\x01\0".to_vec();
    front.resize(100, 0);
    front[59] = 1;
    let schema = cell(1, record(&[b"table", b"t", b"t", &[2], sql.as_bytes()]));
    let rows: Vec<Vec<u8>> = rows
        .iter()
        .enumerate()
        .map(|(id, row)| cell(id + 1, record(&row.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())))
        .collect();
    let mut pages = vec![leaf(&front, &[schema]), leaf(&[], &rows)];
    pages.extend(overflow);
    pages.iter_mut().for_each(|page| page.resize(PAGE, 0));
    pages.concat()
}

#[test]
fn tables_of_sqlite_databases_are_read() {
    let (tree, mut keys) = (Sandbox::repository(), Keys::new());
    let (first, second, third) = (keys.token(), keys.value(), keys.token());
    let long = format!("{}{third}{}", "many words ".repeat(40), " and more of them".repeat(40));
    // In the file the texts of a row stand directly behind each other.
    let rows: [&[&str]; 3] = [&["github", &first, "x1"], &["api_key", &second, "y2"], &["notes", &long, ""]];
    let bytes = sqlite("CREATE TABLE t(name text, value text, note text)", &rows);
    tree.write("app.db", &bytes);
    let run = tree.scan(&["--show-secrets"]);
    let mut found: Vec<&str> = run.findings().iter().map(|finding| finding["value"].as_str().unwrap()).collect();
    let mut expected = [first.as_str(), &second, &third];
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // The one among words is found in the bytes of the file, too, and told once.
    assert_eq!(run.paths(), ["app.db", "app.db!/table t", "app.db!/table t"]);
    assert_eq!(run.notices(), []);
    // In archives and in the history; a damaged one is told.
    assert_eq!(tree.scan_input(zip(&[("app.db", &bytes)]), &[]).findings().len(), 3);
    tree.commit();
    tree.git(&["rm", "-q", "app.db"]);
    tree.commit();
    assert_eq!(tree.scan(&["--history"]).findings().len(), 3);
    tree.write("cut.db", &bytes[..1024]);
    let run = tree.scan(&[]);
    assert_eq!((run.findings().len(), run.notices()), (2, vec![("skipped".into(), "cut.db".into())]));
}

#[test]
fn runs_of_office_documents_are_put_together() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let key = keys.token();
    let (head, tail) = key.split_at(11);
    let word = format!(
        "<w:document><w:body><w:p><w:r><w:t>Key: {head}</w:t></w:r><w:r><w:rPr><w:noProof/></w:rPr><w:t>{tail}</w:t></w:r>\
         </w:p></w:body></w:document>"
    );
    let sheet = format!("<sst><si><r><t>{head}</t></r><r><t>{tail}</t></r></si></sst>");
    let slide = format!("<p:sld><a:p><a:r><a:t>{head}</a:t></a:r><a:r><a:t>{tail}</a:t></a:r></a:p></p:sld>");
    let writer = format!(
        "<office:document-content xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><text:p>{head}\
         <text:span>{tail}</text:span></text:p></office:document-content>"
    );
    for (name, member, xml) in [
        ("a.docx", "word/document.xml", word),
        ("a.xlsx", "xl/sharedStrings.xml", sheet),
        ("a.pptx", "ppt/slides/slide1.xml", slide),
        ("a.odt", "content.xml", writer),
    ] {
        let run = tree.scan_input(zip(&[(member, xml.as_bytes())]), &["--stdin-name", name, "--show-secrets"]);
        assert_eq!(run.findings().len(), 1, "{name}");
        assert_eq!((&run.findings()[0]["rule"], &run.findings()[0]["value"]), (&TOKEN.into(), &key.clone().into()));
        let place = &run.places()[0];
        assert_eq!(place.path, format!("{name}!/{member}"));
        let start = xml.find(head).unwrap();
        assert_eq!(place.bytes, (start as u64, (xml.find(tail).unwrap() + tail.len() - start) as u64), "{name}");
        // No report shows a piece of it.
        let output = tree.keytrail().args(["scan", "--stdin"]).write_stdin(zip(&[(member, xml.as_bytes())])).output();
        let shown = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(
            shown.contains(TOKEN) && !shown.contains(&head[5..]) && !shown.contains(&tail[..12]),
            "{name}: {shown}"
        );
        // As it is, it is told once.
        let whole = xml.replace(tail, "").replace(head, &key);
        let run = tree.scan_input(zip(&[(member, whole.as_bytes())]), &["--stdin-name", name]);
        assert_eq!(run.places().len(), 1, "{name}");
        assert!(run.findings()[0]["locations"][0]["part"].is_null());
    }
}

#[test]
fn parts_of_mails_are_read() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (in_text, attached, quoted) = (keys.token(), keys.token(), keys.token());
    let lines = |bytes: &[u8]| {
        let text = STANDARD.encode(bytes);
        text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\r\n").collect::<String>()
    };
    let archive = lines(&zip(&[("inner.env", format!("TOKEN={attached}\n").as_bytes())]));
    let text = lines(format!("Hello,\r\n\r\nthe token is {in_text}\r\n").as_bytes());
    let (head, tail) = quoted.split_at(20);
    let mail = format!(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{text}\
         --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p =\r\nid=3D1>{head}=\r\n\
         {tail}</p>\r\n\
         --b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=\"keys.zip\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{archive}--b--\r\n"
    );
    let run = tree.scan_input(mail, &["--stdin-name", "a.eml", "--show-secrets"]);
    let value = |i: usize| run.findings()[i]["value"].as_str().unwrap();
    let mut found: Vec<(&str, String)> =
        (0..run.findings().len()).map(|i| (value(i), run.places()[i].path.clone())).collect();
    found.sort();
    let mut values: Vec<&str> = found.iter().map(|(value, _)| *value).collect();
    values.dedup();
    let mut expected = [in_text.as_str(), &attached, &quoted];
    expected.sort_unstable();
    assert_eq!(values, expected, "{found:?}");
    assert_eq!(run.places().len(), 3, "{:#?}", run.places());
    assert!(run.paths().contains(&"a.eml!/keys.zip!/inner.env".to_owned()));
    // However short the lines are that it is broken into, a piece of a key is none.
    for sign in [": ", "=3D"] {
        let mail = format!(
            "From: a@example.com\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n\
             see\ntoken{sign}{head}=\n{tail}\n"
        );
        for mail in [mail.replace('\n', "\r\n"), mail] {
            let run = tree.scan_input(mail, &["--stdin-name", "a.eml", "--show-secrets", "--min-confidence", "low"]);
            assert_eq!(run.findings().len(), 1, "{:?}", run.places());
            assert_eq!(run.findings()[0]["value"], quoted.as_str());
            assert_eq!(run.places()[0].rule, TOKEN);
        }
    }
    // Elsewhere such a sign is the end of a value.
    let run = tree.scan_input(format!("x:\ntoken={head}=\n{tail}\n"), &["--stdin-name", "a.txt", "--show-secrets"]);
    assert!(run.places().iter().all(|place| place.rule != TOKEN), "{:?}", run.places());
    // A field that says so is enough.
    let mail = format!("From: a@example.com\nContent-Transfer-Encoding: base64\n\n{text}");
    let run = tree.scan_input(mail.replace("\r\n", "\n"), &["--stdin-name", "b.eml", "--show-secrets"]);
    assert_eq!(run.findings()[0]["value"], in_text.as_str());
}

#[test]
fn rows_of_tables_are_names_and_values() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let (password, token) = (format!("{}!{}", &keys.value()[..9], &keys.value()[..5]), keys.value());
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let row = |name: &str, value: &str| format!("<w:tr>{}{}</w:tr>", cell(name), cell(value));
    let rows = [row("User", "app"), row("DB password", &password), row("API token", &token)].concat();
    tree.write(
        "a.docx",
        zip(&[("word/document.xml", format!("<w:document><w:tbl>{rows}</w:tbl></w:document>").as_bytes())]),
    );
    let texts = ["User", "app", "DB password", &password, "API token", &token];
    let strings: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    tree.write("b.xlsx", zip(&[("xl/sharedStrings.xml", format!("<sst>{strings}</sst>").as_bytes())]));
    let html = |open: &str, close: &str| {
        let row = |name: &str, value: &str| format!("<tr>{open}{name}{close}\n  {open}{value}{close}</tr>\n");
        [row("User", "app"), row("DB password", &password), row("API token", &token)].concat()
    };
    tree.write("c.html", html("<td>", "</td>"));
    tree.write("d.html", html("<td class=\"x\"><code>", "</code></td>"));
    let run = tree.scan(&["--show-secrets"]);
    let mut values: Vec<&str> = run.findings().iter().map(|finding| finding["value"].as_str().unwrap()).collect();
    values.sort_unstable();
    let mut wanted = [&*password, &*token];
    wanted.sort_unstable();
    assert_eq!(values, wanted);
    let files = ["a.docx!/word/document.xml", "b.xlsx!/xl/sharedStrings.xml", "c.html", "d.html"];
    assert_eq!(run.paths(), files.map(|file| [file; 2]).concat());
}

#[test]
fn tables_whose_cells_hold_their_text_have_columns_and_rows() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let mut password = || format!("{}!{}", &keys.value()[..9], &keys.value()[..5]);
    let (first, second, third, token) = (password(), password(), password(), keys.value());
    let rows = [
        [("A", "Login"), ("B", "Name"), ("C", "Password")].as_slice(),
        &[("A", "ann"), ("B", "Ann"), ("C", &first)],
        &[("A", "bob"), ("C", &second)],
    ];
    // Cells without text may be left out, in front of others and at the end of a row.
    let cell = |row: usize, (column, text): (&str, &str)| {
        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let row = |(number, cells): (usize, &&[(&str, &str)])| {
        format!("<row r=\"{number}\">{}</row>", cells.iter().map(|&one| cell(number, one)).collect::<String>())
    };
    let columns: String = (1..).zip(&rows).map(row).collect();
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let pairs = [[("A", "DB password"), ("B", &*third)], [("A", "API token"), ("B", &*token)]];
    let pairs: String = (1..).zip(pairs.iter().map(|pair| &pair[..]).collect::<Vec<_>>().iter()).map(row).collect();
    let xlsx = |rows: &str| zip(&[("xl/worksheets/sheet1.xml", sheet(rows).as_bytes())]);
    tree.write("columns.xlsx", xlsx(&columns));
    tree.write("rows.xlsx", xlsx(&pairs));
    // Numbers, and what stands in the list of all strings, is no text of this sheet.
    tree.write("other.xlsx", xlsx("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>12</v></c></row>"));
    let odt_cell = |text: &str| match text {
        "" => "<table:table-cell/>".to_owned(),
        _ => format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"),
    };
    let odt_row = |cells: &[&str]| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().copied().map(odt_cell).collect::<String>())
    };
    let odt = |rows: &[&[&str]]| {
        let rows: String = rows.iter().map(|cells| odt_row(cells)).collect();
        let content = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content \
             xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text>\
             <text:p>Accounts</text:p><table:table table:name=\"Table1\">{rows}</table:table></office:text>\
             </office:body></office:document-content>"
        );
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content.as_bytes())])
    };
    tree.write(
        "columns.odt",
        odt(&[&["Login", "Name", "Password"], &["ann", "Ann", &first], &["bob", "", &second], &["cid", "Cid", ""]]),
    );
    tree.write("rows.odt", odt(&[&["User", "app"], &["DB password", &third], &["API token", &token]]));
    let run = tree.scan(&["--show-secrets"]);
    let mut found: Vec<(String, &str)> = Vec::new();
    for finding in run.findings() {
        for place in finding["locations"].as_array().unwrap() {
            let path = place["artifact"]["path"].as_str().unwrap().to_owned();
            found.push((path, finding["value"].as_str().unwrap()));
        }
    }
    found.sort();
    let mut expected = Vec::new();
    for kind in ["odt", "xlsx"] {
        expected.extend([&first, &second].map(|value| (format!("columns.{kind}"), value.as_str())));
        expected.extend([&third, &token].map(|value| (format!("rows.{kind}"), value.as_str())));
    }
    expected.sort();
    assert_eq!(found, expected);
}

/// The bytes that armour holds.
fn body(armour: &str) -> Vec<u8> {
    let lines = armour.lines().filter(|line| !line.is_empty() && !line.starts_with(['-', '=']));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

#[test]
fn private_keys_in_binary_files_are_those_of_their_armour() {
    let mut keys = Keys::new();
    for (rule, file) in [
        ("private-key-pkcs-8-unencrypted-pem", "a.p8"),
        ("private-key-pkcs-8-encrypted-pem", "a.der"),
        ("private-key-pkcs-1-rsa-pem", "a.der"),
        ("private-key-ec-sec1-pem", "a.key"),
        ("private-key-dsa-pem", "a.der"),
        ("private-key-pgp-private-key-block", "secring.gpg"),
        ("private-key-pgp-private-key-block-encrypted", "secring.gpg"),
    ] {
        let tree = Sandbox::new();
        let armour = keys.of(rule);
        tree.write(file, body(&armour));
        let run = tree.scan(&[]);
        assert_eq!((run.paths(), &run.findings()[0]["rule"]), (vec![format!("{file}!/private key")], &rule.into()));
        // The same key as text is the same finding.
        tree.write("key.pem", &armour);
        assert_eq!((tree.scan(&[]).findings().len(), tree.scan(&[]).paths().len()), (1, 2), "{rule}");
        // A part of one is none.
        let tree = Sandbox::new();
        tree.write(file, &body(&armour)[..40]);
        assert_eq!(tree.scan(&[]).paths(), Vec::<String>::new(), "{rule}");
    }
    let ring = [keys.of("private-key-pgp-private-key-block"), keys.of("private-key-pgp-private-key-block")];
    let tree = Sandbox::new();
    tree.write("secring.gpg", ring.map(|key| body(&key)).concat());
    assert_eq!(tree.scan(&[]).paths(), ["secring.gpg!/private key 1", "secring.gpg!/private key 2"]);
}

#[test]
fn a_private_key_without_its_last_line_is_one() {
    let (tree, mut keys) = (Sandbox::new(), Keys::new());
    let armour = keys.of("private-key-pkcs-1-rsa-pem");
    let open = armour.split("\n-----END").next().unwrap();
    tree.write("a.pem", format!("{open}\n"));
    tree.write("b.json", format!("{{\"key\": \"{}\"}}", open.replace('\n', "\\n")));
    tree.write("c.txt", format!("{open}\n\nThe next paragraph.\n"));
    tree.write("d.txt", format!("{open}\nnext\n"));
    let run = tree.scan(&[]);
    assert_eq!(run.paths(), ["a.pem", "b.json", "c.txt", "d.txt"]);
    for finding in run.findings() {
        assert_eq!(finding["rule"], "private-key-without-its-end");
        assert_eq!(finding["confidence"], "confirmed");
    }
    let cut = Sandbox::new();
    cut.write("a.pem", &open[..open.len() / 2]);
    assert_eq!(cut.scan(&[]).findings().len(), 0);
}
