//! Regular expressions over paths, as patterns of files.
//!
//! Where gitleaks takes a regular expression that matches anywhere in a path, keytrail takes what `.gitignore` takes.
//! Those that people write for paths (`\.lock$`, `(^|/)vendor/`, `src/.*_test\.go$`) mean a set of files that patterns
//! can name exactly; for the others there is no translation, and none is made up.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A byte of the path.
    Byte(u8),
    /// One byte of a class that has no `/`, as a pattern writes it.
    One(String),
    /// Any text.
    Any,
    /// Any text without `/`.
    Name,
    Start,
    End,
}

/// At most so many patterns stand for one expression.
const MAX: usize = 64;

/// The patterns that name the files in whose paths an expression matches. The order counts: those that take folders out
/// again come behind what they are about.
///
/// # Errors
/// Why there are none, as a phrase.
pub fn patterns(regex: &str) -> Result<Vec<String>, String> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    let hir = parsed.map_err(|error| {
        let all = error.to_string();
        let last = all.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("it is no regular expression that keytrail reads: {last}")
    })?;
    let mut whole: Vec<String> = Vec::new();
    let mut files_only: Vec<String> = Vec::new();
    for tokens in variants(&hir)? {
        let Some(tokens) = normal(tokens) else { continue };
        let ends_with_name = !matches!(tokens.last(), Some(Token::Any));
        let list = if ends_with_name { &mut files_only } else { &mut whole };
        list.extend(of_tokens(&tokens)?);
    }
    let whole = simplified(whole);
    let mut all = Vec::new();
    for pattern in simplified(files_only) {
        // `.gitignore` reads the backslash before the last `/` as one that hides it.
        if pattern.ends_with('\\') {
            return Err("it ends with a backslash".to_owned());
        }
        // A pattern also names what lies below a folder of such a name; the expression does not.
        let folders = format!("!{pattern}/");
        all.extend([pattern, folders]);
    }
    all.extend(if all.is_empty() { whole } else { with_what_lies_below(whole) });
    if all.is_empty() { Err("no path can match it".to_owned()) } else { Ok(all) }
}

/// The patterns of several expressions together: those that take folders out again before those that name folders.
pub fn together(all: Vec<Vec<String>>) -> Vec<String> {
    let (mut files, mut whole) = (Vec::new(), Vec::new());
    for patterns in all {
        for pattern in &patterns {
            let paired = pattern.starts_with('!') || patterns.contains(&format!("!{pattern}/"));
            let list = if paired { &mut files } else { &mut whole };
            if !list.contains(pattern) {
                list.push(pattern.clone());
            }
        }
    }
    files.extend(if files.is_empty() { whole } else { with_what_lies_below(whole) });
    files
}

/// Patterns that name folders, and what lies below these by itself: a pattern that takes a folder out again says nothing
/// about that.
fn with_what_lies_below(whole: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for pattern in whole {
        let below = match pattern.trim_start_matches('/').contains('/') || pattern.starts_with('/') {
            true => format!("{pattern}/**"),
            false => format!("**/{pattern}/**"),
        };
        let more = (!pattern.ends_with("**") && pattern != "*").then_some(below);
        for pattern in std::iter::once(pattern).chain(more) {
            if !all.contains(&pattern) {
                all.push(pattern);
            }
        }
    }
    all
}

/// The alternatives of an expression, as sequences.
fn variants(hir: &Hir) -> Result<Vec<Vec<Token>>, String> {
    let one = |token| Ok(vec![vec![token]]);
    match hir.kind() {
        HirKind::Empty => Ok(vec![Vec::new()]),
        HirKind::Literal(literal) => Ok(vec![literal.0.iter().map(|&byte| Token::Byte(byte)).collect()]),
        HirKind::Look(Look::Start) => one(Token::Start),
        HirKind::Look(Look::End) => one(Token::End),
        HirKind::Look(_) => Err("patterns of files know no `\\b`".to_owned()),
        HirKind::Capture(capture) => variants(&capture.sub),
        HirKind::Class(class) => one(of_class(class)?),
        HirKind::Alternation(subs) => {
            let mut all = Vec::new();
            for sub in subs {
                all.extend(variants(sub)?);
            }
            bounded(all)
        }
        HirKind::Concat(subs) => {
            let mut all = vec![Vec::new()];
            for sub in subs {
                let next = variants(sub)?;
                all = bounded(
                    all.iter().flat_map(|head| next.iter().map(move |tail| [&head[..], &tail[..]].concat())).collect(),
                )?;
            }
            Ok(all)
        }
        HirKind::Repetition(repetition) => {
            let (min, max) = (repetition.min, repetition.max);
            if (min, max) == (0, Some(1)) {
                let mut all = variants(&repetition.sub)?;
                all.push(Vec::new());
                return bounded(all);
            }
            if max == Some(min) && min <= 16 {
                return variants(&Hir::concat(vec![(*repetition.sub).clone(); min as usize]));
            }
            let (HirKind::Class(class), None, 0 | 1) = (repetition.sub.kind(), max, min) else {
                return Err("patterns of files know no such repetition".to_owned());
            };
            let any = match (holds(class, b'/'), size(class)) {
                (true, 255..) => Token::Any,
                (false, 254..) => Token::Name,
                _ => return Err("patterns of files know no repetition of some characters only".to_owned()),
            };
            Ok(vec![if min == 0 { vec![any] } else { vec![of_class(class)?, any] }])
        }
    }
}

