//! What each step finds and does.

use falconer_tests::fleet::EAST;
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING, ONBOARDING_CONFIG, outcome};
use serde_json::{Value, json};

const STEPS: [&str; 8] = ["role", "registration", "recorder", "membership", "rule", "association", "baseline", "check"];

fn outcomes(ending: &falconer_cli::execution::Ending) -> Vec<String> {
    STEPS.iter().map(|step| outcome(ending, step)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_empty_account_gets_everything_and_the_report_says_so() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "name": "payments", "roleAfterSeconds": 600 })).await;
    house.control_tower_creates(NEWCOMER).await;
    let ending = house.endings_of(ONBOARDING).await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    let expected = ["alreadyThere", "done", "done", "done", "done", "leftOut", "done", "done"];
    assert_eq!(outcomes(&ending), expected, "{ending:#?}");
    let sentence = format!("Account {NEWCOMER} (payments) is protected: 6 done, 1 already there, 1 left out.");
    assert_eq!(ending.output["sentence"], sentence.as_str());
    let told = house.notifications().await;
    assert_eq!(told[0]["Subject"], format!("Falconer: account {NEWCOMER} is protected"), "{told:#?}");
    // The check of the account is an execution of its own.
    assert_eq!(house.endings_of("check-compliance").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_the_same_and_changes_nothing() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({})).await;
    let ending = house.run_of(ONBOARDING, &json!({ "accountId": NEWCOMER, "dryRun": true })).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let expected = ["alreadyThere", "planned", "planned", "planned", "planned", "leftOut", "alreadyThere", "leftOut"];
    assert_eq!(outcomes(&ending), expected, "{ending:#?}");
    assert!(house.changes().await.iter().all(|(_, calls)| *calls == 0), "{:?}", house.changes().await);
    assert!(house.notifications().await.is_empty());
    assert!(house.endings_of("check-compliance").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_new_instance_of_the_account_comes_to_its_sensor_through_the_rule() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({})).await;
    assert!(house.onboard(NEWCOMER).await.succeeded());
    let rules = aws_sdk_config::Client::new(&house.as_account(NEWCOMER)).describe_config_rules().send().await.unwrap();
    let rule = &rules.config_rules()[0];
    assert_eq!(rule.config_rule_name(), Some("falconer-sensor"));
    let types = rule.scope().unwrap().compliance_resource_types();
    assert!(types.iter().any(|kind| kind == "AWS::EC2::Instance"), "{types:?}");
}

#[tokio::test(start_paused = true)]
async fn the_gaps_of_the_logging_baseline_are_findings_that_close_with_the_gap() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "config": "recording", "memberOf": true })).await;
    let vpc = "vpc-0a1b2c3d4e5f60718";
    let item = |kind: &str, id: &str, configuration: Value| json!({ "account": NEWCOMER, "region": EAST, "resourceType": kind, "resourceId": id, "configuration": configuration });
    house.control("POST", "config/items", item("AWS::EC2::VPC", vpc, json!({ "vpcId": vpc }))).await;
    let trail = json!({ "isMultiRegionTrail": true, "logFileValidationEnabled": false });
    house.control("POST", "config/items", item("AWS::CloudTrail::Trail", "trail", trail)).await;
    tokio::time::sleep(std::time::Duration::from_secs(1800)).await;
    assert!(house.onboard(NEWCOMER).await.succeeded());
    let trail = format!("falconer/onboard-account/{NEWCOMER}/{EAST}/cloudtrail");
    let flow_logs = format!("falconer/onboard-account/{NEWCOMER}/{EAST}/flow-logs/{vpc}");
    let finding = house.finding(&trail).await;
    assert!(finding.description().unwrap().contains("not validated"), "{finding:#?}");
    let remedy = finding.remediation().unwrap().recommendation().unwrap().text().unwrap();
    assert!(remedy.contains("--enable-log-file-validation"), "{remedy}");
    assert!(house.finding(&flow_logs).await.description().unwrap().contains("no flow log"));
    // Somebody closes both.
    let validated = json!({ "isMultiRegionTrail": true, "logFileValidationEnabled": true });
    house.control("POST", "config/items", item("AWS::CloudTrail::Trail", "trail", validated)).await;
    let log = json!({ "flowLogId": "fl-0a1b2c3d", "resourceId": vpc, "flowLogStatus": "ACTIVE", "deliverLogsStatus": "SUCCESS" });
    house.control("POST", "config/items", item("AWS::EC2::FlowLog", "fl-0a1b2c3d", log)).await;
    assert!(house.onboard(NEWCOMER).await.succeeded());
    for id in [trail, flow_logs] {
        assert_eq!(house.finding(&id).await.record_state().unwrap().as_str(), "ARCHIVED", "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_only_a_person_may_change_is_told_and_stops_nothing_else() {
    // No bucket is configured, and nothing records.
    let house = House::with("[onboarding]\nregistration = \"cspm\"\n").await;
    house.add_account(NEWCOMER, json!({})).await;
    let ending = house.onboard(NEWCOMER).await;
    assert_eq!(ending.error.as_deref(), Some("Config.NotRecording"), "{ending:#?}");
    assert!(ending.cause.as_ref().unwrap().contains("onboarding.config_bucket"), "{ending:#?}");
    assert_eq!(house.calls("falcon.CreateCspmAccounts").await, 1);
    assert_eq!(house.calls("securityhub.CreateMembers").await, 1);
    let told = house.notifications().await;
    assert_eq!(told[0]["Subject"], format!("Falconer: account {NEWCOMER} is not yet protected"), "{told:#?}");
}

#[tokio::test(start_paused = true)]
async fn falcons_own_words_stand_in_the_failure() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "config": "recording" })).await;
    house.fault(json!({ "operation": "falcon.CreateCloudAccounts", "fault": "error:400" })).await;
    let ending = house.onboard(NEWCOMER).await;
    assert_eq!(ending.error.as_deref(), Some("Falcon.Rejected"), "{ending:#?}");
    assert!(ending.cause.as_ref().unwrap().contains("400"), "{ending:#?}");
    assert_eq!(house.calls("config.PutConfigRule").await, 1, "Falcon's refusal stops nothing in AWS");
}

