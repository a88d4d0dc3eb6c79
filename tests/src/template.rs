//! What CDK has synthesized for the hub, with everything that CloudFormation would put in.

use std::path::Path;
use std::time::Duration;
use std::{fs, iter};

use falconer_sandbox::{Activity, Deployment, Pipe, StateMachine, Trigger, When};
use serde_json::{Map, Value};

/// Where the sandbox deploys: its partition, region, account and topic.
const HERE: [(&str, &str); 4] = [
    ("AWS::Partition", "aws"),
    ("AWS::Region", "us-east-1"),
    ("AWS::AccountId", "111122223333"),
    ("AWS::URLSuffix", "amazonaws.com"),
];
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:falconer-notifications";

/// A synthesized template.
#[derive(Debug)]
pub struct Template(Map<String, Value>);

impl Template {
    /// The hub's, as `make cdk` has written it.
    #[must_use]
    pub fn of_the_hub() -> Self {
        let manifest: Value = serde_json::from_str(&synthesized("manifest.json")).unwrap();
        let environment = text(&manifest["artifacts"]["falconer-hub"]["environment"]);
        // Where a stack knows its region, it writes it; the sandbox is in another.
        let (_, region) = environment.rsplit_once('/').unwrap();
        let template = synthesized("falconer-hub.template.json").replace(region, "us-east-1");
        let mut template: Value = serde_json::from_str(&template).unwrap();
        Self(serde_json::from_value(template["Resources"].take()).unwrap())
    }

    /// What it deploys of Step Functions and EventBridge, as the sandbox takes it in. The rules whose targets are no state machines
    /// are left out: they tell people.
    #[must_use]
    pub fn deployment(&self) -> Deployment {
        let activities =
            self.of_type("AWS::StepFunctions::Activity").map(|activity| Activity { name: text(&activity["Name"]) });
        Deployment {
            activities: activities.collect(),
            state_machines: self
                .of_type("AWS::StepFunctions::StateMachine")
                .map(|machine| self.machine(machine))
                .collect(),
            triggers: self.of_type("AWS::Events::Rule").filter_map(|rule| self.trigger(rule)).collect(),
            pipes: self.of_type("AWS::Pipes::Pipe").map(|pipe| self.pipe(pipe)).collect(),
        }
    }

    /// The properties of every resource of a type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.values().filter(move |resource| resource["Type"] == kind).map(|resource| &resource["Properties"])
    }

    fn machine(&self, machine: &Value) -> StateMachine {
        let mut definition = text(&machine["DefinitionString"]);
        for (name, value) in machine["DefinitionSubstitutions"].as_object().into_iter().flatten() {
            definition = definition.replace(&format!("${{{name}}}"), &text(&self.resolved(value)));
        }
        StateMachine { name: text(&machine["StateMachineName"]), definition }
    }

    fn trigger(&self, rule: &Value) -> Option<Trigger> {
        let target = &rule["Targets"][0];
        let state_machine = self.state_machine(&target["Arn"])?;
        let when = match &rule["ScheduleExpression"] {
            Value::String(schedule) => When::Schedule(schedule.clone()),
            _ => When::Event(self.resolved(&rule["EventPattern"]).to_string()),
        };
        Some(Trigger {
            name: text(&rule["Name"]),
            when,
            bus: rule.get("EventBusName").map(|bus| text(&self.resolved(bus))),
            state_machine,
            input: target.get("Input").map(text),
        })
    }

    fn pipe(&self, pipe: &Value) -> Pipe {
        let source = &pipe["SourceParameters"]["KinesisStreamParameters"];
        let number = |name: &str| source[name].as_u64().unwrap();
        Pipe {
            name: text(&pipe["Name"]),
            state_machine: self.state_machine(&pipe["Target"]).unwrap(),
            batch_size: u32::try_from(number("BatchSize")).unwrap(),
            batching_window: Duration::from_secs(number("MaximumBatchingWindowInSeconds")),
        }
    }

    /// The name of the state machine that a target is, if it is one.
    fn state_machine(&self, target: &Value) -> Option<String> {
        text(&self.resolved(target)).split_once(":stateMachine:").map(|(_, name)| name.to_owned())
    }

    /// A value as CloudFormation resolves it, as far as the house needs it
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>).
    fn resolved(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.resolved(item)).collect(),
            Value::Object(members) => match members.iter().collect::<Vec<_>>().as_slice() {
                [(name, Value::String(resource))] if *name == "Ref" => self.reference(resource).into(),
                [(name, Value::Array(parts))] if *name == "Fn::Join" => {
                    let parts = self.resolved(&parts[1]);
                    parts.as_array().unwrap().iter().map(text).collect::<String>().into()
                }
                [(name, Value::Array(parts))] if *name == "Fn::GetAtt" => self.reference(&text(&parts[0])).into(),
                _ => members.iter().map(|(name, member)| (name.clone(), self.resolved(member))).collect(),
            },
            other => other.clone(),
        }
    }

    /// What a reference to a resource or a pseudo parameter becomes.
    fn reference(&self, name: &str) -> String {
        if let Some((_, here)) = HERE.iter().find(|(pseudo, _)| *pseudo == name) {
            return (*here).to_owned();
        }
        let resource = &self.0[name];
        let named = |member: &str| text(&resource["Properties"][member]);
        let states = |kind, member| format!("arn:aws:states:us-east-1:111122223333:{kind}:{}", named(member));
        match resource["Type"].as_str().unwrap() {
            "AWS::StepFunctions::Activity" => states("activity", "Name"),
            "AWS::StepFunctions::StateMachine" => states("stateMachine", "StateMachineName"),
            "AWS::SNS::Topic" => TOPIC.to_owned(),
            "AWS::Events::EventBus" => named("Name"),
            other => format!("{other} {name}"),
        }
    }
}

fn synthesized(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cdk/cdk.out").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}: run `make cdk`", path.display()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The placeholders that are left in a text.
pub fn placeholders(text: &str) -> Vec<String> {
    let mut rest = text;
    iter::from_fn(|| {
        let (_, after) = rest.split_once("${")?;
        let (name, after) = after.split_once('}')?;
        rest = after;
        Some(name.to_owned())
    })
    .collect()
}
