//! The execution's output: every step, what became of it, and what a person does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::confirmation::{Confirmation, Departure};
use super::request::Label;
use super::step::{StepOutcome, StepResult};
use crate::note::Notification;
use crate::place::AccountId;

/// Steps whose failure one message spells out. The others are counted.
const MOST_TOLD: usize = 20;

/// What an execution did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnboardingReport {
    /// The account.
    pub account: AccountId,
    /// What it is called.
    #[serde(default)]
    pub label: Label,
    /// What it was about.
    pub about: About,
    /// How many steps came to what.
    pub counts: StepCounts,
    /// What a person does, each once.
    pub next_steps: Vec<String>,
    /// Every step, in order.
    pub steps: Vec<StepResult>,
}

/// What an execution was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum About {
    /// An account was protected, or would be.
    Onboarding {
        /// Whether it was only told.
        dry_run: bool,
    },
    /// An account was let go.
    Offboarding,
    /// It was told what is let go with an account.
    Preview {
        /// That, in a sentence.
        what: String,
        /// What confirms that somebody has seen it.
        confirm: Confirmation,
    },
}

/// Steps by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepCounts {
    /// [`StepOutcome::Done`]
    pub done: usize,
    /// [`StepOutcome::AlreadyThere`]
    pub already_there: usize,
    /// [`StepOutcome::Planned`]
    pub planned: usize,
    /// [`StepOutcome::LeftOut`]
    pub left_out: usize,
    /// [`StepOutcome::Failed`]
    pub failed: usize,
}

impl About {
    /// A dry run of letting an account go.
    pub fn preview(departure: &Departure) -> Self {
        Self::Preview { what: departure.sentence(), confirm: departure.confirmation() }
    }
}

impl OnboardingReport {
    /// What became of the steps. Of two results for one step and region the later counts: a step that was repeated.
    pub fn of(account: AccountId, label: Label, about: About, results: impl IntoIterator<Item = StepResult>) -> Self {
        let mut steps: Vec<StepResult> = Vec::new();
        for result in results {
            match steps.iter_mut().find(|known| known.step == result.step && known.region == result.region) {
                Some(known) => *known = result,
                None => steps.push(result),
            }
        }
        steps.sort_by(|one, other| (one.step, &one.region).cmp(&(other.step, &other.region)));
        let mut next_steps: Vec<String> = Vec::new();
        for what in steps.iter().filter_map(StepResult::what_to_do) {
            if !next_steps.iter().any(|known| known == what) {
                next_steps.push(what.to_owned());
            }
        }
        Self { account, label, about, counts: StepCounts::of(&steps), next_steps, steps }
    }

    /// Whether everything is as it should be.
    pub fn is_complete(&self) -> bool {
        self.counts.failed == 0
    }

    /// `Account 444455556666 (payments) is protected: 3 done, 4 already there.`
    pub fn sentence(&self) -> String {
        let name = self.label.account_name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let became = match (&self.about, self.is_complete()) {
            (About::Onboarding { dry_run: true }, _) => "was only looked at",
            (About::Onboarding { .. }, true) => "is protected",
            (About::Onboarding { .. }, false) => "is not protected as it should be",
            (About::Offboarding, true) => "was let go",
            (About::Offboarding, false) => "was not let go as it should be",
            (About::Preview { .. }, _) => "would be let go",
        };
        format!("Account {}{name} {became}: {}.", self.account, self.counts.words())
    }

    /// What people are told; `None` of an account on which nothing was done because nothing had to be.
    pub fn notification(&self, execution: &str) -> Option<Notification> {
        let StepCounts { done, failed, .. } = self.counts;
        let account = self.account;
        let subject = match (&self.about, self.is_complete()) {
            (About::Onboarding { dry_run: true }, _) => return None,
            (About::Onboarding { .. }, _) if done + failed == 0 => return None,
            (About::Onboarding { .. }, true) => format!("Falconer: account {account} is protected"),
            (About::Onboarding { .. }, false) => format!("Falconer: account {account} is not yet protected"),
            (About::Offboarding, true) => format!("Falconer: account {account} was let go"),
            (About::Offboarding, false) => format!("Falconer: account {account} could not be let go"),
            (About::Preview { .. }, _) => format!("Falconer: shall account {account} be let go?"),
        };
        let mut message = format!("{}\n", self.sentence());
        let (failures, others): (Vec<_>, Vec<_>) = self.steps.iter().partition(|step| step.is_failed());
        for step in failures.iter().take(MOST_TOLD) {
            message.push_str(&format!("\n{}\n", step.sentence()));
            step.what_to_do().into_iter().for_each(|what| message.push_str(&format!("  {what}\n")));
        }
        if let Some(more @ 1..) = failures.len().checked_sub(MOST_TOLD) {
            message.push_str(&format!("\n{more} more failed: the execution's output says why.\n"));
        }
        message.push('\n');
        others.iter().take(MOST_TOLD).for_each(|step| message.push_str(&format!("{}\n", step.sentence())));
        if let About::Preview { what, confirm } = &self.about {
            message.push_str(&format!(
                "Let go would be: {what}.\n\nIf that is right, start onboard-account with\n\
                 {{\"accountId\": \"{account}\", \"action\": \"offboard\", \"confirm\": \"{confirm}\"}}\n"
            ));
        }
        message.push_str(&format!("\nExecution: {execution}\n"));
        Some(Notification { subject, message })
    }
}

impl StepCounts {
    fn of(steps: &[StepResult]) -> Self {
        let mut counts = Self::default();
        for step in steps {
            let count = match step.outcome {
                StepOutcome::Done { .. } => &mut counts.done,
                StepOutcome::AlreadyThere { .. } => &mut counts.already_there,
                StepOutcome::Planned { .. } => &mut counts.planned,
                StepOutcome::LeftOut { .. } => &mut counts.left_out,
                StepOutcome::Failed { .. } => &mut counts.failed,
            };
            *count += 1;
        }
        counts
    }

    fn words(self) -> String {
        let Self { done, already_there, planned, left_out, failed } = self;
        let parts = [
            (done, "done"),
            (already_there, "already there"),
            (planned, "would be done"),
            (left_out, "left out"),
            (failed, "failed"),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, words)| format!("{number} {words}"))
            .collect();
        if parts.is_empty() { "no steps".to_owned() } else { parts.join(", ") }
    }
}

#[cfg(test)]
mod tests;
