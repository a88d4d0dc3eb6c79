use serde_json::{Value, json};

use super::driver::Driver;

/// Whether the rule holds for the input; the error's name if the execution failed.
async fn decide(driver: &Driver, rule: &Value, input: &Value) -> Result<bool, String> {
    let mut rule = rule.clone();
    rule["Next"] = json!("Yes");
    let flow = json!({ "StartAt": "Ask", "States": {
        "Ask": { "Type": "Choice", "Choices": [rule], "Default": "No" },
        "Yes": { "Type": "Pass", "Result": true, "End": true },
        "No": { "Type": "Pass", "Result": false, "End": true },
    } });
    let ended = driver.run(flow, input.clone()).await;
    match ended["output"].as_str() {
        Some(output) => Ok(output == "true"),
        None => Err(ended["error"].as_str().unwrap().to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn every_comparison_is_true_and_false_where_it_should_be() {
    let driver = Driver::new().await;
    let (early, late) = (json!("2026-01-01T00:00:00Z"), json!("2026-01-01T02:00:00+01:00"));
    for (family, low, high) in
        [("Numeric", json!(1), json!(1.5)), ("String", json!("a"), json!("b")), ("Timestamp", early, late)]
    {
        for (comparison, less, equal, greater) in [
            ("Equals", false, true, false),
            ("LessThan", true, false, false),
            ("LessThanEquals", true, true, false),
            ("GreaterThan", false, false, true),
            ("GreaterThanEquals", false, true, true),
        ] {
            for (left, right, expected) in [(&low, &high, less), (&low, &low, equal), (&high, &low, greater)] {
                let input = json!({ "left": left, "right": right });
                let literal = json!({ "Variable": "$.left", format!("{family}{comparison}"): right });
                assert_eq!(decide(&driver, &literal, &input).await, Ok(expected), "{literal} {input}");
                let path = json!({ "Variable": "$.left", format!("{family}{comparison}Path"): "$.right" });
                assert_eq!(decide(&driver, &path, &input).await, Ok(expected), "{path} {input}");
            }
        }
    }
    for (left, right, expected) in [(true, true, true), (true, false, false)] {
        let input = json!({ "left": left, "right": right });
        let literal = json!({ "Variable": "$.left", "BooleanEquals": right });
        let path = json!({ "Variable": "$.left", "BooleanEqualsPath": "$.right" });
        assert_eq!(decide(&driver, &literal, &input).await, Ok(expected));
        assert_eq!(decide(&driver, &path, &input).await, Ok(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn every_type_test_tells_its_type_from_the_others() {
    let driver = Driver::new().await;
    let values = [json!(null), json!(1.5), json!("text"), json!("2026-01-01T00:00:00Z"), json!(false), json!({})];
    for (test, fits) in [
        ("IsNull", [true, false, false, false, false, false]),
        ("IsNumeric", [false, true, false, false, false, false]),
        ("IsString", [false, false, true, true, false, false]),
        ("IsTimestamp", [false, false, false, true, false, false]),
        ("IsBoolean", [false, false, false, false, true, false]),
        ("IsPresent", [true; 6]),
    ] {
        for (value, fits) in values.iter().zip(fits) {
            for expected in [true, false] {
                let rule = json!({ "Variable": "$.x", test: expected });
                let held = decide(&driver, &rule, &json!({ "x": value })).await;
                assert_eq!(held, Ok(fits == expected), "{rule} {value}");
            }
        }
    }
    assert_eq!(decide(&driver, &json!({ "Variable": "$.x", "IsPresent": false }), &json!({})).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn rules_are_combined_with_and_or_and_not() {
    let driver = Driver::new().await;
    let above = |n: i64| json!({ "Variable": "$.n", "NumericGreaterThan": n });
    let even = json!({ "Variable": "$.even", "BooleanEquals": true });
    let rule = json!({ "Or": [{ "And": [above(5), even] }, { "Not": above(0) }] });
    for (n, even, expected) in [(6, true, true), (6, false, false), (3, true, false), (0, false, true)] {
        assert_eq!(decide(&driver, &rule, &json!({ "n": n, "even": even })).await, Ok(expected), "{n} {even}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wildcard_matches_and_a_value_of_another_type_does_not() {
    let driver = Driver::new().await;
    let rule = json!({ "Variable": "$.arn", "StringMatches": "arn:aws:*:product/crowdstrike/*" });
    let arn = json!({ "arn": "arn:aws:securityhub:us-east-1:111122223333:product/crowdstrike/crowdstrike-falcon" });
    assert_eq!(decide(&driver, &rule, &arn).await, Ok(true));
    assert_eq!(decide(&driver, &rule, &json!({ "arn": 1 })).await, Ok(false));
    let number = json!({ "Variable": "$.n", "NumericEquals": 1 });
    assert_eq!(decide(&driver, &number, &json!({ "n": "1" })).await, Ok(false));
}

#[tokio::test(start_paused = true)]
async fn the_context_object_can_be_asked() {
    let driver = Driver::new().await;
    let rule = json!({ "Variable": "$$.StateMachine.Name", "StringEquals": "flow" });
    assert_eq!(decide(&driver, &rule, &json!({})).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn a_variable_or_operand_that_is_not_there_fails_the_execution() {
    let driver = Driver::new().await;
    let variable = json!({ "Variable": "$.missing", "NumericEquals": 1 });
    let operand = json!({ "Variable": "$.n", "NumericEqualsPath": "$.missing" });
    for rule in [variable, operand] {
        assert_eq!(decide(&driver, &rule, &json!({ "n": 1 })).await, Err("States.Runtime".to_owned()), "{rule}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_choice_that_matches_nothing_and_has_no_default_fails_the_execution() {
    let driver = Driver::new().await;
    let flow = json!({ "StartAt": "Ask", "States": {
        "Ask": { "Type": "Choice", "Choices": [{ "Variable": "$", "IsNull": true, "Next": "Yes" }] },
        "Yes": { "Type": "Succeed" },
    } });
    let ended = driver.run(flow, json!({})).await;
    assert_eq!(ended["error"], "States.NoChoiceMatched");
    let events = driver.event_types(ended["executionArn"].as_str().unwrap()).await;
    assert_eq!(events, ["ExecutionStarted", "ChoiceStateEntered", "ExecutionFailed"]);
}
