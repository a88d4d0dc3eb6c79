//! Logs: JSON lines on standard error for machines, short lines for a person at a terminal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Sends logs to standard error at the level of `FALCONER_LOG` (the syntax is that of `tracing`), or at `otherwise`.
pub fn to_stderr(otherwise: &str) {
    let filter =
        EnvFilter::builder().with_env_var("FALCONER_LOG").try_from_env().unwrap_or_else(|_| EnvFilter::new(otherwise));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.compact().init();
    } else {
        logs.json().flatten_event(true).with_ansi(false).init();
    }
}
