//! Security Hub of an account: whether it is on, and whose member the account is.

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::AccountDetails;
use falconer_domain::onboarding::HubFacts;
use falconer_domain::place::AccountId;

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::security_hub::SecurityHubError;

/// Of [`is_on`].
pub(super) const LOOK: &[&str] = &["securityhub:DescribeHub"];

/// Of [`facts`], beside that.
pub(super) const READ: &[&str] = &["securityhub:GetAdministratorAccount"];

/// Of [`enable`]: whoever switches it on has AWS make the role that it works by
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/using-service-linked-roles.html>).
pub(super) const ENABLE: &[&str] = &["securityhub:EnableSecurityHub", "iam:CreateServiceLinkedRole"];

/// Of [`add`].
pub(super) const ADD: &[&str] = &["securityhub:CreateMembers"];

/// Whether Security Hub of the account is on.
///
/// # Errors
/// What the call met. That it is off is none.
pub(super) async fn is_on(clients: &Clients) -> Result<bool, SecurityHubError> {
    match clients.security_hub.describe_hub().send().await {
        Ok(_) => Ok(true),
        // <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html>: it is not on.
        Err(error)
            if error.as_service_error().is_some_and(|error| {
                error.is_invalid_access_exception() || error.is_resource_not_found_exception()
            }) =>
        {
            Ok(false)
        }
        Err(error) => Err(SecurityHubError::of_call("DescribeHub", CallFailure::from(&error))),
    }
}

/// How Security Hub of the account stands.
///
/// # Errors
/// What a call met. That it is off is none.
pub async fn facts(clients: &Clients) -> Result<HubFacts, SecurityHubError> {
    if !is_on(clients).await? {
        return Ok(HubFacts { enabled: false, administrator: None });
    }
    let answer = clients.security_hub.get_administrator_account().send().await;
    let answer =
        answer.map_err(|error| SecurityHubError::of_call("GetAdministratorAccount", CallFailure::from(&error)))?;
    let administrator = answer.administrator().and_then(|administrator| {
        let account = administrator.account_id()?.parse::<AccountId>().ok()?;
        Some((account, administrator.member_status().unwrap_or_default().to_owned()))
    });
    Ok(HubFacts { enabled: true, administrator })
}

/// Switches Security Hub on, without the standards that it has by default. One that is on is a success.
pub(super) async fn enable(clients: &Clients) -> Result<(), SecurityHubError> {
    match clients.security_hub.enable_security_hub().enable_default_standards(false).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_conflict_exception()) => Ok(()),
        Err(error) => Err(SecurityHubError::of_call("EnableSecurityHub", CallFailure::from(&error))),
    }
}

/// Has the administrator take the account in; what it says if it does not.
pub(super) async fn add(administrator: &Client, account: AccountId) -> Result<Option<String>, SecurityHubError> {
    let details = AccountDetails::builder().account_id(account.to_string()).build();
    let output = administrator.create_members().account_details(details).send().await;
    let output = output.map_err(|error| SecurityHubError::of_call("CreateMembers", CallFailure::from(&error)))?;
    let refused = output.unprocessed_accounts().first();
    Ok(refused.map(|one| one.processing_result().unwrap_or("Security Hub gives no reason").to_owned()))
}
