//! PDF: the text of its pages, as far as it says which characters its glyphs are.
//!
//! A page moves a pen about and shows glyphs. What is shown in one line is put together; where the pen moves to another
//! line, the text has a line end.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Document, Encoding, LoadOptions, Object, ObjectId};

use super::{MAX_EXPANSION, Part, Parts, Problem};

/// What one stream may come to, in bytes.
const MAX_STREAM: usize = 16 << 20;

/// How far the pen moves back between the glyphs of one word at most, in thousandths of the size of the font; beyond it
/// there is a blank.
const BLANK: f32 = -180.0;

pub(super) fn parts(bytes: &[u8]) -> Parts {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => return failed(Problem::Encrypted),
        Err(error) => return failed(Problem::Damaged(error.to_string())),
    };
    if document.is_encrypted() {
        return failed(Problem::Encrypted);
    }
    let mut parts = Parts::default();
    let mut taken = 0;
    for (number, page) in document.page_iter().enumerate() {
        let mut text = String::new();
        if let Err(error) = page_text(&document, page, &mut text) {
            parts.problem = Some(Problem::Damaged(format!("page {}: {error}", number + 1)));
        }
        taken += text.len();
        if taken > MAX_EXPANSION {
            parts.problem = Some(Problem::TooLarge);
            break;
        }
        if !text.is_empty() {
            parts.parts.push(Part { name: format!("page {}", number + 1), bytes: text.into_bytes() });
        }
    }
    parts
}

fn failed(problem: Problem) -> Parts {
    Parts { parts: Vec::new(), problem: Some(problem) }
}

fn page_text(document: &Document, page: ObjectId, text: &mut String) -> lopdf::Result<()> {
    let fonts = document.get_page_fonts(page)?;
    let encodings: BTreeMap<&[u8], Encoding<'_>> = fonts
        .iter()
        .filter_map(|(name, font)| Some((&name[..], font.get_font_encoding_with_limit(document, MAX_STREAM).ok()?)))
        .collect();
    let content = Content::decode(&document.get_page_content_with_limit(page, MAX_STREAM)?)?;
    let mut font = None;
    let mut height = None;
    for operation in &content.operations {
        let number = |index: usize| operation.operands.get(index).and_then(|operand| operand.as_float().ok());
        match operation.operator.as_str() {
            "Tf" => {
                font = operation.operands.first().and_then(|name| encodings.get(name.as_name().ok()?));
            }
            "Td" | "TD" if number(1) != Some(0.0) => end_line(text),
            "Tm" => {
                if height != number(5) {
                    end_line(text);
                }
                height = number(5);
            }
            "T*" | "ET" => end_line(text),
            "Tj" | "TJ" => operation.operands.iter().for_each(|shown| show(shown, font, text)),
            "'" | "\"" => {
                end_line(text);
                operation.operands.iter().for_each(|shown| show(shown, font, text));
            }
            _ => {}
        }
    }
    Ok(())
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn show(shown: &Object, font: Option<&Encoding<'_>>, text: &mut String) {
    match shown {
        Object::String(glyphs, _) => {
            if let Some(decoded) = font.and_then(|font| Document::decode_text(font, glyphs).ok()) {
                text.push_str(&decoded);
            }
        }
        Object::Array(pieces) => {
            for piece in pieces {
                match piece.as_float() {
                    Ok(back) if back < BLANK => text.push(' '),
                    Ok(_) => {}
                    Err(_) if matches!(piece, Object::String(..)) => show(piece, font, text),
                    Err(_) => {}
                }
            }
        }
        _ => {}
    }
}
