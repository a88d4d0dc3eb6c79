//! What the stories share: the whole house in one process, under tokio's paused clock.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

pub mod capture;
pub mod findings;
pub mod fleet;
pub mod foreign_writer;
pub mod growth;
pub mod house;
pub mod hunts;
pub mod load;
pub mod log_book;
pub mod newcomers;
pub mod one_group;
mod operator;
pub mod own_process;
pub mod secrets;
pub mod services;
pub mod sweep;
pub mod tally;
pub mod template;
pub mod token_protocol;
pub mod wire;
pub mod witness;
