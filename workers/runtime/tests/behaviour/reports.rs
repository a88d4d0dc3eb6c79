//! What is reported of a task, and how it gets there.

use std::time::Duration;

use falconer_runtime::WorkerConfig;
use serde_json::{Value, json};

use crate::{
    service::{FAILURE, Fault, HEARTBEAT, SUCCESS, Service, Task},
    worker::{Running, one_slot, pass},
};

/// Error and cause that the service has of a task with this input.
async fn failure_of(input: &str) -> (String, String) {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule_text("a", input);
    pass(5).await;
    let Some(Task::Failed { error, cause }) = running.service.task("a") else {
        panic!("not failed: {:?}", running.service.task("a"));
    };
    assert_eq!(running.service.calls(FAILURE).len(), 1, "reported once");
    running.stop().await;
    (error, cause)
}

fn then(then: Value) -> String {
    json!({ "then": then }).to_string()
}

#[tokio::test(start_paused = true)]
async fn an_output_of_262_144_bytes_is_reported_and_one_byte_more_is_too_large() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("fits", &json!({ "then": { "text": 262_144 - 2 } }));
    pass(5).await;
    assert!(matches!(running.service.task("fits"), Some(Task::Succeeded(_))));
    running.stop().await;

    let (error, cause) = failure_of(&then(json!({ "text": 262_144 - 1 }))).await;
    assert_eq!(error, "Worker.OutputTooLarge");
    assert!(cause.contains("262145 bytes"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_reported_with_its_message_and_the_worker_goes_on() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "then": { "panic": "the sink fell down" } }));
    running.service.schedule("b", &json!({}));
    pass(5).await;
    let cause = "the activity panicked: the sink fell down".to_owned();
    assert_eq!(running.service.task("a"), Some(Task::Failed { error: "Worker.Panicked".to_owned(), cause }));
    assert_eq!(running.service.task("b"), Some(Task::Succeeded(json!("done"))));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn input_that_is_not_json_is_invalid() {
    for input in ["", "not JSON", "{} {}"] {
        assert_eq!(failure_of(input).await.0, "Input.Invalid", "{input:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn input_of_another_shape_is_invalid_and_the_cause_names_the_field() {
    let (error, cause) = failure_of(r#"{"nested":{"numbers":[1,2,"three"]}}"#).await;
    assert_eq!(error, "Input.Invalid");
    assert!(cause.contains("`nested.numbers[2]`"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_reported_by_its_name_and_text() {
    let broken = failure_of(&then(json!("broken"))).await;
    assert_eq!(broken, ("Broom.Broken".to_owned(), "the broom is broken: buy one".to_owned()));
    assert_eq!(failure_of(&then(json!({ "busy": "later" }))).await, ("Kitchen.Busy".to_owned(), "later".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_error_outside_of_the_contract_is_reported_as_undeclared() {
    let (error, cause) = failure_of(&then(json!("undeclared"))).await;
    assert_eq!(error, "Worker.UndeclaredError");
    assert!(cause.contains("`Attic.Unknown`"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn an_output_that_json_has_no_form_for_is_reported() {
    assert_eq!(failure_of(&then(json!("notJson"))).await.0, "Worker.OutputInvalid");
}

#[tokio::test(start_paused = true)]
async fn an_output_that_the_service_refuses_is_reported_as_a_failure() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_next(SUCCESS, [Fault::Code(400, "InvalidOutput")]);
    running.service.schedule("a", &json!({}));
    pass(5).await;
    let Some(Task::Failed { error, .. }) = running.service.task("a") else { panic!("not failed") };
    assert_eq!(error, "Worker.OutputInvalid");
    assert_eq!(running.stop().await.failed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_cause_is_cut_at_32_768_characters_and_never_inside_one() {
    let (_, cause) = failure_of(&then(json!({ "busy": format!("a{}", "🦅".repeat(20_000)) }))).await;
    assert_eq!(cause.encode_utf16().count(), 32_767, "an eagle is two code units, and the last does not fit");
    assert!(cause.ends_with('🦅'));
}

#[tokio::test(start_paused = true)]
async fn a_report_that_fails_three_times_goes_through() {
    for (operation, input) in [(SUCCESS, json!({})), (FAILURE, json!({ "then": "broken" }))] {
        let running = Running::start(Service::new(), one_slot());
        let faults = [Fault::Code(400, "ThrottlingException"), Fault::Dropped, Fault::Code(500, "InternalFailure")];
        running.service.fail_next(operation, faults);
        running.service.schedule("a", &input);
        pass(10).await;
        assert_eq!(running.service.calls(operation).len(), 4);
        assert_eq!(running.service.accepted(operation), 1);
        let drained = running.stop().await;
        assert_eq!(drained.succeeded + drained.failed, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_twice_as_a_success_although_every_second_answer_is_lost() {
    let running = Running::start(Service::new(), crate::worker::slots(4));
    for n in 0..50 {
        let faults = if n % 2 == 0 { vec![Fault::AnswerLost] } else { vec![] };
        running.service.fail_next(SUCCESS, faults);
        running.service.schedule(&format!("token-{n}"), &json!({}));
        pass(3).await;
    }
    let calls = running.service.calls(SUCCESS);
    for n in 0..50 {
        let token = json!(format!("token-{n}"));
        let taken = calls.iter().filter(|call| call.body["taskToken"] == token && call.code.is_empty()).count();
        assert_eq!(taken, 1, "{token}");
    }
    assert_eq!(calls.len(), 75, "a lost answer leads to one attempt more, and that is refused");
    assert_eq!(running.service.calls(FAILURE).len(), 0, "a success in doubt is never followed by a failure");
    assert_eq!(running.stop().await.succeeded, 50);
}

#[tokio::test(start_paused = true)]
async fn a_report_of_a_lost_task_is_sent_once_and_counted_as_lost() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 5 }));
    pass(2).await;
    running.service.lose("a", "TaskTimedOut");
    pass(60).await;
    assert_eq!(running.service.calls(SUCCESS).len(), 1);
    assert_eq!(running.service.calls(HEARTBEAT).len(), 0);
    assert_eq!(running.stop().await.lost, 1);
}

#[tokio::test(start_paused = true)]
async fn a_report_is_given_up_at_its_deadline_and_the_slot_is_free_again() {
    let config = WorkerConfig { report_deadline: Duration::from_secs(60), ..one_slot() };
    let running = Running::start(Service::new(), config);
    running.service.fail_for(SUCCESS, Duration::from_secs(61), Fault::Code(400, "AccessDeniedException"));
    running.service.schedule("a", &json!({}));
    pass(62).await;
    assert_eq!(running.service.task("a"), Some(Task::Running), "its state fails by its heartbeat");
    running.service.schedule("b", &json!({}));
    pass(1).await;
    assert_eq!(running.service.task("b"), Some(Task::Succeeded(json!("done"))));
    assert_eq!(running.stop().await.unreported, 1);
}
