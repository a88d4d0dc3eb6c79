//! What became of instances: judged, and given a sensor or not.

use falconer_domain::fleet::{Failure, Summary};
use falconer_domain::install::{Outcome, Report};
use serde::Deserialize;
use serde_json::Value;

use crate::execution::Ending;
use crate::paint::{BAD, GOOD, STRONG, WARN, paint};

/// Instances of one install that are told one by one; the output has them all.
const MOST_TOLD: usize = 50;

/// Prints the sum, each instance that was acted on or skipped, and what is to be done.
pub(super) fn tell(ending: &Ending) {
    if let Some(paused) = ending.output["paused"].as_str() {
        anstream::println!("  {} nothing was done: {paused}", paint(WARN, "paused"));
    }
    let (summary, report) = (part::<Summary>(&ending.output["summary"]), part::<Report>(&ending.output["report"]));
    // Other runbooks say theirs in their own way.
    let is_about_sensors = summary.is_some() || report.is_some();
    if let Some(sentence) = ending.output["sentence"].as_str().filter(|_| is_about_sensors) {
        anstream::println!("  {sentence}");
    }
    if let Some(summary) = summary {
        for Failure { place, error, cause } in &summary.failures {
            anstream::println!("  {} {place}: {error} {cause}", paint(BAD, "failed"));
        }
    }
    if let Some(report) = report {
        tell_report(&report);
    }
}

fn tell_report(report: &Report) {
    let results = report.places.iter().flat_map(|place| place.results.iter().map(move |result| (&place.place, result)));
    for (place, result) in results.take(MOST_TOLD) {
        let (style, word) = match result.outcome {
            Outcome::Installed { .. } => (GOOD, "installed"),
            Outcome::Uninstalled => (GOOD, "uninstalled"),
            Outcome::AlreadyThere { .. } => (GOOD, "already there"),
            Outcome::Skipped { .. } => (WARN, "skipped"),
            Outcome::Failed { .. } => (BAD, "failed"),
        };
        anstream::println!("  {} {place}/{}: {}", paint(style, word), result.instance, result.sentence());
    }
    for step in &report.next_steps {
        anstream::println!("  {} {} ({})", paint(STRONG, "to do"), step.what_to_do, step.instances);
    }
}

fn part<T: for<'de> Deserialize<'de>>(value: &Value) -> Option<T> {
    if value.is_null() { None } else { T::deserialize(value).ok() }
}
