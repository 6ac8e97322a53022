//! Mistakes in rule files as people see them: the place, the line, what is wrong, and what would be right.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use keytrail::Mistake;

use crate::cli::selection::{alternatives, similar};

/// A mistake, drawn over several lines.
pub fn mistake(error: &Mistake) -> String {
    draw(Level::ERROR, error)
}

/// Something that is allowed and may be meant otherwise.
pub fn warning(remark: &Mistake) -> String {
    draw(Level::WARNING, remark)
}

fn draw(level: Level<'_>, error: &Mistake) -> String {
    let (title, help) = explain(&error.message);
    let path = error.path.display().to_string();
    let title = level.primary_title(title);
    let mut group = if error.line == 0 {
        title.element(Origin::path(path))
    } else {
        title.element(
            Snippet::source(error.source_line.as_str())
                .line_start(error.line)
                .path(path)
                .annotation(AnnotationKind::Primary.span(error.span.clone())),
        )
    };
    if let Some(help) = help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
}

/// Splits a message into what is wrong and what would be right, and guesses what was meant.
///
/// Two kinds of message name what is known: the rule reader's "`x` is no verifier; there are a, b" and serde's "unknown
/// field `x`, expected one of `a`, `b`", which is "unknown variant" where the keys of a table are names of one type.
fn explain(message: &str) -> (String, Option<String>) {
    if let Some((wrong, known)) = message.split_once("; there are ") {
        let names: Vec<&str> = known.split(", ").filter(|name| !name.is_empty()).collect();
        return (wrong.to_owned(), Some(advice(quoted(wrong).next(), &names)));
    }
    for (start, title) in [("unknown field ", "unknown key"), ("unknown variant ", "unknown name")] {
        let rest = message.strip_prefix(start).and_then(|rest| rest.split_once(", expected "));
        if let Some((wrong, known)) = rest {
            let help = advice(quoted(wrong).next(), &quoted(known).collect::<Vec<_>>());
            return (format!("{title} {wrong}"), Some(help));
        }
    }
    if let Some((wrong, help)) = message.split_once("; ") {
        return (wrong.to_owned(), Some(help.to_owned()));
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return (format!("missing key {key}"), None);
    }
    (message.to_owned(), None)
}

fn advice(typed: Option<&str>, known: &[&str]) -> String {
    if known.is_empty() {
        return "none are known".to_owned();
    }
    let near = typed.map(|typed| similar(typed, known.iter().copied())).unwrap_or_default();
    let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match near.as_slice() {
        [] => format!("known are {known}"),
        near => format!("did you mean {}? Known are {known}", alternatives(near)),
    }
}

/// The parts of a text that stand in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_split_into_mistake_and_help() {
        let (title, help) = explain("unknown field `sevrity`, expected one of `id`, `title`, `severity`");
        assert_eq!(title, "unknown key `sevrity`");
        assert_eq!(help.as_deref(), Some("did you mean `severity`? Known are `id`, `title`, `severity`"));
        let (title, help) = explain("unknown variant `nme`, expected one of `id`, `name`");
        assert_eq!(title, "unknown name `nme`");
        assert_eq!(help.as_deref(), Some("did you mean `name`? Known are `id`, `name`"));
        let (_, help) = explain("unknown field `matches`, expected `match`");
        assert_eq!(help.as_deref(), Some("did you mean `match`? Known are `match`"));
        let (title, help) = explain("`crc` is no verifier; there are crc32-base62, jwt");
        assert_eq!(title, "`crc` is no verifier");
        assert_eq!(help.as_deref(), Some("did you mean `crc32-base62`? Known are `crc32-base62`, `jwt`"));
        let (_, help) = explain("`qqq` is no detector; there are ");
        assert_eq!(help.as_deref(), Some("none are known"));
        assert_eq!(explain("plain"), ("plain".to_owned(), None));
    }
}
