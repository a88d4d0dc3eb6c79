//! What can be asked of the instances that Config records.

use std::time::{Duration, Instant};

use falconer_sandbox::Instance;
use serde_json::{Value, json};

use crate::aws::{Answered, Aws, HUB, MEMBER};

const LIST: &str = "SELECT resourceId WHERE resourceType = 'AWS::EC2::Instance' AND tags.key = 'test'";

/// Puts an instance that the seed does not have, as its tag says.
pub(crate) fn put(aws: &Aws, account: &str, region: &str, id: &str, more: Value) {
    let mut instance = json!({"account": account, "region": region, "id": id, "tags": {"test": "yes"}});
    instance.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.sandbox.put_instance(serde_json::from_value::<Instance>(instance).unwrap());
}

async fn select(aws: &Aws, expression: &str) -> Answered {
    aws.json("config", "SelectResourceConfig", json!({"Expression": expression})).await
}

async fn aggregate(aws: &Aws, expression: &str, more: Value) -> Answered {
    let mut input = json!({"Expression": expression, "ConfigurationAggregatorName": "falconer"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    aws.json("config", "SelectAggregateResourceConfig", input).await
}

fn ids(answer: &Value) -> Vec<String> {
    let rows = answer["Results"].as_array().unwrap().iter();
    let rows = rows.map(|row| serde_json::from_str::<Value>(row.as_str().unwrap()).unwrap());
    rows.map(|row| row["resourceId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_query_shows_the_callers_account_and_region_and_an_aggregator_all_of_them() {
    let aws = Aws::hub();
    put(&aws, HUB, "us-east-1", "i-hub", json!({}));
    put(&aws, MEMBER, "us-east-1", "i-member", json!({}));
    put(&aws, MEMBER, "eu-west-1", "i-far", json!({}));
    put(&aws, "999999999999", "us-east-1", "i-foreign", json!({}));
    assert_eq!(ids(&select(&aws, LIST).await.ok()), ["i-hub"]);
    assert_eq!(ids(&select(&aws.of(MEMBER), LIST).await.ok()), ["i-member"]);
    assert_eq!(ids(&select(&aws.of(MEMBER).at("eu-west-1"), LIST).await.ok()), ["i-far"]);
    assert_eq!(ids(&aggregate(&aws, LIST, json!({})).await.ok()), ["i-hub", "i-far", "i-member"]);
    let of_member = format!("{LIST} AND accountId = '{MEMBER}'");
    assert_eq!(ids(&aggregate(&aws, &of_member, json!({})).await.ok()), ["i-far", "i-member"]);
    let near = format!("{of_member} AND awsRegion = 'us-east-1'");
    assert_eq!(ids(&aggregate(&aws, &near, json!({})).await.ok()), ["i-member"]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_terminated_is_no_longer_listed_and_one_that_is_stopped_is() {
    let aws = Aws::hub();
    put(&aws, HUB, "us-east-1", "i-gone", json!({"state": "terminated"}));
    put(&aws, HUB, "us-east-1", "i-stopped", json!({"state": "stopped"}));
    assert_eq!(ids(&select(&aws, LIST).await.ok()), ["i-stopped"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_names_its_fields_and_comes_in_pages() {
    let aws = Aws::hub();
    for number in 0..60 {
        put(&aws, HUB, "us-east-1", &format!("i-{number:02}"), json!({}));
    }
    let first = select(&aws, LIST).await.ok();
    assert_eq!(first["QueryInfo"], json!({"SelectFields": [{"Name": "resourceId"}]}));
    let mut seen = ids(&first);
    assert_eq!(seen.len(), 25);
    let mut token = first["NextToken"].clone();
    while token.is_string() {
        let next = json!({"Expression": LIST, "Limit": 30, "NextToken": token});
        let next = aws.json("config", "SelectResourceConfig", next).await.ok();
        seen.extend(ids(&next));
        token = next["NextToken"].clone();
    }
    assert_eq!(seen, (0..60).map(|number| format!("i-{number:02}")).collect::<Vec<_>>());
    let wrong = |member: &str, value: Value| {
        let mut input = json!({"Expression": LIST});
        input[member] = value;
        aws.json("config", "SelectResourceConfig", input)
    };
    assert_eq!(wrong("Limit", json!(101)).await.error(), "400 InvalidLimitException");
    assert_eq!(wrong("NextToken", json!("AAAA")).await.error(), "400 InvalidNextTokenException");
    assert_eq!(wrong("Expression", json!("")).await.error(), "400 ValidationException");
    let unknown = wrong("Expression", json!("SELECT relationships")).await;
    assert_eq!(unknown.error(), "400 InvalidExpressionException");
    assert!(unknown.message().contains("no property relationships"), "{}", unknown.message());
}

#[tokio::test(start_paused = true)]
async fn only_the_hub_has_the_aggregator() {
    let aws = Aws::hub();
    let found = aws.json("config", "DescribeConfigurationAggregators", json!({})).await.ok();
    assert_eq!(found["ConfigurationAggregators"][0]["ConfigurationAggregatorName"], "falconer");
    assert_eq!(found["ConfigurationAggregators"][0]["OrganizationAggregationSource"]["AllAwsRegions"], true);
    let member = aws.of(MEMBER);
    assert_eq!(aggregate(&member, LIST, json!({})).await.error(), "400 NoSuchConfigurationAggregatorException");
    let source = json!({"RoleArn": "arn:aws:iam::444455556666:role/r", "AllAwsRegions": true});
    let put = json!({"ConfigurationAggregatorName": "mine", "OrganizationAggregationSource": source});
    let refused = member.json("config", "PutConfigurationAggregator", put).await;
    assert_eq!(refused.error(), "400 OrganizationAccessDeniedException");
}

#[tokio::test(start_paused = true)]
async fn an_aggregator_of_some_regions_shows_no_others() {
    let aws = Aws::hub();
    put(&aws, MEMBER, "us-east-1", "i-near", json!({}));
    put(&aws, MEMBER, "eu-west-1", "i-far", json!({}));
    let source = json!({"RoleArn": "arn:aws:iam::111122223333:role/r", "AwsRegions": ["eu-west-1"]});
    let put = json!({"ConfigurationAggregatorName": "falconer", "OrganizationAggregationSource": source});
    aws.json("config", "PutConfigurationAggregator", put).await.ok();
    assert_eq!(ids(&aggregate(&aws, LIST, json!({})).await.ok()), ["i-far"]);
}

/// A walk of all the instances for each account would take minutes in a debug build.
#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_instances_in_two_hundred_accounts_are_listed_account_by_account() {
    let accounts: Vec<String> = (0..200).map(|number| format!("{:012}", 200_000_000_000_u64 + number)).collect();
    let aws = Aws::with_members(&accounts);
    for account in &accounts {
        for number in 0..500 {
            put(&aws, account, "us-east-1", &format!("i-{number:03}"), json!({}));
        }
    }
    let begun = Instant::now();
    let mut listed = 0;
    for account in &accounts {
        let query = format!("{LIST} AND accountId = '{account}' AND awsRegion = 'us-east-1'");
        let mut more = json!({"MaxResults": 100});
        loop {
            let page = aggregate(&aws, &query, more.clone()).await.ok();
            listed += ids(&page).len();
            more["NextToken"] = page["NextToken"].clone();
            if more["NextToken"].is_null() {
                break;
            }
        }
    }
    assert_eq!(listed, 100_000);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
