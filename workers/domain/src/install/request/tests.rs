use serde_json::json;

use super::*;
use crate::place::Region;

const INSTANCE: &str = "i-0f1a2b3c4d5e6f701";
const ARN: &str = "arn:aws:ec2:us-east-1:444455556666:instance/i-0f1a2b3c4d5e6f701";
const OURS: &str = "falconer/check-compliance/444455556666/us-east-1/i-0f1a2b3c4d5e6f701";
const OWN_PRODUCT: &str = "arn:aws:securityhub:us-east-1:444455556666:product/444455556666/default";

fn place(account: &str, region: &str) -> Place {
    Place { account: account.parse().unwrap(), region: region.parse::<Region>().unwrap() }
}

fn ids(ids: &[&str]) -> Option<BTreeSet<InstanceId>> {
    Some(ids.iter().map(|id| id.parse().unwrap()).collect())
}

fn here(instances: &[&str]) -> Vec<Target> {
    vec![Target { place: place("444455556666", "us-east-1"), instances: ids(instances) }]
}

fn form(members: &Value) -> Value {
    let mut form = json!({"accountId": "444455556666", "region": "us-east-1", "reason": "new cluster"});
    form.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    form
}

fn member(detail: &Value) -> Value {
    json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "time": "2026-01-15T10:00:00Z", "resources": [],
        "source": "falconer.member", "detail-type": "Falconer Install Requested",
        "account": "444455556666", "region": "us-east-1", "detail": detail,
    })
}

fn compliance_finding() -> Value {
    json!({
        "Id": OURS, "ProductArn": OWN_PRODUCT, "GeneratorId": "falconer/check-compliance",
        "AwsAccountId": "444455556666", "Region": "us-east-1",
        "RecordState": "ACTIVE", "Workflow": {"Status": "NEW"},
        "Resources": [{"Type": "AwsEc2Instance", "Id": ARN}],
    })
}

fn other_finding(resource: &str) -> Value {
    json!({
        "Id": "crowdstrike:crowdstrike-falcon:ldt:1:2",
        "ProductArn": "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon",
        "AwsAccountId": "444455556666", "Region": "us-east-1",
        "Resources": [{"Type": "AwsEc2Instance", "Id": resource}],
    })
}

fn with(mut finding: Value, member: &str, value: Value) -> Value {
    finding[member] = value;
    finding
}

fn imported(findings: &[Value]) -> Value {
    json!({
        "source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported", "account": "111122223333",
        "region": "us-east-1", "resources": [OWN_PRODUCT], "detail": {"findings": findings},
    })
}

fn chosen(findings: &[Value]) -> Value {
    json!({
        "source": "aws.securityhub", "detail-type": "Security Hub Findings - Custom Action", "account": "111122223333",
        "region": "us-east-1", "resources": ["arn:aws:securityhub:us-east-1:111122223333:action/custom/falconerInstall"],
        "detail": {"actionName": "Falconer: install", "findings": findings},
    })
}

fn refusal(input: &Value) -> String {
    InstallRequest::read(input).unwrap_err().to_string()
}

#[test]
fn a_person_may_leave_out_all_but_place_and_reason() {
    let request = InstallRequest::read(&form(&json!({}))).unwrap();
    assert_eq!(
        request,
        InstallRequest {
            targets: vec![Target { place: place("444455556666", "us-east-1"), instances: None }],
            action: Action::Install,
            version: VersionChoice::Policy,
            asker: Asker::Person,
            reason: "new cluster".to_owned(),
        }
    );
}

#[test]
fn a_form_is_read_whole() {
    let instances = json!([INSTANCE, INSTANCE, "i-0f1a2b3c"]);
    let input = form(&json!({"instances": instances, "version": "n-1", "automatic": true, "action": "install"}));
    let request = InstallRequest::read(&input).unwrap();
    assert_eq!(request.targets, here(&[INSTANCE, "i-0f1a2b3c"]));
    assert_eq!((request.version, request.asker), (VersionChoice::Newest { behind: 1 }, Asker::Automatic));
    let exact = InstallRequest::read(&form(&json!({"version": "7.04.17600"}))).unwrap().version;
    assert_eq!(exact, VersionChoice::Exact { version: "7.04.17600".parse().unwrap() });
}

