//! Running one task: work, heartbeats beside it, one report at its end.

pub(crate) mod at_work;
pub(crate) mod execution;
mod heartbeat;
mod report;
mod run;
pub(crate) mod token;
pub(crate) mod work;

pub(crate) use run::run;
