//! From a finding, a person or AWS itself, through a rule, to an execution.

use std::time::Duration;

use falconer_sandbox::{Activity, DeployError, Deployment, Scenario, StateMachine, Trigger, When};
use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};
use crate::security_hub::{finding, import, named};

/// State machines `<name>` that end at once, each started by events that match its pattern.
pub(crate) async fn deploy(aws: &Aws, triggers: &[(&str, Value)]) {
    let trigger = |(name, pattern): &(&str, Value)| Trigger {
        name: format!("{name}-trigger"),
        when: When::Event(pattern.to_string()),
        bus: None,
        state_machine: (*name).to_owned(),
        input: None,
    };
    deploy_triggers(aws, triggers.iter().map(trigger).collect()).await;
}

/// The triggers, and their state machines, which end at once.
pub(crate) async fn deploy_triggers(aws: &Aws, triggers: Vec<Trigger>) {
    let definition = json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}).to_string();
    let deployment = Deployment {
        state_machines: triggers
            .iter()
            .map(|trigger| StateMachine { name: trigger.state_machine.clone(), definition: definition.clone() })
            .collect(),
        triggers,
        ..Deployment::default()
    };
    aws.sandbox.deploy(&deployment).await.unwrap();
}

/// The inputs of a state machine's executions, the first one first.
pub(crate) async fn inputs(aws: &Aws, machine: &str) -> Vec<Value> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    let arn = format!("arn:aws:states:us-east-1:{HUB}:stateMachine:{machine}");
    let listed = aws.json("states", "ListExecutions", json!({"stateMachineArn": arn})).await.ok();
    let mut inputs = Vec::new();
    for execution in listed["executions"].as_array().unwrap().iter().rev() {
        let arn = json!({"executionArn": execution["executionArn"]});
        let described = aws.json("states", "DescribeExecution", arn).await.ok();
        inputs.push(serde_json::from_str(described["input"].as_str().unwrap()).unwrap());
    }
    inputs
}

fn imported() -> Value {
    json!({"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Imported"], "account": ["${AWS::AccountId}"]})
}

#[tokio::test(start_paused = true)]
async fn an_imported_finding_starts_an_execution_with_the_whole_event() {
    let aws = Aws::hub();
    deploy(&aws, &[("contain-finding", imported())]).await;
    import(&aws, json!([finding("one", "2024-05-01T10:00:00Z"), finding("two", "2024-05-01T10:00:00Z")])).await;
    let events = inputs(&aws, "contain-finding").await;
    assert_eq!(events.len(), 2, "one event for each finding");
    let event = &events[0];
    let resource = event["resources"][0].as_str().unwrap();
    assert!(resource.ends_with("/crowdstrike-falcon/one"), "{resource}");
    assert_eq!(event["detail"]["findings"][0]["Workflow"]["Status"], "NEW");
    assert_eq!((&event["time"], &event["version"]), (&json!("2024-05-01T12:00:00Z"), &json!("0")));
}

#[tokio::test(start_paused = true)]
async fn every_update_emits_the_finding_again_as_it_is_now() {
    let aws = Aws::hub();
    deploy(&aws, &[("contain-finding", imported())]).await;
    import(&aws, json!([finding("f", "2024-05-01T10:00:00Z")])).await;
    let changes = json!({"FindingIdentifiers": named("f"), "Note": {"Text": "seen", "UpdatedBy": "us"}});
    aws.hub_call("PATCH", "/findings/batchupdate", changes).await.ok();
    let events = inputs(&aws, "contain-finding").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1]["detail"]["findings"][0]["Note"]["Text"], "seen");
}

#[tokio::test(start_paused = true)]
async fn a_members_finding_reaches_the_hubs_bus() {
    let aws = Aws::hub();
    deploy(&aws, &[("contain-finding", imported())]).await;
    let mut of_member = finding("m", "2024-05-01T10:00:00Z");
    of_member["AwsAccountId"] = MEMBER.into();
    import(&aws.of(MEMBER), json!([of_member])).await;
    let events = inputs(&aws, "contain-finding").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["detail"]["findings"][0]["AwsAccountId"], MEMBER);
}

