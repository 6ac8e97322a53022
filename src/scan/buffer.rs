//! The bytes of a stream that are in memory at once.

use std::io::{self, Read};

/// The bytes of a stream that are in memory: room for a window, of which the first `len` bytes are filled. Kept from one
/// file to the next, so that nothing is allocated or cleared for each.
#[derive(Debug, Default)]
pub struct Buffer {
    room: Vec<u8>,
    pub(super) len: usize,
}

impl Buffer {
    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// Forgets everything and makes room for a window.
    pub(super) fn reset(&mut self, window: usize) {
        // Fresh zeroed memory costs nothing until it is touched.
        if self.room.len() != window {
            self.room = vec![0; window];
        }
        self.len = 0;
    }

    /// Reads until the room is full or the stream ends.
    pub(super) fn fill(&mut self, input: &mut dyn Read) -> io::Result<()> {
        while self.len < self.room.len() {
            match input.read(&mut self.room[self.len..]) {
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
