//! Texts that a blob holds in another form: the parts of a document, the cells of a notebook, the text of an office
//! file, UTF-16 in binary data.

use std::io;
use std::panic::catch_unwind;

use super::buffer::Buffer;
use super::{Engine, Scanned};
use crate::detect::{Decoded, Match, decode};
use crate::finding::Artifact;
use crate::report::{Notice, NoticeKind};
use crate::secret::Secret;
use crate::source::document;

impl Engine {
    /// What kind of document a blob is whose parts are scanned: they nest as containers do.
    pub(super) fn document_kind(&self, bytes: &[u8], artifact: &Artifact) -> Option<document::Kind> {
        let fits = artifact.members.len() < self.options.limits.max_depth as usize;
        (fits && bytes.len() <= document::MAX_SIZE).then(|| document::recognise(bytes)).flatten()
    }

    /// Scans the parts of a document, whose own bytes have been scanned.
    pub(super) fn document(&self, kind: document::Kind, artifact: &Artifact, bytes: &[u8], out: &mut Scanned) {
        // Documents nest as containers do.
        if artifact.members.len() >= self.options.limits.max_depth as usize {
            return;
        }
        let damaged = || document::Problem::Damaged("its decoder failed".to_owned());
        let document::Parts { parts, problem } = catch_unwind(|| document::parts(kind, bytes))
            .unwrap_or_else(|_| document::Parts { parts: Vec::new(), problem: Some(damaged()) });
        if let Some(problem) = problem {
            let kind = match problem {
                document::Problem::TooLarge => NoticeKind::TooLarge,
                // Its bytes have been read.
                document::Problem::Encrypted | document::Problem::Damaged(_) => NoticeKind::Skipped,
            };
            let (artifact, message) = (Some(artifact.clone()), problem.to_string());
            out.notices.push(self.noticed(Notice { artifact, kind, message, help: None }));
        }
        let known = out.places.len();
        let mut buffer = Buffer::default();
        for part in parts {
            let member = self.named(&artifact.member(part.name.as_str()));
            out.members += 1;
            let mut content = io::Cursor::new(part.bytes);
            // Reading from memory does not fail.
            let _ = self.content(&member, &mut content, &mut buffer, out);
        }
        // What base64 in the message itself showed is told once.
        let mut index = 0;
        let (before, parts) = out.places.split_at(known);
        let known_keys: Vec<bool> = parts
            .iter()
            .map(|part| {
                before.iter().any(|place| {
                    place.location.artifact == *artifact
                        && place.detected == part.detected
                        && place.secret == part.secret
                })
            })
            .collect();
        // What the end of a line cuts off in the message is no key of its own where a part holds all of it.
        let pieces: Vec<bool> = before
            .iter()
            .map(|place| {
                let region = place.location.region;
                let start = usize::try_from(region.byte_offset).unwrap_or(usize::MAX);
                let span = start..start.saturating_add(usize::try_from(region.byte_length).unwrap_or(usize::MAX));
                place.location.artifact == *artifact
                    && document::broken_off(kind, bytes, span).is_some_and(|piece| {
                        let whole = parts.iter().map(|part| part.secret.expose());
                        whole
                            .filter(|whole| whole.len() > piece.len())
                            .any(|whole| memchr::memmem::find(whole, &piece).is_some())
                    })
            })
            .collect();
        out.places.retain(|_| {
            index += 1;
            if index <= known { !pieces[index - 1] } else { !known_keys[index - known - 1] }
        });
    }

    /// Adds what the joined cells of a notebook hold beyond what its JSON shows line by line.
    pub(super) fn notebook(&self, text: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        for cell in decode::notebook(text).unwrap_or_default() {
            for mut found in self.find(&cell.bytes, false) {
                let whole = cell.offsets.to_original(found.whole.start)..cell.offsets.to_original(found.whole.end);
                let span = cell.offsets.to_original(found.span.start)..cell.offsets.to_original(found.span.end);
                (found.whole, found.span) = (whole, span);
                // What the raw text shows as well is told by the cell, which knows its number.
                let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
                matches.retain(|(other, _)| !same(other));
                matches.push((found, cell.part.clone()));
            }
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }

    /// Adds what binary data holds in UTF-16.
    pub(super) fn wide(&self, bytes: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        let Some(wide) = decode::wide(bytes) else { return };
        for mut found in self.find(&wide.bytes, true) {
            let value = Secret::new(found.value(&wide.bytes).to_vec());
            let form = found.decoded.and_then(|decoded| decoded.form).unwrap_or("in UTF-16".into());
            found.whole = wide.offsets.range_to_original(found.whole);
            found.span = wide.offsets.range_to_original(found.span);
            // Keys that are looked for are found in every form.
            let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
            if matches.iter().any(|(other, _)| same(other)) {
                continue;
            }
            found.decoded = Some(Box::new(Decoded { value, form: Some(form) }));
            matches.push((found, None));
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }

    /// Adds what the text of an office document holds beyond what its XML shows.
    pub(super) fn office(&self, xml: &[u8], matches: &mut Vec<(Match, Option<String>)>) {
        let Some(plain) = decode::office(xml) else { return };
        for mut found in self.find(&plain.bytes, false) {
            let value = found.value(&plain.bytes).to_vec();
            found.whole = plain.offsets.range_to_original(found.whole);
            found.span = plain.offsets.range_to_original(found.span);
            let same = |other: &Match| other.span.start < found.span.end && found.span.start < other.span.end;
            if matches.iter().any(|(other, _)| same(other) && other.value(xml) == value) {
                continue;
            }
            matches.retain(|(other, _)| !same(other));
            if xml[found.span.clone()] != value {
                let form =
                    found.decoded.and_then(|decoded| decoded.form).unwrap_or("in pieces of formatted text".into());
                found.decoded = Some(Box::new(Decoded { value: Secret::new(value), form: Some(form) }));
            }
            matches.push((found, None));
        }
        matches.sort_by_key(|(found, _)| found.span.start);
    }
}