#[test]
fn a_sensor_is_taken_away_from_named_instances_by_a_person_only() {
    let uninstall = |members: Value| {
        let mut input = form(&json!({"action": "uninstall", "instances": [INSTANCE]}));
        input.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        input
    };
    assert_eq!(InstallRequest::read(&uninstall(json!({}))).unwrap().action, Action::Uninstall);
    let many: Vec<String> = (0..51).map(|number| format!("i-{number:08x}")).collect();
    assert!(InstallRequest::read(&uninstall(json!({"instances": many[..50]}))).is_ok());
    for (input, field) in [
        (form(&json!({"action": "uninstall"})), "instances"),
        (uninstall(json!({"instances": many})), "instances"),
        (uninstall(json!({"automatic": true})), "automatic"),
        (uninstall(json!({"version": "n"})), "version"),
    ] {
        assert!(refusal(&input).starts_with(&format!("{field}: ")), "{input}: {}", refusal(&input));
    }
}

#[test]
fn a_member_speaks_for_itself_only() {
    let event = member(&json!({"instances": [INSTANCE], "reason": "AWS Config: falconer-sensor", "automatic": true}));
    let request = InstallRequest::read(&event).unwrap();
    assert_eq!((request.targets, request.asker), (here(&[INSTANCE]), Asker::Automatic));
    for (field, value) in [
        ("accountId", json!("777788889999")),
        ("region", json!("eu-west-1")),
        ("action", json!("uninstall")),
        ("version", json!("6.1.1")),
    ] {
        let mut detail = json!({"instances": [INSTANCE], "reason": "why"});
        detail[field] = value;
        assert!(refusal(&member(&detail)).starts_with(&format!("detail.{field:?}: ")), "{field}");
    }
}

#[test]
fn an_imported_finding_of_check_compliance_asks_by_itself() {
    let request = InstallRequest::read(&imported(&[compliance_finding(), compliance_finding()])).unwrap();
    assert_eq!((request.targets, request.asker), (here(&[INSTANCE]), Asker::Automatic));
}

#[test]
fn no_other_imported_finding_asks_for_anything() {
    let finding = compliance_finding;
    for (what, finding) in [
        ("another generator", with(finding(), "GeneratorId", json!("falconer/check-compliance-2"))),
        ("no generator", with(finding(), "GeneratorId", json!(null))),
        ("another product", with(finding(), "ProductArn", json!("arn:aws:securityhub:us-east-1::product/acme/probe"))),
        (
            "another account's product",
            with(
                finding(),
                "ProductArn",
                json!("arn:aws:securityhub:us-east-1:777788889999:product/777788889999/default"),
            ),
        ),
        ("another account's instance", with(finding(), "AwsAccountId", json!("777788889999"))),
        ("another region's instance", with(finding(), "Region", json!("eu-west-1"))),
        ("another id", with(finding(), "Id", json!("falconer/check-compliance/444455556666/us-east-1/x"))),
        ("archived", with(finding(), "RecordState", json!("ARCHIVED"))),
        ("suppressed", with(finding(), "Workflow", json!({"Status": "SUPPRESSED"}))),
        ("resolved", with(finding(), "Workflow", json!({"Status": "RESOLVED"}))),
        ("of Falcon", other_finding(ARN)),
    ] {
        assert!(refusal(&imported(&[finding])).starts_with("detail.findings: "), "{what}");
    }
}

#[test]
fn a_person_chooses_findings_of_several_places() {
    let elsewhere = with(
        with(other_finding("i-0f1a2b3c"), "AwsAccountId", json!("777788889999")),
        "Id",
        json!("crowdstrike:crowdstrike-falcon:ldt:3:4"),
    );
    let suppressed = with(compliance_finding(), "Workflow", json!({"Status": "SUPPRESSED"}));
    let request = InstallRequest::read(&chosen(&[elsewhere, suppressed])).unwrap();
    let there = Target { place: place("777788889999", "us-east-1"), instances: ids(&["i-0f1a2b3c"]) };
    assert_eq!(request.targets, [here(&[INSTANCE]), vec![there]].concat());
    assert_eq!(request.asker, Asker::Person);
}

