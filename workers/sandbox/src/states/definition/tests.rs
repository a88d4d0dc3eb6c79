use serde_json::{Value, json};

use super::*;

const ACTIVITY: &str = "arn:aws:states:us-east-1:111122223333:activity:BlockIndicators";

fn problems(definition: &Value) -> Vec<String> {
    let home = Home { account: "111122223333", region: "us-east-1" };
    let problems = parse(&definition.to_string(), home).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

/// A definition of two states, of which the first has these fields.
fn with(fields: Value) -> Value {
    let mut state = json!({ "Next": "Rest" });
    state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "StartAt": "Do", "States": { "Do": state, "Rest": { "Type": "Succeed" } } })
}

fn task(fields: Value) -> Value {
    let mut definition = with(fields);
    definition["States"]["Do"]["Type"] = json!("Task");
    let resource = definition["States"]["Do"].as_object_mut().unwrap();
    resource.entry("Resource").or_insert(json!(ACTIVITY));
    definition
}

fn rule(rule: Value) -> Value {
    let mut rule = rule;
    rule["Next"] = json!("Rest");
    let choice = json!({ "Type": "Choice", "Choices": [rule] });
    json!({ "StartAt": "Do", "States": { "Do": choice, "Rest": { "Type": "Succeed" } } })
}

#[track_caller]
fn refused(definition: &Value, expected: &str) {
    let problems = problems(definition);
    assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected:?} is not in {problems:?}");
}

