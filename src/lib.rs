//! keytrail finds leaked API keys and audits the keys that an organisation has issued.
//!
//! Data goes one way: a [`source`] yields bytes, [`detect`] turns them into matches, a match with its places is a
//! [`finding`], and a [`report`] renders findings. A [`baseline`] hides those that are known, and a [`hook`] has git ask
//! before a commit or a push.

pub mod baseline;
pub mod detect;
pub mod finding;
pub mod hook;
pub mod inventory;
pub mod report;
pub mod scan;
pub mod secret;
pub mod source;
