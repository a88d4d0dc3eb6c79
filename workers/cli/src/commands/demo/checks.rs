//! What must be so at the end of the demo.

use std::collections::BTreeSet;

use falconer_activities::firewall::RuleGroupVersion;

use super::console::Console;
use super::findings::Story;
use crate::execution::Ending;
use crate::failure::CommandFailure;

/// One claim, and whether it holds.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) claim: String,
    pub(super) holds: bool,
}

pub(super) async fn all(
    console: &Console,
    stories: &[Story],
    endings: &[Ending],
    before: &RuleGroupVersion,
    after: &RuleGroupVersion,
) -> Result<Vec<Check>, CommandFailure> {
    let mut checks = ledger(stories, before, after);
    let mut blocking =
        stories.iter().zip(endings).filter(|(story, _)| !story.blocked.is_empty()).map(|(_, ending)| ending);
    let enforced = blocking.clone().all(|ending| version_in_every_zone(ending).is_some());
    let newest = blocking.next_back().and_then(version_in_every_zone);
    let holds = enforced && newest.as_deref() == Some(after.token.as_str());
    checks.push(check("all three zones run the version that holds the blocks", holds));
    let open = console.open_connections().await?;
    let open_to = |address: &str| open.iter().any(|destination| destination == address);
    checks.push(check(
        "connections to the blocked addresses are cut",
        !open_to("198.51.100.7") && !open_to("203.0.113.9"),
    ));
    checks.push(check("a connection that nobody complained about is still open", open_to("192.0.2.80")));
    for story in stories {
        let finding = console.finding(&story.id).await?;
        let fields = finding.user_defined_fields.unwrap_or_default();
        let wanted = if story.blocked.is_empty() { "NothingToBlock" } else { "Blocked" };
        let state = fields.get("falconerState").map(String::as_str);
        let by = finding.note.as_ref().and_then(|note| note.updated_by());
        let holds = state == Some(wanted) && by == Some("falconer");
        checks.push(check(&format!("the finding says {wanted} and carries the note: {}", &story.id), holds));
        let executions = console.executions_of(&story.id).await?.len();
        checks.push(check("its annotation has not started the runbook again", executions == 1));
    }
    Ok(checks)
}

fn ledger(stories: &[Story], before: &RuleGroupVersion, after: &RuleGroupVersion) -> Vec<Check> {
    let wanted: BTreeSet<String> =
        stories.iter().flat_map(|story| story.blocked).map(|one| (*one).to_owned()).collect();
    let ledger = after.ledger();
    let held: Vec<String> = ledger.held().iter().map(|held| held.entry.indicator.to_string()).collect();
    let once = held.len() == wanted.len() && held.iter().all(|indicator| wanted.contains(indicator));
    let kept_out = stories.iter().flat_map(|story| story.kept_out);
    let mut checks = vec![
        check(&format!("the rule group holds each of the {} blocks once", wanted.len()), once),
        check("the network team's rules are as they were", after.text.starts_with(&before.text)),
        check("rule order and HOME_NET are as they were", after.same_options_as(before)),
    ];
    checks.extend(kept_out.map(|text| check(&format!("nowhere in the rules: {text}"), !after.text.contains(text))));
    checks
}

/// The version of the rule group that all three zones ran when the execution ended.
fn version_in_every_zone(ending: &Ending) -> Option<String> {
    let zones =
        ending.output["enforcement"]["zones"].as_array().filter(|zones| ending.succeeded() && zones.len() == 3)?;
    let version = zones[0]["updateToken"].as_str()?;
    let same = zones.iter().all(|zone| zone["status"] == "IN_SYNC" && zone["updateToken"] == version);
    same.then(|| version.to_owned())
}

pub(super) fn check(claim: &str, holds: bool) -> Check {
    Check { claim: claim.to_owned(), holds }
}
