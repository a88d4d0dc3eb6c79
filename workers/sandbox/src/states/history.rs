//! The history of an execution: what happened, in the order and shape that GetExecutionHistory gives.
//!
//! Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::integrations::Integration;
use crate::wire::seconds;

/// The most events that an execution may have; one more fails it.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub(crate) const MAX_EVENTS: usize = 25_000;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// The first event.
    ExecutionStarted {
        input: String,
        role_arn: String,
    },
    /// The last event, one of these four.
    ExecutionSucceeded {
        output: String,
    },
    ExecutionFailed(Failure),
    ExecutionTimedOut(Failure),
    ExecutionAborted(Failure),
    /// `kind` is the state's type.
    StateEntered {
        kind: &'static str,
        name: String,
        input: String,
    },
    StateExited {
        kind: &'static str,
        name: String,
        output: String,
    },
    /// A state that was cut off because a sibling failed.
    StateAborted {
        kind: &'static str,
    },
    ActivityScheduled {
        resource: String,
        input: String,
        timeout: Option<u64>,
        heartbeat: Option<u64>,
    },
    ActivityScheduleFailed(Failure),
    ActivityStarted {
        worker: Option<String>,
    },
    ActivitySucceeded {
        output: String,
    },
    ActivityFailed(Failure),
    ActivityTimedOut(Failure),
    TaskScheduled {
        integration: Integration,
        region: String,
        parameters: String,
        timeout: Option<u64>,
    },
    TaskStarted {
        integration: Integration,
    },
    TaskSucceeded {
        integration: Integration,
        output: String,
    },
    TaskFailed {
        integration: Integration,
        failure: Failure,
    },
    TaskTimedOut {
        integration: Integration,
        failure: Failure,
    },
    ParallelStarted,
    ParallelSucceeded,
    ParallelFailed,
    MapStarted {
        length: usize,
    },
    MapSucceeded,
    MapFailed,
    /// `what` is Started, Succeeded, Failed or Aborted.
    MapIteration {
        what: &'static str,
        name: String,
        index: usize,
    },
}

