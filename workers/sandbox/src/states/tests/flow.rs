use serde_json::{Value, json};
use tokio::time::Instant;

use super::driver::{Driver, only, task};

#[tokio::test(start_paused = true)]
async fn waits_last_as_long_as_they_say() {
    let driver = Driver::new().await;
    for (state, input, seconds) in [
        (json!({ "Seconds": 10 }), json!({}), 10),
        (json!({ "SecondsPath": "$.n" }), json!({ "n": 7 }), 7),
        (json!({ "Timestamp": "2020-01-01T00:00:00Z" }), json!({}), 0),
        (json!({ "SecondsPath": "$.n" }), json!({ "n": 0 }), 0),
    ] {
        let mut wait = state.clone();
        wait["Type"] = json!("Wait");
        let start = Instant::now();
        let output = driver.output(only(wait), input.clone()).await;
        assert_eq!((start.elapsed().as_secs(), output), (seconds, input), "{state}");
    }
    let until = json!({ "at": "2026-01-01T01:10:00+01:00" });
    let ended = driver.run(only(json!({ "Type": "Wait", "TimestampPath": "$.at" })), until).await;
    assert_eq!(ended["stopDate"], 1_767_225_600.0 + 600.0);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_something_that_is_no_time_fails_the_execution() {
    let driver = Driver::new().await;
    for (path, input) in [
        ("SecondsPath", json!({ "x": -1 })),
        ("SecondsPath", json!({ "x": "1" })),
        ("SecondsPath", json!({ "x": 1.5 })),
        ("TimestampPath", json!({ "x": "tomorrow" })),
        ("TimestampPath", json!({})),
    ] {
        let ended = driver.run(only(json!({ "Type": "Wait", path: "$.x" })), input.clone()).await;
        assert_eq!(ended["error"], "States.Runtime", "{path} {input}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fail_state_fails_with_its_texts_written_or_worked_out() {
    let driver = Driver::new().await;
    let fixed =
        driver.run(only(json!({ "Type": "Fail", "Error": "Input.Invalid", "Cause": "no findings" })), json!({})).await;
    assert_eq!(
        (&fixed["status"], &fixed["error"], &fixed["cause"]),
        (&json!("FAILED"), &json!("Input.Invalid"), &json!("no findings"))
    );
    let paths =
        json!({ "Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{} in {}', $.c, $$.State.Name)" });
    let worked_out = driver.run(only(paths), json!({ "e": "E", "c": "C" })).await;
    assert_eq!((&worked_out["error"], &worked_out["cause"]), (&json!("E"), &json!("C in Only")));
    let events = driver.event_types(fixed["executionArn"].as_str().unwrap()).await;
    assert_eq!(events, ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]);
}

fn branch(name: &str, mut state: Value) -> Value {
    state["End"] = json!(true);
    json!({ "StartAt": name, "States": { name: state } })
}

#[tokio::test(start_paused = true)]
async fn branches_run_side_by_side_and_give_their_outputs_in_order() {
    let driver = Driver::new().await;
    let state = json!({ "Type": "Parallel", "Branches": [
        branch("Slow", json!({ "Type": "Wait", "Seconds": 5 })),
        branch("Quick", json!({ "Type": "Pass", "Result": "quick" })),
    ] });
    let start = Instant::now();
    assert_eq!(driver.output(only(state), json!("in")).await, json!(["in", "quick"]));
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_branch_that_fails_cuts_its_siblings_off() {
    let driver = Driver::new().await;
    let fail = json!({ "StartAt": "Hold", "States": {
        "Hold": { "Type": "Wait", "Seconds": 1, "Next": "Give up" },
        "Give up": { "Type": "Fail", "Error": "Branch.Broken" },
    } });
    let state = json!({
        "Type": "Parallel", "Next": "Handled", "Branches": [branch("Work", task(json!({}))), fail],
        "Catch": [{ "ErrorEquals": ["Branch.Broken"], "ResultPath": "$.problem", "Next": "Handled" }],
    });
    let flow = json!({ "StartAt": "Both", "States": { "Both": state, "Handled": { "Type": "Succeed" } } });
    let execution = driver.start(flow, json!({})).await;
    let (token, _) = driver.take().await;
    let ended = driver.end_of(&execution).await;
    assert_eq!(ended["output"], r#"{"problem":{"Error":"Branch.Broken","Cause":""}}"#);
    assert_eq!(driver.succeed(&token, json!(1)).await.unwrap_err().code, "TaskTimedOut");
    let events = driver.event_types(&execution).await;
    let after = events.iter().position(|event| event == "FailStateEntered").unwrap() + 1;
    assert_eq!(
        events[after..],
        [
            "TaskStateAborted",
            "ParallelStateFailed",
            "ParallelStateExited",
            "SucceedStateEntered",
            "SucceedStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_map_runs_its_flow_for_each_item_with_the_item_in_the_context() {
    let driver = Driver::new().await;
    let processor = branch("Each", json!({ "Type": "Pass" }));
    let state = json!({
        "Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor,
        "ItemSelector": { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "of.$": "$.of" },
        "ResultPath": "$.done",
    });
    let output = driver.output(only(state.clone()), json!({ "items": ["a", "b"], "of": 2 })).await;
    assert_eq!(output["done"], json!([{ "i": 0, "v": "a", "of": 2 }, { "i": 1, "v": "b", "of": 2 }]));
    assert_eq!(driver.output(only(state.clone()), json!({ "items": [], "of": 2 })).await["done"], json!([]));
    assert_eq!(driver.run(only(state), json!({ "items": {}, "of": 2 })).await["error"], "States.Runtime");
}

#[tokio::test(start_paused = true)]
async fn outputs_stand_in_the_order_of_the_items_whichever_ends_first() {
    let driver = Driver::new().await;
    let processor = branch("Each", json!({ "Type": "Wait", "SecondsPath": "$" }));
    let state = json!({ "Type": "Map", "ItemProcessor": processor });
    assert_eq!(driver.output(only(state), json!([3, 1, 2])).await, json!([3, 1, 2]));
}

#[tokio::test(start_paused = true)]
async fn the_older_names_of_a_map_are_understood() {
    let driver = Driver::new().await;
    let state = json!({
        "Type": "Map", "Iterator": branch("Each", json!({ "Type": "Pass" })), "Parameters": { "v.$": "$$.Map.Item.Value" },
    });
    assert_eq!(driver.output(only(state), json!([1])).await, json!([{ "v": 1 }]));
}

#[tokio::test(start_paused = true)]
async fn no_more_iterations_run_at_a_time_than_max_concurrency_allows() {
    let driver = Driver::new().await;
    let processor = branch("Each", json!({ "Type": "Wait", "Seconds": 10 }));
    let items: Vec<u32> = (0..80).collect();
    for (concurrency, seconds) in [(1, 800), (20, 40), (0, 20), (1_000, 20)] {
        let state = json!({ "Type": "Map", "ItemProcessor": processor, "MaxConcurrency": concurrency });
        let start = Instant::now();
        assert_eq!(driver.output(only(state), json!(items)).await, json!(items));
        assert_eq!(start.elapsed().as_secs(), seconds, "MaxConcurrency {concurrency}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_iteration_that_fails_ends_the_map_and_the_history_says_which() {
    let driver = Driver::new().await;
    let processor = json!({ "StartAt": "Bad?", "States": {
        "Bad?": { "Type": "Choice", "Choices": [{ "Variable": "$", "NumericEquals": 1, "Next": "Bad" }], "Default": "Hold" },
        "Hold": { "Type": "Wait", "Seconds": 9, "End": true },
        "Bad": { "Type": "Fail", "Error": "Item.Bad" },
    } });
    let ended = driver.run(only(json!({ "Type": "Map", "ItemProcessor": processor })), json!([0, 1])).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("Item.Bad")));
    let history = driver.history(ended["executionArn"].as_str().unwrap()).await;
    let of_type =
        |kind: &str| history.iter().find(|event| event["type"] == kind).cloned().unwrap_or_else(|| panic!("{kind}"));
    assert_eq!(of_type("MapStateStarted")["mapStateStartedEventDetails"], json!({ "length": 2 }));
    assert_eq!(of_type("MapIterationFailed")["mapIterationFailedEventDetails"], json!({ "name": "Only", "index": 1 }));
    assert_eq!(
        of_type("MapIterationAborted")["mapIterationAbortedEventDetails"],
        json!({ "name": "Only", "index": 0 })
    );
    of_type("WaitStateAborted");
    of_type("MapStateFailed");
}
