//! How the demo tells its story.

use std::collections::HashSet;

use aws_sdk_securityhub::types::AwsSecurityFinding;
use falconer_activities::firewall::RuleGroupVersion;
use serde_json::Value;

use super::checks::Check;
use super::findings::Story;
use crate::execution::Step;
use crate::paint::{BAD, DIM, GOOD, STRONG, WARN, paint};

pub(super) fn opening(endpoint: &str, group: &RuleGroupVersion) {
    anstream::println!(
        "A small AWS at {endpoint}, a worker that polls it, and a gateway that follows its Falcon event stream."
    );
    anstream::println!("The rule group before, with a rule of the network team:");
    rules_in(&group.text, "  ");
}

pub(super) fn finding(story: &Story) {
    anstream::println!("\n{}", paint(STRONG, story.title));
    anstream::println!("  {}", paint(DIM, &story.id));
}

pub(super) fn chapter(title: &str) {
    anstream::println!("\n{}", paint(STRONG, title));
}

/// Tells each zone once for each status that it shows.
#[derive(Default)]
pub(super) struct Zones {
    told: HashSet<String>,
}

impl Zones {
    pub(super) fn tell(&mut self, step: &Step) {
        let Step::Exited { output, .. } = step else { return };
        for zone in output["enforcement"]["zones"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let (name, status) = (text(&zone["zone"]), text(&zone["status"]));
            let token: String = text(&zone["updateToken"]).chars().take(8).collect();
            let line = format!("{name} {status} at {token}");
            if self.told.insert(line.clone()) {
                anstream::println!("      {}", paint(if status == "IN_SYNC" { GOOD } else { WARN }, line));
            }
        }
    }
}

pub(super) fn note(finding: &AwsSecurityFinding) {
    let note = finding.note().and_then(|note| note.text()).unwrap_or("none");
    anstream::println!("  {} {note}", paint(STRONG, "note"));
}

pub(super) fn rules(before: &RuleGroupVersion, after: &RuleGroupVersion) {
    anstream::println!("\n{}", paint(STRONG, "The rule group now"));
    let old: HashSet<&str> = before.text.lines().collect();
    for line in after.text.lines() {
        let mark = if old.contains(line) { paint(DIM, " ") } else { paint(GOOD, "+") };
        anstream::println!("  {mark} {line}");
    }
}

fn rules_in(text: &str, indent: &str) {
    text.lines().for_each(|line| anstream::println!("{indent}{}", paint(DIM, line)));
}

/// Prints each check and answers whether all hold.
pub(super) fn checks(checks: &[Check]) -> bool {
    anstream::println!("\n{}", paint(STRONG, "What must be so"));
    for check in checks {
        let mark = if check.holds { paint(GOOD, "✓") } else { paint(BAD, "✗") };
        anstream::println!("  {mark} {}", check.claim);
    }
    let failed = checks.iter().filter(|check| !check.holds).count();
    anstream::println!("{} of {} hold", checks.len() - failed, checks.len());
    failed == 0
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
