//! Randomness: whether a value looks drawn by chance rather than written by a person.
//!
//! One place for this judgement. A value is compared with what a random value of its own length and alphabet would
//! look like: entropy, changes between letters and digits, the longest stretch of letters of one case, and how much its
//! characters surprise somebody who knows source code (`bigrams`). The expected figures are computed, not tuned, except
//! for the margins, which are stated where they stand.

use std::sync::LazyLock;

use super::{bigrams, runs};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// The longest row of set bits, over masks that continue each other.
#[derive(Default)]
struct Longest {
    longest: usize,
    /// Set bits in a row at the end of the masks so far.
    open: usize,
}

impl Longest {
    fn add(&mut self, bits: u64) {
        if bits == u64::MAX {
            self.open += 64;
        } else {
            self.longest = self.longest.max(self.open + bits.trailing_ones() as usize);
            // Each round takes one bit off every row.
            let (mut rest, mut rounds) = (bits, 0);
            while rest != 0 {
                rest &= rest >> 1;
                rounds += 1;
            }
            self.longest = self.longest.max(rounds);
            self.open = bits.leading_ones() as usize;
        }
    }

    fn get(&self) -> usize {
        self.longest.max(self.open)
    }
}

/// Neighbours that are both set, over masks that continue each other.
#[derive(Default)]
struct Pairs {
    count: usize,
    last: u64,
}

impl Pairs {
    fn add(&mut self, bits: u64) {
        self.count += (bits & (bits << 1 | self.last)).count_ones() as usize;
        self.last = bits >> 63;
    }
}

impl Makeup {
    /// Counts.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        // Called for every value that may be random, so it goes by masks of 64 bytes.
        let mut makeup = Makeup { len: value.len(), ..Makeup::default() };
        let (mut lower, mut upper, mut digits) = (Longest::default(), Longest::default(), Longest::default());
        let (mut pairs, mut alike) = (Pairs::default(), [Pairs::default(), Pairs::default(), Pairs::default()]);
        runs::for_each_block(value, |classes| {
            makeup.lower += classes.lower.count_ones() as usize;
            makeup.upper += classes.upper.count_ones() as usize;
            makeup.digits += classes.digits.count_ones() as usize;
            makeup.beyond_hex += classes.beyond_hex.count_ones() as usize;
            lower.add(classes.lower);
            upper.add(classes.upper);
            digits.add(classes.digits);
            pairs.add(classes.lower | classes.upper | classes.digits);
            for (pairs, bits) in alike.iter_mut().zip([classes.lower, classes.upper, classes.digits]) {
                pairs.add(bits);
            }
        });
        makeup.marks = makeup.len - makeup.lower - makeup.upper - makeup.digits;
        makeup.pairs = pairs.count;
        makeup.changes = pairs.count - alike.iter().map(|pairs| pairs.count).sum::<usize>();
        makeup.longest_letters = lower.get().max(upper.get());
        makeup.longest_digits = digits.get();
        makeup
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

/// Why a value does not look random.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NotRandom {
    /// Ids, times and amounts.
    #[error("it has nothing but digits")]
    Digits,
    /// Words.
    #[error("it has nothing but letters")]
    Letters,
    /// Words and numbers behind each other.
    #[error("letters and digits change {0} times, where a random value has {1:.0} changes")]
    Changes(usize, f64),
    /// A word or a number in it.
    #[error("it has {0} letters or digits of one kind in a row")]
    Row(usize),
    /// Words with something in between.
    #[error("{0} of its characters separate others")]
    Marks(usize),
    /// Words, whatever their case and the digits in them.
    #[error("its characters follow each other as in words: {0:.1} bits of surprise each, below {1:.1}")]
    Words(f64, f64),
    /// The same characters again and again.
    #[error("its entropy is {0:.2} bits per character, below {1:.2}")]
    Entropy(f64, f64),
}

/// Whether a value of 16 bytes or more looks random. Digits alone never do: they are ids, times and amounts.
#[must_use]
pub fn looks_random(value: &[u8]) -> bool {
    randomness(value).is_ok()
}

/// Whether a value of 16 bytes or more is of letters alone, in both cases, and looks random. Most are names, which one look
/// tells: they have fewer capitals.
#[must_use]
pub fn are_random_letters(value: &[u8]) -> bool {
    let (mut lower, mut upper) = (0, 0);
    runs::for_each_block(value, |classes| {
        lower += classes.lower.count_ones() as usize;
        upper += classes.upper.count_ones() as usize;
    });
    lower + upper == value.len() && (value.len() / 4..=value.len() * 3 / 4).contains(&upper) && looks_random(value)
}

