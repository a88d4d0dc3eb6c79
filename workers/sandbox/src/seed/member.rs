//! What a member has in it before anything is done to it.

use jiff::Timestamp;
use serde_json::json;

use super::call;
use crate::service::Service;
use crate::services::Services;
use crate::sts::Role;

/// The role that the hub assumes in its members, and the external id that the role demands.
const ROLE: &str = "falconer-member";
const EXTERNAL_ID: &str = "falconer-sandbox";

/// The role comes to the account; it may trust somebody else's external id.
pub(crate) fn put_role(services: &Services, account: &str, external_id: Option<String>, there_from: Timestamp) {
    services.sts.put(Role {
        arn: services.organization.arn("iam", "", account, &format!("role/{ROLE}")),
        account: account.to_owned(),
        external_id: Some(external_id.unwrap_or_else(|| EXTERNAL_ID.to_owned())),
        there_from,
    });
}

/// Security Hub is on, and nobody looks after the account.
pub(crate) fn enable_security_hub(services: &Services, account: &str) {
    let input = json!({ "EnableDefaultStandards": false });
    call(services, account, Service::SecurityHub, "EnableSecurityHub", input);
}

/// Security Hub is on, and the hub looks after the account.
pub(crate) fn join_security_hub(services: &Services, account: &str) {
    let input = json!({ "AccountDetails": [{ "AccountId": account }] });
    call(services, &services.organization.hub, Service::SecurityHub, "CreateMembers", input);
}
