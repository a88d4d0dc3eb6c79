//! PutDeliveryChannel and DescribeDeliveryChannels: where Config delivers what it records.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html>. Nothing is delivered: any bucket with a
//! name that a bucket can have counts as one that takes it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Config, DEFAULT, State};
use crate::constraints::Constraints;
use crate::wire::{Answer, Call, ServiceError};

/// The members of the model's `DeliveryChannel`, as they were put.
#[derive(Clone, Debug)]
pub(in crate::config) struct Channel {
    name: String,
    put: Value,
}

impl Channel {
    pub(super) fn to(name: &str, bucket: &str) -> Self {
        Self { name: name.to_owned(), put: json!({ "name": name, "s3BucketName": bucket }) }
    }
}

impl Config {
    pub(in crate::config) fn put_delivery_channel(&self, state: &mut State, call: &Call) -> Answer {
        const SERVED: [&str; 6] =
            ["name", "s3BucketName", "s3KeyPrefix", "s3KmsKeyArn", "snsTopicARN", "configSnapshotDeliveryProperties"];
        let put = call.input.get("DeliveryChannel");
        let mut constraints = Constraints::default();
        constraints.required("deliveryChannel", put);
        let text = |member: &str| put.and_then(|put| put[member].as_str());
        let name = text("name").unwrap_or(DEFAULT);
        constraints.length("deliveryChannel.name", Some(name), 1, 256).finish()?;
        let members = put.and_then(Value::as_object);
        let members =
            members.ok_or_else(|| ServiceError::new("SerializationException", "DeliveryChannel is no structure"))?;
        if let Some(member) = members.keys().find(|member| !SERVED.contains(&member.as_str())) {
            return Err(ServiceError::new("ValidationException", format!("A delivery channel has no {member}")));
        }
        let bucket = text("s3BucketName").unwrap_or_default();
        let mut channel = Channel::to(name, bucket);
        for (member, value) in members {
            channel.put[member] = value.clone();
        }
        self.change(state, &call.caller, |place| {
            if place.recorder.is_none() {
                let message = "Configuration recorder is not available to put delivery channel.";
                return Err(ServiceError::new("NoAvailableConfigurationRecorderException", message));
            }
            if place.channel.as_ref().is_some_and(|known| known.name != name) {
                let message = format!(
                    "Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is reached."
                );
                return Err(ServiceError::new("MaxNumberOfDeliveryChannelsExceededException", message));
            }
            if !is_bucket(bucket) {
                let message = format!("Cannot find a S3 bucket with an empty or unknown bucket name '{bucket}'.");
                return Err(ServiceError::new("NoSuchBucketException", message));
            }
            place.channel = Some(channel);
            Ok(json!({}))
        })
    }

    pub(in crate::config) fn describe_delivery_channels(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            #[serde(default)]
            delivery_channel_names: Vec<String>,
        }
        let names = call.input::<Input>()?.delivery_channel_names;
        let channel = self.place(state, &call.caller).channel.as_ref();
        if let Some(name) = names.iter().find(|name| channel.is_none_or(|channel| channel.name != **name)) {
            let message = format!("Cannot find delivery channel with specified name '{name}'.");
            return Err(ServiceError::new("NoSuchDeliveryChannelException", message));
        }
        Ok(json!({ "DeliveryChannels": channel.iter().map(|channel| &channel.put).collect::<Vec<_>>() }))
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(name: &str) -> bool {
    let symbols =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || ".-".contains(character);
    (3..=63).contains(&name.len()) && name.chars().all(symbols)
}
