//! Secrets Manager, and Parameter Store's way to it.

use serde_json::{Value, json};

use crate::aws::{Answered, Aws, HUB, MEMBER};

const NAME: &str = "falconer/test";
const FIRST: &str = "00000000-0000-4000-8000-000000000001";
const SECOND: &str = "00000000-0000-4000-8000-000000000002";
const THIRD: &str = "00000000-0000-4000-8000-000000000003";

async fn create(aws: &Aws, more: Value) -> Answered {
    let mut input = json!({"Name": NAME, "ClientRequestToken": FIRST, "SecretString": "hush"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.json("secretsmanager", "CreateSecret", input).await
}

async fn put(aws: &Aws, more: Value) -> Answered {
    let mut input = json!({"SecretId": NAME, "ClientRequestToken": SECOND, "SecretString": "hushed"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.json("secretsmanager", "PutSecretValue", input).await
}

async fn get(aws: &Aws, input: Value) -> Answered {
    aws.json("secretsmanager", "GetSecretValue", input).await
}

async fn parameter(aws: &Aws, name: &str, decrypted: bool) -> Answered {
    aws.json("ssm", "GetParameter", json!({"Name": name, "WithDecryption": decrypted})).await
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_read_by_its_name_and_by_its_arn() {
    let aws = Aws::hub();
    let arn = create(&aws, json!({})).await.ok()["ARN"].as_str().unwrap().to_owned();
    let (partial, suffix) = arn.rsplit_once('-').unwrap();
    assert_eq!(partial, format!("arn:aws:secretsmanager:us-east-1:{HUB}:secret:{NAME}"));
    assert_eq!(suffix.len(), 6);
    let expected = json!({
        "ARN": arn, "Name": NAME, "VersionId": FIRST, "SecretString": "hush", "VersionStages": ["AWSCURRENT"],
        "CreatedDate": 1_714_564_800.0,
    });
    for id in [NAME, &arn, partial] {
        assert_eq!(get(&aws, json!({"SecretId": id})).await.ok(), expected, "{id}");
    }
    assert_eq!(get(&aws.of(MEMBER), json!({"SecretId": NAME})).await.error(), "400 ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_new_value_becomes_the_current_one_and_the_old_one_the_previous() {
    let aws = Aws::hub();
    create(&aws, json!({})).await.ok();
    assert_eq!(put(&aws, json!({})).await.ok()["VersionStages"], json!(["AWSCURRENT"]));
    for (more, value) in [
        (json!({}), "hushed"),
        (json!({"VersionStage": "AWSCURRENT"}), "hushed"),
        (json!({"VersionStage": "AWSPREVIOUS"}), "hush"),
        (json!({"VersionId": FIRST}), "hush"),
        (json!({"VersionId": FIRST, "VersionStage": "AWSPREVIOUS"}), "hush"),
    ] {
        let mut input = json!({"SecretId": NAME});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(get(&aws, input).await.ok()["SecretString"], value, "{more}");
    }
    let wrong = json!({"SecretId": NAME, "VersionId": FIRST, "VersionStage": "AWSCURRENT"});
    assert_eq!(get(&aws, wrong).await.error(), "400 InvalidRequestException");
}

#[tokio::test(start_paused = true)]
async fn a_value_under_another_label_is_not_the_current_one() {
    let aws = Aws::hub();
    create(&aws, json!({})).await.ok();
    put(&aws, json!({"VersionStages": ["AWSPENDING"]})).await.ok();
    assert_eq!(get(&aws, json!({"SecretId": NAME})).await.ok()["SecretString"], "hush");
    let pending = json!({"SecretId": NAME, "VersionStage": "AWSPENDING"});
    assert_eq!(get(&aws, pending).await.ok()["SecretString"], "hushed");
    put(&aws, json!({"VersionStages": ["AWSPENDING"], "ClientRequestToken": THIRD})).await.ok();
    for gone in [json!({"VersionStage": "AWSPREVIOUS"}), json!({"VersionId": SECOND})] {
        let mut input = json!({"SecretId": NAME});
        input.as_object_mut().unwrap().extend(gone.as_object().unwrap().clone());
        assert_eq!(get(&aws, input).await.error(), "400 ResourceNotFoundException", "{gone}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_request_twice_is_one_and_another_value_for_its_version_is_refused() {
    let aws = Aws::hub();
    let first = create(&aws, json!({})).await.ok();
    assert_eq!(create(&aws, json!({})).await.ok(), first);
    assert_eq!(create(&aws, json!({"SecretString": "other"})).await.error(), "400 ResourceExistsException");
    assert_eq!(create(&aws, json!({"ClientRequestToken": SECOND})).await.error(), "400 ResourceExistsException");
    put(&aws, json!({})).await.ok();
    assert_eq!(put(&aws, json!({})).await.ok()["VersionId"], SECOND);
    assert_eq!(put(&aws, json!({"SecretString": "other"})).await.error(), "400 ResourceExistsException");
}

#[tokio::test(start_paused = true)]
async fn what_secrets_manager_does_not_take_is_refused_by_its_error() {
    let aws = Aws::hub();
    for (input, expected) in [
        (json!({"Name": "is secret"}), "400 ValidationException"),
        (json!({"Name": ""}), "400 ValidationException"),
        (json!({"Name": null}), "400 ValidationException"),
        (json!({"ClientRequestToken": null}), "400 InvalidRequestException"),
        (json!({"ClientRequestToken": "short"}), "400 ValidationException"),
        (json!({"SecretString": null}), "400 InvalidRequestException"),
        (json!({"SecretString": ""}), "400 InvalidRequestException"),
        (json!({"SecretString": "s".repeat(65_537)}), "400 ValidationException"),
        (json!({"SecretBinary": "aHVzaA=="}), "400 InvalidParameterException"),
        (json!({"Name": 7}), "400 SerializationException"),
    ] {
        assert_eq!(create(&aws, input.clone()).await.error(), expected, "{input}");
    }
    assert_eq!(put(&aws, json!({})).await.error(), "400 ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn parameter_store_hands_a_secret_out_with_decryption_alone() {
    let aws = Aws::hub();
    let created = create(&aws, json!({})).await.ok();
    let name = format!("/aws/reference/secretsmanager/{NAME}");
    let closed = parameter(&aws, &name, false).await;
    assert_eq!(closed.error(), "400 ValidationException");
    assert_eq!(closed.message(), "WithDecryption flag must be True for retrieving a Secret Manager secret.");
    let mut found = parameter(&aws, &name, true).await.ok()["Parameter"].clone();
    let source = found.as_object_mut().unwrap().remove("SourceResult").unwrap();
    let source: Value = serde_json::from_str(source.as_str().unwrap()).unwrap();
    assert_eq!((&source["secretString"], &source["versionId"]), (&json!("hush"), &json!(FIRST)));
    let expected = json!({
        "Name": name, "Type": "SecureString", "Value": "hush", "Version": 0, "LastModifiedDate": 1_714_564_800.0,
        "ARN": created["ARN"],
    });
    assert_eq!(found, expected);
    put(&aws, json!({})).await.ok();
    assert_eq!(parameter(&aws, &name, true).await.ok()["Parameter"]["Value"], "hushed");
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_not_there_is_no_parameter() {
    let aws = Aws::hub();
    let nobody = "/aws/reference/secretsmanager/nobody";
    let refused = parameter(&aws, nobody, true).await;
    assert_eq!(refused.error(), "400 ParameterNotFound");
    assert!(refused.message().contains("referencing Secrets Manager"), "{}", refused.message());
    create(&aws, json!({})).await.ok();
    let name = format!("/aws/reference/secretsmanager/{NAME}");
    assert_eq!(parameter(&aws.of(MEMBER), &name, true).await.error(), "400 ParameterNotFound");
    let input = json!({"Names": [name, nobody], "WithDecryption": true});
    let several = aws.json("ssm", "GetParameters", input).await.ok();
    assert_eq!((&several["Parameters"][0]["Value"], &several["InvalidParameters"]), (&json!("hush"), &json!([nobody])));
    let put = json!({"Name": name, "Value": "v", "Type": "String", "Overwrite": true});
    assert_eq!(aws.json("ssm", "PutParameter", put).await.error(), "400 AccessDeniedException");
}

#[tokio::test(start_paused = true)]
async fn the_hub_holds_falcons_api_clients() {
    let aws = Aws::hub();
    for (secret, id, key) in [
        ("falcon", "0000000000000000000000000sandbox", "NotASecretNotASecretNotASecretNotASecret"),
        ("falcon-install", "0000000000000000000000000install", "NotAnInstallSecretNotAnInstallSecretNotA"),
    ] {
        let found = parameter(&aws, &format!("/aws/reference/secretsmanager/falconer/{secret}"), true).await.ok();
        let client: Value = serde_json::from_str(found["Parameter"]["Value"].as_str().unwrap()).unwrap();
        assert_eq!(client, json!({ "clientId": id, "clientSecret": key, "cloud": "" }));
    }
}
