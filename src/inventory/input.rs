//! The text of an export, whatever it is encoded in, as a stream of UTF-8 with line feeds.
//!
//! Spreadsheets save UTF-16 and Windows-1252, tools add byte order marks, and `curl -i` puts headers on top. All that
//! ends here; nothing behind this module sees anything but text. Memory does not grow with the file.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::detect::decode::encoding::{TextKind, classify};

/// Why a file is no text.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Reading failed.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A packed file: what unpacks it.
    #[error("it is {what}; {help}")]
    Packed {
        /// What it is.
        what: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// Something else that is no text.
    #[error("it is binary data, no text")]
    Binary,
}

/// How much is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// A decoded text.
pub struct Text<R> {
    reader: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// Decoded, with line feeds for all line ends; `pos` is the first byte that nobody has taken.
    decoded: Vec<u8>,
    pos: usize,
    ended: bool,
    after_return: bool,
    /// Whether bytes were no characters and became U+FFFD.
    lossy: bool,
    encoding: &'static str,
}

impl<R: Read> Text<R> {
    /// Tells the encoding by the first bytes.
    ///
    /// # Errors
    /// When reading fails, and for what is no text.
    pub fn new(mut reader: R) -> Result<Self, InputError> {
        let mut head = vec![0; CHUNK];
        let len = fill(&mut reader, &mut head)?;
        head.truncate(len);
        let (decoder, encoding) = match classify(&head) {
            TextKind::Utf8 => (UTF_8.new_decoder_with_bom_removal(), "UTF-8"),
            TextKind::Utf16Le => (UTF_16LE.new_decoder_with_bom_removal(), "UTF-16"),
            TextKind::Utf16Be => (UTF_16BE.new_decoder_with_bom_removal(), "UTF-16"),
            TextKind::Legacy => match packed(&head) {
                Some(error) => return Err(error),
                None => (WINDOWS_1252.new_decoder_without_bom_handling(), "Windows-1252"),
            },
            TextKind::Utf32Le | TextKind::Utf32Be | TextKind::Binary => {
                return Err(packed(&head).unwrap_or(InputError::Binary));
            }
        };
        let mut text = Text {
            reader,
            decoder,
            raw: head,
            decoded: Vec::with_capacity(2 * CHUNK),
            pos: 0,
            ended: false,
            after_return: false,
            lossy: false,
            encoding,
        };
        text.decode(len == 0);
        Ok(text)
    }

