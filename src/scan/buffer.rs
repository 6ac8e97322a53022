//! The bytes of a stream that are in memory at once.

use std::io::{self, Read};

/// Room that a stream gets first, in bytes. Most are shorter.
const FIRST: usize = 64 << 10;

/// The bytes of a stream that are in memory: room for a window, of which the first `len` bytes are filled. It grows as
/// it is filled and is kept from one file to the next, so that nothing is allocated or cleared for most.
#[derive(Debug, Default)]
pub struct Buffer {
    room: Vec<u8>,
    /// So many bytes are held at most.
    window: usize,
    pub(super) len: usize,
}

impl Buffer {
    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// Forgets everything; from now on a window of so many bytes is held.
    pub(super) fn reset(&mut self, window: usize) {
        self.window = window;
        self.len = 0;
    }

    /// Reads until the window is full or the stream ends.
    pub(super) fn fill(&mut self, input: &mut dyn Read) -> io::Result<()> {
        while self.len < self.window {
            if self.len == self.room.len() {
                self.room.resize((2 * self.len).max(FIRST), 0);
            }
            let end = self.room.len().min(self.window);
            match input.read(&mut self.room[self.len..end]) {
                Ok(0) => break,
                Ok(n) => self.len += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Drops the first `n` bytes.
    pub(super) fn advance(&mut self, n: usize) {
        self.room.copy_within(n..self.len, 0);
        self.len -= n;
    }
}
