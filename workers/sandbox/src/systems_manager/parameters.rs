//! PutParameter, GetParameter, GetParameters, DeleteParameter.
//!
//! Shapes and limits: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html> and the
//! pages beside it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::policies::{self, Change};
use super::tier::Tier;
use super::{State, SystemsManager, invalid, name, reference, served};
use crate::constraints::{Constraints, required};
use crate::wire::{Answer, Call, Caller, ServiceError, seconds};

/// What is read of a PutParameter.
const SERVED: [&str; 9] =
    ["Name", "Description", "Value", "Type", "KeyId", "Overwrite", "Tier", "Policies", "DataType"];

/// By account, region and name.
pub(super) type Parameters = BTreeMap<(String, String, String), Parameter>;

/// A parameter as it is now. Its value may be a secret, and is not shown to whoever debugs the sandbox.
#[derive(Clone)]
pub(super) struct Parameter {
    value: String,
    /// What the value of a SecureString looks like without decryption.
    ciphertext: Option<String>,
    version: u64,
    modified: Timestamp,
    tier: Tier,
    /// When Parameter Store deletes it. In AWS a scan comes by some time after that.
    pub(super) expires: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutParameter {
    name: Option<String>,
    description: Option<String>,
    value: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    key_id: Option<String>,
    #[serde(default)]
    overwrite: bool,
    tier: Option<String>,
    policies: Option<String>,
    data_type: Option<String>,
}

/// What the operations that read or delete have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfParameters {
    name: Option<String>,
    names: Option<Vec<String>>,
    #[serde(default)]
    with_decryption: bool,
}

impl SystemsManager {
    pub(super) fn put_parameter(&self, state: &mut State, call: &Call) -> Answer {
        let input: PutParameter = call.input()?;
        input.check()?;
        served(call, &SERVED)?;
        let now = self.clock.now();
        let given = input.name.unwrap_or_default();
        let name = name::read(&given)?;
        name::check_new(name, &self.arn(&call.caller, name))?;
        let parameters = state.parameters(now);
        let key = key(&call.caller, name);
        let old = parameters.get(&key);
        let tier = Tier::of(input.tier.as_deref(), old.map(|old| old.tier))?;
        let value = input.value.unwrap_or_default();
        tier.check_value(&value)?;
        if old.is_some() && !input.overwrite {
            let message = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.";
            return Err(ServiceError::new("ParameterAlreadyExists", message));
        }
        let kind = input.kind.as_deref().or(old.map(Parameter::kind));
        let kind = kind.ok_or_else(|| invalid("A parameter type is required when you create a parameter."))?;
        if old.is_some_and(|old| old.kind() != kind) {
            let message = "Parameter Store does not support changing a parameter type: make a new parameter.";
            return Err(ServiceError::new("HierarchyTypeMismatchException", message));
        }
        let secure = kind == SECURE_STRING;
        if input.key_id.is_some() && !secure {
            return Err(invalid(format!("KeyId is for parameters of the type {SECURE_STRING} only")));
        }
        let expires = match policies::read(input.policies.as_deref(), now)? {
            Change::Keep => old.and_then(|old| old.expires),
            Change::Remove => None,
            Change::Expire(_) if tier == Tier::Standard => {
                return Err(invalid("Parameter policies are for parameters of the advanced tier only"));
            }
            Change::Expire(at) => Some(at),
        };
        let version = old.map_or(0, |old| old.version) + 1;
        let ciphertext = secure.then(|| format!("AQICAH{}", self.identifiers.base32(32)));
        parameters.insert(key, Parameter { value, ciphertext, version, modified: now, tier, expires });
        Ok(json!({ "Version": version, "Tier": tier.name() }))
    }

    pub(super) fn get_parameter(&self, state: &mut State, call: &Call) -> Answer {
        let input: OfParameters = call.input()?;
        let given = required("name", input.name)?;
        let name = name::read(&given)?;
        let parameters = state.parameters(self.clock.now());
        Ok(json!({ "Parameter": self.look_up(parameters, &call.caller, name, input.with_decryption)? }))
    }

