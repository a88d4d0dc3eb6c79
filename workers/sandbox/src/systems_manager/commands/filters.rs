//! The filters of ListCommands and ListCommandInvocations.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandFilter.html>.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Command, Status, document};
use crate::constraints::Constraints;
use crate::systems_manager::invalid;
use crate::wire::ServiceError;

const KEYS: [&str; 5] = ["InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName"];

#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    key: Option<String>,
    value: Option<String>,
}

/// What a command, or an invocation of it, must be to be listed.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    status: Option<String>,
    document: Option<String>,
}

impl Wanted {
    /// # Errors
    /// `ValidationException` for a filter that the model does not have; `InvalidFilterKey` for one that the sandbox does
    /// not serve.
    pub(super) fn read(filters: &[Filter]) -> Result<Self, ServiceError> {
        let mut constraints = Constraints::default();
        for filter in filters {
            constraints
                .required("filters.key", filter.key.as_ref())
                .one_of("filters.key", filter.key.as_deref(), &KEYS)
                .required("filters.value", filter.value.as_ref())
                .length("filters.value", filter.value.as_deref(), 1, 128);
        }
        constraints.finish()?;
        let mut wanted = Self::default();
        for Filter { key, value } in filters {
            let value = value.as_deref().unwrap_or_default();
            match key.as_deref().unwrap_or_default() {
                "InvokedAfter" => wanted.after = Some(time(value)?),
                "InvokedBefore" => wanted.before = Some(time(value)?),
                "Status" => wanted.status = Some(value.to_owned()),
                "DocumentName" => wanted.document = Some(value.to_owned()),
                key => {
                    let message = format!("The sandbox does not serve the filter {key}");
                    return Err(ServiceError::new("InvalidFilterKey", message));
                }
            }
        }
        Ok(wanted)
    }

    /// Whether a command, or its invocation, that stands at `status` is wanted. `TimedOut` includes both kinds of it.
    pub(super) fn takes(&self, command: &Command, status: Status) -> bool {
        self.after.is_none_or(|after| command.requested > after)
            && self.before.is_none_or(|before| command.requested < before)
            && self.status.as_ref().is_none_or(|wanted| *wanted == status.details() || *wanted == status.coarse())
            && self.document.as_ref().is_none_or(|wanted| wanted == document::NAME)
    }
}

fn time(text: &str) -> Result<Timestamp, ServiceError> {
    text.parse().map_err(|_| invalid(format!("'{text}' is not a time like 2024-07-07T00:00:00Z")))
}