#[test]
fn a_chosen_finding_names_instances_of_its_own_place() {
    for (resource, is_named) in [
        (ARN, true),
        (INSTANCE, true),
        ("arn:aws:ec2:us-east-1:777788889999:instance/i-0f1a2b3c4d5e6f701", false),
        ("arn:aws:ec2:eu-west-1:444455556666:instance/i-0f1a2b3c4d5e6f701", false),
        ("arn:aws-cn:ec2:us-east-1:444455556666:instance/i-0f1a2b3c4d5e6f701", false),
        ("arn:aws:ec2:us-east-1:444455556666:volume/i-0f1a2b3c4d5e6f701", false),
        ("x/i-0f1a2b3c4d5e6f701", false),
        ("UnknownInstanceId:ldt:1:2", false),
        ("i-0f1a2b3c4d5e6f701; reboot", false),
    ] {
        let read = InstallRequest::read(&chosen(&[other_finding(resource)]));
        assert_eq!(read.map(|request| request.targets).ok(), is_named.then(|| here(&[INSTANCE])), "{resource}");
    }
    let bucket = with(other_finding(ARN), "Resources", json!([{"Type": "AwsS3Bucket", "Id": INSTANCE}]));
    assert!(refusal(&chosen(&[bucket])).starts_with("detail.findings: "));
}

#[test]
fn more_instances_than_an_execution_takes_are_refused() {
    let resources = |from: usize| -> Vec<Value> {
        (from..from + 251).map(|n| json!({"Type": "AwsEc2Instance", "Id": format!("i-{n:08x}")})).collect()
    };
    let finding = |id: &str, from| with(with(other_finding(ARN), "Id", json!(id)), "Resources", json!(resources(from)));
    assert!(InstallRequest::read(&chosen(&[finding("a", 0), finding("b", 249)])).is_ok());
    assert!(refusal(&chosen(&[finding("a", 0), finding("b", 251)])).starts_with("detail.findings: 502 instances"));
}

#[test]
fn every_mistake_names_its_field() {
    let many: Vec<String> = (0..501).map(|number| format!("i-{number:08x}")).collect();
    let envelope =
        |field: &str, value: Value| with(member(&json!({"instances": [INSTANCE], "reason": "why"})), field, value);
    for (input, field) in [
        (json!([]), "input"),
        (json!({}), "accountId"),
        (json!({"accountId": "444455556666", "reason": "why"}), "region"),
        (json!({"accountId": "444455556666", "region": "us-east-1"}), "reason"),
        (form(&json!({"accountId": "44445555666"})), "accountId"),
        (form(&json!({"instance": INSTANCE})), "\"instance\""),
        (form(&json!({"instances": []})), "instances"),
        (form(&json!({"instances": many})), "instances"),
        (form(&json!({"instances": ["i-0f1a'; reboot"]})), "instances"),
        (form(&json!({"action": "reinstall"})), "action"),
        (form(&json!({"version": "n-3"})), "version"),
        (form(&json!({"version": "7.1$(reboot)"})), "version"),
        (form(&json!({"version": 7.19})), "version"),
        (form(&json!({"automatic": "true"})), "automatic"),
        (form(&json!({"linuxParameters": "--aph=x"})), "\"linuxParameters\""),
        (member(&json!({"instances": [INSTANCE]})), "reason"),
        (member(&json!({"reason": "why"})), "detail.instances"),
        (member(&json!(null)), "detail"),
        (envelope("detail-type", json!("Falconer Uninstall Requested")), "detail-type"),
        (envelope("account", json!("hub")), "account"),
        (envelope("region", json!(null)), "region"),
        (with(imported(&[compliance_finding()]), "source", json!("aws.guardduty")), "source"),
        (with(chosen(&[compliance_finding()]), "resources", json!([])), "resources[0]"),
    ] {
        assert!(refusal(&input).starts_with(&format!("{field}: ")), "{input}: {}", refusal(&input));
    }
}

#[test]
fn the_largest_request_is_small_enough_for_step_functions() {
    let many: Vec<String> = (0..500).map(|number| format!("i-{number:017x}")).collect();
    let request = InstallRequest::read(&form(&json!({"instances": many}))).unwrap();
    let text = serde_json::to_string(&request).unwrap();
    assert!(text.len() < 20_000, "{}", text.len());
    assert_eq!(serde_json::from_str::<InstallRequest>(&text).unwrap(), request);
}
