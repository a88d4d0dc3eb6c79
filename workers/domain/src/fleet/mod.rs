//! Whether an EC2 instance runs a healthy Falcon sensor.
//!
//! Three sources know a part of it: AWS Config which instances there are, Systems Manager whether somebody can be sent to them,
//! Falcon whether their sensors report. [`judge`] makes one [`Verdict`] of what they said; from it follow what Config is told
//! ([`Compliance`]), what stands in Security Hub ([`finding`]), and whether a sensor is installed ([`crate::install`]).

mod compliance;
mod facts;
pub mod finding;
mod instance;
mod platform;
mod request;
mod rules;
mod summary;
mod tally;
mod verdict;
mod version;

pub use compliance::Compliance;
pub use facts::{Answer, Facts, Managed, Ping, SensorHost};
pub use instance::{Architecture, Instance, InstanceId, InstanceIdError, InstanceState};
pub use platform::Platform;
pub use request::{CheckRequest, RuleCall, Scope};
pub(crate) use request::{MOST_INSTANCES, some_of_them};
pub use rules::{FleetConfig, FleetConfigProblem, FleetRules};
pub use summary::{Failure, Summary};
pub use tally::{Tally, VerdictKind};
pub use verdict::{Source, Unmanaged, Verdict, judge};
pub use version::{SensorVersion, SensorVersionError};
