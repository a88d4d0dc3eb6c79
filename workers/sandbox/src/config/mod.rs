//! AWS Config: recorders, queries over what they record, custom rules and what is evaluated for them.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/Welcome.html>. What is recorded is recorded at once.

mod aggregators;
mod compliance;
mod evaluations;
mod invocation;
mod item;
mod query;
mod recorded;
mod recorder;
mod rules;
mod select;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::events::EventBridge;
use crate::fleet::Fleet;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};
use aggregators::Aggregator;
pub(crate) use invocation::Invocation;
use item::Items;
use recorded::Recorded;
use recorder::Places;
pub(crate) use recorder::Setup;
use rules::Rule;
use tokens::ResultTokens;

type Operation = fn(&Config, &mut State, &Call) -> Answer;

/// Account, region and name of a rule or an aggregator.
type Key = (String, String, String);

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    fleet: Fleet,
    events: EventBridge,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    aggregators: BTreeMap<Key, Aggregator>,
    rules: BTreeMap<Key, Rule>,
    tokens: ResultTokens,
    places: Places,
    recorded: Recorded,
}

impl Config {
    pub(crate) fn new(
        clock: Clock,
        identifiers: Identifiers,
        organization: Arc<Organization>,
        fleet: Fleet,
        events: EventBridge,
    ) -> Self {
        Self { clock, identifiers, organization, fleet, events, state: Arc::default() }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::Config.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        self.locked(|state| operation(self, state, call))
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "PutConfigurationRecorder" => Self::put_recorder,
            "DescribeConfigurationRecorders" => Self::describe_recorders,
            "DescribeConfigurationRecorderStatus" => Self::describe_recorder_status,
            "StartConfigurationRecorder" => Self::start_recorder,
            "StopConfigurationRecorder" => Self::stop_recorder,
            "PutDeliveryChannel" => Self::put_delivery_channel,
            "DescribeDeliveryChannels" => Self::describe_delivery_channels,
            "SelectResourceConfig" => |config, state, call| config.select(state, call),
            "SelectAggregateResourceConfig" => |config, state, call| config.select_aggregate(state, call),
            "PutConfigurationAggregator" => Self::put_aggregator,
            "DescribeConfigurationAggregators" => |_, state, call| aggregators::describe(state, call),
            "PutConfigRule" => Self::put_rule,
            "DescribeConfigRules" => |_, state, call| rules::describe(state, call),
            "DeleteConfigRule" => |_, state, call| rules::delete(state, call),
            "PutEvaluations" => Self::put_evaluations,
            "GetComplianceDetailsByConfigRule" => |_, state, call| compliance::details(state, call),
            _ => return None,
        };
        Some(operation)
    }

    /// Sets up how Config stands in an account, in every region.
    pub(crate) fn set_up(&self, account: &str, setup: Setup) {
        self.locked(|state| state.places.set_up(account, setup, self.clock.now()));
    }

    fn items(&self) -> Items<'_> {
        Items(&self.organization)
    }

    fn locked<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn key(caller: &Caller, name: &str) -> Key {
    (caller.account.clone(), caller.region.clone(), name.to_owned())
}

/// Every value of a map that is the caller's, with its name.
fn own<'a, T>(map: &'a BTreeMap<Key, T>, caller: &Caller) -> impl Iterator<Item = (&'a str, &'a T)> {
    let own = map.range(key(caller, "")..);
    own.take_while(|((account, region, _), _)| *account == caller.account && *region == caller.region)
        .map(|((_, _, name), value)| (name.as_str(), value))
}

/// `InvalidParameterValueException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValueException", message)
}

fn bad_token(_: crate::paging::BadToken) -> ServiceError {
    ServiceError::new("InvalidNextTokenException", "The specified next token is not valid")
}

/// How many entries a page has: what is asked for, or `usual` without a number or with 0.
///
/// # Errors
/// `InvalidLimitException`.
fn size(limit: Option<i64>, usual: usize) -> Result<usize, ServiceError> {
    match limit {
        None | Some(0) => Ok(usual),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(usual)),
        Some(limit) => {
            Err(ServiceError::new("InvalidLimitException", format!("The limit {limit} is not between 0 and 100")))
        }
    }
}

/// Refuses an input with members that the sandbox would not heed.
fn served(call: &Call, members: &[&str]) -> Result<(), ServiceError> {
    call.unserved(members)
        .map_or(Ok(()), |member| Err(invalid(format!("The sandbox does not serve {member} of {}", call.operation))))
}
