//! What several families need: tolerant base64, reading a JWT, writing a date. A folder of its own, because the build
//! script takes every file beside `mod.rs` of the families for a family.

pub(in crate::detect::verify) mod base58check;
pub(in crate::detect::verify) mod base64;
pub(in crate::detect::verify) mod crc32;
pub(in crate::detect::verify) mod fields;
pub(in crate::detect::verify) mod jwt;
pub(in crate::detect::verify) mod macaroon;
pub(in crate::detect::verify) mod marvin32;
pub(in crate::detect::verify) mod private_key;
pub(in crate::detect::verify) mod random;
#[cfg(test)]
pub(in crate::detect::verify) mod samples;
pub(in crate::detect::verify) mod snowflake;
pub(in crate::detect::verify) mod time;
