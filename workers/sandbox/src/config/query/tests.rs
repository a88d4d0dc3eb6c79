use serde_json::json;

use super::*;
use crate::fleet::{Instance, Platform};
use crate::organization::Organization;

fn organization() -> Organization {
    let [partition, region, hub] = ["aws", "us-east-1", "111122223333"].map(str::to_owned);
    Organization::new(partition, region, hub, Vec::new())
}

/// Of two instances `i-linux` and `i-windows`, the second of which has two tags.
fn rows(query: &str) -> Vec<Value> {
    let instance = |id: &str, rest: Value| {
        let mut instance = json!({ "account": "111122223333", "region": "us-east-1", "id": id });
        instance.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value::<Instance>(instance).unwrap()
    };
    let windows = Platform { kind: "Windows".to_owned(), name: "Windows".to_owned(), ..Platform::default() };
    let tags = json!({ "team": "red", "falconer:exclude": "appliance" });
    let instances =
        [instance("i-linux", json!({})), instance("i-windows", json!({ "platform": windows, "tags": tags }))];
    let query = Query::parse(query).unwrap();
    let page = query.page(Items(&organization()), instances.iter().map(Item::Instance), 100, None);
    page.unwrap_or_else(|_| panic!("no token was given")).items
}

fn ids(condition: &str) -> String {
    let rows = rows(&format!("SELECT resourceId WHERE {condition}"));
    rows.iter().map(|row| row["resourceId"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_row_holds_what_is_selected_under_its_path() {
    let row = json!({
        "resourceId": "i-windows",
        "configuration": { "state": { "name": "running" }, "platform": "windows" },
        "tags": [
            { "key": "falconer:exclude", "tag": "falconer:exclude=appliance", "value": "appliance" },
            { "key": "team", "tag": "team=red", "value": "red" },
        ],
    });
    let query =
        "select resourceId, configuration.state.name, configuration.platform, tags where resourceId = 'i-windows'";
    assert_eq!(rows(query), [row]);
}

#[test]
fn all_columns_are_the_scalars_at_the_top() {
    let row = json!({
        "accountId": "111122223333",
        "awsRegion": "us-east-1",
        "arn": "arn:aws:ec2:us-east-1:111122223333:instance/i-linux",
        "availabilityZone": "us-east-1a",
        "resourceId": "i-linux",
        "resourceType": "AWS::EC2::Instance",
    });
    assert_eq!(rows("SELECT * WHERE resourceId = 'i-linux'"), [row]);
}

#[test]
fn conditions_bind_as_in_sql() {
    for (condition, expected) in [
        ("resourceType = 'AWS::EC2::Instance'", "i-linux i-windows"),
        ("resourceType = 'AWS::S3::Bucket'", ""),
        ("configuration.platform = 'windows'", "i-windows"),
        ("NOT configuration.platform = 'windows'", "i-linux"),
        ("resourceId IN ('i-linux', 'i-other')", "i-linux"),
        ("resourceId LIKE 'i-win%'", "i-windows"),
        ("resourceId LIKE 'i-linu_'", "i-linux"),
        ("resourceId LIKE 'i-lin_'", ""),
        ("resourceId = 'i-linux' OR resourceId = 'i-windows' AND resourceId = 'i-other'", "i-linux"),
        ("(resourceId = 'i-linux' OR resourceId = 'i-windows') AND tags.tag = 'team=red'", "i-windows"),
        // Each condition looks at all the tags.
        ("tags.key = 'team' AND tags.value = 'appliance'", "i-windows"),
    ] {
        assert_eq!(ids(condition), expected, "{condition}");
    }
}

#[test]
fn rows_come_in_the_order_that_is_asked_for() {
    let rows = rows("SELECT resourceId ORDER BY resourceId DESC");
    assert_eq!(rows, [json!({ "resourceId": "i-windows" }), json!({ "resourceId": "i-linux" })]);
}

#[test]
fn a_count_goes_by_groups_and_without_them_over_everything() {
    assert_eq!(rows("SELECT COUNT(*)"), [json!({ "COUNT(*)": 2 })]);
    assert_eq!(rows("SELECT COUNT(*) WHERE resourceId = 'i-other'"), [json!({ "COUNT(*)": 0 })]);
    let by_id = rows("SELECT resourceId, COUNT(*) GROUP BY resourceId ORDER BY resourceId DESC");
    let row = |id: &str| json!({ "resourceId": id, "COUNT(*)": 1 });
    assert_eq!(by_id, [row("i-windows"), row("i-linux")]);
}

#[test]
fn only_a_value_that_every_resource_must_have_is_pinned() {
    for (condition, expected) in [
        ("accountId = '1'", Some("1")),
        ("resourceId = 'i' AND (awsRegion = 'r' AND accountId IN ('1'))", Some("1")),
        ("accountId IN ('1', '2')", None),
        ("accountId = '1' OR resourceId = 'i'", None),
        ("NOT accountId = '1'", None),
    ] {
        let query = Query::parse(&format!("SELECT resourceId WHERE {condition}")).unwrap();
        assert_eq!(query.pinned("accountId"), expected, "{condition}");
    }
}

#[test]
fn a_query_that_is_not_of_the_language_is_refused_with_its_reason() {
    for (query, reason) in [
        ("", "SELECT"),
        ("SELECT resourceId FROM instances", "FROM is out of place"),
        ("SELECT resourceId WHERE", "the end stands where a property belongs"),
        ("SELECT resourceId WHERE resourceId = i", "i stands where a value in quotes belongs"),
        ("SELECT resourceId WHERE resourceId = 'i-1", "closing quote"),
        ("SELECT resourceId WHERE resourceId != 'i-1'", "does not know '!'"),
        ("SELECT resourceId WHERE resourceId BETWEEN 'a' AND 'b'", "none of =, IN and LIKE"),
        ("SELECT resourceId WHERE resourceId LIKE '%abc'", "one wildcard, at its end"),
        ("SELECT resourceId WHERE resourceId LIKE 'a_c%'", "one wildcard, at its end"),
        ("SELECT resourceId WHERE resourceId LIKE 'ab%'", "at least 3 characters"),
        ("SELECT configuration.platformDetails", "no property configuration.platformDetails"),
        ("SELECT tags.key", "select tags"),
        ("SELECT MAX(resourceId)", "no other MAX"),
        ("SELECT resourceId GROUP BY resourceId", "goes with an aggregate function"),
        ("SELECT resourceId, COUNT(*)", "must stand in GROUP BY"),
        ("SELECT COUNT(*) GROUP BY tags.key", "does not group by tags.key"),
        ("SELECT COUNT(*) GROUP BY arn, accountId, awsRegion, resourceId", "more than 3"),
        ("SELECT resourceId ORDER BY accountId", "accountId is not selected"),
    ] {
        let problem = Query::parse(query).unwrap_err();
        assert!(problem.contains(reason), "{query}: {problem}");
    }
}
