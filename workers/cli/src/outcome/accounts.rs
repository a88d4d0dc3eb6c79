//! What became of an account.

use falconer_activities::onboard_account::{AccountPlan, Reported};
use falconer_domain::onboarding::{About, StepOutcome};
use serde::Deserialize;

use crate::execution::Ending;
use crate::paint::{BAD, DIM, GOOD, STRONG, WARN, paint};

/// Prints a line for each step, what a person does next, and how a departure is confirmed.
pub(super) fn tell(ending: &Ending) {
    if let Ok(AccountPlan::Nothing { reason, sentence, .. }) = AccountPlan::deserialize(&ending.output) {
        anstream::println!("  {} {reason}: {sentence}", paint(WARN, "nothing"));
    }
    let Ok(Reported { report, sentence, .. }) = Reported::deserialize(&ending.output) else { return };
    for step in &report.steps {
        let style = match step.outcome {
            StepOutcome::Done { .. } => GOOD,
            StepOutcome::AlreadyThere { .. } | StepOutcome::LeftOut { .. } => DIM,
            StepOutcome::Planned { .. } => WARN,
            StepOutcome::Failed { .. } => BAD,
        };
        anstream::println!("  {} {}", paint(style, "·"), step.sentence());
    }
    report.next_steps.iter().for_each(|what| anstream::println!("  {} {what}", paint(WARN, "next")));
    if let About::Preview { what, confirm } = &report.about {
        let account = report.account;
        anstream::println!("  {} {what}", paint(WARN, "would be let go"));
        anstream::println!(
            "  confirm it with {{\"accountId\": \"{account}\", \"action\": \"offboard\", \"confirm\": \"{confirm}\"}}"
        );
    }
    anstream::println!("  {}", paint(STRONG, &sentence));
}
