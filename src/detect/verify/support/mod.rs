//! What several families need: tolerant base64, reading a JWT, writing a date. A folder of its own, because the build
//! script takes every file beside `mod.rs` of the families for a family.

pub(in crate::detect::verify) mod encoding;
pub(in crate::detect::verify) mod jwt;
pub(in crate::detect::verify) mod time;
