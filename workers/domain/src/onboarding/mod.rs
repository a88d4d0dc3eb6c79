//! A new account is protected before anyone logs in, and one that leaves is let go.
//!
//! ```text
//! request       Control Tower's event, Organizations' event or a person's form becomes one typed request
//!   registration  what is asked of Falcon's cloud security for the account, and what it gives
//!   recorder      what AWS Config must record, and what is done so that it does
//!   membership    whether Security Hub is on, and whose member the account is
//!   rule          the Config rule that brings every new instance to `install-sensor`
//!   baseline      whether what happens in the account is logged, and a finding for each gap
//!     step          what became of each of these
//!       report        all of them, and what a person does
//! confirmation  what is let go with an account, and the word that somebody has seen it
//! ```
//!
//! Each decision is made of what the services say now, so that whoever asks twice finds everything there.

pub mod baseline;
mod config;
mod confirmation;
mod membership;
mod recorder;
mod registration;
mod report;
mod request;
mod rule;
mod step;

pub use config::{OnboardingConfig, OnboardingConfigProblem, OnboardingRules, Registration};
pub use confirmation::{Confirmation, ConfirmationError, Departure, Unconfirmed};
pub use membership::{HubFacts, MembershipDecision};
pub use recorder::{
    ConfigFacts, FLOW_LOG, INSTANCE, INVENTORY, Recorder, RecorderActs, RecorderDecision, RecorderProblem,
    RecordingGroup, TRAIL, VPC,
};
pub use registration::{Products, Registered, RegistrationApi, WantedRegistration};
pub use report::{About, OnboardingReport, StepCounts};
pub use request::{AccountRequest, Ignored, Label, Origin};
pub use rule::{
    CUSTOM_LAMBDA, FunctionArn, FunctionArnError, RULE, RuleDecision, RuleDefinition, SCHEDULED, StandingRule,
};
pub use step::{Step, StepOutcome, StepResult};
