//! Contracts only grow: what may not change in them between one release and the next, and why.
//!
//! Activities have no versions. While a release is deployed, and for as long as executions of the one before it last, each state
//! machine may meet either worker, and what one worker answers may be another one's input. CONTRIBUTING.md tells how to release.

mod schema;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::Value;

use self::schema::{Difference, Kept, Schema};

/// Contracts by their activities, as they stand in files.
pub type Contracts = BTreeMap<String, Value>;

/// What a contract may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Its activity is gone.
    ActivityRemoved,
    /// HeartbeatSeconds is another number.
    HeartbeatChanged,
    /// The input must have a field that it need not have before.
    InputRequires,
    /// The input no longer has a field.
    InputLost,
    /// The input takes less than it took.
    InputNarrowed,
    /// The output no longer has a field.
    OutputLost,
    /// The output may now be without a field that it always had.
    OutputUncertain,
    /// The output says in a field what it never said.
    OutputWidened,
    /// An error name is gone.
    ErrorRemoved,
    /// An error is transient and was terminal, or the reverse.
    ErrorReclassified,
}

impl Rule {
    /// What would go wrong.
    fn why(self) -> &'static str {
        match self {
            Self::ActivityRemoved => "a state machine of the last release waits for it until it times out",
            Self::HeartbeatChanged => "a state of the last release gives up a worker that beats more slowly",
            Self::InputRequires => "a state machine of the last release does not pass it",
            Self::InputLost => "what a state machine of the last release asks for with it is not done",
            Self::InputNarrowed => "what a state machine of the last release passes is refused",
            Self::OutputLost | Self::OutputUncertain => "a state machine of the last release may read it",
            Self::OutputWidened => "a state machine or a worker of the last release may not know what to do with it",
            Self::ErrorRemoved => "a state machine of the last release names it",
            Self::ErrorReclassified => "a state machine of the last release retries the wrong ones",
        }
    }
}

/// A rule that a contract breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// Whose contract.
    pub activity: String,
    /// The rule.
    pub rule: Rule,
    /// The field, the error, or what became of the heartbeat.
    pub at: String,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { activity, rule, at } = self;
        write!(f, "{activity}: {rule:?} {at}: {}", rule.why())
    }
}

/// The contracts in a folder.
///
/// # Panics
/// If one cannot be read.
#[must_use]
pub fn contracts_in(folder: &Path) -> Contracts {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let contracts = files.map(|text| serde_json::from_slice::<Value>(&text).unwrap());
    contracts.map(|contract| (contract["name"].as_str().unwrap().to_owned(), contract)).collect()
}

/// Every rule that the contracts of now break, held to those of the last release.
#[must_use]
pub fn breaks(released: &Contracts, now: &Contracts) -> Vec<Break> {
    let of_contract = |(activity, old): (&String, &Value)| match now.get(activity) {
        Some(new) => broken(old, new),
        None => vec![(Rule::ActivityRemoved, String::new())],
    };
    let named = |(activity, old)| {
        let of_activity = move |(rule, at)| Break { activity: String::clone(activity), rule, at };
        of_contract((activity, old)).into_iter().map(of_activity)
    };
    released.iter().flat_map(named).collect()
}

fn broken(old: &Value, new: &Value) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    let beats = |contract: &Value| contract["heartbeatSeconds"].as_u64().unwrap();
    if beats(old) != beats(new) {
        broken.push((Rule::HeartbeatChanged, format!("from {} to {}", beats(old), beats(new))));
    }
    // The new worker has to take what was passed to the old one.
    let input = schema::differences(Schema::of(&new["input"]), Schema::of(&old["input"]), Kept::Narrow);
    broken.extend(input.into_iter().map(|difference| match difference {
        Difference::Lost(at) => (Rule::InputLost, at),
        Difference::Required(at) => (Rule::InputRequires, at),
        Difference::Narrower(at) => (Rule::InputNarrowed, at),
    }));
    // What the new worker answers has to be such as the old one answered.
    let output = schema::differences(Schema::of(&old["output"]), Schema::of(&new["output"]), Kept::Wide);
    broken.extend(output.into_iter().map(|difference| match difference {
        Difference::Lost(at) => (Rule::OutputLost, at),
        Difference::Required(at) => (Rule::OutputUncertain, at),
        Difference::Narrower(at) => (Rule::OutputWidened, at),
    }));
    let classes = |contract: &Value| -> BTreeMap<String, Value> {
        let errors = contract["errors"].as_array().unwrap().iter();
        errors.map(|error| (error["name"].as_str().unwrap().to_owned(), error["class"].clone())).collect()
    };
    let now = classes(new);
    broken.extend(classes(old).into_iter().filter_map(|(error, class)| match now.get(&error) {
        None => Some((Rule::ErrorRemoved, error)),
        Some(other) => (class != *other).then_some((Rule::ErrorReclassified, error)),
    }));
    broken
}

#[cfg(test)]
mod tests;
