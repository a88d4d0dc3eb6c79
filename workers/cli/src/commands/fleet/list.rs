//! `falconer fleet`: every instance with its verdict.

use clap::Args;
use falconer_domain::extract::printable;
use serde_json::json;

use super::filter::Filter;
use super::row;
use super::sweep::{Swept, sweep};
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::organization::Organization;
use crate::paint::{self, DIM, WARN, paint};

/// What is shown, and how.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[command(flatten)]
    filter: Filter,
    /// Print one JSON object a line: for each instance, and with `error` and `cause` for what could not be read.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ListArgs, organization: &Organization) -> Result<Exit, CommandFailure> {
    let swept = sweep(organization, &args.filter).await?;
    if args.json {
        print_json(&swept)
    } else {
        tell(&swept)
    }
    let exit = super::exit(swept.rows.iter().map(|row| &row.verdict));
    Ok(if swept.unread.is_empty() { exit } else { Exit::Service })
}

fn print_json(swept: &Swept) {
    swept.rows.iter().for_each(|row| anstream::println!("{}", paint::json(row)));
    for (place, silence) in &swept.unread {
        let unread = json!({
            "account": place.account, "region": place.region, "error": silence.error, "cause": silence.cause,
        });
        anstream::println!("{}", paint::json(&unread));
    }
}

fn tell(swept: &Swept) {
    if !swept.rows.is_empty() {
        anstream::println!("{}", row::table(&swept.rows));
    }
    let others = match swept.hidden {
        0 => String::new(),
        hidden => format!(" ({hidden} more not shown)"),
    };
    anstream::println!("{}", paint(DIM, format!("{}{others}", swept.shown.sentence())));
    for (place, silence) in &swept.unread {
        anstream::println!("{} {place}: {}", paint(WARN, silence.error), printable(&silence.cause));
    }
}
