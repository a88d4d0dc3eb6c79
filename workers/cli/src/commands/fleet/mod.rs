//! `falconer fleet`: which instances run a healthy sensor, as everybody who knows says now. Nothing is written.
//!
//! It judges by the same code as the runbook `check-compliance`, with the same roles; a verdict here is the one that a check
//! would come to.

mod explain;
mod explanation;
mod filter;
mod list;
mod row;
mod sweep;

use clap::{Args, Subcommand};
use falconer_activities::accounts::Hub;
use falconer_activities::clock::Clock;
use falconer_domain::fleet::{Compliance, Verdict};

use crate::aws;
use crate::commands::worker;
use crate::config::Parsed;
use crate::execution;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::organization::Organization;

/// What the accounts' CloudTrail names as the reason of the calls.
const CAUSE: &str = "falconer-fleet";

/// Any state machine would tell where the hub is; this one is there wherever instances are judged.
const RUNBOOK: &str = "check-compliance";

/// Show which EC2 instances run a healthy Falcon sensor, and which do not. Reads live, and writes nothing.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Of the instances shown, exits with\n  \
                  0 if each is healthy, or needs no sensor (excluded by a tag, stopped)\n  \
                  1 if one lacks a healthy sensor\n  \
                  3 if something could not be read: an account, or what a verdict needs. It is listed with what to do\n\n\
                  Examples:\n  falconer fleet --unhealthy\n  \
                  falconer fleet --account 444455556666 --verdict missing,stale --platform linux\n  \
                  falconer fleet --json | jq -r 'select(.verdict.verdict == \"missing\").instance'\n  \
                  falconer fleet explain i-0f1a2b3c4d5e6f702"
)]
pub struct FleetArgs {
    #[command(subcommand)]
    command: Option<FleetCommand>,
    #[command(flatten)]
    list: list::ListArgs,
}

#[derive(Debug, Subcommand)]
enum FleetCommand {
    Explain(explain::ExplainArgs),
}

/// Carries out the command.
///
/// # Errors
/// What the calls met without which nothing can be said; what one account refuses is a part of the answer.
pub async fn run(args: FleetArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let organization = organization(config).await?;
    match args.command {
        None => list::run(args.list, &organization).await,
        Some(FleetCommand::Explain(args)) => explain::run(args, &organization, config).await,
    }
}

/// The organization whose hub the environment's credentials are in.
async fn organization(config: &Parsed) -> Result<Organization, CommandFailure> {
    if config.falcon.credentials.is_empty() {
        let problem = "names no parameter, and only Falcon knows which sensors report";
        return Err(CommandFailure::usage("falcon.credentials", problem));
    }
    let sdk = aws::with_time_out(&aws::from_environment().await?);
    let machine = execution::find(&aws_sdk_sfn::Client::new(&sdk), RUNBOOK).await?;
    let hub = Hub::of_arn(&machine).map_err(|error| CommandFailure::usage(RUNBOOK, error.to_string()))?;
    Ok(Organization::new(&sdk, hub, worker::https()?, config, &Clock::system()))
}

/// The exit code that these verdicts come to. What is not known is no better than what could not be read.
fn exit<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Exit {
    let mut exit = Exit::Done;
    for verdict in verdicts {
        match verdict.compliance() {
            None => return Exit::Service,
            Some(Compliance::NonCompliant) => exit = Exit::Failed,
            Some(Compliance::Compliant | Compliance::NotApplicable) => {}
        }
    }
    exit
}

#[cfg(test)]
mod tests {
    use falconer_domain::fleet::{Source, Unmanaged};

    use super::*;

    #[test]
    fn the_exit_code_tells_what_is_wrong_from_what_is_not_known() {
        let stopped = Verdict::Unmanaged { why: Unmanaged::Stopped };
        let excluded = Verdict::Excluded { tag: "falconer:exclude".to_owned() };
        let missing = Verdict::Missing { installed: None };
        let unknown = Verdict::Unknown { source: Source::Falcon };
        assert_eq!(exit([]), Exit::Done);
        assert_eq!(exit([&stopped, &excluded]), Exit::Done);
        assert_eq!(exit([&missing, &excluded]), Exit::Failed);
        assert_eq!(exit([&missing, &unknown]), Exit::Service);
        assert_eq!(exit([&unknown, &missing]), Exit::Service);
    }
}
