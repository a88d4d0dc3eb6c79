//! What no text can make of an install: another place's instances, a word for a shell, a secret that is shown.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use falconer_domain::install::{Attempts, Cause, FAILED_AT_FIELD, FAILURES_FIELD, InstallRequest, Parameters};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text with a liking for what would hurt: ids and ARNs that are nearly right, and what a shell reads.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(arn:aws:ec2:(us-east-1|eu-west-1):(444455556666|777788889999):instance/)?i-[0-9a-f]{8}[;$` ]?",
        "falconer/check-compliance/(444455556666|777788889999)/(us-east-1|eu-west-1)/i-[0-9a-f]{8}",
        "(444455556666|777788889999|us-east-1|eu-west-1)",
        "[-a-z0-9=,./:_@+\"$`;&|<>(){}\\\\ ]{0,40}",
    ]
}

fn finding() -> impl Strategy<Value = Value> {
    let resources = prop::collection::vec(hostile_text(), 0..4);
    let account = prop_oneof![4 => "(444455556666|777788889999)", 1 => hostile_text()];
    let region = prop_oneof![4 => "(us-east-1|eu-west-1)", 1 => hostile_text()];
    (hostile_text(), account, region, resources).prop_map(|(id, account, region, resources)| {
        let resource = |id: &String| json!({"Type": "AwsEc2Instance", "Id": id});
        json!({
            "Id": if id.trim().is_empty() { "x" } else { &id }, "ProductArn": "arn", "AwsAccountId": account, "Region": region,
            "GeneratorId": "falconer/check-compliance", "RecordState": "ACTIVE", "Workflow": {"Status": "NEW"},
            "Resources": resources.iter().map(resource).collect::<Vec<_>>(),
        })
    })
}

fn event(detail_type: &str, findings: &[Value]) -> Value {
    json!({
        "source": "aws.securityhub", "detail-type": detail_type, "detail": {"findings": findings},
        "resources": ["arn:aws:securityhub:us-east-1:111122223333:action/custom/falconerInstall"],
    })
}

proptest! {
    #[test]
    fn a_finding_names_no_instance_of_another_place(finding in finding()) {
        if let Ok(request) = InstallRequest::read(&event("Security Hub Findings - Custom Action", std::slice::from_ref(&finding))) {
            let (account, region) = (finding["AwsAccountId"].as_str().unwrap(), finding["Region"].as_str().unwrap());
            let resources = finding["Resources"].as_array().unwrap().iter();
            let resources: Vec<&str> = resources.map(|resource| resource["Id"].as_str().unwrap()).collect();
            for id in request.targets.iter().flat_map(|target| target.instances.iter().flatten()) {
                let own = format!("falconer/check-compliance/{account}/{region}/{id}");
                let arn = format!("arn:aws:ec2:{region}:{account}:instance/{id}");
                prop_assert!(finding["Id"] == own || resources.contains(&id.as_str()) || resources.contains(&arn.as_str()));
            }
            prop_assert_eq!(request.targets.len(), 1);
            prop_assert_eq!(request.targets[0].place.to_string(), format!("{account}/{region}"));
        }
    }

    #[test]
    fn a_forged_finding_of_another_product_never_asks_by_itself(finding in finding()) {
        prop_assert!(InstallRequest::read(&event("Security Hub Findings - Imported", &[finding])).is_err());
    }

    #[test]
    fn no_form_makes_reading_panic(
        members in prop::collection::btree_map(hostile_text(), hostile_text(), 0..4), text in hostile_text(),
    ) {
        let _ = InstallRequest::read(&json!(members));
        for field in ["accountId", "region", "instances", "action", "version", "reason", "automatic"] {
            let mut form = json!({"accountId": "444455556666", "region": "us-east-1", "reason": "why"});
            form[field] = json!(text);
            let _ = InstallRequest::read(&form);
        }
        let member = json!({"source": "falconer.member", "detail-type": "Falconer Install Requested", "detail": members});
        prop_assert!(InstallRequest::read(&member).is_err());
    }

    #[test]
    fn parameters_that_are_let_through_hold_nothing_for_a_shell(text in hostile_text()) {
        if let Ok(parameters) = Parameters::read(&text) {
            let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b" \"=,./:_-@+".contains(&byte);
            prop_assert!(parameters.as_str().bytes().all(harmless));
        }
    }

    #[test]
    fn a_cause_is_short_and_holds_no_secret(
        before in hostile_text(), name in "(--provisioning-token=|ProvToken=|Bearer |CID=|token: |\"access_token\":\"?)",
        secret in "SEC[A-Z0-9]{12}RET", after in hostile_text(),
    ) {
        let cause = Cause::of(&format!("{before} {name}{secret} {after}"));
        prop_assert!(!cause.as_str().contains(&secret), "{cause}");
        prop_assert!(!cause.as_str().contains(char::is_control));
        prop_assert!(serde_json::to_string(&cause).unwrap().len() <= 182);
        let again: Cause = serde_json::from_value(json!(cause)).unwrap();
        prop_assert_eq!(again, cause);
    }

    #[test]
    fn nothing_on_a_finding_makes_reading_attempts_panic(failures in hostile_text(), failed_at in hostile_text()) {
        let fields = [(FAILURES_FIELD, failures), (FAILED_AT_FIELD, failed_at)];
        let fields: BTreeMap<String, String> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let _ = Attempts::read(&fields);
    }
}
