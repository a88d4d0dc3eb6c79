//! Somebody has closed an account, moved it, or taken it out of the organization.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html>.

use serde::Deserialize;
use serde_json::json;

use super::{Origin, UNIT, forward};
use crate::services::Services;

/// Where an account goes that is moved.
const OTHER_UNIT: &str = "ou-a1b2-5e6f7a8b";

/// What Organizations reports. The account itself stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organizations {
    event: Change,
    /// Any text: whoever reads the event has to look at it.
    account: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Change {
    CloseAccount,
    /// The account is closed now, some minutes after somebody asked for it.
    CloseAccountResult,
    MoveAccount,
    RemoveAccountFromOrganization,
}

impl Organizations {
    /// Puts the event on the hub's bus; answers its id.
    pub(crate) fn publish(self, services: &Services) -> String {
        let account = self.account;
        let (name, parameters) = match self.event {
            Change::CloseAccountResult => return closed(services, &account),
            Change::CloseAccount => ("CloseAccount", json!({ "accountId": account })),
            Change::RemoveAccountFromOrganization => ("RemoveAccountFromOrganization", json!({ "accountId": account })),
            Change::MoveAccount => (
                "MoveAccount",
                json!({ "accountId": account, "sourceParentId": UNIT, "destinationParentId": OTHER_UNIT }),
            ),
        };
        let detail = json!({ "eventName": name, "requestParameters": parameters, "responseElements": null });
        forward(services, "organizations", region(services), Origin::Call, detail)
    }
}

fn closed(services: &Services, account: &str) -> String {
    let now = services.clock.now().strftime("%b %-d, %Y %-I:%M:%S %p").to_string();
    let detail = json!({
        "eventName": "CloseAccountResult",
        "requestParameters": null,
        "responseElements": null,
        "serviceEventDetails": {
            "closeAccountStatus": {
                "accountId": account,
                "state": "SUCCEEDED",
                "requestedTimestamp": now,
                "completedTimestamp": now,
            },
        },
    });
    forward(services, "organizations", region(services), Origin::Service, detail)
}

/// Where a service without regions reports what happens to it.
fn region(services: &Services) -> &'static str {
    match services.organization.partition.as_str() {
        "aws-us-gov" => "us-gov-west-1",
        "aws-cn" => "cn-northwest-1",
        _ => "us-east-1",
    }
}
