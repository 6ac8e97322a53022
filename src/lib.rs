//! keytrail finds leaked API keys and audits the keys that an organisation has issued.
//!
//! Data goes one way: a [`source`] yields bytes, [`detect`] turns them into matches, a match with its places is a
//! [`finding`], and a [`report`] renders findings.

pub mod calls;
pub mod detect;
pub mod finding;
pub mod inventory;
pub mod report;
pub mod scan;
pub mod schedule;
pub mod secret;
pub mod source;
