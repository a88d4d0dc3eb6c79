//! The actions of the contracts are those for which the workers of all other tests have called, and no others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::{BTreeMap, BTreeSet};

use falconer_activities::registry;
use falconer_runtime::Actions;
use falconer_tests::services::BESIDE_TASKS;
use falconer_tests::witness::{Credentials, Witnessed, witnessed};

/// Operations whose action bears another name, as their pages in the API reference say
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>,
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html>).
const NAMED_OTHERWISE: [(&str, &str); 2] = [
    ("securityhub.GetFindingsV2", "securityhub:GetFindings"),
    ("securityhub.BatchUpdateFindingsV2", "securityhub:BatchUpdateFindings"),
];

/// Actions for which no worker calls, and the call that AWS carries out with them in the caller's name.
const IMPLIED: [(&str, &str); 5] = [
    // Who hands a service a role must be allowed to: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    ("iam:PassRole", "config:PutConfigurationRecorder"),
    ("iam:PassRole", "ssm:CreateAssociation"),
    // Security Hub's own role is made when it is switched on:
    // https://docs.aws.amazon.com/securityhub/latest/userguide/using-service-linked-roles.html
    ("iam:CreateServiceLinkedRole", "securityhub:EnableSecurityHub"),
    // A SecureString that is encrypted with a key of the customer's own:
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-decryption.html
    ("kms:Decrypt", "ssm:GetParameter"),
    // A parameter that stands for a secret:
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    ("secretsmanager:GetSecretValue", "ssm:GetParameter"),
];

/// What the one writer of the rule groups calls, in a tokio task of its own.
const WRITER: [&str; 2] = ["network-firewall:DescribeRuleGroup", "network-firewall:UpdateRuleGroup"];

/// The activities for which it writes.
const WRITING: [&str; 3] = ["BlockIndicators", "PruneLedger", "ReleaseBlocks"];

/// What the workers of this test run have called for, by activity; `None` for what they called beside their tasks.
struct Seen(BTreeMap<Option<String>, BTreeSet<(Credentials, String)>>);

impl Seen {
    fn of(calls: BTreeSet<Witnessed>) -> Self {
        let mut seen = Self(BTreeMap::new());
        for Witnessed { activity, credentials, operation } in calls {
            seen.0.entry(activity).or_default().insert((credentials, action(&operation)));
        }
        seen
    }

    fn by(&self, activity: Option<&str>) -> BTreeSet<(Credentials, String)> {
        self.0.get(&activity.map(str::to_owned)).cloned().unwrap_or_default()
    }
}

fn own<'a>(actions: impl IntoIterator<Item = &'a str>) -> BTreeSet<(Credentials, String)> {
    actions.into_iter().map(|action| (Credentials::Own, action.to_owned())).collect()
}

fn action(operation: &str) -> String {
    let otherwise = NAMED_OTHERWISE.iter().find(|(named, _)| *named == operation);
    otherwise.map_or_else(|| operation.replacen('.', ":", 1), |(_, action)| (*action).to_owned())
}

/// What the calls come to that is in none of the contract's lists. With its own credentials a worker calls in the hub too what it calls
/// elsewhere with a role.
fn missing(Actions { own, assumed }: Actions, seen: &BTreeSet<(Credentials, String)>) -> Vec<String> {
    let names = |parts: &[&[&str]], action: &str| parts.iter().any(|part| part.contains(&action));
    let is_named = |(credentials, action): &&(Credentials, String)| {
        names(assumed, action) || (*credentials == Credentials::Own && names(own, action))
    };
    seen.iter()
        .filter(|call| !is_named(call))
        .map(|(credentials, action)| format!("{action} ({credentials:?})"))
        .collect()
}

/// What is in the contract's lists and came of no call.
fn spare(Actions { own, assumed }: Actions, seen: &BTreeSet<(Credentials, String)>) -> Vec<String> {
    let listed = |credentials, parts: &'static [&'static [&'static str]]| {
        parts.iter().copied().flatten().map(move |action| (credentials, *action))
    };
    let is_spare = |(credentials, action): &(Credentials, &str)| {
        let behind: Vec<&str> =
            IMPLIED.iter().filter(|(implied, _)| implied == action).map(|(_, behind)| *behind).collect();
        let calls = if behind.is_empty() { vec![*action] } else { behind };
        !calls.into_iter().any(|call| seen.contains(&(*credentials, call.to_owned())))
    };
    let all = listed(Credentials::Own, own).chain(listed(Credentials::Assumed, assumed));
    all.filter(is_spare).map(|(credentials, action)| format!("{action} ({credentials:?})")).collect()
}

#[test]
#[ignore = "it needs what all other tests have seen: make permissions"]
fn a_contract_names_what_its_activity_calls_and_nothing_else() {
    let seen = Seen::of(witnessed().expect("make permissions names the file in WITNESSED_CALLS"));
    let mut problems = BTreeMap::new();
    for contract in registry::contracts() {
        let mut calls = seen.by(Some(contract.name));
        if WRITING.contains(&contract.name) {
            calls.extend(own(WRITER));
        }
        let found = (missing(contract.actions, &calls), spare(contract.actions, &calls));
        if found != (Vec::new(), Vec::new()) {
            problems.insert(contract.name, found);
        }
    }
    assert!(problems.is_empty(), "missing in, and spare in, the contract of each activity: {problems:#?}");
}

#[test]
#[ignore = "it needs what all other tests have seen: make permissions"]
fn beside_its_tasks_a_worker_calls_what_it_is_known_to_call() {
    let seen = Seen::of(witnessed().expect("make permissions names the file in WITNESSED_CALLS"));
    assert_eq!(seen.by(None), own(BESIDE_TASKS.into_iter().chain(WRITER)));
}
