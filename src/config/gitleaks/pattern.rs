//! Regular expressions of gitleaks' rules, as patterns of keytrail's.
//!
//! gitleaks' expressions describe a key with what stands around it; a pattern of keytrail is the key alone, and the
//! scanner sees to it that nothing continues it. So boundaries at the ends are taken away: `\b`, `^`, `$`, and groups
//! of what may stand there, such as `(?:['"\s;]|$)`. The group that gitleaks takes for the secret gets its name.

use std::ops::Range;

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{self, Ast, Group, GroupKind, Visitor};

/// A pattern that was made of an expression.
#[derive(Debug, PartialEq, Eq)]
pub struct Made {
    /// All of it.
    pub whole: String,
    /// The part that is the secret, by itself, where that is a part.
    pub secret: Option<String>,
    /// What is to be said about it, as phrases.
    pub changes: Vec<String>,
}

/// Makes a pattern. `group` is the number of the group that is the secret; by default it is the first one that is long
/// enough for a secret, or the whole. `acme_(live|test)_…` has none: were it `live`, reports would show the rest.
///
/// # Errors
/// Why there is none, as a phrase.
pub fn carried(regex: &str, group: Option<u32>) -> Result<Made, String> {
    let regex = unquoted(regex);
    let ast = Parser::new().parse(&regex).map_err(|error| {
        let span = error.span().start.offset..error.span().end.offset;
        let part = regex.get(span).unwrap_or_default();
        format!("Rust's regular expressions differ from Go's here: {} (`{part}`)", error.kind())
    })?;
    let Ok(groups) = ast::visit(&ast, Captures(Vec::new()));
    let secret = match group {
        Some(number) => match groups.iter().find(|group| group.number == number) {
            Some(group) => Some(group),
            None => return Err(format!("`secretGroup` is {number}, and it has {} groups", groups.len())),
        },
        None => groups.iter().find(|group| is_long(&regex[group.inner.clone()])),
    };
    let mut changes = Vec::new();
    if group.is_none() && groups.len() > 1 {
        let which = match secret {
            Some(_) => "its first group of eight characters or more is taken for the secret",
            None => "all that it matches is taken for the secret",
        };
        changes.push(format!("{which}, as there are several groups and no `secretGroup`"));
    }
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    trim(&ast, true, &mut edits);
    trim(&ast, false, &mut edits);
    edits.retain(|(gone, _)| secret.is_none_or(|secret| !gone.contains(&secret.open.start)));
    let trimmed = !edits.is_empty();
    if trimmed {
        changes.push(
            "boundaries at the ends of its regular expression are left out; a key is never part of a longer word"
                .to_owned(),
        );
    }
    let flags = leading_flags(&ast, &regex);
    let part = secret.map(|secret| format!("{flags}{}", &regex[secret.inner.clone()]));
    if let Some(secret) = secret {
        edits.push((secret.open.clone(), "(?P<secret>".to_owned()));
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    edits.dedup();
    let mut whole = String::new();
    let mut at = 0;
    for (range, text) in &edits {
        if range.start < at {
            continue;
        }
        whole.push_str(&regex[at..range.start]);
        whole.push_str(text);
        at = range.end;
    }
    whole.push_str(&regex[at..]);
    Ok(Made { whole, secret: part, changes })
}

/// Whether all that an expression matches has eight bytes or more.
fn is_long(regex: &str) -> bool {
    let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    hir.is_ok_and(|hir| hir.properties().minimum_len().is_some_and(|length| length >= 8))
}

/// Go's `\Q…\E`, as the literal that it stands for.
fn unquoted(regex: &str) -> String {
    let mut text = String::new();
    let mut rest = regex;
    while let Some((before, quoted)) = rest.split_once(r"\Q") {
        let (literal, after) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
        text.push_str(before);
        text.push_str(&regex_syntax::escape(literal));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Flags at the start, `(?i)`, which a part of the expression needs as well.
fn leading_flags<'r>(ast: &Ast, regex: &'r str) -> &'r str {
    let first = match ast {
        Ast::Concat(concat) => concat.asts.first(),
        ast => Some(ast),
    };
    match first {
        Some(Ast::Flags(flags)) => regex.get(flags.span.start.offset..flags.span.end.offset).unwrap_or_default(),
        _ => "",
    }
}

/// Takes boundaries away at the start of an expression, or at its end.
fn trim(ast: &Ast, start: bool, edits: &mut Vec<(Range<usize>, String)>) {
    match ast {
        Ast::Alternation(alternation) => alternation.asts.iter().for_each(|ast| trim(ast, start, edits)),
        Ast::Group(group) if is_boundary(group) => edits.push((span(ast), String::new())),
        Ast::Group(group) => trim(&group.ast, start, edits),
        Ast::Assertion(_) => edits.push((span(ast), String::new())),
        Ast::Concat(concat) => {
            let mut asts: Vec<&Ast> = concat.asts.iter().collect();
            if !start {
                asts.reverse();
            }
            for ast in asts {
                match ast {
                    Ast::Flags(_) | Ast::Empty(_) => {}
                    Ast::Assertion(_) => edits.push((span(ast), String::new())),
                    Ast::Group(group) if is_boundary(group) => edits.push((span(ast), String::new())),
                    ast => return trim_inside(ast, start, edits),
                }
            }
        }
        _ => {}
    }
}

/// Groups at the end of an expression have ends themselves.
fn trim_inside(ast: &Ast, start: bool, edits: &mut Vec<(Range<usize>, String)>) {
    if let Ast::Group(_) = ast {
        trim(ast, start, edits);
    }
}

/// Whether a group is what may stand beside a key: single characters, or an end.
fn is_boundary(group: &Group) -> bool {
    let single = |ast: &Ast| {
        matches!(ast, Ast::Literal(_) | Ast::ClassBracketed(_) | Ast::ClassPerl(_) | Ast::ClassUnicode(_) | Ast::Dot(_))
    };
    match &*group.ast {
        Ast::Assertion(_) => true,
        Ast::Alternation(all) => {
            all.asts.iter().any(|ast| matches!(ast, Ast::Assertion(_)))
                && all.asts.iter().all(|ast| matches!(ast, Ast::Assertion(_)) || single(ast))
        }
        _ => false,
    }
}

fn span(ast: &Ast) -> Range<usize> {
    let span = ast.span();
    span.start.offset..span.end.offset
}

/// A group that captures.
struct Capture {
    number: u32,
    /// Its opening, with its name.
    open: Range<usize>,
    inner: Range<usize>,
}

/// Gathers the groups that capture, in the order of their numbers.
struct Captures(Vec<Capture>);

impl Visitor for Captures {
    type Output = Vec<Capture>;
    type Err = std::convert::Infallible;

    fn finish(self) -> Result<Vec<Capture>, Self::Err> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        let Ast::Group(group) = ast else { return Ok(()) };
        let start = group.span.start.offset;
        let (number, open) = match &group.kind {
            GroupKind::CaptureIndex(number) => (*number, start..start + 1),
            // The name ends before its `>`.
            GroupKind::CaptureName { name, .. } => (name.index, start..name.span.end.offset + 1),
            GroupKind::NonCapturing(_) => return Ok(()),
        };
        self.0.push(Capture { number, inner: open.end..group.span.end.offset - 1, open });
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn whole(regex: &str, group: Option<u32>) -> String {
        carried(regex, group).unwrap().whole
    }

    #[test]
    fn boundaries_go_and_the_secret_gets_its_name() {
        for (regex, wanted) in [
            (r"\bacme_[0-9a-f]{40}\b", r"acme_[0-9a-f]{40}"),
            (r"(?i)\b(acme_[a-z0-9]{32})(?:['\x22\s;]|$)", r"(?i)(?P<secret>acme_[a-z0-9]{32})"),
            (r"(?:^|[^0-9a-z])(?P<key>acme_[0-9]{20})", r"(?P<secret>acme_[0-9]{20})"),
            (r"\Qacme.\E[0-9]{20}", r"acme\.[0-9]{20}"),
            (r"^(?:acme|acne)_[0-9]{20}$", r"(?:acme|acne)_[0-9]{20}"),
            (r"\bacme_[0-9]{20}|acne_[0-9]{20}\b", r"acme_[0-9]{20}|acne_[0-9]{20}"),
        ] {
            assert_eq!(whole(regex, None), wanted, "{regex}");
        }
        let two = r"(acme|acne)[=: ]+([0-9a-f]{32})";
        assert_eq!(whole(two, Some(2)), r"(acme|acne)[=: ]+(?P<secret>[0-9a-f]{32})");
        assert_eq!(carried(&format!("(?i){two}"), Some(2)).unwrap().secret.unwrap(), "(?i)[0-9a-f]{32}");
        assert_eq!(whole(two, None), whole(two, Some(2)));
        assert!(carried(two, None).unwrap().changes[0].contains("first group"));
        let kinds = r"acme_(live|test)_[0-9a-f]{32}";
        assert_eq!((whole(kinds, None).as_str(), carried(kinds, None).unwrap().secret), (kinds, None));
    }

    #[test]
    fn what_rust_does_not_read_is_told_with_its_part() {
        for (regex, said) in [(r"acme(?=x)", "look-around"), (r"(a)\1", "backreference"), (r"acme\Cx", "escape")] {
            let error = carried(regex, None).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        assert!(carried("acme", Some(3)).unwrap_err().contains("`secretGroup` is 3"));
    }
}
