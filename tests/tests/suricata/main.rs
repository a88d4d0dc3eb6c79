//! The rules that Falconer writes, on the engine that Network Firewall runs.
//!
//! Each test lets the ledger write a rule group's text, makes a capture in which workloads talk to good and bad names
//! and addresses, and replays it through Suricata as if it stood in the way: exactly the meant flows are blocked, from
//! the very packet that shows what they are, and each record in the alert log leads to the finding.
//!
//! A machine without Suricata 7 passes over these tests and says so; `.ci/suricata` installs it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod addresses;
mod blocks;
mod engine;
mod entry;
mod eve;
mod full;
mod group;
mod hostile;
mod hunts;
mod names;
mod traffic;
