//! What every service of the sandbox shares: a call as it came over the wire, and the error that answers it.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Who signed a request, read from its credential scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Twelve digits.
    pub(crate) account: String,
    /// As in the credential scope, `us-east-1`.
    pub(crate) region: String,
    /// The principal, as GetCallerIdentity shows it.
    pub(crate) arn: String,
}

/// One request to one operation, with its protocol already taken off.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Who asks.
    pub(crate) caller: Caller,
    /// `GetActivityTask`.
    pub(crate) operation: String,
    /// The members of the input. A REST service's path and query members are merged in under their model names.
    pub(crate) input: Value,
}

impl Call {
    /// The input as the operation's own type.
    ///
    /// # Errors
    /// `SerializationException`, as AWS answers a member of the wrong type. Whether a required member is there is the
    /// operation's business, since each service says that with an error of its own.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        serde_json::from_value(self.input.clone())
            .map_err(|error| ServiceError::new("SerializationException", error.to_string()))
    }

    /// The first member of the input that is none of `served`: the sandbox would leave undone what it asks for.
    pub(crate) fn unserved(&self, served: &[&str]) -> Option<&str> {
        let mut members = self.input.as_object()?.keys().map(String::as_str);
        members.find(|member| !served.contains(member))
    }
}

/// A time as the awsJson protocols write it: seconds since 1970 with a fraction.
pub(crate) fn seconds(time: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are exact in a double")]
    let milliseconds = time.as_millisecond() as f64;
    (milliseconds / 1000.0).into()
}

/// What an operation answers: the members of its output, or an error of the service.
pub(crate) type Answer = Result<Value, ServiceError>;

/// An error as the service's model names it; its name has a status in each service, and the protocol decides how it
/// looks on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceError {
    /// `TaskTimedOut`.
    pub(crate) code: String,
    /// What a person reads.
    pub(crate) message: String,
    /// Further members of the error's shape. Boxed, because few errors have any and every answer has room for an error.
    pub(crate) members: Box<Map<String, Value>>,
}

impl ServiceError {
    /// An error without further members.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), members: Box::default() }
    }

    /// The same with a further member.
    pub(crate) fn with_member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}
