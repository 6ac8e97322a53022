//! Texts for the benchmarks, made from a seed when they are needed: none is stored, and every run sees the same bytes.
//!
//! They imitate what decides about the speed of detection: how much of a text lies in runs of key characters, and how
//! many of those runs look random.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Size of every text in bytes, or a little more: larger than the caches nearest to a core, so that memory counts.
pub const SIZE: usize = 4 << 20;

const WORDS: &[&str] = &[
    "account",
    "address",
    "append",
    "argument",
    "buffer",
    "builder",
    "cache",
    "channel",
    "client",
    "collect",
    "config",
    "context",
    "counter",
    "create",
    "default",
    "document",
    "element",
    "entry",
    "error",
    "event",
    "factory",
    "field",
    "filter",
    "format",
    "handler",
    "header",
    "index",
    "input",
    "instance",
    "internal",
    "length",
    "listener",
    "manager",
    "message",
    "method",
    "module",
    "number",
    "object",
    "options",
    "output",
    "parameter",
    "parser",
    "payload",
    "process",
    "property",
    "provider",
    "query",
    "reader",
    "record",
    "render",
    "request",
    "resolve",
    "response",
    "result",
    "return",
    "schema",
    "service",
    "session",
    "source",
    "status",
    "stream",
    "string",
    "target",
    "token",
    "update",
    "user",
    "value",
    "version",
    "widget",
    "writer",
];

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn word(rng: &mut StdRng) -> &'static str {
    WORDS[rng.random_range(0..WORDS.len())]
}

fn letters(rng: &mut StdRng, alphabet: &[u8], len: usize) -> String {
    (0..len).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
}

/// Lines as programmers write them: short names, now and then a path, a long name, a digest, an address.
pub fn source() -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(1);
    let mut text = String::with_capacity(SIZE + 256);
    while text.len() < SIZE {
        let [a, b, c, d] = [(); 4].map(|()| word(&mut rng));
        let n: u16 = rng.random();
        let indent = "    ".repeat(rng.random_range(0..4));
        let line = match rng.random_range(0..100) {
            0..30 => format!("{a}.{b}({c}, {n});"),
            30..55 => format!("let {a}_{b} = {c}::{d}(&self.{a});"),
            55..70 => format!("// The {a} of a {b} is its {c}, unless the {d} says otherwise."),
            70..80 => format!("if {a} != {b} {{ return {c}({d}) }}"),
            80..86 => format!("import {{ {a} }} from '../{b}/{c}/{d}-{a}/{b}.{c}'"),
            86..92 => format!("test_that_{a}_{b}_with_{c}_gives_{d}_{n}"),
            92..95 => format!("see https://{a}.example.net/{b}/{c}/{d}?{a}={n}"),
            95..96 => format!("  integrity = \"{}\"", letters(&mut rng, b"0123456789abcdef", 64)),
            _ => String::new(),
        };
        text.push_str(&indent);
        text.push_str(&line);
        text.push('\n');
    }
    text.into_bytes()
}

/// Like [`source`], with a key from `key` in an assignment on about every two hundredth line.
#[allow(dead_code, reason = "not every benchmark plants keys")]
pub fn with_keys(mut key: impl FnMut(&mut StdRng) -> Vec<u8>) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(2);
    let mut text = Vec::with_capacity(SIZE + (SIZE >> 2));
    for (i, line) in source().split_inclusive(|&b| b == b'\n').enumerate() {
        text.extend_from_slice(line);
        if i % 200 == 199 {
            text.extend_from_slice(format!("{}_value = \"", word(&mut rng)).as_bytes());
            text.extend_from_slice(&key(&mut rng));
            text.extend_from_slice(b"\"\n");
        }
    }
    text
}

/// One long line of short names and marks.
pub fn minified() -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(3);
    let mut text = String::with_capacity(SIZE + 256);
    while text.len() < SIZE {
        let [a, b, c] = [(); 3].map(|()| char::from(rng.random_range(b'a'..=b'z')));
        let (w, n) = (word(&mut rng), rng.random_range(0..1000));
        text.push_str(&match rng.random_range(0..10) {
            0..3 => format!("function {a}({b},{c}){{return {b}.{w}({c},{n})}}"),
            3..6 => format!("{a}={b}.{w}||{c},"),
            6..8 => format!("if({a}===void 0){{{b}=[{n},{n}]}}"),
            8 => format!("{a}.prototype.{w}.{w}.call(this,\"{w}\");"),
            _ => format!("{a}=\"/{w}/{w}/{w}/{n}\";"),
        });
    }
    text.into_bytes()
}

/// Lines of base64, some of them in data addresses: nearly all of it is runs that look random.
pub fn base64() -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(4);
    let mut text = String::with_capacity(SIZE + 8192);
    while text.len() < SIZE {
        if rng.random_range(0..20) == 0 {
            let len = rng.random_range(500..4000);
            text.push_str(&format!("url(data:font/woff2;base64,{})\n", letters(&mut rng, BASE64, len)));
        } else {
            text.push_str(&letters(&mut rng, BASE64, 76));
            text.push('\n');
        }
    }
    text.into_bytes()
}
