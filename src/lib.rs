//! keytrail finds leaked API keys and audits the keys that an organisation has issued.
//!
//! Data goes one way: a [`source`] yields bytes, [`detect`] turns them into matches, a match with its places is a
//! [`finding`], and a [`report`] renders findings. A [`baseline`] hides those that are known, and a [`hook`] has git ask
//! before a commit or a push. The [`inventory`] is what an organisation has issued; an [`audit`] joins both under the
//! policy of a [`config`], and a report renders that, too.

pub mod audit;
pub mod baseline;
pub mod calls;
pub mod config;
pub mod detect;
pub mod finding;
pub mod hook;
pub mod inventory;
pub mod mistake;
pub mod report;
pub mod scan;
pub mod schedule;
pub mod secret;
pub mod source;
