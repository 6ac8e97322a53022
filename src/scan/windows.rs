//! Scanning in windows comes to the same as scanning the whole.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::{Engine, OVERLAP, Options, Place, Scanned};
use crate::detect::Detector;
use crate::detect::generate::Generator;
use crate::detect::rule::Ruleset;
use crate::finding::Artifact;
use crate::secret::FingerprintKey;

/// The smallest window there is.
const WINDOW: usize = 2 * OVERLAP;

const RULES: [&str; 8] = [
    "github-personal-access-token",
    "stripe-live-secret-key",
    "aws-access-key-id",
    "aws-secret-access-key",
    "private-key-pkcs-8-unencrypted-pem",
    "http-url-with-user-and-password",
    "generic-secret-in-an-assignment",
    "http-bearer-authorization-header",
];

fn scanner(window: usize) -> Engine {
    let options = Options { window: Some(window), ..Options::default() };
    Engine::new(Detector::new(Arc::new(Ruleset::builtin())), FingerprintKey::default(), options)
}

fn scan(scanner: &Engine, bytes: &[u8]) -> Scanned {
    let mut out = Scanned::default();
    scanner.input(&Artifact::file("text.txt"), &mut &bytes[..], &mut out).unwrap();
    out
}

/// A text of `len` bytes and a little more, with keys at the start, the end, around every place where windows meet,
/// and anywhere.
fn text(seed: u64, len: usize) -> String {
    let mut rng = StdRng::seed_from_u64(seed);
    let rules = Ruleset::builtin();
    // Where the middle of the overlap of two windows lies, and where a window ends.
    let step = WINDOW - OVERLAP;
    let mut places: Vec<usize> = (0..6).map(|_| rng.random_range(0..len)).collect();
    for n in 1..=len / step {
        for edge in [n * step, n * step + OVERLAP / 2, n * step + OVERLAP] {
            places.push((edge + rng.random_range(0..200)).saturating_sub(100));
        }
    }
    places.push(0);
    places.sort_unstable();
    let words = ["let", "value", "ünïcode", "= 12;", "\"text\"", "// 😀 note", "https://keytrail-demo.net/", "a.b(c)"];
    let mut text = String::new();
    let mut column = 0;
    for place in places.into_iter().chain([len]) {
        while text.len() < place {
            let word = words[rng.random_range(0..words.len())];
            column += word.len();
            text.push_str(word);
            // Some lines are as long as those of minified code.
            if column > 60 && !rng.random_ratio(1, 3) {
                text.push_str(if rng.random_ratio(1, 5) { "\r\n" } else { "\n" });
                column = 0;
            } else {
                text.push(' ');
            }
        }
        let rule = rules.find(RULES[rng.random_range(0..RULES.len())]).unwrap();
        let key = String::from_utf8(Generator::new(rule).key(&mut rng)).unwrap();
        let name = ["\naws_secret = ", "\napi_token: \"", "\n", " "][rng.random_range(0..4)];
        text.push_str(name);
        text.push_str(&key);
        text.push_str("\"\n");
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn windows_come_to_the_same_as_the_whole(seed in any::<u64>(), len in WINDOW..3 * WINDOW, wide in any::<bool>()) {
        static SCANNERS: OnceLock<(Engine, Engine)> = OnceLock::new();
        let (whole, windows) = SCANNERS.get_or_init(|| (scanner(64 << 20), scanner(0)));
        let text = text(seed, if wide { len / 2 } else { len });
        let bytes: Vec<u8> =
            if wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        let (whole, windows) = (scan(whole, &bytes), scan(windows, &bytes));
        prop_assert!(whole.places.len() >= 8, "only {} keys", whole.places.len());
        let places = |scanned: &Scanned| -> Vec<_> {
            let of = |p: &Place| {
                let parts = p.parts.iter().map(|part| part.location.region).collect::<Vec<_>>();
                (p.rule, p.location.region, p.confidence, p.location.snippet.clone(), parts, p.secret.clone())
            };
            scanned.places.iter().map(of).collect()
        };
        prop_assert_eq!(whole.bytes, windows.bytes);
        prop_assert_eq!(places(&whole), places(&windows));
    }
}

#[test]
fn a_character_between_two_windows_takes_one_column() {
    let rules = Ruleset::builtin();
    let mut rng = StdRng::seed_from_u64(1);
    let key = String::from_utf8(Generator::new(rules.find(RULES[0]).unwrap()).key(&mut rng)).unwrap();
    let (whole, windows) = (scanner(64 << 20), scanner(0));
    for character in ["ü", "語", "😀"] {
        for before in 0..character.len() {
            let text = format!("\u{feff}{}{} {key}\n", "a".repeat(before), character.repeat(WINDOW / 2));
            let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
            for bytes in [text.as_bytes(), &units(u16::to_le_bytes), &units(u16::to_be_bytes)] {
                let regions = |scanner: &Engine| -> Vec<_> {
                    scan(scanner, bytes).places.iter().map(|place| place.location.region).collect()
                };
                assert_eq!(regions(&whole).len(), 1, "{before} bytes before {character}");
                assert_eq!(regions(&windows), regions(&whole), "{before} bytes before {character}");
            }
        }
    }
}
