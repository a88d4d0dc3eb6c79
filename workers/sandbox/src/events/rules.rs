//! Rules: PutRule, DescribeRule, ListRules, DeleteRule.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bus::Bus;
use super::targets::Target;
use super::{EventBridge, Pattern, RuleKey};
use crate::constraints::{Constraints, required};
use crate::paging::{BadToken, page};
use crate::schedule::Schedule;
use crate::wire::{Answer, Call, ServiceError};

/// A rule of a bus. It has a pattern, a schedule, or both.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) arn: String,
    pub(super) pattern: Option<Written<Pattern>>,
    pub(super) schedule: Option<Written<Schedule>>,
    /// When it fires next by itself: never without a schedule, or while it is disabled.
    pub(super) due: Option<Timestamp>,
    pub(super) enabled: bool,
    pub(super) description: Option<String>,
    /// By their ids.
    pub(super) targets: BTreeMap<String, Target>,
}

/// A member as it was sent, and what it means.
#[derive(Clone, Debug)]
pub(super) struct Written<T> {
    pub(super) text: String,
    pub(super) meaning: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRule {
    name: Option<String>,
    event_pattern: Option<String>,
    schedule_expression: Option<String>,
    state: Option<String>,
    description: Option<String>,
    event_bus_name: Option<String>,
}

/// What the operations on one rule have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfRule {
    name: Option<String>,
    event_bus_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRules {
    name_prefix: Option<String>,
    event_bus_name: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Rule {
    /// Whether an event that is put on its bus fires it.
    pub(super) fn matches(&self, event: &Value) -> bool {
        self.enabled && self.pattern.as_ref().is_some_and(|pattern| pattern.meaning.matches(event))
    }
}

impl EventBridge {
    pub(super) fn put_rule(&self, call: &Call) -> Answer {
        let input: PutRule = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("name", input.name.as_ref())
            .length("name", input.name.as_deref(), 1, 64)
            .characters("name", input.name.as_deref(), r"[\.\-_A-Za-z0-9]+", is_of_a_name)
            .length("scheduleExpression", input.schedule_expression.as_deref(), 0, 256)
            .length("eventPattern", input.event_pattern.as_deref(), 0, 4096)
            .length("description", input.description.as_deref(), 0, 512)
            .one_of("state", input.state.as_deref(), &["ENABLED", "DISABLED"]);
        constraints.finish()?;
        let bus = self.own_bus(input.event_bus_name.as_deref(), &call.caller)?;
        let pattern = input.event_pattern.map(read_pattern).transpose()?;
        let schedule = input.schedule_expression.map(read_schedule).transpose()?;
        if pattern.is_none() && schedule.is_none() {
            let message = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
            return Err(ServiceError::new("ValidationException", message));
        }
        // <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html>
        if schedule.is_some() && !bus.is_default() {
            let message = "ScheduleExpression is supported only on the default event bus.";
            return Err(ServiceError::new("ValidationException", message));
        }
        let name = input.name.unwrap_or_default();
        let path = if bus.is_default() { name.clone() } else { format!("{bus}/{name}") };
        let arn = self.organization.arn("events", &bus.region, &bus.account, &format!("rule/{path}"));
        let enabled = input.state.as_deref() != Some("DISABLED");
        let running = schedule.as_ref().filter(|_| enabled);
        let due = running.and_then(|schedule| schedule.meaning.next(self.clock.now()));
        self.with_rules(|rules| {
            let key = (bus, name);
            // A rule that is put again keeps its targets.
            let targets = rules.remove(&key).map(|rule| rule.targets).unwrap_or_default();
            let description = input.description;
            rules.insert(key, Rule { arn: arn.clone(), pattern, schedule, due, enabled, description, targets });
        });
        self.rescheduled.notify_one();
        Ok(json!({ "RuleArn": arn }))
    }

    pub(super) fn describe_rule(&self, call: &Call) -> Answer {
        let input: OfRule = call.input()?;
        let key = (self.own_bus(input.event_bus_name.as_deref(), &call.caller)?, required("name", input.name)?);
        self.with_rule(&key, |rule| {
            let mut described = describe(&key, rule);
            described["CreatedBy"] = call.caller.account.as_str().into();
            Ok(described)
        })
    }

    pub(super) fn list_rules(&self, call: &Call) -> Answer {
        let input: ListRules = call.input()?;
        let mut constraints = Constraints::default();
        constraints.range("limit", input.limit, 1, 100).finish()?;
        let bus = self.own_bus(input.event_bus_name.as_deref(), &call.caller)?;
        let prefix = input.name_prefix.unwrap_or_default();
        let size = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(100);
        self.with_rules(|rules| {
            let described = of(rules, &bus, &prefix).map(|(key, rule)| describe(key, rule));
            let page = page(described, size, input.next_token.as_deref()).map_err(bad_token)?;
            Ok(with_next(json!({ "Rules": page.items }), page.next))
        })
    }

    pub(super) fn delete_rule(&self, call: &Call) -> Answer {
        let input: OfRule = call.input()?;
        let key = (self.own_bus(input.event_bus_name.as_deref(), &call.caller)?, required("name", input.name)?);
        self.with_rules(|rules| {
            if rules.get(&key).is_some_and(|rule| !rule.targets.is_empty()) {
                let message = "Rule can't be deleted since it has targets.";
                return Err(ServiceError::new("ValidationException", message));
            }
            // A rule that is not there counts as deleted.
            rules.remove(&key);
            Ok(json!({}))
        })
    }

    pub(super) fn with_rule<T>(
        &self,
        key: &RuleKey,
        work: impl FnOnce(&mut Rule) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.with_rules(|rules| match rules.get_mut(key) {
            Some(rule) => work(rule),
            None => {
                let message = format!("Rule {} does not exist on EventBus {}.", key.1, key.0);
                Err(ServiceError::new("ResourceNotFoundException", message))
            }
        })
    }
}

/// The rules of a bus whose names begin like this.
pub(super) fn of<'a>(
    rules: &'a BTreeMap<RuleKey, Rule>,
    bus: &'a Bus,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a RuleKey, &'a Rule)> {
    let first = (bus.clone(), prefix.to_owned());
    rules.range(first..).take_while(move |((of, name), _)| of == bus && name.starts_with(prefix))
}

fn describe((bus, name): &RuleKey, rule: &Rule) -> Value {
    let mut described = json!({
        "Name": name,
        "Arn": rule.arn,
        "State": if rule.enabled { "ENABLED" } else { "DISABLED" },
        "EventBusName": bus.name,
    });
    for (member, text) in [
        ("EventPattern", rule.pattern.as_ref().map(|pattern| &pattern.text)),
        ("ScheduleExpression", rule.schedule.as_ref().map(|schedule| &schedule.text)),
        ("Description", rule.description.as_ref()),
    ] {
        if let Some(text) = text {
            described[member] = text.as_str().into();
        }
    }
    described
}

fn read_pattern(text: String) -> Result<Written<Pattern>, ServiceError> {
    let meaning =
        Pattern::parse(&text).map_err(|error| ServiceError::new("InvalidEventPatternException", error.to_string()))?;
    Ok(Written { text, meaning })
}

fn read_schedule(text: String) -> Result<Written<Schedule>, ServiceError> {
    let meaning = Schedule::parse(&text).map_err(|error| {
        let message = format!("Parameter ScheduleExpression is not valid. Reason: {error}");
        ServiceError::new("ValidationException", message)
    })?;
    Ok(Written { text, meaning })
}

pub(super) fn bad_token(_: BadToken) -> ServiceError {
    ServiceError::new("ValidationException", "The next token is not valid")
}

pub(super) fn with_next(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["NextToken"] = next.into();
    }
    answer
}

fn is_of_a_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".-_".contains(character)
}
