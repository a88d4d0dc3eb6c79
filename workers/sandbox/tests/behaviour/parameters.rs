//! Parameter Store.

use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::{Answered, Aws, HUB, MEMBER};

const NAME: &str = "/falconer/paused";

async fn put(aws: &Aws, more: Value) -> Answered {
    let mut input = json!({"Name": NAME, "Value": "no", "Type": "String"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.json("ssm", "PutParameter", input).await
}

async fn get(aws: &Aws, name: &str, decrypted: bool) -> Answered {
    aws.json("ssm", "GetParameter", json!({"Name": name, "WithDecryption": decrypted})).await
}

#[tokio::test(start_paused = true)]
async fn a_parameter_is_overwritten_only_when_asked_and_counts_its_versions() {
    let aws = Aws::hub();
    assert_eq!(put(&aws, json!({})).await.ok(), json!({"Version": 1, "Tier": "Standard"}));
    assert_eq!(put(&aws, json!({"Value": "yes"})).await.error(), "400 ParameterAlreadyExists");
    tokio::time::advance(Duration::from_millis(1500)).await;
    let again = json!({"Name": NAME, "Value": "yes", "Overwrite": true});
    assert_eq!(aws.json("ssm", "PutParameter", again).await.ok()["Version"], 2);
    let expected = json!({"Parameter": {
        "Name": NAME, "Type": "String", "Value": "yes", "Version": 2, "LastModifiedDate": 1_714_564_801.5,
        "ARN": format!("arn:aws:ssm:us-east-1:{HUB}:parameter/falconer/paused"), "DataType": "text",
    }});
    assert_eq!(get(&aws, NAME, false).await.ok(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_secure_string_is_readable_only_with_decryption() {
    let aws = Aws::hub();
    put(&aws, json!({"Type": "SecureString", "Value": "hush", "KeyId": "alias/falconer"})).await.ok();
    assert_eq!(get(&aws, NAME, true).await.ok()["Parameter"]["Value"], "hush");
    let encrypted = get(&aws, NAME, false).await.ok();
    assert_eq!(encrypted["Parameter"]["Type"], "SecureString");
    assert!(!encrypted.to_string().contains("hush"), "{encrypted}");
    let typed = put(&aws, json!({"Overwrite": true, "Type": "String"})).await;
    assert_eq!(typed.error(), "400 HierarchyTypeMismatchException");
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_is_deleted_or_of_another_account_is_not_found() {
    let aws = Aws::hub();
    put(&aws, json!({})).await.ok();
    assert_eq!(get(&aws.of(MEMBER), NAME, false).await.error(), "400 ParameterNotFound");
    aws.json("ssm", "DeleteParameter", json!({"Name": NAME})).await.ok();
    assert_eq!(get(&aws, NAME, false).await.error(), "400 ParameterNotFound");
    let again = aws.json("ssm", "DeleteParameter", json!({"Name": NAME})).await;
    assert_eq!(again.error(), "400 ParameterNotFound");
}

#[tokio::test(start_paused = true)]
async fn several_parameters_come_with_the_names_that_are_none() {
    let aws = Aws::hub();
    put(&aws, json!({})).await.ok();
    let answer = aws.json("ssm", "GetParameters", json!({"Names": [NAME, "nobody"]})).await.ok();
    assert_eq!((&answer["Parameters"][0]["Value"], &answer["InvalidParameters"]), (&json!("no"), &json!(["nobody"])));
    for names in [json!([]), json!(vec!["n"; 11])] {
        let refused = aws.json("ssm", "GetParameters", json!({"Names": names})).await;
        assert_eq!(refused.error(), "400 ValidationException");
    }
}

#[tokio::test(start_paused = true)]
async fn what_parameter_store_does_not_take_is_refused_by_its_error() {
    let aws = Aws::hub();
    let deep = |levels: usize| "/l".repeat(levels);
    for (input, expected) in [
        (json!({"Name": "falconer/paused"}), "400 ValidationException"),
        (json!({"Name": "/falconer//paused"}), "400 ValidationException"),
        (json!({"Name": "/falconer/is paused"}), "400 ValidationException"),
        (json!({"Name": "aws-ours"}), "400 ValidationException"),
        (json!({"Name": "/aws/ours"}), "400 AccessDeniedException"),
        (json!({"Name": deep(15)}), "200 no error"),
        (json!({"Name": deep(16)}), "400 HierarchyLevelLimitExceededException"),
        (json!({"Name": format!("/{}", "n".repeat(1000))}), "400 ValidationException"),
        (json!({"Name": "falconer:1"}), "400 ValidationException"),
        (json!({"Value": ""}), "400 ValidationException"),
        (json!({"Value": "v".repeat(4096)}), "200 no error"),
        (json!({"Name": "/long", "Value": "v".repeat(4097)}), "400 ValidationException"),
        (json!({"Value": "{{ssm:other}}"}), "400 ValidationException"),
        (json!({"Type": "Text"}), "400 ValidationException"),
        (json!({"Name": "/untyped", "Type": null}), "400 ValidationException"),
        (json!({"Type": "StringList"}), "400 UnsupportedParameterType"),
        (json!({"Name": "/keyed", "KeyId": "alias/k"}), "400 ValidationException"),
        (json!({"Tier": "Advanced"}), "400 ValidationException"),
        (json!({"AllowedPattern": "x"}), "400 ValidationException"),
        (json!({"Overwrite": "yes"}), "400 SerializationException"),
    ] {
        assert_eq!(put(&aws, input.clone()).await.error(), expected, "{input}");
    }
}