#[tokio::test(start_paused = true)]
async fn an_account_is_prepared_in_each_region_that_is_configured() {
    let toml = format!("{ONBOARDING_CONFIG}regions = [\"us-east-1\", \"eu-central-1\", \"ap-southeast-2\"]\n");
    let house = House::with(&toml).await;
    house.add_account(NEWCOMER, json!({})).await;
    let ending = house.onboard(NEWCOMER).await;
    // Where the administrator's own Security Hub is off, one step fails, and no other.
    assert_eq!(ending.error.as_deref(), Some("SecurityHub.AccessDenied"), "{ending:#?}");
    assert!(ending.cause.as_ref().unwrap().contains("Security Hub in ap-southeast-2"), "{ending:#?}");
    assert_eq!(house.calls("config.PutConfigRule").await, 3);
    assert_eq!(house.calls("securityhub.BatchImportFindings").await, 3);
    assert_eq!(house.calls("falcon.CreateCloudAccounts").await, 1);
    assert_eq!(house.calls("sts.AssumeRole").await, 1, "one session serves all regions");
}

#[tokio::test(start_paused = true)]
async fn an_association_is_made_only_where_the_configuration_asks_for_it_and_holds_no_secret() {
    let house = House::with(&format!("{ONBOARDING_CONFIG}association_role = \"falcon-distributor\"\n")).await;
    house.add_account(NEWCOMER, json!({ "config": "recording" })).await;
    let ending = house.onboard(NEWCOMER).await;
    assert_eq!(outcome(&ending, "association"), "done", "{ending:#?}");
    assert_eq!(outcome(&house.onboard(NEWCOMER).await, "association"), "alreadyThere");
    assert_eq!(house.calls("ssm.CreateAssociation").await, 1);
    let client = aws_sdk_ssm::Client::new(&house.as_account(NEWCOMER));
    let listed = client.list_associations().send().await.unwrap();
    let id = listed.associations()[0].association_id().unwrap();
    let described = client.describe_association().association_id(id).send().await.unwrap();
    let association = described.association_description().unwrap();
    assert_eq!(association.name(), Some("CrowdStrike-FalconSensorDeploy"));
    let role = format!("arn:aws:iam::{NEWCOMER}:role/falcon-distributor");
    let expected = [("Action", vec!["Install".to_owned()]), ("AutomationAssumeRole", vec![role])];
    let expected = expected.map(|(name, values)| (name.to_owned(), values)).into_iter().collect();
    assert_eq!(association.parameters(), Some(&expected));
}

#[tokio::test(start_paused = true)]
async fn what_a_recorder_was_just_told_to_record_is_missing_only_when_it_had_time_to_find_it() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "config": "partial", "memberOf": true })).await;
    // The recorder has run for an hour, without instances, VPCs and flow logs.
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    let began = house.now();
    let ending = house.onboard(NEWCOMER).await;
    assert_eq!(outcome(&ending, "recorder"), "done", "{ending:#?}");
    assert!(house.now().duration_since(began) >= jiff::SignedDuration::from_mins(15), "{ending:#?}");
    let began = house.now();
    assert!(house.onboard(NEWCOMER).await.succeeded());
    assert!(house.now().duration_since(began) < jiff::SignedDuration::from_mins(1), "nothing was changed");
}
