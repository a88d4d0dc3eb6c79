//! `falconer sandbox`: the AWS services that the runbooks touch, on one port of this machine.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_runtime::{Shutdown, shutdown_on_signals};
use falconer_sandbox::clock::Clock as SandboxClock;
use falconer_sandbox::{Sandbox, SandboxOptions, Scenario};
use tokio::net::TcpListener;

use crate::aws;
use crate::commands::worker;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::runbooks;

/// Serve a small organization in AWS on this machine, with the runbooks deployed.
#[derive(Args, Debug)]
#[command(after_help = "When ready it prints one line of JSON: endpoint, falcon, region, account, accounts.\n\n\
                        Example:\n  falconer sandbox --with-worker &\n  AWS_ENDPOINT_URL=http://127.0.0.1:4599 aws securityhub get-findings")]
pub struct SandboxArgs {
    /// A loopback address; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4599")]
    listen: SocketAddr,
    /// Run a worker in the same process.
    #[arg(long)]
    with_worker: bool,
    /// Faults to switch on, flows to open, findings and Falcon alerts to bring in, in JSON.
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

/// Carries out the command.
///
/// # Errors
/// An address that is not a loopback one or is taken, and a scenario that cannot be played.
pub async fn run(args: SandboxArgs, config: Parsed) -> Result<Exit, CommandFailure> {
    let shutdown = shutdown_on_signals().map_err(|error| CommandFailure::usage("signals", error.to_string()))?;
    let scenario = args.scenario.as_deref().map(read).transpose()?;
    let sandbox = deployed().await?;
    if let Some(scenario) = scenario {
        sandbox.apply(scenario).map_err(|error| CommandFailure::usage("scenario", error.to_string()))?;
    }
    let (listener, endpoint) = listen(args.listen).await?;
    let sdk = aws::sandbox(&endpoint).await;
    anstream::println!("{}", sandbox.ready_line(&endpoint));
    let worker = async {
        // Nobody asks it to stop: it ends with the sandbox, since there is nobody left to report to.
        if args.with_worker {
            worker::work(&sdk, worker::https()?, config, Clock::system(), std::io::sink(), Shutdown::new()).await?;
        }
        std::future::pending::<Result<(), CommandFailure>>().await
    };
    tokio::select! {
        served = sandbox.serve(listener, shutdown.requested()) => {
            served.map_err(|error| CommandFailure::usage(&endpoint, error.to_string()))?;
        }
        failed = worker => failed?,
    }
    Ok(Exit::Done)
}

/// A sandbox with every runbook deployed.
///
/// # Errors
/// A definition that the sandbox refuses.
pub async fn deployed() -> Result<Sandbox, CommandFailure> {
    let sandbox = Sandbox::new(SandboxOptions::new(SandboxClock::system()));
    let deployment = runbooks::deployment().map_err(|error| CommandFailure::usage("triggers", error.to_string()))?;
    sandbox.deploy(&deployment).await.map_err(|error| CommandFailure::usage("runbooks", error.to_string()))?;
    Ok(sandbox)
}

/// Listens on a loopback address and answers the endpoint's URL. The sandbox checks no signatures, so nobody else may
/// reach it.
///
/// # Errors
/// Any other address, and one that is taken.
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, String), CommandFailure> {
    let refused = |problem: &str| CommandFailure::usage(&format!("--listen {address}"), problem);
    if !address.ip().is_loopback() {
        return Err(refused("the sandbox checks no signatures: listen on a loopback address"));
    }
    let listener = TcpListener::bind(address).await.map_err(|error| refused(&error.to_string()))?;
    let bound = listener.local_addr().map_err(|error| refused(&error.to_string()))?;
    Ok((listener, format!("http://{bound}")))
}

fn read(path: &Path) -> Result<Scenario, CommandFailure> {
    let text = std::fs::read_to_string(path).map_err(|error| CommandFailure::input(path, &error.to_string()))?;
    Scenario::parse(&text).map_err(|error| CommandFailure::input(path, &error.to_string()))
}
