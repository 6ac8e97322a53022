//! Randomness: whether a value looks drawn by chance rather than written by a person.
//!
//! One place for this judgement. A value is compared with what a random value of its own length and alphabet would
//! look like: entropy, changes between letters and digits, and the longest stretch of letters of one case. The expected
//! figures are computed, not tuned, except for the margins, which are stated where they stand.

/// The alphabet a value seems to be drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Only digits.
    Digits,
    /// Digits and letters `a` to `f` in one case, perhaps with marks, as a UUID has them.
    Hex,
    /// Digits and letters of one case.
    OneCase,
    /// Digits and letters of both cases, perhaps with marks.
    Mixed,
    /// Letters only.
    Letters,
}

/// Counts of what a value is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Makeup {
    /// Length in bytes.
    pub len: usize,
    /// Digits.
    pub digits: usize,
    /// Lower-case letters.
    pub lower: usize,
    /// Upper-case letters.
    pub upper: usize,
    /// Letters `g` to `z` of either case.
    pub beyond_hex: usize,
    /// Everything else.
    pub marks: usize,
    /// Neighbours that are both letters or digits.
    pub pairs: usize,
    /// Those of them that are of different classes: one case, the other case, digit.
    pub changes: usize,
    /// Longest stretch of letters of one case.
    pub longest_letters: usize,
    /// Longest stretch of digits.
    pub longest_digits: usize,
}

/// Classes of bytes for [`Makeup::changes`]: lower, upper, digit, mark.
static CLASS: [u8; 256] = {
    let mut table = [3; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        b += 1;
    }
    table
};

impl Makeup {
    /// Counts.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        // Called for every value that may be random, so it is one pass with few branches.
        let mut counts = [0usize; 4];
        let mut longest = [0usize; 4];
        let (mut pairs, mut changes, mut beyond_hex) = (0, 0, 0);
        let (mut previous, mut length) = (3u8, 0usize);
        for &b in value {
            let class = CLASS[b as usize];
            let both = class < 3 && previous < 3;
            pairs += usize::from(both);
            changes += usize::from(both && class != previous);
            beyond_hex += usize::from(class < 2 && b | 0x20 > b'f');
            length = if class == previous { length + 1 } else { 1 };
            counts[class as usize] += 1;
            longest[class as usize] = longest[class as usize].max(length);
            previous = class;
        }
        Makeup {
            len: value.len(),
            lower: counts[0],
            upper: counts[1],
            digits: counts[2],
            marks: counts[3],
            beyond_hex,
            pairs,
            changes,
            longest_letters: longest[0].max(longest[1]),
            longest_digits: longest[2],
        }
    }

    /// The alphabet the value seems to be drawn from.
    #[must_use]
    pub fn alphabet(&self) -> Alphabet {
        match (self.lower, self.upper, self.digits) {
            (0, 0, _) => Alphabet::Digits,
            (_, _, 0) => Alphabet::Letters,
            (0, _, _) | (_, 0, _) if self.beyond_hex == 0 => Alphabet::Hex,
            (0, _, _) | (_, 0, _) => Alphabet::OneCase,
            _ => Alphabet::Mixed,
        }
    }
}