fn bounded(all: Vec<Vec<Token>>) -> Result<Vec<Vec<Token>>, String> {
    if all.len() > MAX { Err(format!("it has more than {MAX} alternatives")) } else { Ok(all) }
}

fn bytes(class: &Class) -> Vec<(u8, u8)> {
    let byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(u8::MAX);
    match class {
        Class::Bytes(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Unicode(class) => class.iter().map(|range| (byte(range.start()), byte(range.end()))).collect(),
    }
}

fn holds(class: &Class, byte: u8) -> bool {
    bytes(class).iter().any(|&(first, last)| (first..=last).contains(&byte))
}

fn size(class: &Class) -> usize {
    bytes(class).iter().map(|&(first, last)| usize::from(last - first) + 1).sum()
}

/// A class, for one byte.
fn of_class(class: &Class) -> Result<Token, String> {
    let ranges = bytes(class);
    // Both ways to write a path: patterns know only this one.
    if size(class) == 2 && holds(class, b'/') && holds(class, b'\\') {
        return Ok(Token::Byte(b'/'));
    }
    // A point that should have had a backslash in front of it, most often. What it fits is no end of a folder's name.
    if size(class) >= 254 {
        return Ok(Token::One("?".to_owned()));
    }
    let mut text = String::from("[");
    for (first, last) in ranges {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b' ' | b'=' | b'+' | b',');
        match (first, last) {
            (b'-', b'-') if text.len() == 1 => text.push('-'),
            _ if first == last && plain(first) => text.push(char::from(first)),
            _ if plain(first) && plain(last) && first.is_ascii_alphanumeric() == last.is_ascii_alphanumeric() => {
                text.extend([char::from(first), '-', char::from(last)]);
            }
            _ => return Err("patterns of files know no such class of characters".to_owned()),
        }
    }
    text.push(']');
    Ok(Token::One(text))
}

/// A sequence without anchors, whose ends are those of the path; nothing for one that fits no path.
fn normal(tokens: Vec<Token>) -> Option<Vec<Token>> {
    let (mut start, mut end) = (false, false);
    let mut all: Vec<Token> = Vec::new();
    for token in tokens {
        match token {
            // Behind something that may be empty, and then is.
            Token::Start if all.iter().all(|token| matches!(token, Token::Any | Token::Name)) => {
                all.clear();
                start = true;
            }
            Token::Start => return None,
            Token::End => end = true,
            Token::Any | Token::Name if end => {}
            _ if end => return None,
            token => all.push(token),
        }
    }
    if !start {
        all.insert(0, Token::Any);
    }
    if !end {
        all.push(Token::Any);
    }
    all.dedup_by(|next, token| {
        let both = matches!((&*token, &*next), (Token::Any, Token::Any | Token::Name) | (Token::Name, Token::Name));
        if matches!((&*token, &*next), (Token::Name, Token::Any)) {
            *token = Token::Any;
            return true;
        }
        both
    });
    Some(all)
}

