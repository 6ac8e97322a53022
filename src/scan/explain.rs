//! Why something in a text is a finding, or is none: what the scan decides about each candidate, as it decides it.

use serde::Serialize;

use super::place::{self, Cursor};
use super::{Blob, Engine, Place};
use crate::detect::Match;
use crate::detect::decode::{self, TextKind};
use crate::finding::{Artifact, Region};

/// A candidate, and what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Where it stands.
    pub region: Region,
    /// The rule that was tried; absent where it concerns none or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The candidate, redacted.
    pub value: String,
    /// The form that it stands in, such as `in base64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// What decided, in the order in which it was asked.
    pub reasons: Vec<String>,
    /// What a scan makes of it; absent if nothing.
    #[serde(skip)]
    pub place: Option<Place>,
}

impl Engine {
    /// What is decided about each candidate in a blob that is no container, in the order of their places. It is scanned
    /// as a whole, so it should not be larger than memory allows.
    #[must_use]
    pub fn explain(&self, bytes: &[u8], artifact: &Artifact) -> Vec<Explained> {
        let kind = decode::classify(&bytes[..bytes.len().min(8 << 10)]);
        let view = decode::transcode(kind, bytes);
        let text = view.as_ref().map_or(bytes, |view| &view.bytes);
        let original = |offset: usize| view.as_ref().map_or(offset, |view| view.offsets.to_original(offset));
        let (found, remarks) = self.detector.explain(text, kind == TextKind::Binary);
        let blob = Blob { artifact, kind, base: 0, owned: 0..usize::MAX, whole: true };
        let start = place::start(bytes);
        let matches: Vec<(Match, Option<String>)> = found.iter().map(|found| (found.clone(), None)).collect();
        let mut places = self.places(&blob, text, &original, &matches, &mut Cursor::new(start));
        let mut cursor = Cursor::new(start);
        let rules = self.detector.ruleset();
        let explained = remarks.into_iter().map(|mut remark| {
            let bytes = original(remark.span.start) as u64..original(remark.span.end) as u64;
            let region = place::region(text, &remark.span, &mut cursor, bytes);
            let own = |place: &Place| remark.rule == Some(place.detected) && place.location.region == region;
            let place = places.iter().position(own).filter(|_| remark.is_match).map(|index| places.remove(index));
            let same = |found: &&Match| remark.rule == Some(found.rule) && found.span == remark.span;
            match (&place, found.iter().find(same)) {
                (Some(place), Some(found)) if place.confidence < found.confidence => {
                    let reason = "the file is a test or a manual by its path: its confidence is ";
                    remark.reasons.push(format!("{reason}{}", place.confidence.as_str()));
                }
                (Some(place), Some(found)) if place.confidence > found.confidence => {
                    let reason = "the other part of the credential stands near: its confidence is ";
                    remark.reasons.push(format!("{reason}{}", place.confidence.as_str()));
                }
                (None, _) if remark.is_match => {
                    let reason = "it is no secret by itself, and told together with the one that it belongs to";
                    remark.reasons.push(reason.to_owned());
                }
                _ => {}
            }
            if let Some(place) = place.as_ref().filter(|place| place.rule != place.detected) {
                let reason = "the path of its file names the provider of what has this form: it is told as ";
                remark.reasons.push(format!("{reason}{}", rules.rule(place.rule).id));
            }
            Explained {
                region,
                rule: remark.rule.map(|rule| rules.rule(rule).id.to_owned()),
                value: remark.shown,
                form: remark.form,
                reasons: remark.reasons,
                place,
            }
        });
        explained.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::detect::Detector;
    use crate::detect::generate::Generator;
    use crate::detect::rule::Ruleset;
    use crate::scan::{Buffer, Options};
    use crate::secret::FingerprintKey;
    use rand::SeedableRng as _;

    /// An explanation names all that a scan finds, and as a finding nothing else.
    #[test]
    fn what_is_explained_is_what_is_scanned() {
        let rules = Arc::new(Ruleset::builtin());
        let scanner = Engine::new(Detector::new(rules.clone()), FingerprintKey::default(), Options::default());
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let artifact = Artifact::file("settings.txt");
        for rule in rules.iter() {
            let key = Generator::new(rule).key(&mut rng);
            let coded = [&b"other: "[..], hex::encode(&key).as_bytes()].concat();
            let text = [&b"api token = \""[..], &key, b"\"\n", &coded, b"\nid: 0123456789abcdef\n"].concat();
            let mut places = scanner.blob(&text, &artifact, &mut Buffer::default()).places;
            let mut explained: Vec<Place> =
                scanner.explain(&text, &artifact).into_iter().filter_map(|explained| explained.place).collect();
            let order = |place: &Place| (place.location.region, place.rule, place.secret.clone());
            places.sort_by_key(order);
            explained.sort_by_key(order);
            assert_eq!(explained, places, "{}", rule.id);
        }
    }
}