#[tokio::test(start_paused = true)]
async fn choosing_a_custom_action_emits_one_event_for_each_finding() {
    let aws = Aws::hub();
    let arn = format!("arn:aws:securityhub:us-east-1:{HUB}:action/custom/falconerBlock");
    let pattern = json!({"detail-type": ["Security Hub Findings - Custom Action"], "resources": [arn]});
    deploy(&aws, &[("contain-finding", pattern)]).await;
    import(&aws, json!([finding("one", "2024-05-01T10:00:00Z"), finding("two", "2024-05-01T10:00:00Z")])).await;
    let chosen = [named("one")[0].clone(), named("two")[0].clone()];
    let choice = json!({"ActionTargetArn": arn, "FindingIdentifiers": chosen});
    aws.control("POST", "custom-actions", choice).await.ok();
    let events = inputs(&aws, "contain-finding").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["detail"]["actionName"], "Falconer: block");
    let unknown = json!({"ActionTargetArn": arn, "FindingIdentifiers": named("nobody")});
    assert_eq!(aws.control("POST", "custom-actions", unknown).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn events_of_aws_come_from_aws_only() {
    let aws = Aws::hub();
    deploy(&aws, &[("onboard-account", json!({"source": ["aws.controltower"]}))]).await;
    let entry = json!({"Source": "aws.controltower", "DetailType": "d", "Detail": "{}"});
    let answer = aws.json("events", "PutEvents", json!({"Entries": [entry]})).await.ok();
    assert_eq!(answer["FailedEntryCount"], 1);
    assert_eq!(answer["Entries"][0]["ErrorCode"], "NotAuthorizedForSourceException");
    let event = json!({"source": "aws.controltower", "detail-type": "d", "detail": {"a": 1}});
    aws.control("POST", "events", event).await.ok();
    let events = inputs(&aws, "onboard-account").await;
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["detail"], &events[0]["account"]), (&json!({"a": 1}), &json!(HUB)));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_execution_is_an_event_too() {
    let aws = Aws::hub();
    let ended = json!({
        "source": ["aws.states"],
        "detail": {"status": ["SUCCEEDED"], "stateMachineArn": [{"suffix": ":first"}]},
    });
    deploy(&aws, &[("first", json!({"source": ["ours"]})), ("second", ended)]).await;
    let entry = json!({"Source": "ours", "DetailType": "d", "Detail": "{}"});
    aws.json("events", "PutEvents", json!({"Entries": [entry]})).await.ok();
    let events = inputs(&aws, "second").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["detail-type"], "Step Functions Execution Status Change");
}

