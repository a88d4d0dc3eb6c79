//! The activities of the runbook `onboard-account`: a new account is protected before anyone logs in, and one that leaves is let go.
//!
//! ```text
//! PlanAccount                        who asks for what, and in which regions
//! CheckRole                          whether the member's role can be assumed yet
//!   RegisterAccount                  Falcon's cloud security knows the account      registration.rs, handover.rs
//!   EnsureRecorder                   AWS Config records                             recorder.rs
//!   EnsureMembership                 Security Hub is on, the account a member       membership.rs
//!   EnsureRule                       the Config rule is there                       rule.rs
//!   EnsureAssociation                State Manager's association is there
//!   VerifyBaseline                   what happens in the account is logged          recordings.rs, gaps.rs
//! PlanDeparture                      what is let go with an account
//!   DeregisterAccount
//!   ArchiveFindings
//! ReportAccount                      what became of every step
//! ```
//!
//! Each step reads what is there before it acts, so that a run that comes twice, or comes back after a failure, does only what is
//! missing.

mod archive_findings;
mod check_role;
mod deregister_account;
mod ensure_association;
mod ensure_membership;
mod ensure_recorder;
mod ensure_rule;
mod gaps;
mod handover;
pub mod membership;
mod own_findings;
mod place_task;
mod plan_account;
mod plan_departure;
pub mod recorder;
mod recordings;
mod register_account;
pub mod registration;
mod report_account;
pub mod rule;
mod step_taken;
mod verify_baseline;

pub use archive_findings::ArchiveFindings;
pub use check_role::CheckRole;
pub use deregister_account::DeregisterAccount;
pub use ensure_association::EnsureAssociation;
pub use ensure_membership::EnsureMembership;
pub use ensure_recorder::EnsureRecorder;
pub use ensure_rule::EnsureRule;
pub use plan_account::{AccountPlan, PlanAccount};
pub use plan_departure::PlanDeparture;
pub use register_account::RegisterAccount;
pub use report_account::{ReportAccount, Reported, ReportedFailure};
pub use verify_baseline::VerifyBaseline;
