//! Clients of AWS, from the SDK's own chain or for a sandbox on the loopback.

use std::error::Error;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sfn::config::Credentials;
use aws_sdk_sfn::config::http::HttpResponse;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use falconer_activities::aws_failure::CallFailure;
use thiserror::Error as ThisError;

/// How long one attempt of a worker's call may take. The SDK makes three, and all of them together must end within the
/// TimeoutSeconds of the shortest state (300 s), so that the failure has its name; an update of a large rule group has time.
const ATTEMPT: Duration = Duration::from_secs(60);

/// A call of the command line that did not go through.
#[derive(Debug, ThisError)]
pub enum AwsCallError {
    /// The service refused, or did not answer.
    #[error("{call} failed: {reason}")]
    Call {
        /// The operation.
        call: &'static str,
        /// Code and message, or why there was no answer.
        reason: String,
    },
    /// There is no such runbook where the credentials point.
    #[error(
        "there is no state machine named {slug}. Deploy it, or start `falconer sandbox` and set AWS_ENDPOINT_URL to its address"
    )]
    NoStateMachine {
        /// The runbook.
        slug: String,
    },
    /// The SDK found no region.
    #[error("no AWS region is set. Set AWS_REGION, or a profile that names one with AWS_PROFILE")]
    NoRegion,
}

impl AwsCallError {
    pub(crate) fn new<E>(call: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        Self::Call { call, reason: CallFailure::from(error).to_string() }
    }
}

/// What the environment says: `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_SFN`, ….
///
/// # Errors
/// [`AwsCallError::NoRegion`].
pub async fn from_environment() -> Result<SdkConfig, AwsCallError> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    if config.region().is_some() { Ok(config) } else { Err(AwsCallError::NoRegion) }
}

/// Everything at a sandbox's address, with credentials that mean nothing elsewhere.
pub async fn sandbox(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("AKIASANDBOX", "sandbox", None, None, "sandbox"))
        .endpoint_url(endpoint)
        .load()
        .await
}

/// The same with a limit of 60 s for each attempt of a call. The SDK has none by itself
/// (<https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>), so that one answer which never comes would hold
/// the writer of the rule group, and everybody who waits for it, until the worker is restarted.
#[must_use]
pub fn with_time_out(sdk: &SdkConfig) -> SdkConfig {
    let attempt = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    sdk.to_builder().timeout_config(attempt).build()
}
