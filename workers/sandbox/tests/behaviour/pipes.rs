//! From the firewall's alert log, through CloudWatch Logs, Kinesis and a pipe, to an execution.

use std::io::Read as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use falconer_sandbox::{DeployError, Deployment, Pipe, StateMachine};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::aws::{Aws, HUB};
use crate::events::inputs;

const MACHINE: &str = "report-hits";

fn deployment(batch_size: u32, window: u64) -> Deployment {
    let definition = json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}).to_string();
    Deployment {
        state_machines: vec![StateMachine { name: MACHINE.to_owned(), definition }],
        pipes: vec![Pipe {
            name: "report-hits-alerts".to_owned(),
            state_machine: MACHINE.to_owned(),
            batch_size,
            batching_window: Duration::from_secs(window),
        }],
        ..Deployment::default()
    }
}

/// A sandbox with one pipe.
async fn piped(batch_size: u32, window: u64) -> Aws {
    let aws = Aws::hub();
    aws.sandbox.deploy(&deployment(batch_size, window)).await.unwrap();
    aws
}

/// A record of the alert log, with a number for a signature id.
fn alert(number: u32) -> Value {
    json!({
        "firewall_name": "falconer-egress",
        "availability_zone": "us-east-1a",
        "event_timestamp": "1714564800",
        "event": { "event_type": "alert", "src_ip": "10.0.1.23", "alert": { "signature_id": number } },
    })
}

async fn log(aws: &Aws, how: &str, alerts: Value) -> Value {
    aws.control("POST", &format!("firewall/alerts{how}"), alerts).await.ok()
}

