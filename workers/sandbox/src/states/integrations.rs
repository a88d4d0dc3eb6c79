//! Service integrations: Task states that call another service themselves, with the state machine's role.
//!
//! Only request and response (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html>), and only of
//! those services that the project's definitions call.

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::service::Service;
use crate::wire::{Answer, Call, ServiceError};

/// What a Task state may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integration {
    /// The service, by whose signing name the resource and the names of its errors begin.
    pub(crate) service: Service,
    /// The resource's last part: `publish`.
    pub(crate) action: &'static str,
    /// The operation that it calls: `Publish`.
    pub(crate) operation: &'static str,
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html>
const ALL: [Integration; 1] = [Integration { service: Service::Sns, action: "publish", operation: "Publish" }];

impl Integration {
    /// The one that a Task state's `Resource` names, such as `arn:aws:states:::sns:publish`.
    pub(crate) fn of_resource(resource: &str) -> Option<Self> {
        let ["arn", _, "states", "", "", service, action] = resource.split(':').collect::<Vec<_>>()[..] else {
            return None;
        };
        ALL.into_iter().find(|one| one.service.signing_name() == service && one.action == action)
    }

    /// The name of an error of the called service: `SNS.NotFoundException`.
    pub(crate) fn error_name(self, code: &str) -> String {
        let service = self.service.signing_name().to_uppercase();
        format!("{service}.{}Exception", code.strip_suffix("Exception").unwrap_or(code))
    }
}

/// A call that an execution makes.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Of which service.
    pub(crate) service: Service,
    /// The call.
    pub(crate) call: Call,
    /// Where its answer goes; an answer that was lost on the way is dropped.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// The way from executions to the other services.
#[derive(Clone, Debug)]
pub(crate) struct Integrations(UnboundedSender<Asked>);

impl Integrations {
    pub(crate) fn new(asked: UnboundedSender<Asked>) -> Self {
        Self(asked)
    }

    /// Calls the service.
    ///
    /// # Errors
    /// The service's, or `SdkClient` if no answer came back.
    pub(crate) async fn call(&self, service: Service, call: Call) -> Answer {
        let (answer, answered) = oneshot::channel();
        let lost = || ServiceError::new("SdkClientException", "Unable to execute HTTP request: connection reset");
        self.0.send(Asked { service, call, answer }).map_err(|_| lost())?;
        answered.await.map_err(|_| lost())?
    }
}
