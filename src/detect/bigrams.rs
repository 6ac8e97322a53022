//! How surprising a text is to somebody who knows which character follows which in source code: words and identifiers
//! are not, and what was drawn by chance is.
//!
//! The table was counted in public projects by `scripts/count-pairs`, which names them; the [plan of
//! probes](super::rule::probes) uses it, too.

use super::rule::probes::symbol;

/// A line for each symbol, and one in front of them; a character for each symbol that follows, in quarters of a bit.
const TABLE: &[u8] = include_bytes!("rule/pairs.txt");
/// As many as [`symbol`] tells apart.
const SYMBOLS: usize = 98;
/// A line of the table, with its end.
const LINE: usize = SYMBOLS + 1;
const _: () = assert!(TABLE.len() == (SYMBOLS + 1) * LINE);

/// Mean surprise of each character by the one before it, in bits: about 4 for identifiers, and nearly 9 for base62.
/// Zero for fewer than two bytes.
#[must_use]
pub fn surprise(value: &[u8]) -> f64 {
    let quarters: u32 = value
        .windows(2)
        .map(|pair| u32::from(TABLE[(1 + symbol(pair[0])) * LINE + symbol(pair[1])].saturating_sub(b'!')))
        .sum();
    f64::from(quarters) / 4.0 / value.len().saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_do_not_surprise() {
        for text in ["v1.ServiceTypeClusterIP", "hostIpv6AddressMisplacedColons", "csISO4UnitedKingdom"] {
            assert!(surprise(text.as_bytes()) < 6.1, "{text}");
        }
        // Put together, since it looks like a key.
        assert!(surprise(["zdosAUpXitju", "mmGH2tColgbS", "NTguiRx8Ck0Y"].concat().as_bytes()) > 7.5);
        assert_eq!(surprise(b""), 0.0);
    }
}
