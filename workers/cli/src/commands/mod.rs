//! One file a command.

pub mod blocks;
pub mod contracts;
pub mod demo;
pub mod doctor;
pub mod fleet;
pub mod gateway;
pub mod health;
mod hits;
pub mod hunts;
pub mod run;
pub mod sandbox;
pub mod switch;
pub mod worker;
