//! `falconer pause` and `falconer resume`: one switch for everything that nobody asked for.

use aws_config::SdkConfig;
use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::switch::AutomaticSwitch;
use falconer_domain::policy::{Pause, Switch};
use serde_json::json;

use crate::aws;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{GOOD, WARN, paint};

/// Stop every automatic act at once: findings wait for a person, and blocks do not expire.
///
/// Every worker sees it within two seconds. What a person starts goes on: custom actions, the manual form, this command
/// line.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer pause --reason 'false positives since 09:40, case 42'")]
pub struct PauseArgs {
    /// Why, for whoever finds it paused: findings that wait are told.
    #[arg(long)]
    reason: String,
    /// Print the switch as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Let findings act by themselves again. What came in meanwhile still waits for a person.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer resume")]
pub struct ResumeArgs {
    /// Print the switch as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Pauses.
///
/// # Errors
/// A switch that cannot be written.
pub async fn pause(args: PauseArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let PauseArgs { reason, json } = args;
    if reason.trim().is_empty() {
        return Err(CommandFailure::usage("--reason", "say why, for whoever finds it paused"));
    }
    set(Switch::Paused(Pause { since: Clock::system().now(), reason }), json, config).await
}

/// Resumes.
///
/// # Errors
/// A switch that cannot be written.
pub async fn resume(args: ResumeArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    set(Switch::On, args.json, config).await
}

/// The switch that the configuration names.
pub(crate) fn named_by(sdk: &SdkConfig, config: &Parsed) -> AutomaticSwitch {
    AutomaticSwitch::new(aws_sdk_ssm::Client::new(sdk), &config.switch)
}

async fn set(switch: Switch, as_json: bool, config: &Parsed) -> Result<Exit, CommandFailure> {
    named_by(&aws::from_environment().await?, config).write(&switch).await?;
    if as_json {
        let paused = switch.objection();
        anstream::println!("{}", json!({ "parameter": config.switch, "acts": paused.is_none(), "because": paused }));
    } else {
        anstream::println!("{}", sentence(&switch));
    }
    Ok(Exit::Done)
}

/// How the switch stands, for a person.
pub(crate) fn sentence(switch: &Switch) -> String {
    match switch.objection() {
        None => paint(GOOD, "findings that the policy lets act, act by themselves"),
        Some(because) => paint(WARN, format!("nothing acts by itself: {because}")),
    }
}
