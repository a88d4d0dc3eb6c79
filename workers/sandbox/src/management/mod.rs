//! What happens in the organization's management account: lifecycle events of Control Tower and calls of Organizations, which
//! rules there forward to a bus of the hub.

mod control_tower;
mod organizations;

use serde_json::{Value, json};

pub(crate) use control_tower::ControlTower;
pub(crate) use organizations::Organizations;

use crate::services::Services;

/// The management account. Nothing of it is in the sandbox but its events.
const MANAGEMENT: &str = "222233334444";

/// The hub's bus to which they forward. Nobody hears of an event while there is none.
const BUS: &str = "falconer";

/// The organizational unit in which an account is until it is moved.
const UNIT: &str = "ou-a1b2-1a2b3c4d";

/// By what CloudTrail has come to know of something.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// A service says that it has done something.
    Service,
    /// Somebody called a service.
    Call,
}

impl Origin {
    fn detail_type(self) -> &'static str {
        match self {
            Self::Service => "AWS Service Event via CloudTrail",
            Self::Call => "AWS API Call via CloudTrail",
        }
    }

    /// The members that tell who it was, <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
    fn sender(self, services: &Services) -> Value {
        match self {
            Self::Service => json!({
                "eventType": "AwsServiceEvent",
                "sourceIPAddress": "AWS Internal",
                "userAgent": "AWS Internal",
                "userIdentity": { "accountId": MANAGEMENT, "invokedBy": "AWS Internal" },
            }),
            Self::Call => json!({
                "eventType": "AwsApiCall",
                "sourceIPAddress": "192.0.2.10",
                "userAgent": "aws-cli/2",
                "requestID": services.identifiers.uuid(),
                "userIdentity": {
                    "type": "AssumedRole",
                    "principalId": "AROASANDBOXSANDBOXSAN:administrator",
                    "arn": services.organization.arn("sts", "", MANAGEMENT, "assumed-role/administrator/administrator"),
                    "accountId": MANAGEMENT,
                },
            }),
        }
    }
}

/// Puts the record of CloudTrail that ends with `detail` on the hub's bus; answers the event's id.
fn forward(services: &Services, service: &str, region: &str, origin: Origin, detail: Value) -> String {
    let source = format!("aws.{service}");
    let mut event = services.events.event(MANAGEMENT, region, &source, origin.detail_type());
    let common = json!({
        "eventVersion": "1.08",
        "eventTime": format!("{:.0}", event.time),
        "eventSource": format!("{service}.amazonaws.com"),
        "awsRegion": region,
        "eventID": services.identifiers.uuid(),
        "readOnly": false,
        "managementEvent": true,
        "recipientAccountId": MANAGEMENT,
        "eventCategory": "Management",
    });
    let parts = [common, origin.sender(services), detail].into_iter();
    event.detail = Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect());
    services.events.forward(&event, BUS);
    event.id
}
