//! Secret keys of Supabase: behind the last `_` stand the first eight characters of the SHA-256, in base64url, of the
//! project's reference, `|` and all that precedes that `_`.
//!
//! So the key alone proves nothing; with the project's address near it, the checksum does. Recomputed on three
//! published keys of the publishable kind, with the references of their projects. The keys of the local stack do not
//! follow it.

use std::ops::Range;

use base64::Engine;
use sha2::{Digest, Sha256};

use super::support::base64::BASE64URL;
use super::{Surroundings, Verdict};
use crate::detect::context::{REACH_AFTER, REACH_BEFORE};

const CHECK_LEN: usize = 8;
/// So many small letters are the reference of a project.
const REFERENCE_LEN: usize = 20;

pub(super) fn check(_: &[u8]) -> Verdict {
    Verdict::plausible("key structure")
}

pub(super) fn seal(_: &mut Vec<u8>) {
    // Whatever the pattern allows passes.
}

/// The project that the checksum was made with, where it is named near the key.
pub(super) fn beside(text: &[u8], whole: &Range<usize>) -> Surroundings {
    let near = &text[whole.start.saturating_sub(REACH_BEFORE)..(whole.end + REACH_AFTER).min(text.len())];
    let key = &text[whole.clone()];
    let mut references = near.split(|b| !b.is_ascii_lowercase()).filter(|word| word.len() == REFERENCE_LEN);
    match references.find(|reference| fits(key, reference)) {
        Some(reference) => {
            let project = Some(String::from_utf8_lossy(reference).into_owned());
            Surroundings { proof: Some("SHA-256 checksum with the project beside it"), ..Surroundings::default() }
                .with_fact("project", project)
        }
        None => Surroundings::default(),
    }
}

fn fits(key: &[u8], reference: &[u8]) -> bool {
    let Some((body, sum)) = key.split_last_chunk::<CHECK_LEN>() else { return false };
    let Some(body) = body.strip_suffix(b"_") else { return false };
    let digest = Sha256::new().chain_update(reference).chain_update(b"|").chain_update(body).finalize();
    BASE64URL.encode(digest).as_bytes()[..CHECK_LEN] == *sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_project_beside_a_key_confirms_it() {
        let reference = "abcdefghijklmnopqrst";
        for key in samples::sealed("supabase-secret-api-key", 10) {
            let text = |key: &[u8], host: &str| {
                let text = [format!("https://{host}.supabase.co ").as_bytes(), key].concat();
                let whole = text.len() - key.len()..text.len();
                beside(&text, &whole)
            };
            assert!(text(&key, reference).proof.is_none());
            let (body, _) = key.split_at(key.len() - CHECK_LEN);
            let digest = Sha256::digest([b"abcdefghijklmnopqrst|", &body[..body.len() - 1]].concat());
            let good = [body, &BASE64URL.encode(digest).as_bytes()[..CHECK_LEN]].concat();
            let found = text(&good, reference);
            assert!(found.proof.is_some());
            assert_eq!(found.facts[0].value, reference);
            assert!(text(&good, "bcdefghijklmnopqrstu").proof.is_none());
            assert!(text(&good, "local").proof.is_none());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..90), at in 0usize..90) {
            check(&bytes);
            let at = at.min(bytes.len());
            let _ = beside(&bytes, &(at..bytes.len()));
            let _ = fits(&bytes, b"x");
        }
    }
}
