//! State Manager: associations of CrowdStrike's document.

use std::time::Duration;

use falconer_sandbox::ConnectionCut;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::{Aws, HUB, MEMBER};
use crate::nodes::{hub_with, id, instance, sensor_version, ssm, with};

/// What associates the document with all instances.
fn all_instances() -> Value {
    json!({
        "Name": "CrowdStrike-FalconSensorDeploy",
        "AssociationName": "falconer-sensor",
        "AutomationTargetParameterName": "InstanceIds",
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
        "Parameters": parameters(json!({})),
        "ScheduleExpression": "rate(1 day)",
        "MaxConcurrency": "10%",
        "MaxErrors": "5",
        "ComplianceSeverity": "HIGH",
    })
}

/// The document's parameters, with more or others.
fn parameters(more: Value) -> Value {
    let parameters = json!({
        "AutomationAssumeRole": [format!("arn:aws:iam::{HUB}:role/falconer-install")],
        "Action": ["Install"],
        "SecretStorageMethod": ["SecretsManager"],
        "SecretsManagerSecretName": ["falconer/falcon-install"],
    });
    with(parameters, more)
}

/// The same association with other members; null takes one away.
fn changed(more: Value) -> Value {
    let mut input = with(all_instances(), more);
    input.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    input
}

async fn create(aws: &Aws, input: Value) -> Value {
    ssm(aws, "CreateAssociation", input).await.ok()["AssociationDescription"].clone()
}

/// The names of the associations that a listing finds.
async fn names(aws: &Aws, listing: Value) -> Vec<String> {
    let listed = ssm(aws, "ListAssociations", listing).await.ok();
    let associations = listed["Associations"].as_array().unwrap();
    associations.iter().map(|one| one["AssociationName"].as_str().unwrap().to_owned()).collect()
}

fn filtered(key: &str, value: &str) -> Value {
    json!({"AssociationFilterList": [{"key": key, "value": value}]})
}

#[tokio::test(start_paused = true)]
async fn an_association_is_described_as_it_was_made_and_listed_without_its_parameters() {
    let aws = Aws::hub();
    let mut created = create(&aws, all_instances()).await;
    let named = json!({"AssociationId": created["AssociationId"]});
    let described = ssm(&aws, "DescribeAssociation", named.clone()).await.ok();
    assert_eq!(described["AssociationDescription"], created);
    let expected = json!({
        "AssociationVersion": "1", "Date": 1_714_564_800.0, "LastUpdateAssociationDate": 1_714_564_800.0,
        "DocumentVersion": "$DEFAULT", "ApplyOnlyAtCronInterval": false,
        "Overview": {"Status": "Pending", "DetailedStatus": "Creating"},
    });
    let expected = with(with(all_instances(), expected), named.clone());
    assert_eq!(created, expected);
    let listed = ssm(&aws, "ListAssociations", json!({})).await.ok();
    let hidden = [
        "Parameters",
        "AutomationTargetParameterName",
        "MaxConcurrency",
        "MaxErrors",
        "ComplianceSeverity",
        "ApplyOnlyAtCronInterval",
        "Date",
        "LastUpdateAssociationDate",
    ];
    created.as_object_mut().unwrap().retain(|member, _| !hidden.contains(&member.as_str()));
    assert_eq!(listed["Associations"], json!([created]));
}

