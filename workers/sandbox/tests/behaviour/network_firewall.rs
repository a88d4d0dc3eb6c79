//! Rule groups, their zones, and flows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::Aws;

const BLOCK: &str = "drop ip $HOME_NET any <> 198.51.100.7 any (msg:\"x\"; sid:5; rev:1;)\n";

async fn read(aws: &Aws) -> Value {
    aws.firewall("DescribeRuleGroup", json!({"RuleGroupName": "falconer-block", "Type": "STATEFUL"})).await.ok()
}

/// The group as it was read, with rules added.
fn with_rules(read: &Value, rules: &str) -> Value {
    let mut group = read["RuleGroup"].clone();
    let text = group["RulesSource"]["RulesString"].as_str().unwrap();
    group["RulesSource"]["RulesString"] = format!("{text}{rules}").into();
    json!({
        "RuleGroupName": "falconer-block",
        "Type": "STATEFUL",
        "RuleGroup": group,
        "UpdateToken": read["UpdateToken"],
    })
}

/// What each zone shows of the block group: status, and whether it is the version of `token`.
async fn zones(aws: &Aws, token: &Value) -> Vec<(String, bool)> {
    let firewall = aws.firewall("DescribeFirewall", json!({"FirewallName": "falconer-egress"})).await.ok();
    let zones = firewall["FirewallStatus"]["SyncStates"].as_object().unwrap();
    let of_zone = |zone: &Value| {
        let config = zone["Config"].as_object().unwrap();
        let (_, group) = config.iter().find(|(arn, _)| arn.ends_with("/falconer-block")).unwrap();
        (group["SyncStatus"].as_str().unwrap().to_owned(), group["UpdateToken"] == *token)
    };
    zones.values().map(of_zone).collect()
}

