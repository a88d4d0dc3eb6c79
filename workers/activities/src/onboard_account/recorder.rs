//! The recorder of AWS Config in a place: how it stands, and what is done to it.

use std::collections::BTreeSet;

use aws_sdk_config::types::{
    ConfigurationRecorder, DeliveryChannel, RecordingGroup as Group, RecordingStrategy, RecordingStrategyType,
    ResourceType,
};
use falconer_domain::onboarding::{ConfigFacts, Recorder, RecorderActs, RecordingGroup};
use jiff::Timestamp;

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::fleet::ConfigError;

/// The name that AWS itself gives a delivery channel (<https://docs.aws.amazon.com/config/latest/APIReference/API_DeliveryChannel.html>).
const CHANNEL: &str = "default";

/// Of [`facts`].
pub(super) const READ: &[&str] = &[
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeDeliveryChannels",
];

/// Of [`carry_out`]: the role that Config records by is handed to it
/// (<https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html>).
pub(super) const CARRY_OUT: &[&str] = &[
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StartConfigurationRecorder",
    "iam:PassRole",
];

/// How AWS Config stands.
///
/// # Errors
/// What a call met.
pub async fn facts(clients: &Clients) -> Result<ConfigFacts, ConfigError> {
    let failed = |call, failure| ConfigError::of_call(&clients.place, call, failure);
    let described = clients.config.describe_configuration_recorders().send().await;
    let described = described.map_err(|error| failed("DescribeConfigurationRecorders", CallFailure::from(&error)))?;
    let states = clients.config.describe_configuration_recorder_status().send().await;
    let states = states.map_err(|error| failed("DescribeConfigurationRecorderStatus", CallFailure::from(&error)))?;
    let channels = clients.config.describe_delivery_channels().send().await;
    let channels = channels.map_err(|error| failed("DescribeDeliveryChannels", CallFailure::from(&error)))?;
    let customers = described.configuration_recorders().iter().find(|recorder| recorder.service_principal().is_none());
    let recorder = customers.map(|recorder| {
        let status = states.configuration_recorders_status().iter().find(|status| status.name() == recorder.name());
        let started = status.and_then(|status| status.last_start_time());
        Recorder {
            name: recorder.name().unwrap_or_default().to_owned(),
            role_arn: recorder.role_arn().unwrap_or_default().to_owned(),
            group: recorder.recording_group().map_or(RecordingGroup::AllBut(BTreeSet::new()), group),
            recording: status.is_some_and(|status| status.recording()),
            started: started.and_then(|time| Timestamp::from_second(time.secs()).ok()),
        }
    });
    Ok(ConfigFacts { recorder, has_channel: !channels.delivery_channels().is_empty() })
}

/// Does it, in the order that AWS demands. Harmless when repeated: each act writes the same again.
pub(super) async fn carry_out(clients: &Clients, acts: &RecorderActs) -> Result<(), ConfigError> {
    let failed = |call, failure| ConfigError::of_call(&clients.place, call, failure);
    if let Some((role, types)) = &acts.put {
        let types = types.iter().map(|name| ResourceType::from(name.as_str())).collect();
        let strategy = RecordingStrategy::builder().use_only(RecordingStrategyType::InclusionByResourceTypes).build();
        let group = Group::builder().set_resource_types(Some(types)).recording_strategy(strategy).build();
        let recorder = ConfigurationRecorder::builder().name(&acts.name).role_arn(role).recording_group(group).build();
        let put = clients.config.put_configuration_recorder().configuration_recorder(recorder).send().await;
        put.map_err(|error| failed("PutConfigurationRecorder", CallFailure::from(&error)))?;
    }
    if let Some(bucket) = &acts.channel {
        let channel = DeliveryChannel::builder().name(CHANNEL).s3_bucket_name(bucket).build();
        let put = clients.config.put_delivery_channel().delivery_channel(channel).send().await;
        put.map_err(|error| failed("PutDeliveryChannel", CallFailure::from(&error)))?;
    }
    if acts.start {
        let start = clients.config.start_configuration_recorder().configuration_recorder_name(&acts.name).send().await;
        start.map_err(|error| failed("StartConfigurationRecorder", CallFailure::from(&error)))?;
    }
    Ok(())
}

/// What is recorded. Global types of IAM may be left out of a group of all; none of ours is one.
fn group(group: &Group) -> RecordingGroup {
    let names = |types: &[ResourceType]| types.iter().map(|name| name.as_str().to_owned()).collect();
    let strategy = group.recording_strategy().and_then(RecordingStrategy::use_only);
    let excluded = group.exclusion_by_resource_types().map(|excluded| names(excluded.resource_types()));
    match (strategy, excluded) {
        (Some(RecordingStrategyType::InclusionByResourceTypes), _) => {
            RecordingGroup::Only(names(group.resource_types()))
        }
        (Some(RecordingStrategyType::ExclusionByResourceTypes), excluded) => {
            RecordingGroup::AllBut(excluded.unwrap_or_default())
        }
        _ if group.all_supported() => RecordingGroup::AllBut(BTreeSet::new()),
        _ => RecordingGroup::Only(names(group.resource_types())),
    }
}
