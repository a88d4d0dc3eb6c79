//! Run Command: what is taken, listed, counted, cancelled and timed out. What an install does is in `installs`.

use std::time::Duration;

use falconer_sandbox::{Agent, CommandFate, Instance, State};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::{Aws, MEMBER};
use crate::nodes::{
    DONE, arguments, command, details, hub_with, id, install, instance, invocations, send, send_install, ssm, with,
    with_fate,
};

const HOUR: Duration = Duration::from_secs(3600);
/// What the commands of these tests are given where the token does not matter.
const TOKEN: &str = "good-for-nothing";

fn sending(more: Value) -> Value {
    with(install([1], &arguments(TOKEN)), more)
}

#[tokio::test(start_paused = true)]
async fn a_command_is_answered_as_it_was_sent_and_shows_what_it_was_given() {
    let aws = hub_with([instance(1)]);
    let sent = ssm(&aws, "SendCommand", sending(json!({"Comment": "falconer", "TimeoutSeconds": 600}))).await.ok();
    let sent = &sent["Command"];
    for (member, expected) in [
        ("Status", json!("Pending")),
        ("StatusDetails", json!("Pending")),
        ("Comment", json!("falconer")),
        ("InstanceIds", json!([id(1)])),
        ("RequestedDateTime", json!(1_714_564_800.0)),
        // 600 s for the delivery and 3600 s for the execution.
        ("ExpiresAfter", json!(1_714_569_000.0)),
        ("MaxConcurrency", json!("50")),
        ("MaxErrors", json!("0")),
        ("TargetCount", json!(1)),
    ] {
        assert_eq!(sent[member], expected, "{member}");
    }
    let listed = ssm(&aws, "ListCommands", json!({"InstanceId": id(1)})).await.ok();
    assert_eq!(listed["Commands"][0], *sent);
    assert!(listed["Commands"][0]["Parameters"]["additionalArguments"][0].as_str().unwrap().contains(TOKEN));
}

