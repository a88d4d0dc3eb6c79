//! The `falconer` command: what an operator types, and what a container runs.

pub mod aws;
pub mod commands;
pub mod config;
pub mod execution;
pub mod exit;
pub mod failure;
pub mod logs;
pub mod runbooks;

mod health;
mod organization;
mod outcome;
mod paint;
mod progress;
