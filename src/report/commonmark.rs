//! Text from a scanned tree inside Markdown (CommonMark, and GitHub's tables): it must not become markup.

use super::visible;

/// Text with everything escaped that Markdown or HTML would interpret.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible::line(text).chars() {
        if "\\`*_[]<>&~|!#".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A code span, fenced by more backticks than the text has in a row (CommonMark, section 6.1).
pub fn code(text: &str) -> String {
    let text = visible::line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code in a cell of a table. A bar ends the cell even inside a code span, and how to escape it there depends on the
/// backslashes before it (GitHub Flavored Markdown, section 4.10); so text with bars is HTML, where every mark is a
/// character reference, which is never markup (CommonMark, section 2.5).
pub fn code_cell(text: &str) -> String {
    if !text.contains('|') {
        return code(text);
    }
    let mut escaped = String::from("<code>");
    for c in visible::line(text).chars() {
        if c.is_ascii_punctuation() {
            escaped.push_str(&format!("&#{};", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped + "</code>"
}
