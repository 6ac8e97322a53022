//! What the library promises is what it shows: nothing is public and hidden, and every module has a page with an
//! example. That the command uses nothing else follows from its being another crate.

#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn nothing_is_public_and_hidden() {
    let mut all = Vec::new();
    sources(&source(), &mut all);
    assert!(all.len() > 200, "only {} files", all.len());
    let hidden = |path: &&PathBuf| {
        let text: String = fs::read_to_string(path).unwrap().split_whitespace().collect();
        text.contains("doc(hidden") || text.contains(",hidden)]")
    };
    let hidden: Vec<&PathBuf> = all.iter().filter(hidden).collect();
    assert!(hidden.is_empty(), "these hide public items: {hidden:?}");
}

#[test]
fn every_public_module_has_a_page_with_an_example_and_a_line_in_the_table() {
    let page = |path: PathBuf| -> String {
        let text = fs::read_to_string(path).unwrap();
        text.lines().filter(|line| line.starts_with("//!")).map(|line| format!("{line}\n")).collect()
    };
    let root = fs::read_to_string(source().join("lib.rs")).unwrap();
    let front = page(source().join("lib.rs"));
    let modules: Vec<&str> = root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.len() > 10, "{modules:?}");
    for module in modules {
        let file = source().join(format!("{module}.rs"));
        let page = page(if file.is_file() { file } else { source().join(module).join("mod.rs") });
        assert!(page.contains("\n//! ```\n"), "the page of `{module}` has no example");
        assert!(
            front.contains(&format!("[`{module}`]")) || front.contains(&format!("[`mod@{module}`]")),
            "the table of the first page has no line for `{module}`"
        );
    }
}
