//! The ARNs of Step Functions' resources.

use std::fmt;

use crate::wire::{Caller, ServiceError};

/// `arn:aws:states:us-east-1:111122223333:activity:BlockIndicators`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arn {
    /// `aws`
    pub(crate) partition: String,
    /// `us-east-1`
    pub(crate) region: String,
    /// Twelve digits.
    pub(crate) account: String,
    /// `activity`, `stateMachine` or `execution`.
    pub(crate) kind: String,
    /// The name; of an execution the state machine's name, a colon, and the execution's own.
    pub(crate) name: String,
}

impl Arn {
    /// Takes an ARN apart.
    ///
    /// # Errors
    /// `InvalidArn`
    pub(crate) fn parse(text: &str) -> Result<Self, ServiceError> {
        let mut parts = text.splitn(7, ':').map(str::to_owned);
        let mut next = || parts.next().filter(|part| !part.is_empty());
        let (prefix, partition, service) = (next(), next(), next());
        let known = prefix.as_deref() == Some("arn") && service.as_deref() == Some("states");
        match (partition, next(), next(), next(), next()) {
            (Some(partition), Some(region), Some(account), Some(kind), Some(name)) if known => {
                Ok(Self { partition, region, account, kind, name })
            }
            _ => Err(invalid(text)),
        }
    }

    /// Takes apart the ARN of one of the caller's own resources.
    ///
    /// # Errors
    /// `InvalidArn` if it names a resource of another kind or region, `AccessDeniedException` if of another account:
    /// no activity, state machine or execution has a resource policy.
    pub(crate) fn own(text: &str, kind: &str, caller: &Caller) -> Result<Self, ServiceError> {
        let arn = Self::parse(text)?;
        let parts = arn.name.split(':').count();
        if arn.kind != kind || arn.region != caller.region || parts != if kind == "execution" { 2 } else { 1 } {
            return Err(invalid(text));
        }
        if arn.account != caller.account {
            let message = format!("User: {} is not authorized to access resource: {text}", caller.arn);
            return Err(ServiceError::new("AccessDeniedException", message));
        }
        Ok(arn)
    }

    /// The ARN of another resource in the same partition, region and account.
    pub(crate) fn sibling(&self, kind: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), name: name.to_owned(), ..self.clone() }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, region, account, kind, name } = self;
        write!(formatter, "arn:{partition}:states:{region}:{account}:{kind}:{name}")
    }
}

fn invalid(text: &str) -> ServiceError {
    ServiceError::new("InvalidArn", format!("Invalid Arn: '{text}'"))
}
