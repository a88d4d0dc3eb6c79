//! Installing a sensor: which instances get one, with which command, and what became of each.
//!
//! ```text
//! request     whatever starts the runbook becomes one typed request
//!   decision    what is done with each instance, and if nothing, why
//!     plan        the instances that are acted on, in batches
//!       arguments   what the package is told, secrets and all
//!       window      how long everything may take, since a token ends
//!         outcome     what became of an instance: a failure has a name and a cause
//!           report      every instance exactly once
//!             attempts    what stands on the finding of one that failed, so that nobody hammers it
//! ```

mod arguments;
mod attempts;
mod cause;
mod config;
mod decision;
mod failure;
mod outcome;
mod parameters;
mod plan;
mod report;
mod request;
mod version;
mod window;

pub use arguments::{AdditionalArguments, ArgumentsError, Authorization};
pub use attempts::{Attempts, BackOff, ERROR_FIELD, FAILED_AT_FIELD, FAILURES_FIELD};
pub use cause::Cause;
pub use config::{BackOffHours, InstallConfig, InstallConfigProblem, InstallRules, Method, PackageKind};
pub use decision::{Decision, SensorKind, Situation, Skipped};
pub use failure::{Failure, Progress};
pub use outcome::{InstanceResult, Outcome, PlaceResults};
pub use parameters::{Parameters, ParametersError};
pub use plan::{Batch, Considered, Plan};
pub use report::{BatchResults, Counts, NextStep, Report};
pub use request::{Action, Asker, GatheredInstall, InstallRequest, Target};
pub use version::{VersionChoice, VersionChoiceError};
pub use window::{Window, WindowTooShort};