/// Whether a value of 16 bytes or more looks random. Digits alone never do: they are ids, times and amounts.
#[must_use]
pub fn looks_random(value: &[u8]) -> bool {
    let makeup = Makeup::of(value);
    let len = makeup.len as f64;
    // Share of neighbours of different classes in a random value: one less the sum of the squared class shares.
    let (expected_changes, letters_at_most, digits_at_most, symbols) = match makeup.alphabet() {
        Alphabet::Digits => return false,
        // 1 - (10² + 6²) / 16². The longest stretches, here and below, are those that one value in 500 exceeds.
        Alphabet::Hex => (0.47, 12, 19, 16.0),
        // 1 - (10² + 26²) / 36².
        Alphabet::OneCase => (0.40, 19, 9, 36.0),
        // 1 - (10² + 26² + 26²) / 62².
        Alphabet::Mixed => (0.62, 8, 6, 62.0),
        // Both cases, no digit: 1 in 2. Without a digit a long value is needed to tell.
        Alphabet::Letters if makeup.lower > 0 && makeup.upper > 0 && makeup.len >= 24 => (0.50, 9, 0, 52.0),
        Alphabet::Letters => return false,
    };
    // Two fifths of the expected changes: three to five standard deviations below the mean at 32 characters.
    if (makeup.changes as f64) < expected_changes * 0.42 * makeup.pairs as f64 {
        return false;
    }
    if makeup.longest_letters > letters_at_most || makeup.longest_digits > digits_at_most {
        return false;
    }
    // Marks of the alphabets in use make up 2 of 64 characters; more are separators of words.
    if makeup.marks as f64 > 1.0 + len * 0.12 {
        return false;
    }
    // Measured on 4,000 random values of each length and alphabet: one in 100 falls below by more than this.
    let margin = if makeup.len < 24 { 0.78 } else { 0.65 };
    bits_per_character(value) >= expected_entropy(makeup.len, symbols) - margin
}

/// Shannon entropy in bits per character.
#[must_use]
pub fn bits_per_character(value: &[u8]) -> f64 {
    f64::from(entropy::shannon_entropy(value))
}

/// About the entropy that `len` random characters of `symbols` show: the first-order correction of Miller (1955) for
/// short samples, `log2 s - (s - 1) / (2 n ln 2)`, and never more than `log2 n` allows.
#[must_use]
pub fn expected_entropy(len: usize, symbols: f64) -> f64 {
    let n = len as f64;
    let corrected = symbols.log2() - (symbols - 1.0) / (2.0 * n * std::f64::consts::LN_2);
    // For samples shorter than the alphabet the correction overshoots; the bound by the length is then the better one,
    // less what repeated characters cost on average.
    corrected.max(n.log2() - n / (symbols * 2.0) * 1.2).min(n.log2())
}

/// Whether a value could be guessed by trying: less than about 64 bits. Its fingerprint must then be slow to compute.
#[must_use]
pub fn is_guessable(value: &[u8]) -> bool {
    let symbols: f64 = match Makeup::of(value).alphabet() {
        Alphabet::Digits => 10.0,
        Alphabet::Hex => 16.0,
        Alphabet::OneCase => 36.0,
        Alphabet::Mixed => 62.0,
        Alphabet::Letters => 26.0,
    };
    value.len() < 16 || value.len() as f64 * symbols.log2() < 64.0 || !looks_random(value)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn random(alphabet: &[u8], len: usize, rng: &mut rand::rngs::StdRng) -> Vec<u8> {
        (0..len).map(|_| alphabet[rng.random_range(0..alphabet.len())]).collect()
    }

    #[test]
    fn random_values_look_random() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(2);
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (alphabet, lens) in [
            (&b"0123456789abcdef"[..], [32, 40, 64]),
            (&base62[..36], [24, 32, 40]),
            (&base62[..], [20, 32, 40]),
            (&b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[..], [32, 40, 86]),
        ] {
            for len in lens {
                let hits = (0..2000).filter(|_| looks_random(&random(alphabet, len, &mut rng))).count();
                assert!(hits >= 1930, "{hits} of 2000 with {} symbols, length {len}", alphabet.len());
            }
        }
    }

    #[test]
    fn written_values_do_not() {
        for value in [
            "com.example.project.ServiceImpl2",
            "my-very-long-service-name-01",
            "some_function_name_with_v2_suffix",
            "20240101120000000000",
            "/usr/share/doc/package-1.2.3/README.md",
            "createDocumentFragment2D",
            "TestIntegrationServerConnection1",
            "windows-x86_64-msvc-2022-release",
            "application/x-www-form-urlencoded",
            "github.com/owner/repository/v3",
        ] {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }
}
