//! `falconer contracts`: what each activity promises to the state machines, written from the Rust types.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use falconer_activities::registry;

use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{BAD, GOOD, paint};

/// Write the activities' contracts, one JSON file each.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer contracts --check")]
pub struct ContractsArgs {
    /// Where they stand.
    #[arg(long, value_name = "FOLDER", default_value = "statemachines/contracts")]
    folder: PathBuf,
    /// Write nothing; exit with 1 if a file differs, is missing, or belongs to no activity.
    #[arg(long)]
    check: bool,
}

/// Carries out the command.
///
/// # Errors
/// A folder that cannot be read or written.
pub fn run(args: ContractsArgs) -> Result<Exit, CommandFailure> {
    let wanted = wanted(&args.folder)?;
    let present = present(&args.folder)?;
    let stale = present.keys().filter(|path| !wanted.contains_key(*path));
    let changed = wanted.iter().filter(|(path, text)| present.get(*path) != Some(text)).map(|(path, _)| path);
    let different: Vec<&PathBuf> = changed.chain(stale).collect();
    if args.check {
        for path in &different {
            anstream::eprintln!("{} {}", paint(BAD, "differs"), path.display());
        }
        let same = different.is_empty();
        let line = format!("{} contracts, {} differ from the Rust types", wanted.len(), different.len());
        anstream::println!("{}", paint(if same { GOOD } else { BAD }, line));
        return Ok(if same { Exit::Done } else { Exit::Failed });
    }
    for path in different {
        let done = match wanted.get(path) {
            Some(text) => fs::write(path, text),
            None => fs::remove_file(path),
        };
        done.map_err(|error| CommandFailure::input(path, &error.to_string()))?;
        anstream::println!("{}", path.display());
    }
    Ok(Exit::Done)
}

/// The text that each file must have.
fn wanted(folder: &Path) -> Result<BTreeMap<PathBuf, String>, CommandFailure> {
    let contracts = registry::contracts();
    let texts = contracts.into_iter().map(|contract| {
        let text = serde_json::to_string_pretty(&contract)
            .map_err(|error| CommandFailure::usage(contract.name, error.to_string()))?;
        Ok((folder.join(contract.name).with_extension("json"), text + "\n"))
    });
    texts.collect()
}

/// The text that each file has.
fn present(folder: &Path) -> Result<BTreeMap<PathBuf, String>, CommandFailure> {
    let unreadable = |error: std::io::Error| CommandFailure::input(folder, &error.to_string());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).map_err(unreadable)?;
            files.insert(path, text);
        }
    }
    Ok(files)
}
