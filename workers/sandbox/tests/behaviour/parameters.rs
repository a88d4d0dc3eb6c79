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

fn expires(at: &str) -> Value {
    json!([{"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at}}]).to_string().into()
}

#[tokio::test(start_paused = true)]
async fn an_advanced_parameter_is_larger_and_stays_advanced() {
    let aws = Aws::hub();
    let large = |length: usize| json!({"Tier": "Advanced", "Value": "v".repeat(length), "Overwrite": true});
    assert_eq!(put(&aws, large(8192)).await.ok(), json!({"Version": 1, "Tier": "Advanced"}));
    assert_eq!(put(&aws, large(8193)).await.error(), "400 ValidationException");
    assert_eq!(put(&aws, json!({"Overwrite": true})).await.ok(), json!({"Version": 2, "Tier": "Advanced"}));
    assert_eq!(put(&aws, json!({"Overwrite": true, "Tier": "Standard"})).await.error(), "400 ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_expires_is_gone_at_its_time_unless_its_policy_changes() {
    let aws = Aws::hub();
    let advanced = |name: &str| json!({"Name": name, "Tier": "Advanced", "Policies": expires("2024-05-01T12:10:00Z")});
    for name in ["/gone", "/kept", "/later"] {
        put(&aws, advanced(name)).await.ok();
    }
    tokio::time::sleep(Duration::from_secs(599)).await;
    let again = |policies: Value| json!({"Name": "/kept", "Overwrite": true, "Policies": policies});
    put(&aws, json!({"Name": "/gone", "Overwrite": true})).await.ok();
    put(&aws, again("[]".into())).await.ok();
    put(&aws, json!({"Name": "/later", "Overwrite": true, "Policies": expires("2024-05-01T12:10:02Z")})).await.ok();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&aws, "/gone", false).await.error(), "400 ParameterNotFound");
    for name in ["/kept", "/later"] {
        assert_eq!(get(&aws, name, false).await.error(), "200 no error", "{name}");
    }
    put(&aws, json!({"Name": "/gone"})).await.ok();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(get(&aws, "/later", false).await.error(), "400 ParameterNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_cannot_be_is_refused_by_its_error() {
    let aws = Aws::hub();
    let one = expires("2024-05-01T13:00:00Z");
    let two = format!("[{0},{0}]", one.as_str().unwrap().trim_matches(['[', ']']));
    let notification =
        r#"[{"Type":"ExpirationNotification","Version":"1.0","Attributes":{"Before":"1","Unit":"Days"}}]"#;
    for (policies, tier, expected) in [
        (one.clone(), "Standard", "400 ValidationException"),
        ("Expiration".into(), "Advanced", "400 ValidationException"),
        (expires("2024-05-01T12:00:00Z"), "Advanced", "400 InvalidPolicyAttributeException"),
        (expires("tomorrow"), "Advanced", "400 InvalidPolicyAttributeException"),
        (notification.into(), "Advanced", "400 InvalidPolicyTypeException"),
        (two.into(), "Advanced", "400 PoliciesLimitExceededException"),
        (one, "Advanced", "200 no error"),
    ] {
        let answer = put(&aws, json!({"Tier": tier, "Policies": policies})).await;
        assert_eq!(answer.error(), expected, "{policies} {tier}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hierarchy_is_read_level_by_level_or_as_a_whole_page_by_page() {
    let aws = Aws::hub();
    for name in ["/a/1", "/a/2", "/a/b/3", "/ab/4"] {
        put(&aws, json!({"Name": name, "Type": "SecureString", "Value": name})).await.ok();
    }
    put(&aws.of(MEMBER), json!({"Name": "/a/5"})).await.ok();
    let by_path = async |input: Value| aws.json("ssm", "GetParametersByPath", input).await;
    let names = |answer: &Value| {
        let parameters = answer["Parameters"].as_array().unwrap().clone();
        parameters.iter().map(|found| found["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for path in ["/a", "/a/"] {
        assert_eq!(names(&by_path(json!({"Path": path})).await.ok()), ["/a/1", "/a/2"], "{path}");
    }
    let whole = json!({"Path": "/a", "Recursive": true, "WithDecryption": true, "MaxResults": 2});
    let first = by_path(whole.clone()).await.ok();
    assert_eq!(first["Parameters"][0]["Value"], "/a/1");
    let mut next = whole;
    next["NextToken"] = first["NextToken"].clone();
    assert_eq!(names(&by_path(next).await.ok()), ["/a/b/3"]);
    for (input, expected) in [
        (json!({"Path": "a"}), "400 ValidationException"),
        (json!({"Path": "/a", "MaxResults": 11}), "400 ValidationException"),
        (json!({"Path": "/a", "ParameterFilters": []}), "400 ValidationException"),
        (json!({"Path": "/a", "NextToken": "x"}), "400 InvalidNextToken"),
    ] {
        assert_eq!(by_path(input.clone()).await.error(), expected, "{input}");
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
        (json!({"Tier": "Intelligent-Tiering"}), "400 ValidationException"),
        (json!({"AllowedPattern": "x"}), "400 ValidationException"),
        (json!({"Overwrite": "yes"}), "400 SerializationException"),
    ] {
        assert_eq!(put(&aws, input.clone()).await.error(), expected, "{input}");
    }
}
