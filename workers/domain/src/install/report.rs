//! What became of every instance of a plan, each exactly once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::failure::Failure;
use super::outcome::{InstanceResult, Outcome, PlaceResults};
use super::plan::{Batch, Plan};
use crate::fleet::{self, InstanceId};
use crate::note::Notification;
use crate::place::Place;

/// Failed instances that one message spells out. The others are counted.
const MOST_TOLD: usize = 20;

/// What an execution did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many there are of each outcome.
    pub counts: Counts,
    /// How many more are to be acted on: run it again.
    pub left_over: usize,
    /// How many more were skipped and are not listed.
    pub unlisted: usize,
    /// What else could not be done: to give back what Falcon gave, or to write on findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<fleet::Failure>,
    /// What a person does, what concerns most instances first.
    pub next_steps: Vec<NextStep>,
    /// Every instance, by place.
    pub places: Vec<PlaceResults>,
}

/// Instances by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// [`Outcome::Installed`]
    pub installed: usize,
    /// [`Outcome::Uninstalled`]
    pub uninstalled: usize,
    /// [`Outcome::AlreadyThere`]
    pub already_there: usize,
    /// [`Outcome::Skipped`]
    pub skipped: usize,
    /// [`Outcome::Failed`]
    pub failed: usize,
}

/// What a person does about some of the instances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextStep {
    /// About how many.
    pub instances: usize,
    /// What.
    pub what_to_do: String,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchResults {
    /// The batch, by its index in the plan.
    pub batch: usize,
    /// Its instances, as far as it is known.
    pub results: Vec<InstanceResult>,
    /// What else could not be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<fleet::Failure>,
}

impl Report {
    /// What became of the plan. An instance of which nothing is known was interrupted; one that was not planned is left out, and
    /// of two results for one the later counts.
    pub fn of(plan: &Plan, results: impl IntoIterator<Item = BatchResults>) -> Self {
        let mut known: HashMap<(usize, InstanceId), Outcome> = HashMap::new();
        let mut undone = Vec::new();
        for BatchResults { batch, results, failures } in results {
            undone.extend(failures);
            known.extend(results.into_iter().map(|result| ((batch, result.instance), result.outcome)));
        }
        let acted_on = plan.batches.iter().flat_map(|batch| of_batch(batch, &mut known));
        let settled = plan.settled.iter().flat_map(of_place);
        let places = PlaceResults::group(acted_on.chain(settled));
        let all = || places.iter().flat_map(|place| &place.results);
        Self {
            counts: Counts::of(all()),
            left_over: plan.left_over,
            unlisted: plan.unlisted,
            failures: undone,
            next_steps: next_steps(all()),
            places,
        }
    }
}

fn of_batch(batch: &Batch, known: &mut HashMap<(usize, InstanceId), Outcome>) -> Vec<(Place, InstanceResult)> {
    let mut result = |instance: &InstanceId| {
        let outcome = known.remove(&(batch.index, instance.clone())).unwrap_or_else(|| Outcome::Failed {
            error: Failure::Interrupted,
            cause: Cause::of("the execution ended before anything was known of it"),
        });
        (batch.place.clone(), InstanceResult { instance: instance.clone(), outcome })
    };
    batch.instances.iter().map(&mut result).collect()
}

fn of_place(place: &PlaceResults) -> impl Iterator<Item = (Place, InstanceResult)> {
    place.results.iter().map(|result| (place.place.clone(), result.clone()))
}

fn next_steps<'a>(results: impl Iterator<Item = &'a InstanceResult>) -> Vec<NextStep> {
    let mut counted: BTreeMap<&'static str, usize> = BTreeMap::new();
    for what_to_do in results.filter_map(InstanceResult::what_to_do) {
        *counted.entry(what_to_do).or_default() += 1;
    }
    let mut steps: Vec<NextStep> = counted
        .into_iter()
        .map(|(what_to_do, instances)| NextStep { instances, what_to_do: what_to_do.to_owned() })
        .collect();
    steps.sort_by_key(|step| Reverse(step.instances));
    steps
}

impl Report {
    /// `12 instances: 8 installed, 3 already there, 1 failed. 40 more are left over: run it again.`
    pub fn sentence(&self) -> String {
        let Counts { installed, uninstalled, already_there, skipped, failed } = self.counts;
        let parts = [
            (installed, "installed"),
            (uninstalled, "uninstalled"),
            (already_there, "already there"),
            (skipped, "skipped"),
            (failed, "failed"),
        ];
        let total: usize = parts.iter().map(|(number, _)| number).sum();
        let plural = if total == 1 { "" } else { "s" };
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, words)| format!("{number} {words}"))
            .collect();
        let mut sentence = match parts.as_slice() {
            [] => "0 instances.".to_owned(),
            parts => format!("{total} instance{plural}: {}.", parts.join(", ")),
        };
        if self.left_over > 0 {
            sentence += &format!(" {} more are left over: run it again.", self.left_over);
        }
        if self.unlisted > 0 {
            sentence += &format!(" {} more were skipped and are not listed.", self.unlisted);
        }
        sentence
    }
}

impl Report {
    /// What people must be told: that something failed, could not be done, or is left over; `None` if all is well.
    pub fn notification(&self, execution: &str) -> Option<Notification> {
        if self.counts.failed == 0 && self.left_over == 0 && self.failures.is_empty() {
            return None;
        }
        let mut message =
            format!("Falconer has installed sensors, and not everything went well.\n\n{}\n", self.sentence());
        let failed =
            self.places.iter().flat_map(|place| place.results.iter().map(move |result| (&place.place, result)));
        let failed: Vec<_> = failed.filter(|(_, result)| matches!(result.outcome, Outcome::Failed { .. })).collect();
        for (place, result) in failed.iter().take(MOST_TOLD) {
            message.push_str(&format!("\n{place}/{}: {}\n", result.instance, result.sentence()));
            result.what_to_do().into_iter().for_each(|what| message.push_str(&format!("  {what}\n")));
        }
        if let Some(others @ 1..) = failed.len().checked_sub(MOST_TOLD) {
            message.push_str(&format!("\n{others} more failed: their findings and the execution's output say why.\n"));
        }
        for fleet::Failure { place, error, cause } in &self.failures {
            message.push_str(&format!("\n{place}: {error}\n  {cause}\n"));
        }
        message.push_str(&format!("\nExecution: {execution}\n"));
        Some(Notification { subject: "Falconer: sensors could not be installed everywhere".to_owned(), message })
    }
}

impl Counts {
    fn of<'a>(results: impl Iterator<Item = &'a InstanceResult>) -> Self {
        let mut counts = Self::default();
        for result in results {
            let count = match result.outcome {
                Outcome::Installed { .. } => &mut counts.installed,
                Outcome::Uninstalled => &mut counts.uninstalled,
                Outcome::AlreadyThere { .. } => &mut counts.already_there,
                Outcome::Skipped { .. } => &mut counts.skipped,
                Outcome::Failed { .. } => &mut counts.failed,
            };
            *count += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests;
