//! AWS STS: who a caller is, and sessions in the roles of the organization's accounts.
//!
//! Shapes and limits: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::constraints::Constraints;
use crate::identifiers::Identifiers;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// A role that another account may assume.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) arn: String,
    /// Twelve digits.
    pub(crate) account: String,
    /// What the trust policy demands as `sts:ExternalId`, if anything.
    pub(crate) external_id: Option<String>,
    /// When whoever rolls it out over the organization has come to this account.
    pub(crate) there_from: Timestamp,
}

/// What somebody who assumed a role signs with.
#[derive(Clone, Debug)]
struct Session {
    account: String,
    arn: String,
    token: String,
    expires: Timestamp,
}

/// Why the keys of a session are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionRefused {
    /// No such key, or not with this token.
    Unknown,
    /// It was good once.
    Expired,
}

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Sts {
    clock: Clock,
    identifiers: Identifiers,
    /// By ARN.
    roles: Arc<Mutex<HashMap<String, Role>>>,
    sessions: Arc<Mutex<HashMap<String, Session>>>,
}

type Operation = fn(&Sts, &Call) -> Answer;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRole {
    role_arn: Option<String>,
    role_session_name: Option<String>,
    external_id: Option<String>,
    /// The query protocol carries every value as text.
    duration_seconds: Option<String>,
}

impl Sts {
    pub(crate) fn new(clock: Clock, identifiers: Identifiers) -> Self {
        Self { clock, identifiers, roles: Arc::default(), sessions: Arc::default() }
    }

    /// Adds a role, or replaces the one of the same ARN.
    pub(crate) fn put(&self, role: Role) {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner).insert(role.arn.clone(), role);
    }

    /// Takes every role of an account away.
    pub(crate) fn remove_roles(&self, account: &str) {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, role| role.account != account);
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::Sts.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "GetCallerIdentity" => |_, call| Ok(identity(&call.caller)),
            "AssumeRole" => Self::assume_role,
            _ => return None,
        };
        Some(operation)
    }

    /// The account and principal of a session's access key.
    ///
    /// # Errors
    /// [`SessionRefused`].
    pub(crate) fn session(&self, key: &str, token: Option<&str>) -> Result<(String, String), SessionRefused> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(key).filter(|session| token == Some(session.token.as_str()));
        let session = session.ok_or(SessionRefused::Unknown)?;
        if session.expires <= self.clock.now() {
            return Err(SessionRefused::Expired);
        }
        Ok((session.account.clone(), session.arn.clone()))
    }

    fn assume_role(&self, call: &Call) -> Answer {
        let input: AssumeRole = call.input()?;
        let duration = input.duration_seconds.as_deref().map(str::parse::<i64>).transpose();
        let duration = duration.map_err(|_| ServiceError::new("MalformedInput", "DurationSeconds is not a number"))?;
        let mut constraints = Constraints::default();
        constraints
            .required("roleArn", input.role_arn.as_ref())
            .length("roleArn", input.role_arn.as_deref(), 20, 2048)
            .required("roleSessionName", input.role_session_name.as_ref())
            .length("roleSessionName", input.role_session_name.as_deref(), 2, 64)
            .characters("roleSessionName", input.role_session_name.as_deref(), r"[\w+=,.@-]*", is_of_a_session_name)
            .length("externalId", input.external_id.as_deref(), 2, 1224)
            .range("durationSeconds", duration, 900, 43_200);
        if let Some(message) = constraints.broken() {
            return Err(ServiceError::new("ValidationError", message));
        }
        let (arn, name) = (input.role_arn.unwrap_or_default(), input.role_session_name.unwrap_or_default());
        let role = self.role_for(&arn, input.external_id.as_deref(), &call.caller)?;
        Ok(self.open_session(&role, &name, SignedDuration::from_secs(duration.unwrap_or(3600))))
    }

    /// The role, if it is there and its trust policy lets the caller in. An unknown role and a closed one look alike, as in
    /// AWS.
    fn role_for(&self, arn: &str, external_id: Option<&str>, caller: &Caller) -> Result<Role, ServiceError> {
        let now = self.clock.now();
        let roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        let role = roles.get(arn).filter(|role| role.there_from <= now);
        let role = role.filter(|role| role.external_id.is_none() || role.external_id.as_deref() == external_id);
        role.cloned().ok_or_else(|| {
            let message =
                format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
            ServiceError::new("AccessDenied", message)
        })
    }

    fn open_session(&self, role: &Role, name: &str, duration: SignedDuration) -> Value {
        let key = format!("ASIA{}", self.identifiers.base32(16));
        let role_id = format!("AROA{}", self.identifiers.base32(17));
        let role_name = role.arn.rsplit('/').next().unwrap_or_default();
        let partition = role.arn.split(':').nth(1).unwrap_or_default();
        let arn = format!("arn:{partition}:sts::{}:assumed-role/{role_name}/{name}", role.account);
        let token = self.identifiers.base32(32);
        let expires = self.clock.now().saturating_add(duration).unwrap_or(Timestamp::MAX);
        let answer = json!({
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": self.identifiers.base32(32),
                "SessionToken": token,
                "Expiration": format!("{expires:.0}"),
            },
            "AssumedRoleUser": { "AssumedRoleId": format!("{role_id}:{name}"), "Arn": arn },
        });
        let session = Session { account: role.account.clone(), arn, token, expires };
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(key, session);
        answer
    }
}

fn identity(caller: &Caller) -> Value {
    json!({ "UserId": "AIDASANDBOXSANDBOXSAN", "Account": caller.account, "Arn": caller.arn })
}

fn is_of_a_session_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}
