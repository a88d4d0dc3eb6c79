//! What is broken in an account.

use falconer_cli::commands::doctor::DoctorArgs;
use falconer_domain::doctor::{Health, Subject};
use falconer_tests::fleet::{MEMBER, OTHER};
use falconer_tests::house::House;
use serde_json::{Value, json};

use crate::visit::{HUB, UNREGISTERED, Visit, assert_told};

const NEW: &str = "123412341234";

#[tokio::test(start_paused = true)]
async fn what_an_account_lacks_is_told_with_who_brings_it() {
    let cases = [
        (json!({ "config": "none" }), Subject::Recorder, "There is no recorder", "onboarding.config_bucket"),
        (json!({ "config": "stopped" }), Subject::Recorder, "default is stopped", "onboard-account"),
        (json!({ "config": "partial" }), Subject::Recorder, "does not record AWS::EC2::Instance", "onboard-account"),
        (json!({ "config": "recording", "securityHub": false }), Subject::SecurityHub, "It is off", "onboard-account"),
        (
            json!({ "config": "recording", "securityHub": true }),
            Subject::SecurityHub,
            "do not reach",
            "onboard-account",
        ),
        (json!({ "roleAfterSeconds": null }), Subject::Role, "cannot be assumed", "accounts.external_id"),
        (json!({ "externalId": "somebody-elses" }), Subject::Role, "cannot be assumed", "accounts.external_id"),
    ];
    for (mut account, subject, sentence, remedy) in cases {
        let house = House::without_a_worker().await;
        account["account"] = NEW.into();
        house.control("POST", "accounts", account).await;
        let visit = Visit::to(&house, UNREGISTERED, NEW).await;
        assert_told(visit.of(NEW, subject), Health::Broken, sentence, remedy);
        let said = format!("{:?}", visit.0);
        assert!(!said.contains("falconer-sandbox") && !said.contains("somebody-elses"), "an external id: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_cannot_be_assumed_is_said_once_and_nothing_else_of_the_account() {
    let house = House::without_a_worker().await;
    house.control("POST", "accounts", json!({ "account": NEW, "roleAfterSeconds": null })).await;
    let visit = Visit::to(&house, UNREGISTERED, NEW).await;
    assert_eq!(visit.trouble(), [(NEW.to_owned(), Subject::Role)]);
    assert_eq!(visit.0.len(), 1, "{:#?}", visit.0);
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_is_missing_is_named_with_the_role_that_needs_it() {
    for (operation, subject, action) in [
        ("config.DescribeConfigurationRecorders", Subject::Recorder, "config:DescribeConfigurationRecorders"),
        ("config.DescribeDeliveryChannels", Subject::Recorder, "config:DescribeDeliveryChannels"),
        ("config.DescribeConfigRules", Subject::Rule, "config:DescribeConfigRules"),
        ("config.SelectResourceConfig", Subject::Instances, "config:SelectResourceConfig"),
        ("securityhub.DescribeHub", Subject::SecurityHub, "securityhub:DescribeHub"),
        ("securityhub.GetAdministratorAccount", Subject::SecurityHub, "securityhub:GetAdministratorAccount"),
        ("securityhub.GetFindings", Subject::SecurityHub, "securityhub:GetFindings"),
        ("ssm.DescribeInstanceInformation", Subject::SystemsManager, "ssm:DescribeInstanceInformation"),
        ("ssm.GetInventory", Subject::SystemsManager, "ssm:GetInventory"),
        ("ssm.ListCommands", Subject::Commands, "ssm:ListCommands"),
    ] {
        let house = House::without_a_worker().await;
        house.fault(json!({ "operation": operation, "fault": "error:AccessDeniedException" })).await;
        let visit = Visit::to_all(&house, UNREGISTERED).await;
        let remedy = format!("Grant {action} to the role falconer-member in {MEMBER}");
        assert_told(visit.of(MEMBER, subject), Health::Broken, action, &remedy);
        assert_told(visit.of(HUB, subject), Health::Broken, action, "to the workers' role in 111122223333");
        let troubled: Vec<Subject> = visit.trouble().into_iter().map(|(_, subject)| subject).collect();
        assert_eq!(troubled, [subject; 3], "{operation} costs nothing else");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_unknown_and_not_broken() {
    let house = House::without_a_worker().await;
    house.fault(json!({ "operation": "ssm.GetInventory", "fault": "error:InternalServerError" })).await;
    let visit = Visit::to(&house, UNREGISTERED, MEMBER).await;
    assert_told(
        visit.of(MEMBER, Subject::SystemsManager),
        Health::Unknown,
        "GetInventory was not answered",
        "Ask again",
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_not_switched_on_is_one_sentence() {
    let house = House::without_a_worker().await;
    let fault = json!({ "operation": "config.*", "fault": "error:UnrecognizedClientException" });
    house.fault(fault).await;
    let args = |region: &str| DoctorArgs {
        account: vec![MEMBER.parse().unwrap()],
        region: vec![region.parse().unwrap()],
        ..DoctorArgs::default()
    };
    let visit = Visit::with(&house, UNREGISTERED, args("eu-south-1")).await;
    assert_told(visit.of(MEMBER, Subject::Region), Health::Broken, "not switched on", "account:EnableRegion");
    assert_eq!(visit.trouble().len(), 1, "{:#?}", visit.0);
    let visit = Visit::with(&house, UNREGISTERED, args("us-east-1")).await;
    assert_told(visit.of(MEMBER, Subject::Recorder), Health::Broken, "UnrecognizedClientException", "Grant");
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_not_ours_or_not_there_is_told_where_falconer_makes_it() {
    let house = House::without_a_worker().await;
    house.control("POST", "accounts", json!({ "account": NEW, "config": "recording", "memberOf": true })).await;
    let function = "arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor";
    let made = format!("{UNREGISTERED}rule_function = \"{function}\"\n");
    let visit = Visit::to(&house, &made, NEW).await;
    assert_told(visit.of(NEW, Subject::Rule), Health::Broken, "There is no rule falconer-sensor", "onboard-account");
    let visit = Visit::to(&house, UNREGISTERED, NEW).await;
    assert_told(visit.of(NEW, Subject::Rule), Health::Note, "There is no rule", "onboarding.rule_function");
    let visit = Visit::to(&house, &made.replace(":falconer-sensor", ":another"), MEMBER).await;
    assert_told(visit.of(MEMBER, Subject::Rule), Health::Broken, "somebody else's", "Rename or delete it");
}

#[tokio::test(start_paused = true)]
async fn instances_that_systems_manager_does_not_manage_are_told() {
    let house = House::without_a_worker().await;
    house.control("POST", "accounts", json!({ "account": NEW, "config": "recording", "memberOf": true })).await;
    let instance = json!({ "account": NEW, "region": "us-east-1", "id": "i-0f1a2b3c4d5e6f70d", "agent": "none" });
    house.control("POST", "instances", instance).await;
    let visit = Visit::to(&house, UNREGISTERED, NEW).await;
    assert_told(
        visit.of(NEW, Subject::SystemsManager),
        Health::Broken,
        "none of the instances, of which 1 run",
        "AmazonSSMManagedInstanceCore",
    );
}

#[tokio::test(start_paused = true)]
async fn by_default_the_hub_and_every_known_account_is_looked_at_where_it_is_prepared_or_has_instances() {
    let house = House::without_a_worker().await;
    let instance = json!({ "account": OTHER, "region": "eu-west-1", "id": "i-0f1a2b3c4d5e6f70d" });
    house.control("POST", "instances", instance).await;
    let visit =
        Visit::to_all(&house, "[onboarding]\nregistration = \"none\"\nregions = [\"us-east-1\", \"us-west-2\"]\n")
            .await;
    let mut places: Vec<String> = visit
        .0
        .iter()
        .filter(|check| check.subject == Subject::Recorder)
        .map(|check| format!("{}/{}", check.account, check.region.as_ref().unwrap()))
        .collect();
    places.dedup();
    let expected = [
        format!("{HUB}/us-east-1"),
        format!("{HUB}/us-west-2"),
        format!("{MEMBER}/us-east-1"),
        format!("{MEMBER}/us-west-2"),
        format!("{OTHER}/eu-west-1"),
        format!("{OTHER}/us-east-1"),
        format!("{OTHER}/us-west-2"),
    ];
    assert_eq!(places, expected);
    house.control("DELETE", "calls", Value::Null).await;
    Visit::to(&house, UNREGISTERED, MEMBER).await;
    for operation in ["config.SelectAggregateResourceConfig", "network-firewall.DescribeRuleGroup", "falcon.Hosts"] {
        assert_eq!(house.calls(operation).await, 0, "{operation}: only the account is asked for");
    }
}
