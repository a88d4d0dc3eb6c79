//! EventBridge: buses, their rules, and what they start.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html>.

mod bus;
mod event;
mod matching;
mod pattern;
mod put_events;
mod rules;
mod scheduler;
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use event::Event;
use pattern::Pattern;

use crate::clock::Clock;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::service::Service;
use crate::wire::{Answer, Call};
use bus::Bus;
use rules::Rule;

/// A target to be given an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// The state machine's ARN.
    pub(crate) target: String,
    /// JSON text: the event, or what the target asks for in its place.
    pub(crate) input: String,
}

type Operation = fn(&EventBridge, &Call) -> Answer;

/// Bus and name of a rule.
type RuleKey = (Bus, String);

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct EventBridge {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    deliveries: UnboundedSender<Delivery>,
    /// Those that are no default bus.
    buses: Arc<Mutex<BTreeSet<Bus>>>,
    rules: Arc<Mutex<BTreeMap<RuleKey, Rule>>>,
    /// Wakes the scheduler when a rule may be due at another time than before.
    rescheduled: Arc<Notify>,
}

impl EventBridge {
    /// A service that hands what its rules matched to `deliveries`.
    pub(crate) fn new(
        clock: Clock,
        identifiers: Identifiers,
        organization: Arc<Organization>,
        deliveries: UnboundedSender<Delivery>,
    ) -> Self {
        let (buses, rules, rescheduled) = Default::default();
        Self { clock, identifiers, organization, deliveries, buses, rules, rescheduled }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::EventBridge.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "CreateEventBus" => Self::create_bus,
            "PutEvents" => Self::put_events,
            "PutRule" => Self::put_rule,
            "DescribeRule" => Self::describe_rule,
            "ListRules" => Self::list_rules,
            "DeleteRule" => Self::delete_rule,
            "PutTargets" => Self::put_targets,
            "RemoveTargets" => Self::remove_targets,
            "ListTargetsByRule" => Self::list_targets,
            "TestEventPattern" => |_, call| put_events::test_event_pattern(call),
            _ => return None,
        };
        Some(operation)
    }

    /// Puts an event on the default bus of its account.
    pub(crate) fn publish(&self, event: &Event) {
        self.publish_on(&Bus::default_of(&event.account, &event.region), event);
    }

    /// Puts an event on a bus of the hub, as a rule of another account or region that forwards it does: the envelope stays.
    pub(crate) fn forward(&self, event: &Event, bus: &str) {
        self.publish_on(&Bus::of_hub(&self.organization, bus), event);
    }

    /// Puts an event on a bus: every enabled rule of it that matches gives it to its targets.
    fn publish_on(&self, bus: &Bus, event: &Event) {
        let value = event.to_value();
        let text = value.to_string();
        self.with_rules(|rules| {
            let of_bus = rules::of(rules, bus, "").map(|(_, rule)| rule);
            for rule in of_bus.filter(|rule| rule.matches(&value)) {
                self.deliver(rule, &text);
            }
        });
    }

    /// Gives an event to the targets of a rule, or the constant that a target wants in its place.
    fn deliver(&self, rule: &Rule, event: &str) {
        for target in rule.targets.values() {
            let input = target.input.as_deref().unwrap_or(event).to_owned();
            // Nobody listens only when the sandbox is being dropped.
            let _ = self.deliveries.send(Delivery { target: target.arn.clone(), input });
        }
    }

    /// An event of now, with an id of its own.
    pub(crate) fn event(&self, account: &str, region: &str, source: &str, detail_type: &str) -> Event {
        Event {
            id: self.identifiers.uuid(),
            detail_type: detail_type.to_owned(),
            source: source.to_owned(),
            account: account.to_owned(),
            time: self.clock.now(),
            region: region.to_owned(),
            resources: Vec::new(),
            detail: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    fn with_buses<T>(&self, work: impl FnOnce(&mut BTreeSet<Bus>) -> T) -> T {
        work(&mut self.buses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_rules<T>(&self, work: impl FnOnce(&mut BTreeMap<RuleKey, Rule>) -> T) -> T {
        work(&mut self.rules.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
