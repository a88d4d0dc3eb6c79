//! The Automation documents of runbooks/install-sensor: what they take, what they make of it, and what comes of that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod document;
mod hub;
mod member;
mod parameters;

const INSTANCE: &str = "i-0f1a2b3c4d5e6f701";
