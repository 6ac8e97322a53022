//! Any bytes under any kind of name are scanned without a panic, a hang or a place outside of them, and no format shows
//! what was found.

#![no_main]

use std::sync::LazyLock;

use keytrail::{Confidence, Format, Scanner, Source};
use libfuzzer_sys::fuzz_target;

/// The first byte chooses the name, as many judgements and all containers go by it.
const NAMES: &[&str] = &[
    "a.env",
    "a.py",
    "a.json",
    "a.yml",
    "a.xml",
    "a.md",
    "a.ps1",
    "a.sql",
    "a.csv",
    "a.html",
    "a.ipynb",
    "a.eml",
    "a.pdf",
    "a.docx",
    "a.xlsx",
    "a.odt",
    "a.zip",
    "a.tar",
    "a.tar.gz",
    "a.bz2",
    "a.xz",
    "a.zst",
    "a.db",
    "a.js",
    "a.java",
    "a.cs",
    "a.php",
    "a.tf",
    "a.rb",
    "a.cfg",
    "id_rsa",
    "a.pem",
    ".netrc",
    ".git/config",
    "Dockerfile",
    "a.txt",
    "a.cob",
    "a.toml",
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let limits = Scanner::builder().min_confidence(Confidence::Low).max_expansion(1 << 20);
    limits.jobs(std::num::NonZeroUsize::MIN).build().expect("the rules that are built in")
});

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let report = SCANNER.scan(Source::bytes(name, bytes)).expect("a text at hand");
    for format in [Format::Json, Format::Sarif, Format::Text] {
        let mut written = Vec::new();
        report.write(format, &mut written).expect("memory");
    }
});
