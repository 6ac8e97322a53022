//! Marvin32, the keyed hash inside Microsoft's identifiable keys.
//!
//! The algorithm is the one that .NET hashes strings with (dotnet/runtime, `Marvin.cs`). The seeds are not secret: each
//! kind of key has one of eight ASCII characters (`Default0`), read as a big-endian number.

/// The seed that a name of eight ASCII characters stands for.
#[must_use]
pub(in crate::detect::verify) const fn seed(name: &[u8; 8]) -> u64 {
    u64::from_be_bytes(*name)
}

/// The 64-bit hash; its low half is the first word of the state.
#[must_use]
fn hash64(bytes: &[u8], seed: u64) -> u64 {
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        low = low.wrapping_add(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        (low, high) = mix(low, high);
    }
    let last = match *words.remainder() {
        [a, b, c] => 0x8000_0000 | u32::from_le_bytes([a, b, c, 0]),
        [a, b] => 0x80_0000 | u32::from_le_bytes([a, b, 0, 0]),
        [a] => 0x8000 | u32::from(a),
        _ => 0x80,
    };
    low = low.wrapping_add(last);
    (low, high) = mix(low, high);
    (low, high) = mix(low, high);
    u64::from(high) << 32 | u64::from(low)
}

fn mix(mut low: u32, mut high: u32) -> (u32, u32) {
    high ^= low;
    low = low.rotate_left(20).wrapping_add(high);
    high = high.rotate_left(9) ^ low;
    low = low.rotate_left(27).wrapping_add(high);
    (low, high.rotate_left(19))
}

/// The 32-bit hash: both halves of the 64-bit one, combined by exclusive or. Keys store it little-endian.
#[must_use]
pub(in crate::detect::verify) fn hash(bytes: &[u8], seed: u64) -> u32 {
    let hash = hash64(bytes, seed);
    hash as u32 ^ (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of .NET's own tests of Marvin (dotnet/runtime and corefxlab, `MarvinTests`): inputs of every length
    /// modulo four, hashed under one seed.
    #[test]
    fn published_vectors_hold() {
        const SEED: u64 = 0x004F_B61A_001B_DBCC;
        let vectors: [(&[u8], u64); 8] = [
            (&[], 0x30ED_35C1_00CD_3C7D),
            (&[0xAF], 0x48E7_3FC7_7D75_DDC1),
            (&[0xE7, 0x0F], 0xB5F6_E1FC_485D_BFF8),
            (&[0x37, 0xF4, 0x95], 0xF0B0_7C78_9B8C_F7E8),
            (&[0x86, 0x42, 0xDC, 0x59], 0x7008_F2E8_7E9C_F556),
            (&[0x15, 0x3F, 0xB7, 0x98, 0x26], 0xE6C0_8C6D_A2AF_A997),
            (&[0x09, 0x32, 0xE6, 0x24, 0x6C, 0x47], 0x6F04_BF1A_5EA2_4060),
            (&[0xAB, 0x42, 0x7E, 0xA8, 0xD1, 0x0F, 0xC7], 0xE118_47E4_F067_8C41),
        ];
        for (input, expected) in vectors {
            assert_eq!(hash64(input, SEED), expected, "{input:02x?}");
        }
    }

    #[test]
    fn the_short_hash_is_both_halves() {
        let whole = hash64(b"keytrail", seed(b"Default0"));
        assert_eq!(hash(b"keytrail", seed(b"Default0")), (whole ^ whole >> 32) as u32);
        assert_eq!(seed(b"Default0"), 0x4465_6661_756c_7430);
    }
}
