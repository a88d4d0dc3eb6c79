//! The steps of an execution, and what became of each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::printable;
use crate::place::Region;

/// A step, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// The account's role can be assumed.
    Role,
    /// Falcon's cloud security knows the account.
    Registration,
    /// AWS Config records what is needed.
    Recorder,
    /// Security Hub is on, and the account belongs to the administrator.
    Membership,
    /// The Config rule is there.
    Rule,
    /// State Manager's association is there.
    Association,
    /// The logging baseline is verified.
    Baseline,
    /// A first check of the account's instances is under way.
    Check,
    /// Falcon's cloud security no longer knows the account.
    Deregistration,
    /// The findings about the account are over.
    Findings,
}

/// What became of a step, in one region or for the account as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepResult {
    /// The step.
    pub step: Step,
    /// In which region; `None` if it is the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: StepOutcome,
}

/// What became of a step. The words are short and printable if the functions below make them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "outcome")]
pub enum StepOutcome {
    /// It was taken now.
    Done {
        /// What was done.
        what: String,
    },
    /// Everything was as it should be.
    AlreadyThere {
        /// What is there.
        what: String,
    },
    /// It would be taken, if this were no dry run.
    Planned {
        /// What would be done.
        what: String,
    },
    /// It was not taken, and that is no error.
    LeftOut {
        /// Why.
        why: String,
    },
    /// It did not work, or a person has to decide. The other steps were taken.
    Failed {
        /// The error's name, as on the operator's page.
        error: String,
        /// What happened.
        cause: String,
    },
}

impl StepResult {
    /// What became of a step of the account.
    pub fn of_account(step: Step, outcome: StepOutcome) -> Self {
        Self { step, region: None, outcome }
    }

    /// What became of a step in a region.
    pub fn in_region(step: Step, region: Region, outcome: StepOutcome) -> Self {
        Self { step, region: Some(region), outcome }
    }

    /// Whether it did not work.
    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, StepOutcome::Failed { .. })
    }

    /// What a person does about it; `None` if nothing is wrong.
    pub fn what_to_do(&self) -> Option<&'static str> {
        self.is_failed().then(|| self.step.what_to_do())
    }

    /// `Config recorder in us-east-1: done. The recorder default was started.`
    pub fn sentence(&self) -> String {
        let place = self.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let (became, words) = match &self.outcome {
            StepOutcome::Done { what } => ("done".to_owned(), what),
            StepOutcome::AlreadyThere { what } => ("already there".to_owned(), what),
            StepOutcome::Planned { what } => ("would be done".to_owned(), what),
            StepOutcome::LeftOut { why } => ("left out".to_owned(), why),
            StepOutcome::Failed { error, cause } => (error.clone(), cause),
        };
        let words = if words.is_empty() { String::new() } else { format!(" {words}") };
        format!("{}{place}: {became}.{words}", self.step.words())
    }
}

/// Characters of the words of a step: as many as it takes to quote Falcon.
const LONGEST_WORDS: usize = 600;

/// Words of a service on one line, printable and cut.
fn words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(&line).chars().take(LONGEST_WORDS).collect()
}

impl StepOutcome {
    /// It was taken now.
    pub fn done(what: &str) -> Self {
        Self::Done { what: words(what) }
    }

    /// Everything was as it should be.
    pub fn already_there(what: &str) -> Self {
        Self::AlreadyThere { what: words(what) }
    }

    /// It would be taken.
    pub fn planned(what: &str) -> Self {
        Self::Planned { what: words(what) }
    }

    /// It was not taken, and that is no error.
    pub fn left_out(why: &str) -> Self {
        Self::LeftOut { why: words(why) }
    }

    /// It did not work.
    pub fn failed(error: &str, cause: &str) -> Self {
        Self::Failed { error: error.to_owned(), cause: words(cause) }
    }
}

impl Step {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Role => "Member role",
            Self::Registration => "Registration with Falcon",
            Self::Recorder => "Config recorder",
            Self::Membership => "Security Hub",
            Self::Rule => "Config rule",
            Self::Association => "State Manager association",
            Self::Baseline => "Logging baseline",
            Self::Check => "First check",
            Self::Deregistration => "Deregistration from Falcon",
            Self::Findings => "Findings",
        }
    }

    fn what_to_do(self) -> &'static str {
        match self {
            Self::Role => {
                "See whether the StackSet that makes the member role has reached the account, trusts the hub's role and demands the \
                 external id of accounts.external_id; then run this again."
            }
            Self::Registration | Self::Deregistration => {
                "See Falcon's own words above, and whether the API client has the scopes \"Cloud security AWS registration\" and \
                 \"CSPM registration\", both Read and Write; then run this again."
            }
            Self::Recorder => {
                "Do what is said above, or set AWS Config up in the account yourself; then run this again."
            }
            Self::Membership => {
                "See the account among the members in Security Hub's administrator account, and the organization's configuration \
                 there; then run this again."
            }
            Self::Rule => {
                "See the rule falconer-sensor in the account's AWS Config, and whether the function of onboarding.rule_function may be \
                 called from the account; then run this again."
            }
            Self::Association => {
                "See whether the account may use CrowdStrike-FalconSensorDeploy, or empty onboarding.association_role; then run this \
                 again."
            }
            Self::Baseline => "Run this again when AWS Config and Security Hub of the account answer.",
            Self::Check => "Run check-compliance for the account yourself.",
            Self::Findings => "Archive the account's findings of Falconer in Security Hub, or run this again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_in_a_sentence_with_what_to_do_if_it_failed() {
        let region = || "us-east-1".parse().unwrap();
        let started = StepResult::in_region(Step::Recorder, region(), StepOutcome::done("default was started"));
        assert_eq!(started.sentence(), "Config recorder in us-east-1: done. default was started");
        assert_eq!(started.what_to_do(), None);
        let denied = StepResult::of_account(Step::Role, StepOutcome::failed("Account.AccessDenied", "no\nrole"));
        assert_eq!(denied.sentence(), "Member role: Account.AccessDenied. no role");
        assert!(denied.what_to_do().unwrap().contains("StackSet"));
    }

    #[test]
    fn the_words_of_a_service_are_short_and_printable() {
        let StepOutcome::Failed { cause, .. } =
            StepOutcome::failed("E", &format!("no\r\n\u{1b}[31m{}", "x".repeat(1000)))
        else {
            panic!()
        };
        assert!(cause.starts_with("no ?[31mx") && cause.len() == 600, "{cause}");
    }

    #[test]
    fn a_step_is_flat_json() {
        let step = StepResult::of_account(Step::Check, StepOutcome::left_out("a dry run"));
        let written = serde_json::json!({"step": "check", "outcome": "leftOut", "why": "a dry run"});
        assert_eq!(serde_json::to_value(&step).unwrap(), written);
        assert_eq!(serde_json::from_value::<StepResult>(written).unwrap(), step);
    }
}
