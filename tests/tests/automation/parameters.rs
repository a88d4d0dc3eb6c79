//! What the documents let in, and what they do not.

use std::collections::BTreeSet;

use crate::document::Document;

/// Of each parameter, values that are taken and values that are refused.
const SAMPLES: [(&str, &[&str], &[&str]); 8] = [
    (
        "AutomationAssumeRole",
        &["arn:aws:iam::444455556666:role/falconer/ask-hub", "arn:aws-us-gov:iam::444455556666:role/ask-hub"],
        &["", "ask-hub", "arn:aws:iam::444455556666:user/ana", "arn:aws:iam::444455556666:role/ask-hub\" "],
    ),
    (
        "StateMachineArn",
        &["arn:aws-cn:states:cn-north-1:111122223333:stateMachine:install-sensor"],
        &["install-sensor", "arn:aws:states:us-east-1:111122223333:stateMachine:contain-finding"],
    ),
    (
        "HubBusArn",
        &["arn:aws:events:us-east-1:111122223333:event-bus/falconer"],
        &["falconer", "arn:aws:events:us-east-1:111122223333:rule/falconer", "https://example.com"],
    ),
    ("AccountId", &["444455556666"], &["", "44445555666", "4444555566667", "444455556666 "]),
    ("Region", &["eu-central-1", "us-gov-west-1"], &["", "us east 1", "US-EAST-1", "us-east-1\","]),
    (
        "InstanceId",
        &["i-0f1a2b3c4d5e6f701", "i-0f1a2b3c"],
        &[
            "",
            "i-0f1a2b3c4d",
            "mi-0f1a2b3c4d5e6f701",
            "I-0F1A2B3C",
            "i-0f1a2b3c\", \"i-0f1a2b3d",
            "i-0f1a2b3c,i-0f1a2b3d",
        ],
    ),
    (
        "Reason",
        &["new cluster", "AWS Config: falconer-sensor", "CHG-42 (ana@example.com)", "x"],
        &["", " ", " case 42"],
    ),
    ("Automatic", &["true", "false"], &["", "True", "false, \"version\": \"n\"", "null"]),
];

/// What could end a JSON text, name a variable of Automation, or begin another line.
const HOSTILE: [&str; 9] = [
    "x\"",
    "x\", \"version\": \"n",
    "x\\",
    "x{{ global:ACCOUNT_ID }}",
    "x{{AutomationAssumeRole}}",
    "x\ny",
    "x\ty",
    "x\n",
    "x\u{2028}y",
];

fn both() -> [Document; 2] {
    [Document::hub(), Document::member()]
}

#[test]
fn a_document_is_of_the_schema_of_automation_and_acts_with_the_role_that_it_is_given() {
    for document in both() {
        assert_eq!(document.content["schemaVersion"], "0.3");
        assert_eq!(document.content["assumeRole"], "{{ AutomationAssumeRole }}");
        assert!(document.content["description"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

#[test]
fn a_document_names_no_account_and_no_partition() {
    let of_an_account = regex::Regex::new(r"\b[0-9]{12}\b").unwrap();
    for document in both() {
        assert!(!document.text.contains("arn:aws:"), "partitions differ");
        assert!(!of_an_account.is_match(&document.text));
    }
}

#[test]
fn every_parameter_is_one_text_that_is_explained_and_bounded() {
    for document in both() {
        for (name, parameter) in document.parameters() {
            assert_eq!(parameter["type"], "String", "{name}");
            let is_optional = parameter.get("default").is_some();
            let beginning = if is_optional { "(Optional) " } else { "(Required) " };
            assert!(parameter["description"].as_str().unwrap().starts_with(beginning), "{name}");
            match parameter["allowedPattern"].as_str() {
                Some(pattern) => assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{name}: {pattern}"),
                None => assert!(parameter["allowedValues"].is_array(), "{name}"),
            }
        }
    }
}

#[test]
fn every_parameter_takes_what_it_says_and_refuses_the_rest() {
    let mut sampled = BTreeSet::new();
    for document in both() {
        for name in document.parameters().keys() {
            let (_, taken, refused) =
                SAMPLES.iter().find(|(sampled, ..)| sampled == name).unwrap_or_else(|| panic!("{name} has no samples"));
            for value in *taken {
                assert!(document.accepts(name, value), "{name}: {value:?}");
            }
            for value in refused.iter().chain(&HOSTILE) {
                assert!(!document.accepts(name, value), "{name}: {value:?}");
            }
            let default = document.parameters()[name].get("default").map(|default| default.as_str().unwrap());
            assert!(default.is_none_or(|default| document.accepts(name, default)), "{name}");
            sampled.insert(name.clone());
        }
    }
    assert_eq!(sampled.len(), SAMPLES.len());
}

#[test]
fn a_reason_is_as_long_as_the_runbook_takes_it() {
    for document in both() {
        assert!(document.accepts("Reason", &"x".repeat(256)));
        assert!(!document.accepts("Reason", &"x".repeat(257)));
    }
}
