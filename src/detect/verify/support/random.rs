//! Bytes for `seal` functions that have to build a whole body: derived from the random sample they are given, so that
//! the same sample makes the same token.

use sha2::{Digest, Sha256};

/// So many bytes that look random, determined by `sample` and `label`.
#[must_use]
pub(in crate::detect::verify) fn bytes(sample: &[u8], label: &str, count: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(count + 32);
    let mut block = 0u64;
    while out.len() < count {
        let digest =
            Sha256::new().chain_update(label).chain_update([0]).chain_update(block.to_be_bytes()).chain_update(sample);
        out.extend_from_slice(&digest.finalize());
        block += 1;
    }
    out.truncate(count);
    out
}
