//! What stands in the end: with Falcon, in the account, and with Security Hub's administrator.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_config::types::{ConfigurationRecorder, Scope, Source};
use aws_sdk_securityhub::types::{AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_tests::house::House;
use falconer_tests::newcomers::NEWCOMER;
use serde_json::Value;

/// A part of what stands: what one step brings about, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Falcon knows the account.
    Registration,
    /// What Falcon gave for it stands in the account.
    Handover,
    /// AWS Config records, and delivers.
    Recorder,
    /// Security Hub is on, and has its administrator.
    Membership,
    /// The Config rule.
    Rule,
    /// The association.
    Association,
    /// The findings that are neither archived nor resolved, as the administrator sees them.
    Findings,
}

/// All of them.
pub(super) const EVERYTHING: [Part; 7] = [
    Part::Registration,
    Part::Handover,
    Part::Recorder,
    Part::Membership,
    Part::Rule,
    Part::Association,
    Part::Findings,
];

/// What stands of each part, line by line, without what differs from run to run: times, and ids that the services give. What is
/// there twice has two lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing(BTreeMap<Part, Vec<String>>);

impl Standing {
    /// Everything, of an account that lets one in.
    pub(super) async fn of(house: &House) -> Self {
        let mut standing = Self::outside(house).await;
        let parts = [
            (Part::Handover, handover(house).await),
            (Part::Recorder, recorder(house).await),
            (Part::Membership, membership(house).await),
            (Part::Rule, rules(house).await),
            (Part::Association, associations(house).await),
        ];
        standing.0.extend(parts);
        standing
    }

    /// What stands outside the account, which may let nobody in.
    pub(super) async fn outside(house: &House) -> Self {
        let parts = [(Part::Registration, registrations(house).await), (Part::Findings, findings(house).await)];
        Self(parts.into())
    }

    /// The parts in which it is otherwise.
    pub(super) fn differences(&self, other: &Self) -> BTreeSet<Part> {
        let differs = |part: &Part| self.0.get(part) != other.0.get(part);
        EVERYTHING.into_iter().filter(differs).collect()
    }
}

async fn registrations(house: &House) -> Vec<String> {
    let registrations = house.control("GET", "falcon/registrations", Value::Null).await;
    let without_times = |mut one: Value| {
        let record = one["account"].as_object_mut().unwrap();
        for time in ["CreatedAt", "UpdatedAt"] {
            record.remove(time);
        }
        one.to_string()
    };
    registrations.as_array().unwrap().iter().cloned().map(without_times).collect()
}

async fn handover(house: &House) -> Vec<String> {
    let client = aws_sdk_ssm::Client::new(&house.as_account(NEWCOMER));
    let found = client.get_parameters_by_path().path("/falconer").recursive(true).send().await.unwrap();
    let parameters = found.parameters().iter();
    parameters.map(|one| format!("{} is {}", one.name().unwrap(), one.value().unwrap())).collect()
}

async fn recorder(house: &House) -> Vec<String> {
    let client = aws_sdk_config::Client::new(&house.as_account(NEWCOMER));
    let recorders = client.describe_configuration_recorders().send().await.unwrap();
    let states = client.describe_configuration_recorder_status().send().await.unwrap();
    let channels = client.describe_delivery_channels().send().await.unwrap();
    let is_recording = |recorder: &ConfigurationRecorder| {
        let mut states = states.configuration_recorders_status().iter();
        states.any(|state| state.name() == recorder.name() && state.recording())
    };
    let recorders = recorders.configuration_recorders().iter();
    let line = |one: &ConfigurationRecorder| {
        let (name, role, group) = (one.name(), one.role_arn(), one.recording_group());
        format!("{name:?} records by {role:?} {group:?}: {}", is_recording(one))
    };
    let recorders = recorders.map(line);
    let channels = channels.delivery_channels().iter().map(|channel| format!("{channel:?}"));
    recorders.chain(channels).collect()
}

async fn membership(house: &House) -> Vec<String> {
    let client = aws_sdk_securityhub::Client::new(&house.as_account(NEWCOMER));
    if client.describe_hub().send().await.is_err() {
        return Vec::new();
    }
    let answer = client.get_administrator_account().send().await.unwrap();
    let administrator = answer.administrator().and_then(|administrator| administrator.account_id());
    vec![format!("on, looked after by {administrator:?}")]
}

async fn rules(house: &House) -> Vec<String> {
    let client = aws_sdk_config::Client::new(&house.as_account(NEWCOMER));
    let rules = client.describe_config_rules().send().await.unwrap();
    let line = |rule: &aws_sdk_config::types::ConfigRule| {
        let function = rule.source().and_then(Source::source_identifier);
        let types = rule.scope().map(Scope::compliance_resource_types);
        format!("{:?} calls {function:?} for {types:?}", rule.config_rule_name())
    };
    rules.config_rules().iter().map(line).collect()
}

async fn associations(house: &House) -> Vec<String> {
    let client = aws_sdk_ssm::Client::new(&house.as_account(NEWCOMER));
    let associations = client.list_associations().send().await.unwrap();
    let line = |one: &aws_sdk_ssm::types::Association| {
        format!("{:?} runs {:?} on {:?}", one.association_name(), one.name(), one.targets())
    };
    associations.associations().iter().map(line).collect()
}

async fn findings(house: &House) -> Vec<String> {
    let is = |value: &str, comparison| StringFilter::builder().value(value).comparison(comparison).build();
    let filters = AwsSecurityFindingFilters::builder()
        .aws_account_id(is(NEWCOMER, StringFilterComparison::Equals))
        .record_state(is("ACTIVE", StringFilterComparison::Equals))
        .workflow_status(is("RESOLVED", StringFilterComparison::NotEquals))
        .build();
    let found = aws_sdk_securityhub::Client::new(&house.sdk).get_findings().filters(filters).send().await.unwrap();
    let findings = found.findings().iter();
    let mut lines: Vec<String> =
        findings.map(|one| format!("{}: {}", one.id().unwrap(), one.description().unwrap())).collect();
    lines.sort();
    lines
}
