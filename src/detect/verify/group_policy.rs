//! Passwords in preferences of Windows' Group Policy (`cpassword`): UTF-16 under AES-256 in CBC mode with a key that
//! Microsoft published, so anyone reads them.
//!
//! [MS-GPPREF], section 2.2.1.1.4, "Password Encryption"; the initialisation vector is zero, and the padding of the
//! base64 is mostly left out.

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};

use super::Verdict;
use super::support::{base64, random};

const KEY: [u8; 32] = [
    0x4e, 0x99, 0x06, 0xe8, 0xfc, 0xb6, 0x6c, 0xc9, 0xfa, 0xf4, 0x93, 0x10, 0x62, 0x0f, 0xfe, 0xe8, //
    0xf4, 0x96, 0xe8, 0x06, 0xcc, 0x05, 0x79, 0x90, 0x20, 0x9b, 0x09, 0xa4, 0x33, 0xb6, 0x6c, 0x1b,
];
const ZERO: [u8; 16] = [0; 16];

fn password(value: &[u8]) -> Option<String> {
    let encrypted = base64::decode(value)?;
    let bytes =
        cbc::Decryptor::<Aes256>::new(&KEY.into(), &ZERO.into()).decrypt_padded_vec::<Pkcs7>(&encrypted).ok()?;
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    let units: Vec<u16> = units.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    String::from_utf16(&units).ok().filter(|text| !text.is_empty() && !text.contains(char::is_control))
}

pub(super) fn check(value: &[u8]) -> Verdict {
    match password(value) {
        Some(_) => Verdict::confirmed("decrypts with the published key"),
        None => Verdict::Rejected("the key that Microsoft published does not decrypt it"),
    }
}

pub(super) fn seal(value: &mut Vec<u8>) {
    let text = hex::encode(random::bytes(value, "password", 6));
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encrypted = cbc::Encryptor::<Aes256>::new(&KEY.into(), &ZERO.into()).encrypt_padded_vec::<Pkcs7>(&bytes);
    *value = base64::encode(&encrypted);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::support::samples;
    use super::*;

    #[test]
    fn what_decrypts_is_confirmed() {
        let rule = "configuration-file-windows-group-policy-password";
        for value in samples::sealed(rule, 20) {
            assert!(matches!(check(&value), Verdict::Confirmed(_)));
            let bare: Vec<u8> = value.iter().copied().filter(|&b| b != b'=').collect();
            assert!(matches!(check(&bare), Verdict::Confirmed(_)));
            // Another first block makes another text of the second one, and one of it that is no padding.
            let mut other = value.clone();
            other[30] = if other[30] == b'A' { b'B' } else { b'A' };
            assert!(matches!(check(&other), Verdict::Rejected(_)));
            assert!(matches!(check(&value[4..]), Verdict::Rejected(_)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            check(&bytes);
            seal(&mut bytes.clone());
        }
    }
}
