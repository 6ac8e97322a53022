//! Refresh tokens in the file of application default credentials that gcloud writes for a user. Nothing in one can be
//! checked; the file says for which client it was issued.

use std::ops::Range;

use super::support::fields::Fields;
use super::{Surroundings, Verdict};

/// The client that is gcloud itself has an id that begins so.
const GCLOUD: &str = "764086051850-";

pub(super) fn check(_: &[u8]) -> Verdict {
    Verdict::plausible("credentials file")
}

pub(super) fn seal(_: &mut Vec<u8>) {
    // Whatever the pattern allows passes.
}

/// The client beside it.
pub(super) fn beside(text: &[u8], whole: &Range<usize>) -> Surroundings {
    let fields = Fields::around(text, whole);
    let client = fields.get("client_id");
    let name = client.as_deref().filter(|client| client.starts_with(GCLOUD)).map(|_| "gcloud".to_owned());
    Surroundings::default()
        .with_fact("client id", client)
        .with_fact("client", name)
        .with_fact("project", fields.get("quota_project_id"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn the_client_is_told() {
        let told = |client: &str| {
            let text = format!(r#"{{"client_id": "{client}", "quota_project_id": "p-1", KEY}}"#);
            let at = text.find("KEY").unwrap_or_default();
            let facts = beside(text.as_bytes(), &(at..at + 3)).facts;
            facts.into_iter().map(|fact| fact.value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            told("764086051850-x.apps.googleusercontent.com"),
            "764086051850-x.apps.googleusercontent.com gcloud p-1"
        );
        assert_eq!(told("1-x.apps.googleusercontent.com"), "1-x.apps.googleusercontent.com p-1");
        assert!(samples::sealed("gcp-application-default-credentials", 2).iter().all(|key| key.starts_with(b"1//")));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
