//! What must not be logged by others on the runtime's behalf.

use tracing::{Level, Metadata};

/// The crates below the runtime that write whole requests and answers, task tokens and inputs among them, at level
/// TRACE.
const WRITE_BODIES_AT_TRACE: [&str; 4] = ["aws_", "hyper", "h2", "rustls"];

/// Whether a span or event can be logged without showing a task token: give it to the subscriber as a filter.
///
/// The runtime's own logs never hold a token, at any level. The AWS SDK and its HTTP client write whole messages at
/// TRACE, and whoever reads a token can end its task: this refuses them that level, whatever the environment asks for.
///
/// ```
/// use tracing_subscriber::{Layer, filter::filter_fn, fmt, layer::SubscriberExt, registry};
///
/// let subscriber = registry().with(fmt::layer().json().with_filter(filter_fn(falconer_runtime::is_safe_to_log)));
/// ```
pub fn is_safe_to_log(metadata: &Metadata<'_>) -> bool {
    *metadata.level() != Level::TRACE
        || !WRITE_BODIES_AT_TRACE.iter().any(|target| metadata.target().starts_with(target))
}
