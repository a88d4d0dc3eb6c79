//! The steps of the runbook `release-block`, in their order; CheckEnforcement of `contain-finding` comes between them.

mod plan_release;
mod record_release;
mod release_blocks;

pub use self::plan_release::PlanRelease;
pub use self::record_release::RecordRelease;
pub use self::release_blocks::{ReleaseBlocks, Released};
