//! `falconer gateway`: from an event of Falcon's stream to a finding of Security Hub, whatever goes wrong in between.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod beginning;
mod events;
mod filters;
mod hosts;
mod offsets;
mod placing;
mod refusals;
mod stopping;
mod story;
mod stream;
mod stubborn;
mod telemetry;
