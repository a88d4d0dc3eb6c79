//! Where a command, or its invocation, stands.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html>.

/// The detailed status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::systems_manager) enum Status {
    Pending,
    Delayed,
    InProgress,
    Cancelling,
    Success,
    Failed,
    DeliveryTimedOut,
    ExecutionTimedOut,
    Undeliverable,
    Cancelled,
    Terminated,
    /// Of a command alone: not all have succeeded, and too few have failed to call it failed.
    Incomplete,
}

impl Status {
    /// `StatusDetails`, written as the values of the filter `Status` are.
    pub(in crate::systems_manager) fn details(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Delayed => "Delayed",
            Self::InProgress => "InProgress",
            Self::Cancelling => "Cancelling",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::DeliveryTimedOut => "DeliveryTimedOut",
            Self::ExecutionTimedOut => "ExecutionTimedOut",
            Self::Undeliverable => "Undeliverable",
            Self::Cancelled => "Cancelled",
            Self::Terminated => "Terminated",
            Self::Incomplete => "Incomplete",
        }
    }

    /// `Status`. AWS documents no table of the two; who met `Undeliverable` saw `Failed`, with the response code -1.
    pub(in crate::systems_manager) fn coarse(self) -> &'static str {
        match self {
            Self::DeliveryTimedOut | Self::ExecutionTimedOut => "TimedOut",
            Self::Undeliverable | Self::Incomplete => "Failed",
            // "Canceled by the system", says the page.
            Self::Terminated => "Cancelled",
            other => other.details(),
        }
    }

    /// `Status` of a step of the document, which has fewer.
    pub(super) fn of_plugin(self) -> &'static str {
        match self {
            Self::Delayed => "Pending",
            Self::Cancelling => "InProgress",
            other => other.coarse(),
        }
    }

    pub(in crate::systems_manager) fn is_over(self) -> bool {
        !matches!(self, Self::Pending | Self::Delayed | Self::InProgress | Self::Cancelling)
    }

    /// Whether it counts against MaxErrors.
    pub(super) fn is_error(self) -> bool {
        matches!(self, Self::Failed | Self::ExecutionTimedOut)
    }

    /// What the invocations make of their command.
    pub(super) fn of_command(invocations: impl Iterator<Item = Self> + Clone, errors_allowed: usize) -> Self {
        let all = |fits: fn(Self) -> bool| invocations.clone().all(fits);
        let count = |wanted: Self| invocations.clone().filter(|status| *status == wanted).count();
        let many = |wanted: Self| count(wanted) > 0 && count(wanted) >= errors_allowed;
        if all(|status| status == Self::Pending) {
            Self::Pending
        } else if !all(Self::is_over) {
            if count(Self::Cancelling) > 0 { Self::Cancelling } else { Self::InProgress }
        } else if count(Self::Cancelled) > 0 {
            Self::Cancelled
        } else if let Some(status) =
            [Self::Failed, Self::ExecutionTimedOut, Self::DeliveryTimedOut].into_iter().find(|status| many(*status))
        {
            status
        } else if all(|status| status == Self::Undeliverable) {
            Self::Failed
        } else if all(|status| matches!(status, Self::Success | Self::Undeliverable)) {
            Self::Success
        } else {
            Self::Incomplete
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status::*;
    use super::*;

    #[test]
    fn invocations_make_a_commands_status() {
        for (invocations, errors_allowed, expected) in [
            (&[Pending, Pending][..], 0, Pending),
            (&[Pending, Success], 0, InProgress),
            (&[Delayed], 0, InProgress),
            (&[Success, Cancelling], 0, Cancelling),
            (&[Success, Success], 0, Success),
            (&[Success, Failed], 0, Failed),
            (&[Success, Failed], 2, Incomplete),
            (&[Failed, Terminated], 1, Failed),
            (&[Success, DeliveryTimedOut], 0, DeliveryTimedOut),
            (&[Success, ExecutionTimedOut], 0, ExecutionTimedOut),
            (&[Success, Undeliverable], 0, Success),
            (&[Undeliverable, Undeliverable], 0, Failed),
            (&[Cancelled, Success], 0, Cancelled),
        ] {
            let status = Status::of_command(invocations.iter().copied(), errors_allowed);
            assert_eq!(status, expected, "{invocations:?}");
        }
    }
}
