//! What the path of a file says about the keys in it.

use super::name::words_of;

/// What a path says about the keys in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSays {
    /// Nothing.
    Nothing,
    /// It is a manual, or a wiki with passwords in it.
    Manual,
    /// It is a test, a fixture or an example.
    Test,
}

/// What a path says: keys in tests, fixtures, examples and documentation are mostly made up, so what is found by name and
/// randomness alone counts for less there. Never a reason for silence.
#[must_use]
pub fn path_says(path: &str) -> PathSays {
    const MANUALS: &[&str] = &["doc", "docs", "documentation", "guide", "guides"];
    const FOLDERS: &[&str] = &[
        "test",
        "tests",
        "testing",
        "testdata",
        "fixture",
        "fixtures",
        "spec",
        "specs",
        "mock",
        "mocks",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "e2e",
        "tutorial",
        "tutorials",
        "cypress",
        "snapshots",
        "cassettes",
    ];
    const FILES: &[&str] = &["test", "tests", "spec", "testdata"];
    // Packages that projects begin with: `com/example`, and what stands below the main sources of one.
    const BEGUN: &[&str] = &["example", "examples", "demo", "demos", "sample", "samples"];
    const DOMAINS: &[&str] = &["com", "org", "net", "io", "dev"];
    let (above, file) = path.rsplit_once(['/', '!']).unwrap_or(("", path));
    let folders: Vec<&str> = above.split(['/', '!']).collect();
    let main = folders.windows(2).position(|pair| pair == ["src", "main"]).map_or(folders.len(), |at| at + 2);
    let is_package =
        |at: usize, word: &str| BEGUN.contains(&word) && (at >= main || at > 0 && DOMAINS.contains(&folders[at - 1]));
    // `x_test.go`, `x.spec.ts`, `FooTests.java`, `test_x.py`: the first word or the last one before the extension.
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = words_of(stem.as_bytes());
    let is_test = |word: Option<&String>| word.is_some_and(|word| FILES.contains(&word.as_str()));
    let within = |list: &[&str]| {
        folders.iter().enumerate().any(|(at, folder)| {
            let words = words_of(folder.as_bytes());
            words.iter().any(|word| list.contains(&word.as_str()) && !is_package(at, word))
        })
    };
    let is_test =
        stem.eq_ignore_ascii_case("testdata") || words.len() > 1 && (is_test(words.first()) || is_test(words.last()));
    if is_test || within(FOLDERS) {
        PathSays::Test
    } else if within(MANUALS) && !is_note_of_passwords(file) {
        PathSays::Manual
    } else {
        PathSays::Nothing
    }
}

/// `docs/Zugangsdaten.txt`, `docs/passwords.xlsx`: whether a file is one that somebody keeps passwords in, where manuals
/// of a project stand. Chapters of a manual have other endings.
fn is_note_of_passwords(file: &str) -> bool {
    const WORDS: &[&str] = &[
        "zugang",
        "zugänge",
        "zugaenge",
        "password",
        "passwort",
        "passwör",
        "passwoer",
        "kennwort",
        "kennwör",
        "kennwoer",
        "credential",
        "logins",
        "contrase",
        "accesos",
        "senhas",
        "mots-de-passe",
        "mots_de_passe",
        "парол",
        "haslo",
        "hesla",
    ];
    const ENDINGS: &[&str] = &["txt", "csv", "tsv", "xlsx", "ods", "docx", "odt", "log", "eml"];
    let Some((stem, ending)) = file.rsplit_once('.') else { return false };
    let stem = stem.to_lowercase();
    ENDINGS.contains(&ending.to_lowercase().as_str()) && WORDS.iter().any(|word| stem.contains(word))
}

/// Whether a path is that of a file of translations: what stands there under the names of passwords and secrets is what
/// these are called in some language.
#[must_use]
pub fn is_translation(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "locale",
        "locales",
        "lang",
        "langs",
        "language",
        "languages",
        "i18n",
        "l10n",
        "intl",
        "translation",
        "translations",
        "messages",
        "localization",
        "localisation",
        "nls",
    ];
    const FILES: &[&str] = &["messages", "strings", "localizable", "translation", "translations", "locale", "labels"];
    const FORMS: &[&str] = &[
        "json",
        "json5",
        "yml",
        "yaml",
        "properties",
        "po",
        "pot",
        "ini",
        "php",
        "inc",
        "xml",
        "strings",
        "ts",
        "js",
        "mjs",
        "rb",
        "resx",
        "xlf",
        "xliff",
        "arb",
        "lang",
        "csv",
        "toml",
        "ftl",
    ];
    let (above, file) = path.rsplit_once(['/', '!']).unwrap_or(("", path));
    let Some((stem, form)) = file.rsplit_once('.') else { return false };
    let stem = stem.split(['_', '-', '.']).next().unwrap_or_default().to_ascii_lowercase();
    let is_folder = |folder: &str| {
        let folder = folder.to_ascii_lowercase();
        // `values-pt-rPT`: resources of Android in a language.
        let values = form == "xml" && folder.starts_with("values-");
        FOLDERS.contains(&folder.trim_start_matches('_')) || folder.ends_with(".lproj") || values
    };
    FORMS.contains(&form.to_ascii_lowercase().as_str())
        && (FILES.contains(&stem.as_str()) || above.split(['/', '!']).any(is_folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translations_are_known_by_their_paths() {
        for path in [
            "res/lang/de/user.php",
            "src/locales/ko.json",
            "conf/locale/locale_pt-PT.ini",
            "app/_locales/cs/messages.json",
            "src/main/resources/messages_fr.properties",
            "ios/pl.lproj/Localizable.strings",
            "src/main/res/values-pt-rPT/04-network.xml",
        ] {
            assert!(is_translation(path), "{path}");
        }
        for path in
            ["java/lang/Key.java", "src/locale.rs", "config/prod.yml", "lang/README.md", "locale", "slang/a.json"]
        {
            assert!(!is_translation(path), "{path}");
        }
    }

    #[test]
    fn tests_and_manuals_are_known_by_their_paths() {
        for path in
            ["tests/a.py", "src/x_test.go", "a/FooTests.java", "docs/tests/b.md", "a.zip!/spec/x.rb", "test_x.py"]
        {
            assert_eq!(path_says(path), PathSays::Test, "{path}");
        }
        for path in ["docs/use.md", "a/doc/b.txt", "user-guide/a.md"] {
            assert_eq!(path_says(path), PathSays::Manual, "{path}");
        }
        for path in ["src/contest.py", "latest/x.go", "src/attestation.rs", "config/prod.yml", "README.md"] {
            assert_eq!(path_says(path), PathSays::Nothing, "{path}");
        }
        // Packages that projects begin with.
        for path in ["src/main/java/com/demo/util/Jwt.java", "app/kotlin/com/example/App.kt", "x/src/main/demo/a.yml"] {
            assert_eq!(path_says(path), PathSays::Nothing, "{path}");
        }
        for path in ["example/src/main/java/com/acme/A.java", "src/main/java/com/acme/test/A.java", "src/demo/a.js"] {
            assert_eq!(path_says(path), PathSays::Test, "{path}");
        }
    }
}