/// [`looks_random`], with the reason.
///
/// # Errors
/// When the value does not look random.
#[inline]
pub fn randomness(value: &[u8]) -> Result<(), NotRandom> {
    let makeup = Makeup::of(value);
    let len = makeup.len as f64;
    // With each doubling of the length, the longest stretch that is to be expected grows by `ln 2 / -ln p`, where `p` is
    // the share of its class.
    let doublings = (log2(makeup.len) - 5.0).max(0.0);
    let grown = |at_32: f64, share: f64| (at_32 - doublings * 2f64.ln() / share.ln()) as usize;
    // Share of neighbours of different classes in a random value: one less the sum of the squared class shares. The
    // longest stretches are those that one value of 32 characters in 200 to 500 exceeds.
    let (expected_changes, letters_at_most, digits_at_most, symbols) = match makeup.alphabet() {
        Alphabet::Digits => return Err(NotRandom::Digits),
        // 1 - (10² + 6²) / 16².
        Alphabet::Hex => (0.47, grown(12.0, 0.375), grown(19.0, 0.625), 16.0),
        // 1 - (6² + 26²) / 32².
        Alphabet::OneCase if is_base32(value, &makeup) => (0.305, grown(32.0, 0.8125), grown(6.0, 0.1875), 32.0),
        // 1 - (10² + 26²) / 36².
        Alphabet::OneCase => (0.40, grown(20.0, 0.722), grown(9.0, 0.278), 36.0),
        // 1 - (10² + 26² + 26²) / 62².
        Alphabet::Mixed => (0.62, grown(9.0, 0.419), grown(6.0, 0.161), 62.0),
        // Both cases, no digit: 1 in 2.
        Alphabet::Letters if makeup.lower > 0 && makeup.upper > 0 => (0.50, grown(9.0, 0.5), 0, 52.0),
        Alphabet::Letters => return Err(NotRandom::Letters),
    };
    let expected = expected_changes * makeup.pairs as f64;
    // Two fifths of the expected changes: three to five standard deviations below the mean at 32 characters. Half of that
    // will do where no words can be, or what surprises more than words do.
    let few = (makeup.changes as f64) < expected * if makeup.alphabet() == Alphabet::Hex { 0.21 } else { 0.42 };
    if few && ((makeup.changes as f64) < expected * 0.21 || !surprises(value, &makeup)) {
        return Err(NotRandom::Changes(makeup.changes, expected));
    }
    // A few more will do in what surprises more than any word and number.
    let more =
        if makeup.longest_letters.saturating_sub(3) <= letters_at_most && surprises(value, &makeup) { 3 } else { 0 };
    if makeup.longest_letters > letters_at_most + more || makeup.longest_digits > digits_at_most + more {
        // `HEX.BASE62`: what is no long stretch among hexadecimal digits is one among all letters and digits.
        if memchr::memchr(b'.', value).is_some()
            && value.split(|b| *b == b'.').all(|part| part.len() >= 16 && randomness(part).is_ok())
        {
            return Ok(());
        }
        return Err(NotRandom::Row(makeup.longest_letters.max(makeup.longest_digits)));
    }
    // Marks of the alphabets in use make up 2 of 64 characters, besides padding; more are separators of words.
    let padding = value.iter().rev().take(2).take_while(|&&b| b == b'=').count();
    if (makeup.marks - padding) as f64 > 1.5 + len * 0.12 {
        return Err(NotRandom::Marks(makeup.marks));
    }
    // Measured on 4,000 random values of each length and alphabet: one in 100 falls below by more than this.
    let margin = if makeup.len < 24 { 0.78 } else { 0.65 };
    let (bits, least) = (bits_per_character(value), expected_entropy(makeup.len, symbols) - margin);
    if bits < least {
        return Err(NotRandom::Entropy(bits, least));
    }
    if let Some((mean, scatter)) = expected_surprise(&makeup) {
        let bits = bigrams::surprise(value);
        // Names of letters alone, in both cases, have to be told by this alone.
        let least = if makeup.digits == 0 && makeup.len < 24 { (mean - scatter).max(7.0) } else { mean - scatter };
        if bits < least {
            return Err(NotRandom::Words(bits, least));
        }
    }
    Ok(())
}

