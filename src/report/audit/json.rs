//! The JSON of an audit: the [`Audit`] itself, described by `docs/audit.schema.json`. It can be read back, to compare a
//! later audit with it.

use std::io::{self, Read as _};
use std::path::Path;

#[cfg(test)]
use schemars::{Schema, schema_for};

use crate::audit::Audit;
use crate::report::format::Style;
use crate::report::json::{text, write_pretty};

/// The JSON schema of [`Audit`] (draft 2020-12), which `docs/audit.schema.json` publishes.
#[cfg(test)]
fn schema() -> Schema {
    let mut schema = schema_for!(Audit);
    schema.insert(
        "$id".to_owned(),
        "https://raw.githubusercontent.com/keytrail/keytrail/main/docs/audit.schema.json".into(),
    );
    schema.insert("title".to_owned(), "keytrail audit".into());
    schema
}

pub(super) fn write(audit: &Audit, out: &mut dyn io::Write, _: &Style) -> io::Result<()> {
    write_pretty(audit, out)
}

/// The largest document that [`Audit::read`] takes, in bytes.
pub const MAX_DOCUMENT: u64 = 2 << 30;

/// Why a document gives no audit.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be read.
    #[error("it cannot be read")]
    Io(#[from] io::Error),
    /// It is larger than [`MAX_DOCUMENT`].
    #[error("it is larger than {} GiB", MAX_DOCUMENT >> 30)]
    TooLarge,
    /// It starts with the mark of an encoding, and its text is not of that encoding.
    #[error("it is not valid {0}")]
    Encoding(&'static str),
    /// It is no JSON, or not the JSON of an audit.
    // It says all that there is to say, so that it is no source: whoever shows sources would say it twice.
    #[error("it is no audit of keytrail: {0}")]
    Json(serde_json::Error),
    /// It is the JSON of something else.
    #[error("it is a report of `keytrail {0}`, not of `keytrail audit`")]
    Foreign(String),
    /// Its version is not `1.x`.
    #[error("it is of version {0}, and this version of keytrail reads 1.x")]
    Version(String),
}

/// Which document it is.
#[derive(serde::Deserialize)]
struct Probe {
    schema_version: String,
    command: String,
}

/// Reads an audit back from a file.
///
/// # Errors
/// Those of reading, and those of [`parse`].
pub fn read(path: &Path) -> Result<Audit, ReadError> {
    let mut bytes = Vec::new();
    let length = std::fs::File::open(path)?.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes)?;
    if length as u64 > MAX_DOCUMENT {
        return Err(ReadError::TooLarge);
    }
    parse(&bytes)
}

/// Reads an audit back from its document, of whatever `1.x` version it is. Text in UTF-16 with its mark is read too,
/// since some shells write that into files.
///
/// # Errors
/// When it is none, or one of a later version.
pub fn parse(bytes: &[u8]) -> Result<Audit, ReadError> {
    let text = text(bytes).map_err(ReadError::Encoding)?;
    let probe: Probe = serde_json::from_str(&text).map_err(ReadError::Json)?;
    if probe.command != "audit" {
        return Err(ReadError::Foreign(probe.command));
    }
    if probe.schema_version.split('.').next() != Some("1") {
        return Err(ReadError::Version(probe.schema_version));
    }
    serde_json::from_str(&text).map_err(ReadError::Json)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::audit_sample as sample;

    /// `KEYTRAIL_UPDATE=1 cargo test` writes the file anew.
    #[test]
    fn the_published_schema_is_that_of_the_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.schema.json");
        let derived = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
            std::fs::write(&path, &derived).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        assert_eq!(published, derived, "KEYTRAIL_UPDATE=1 cargo test writes docs/audit.schema.json anew");
    }

    #[test]
    fn audits_follow_the_schema_and_are_read_back() {
        let audit = sample::audit();
        let validator = jsonschema::validator_for(schema().as_value()).unwrap();
        let value = serde_json::to_value(&audit).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write(&audit, &mut file, &Style::default()).unwrap();
        assert_eq!(read(file.path()).unwrap(), audit);
    }

    #[test]
    fn audits_in_utf_16_are_read() {
        let audit = sample::audit();
        let mut bytes = Vec::new();
        write(&audit, &mut bytes, &Style::default()).unwrap();
        let mut wide = vec![0xff, 0xfe];
        wide.extend(std::str::from_utf8(&bytes).unwrap().encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(parse(&wide).unwrap(), audit);
    }

    #[test]
    fn other_documents_are_no_audits() {
        let refused = |text: &str| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            read(file.path()).unwrap_err().to_string()
        };
        assert!(refused("{\"schema_version\":\"1.0\",\"command\":\"scan\"}").contains("keytrail scan"));
        assert!(refused("{\"schema_version\":\"2.0\",\"command\":\"audit\"}").contains("version 2.0"));
        assert!(refused("[]").contains("no audit"));
    }
}
