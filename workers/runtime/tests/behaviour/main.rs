//! What a worker does, seen from the wire and from its activities, in virtual time.
//!
//! One binary: linking the SDK once is enough.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod activities;
mod contract;
mod heartbeats;
mod logs;
mod polling;
mod reports;
mod service;
mod shutdown;
mod telemetry;
mod worker;
