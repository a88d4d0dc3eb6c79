//! Topics, and what is published to them.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::aws::{Aws, HUB, MEMBER};

/// One operation, with its parameters as botocore flattens them; the answer's status and XML.
async fn sns(aws: &Aws, operation: &str, parameters: &[(&str, &str)]) -> (u16, String) {
    let body: Vec<String> = [("Action", operation), ("Version", "2010-03-31")]
        .iter()
        .chain(parameters)
        .map(|(name, value)| format!("{name}={}", value.replace('%', "%25").replace('&', "%26").replace('+', "%2B")))
        .collect();
    let request = Request::post("/")
        .header("authorization", aws.authorization("sns"))
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(Bytes::from(body.join("&")));
    let response = aws.sandbox.handle(request.unwrap()).await.unwrap();
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

async fn publish(aws: &Aws, parameters: &[(&str, &str)]) -> (u16, String) {
    let topic = topic();
    let all: Vec<_> = [("TopicArn", topic.as_str())].into_iter().chain(parameters.iter().copied()).collect();
    sns(aws, "Publish", &all).await
}

/// The status and the error's code.
fn error((status, xml): (u16, String)) -> String {
    let code = xml.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next());
    format!("{status} {}", code.unwrap_or("no error"))
}

fn topic() -> String {
    format!("arn:aws:sns:us-east-1:{HUB}:falconer-notifications")
}

async fn published(aws: &Aws) -> Value {
    aws.control("GET", "notifications", json!({})).await.ok()
}

#[tokio::test(start_paused = true)]
async fn what_is_published_is_shown_as_sns_delivers_it() {
    let aws = Aws::hub();
    let (status, xml) = publish(
        &aws,
        &[
            ("Message", "falconer blocks add evil.example & say why"),
            ("Subject", "A finding waits"),
            ("MessageAttributes.entry.1.Name", "severity"),
            ("MessageAttributes.entry.1.Value.DataType", "Number"),
            ("MessageAttributes.entry.1.Value.StringValue", "80"),
            ("MessageAttributes.entry.2.Name", "finding"),
            ("MessageAttributes.entry.2.Value.DataType", "Binary"),
            ("MessageAttributes.entry.2.Value.BinaryValue", "eHg="),
        ],
    )
    .await;
    assert_eq!(status, 200, "{xml}");
    assert!(xml.starts_with("<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>"));
    let notifications = published(&aws).await;
    let id = notifications[0]["MessageId"].as_str().unwrap();
    assert!(xml.contains(&format!("<MessageId>{id}</MessageId>")), "{xml}");
    let expected = json!([{
        "Type": "Notification", "MessageId": id, "TopicArn": topic(), "Timestamp": "2024-05-01T12:00:00.000Z",
        "Subject": "A finding waits", "Message": "falconer blocks add evil.example & say why",
        "MessageAttributes": {
            "severity": {"Type": "Number", "Value": "80"}, "finding": {"Type": "Binary", "Value": "eHg="},
        },
    }]);
    assert_eq!(notifications, expected);
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_is_there_is_made_again_and_listed_once_for_its_own_account() {
    let aws = Aws::hub();
    let element = format!("<TopicArn>{}</TopicArn>", topic());
    let (_, made) = sns(&aws, "CreateTopic", &[("Name", "falconer-notifications")]).await;
    assert!(made.contains(&element), "{made}");
    let (_, listed) = sns(&aws, "ListTopics", &[]).await;
    assert!(listed.contains(&format!("<Topics><member>{element}</member></Topics>")), "{listed}");
    let (_, of_member) = sns(&aws.of(MEMBER), "ListTopics", &[]).await;
    assert!(of_member.contains("<Topics></Topics>"), "{of_member}");
}

#[tokio::test(start_paused = true)]
async fn what_sns_does_not_take_is_refused_by_its_error_and_not_published() {
    let aws = Aws::hub();
    let long = "m".repeat(262_145);
    let attribute = |data_type, value| {
        [
            ("Message", "m"),
            ("MessageAttributes.entry.1.Name", "a"),
            ("MessageAttributes.entry.1.Value.DataType", data_type),
            ("MessageAttributes.entry.1.Value.StringValue", value),
        ]
    };
    let hundred = "s".repeat(100);
    for (parameters, expected) in [
        (&[][..], "400 ValidationError"),
        (&[("Message", "")], "400 InvalidParameter"),
        (&[("Message", long.as_str())], "400 InvalidParameter"),
        (&[("Message", &long[1..]), ("Subject", "")], "400 InvalidParameter"),
        (&[("Message", "m"), ("Subject", hundred.as_str())], "400 InvalidParameter"),
        (&[("Message", "m"), ("Subject", "two\nlines")], "400 InvalidParameter"),
        (&[("Message", "m"), ("MessageStructure", "json")], "400 InvalidParameter"),
        (&attribute("String", ""), "400 ParameterValueInvalid"),
        (&attribute("Number", "many"), "400 ParameterValueInvalid"),
        (&attribute("Binary", "eHg="), "400 ParameterValueInvalid"),
        (&attribute("Text", "t"), "400 ParameterValueInvalid"),
        (&[("Message", "m"), ("Message", "n")], "400 MalformedInput"),
    ] {
        let named: Vec<_> = parameters.iter().map(|(name, value)| (name, value.len())).collect();
        assert_eq!(error(publish(&aws, parameters).await), expected, "{named:?}");
    }
    let mut filled = attribute("String", "x");
    let message = "m".repeat(262_144);
    filled[0].1 = &message;
    assert_eq!(error(publish(&aws, &filled).await), "400 InvalidParameter", "attributes count");
    assert_eq!(error(sns(&aws, "Publish", &[("Message", "m")]).await), "400 InvalidParameter");
    assert_eq!(published(&aws).await, json!([]));
    assert_eq!(error(publish(&aws, &[("Message", &message)]).await), "200 no error");
    assert_eq!(error(publish(&aws, &[("Message", "m"), ("Subject", &hundred[1..])]).await), "200 no error");
    for name in ["", "with space", "fifo.fifo", long.as_str()] {
        assert_eq!(error(sns(&aws, "CreateTopic", &[("Name", name)]).await), "400 InvalidParameter");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_topic_that_is_there_takes_messages_and_only_of_its_own_account() {
    let aws = Aws::hub();
    let gone = format!("arn:aws:sns:us-east-1:{HUB}:nobody");
    let elsewhere = topic().replace("us-east-1", "eu-west-1");
    for (arn, expected) in
        [(gone.as_str(), "404 NotFound"), ("nobody", "400 InvalidParameter"), (&elsewhere, "400 InvalidParameter")]
    {
        let answer = sns(&aws, "Publish", &[("TopicArn", arn), ("Message", "m")]).await;
        assert_eq!(error(answer), expected, "{arn}");
    }
    assert_eq!(error(publish(&aws.of(MEMBER), &[("Message", "m")]).await), "403 AuthorizationError");
    let throttle = json!({"operation": "sns.Publish", "fault": "throttle", "times": 1});
    aws.control("POST", "faults", throttle).await.ok();
    assert_eq!(error(publish(&aws, &[("Message", "m")]).await), "400 Throttling");
}