async fn summary(aws: &Aws) -> String {
    let firewall = aws.firewall("DescribeFirewall", json!({"FirewallName": "falconer-egress"})).await.ok();
    firewall["FirewallStatus"]["ConfigurationSyncStateSummary"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn of_two_writers_with_the_same_token_the_second_is_refused_and_loses_nothing() {
    let aws = Aws::hub();
    let first = read(&aws).await;
    aws.firewall("UpdateRuleGroup", with_rules(&first, BLOCK)).await.ok();
    let late = aws.firewall("UpdateRuleGroup", with_rules(&first, "")).await;
    assert_eq!(late.error(), "400 InvalidTokenException");
    let now = read(&aws).await;
    assert!(now["RuleGroup"]["RulesSource"]["RulesString"].as_str().unwrap().contains("198.51.100.7"));
    assert_ne!(now["UpdateToken"], first["UpdateToken"]);
    assert_eq!(now["RuleGroupResponse"]["ConsumedCapacity"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_checks_and_writes_nothing() {
    let aws = Aws::hub();
    let before = read(&aws).await;
    let mut update = with_rules(&before, BLOCK);
    update["DryRun"] = true.into();
    let answer = aws.firewall("UpdateRuleGroup", update.clone()).await.ok();
    assert_eq!(answer["RuleGroupResponse"]["ConsumedCapacity"], 2);
    assert_eq!(read(&aws).await, before);
    update["RuleGroup"]["RulesSource"]["RulesString"] = "nonsense".into();
    assert_eq!(aws.firewall("UpdateRuleGroup", update).await.error(), "400 InvalidRequestException");
}

#[tokio::test(start_paused = true)]
async fn bare_rules_would_lose_the_order_and_are_refused_for_it() {
    let aws = Aws::hub();
    let token = read(&aws).await["UpdateToken"].clone();
    let bare = json!({"RuleGroupName": "falconer-block", "Type": "STATEFUL", "Rules": BLOCK, "UpdateToken": token});
    let refused = aws.firewall("UpdateRuleGroup", bare).await;
    assert_eq!(refused.error(), "400 InvalidRequestException");
    assert!(refused.message().contains("RuleOrder"), "{}", refused.message());
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_no_rule_is_refused_by_name() {
    let aws = Aws::hub();
    let hostile = "drop tls any any -> any any (tls.sni; content:\"x\"; ) drop ip any any -> any any (\"; sid:9;)\n";
    let refused = aws.firewall("UpdateRuleGroup", with_rules(&read(&aws).await, hostile)).await;
    assert_eq!(refused.error(), "400 InvalidRequestException");
    assert!(refused.message().contains("rule: [drop tls any"), "{}", refused.message());
}

#[tokio::test(start_paused = true)]
async fn a_group_takes_as_many_rules_as_its_capacity_and_not_one_more() {
    let aws = Aws::hub();
    let rules =
        |count: u32| (1..=count).map(|sid| format!("drop ip any any -> any any (sid:{sid};)\n")).collect::<String>();
    let group = json!({"RuleGroupName": "small", "Type": "STATEFUL", "Capacity": 2, "Rules": rules(2)});
    let token = aws.firewall("CreateRuleGroup", group).await.ok()["UpdateToken"].clone();
    let more = json!({"RuleGroupName": "small", "Type": "STATEFUL", "Rules": rules(3), "UpdateToken": token});
    let refused = aws.firewall("UpdateRuleGroup", more).await;
    assert_eq!(refused.error(), "400 InvalidRequestException");
    assert!(refused.message().contains("capacity exceeded"), "{}", refused.message());
    let huge = json!({"RuleGroupName": "huge", "Type": "STATEFUL", "Capacity": 30_001, "Rules": ""});
    assert_eq!(aws.firewall("CreateRuleGroup", huge).await.error(), "400 LimitExceededException");
}

#[tokio::test(start_paused = true)]
async fn zones_take_an_update_over_one_by_one_and_show_the_old_version_first() {
    let aws = Aws::hub();
    assert_eq!(summary(&aws).await, "IN_SYNC");
    let update = with_rules(&read(&aws).await, BLOCK);
    let token = aws.firewall("UpdateRuleGroup", update).await.ok()["UpdateToken"].clone();
    let in_sync = |new: bool| ("IN_SYNC".to_owned(), new);
    let pending = ("PENDING".to_owned(), true);
    assert_eq!(zones(&aws, &token).await, [in_sync(false), in_sync(false), in_sync(false)]);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(zones(&aws, &token).await, [pending.clone(), pending.clone(), pending.clone()]);
    tokio::time::advance(Duration::from_secs(4)).await;
    assert_eq!(zones(&aws, &token).await, [in_sync(true), in_sync(true), pending]);
    assert_eq!(summary(&aws).await, "PENDING");
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(zones(&aws, &token).await, [in_sync(true), in_sync(true), in_sync(true)]);
    assert_eq!(summary(&aws).await, "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn a_stuck_zone_stays_pending_until_the_fault_is_cleared() {
    let aws = Aws::hub();
    aws.control("POST", "faults", json!({"zone": "us-east-1b", "fault": "stuck"})).await.ok();
    let update = with_rules(&read(&aws).await, BLOCK);
    let token = aws.firewall("UpdateRuleGroup", update).await.ok()["UpdateToken"].clone();
    tokio::time::advance(Duration::from_secs(3600)).await;
    let statuses = zones(&aws, &token).await.into_iter().map(|(status, _)| status).collect::<Vec<_>>();
    assert_eq!(statuses, ["IN_SYNC", "PENDING", "IN_SYNC"]);
    aws.control("DELETE", "faults", json!(null)).await.ok();
    assert_eq!(summary(&aws).await, "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn a_policy_takes_only_groups_of_its_own_order_and_keeps_them_from_deletion() {
    let aws = Aws::hub();
    let group = json!({"RuleGroupName": "loose", "Type": "STATEFUL", "Capacity": 10, "Rules": ""});
    let loose = aws.firewall("CreateRuleGroup", group).await.ok();
    let policy = aws.firewall("DescribeFirewallPolicy", json!({"FirewallPolicyName": "falconer-egress"})).await.ok();
    let mut content = policy["FirewallPolicy"].clone();
    let reference = json!({"ResourceArn": loose["RuleGroupResponse"]["RuleGroupArn"], "Priority": 300});
    content["StatefulRuleGroupReferences"].as_array_mut().unwrap().push(reference);
    let update = json!({
        "FirewallPolicyName": "falconer-egress",
        "UpdateToken": policy["UpdateToken"],
        "FirewallPolicy": content,
    });
    let refused = aws.firewall("UpdateFirewallPolicy", update).await;
    assert_eq!(refused.error(), "400 InvalidRequestException");
    let used = json!({"RuleGroupName": "falconer-block", "Type": "STATEFUL"});
    assert_eq!(aws.firewall("DeleteRuleGroup", used).await.error(), "400 InvalidOperationException");
    let unused = json!({"RuleGroupName": "loose", "Type": "STATEFUL"});
    aws.firewall("DeleteRuleGroup", unused).await.ok();
}

async fn flush(aws: &Aws, filters: Value) -> Value {
    let firewall = aws.firewall("DescribeFirewall", json!({"FirewallName": "falconer-egress"})).await.ok();
    let arn = firewall["Firewall"]["FirewallArn"].clone();
    let started = aws.firewall("StartFlowFlush", json!({"FirewallArn": arn, "FlowFilters": filters})).await.ok();
    assert_eq!(started["FlowOperationStatus"], "IN_PROGRESS");
    json!({"FirewallArn": arn, "FlowOperationId": started["FlowOperationId"]})
}

fn to(address: &str) -> Value {
    json!([{"DestinationAddress": {"AddressDefinition": address}}])
}

#[tokio::test(start_paused = true)]
async fn a_flush_takes_the_matching_flows_when_its_time_is_over_and_no_others() {
    let aws = Aws::hub();
    let operation = flush(&aws, to("198.51.100.7/32")).await;
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(aws.control("GET", "flows", json!(null)).await.ok().as_array().unwrap().len(), 4);
    tokio::time::advance(Duration::from_secs(1)).await;
    let described = aws.firewall("DescribeFlowOperation", operation.clone()).await.ok();
    assert_eq!(described["FlowOperationStatus"], "COMPLETED");
    let flows = aws.control("GET", "flows", json!(null)).await.ok();
    let left: Vec<_> = flows.as_array().unwrap().iter().map(|flow| flow["destination"].as_str().unwrap()).collect();
    assert_eq!(left, ["203.0.113.9", "192.0.2.80"]);
    let results = aws.firewall("ListFlowOperationResults", operation).await.ok();
    assert_eq!(results["Flows"].as_array().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_flush_that_fails_in_part_says_so_and_leaves_flows_open() {
    let aws = Aws::hub();
    aws.control("POST", "faults", json!({"flush": "partial", "times": 1})).await.ok();
    let operation = flush(&aws, to("198.51.100.0/24")).await;
    tokio::time::advance(Duration::from_secs(4)).await;
    let described = aws.firewall("DescribeFlowOperation", operation).await.ok();
    assert_eq!(described["FlowOperationStatus"], "COMPLETED_WITH_ERRORS");
    assert_eq!(aws.control("GET", "flows", json!(null)).await.ok().as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_flush_needs_between_one_and_twenty_well_formed_filters() {
    let aws = Aws::hub();
    let firewall = aws.firewall("DescribeFirewall", json!({"FirewallName": "falconer-egress"})).await.ok();
    let arn = firewall["Firewall"]["FirewallArn"].clone();
    let one = to("198.51.100.7/32")[0].clone();
    for filters in [
        json!([]),
        json!(vec![one; 21]),
        to("evil.example"),
        json!([{"DestinationPort": "70000"}]),
        json!([{"Protocols": ["TCP"]}]),
    ] {
        let refused = aws.firewall("StartFlowFlush", json!({"FirewallArn": arn, "FlowFilters": filters})).await;
        assert_eq!(refused.error(), "400 InvalidRequestException", "{filters}");
    }
}