/// Whether the characters of a value without marks surprise more than halfway between what nearly all random values do and
/// the mean of these.
fn surprises(value: &[u8], makeup: &Makeup) -> bool {
    makeup.marks == 0
        && matches!(makeup.alphabet(), Alphabet::OneCase | Alphabet::Mixed)
        && expected_surprise(makeup).is_some_and(|(mean, scatter)| bigrams::surprise(value) >= mean - scatter / 2.0)
}

/// Whether a value may be base32 of RFC 4648, as the seeds of one-time passwords are: capitals, and digits of which none is
/// 0, 1, 8 or 9.
fn is_base32(value: &[u8], makeup: &Makeup) -> bool {
    makeup.lower == 0 && makeup.len >= 24 && !value.iter().any(|b| matches!(b, b'0' | b'1' | b'8' | b'9'))
}

/// Whether a value looks random behind words that tell what it is: `acme_live_…`, `api-…`, `ttn-account-v2.…`. To be asked
/// of what does not as a whole.
#[must_use]
pub fn has_random_tail(value: &[u8]) -> bool {
    /// Longest such prefix in bytes, and the shortest tail that is told from the id of something.
    const PREFIX: usize = 24;
    const TAIL: usize = 20;
    /// Shortest piece without a mark that it begins with: the names of pods and of releases have shorter ones.
    const PIECE: usize = 16;
    // Hardly a value is as long and has such a mark, which is what has to be known first.
    let Some(last) = value.len().checked_sub(TAIL) else { return false };
    let tails = memchr::memchr3_iter(b'_', b'-', b'.', &value[..PREFIX.min(last)]).filter(|i| *i > 0).map(|i| i + 1);
    let begins = |at: &usize| memchr::memchr3(b'_', b'-', b'.', &value[*at..at + PIECE]).is_none();
    tails.filter(begins).rev().take(3).any(|at| looks_random(&value[at..]))
}

/// Bits of surprise that random values of such a makeup have in the mean, and what 999 of 1,000 have less at most: what
/// the root of the length leaves of the scatter. Measured on 4,000 random values of each alphabet and of 16 to 64
/// characters; none for hexadecimal digits, of which no words are made.
fn expected_surprise(makeup: &Makeup) -> Option<(f64, f64)> {
    let (mean, scatter) = match makeup.alphabet() {
        Alphabet::Mixed | Alphabet::Letters => (8.87, 8.5),
        Alphabet::OneCase if makeup.upper > 0 => (8.0, 8.0),
        Alphabet::OneCase => (8.42, 10.5),
        Alphabet::Hex | Alphabet::Digits => return None,
    };
    Some((mean, scatter / (makeup.len.saturating_sub(1).max(1) as f64).sqrt()))
}

/// Shannon entropy in bits per character.
#[must_use]
pub fn bits_per_character(value: &[u8]) -> f64 {
    // log2 n - Σ c log2 c / n, over the counts c of each byte. The sum grows with each byte by what its count adds.
    let mut counts = [0u32; 256];
    let mut sum = 0.0;
    for &b in value {
        let count = &mut counts[usize::from(b)];
        sum += STEPS.get(*count as usize).copied().unwrap_or_else(|| step(f64::from(*count)));
        *count += 1;
    }
    log2(value.len().max(1)) - sum / value.len().max(1) as f64
}

/// The logarithm of a length, for the lengths that nearly all values have from a table.
fn log2(len: usize) -> f64 {
    static LOGARITHMS: LazyLock<[f64; 256]> = LazyLock::new(|| std::array::from_fn(|len| (len as f64).log2()));
    LOGARITHMS.get(len).copied().unwrap_or_else(|| (len as f64).log2())
}

/// What the next occurrence adds to c log2 c, for the counts that nearly all values have.
static STEPS: LazyLock<[f64; 64]> = LazyLock::new(|| std::array::from_fn(|count| step(count as f64)));

fn step(count: f64) -> f64 {
    let term = |count: f64| if count > 0.0 { count * count.log2() } else { 0.0 };
    term(count + 1.0) - term(count)
}

