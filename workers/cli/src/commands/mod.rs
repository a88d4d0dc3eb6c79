//! One file a command.

pub mod blocks;
pub mod contracts;
pub mod demo;
pub mod run;
pub mod sandbox;
pub mod switch;
pub mod worker;