#[test]
fn a_definition_that_uses_everything_is_read() {
    let retry = json!([
        { "ErrorEquals": ["A.B", "States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 0, "BackoffRate": 1.5,
          "MaxDelaySeconds": 60, "JitterStrategy": "FULL", "Comment": "why" },
        { "ErrorEquals": ["States.ALL"] },
    ]);
    let catch = json!([{ "ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Rest" }]);
    let mut definition = task(json!({
        "Comment": "x", "QueryLanguage": "JSONPath", "InputPath": "$.detail-type", "Parameters": { "a.$": "$$.Execution.Id" },
        "ResultSelector": { "b.$": "States.UUID()" }, "ResultPath": "$.a['b']", "OutputPath": null,
        "TimeoutSeconds": 10, "HeartbeatSecondsPath": "$.h", "Retry": retry, "Catch": catch,
    }));
    definition["Version"] = json!("1.0");
    definition["TimeoutSeconds"] = json!(60);
    assert_eq!(problems(&definition), [""; 0]);
}

#[test]
fn what_the_interpreter_does_not_know_is_refused_and_the_state_is_named() {
    refused(&task(json!({ "Resource": "arn:aws:states:::sqs:sendMessage" })), "at /States/Do/Resource");
    refused(&task(json!({ "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f" })), "at /States/Do/Resource");
    refused(&task(json!({ "Resource": ACTIVITY.replace("1111", "4444") })), "of account 111122223333 in us-east-1");
    refused(&task(json!({ "Credentials": {} })), "The field 'Credentials' is not supported at /States/Do");
    refused(&task(json!({ "Assign": { "x": 1 } })), "The field 'Assign' is not supported at /States/Do");
    refused(&task(json!({ "QueryLanguage": "JSONata" })), "at /States/Do/QueryLanguage");
    refused(&with(json!({ "Type": "Pause" })), "at /States/Do/Type");
    refused(&with(json!({ "Type": "Pass", "Retry": [] })), "The field 'Retry' is not supported at /States/Do");
    refused(&with(json!({ "Type": "Pass", "ResultSelector": {} })), "The field 'ResultSelector' is not supported");
    let processor = json!({ "ProcessorConfig": { "Mode": "DISTRIBUTED" }, "StartAt": "I", "States": { "I": { "Type": "Succeed" } } });
    let map = with(json!({ "Type": "Map", "ItemProcessor": processor, "ToleratedFailureCount": 1 }));
    refused(&map, "at /States/Do/ItemProcessor/ProcessorConfig/Mode");
    refused(&map, "The field 'ToleratedFailureCount' is not supported");
}

#[test]
fn fields_of_the_wrong_type_or_range_are_refused() {
    for (fields, field) in [
        (json!({ "TimeoutSeconds": 0 }), "TimeoutSeconds"),
        (json!({ "TimeoutSeconds": "10" }), "TimeoutSeconds"),
        (json!({ "HeartbeatSeconds": 10, "TimeoutSeconds": 10 }), "HeartbeatSeconds"),
        (json!({ "InputPath": "detail" }), "InputPath"),
        (json!({ "InputPath": "$.x[" }), "InputPath"),
        (json!({ "ResultPath": "$.x[*]" }), "ResultPath"),
        (json!({ "ResultPath": "$$.x" }), "ResultPath"),
        (json!({ "Parameters": { "a.$": "plain" } }), "Parameters"),
        (json!({ "Parameters": { "a.$": 1 } }), "Parameters"),
        (json!({ "ResultSelector": { "a": [{ "b.$": "States.Odd()" }] } }), "ResultSelector"),
    ] {
        refused(&task(fields), &format!("at /States/Do/{field}"));
    }
    refused(&task(json!({ "TimeoutSeconds": 1, "TimeoutSecondsPath": "$.t" })), "cannot both be there at /States/Do");
}

#[test]
fn waits_need_exactly_one_time() {
    refused(&with(json!({ "Type": "Wait" })), "Exactly one of");
    refused(&with(json!({ "Type": "Wait", "Seconds": 1, "TimestampPath": "$.t" })), "Exactly one of");
    refused(&with(json!({ "Type": "Wait", "Timestamp": "tomorrow" })), "at /States/Do/Timestamp");
    refused(&with(json!({ "Type": "Wait", "Seconds": -1 })), "at /States/Do/Seconds");
}

#[test]
fn retriers_and_catchers_are_checked() {
    for (entry, field) in [
        (json!({ "ErrorEquals": [] }), "ErrorEquals"),
        (json!({ "ErrorEquals": ["States.ALL", "A"] }), "ErrorEquals"),
        (json!({ "ErrorEquals": ["States.Timeuot"] }), "ErrorEquals"),
        (json!({ "ErrorEquals": ["A"], "IntervalSeconds": 0 }), "IntervalSeconds"),
        (json!({ "ErrorEquals": ["A"], "BackoffRate": 0.9 }), "BackoffRate"),
        (json!({ "ErrorEquals": ["A"], "MaxAttempts": -1 }), "MaxAttempts"),
        (json!({ "ErrorEquals": ["A"], "IntervalSeconds": 5, "MaxDelaySeconds": 5 }), "MaxDelaySeconds"),
        (json!({ "ErrorEquals": ["A"], "JitterStrategy": "SOME" }), "JitterStrategy"),
    ] {
        refused(&task(json!({ "Retry": [entry] })), &format!("at /States/Do/Retry[0]/{field}"));
    }
    let all_first = json!([{ "ErrorEquals": ["States.ALL"] }, { "ErrorEquals": ["A"] }]);
    refused(&task(json!({ "Retry": all_first })), "only in the last entry at /States/Do/Retry[0]/ErrorEquals");
    refused(&task(json!({ "Catch": [{ "ErrorEquals": ["A"] }] })), "The field 'Next' is required but was missing");
    refused(&task(json!({ "Catch": [{ "ErrorEquals": ["A"], "Next": "Nowhere" }] })), "Missing 'Next' target: Nowhere");
}

#[test]
fn choice_rules_are_checked() {
    refused(&rule(json!({ "Variable": "$.x" })), "exactly one comparison");
    refused(&rule(json!({ "Variable": "$.x", "IsNull": true, "IsString": true })), "exactly one comparison");
    refused(
        &rule(json!({ "IsNull": true })),
        "The field 'Variable' is required but was missing at /States/Do/Choices[0]",
    );
    refused(&rule(json!({ "Variable": "$.x", "NumericEquals": "1" })), "at /States/Do/Choices[0]/NumericEquals");
    refused(&rule(json!({ "Variable": "$.x", "TimestampEquals": "noon" })), "at /States/Do/Choices[0]/TimestampEquals");
    refused(&rule(json!({ "Variable": "$.x", "StringEqualsPath": "x" })), "at /States/Do/Choices[0]/StringEqualsPath");
    refused(&rule(json!({ "Variable": "$.x", "NumericIsOdd": 1 })), "The field 'NumericIsOdd' is not supported");
    refused(&rule(json!({ "And": [] })), "The field 'And' must hold at least one item");
    let inner = json!({ "Variable": "$.x", "IsNull": true, "Next": "Rest" });
    refused(&rule(json!({ "Not": inner })), "The field 'Next' is not supported at /States/Do/Choices[0]/Not");
    refused(&with(json!({ "Type": "Choice", "Choices": [] })), "The field 'Choices' must hold at least one item");
}

#[test]
fn states_must_lead_to_each_other() {
    refused(&with(json!({ "Type": "Pass", "Next": "Nowhere" })), "Missing 'Next' target: Nowhere at /States/Do");
    refused(&with(json!({ "Type": "Pass", "End": true })), "Either Next or \"End\": true must be there");
    refused(&json!({ "StartAt": "X", "States": { "A": { "Type": "Succeed" } } }), "Missing 'StartAt' target: X");
    let island = json!({ "StartAt": "A", "States": { "A": { "Type": "Succeed" }, "B": { "Type": "Succeed" } } });
    refused(&island, "State \"B\" is not reachable. at /States/B");
    let branch = json!({ "StartAt": "Rest", "States": { "Rest": { "Type": "Succeed" } } });
    let twice = with(json!({ "Type": "Parallel", "Branches": [branch] }));
    refused(&twice, "DUPLICATE_STATE_NAME: More than one state is named 'Rest'");
}

#[test]
fn the_outermost_object_is_checked() {
    refused(&json!([]), "Expected value of type Object at /");
    refused(&json!({}), "The field 'StartAt' is required but was missing");
    refused(&json!({ "States": {}, "StartAt": "A", "Odd": 1 }), "The field 'Odd' is not supported");
    let mut long = with(json!({ "Type": "Pass" }));
    long["Version"] = json!("2.0");
    refused(&long, "at /Version");
    let name = "x".repeat(81);
    refused(&json!({ "StartAt": name, "States": { &*name: { "Type": "Succeed" } } }), "1 to 80 characters");
    let home = Home { account: "111122223333", region: "us-east-1" };
    let broken = parse("{", home).unwrap_err();
    assert_eq!(broken[0].code, "INVALID_JSON_DESCRIPTION");
}
