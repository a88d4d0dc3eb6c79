//! What the doctor finds: each thing that is broken is named, with how to mend it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod accounts;
mod falcon;
mod hub;
mod patience;
mod visit;
mod well;
