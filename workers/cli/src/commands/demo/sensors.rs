//! The second half of the demo: instances without a sensor are found, get one, and Falcon hears of it.

use serde_json::json;

use super::checks::{Check, check};
use super::console::Console;
use super::{follow, tell};
use crate::execution;
use crate::failure::CommandFailure;

const CHECK: &str = "check-compliance";

/// The seeded instances that miss a sensor and can be given one: account and id.
const MISSING: [(&str, &str); 2] = [("444455556666", "i-0f1a2b3c4d5e6f702"), ("777788889999", "i-0f1a2b3c4d5e6f70c")];
const REGION: &str = "us-east-1";

/// Its sensor fell silent long ago, and no install brings it back: whether one helped is waited for a quarter of an hour, which is
/// longer than anybody watches a demo. So its owner has said that it needs none.
const SILENT: (&str, &str) = ("444455556666", "i-0f1a2b3c4d5e6f706");

/// Starts the check of the whole organization, and answers its execution.
pub(super) async fn begin(console: &Console) -> Result<String, CommandFailure> {
    let (account, instance) = SILENT;
    console.exclude(account, instance).await?;
    Ok(execution::start(console.states(), CHECK, "{}").await?)
}

/// Tells what the check found, how sensors came where they were missing, and what a second check says of them.
pub(super) async fn story(console: &Console, check_execution: &str) -> Result<Vec<Check>, CommandFailure> {
    tell::chapter("Which instances of the organization run a healthy sensor?");
    let found = follow(console, check_execution, |_| ()).await?;
    let counted = &found.output["summary"]["instances"];
    let mut checks =
        vec![check("every instance of both members was judged", found.succeeded() && counted["missing"] == 2)];
    for (account, instance) in MISSING {
        tell::chapter(&format!(
            "{account}/{instance} misses its sensor, and the check asks for what is missing in its account"
        ));
        let finding = format!("falconer/check-compliance/{account}/{REGION}/{instance}");
        let install = console.install_in(account).await?;
        let ending = follow(console, &install, |_| ()).await?;
        let installed = ending.output["report"]["counts"]["installed"] == 1;
        checks.push(check(&format!("Falcon hears of a new sensor on {instance}"), installed));
        let state = console.finding(&finding).await?.record_state;
        let archived = state.is_some_and(|state| state.as_str() == "ARCHIVED");
        checks.push(check(&format!("its finding is archived: {finding}"), archived));
    }
    tell::chapter("And now?");
    for (account, instance) in MISSING {
        let input = json!({ "accountId": account, "region": REGION, "instances": [instance], "dryRun": true });
        let again = execution::start(console.states(), CHECK, &input.to_string()).await?;
        let again = follow(console, &again, |_| ()).await?;
        let healthy = again.output["summary"]["instances"] == json!({ "healthy": 1 });
        checks.push(check(&format!("{instance} runs a healthy sensor"), healthy));
    }
    let tokens = console.good_tokens_of_installs().await?;
    checks.push(check("no token that an install was given is good any more", tokens == 0));
    Ok(checks)
}
