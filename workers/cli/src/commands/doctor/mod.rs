//! `falconer doctor`: what works and what does not, account by account, and how to mend it. Nothing is written.

mod deployed;
mod examination;
mod report;

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_domain::doctor::{Check, Health};
use falconer_domain::place::{AccountId, Region};

pub use self::examination::{Examination, examine};
use crate::aws;
use crate::commands::worker;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;

/// Check what the runbooks need, account by account and region by region, and say how to mend what does not work. Writes nothing.
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Everything is asked with the credentials of the environment: to learn what the workers may do, be the workers' role. \
                  Permissions are tried by harmless reads; what only a write would show is not tried.\n\n\
                  Exits with\n  \
                  0 if everything works; notes are allowed\n  \
                  1 if something is broken\n  \
                  3 if nothing is broken, but something could not be asked; or if AWS does not say who asks\n\n\
                  Examples:\n  falconer doctor\n  \
                  falconer doctor --account 444455556666 --region eu-central-1 --all\n  \
                  falconer doctor --json | jq -r 'select(.health == \"broken\") | [.account, .subject, .remedy] | @tsv'"
)]
pub struct DoctorArgs {
    /// Only this account, in the regions of `onboarding.regions`; may be given several times. By default the hub, and every account
    /// that the Config aggregator knows. The hub's own needs are looked at only if it is among them.
    #[arg(long, value_name = "ID")]
    pub account: Vec<AccountId>,
    /// Only this region; may be given several times. By default those of `onboarding.regions`, and those in which an account has
    /// instances.
    #[arg(long, value_name = "REGION")]
    pub region: Vec<Region>,
    /// Show what works too.
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object a line for each check, whether it works or not.
    #[arg(long)]
    pub json: bool,
}

/// Carries out the command.
///
/// # Errors
/// AWS does not say who asks; whatever else fails is a part of the answer.
pub async fn run(args: DoctorArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let Examination { asked_as, checks } = examine(&sdk, worker::https()?, config, &Clock::system(), &args).await?;
    if args.json {
        report::print_json(&checks);
    } else {
        report::tell(&asked_as, &checks, args.all);
    }
    Ok(exit(&checks))
}

/// The exit code that these checks come to. What is broken is certain, whatever could not be asked.
#[must_use]
pub fn exit(checks: &[Check]) -> Exit {
    match checks.iter().map(|check| check.diagnosis.health).max() {
        Some(Health::Broken) => Exit::Failed,
        Some(Health::Unknown) => Exit::Service,
        Some(Health::Ok | Health::Note) | None => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use falconer_domain::doctor::{Diagnosis, Subject};

    use super::*;

    #[test]
    fn what_is_broken_counts_more_than_what_could_not_be_asked() {
        let account = "444455556666".parse().unwrap();
        let check = |diagnosis| Check::of_account(account, Subject::Role, diagnosis);
        let [ok, note] = [Diagnosis::ok("s"), Diagnosis::note("s", "r")].map(check);
        let [unknown, broken] = [Diagnosis::unknown("s", "r"), Diagnosis::broken("s", "r")].map(check);
        assert_eq!(exit(&[]), Exit::Done);
        assert_eq!(exit(&[ok.clone(), note]), Exit::Done);
        assert_eq!(exit(&[ok, unknown.clone()]), Exit::Service);
        assert_eq!(exit(&[broken, unknown]), Exit::Failed);
    }
}
