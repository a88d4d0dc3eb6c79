//! Where secrets must not be: every place that keeps what it is told, searched for the ones that were planted.

use aws_sdk_sfn::types::HistoryEvent;
use serde_json::Value;

use crate::house::House;

/// An installation token that nobody could mistake for anything else.
pub const PLANTED: &str = "PLANTED0SECRET0TOKEN";

/// The secrets of the sandbox's two API clients.
const CLIENTS: [&str; 2] = ["NotASecretNotASecretNotASecretNotASecret", "NotAnInstallSecretNotAnInstallSecretNotA"];

/// The names of the places in which a secret stands: histories, findings, notifications, and parameters that are left.
pub async fn places_with_secrets(house: &House) -> Vec<String> {
    let mut places = Vec::new();
    let mut look = |place: String, text: &str| {
        // A bearer token of the sandbox is 64 characters of base 32.
        let bears_token = text.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| {
            word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        });
        if bears_token || CLIENTS.iter().chain([&PLANTED]).any(|secret| text.contains(secret)) {
            places.push(place);
        }
    };
    for runbook in ["install-sensor", "check-compliance"] {
        for arn in house.executions_of(runbook).await {
            for event in house.whole_history(&arn).await {
                look(format!("{arn} event {}", event.id()), &format!("{event:?}"));
            }
        }
    }
    for account in ["111122223333", "444455556666", "777788889999"] {
        for finding in house.sensor_findings(account).await {
            look(format!("finding {:?}", finding.id()), &format!("{finding:?}"));
        }
    }
    let notifications = house.notifications().await;
    look("notifications".to_owned(), &Value::Array(notifications).to_string());
    let left = aws_sdk_ssm::Client::new(&house.sdk).get_parameters_by_path().path("/falconer/install").recursive(true);
    for parameter in left.with_decryption(true).send().await.unwrap().parameters() {
        look(format!("parameter {:?}", parameter.name()), parameter.value().unwrap_or_default());
    }
    places
}

impl House {
    /// Everything that stands in an execution's history.
    pub async fn whole_history(&self, execution: &str) -> Vec<HistoryEvent> {
        let states = self.states();
        let mut pages = states.get_execution_history().execution_arn(execution).into_paginator().items().send();
        let mut events = Vec::new();
        while let Some(event) = pages.next().await {
            events.push(event.unwrap());
        }
        events
    }
}
