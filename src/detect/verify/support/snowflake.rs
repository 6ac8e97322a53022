//! Snowflakes, the ids of Discord: a time in the upper 42 bits.

use super::time;

/// Milliseconds from 1970 to 2015-01-01, where Discord's ids begin (Discord developers, Reference: Snowflakes).
const EPOCH_MS: u64 = 1_420_070_400_000;
/// A day, for clocks that are behind.
const SLACK_MS: u64 = 86_400_000;

/// When the object with that id was made, as RFC 3339. `None` where the digits are no id: not 17 to 20 decimal digits,
/// beyond 64 bits, or made in the future.
#[must_use]
pub(in crate::detect::verify) fn created(digits: &[u8]) -> Option<String> {
    if !(17..=20).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let id: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let made = (id >> 22) + EPOCH_MS;
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).ok()?;
    if made > now + SLACK_MS {
        return None;
    }
    time::rfc3339(i64::try_from(made / 1000).ok()?)
}

/// An id of 18 or 19 digits that [`created`] accepts, made of given randomness.
#[must_use]
pub(in crate::detect::verify) fn from_seed(seed: u64) -> u64 {
    // 2017 to 2023: 75 to 283 thousand million milliseconds after the epoch.
    (75_000_000_000 + seed % 208_000_000_000) << 22 | (seed >> 42)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_has_its_time() {
        // The id whose parts the reference takes apart: 2016-04-30 11:18:25.796 UTC.
        assert_eq!(created(b"175928847299117063").unwrap(), "2016-04-30T11:18:25Z");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for digits in ["", "1759288472991170", "17592884729911706x", "18446744073709551615", "99999999999999999999"] {
            assert_eq!(created(digits.as_bytes()), None, "{digits}");
        }
        for seed in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            assert!(created(from_seed(seed).to_string().as_bytes()).is_some(), "{seed}");
        }
    }
}
