//! Texts as people paste them, with generated values: what is marked in them is found, and nothing in those that hold no
//! key. `docs/accuracy.md` says what was measured.
//!
//! The files of `tests/snippets` have the texts. `{{hex:32}}` in one is filled with 32 random hexadecimal digits,
//! `{{rule:ID}}` with a key by that rule's generator; a `!` in front marks what has to be found.
//!
//! With `KEYTRAIL_SNIPPETS_TO=FOLDER` the texts are written there, for `benches/compare-accuracy`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keytrail::Confidence;
use keytrail::detect::{Detector, Match};
use keytrail::rules::{Generator, Ruleset};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    snippet: Vec<Snippet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Snippet {
    /// Which text it is, in a few words.
    what: String,
    text: String,
    /// Whether there is no key in it.
    #[serde(default)]
    nothing: bool,
}

/// How often each text is filled and searched.
const FILLED: u64 = 5;

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";

/// A random value as a placeholder asks for it.
fn value(placeholder: &str, rules: &Ruleset, rng: &mut StdRng) -> String {
    let (kind, argument) = placeholder.split_once(':').unwrap_or((placeholder, ""));
    if kind == "rule" {
        let rule = rules.find(argument).unwrap_or_else(|| panic!("there is no rule `{argument}`"));
        return String::from_utf8(Generator::new(rule).key(rng)).unwrap();
    }
    let len = if argument.is_empty() { 0 } else { argument.parse().unwrap() };
    let of = |len: usize, alphabet: &[&[u8]], rng: &mut StdRng| -> String {
        let alphabet = alphabet.concat();
        // A value of several kinds of characters has some of each; a long random one always does.
        loop {
            let text: String = (0..len).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect();
            let has = |class: fn(&char) -> bool| text.chars().any(|c| class(&c));
            let mixed = !alphabet.contains(&b'7')
                || alphabet.len() == 10
                || len < 8
                || has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
            if mixed {
                return text;
            }
        }
    };
    match kind {
        "hex" => of(len, &[DIGITS, b"abcdef"], rng),
        "HEX" => of(len, &[DIGITS, b"ABCDEF"], rng),
        "base62" => of(len, &[LOWER, UPPER, DIGITS], rng),
        "base64url" => of(len, &[LOWER, UPPER, DIGITS, b"-_"], rng),
        "base64" => {
            // Keys have eight, sixteen, … bytes; the padding follows from that.
            let most = len / 4 * 3;
            let padding = (0..3).find(|padding| (most - padding) % 8 == 0).unwrap_or(0);
            let bytes: Vec<u8> = (0..most - padding).map(|_| rng.random()).collect();
            STANDARD.encode(bytes)
        }
        "lower" => of(len, &[LOWER, DIGITS], rng),
        "upper" => of(len, &[UPPER, DIGITS], rng),
        "digits" => of(len, &[DIGITS], rng),
        "letters" => of(len, &[LOWER, UPPER], rng),
        "uuid" => [8, 4, 4, 4, 12].map(|len| of(len, &[DIGITS, b"abcdef"], &mut *rng)).join("-"),
        "words" => {
            const WORDS: &[&str] = &["Autumn", "orchid", "Falcon", "maple", "Harbor", "pepper", "Saturn", "walnut"];
            let mut word = || WORDS[rng.random_range(0..WORDS.len())].to_owned();
            let (one, two) = (word(), word());
            let number = rng.random_range(13..9998);
            match rng.random_range(0..6) {
                0 => format!("{one}{two}{number}"),
                1 => format!("{one}-{two}-{number}"),
                2 => format!("{one}_{two}{number}!"),
                3 => format!("{one}@{number}"),
                4 => {
                    format!("{}_{two}", one.to_ascii_lowercase().replace('a', "4").replace('e', "3").replace('o', "0"))
                }
                _ => format!("{one}{number}!"),
            }
        }
        // A secret for signatures that a person wrote down.
        "worded" => {
            const OWN: &[&str] = &["Bakery", "Lighthouse", "Harbour", "Walnut", "Falconry", "Orchard"];
            let own = OWN[rng.random_range(0..OWN.len())];
            match rng.random_range(0..3) {
                0 => format!("ThisIsTheSigningKeyOfThe{own}{}", rng.random_range(10..99)),
                1 => format!("my-{}-sings-at-night-{}", own.to_ascii_lowercase(), rng.random_range(1..9)),
                _ => format!("thisIsMySuperSecretJwtKey_{}", own.to_ascii_lowercase()),
            }
        }
        "year" => {
            const WORDS: &[&str] = &["Autumnal", "Orchid", "Falconry", "Maple", "Harbour", "Pepper", "Saturn"];
            let (word, year) = (WORDS[rng.random_range(0..WORDS.len())], rng.random_range(1950..2029));
            match rng.random_range(0..5) {
                0 => format!("{word}{year}."),
                1 => format!("{word}{year}_"),
                2 => format!("{word}${year}"),
                3 => format!("{}{year}.db", word.to_ascii_lowercase()),
                _ => format!("{}{year}@pw", word.to_ascii_lowercase()),
            }
        }
        "phrase" => {
            const WORDS: &[&str] = &["velvet", "orchid", "falcon", "maple", "kettle", "pepper", "saturn", "walnut"];
            let first = rng.random_range(0..WORDS.len());
            // Four different ones.
            [0, 3, 6, 1].map(|step| WORDS[(first + step) % WORDS.len()]).join("-")
        }
        "spaced" => format!("{} 48", value("phrase", rules, rng).replace('-', " ")),
        "password" => {
            format!("{}{}{}", of(8, &[LOWER, UPPER, DIGITS], rng), of(1, &[b"!#%*"], rng), of(5, &[LOWER, DIGITS], rng))
        }
        _ => panic!("`{placeholder}` is no placeholder"),
    }
}

