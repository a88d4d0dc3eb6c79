//! The steps of the runbook `contain-finding`, in their order.

mod block_indicators;
mod check_enforcement;
mod check_flush;
mod flush_flows;
mod plan;
mod plan_containment;
mod record_failure;
mod record_outcome;

pub use self::block_indicators::{BlockIndicators, LedgerUpdate};
pub use self::check_enforcement::{CheckEnforcement, Enforcement};
pub use self::check_flush::CheckFlush;
pub use self::flush_flows::{Flush, FlushFlows};
pub use self::plan::{ContainmentPlan, PlannedBlock, PlannedFinding, RefusedCandidate, ReservedCandidate};
pub use self::plan_containment::{PlanContainment, PlanError};
pub use self::record_failure::RecordFailure;
pub use self::record_outcome::{RecordOutcome, Recorded};
