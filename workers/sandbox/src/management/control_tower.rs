//! Control Tower has created an account, or brought one up to date.
//!
//! <https://docs.aws.amazon.com/controltower/latest/userguide/lifecycle-events.html>. An account that could not be created at the
//! first try is reported as updated when it is there.

use serde::Deserialize;
use serde_json::json;

use super::{Origin, UNIT, forward};
use crate::services::Services;

/// What Control Tower says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ControlTower {
    event: Work,
    /// Any text: whoever reads the event has to look at it.
    account: String,
    #[serde(default)]
    state: State,
    /// Whether it is no lifecycle event, but the call with the same name, which says that the work begins.
    #[serde(default)]
    api_call: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Work {
    CreateManagedAccount,
    UpdateManagedAccount,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum State {
    #[default]
    Succeeded,
    Failed,
}

impl ControlTower {
    /// Puts the event on the hub's bus; answers its id.
    pub(crate) fn publish(self, services: &Services) -> String {
        let (name, status, done) = match self.event {
            Work::CreateManagedAccount => ("CreateManagedAccount", "createManagedAccountStatus", "created"),
            Work::UpdateManagedAccount => ("UpdateManagedAccount", "updateManagedAccountStatus", "updated"),
        };
        let region = &services.organization.region;
        if self.api_call {
            let detail = json!({
                "eventName": name,
                "requestParameters": { "accountId": self.account },
                "responseElements": null,
            });
            return forward(services, "controltower", region, Origin::Call, detail);
        }
        let (state, message) = match self.state {
            State::Succeeded => ("SUCCEEDED", format!("AWS Control Tower successfully {done} a managed account.")),
            State::Failed => ("FAILED", format!("AWS Control Tower has not {done} a managed account.")),
        };
        let member = services.organization.member(&self.account);
        let now = services.clock.now().strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
        let detail = json!({
            "eventName": name,
            "serviceEventDetails": {
                status: {
                    "organizationalUnit": { "organizationalUnitName": "Workloads", "organizationalUnitId": UNIT },
                    "account": {
                        "accountName": member.map_or_else(|| "unknown".to_owned(), |member| member.name),
                        "accountId": self.account,
                    },
                    "state": state,
                    "message": message,
                    "requestedTimestamp": now,
                    "completedTimestamp": now,
                },
            },
        });
        forward(services, "controltower", region, Origin::Service, detail)
    }
}
