//! The steps of the runbook `check-compliance`, in their order.

mod check_place;
mod checked;
mod plan_check;
mod summarize_check;
mod write;

pub use self::check_place::CheckPlace;
pub use self::plan_check::PlanCheck;
pub use self::summarize_check::SummarizeCheck;