/// About the entropy that `len` random characters of `symbols` show: the first-order correction of Miller (1955) for
/// short samples, `log2 s - (s - 1) / (2 n ln 2)`, and never more than `log2 n` allows.
#[must_use]
pub fn expected_entropy(len: usize, symbols: f64) -> f64 {
    let (n, most) = (len as f64, log2(len));
    let corrected = log2(symbols as usize) - (symbols - 1.0) / (2.0 * n * std::f64::consts::LN_2);
    // For samples shorter than the alphabet the correction overshoots; the bound by the length is then the better one,
    // less what repeated characters cost on average.
    corrected.max(most - n / (symbols * 2.0) * 1.2).min(most)
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
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The definition of [`Makeup`], written as plainly as can be.
    fn by_definition(value: &[u8]) -> Makeup {
        let count = |class: fn(&u8) -> bool| value.iter().filter(|b| class(b)).count();
        let class = |b: u8| [b.is_ascii_lowercase(), b.is_ascii_uppercase(), b.is_ascii_digit()];
        let longest = |class: fn(&u8) -> bool| value.split(|b| !class(b)).map(<[u8]>::len).max().unwrap_or(0);
        let both = |pair: &&[u8]| pair.iter().all(u8::is_ascii_alphanumeric);
        Makeup {
            len: value.len(),
            digits: count(u8::is_ascii_digit),
            lower: count(u8::is_ascii_lowercase),
            upper: count(u8::is_ascii_uppercase),
            beyond_hex: count(|b| b.is_ascii_alphabetic() && !b.is_ascii_hexdigit()),
            marks: count(|b| !b.is_ascii_alphanumeric()),
            pairs: value.windows(2).filter(both).count(),
            changes: value.windows(2).filter(both).filter(|pair| class(pair[0]) != class(pair[1])).count(),
            longest_letters: longest(u8::is_ascii_lowercase).max(longest(u8::is_ascii_uppercase)),
            longest_digits: longest(u8::is_ascii_digit),
        }
    }

    proptest! {
        #[test]
        fn entropy_is_that_of_the_shares(value in proptest::collection::vec(0..12u8, 1..400)) {
            let share = |b: u8| value.iter().filter(|&&other| other == b).count() as f64 / value.len() as f64;
            let expected: f64 = (0..12).map(share).filter(|&p| p > 0.0).map(|p| -p * p.log2()).sum();
            prop_assert!((bits_per_character(&value) - expected).abs() < 1e-9);
        }

        #[test]
        fn masks_count_what_the_definition_does(
            pieces in proptest::collection::vec(("[a-z]{0,90}", "[A-Z]{0,70}", "[0-9]{0,70}", "[a-hG-Z0-9_/é]{0,40}"), 0..4)
        ) {
            let value: String = pieces.into_iter().flat_map(|(a, b, c, d)| [a, b, c, d]).collect();
            prop_assert_eq!(Makeup::of(value.as_bytes()), by_definition(value.as_bytes()));
        }
    }

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
    fn long_values_and_base32_look_random_as_often() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(3);
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (alphabet, len) in [(&b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[..], 32), (base62, 128), (&base62[..36], 128)] {
            let hits = (0..2000).filter(|_| looks_random(&random(alphabet, len, &mut rng))).count();
            assert!(hits >= 1940, "{hits} of 2000 with {} symbols, length {len}", alphabet.len());
        }
    }

    #[test]
    fn short_values_and_letters_alone_look_random_as_often() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(5);
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (alphabet, len) in
            [(&base62[..36], 20), (&b"0123456789abcdef"[..], 20), (&base62[10..], 20), (&base62[10..], 32)]
        {
            let hits = (0..2000).filter(|_| looks_random(&random(alphabet, len, &mut rng))).count();
            assert!(hits >= 1940, "{hits} of 2000 with {} symbols, length {len}", alphabet.len());
        }
        for value in
            ["getUserNameFromSession", "XMLHttpRequestUpload", "NSFetchedResultsController", "kCFStreamPropertySSL"]
        {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn words_in_front_of_a_random_value_are_told() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(4);
        for prefix in ["acme_production_", "api-", "acme-account-v2."] {
            let value = [prefix.as_bytes(), &random(b"0123456789abcdef", 32, &mut rng)].concat();
            assert!(has_random_tail(&value), "{}", String::from_utf8_lossy(&value));
        }
        for value in [
            "my-very-long-service-name-01",
            "shop-secret-sync-5f6b7c8d9-q8w7e",
            "spring-boot-starter-web-services-2.7",
            "a-0123456789abcdef",
        ] {
            assert!(!has_random_tail(value.as_bytes()), "{value}");
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
            "v1.ServiceTypeClusterIP",
            "hostIpv6AddressMisplacedColons",
            "spdy3IsRemovedFromProtocols",
            "s3SessionTokenArg",
        ] {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }
}
