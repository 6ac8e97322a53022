//! Keys in documents: pages of PDFs, text of office programs that formatting tears apart, parts of e-mails.

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
}
