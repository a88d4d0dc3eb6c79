//! Instances for stories, and what stands about them.

use std::collections::BTreeMap;

use aws_sdk_config::types::ComplianceType;
use aws_sdk_securityhub::types::{AwsSecurityFinding, AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_domain::fleet::{Verdict, finding};
use falconer_sandbox::{Agent, Instance, Sandbox, Sensor, State};
use serde_json::{Value, json};

use crate::house::{House, control};

/// A member account, in which most instances of stories are.
pub const MEMBER: &str = "444455556666";
/// Another one.
pub const OTHER: &str = "777788889999";
/// The region of all of them.
pub const EAST: &str = "us-east-1";

/// The instance with this number, in MEMBER: it runs Amazon Linux, Systems Manager manages it, and it has no sensor.
#[must_use]
pub fn instance(number: u64) -> Instance {
    let read = |value| serde_json::from_value(value).unwrap();
    read(json!({ "account": MEMBER, "region": EAST, "id": format!("i-{number:017x}") }))
}

/// The same with a sensor that works.
#[must_use]
pub fn healthy(number: u64) -> Instance {
    Instance { sensor: Some(sensor()), ..instance(number) }
}

/// The finding about an instance as a check of that instance writes it: it asks for a sensor.
#[must_use]
pub fn finding_of_a_missing_sensor(number: u64) -> Value {
    let instance = instance(number);
    let place = format!("{}/{}", instance.account, instance.region);
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("{}/{place}/{}", finding::GENERATOR, instance.id),
        "ProductArn": format!("arn:aws:securityhub:{EAST}:{MEMBER}:product/{MEMBER}/default"),
        "GeneratorId": finding::GENERATOR,
        "AwsAccountId": MEMBER,
        "Types": [finding::TYPE],
        "Title": finding::TITLE,
        "Description": Verdict::Missing { installed: None }.sentence(),
        "CreatedAt": "2026-01-15T09:00:00.000Z",
        "UpdatedAt": "2026-01-15T09:00:00.000Z",
        "Severity": { "Label": "HIGH" },
        "Resources": [{ "Type": "AwsEc2Instance", "Id": instance.id, "Region": EAST }],
        "ProductFields": { finding::ASKS_FIELD: finding::ASKS_FOR_SENSOR },
        "Compliance": { "Status": "FAILED" },
        "RecordState": "ACTIVE",
    })
}

/// A sensor that works.
#[must_use]
pub fn sensor() -> Sensor {
    serde_json::from_value(json!({ "version": "7.19.18110.0" })).unwrap()
}

/// Takes the instances away that a sandbox begins with; neither inventory nor Falcon has heard of them.
pub async fn clear(sandbox: &Sandbox) {
    let seeded = control(sandbox, "GET", "instances", Value::Null).await;
    for instance in seeded.as_array().unwrap() {
        let instance: Instance = serde_json::from_value(instance.clone()).unwrap();
        sandbox.put_instance(Instance { state: State::Terminated, agent: Agent::None, sensor: None, ..instance });
    }
}

impl House {
    /// Takes the instances away that every sandbox begins with.
    pub async fn clear_fleet(&self) {
        clear(&self.sandbox).await;
    }

    /// Config calls the sensor rule of this account: on its schedule, or for one instance.
    pub async fn call_rule(&self, account: &str, trigger: Value) {
        let call = json!({ "account": account, "region": EAST, "trigger": trigger, "start": true });
        self.control("POST", "config/evaluations", call).await;
    }

    /// The active findings about this account's sensors, in the order of their ids.
    pub async fn sensor_findings(&self, account: &str) -> Vec<AwsSecurityFinding> {
        let equals =
            |value: &str| StringFilter::builder().value(value).comparison(StringFilterComparison::Equals).build();
        let filters = AwsSecurityFindingFilters::builder()
            .generator_id(equals(finding::GENERATOR))
            .aws_account_id(equals(account))
            .record_state(equals("ACTIVE"))
            .build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let mut pages = client.get_findings().filters(filters).into_paginator().items().send();
        let mut findings = Vec::new();
        while let Some(finding) = pages.next().await {
            findings.push(finding.unwrap());
        }
        findings.sort_by(|one, other| one.id().cmp(&other.id()));
        findings
    }

    /// What the account's sensor rule was told of each instance, with the annotation.
    pub async fn evaluated(&self, account: &str) -> BTreeMap<String, (ComplianceType, String)> {
        let client = aws_sdk_config::Client::new(&self.as_account(account));
        let mut results = BTreeMap::new();
        let query = client.get_compliance_details_by_config_rule().config_rule_name("falconer-sensor").limit(100);
        let mut pages = query.into_paginator().items().send();
        while let Some(result) = pages.next().await {
            let result = result.unwrap();
            let qualifier = result.evaluation_result_identifier().and_then(|one| one.evaluation_result_qualifier());
            let instance = qualifier.and_then(|one| one.resource_id()).unwrap().to_owned();
            let annotation = result.annotation().unwrap_or_default().to_owned();
            results.insert(instance, (result.compliance_type().unwrap().clone(), annotation));
        }
        results
    }
}
