//! How far long work is.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for who waits at a terminal; standard error, so that a pipe does not hide it.
pub(crate) fn bar(length: usize, of_what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length as u64);
    let template = format!("  {{bar:30}} {{pos}} of {{len}} {of_what} {{elapsed:.dim}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
