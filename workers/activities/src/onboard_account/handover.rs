//! What a registration gives goes to the one who makes the account's role for Falcon: a template in the account itself.
//!
//! It stands in three parameters of the member's own Parameter Store, in plain text, since a template reads no SecureString where a
//! role's trust policy needs it (`{{resolve:ssm:/falconer/falcon/external-id}}`,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html>). An external id is no secret to the account
//! that it protects; it stands in no execution, log or finding.

use std::collections::HashMap;

use aws_sdk_ssm::types::ParameterType;
use falconer_domain::onboarding::Registered;
use falconer_falcon::Registration;

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::systems_manager::SystemsManagerError;

/// The role in the account that Falcon assumes.
const ROLE_ARN: &str = "/falconer/falcon/role-arn";
/// Falcon's own role, which that one must trust.
const TRUSTED_ROLE_ARN: &str = "/falconer/falcon/trusted-role-arn";
/// What Falcon says when it assumes it.
const EXTERNAL_ID: &str = "/falconer/falcon/external-id";

/// Of [`hand_over`].
pub(super) const ACTIONS: &[&str] = &["ssm:GetParameters", "ssm:PutParameter"];

/// Writes what is not there yet; whether anything was written. Harmless when repeated.
pub(super) async fn hand_over(
    clients: &Clients,
    registered: &Registered,
    registration: &Registration,
) -> Result<bool, SystemsManagerError> {
    let external_id = registration.external_id.as_ref().map(falconer_falcon::ExternalId::expose);
    let wanted = [
        (ROLE_ARN, registered.role_arn.as_deref()),
        (TRUSTED_ROLE_ARN, registered.falcon_role_arn.as_deref()),
        (EXTERNAL_ID, external_id),
    ];
    let wanted = wanted.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let standing = standing(clients).await?;
    let mut changed = false;
    for (name, value) in wanted.filter(|(name, value)| standing.get(*name).map(String::as_str) != Some(value)) {
        let put = clients.systems_manager.put_parameter().name(name).value(value).r#type(ParameterType::String);
        let put = put.overwrite(true).send().await;
        put.map_err(|error| failed(clients, "PutParameter", CallFailure::from(&error)))?;
        changed = true;
    }
    Ok(changed)
}

async fn standing(clients: &Clients) -> Result<HashMap<String, String>, SystemsManagerError> {
    let names = [ROLE_ARN, TRUSTED_ROLE_ARN, EXTERNAL_ID].map(str::to_owned).to_vec();
    let output = clients.systems_manager.get_parameters().set_names(Some(names)).send().await;
    let output = output.map_err(|error| failed(clients, "GetParameters", CallFailure::from(&error)))?;
    let parameters = output.parameters.unwrap_or_default().into_iter();
    Ok(parameters.filter_map(|parameter| Some((parameter.name?, parameter.value?))).collect())
}

fn failed(clients: &Clients, call: &'static str, failure: CallFailure) -> SystemsManagerError {
    SystemsManagerError::of_call(&clients.place, call, failure)
}