/// A text with its values, and where those stand that have to be found.
fn filled(text: &str, rules: &Ruleset, rng: &mut StdRng) -> (String, Vec<Range<usize>>) {
    let (mut out, mut wanted, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, behind)) = rest.split_once("{{") {
        let (placeholder, behind) = behind.split_once("}}").unwrap_or_else(|| panic!("`}}}}` is missing in {text}"));
        out.push_str(before);
        // `{{ name }}` is a template's own.
        if placeholder.starts_with([' ', '-', '.']) {
            write!(out, "{{{{{placeholder}}}}}").unwrap();
        } else {
            let value = value(placeholder.trim_start_matches('!'), rules, rng);
            if placeholder.starts_with('!') {
                wanted.push(out.len()..out.len() + value.len());
            }
            out.push_str(&value);
        }
        rest = behind;
    }
    out.push_str(rest);
    (out, wanted)
}

/// Writes the texts into a folder, once filled, with a list of the lines in which keys stand.
fn write_to(folder: &Path, texts: &[(String, String, Vec<Range<usize>>)]) {
    let mut wanted = std::collections::BTreeMap::new();
    for (number, (topic, text, keys)) in texts.iter().enumerate() {
        let path = format!("{topic}/{number}.txt");
        std::fs::create_dir_all(folder.join(topic)).unwrap();
        std::fs::write(folder.join(&path), text).unwrap();
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        wanted.insert(path, keys.iter().map(|key| (line(key.start), line(key.end))).collect::<Vec<_>>());
    }
    std::fs::write(folder.join("wanted.json"), serde_json::to_string(&wanted).unwrap()).unwrap();
}

fn covers(found: &Match, wanted: &Range<usize>) -> bool {
    found.span.start < wanted.end && wanted.start < found.span.end
}

#[test]
fn what_people_paste_is_found_and_nothing_else() {
    let rules = Arc::new(Ruleset::builtin());
    let detector = Detector::new(Arc::clone(&rules));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut table, mut told, mut texts) = (String::new(), String::new(), Vec::new());
    let (mut all_wanted, mut all_found, mut all_clean, mut all_wrong) = (0, 0, 0, 0);
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file: File =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (mut keys, mut found_keys, mut clean, mut wrong) = (0, 0, 0, 0);
        for snippet in &file.snippet {
            let (mut missed, mut false_alarm) = (0, String::new());
            for seed in 0..FILLED {
                let mut rng = StdRng::seed_from_u64(seed << 32 | u64::from(crc32fast::hash(snippet.what.as_bytes())));
                let (text, wanted) = filled(&snippet.text, &rules, &mut rng);
                assert_eq!(wanted.is_empty(), snippet.nothing, "{name}: {}", snippet.what);
                if seed == 0 {
                    texts.push((name.clone(), text.clone(), wanted.clone()));
                }
                let found: Vec<Match> = detector
                    .detect(text.as_bytes(), false)
                    .into_iter()
                    .filter(|found| found.confidence >= Confidence::Medium)
                    // What is reported only beside another part of the same credential is none here.
                    .filter(|found| rules.rule(found.rule).secret && rules.rule(found.rule).alone)
                    .collect();
                keys += wanted.len();
                let hit = wanted.iter().filter(|wanted| found.iter().any(|found| covers(found, wanted))).count();
                found_keys += hit;
                missed += wanted.len() - hit;
                if snippet.nothing {
                    clean += 1;
                    if let Some(found) = found.first() {
                        wrong += 1;
                        false_alarm = rules.rule(found.rule).id.to_owned();
                    }
                }
            }
            if missed > 0 {
                writeln!(told, "missed {missed} times in {name}: {}", snippet.what).unwrap();
            }
            if !false_alarm.is_empty() {
                writeln!(told, "wrong in {name}: {} ({false_alarm})", snippet.what).unwrap();
            }
        }
        writeln!(
            table,
            "{name:<22} {:>4} texts, {found_keys:>5} of {keys:>5} found, {wrong:>4} of {clean:>4} wrong",
            file.snippet.len()
        )
        .unwrap();
        (all_wanted, all_found) = (all_wanted + keys, all_found + found_keys);
        (all_clean, all_wrong) = (all_clean + clean, all_wrong + wrong);
    }
    if let Some(folder) = std::env::var_os("KEYTRAIL_SNIPPETS_TO") {
        write_to(Path::new(&folder), &texts);
    }
    println!("{told}{table}\n{all_found} of {all_wanted} found, {all_wrong} of {all_clean} wrong");
    assert!(all_found * 100 >= all_wanted * 97, "{told}{table}");
    assert!(all_wrong * 100 <= all_clean, "{told}{table}");
}