    pub(super) fn get_parameters(&self, state: &mut State, call: &Call) -> Answer {
        let input: OfParameters = call.input()?;
        let names = required("names", input.names)?;
        let mut constraints = Constraints::default();
        constraints.entries("names", Some(names.len()), 1, 10).finish()?;
        let parameters = state.parameters(self.clock.now());
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for given in &names {
            let name = name::read(given)?;
            match self.look_up(parameters, &call.caller, name, input.with_decryption) {
                Ok(parameter) => found.push(parameter),
                Err(_) => unknown.push(given),
            }
        }
        Ok(json!({ "Parameters": found, "InvalidParameters": unknown }))
    }

    pub(super) fn delete_parameter(&self, state: &mut State, call: &Call) -> Answer {
        let input: OfParameters = call.input()?;
        let given = required("name", input.name)?;
        let name = name::read(&given)?;
        let parameters = state.parameters(self.clock.now());
        parameters.remove(&key(&call.caller, name)).map(|_| json!({})).ok_or_else(|| not_found(name))
    }

    /// The parameter, or the secret that its name refers to.
    pub(super) fn look_up(&self, parameters: &Parameters, caller: &Caller, name: &str, decrypted: bool) -> Answer {
        if let Some(secret) = reference::secret(name) {
            return self.referenced(caller, name, secret, decrypted);
        }
        let parameter = parameters.get(&key(caller, name)).ok_or_else(|| not_found(name))?;
        Ok(self.describe(caller, name, parameter, decrypted))
    }

    pub(super) fn describe(&self, caller: &Caller, name: &str, parameter: &Parameter, decrypted: bool) -> Value {
        let ciphertext = parameter.ciphertext.as_ref().filter(|_| !decrypted);
        json!({
            "Name": name,
            "Type": parameter.kind(),
            "Value": ciphertext.unwrap_or(&parameter.value),
            "Version": parameter.version,
            "LastModifiedDate": seconds(parameter.modified),
            "ARN": self.arn(caller, name),
            "DataType": TEXT,
        })
    }

    /// The slash before a hierarchy is the one that every parameter's ARN has.
    fn arn(&self, caller: &Caller, name: &str) -> String {
        let path = name.strip_prefix('/').unwrap_or(name);
        self.organization.arn("ssm", &caller.region, &caller.account, &format!("parameter/{path}"))
    }
}

const STRING: &str = "String";
pub(super) const SECURE_STRING: &str = "SecureString";
const TEXT: &str = "text";

impl State {
    /// The parameters, without those that have expired by now.
    pub(super) fn parameters(&mut self, now: Timestamp) -> &mut Parameters {
        self.parameters.retain(|_, parameter| parameter.expires.is_none_or(|expires| now < expires));
        &mut self.parameters
    }
}

impl Parameter {
    fn kind(&self) -> &'static str {
        if self.ciphertext.is_some() { SECURE_STRING } else { STRING }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Parameter").field("version", &self.version).finish_non_exhaustive()
    }
}

impl PutParameter {
    fn check(&self) -> Result<(), ServiceError> {
        let mut constraints = Constraints::default();
        constraints
            .required("name", self.name.as_ref())
            .length("name", self.name.as_deref(), 1, 2048)
            .required("value", self.value.as_ref())
            .length("value", self.value.as_deref(), 1, usize::MAX)
            .length("description", self.description.as_deref(), 0, 1024)
            .length("keyId", self.key_id.as_deref(), 1, 256)
            .one_of("type", self.kind.as_deref(), &[STRING, "StringList", SECURE_STRING])
            .length("policies", self.policies.as_deref(), 1, 4096)
            .one_of("tier", self.tier.as_deref(), &["Standard", "Advanced", "Intelligent-Tiering"]);
        constraints.finish()?;
        if self.kind.as_deref() == Some("StringList") {
            return Err(ServiceError::new("UnsupportedParameterType", "The sandbox has no StringList."));
        }
        if self.data_type.as_deref().is_some_and(|data_type| data_type != TEXT) {
            return Err(invalid("The sandbox has the data type text only"));
        }
        Ok(())
    }
}

fn key(caller: &Caller, name: &str) -> (String, String, String) {
    (caller.account.clone(), caller.region.clone(), name.to_owned())
}

fn not_found(name: &str) -> ServiceError {
    ServiceError::new("ParameterNotFound", format!("Parameter {name} not found."))
}
