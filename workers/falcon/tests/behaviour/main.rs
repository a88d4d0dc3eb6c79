//! What the client does, seen from the wire, in virtual time.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod clouds;
mod feeds;
mod host_details;
mod hosts;
mod https;
mod installation;
mod intel;
mod issued;
mod registration;
mod repeats;
mod secrets;
mod sensors;
mod streams;
mod tokens;
mod wire;
