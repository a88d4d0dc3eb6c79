//! The Step Functions client as a worker needs it.

use aws_sdk_sfn::config::{Builder, StalledStreamProtectionConfig, retry::RetryConfig, timeout::TimeoutConfig};

use crate::limits::POLL_TIMEOUT;

/// Sets time-outs and retries as polling needs them; [`Worker::new`](crate::Worker::new) applies it to its client, so
/// it is needed only by other programs that poll, such as a benchmark's bare loop.
///
/// - The read and attempt time-outs are 70 s: the service holds a poll for 60 s and asks for at least 65
///   (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html>). The runtime bounds
///   heartbeats and reports, which are short, by itself.
/// - The SDK does not retry: polls, heartbeats and reports each have a rule of their own for what to repeat and until
///   when, and layers of retries multiply.
/// - Protection against stalled streams is off: a held poll looks like one, and the time-outs cover a dead
///   connection.
pub fn for_polling(builder: Builder) -> Builder {
    let timeouts = TimeoutConfig::builder().read_timeout(POLL_TIMEOUT).operation_attempt_timeout(POLL_TIMEOUT).build();
    builder
        .timeout_config(timeouts)
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}