/// The patterns of a sequence.
fn of_tokens(tokens: &[Token]) -> Result<Vec<String>, String> {
    if tokens == [Token::Any] {
        return Ok(vec!["*".to_owned()]);
    }
    let components: Vec<&[Token]> = tokens.split(|token| *token == Token::Byte(b'/')).collect();
    let last = components.len() - 1;
    let mut all = vec![String::new()];
    for (number, component) in components.into_iter().enumerate() {
        let fragments = of_component(component, number == 0, number == last)?;
        let join = |head: &String| {
            let head = if number == 0 { String::new() } else { format!("{head}/") };
            fragments.iter().map(move |fragment| format!("{head}{fragment}")).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(join).collect();
        if all.len() > MAX {
            return Err(format!("it stands for more than {MAX} patterns"));
        }
    }
    Ok(all.into_iter().map(finished).collect())
}

/// What stands between two `/`, as pieces of patterns, which may have `/` themselves.
fn of_component(tokens: &[Token], first: bool, last: bool) -> Result<Vec<String>, String> {
    match tokens {
        [] if first || last => return Err("no path has a `/` at its end".to_owned()),
        [] => return Err("no path has two `/` in a row".to_owned()),
        // One folder or more; at the end, anything inside.
        [Token::Any] => return Ok(vec![if last { "**".to_owned() } else { "*/**".to_owned() }]),
        _ => {}
    }
    let mut all = vec![String::new()];
    for (place, token) in tokens.iter().enumerate() {
        let (at_start, at_end) = (place == 0, place == tokens.len() - 1);
        let pieces: Vec<String> = match token {
            Token::Any if at_start => vec!["**/*".to_owned()],
            // What a pattern names, it names with all that lies below.
            Token::Any if at_end && last => vec!["*".to_owned()],
            Token::Any if at_end => vec!["*/**".to_owned()],
            Token::Any => vec!["*".to_owned(), "*/**/*".to_owned()],
            Token::Name => vec!["*".to_owned()],
            Token::One(text) => vec![text.clone()],
            Token::Byte(byte @ (b'*' | b'?' | b'[' | b']' | b'{' | b'}' | b'\\')) => {
                vec![format!("\\{}", char::from(*byte))]
            }
            Token::Byte(byte) if byte.is_ascii_graphic() || *byte == b' ' => vec![char::from(*byte).to_string()],
            Token::Byte(_) => return Err("it has characters that are not ASCII".to_owned()),
            Token::Start | Token::End => Vec::new(),
        };
        all = all.iter().flat_map(|head| pieces.iter().map(move |piece| format!("{head}{piece}"))).collect();
        if all.len() > MAX {
            return Err(format!("it stands for more than {MAX} patterns"));
        }
    }
    Ok(all)
}

/// A pattern with what `.gitignore` wants at its ends.
fn finished(pattern: String) -> String {
    let mut pattern = match pattern.strip_prefix("**/") {
        // A name alone is one at any depth.
        Some(name) if !name.contains('/') => name.to_owned(),
        Some(_) => pattern,
        None if pattern.starts_with("*/**") => pattern,
        None => format!("/{pattern}"),
    };
    if pattern.ends_with(' ') {
        pattern.pop();
        pattern.push_str("\\ ");
    }
    if pattern.starts_with(['#', '!']) { format!("\\{pattern}") } else { pattern }
}

/// The same patterns in fewer words: `/x` and `*/**/x` are `**/x`, each once.
fn simplified(all: Vec<String>) -> Vec<String> {
    let mut short: Vec<String> = Vec::new();
    for pattern in &all {
        let anywhere = |rest: &str| match rest.contains('/') {
            true => format!("**/{rest}"),
            false => rest.to_owned(),
        };
        let pattern = match (pattern.strip_prefix('/'), pattern.strip_prefix("*/**/")) {
            (Some(rest), _) if all.contains(&format!("*/**/{rest}")) => anywhere(rest),
            (_, Some(rest)) if all.contains(&format!("/{rest}")) => anywhere(rest),
            _ => pattern.clone(),
        };
        if !short.contains(&pattern) {
            short.push(pattern);
        }
    }
    short
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ignore::gitignore::{Gitignore, GitignoreBuilder};
    use proptest::prelude::*;
    use regex_automata::meta::Regex;

    use super::*;

    fn matcher(patterns: &[String]) -> Gitignore {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern).unwrap();
        }
        builder.build().unwrap()
    }

    fn names(patterns: &[String], path: &str) -> bool {
        matcher(patterns).matched_path_or_any_parents(path, false).is_ignore()
    }

    #[test]
    fn what_people_write_becomes_what_git_users_write() {
        for (regex, wanted) in [
            (r"go\.mod", &["*go.mod*"][..]),
            (r"\.lock$", &["*.lock", "!*.lock/"]),
            (r"(^|/)vendor/", &["**/vendor/**"]),
            (r"^tests?/.*", &["/tests/**", "/test/**"]),
            (r"^docs/", &["/docs/**"]),
            (r"(^|/)package-lock\.json$", &["package-lock.json", "!package-lock.json/"]),
            (r".*_test\.go$", &["*_test.go", "!*_test.go/"]),
            (r"node_modules", &["*node_modules*"]),
            (r".*", &["*"]),
        ] {
            assert_eq!(patterns(regex).unwrap(), wanted, "{regex}");
        }
    }

    #[test]
    fn what_patterns_cannot_say_is_an_error() {
        for regex in [
            r"[a-z]+\.env",
            r"\bkey\b",
            r"a{2,5}/",
            r"(",
            r"^/etc",
            r"é",
            r"\\$",
            r"(aa|bb|cc|dd)(aa|bb|cc|dd)(aa|bb|cc|dd)(aa|bb|cc|dd)",
        ] {
            assert!(patterns(regex).is_err(), "{regex}: {:?}", patterns(regex));
        }
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[ab]{1,2}",
            2 => Just("/".to_owned()),
            1 => Just(".*".to_owned()),
            1 => Just("[^/]*".to_owned()),
            1 => Just("(^|/)".to_owned()),
            1 => Just("(a|b/)".to_owned()),
            1 => Just("b?".to_owned()),
            1 => Just("[ab]".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn patterns_name_the_files_that_the_expression_matches(
            pieces in prop::collection::vec(piece(), 1..5),
            start in any::<bool>(),
            end in any::<bool>(),
            path in "[ab]{1,3}(/[ab]{1,3}){0,3}",
        ) {
            let regex = format!("{}{}{}", if start { "^" } else { "" }, pieces.concat(), if end { "$" } else { "" });
            if let Ok(all) = patterns(&regex) {
                let matches = Regex::new(&regex).unwrap().is_match(&path);
                prop_assert_eq!(names(&all, &path), matches, "{} as {:?} on {}", regex, all, path);
            }
        }
    }
}
