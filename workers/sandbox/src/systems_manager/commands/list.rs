//! ListCommands and ListCommandInvocations: newest first.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Command;
use super::filters::{Filter, Wanted};
use crate::constraints::Constraints;
use crate::paging;
use crate::systems_manager::{Place, State, SystemsManager, bad_token, instance_id, place, served};
use crate::wire::{Answer, Call, ServiceError};

const SERVED: [&str; 6] = ["CommandId", "InstanceId", "MaxResults", "NextToken", "Filters", "Details"];
const MAX_RESULTS: i64 = 50;

/// What the two operations have in common.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    command_id: Option<String>,
    instance_id: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    filters: Option<Vec<Filter>>,
    #[serde(default)]
    details: bool,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn list_commands(&self, state: &mut State, call: &Call) -> Answer {
        let (listing, wanted) = read(call)?;
        let place = place(&call.caller);
        if let Some(id) = listing.command_id.as_deref().filter(|id| state.commands.find(&place, id).is_none()) {
            return Err(unknown(id));
        }
        let of_instance = |command: &&Command| {
            let wanted = |id: &String| command.invocations.iter().any(|one| one.instance == *id);
            listing.instance_id.as_ref().is_none_or(wanted)
        };
        let commands = listing.commands(state, &place).filter(of_instance);
        let commands = commands.filter(|command| wanted.takes(command, command.status()));
        listing.page("Commands", commands.map(Command::describe))
    }

    pub(in crate::systems_manager) fn list_command_invocations(&self, state: &mut State, call: &Call) -> Answer {
        let (listing, wanted) = read(call)?;
        let place = place(&call.caller);
        let now = self.clock.now();
        let commands = listing.commands(state, &place).filter(|command| command.is_shown(now));
        let invocations = commands.flat_map(|command| command.invocations.iter().map(move |one| (command, one)));
        let invocations = invocations.filter(|(command, one)| {
            let of_instance = listing.instance_id.as_ref().is_none_or(|id| *id == one.instance);
            of_instance && wanted.takes(command, one.status)
        });
        let described = invocations.map(|(command, one)| one.describe(command, listing.details));
        listing.page("CommandInvocations", described)
    }
}

impl Listing {
    fn commands<'a>(&'a self, state: &'a State, place: &Place) -> impl Iterator<Item = &'a Command> {
        let all = state.commands.0.get(place).into_iter().flatten().rev();
        all.filter(|command| self.command_id.as_ref().is_none_or(|id| *id == command.id))
    }

    fn page(&self, name: &str, items: impl Iterator<Item = Value>) -> Answer {
        let size = usize::try_from(self.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default();
        let page = paging::page(items, size, self.next_token.as_deref()).map_err(bad_token)?;
        Ok(json!({ name: page.items, "NextToken": page.next }))
    }
}

fn read(call: &Call) -> Result<(Listing, Wanted), ServiceError> {
    let listing: Listing = call.input()?;
    let mut constraints = Constraints::default();
    constraints
        .length("commandId", listing.command_id.as_deref(), 36, 36)
        .range("maxResults", listing.max_results, 1, MAX_RESULTS)
        .entries("filters", listing.filters.as_ref().map(Vec::len), 1, 5);
    instance_id::check(&mut constraints, "instanceId", listing.instance_id.as_deref());
    constraints.finish()?;
    served(call, &SERVED)?;
    let wanted = Wanted::read(listing.filters.as_deref().unwrap_or_default())?;
    Ok((listing, wanted))
}

/// `InvalidCommandId`.
pub(super) fn unknown(id: &str) -> ServiceError {
    ServiceError::new("InvalidCommandId", format!("The command {id} is not known in this account and region."))
}
