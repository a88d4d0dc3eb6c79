//! Calls that AWS knows no token for "once" for, so that a second one does it twice.

use std::marker::PhantomData;

use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What is answered to too many requests
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html>).
const THROTTLES: [&str; 2] = ["ThrottlingException", "Throttling"];

/// Forbids the SDK to send again what may have been done: only a refusal for too many requests is repeated at once. Everything else is
/// repeated with the activity, which looks first for what is there. `E` is the operation's error.
#[derive(Debug)]
pub(crate) struct OnlyThrottles<E>(PhantomData<fn() -> E>);

impl<E> OnlyThrottles<E> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E> ClassifyRetry for OnlyThrottles<E>
where
    E: ProvideErrorMetadata + std::fmt::Debug + std::error::Error + Send + Sync + 'static,
{
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let refused = error.and_then(|error| error.as_operation_error().and_then(Error::downcast_ref::<E>));
        match refused {
            Some(refused) if THROTTLES.contains(&refused.code().unwrap_or_default()) => RetryAction::NoActionIndicated,
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "only throttles"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
