//! Batches of which some entries fail: the call succeeds, and its answer says what was not done.

use serde_json::{Value, json};

use crate::wire::{Answer, Call};

/// An operation that takes many entries and answers which of them failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Batch {
    /// `config.PutEvaluations`
    Evaluations,
    /// `securityhub.BatchImportFindings`
    Findings,
}

impl Batch {
    /// The batch that an operation takes, if the sandbox can let a part of it fail.
    pub(super) fn of(operation: &str) -> Option<Self> {
        match operation {
            "config.PutEvaluations" => Some(Self::Evaluations),
            "securityhub.BatchImportFindings" => Some(Self::Findings),
            _ => None,
        }
    }

    /// Takes every second entry out of a call.
    pub(crate) fn withhold(self, call: &mut Call) -> Vec<Value> {
        let member = match self {
            Self::Evaluations => "Evaluations",
            Self::Findings => "Findings",
        };
        let Some(entries) = call.input.get_mut(member).and_then(Value::as_array_mut) else {
            return Vec::new();
        };
        let numbered = std::mem::take(entries).into_iter().enumerate();
        let (kept, withheld): (Vec<_>, Vec<_>) = numbered.partition(|(number, _)| number % 2 == 0);
        *entries = kept.into_iter().map(|(_, entry)| entry).collect();
        withheld.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Adds to the answer of the rest what was withheld.
    pub(crate) fn tell(self, answer: Answer, withheld: Vec<Value>) -> Answer {
        let mut answer = answer?;
        let number = withheld.len();
        let entry = |entry: Value| match self {
            Self::Evaluations => entry,
            Self::Findings => {
                json!({ "Id": entry["Id"], "ErrorCode": "InternalError", "ErrorMessage": "A fault of the sandbox" })
            }
        };
        let failed = match self {
            Self::Evaluations => &mut answer["FailedEvaluations"],
            Self::Findings => &mut answer["FailedFindings"],
        };
        if let Some(failed) = failed.as_array_mut() {
            failed.extend(withheld.into_iter().map(entry));
        }
        if self == Self::Findings {
            answer["FailedCount"] = (answer["FailedCount"].as_u64().unwrap_or_default() + number as u64).into();
        }
        Ok(answer)
    }
}
