//! Service integrations: Task states that call another service themselves, with the state machine's role.
//!
//! Only request and response (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html>), and only of
//! those services that the project's definitions call.

use serde_json::{Map, Value};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::service::Service;
use crate::wire::{Answer, Call, ServiceError};

/// What a Task state may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integration {
    /// The service, by whose signing name the resource begins.
    pub(crate) service: Service,
    /// With what the names of its errors begin.
    errors: &'static str,
    /// The resource's last part: `publish`.
    pub(crate) action: &'static str,
    /// The operation that it calls: `Publish`.
    pub(crate) operation: &'static str,
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html>
const PUBLISH: Integration =
    Integration { service: Service::Sns, errors: "SNS", action: "publish", operation: "Publish" };
/// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html>
const START_EXECUTION: Integration = Integration {
    service: Service::StepFunctions,
    errors: "StepFunctions",
    action: "startExecution",
    operation: "StartExecution",
};
const ALL: [Integration; 2] = [PUBLISH, START_EXECUTION];

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
        format!("{}.{}Exception", self.errors, code.strip_suffix("Exception").unwrap_or(code))
    }

    /// The operation's input that a state's parameters make. Their names begin with capital letters, as Step Functions' own
    /// API's do not; and the input of an execution, which is a text there, may be any JSON.
    pub(crate) fn input(self, parameters: &Value) -> Value {
        if self != START_EXECUTION {
            return parameters.clone();
        }
        let mut input = renamed(parameters, char::to_ascii_lowercase);
        if let Some(given) = input.get_mut("input").filter(|given| !given.is_string()) {
            *given = given.to_string().into();
        }
        input
    }

    /// The state's result that the operation's answer makes.
    pub(crate) fn result(self, answer: Value) -> Value {
        if self == START_EXECUTION { renamed(&answer, char::to_ascii_uppercase) } else { answer }
    }
}

/// The same members, whose names begin with another letter.
fn renamed(value: &Value, first: fn(&char) -> char) -> Value {
    let rename = |(name, value): (&String, &Value)| {
        let mut letters = name.chars();
        let initial = letters.next().as_ref().map(first);
        (initial.into_iter().chain(letters).collect(), value.clone())
    };
    value.as_object().map_or_else(|| value.clone(), |members| members.iter().map(rename).collect::<Map<_, _>>().into())
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
