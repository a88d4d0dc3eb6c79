//! The tiers of parameters.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>.

use super::invalid;
use crate::wire::ServiceError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    Standard,
    Advanced,
}

impl Tier {
    /// The tier that is asked for, or that the parameter has.
    ///
    /// # Errors
    /// `ValidationException`: an advanced parameter stays one.
    pub(super) fn of(asked: Option<&str>, had: Option<Self>) -> Result<Self, ServiceError> {
        match asked {
            None => Ok(had.unwrap_or(Self::Standard)),
            Some("Advanced") => Ok(Self::Advanced),
            Some("Standard") if had == Some(Self::Advanced) => {
                Err(invalid("An advanced parameter can't be reverted to a standard parameter: delete it first."))
            }
            Some("Standard") => Ok(Self::Standard),
            Some(_) => Err(invalid("The sandbox has the tiers Standard and Advanced only")),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Advanced => "Advanced",
        }
    }

    /// Bytes of a value.
    fn max_value(self) -> usize {
        match self {
            Self::Standard => 4096,
            Self::Advanced => 8192,
        }
    }

    /// # Errors
    /// `ValidationException`.
    pub(super) fn check_value(self, value: &str) -> Result<(), ServiceError> {
        let (name, max) = (self.name(), self.max_value());
        if value.len() > max {
            return Err(invalid(format!(
                "{name} tier parameters support a maximum parameter value of {max} characters."
            )));
        }
        if value.contains("{{") {
            return Err(invalid("Parameter value can't nest another parameter. Do not use \"{{}}\" in the value."));
        }
        Ok(())
    }
}
