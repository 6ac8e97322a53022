//! The search in what a text holds encoded or in pieces: in every text that a scan decodes, the forms of keys are
//! searched for, too. So a key is found wherever a scan would find it, and in the same words.

use std::ops::Range;

use super::super::coded;
use super::super::matcher::{Detector, Search};
use super::super::trace::{Observer, Remark};
use super::forms;

/// A key in a form that was decoded.
pub struct Place {
    /// Its number.
    pub key: usize,
    /// What stands for it.
    pub span: Range<usize>,
    /// The form, or several within each other, as reports name them.
    pub form: String,
}

/// The keys in what a text holds encoded or in pieces, the outer forms first; `decoder` is a detector without rules.
pub fn places(forms: &forms::Search, decoder: &Detector, text: &[u8]) -> Vec<Place> {
    let mut needles = Needles { forms, places: Vec::new() };
    let mut search = Search::new(decoder, text, false, &mut needles);
    search.runs_of(0..text.len());
    search.chains_in(0..text.len());
    needles.places
}

/// Searches every text that is decoded.
struct Needles<'a> {
    forms: &'a forms::Search,
    places: Vec<Place>,
}

impl Observer for Needles<'_> {
    const TEXTS_ONLY: bool = true;

    fn tell(&mut self, _: impl FnOnce() -> Remark) {}

    fn told(&self) -> usize {
        self.places.len()
    }

    fn opens(&mut self, text: &[u8]) {
        let places = &mut self.places;
        self.forms.each(text, |form, span| {
            places.push(Place { key: form.key, span, form: form.name.unwrap_or_default().to_owned() });
        });
    }

    fn decoded(&mut self, from: usize, form: &str, back: impl Fn(Range<usize>) -> Range<usize>) {
        for place in &mut self.places[from..] {
            place.span = back(place.span.clone());
            place.form = match place.form.as_str() {
                "" => form.to_owned(),
                inner => coded::form_in(inner, form),
            };
        }
    }

    fn revoke(&mut self, _: u16, _: &Range<usize>, _: impl FnOnce() -> String) {}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write as _;
    use std::sync::Arc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::super::{Asked, Wanted, add_rule};
    use super::*;
    use crate::detect::rule::Ruleset;

    /// What is found of a key, by form and place.
    fn found(key: &str, text: &[u8]) -> Vec<(String, Range<usize>)> {
        let mut rules = Ruleset::builtin();
        add_rule(&mut rules).unwrap();
        let detector = Detector::new(Arc::new(rules));
        let mut asked = Asked::default();
        asked.add_keys(key.as_bytes()).unwrap();
        let wanted = Wanted::new(&asked, &detector).unwrap();
        let all = wanted.find(&detector, text, false).into_iter();
        all.map(|found| (found.decoded.unwrap().form.unwrap_or_default().into_owned(), found.span)).collect()
    }

    fn in_lines(text: &str, width: usize, indent: &str) -> String {
        let lines: Vec<&str> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(&format!("\n{indent}"))
    }

    #[test]
    fn keys_are_found_in_what_is_decoded() {
        // No rule knows it.
        let key = "zq4-broken_key_91-with-5-of-37-words";
        let json =
            format!("{{\"user\": \"deploy\", \"host\": \"ci.corp.invalid\", \"token\": \"{key}\", \"ttl\": 36}}");
        let encoded = STANDARD.encode(&json);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(json.as_bytes()).unwrap();
        let gzip = STANDARD.encode(gzip.finish().unwrap());
        let escaped = |escape: fn(u8) -> String| key.bytes().map(escape).collect::<String>();
        let thrice = STANDARD.encode(STANDARD.encode(STANDARD.encode(key)));
        for (text, form) in [
            (in_lines(&encoded, 76, ""), "in base64"),
            (format!("data: |\n    {}\n", in_lines(&encoded, 64, "    ")), "in base64"),
            (gzip, "in gzip in base64"),
            (hex::encode(STANDARD.encode(key)), "in base64 in hexadecimal"),
            (thrice, "in base64, twice in base64"),
            (format!("char *t = \"{}\";", escaped(|b| format!("\\x{b:02x}"))), "in string escapes"),
            (format!("<t>{}</t>", key.replace('_', "&#95;")), "in HTML entities"),
            (format!("x?key={}", key.replacen('-', "%2D", 1)), "in percent-encoding"),
            (format!("token = \"{}\" + \"{}\"", &key[..20], &key[20..]), "in strings that are joined"),
            (format!("TOKEN={}\\\n{}\n", &key[..20], &key[20..]), "over several lines"),
            (format!("{}=3D{}=\n{}\n", "words ".repeat(6), &key[..20], &key[20..]), "in quoted-printable"),
        ] {
            let all = found(key, text.as_bytes());
            assert!(matches!(&all[..], [(found, _)] if found == form), "{all:?}, not {form} in {text}");
            // One character is another.
            let other = key.replace("91", "92");
            assert!(found(&other, text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_form_that_is_known_by_itself_is_one_place() {
        let key = "zq4-broken_key_91-with-5-of-37-words";
        let once = STANDARD.encode(key);
        assert_eq!(found(key, once.as_bytes()), [("in base64".to_owned(), 0..once.len())]);
        let text = format!("a = \"{key}\" + \"b\"");
        assert_eq!(found(key, text.as_bytes()), [(String::new(), 5..5 + key.len())]);
    }
}
