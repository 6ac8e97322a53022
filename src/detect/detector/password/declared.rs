//! Values in the declarations of variables: of Terraform, CloudFormation, Azure and Kubernetes.

use super::forward::{Forward, literal_len};
use super::{GAP, LENS, Value};
use crate::detect::context::REACH_BEFORE;

/// The value of an environment variable as Kubernetes has it, whose name begins at `name` and is closed at `at`:
/// `- name: DB_PASSWORD⏎  value: …`.
pub(super) fn variable_of_container(text: &[u8], name: usize, at: usize) -> Option<Value> {
    let front = text[..name].strip_suffix(b"\"").unwrap_or(&text[..name]);
    if !front.ends_with(b"- name: ") {
        return None;
    }
    let mut on = Forward { text, at };
    on.skip(1, |b| b == b'\r');
    let below = on.take(b"\n") && on.blanks() > 0 && on.take(b"value: ");
    let rest = &text[on.at..(on.at + LENS.end() + 2).min(text.len())];
    match on.peek().filter(|_| below)? {
        quote @ (b'"' | b'\'') => {
            let end = on.at + 1 + literal_len(&rest[1..], quote, false)?;
            Some(Value { span: on.at + 1..end, quoted: true, closed: false, spaced: false })
        }
        _ => {
            let len = rest.iter().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
            Some(Value { span: on.at..on.at + len, quoted: false, closed: true, spaced: false })
        }
    }
}

/// The default value of a variable of Terraform, whose block opens at `open`, or the value of a parameter of Azure:
/// `"adminPassword": { "value": "…" }`.
pub(super) fn default_of(text: &[u8], open: usize) -> Option<Value> {
    let block = &text[open..(open + REACH_BEFORE / 2).min(text.len())];
    let block = &block[..memchr::memchr(b'}', block).unwrap_or(block.len())];
    let first = block.iter().position(|b| !b.is_ascii_whitespace() && *b != b'{').unwrap_or(0);
    let at = match block[first..].strip_prefix(b"\"value\"") {
        Some(_) => first + 6,
        None => memchr::memmem::find(block, b"efault")? + 6,
    };
    let at = at + usize::from(block[at..].starts_with(b"\""));
    let blanks = block[at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'=' | b':')).count();
    let start = at + blanks;
    let value = block[start..].strip_prefix(b"\"")?;
    let len = value.iter().position(|&b| matches!(b, b'"' | b'\\' | b'\n'))?;
    let span = open + start + 1..open + start + 1 + len;
    (text[span.end] == b'"').then_some(Value { span, quoted: true, closed: false, spaced: false })
}

/// The default value in the lines below a name of YAML that are indented more: `Password:⏎  Default: …`. The name begins
/// at `name`, and its colon ends at `colon`.
pub(super) fn default_below(text: &[u8], name: usize, colon: usize) -> Option<Value> {
    let line = memchr::memrchr(b'\n', &text[name.saturating_sub(GAP)..name])
        .map_or(name, |i| name.saturating_sub(GAP) + i + 1);
    let indent = name - line;
    let block = &text[colon..(colon + REACH_BEFORE / 2).min(text.len())];
    let mut at = memchr::memchr(b'\n', block)? + 1;
    for _ in 0..6 {
        let len = memchr::memchr(b'\n', &block[at..]).unwrap_or(block.len() - at);
        let row = &block[at..at + len];
        let blanks = row.iter().take_while(|&&b| b == b' ').count();
        let written = row[blanks..].trim_ascii_end();
        if blanks <= indent {
            return None;
        }
        if let Some(value) = written.strip_prefix(b"Default: ").or_else(|| written.strip_prefix(b"default: ")) {
            let start = colon + at + blanks + 9;
            let quote =
                value.first().filter(|b| matches!(b, b'"' | b'\'') && value.len() > 2 && value.last() == Some(b));
            let cut = usize::from(quote.is_some());
            let span = start + cut..start + value.len() - cut;
            return Some(Value { span, quoted: quote.is_some(), closed: true, spaced: false });
        }
        at += len + 1;
        if at >= block.len() {
            return None;
        }
    }
    None
}
