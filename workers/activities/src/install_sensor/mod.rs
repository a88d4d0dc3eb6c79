//! The steps of the runbook `install-sensor`, in their order. One batch is one command, and its steps hand one another a
//! [`BatchState`], to which each adds its part.

mod authorization;
mod authorize_install;
mod automation;
mod batch;
mod check_command;
mod commands;
mod end_authorization;
mod plan_install;
mod record_install;
mod send_command;
mod summarize_install;
mod verify_sensors;

pub use self::authorize_install::AuthorizeInstall;
pub use self::batch::{Authorized, BatchInput, BatchState, CommandId, CommandProgress, Sent, Verified};
pub use self::check_command::CheckCommand;
pub use self::end_authorization::EndAuthorization;
pub use self::plan_install::{InstallPlan, PlanInstall};
pub use self::record_install::RecordInstall;
pub use self::send_command::SendCommand;
pub use self::summarize_install::SummarizeInstall;
pub use self::verify_sensors::VerifySensors;
