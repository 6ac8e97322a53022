//! Points in time inside keys, as reports show them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;

/// Seconds since 1970-01-01 UTC as RFC 3339 (`2033-05-18T03:33:20Z`); `None` outside the years -9999 to 9999.
#[must_use]
pub(in crate::detect::verify) fn rfc3339(epoch_seconds: i64) -> Option<String> {
    Timestamp::from_second(epoch_seconds).ok().map(|timestamp| timestamp.to_string())
}

/// A `NumericDate` (RFC 7519, section 2: seconds since 1970, possibly with a fraction, which is dropped) as RFC 3339;
/// `None` where the value is no number or no representable time.
#[must_use]
pub(in crate::detect::verify) fn numeric_date(value: &Value) -> Option<String> {
    let seconds = match value.as_i64() {
        Some(seconds) => seconds,
        None => {
            // The bound is far beyond what `Timestamp` represents and far inside what `i64` holds; NaN fails it.
            let seconds = value.as_f64().filter(|seconds| seconds.abs() < 1e12)?;
            seconds.floor() as i64
        }
    };
    rfc3339(seconds)
}

/// Seconds since 1970 of a UTC time in ISO 8601's basic form (`20330518T033320Z`), as Signature Version 4 of AWS has it.
#[must_use]
pub(in crate::detect::verify) fn basic_iso8601(text: &str) -> Option<i64> {
    let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(Offset::UTC.to_timestamp(date).ok()?.as_second())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(rfc3339(0).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(2_000_000_000).unwrap(), "2033-05-18T03:33:20Z");
        assert_eq!(rfc3339(-1).unwrap(), "1969-12-31T23:59:59Z");
        assert_eq!(rfc3339(i64::MAX), None);
        assert_eq!(rfc3339(i64::MIN), None);
    }

    #[test]
    fn basic_form_is_read() {
        assert_eq!(basic_iso8601("20330518T033320Z"), Some(2_000_000_000));
        for wrong in ["", "20330518", "20331318T033320Z", "2033-05-18T03:33:20Z", "20330518T033320Zx"] {
            assert_eq!(basic_iso8601(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numeric_dates_may_have_fractions() {
        assert_eq!(numeric_date(&serde_json::json!(2_000_000_000.75)).unwrap(), "2033-05-18T03:33:20Z");
        assert_eq!(numeric_date(&serde_json::json!(2_000_000_000)).unwrap(), "2033-05-18T03:33:20Z");
        assert_eq!(numeric_date(&serde_json::json!("2000000000")), None);
        assert_eq!(numeric_date(&serde_json::json!(1e300)), None);
        assert_eq!(numeric_date(&serde_json::json!(u64::MAX)), None);
    }
}
