//! `falconer gateway`: what Falcon detects, as findings of Security Hub, until it is told to stop.

use std::io::{self, Write};
use std::sync::Arc;

use aws_config::SdkConfig;
use clap::Args;
use falconer_activities::clock::Clock;
use falconer_falcon::{ReadFrom, Transport};
use falconer_gateway::{Gateway, GatewayError, OffsetPlace, OffsetStore, Setup};
use falconer_runtime::{MetricLines, Shutdown, shutdown_on_signals};

use super::worker::https;
use crate::aws;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::health;
use crate::organization::{Caller, Organization};

/// Follow the Falcon event stream and publish its detections to Security Hub, each at least once, until SIGTERM.
#[derive(Args, Debug, Default)]
#[command(after_help = "Logs go to standard error, metrics (CloudWatch embedded metric format) to standard output.\n\
                  Exits with 0 if everything that was read is settled, and with 1 if events are read again at the next start.\n\n\
                  Examples:\n  falconer gateway --config falconer.toml\n  \
                  falconer gateway --from oldest            # where nothing is kept yet\n  \
                  falconer gateway --from 1234567 --anew    # from there, whatever is kept")]
pub struct GatewayArgs {
    /// Where a partition is begun of which nothing is kept: `newest`, `oldest`, or an offset. Overrides `gateway.from`.
    #[arg(long, value_name = "WHERE", value_parser = falconer_gateway::read_from)]
    from: Option<ReadFrom>,
    /// Begin every partition there, whatever is kept.
    #[arg(long)]
    anew: bool,
}

/// Carries out the command.
///
/// # Errors
/// A configuration without Falcon's credentials, and whatever keeps the gateway from beginning.
pub async fn run(args: GatewayArgs, mut config: Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let shutdown = shutdown_on_signals().map_err(|error| CommandFailure::usage("signals", error.to_string()))?;
    if let Some(from) = args.from {
        config.gateway.from = from;
    }
    match follow(&sdk, https()?, config, args.anew, Clock::system(), io::stdout(), shutdown).await {
        Ok(()) => Ok(Exit::Done),
        Err(FollowFailure::Gateway(
            error @ (GatewayError::Unsettled { .. } | GatewayError::Uncommitted(_) | GatewayError::CommitHangs),
        )) => {
            anstream::eprintln!("falconer: {error}");
            Ok(Exit::Failed)
        }
        Err(FollowFailure::Gateway(error)) => Err(CommandFailure::usage("gateway", error.to_string())),
        Err(FollowFailure::Command(failure)) => Err(failure),
    }
}

/// Why the gateway did not begin, or not end in order.
#[derive(Debug)]
pub enum FollowFailure {
    /// It has no way to Falcon or to AWS.
    Command(CommandFailure),
    /// Its own reason.
    Gateway(GatewayError),
}

impl<F: Into<CommandFailure>> From<F> for FollowFailure {
    fn from(failure: F) -> Self {
        Self::Command(failure.into())
    }
}

/// Follows the stream until `shutdown` is requested and what was read is settled. Falcon is behind `falcon`; metrics go to
/// `metrics`.
///
/// # Errors
/// See [`run`].
pub async fn follow(
    sdk: &SdkConfig,
    falcon: Arc<dyn Transport>,
    config: Parsed,
    anew: bool,
    clock: Clock,
    metrics: impl Write + Send + 'static,
    shutdown: Shutdown,
) -> Result<(), FollowFailure> {
    if config.falcon.credentials.is_empty() {
        let problem = "names no parameter, and the event stream is Falcon's";
        return Err(CommandFailure::usage("falcon.credentials", problem).into());
    }
    let sdk = aws::with_time_out(sdk);
    let organization = Organization::new(&sdk, Caller::of(&sdk).await?.hub, falcon, &config, &clock);
    let gateway = Gateway::new(Setup {
        falcon: organization.falcon,
        accounts: organization.accounts,
        offsets: match &config.gateway.offsets {
            OffsetPlace::File(path) => OffsetStore::File(path.clone()),
            OffsetPlace::Parameter(name) => OffsetStore::Parameter(aws_sdk_ssm::Client::new(&sdk), name.clone()),
        },
        anew,
        metrics: (MetricLines::new(metrics, &config.worker.metrics_namespace), config.worker.metrics_period),
        rules: config.gateway,
        clock,
    });
    let _health_server = health::serve(gateway.readiness(), config.health).await?;
    Box::pin(gateway.run(shutdown)).await.map_err(FollowFailure::Gateway)
}
