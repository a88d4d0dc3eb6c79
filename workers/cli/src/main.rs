//! The `falconer` command.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use falconer_cli::commands::{
    blocks, contracts, demo, doctor, fleet, gateway, health, hunts, run, sandbox, switch, worker,
};
use falconer_cli::config::{self, Place};
use falconer_cli::exit::Exit;
use falconer_cli::failure::CommandFailure;
use falconer_cli::logs;

/// CrowdStrike Falcon runbooks on AWS Step Functions.
#[derive(Parser)]
#[command(
    name = "falconer",
    version,
    after_help = "Exit codes: 0 done · 1 what was asked for did not come true · 2 wrong usage or configuration · \
                  3 AWS or Falcon did not answer or refused · 130 interrupted"
)]
struct Cli {
    /// The configuration, in TOML. `FALCONER_*` variables override it.
    #[arg(long, global = true, value_name = "FILE", env = "FALCONER_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Blocks(blocks::BlocksArgs),
    Contracts(contracts::ContractsArgs),
    Demo(demo::DemoArgs),
    Doctor(doctor::DoctorArgs),
    Fleet(fleet::FleetArgs),
    Gateway(gateway::GatewayArgs),
    Health(health::HealthArgs),
    Hunts(hunts::HuntsArgs),
    Pause(switch::PauseArgs),
    Resume(switch::ResumeArgs),
    Run(run::RunArgs),
    Sandbox(sandbox::SandboxArgs),
    Worker(worker::WorkerArgs),
}

/// The SDK reads a finding's resource details on the stack: one function of it takes more than a thread's usual 2 MiB in
/// a debug build. Only what is touched costs memory.
const STACK_BYTES: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The demo tells its story on the same terminal.
    logs::to_stderr(if matches!(cli.command, Command::Demo(_)) { "error" } else { "info" });
    let exit = in_runtime(cli).unwrap_or_else(|failure| {
        anstream::eprintln!("falconer: {failure}");
        failure.exit()
    });
    exit.into()
}

fn in_runtime(cli: Cli) -> Result<Exit, CommandFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    let runtime = runtime.map_err(CommandFailure::Runtime)?;
    // Spawned, because the thread of `main` has whatever stack the system gives it.
    runtime
        .block_on(async { tokio::spawn(dispatch(cli)).await.map_err(|error| CommandFailure::Runtime(error.into()))? })
}

async fn dispatch(cli: Cli) -> Result<Exit, CommandFailure> {
    let file = cli.config.as_deref();
    let config = |place| config::load(file, [], place);
    match cli.command {
        Command::Blocks(args) => blocks::run(args, config(Place::Aws)?).await,
        Command::Contracts(args) => contracts::run(args),
        Command::Demo(args) => Box::pin(demo::run(args)).await,
        Command::Doctor(args) => doctor::run(args, &config(Place::Aws)?).await,
        Command::Fleet(args) => fleet::run(args, &config(Place::Aws)?).await,
        Command::Gateway(args) => gateway::run(args, config(Place::Aws)?).await,
        Command::Health(args) => health::run(args, || config(Place::Aws)).await,
        Command::Hunts(args) => hunts::run(args, &config(Place::Aws)?).await,
        Command::Pause(args) => switch::pause(args, &config(Place::Aws)?).await,
        Command::Resume(args) => switch::resume(args, &config(Place::Aws)?).await,
        Command::Run(args) => run::run(args).await,
        Command::Sandbox(args) => sandbox::run(args, config(Place::Sandbox)?).await,
        Command::Worker(args) => worker::run(config::load(file, args.overrides(), Place::Aws)?).await,
    }
}
