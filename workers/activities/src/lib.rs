//! The activities: each joins a decision of `falconer-domain` to AWS calls, one file each, foldered by runbook.
//!
//! An activity's file says what it does, which calls it makes, and why running it twice is harmless. [`registry`] is the
//! one list of them.

use std::time::Duration;

pub mod accounts;
pub mod aws_failure;
pub mod check_compliance;
pub mod contain_finding;
pub mod doctor;
mod execution_name;
pub mod expire_blocks;
pub mod falcon;
pub mod firewall;
pub mod fleet;
pub mod install_sensor;
pub mod measures;
pub mod onboard_account;
mod once;
pub mod pace;
pub mod refresh_hunt_list;
pub mod registry;
pub mod release_block;
pub mod report_hits;
pub mod security_hub;
pub mod switch;
pub mod systems_manager;

/// The one clock of the activities: the Falcon client, which knows none of Falconer's crates, needs the same.
pub use falconer_falcon::clock;

/// The HeartbeatSeconds of every state that uses these activities: a dead worker is noticed after this time.
///
/// Short, because a finding waits for it; not shorter, because a slow AWS call must not look like a dead worker.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);