#[tokio::test(start_paused = true)]
async fn what_send_command_does_not_take_is_refused_by_its_error() {
    let aws = hub_with([
        instance(1),
        Instance { agent: Agent::None, ..instance(2) },
        Instance { state: State::Terminated, ..instance(3) },
        Instance { account: MEMBER.to_owned(), ..instance(4) },
    ]);
    let to = |ids: Vec<String>| sending(json!({"InstanceIds": ids}));
    let many = |count| (0..count).map(id).collect::<Vec<_>>();
    for (input, expected) in [
        (sending(json!({"DocumentName": null})), "400 ValidationException"),
        (sending(json!({"DocumentName": "AWS-RunShellScript"})), "400 InvalidDocument"),
        (sending(json!({"DocumentVersion": "7"})), "400 InvalidDocumentVersion"),
        (sending(json!({"TimeoutSeconds": 29})), "400 ValidationException"),
        (sending(json!({"TimeoutSeconds": 2_592_001})), "400 ValidationException"),
        (sending(json!({"Comment": "c".repeat(101)})), "400 ValidationException"),
        (sending(json!({"MaxConcurrency": "0"})), "400 ValidationException"),
        (sending(json!({"MaxErrors": "101%"})), "400 ValidationException"),
        (sending(json!({"Targets": []})), "400 ValidationException"),
        (to(vec![]), "400 ValidationException"),
        (to(many(51)), "400 ValidationException"),
        (to(vec!["web-1".to_owned()]), "400 ValidationException"),
        (to(vec![id(1), id(1)]), "400 DuplicateInstanceId"),
        (to(vec![id(1), id(2)]), "400 InvalidInstanceId"),
        (to(vec![id(3)]), "400 InvalidInstanceId"),
        (to(vec![id(4)]), "400 InvalidInstanceId"),
        (to(many(50)), "400 InvalidInstanceId"),
    ] {
        assert_eq!(ssm(&aws, "SendCommand", input.clone()).await.error(), expected, "{input}");
    }
    assert_eq!(ssm(&aws, "ListCommands", json!({})).await.ok()["Commands"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_documents_parameters_are_checked_and_their_values_not_repeated() {
    let aws = hub_with([instance(1)]);
    let long = json!({"SSM_CS_CCID": "c".repeat(4100)}).to_string();
    for more in [
        json!({"action": ["Update"]}),
        json!({"action": []}),
        json!({"action": ["Install", "Install"]}),
        json!({"action": null}),
        json!({"name": ["a name"]}),
        json!({"name": ["Falcon{{Sensor"]}),
        json!({"version": ["1 2"]}),
        json!({"installationType": ["Overwrite"]}),
        json!({"colour": ["secret"]}),
        json!({"additionalArguments": ["secret"]}),
        json!({"additionalArguments": [{"SSM_CS_CCID": "secret"}]}),
        json!({"additionalArguments": [r#"{"SSM_CS_CCID": {"secret": 1}}"#]}),
        json!({"additionalArguments": [r#"{"CCID": "secret"}"#]}),
        json!({"additionalArguments": [r#"{"SSM_CS_AUTH_TOKEN": "{{ssm:secret}}"}"#]}),
        json!({"additionalArguments": [long]}),
    ] {
        let mut input = sending(json!({}));
        input["Parameters"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = ssm(&aws, "SendCommand", input).await;
        assert_eq!(answer.error(), "400 InvalidParameters", "{more}");
        assert!(!answer.message().contains("secret"), "{}", answer.message());
    }
}

#[tokio::test(start_paused = true)]
async fn invocations_are_not_there_at_once() {
    let aws = hub_with([instance(1)]);
    let command = send(&aws, sending(json!({}))).await;
    let get = json!({"CommandId": command, "InstanceId": id(1), "PluginName": "configurePackage"});
    sleep(Duration::from_millis(2990)).await;
    assert_eq!(ssm(&aws, "GetCommandInvocation", get.clone()).await.error(), "400 InvocationDoesNotExist");
    assert_eq!(invocations(&aws, &command).await, Vec::<Value>::new());
    sleep(Duration::from_millis(10)).await;
    let found = ssm(&aws, "GetCommandInvocation", get.clone()).await.ok();
    assert_eq!((&found["StatusDetails"], &found["ResponseCode"]), (&json!("InProgress"), &json!(-1)));
    assert_eq!(found["ExecutionStartDateTime"], "2024-05-01T12:00:02Z");
    assert_eq!(details(&aws, &command).await, ["InProgress"]);
    for (more, expected) in [
        (json!({"PluginName": null}), "400 InvalidPluginName"),
        (json!({"PluginName": "aws:configurePackage"}), "400 InvalidPluginName"),
        (json!({"InstanceId": id(2)}), "400 InvocationDoesNotExist"),
        (json!({"CommandId": "0".repeat(36)}), "400 InvocationDoesNotExist"),
        (json!({"CommandId": "0"}), "400 ValidationException"),
    ] {
        let answer = ssm(&aws, "GetCommandInvocation", with(get.clone(), more.clone())).await;
        assert_eq!(answer.error(), expected, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_belongs_to_its_account() {
    let aws = hub_with([instance(1)]);
    let command = send(&aws, sending(json!({}))).await;
    sleep(DONE).await;
    let member = aws.of(MEMBER);
    let named = json!({"CommandId": command});
    assert_eq!(ssm(&member, "ListCommands", named.clone()).await.error(), "400 InvalidCommandId");
    assert_eq!(ssm(&member, "CancelCommand", named).await.error(), "400 InvalidCommandId");
    assert_eq!(invocations(&member, &command).await, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn commands_are_listed_newest_first_as_filters_choose() {
    let aws = hub_with([instance(1), with_fate(2, CommandFate::Fails)]);
    let first = send_install(&aws, [1]).await;
    sleep(HOUR).await;
    let second = send_install(&aws, [2]).await;
    sleep(DONE).await;
    let listed = async |operation: &str, name: &str, key: &str, value: &str| {
        let filters = json!({"Filters": [{"key": key, "value": value}]});
        let all = ssm(&aws, operation, filters).await.ok()[name].as_array().unwrap().clone();
        all.iter().map(|one| one["CommandId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (key, value, expected) in [
        ("DocumentName", "AWS-ConfigureAWSPackage", vec![&second, &first]),
        ("DocumentName", "AWS-RunShellScript", vec![]),
        ("InvokedAfter", "2024-05-01T12:30:00Z", vec![&second]),
        ("InvokedBefore", "2024-05-01T12:30:00Z", vec![&first]),
        ("Status", "Success", vec![&first]),
        ("Status", "Failed", vec![&second]),
    ] {
        for (operation, name) in [("ListCommands", "Commands"), ("ListCommandInvocations", "CommandInvocations")] {
            let found = listed(operation, name, key, value).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{operation} {key} {value}");
        }
    }
    let page = ssm(&aws, "ListCommands", json!({"MaxResults": 1})).await.ok();
    assert_eq!(page["Commands"][0]["CommandId"], json!(second));
    let next = ssm(&aws, "ListCommands", json!({"MaxResults": 1, "NextToken": page["NextToken"]})).await.ok();
    assert_eq!(next["Commands"][0]["CommandId"], json!(first));
    for (input, expected) in [
        (json!({"Filters": [{"key": "Colour", "value": "red"}]}), "400 ValidationException"),
        (json!({"Filters": [{"key": "ExecutionStage", "value": "Complete"}]}), "400 InvalidFilterKey"),
        (json!({"Filters": [{"key": "InvokedAfter", "value": "yesterday"}]}), "400 ValidationException"),
        (json!({"MaxResults": 51}), "400 ValidationException"),
        (json!({"NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        assert_eq!(ssm(&aws, "ListCommands", input.clone()).await.error(), expected, "{input}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_not_heard_of_is_undeliverable_when_the_delivery_is_out_of_time() {
    let aws = hub_with([
        Instance { agent: Agent::ConnectionLost, ..instance(1) },
        Instance { state: State::Stopped, ..instance(2) },
        with_fate(3, CommandFate::Undeliverable),
        instance(4),
    ]);
    let token = crate::nodes::token(&aws).await;
    let input = with(install(1..=4, &arguments(&token)), json!({"TimeoutSeconds": 600}));
    let command_id = send(&aws, input).await;
    sleep(Duration::from_secs(599)).await;
    assert_eq!(details(&aws, &command_id).await, ["Delayed", "Delayed", "Undeliverable", "Success"]);
    assert_eq!(command(&aws, &command_id).await, "InProgress/InProgress");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(details(&aws, &command_id).await, ["Undeliverable", "Undeliverable", "Undeliverable", "Success"]);
    let lost = &invocations(&aws, &command_id).await[0];
    assert_eq!((&lost["Status"], &lost["CommandPlugins"][1]["ResponseCode"]), (&json!("Failed"), &json!(-1)));
    assert_eq!(command(&aws, &command_id).await, "Success/Success", "what is undeliverable does not count");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_is_delivery_timed_out_when_both_times_are_over() {
    let aws = hub_with([
        with_fate(1, CommandFate::GoesOffline),
        with_fate(2, CommandFate::DiesInTheMiddle),
        with_fate(3, CommandFate::Terminated),
    ]);
    let token = crate::nodes::token(&aws).await;
    let command_id = send(&aws, with(install(1..=3, &arguments(&token)), json!({"TimeoutSeconds": 60}))).await;
    sleep(Duration::from_secs(60 + 3599)).await;
    assert_eq!(details(&aws, &command_id).await, ["Delayed", "InProgress", "InProgress"]);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(details(&aws, &command_id).await, ["DeliveryTimedOut"; 3]);
    assert_eq!(command(&aws, &command_id).await, "TimedOut/DeliveryTimedOut");
    let information = ssm(&aws, "DescribeInstanceInformation", json!({})).await.ok();
    let listed = information["InstanceInformationList"].as_array().unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (&one["InstanceId"], &one["PingStatus"])).collect();
    let lost = json!("ConnectionLost");
    assert_eq!(seen, [(&json!(id(1)), &lost), (&json!(id(2)), &lost)], "and the third is gone");
}

#[tokio::test(start_paused = true)]
async fn a_script_that_takes_too_long_is_execution_timed_out() {
    let aws = hub_with([with_fate(1, CommandFate::TimesOut)]);
    let command_id = send_install(&aws, [1]).await;
    sleep(HOUR).await;
    assert_eq!(details(&aws, &command_id).await, ["InProgress"]);
    sleep(Duration::from_secs(3)).await;
    assert_eq!(details(&aws, &command_id).await, ["ExecutionTimedOut"]);
    assert_eq!(command(&aws, &command_id).await, "TimedOut/ExecutionTimedOut");
}

#[tokio::test(start_paused = true)]
async fn beyond_max_errors_the_rest_is_terminated() {
    let aws = hub_with((1..=6).map(|number| with_fate(number, CommandFate::Fails)));
    let token = crate::nodes::token(&aws).await;
    let rates = json!({"MaxConcurrency": "1", "MaxErrors": "1"});
    let command_id = send(&aws, with(install(1..=6, &arguments(&token)), rates)).await;
    sleep(Duration::from_secs(600)).await;
    let expected = ["Failed", "Failed", "Terminated", "Terminated", "Terminated", "Terminated"];
    assert_eq!(details(&aws, &command_id).await, expected);
    let listed = ssm(&aws, "ListCommands", json!({"CommandId": command_id})).await.ok();
    let found = &listed["Commands"][0];
    let counts = ["TargetCount", "CompletedCount", "ErrorCount", "DeliveryTimedOutCount"].map(|name| &found[name]);
    assert_eq!((counts, &found["StatusDetails"]), ([&json!(6), &json!(6), &json!(2), &json!(0)], &json!("Failed")));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_max_concurrency_run_at_the_same_time() {
    let aws = hub_with((1..=4).map(instance));
    let token = crate::nodes::token(&aws).await;
    let command_id = send(&aws, with(install(1..=4, &arguments(&token)), json!({"MaxConcurrency": "50%"}))).await;
    sleep(Duration::from_secs(20)).await;
    assert_eq!(details(&aws, &command_id).await, ["InProgress", "InProgress", "Pending", "Pending"]);
    sleep(DONE * 2).await;
    assert_eq!(details(&aws, &command_id).await, ["Success"; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_command_does_not_begin_or_stops() {
    let aws = hub_with((1..=3).map(instance));
    let token = crate::nodes::token(&aws).await;
    let command_id = send(&aws, with(install(1..=3, &arguments(&token)), json!({"MaxConcurrency": "2"}))).await;
    sleep(Duration::from_secs(20)).await;
    let cancel = async |more: Value| ssm(&aws, "CancelCommand", with(json!({"CommandId": command_id}), more)).await;
    assert_eq!(cancel(json!({"InstanceIds": [id(9)]})).await.error(), "400 InvalidInstanceId");
    cancel(json!({"InstanceIds": [id(1), id(3)]})).await.ok();
    assert_eq!(details(&aws, &command_id).await, ["Cancelling", "InProgress", "Cancelled"]);
    assert_eq!(command(&aws, &command_id).await, "Cancelling/Cancelling");
    sleep(DONE).await;
    assert_eq!(details(&aws, &command_id).await, ["Cancelled", "Success", "Cancelled"]);
    assert_eq!(command(&aws, &command_id).await, "Cancelled/Cancelled");
    assert_eq!(crate::nodes::sensor_version(&aws, 1).await, None);
    cancel(json!({})).await.ok();
    assert_eq!(details(&aws, &command_id).await, ["Cancelled", "Success", "Cancelled"], "what is over stays");
}

#[tokio::test(start_paused = true)]
async fn nothing_stops_what_runs_on_an_instance_that_is_not_heard_of() {
    let aws = hub_with([with_fate(1, CommandFate::DiesInTheMiddle)]);
    let command_id = send_install(&aws, [1]).await;
    sleep(DONE).await;
    ssm(&aws, "CancelCommand", json!({"CommandId": command_id})).await.ok();
    sleep(HOUR).await;
    assert_eq!(details(&aws, &command_id).await, ["Cancelling"]);
    sleep(HOUR).await;
    assert_eq!(details(&aws, &command_id).await, ["Cancelled"]);
}

#[tokio::test(start_paused = true)]
async fn faults_meet_commands_as_everything_else() {
    let aws: Aws = hub_with([instance(1)]);
    let fault = json!({"operation": "ssm.SendCommand", "fault": "lose-answer", "times": 1});
    aws.control("POST", "faults", fault).await.ok();
    assert!(aws.try_json("ssm", "SendCommand", sending(json!({"Comment": "mine"}))).await.is_err());
    let listed = ssm(&aws, "ListCommands", json!({})).await.ok();
    assert_eq!(listed["Commands"][0]["Comment"], "mine", "it was sent, and can be found by its comment");
}