/// The message of CloudWatch Logs in a record.
fn message(record: &Value) -> Value {
    let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
    let mut text = String::new();
    GzDecoder::new(data.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The signature ids in each record of a batch.
fn ids(batch: &Value) -> Vec<Vec<u64>> {
    let of = |event: &Value| {
        let line: Value = serde_json::from_str(event["message"].as_str().unwrap()).unwrap();
        line["event"]["alert"]["signature_id"].as_u64().unwrap()
    };
    let events = |record| message(record)["logEvents"].as_array().unwrap().iter().map(of).collect();
    batch.as_array().unwrap().iter().map(events).collect()
}

#[tokio::test(start_paused = true)]
async fn a_line_of_the_alert_log_reaches_the_state_machine_as_cloudwatch_logs_and_kinesis_wrap_it() {
    let aws = piped(10, 0).await;
    assert_eq!(log(&aws, "", json!([alert(1), "no JSON at all"])).await["records"], 1);
    let executions = inputs(&aws, MACHINE).await;
    assert_eq!(executions.len(), 1);
    let record = &executions[0][0];
    let stream = format!("arn:aws:kinesis:us-east-1:{HUB}:stream/falconer-alerts");
    for (member, expected) in [
        ("kinesisSchemaVersion", json!("1.0")),
        ("eventSource", json!("aws:kinesis")),
        ("eventName", json!("aws:kinesis:record")),
        ("approximateArrivalTimestamp", json!(1_714_564_800.0)),
        ("eventSourceARN", json!(stream)),
        ("awsRegion", json!("us-east-1")),
    ] {
        assert_eq!(record[member], expected, "{member}");
    }
    let sequence = record["sequenceNumber"].as_str().unwrap();
    assert_eq!(record["eventID"], format!("shardId-000000000000:{sequence}"));
    let message = message(record);
    assert_eq!((&message["messageType"], &message["owner"]), (&json!("DATA_MESSAGE"), &json!(HUB)));
    let events = message["logEvents"].as_array().unwrap();
    assert_eq!(events[0]["message"], alert(1).to_string());
    assert_eq!(
        (&events[0]["timestamp"], &events[1]["message"]),
        (&json!(1_714_564_800_000_i64), &json!("no JSON at all"))
    );
    assert!(events.is_sorted_by(|one, other| one["id"].as_str() < other["id"].as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_handed_on_when_it_is_full_or_its_first_record_has_waited_long_enough() {
    let aws = piped(2, 30).await;
    log(&aws, "?per-message=1", json!([alert(1), alert(2), alert(3)])).await;
    let executions = inputs(&aws, MACHINE).await;
    assert_eq!(executions.iter().map(ids).collect::<Vec<_>>(), [[[1], [2]]]);
    tokio::time::advance(Duration::from_secs(27)).await;
    assert_eq!(inputs(&aws, MACHINE).await.len(), 1, "the third still waits");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(ids(&inputs(&aws, MACHINE).await[1]), [[3]]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_before_it_is_more_than_a_state_machine_takes() {
    let aws = piped(10_000, 0).await;
    // Random letters hardly become smaller.
    let noise = |number: u32| {
        let mut random = fastrand::Rng::with_seed(u64::from(number));
        std::iter::repeat_with(|| random.alphanumeric()).take(60_000).collect::<String>()
    };
    let alerts: Vec<Value> = (0..12)
        .map(|number| {
            let mut alert = alert(number);
            alert["event"]["payload"] = noise(number).into();
            alert
        })
        .collect();
    log(&aws, "?per-message=1", json!(alerts)).await;
    let executions = inputs(&aws, MACHINE).await;
    assert!(executions.len() > 1 && executions.iter().all(|input| input.to_string().len() <= 262_144));
    // Executions that start at the same moment are listed in any order.
    let mut batches: Vec<Vec<u64>> = executions.iter().map(|batch| ids(batch).concat()).collect();
    batches.sort();
    assert_eq!(batches.concat(), (0..12).collect::<Vec<u64>>(), "in order, and each once");
    let too_large = aws.control("POST", "firewall/alerts", json!(alerts)).await;
    assert_eq!(too_large.status, 400, "{}", too_large.body);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_at_least_once_can_come_twice_as_a_batch_or_as_a_record() {
    let aws = piped(10, 0).await;
    log(&aws, "?repeat=batch", json!(alert(1))).await;
    let executions = inputs(&aws, MACHINE).await;
    assert_eq!(executions.len(), 2);
    assert_eq!(executions[0], executions[1]);
    log(&aws, "?repeat=record", json!(alert(2))).await;
    let batch = inputs(&aws, MACHINE).await.remove(2);
    assert_eq!(ids(&batch), [[2], [2]]);
    assert_ne!(batch[0]["eventID"], batch[1]["eventID"]);
    assert_eq!(message(&batch[0])["logEvents"][0]["id"], message(&batch[1])["logEvents"][0]["id"]);
    log(&aws, "", json!(alert(3))).await;
    assert_eq!(inputs(&aws, MACHINE).await.len(), 4, "the next batch comes once");
}

#[tokio::test(start_paused = true)]
async fn cloudwatch_logs_tests_its_destination_with_a_message_without_lines() {
    let aws = piped(10, 0).await;
    log(&aws, "/control-message", json!(null)).await;
    let message = message(&inputs(&aws, MACHINE).await[0][0]);
    assert_eq!((&message["messageType"], &message["owner"]), (&json!("CONTROL_MESSAGE"), &json!("CloudwatchLogs")));
    assert_eq!((&message["logGroup"], &message["subscriptionFilters"]), (&json!(""), &json!([])));
}

#[tokio::test(start_paused = true)]
async fn a_pipe_reads_from_when_it_is_made_and_one_that_is_changed_first_hands_on_what_it_has() {
    let aws = Aws::hub();
    log(&aws, "", json!(alert(1))).await;
    aws.sandbox.deploy(&deployment(10, 300)).await.unwrap();
    log(&aws, "", json!(alert(2))).await;
    assert_eq!(inputs(&aws, MACHINE).await.len(), 0);
    aws.sandbox.deploy(&deployment(1, 0)).await.unwrap();
    log(&aws, "", json!(alert(3))).await;
    assert_eq!(inputs(&aws, MACHINE).await.iter().map(ids).collect::<Vec<_>>(), [[[2]], [[3]]]);
}

#[tokio::test(start_paused = true)]
async fn a_pipe_that_aws_would_not_take_and_a_way_of_logging_that_there_is_not_are_refused() {
    let aws = Aws::hub();
    for (batch_size, window) in [(0, 0), (10_001, 0), (1, 301)] {
        let error = aws.sandbox.deploy(&deployment(batch_size, window)).await.unwrap_err().to_string();
        assert!(error.starts_with("pipe report-hits-alerts: ValidationException"), "{error}");
    }
    let unnamed = Deployment { state_machines: Vec::new(), ..deployment(1, 0) };
    let error = aws.sandbox.deploy(&unnamed).await.unwrap_err();
    assert!(matches!(&error, DeployError::Unknown { name, .. } if name == MACHINE), "{error}");
    for how in ["?repeat=thrice", "?per-message=0", "?per-message=many", "?surprise=1"] {
        let answer = aws.control("POST", &format!("firewall/alerts{how}"), json!(alert(1))).await;
        assert_eq!(answer.status, 400, "{how}: {}", answer.body);
    }
}
