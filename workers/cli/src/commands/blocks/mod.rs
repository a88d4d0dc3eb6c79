//! `falconer blocks`: what the firewall blocks for Falconer, and everything that a person does about it by hand.
//!
//! The ledger is read from the rule groups. What changes it goes through the runbooks `contain-finding` and `release-block`,
//! so that the guard, the zones and the execution's history are the same whoever asks; only `import`, which brings back a lost
//! ledger, writes the groups itself.

mod add;
mod backup;
mod explain;
mod list;
mod release;
mod table;

use aws_config::SdkConfig;
use clap::{Args, Subcommand};
use falconer_activities::firewall::BlockGroups;

use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;

/// Blocks: list, add, release, explain, export, import.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  falconer blocks list --json\n  \
                        falconer blocks add evil.example 198.51.100.7 --reason 'case 42' --ttl 24h\n  \
                        falconer blocks release --since 2h\n  falconer blocks explain evil.example")]
pub struct BlocksArgs {
    #[command(subcommand)]
    command: BlocksCommand,
}

#[derive(Debug, Subcommand)]
enum BlocksCommand {
    List(list::ListArgs),
    Add(add::AddArgs),
    Release(release::ReleaseArgs),
    Explain(explain::ExplainArgs),
    Export(backup::ExportArgs),
    Import(backup::ImportArgs),
}

/// Carries out the command.
///
/// # Errors
/// What the calls met.
pub async fn run(args: BlocksArgs, config: Parsed) -> Result<Exit, CommandFailure> {
    match args.command {
        BlocksCommand::List(args) => list::run(args, &config).await,
        BlocksCommand::Add(args) => add::run(args).await,
        BlocksCommand::Release(args) => release::run(args, &config).await,
        BlocksCommand::Explain(args) => explain::run(args, &config).await,
        BlocksCommand::Export(args) => backup::export(args, &config).await,
        BlocksCommand::Import(args) => backup::import(args, &config).await,
    }
}

/// The rule groups that the configuration names.
fn groups(sdk: &SdkConfig, config: &Parsed) -> BlockGroups {
    BlockGroups::new(aws_sdk_networkfirewall::Client::new(sdk), &config.block_groups)
}