#[tokio::test(start_paused = true)]
async fn a_rule_starts_its_state_machine_though_calls_of_start_execution_are_throttled() {
    let aws = Aws::hub();
    deploy(&aws, &[("ours", json!({"source": ["ours"]}))]).await;
    let throttle = json!({"operation": "states.StartExecution", "fault": "throttle"});
    aws.control("POST", "faults", throttle).await.ok();
    let entry = json!({"Source": "ours", "DetailType": "d", "Detail": "{}"});
    aws.json("events", "PutEvents", json!({"Entries": [entry]})).await.ok();
    assert_eq!(inputs(&aws, "ours").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_disabled_rule_starts_nothing() {
    let aws = Aws::hub();
    deploy(&aws, &[("quiet", json!({"source": ["ours"]}))]).await;
    let off = json!({"Name": "quiet-trigger", "EventPattern": "{\"source\":[\"ours\"]}", "State": "DISABLED"});
    aws.json("events", "PutRule", off).await.ok();
    let entry = json!({"Source": "ours", "DetailType": "d", "Detail": "{}"});
    aws.json("events", "PutEvents", json!({"Entries": [entry]})).await.ok();
    assert_eq!(inputs(&aws, "quiet").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_fills_in_the_arns_of_its_activities_and_refuses_names_that_it_does_not_have() {
    let aws = Aws::hub();
    let machine = |resource: &str| StateMachine {
        name: "work".to_owned(),
        definition: json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "End": true}}})
            .to_string(),
    };
    let mut deployment = Deployment {
        activities: vec![Activity { name: "BlockIndicators".to_owned() }],
        state_machines: vec![machine("${BlockIndicators}")],
        ..Deployment::default()
    };
    let deployed = aws.sandbox.deploy(&deployment).await.unwrap();
    let described = json!({"stateMachineArn": deployed.state_machines["work"]});
    let described = aws.json("states", "DescribeStateMachine", described).await.ok();
    assert!(described["definition"].as_str().unwrap().contains(&deployed.activities["BlockIndicators"]));
    deployment.state_machines = vec![machine("${Blok}")];
    let error = aws.sandbox.deploy(&deployment).await.unwrap_err();
    assert!(matches!(&error, DeployError::Unknown { name, .. } if name == "Blok"), "{error}");
    deployment.state_machines = vec![StateMachine { name: "work".to_owned(), definition: "{}".to_owned() }];
    let error = aws.sandbox.deploy(&deployment).await.unwrap_err().to_string();
    assert!(error.starts_with("state machine work: InvalidDefinition"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_scenario_brings_findings_of_any_product_and_refuses_what_is_none() {
    let aws = Aws::hub();
    deploy(&aws, &[("contain-finding", imported())]).await;
    let mut of_guardduty = finding("g", "2024-05-01T10:00:00Z");
    of_guardduty["ProductArn"] = "arn:aws:securityhub:us-east-1::product/aws/guardduty".into();
    let scenario = json!({"findings": [of_guardduty]}).to_string();
    aws.sandbox.apply(Scenario::parse(&scenario).unwrap()).unwrap();
    let events = inputs(&aws, "contain-finding").await;
    assert_eq!(events[0]["detail"]["findings"][0]["ProductName"], "GuardDuty");
    let broken = Scenario::parse(r#"{"findings": [{"Id": "x"}]}"#).unwrap();
    let error = aws.sandbox.apply(broken).unwrap_err().to_string();
    assert!(error.starts_with("finding x: "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_member_puts_an_event_on_the_hubs_bus_and_the_event_says_who_sent_it() {
    let aws = Aws::hub();
    let trigger = |name: &str, bus: Option<&str>| Trigger {
        name: format!("{name}-trigger"),
        when: When::Event(json!({"source": ["falconer"]}).to_string()),
        bus: bus.map(str::to_owned),
        state_machine: name.to_owned(),
        input: None,
    };
    deploy_triggers(&aws, vec![trigger("of-bus", Some("falconer")), trigger("of-default", None)]).await;
    let arn = |name: &str| format!("arn:aws:events:us-east-1:{HUB}:event-bus/{name}");
    let entry = |bus: &str| json!({"Source": "falconer", "DetailType": "d", "Detail": "{}", "EventBusName": bus});
    let entries = ["falconer", "default", "nobody"].map(|name| entry(&arn(name)));
    let answer = aws.of(MEMBER).json("events", "PutEvents", json!({"Entries": entries})).await.ok();
    assert_eq!(answer["FailedEntryCount"], 2);
    assert_eq!(answer["Entries"][1]["ErrorCode"], "AccessDeniedException");
    assert_eq!(answer["Entries"][2]["ErrorCode"], "InvalidArgument");
    let events = inputs(&aws, "of-bus").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["account"], MEMBER);
    assert_eq!(inputs(&aws, "of-default").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn rules_of_two_buses_are_apart_and_a_custom_bus_has_no_schedules() {
    let aws = Aws::hub();
    let pattern = json!({"source": ["ours"]}).to_string();
    let on = |bus: &str| json!({"Name": "r", "EventPattern": pattern, "EventBusName": bus});
    let rule = aws.json("events", "PutRule", on("falconer")).await.ok();
    assert_eq!(rule["RuleArn"], format!("arn:aws:events:us-east-1:{HUB}:rule/falconer/r"));
    let listed = |bus: &str| aws.json("events", "ListRules", json!({"EventBusName": bus}));
    assert_eq!(listed("falconer").await.ok()["Rules"][0]["EventBusName"], "falconer");
    assert_eq!(listed("default").await.ok()["Rules"], json!([]));
    let schedule = json!({"Name": "s", "ScheduleExpression": "rate(1 hour)", "EventBusName": "falconer"});
    assert_eq!(aws.json("events", "PutRule", schedule).await.error(), "400 ValidationException");
    let foreign = aws.of(MEMBER).json("events", "PutRule", on("falconer")).await;
    assert_eq!(foreign.error(), "400 ResourceNotFoundException");
    let again = aws.json("events", "CreateEventBus", json!({"Name": "falconer"})).await;
    assert_eq!(again.error(), "400 ResourceAlreadyExistsException");
}

#[tokio::test(start_paused = true)]
async fn a_state_machine_starts_another_one_and_goes_on() {
    let aws = Aws::hub();
    let start = json!({
        "Type": "Task",
        "Resource": "${StartExecutionArn}",
        "Parameters": {"StateMachineArn": "${second}", "Name": "once", "Input": {"from.$": "$.detail"}},
        "End": true,
    });
    let machine = |name: &str, state: &Value| StateMachine {
        name: name.to_owned(),
        definition: json!({"StartAt": "Only", "States": {"Only": state}}).to_string(),
    };
    let machines = vec![machine("first", &start), machine("second", &json!({"Type": "Succeed"}))];
    let deployed = Deployment { state_machines: machines, ..Deployment::default() };
    let deployed = aws.sandbox.deploy(&deployed).await.unwrap();
    let mut ended = Vec::new();
    for _ in 0..2 {
        let input = json!({"stateMachineArn": deployed.state_machines["first"], "input": "{\"detail\":{\"a\":1}}"});
        let execution = aws.json("states", "StartExecution", input).await.ok()["executionArn"].clone();
        tokio::time::sleep(Duration::from_secs(1)).await;
        ended.push(aws.json("states", "DescribeExecution", json!({"executionArn": execution})).await.ok());
    }
    let output: Value = serde_json::from_str(ended[0]["output"].as_str().unwrap()).unwrap();
    let second = format!("arn:aws:states:us-east-1:{HUB}:execution:second:once");
    assert_eq!(output["ExecutionArn"], second);
    assert_eq!(inputs(&aws, "second").await, [json!({"from": {"a": 1}})]);
    assert_eq!(ended[1]["error"], "StepFunctions.ExecutionAlreadyExistsException", "{}", ended[1]);
    let counts = aws.control("GET", "calls", json!(null)).await.ok();
    assert_eq!(counts["states.StartExecution"], 4, "a state machine's own calls count too");
}
