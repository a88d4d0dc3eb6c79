use serde_json::{Value, json};

use super::driver::{Driver, only, task};

/// Runs one Task state; gives what the worker got and the state's output.
async fn through_task(driver: &Driver, fields: Value, input: Value, result: Value) -> (Value, Value) {
    let execution = driver.start(only(task(fields)), input).await;
    let (token, given) = driver.take().await;
    driver.succeed(&token, result).await.unwrap();
    let ended = driver.end_of(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    (given, serde_json::from_str(ended["output"].as_str().unwrap()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn data_passes_every_station_of_a_state_in_order() {
    let driver = Driver::new().await;
    let fields = json!({
        "InputPath": "$.detail",
        "Parameters": { "all.$": "$.findings[*].Id", "first.$": "$.findings[0].Id", "mode": "drop", "deep": [{ "run.$": "$$.Execution.Name" }] },
        "ResultSelector": { "count.$": "States.ArrayLength($.blocked)", "raw.$": "$" },
        "ResultPath": "$.detail.outcome",
        "OutputPath": "$.detail",
    });
    let input = json!({ "detail": { "findings": [{ "Id": "a" }, { "Id": "b" }] }, "id": 1 });
    let (given, output) = through_task(&driver, fields, input, json!({ "blocked": [1, 2] })).await;
    assert_eq!((&given["all"], &given["first"], &given["mode"]), (&json!(["a", "b"]), &json!("a"), &json!("drop")));
    assert!(given["deep"][0]["run"].is_string(), "{given}");
    let outcome = json!({ "count": 2, "raw": { "blocked": [1, 2] } });
    assert_eq!(output, json!({ "findings": [{ "Id": "a" }, { "Id": "b" }], "outcome": outcome }));
}

#[tokio::test(start_paused = true)]
async fn null_paths_discard() {
    let driver = Driver::new().await;
    let (given, output) = through_task(&driver, json!({ "InputPath": null }), json!({ "a": 1 }), json!(2)).await;
    assert_eq!((given, output), (json!({}), json!(2)));
    let (_, output) = through_task(&driver, json!({ "ResultPath": null }), json!({ "a": 1 }), json!(2)).await;
    assert_eq!(output, json!({ "a": 1 }));
    let (_, output) = through_task(&driver, json!({ "OutputPath": null }), json!({ "a": 1 }), json!(2)).await;
    assert_eq!(output, json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_pass_state_places_its_result_or_its_parameters() {
    let driver = Driver::new().await;
    let result = only(json!({ "Type": "Pass", "Result": { "literal.$": "$.x" }, "ResultPath": "$.a.b" }));
    assert_eq!(driver.output(result, json!({ "x": 1 })).await, json!({ "x": 1, "a": { "b": { "literal.$": "$.x" } } }));
    let parameters = only(json!({ "Type": "Pass", "Parameters": { "y.$": "$.x" } }));
    assert_eq!(driver.output(parameters, json!({ "x": 1 })).await, json!({ "y": 1 }));
}

#[tokio::test(start_paused = true)]
async fn the_context_object_tells_who_and_where() {
    let driver = Driver::new().await;
    let context =
        driver.output(only(json!({ "Type": "Pass", "Parameters": { "c.$": "$$" } })), json!({ "x": 1 })).await;
    let context = &context["c"];
    let id = context["Execution"]["Id"].as_str().unwrap();
    let name = context["Execution"]["Name"].as_str().unwrap();
    assert_eq!(id, format!("arn:aws:states:us-east-1:111122223333:execution:flow:{name}"));
    assert_eq!(context["Execution"]["Input"], json!({ "x": 1 }));
    assert_eq!(context["Execution"]["RoleArn"], "arn:aws:iam::111122223333:role/flow");
    assert_eq!(context["Execution"]["StartTime"], "2026-01-01T00:00:00.000Z");
    assert_eq!(context["State"], json!({ "EnteredTime": "2026-01-01T00:00:00.000Z", "Name": "Only", "RetryCount": 0 }));
    assert_eq!(context["StateMachine"]["Id"], "arn:aws:states:us-east-1:111122223333:stateMachine:flow");
    assert_eq!(context.get("Task"), None);
}

#[tokio::test(start_paused = true)]
async fn a_path_that_finds_nothing_fails_the_execution_and_nothing_catches_it() {
    let driver = Driver::new().await;
    for fields in [
        json!({ "InputPath": "$.missing" }),
        json!({ "Parameters": { "x.$": "$.missing" } }),
        json!({ "Parameters": { "x.$": "States.ArrayLength($.missing)" } }),
    ] {
        let mut state = task(fields);
        state["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Caught" }]);
        state["End"] = json!(true);
        let flow = json!({ "StartAt": "Do", "States": { "Do": state, "Caught": { "Type": "Succeed" } } });
        let ended = driver.run(flow, json!({})).await;
        assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Runtime")));
        let cause = ended["cause"].as_str().unwrap();
        assert!(
            cause.starts_with("An error occurred while executing the state 'Do' (entered at the event id #2)."),
            "{cause}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_parameter_is_reported_in_the_services_own_words() {
    let driver = Driver::new().await;
    let ended = driver
        .run(only(json!({ "Type": "Pass", "Parameters": { "id.$": "$.Id" } })), json!({ "flagged": false }))
        .await;
    let words = "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONPath '$.Id' \
                 specified for the field 'id.$' could not be found in the input '{\"flagged\":false}'";
    assert_eq!(ended["cause"], words);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_has_no_place_in_the_input_can_be_caught() {
    let driver = Driver::new().await;
    let mut state = task(json!({ "ResultPath": "$.text.x", "Next": "Caught" }));
    state["Catch"] =
        json!([{ "ErrorEquals": ["States.ResultPathMatchFailure"], "ResultPath": "$.why", "Next": "Caught" }]);
    let flow = json!({ "StartAt": "Do", "States": { "Do": state, "Caught": { "Type": "Succeed" } } });
    let execution = driver.start(flow, json!({ "text": "plain" })).await;
    let (token, _) = driver.take().await;
    driver.succeed(&token, json!(1)).await.unwrap();
    let output = driver.end_of(&execution).await["output"].as_str().unwrap().to_owned();
    assert!(output.contains("States.ResultPathMatchFailure"), "{output}");
}

#[tokio::test(start_paused = true)]
async fn data_over_the_limit_fails_the_state_even_if_it_catches_everything() {
    let driver = Driver::new().await;
    let half = "x".repeat(150_000);
    let doubled = json!({ "Type": "Pass", "Parameters": { "a.$": "$.x", "b.$": "$.x" } });
    let ended = driver.run(only(doubled), json!({ "x": half })).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.DataLimitExceeded")));

    let mut state = task(json!({ "ResultPath": "$.y", "Next": "Caught" }));
    state["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Caught" }]);
    let flow = json!({ "StartAt": "Do", "States": { "Do": state, "Caught": { "Type": "Succeed" } } });
    let execution = driver.start(flow, json!({ "x": half })).await;
    let (token, _) = driver.take().await;
    driver.succeed(&token, json!(half)).await.unwrap();
    assert_eq!(driver.end_of(&execution).await["error"], "States.DataLimitExceeded");
}
