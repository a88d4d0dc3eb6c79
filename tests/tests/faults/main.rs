//! Everything that can go wrong, in tables: each fault at each call of each runbook, in a house of its own.
//!
//! Whatever the fault, the runbook ends within its time: as if nothing had happened, or with the error that the row names,
//! which then stands on the finding. What others wrote stays, no block is there twice or in part, and none is said to be
//! enforced that is not. When the fault is over, the runbook's next run ends as if there had never been one.
//!
//! | to learn | read |
//! |---|---|
//! | which faults each call meets, and what they lead to | [`table`] |
//! | what one row does and checks | [`story`], [`standing`] |
//! | what goes wrong, and how it is mended | [`fault`] |
//! | how each runbook is started, and started again | [`runbook`] |
//! | the same of the runbooks of the fleet, where a part may fail without the whole | [`fleet`] |
//! | the same of the runbooks that hunt, and count what was met | [`hunting`] |
//! | the same of the runbook of accounts that come and go | [`onboarding`] |
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod contain_finding;
mod expire_blocks;
mod fault;
mod fleet;
mod hunting;
mod onboarding;
mod release_block;
mod runbook;
mod standing;
mod story;
mod table;
