//! The secrets of one batch, between the steps that get them, use them and give them back.
//!
//! They are in a SecureString of the hub, named after the execution and deleted at its end. If nobody deletes it, Systems
//! Manager does, when the token has ended
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html>).

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use falconer_domain::place::Place;
use falconer_falcon::IssuedToken;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws_failure::CallFailure;
use crate::execution_name;
use crate::registry::Services;
use crate::systems_manager::SystemsManagerError;

/// After its token's end a parameter is of no use; Systems Manager deletes it some time after it expires.
const AFTER_ITS_END: SignedDuration = SignedDuration::from_mins(5);

/// Where the secrets of batches are kept.
#[derive(Clone, Debug)]
pub(super) struct Authorizations {
    client: Client,
    hub: Place,
}

/// The secrets of one batch. There is no `Debug`.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secrets {
    /// As [`IssuedToken::expose_whole`] writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bearer: Option<String>,
    /// The customer's id, which enrols sensors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) customer_id: Option<String>,
    /// The installation token, if Falcon requires one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) installation_token: Option<String>,
    /// The host's maintenance token, if its sensor is taken away and protects itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) maintenance_token: Option<String>,
}

impl Secrets {
    /// The bearer token, if one was got.
    pub(super) fn bearer(&self) -> Option<IssuedToken> {
        self.bearer.as_deref().and_then(|text| IssuedToken::from_exposed(text).ok())
    }
}

impl Authorizations {
    /// What [`keep`](Self::keep) must be allowed: none of it on a key, since Parameter Store's own is everybody's who may use the parameter
    /// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-decryption.html>).
    pub(super) const KEEP: &[&str] = &["ssm:PutParameter"];
    /// What [`get`](Self::get) must be allowed.
    pub(super) const GET: &[&str] = &["ssm:GetParameter"];
    /// What [`forget`](Self::forget) must be allowed.
    pub(super) const FORGET: &[&str] = &["ssm:DeleteParameter"];

    pub(super) fn of(services: &Services) -> Self {
        Self { client: services.systems_manager.clone(), hub: services.accounts.hub().place.clone() }
    }

    /// Keeps the secrets until `ends`.
    pub(super) async fn keep(&self, name: &str, secrets: &Secrets, ends: Timestamp) -> Result<(), SystemsManagerError> {
        let expires = ends.saturating_add(AFTER_ITS_END).unwrap_or(Timestamp::MAX);
        let expiration = json!([{
            "Type": "Expiration", "Version": "1.0", "Attributes": { "Timestamp": format!("{expires:.0}") },
        }]);
        // Texts are always JSON.
        let value = serde_json::to_string(secrets).unwrap_or_default();
        let put = self.client.put_parameter().name(name).value(value).r#type(ParameterType::SecureString);
        let put = put.tier(ParameterTier::Advanced).policies(expiration.to_string()).overwrite(true).send().await;
        put.map(|_| ()).map_err(|error| self.failed("PutParameter", CallFailure::from(&error)))
    }

    /// The secrets; `None` if they are not kept, or are none.
    pub(super) async fn get(&self, name: &str) -> Result<Option<Secrets>, SystemsManagerError> {
        match self.client.get_parameter().name(name).with_decryption(true).send().await {
            Ok(output) => {
                let value = output.parameter().and_then(|parameter| parameter.value()).unwrap_or_default();
                Ok(serde_json::from_str(value).ok())
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => Ok(None),
            Err(error) => Err(self.failed("GetParameter", CallFailure::from(&error))),
        }
    }

    /// Deletes the secrets, if they are kept.
    pub(super) async fn forget(&self, name: &str) -> Result<(), SystemsManagerError> {
        match self.client.delete_parameter().name(name).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => Ok(()),
            Err(error) => Err(self.failed("DeleteParameter", CallFailure::from(&error))),
        }
    }

    fn failed(&self, call: &'static str, failure: CallFailure) -> SystemsManagerError {
        SystemsManagerError::of_call(&self.hub, call, failure)
    }
}

/// The parameter of a batch: named after its execution, as far as that may stand in a parameter's name
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>).
pub(super) fn parameter(execution: &str, batch: usize) -> String {
    format!("/falconer/install/{}/{batch}", execution_name::limited_to(execution, "_.-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_named_after_its_execution() {
        let execution = "arn:aws:states:us-east-1:111122223333:execution:install-sensor:case 42/ü";
        assert_eq!(parameter(execution, 3), "/falconer/install/case-42--/3");
    }
}
