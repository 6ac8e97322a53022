//! Context: what the text around a value says about it.
//!
//! *What is it assigned to?* ([`before()`]): the name in front of a value in the forms that code, configuration, shells
//! and HTTP have. Which words stand near is another question, and that of `words`.
//!
//! [`REACH_BEFORE`] and [`REACH_AFTER`] bound how far any of it looks, so that a caller who scans pieces of a text knows
//! how much to add on either side.

mod back;
mod before;
mod call;
mod declared;
mod elsewhere;
mod kind;
mod line;
mod name;
mod parents;
mod path;

pub use self::before::{Before, Scheme, before};
pub use self::call::{is_deciphered, signing_call};
pub use self::declared::{body_len, cast_len, type_len};
pub use self::line::{is_encrypted, is_in_manual};
pub use self::name::{NameSays, name_says, names_an_id};
pub use self::parents::{parents, under_encrypted, under_secrets, under_signature};
pub use self::path::{PathSays, is_translation, path_says};

/// No decision about a value depends on bytes farther in front of it than this.
pub const REACH_BEFORE: usize = 512;
/// No decision about a value depends on bytes farther behind its end than this.
pub const REACH_AFTER: usize = 256;
/// How far in front of a value its name may begin, in bytes.
const NAME_REACH: usize = 240;
