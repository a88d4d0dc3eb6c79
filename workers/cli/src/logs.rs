//! Logs: JSON lines on standard error for machines, short lines for a person at a terminal.

use std::io::IsTerminal;

use falconer_runtime::is_safe_to_log;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Sends logs to standard error at the level of `FALCONER_LOG` (the syntax is that of `tracing`), or at `otherwise`.
///
/// Whatever the level, lines that could hold a task token are left out: at `trace` the SDK writes whole answers.
pub fn to_stderr(otherwise: &str) {
    let level = EnvFilter::builder().with_env_var("FALCONER_LOG").try_from_env();
    let filter = level.unwrap_or_else(|_| EnvFilter::new(otherwise)).and(filter_fn(is_safe_to_log));
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if std::io::stderr().is_terminal() {
        layer.compact().with_filter(filter).boxed()
    } else {
        layer.json().flatten_event(true).with_ansi(false).with_filter(filter).boxed()
    };
    tracing_subscriber::registry().with(layer).init();
}
