//! The one place that decides what a failed AWS call means.
//!
//! The SDK has already retried what it may retry; here only the outcome is named, so that a state machine can tell a
//! call that is worth repeating from one that never will be.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What a failed call means to its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// No answer, a throttle, or a fault of the service: the same call may go through later.
    Unavailable(String),
    /// The worker's role may not do this, or has no valid credentials.
    AccessDenied(String),
    /// The service understood and refused: its error code and message.
    Refused {
        /// `InvalidTokenException`.
        code: String,
        /// What the service says of it.
        message: String,
    },
}

/// What came back, in one line.
impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) | Self::AccessDenied(reason) => f.write_str(reason),
            Self::Refused { code, message } => write!(f, "{code}: {message}"),
        }
    }
}

/// Codes of AWS's common errors that say "later":
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>.
const LATER: [&str; 11] = [
    "InternalError",
    "InternalException",
    "InternalFailure",
    "InternalServerError",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Codes that say "not you": <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>.
const DENIED: [&str; 10] = [
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessException",
    "InvalidClientTokenId",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "UnrecognizedClientException",
];

/// Whether a code, of a call or of one entry of a batch, says that the same may go through later.
#[must_use]
pub fn says_later(code: &str) -> bool {
    LATER.contains(&code)
}

/// Codes that say "no such key". In a region that an account has not switched on, no service knows any key of the account
/// (<https://github.com/aws-samples/aws-control-tower-config-customization/issues/27>).
const UNKNOWN_KEY: [&str; 2] = ["InvalidClientTokenId", "UnrecognizedClientException"];

/// Whether the reason of a denial is that the service does not know the caller's key.
pub(crate) fn says_unknown_key(reason: &str) -> bool {
    UNKNOWN_KEY.iter().any(|code| reason.starts_with(code))
}

impl<E> From<&SdkError<E, HttpResponse>> for CallFailure
where
    E: Error + ProvideErrorMetadata + 'static,
{
    fn from(error: &SdkError<E, HttpResponse>) -> Self {
        let SdkError::ServiceError(service) = error else {
            return Self::Unavailable(with_causes(error));
        };
        let code = service.err().code().unwrap_or("Unknown").to_owned();
        let message = service.err().message().unwrap_or("the service gave no message").to_owned();
        if DENIED.contains(&code.as_str()) {
            Self::AccessDenied(format!("{code}: {message}"))
        } else if says_later(&code) || service.raw().status().is_server_error() {
            Self::Unavailable(format!("{code}: {message}"))
        } else {
            Self::Refused { code, message }
        }
    }
}

/// An error with what caused it, in one line: the SDK's own text names only the outermost layer.
fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