impl Happening {
    /// The event's type.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::ExecutionStarted { .. } => "ExecutionStarted".to_owned(),
            Self::ExecutionSucceeded { .. } => "ExecutionSucceeded".to_owned(),
            Self::ExecutionFailed(_) => "ExecutionFailed".to_owned(),
            Self::ExecutionTimedOut(_) => "ExecutionTimedOut".to_owned(),
            Self::ExecutionAborted(_) => "ExecutionAborted".to_owned(),
            Self::StateEntered { kind, .. } => format!("{kind}StateEntered"),
            Self::StateExited { kind, .. } => format!("{kind}StateExited"),
            Self::StateAborted { kind } => format!("{kind}StateAborted"),
            Self::ActivityScheduled { .. } => "ActivityScheduled".to_owned(),
            Self::ActivityScheduleFailed(_) => "ActivityScheduleFailed".to_owned(),
            Self::ActivityStarted { .. } => "ActivityStarted".to_owned(),
            Self::ActivitySucceeded { .. } => "ActivitySucceeded".to_owned(),
            Self::ActivityFailed(_) => "ActivityFailed".to_owned(),
            Self::ActivityTimedOut(_) => "ActivityTimedOut".to_owned(),
            Self::TaskScheduled { .. } => "TaskScheduled".to_owned(),
            Self::TaskStarted { .. } => "TaskStarted".to_owned(),
            Self::TaskSucceeded { .. } => "TaskSucceeded".to_owned(),
            Self::TaskFailed { .. } => "TaskFailed".to_owned(),
            Self::TaskTimedOut { .. } => "TaskTimedOut".to_owned(),
            Self::ParallelStarted => "ParallelStateStarted".to_owned(),
            Self::ParallelSucceeded => "ParallelStateSucceeded".to_owned(),
            Self::ParallelFailed => "ParallelStateFailed".to_owned(),
            Self::MapStarted { .. } => "MapStateStarted".to_owned(),
            Self::MapSucceeded => "MapStateSucceeded".to_owned(),
            Self::MapFailed => "MapStateFailed".to_owned(),
            Self::MapIteration { what, .. } => format!("MapIteration{what}"),
        }
    }

    /// The event's details, under the name of their member; some types have none.
    fn details(&self, with_data: bool) -> Option<(&'static str, Map<String, Value>)> {
        let data = |name: &str, text: &str| {
            let shown = [(name.to_owned(), json!(text)), (format!("{name}Details"), json!({ "truncated": false }))];
            if with_data { Map::from_iter(shown) } else { Map::new() }
        };
        let failure = |failure: &Failure| {
            let parts = [("error", &failure.error), ("cause", &failure.cause)];
            let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), json!(part.as_ref()?))));
            parts.collect::<Map<_, _>>()
        };
        let called = |integration: &Integration| json!({ "resourceType": integration.service.signing_name(), "resource": integration.action });
        let (member, details, more) = match self {
            Self::ExecutionStarted { input, role_arn } => {
                ("executionStartedEventDetails", data("input", input), json!({ "roleArn": role_arn }))
            }
            Self::ExecutionSucceeded { output } => {
                ("executionSucceededEventDetails", data("output", output), json!({}))
            }
            Self::ExecutionFailed(why) => ("executionFailedEventDetails", failure(why), json!({})),
            Self::ExecutionTimedOut(why) => ("executionTimedOutEventDetails", failure(why), json!({})),
            Self::ExecutionAborted(why) => ("executionAbortedEventDetails", failure(why), json!({})),
            Self::StateEntered { name, input, .. } => {
                ("stateEnteredEventDetails", data("input", input), json!({ "name": name }))
            }
            Self::StateExited { name, output, .. } => {
                ("stateExitedEventDetails", data("output", output), json!({ "name": name }))
            }
            Self::ActivityScheduled { resource, input, timeout, heartbeat } => {
                let mut more = json!({ "resource": resource });
                for (name, seconds) in [("timeoutInSeconds", timeout), ("heartbeatInSeconds", heartbeat)] {
                    if let Some(seconds) = seconds {
                        more[name] = json!(seconds);
                    }
                }
                ("activityScheduledEventDetails", data("input", input), more)
            }
            Self::ActivityScheduleFailed(why) => ("activityScheduleFailedEventDetails", failure(why), json!({})),
            Self::ActivityStarted { worker } => {
                let worker = worker.as_ref().map_or(json!({}), |worker| json!({ "workerName": worker }));
                ("activityStartedEventDetails", Map::new(), worker)
            }
            Self::ActivitySucceeded { output } => ("activitySucceededEventDetails", data("output", output), json!({})),
            Self::ActivityFailed(why) => ("activityFailedEventDetails", failure(why), json!({})),
            Self::ActivityTimedOut(why) => ("activityTimedOutEventDetails", failure(why), json!({})),
            Self::TaskScheduled { integration, region, parameters, timeout } => {
                let mut more = called(integration);
                more["region"] = json!(region);
                // Not data to be left out on request: the API has no details for it.
                more["parameters"] = json!(if with_data { parameters } else { "" });
                if let Some(seconds) = timeout {
                    more["timeoutInSeconds"] = json!(seconds);
                }
                ("taskScheduledEventDetails", Map::new(), more)
            }
            Self::TaskStarted { integration } => ("taskStartedEventDetails", Map::new(), called(integration)),
            Self::TaskSucceeded { integration, output } => {
                ("taskSucceededEventDetails", data("output", output), called(integration))
            }
            Self::TaskFailed { integration, failure: why } => {
                ("taskFailedEventDetails", failure(why), called(integration))
            }
            Self::TaskTimedOut { integration, failure: why } => {
                ("taskTimedOutEventDetails", failure(why), called(integration))
            }
            Self::MapStarted { length } => ("mapStateStartedEventDetails", Map::new(), json!({ "length": length })),
            Self::MapIteration { what, name, index } => {
                let member = match *what {
                    "Started" => "mapIterationStartedEventDetails",
                    "Succeeded" => "mapIterationSucceededEventDetails",
                    "Failed" => "mapIterationFailedEventDetails",
                    _ => "mapIterationAbortedEventDetails",
                };
                (member, Map::new(), json!({ "name": name, "index": index }))
            }
            Self::StateAborted { .. }
            | Self::ParallelStarted
            | Self::ParallelSucceeded
            | Self::ParallelFailed
            | Self::MapSucceeded
            | Self::MapFailed => return None,
        };
        let more = more.as_object().cloned().unwrap_or_default();
        Some((member, details.into_iter().chain(more).collect()))
    }
}

/// A happening with its number, time, and the number of the one that led to it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    id: u64,
    previous: u64,
    at: Timestamp,
    happening: Happening,
}

impl Event {
    /// The event as the API gives it; `with_data` is the request's `includeExecutionData`.
    pub(crate) fn to_value(&self, with_data: bool) -> Value {
        let mut value = json!({
            "timestamp": seconds(self.at),
            "type": self.happening.name(),
            "id": self.id,
            "previousEventId": self.previous,
        });
        if let Some((member, details)) = self.happening.details(with_data) {
            value[member] = Value::Object(details);
        }
        value
    }
}

/// All events of one execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Vec<Event>);

impl History {
    /// Whether only the event that ends the execution fits in.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() + 1 >= MAX_EVENTS
    }

    /// Adds an event after the one numbered `previous`, and gives its number.
    pub(crate) fn add(&mut self, at: Timestamp, previous: u64, happening: Happening) -> u64 {
        let id = self.0.len() as u64 + 1;
        self.0.push(Event { id, previous, at, happening });
        id
    }

    /// The events, oldest first.
    pub(crate) fn events(&self) -> &[Event] {
        &self.0
    }
}
