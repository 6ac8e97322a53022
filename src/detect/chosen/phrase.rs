//! Phrases and sentences: several words, of which no name, label or message is made.

use super::usual::{COMMON, USUAL};
use super::worded::NAMED;
use crate::detect::placeholder;

/// Words of which programmers make names, labels and messages, and of which sentences are made. A phrase with one of
/// them may be any of these.
pub(super) const NAMING: &str = " \
    a about above access account action add admin after all also and any api app application are area argon array as \
    asset async at auth aws azure back backend backup bad bar base batch bcrypt be been before below between bin \
    blank block body bold bool boolean border both bottom box branch bucket build but button by cache call can \
    cannot card case cell cert certificate change channel char characters check child cipher class clear cleartext \
    click client close cloud cluster code col color column command commit common compare component config \
    configuration confirm confirmation connect connection console container content context control controller \
    convert cookie copy core corner could count create created cred credential credentials creds crypto current \
    custom dark dashboard data database date day decrypt decryption default delete demo deploy deployment dev \
    developer development device dialog did digest digits dir directory disable disabled display do docker document \
    does domain double down drop dummy east edit else email empty enable enabled encrypt encrypted encryption end \
    endpoint engine enter entry env environment error event example execute exist exists expired external fail \
    failed failure fake false field file filter find first fix fixture flag flow folder font footer for forgot \
    forgotten form format found frame from front frontend full function gateway generate get given global go grant \
    grid group handle handler has hash hashed have he header height hello help here hidden hide high hint home hook \
    host how html http icon ident identifier identity if image import in incorrect index info inline inner input \
    insert inside instance int integer integration interface internal into invalid io is issue it item its job json \
    keep key keys kube label last layout left len length letters level lib library light line link list load loading \
    local lock log login logout long loop low mail main make manager manual map margin mark mask masked master match \
    max may md5 me menu message meta method middle migration min mismatch missing mock modal mode model module \
    monitor more msg multi must my name namespace navigation need network new next no node none north not note \
    nothing null nullable number numbers numeric object of off old once one only open operation operator option \
    optional options or order other our out outer outline output over overflow override owner pack package padding \
    page pair panel param parent parse part partial path pattern pending permission phone pid place plain plaintext \
    platform please plugin point policy pool port position post prefix preview previous primary print private \
    process prod product production profile project prompt prop property provider proxy public pull push put query \
    queue random read ready record redirect ref refresh region register registry release remember remote remove \
    render repeat replace repo repository request required reset resource response restart result retry return right \
    role root rotate rotation rounded route router row rule run runner safe salt same save schema scope screen \
    script scroll search second section secured security select selector send sent server service session set \
    setting settings setup sha shared shell short should show side sign signing signup single site size small so \
    some sort source south space spec special stack stage staging start state static status step sticky stop storage \
    store stored string strings strong style sub submit success suffix support switch symbols sync system tab table \
    tag target task team temp template temporary tenant term test tests text than that the their them theme then \
    there thick thin this thread time timeout title to toggle token too tool toolbar top total trigger true two type \
    undefined under unique unit unknown unset up update upgrade upload url us use used user username using valid \
    validate validation validator value var varchar variable vault verify version very view virtual visible wait \
    warning was we weak web webhook were west when where which while who whole widget width will window with within \
    without word work worker wrapper write wrong your zone ";

/// Whether a password is a phrase: four words or more that a mark joins, and of which no name, label or message is made
/// (`violet-hammer-ocean-train`). To be asked where the text says that a password stands, and where no name of a
/// program can stand.
#[must_use]
pub fn is_passphrase(password: &[u8]) -> bool {
    let Some(&mark) = password.iter().find(|b| !b.is_ascii_alphabetic()) else { return false };
    if !(18..=64).contains(&password.len()) || !matches!(mark, b'-' | b'_') {
        return false;
    }
    // A number among the words stands for one of them.
    let is_number = |piece: &&[u8]| piece.len() <= 4 && piece.iter().all(u8::is_ascii_digit);
    let numbers = password.split(|b| *b == mark).filter(is_number).count();
    let written = || password.split(|b| *b == mark).filter(|piece| !is_number(piece));
    let words: Vec<String> = written().map(|word| String::from_utf8_lossy(word).to_ascii_lowercase()).collect();
    // The case of names of types and of constants is another one: `HTTPHeader-…`, `USER_LOGIN`.
    let cased = written().all(|word| (3..=10).contains(&word.len()) && word[1..].iter().all(u8::is_ascii_lowercase));
    let naming = |word: &str| {
        let word = [" ", word, " "].concat();
        let plural = word.strip_suffix("s ").map(|one| [one, " "].concat());
        NAMING.contains(&word) || plural.is_some_and(|one| NAMING.contains(&one))
    };
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    let joined = words.concat();
    cased
        && numbers <= 1
        && different.len() + numbers >= 4
        && words.len() == different.len()
        && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        && !words.iter().any(|word| naming(word) || NAMED.contains(&word.as_str()) || USUAL.contains(&word.as_str()))
        && !COMMON.any_in(joined.as_bytes())
        && placeholder::reason(password).is_none()
}

/// Whether a password is some words with blanks between them, of which no message of a program is made.
#[must_use]
pub fn is_sentence(password: &[u8]) -> bool {
    let words = || password.split(|b| *b == b' ');
    let naming = |word: &&[u8]| {
        let word = String::from_utf8_lossy(word).trim_matches([',', '!', '.']).to_ascii_lowercase();
        NAMING.contains(&format!(" {word} ")) || NAMED.contains(&word.as_str())
    };
    let count = words().count();
    // Letters in groups of as many are none.
    let first = words().next().map_or(0, <[u8]>::len);
    (12..=64).contains(&password.len())
        // A word and a number, or more words.
        && ((3..=10).contains(&count)
            || count == 2 && words().any(|word| word.len() >= 2 && word.iter().all(u8::is_ascii_digit)))
        && words().all(|word| {
            !word.is_empty() && word.len() <= 14 && word.iter().all(|b| b.is_ascii_alphanumeric() || b",!'".contains(b))
        })
        && words().any(|word| word.len() != first)
        && words().filter(naming).count() * 3 <= count
        && !COMMON.any_in(password)
        && placeholder::reason(password).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_told_from_names_and_messages() {
        for words in [["violet", "hammer", "ocean", "train"], ["Copper", "Kettle", "Morning", "Fog"]] {
            assert!(
                is_passphrase(words.join("-").as_bytes()) && is_passphrase(words.join("_").as_bytes()),
                "{words:?}"
            );
            assert!(!is_passphrase(words.concat().as_bytes()) && !is_passphrase(words[..3].join("-").as_bytes()));
        }
        for value in [
            "correct-horse-battery-staple",
            "login-form-password-input",
            "the-cat-is-green",
            "KETTLE-COPPER-FOG-MORNING",
            "copper-kettle_morning-fog",
            "copper-copper-copper-copper",
            "wrong-user-or-password",
            "copper-kettle-morning-buttons",
        ] {
            assert!(!is_passphrase(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn sentences_that_people_choose_are_told_from_messages() {
        for words in [&["vier", "kleine", "Enten", "schwimmen"][..], &["popkorn", "i", "cola"]] {
            assert!(is_sentence(words.join(" ").as_bytes()), "{words:?}");
        }
        for value in ["Enter the user and password", "must not be empty", "two words", "the value is not set"] {
            assert!(!is_sentence(value.as_bytes()), "{value}");
        }
    }
}
