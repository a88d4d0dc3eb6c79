//! Definitions: ValidateStateMachineDefinition, and how a definition that is to be kept is refused.

use serde::Deserialize;
use serde_json::json;

use crate::constraints::{Constraints, required};
use crate::states::StepFunctions;
use crate::states::definition::{self, Home, Problem};
use crate::wire::{Answer, Call, Caller, ServiceError};

/// The longest definition, in bytes.
const MAX_DEFINITION: usize = 1_048_576;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validate {
    definition: Option<String>,
    severity: Option<String>,
    max_results: Option<i64>,
}

impl StepFunctions {
    pub(in crate::states) fn validate_definition(&self, call: &Call) -> Answer {
        let input: Validate = call.input()?;
        let severities = ["ERROR", "WARNING"];
        Constraints::default()
            .one_of("severity", input.severity.as_deref(), &severities)
            .range("maxResults", input.max_results, 0, 100)
            .finish()?;
        let text = required("definition", input.definition)?;
        let problems = definition::parse(&text, home(&call.caller)).err().unwrap_or_default();
        let most =
            input.max_results.filter(|most| *most > 0).and_then(|most| usize::try_from(most).ok()).unwrap_or(100);
        let shown = problems.iter().take(most).map(|problem| {
            let Problem { code, message, location } = problem;
            json!({ "severity": "ERROR", "code": code, "message": message, "location": location })
        });
        Ok(json!({
            "result": if problems.is_empty() { "OK" } else { "FAIL" },
            "diagnostics": shown.collect::<Vec<_>>(),
            "truncated": problems.len() > most,
        }))
    }
}

fn home(caller: &Caller) -> Home<'_> {
    Home { account: &caller.account, region: &caller.region }
}

/// Reads a definition that is to be kept.
///
/// # Errors
/// `InvalidDefinition`, which names every problem and the state that it is in.
pub(super) fn read_definition(text: &str, caller: &Caller) -> Result<definition::Machine, ServiceError> {
    if text.len() > MAX_DEFINITION {
        let message = format!("Invalid State Machine Definition: 'longer than {MAX_DEFINITION} bytes'");
        return Err(ServiceError::new("InvalidDefinition", message));
    }
    definition::parse(text, home(caller)).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let message = format!("Invalid State Machine Definition: '{}'", problems.join(", "));
        ServiceError::new("InvalidDefinition", message)
    })
}
