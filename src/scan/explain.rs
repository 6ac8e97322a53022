//! Why something in a text is a finding, or is none: what the scan decides about each candidate, as it decides it.

use std::ops::Range;

use serde::Serialize;

use super::member::Piece;
use super::place::{self, Cursor};
use super::stream::Blob;
use super::{Engine, Place};
use crate::detect::decode::{self, TextKind, View};
use crate::detect::{Match, Remark};
use crate::finding::Region;

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
    /// What is decided about each candidate in a text, in the order of their places. It is scanned as a whole, so it
    /// should not be larger than memory allows.
    #[must_use]
    pub(crate) fn explain(&self, piece: &Piece) -> Vec<Explained> {
        let Piece { artifact, bytes, at, start } = piece;
        let (at, start) = (*at, *start);
        let kind = decode::classify(&bytes[..bytes.len().min(8 << 10)]);
        let view = decode::transcode(kind, bytes);
        let text = view.as_ref().map_or(bytes, |view| &view.bytes);
        let original = |offset: usize| view.as_ref().map_or(offset, |view| view.offsets.to_original(offset));
        let (found, mut remarks) = self.detector.explain(text, kind == TextKind::Binary);
        let blob = Blob { artifact, kind, base: at, owned: 0..usize::MAX, whole: at == 0 };
        let mut matches: Vec<(Match, Option<String>)> = found.into_iter().map(|found| (found, None)).collect();
        if at == 0 && view.is_none() && decode::office::is_text(artifact.innermost()) {
            self.office(text, &mut matches);
            self.also_told(decode::office(text), false, &matches, &mut remarks);
        }
        if kind == TextKind::Binary {
            self.wide(text, &mut matches);
            self.also_told(decode::wide(text), true, &matches, &mut remarks);
        }
        let found: Vec<Match> = matches.iter().map(|(found, _)| found.clone()).collect();
        let mut places = self.places(&blob, text, &original, &matches, &mut Cursor::new(start));
        Self::weigh(&mut places, &|| self.in_project(artifact));
        let mut cursor = Cursor::new(start);
        let rules = self.detector.ruleset();
        let explained = remarks.into_iter().map(|mut remark| {
            let bytes = at + original(remark.span.start) as u64..at + original(remark.span.end) as u64;
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

    /// Adds what is decided in another form of the text, of which `matches` has what counts.
    fn also_told(
        &self,
        form: Option<View>,
        literals_only: bool,
        matches: &[(Match, Option<String>)],
        remarks: &mut Vec<Remark>,
    ) {
        let Some(form) = form else { return };
        let counts = |rule: Option<u16>, span: &Range<usize>| {
            matches.iter().any(|(found, _)| Some(found.rule) == rule && found.span == *span)
        };
        for remark in remarks.iter_mut().filter(|remark| remark.is_match && !counts(remark.rule, &remark.span)) {
            remark.is_match = false;
            remark.reasons.push("what a reader sees of the document shows all of it".to_owned());
        }
        for mut remark in self.detector.explain(&form.bytes, literals_only).1 {
            remark.span = form.offsets.range_to_original(remark.span);
            let same = |other: &Remark| other.rule == remark.rule && other.span == remark.span && other.is_match;
            if !remarks.iter().any(same) && (!remark.is_match || counts(remark.rule, &remark.span)) {
                remarks.push(remark);
            }
        }
        remarks.sort_by_key(|remark| (remark.span.start, remark.span.end));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::detect::Detector;
    use crate::detect::generate::Generator;
    use crate::detect::rule::Ruleset;
    use crate::finding::Artifact;
    use crate::scan::{Buffer, Options};
    use crate::secret::FingerprintKey;
    use rand::SeedableRng as _;

    /// An explanation names all that a scan finds, and as a finding nothing else.
    #[test]
    fn what_is_explained_is_what_is_scanned() {
        let rules = Arc::new(Ruleset::builtin());
        let scanner = Engine::new(Detector::new(rules.clone()), FingerprintKey::default(), Options::default());
        let artifact = Artifact::file("settings.txt");
        for rule in rules.iter() {
            // Each for itself, so that what a rule is tried with does not hang on those before it.
            let mut rng = rand::rngs::StdRng::seed_from_u64(100);
            let key = Generator::new(rule).key(&mut rng);
            let coded = [&b"other: "[..], hex::encode(&key).as_bytes()].concat();
            let text = [&b"api token = \""[..], &key, b"\"\n", &coded, b"\nid: 0123456789abcdef\n"].concat();
            let mut places = scanner.blob(&text, &artifact, &mut Buffer::default()).places;
            let mut explained: Vec<Place> = scanner
                .explain(&Piece::whole(artifact.clone(), text.clone()))
                .into_iter()
                .filter_map(|explained| explained.place)
                .collect();
            let order = |place: &Place| (place.location.region, place.rule, place.secret.clone());
            places.sort_by_key(order);
            explained.sort_by_key(order);
            assert_eq!(explained, places, "{}", rule.id);
        }
    }
}
