//! The one step of the runbook `report-hits`.

#[expect(clippy::module_inception, reason = "the step does what the runbook is for, and is called so")]
mod report_hits;

pub use self::report_hits::{HitReport, ReportError, ReportHits};
