//! The configuration recorder of each account and region: PutConfigurationRecorder and what else is done to it.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html>. There is one at most, and none
//! that is linked to a service.

mod channel;
mod group;
mod place;
mod setup;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Config, State};
use crate::constraints::Constraints;
use crate::wire::{Answer, Call, Caller, ServiceError, seconds};
use group::Group;
pub(super) use place::{Place, Places};
pub(crate) use setup::Setup;

/// How a recorder is called that nobody has named.
const DEFAULT: &str = "default";
/// What the names of other recorders than a customer's begin with.
const RESERVED: &str = "AWSConfigurationRecorderFor";

/// A customer's recorder.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    name: String,
    arn: String,
    role: String,
    group: Group,
    mode: Value,
    started: Option<Timestamp>,
    stopped: Option<Timestamp>,
    is_on: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    configuration_recorder: Option<Written>,
    #[serde(rename = "Tags")]
    _tags: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    name: Option<String>,
    #[serde(rename = "roleARN")]
    role: Option<String>,
    recording_group: Option<Value>,
    recording_mode: Option<Mode>,
    service_principal: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mode {
    recording_frequency: Option<String>,
    #[serde(default)]
    recording_mode_overrides: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(default)]
    configuration_recorder_names: Vec<String>,
    arn: Option<String>,
    service_principal: Option<String>,
}

impl Recorder {
    /// Whether it records resources of a type now.
    fn records(&self, kind: &str) -> bool {
        self.is_on && self.group.includes(kind)
    }

    fn describe(&self) -> Value {
        json!({
            "arn": self.arn,
            "name": self.name,
            "roleARN": self.role,
            "recordingGroup": self.group.describe(),
            "recordingMode": self.mode,
            "recordingScope": "PAID",
        })
    }

    fn status(&self) -> Value {
        let mut status = json!({ "arn": self.arn, "name": self.name, "recording": self.is_on });
        for (member, time) in [("lastStartTime", self.started), ("lastStopTime", self.stopped)] {
            if let Some(time) = time {
                status[member] = seconds(time);
            }
        }
        if let Some(changed) = self.started.max(self.stopped) {
            status["lastStatus"] = "Success".into();
            status["lastStatusChangeTime"] = seconds(changed);
        }
        status
    }
}

impl Config {
    /// A recorder that is put again goes on as it was, with another role or other types.
    pub(super) fn put_recorder(&self, state: &mut State, call: &Call) -> Answer {
        let written = call.input::<Put>()?.configuration_recorder;
        let mut constraints = Constraints::default();
        constraints.required("configurationRecorder", written.as_ref());
        let name = written.as_ref().and_then(|written| written.name.as_deref());
        constraints.length("configurationRecorder.name", name, 1, 256).finish()?;
        let Some(written) = written else { return Ok(json!({})) };
        if written.service_principal.is_some() {
            let message = "PutServiceLinkedConfigurationRecorder makes the recorders of services";
            return Err(ServiceError::new("UnmodifiableEntityException", message));
        }
        let mode = mode(written.recording_mode)?;
        let name = written.name.unwrap_or_else(|| DEFAULT.to_owned());
        check_name(&name)?;
        let role = written.role.filter(|role| !role.is_empty());
        let role = role.ok_or_else(|| ServiceError::new("InvalidRoleException", "The role ARN is null or empty"))?;
        let group = Group::read(written.recording_group.as_ref())
            .map_err(|problem| ServiceError::new("InvalidRecordingGroupException", problem))?;
        self.change(state, &call.caller, |place| {
            let known = place.recorder.as_ref();
            if known.is_some_and(|known| known.name != name) {
                let message = format!(
                    "Failed to put configuration recorder '{name}' because the maximum number of configuration \
                     recorders: 1 is reached."
                );
                return Err(ServiceError::new("MaxNumberOfConfigurationRecordersExceededException", message));
            }
            let recorder = match known {
                Some(known) => Recorder { role, group, mode, ..known.clone() },
                None => {
                    Recorder { arn: self.recorder_arn(&call.caller, &name), ..Recorder::new(name, role, group, mode) }
                }
            };
            place.recorder = Some(recorder);
            Ok(json!({}))
        })
    }