    /// What the text is encoded in, as users call it.
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Whether something could not be decoded so far.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// The next bytes without taking them: `len` of them, or fewer where the text ends.
    ///
    /// # Errors
    /// When reading fails.
    pub fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        while self.decoded.len() - self.pos < len && !self.ended {
            self.more()?;
        }
        let end = (self.pos + len).min(self.decoded.len());
        Ok(&self.decoded[self.pos..end])
    }

    fn more(&mut self) -> io::Result<()> {
        self.raw.resize(CHUNK, 0);
        let len = fill(&mut self.reader, &mut self.raw)?;
        self.raw.truncate(len);
        self.decode(len < CHUNK);
        Ok(())
    }

    /// Decodes what was read; `last` when nothing follows.
    fn decode(&mut self, last: bool) {
        if self.pos > 0 {
            self.decoded.drain(..self.pos);
            self.pos = 0;
        }
        let start = self.decoded.len();
        let mut read = 0;
        loop {
            let room = self.decoder.max_utf8_buffer_length(self.raw.len() - read).unwrap_or(4 * CHUNK).max(16);
            let filled = self.decoded.len();
            self.decoded.resize(filled + room, 0);
            let (result, taken, written, replaced) =
                self.decoder.decode_to_utf8(&self.raw[read..], &mut self.decoded[filled..], last);
            self.decoded.truncate(filled + written);
            self.lossy |= replaced;
            read += taken;
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.ended = last;
        self.unify_line_ends(start);
    }

    /// `\r\n` and `\r` become `\n`, also where a chunk ends between the two.
    fn unify_line_ends(&mut self, start: usize) {
        if !self.after_return && memchr::memchr(b'\r', &self.decoded[start..]).is_none() {
            return;
        }
        let mut kept = start;
        for at in start..self.decoded.len() {
            let byte = self.decoded[at];
            let pair = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !pair {
                self.decoded[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        self.decoded.truncate(kept);
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.pos == self.decoded.len() && !self.ended {
            self.more()?;
        }
        let len = buffer.len().min(self.decoded.len() - self.pos);
        buffer[..len].copy_from_slice(&self.decoded[self.pos..self.pos + len]);
        self.pos += len;
        Ok(len)
    }
}

/// Reads until the buffer is full or the end is reached.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

fn packed(head: &[u8]) -> Option<InputError> {
    let (what, help) = match head {
        [b'P', b'K', 3, 4, ..] => (
            "a zip file or a workbook",
            "save the sheet as CSV, or unpack it first (a `.1pux` file holds `export.data`)",
        ),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old workbook", "save the sheet as CSV"),
        [0x1f, 0x8b, ..] => ("packed with gzip", "unpack it: `gunzip -c FILE | keytrail inventory show -`"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("packed with zstd", "unpack it: `zstd -dc FILE | keytrail inventory show -`"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => ("a database", "export it as CSV or JSON"),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF file", "export CSV or JSON instead"),
        _ => return None,
    };
    Some(InputError::Packed { what, help })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, as pipes do.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(buffer.len()).min(self.0.len());
            buffer[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    fn decoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        Text::new(Drip(bytes, 7)).unwrap().read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn every_encoding_that_spreadsheets_save() {
        let text = "Name;Eigentümer\r\nSchlüssel 1;a@example.com\r\n";
        let wanted = text.replace("\r\n", "\n");
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(text.as_bytes()), wanted);
        assert_eq!(decoded(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), wanted);
        assert_eq!(decoded(&[&b"\xff\xfe"[..], &utf16].concat()), wanted);
        assert_eq!(decoded(&[&b"\xfe\xff"[..], &utf16be].concat()), wanted);
        assert_eq!(decoded(&WINDOWS_1252.encode(text).0), wanted);
        assert_eq!(decoded(b""), "");
        assert_eq!(Text::new(&WINDOWS_1252.encode(text).0[..]).unwrap().encoding(), "Windows-1252");
    }

    #[test]
    fn what_is_packed_says_how_to_unpack_it() {
        for (head, word) in [(&b"PK\x03\x04\x14\0\0\0"[..], "CSV"), (b"\x1f\x8b\x08\0\0\0", "gunzip")] {
            let Err(error) = Text::new(head) else { panic!("a text") };
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(matches!(Text::new(&b"\0\x01\x02\0\x05\0\0\0\0\0\x07"[..]), Err(InputError::Binary)));
    }

    #[test]
    fn peeking_takes_nothing() {
        let long = "ab\n".repeat(100_000);
        let mut text = Text::new(long.as_bytes()).unwrap();
        assert_eq!(text.peek(4).unwrap(), b"ab\na");
        assert_eq!(text.peek(200_000).unwrap().len(), 200_000);
        text.read_exact(&mut [0; 3]).unwrap();
        let mut rest = String::new();
        text.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, long[3..]);
    }

    proptest! {
        #[test]
        fn text_arrives_whole_whatever_its_chunks(text in "[a-zäß€😀\r\n]{0,300}", step in 1usize..50) {
            let mut out = String::new();
            Text::new(Drip(text.as_bytes(), step)).unwrap().read_to_string(&mut out).unwrap();
            prop_assert_eq!(out, text.replace("\r\n", "\n").replace('\r', "\n"));
        }

        #[test]
        fn any_bytes_are_a_text_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(mut text) = Text::new(&bytes[..]) {
                let mut out = String::new();
                prop_assert!(text.read_to_string(&mut out).is_ok());
            }
        }
    }
}