#[tokio::test(start_paused = true)]
async fn the_document_is_known_in_every_place_and_an_association_in_its_own_alone() {
    let aws = Aws::hub();
    let places = [aws.clone(), aws.of(MEMBER), aws.of(MEMBER).at("eu-west-1")];
    for place in &places {
        create(place, all_instances()).await;
    }
    for place in &places {
        assert_eq!(names(place, json!({})).await, ["falconer-sensor"]);
    }
    let elsewhere = aws.at("eu-west-1");
    assert!(names(&elsewhere, json!({})).await.is_empty());
    let id = create(&aws, changed(json!({"AssociationName": "other"}))).await["AssociationId"].clone();
    for operation in ["DescribeAssociation", "UpdateAssociation"] {
        let answer = ssm(&elsewhere, operation, with(all_instances(), json!({"AssociationId": id}))).await;
        assert_eq!(answer.error(), "400 AssociationDoesNotExist", "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_by_an_association() {
    let aws = hub_with([instance(1)]);
    let created = create(&aws, all_instances()).await;
    sleep(Duration::from_secs(3 * 24 * 60 * 60)).await;
    assert_eq!(sensor_version(&aws, 1).await, None);
    let described = ssm(&aws, "DescribeAssociation", json!({"AssociationId": created["AssociationId"]})).await.ok();
    assert_eq!(described["AssociationDescription"], created);
}

#[tokio::test(start_paused = true)]
async fn the_same_association_exists_once_and_its_name_may_be_anothers() {
    let aws = Aws::hub();
    let lost = json!({"operation": "ssm.CreateAssociation", "fault": "lose-answer", "times": 1});
    aws.control("POST", "faults", lost).await.ok();
    assert_eq!(aws.try_json("ssm", "CreateAssociation", all_instances()).await.unwrap_err(), ConnectionCut);
    let again = ssm(&aws, "CreateAssociation", all_instances()).await;
    assert_eq!(again.error(), "400 AssociationAlreadyExists");
    let other = json!({"Parameters": parameters(json!({"SecretsManagerSecretName": ["other"]}))});
    create(&aws, changed(other)).await;
    assert_eq!(names(&aws, filtered("AssociationName", "falconer-sensor")).await.len(), 2);
    let calls = aws.control("GET", "calls", json!({})).await.ok();
    assert_eq!(calls["ssm.CreateAssociation"], 3);
}

#[tokio::test(start_paused = true)]
async fn filters_choose_all_together_and_pages_follow_each_other() {
    let aws = Aws::hub();
    let mut last = Value::Null;
    for number in 0..60 {
        let name = format!("association-{number:02}");
        last = create(&aws, changed(json!({"AssociationName": name}))).await["AssociationId"].clone();
    }
    let id = last.as_str().unwrap();
    for (key, value, expected) in [
        ("AssociationName", "association-07", 1),
        ("AssociationName", "association-0", 0),
        ("AssociationId", id, 1),
        ("Name", "CrowdStrike-FalconSensorDeploy", 50),
        ("Name", "AWS-UpdateSSMAgent", 0),
        ("AssociationStatusName", "Pending", 50),
        ("AssociationStatusName", "Success", 0),
        ("InstanceId", "i-0f1a2b3c4d5e6f701", 0),
        ("ResourceGroupName", "web", 0),
        ("LastExecutedAfter", "2024-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(names(&aws, filtered(key, value)).await.len(), expected, "{key}={value}");
    }
    let both = json!({"AssociationFilterList": [
        {"key": "AssociationId", "value": id}, {"key": "AssociationName", "value": "association-07"},
    ]});
    assert!(names(&aws, both).await.is_empty());
    let first = ssm(&aws, "ListAssociations", json!({"MaxResults": 35})).await.ok();
    let rest = names(&aws, json!({"MaxResults": 35, "NextToken": first["NextToken"]})).await;
    assert_eq!((rest.len(), rest[0].as_str()), (25, "association-35"));
    for (listing, expected) in [
        (json!({"MaxResults": 51}), "400 ValidationException"),
        (json!({"AssociationFilterList": []}), "400 ValidationException"),
        (json!({"AssociationFilterList": [{"Key": "Name", "Value": "n"}]}), "400 ValidationException"),
        (filtered("Colour", "red"), "400 ValidationException"),
        (filtered("Name", ""), "400 ValidationException"),
        (json!({"NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        assert_eq!(ssm(&aws, "ListAssociations", listing.clone()).await.error(), expected, "{listing}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_takes_away_what_it_does_not_give_again() {
    let aws = Aws::hub();
    let created = create(&aws, all_instances()).await;
    let named = json!({"AssociationId": created["AssociationId"]});
    let update = async |input: Value| ssm(&aws, "UpdateAssociation", with(input, named.clone())).await;
    assert_eq!(update(json!({"MaxErrors": "1"})).await.error(), "400 ValidationException", "its parameters are gone");
    sleep(Duration::from_secs(60)).await;
    let shorter = changed(json!({"Name": null, "ScheduleExpression": null, "MaxErrors": null, "MaxConcurrency": "1"}));
    let updated = update(shorter.clone()).await.ok()["AssociationDescription"].clone();
    let mut expected = with(
        created,
        json!({
            "AssociationVersion": "2", "LastUpdateAssociationDate": 1_714_564_860.0, "MaxConcurrency": "1",
        }),
    );
    for gone in ["ScheduleExpression", "MaxErrors"] {
        expected.as_object_mut().unwrap().remove(gone);
    }
    assert_eq!(updated, expected);
    let described =
        ssm(&aws, "DescribeAssociation", with(named.clone(), json!({"AssociationVersion": "2"}))).await.ok();
    assert_eq!(described["AssociationDescription"], updated);
    let versioned = |version: &str| with(shorter.clone(), json!({"AssociationVersion": version}));
    assert_eq!(update(versioned("1")).await.error(), "400 InvalidAssociationVersion");
    assert_eq!(update(versioned("0")).await.error(), "400 ValidationException");
    assert_eq!(update(versioned("$LATEST")).await.ok()["AssociationDescription"]["AssociationVersion"], "3");
    assert_eq!(update(versioned("3")).await.ok()["AssociationDescription"]["AssociationVersion"], "4");
    assert_eq!(update(with(shorter, json!({"Tags": []}))).await.error(), "400 ValidationException");
}

#[tokio::test(start_paused = true)]
async fn there_are_so_many_associations_and_so_many_versions_and_no_more() {
    let aws = Aws::hub();
    let mut created = Value::Null;
    for number in 0..2000 {
        created = create(&aws, changed(json!({"AssociationName": format!("a-{number}")}))).await;
    }
    assert_eq!(ssm(&aws, "CreateAssociation", all_instances()).await.error(), "400 AssociationLimitExceeded");
    create(&aws.of(MEMBER), all_instances()).await;
    let update = with(all_instances(), json!({"AssociationId": created["AssociationId"]}));
    for _ in 1..1000 {
        ssm(&aws, "UpdateAssociation", update.clone()).await.ok();
    }
    assert_eq!(ssm(&aws, "UpdateAssociation", update).await.error(), "400 AssociationVersionLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn what_state_manager_does_not_take_is_refused_by_its_error() {
    let aws = hub_with([instance(1)]);
    let target = |key: &str, value: &str| json!({"Targets": [{"Key": key, "Values": [value]}]});
    let given = |more: Value| json!({"Parameters": parameters(more)});
    for (more, expected) in [
        (json!({"Name": null}), "400 ValidationException"),
        (json!({"Name": "a document"}), "400 ValidationException"),
        (json!({"Name": "AWS-UpdateSSMAgent"}), "400 InvalidDocument"),
        (json!({"DocumentVersion": "4"}), "200 no error"),
        (json!({"DocumentVersion": "5"}), "400 InvalidDocumentVersion"),
        (json!({"DocumentVersion": "newest"}), "400 ValidationException"),
        (json!({"AssociationName": "two words"}), "400 ValidationException"),
        (json!({"InstanceId": id(1)}), "400 InvalidDocument"),
        (json!({"Parameters": {}}), "400 ValidationException"),
        (given(json!({"AutomationAssumeRole": [""]})), "400 InvalidParameters"),
        (json!({"Parameters": {"Action": ["Install"]}}), "400 InvalidParameters"),
        (given(json!({"Action": ["install"]})), "400 InvalidParameters"),
        (given(json!({"Colour": ["red"]})), "400 InvalidParameters"),
        (json!({"AutomationTargetParameterName": null, "Targets": null}), "400 InvalidParameters"),
        (json!({"AutomationTargetParameterName": null}), "400 InvalidParameters"),
        (json!({"AutomationTargetParameterName": "instanceIds"}), "400 InvalidParameters"),
        (json!({"Targets": null}), "400 ValidationException"),
        (json!({"Targets": []}), "400 ValidationException"),
        (json!({"Targets": vec![json!({"Key": "InstanceIds", "Values": ["*"]}); 6]}), "400 ValidationException"),
        (target("InstanceIds", &id(1)), "200 no error"),
        (target("InstanceIds", &id(2)), "400 InvalidTarget"),
        (target("tag:Role", "web"), "200 no error"),
        (target("ResourceGroup", "web"), "400 InvalidTarget"),
        (target("tag:{Role}", "web"), "400 ValidationException"),
        (json!({"ScheduleExpression": "rate(5 minutes)"}), "400 InvalidSchedule"),
        (json!({"ScheduleExpression": ""}), "400 ValidationException"),
        (json!({"ApplyOnlyAtCronInterval": true}), "400 InvalidSchedule"),
        (json!({"ScheduleOffset": 7}), "400 ValidationException"),
        (json!({"MaxErrors": "many"}), "400 ValidationException"),
        (json!({"MaxConcurrency": "0"}), "400 ValidationException"),
        (json!({"ComplianceSeverity": "SEVERE"}), "400 ValidationException"),
        (json!({"SyncCompliance": "NEVER"}), "400 ValidationException"),
        (json!({"OutputLocation": {}}), "400 ValidationException"),
    ] {
        let answer = ssm(&aws, "CreateAssociation", changed(more.clone())).await;
        assert_eq!(answer.error(), expected, "{more}: {}", answer.message());
        assert!(expected.starts_with("200") || !answer.message().is_empty(), "{more}");
    }
    for (named, expected) in [
        (json!({}), "400 AssociationDoesNotExist"),
        (json!({"Name": "CrowdStrike-FalconSensorDeploy", "InstanceId": id(1)}), "400 AssociationDoesNotExist"),
        (json!({"AssociationId": "00000000-0000-4000-8000-000000000000"}), "400 AssociationDoesNotExist"),
        (json!({"AssociationId": "falconer-sensor"}), "400 ValidationException"),
        (json!({"InstanceId": "web-1"}), "400 ValidationException"),
    ] {
        assert_eq!(ssm(&aws, "DescribeAssociation", named.clone()).await.error(), expected, "{named}");
    }
}

#[tokio::test(start_paused = true)]
async fn instances_that_are_named_as_a_parameter_need_no_targets() {
    let aws = Aws::hub();
    let named = parameters(json!({"InstanceIds": [id(1)]}));
    let simple = json!({"AutomationTargetParameterName": null, "Targets": null, "Parameters": named.clone()});
    create(&aws, changed(simple)).await;
    let half = json!({"AutomationTargetParameterName": null, "Parameters": named});
    let answer = ssm(&aws, "CreateAssociation", changed(half)).await;
    assert_eq!(answer.error(), "400 ValidationException");
    assert_eq!(answer.message(), "Must specify both Automation Target Parameter Name and Targets");
}
