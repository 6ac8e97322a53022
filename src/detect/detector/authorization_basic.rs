//! Users and passwords behind `Authorization: Basic`. The judgement is [`authorization::basic`]; this file gives the
//! detector its name and its own rule, because what leaks is a password rather than a token.
//!
//! [`authorization::basic`]: super::authorization::basic