    /// What Config knows of the resources that it records is brought up to date at once.
    pub(super) fn start_recorder(&self, state: &mut State, call: &Call) -> Answer {
        let name = name_of(call)?;
        self.change(state, &call.caller, |place| {
            let recorder = named(place.recorder.as_mut(), &name)?;
            if place.channel.is_none() {
                let message = "Delivery channel is not available to start configuration recorder.";
                return Err(ServiceError::new("NoAvailableDeliveryChannelException", message));
            }
            if !recorder.is_on {
                (recorder.is_on, recorder.started) = (true, Some(self.clock.now()));
            }
            Ok(json!({}))
        })
    }

    /// What Config knows stays as it is.
    pub(super) fn stop_recorder(&self, state: &mut State, call: &Call) -> Answer {
        let name = name_of(call)?;
        self.change(state, &call.caller, |place| {
            let recorder = named(place.recorder.as_mut(), &name)?;
            if recorder.is_on {
                (recorder.is_on, recorder.stopped) = (false, Some(self.clock.now()));
            }
            Ok(json!({}))
        })
    }

    pub(super) fn describe_recorders(&self, state: &mut State, call: &Call) -> Answer {
        let found = self.wanted(state, call)?;
        Ok(json!({ "ConfigurationRecorders": found.iter().map(Recorder::describe).collect::<Vec<_>>() }))
    }

    pub(super) fn describe_recorder_status(&self, state: &mut State, call: &Call) -> Answer {
        let found = self.wanted(state, call)?;
        Ok(json!({ "ConfigurationRecordersStatus": found.iter().map(Recorder::status).collect::<Vec<_>>() }))
    }

    /// The caller's recorder, unless another one is asked for.
    fn wanted(&self, state: &mut State, call: &Call) -> Result<Option<Recorder>, ServiceError> {
        let Described { configuration_recorder_names: names, arn, service_principal } = call.input()?;
        let refuse = |problem: &str| Err(ServiceError::new("ValidationException", problem));
        if names.len() > 1 {
            return refuse("Only one configuration recorder can be specified");
        }
        if arn.is_some() || service_principal.is_some() {
            return refuse("The sandbox finds configuration recorders by their names only");
        }
        let recorder = self.place(state, &call.caller).recorder.clone();
        match names.into_iter().next() {
            Some(name) if recorder.as_ref().is_none_or(|recorder| recorder.name != name) => {
                Err(no_such_recorder(&name))
            }
            _ => Ok(recorder),
        }
    }

    fn recorder_arn(&self, caller: &Caller, name: &str) -> String {
        let id = self.identifiers.base32(16).to_lowercase();
        let resource = format!("configuration-recorder/{name}/{id}");
        self.organization.arn("config", &caller.region, &caller.account, &resource)
    }
}

impl Recorder {
    /// One that has never recorded anything, and has no ARN yet.
    fn new(name: String, role: String, group: Group, mode: Value) -> Self {
        Self { name, arn: String::new(), role, group, mode, started: None, stopped: None, is_on: false }
    }
}

fn mode(written: Option<Mode>) -> Result<Value, ServiceError> {
    let (frequency, overrides) =
        written.map_or((None, Vec::new()), |mode| (mode.recording_frequency, mode.recording_mode_overrides));
    let frequency = frequency.unwrap_or_else(|| "CONTINUOUS".to_owned());
    let member = "configurationRecorder.recordingMode.recordingFrequency";
    Constraints::default().one_of(member, Some(&frequency), &["CONTINUOUS", "DAILY"]).finish()?;
    Ok(json!({ "recordingFrequency": frequency, "recordingModeOverrides": overrides }))
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    if name.starts_with(RESERVED) {
        let message = format!("The name {name} is not valid: {RESERVED} is reserved");
        return Err(ServiceError::new("InvalidConfigurationRecorderNameException", message));
    }
    Ok(())
}

/// `ConfigurationRecorderName` of a call.
fn name_of(call: &Call) -> Result<String, ServiceError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct OfRecorder {
        configuration_recorder_name: Option<String>,
    }
    const MEMBER: &str = "configurationRecorderName";
    let name = call.input::<OfRecorder>()?.configuration_recorder_name;
    Constraints::default().required(MEMBER, name.as_ref()).length(MEMBER, name.as_deref(), 1, 256).finish()?;
    Ok(name.unwrap_or_default())
}

fn named<'a>(recorder: Option<&'a mut Recorder>, name: &str) -> Result<&'a mut Recorder, ServiceError> {
    recorder.filter(|recorder| recorder.name == name).ok_or_else(|| no_such_recorder(name))
}

fn no_such_recorder(name: &str) -> ServiceError {
    let message = format!("Cannot find configuration recorder with the specified name '{name}'.");
    ServiceError::new("NoSuchConfigurationRecorderException", message)
}
