//! A session in a member's role, renewed before it ends.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::fmt;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use falconer_domain::place::AccountId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::error::AccountError;
use crate::aws_failure::CallFailure;
use crate::clock::Clock;
use crate::execution_name;

/// A session is renewed this long before its end, so that no call is sent with credentials that end on its way.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// The longest name of a session.
const LONGEST_NAME: usize = 64;

/// One role session of one account.
pub(super) struct MemberSession {
    sts: aws_sdk_sts::Client,
    account: AccountId,
    role: String,
    external_id: Option<String>,
    name: String,
    clock: Clock,
    current: Mutex<Option<(Credentials, Timestamp)>>,
}

impl MemberSession {
    pub(super) fn new(
        sts: aws_sdk_sts::Client,
        account: AccountId,
        role: String,
        external_id: Option<String>,
        name: String,
        clock: Clock,
    ) -> Self {
        Self { sts, account, role, external_id, name, clock, current: Mutex::default() }
    }

    /// Credentials that are good for some minutes. However many ask at once, the role is assumed once.
    pub(super) async fn credentials(&self) -> Result<Credentials, AccountError> {
        let mut current = self.current.lock().await;
        if let Some((credentials, end)) = current.as_ref()
            && self.clock.now().saturating_add(MARGIN).is_ok_and(|soon| soon < *end)
        {
            return Ok(credentials.clone());
        }
        let (credentials, _) = current.insert(self.assume().await?);
        Ok(credentials.clone())
    }

    async fn assume(&self) -> Result<(Credentials, Timestamp), AccountError> {
        let request = self.sts.assume_role().role_arn(&self.role).role_session_name(&self.name);
        let output = request.set_external_id(self.external_id.clone()).send().await;
        let output = output.map_err(|error| match CallFailure::from(&error) {
            CallFailure::Unavailable(reason) => AccountError::Unavailable { account: self.account, reason },
            refused => AccountError::Refused { role: self.role.clone(), reason: refused.to_string() },
        })?;
        let given = output.credentials().ok_or_else(|| AccountError::Unavailable {
            account: self.account,
            reason: "STS answered without credentials".to_owned(),
        })?;
        // Without an end of their own: the SDK would hold it against another clock than this session's.
        let credentials = Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            None,
            "falconer-member-role",
        );
        Ok((credentials, Timestamp::from_second(given.expiration().secs()).unwrap_or(Timestamp::MAX)))
    }
}

impl ProvideCredentials for MemberSession {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.credentials().await.map_err(CredentialsError::provider_error) })
    }
}

impl fmt::Debug for MemberSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MemberSession")
            .field("role", &self.role)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The name under which the member's CloudTrail shows the session: the end of the cause, which of an execution's ARN is the
/// execution's name, as far as it may stand in a session's name.
pub(super) fn session_name(cause: &str) -> String {
    let mut name = execution_name::limited_to(cause, "_+=,.@-");
    name.truncate(LONGEST_NAME);
    // Two characters are the least.
    if name.len() < 2 { "falconer".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_after_the_execution() {
        for (cause, name) in [
            ("arn:aws:states:us-east-1:111122223333:execution:check-compliance:daily-2026-01-15", "daily-2026-01-15"),
            ("arn:aws:states:us-east-1:111122223333:execution:check-compliance:sweep über alles", "sweep--ber-alles"),
            ("", "falconer"),
            (&"x".repeat(80), &"x".repeat(64)),
        ] {
            assert_eq!(session_name(cause), name, "{cause}");
        }
    }
}
